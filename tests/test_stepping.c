/* The forward pass, step by step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "driving.h"

static void the_forward_pass_goes_layer_by_layer_and_row_by_row(void **state)
{
    Driven *d = *state;
    driven_key(d, KEY_PAGE_DOWN, 0);
    float last = d->app.playback.progress;
    assert_true(last >= 0);
    int stops = 0;
    while (d->app.playback.progress >= 0 && stops < 50) {
        driven_key(d, KEY_RIGHT, 0);
        assert_true(d->app.playback.progress > last || d->app.playback.progress < 0);
        last = d->app.playback.progress;
        stops++;
    }
    assert_in_range(stops, 6, 12);      /* three rows of dense, and the other layers */
    driven_key(d, KEY_PAGE_UP, 0);
    assert_true(d->app.playback.progress > 0);
    driven_key(d, KEY_ESCAPE, 0);
    assert_true(d->app.playback.progress < 0);
}

static void playing_comes_to_an_end_by_itself(void **state)
{
    Driven *d = *state;
    driven_key(d, ' ', 0);
    assert_true(d->app.playback.playing);
    assert_true(app_wait(&d->app) > 0);
    driven_wait(d, 1);
    assert_true(d->app.playback.progress > 0);
    driven_wait(d, 10);
    assert_false(d->app.playback.playing);
    assert_true(app_wait(&d->app) < 0);
}

static void the_step_is_always_seen(void **state)
{
    (void)state;
    Driven d;
    Arena arena;
    Text text = {.arena = &arena};
    arena_open(&arena, 0);
    text_put(&text, "from keras import *\nfrom keras.layers import *\nmodel = Sequential([Input((3,))])\n");
    for (int i = 0; i < 40; i++) text_put(&text, "model.add(Dense(4))\n");
    driven_open(&d, text_string(&text), 1280, 720);
    for (int i = 0; i < 41; i++) driven_key(&d, KEY_PAGE_DOWN, 0);
    assert_non_null(driven_find(&d, PICK_LAYER, 39, -1));
    assert_non_null(driven_find(&d, PICK_SUMMARY_ROW, 39, -1));
    for (int i = 0; i < 45; i++) driven_key(&d, KEY_PAGE_UP, 0);
    assert_non_null(driven_find(&d, PICK_UNIT, -1, 0));      /* the input */
    driven_close(&d);
    arena_close(&arena);
}

static void a_resting_pointer_gives_way_to_the_steps(void **state)
{
    Driven *d = *state;
    driven_move(d, driven_unit(d, "dense_1", 2));
    driven_key(d, ' ', 0);
    assert_int_equal(d->app.gaze.hover.pick.type, PICK_NONE);
    driven_move(d, driven_unit(d, NULL, 0));
    assert_int_equal(d->app.gaze.hover.pick.type, PICK_UNIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRIVEN_TEST(the_forward_pass_goes_layer_by_layer_and_row_by_row),
        DRIVEN_TEST(playing_comes_to_an_end_by_itself),
        cmocka_unit_test(the_step_is_always_seen),
        DRIVEN_TEST(a_resting_pointer_gives_way_to_the_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
