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

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRIVEN_TEST(the_forward_pass_goes_layer_by_layer_and_row_by_row),
        DRIVEN_TEST(playing_comes_to_an_end_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
