#include "scene/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "picturing.h"

static int count_picks(const Scene *scene, PickType type, int layer)
{
    int n = 0;
    for (size_t i = 0; i < scene->n_picks; i++) n += scene->picks[i].type == type && scene->picks[i].layer == layer;
    return n;
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_and_wire_of_the_question_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
