/* Two models in one picture: compared, or one on its way to the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "picture_check.h"

/* With Flatten in the studio, without it beside: open for all tests. */
static Shown without;

static int pair_setup(void **state)
{
    shown_open(&without, QUESTION_OFF);
    return studio_setup(state);
}

static int pair_teardown(void **state)
{
    shown_close(&without);
    return studio_teardown(state);
}

static const Pick *unit_drawn(const Scene *scene, int variant, int layer, int64_t k)
{
    for (size_t i = 0; i < scene->n_picks; i++) {
        const Pick *pick = &scene->picks[i];
        if (pick->type == PICK_UNIT && pick->variant == variant && pick->layer == layer && pick->k == k) return pick;
    }
    return NULL;
}

static void compared_models_stand_column_under_column(void **state)
{
    Studio *studio = *state;
    studio_show(studio, QUESTION, 1547, 870);
    studio->view.other = without.variant;
    studio_draw(studio);
    const Pick *above = unit_drawn(&studio->scene, 0, 3, 0), *below = unit_drawn(&studio->scene, 1, 2, 0);
    assert_non_null(above);
    assert_non_null(below);
    assert_float_equal(above->area.x + above->area.w / 2, below->area.x + below->area.w / 2, 0.1);
    assert_true(below->area.y > 435 && above->area.y < 435);
    assert_true(picture_says(&studio->scene, "with Flatten") && picture_says(&studio->scene, "without Flatten"));
}

/* In half the height of a small window, too. */
static void compared_neurons_are_all_there(void **state)
{
    Studio *studio = *state;
    int circles = 0, wires = 0;
    studio_show(studio, QUESTION, 887, 530);
    studio->view.other = without.variant;
    studio_draw(studio);
    for (size_t i = 0; i < studio->scene.n_marks; i++) {
        const Mark *mark = &studio->scene.marks[i];
        if (mark->pick < 0) continue;
        const Pick *pick = &studio->scene.picks[mark->pick];
        circles += mark->type == MARK_CIRCLE && pick->type == PICK_UNIT;
        wires += mark->type == MARK_CURVE && pick->type == PICK_WIRE;
    }
    assert_int_equal(circles, 48 + 48 + 48 + 12);   /* numbers in the others make pills of them */
    assert_int_equal(wires, 96 + 48 + 192 + 96 + 192);
}

static void a_hover_in_one_lights_its_like_in_the_other(void **state)
{
    Studio *studio = *state;
    studio_show(studio, QUESTION, 1547, 870);
    studio->view.other = without.variant;
    studio_draw(studio);
    studio->view.hover = *unit_drawn(&studio->scene, 1, 2, 6);   /* y[1,2], like y[2] */
    studio_draw(studio);
    int above = 0, below = 0;
    for (size_t i = studio->scene.n_still; i < studio->scene.n_marks; i++) {
        const Mark *m = &studio->scene.marks[i];
        if (m->type != MARK_CURVE || m->pick < 0) continue;
        const Pick *pick = &studio->scene.picks[m->pick];
        above += pick->variant == 0 && pick->k == 2;
        below += pick->variant == 1 && pick->k == 6;
    }
    assert_int_equal(above, 48);
    assert_int_equal(below, 16);
}

/* Cells of the Flatten column begin where those of the Dense are, and end in their own place. */
static void flattened_cells_travel_from_their_rows(void **state)
{
    Studio *studio = *state;
    studio_show(studio, QUESTION, 1547, 870);
    View *view = &studio->view;
    view->before = without.variant;
    for (int k = 0; k < 48; k++) {
        view->t = 0;
        studio_draw(studio);
        const Rect from = unit_drawn(&studio->scene, 0, 0, k)->area, flat = unit_drawn(&studio->scene, 0, 2, k)->area;
        assert_float_equal(from.x, flat.x, 0.1);
        assert_float_equal(from.y, flat.y, 0.1);
        view->t = 0.5F;
        studio_draw(studio);
        const Rect half = unit_drawn(&studio->scene, 0, 2, k)->area;
        view->t = 1;
        studio_draw(studio);
        const Rect there = unit_drawn(&studio->scene, 0, 2, k)->area;
        assert_float_equal(half.x, (from.x + there.x) / 2, 0.1);
        assert_float_equal(half.y, (from.y + there.y) / 2, 0.1);
    }
}

static void a_toggle_in_flight_has_nothing_still(void **state)
{
    Studio *studio = *state;
    studio_show(studio, QUESTION, 1547, 870);
    studio->view.before = without.variant;
    for (int reduced = 0; reduced < 2; reduced++)
        for (int i = 0; i < 10; i++) {
            studio->view.t = (float)i / 10;
            studio->view.reduced_motion = reduced;
            picture_check_inside(studio, "in flight");
            assert_int_equal(studio->scene.n_still, 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compared_models_stand_column_under_column),
        cmocka_unit_test(compared_neurons_are_all_there),
        cmocka_unit_test(a_hover_in_one_lights_its_like_in_the_other),
        cmocka_unit_test(flattened_cells_travel_from_their_rows),
        cmocka_unit_test(a_toggle_in_flight_has_nothing_still),
    };
    return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
