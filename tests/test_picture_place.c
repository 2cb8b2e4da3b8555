/* Where everything stands on the canvas: nothing clipped, nothing on anything else, whatever the model and the size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "picture_check.h"

static const struct { float w, h; } SIZES[] = {{600, 400}, {900, 560}, {1227, 711}, {1547, 870}, {3400, 1950}};
enum { N_SIZES = sizeof SIZES / sizeof *SIZES };

/* Every model at every size: check(studio, what to call it in a failure). */
static void swarm(Studio *studio, void (*check)(Studio *, const char *))
{
    for (int m = 0; m < N_PICTURED; m++)
        for (int s = 0; s < N_SIZES; s++) {
            char name[256];
            studio_show(studio, PICTURED[m], SIZES[s].w, SIZES[s].h);
            snprintf(name, sizeof name, "%gx%g %s", (double)SIZES[s].w, (double)SIZES[s].h, PICTURED[m]);
            check(studio, name);
        }
}

static void nothing_is_outside_the_area(void **state)
{
    swarm(*state, picture_check_inside);
}

static void no_text_stands_on_another(void **state)
{
    swarm(*state, picture_check_texts);
}

static void blocks_stand_clear_of_each_other(void **state)
{
    swarm(*state, picture_check_blocks);
}

static void zoomed_out_all_units_are_seen(void **state)
{
    swarm(*state, picture_check_overview);
}

/* They are shortened to whole words, or left out. */
static void titles_of_lanes_are_not_cut(void **state)
{
    Studio *studio = *state;
    const char *const graphs[] = {"fpn_pyramid.json", "resnet_bottleneck.json", "highway_layers.json", "inception_block.json", "ten_outputs.json"};
    for (size_t i = 0; i < sizeof graphs / sizeof *graphs; i++) {
        studio_show(studio, graphs[i], 887, 530);
        studio->view.zoom = picture_zoom_least(&studio->view);
        studio_draw(studio);
        for (size_t m = 0; m < studio->scene.n_marks; m++) {
            const Mark *mark = &studio->scene.marks[m];
            if (mark->type == MARK_TEXT && mark->font == FONT_TEXT_BOLD && strstr(mark->text, "\xE2\x80\xA6")) fail_msg("%s: \"%s\"", graphs[i], mark->text);
        }
    }
}

/* The unit of another column that a wire runs through; NULL when there is none. */
static const Pick *unit_crossed(const Scene *scene, const Mark *wire)
{
    const Pick *ends = &scene->picks[wire->pick];
    for (int i = 0; i <= 24; i++) {
        const float t = (float)i / 24;
        const Point line = {wire->a.x + (wire->b.x - wire->a.x) * t, wire->a.y + (wire->b.y - wire->a.y) * t};
        const Point p = wire->type == MARK_LINE ? line : curve_at(wire, t);
        for (size_t u = 0; u < scene->n_picks; u++) {
            const Pick *unit = &scene->picks[u];
            const Rect r = unit->area;
            if (unit->type != PICK_UNIT || unit->tensor == ends->tensor || unit->area.w > 100) continue;
            if (p.x > r.x + 1 && p.x < r.x + r.w - 1 && p.y > r.y + 1 && p.y < r.y + r.h - 1) return unit;
        }
    }
    return NULL;
}

/* Sources have their own wires at their edge; only what lies strictly inside a unit is crossed. */
static void skips_cross_no_units(void **state)
{
    Studio *studio = *state;
    const char *const lines[] = {"residual_dense_loop.json", "highway_layers.json", "two_inputs_mlp.json", QUESTION, QUESTION_OFF};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        studio_show(studio, lines[i], 1900, 900);
        studio_draw(studio);
        for (size_t m = 0; m < studio->scene.n_still; m++) {
            const Mark *mark = &studio->scene.marks[m];
            if ((mark->type != MARK_CURVE && mark->type != MARK_LINE) || mark->pick < 0) continue;
            const Pick *crossed = unit_crossed(&studio->scene, mark);
            if (crossed) fail_msg("%s: %s crosses %s", lines[i], studio->scene.picks[mark->pick].label, crossed->label);
        }
    }
}

static void text_at_1080p_is_13_points_at_least(void **state)
{
    Studio *studio = *state;
    for (int m = 0; m < N_PICTURED; m++) {
        studio_show(studio, PICTURED[m], 1500, 820);
        studio_draw(studio);
        for (size_t i = 0; i < studio->scene.n_marks; i++) {
            const Mark *mark = &studio->scene.marks[i];
            if (mark->type == MARK_TEXT && mark->size < 12.99F)
                fail_msg("%s: \"%s\" has %g points", PICTURED[m], mark->text, (double)mark->size);
        }
    }
}

static void zooming_keeps_what_is_under_the_pointer(void **state)
{
    Studio *studio = *state;
    studio_show(studio, QUESTION, 1227, 711);
    const Pick before = picture_find_unit(&studio->view, "flatten[20]");
    const Point at = {before.area.x + before.area.w / 2, before.area.y + before.area.h / 2};
    studio->view.pan = picture_zoom_pan(&studio->view, at, 4);
    studio->view.zoom = 4;
    const Pick after = picture_find_unit(&studio->view, "flatten[20]");
    assert_true(after.area.h > before.area.h * 2);
    assert_float_equal(after.area.x + after.area.w / 2, at.x, 2);
    assert_float_equal(after.area.y + after.area.h / 2, at.y, 12);
}

static void the_focus_is_panned_into_sight(void **state)
{
    Studio *studio = *state;
    studio_show(studio, PICTURED[N_PICTURED - 1], 700, 500);
    Pick pick = picture_focus_layer(&studio->view, (Pick){.type = PICK_NONE}, 1);
    for (int layers = 0; pick.type != PICK_NONE && layers < 20; layers++) {
        studio->view.focus = pick;
        studio->view.pan = picture_pan(&studio->view, &pick);
        const Pick seen = picture_focus_layer(&studio->view, picture_focus_layer(&studio->view, pick, 1), -1);
        if (seen.type == PICK_UNIT) assert_true(seen.area.x >= 0 && seen.area.x + seen.area.w <= 700);
        pick = picture_focus_layer(&studio->view, pick, 1);
    }
    studio->view.pan = (Point){1e6F, -1e6F};
    const Pick none = {.type = PICK_NONE};
    assert_float_equal(picture_pan(&studio->view, &none).x, 0, 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_outside_the_area),
        cmocka_unit_test(no_text_stands_on_another),
        cmocka_unit_test(blocks_stand_clear_of_each_other),
        cmocka_unit_test(zoomed_out_all_units_are_seen),
        cmocka_unit_test(titles_of_lanes_are_not_cut),
        cmocka_unit_test(skips_cross_no_units),
        cmocka_unit_test(text_at_1080p_is_13_points_at_least),
        cmocka_unit_test(zooming_keeps_what_is_under_the_pointer),
        cmocka_unit_test(the_focus_is_panned_into_sight),
    };
    return cmocka_run_group_tests(tests, studio_setup, studio_teardown);
}
