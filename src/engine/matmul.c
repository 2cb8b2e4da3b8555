/* The scheme of Goto and van de Geijn: the right matrix is packed into panels as wide as a tile, the left one into a
 * block that stays in the second cache; a tile of the output is kept in registers over a run of the inner axis. */
#include "engine/matmul.h"

#include <string.h>

#include "engine/lanes.h"

enum {
    BLOCK_ROWS = 192,    /* with BLOCK_INNER: 200 KB, in the second cache */
    BLOCK_INNER = 256,   /* with a panel's width: at most 32 KB, in the first cache */
    BLOCK_STEP = BLOCK_INNER + 16,   /* rows of a block do not fall on the same cache sets */
    TILE_ROWS_MAX = 12,
    TILE_COLUMNS_MAX = 32,
    FEW_ROWS = 3         /* up to here packing costs more than it saves */
};

/* out (rows, columns) += left (rows, inner)·right (inner, columns), right packed. */
typedef void TileRun(int64_t inner, const float *left, const float *right, float *out, int64_t out_step);
typedef void AddRows(int64_t n, const float *factor, const float *rows, int64_t step, float *sum);

typedef struct Tile {
    int      rows, columns;
    TileRun *run;
    AddRows *add_rows;   /* sum[n] += Σ factor[r]·rows[r][n], four rows */
} Tile;

#define TILE_ROWS_PLAIN 4
#define TILE_ROWS_AVX2 6
#define TILE_ROWS_AVX512 12

/* Two vectors wide: enough sums in flight to hide how long one takes, and no more than there are registers. */
#define X(NAME, ATTRIBUTES, FLOATS)                                                                              \
    typedef float Lanes##NAME __attribute__((vector_size(FLOATS * 4), aligned(4), may_alias));                   \
    ATTRIBUTES static void tile_##NAME(int64_t inner, const float *left, const float *right, float *out,         \
                                       int64_t out_step)                                                         \
    {                                                                                                            \
        Lanes##NAME sum[TILE_ROWS_##NAME][2];                                                                    \
        for (int r = 0; r < TILE_ROWS_##NAME; r++)                                                               \
            for (int i = 0; i < 2; i++) sum[r][i] = *(Lanes##NAME *)(out + r * out_step + i * FLOATS);           \
        for (int64_t k = 0; k < inner; k++) {                                                                    \
            const Lanes##NAME first = *(const Lanes##NAME *)(right + k * 2 * FLOATS);                            \
            const Lanes##NAME second = *(const Lanes##NAME *)(right + k * 2 * FLOATS + FLOATS);                  \
            for (int r = 0; r < TILE_ROWS_##NAME; r++) {                                                         \
                const float factor = left[r * BLOCK_STEP + k];                                                   \
                sum[r][0] += factor * first;                                                                     \
                sum[r][1] += factor * second;                                                                    \
            }                                                                                                    \
        }                                                                                                        \
        for (int r = 0; r < TILE_ROWS_##NAME; r++)                                                               \
            for (int i = 0; i < 2; i++) *(Lanes##NAME *)(out + r * out_step + i * FLOATS) = sum[r][i];           \
    }                                                                                                            \
    ATTRIBUTES static void add_rows_##NAME(int64_t n, const float *factor, const float *rows, int64_t step,      \
                                           float *restrict sum)                                                  \
    {                                                                                                            \
        for (int64_t i = 0; i < n; i++)                                                                          \
            sum[i] += factor[0] * rows[i] + factor[1] * rows[step + i] + factor[2] * rows[2 * step + i] +        \
                      factor[3] * rows[3 * step + i];                                                            \
    }
LANES(X)
#undef X

static const Tile TILES[] = {
#define X(NAME, ATTRIBUTES, FLOATS) {TILE_ROWS_##NAME, 2 * FLOATS, tile_##NAME, add_rows_##NAME},
    LANES(X)
#undef X
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t round_up(int64_t n, int64_t step)
{
    return (n + step - 1) / step * step;
}

static void copy_rows(const void *source, int64_t row, int64_t rows, int64_t column, int64_t columns, float *to, int64_t step)
{
    const MatmulRows *from = source;
    for (int64_t r = 0; r < rows; r++)
        memcpy(to + r * step, from->data + (row + r) * from->step + column, (size_t)columns * sizeof(float));
}

MatmulLeft matmul_rows(const MatmulRows *rows)
{
    return (MatmulLeft){.source = rows, .copy = copy_rows};
}

/* (panel, inner, width), the last panel filled up with zeros. */
static void pack_panel(const Matmul *product, int64_t column, int width, float *to)
{
    const int64_t here = smaller(width, product->columns - column);
    for (int64_t k = 0; k < product->inner; k++) {
        const float *from = product->right + k * product->right_row_step + column * product->right_column_step;
        if (product->right_column_step == 1) memcpy(to + k * width, from, (size_t)here * sizeof(float));
        else for (int64_t i = 0; i < here; i++) to[k * width + i] = from[i * product->right_column_step];
    }
}

static float *pack_right(const Matmul *product, int width, Arena *scratch)
{
    const int64_t padded = round_up(product->columns, width);
    float *packed = ARENA_ARRAY(scratch, (size_t)padded * (size_t)product->inner, float);
    for (int64_t column = 0; column < product->columns; column += width)
        pack_panel(product, column, width, packed + column * product->inner);
    return packed;
}

static void fill_bias(const Matmul *product)
{
    for (int64_t r = 0; r < product->rows; r++) {
        float *row = product->out + r * product->out_step;
        if (product->bias) memcpy(row, product->bias, (size_t)product->columns * sizeof(float));
        else memset(row, 0, (size_t)product->columns * sizeof(float));
    }
}

/* A tile at the edge: computed whole, of which rows x columns are kept. */
static void run_edge(const Tile *tile, int64_t inner, const float *left, const float *right, float *out, int64_t out_step,
                     int64_t rows, int64_t columns)
{
    float whole[TILE_ROWS_MAX * TILE_COLUMNS_MAX] = {0};
    for (int64_t r = 0; r < rows; r++) memcpy(whole + r * tile->columns, out + r * out_step, (size_t)columns * sizeof(float));
    tile->run(inner, left, right, whole, tile->columns);
    for (int64_t r = 0; r < rows; r++) memcpy(out + r * out_step, whole + r * tile->columns, (size_t)columns * sizeof(float));
}

static void run_panel(const Tile *tile, int64_t inner, const float *left, const float *right, float *out, int64_t out_step,
                      int64_t rows, int64_t columns)
{
    for (int64_t r = 0; r < rows; r += tile->rows) {
        const int64_t here = smaller(tile->rows, rows - r);
        float *to = out + r * out_step;
        if (here == tile->rows && columns == tile->columns) tile->run(inner, left + r * BLOCK_STEP, right, to, out_step);
        else run_edge(tile, inner, left + r * BLOCK_STEP, right, to, out_step, here, columns);
    }
}

static void run_blocks(const Matmul *product, const Tile *tile, Arena *scratch)
{
    const float *packed = pack_right(product, tile->columns, scratch);
    const int64_t block_rows = round_up(smaller(BLOCK_ROWS, product->rows), tile->rows);
    float *block = ARENA_ARRAY(scratch, (size_t)(block_rows * BLOCK_STEP), float);
    for (int64_t row = 0; row < product->rows; row += block_rows) {
        const int64_t rows = smaller(block_rows, product->rows - row);
        for (int64_t k = 0; k < product->inner; k += BLOCK_INNER) {
            const int64_t inner = smaller(BLOCK_INNER, product->inner - k);
            product->left.copy(product->left.source, row, rows, k, inner, block, BLOCK_STEP);
            for (int64_t column = 0; column < product->columns; column += tile->columns)
                run_panel(tile, inner, block, packed + column * product->inner + k * tile->columns,
                          product->out + row * product->out_step + column, product->out_step, rows,
                          smaller(tile->columns, product->columns - column));
        }
    }
}

/* One row times the right matrix, whose rows are read once, four at a time. */
static void run_row(const Matmul *product, const Tile *tile, int64_t row, float *left)
{
    const int64_t n = product->columns, step = product->right_row_step;
    float *sum = product->out + row * product->out_step;
    product->left.copy(product->left.source, row, 1, 0, product->inner, left, product->inner);
    int64_t k = 0;
    for (; k + 4 <= product->inner; k += 4) tile->add_rows(n, left + k, product->right + k * step, step, sum);
    for (; k < product->inner; k++) matmul_add_scaled(sum, product->right + k * step, left[k], n);
}

void matmul(const Matmul *product, Arena *scratch)
{
    const Tile *tile = &TILES[lanes_here()];
    if (product->rows <= 0 || product->columns <= 0) return;
    fill_bias(product);
    if (product->inner <= 0) return;
    if (product->rows > FEW_ROWS || product->right_column_step != 1) {
        run_blocks(product, tile, scratch);
        return;
    }
    float *left = ARENA_ARRAY(scratch, product->inner, float);
    for (int64_t row = 0; row < product->rows; row++) run_row(product, tile, row, left);
}

void matmul_add_scaled(float *restrict sum, const float *restrict x, float factor, int64_t n)
{
    for (int64_t i = 0; i < n; i++) sum[i] += factor * x[i];
}
