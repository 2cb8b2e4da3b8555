/* What is looked at, and where the forward pass is: which wires are lit, which numbers are there. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "picture_check.h"

static int lit_wires(const Scene *scene, int64_t k)
{
    int n = 0;
    for (size_t i = scene->n_still; i < scene->n_marks; i++) {
        const Mark *m = &scene->marks[i];
        n += m->type == MARK_CURVE && m->pick >= 0 && scene->picks[m->pick].type == PICK_WIRE && (k < 0 || scene->picks[m->pick].k == k);
    }
    return n;
}

/* Lit ones and their followers. */
static int live_curves(const Scene *scene)
{
    int n = 0;
    for (size_t i = scene->n_still; i < scene->n_marks; i++) n += scene->marks[i].type == MARK_CURVE;
    return n;
}

/* Its own wires are lit; copies of the same weights follow. Beyond 600, wires have no picks. */
static void a_unit_lights_exactly_its_own_wires(void **state)
{
    Studio *studio = *state;
    const struct { const char *line, *unit; int lit, curves; } cases[] = {
        {QUESTION, "dense_1[1]", 48, 48}, {QUESTION_OFF, "dense_1[1,2]", 16, 16 * 3}, {QUESTION, "dense[2,5]", 2, 2 * 3},
        {QUESTION, "dense[0,0]", 2, 2 * 3}, {QUESTION, "flatten[7]", 1, 1}, {"784 | Dense 16", "dense[3]", 0, 784},
        {"300 | Dense 100 | Dense 4", "dense_1[0]", 100, 100},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        studio_show(studio, cases[i].line, 1227, 711);
        studio->view.hover = picture_find_unit(&studio->view, cases[i].unit);
        assert_int_equal(studio->view.hover.type, PICK_UNIT);
        studio_draw(studio);
        assert_int_equal(lit_wires(&studio->scene, studio->view.hover.k), cases[i].lit);
        assert_int_equal(live_curves(&studio->scene), cases[i].curves);
    }
}

static void a_wire_lights_every_copy_of_its_weight(void **state)
{
    Studio *studio = *state;
    studio_show(studio, QUESTION_OFF, 1227, 711);
    studio_draw(studio);
    for (size_t i = 0; i < studio->scene.n_picks; i++)
        if (studio->scene.picks[i].type == PICK_WIRE && studio->scene.picks[i].layer == 2) studio->view.hover = studio->scene.picks[i];
    studio_draw(studio);
    assert_int_equal(live_curves(&studio->scene), 3);
}

static void with_shift_the_outgoing_wires_are_lit(void **state)
{
    Studio *studio = *state;
    studio_show(studio, QUESTION_OFF, 1227, 711);
    studio->view.hover = picture_find_unit(&studio->view, "dense[1,7]");
    studio->view.outgoing = true;
    studio_draw(studio);
    assert_int_equal(lit_wires(&studio->scene, -1), 4);
}

static void hovering_leaves_the_still_marks_alone(void **state)
{
    Studio *studio = *state;
    for (int m = 0; m < N_PICTURED; m++) {
        studio_show(studio, PICTURED[m], 1227, 711);
        studio_draw(studio);
        const uint64_t before = scene_hash(&studio->scene, 0, studio->scene.n_still);
        studio->view.hover = picture_focus_move(&studio->view, (Pick){.type = PICK_NONE}, 0, 1);
        studio->view.hover = picture_focus_layer(&studio->view, studio->view.hover, 1);
        studio_draw(studio);
        assert_true(scene_hash(&studio->scene, 0, studio->scene.n_still) == before);
    }
}

static void the_receptive_field_is_boxed(void **state)
{
    Studio *studio = *state;
    int boxes = 0;
    studio_show(studio, "28,28,1 | Conv2D 8 5", 1227, 711);
    studio->view.hover = picture_find_unit(&studio->view, "conv2d[9,10,2]");
    studio_draw(studio);
    const Pick from = picture_find_unit(&studio->view, "input[9,10,0]"), to = picture_find_unit(&studio->view, "input[13,14,0]");
    for (size_t i = studio->scene.n_still; i < studio->scene.n_marks; i++) {
        const Mark *m = &studio->scene.marks[i];
        boxes += m->type == MARK_RECT && fabsf(m->rect.x - from.area.x) < 1 && fabsf(m->rect.y - from.area.y) < 1 &&
                 fabsf(m->rect.x + m->rect.w - to.area.x - to.area.w) < 1 && fabsf(m->rect.y + m->rect.h - to.area.y - to.area.h) < 1 && m->stroke.a;
    }
    assert_int_equal(boxes, 1);
}

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
    Studio *studio = *state;
    const struct { float progress; int values; } cases[] = {{1, 6}, {3, 6}, {3.34F, 6 + 4}, {3.67F, 6 + 8}, {4, 6 + 12}, {-1, 6 + 12}};
    studio_show(studio, QUESTION_OFF, 1227, 711);   /* steps: input, dense, activation, dense_1 */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        studio->view.progress = cases[i].progress;
        studio_draw(studio);
        assert_int_equal(texts_with_values(&studio->scene), cases[i].values);
        if (cases[i].progress > 3 && cases[i].progress < 4) assert_int_equal(lit_wires(&studio->scene, -1), 64);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_lights_exactly_its_own_wires),
        cmocka_unit_test(a_wire_lights_every_copy_of_its_weight),
        cmocka_unit_test(with_shift_the_outgoing_wires_are_lit),
        cmocka_unit_test(hovering_leaves_the_still_marks_alone),
        cmocka_unit_test(the_receptive_field_is_boxed),
        cmocka_unit_test(what_is_not_computed_yet_is_empty),
    };
    return cmocka_run_group_tests(tests, studio_setup, studio_teardown);
}
