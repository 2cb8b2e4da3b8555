#include "engine/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static Arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_open(&arena, 0);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static void sizes_saturate(void **state)
{
    (void)state;
    assert_true(size_multiply(INT64_MAX / 2, 3) == INT64_MAX);
    assert_true(size_multiply(3037000500, 3037000500) == INT64_MAX);
    assert_true(size_multiply(0, INT64_MAX) == 0);
    assert_true(size_add(INT64_MAX, 1) == INT64_MAX);
    assert_true(size_add(1, 2) == 3);
    const Shape huge = SHAPE(1000000000, 1000000000, 1000000000);
    assert_true(shape_size(&huge) == INT64_MAX);
}

static void unknown_axes_spread(void **state)
{
    (void)state;
    const Shape shape = SHAPE(DIM_NONE, 3, 4);
    assert_true(shape_size(&shape) == DIM_NONE);
    assert_true(shape_span_size(&shape, 1, 3) == 12);
    assert_false(shape_known(&shape));
    assert_true(dim_multiply(DIM_NONE, 0) == DIM_NONE);
    const Shape scalar = {0};
    assert_true(shape_size(&scalar) == 1);
}

static void axes_count_from_both_ends(void **state)
{
    (void)state;
    const Shape shape = SHAPE(2, 3, 4);
    assert_int_equal(shape_axis(&shape, -1), 2);
    assert_int_equal(shape_axis(&shape, 0), 0);
    assert_int_equal(shape_axis(&shape, 3), -1);
    assert_int_equal(shape_axis(&shape, -4), -1);
    assert_int_equal(shape_axis(&shape, INT64_MIN), -1);
}

static void axes_come_and_go(void **state)
{
    (void)state;
    const Shape shape = SHAPE(2, 3, 4), less = shape_without(&shape, 1), more = shape_with(&less, 1, 5), slice = shape_slice(&shape, 1, 3);
    assert_string_equal(shape_text(&arena, &less), "(2, 4)");
    assert_string_equal(shape_text(&arena, &more), "(2, 5, 4)");
    assert_string_equal(shape_text(&arena, &slice), "(3, 4)");
    assert_true(shape_equal(&shape, &SHAPE(2, 3, 4)));
    assert_false(shape_equal(&shape, &more));
    const Shape nothing = shape_slice(&shape, 2, 1);
    assert_int_equal(nothing.rank, 0);
}

static void shapes_print_as_python_tuples(void **state)
{
    (void)state;
    static const struct { Shape shape; const char *text; } CASES[] = {
        {{0}, "()"},
        {{.rank = 1, .dim = {4}}, "(4,)"},
        {{.rank = 1, .dim = {DIM_NONE}}, "(None,)"},
        {{.rank = 3, .dim = {DIM_NONE, 3, 2}}, "(None, 3, 2)"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) assert_string_equal(shape_text(&arena, &CASES[i].shape), CASES[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_saturate),
        cmocka_unit_test(unknown_axes_spread),
        cmocka_unit_test(axes_count_from_both_ends),
        cmocka_unit_test(axes_come_and_go),
        cmocka_unit_test(shapes_print_as_python_tuples),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
