/* What the picture says of a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "picture_check.h"

static int count_picks(const Scene *scene, PickType type, int layer)
{
    int n = 0;
    for (size_t i = 0; i < scene->n_picks; i++) n += scene->picks[i].type == type && scene->picks[i].layer == layer;
    return n;
}

static void every_unit_and_wire_of_the_question_is_drawn(void **state)
{
    Studio *studio = *state;
    const struct { const char *line; int row, units, wires; } cases[] = {
        {QUESTION, 0, 48, 96}, {QUESTION, 2, 48, 48}, {QUESTION, 3, 4, 192}, {QUESTION_OFF, 2, 12, 192},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        studio_show(studio, cases[i].line, 1227, 711);
        studio_draw(studio);
        assert_int_equal(count_picks(&studio->scene, PICK_UNIT, cases[i].row), cases[i].units);
        assert_int_equal(count_picks(&studio->scene, PICK_WIRE, cases[i].row), cases[i].wires);
    }
}

static void headings_and_counts_are_said(void **state)
{
    Studio *studio = *state;
    const struct { const char *line, *text; } cases[] = {
        {QUESTION, "Flatten"}, {QUESTION, "2×16 + 16 = 48"}, {QUESTION, "48×4 + 4 = 196"}, {QUESTION, "192"},
        {QUESTION, "0 params"}, {QUESTION, "48 params, shared by 3 rows"}, {QUESTION, "×3"}, {QUESTION_OFF, "68 params, shared by 3 rows"},
        {"784 | Dense 128 | Dense 10", "100,352 connections"}, {"784 | Dense 128 | Dense 10", "600 strongest drawn"},
        {"1000000 | Dense 1000000", "1,000,001,000,000 params"}, {"1000000 | Dense 1000000", "1,000,000,000,000 connections"},
        {"1000000 | Dense 1000000", "This model is too large for numbers"}, {"?,2 | Dense 16", "shared by every row"},
        {"3,2 | Dense 16 | Reshape (7,7)", "Keras stops here"}, {"3,2 | Dense 16 | Reshape (7,7)", "target_shape=(7, 7)"},
        {"8,8,400 | Conv2D 3 3", "of 400"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        studio_show(studio, cases[i].line, 1547, 800);
        studio_draw(studio);
        if (!picture_says(&studio->scene, cases[i].text)) fail_msg("%s does not say %s", cases[i].line, cases[i].text);
    }
}

/* Beside them, or in the legend where there is no room. */
static void the_counts_are_named(void **state)
{
    Studio *studio = *state;
    const struct { float w, h; bool matrix; } cases[] = {{1227, 711, false}, {887, 530, true}, {640, 530, false}, {887, 440, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        studio_show(studio, QUESTION, cases[i].w, cases[i].h);
        studio->view.matrix = cases[i].matrix;
        studio_draw(studio);
        if (!picture_says(&studio->scene, "activations")) fail_msg("not at %g x %g", (double)cases[i].w, (double)cases[i].h);
    }
}

static void the_matrix_has_a_cell_for_each_connection(void **state)
{
    Studio *studio = *state;
    const struct { const char *line, *unit, *words; int cells; } cases[] = {
        {QUESTION, "dense_1[0]", "dense_1: 48 × 4 weight matrix", 192}, {QUESTION_OFF, "dense_1[0,0]", "64 weights, each used 3 times", 192},
        {QUESTION, "dense[0,0]", "dense: 6 × 48 weight matrix", 96},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        studio_show(studio, cases[i].line, 1227, 711);
        studio->view.matrix = true;
        studio->view.focus = picture_find_unit(&studio->view, cases[i].unit);
        studio_draw(studio);
        assert_true(picture_says(&studio->scene, cases[i].words));
        int cells = 0;
        for (size_t p = 0; p < studio->scene.n_picks; p++) cells += studio->scene.picks[p].type == PICK_WEIGHT;
        assert_int_equal(cells, cases[i].cells);
    }
}

static uint64_t picture_hash(Studio *studio)
{
    studio_draw(studio);
    return scene_hash(&studio->scene, 0, studio->scene.n_marks);
}

static void the_same_view_gives_the_same_scene(void **state)
{
    Studio *studio = *state;
    for (int m = 0; m < N_PICTURED; m++) {
        studio_show(studio, PICTURED[m], 1227, 711);
        const uint64_t first = picture_hash(studio);
        studio_show(studio, PICTURED[m], 1227, 711);
        assert_true(picture_hash(studio) == first);
        studio->view.theme = &THEME_DARK;
        assert_false(picture_hash(studio) == first);
    }
}

static void an_empty_model_has_a_friendly_hint(void **state)
{
    Studio *studio = *state;
    const Shown nothing = {0};
    studio_look(studio, &nothing, 900, 600);
    studio_draw(studio);
    assert_true(picture_says(&studio->scene, "model.add("));
    assert_int_equal(picture_find_unit(&studio->view, "dense[0]").type, PICK_NONE);
    assert_int_equal(picture_focus_move(&studio->view, (Pick){.type = PICK_NONE}, 1, 0).type, PICK_NONE);
}

/* Whatever the memory, drawing ends: done, or left to whoever tried. */
static void out_of_memory_leaves_to_the_try(void **state)
{
    Studio *studio = *state;
    studio_show(studio, QUESTION, 900, 600);
    volatile size_t limit = 256;
    volatile bool done = false;
    while (!done) {
        ArenaTry attempt;
        Arena *arena = &studio->arena;
        arena_reset(arena);
        arena->limit = limit;
        arena_try_begin(arena, &attempt);
        if (setjmp(attempt.here) == 0) {
            scene_open(&studio->scene, arena, studio->view.area, studio->view.theme->ground);
            picture_draw(&studio->scene, &studio->view);
            done = true;
        }
        arena_try_end(arena, &attempt);
        limit += 997 + limit / 16;
    }
    assert_true(limit > 100000);
    studio->arena.limit = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_and_wire_of_the_question_is_drawn),
        cmocka_unit_test(headings_and_counts_are_said),
        cmocka_unit_test(the_counts_are_named),
        cmocka_unit_test(the_matrix_has_a_cell_for_each_connection),
        cmocka_unit_test(the_same_view_gives_the_same_scene),
        cmocka_unit_test(an_empty_model_has_a_friendly_hint),
        cmocka_unit_test(out_of_memory_leaves_to_the_try),
    };
    return cmocka_run_group_tests(tests, studio_setup, studio_teardown);
}
