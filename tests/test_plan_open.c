/* Nested models laid open give the same numbers as closed ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/snapshot.h"
#include "picturing.h"

static const char *const MODELS[] = {"nested_sequentials.json", "nested_ensemble.json", "siamese_distance.json"};
enum { N_MODELS = sizeof MODELS / sizeof *MODELS };

static void run_closed(Shown *shown, Plan *plan, Run *run)
{
    Arena *arena = &shown->made.arena;
    plan_make(plan, arena, shown->plan.model, NULL, 0, 3, NULL);
    Tensor *inputs = ARENA_ARRAY(arena, plan->n_inputs, Tensor);
    for (int i = 0; i < plan->n_inputs; i++) inputs[i] = run_pattern(arena, plan, i);
    run_forward(run, arena, plan, inputs, RUN_SEED);
}

static void outputs_are_as_before(void **state)
{
    (void)state;
    for (int m = 0; m < N_MODELS; m++) {
        Shown shown;
        Plan plan;
        Run run;
        shown_open(&shown, MODELS[m]);
        run_closed(&shown, &plan, &run);
        assert_true(shown.plan.n_steps > plan.n_steps);
        assert_true(shown.run.complete && run.complete);
        assert_int_equal(shown.plan.n_layers, plan.n_layers);
        for (int t = 0; t < plan.n_tensors; t++) {
            const size_t bytes = (size_t)shape_size(&plan.tensors[t].shape) * sizeof(float);
            assert_memory_equal(shown.run.tensors[t].data, run.tensors[t].data, bytes);
        }
        shown_close(&shown);
    }
}

static void steps_inside_know_their_model(void **state)
{
    (void)state;
    Shown shown;
    shown_open(&shown, "nested_sequentials.json");
    const Plan *plan = &shown.plan;
    int inside = 0, opened = 0;
    for (int s = 0; s < plan->n_steps; s++) {
        const PlanStep *step = &plan->steps[s];
        opened += step->opened != NULL;
        if (step->owner < 0) continue;
        inside++;
        assert_true(step->owner > s && plan->steps[step->owner].opened);
        assert_true(step->row >= plan->n_layers && step->row < plan->n_rows);
        assert_ptr_equal(plan->layers[step->row].layer, step->node->layer);
    }
    assert_int_equal(opened, 2);
    assert_true(inside >= 4);
    shown_close(&shown);
}

static void layers_called_twice_have_one_row(void **state)
{
    (void)state;
    Shown shown;
    shown_open(&shown, "siamese_distance.json");
    const Plan *plan = &shown.plan;
    int inside = 0;
    for (int s = 0; s < plan->n_steps; s++) inside += plan->steps[s].owner >= 0;
    assert_int_equal(inside, 2 * (plan->n_rows - plan->n_layers));
    for (int r = plan->n_layers; r < plan->n_rows; r++) assert_true(plan->layers[r].shared);
    shown_close(&shown);
}

static void a_frame_stands_around_each(void **state)
{
    (void)state;
    Studio studio;
    Shown shown;
    int named = 0;
    studio_open(&studio);
    shown_open(&shown, "nested_sequentials.json");
    studio_look(&studio, &shown, 1400, 800);
    studio_draw(&studio);
    for (size_t i = 0; i < studio.scene.n_marks; i++) {
        const Mark *mark = &studio.scene.marks[i];
        named += mark->type == MARK_TEXT && (!strcmp(mark->text, "features") || !strcmp(mark->text, "head"));
    }
    assert_int_equal(named, 2);
    assert_int_equal(picture_find_unit(&studio.view, "head[1]").type, PICK_UNIT);
    shown_close(&shown);
    studio_close(&studio);
}

/* Operations that no summary lists are drawn where others are computed from them, and what a text's own layer does; masks
 * are not. */
static void what_others_need_is_drawn(void **state)
{
    (void)state;
    static const struct { const char *text, *drawn, *hidden; } cases[] = {
        {"import keras\nfrom keras import layers\nclass M(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
         "        self.a = layers.Dense(6)\n        self.b = layers.Dense(6)\n    def call(self, x):\n        h = self.a(x)\n"
         "        return h + self.b(h)\nmodel = M()\nmodel.build((None, 4))\n", "Add", "Input 1"},
        {"import keras, tensorflow as tf\nfrom keras import layers\n"
         "model = keras.Sequential([layers.Input((6,)), layers.Lambda(lambda t: tf.exp(t)), layers.Dense(3)])\n", "lambda", "exponential"},
        {"from keras import Sequential, layers\n"
         "model = Sequential([layers.Input((6, 3)), layers.Masking(), layers.LSTM(4)])\n", "Masking", "NotEqual"},
    };
    Studio studio;
    studio_open(&studio);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Snapshot snapshot;
        bool drawn = false;
        snapshot_open(&snapshot, cases[i].text, strlen(cases[i].text), &(ReadOptions){0});
        snapshot_run(&snapshot, NULL, 0, RUN_SEED);
        studio_look(&studio, &(Shown){.variant = {.plan = &snapshot.plan, .run = &snapshot.run}}, 1200, 700);
        studio_draw(&studio);
        for (size_t m = 0; m < studio.scene.n_marks; m++) {
            const Mark *mark = &studio.scene.marks[m];
            if (mark->type != MARK_TEXT) continue;
            drawn |= !strcmp(mark->text, cases[i].drawn);
            assert_null(strstr(mark->text, cases[i].hidden));
        }
        if (!drawn) fail_msg("%s is not drawn", cases[i].drawn);
        snapshot_close(&snapshot);
    }
    studio_close(&studio);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_are_as_before),
        cmocka_unit_test(steps_inside_know_their_model),
        cmocka_unit_test(layers_called_twice_have_one_row),
        cmocka_unit_test(a_frame_stands_around_each),
        cmocka_unit_test(what_others_need_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
