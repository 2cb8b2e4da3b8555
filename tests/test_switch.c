/* The Flatten switch in the window, and both variants side by side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "driving.h"

static bool has_variant(Driven *d, int variant)
{
    const Scene *scene = app_scene(&d->app);
    for (size_t i = 0; i < scene->n_picks; i++)
        if (scene->picks[i].type == PICK_UNIT && scene->picks[i].variant == variant) return true;
    return false;
}

static void the_switch_changes_code_counts_and_picture(void **state)
{
    Driven *d = *state;
    driven_key(d, 'f', 0);
    assert_non_null(strstr(driven_text(d), "# model.add(Flatten())"));
    assert_true(d->app.motion.running);
    assert_true(app_wait(&d->app) == 0);
    driven_wait(d, 0.8);
    assert_false(d->app.motion.running);
    assert_null(d->app.study.before);
    assert_true(driven_shows(d, "(None, 3, 4)"));
    assert_true(driven_shows(d, "(1, 3, 4)"));
    assert_true(driven_shows(d, "116"));
    assert_true(driven_shows(d, "sees 16 of 48 inputs: row"));
    driven_click(d, driven_widget(d, "flatten.toggle"));
    driven_wait(d, 0.8);
    assert_null(strstr(driven_text(d), "# model.add(Flatten())"));
    assert_true(driven_shows(d, "244"));
}

static void the_switch_turns_in_mid_flight(void **state)
{
    Driven *d = *state;
    driven_key(d, 'f', 0);
    driven_wait(d, 0.2);
    const float there = motion_progress(&d->app.motion, d->seconds);
    assert_true(there > 0 && there < 0.5f);
    driven_key(d, 'f', 0);
    const float back = motion_progress(&d->app.motion, d->seconds);
    assert_true(back > 1 - there - 0.1f && back < 1 - there + 0.1f);
    assert_null(strstr(driven_text(d), "# model.add(Flatten())"));
    driven_wait(d, 0.3);
    assert_false(d->app.motion.running);      /* no longer than it took to get there */
}

static void colours_stay_when_the_switch_goes(void **state)
{
    Driven *d = *state;
    const double extent = d->app.study.extent;
    assert_true(extent > 0);
    driven_key(d, 'f', 0);
    driven_wait(d, 1);
    assert_true(d->app.study.extent == extent);
}

static void every_switch_undoes(void **state)
{
    Driven *d = *state;
    const char *before = arena_copy(&d->arena, driven_text(d), strlen(driven_text(d)));
    for (int i = 0; i < 5; i++) driven_key(d, 'f', 0);
    for (int i = 0; i < 5; i++) driven_key(d, 'z', MOD_CTRL);
    assert_string_equal(driven_text(d), before);
    assert_false(buffer_dirty(&d->app.editor.buffer));
}

static void both_variants_stand_side_by_side(void **state)
{
    Driven *d = *state;
    driven_key(d, 'c', 0);
    assert_true(has_variant(d, 0) && has_variant(d, 1));
    driven_key(d, 'c', 0);
    assert_true(has_variant(d, 0) && !has_variant(d, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRIVEN_TEST(the_switch_changes_code_counts_and_picture),
        DRIVEN_TEST(the_switch_turns_in_mid_flight),
        DRIVEN_TEST(colours_stay_when_the_switch_goes),
        DRIVEN_TEST(every_switch_undoes),
        DRIVEN_TEST(both_variants_stand_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
