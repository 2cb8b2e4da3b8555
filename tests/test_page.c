/* Panes, type and zoom at every size of window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "driving.h"

static void panes_are_dragged_folded_and_unfolded(void **state)
{
    Driven *d = *state;
    const float width = d->app.page.side.w;
    const Rect edge = d->app.page.side_edge;
    app_update(&d->app, &(Input){.type = INPUT_PRESS, .at = {edge.x + 4, 500}, .button = BUTTON_LEFT, .clicks = 1}, 1001);
    app_update(&d->app, &(Input){.type = INPUT_MOVE, .at = {edge.x + 54, 500}}, 1001);
    app_update(&d->app, &(Input){.type = INPUT_RELEASE, .at = {edge.x + 54, 500}, .button = BUTTON_LEFT}, 1001);
    assert_true(d->app.page.side.w > width + 40);
    driven_key(d, 'b', MOD_CTRL);
    assert_true(d->app.page.side.w < 20);
    driven_click(d, (Point){5, 500});
    assert_true(d->app.page.side.w > width + 40);
}

static void type_grows_with_the_scale(void **state)
{
    Driven *d = *state;
    const float bar = d->app.page.bar.h;
    driven_key(d, '+', MOD_CTRL);
    assert_true(d->app.page.bar.h > bar * 1.05f);
    driven_key(d, '0', MOD_CTRL);
    assert_true(d->app.page.bar.h == bar);
}

static void zoom_keeps_to_its_bounds(void **state)
{
    Driven *d = *state;
    const Rect canvas = d->app.page.canvas;
    for (int i = 0; i < 60; i++) driven_wheel(d, (Point){canvas.x + 300, canvas.y + 200}, 1);
    assert_true(d->app.zoom > 10 && d->app.zoom <= 64);
    for (int i = 0; i < 80; i++) driven_wheel(d, (Point){canvas.x + 300, canvas.y + 200}, -1);
    assert_true(d->app.zoom == 1);
    driven_key(d, '+', 0);
    assert_true(d->app.zoom > 1);
    driven_key(d, '0', 0);
    assert_true(d->app.zoom == 1 && d->app.pan.x == 0);
}

static bool crosses(Rect a, Rect b)
{
    return a.x + 1 < b.x + b.w && b.x + 1 < a.x + a.w && a.y + 1 < b.y + b.h && b.y + 1 < a.y + a.h;
}

static void widgets_of_the_bar_do_not_cross(const Driven *d)
{
    const Scene *scene = &d->app.scene;
    for (size_t i = 0; i < scene->n_picks; i++)
        for (size_t k = i + 1; k < scene->n_picks; k++) {
            const Pick *a = &scene->picks[i], *b = &scene->picks[k];
            if (a->type != PICK_WIDGET || b->type != PICK_WIDGET || strcmp(a->id, "page") == 0 || strcmp(b->id, "page") == 0) continue;
            if (crosses(a->area, b->area)) fail_msg("%s crosses %s", a->id, b->id);
        }
}

static void nothing_in_the_bar_crosses_at_any_scale(void **state)
{
    (void)state;
    for (int s = 0; s < DRIVEN_N_SIZES; s++) {
        Driven d;
        driven_open(&d, NULL, DRIVEN_SIZES[s][0], DRIVEN_SIZES[s][1]);
        snprintf(d.app.name, sizeof d.app.name, "a_name_that_is_a_good_deal_longer_than_the_bar_has_room_for.py");
        for (int step = 0; step < 14; step++) {
            driven_key(&d, '+', MOD_CTRL);
            widgets_of_the_bar_do_not_cross(&d);
        }
        driven_key(&d, '-', MOD_CTRL);
        driven_key(&d, '0', MOD_CTRL);
        assert_true(d.app.page.scale == 1);
        driven_close(&d);
    }
}

/* Of text in an area, each mark stands in it whole. */
static void text_is_not_cut(const Driven *d, Rect area)
{
    const Scene *scene = &d->app.scene;
    for (size_t i = 0; i < scene->n_marks; i++) {
        const Mark *mark = &scene->marks[i];
        if (mark->type != MARK_TEXT || mark->a.x < area.x || mark->a.x > area.x + area.w) continue;
        if (mark->a.y < area.y || mark->a.y - mark->size > area.y + area.h) continue;   /* out of sight */
        if (mark->a.y > area.y + area.h || mark->a.y - mark->size * 0.7f < area.y) fail_msg("\"%s\" is cut", mark->text);
    }
}

static void rows_of_code_and_summary_are_not_cut(void **state)
{
    (void)state;
    static char text[8192] = "from keras import *\nfrom keras.layers import *\nmodel = Sequential([Input((4,))])\n";
    for (int i = 0; i < 60; i++) strcat(text, "model.add(Dense(4))\n");
    for (int s = 0; s < DRIVEN_N_SIZES; s++) {
        Driven d;
        driven_open(&d, text, DRIVEN_SIZES[s][0], DRIVEN_SIZES[s][1]);
        text_is_not_cut(&d, d.app.page.code);
        driven_click(&d, (Point){d.app.page.code.x + 200, d.app.page.code.y + 12});
        driven_key(&d, KEY_END, MOD_CTRL);
        text_is_not_cut(&d, d.app.page.code);
        driven_close(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRIVEN_TEST(panes_are_dragged_folded_and_unfolded),
        DRIVEN_TEST(type_grows_with_the_scale),
        DRIVEN_TEST(zoom_keeps_to_its_bounds),
        cmocka_unit_test(nothing_in_the_bar_crosses_at_any_scale),
        cmocka_unit_test(rows_of_code_and_summary_are_not_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
