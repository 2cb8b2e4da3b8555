#include "app/feed.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

static void nested_lists_become_tensors(void **state)
{
    (void)state;
    static const struct { const char *text; Shape shape; float last; } cases[] = {
        {"[[[1, 2], [3, 4], [5, 6]]]", {3, {1, 3, 2}}, 6},
        {" [ -1.5e2 ]\n", {1, {1}}, -150},
        {"7", {0, {0}}, 7},
        {"[[1], [true]]", {2, {2, 1}}, 1},
        {"[NaN]", {1, {1}}, NAN},
        {"[[[[[[[[9]]]]]]]]", {8, {1, 1, 1, 1, 1, 1, 1, 1}}, 9},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Tensor tensor;
        Error err = {.arena = &arena};
        assert_true(feed_parse(&arena, cases[i].text, strlen(cases[i].text), &tensor, &err));
        assert_true(shape_equal(&tensor.shape, &cases[i].shape));
        const float last = tensor.data[shape_size(&tensor.shape) - 1];
        assert_true(last == cases[i].last || (isnan(last) && isnan(cases[i].last)));
    }
}

static void ragged_and_broken_lists_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"", "[", "[]", "[[]]", "[1, [2]]", "[[1], 2]", "[[1, 2], [3]]", "[[[1]], [[1], [2]]]", "[1] 2", "[1,]", "[x]", "[1 2]",
                                        "[[[[[[[[[9]]]]]]]]]", "\"text\"", "{}"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Tensor tensor;
        Error err = {.arena = &arena};
        assert_false(feed_parse(&arena, cases[i], strlen(cases[i]), &tensor, &err));
        assert_true(err.set && err.message[0]);
    }
}

static void deep_nesting_is_refused_at_once(void **state)
{
    (void)state;
    Tensor tensor;
    Error err = {.arena = &arena};
    char *text = arena_take(&arena, 1 << 20);
    memset(text, '[', 1 << 20);
    assert_false(feed_parse(&arena, text, 1 << 20, &tensor, &err));
}

static void printed_numbers_read_back_to_the_same_float(void **state)
{
    (void)state;
    static const float numbers[] = {0.1f, 1.0f / 3, -1e-30f, 3.4028235e38f, 16777217.0f, 1e-45f, -0.0f, 7};
    float *data = arena_take(&arena, sizeof numbers);
    memcpy(data, numbers, sizeof numbers);
    const Tensor tensor = {.shape = SHAPE(2, 4), .data = data};
    Text text = {.arena = &arena};
    Tensor read;
    Error err = {.arena = &arena};
    feed_print(&text, &tensor);
    assert_true(feed_parse(&arena, text.bytes, text.length, &read, &err));
    assert_true(shape_equal(&read.shape, &tensor.shape));
    assert_memory_equal(read.data, numbers, sizeof numbers);
}

static void lists_are_printed_as_json(void **state)
{
    (void)state;
    float data[] = {1, 0.5f, INFINITY, -INFINITY, NAN, -2};
    const Tensor tensor = {.shape = SHAPE(1, 3, 2), .data = data};
    Text text = {.arena = &arena};
    feed_print(&text, &tensor);
    assert_string_equal(text_string(&text), "[[[1, 0.5], [Infinity, -Infinity], [NaN, -2]]]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_lists_become_tensors),
        cmocka_unit_test(ragged_and_broken_lists_are_refused),
        cmocka_unit_test(deep_nesting_is_refused_at_once),
        cmocka_unit_test(printed_numbers_read_back_to_the_same_float),
        cmocka_unit_test(lists_are_printed_as_json),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
