#include "engine/matmul.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct Case {
    int64_t rows, inner, columns;
} Case;

/* Sizes below, at and beyond tiles, panels and blocks. */
static const Case CASES[] = {
    {1, 1, 1}, {1, 5, 3}, {2, 4, 33}, {3, 7, 64}, {4, 1, 32}, {5, 9, 31}, {12, 256, 32}, {13, 257, 33}, {192, 3, 8},
    {193, 40, 17}, {400, 520, 5}, {31, 513, 100},
};

/* Small multiples of 1/8: every sum is exact, whatever its order. */
static float number(int64_t i)
{
    return (float)((i * 7919) % 17 - 8) / 8.0F;
}

static float *numbers(Arena *arena, int64_t n)
{
    float *data = ARENA_ARRAY(arena, n, float);
    for (int64_t i = 0; i < n; i++) data[i] = number(i);
    return data;
}

static void check(const Matmul *product, const float *left)
{
    for (int64_t r = 0; r < product->rows; r++)
        for (int64_t c = 0; c < product->columns; c++) {
            float sum = product->bias ? product->bias[c] : 0.0F;
            for (int64_t k = 0; k < product->inner; k++)
                sum += left[r * product->inner + k] *
                       product->right[k * product->right_row_step + c * product->right_column_step];
            assert_true(product->out[r * product->out_step + c] == sum);
        }
}

static void products_agree_with_the_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        for (int way = 0; way < 4; way++) {
            const Case sizes = CASES[i];
            const bool across = way & 1;   /* the right matrix lies transposed */
            Arena arena;
            arena_open(&arena, 0);
            const float *left = numbers(&arena, sizes.rows * sizes.inner);
            const Matmul product = {
                .rows = sizes.rows, .inner = sizes.inner, .columns = sizes.columns, .left = {.data = left, .step = sizes.inner},
                .right = numbers(&arena, sizes.inner * sizes.columns),
                .right_row_step = across ? 1 : sizes.columns, .right_column_step = across ? sizes.inner : 1,
                .bias = way & 2 ? numbers(&arena, sizes.columns) : NULL,
                .out = ARENA_ARRAY(&arena, sizes.rows * (sizes.columns + 3), float), .out_step = sizes.columns + 3,
            };
            matmul(&product, &arena);
            check(&product, left);
            for (int64_t r = 0; r < sizes.rows; r++)
                for (int64_t c = 0; c < 3; c++) assert_true(product.out[r * product.out_step + sizes.columns + c] == 0.0F);
            arena_close(&arena);
        }
}

static void an_empty_inner_axis_gives_the_bias(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    const float bias[2] = {3.0F, 4.0F};
    float out[2] = {9.0F, 9.0F};
    const Matmul product = {.rows = 1, .columns = 2, .right_column_step = 1, .bias = bias,
                            .out = out, .out_step = 2};
    matmul(&product, &arena);
    assert_true(out[0] == 3.0F && out[1] == 4.0F);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_agree_with_the_definition),
        cmocka_unit_test(an_empty_inner_axis_gives_the_bias),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
