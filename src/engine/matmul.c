/* The scheme of Goto and van de Geijn: the left matrix is packed into a block that stays in the second cache, the right one
 * into panels as wide as a tile; a tile of the output is kept in registers over a run of the inner axis. */
#include "engine/matmul.h"

#include <string.h>

#include "engine/lanes.h"

enum {
    BLOCK_ROWS = 192,    /* with BLOCK_INNER: 200 KB, in the second cache */
    BLOCK_INNER = 256,   /* with a panel's width: at most 32 KB, in the first cache */
    BLOCK_GAP = 16,      /* between rows of a block, which so do not fall on the same cache sets */
    TILE_ROWS_MAX = 12,
    TILE_COLUMNS_MAX = 32,
    FEW_ROWS = 3         /* up to here packing costs more than it saves */
};

/* out (rows, columns) = begin + left (rows, inner)·right (inner, columns), right packed. begin: one row for all;
 * NULL = what is in `out`. */
typedef void TileRun(int64_t inner, const float *left, int64_t left_step, const float *right, const float *begin, float *out,
                     int64_t out_step);
typedef void AddRows(int64_t n, const float *factor, const float *rows, int64_t step, float *sum);

typedef struct Tile {
    int      rows, columns;
    TileRun *run;
} Tile;

#define TILE_ROWS_PLAIN 4
#define TILE_ROWS_AVX2 6
#define TILE_ROWS_AVX512 12

/* Enough sums in flight to hide how long one takes, and no more than there are registers. */
#define TILE(NAME, ATTRIBUTES, FLOATS, VECTORS)                                                                  \
    ATTRIBUTES static void tile_##NAME##_##VECTORS(int64_t inner, const float *left, int64_t left_step,          \
                                                   const float *right, const float *begin, float *out,           \
                                                   int64_t out_step)                                             \
    {                                                                                                            \
        Lanes##NAME sum[TILE_ROWS_##NAME][VECTORS], factors[VECTORS];                                            \
        for (int r = 0; r < TILE_ROWS_##NAME; r++)                                                               \
            for (int i = 0; i < VECTORS; i++)                                                                    \
                sum[r][i] = *(const Lanes##NAME *)(begin ? begin + i * FLOATS : out + r * out_step + i * FLOATS); \
        for (int64_t k = 0; k < inner; k++) {                                                                    \
            for (int i = 0; i < VECTORS; i++)                                                                    \
                factors[i] = *(const Lanes##NAME *)(right + (k * VECTORS + i) * FLOATS);                         \
            for (int r = 0; r < TILE_ROWS_##NAME; r++) {                                                         \
                const float factor = left[r * left_step + k];                                                    \
                for (int i = 0; i < VECTORS; i++) sum[r][i] += factor * factors[i];                              \
            }                                                                                                    \
        }                                                                                                        \
        for (int r = 0; r < TILE_ROWS_##NAME; r++)                                                               \
            for (int i = 0; i < VECTORS; i++) *(Lanes##NAME *)(out + r * out_step + i * FLOATS) = sum[r][i];     \
    }

#define X(NAME, ATTRIBUTES, FLOATS)                                                                              \
    typedef float Lanes##NAME __attribute__((vector_size(FLOATS * 4), aligned(4), may_alias));                   \
    TILE(NAME, ATTRIBUTES, FLOATS, 1)                                                                            \
    TILE(NAME, ATTRIBUTES, FLOATS, 2)                                                                            \
    ATTRIBUTES static void add_rows_##NAME(int64_t n, const float *factor, const float *rows, int64_t step,      \
                                           float *restrict sum)                                                  \
    {                                                                                                            \
        for (int64_t i = 0; i < n; i++)                                                                          \
            sum[i] += factor[0] * rows[i] + factor[1] * rows[step + i] + factor[2] * rows[2 * step + i] +        \
                      factor[3] * rows[3 * step + i];                                                            \
    }
LANES(X)
#undef X

/* Of each width of vectors. */
static const struct {
    Tile     narrow, wide;
    AddRows *add_rows;   /* sum[n] += Σ factor[r]·rows[r][n], four rows */
} KERNELS[] = {
#define X(NAME, ATTRIBUTES, FLOATS) \
    {{TILE_ROWS_##NAME, FLOATS, tile_##NAME##_1}, {TILE_ROWS_##NAME, 2 * FLOATS, tile_##NAME##_2}, add_rows_##NAME},
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

static void begin_row(const Matmul *product, float *row)
{
    if (product->bias) memcpy(row, product->bias, (size_t)product->columns * sizeof(float));
    else memset(row, 0, (size_t)product->columns * sizeof(float));
}

/* A block of the left matrix with what it is multiplied into. */
typedef struct Block {
    const Matmul *product;
    const Tile   *tile;
    int64_t       row, rows, k, inner;
    float        *left, *panel;
    int64_t       left_step;
    float         begin[TILE_COLUMNS_MAX];   /* the panel's bias */
} Block;

static const float *begin_of(const Block *block)
{
    return block->k ? NULL : block->begin;
}

/* The block's stretch of one panel, (inner, width), the width filled up with zeros. */
static void pack_panel(const Block *block, int64_t column)
{
    const Matmul *product = block->product;
    const int64_t width = block->tile->columns, here = smaller(width, product->columns - column);
    const float *from = product->right + block->k * product->right_row_step + column * product->right_column_step;
    float *to = block->panel;
    for (int64_t i = 0; i < block->inner; i++, to += width, from += product->right_row_step) {
        if (here < width) memset(to + here, 0, (size_t)(width - here) * sizeof(float));
        if (product->right_column_step == 1) memcpy(to, from, (size_t)here * sizeof(float));
        else for (int64_t c = 0; c < here; c++) to[c] = from[c * product->right_column_step];
    }
}

/* A tile at the edge: computed whole, of which rows x columns are kept. */
static void run_edge(const Block *block, const float *left, float *out, int64_t rows, int64_t columns)
{
    const int64_t step = block->product->out_step, width = block->tile->columns;
    float whole[TILE_ROWS_MAX * TILE_COLUMNS_MAX];
    if (block->k) memset(whole, 0, sizeof whole);
    for (int64_t r = 0; block->k && r < rows; r++) memcpy(whole + r * width, out + r * step, (size_t)columns * sizeof(float));
    block->tile->run(block->inner, left, block->left_step, block->panel, begin_of(block), whole, width);
    for (int64_t r = 0; r < rows; r++) memcpy(out + r * step, whole + r * width, (size_t)columns * sizeof(float));
}

static void run_panel(const Block *block, int64_t column)
{
    const Tile *tile = block->tile;
    const int64_t columns = smaller(tile->columns, block->product->columns - column), step = block->product->out_step;
    for (int64_t r = 0; r < block->rows; r += tile->rows) {
        const int64_t rows = smaller(tile->rows, block->rows - r);
        const float *left = block->left + r * block->left_step;
        float *out = block->product->out + (block->row + r) * step + column;
        if (rows == tile->rows && columns == tile->columns)
            tile->run(block->inner, left, block->left_step, block->panel, begin_of(block), out, step);
        else
            run_edge(block, left, out, rows, columns);
    }
}

static void begin_panel(Block *block, int64_t column)
{
    const Matmul *product = block->product;
    memset(block->begin, 0, sizeof block->begin);
    if (product->bias)
        memcpy(block->begin, product->bias + column,
               (size_t)smaller(block->tile->columns, product->columns - column) * sizeof(float));
}

/* Each panel is packed when its turn comes, which is cheap beside the tiles that read it and keeps it in the first cache. */
static void run_block(Block *block)
{
    const Matmul *product = block->product;
    product->left.copy(product->left.source, block->row, block->rows, block->k, block->inner, block->left, block->left_step);
    const LaneWidth width = lanes_here();
    for (int64_t column = 0; column < product->columns; column += block->tile->columns) {
        const bool narrow = product->columns - column <= KERNELS[width].narrow.columns;
        block->tile = narrow ? &KERNELS[width].narrow : &KERNELS[width].wide;
        pack_panel(block, column);
        begin_panel(block, column);
        run_panel(block, column);
    }
}

static void run_blocks(const Matmul *product, Arena *scratch)
{
    const Tile *tile = &KERNELS[lanes_here()].wide;
    const int64_t rows = round_up(smaller(BLOCK_ROWS, product->rows), tile->rows), inner = smaller(BLOCK_INNER, product->inner);
    Block block = {.product = product, .left_step = inner + BLOCK_GAP};
    block.left = ARENA_ARRAY(scratch, rows * block.left_step, float);
    block.panel = ARENA_ARRAY(scratch, inner * tile->columns, float);
    for (block.row = 0; block.row < product->rows; block.row += rows) {
        block.rows = smaller(rows, product->rows - block.row);
        for (block.k = 0; block.k < product->inner; block.k += BLOCK_INNER) {
            block.inner = smaller(BLOCK_INNER, product->inner - block.k);
            run_block(&block);
        }
    }
}

/* One row times the right matrix, whose rows are read once, four at a time. */
static void run_row(const Matmul *product, int64_t row, float *left)
{
    const int64_t n = product->columns, step = product->right_row_step;
    float *sum = product->out + row * product->out_step;
    begin_row(product, sum);
    if (product->inner <= 0) return;
    product->left.copy(product->left.source, row, 1, 0, product->inner, left, product->inner);
    int64_t k = 0;
    for (; k + 4 <= product->inner; k += 4) KERNELS[lanes_here()].add_rows(n, left + k, product->right + k * step, step, sum);
    for (; k < product->inner; k++) matmul_add_scaled(sum, product->right + k * step, left[k], n);
}

void matmul(const Matmul *product, Arena *scratch)
{
    if (product->rows <= 0 || product->columns <= 0) return;
    if (product->inner > 0 && (product->rows > FEW_ROWS || product->right_column_step != 1)) {
        run_blocks(product, scratch);
        return;
    }
    float *left = ARENA_ARRAY(scratch, product->inner > 0 ? product->inner : 1, float);
    for (int64_t row = 0; row < product->rows; row++) run_row(product, row, left);
}

void matmul_add_scaled(float *restrict sum, const float *restrict x, float factor, int64_t n)
{
    for (int64_t i = 0; i < n; i++) sum[i] += factor * x[i];
}
