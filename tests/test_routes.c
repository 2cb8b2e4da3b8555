/* Wires of graphs: none runs through what stands between its ends, and every connection between layers is drawn. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "picturing.h"

static const char *const GRAPHS[] = {
    "attention_additive_scores.json", "attention_cross_heads.json", "dense_net_block.json", "fpn_pyramid.json", "highway_layers.json",
    "inception_block.json", "lstm_states.json", "merges_all.json", "merges_dot.json", "nested_ensemble.json", "nested_sequentials.json",
    "residual_dense_loop.json", "resnet_bottleneck.json", "siamese_distance.json",
    "text_masked_functional.json", "translator_teacher_forcing.json", "two_inputs_mlp.json", "unet_two_levels.json",
};
enum { N_GRAPHS = sizeof GRAPHS / sizeof *GRAPHS };

static const struct { float w, h; } SIZES[] = {{1000, 600}, {1280, 640}, {1600, 900}, {3400, 1800}};
enum { N_SIZES = sizeof SIZES / sizeof *SIZES };

enum { SAMPLES = 48, TENSORS = 512 };
static const float NEAR = 4, WITHIN = 2;

/* Where the units of a tensor stand. */
typedef struct Stand { bool there; Rect area; const char *label; } Stand;

static Rect join(Rect a, Rect b)
{
    const float x = fminf(a.x, b.x), y = fminf(a.y, b.y);
    return (Rect){x, y, fmaxf(a.x + a.w, b.x + b.w) - x, fmaxf(a.y + a.h, b.y + b.h) - y};
}

static void stands_find(const Scene *scene, Stand *stands)
{
    for (int i = 0; i < TENSORS; i++) stands[i] = (Stand){0};
    for (size_t i = 0; i < scene->n_picks; i++) {
        const Pick *pick = &scene->picks[i];
        const bool sheet = pick->label && strstr(pick->label, "sample");
        if (pick->type != PICK_UNIT || pick->tensor < 0 || pick->tensor >= TENSORS || sheet) continue;
        Stand *stand = &stands[pick->tensor];
        stand->area = stand->there ? join(stand->area, pick->area) : pick->area;
        stand->label = pick->label;
        stand->there = true;
    }
}

static bool holds(Rect r, Point p, float by)
{
    return p.x > r.x - by && p.x < r.x + r.w + by && p.y > r.y - by && p.y < r.y + r.h + by;
}

static Point place_on(const Mark *wire, float t)
{
    if (wire->type == MARK_CURVE) return curve_at(wire, t);
    return (Point){wire->a.x + (wire->b.x - wire->a.x) * t, wire->a.y + (wire->b.y - wire->a.y) * t};
}

static bool runs_through(const Mark *wire, Rect area)
{
    if (holds(area, wire->a, NEAR) || holds(area, wire->b, NEAR)) return false;
    for (int i = 0; i <= SAMPLES; i++)
        if (holds(area, place_on(wire, (float)i / SAMPLES), -WITHIN)) return true;
    return false;
}

static Rect text_area(const Mark *mark, const Measure *measure)
{
    const float w = measure_width(measure, (Font)mark->font, mark->size, mark->text);
    const float x = mark->a.x - (mark->align == ALIGN_CENTRE ? w / 2 : mark->align == ALIGN_RIGHT ? w : 0);
    return (Rect){x, mark->a.y - mark->size * 0.72F, w, mark->size * 0.72F};
}

/* Titles and shapes are bold. */
static void assert_clear(const Studio *studio, const Stand *stands, const Mark *wire, const char *name)
{
    for (int i = 0; i < TENSORS; i++)
        if (stands[i].there && runs_through(wire, stands[i].area))
            fail_msg("%s: from %g,%g to %g,%g through %s", name, (double)wire->a.x, (double)wire->a.y, (double)wire->b.x, (double)wire->b.y, stands[i].label);
    for (size_t i = studio->scene.n_still; i < studio->scene.n_marks; i++) {
        const Mark *mark = &studio->scene.marks[i];
        if (mark->type != MARK_TEXT || (mark->font != FONT_TEXT_BOLD && mark->font != FONT_CODE_BOLD)) continue;
        if (runs_through(wire, text_area(mark, &studio->measure)))
            fail_msg("%s: from %g,%g to %g,%g through \"%s\"", name, (double)wire->a.x, (double)wire->a.y, (double)wire->b.x, (double)wire->b.y, mark->text);
    }
}

static void wires_run_through_nothing_between(void **state)
{
    Studio *studio = *state;
    Stand stands[TENSORS];
    for (int g = 0; g < N_GRAPHS; g++)
        for (int s = 0; s < N_SIZES; s++) {
            char name[128];
            snprintf(name, sizeof name, "%s at %gx%g", GRAPHS[g], (double)SIZES[s].w, (double)SIZES[s].h);
            studio_show(studio, GRAPHS[g], SIZES[s].w, SIZES[s].h);
            studio->view.zoom = picture_zoom_least(&studio->view);
            studio_draw(studio);
            stands_find(&studio->scene, stands);
            for (size_t m = 0; m < studio->scene.n_still; m++) {
                const Mark *mark = &studio->scene.marks[m];
                const bool thick = mark->width > 0.5F;
                if ((mark->type == MARK_CURVE || mark->type == MARK_LINE) && thick) assert_clear(studio, stands, mark, name);
            }
        }
}

/* The states that start an LSTM are no terms of its outputs. */
static void what_is_no_term_is_an_arrow(void **state)
{
    Studio *studio = *state;
    int dashed = 0;
    studio_show(studio, "translator_teacher_forcing.json", 1600, 900);
    studio_draw(studio);
    for (size_t m = 0; m < studio->scene.n_still; m++) dashed += studio->scene.marks[m].type == MARK_CURVE && studio->scene.marks[m].dashed;
    assert_int_equal(dashed, 6);   /* two states into each of three outputs */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wires_run_through_nothing_between),
        cmocka_unit_test(what_is_no_term_is_an_arrow),
    };
    return cmocka_run_group_tests(tests, studio_setup, studio_teardown);
}
