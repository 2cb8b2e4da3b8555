#include "scene/view.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "picture_check.h"

static const char *const MODELS[] = {
    QUESTION,
    QUESTION_OFF,
    "1 | Dense 1",
    "784 | Dense 128 'relu' | Dense 10 'softmax'",
    "100,16 | Dense 16 'relu' | Dense 4",
    "3,512 | Dense 40 | Flatten | Dense 3",
    "28,28,1 | Conv2D 8 5 activation='relu' | MaxPooling2D 2 | Conv2D 16 5 | MaxPooling2D 2 | Flatten | Dense 64 'relu' | Dense 10 'softmax'",
    "3,4,5,2 | Conv3D 2 2 | Flatten | Dense 3",
    "6,4 | Conv1D 5 3 | Dropout 0.5 | GlobalAveragePooling1D | Dense 2",
    "8,8,40 | Conv2D 70 3 | Flatten | Dense 5",
    "?,2 | Dense 16 | Activation 'relu' | Dense 4",
    "1000000 | Dense 1000000 | Dense 3",
    "3,2 | Dense 16 'relu' | Reshape (7,7)",
    "residual_dense_loop.json",
    "inception_block.json",
    "highway_layers.json",
    "lstm_states.json",
    "two_inputs_mlp.json",
    "merges_all.json",
    "nested_sequentials.json",
    "siamese_distance.json",
    "dense_net_block.json",
    "attention_cross_heads.json",
    "ten_inputs.json",
    "ten_outputs.json",
    "3,0 | Dense 4 | Flatten | Dense 2",
    "20 | Dense 100000 'relu' | Dense 3",
    "2,3,4,5,2 | Dense 3 'relu' | Flatten | Dense 2",
    "4 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8",
};
enum { N_MODELS = sizeof MODELS / sizeof *MODELS };

static const struct { float w, h; } SIZES[] = {{600, 400}, {900, 560}, {1227, 711}, {1547, 870}, {3400, 1950}};
enum { N_SIZES = sizeof SIZES / sizeof *SIZES };

/* Every model at every size: work(studio, what to call it in a failure). */
static void swarm(void (*work)(Studio *, const char *))
{
    Studio studio;
    studio_open(&studio);
    for (int m = 0; m < N_MODELS; m++) {
        Shown shown;
        shown_open(&shown, MODELS[m]);
        for (int s = 0; s < N_SIZES; s++) {
            char name[256];
            studio_look(&studio, &shown, SIZES[s].w, SIZES[s].h);
            snprintf(name, sizeof name, "%gx%g %s", (double)SIZES[s].w, (double)SIZES[s].h, MODELS[m]);
            work(&studio, name);
        }
        shown_close(&shown);
    }
    studio_close(&studio);
}

static int count_picks(const Scene *scene, PickType type, int layer)
{
    int n = 0;
    for (size_t i = 0; i < scene->n_picks; i++) n += scene->picks[i].type == type && scene->picks[i].layer == layer;
    return n;
}

/* ---- what is drawn ---- */

static void every_unit_and_wire_of_the_question_is_drawn(void **state)
{
    (void)state;
    const struct { const char *line; int row, units, wires; } cases[] = {
        {QUESTION, 0, 48, 96}, {QUESTION, 2, 48, 48}, {QUESTION, 3, 4, 192}, {QUESTION_OFF, 2, 12, 192},
    };
    Studio studio;
    studio_open(&studio);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Shown shown;
        shown_open(&shown, cases[i].line);
        studio_look(&studio, &shown, 1227, 711);
        studio_draw(&studio);
        assert_int_equal(count_picks(&studio.scene, PICK_UNIT, cases[i].row), cases[i].units);
        assert_int_equal(count_picks(&studio.scene, PICK_WIRE, cases[i].row), cases[i].wires);
        shown_close(&shown);
    }
    studio_close(&studio);
}

static void headings_and_counts_are_said(void **state)
{
    (void)state;
    const struct { const char *line, *text; } cases[] = {
        {QUESTION, "Flatten"}, {QUESTION, "2×16 + 16 = 48"}, {QUESTION, "48×4 + 4 = 196"}, {QUESTION, "192"},
        {QUESTION, "0 params"}, {QUESTION, "48 params, shared by 3 rows"}, {QUESTION, "×3"}, {QUESTION_OFF, "68 params, shared by 3 rows"},
        {"784 | Dense 128 | Dense 10", "100,352 connections"}, {"784 | Dense 128 | Dense 10", "600 strongest drawn"},
        {"1000000 | Dense 1000000", "1,000,001,000,000 params"}, {"1000000 | Dense 1000000", "1,000,000,000,000 connections"},
        {"1000000 | Dense 1000000", "This model is too large for numbers"}, {"?,2 | Dense 16", "shared by every row"},
        {"3,2 | Dense 16 | Reshape (7,7)", "Keras stops here"}, {"3,2 | Dense 16 | Reshape (7,7)", "target_shape=(7, 7)"},
        {"8,8,400 | Conv2D 3 3", "of 400"},
    };
    Studio studio;
    studio_open(&studio);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Shown shown;
        shown_open(&shown, cases[i].line);
        studio_look(&studio, &shown, 1547, 800);
        studio_draw(&studio);
        if (!picture_says(&studio.scene, cases[i].text)) fail_msg("%s does not say %s", cases[i].line, cases[i].text);
        shown_close(&shown);
    }
    studio_close(&studio);
}

/* ---- where it is drawn ---- */

static void nothing_is_outside_the_area(void **state)
{
    (void)state;
    swarm(picture_check_inside);
}

static void no_text_stands_on_another(void **state)
{
    (void)state;
    swarm(picture_check_texts);
}

static void blocks_stand_clear_of_each_other(void **state)
{
    (void)state;
    swarm(picture_check_blocks);
}

static void zoomed_out_all_units_are_seen(void **state)
{
    (void)state;
    swarm(picture_check_overview);
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
    (void)state;
    const char *const lines[] = {"residual_dense_loop.json", "highway_layers.json", "two_inputs_mlp.json", QUESTION, QUESTION_OFF};
    Studio studio;
    studio_open(&studio);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        Shown shown;
        shown_open(&shown, lines[i]);
        studio_look(&studio, &shown, 1900, 900);
        studio_draw(&studio);
        for (size_t m = 0; m < studio.scene.n_still; m++) {
            const Mark *mark = &studio.scene.marks[m];
            if ((mark->type != MARK_CURVE && mark->type != MARK_LINE) || mark->pick < 0) continue;
            const Pick *crossed = unit_crossed(&studio.scene, mark);
            if (crossed) fail_msg("%s: %s crosses %s", lines[i], studio.scene.picks[mark->pick].label, crossed->label);
        }
        shown_close(&shown);
    }
    studio_close(&studio);
}

static void text_at_1080p_is_13_points_at_least(void **state)
{
    (void)state;
    Studio studio;
    studio_open(&studio);
    for (int m = 0; m < N_MODELS; m++) {
        Shown shown;
        shown_open(&shown, MODELS[m]);
        studio_look(&studio, &shown, 1500, 820);
        studio_draw(&studio);
        for (size_t i = 0; i < studio.scene.n_marks; i++) {
            const Mark *mark = &studio.scene.marks[i];
            if (mark->type == MARK_TEXT && mark->size < 12.99F)
                fail_msg("%s: \"%s\" has %g points", MODELS[m], mark->text, (double)mark->size);
        }
        shown_close(&shown);
    }
    studio_close(&studio);
}

/* ---- reaching units ---- */

enum { REACH = 1400 };

static bool same_unit(const Pick *a, const Pick *b) { return a->tensor == b->tensor && a->k == b->k && a->type == b->type; }

static bool queue_add(Pick *queue, int *n, Pick pick)
{
    for (int i = 0; i < *n; i++)
        if (same_unit(&queue[i], &pick)) return false;
    if (*n < REACH) queue[(*n)++] = pick;
    return true;
}

static void units_are_reached_from_each_other(void **state)
{
    (void)state;
    const struct { const char *line; int units; float w, h; } cases[] = {
        {QUESTION, 6 + 48 + 48 + 4, 1227, 711}, {QUESTION, 106, 600, 400}, {QUESTION_OFF, 66, 1227, 711},
        {"20,6 | Dense 4 | Flatten | Dense 3", 120 + 80 + 80 + 3, 600, 400},
        {"6,6,2 | Conv2D 4 3 | Flatten | Dense 2", 72 + 64 + 64 + 2, 900, 560},
        {"3,3,130 | MaxPooling2D 3", 1170 + 130, 600, 400}, {"2,3,2,2 | Flatten", 24 + 24, 600, 400},
    };
    static Pick queue[REACH];
    Studio studio;
    studio_open(&studio);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Shown shown;
        int n = 0;
        shown_open(&shown, cases[i].line);
        studio_look(&studio, &shown, cases[i].w, cases[i].h);
        queue_add(queue, &n, picture_focus_move(&studio.view, (Pick){.type = PICK_NONE}, 0, 1));
        for (int at = 0; at < n; at++) {
            const int ways[4][2] = {{0, 1}, {0, -1}, {1, 0}, {-1, 0}};
            studio.view.focus = queue[at];
            for (int w = 0; w < 4; w++) queue_add(queue, &n, picture_focus_move(&studio.view, queue[at], ways[w][0], ways[w][1]));
        }
        if (n != cases[i].units) fail_msg("%s: %d units of %d are reached by arrows", cases[i].line, n, cases[i].units);
        shown_close(&shown);
    }
    studio_close(&studio);
}

static void the_pointer_finds_what_the_focus_shows(void **state)
{
    (void)state;
    const char *const lines[] = {QUESTION, QUESTION_OFF, "100,16 | Dense 4", "28,28,1 | Conv2D 8 5 | Flatten | Dense 10", "784 | Dense 10"};
    Studio studio;
    studio_open(&studio);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        Shown shown;
        shown_open(&shown, lines[i]);
        studio_look(&studio, &shown, 1227, 711);
        studio_draw(&studio);
        Pick from = picture_focus_layer(&studio.view, (Pick){.type = PICK_NONE}, 1);
        for (int layers = 0; from.type != PICK_NONE; layers++) {
            for (int k = 0; k < 40; k++) {
                const Point centre = {from.area.x + from.area.w / 2, from.area.y + from.area.h / 2};
                const Pick found = picture_pick_at(&studio.view, &studio.scene, &studio.words, centre);
                if (!same_unit(&found, &from))
                    fail_msg("%s: tensor %d, %lld is found as %d, %lld", lines[i], from.tensor, (long long)from.k, found.tensor, (long long)found.k);
                assert_non_null(found.label);
                from = picture_focus_move(&studio.view, from, 0, 1);
            }
            from = picture_focus_layer(&studio.view, from, 1);
            assert_true(layers < 10);
        }
        shown_close(&shown);
    }
    studio_close(&studio);
}

static void units_are_found_by_name(void **state)
{
    (void)state;
    const struct { const char *text; int64_t k; } cases[] = {
        {"dense_1[2]", 2}, {"dense[1,2]", 18}, {"flatten[47]", 47}, {"input[0,1]", 1}, {"input_layer[2,1]", 5}, {"dense_1[4]", -1},
        {"dense_1[-1]", -1}, {"dense_1[1", -1}, {"dense_1[1,1]", -1}, {"dense_1", -1}, {"nobody[0]", -1}, {"", -1}, {"dense_1[2]x", -1},
        {"activation[0,3]", 3},
    };
    Studio studio;
    Shown shown;
    studio_open(&studio);
    shown_open(&shown, QUESTION);
    studio_look(&studio, &shown, 1227, 711);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Pick pick = picture_find_unit(&studio.view, cases[i].text);
        assert_int_equal(pick.type, cases[i].k < 0 ? PICK_NONE : PICK_UNIT);
        assert_int_equal(pick.k, cases[i].k);
    }
    shown_close(&shown);
    studio_close(&studio);
}

static void the_focus_brings_its_sample_to_the_front(void **state)
{
    (void)state;
    Studio studio;
    Shown shown;
    studio_open(&studio);
    shown_open_batch(&shown, QUESTION, 4);
    studio_look(&studio, &shown, 1227, 711);
    studio_draw(&studio);
    assert_true(picture_says(&studio.scene, "sample 1 of 4"));
    Pick pick = picture_find_unit(&studio.view, "input[2,1]");
    assert_int_equal(pick.k, 5);
    pick = picture_focus_move(&studio.view, pick, 0, 1);
    assert_int_equal(pick.k, 6);
    studio.view.focus = pick;
    studio_draw(&studio);
    assert_true(picture_says(&studio.scene, "sample 2 of 4"));
    assert_int_equal(picture_find_unit(&studio.view, "dense_1[1]").k, 4 + 1);
    const Pick *sheet = NULL;
    for (size_t i = 0; i < studio.scene.n_picks && !sheet; i++)
        if (studio.scene.picks[i].type == PICK_UNIT && studio.scene.picks[i].k == 12) sheet = &studio.scene.picks[i];
    assert_non_null(sheet);   /* of sample 3, behind */
    const Point at = {sheet->area.x + sheet->area.w - 1, sheet->area.y + sheet->area.h / 2};
    assert_int_equal(picture_pick_at(&studio.view, &studio.scene, &studio.words, at).k, 12);
    shown_close(&shown);
    studio_close(&studio);
}

/* ---- what is looked at ---- */

static int lit_wires(const Scene *scene, int64_t k)
{
    int n = 0;
    for (size_t i = scene->n_still; i < scene->n_marks; i++) {
        const Mark *m = &scene->marks[i];
        n += m->type == MARK_CURVE && m->pick >= 0 && scene->picks[m->pick].type == PICK_WIRE && (k < 0 || scene->picks[m->pick].k == k);
    }
    return n;
}

static void a_unit_lights_exactly_its_own_wires(void **state)
{
    (void)state;
    const struct { const char *line, *unit; int wires; } cases[] = {
        {QUESTION, "dense_1[1]", 48}, {QUESTION_OFF, "dense_1[1,2]", 16}, {QUESTION, "dense[2,5]", 2}, {QUESTION, "flatten[7]", 1},
        {"784 | Dense 16", "dense[3]", 784}, {"300 | Dense 100 | Dense 4", "dense_1[0]", 100},
    };
    Studio studio;
    studio_open(&studio);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Shown shown;
        shown_open(&shown, cases[i].line);
        studio_look(&studio, &shown, 1227, 711);
        studio.view.hover = picture_find_unit(&studio.view, cases[i].unit);
        assert_int_equal(studio.view.hover.type, PICK_UNIT);
        studio_draw(&studio);
        int curves = 0;
        for (size_t m = studio.scene.n_still; m < studio.scene.n_marks; m++) curves += studio.scene.marks[m].type == MARK_CURVE;
        if (cases[i].wires <= 600) assert_int_equal(lit_wires(&studio.scene, studio.view.hover.k), cases[i].wires);
        assert_true(curves >= cases[i].wires);
        shown_close(&shown);
    }
    studio_close(&studio);
}

static void followers_are_the_copies_of_the_same_weights(void **state)
{
    (void)state;
    const struct { const char *line, *unit; int curves; } cases[] = {
        {QUESTION_OFF, "dense_1[1,2]", 16 * 3}, {QUESTION, "dense_1[1]", 48}, {QUESTION, "dense[0,0]", 2 * 3},
    };
    Studio studio;
    studio_open(&studio);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Shown shown;
        int curves = 0;
        shown_open(&shown, cases[i].line);
        studio_look(&studio, &shown, 1227, 711);
        studio.view.hover = picture_find_unit(&studio.view, cases[i].unit);
        studio_draw(&studio);
        for (size_t m = studio.scene.n_still; m < studio.scene.n_marks; m++) curves += studio.scene.marks[m].type == MARK_CURVE;
        assert_int_equal(curves, cases[i].curves);
        shown_close(&shown);
    }
    studio_close(&studio);
}

static void a_wire_lights_every_copy_of_its_weight(void **state)
{
    (void)state;
    Studio studio;
    Shown shown;
    int curves = 0;
    studio_open(&studio);
    shown_open(&shown, QUESTION_OFF);
    studio_look(&studio, &shown, 1227, 711);
    studio_draw(&studio);
    for (size_t i = 0; i < studio.scene.n_picks; i++)
        if (studio.scene.picks[i].type == PICK_WIRE && studio.scene.picks[i].layer == 2) studio.view.hover = studio.scene.picks[i];
    studio_draw(&studio);
    for (size_t m = studio.scene.n_still; m < studio.scene.n_marks; m++) curves += studio.scene.marks[m].type == MARK_CURVE;
    assert_int_equal(curves, 3);
    shown_close(&shown);
    studio_close(&studio);
}

static void with_shift_the_outgoing_wires_are_lit(void **state)
{
    (void)state;
    Studio studio;
    Shown shown;
    studio_open(&studio);
    shown_open(&shown, QUESTION_OFF);
    studio_look(&studio, &shown, 1227, 711);
    studio.view.hover = picture_find_unit(&studio.view, "dense[1,7]");
    studio.view.outgoing = true;
    studio_draw(&studio);
    assert_int_equal(lit_wires(&studio.scene, -1), 4);
    shown_close(&shown);
    studio_close(&studio);
}

static void hovering_leaves_the_still_marks_alone(void **state)
{
    (void)state;
    Studio studio;
    Shown shown;
    studio_open(&studio);
    for (int m = 0; m < N_MODELS; m++) {
        shown_open(&shown, MODELS[m]);
        studio_look(&studio, &shown, 1227, 711);
        studio_draw(&studio);
        const uint64_t before = scene_hash(&studio.scene, 0, studio.scene.n_still);
        studio.view.hover = picture_focus_move(&studio.view, (Pick){.type = PICK_NONE}, 0, 1);
        studio.view.hover = picture_focus_layer(&studio.view, studio.view.hover, 1);
        studio_draw(&studio);
        assert_true(scene_hash(&studio.scene, 0, studio.scene.n_still) == before);
        shown_close(&shown);
    }
    studio_close(&studio);
}

static void the_receptive_field_is_boxed(void **state)
{
    (void)state;
    Studio studio;
    Shown shown;
    int boxes = 0;
    studio_open(&studio);
    shown_open(&shown, "28,28,1 | Conv2D 8 5");
    studio_look(&studio, &shown, 1227, 711);
    studio.view.hover = picture_find_unit(&studio.view, "conv2d[9,10,2]");
    studio_draw(&studio);
    const Pick from = picture_find_unit(&studio.view, "input[9,10,0]"), to = picture_find_unit(&studio.view, "input[13,14,0]");
    for (size_t i = studio.scene.n_still; i < studio.scene.n_marks; i++) {
        const Mark *m = &studio.scene.marks[i];
        boxes += m->type == MARK_RECT && fabsf(m->rect.x - from.area.x) < 1 && fabsf(m->rect.y - from.area.y) < 1 &&
                 fabsf(m->rect.x + m->rect.w - to.area.x - to.area.w) < 1 && fabsf(m->rect.y + m->rect.h - to.area.y - to.area.h) < 1 && m->stroke.a;
    }
    assert_int_equal(boxes, 1);
    shown_close(&shown);
    studio_close(&studio);
}

/* ---- two models ---- */

typedef struct Two {
    Studio studio;
    Shown  with, without;
} Two;

static void two_open(Two *two)
{
    studio_open(&two->studio);
    shown_open(&two->with, QUESTION);
    shown_open(&two->without, QUESTION_OFF);
    studio_look(&two->studio, &two->with, 1547, 870);
}

static void two_close(Two *two)
{
    shown_close(&two->without);
    shown_close(&two->with);
    studio_close(&two->studio);
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
    (void)state;
    Two two;
    two_open(&two);
    two.studio.view.other = two.without.variant;
    studio_draw(&two.studio);
    const Pick *above = unit_drawn(&two.studio.scene, 0, 3, 0), *below = unit_drawn(&two.studio.scene, 1, 2, 0);
    assert_non_null(above);
    assert_non_null(below);
    assert_float_equal(above->area.x + above->area.w / 2, below->area.x + below->area.w / 2, 0.1);
    assert_true(below->area.y > 435 && above->area.y < 435);
    assert_true(picture_says(&two.studio.scene, "with Flatten") && picture_says(&two.studio.scene, "without Flatten"));
    two_close(&two);
}

static void a_hover_in_one_lights_its_like_in_the_other(void **state)
{
    (void)state;
    Two two;
    two_open(&two);
    two.studio.view.other = two.without.variant;
    studio_draw(&two.studio);
    two.studio.view.hover = *unit_drawn(&two.studio.scene, 1, 2, 6);   /* y[1,2], like y[2] */
    studio_draw(&two.studio);
    int above = 0, below = 0;
    for (size_t i = two.studio.scene.n_still; i < two.studio.scene.n_marks; i++) {
        const Mark *m = &two.studio.scene.marks[i];
        if (m->type != MARK_CURVE || m->pick < 0) continue;
        const Pick *pick = &two.studio.scene.picks[m->pick];
        above += pick->variant == 0 && pick->k == 2;
        below += pick->variant == 1 && pick->k == 6;
    }
    assert_int_equal(above, 48);
    assert_int_equal(below, 16);
    two_close(&two);
}

/* Cells of the Flatten column begin where those of the Dense are, and end in their own place. */
static void flattened_cells_travel_from_their_rows(void **state)
{
    (void)state;
    Two two;
    two_open(&two);
    View *view = &two.studio.view;
    view->before = two.without.variant;
    for (int k = 0; k < 48; k++) {
        view->t = 0;
        studio_draw(&two.studio);
        const Rect from = unit_drawn(&two.studio.scene, 0, 0, k)->area, flat = unit_drawn(&two.studio.scene, 0, 2, k)->area;
        assert_float_equal(from.x, flat.x, 0.1);
        assert_float_equal(from.y, flat.y, 0.1);
        view->t = 0.5F;
        studio_draw(&two.studio);
        const Rect half = unit_drawn(&two.studio.scene, 0, 2, k)->area;
        view->t = 1;
        studio_draw(&two.studio);
        const Rect there = unit_drawn(&two.studio.scene, 0, 2, k)->area;
        assert_float_equal(half.x, (from.x + there.x) / 2, 0.1);
        assert_float_equal(half.y, (from.y + there.y) / 2, 0.1);
    }
    two_close(&two);
}

static void a_toggle_in_flight_has_nothing_still(void **state)
{
    (void)state;
    Two two;
    two_open(&two);
    two.studio.view.before = two.without.variant;
    for (int reduced = 0; reduced < 2; reduced++)
        for (int i = 0; i < 10; i++) {
            two.studio.view.t = (float)i / 10;
            two.studio.view.reduced_motion = reduced;
            picture_check_inside(&two.studio, "in flight");
            assert_int_equal(two.studio.scene.n_still, 0);
        }
    two_close(&two);
}

/* ---- the matrix ---- */

static void the_matrix_has_a_cell_for_each_connection(void **state)
{
    (void)state;
    const struct { const char *line, *unit, *words; int cells; } cases[] = {
        {QUESTION, "dense_1[0]", "dense_1: 48 × 4 weight matrix", 192}, {QUESTION_OFF, "dense_1[0,0]", "64 weights, each used 3 times", 192},
        {QUESTION, "dense[0,0]", "dense: 6 × 48 weight matrix", 96},
    };
    Studio studio;
    studio_open(&studio);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Shown shown;
        shown_open(&shown, cases[i].line);
        studio_look(&studio, &shown, 1227, 711);
        studio.view.matrix = true;
        studio.view.focus = picture_find_unit(&studio.view, cases[i].unit);
        studio_draw(&studio);
        assert_true(picture_says(&studio.scene, cases[i].words));
        int cells = 0;
        for (size_t p = 0; p < studio.scene.n_picks; p++) cells += studio.scene.picks[p].type == PICK_WEIGHT;
        assert_int_equal(cells, cases[i].cells);
        shown_close(&shown);
    }
    studio_close(&studio);
}

/* ---- the forward pass ---- */

static int texts_with_values(const Scene *scene)
{
    int n = 0;
    for (size_t i = scene->n_still; i < scene->n_marks; i++) {
        const Mark *m = &scene->marks[i];
        n += m->type == MARK_TEXT && m->font == FONT_CODE_BOLD && m->a.y > 90 /* below the headings */ && strspn(m->text, "0123456789.\xE2\x88\x92") == strlen(m->text);
    }
    return n;
}

static void what_is_not_computed_yet_is_empty(void **state)
{
    (void)state;
    const struct { float progress; int values; } cases[] = {{1, 6}, {3, 6}, {3.34F, 6 + 4}, {3.67F, 6 + 8}, {4, 6 + 12}, {-1, 6 + 12}};
    Studio studio;
    Shown shown;
    studio_open(&studio);
    shown_open(&shown, QUESTION_OFF);   /* steps: input, dense, activation, dense_1 */
    studio_look(&studio, &shown, 1227, 711);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        studio.view.progress = cases[i].progress;
        studio_draw(&studio);
        assert_int_equal(texts_with_values(&studio.scene), cases[i].values);
        if (cases[i].progress > 3 && cases[i].progress < 4) assert_int_equal(lit_wires(&studio.scene, -1), 64);
    }
    shown_close(&shown);
    studio_close(&studio);
}

/* ---- and the rest ---- */

static void the_same_view_gives_the_same_scene(void **state)
{
    (void)state;
    Studio studio;
    studio_open(&studio);
    for (int m = 0; m < N_MODELS; m++) {
        Shown one, two;
        shown_open(&one, MODELS[m]);
        shown_open(&two, MODELS[m]);
        studio_look(&studio, &one, 1227, 711);
        studio_draw(&studio);
        const uint64_t first = scene_hash(&studio.scene, 0, studio.scene.n_marks);
        studio_look(&studio, &two, 1227, 711);
        studio_draw(&studio);
        assert_true(scene_hash(&studio.scene, 0, studio.scene.n_marks) == first);
        studio.view.theme = &THEME_DARK;
        studio_draw(&studio);
        assert_false(scene_hash(&studio.scene, 0, studio.scene.n_marks) == first);
        shown_close(&one);
        shown_close(&two);
    }
    studio_close(&studio);
}

static void zooming_keeps_what_is_under_the_pointer(void **state)
{
    (void)state;
    Studio studio;
    Shown shown;
    studio_open(&studio);
    shown_open(&shown, QUESTION);
    studio_look(&studio, &shown, 1227, 711);
    const Pick before = picture_find_unit(&studio.view, "flatten[20]");
    const Point at = {before.area.x + before.area.w / 2, before.area.y + before.area.h / 2};
    studio.view.pan = picture_zoom_pan(&studio.view, at, 4);
    studio.view.zoom = 4;
    const Pick after = picture_find_unit(&studio.view, "flatten[20]");
    assert_true(after.area.h > before.area.h * 2);
    assert_float_equal(after.area.x + after.area.w / 2, at.x, 2);
    assert_float_equal(after.area.y + after.area.h / 2, at.y, 12);
    shown_close(&shown);
    studio_close(&studio);
}

static void the_focus_is_panned_into_sight(void **state)
{
    (void)state;
    Studio studio;
    Shown shown;
    studio_open(&studio);
    shown_open(&shown, MODELS[N_MODELS - 1]);
    studio_look(&studio, &shown, 700, 500);
    Pick pick = picture_focus_layer(&studio.view, (Pick){.type = PICK_NONE}, 1);
    for (int layers = 0; pick.type != PICK_NONE && layers < 20; layers++) {
        studio.view.focus = pick;
        studio.view.pan = picture_pan(&studio.view, &pick);
        const Pick seen = picture_focus_layer(&studio.view, picture_focus_layer(&studio.view, pick, 1), -1);
        if (seen.type == PICK_UNIT) assert_true(seen.area.x >= 0 && seen.area.x + seen.area.w <= 700);
        pick = picture_focus_layer(&studio.view, pick, 1);
    }
    studio.view.pan = (Point){1e6F, -1e6F};
    const Pick none = {.type = PICK_NONE};
    assert_float_equal(picture_pan(&studio.view, &none).x, 0, 0.01);
    shown_close(&shown);
    studio_close(&studio);
}

static void an_empty_model_has_a_friendly_hint(void **state)
{
    (void)state;
    Studio studio;
    studio_open(&studio);
    const Shown nothing = {0};
    studio_look(&studio, &nothing, 900, 600);
    studio_draw(&studio);
    assert_true(picture_says(&studio.scene, "model.add("));
    assert_int_equal(picture_find_unit(&studio.view, "dense[0]").type, PICK_NONE);
    assert_int_equal(picture_focus_move(&studio.view, (Pick){.type = PICK_NONE}, 1, 0).type, PICK_NONE);
    studio_close(&studio);
}

/* Whatever the memory, drawing ends: done, or left to whoever tried. */
static void out_of_memory_leaves_to_the_try(void **state)
{
    (void)state;
    Studio studio;
    Shown shown;
    studio_open(&studio);
    shown_open(&shown, QUESTION);
    studio_look(&studio, &shown, 900, 600);
    volatile size_t limit = 256;
    volatile bool done = false;
    while (!done) {
        ArenaTry attempt;
        Arena *arena = &studio.arena;
        arena_reset(arena);
        arena->limit = limit;
        arena_try_begin(arena, &attempt);
        if (setjmp(attempt.here) == 0) {
            scene_open(&studio.scene, arena, studio.view.area, studio.view.theme->ground);
            picture_draw(&studio.scene, &studio.view);
            done = true;
        }
        arena_try_end(arena, &attempt);
        limit += 997 + limit / 16;
    }
    assert_true(limit > 100000);
    studio.arena.limit = 0;
    shown_close(&shown);
    studio_close(&studio);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_and_wire_of_the_question_is_drawn),
        cmocka_unit_test(headings_and_counts_are_said),
        cmocka_unit_test(nothing_is_outside_the_area),
        cmocka_unit_test(no_text_stands_on_another),
        cmocka_unit_test(blocks_stand_clear_of_each_other),
        cmocka_unit_test(zoomed_out_all_units_are_seen),
        cmocka_unit_test(skips_cross_no_units),
        cmocka_unit_test(text_at_1080p_is_13_points_at_least),
        cmocka_unit_test(units_are_reached_from_each_other),
        cmocka_unit_test(the_pointer_finds_what_the_focus_shows),
        cmocka_unit_test(units_are_found_by_name),
        cmocka_unit_test(the_focus_brings_its_sample_to_the_front),
        cmocka_unit_test(a_unit_lights_exactly_its_own_wires),
        cmocka_unit_test(followers_are_the_copies_of_the_same_weights),
        cmocka_unit_test(a_wire_lights_every_copy_of_its_weight),
        cmocka_unit_test(with_shift_the_outgoing_wires_are_lit),
        cmocka_unit_test(hovering_leaves_the_still_marks_alone),
        cmocka_unit_test(the_receptive_field_is_boxed),
        cmocka_unit_test(compared_models_stand_column_under_column),
        cmocka_unit_test(a_hover_in_one_lights_its_like_in_the_other),
        cmocka_unit_test(flattened_cells_travel_from_their_rows),
        cmocka_unit_test(a_toggle_in_flight_has_nothing_still),
        cmocka_unit_test(the_matrix_has_a_cell_for_each_connection),
        cmocka_unit_test(what_is_not_computed_yet_is_empty),
        cmocka_unit_test(the_same_view_gives_the_same_scene),
        cmocka_unit_test(zooming_keeps_what_is_under_the_pointer),
        cmocka_unit_test(the_focus_is_panned_into_sight),
        cmocka_unit_test(an_empty_model_has_a_friendly_hint),
        cmocka_unit_test(out_of_memory_leaves_to_the_try),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
