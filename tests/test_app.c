#include "driving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/command.h"
#include "app/facts.h"
#include "app/files.h"
#include "app/filing.h"

static const float SIZES[][2] = {{960, 600}, {1280, 720}, {1600, 900}, {3840, 2160}};
enum { N_SIZES = sizeof SIZES / sizeof *SIZES };

static const char CNN[] =
    "from keras import Sequential\n"
    "from keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D\n"
    "model = Sequential([\n"
    "    Input((12, 12, 1)),\n"
    "    Conv2D(4, 3, activation='relu'),\n"
    "    MaxPooling2D(),\n"
    "    Flatten(),\n"
    "    Dense(3),\n"
    "])\n";

/* The code pane's place for the end of what stands in the text once. */
static void put_caret_after(Driven *d, const char *text)
{
    const char *found = strstr(driven_text(d), text);
    assert_non_null(found);
    const int at = (int)(found - driven_text(d)) + (int)strlen(text);
    driven_click(d, (Point){d->app.page.code.x + 200, d->app.page.code.y + 12});
    d->app.editor.selection = (Selection){at, at};
    assert_int_equal(d->app.attention, ATTENTION_CODE);
}

/* ---- the first look ---- */

static void the_question_opens_and_explains_an_output(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    assert_true(driven_shows(&d, "flatten_question.py"));
    assert_true(driven_shows(&d, "(None, 48)"));
    assert_true(driven_shows(&d, "244"));
    assert_true(driven_shows(&d, "(1, 4)"));       /* what the print line prints */
    assert_true(driven_shows(&d, "y[1]"));
    assert_true(driven_shows(&d, "sees 48 of 48 inputs: every row."));
    driven_close(&d);
}

static void every_document_fits_every_window(void **state)
{
    (void)state;
    static const char *const texts[] = {NULL, CNN, "", "import keras\n", "model = Sequential([Dens(4)])", "model = Sequential([Input((28, 28)), Conv2D(2, 3)])\n"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (int s = 0; s < N_SIZES; s++) {
            Driven d;
            driven_open(&d, texts[t], SIZES[s][0], SIZES[s][1]);
            const Scene *scene = app_scene(&d.app);
            for (size_t i = 0; i < scene->n_picks; i++) {
                const Pick *pick = &scene->picks[i];
                if (pick->type != PICK_WIDGET) continue;
                const Rect a = pick->area;
                assert_true(a.x >= -1 && a.y >= -1 && a.x + a.w <= SIZES[s][0] + 1 && a.y + a.h <= SIZES[s][1] + 1);
                if (a.w < 24 || a.h < 24) fail_msg("%s is only %.0f x %.0f", pick->id, (double)a.w, (double)a.h);
            }
            driven_close(&d);
        }
}

static void drawing_twice_gives_the_same(void **state)
{
    (void)state;
    Driven d;
    Arena arena;
    Scene again;
    driven_open(&d, NULL, 1600, 900);
    arena_open(&arena, 0);
    scene_open(&again, &arena, d.app.page.all, app_theme(&d.app)->ground);
    app_draw(&d.app, &again);
    const Scene *scene = app_scene(&d.app);
    assert_int_equal(again.n_marks, scene->n_marks);
    assert_true(scene_hash(&again, 0, again.n_marks) == scene_hash(scene, 0, scene->n_marks));
    arena_close(&arena);
    driven_close(&d);
}

static void same_as_drawn_anew(Driven *d)
{
    Arena arena;
    Scene again;
    arena_open(&arena, 0);
    scene_open(&again, &arena, d->app.page.all, app_theme(&d->app)->ground);
    app_draw(&d->app, &again);
    const Scene *scene = app_scene(&d->app);
    assert_int_equal(again.n_marks, scene->n_marks);
    assert_int_equal(again.n_picks, scene->n_picks);
    assert_int_equal(again.n_still, scene->n_still);
    assert_true(scene_hash(&again, 0, again.n_marks) == scene_hash(scene, 0, scene->n_marks));
    if (scene->still_hash) assert_true(scene->still_hash == scene_hash(&again, 0, again.n_still));
    arena_close(&arena);
}

/* Still marks are kept while only the pointer moves; whatever is done, the page is as if drawn from nothing. */
static void what_is_kept_is_what_would_be_drawn(void **state)
{
    (void)state;
    static const int keys[] = {'c', 'w', KEY_TAB, KEY_DOWN, KEY_RIGHT, KEY_PAGE_DOWN, KEY_PAGE_DOWN, KEY_ESCAPE, '+', 't', 'f', 'c', 'w', 'f', KEY_F6, KEY_F6, '0'};
    static const char *const texts[] = {NULL, CNN, "from keras import *\nfrom keras.layers import *\nmodel = Sequential([Input((40,)), Dense(60), Dense(60)])\n"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        Driven d;
        uint32_t seed = 7;
        driven_open(&d, texts[t], 1280, 720);
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            driven_key(&d, keys[k], 0);
            same_as_drawn_anew(&d);
            for (int i = 0; i < 6; i++) {
                seed = seed * 1664525 + 1013904223;
                driven_move(&d, (Point){(float)(seed >> 8 & 1023) * 1.25f, (float)(seed >> 18 & 1023) * 0.7f});
                same_as_drawn_anew(&d);
            }
            driven_wait(&d, 0.7);
            same_as_drawn_anew(&d);
        }
        driven_close(&d);
    }
}

static void an_idle_window_asks_for_nothing(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_wait(&d, 2);
    assert_true(app_wait(&d.app) < 0);
    driven_move(&d, driven_unit(&d, "dense_1", 1));
    assert_true(app_wait(&d.app) < 0);
    driven_close(&d);
}

/* ---- looking ---- */

static void a_unit_under_the_pointer_is_explained(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_move(&d, driven_unit(&d, NULL, 3));
    assert_true(driven_shows(&d, "x[1, 1]"));
    driven_move(&d, driven_unit(&d, "dense_1", 2));
    assert_true(driven_shows(&d, "y[2]"));
    assert_true(driven_shows(&d, "Without Flatten it would") || !d.app.study.twin);
    driven_close(&d);
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
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    const Plan *plan = &d.app.study.shown->plan;
    const int dense_1 = plan_find(plan, "dense_1");
    driven_key(&d, KEY_ESCAPE, 0);
    const Pick *row = driven_find(&d, PICK_SUMMARY_ROW, 0, -1);
    assert_non_null(row);
    driven_move(&d, (Point){row->area.x + 50, row->area.y + 10});
    assert_int_equal(d.app.gaze.hover.pick.layer, 0);
    const Rect code = d.app.page.code;
    for (int i = 0; i < d.app.editor.rows.n; i++) {
        const Row *line = &d.app.editor.rows.row[i];
        if (strncmp(driven_text(&d) + line->start, "model.add(Dense(4))", 19) != 0) continue;
        driven_move(&d, (Point){code.x + 100, code.y + ((float)i + 0.5f) * EDITOR_PITCH - d.app.editor.scroll});
    }
    assert_int_equal(d.app.gaze.hover.pick.type, PICK_CODE_LINE);
    assert_int_equal(d.app.gaze.hover.pick.layer, dense_1);
    driven_close(&d);
}

static void the_keyboard_reaches_every_unit(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_key(&d, KEY_ESCAPE, 0);
    bool seen[4] = {false};
    driven_key(&d, KEY_TAB, 0);
    const PickType first = d.app.gaze.focus.pick.type;
    assert_int_not_equal(first, PICK_NONE);
    for (int i = 0; i < 20; i++) driven_key(&d, KEY_RIGHT, 0);
    for (int i = 0; i < 60; i++) driven_key(&d, KEY_UP, 0);
    const int last = plan_find(&d.app.study.shown->plan, "dense_1");
    for (int i = 0; i < 10; i++) {
        const Pick *focus = &d.app.gaze.focus.pick;
        if (focus->layer == last && focus->k >= 0 && focus->k < 4) seen[focus->k] = true;
        driven_key(&d, KEY_DOWN, 0);
    }
    for (int k = 0; k < 4; k++) assert_true(seen[k]);
    driven_close(&d);
}

static void long_sums_are_paged(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    assert_int_equal(d.app.first_term, 0);
    driven_key(&d, ']', 0);
    const int64_t page = d.app.first_term;
    assert_true(page > 2);
    for (int i = 0; i < 60; i++) driven_key(&d, ']', 0);
    assert_true(d.app.first_term < 48);
    for (int i = 0; i < 60; i++) driven_key(&d, '[', 0);
    assert_int_equal(d.app.first_term, 0);
    driven_close(&d);
}

static void sums_agree_with_the_forward_pass(void **state)
{
    (void)state;
    static const char *const texts[] = {NULL, CNN};
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

/* ---- typing ---- */

static void typing_changes_the_picture(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    put_caret_after(&d, "Dense(4");
    driven_key(&d, KEY_BACKSPACE, 0);
    driven_type(&d, "5");
    assert_true(driven_shows(&d, "(None, 5)"));
    assert_true(driven_shows(&d, "(1, 5)"));
    driven_key(&d, 'z', MOD_CTRL);
    driven_key(&d, 'z', MOD_CTRL);
    assert_true(driven_shows(&d, "(None, 4)"));
    driven_close(&d);
}

static void letters_are_text_in_the_code_and_commands_beside_it(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    put_caret_after(&d, "print y.shape");
    const size_t length = strlen(driven_text(&d));
    driven_type(&d, "ftcw 0-+?");
    assert_int_equal(strlen(driven_text(&d)), length + 9);
    assert_string_equal(d.app.settings.theme, "light");
    assert_int_equal(d.app.sheet, SHEET_NONE);
    driven_key(&d, KEY_ESCAPE, 0);
    driven_key(&d, 't', 0);
    assert_string_equal(d.app.settings.theme, "dark");
    assert_int_equal(strlen(driven_text(&d)), length + 9);
    driven_close(&d);
}

static void while_typing_the_last_good_model_stays(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    put_caret_after(&d, "model.add(Dense(4)");
    driven_key(&d, KEY_BACKSPACE, 0);      /* a bracket is never closed */
    assert_true(study_faulty(&d.app.study));
    assert_true(study_stale(&d.app.study));
    assert_true(driven_shows(&d, "(None, 48)"));
    driven_wait(&d, 3);
    assert_true(driven_shows(&d, "(None, 48)"));
    assert_true(driven_shows(&d, "never closed"));
    driven_type(&d, ")");
    assert_false(study_faulty(&d.app.study));
    assert_false(driven_shows(&d, "never closed"));
    driven_close(&d);
}

static void a_refused_model_is_drawn_up_to_its_fault(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, CNN, 1600, 900);
    put_caret_after(&d, "Input((12, 12");
    for (int i = 0; i < 3; i++) driven_key(&d, KEY_DELETE, 0);
    assert_true(study_stale(&d.app.study));
    driven_wait(&d, 2);
    assert_false(study_stale(&d.app.study));
    assert_true(driven_shows(&d, "expected min_ndim=4, found ndim=3"));
    assert_true(driven_shows(&d, "Line 5"));
    assert_true(driven_shows(&d, "refused"));
    driven_close(&d);
}

/* ---- the forward pass ---- */

static void the_forward_pass_goes_layer_by_layer_and_row_by_row(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_key(&d, KEY_PAGE_DOWN, 0);
    float last = d.app.playback.progress;
    assert_true(last >= 0);
    int stops = 0;
    while (d.app.playback.progress >= 0 && stops < 50) {
        driven_key(&d, KEY_RIGHT, 0);
        assert_true(d.app.playback.progress > last || d.app.playback.progress < 0);
        last = d.app.playback.progress;
        stops++;
    }
    assert_in_range(stops, 6, 12);      /* three rows of dense, and the other layers */
    driven_key(&d, KEY_PAGE_UP, 0);
    assert_true(d.app.playback.progress > 0);
    driven_key(&d, KEY_ESCAPE, 0);
    assert_true(d.app.playback.progress < 0);
    driven_close(&d);
}

static void playing_comes_to_an_end_by_itself(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_key(&d, ' ', 0);
    assert_true(d.app.playback.playing);
    assert_true(app_wait(&d.app) > 0);
    driven_wait(&d, 1);
    assert_true(d.app.playback.progress > 0);
    driven_wait(&d, 10);
    assert_false(d.app.playback.playing);
    assert_true(app_wait(&d.app) < 0);
    driven_close(&d);
}

/* ---- the switch ---- */

static void the_switch_changes_code_counts_and_picture(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_key(&d, 'f', 0);
    assert_non_null(strstr(driven_text(&d), "# model.add(Flatten())"));
    assert_true(d.app.motion.running);
    assert_true(app_wait(&d.app) == 0);
    driven_wait(&d, 0.8);
    assert_false(d.app.motion.running);
    assert_null(d.app.study.before);
    assert_true(driven_shows(&d, "(None, 3, 4)"));
    assert_true(driven_shows(&d, "(1, 3, 4)"));
    assert_true(driven_shows(&d, "116"));
    assert_true(driven_shows(&d, "sees 16 of 48 inputs: row"));
    driven_click(&d, driven_widget(&d, "flatten.toggle"));
    driven_wait(&d, 0.8);
    assert_null(strstr(driven_text(&d), "# model.add(Flatten())"));
    assert_true(driven_shows(&d, "244"));
    driven_close(&d);
}

static void the_switch_turns_in_mid_flight(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_key(&d, 'f', 0);
    driven_wait(&d, 0.2);
    const float there = motion_progress(&d.app.motion, d.seconds);
    assert_true(there > 0 && there < 0.5f);
    driven_key(&d, 'f', 0);
    const float back = motion_progress(&d.app.motion, d.seconds);
    assert_true(back > 1 - there - 0.1f && back < 1 - there + 0.1f);
    assert_null(strstr(driven_text(&d), "# model.add(Flatten())"));
    driven_wait(&d, 0.3);
    assert_false(d.app.motion.running);      /* no longer than it took to get there */
    driven_close(&d);
}

static void colours_stay_when_the_switch_goes(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    const double extent = d.app.study.extent;
    assert_true(extent > 0);
    driven_key(&d, 'f', 0);
    driven_wait(&d, 1);
    assert_true(d.app.study.extent == extent);
    driven_close(&d);
}

static void every_switch_undoes(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    const char *before = arena_copy(&d.arena, driven_text(&d), strlen(driven_text(&d)));
    for (int i = 0; i < 5; i++) driven_key(&d, 'f', 0);
    for (int i = 0; i < 5; i++) driven_key(&d, 'z', MOD_CTRL);
    assert_string_equal(driven_text(&d), before);
    assert_false(buffer_dirty(&d.app.editor.buffer));
    driven_close(&d);
}

static bool has_variant(Driven *d, int variant)
{
    const Scene *scene = app_scene(&d->app);
    for (size_t i = 0; i < scene->n_picks; i++)
        if (scene->picks[i].type == PICK_UNIT && scene->picks[i].variant == variant) return true;
    return false;
}

static void both_variants_stand_side_by_side(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_key(&d, 'c', 0);
    assert_true(has_variant(&d, 0) && has_variant(&d, 1));
    driven_key(&d, 'c', 0);
    assert_true(has_variant(&d, 0) && !has_variant(&d, 1));
    driven_close(&d);
}

/* ---- editing in the picture ---- */

static void an_input_is_changed_in_its_place(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_click(&d, driven_unit(&d, NULL, 2));
    assert_ptr_equal(d.app.field.kind, &FIELD_INPUT);
    driven_type(&d, "9\n");
    assert_null(d.app.field.kind);
    assert_non_null(strstr(driven_text(&d), "[9, 4]"));
    driven_key(&d, 'z', MOD_CTRL);
    assert_non_null(strstr(driven_text(&d), "[3, 4]"));
    driven_close(&d);
}

static void arrows_step_a_number_as_one_undo(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_click(&d, driven_unit(&d, NULL, 2));
    for (int i = 0; i < 5; i++) driven_key(&d, KEY_UP, 0);
    assert_non_null(strstr(driven_text(&d), "[8, 4]"));
    driven_key(&d, KEY_DOWN, 0);
    driven_key(&d, KEY_ENTER, 0);
    assert_non_null(strstr(driven_text(&d), "[7, 4]"));
    driven_key(&d, 'z', MOD_CTRL);
    assert_non_null(strstr(driven_text(&d), "[3, 4]"));
    assert_false(buffer_dirty(&d.app.editor.buffer));
    driven_close(&d);
}

static void escape_takes_back_what_was_tried(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_click(&d, driven_unit(&d, NULL, 2));
    driven_key(&d, KEY_UP, 0);
    assert_non_null(strstr(driven_text(&d), "[4, 4]"));
    driven_key(&d, KEY_ESCAPE, 0);
    assert_non_null(strstr(driven_text(&d), "[3, 4]"));
    assert_null(d.app.field.kind);
    driven_close(&d);
}

static void nonsense_in_a_field_is_refused_with_a_reason(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_click(&d, driven_unit(&d, NULL, 2));
    driven_type(&d, "abc\n");
    assert_ptr_equal(d.app.field.kind, &FIELD_INPUT);
    assert_true(driven_shows(&d, "A number is needed"));
    assert_non_null(strstr(driven_text(&d), "[3, 4]"));
    driven_close(&d);
}

static void units_and_input_shapes_are_changed_at_the_heading(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    const int dense = plan_find(&d.app.study.shown->plan, "dense"), dense_1 = plan_find(&d.app.study.shown->plan, "dense_1");
    const Pick *units = driven_find(&d, PICK_SHAPE, dense, 2);
    assert_non_null(units);
    driven_click(&d, (Point){units->area.x + units->area.w / 2, units->area.y + units->area.h / 2});
    assert_ptr_equal(d.app.field.kind, &FIELD_DIMENSION);
    driven_type(&d, "8\n");
    assert_non_null(strstr(driven_text(&d), "Dense(8, input_shape=(3, 2))"));
    const Pick *rows = driven_find(&d, PICK_SHAPE, -1, 1);
    assert_non_null(rows);
    driven_click(&d, (Point){rows->area.x + rows->area.w / 2, rows->area.y + rows->area.h / 2});
    driven_type(&d, "5\n");
    assert_non_null(strstr(driven_text(&d), "Dense(8, input_shape=(5, 2))"));
    assert_non_null(strstr(driven_text(&d), "x = np.array([[[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]])"));
    assert_false(study_faulty(&d.app.study));
    const Pick *argument = driven_find(&d, PICK_ARGUMENT, dense_1, -1);
    assert_non_null(argument);
    driven_click(&d, (Point){argument->area.x + argument->area.w / 2, argument->area.y + argument->area.h / 2});
    assert_ptr_equal(d.app.field.kind, &FIELD_ARGUMENT);
    driven_type(&d, "7\n");
    assert_non_null(strstr(driven_text(&d), "Dense(7)"));
    driven_close(&d);
}

static void a_weight_is_written_into_the_text(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_key(&d, KEY_ESCAPE, 0);
    driven_key(&d, 'w', 0);
    const Pick *weight = driven_find(&d, PICK_WEIGHT, plan_find(&d.app.study.shown->plan, "dense_1"), -1);
    assert_non_null(weight);
    driven_click(&d, (Point){weight->area.x + weight->area.w / 2, weight->area.y + weight->area.h / 2});
    assert_ptr_equal(d.app.field.kind, &FIELD_WEIGHT);
    driven_type(&d, "0.5\n");
    assert_non_null(strstr(driven_text(&d), "set_weights"));
    assert_false(study_faulty(&d.app.study));
    driven_key(&d, 'z', MOD_CTRL);
    assert_null(strstr(driven_text(&d), "set_weights"));
    driven_close(&d);
}

static void layers_are_put_in_moved_and_taken_out(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    const Pick *gap = driven_find(&d, PICK_INSERT, plan_find(&d.app.study.shown->plan, "dense_1"), -1);
    assert_non_null(gap);
    driven_click(&d, (Point){gap->area.x + gap->area.w / 2, gap->area.y + gap->area.h / 2});
    assert_ptr_equal(d.app.menu.kind, &MENU_INSERT);
    driven_key(&d, KEY_DOWN, 0);
    driven_key(&d, KEY_ENTER, 0);
    assert_int_equal(d.app.study.shown->plan.n_layers, 5);
    driven_key(&d, 'z', MOD_CTRL);
    assert_int_equal(d.app.study.shown->plan.n_layers, 4);
    const Pick *row = driven_find(&d, PICK_SUMMARY_ROW, 1, -1);
    driven_click(&d, (Point){row->area.x + 40, row->area.y + 10});
    driven_key(&d, KEY_DELETE, 0);
    assert_int_equal(d.app.study.shown->plan.n_layers, 3);
    assert_null(strstr(driven_text(&d), "model.add(Activation"));
    driven_key(&d, 'z', MOD_CTRL);
    row = driven_find(&d, PICK_SUMMARY_ROW, 2, -1);
    driven_click(&d, (Point){row->area.x + 40, row->area.y + 10});
    driven_key(&d, KEY_LEFT, MOD_ALT);
    assert_true(strstr(driven_text(&d), "model.add(Flatten())") < strstr(driven_text(&d), "model.add(Activation"));
    driven_close(&d);
}

static void a_fix_is_one_key_away(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, CNN, 1600, 900);
    put_caret_after(&d, "Input((12, 12");
    for (int i = 0; i < 3; i++) driven_key(&d, KEY_DELETE, 0);
    driven_wait(&d, 2);
    assert_true(study_faulty(&d.app.study));
    driven_key(&d, KEY_ENTER, MOD_ALT);
    assert_false(study_faulty(&d.app.study));
    driven_key(&d, 'z', MOD_CTRL);
    assert_true(study_faulty(&d.app.study));
    driven_close(&d);
}

/* ---- panes ---- */

static void panes_are_dragged_folded_and_unfolded(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    const float width = d.app.page.side.w;
    const Rect edge = d.app.page.side_edge;
    app_update(&d.app, &(Input){.type = INPUT_PRESS, .at = {edge.x + 4, 500}, .button = BUTTON_LEFT, .clicks = 1}, 1001);
    app_update(&d.app, &(Input){.type = INPUT_MOVE, .at = {edge.x + 54, 500}}, 1001);
    app_update(&d.app, &(Input){.type = INPUT_RELEASE, .at = {edge.x + 54, 500}, .button = BUTTON_LEFT}, 1001);
    assert_true(d.app.page.side.w > width + 40);
    driven_key(&d, 'b', MOD_CTRL);
    assert_true(d.app.page.side.w < 20);
    driven_click(&d, (Point){5, 500});
    assert_true(d.app.page.side.w > width + 40);
    driven_close(&d);
}

static void type_grows_with_the_scale(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    const float bar = d.app.page.bar.h;
    driven_key(&d, '+', MOD_CTRL);
    assert_true(d.app.page.bar.h > bar * 1.05f);
    driven_key(&d, '0', MOD_CTRL);
    assert_true(d.app.page.bar.h == bar);
    driven_close(&d);
}

static void zoom_keeps_to_its_bounds(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    const Rect canvas = d.app.page.canvas;
    for (int i = 0; i < 60; i++) driven_wheel(&d, (Point){canvas.x + 300, canvas.y + 200}, 1);
    assert_true(d.app.zoom > 10 && d.app.zoom <= 64);
    for (int i = 0; i < 80; i++) driven_wheel(&d, (Point){canvas.x + 300, canvas.y + 200}, -1);
    assert_true(d.app.zoom == 1);
    driven_key(&d, '+', 0);
    assert_true(d.app.zoom > 1);
    driven_key(&d, '0', 0);
    assert_true(d.app.zoom == 1 && d.app.pan.x == 0);
    driven_close(&d);
}

/* ---- files ---- */

static void nothing_unsaved_is_lost_without_asking(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    put_caret_after(&d, "Dense(4");
    driven_type(&d, "0");
    app_update(&d.app, &(Input){.type = INPUT_CLOSE}, 1002);
    assert_false(d.app.done);
    assert_int_equal(d.app.sheet, SHEET_GUARD);
    driven_key(&d, KEY_ESCAPE, 0);
    assert_int_equal(d.app.sheet, SHEET_NONE);
    app_update(&d.app, &(Input){.type = INPUT_CLOSE}, 1003);
    driven_click(&d, driven_widget(&d, "guard.discard"));
    assert_true(d.app.done);
    driven_close(&d);
}

static void an_unchanged_text_closes_at_once(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    app_update(&d.app, &(Input){.type = INPUT_CLOSE}, 1002);
    assert_true(d.app.done);
    driven_close(&d);
}

static void a_text_is_saved_and_opened_again(void **state)
{
    (void)state;
    Driven d;
    size_t length;
    const char *path = "/tmp/shapeflow-test-app.py";
    unlink(path);
    driven_open(&d, NULL, 1600, 900);
    put_caret_after(&d, "Dense(4");
    driven_type(&d, "2");
    driven_key(&d, 's', MOD_CTRL);
    assert_ptr_equal(d.app.field.kind, &FIELD_SAVE);
    driven_key(&d, 'a', MOD_CTRL);
    driven_type(&d, path);
    driven_key(&d, KEY_ENTER, 0);
    assert_null(d.app.field.kind);
    assert_string_equal(file_read(&d.arena, path, &length), driven_text(&d));
    assert_false(buffer_dirty(&d.app.editor.buffer));
    assert_true(driven_shows(&d, "shapeflow-test-app.py"));
    app_update(&d.app, &(Input){.type = INPUT_DROP, .text = SOURCE_DIR "/assets/models/flatten_question.py"}, 1003);
    assert_true(driven_shows(&d, "(None, 4)"));
    app_update(&d.app, &(Input){.type = INPUT_DROP, .text = path}, 1004);
    assert_true(driven_shows(&d, "(None, 42)"));
    app_update(&d.app, &(Input){.type = INPUT_DROP, .text = "/none/at/all.py"}, 1005);
    assert_true(driven_shows(&d, "(None, 42)"));
    assert_true(driven_shows(&d, "all.py"));
    unlink(path);
    driven_close(&d);
}

static void a_view_is_exported(void **state)
{
    (void)state;
    Driven d;
    size_t length;
    driven_open(&d, NULL, 1600, 900);
    driven_key(&d, 'e', 0);
    assert_ptr_equal(d.app.menu.kind, &MENU_EXPORT);
    driven_key(&d, KEY_DOWN, 0);
    driven_key(&d, KEY_ENTER, 0);
    assert_ptr_equal(d.app.field.kind, &FIELD_EXPORT);
    driven_key(&d, 'a', MOD_CTRL);
    driven_type(&d, "/tmp/shapeflow-test-app.svg\n");
    const char *svg = file_read(&d.arena, "/tmp/shapeflow-test-app.svg", &length);
    assert_non_null(svg);
    assert_non_null(strstr(svg, "Dense"));
    unlink("/tmp/shapeflow-test-app.svg");
    driven_close(&d);
}

static void one_of_several_models_is_chosen(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, "a = Sequential([Input((2,)), Dense(3)])\nb = Sequential([Input((2,)), Dense(5)])\n", 1600, 900);
    assert_true(driven_shows(&d, "(None, 5)"));
    driven_click(&d, driven_widget(&d, "menu.model"));
    driven_key(&d, KEY_DOWN, 0);
    driven_key(&d, KEY_ENTER, 0);
    assert_true(driven_shows(&d, "(None, 3)"));
    driven_close(&d);
}

static void keys_take_the_focus_from_a_resting_pointer(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    const Point at = driven_unit(&d, "dense_1", 0);
    driven_move(&d, at);
    assert_int_equal(gaze_subject(&d.app.gaze)->k, 0);
    driven_key(&d, KEY_DOWN, 0);
    assert_int_equal(gaze_subject(&d.app.gaze)->k, 2);
    driven_key(&d, KEY_DOWN, 0);
    assert_int_equal(gaze_subject(&d.app.gaze)->k, 3);
    driven_move(&d, (Point){at.x + 1, at.y});
    assert_int_equal(gaze_subject(&d.app.gaze)->k, 0);
    driven_close(&d);
}

static void what_lies_under_the_pointer_is_looked_for_again_when_the_page_changes(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    driven_move(&d, driven_unit(&d, NULL, 0));
    assert_int_equal(d.app.gaze.hover.pick.type, PICK_UNIT);
    driven_key(&d, 'b', MOD_CTRL);
    const Pick *hover = &d.app.gaze.hover.pick;
    assert_true(hover->type != PICK_UNIT || rect_holds(hover->area, d.app.pointer));
    driven_key(&d, 'q', MOD_CTRL);
    const Point pointer = d.app.pointer;
    driven_key(&d, '?', 0);
    driven_key(&d, KEY_DOWN, 0);
    assert_true(d.app.pointer.x == pointer.x && d.app.pointer.y == pointer.y);
    driven_close(&d);
}

/* ---- narrow and low, large and high ---- */

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
    for (int s = 0; s < N_SIZES; s++) {
        Driven d;
        driven_open(&d, NULL, SIZES[s][0], SIZES[s][1]);
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
    for (int s = 0; s < N_SIZES; s++) {
        Driven d;
        driven_open(&d, text, SIZES[s][0], SIZES[s][1]);
        text_is_not_cut(&d, d.app.page.code);
        driven_click(&d, (Point){d.app.page.code.x + 200, d.app.page.code.y + 12});
        driven_key(&d, KEY_END, MOD_CTRL);
        text_is_not_cut(&d, d.app.page.code);
        driven_close(&d);
    }
}

static void a_higher_inspector_shows_more_of_the_sum(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, NULL, 1600, 900);
    assert_true(driven_shows(&d, "more)"));
    d.app.settings.inspector_height = 400;
    driven_move(&d, driven_unit(&d, "dense_1", 2));
    assert_false(driven_shows(&d, "more)"));
    assert_true(driven_shows(&d, "Without Flatten"));
    driven_close(&d);
}

static bool dialog_that_fails(void *self, bool save, const char *title, const char *suggested)
{
    (void)save, (void)title, (void)suggested;
    ++*(int *)self;
    return true;
}

static void a_path_field_stands_in_for_a_dialog_that_cannot_be_shown(void **state)
{
    (void)state;
    Driven d;
    int asked = 0;
    driven_open(&d, NULL, 1280, 720);
    d.app.settings.own_dialogs = false;
    d.app.platform = (Platform){.self = &asked, .file_ask = dialog_that_fails};
    filing_ask_export(&d.app, ".pdf");
    assert_int_equal(asked, 1);
    assert_null(d.app.field.kind);
    app_update(&d.app, &(Input){.type = INPUT_CHOSEN, .text = ""}, 1003);
    assert_true(d.app.field.kind == &FIELD_EXPORT);
    assert_non_null(strstr(d.app.field.line.buffer.text, ".pdf"));
    driven_key(&d, KEY_ESCAPE, 0);
    driven_key(&d, 'o', MOD_CTRL);
    assert_true(d.app.field.kind == &FIELD_OPEN);
    assert_int_equal(asked, 1);
    driven_close(&d);
}

static void a_fault_without_a_model_is_not_taken_for_an_empty_text(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, "model = Sequential([Dens(4)])", 1280, 720);
    assert_false(driven_shows(&d, "Write the first layer"));
    driven_close(&d);
    driven_open(&d, "", 1280, 720);
    assert_true(driven_shows(&d, "Write the first layer"));
    driven_close(&d);
}

/* ---- commands ---- */

static void every_command_survives_every_document(void **state)
{
    (void)state;
    static const char *const texts[] = {NULL, "", "model = Sequential([Dens(4)])", "model = Sequential([Input((28, 28)), Conv2D(2, 3)])\n", CNN};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (int i = 0; i < COMMAND_COUNT; i++) {
            Driven d;
            driven_open(&d, texts[t], 1280, 720);
            for (int twice = 0; twice < 2; twice++) {
                command_run(&d.app, COMMANDS[i].id);
                driven_wait(&d, 0.3);
            }
            driven_close(&d);
        }
}

static void keys_are_not_taken_twice(void **state)
{
    (void)state;
    for (int i = 0; i < COMMAND_COUNT; i++)
        for (int j = 0; j < i; j++) {
            const Command *a = &COMMANDS[i], *b = &COMMANDS[j];
            assert_false(a->key && a->key == b->key && a->modifiers == b->modifiers && strcmp(a->id, b->id) != 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_question_opens_and_explains_an_output),
        cmocka_unit_test(every_document_fits_every_window),
        cmocka_unit_test(drawing_twice_gives_the_same),
        cmocka_unit_test(what_is_kept_is_what_would_be_drawn),
        cmocka_unit_test(an_idle_window_asks_for_nothing),
        cmocka_unit_test(a_unit_under_the_pointer_is_explained),
        cmocka_unit_test(a_shared_layer_says_which_rows_use_its_weights),
        cmocka_unit_test(code_summary_and_picture_answer_together),
        cmocka_unit_test(the_keyboard_reaches_every_unit),
        cmocka_unit_test(long_sums_are_paged),
        cmocka_unit_test(sums_agree_with_the_forward_pass),
        cmocka_unit_test(typing_changes_the_picture),
        cmocka_unit_test(letters_are_text_in_the_code_and_commands_beside_it),
        cmocka_unit_test(while_typing_the_last_good_model_stays),
        cmocka_unit_test(a_refused_model_is_drawn_up_to_its_fault),
        cmocka_unit_test(the_forward_pass_goes_layer_by_layer_and_row_by_row),
        cmocka_unit_test(playing_comes_to_an_end_by_itself),
        cmocka_unit_test(the_switch_changes_code_counts_and_picture),
        cmocka_unit_test(the_switch_turns_in_mid_flight),
        cmocka_unit_test(colours_stay_when_the_switch_goes),
        cmocka_unit_test(every_switch_undoes),
        cmocka_unit_test(both_variants_stand_side_by_side),
        cmocka_unit_test(an_input_is_changed_in_its_place),
        cmocka_unit_test(arrows_step_a_number_as_one_undo),
        cmocka_unit_test(escape_takes_back_what_was_tried),
        cmocka_unit_test(nonsense_in_a_field_is_refused_with_a_reason),
        cmocka_unit_test(units_and_input_shapes_are_changed_at_the_heading),
        cmocka_unit_test(a_weight_is_written_into_the_text),
        cmocka_unit_test(layers_are_put_in_moved_and_taken_out),
        cmocka_unit_test(a_fix_is_one_key_away),
        cmocka_unit_test(panes_are_dragged_folded_and_unfolded),
        cmocka_unit_test(type_grows_with_the_scale),
        cmocka_unit_test(zoom_keeps_to_its_bounds),
        cmocka_unit_test(nothing_unsaved_is_lost_without_asking),
        cmocka_unit_test(an_unchanged_text_closes_at_once),
        cmocka_unit_test(a_text_is_saved_and_opened_again),
        cmocka_unit_test(a_view_is_exported),
        cmocka_unit_test(one_of_several_models_is_chosen),
        cmocka_unit_test(keys_take_the_focus_from_a_resting_pointer),
        cmocka_unit_test(what_lies_under_the_pointer_is_looked_for_again_when_the_page_changes),
        cmocka_unit_test(nothing_in_the_bar_crosses_at_any_scale),
        cmocka_unit_test(rows_of_code_and_summary_are_not_cut),
        cmocka_unit_test(a_higher_inspector_shows_more_of_the_sum),
        cmocka_unit_test(a_path_field_stands_in_for_a_dialog_that_cannot_be_shown),
        cmocka_unit_test(a_fault_without_a_model_is_not_taken_for_an_empty_text),
        cmocka_unit_test(every_command_survives_every_document),
        cmocka_unit_test(keys_are_not_taken_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
