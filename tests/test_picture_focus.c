/* Every unit can be reached: by arrows, by pointer, by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "picture_check.h"

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
    Studio *studio = *state;
    const struct { const char *line; int units; float w, h; } cases[] = {
        {QUESTION, 6 + 48 + 48 + 4, 1227, 711}, {QUESTION, 106, 600, 400}, {QUESTION_OFF, 66, 1227, 711},
        {"20,6 | Dense 4 | Flatten | Dense 3", 120 + 80 + 80 + 3, 600, 400},
        {"6,6,2 | Conv2D 4 3 | Flatten | Dense 2", 72 + 64 + 64 + 2, 900, 560},
        {"3,3,130 | MaxPooling2D 3", 1170 + 130, 600, 400}, {"2,3,2,2 | Flatten", 24 + 24, 600, 400},
    };
    static Pick queue[REACH];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int n = 0;
        studio_show(studio, cases[i].line, cases[i].w, cases[i].h);
        queue_add(queue, &n, picture_focus_move(&studio->view, (Pick){.type = PICK_NONE}, 0, 1));
        for (int at = 0; at < n; at++) {
            const int ways[4][2] = {{0, 1}, {0, -1}, {1, 0}, {-1, 0}};
            studio->view.focus = queue[at];
            for (int w = 0; w < 4; w++) queue_add(queue, &n, picture_focus_move(&studio->view, queue[at], ways[w][0], ways[w][1]));
        }
        if (n != cases[i].units) fail_msg("%s: %d units of %d are reached by arrows", cases[i].line, n, cases[i].units);
    }
}

static void the_pointer_finds_what_the_focus_shows(void **state)
{
    Studio *studio = *state;
    const char *const lines[] = {QUESTION, QUESTION_OFF, "100,16 | Dense 4", "28,28,1 | Conv2D 8 5 | Flatten | Dense 10", "784 | Dense 10"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        studio_show(studio, lines[i], 1227, 711);
        studio_draw(studio);
        Pick from = picture_focus_layer(&studio->view, (Pick){.type = PICK_NONE}, 1);
        for (int layers = 0; from.type != PICK_NONE; layers++) {
            for (int k = 0; k < 40; k++) {
                const Point centre = {from.area.x + from.area.w / 2, from.area.y + from.area.h / 2};
                const Pick found = picture_pick_at(&studio->view, &studio->scene, &studio->words, centre);
                if (!same_unit(&found, &from))
                    fail_msg("%s: tensor %d, %lld is found as %d, %lld", lines[i], from.tensor, (long long)from.k, found.tensor, (long long)found.k);
                assert_non_null(found.label);
                from = picture_focus_move(&studio->view, from, 0, 1);
            }
            from = picture_focus_layer(&studio->view, from, 1);
            assert_true(layers < 10);
        }
    }
}

static void units_are_found_by_name(void **state)
{
    Studio *studio = *state;
    const struct { const char *text; int64_t k; } cases[] = {
        {"dense_1[2]", 2}, {"dense[1,2]", 18}, {"flatten[47]", 47}, {"input[0,1]", 1}, {"input_layer[2,1]", 5}, {"dense_1[4]", -1},
        {"dense_1[-1]", -1}, {"dense_1[1", -1}, {"dense_1[1,1]", -1}, {"dense_1", -1}, {"nobody[0]", -1}, {"", -1}, {"dense_1[2]x", -1},
        {"activation[0,3]", 3},
    };
    studio_show(studio, QUESTION, 1227, 711);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Pick pick = picture_find_unit(&studio->view, cases[i].text);
        assert_int_equal(pick.type, cases[i].k < 0 ? PICK_NONE : PICK_UNIT);
        assert_int_equal(pick.k, cases[i].k);
    }
}

static void the_focus_brings_its_sample_to_the_front(void **state)
{
    Studio *studio = *state;
    Shown shown;
    shown_open_batch(&shown, QUESTION, 4);
    studio_look(studio, &shown, 1227, 711);
    studio_draw(studio);
    assert_true(picture_says(&studio->scene, "sample 1 of 4"));
    Pick pick = picture_find_unit(&studio->view, "input[2,1]");
    assert_int_equal(pick.k, 5);
    pick = picture_focus_move(&studio->view, pick, 0, 1);
    assert_int_equal(pick.k, 6);
    studio->view.focus = pick;
    studio_draw(studio);
    assert_true(picture_says(&studio->scene, "sample 2 of 4"));
    assert_int_equal(picture_find_unit(&studio->view, "dense_1[1]").k, 4 + 1);
    const Pick *sheet = NULL;
    for (size_t i = 0; i < studio->scene.n_picks && !sheet; i++)
        if (studio->scene.picks[i].type == PICK_UNIT && studio->scene.picks[i].k == 12) sheet = &studio->scene.picks[i];
    assert_non_null(sheet);   /* of sample 3, behind */
    const Point at = {sheet->area.x + sheet->area.w - 1, sheet->area.y + sheet->area.h / 2};
    assert_int_equal(picture_pick_at(&studio->view, &studio->scene, &studio->words, at).k, 12);
    shown_close(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_reached_from_each_other),
        cmocka_unit_test(the_pointer_finds_what_the_focus_shows),
        cmocka_unit_test(units_are_found_by_name),
        cmocka_unit_test(the_focus_brings_its_sample_to_the_front),
    };
    return cmocka_run_group_tests(tests, studio_setup, studio_teardown);
}
