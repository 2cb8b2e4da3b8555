/* Scroll bars of the code, the summary and the picture: seen where not all fits, dragged, jumped with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/pointing.h"
#include "app/summary_pane.h"
#include "driving.h"

enum { LAYERS = 60 };

static const char *many_layers(Arena *arena)
{
    Text text = {.arena = arena};
    text_put(&text, "from keras import Sequential, layers\nmodel = Sequential()\nmodel.add(layers.Input((3,)))\n");
    for (int i = 0; i < LAYERS; i++) text_print(&text, "model.add(layers.Dense(%d))\n", i % 5 + 1);
    return text_string(&text);
}

static int open_long(void **state)
{
    static Driven driven;
    Arena arena;
    arena_open(&arena, 0);
    driven_open(&driven, many_layers(&arena), 1280, 720);
    arena_close(&arena);
    *state = &driven;
    return 0;
}

static int close_long(void **state)
{
    driven_close(*state);
    return 0;
}

static ScrollBar code_bar(const Driven *driven) { return editor_bar(&driven->app.editor, driven->app.page.code); }

static Point on_bar(const ScrollBar *bar, float share)
{
    return (Point){bar->area.x + bar->area.w - 10, bar->area.y + share * bar->area.h};
}

/* The first byte of the code that is seen is the first of this line. */
static int first_line(const Driven *driven)
{
    const Rect code = driven->app.page.code;
    return editor_line_at(&driven->app.editor, code, (Point){code.x + 60, code.y + 2});
}

static void test_thumb_follows_the_pointer_to_both_ends(void **state)
{
    Driven *driven = *state;
    const ScrollBar bar = code_bar(driven);
    assert_int_equal(first_line(driven), 1);
    driven_press(driven, on_bar(&bar, 0.02f));
    assert_int_equal(first_line(driven), 1);   /* taking the thumb moves nothing */
    driven_move(driven, on_bar(&bar, 0.4f));
    assert_in_range(first_line(driven), 15, 35);
    driven_move(driven, (Point){700, 4000});
    assert_float_equal(code_bar(driven).scroll, bar.all - bar.area.h, 1);
    driven_release(driven, (Point){700, -900});
    assert_int_equal(first_line(driven), 1);
    driven_move(driven, on_bar(&bar, 0.9f));   /* let go: nothing follows any more */
    assert_int_equal(first_line(driven), 1);
}

static void test_press_beside_the_thumb_jumps_there(void **state)
{
    Driven *driven = *state;
    const ScrollBar bar = code_bar(driven);
    driven_click(driven, on_bar(&bar, 0.5f));
    assert_float_equal(code_bar(driven).scroll, (bar.all - bar.area.h) / 2, 2);
}

static void test_bar_takes_no_caret_and_no_selection(void **state)
{
    Driven *driven = *state;
    const ScrollBar bar = code_bar(driven);
    const Selection before = driven->app.editor.selection;
    driven_press(driven, on_bar(&bar, 0.1f));
    driven_release(driven, on_bar(&bar, 0.8f));
    assert_memory_equal(&driven->app.editor.selection, &before, sizeof before);
    assert_int_equal(driven->app.attention, ATTENTION_CANVAS);
}

static void test_pointer_on_the_bar_is_an_arrow_and_lights_it(void **state)
{
    Driven *driven = *state;
    const ScrollBar bar = code_bar(driven);
    driven_move(driven, (Point){bar.area.x + 100, bar.area.y + 10});
    assert_int_equal(app_cursor(&driven->app), CURSOR_TEXT);
    assert_int_equal(pointing_bar(&driven->app), DRAG_NONE);
    driven_move(driven, on_bar(&bar, 0.1f));
    assert_int_equal(app_cursor(&driven->app), CURSOR_ARROW);
    assert_int_equal(pointing_bar(&driven->app), DRAG_CODE_BAR);
    assert_int_equal(driven->app.gaze.hover.pick.type, PICK_NONE);
}

static void test_summary_scrolls_by_its_own_bar(void **state)
{
    Driven *driven = *state;
    const ScrollBar bar = summary_bar(&driven->app);
    assert_non_null(driven_find(driven, PICK_SUMMARY_ROW, 0, -1));
    driven_press(driven, on_bar(&bar, 0.02f));
    driven_release(driven, on_bar(&bar, 2));
    assert_non_null(driven_find(driven, PICK_SUMMARY_ROW, LAYERS - 1, -1));
    assert_null(driven_find(driven, PICK_SUMMARY_ROW, 0, -1));
    assert_int_equal(first_line(driven), 1);
}

static Overview overview_of(const Driven *driven)
{
    View view;
    Overview overview;
    app_view(&driven->app, &view);
    assert_true(picture_overview(&view, 0, &overview));
    return overview;
}

static void test_picture_is_moved_by_the_strip_below_it(void **state)
{
    Driven *driven = *state;
    const Overview before = overview_of(driven);
    const float y = before.track.y + 3, taken = before.seen.x + 5;
    assert_non_null(driven_find(driven, PICK_LAYER, 0, -1));
    driven_press(driven, (Point){taken, y});
    driven_move(driven, (Point){taken + 100, y + 200});
    assert_float_equal(overview_of(driven).seen.x, before.seen.x + 100, 1);
    driven_release(driven, (Point){3000, y});
    const Overview after = overview_of(driven);
    assert_float_equal(after.seen.x + after.seen.w, after.track.x + after.track.w, 1.5);
    assert_non_null(driven_find(driven, PICK_LAYER, LAYERS - 1, -1));
    driven_click(driven, (Point){after.track.x + after.track.w / 2, y});   /* beside the frame: its middle comes there */
    const Overview middle = overview_of(driven);
    assert_float_equal(middle.seen.x + middle.seen.w / 2, middle.track.x + middle.track.w / 2, 1);
}

static void test_all_seen_needs_no_bar(void **state)
{
    (void)state;
    Driven driven;
    driven_open(&driven, "from keras import layers\n", 1280, 720);
    const ScrollBar bar = code_bar(&driven);
    assert_false(scroll_bar_holds(&bar, on_bar(&bar, 0.01f)));
    driven_close(&driven);
}

#define LONG(test) cmocka_unit_test_setup_teardown(test, open_long, close_long)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LONG(test_thumb_follows_the_pointer_to_both_ends),
        LONG(test_press_beside_the_thumb_jumps_there),
        LONG(test_bar_takes_no_caret_and_no_selection),
        LONG(test_pointer_on_the_bar_is_an_arrow_and_lights_it),
        LONG(test_summary_scrolls_by_its_own_bar),
        LONG(test_picture_is_moved_by_the_strip_below_it),
        cmocka_unit_test(test_all_seen_needs_no_bar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
