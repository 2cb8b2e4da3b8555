/* What hover and focus reach and tell: units, layers, code and summary together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/facts.h"
#include "driving.h"

static void a_unit_under_the_pointer_is_explained(void **state)
{
    Driven *d = *state;
    driven_move(d, driven_unit(d, NULL, 3));
    assert_true(driven_shows(d, "x[1, 1]"));
    driven_move(d, driven_unit(d, "dense_1", 2));
    assert_true(driven_shows(d, "y[2]"));
    assert_true(driven_shows(d, "Without Flatten it would") || !d->app.study.twin);
}

static void a_shared_layer_says_which_rows_use_its_weights(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, "model = Sequential()\nmodel.add(Dense(16, input_shape=(3, 2)))\nmodel.add(Dense(4))\n", 1600, 900);
    driven_move(&d, driven_unit(&d, "dense_1", 6));
    assert_true(driven_shows(&d, "y[1, 2]"));
    assert_true(driven_shows(&d, "sees 16 of 48 inputs: row 1 only."));
    assert_true(driven_shows(&d, "Rows 0 and 2 use the very same 16 weights"));
    driven_close(&d);
}

static void code_summary_and_picture_answer_together(void **state)
{
    Driven *d = *state;
    const Plan *plan = &d->app.study.shown->plan;
    const int dense_1 = plan_find(plan, "dense_1");
    driven_key(d, KEY_ESCAPE, 0);
    const Pick *row = driven_find(d, PICK_SUMMARY_ROW, 0, -1);
    assert_non_null(row);
    driven_move(d, (Point){row->area.x + 50, row->area.y + 10});
    assert_int_equal(d->app.gaze.hover.pick.layer, 0);
    const Rect code = d->app.page.code;
    for (int i = 0; i < d->app.editor.rows.n; i++) {
        const Row *line = &d->app.editor.rows.row[i];
        if (strncmp(driven_text(d) + line->start, "model.add(Dense(4))", 19) != 0) continue;
        driven_move(d, (Point){code.x + 100, code.y + ((float)i + 0.5f) * EDITOR_PITCH - d->app.editor.scroll});
    }
    assert_int_equal(d->app.gaze.hover.pick.type, PICK_CODE_LINE);
    assert_int_equal(d->app.gaze.hover.pick.layer, dense_1);
}

static void the_keyboard_reaches_every_unit(void **state)
{
    Driven *d = *state;
    driven_key(d, KEY_ESCAPE, 0);
    bool seen[4] = {false};
    driven_key(d, KEY_TAB, 0);
    const PickType first = d->app.gaze.focus.pick.type;
    assert_int_not_equal(first, PICK_NONE);
    for (int i = 0; i < 20; i++) driven_key(d, KEY_RIGHT, 0);
    for (int i = 0; i < 60; i++) driven_key(d, KEY_UP, 0);
    const int last = plan_find(&d->app.study.shown->plan, "dense_1");
    for (int i = 0; i < 10; i++) {
        const Pick *focus = &d->app.gaze.focus.pick;
        if (focus->layer == last && focus->k >= 0 && focus->k < 4) seen[focus->k] = true;
        driven_key(d, KEY_DOWN, 0);
    }
    for (int k = 0; k < 4; k++) assert_true(seen[k]);
}

static void long_sums_are_paged(void **state)
{
    Driven *d = *state;
    assert_int_equal(d->app.first_term, 0);
    driven_key(d, ']', 0);
    const int64_t page = d->app.first_term;
    assert_true(page > 2);
    for (int i = 0; i < 60; i++) driven_key(d, ']', 0);
    assert_true(d->app.first_term < 48);
    for (int i = 0; i < 60; i++) driven_key(d, '[', 0);
    assert_int_equal(d->app.first_term, 0);
}

static void sums_agree_with_the_forward_pass(void **state)
{
    (void)state;
    static const char *const texts[] = {NULL, DRIVEN_CNN};
    for (size_t t = 0; t < 2; t++) {
        Driven d;
        driven_open(&d, texts[t], 1600, 900);
        const Snapshot *shown = d.app.study.shown;
        for (int s = 0; s < shown->plan.n_steps; s++) {
            const PlanStep *step = &shown->plan.steps[s];
            const LayerKind *kind = step->node->layer->kind;
            if (!step->node->n_in || kind->rule != TRACE_SUM || (kind->activation && strcmp(kind->name, "Dense") != 0)) continue;
            for (int64_t k = 0; k < shape_size(&shown->plan.tensors[step->first].shape); k += 7) {
                UnitFacts facts;
                const Pick pick = {.type = PICK_UNIT, .tensor = step->first, .step = s, .k = k, .layer = step->row};
                assert_true(facts_find(&facts, &d.arena, shown, &pick));
                assert_true(facts.sum - facts.value < 1e-4 && facts.value - facts.sum < 1e-4);
                assert_true(facts.seen > 0 && facts.seen <= facts.of);
            }
        }
        driven_close(&d);
    }
}

static void a_higher_inspector_shows_more_of_the_sum(void **state)
{
    Driven *d = *state;
    assert_true(driven_shows(d, "more)"));
    d->app.settings.inspector_height = 400;
    driven_move(d, driven_unit(d, "dense_1", 2));
    assert_false(driven_shows(d, "more)"));
    assert_true(driven_shows(d, "Without Flatten"));
}

static void keys_take_the_focus_from_a_resting_pointer(void **state)
{
    Driven *d = *state;
    const Point at = driven_unit(d, "dense_1", 0);
    driven_move(d, at);
    assert_int_equal(gaze_subject(&d->app.gaze)->k, 0);
    driven_key(d, KEY_DOWN, 0);
    assert_int_equal(gaze_subject(&d->app.gaze)->k, 2);
    driven_key(d, KEY_DOWN, 0);
    assert_int_equal(gaze_subject(&d->app.gaze)->k, 3);
    driven_move(d, (Point){at.x + 1, at.y});
    assert_int_equal(gaze_subject(&d->app.gaze)->k, 0);
}

static void what_lies_under_the_pointer_is_looked_for_again_when_the_page_changes(void **state)
{
    Driven *d = *state;
    driven_move(d, driven_unit(d, NULL, 0));
    assert_int_equal(d->app.gaze.hover.pick.type, PICK_UNIT);
    driven_key(d, 'b', MOD_CTRL);
    const Pick *hover = &d->app.gaze.hover.pick;
    assert_true(hover->type != PICK_UNIT || rect_holds(hover->area, d->app.pointer));
    driven_key(d, 'q', MOD_CTRL);
    const Point pointer = d->app.pointer;
    driven_key(d, '?', 0);
    driven_key(d, KEY_DOWN, 0);
    assert_true(d->app.pointer.x == pointer.x && d->app.pointer.y == pointer.y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRIVEN_TEST(a_unit_under_the_pointer_is_explained),
        cmocka_unit_test(a_shared_layer_says_which_rows_use_its_weights),
        DRIVEN_TEST(code_summary_and_picture_answer_together),
        DRIVEN_TEST(the_keyboard_reaches_every_unit),
        DRIVEN_TEST(long_sums_are_paged),
        cmocka_unit_test(sums_agree_with_the_forward_pass),
        DRIVEN_TEST(a_higher_inspector_shows_more_of_the_sum),
        DRIVEN_TEST(keys_take_the_focus_from_a_resting_pointer),
        DRIVEN_TEST(what_lies_under_the_pointer_is_looked_for_again_when_the_page_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
