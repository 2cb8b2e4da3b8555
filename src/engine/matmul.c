/* The scheme of Goto and van de Geijn: the right matrix is packed into panels as wide as a tile; a stretch of one stays in the
 * first cache while all tiles of a block of rows read it, and the block of rows stays in the second. */
#include "engine/matmul.h"

#include <string.h>

#include "engine/tile.h"

#if WITH_OPENBLAS
#include "engine/blas.h"
#endif

enum {
    BLOCK_ROWS = 192,
    BLOCK_INNER = 256,   /* with a panel's width: at most 32 KB, in the first cache */
    FEW_ROWS = 3         /* up to here packing costs more than it saves */
};

static const int64_t AT_ZERO[1] = {0};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- panels ---- */

static TileWidth width_at(const Matmul *product, int64_t column)
{
    return product->columns - column <= tile_columns(TILE_NARROW) ? TILE_NARROW : TILE_WIDE;
}

/* Columns of all panels together. */
static int64_t columns_packed(const Matmul *product)
{
    int64_t column = 0;
    while (column < product->columns) column += tile_columns(width_at(product, column));
    return column;
}

/* Rows [k, k + inner) of the panel from `column` on, its width filled up with zeros. */
static void pack_panel(const Matmul *product, int64_t k, int64_t inner, int64_t column, float *to)
{
    const int64_t width = tile_columns(width_at(product, column)), here = smaller(width, product->columns - column);
    const float *from = product->right + k * product->right_row_step + column * product->right_column_step;
    for (int64_t i = 0; i < inner; i++, to += width, from += product->right_row_step) {
        if (here < width) memset(to + here, 0, (size_t)(width - here) * sizeof(float));
        if (product->right_column_step == 1) memcpy(to, from, (size_t)here * sizeof(float));
        else for (int64_t c = 0; c < here; c++) to[c] = from[c * product->right_column_step];
    }
}

/* ---- the inner axis in stretches ---- */

/* Whole pieces while they are short, parts of one when it is long. */
typedef struct Stretch {
    int64_t piece, pieces;   /* pieces read together */
    int64_t from, length;    /* of each, the numbers that are read */
    int64_t k, inner;        /* rows of the right matrix */
} Stretch;

static int64_t pieces_of(const Matmul *product)
{
    return larger(1, product->left.pieces);
}

static Stretch stretch_from(const Matmul *product, int64_t k)
{
    const int64_t length = product->inner / pieces_of(product);
    Stretch stretch = {.piece = k / length, .pieces = 1, .from = k % length, .k = k};
    if (length > BLOCK_INNER) {
        stretch.length = smaller(BLOCK_INNER, length - stretch.from);
    } else {
        stretch.pieces = smaller(BLOCK_INNER / length, pieces_of(product) - stretch.piece);
        stretch.length = length;
    }
    stretch.inner = stretch.pieces * stretch.length;
    return stretch;
}

/* ---- blocks ---- */

/* Rows [row, row + rows) of some lines, a stretch of the inner axis, a panel. */
typedef struct Block {
    const Matmul *product;
    int64_t       line_rows;                 /* rows of a line */
    int64_t       line, lines, row, rows;
    Stretch       stretch;
    int64_t       column, columns;           /* of the panel */
    TileWidth     width;
    const float  *panel;
    float        *room;                      /* for a panel packed on the way */
    int64_t       columns_packed;
    float         begin[TILE_COLUMNS_MAX];   /* the panel's bias */
} Block;

/* Columns beyond the last spill over into the next row, which is computed later and so put right. */
static bool may_spill(const Block *block, const float *out, int64_t rows)
{
    const Matmul *product = block->product;
    const float *end = product->out + product->rows * product->out_step;
    return product->out_step == product->columns && block->columns == product->columns && block->stretch.inner == product->inner &&
           end - out >= (rows - 1) * product->out_step + tile_columns(block->width);
}

/* A tile at the edge: computed whole, of which the columns there are are kept. */
static void run_edge(const Block *block, Tile *tile, int rows)
{
    float whole[TILE_ROWS_MAX * TILE_COLUMNS_MAX], *out = tile->out;
    const int64_t step = tile->out_step, width = tile_columns(block->width);
    const size_t bytes = (size_t)block->columns * sizeof(float);
    memset(whole, 0, (size_t)(rows * width) * sizeof(float));
    for (int r = 0; !tile->begin && r < rows; r++) memcpy(whole + r * width, out + r * step, bytes);
    tile->out = whole;
    tile->out_step = width;
    tile_run(block->width, rows, tile);
    for (int r = 0; r < rows; r++) memcpy(out + r * step, whole + r * width, bytes);
}

/* Rows [row, row + rows) of a line. */
static void run_tile(const Block *block, int64_t line, int64_t row, int rows)
{
    const Matmul *product = block->product;
    const MatmulLeft *left = &product->left;
    Tile tile = {
        .left = left->data + (left->line_at ? left->line_at[line] : 0) + row * left->step + block->stretch.from, .left_step = left->step,
        .piece_at = (left->piece_at ? left->piece_at : AT_ZERO) + block->stretch.piece, .pieces = block->stretch.pieces,
        .length = block->stretch.length, .right = block->panel, .begin = block->stretch.k ? NULL : block->begin,
        .out = product->out + (line * block->line_rows + row) * product->out_step + block->column, .out_step = product->out_step,
    };
    if (block->columns == tile_columns(block->width) || may_spill(block, tile.out, rows)) tile_run(block->width, rows, &tile);
    else run_edge(block, &tile, rows);
}

/* Tiles as equal as can be. */
static void run_line(const Block *block, int64_t line)
{
    const int64_t most = tile_rows_most(block->width);
    int64_t tiles = (block->rows + most - 1) / most;
    for (int64_t row = block->row, end = row + block->rows; row < end; tiles--) {
        const int64_t rows = (end - row + tiles - 1) / tiles;
        run_tile(block, line, row, (int)rows);
        row += rows;
    }
}

static void begin_panel(Block *block)
{
    const Matmul *product = block->product;
    const Stretch *stretch = &block->stretch;
    block->width = width_at(product, block->column);
    block->columns = smaller(tile_columns(block->width), product->columns - block->column);
    memset(block->begin, 0, sizeof block->begin);
    if (product->bias) memcpy(block->begin, product->bias + block->column, (size_t)block->columns * sizeof(float));
    block->panel = product->packed ? product->packed + stretch->k * block->columns_packed + stretch->inner * block->column : block->room;
    if (!product->packed) pack_panel(product, stretch->k, stretch->inner, block->column, block->room);
}

static void finish_block(const Block *block)
{
    const Matmul *product = block->product;
    if (!product->finish.n) return;
    for (int64_t line = block->line; line < block->line + block->lines; line++) {
        float *out = product->out + (line * block->line_rows + block->row) * product->out_step;
        if (product->out_step == product->columns) finish_apply(&product->finish, out, block->rows * product->columns);
        else for (int64_t r = 0; r < block->rows; r++) finish_apply(&product->finish, out + r * product->out_step, product->columns);
    }
}

static void run_block(Block *block)
{
    const Matmul *product = block->product;
    for (int64_t k = 0; k < product->inner; k += block->stretch.inner) {
        block->stretch = stretch_from(product, k);
        for (block->column = 0; block->column < product->columns; block->column += tile_columns(block->width)) {
            begin_panel(block);
            for (int64_t line = block->line; line < block->line + block->lines; line++) run_line(block, line);
        }
    }
    finish_block(block);
}

/* A long line in parts as equal as can be, short ones several at a time. */
static void run_blocks(const Matmul *product, Arena *scratch)
{
    const int64_t lines = larger(1, product->left.lines), rows = product->rows / lines;
    const int64_t parts = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS, at_once = larger(1, BLOCK_ROWS / rows);
    Block block = {.product = product, .line_rows = rows, .columns_packed = columns_packed(product)};
    if (!product->packed) block.room = ARENA_ROOM(scratch, smaller(BLOCK_INNER, product->inner) * TILE_COLUMNS_MAX, float);
    for (block.line = 0; block.line < lines; block.line += block.lines) {
        block.lines = smaller(at_once, lines - block.line);
        for (int64_t part = 0; part < parts; part++) {
            block.row = rows * part / parts;
            block.rows = rows * (part + 1) / parts - block.row;
            run_block(&block);
        }
    }
}

/* ---- few rows ---- */

static void run_few_rows(const Matmul *product)
{
    for (int64_t row = 0; row < product->rows; row++) {
        const TileLine line = {
            .inner = product->inner, .columns = product->columns, .left = product->left.data + row * product->left.step,
            .right = product->right, .step = product->right_row_step, .begin = product->bias, .out = product->out + row * product->out_step,
        };
        tile_run_line(&line);
        finish_apply(&product->finish, line.out, product->columns);
    }
}

#if WITH_OPENBLAS
static void finish_rows(const Matmul *product)
{
    for (int64_t row = 0; row < product->rows; row++) finish_apply(&product->finish, product->out + row * product->out_step, product->columns);
}
#endif

bool matmul_packs(const Matmul *product)
{
    const bool plain = product->left.lines <= 1 && product->left.pieces <= 1 && product->right_column_step == 1;
    return product->inner > 0 && (!plain || product->rows > FEW_ROWS);
}

float *matmul_pack(const Matmul *product, Arena *arena)
{
    const int64_t columns = columns_packed(product);
    float *packed = arena_array(arena, (size_t)product->inner * (size_t)columns, sizeof(float));
    for (int64_t k = 0; k < product->inner;) {
        const Stretch stretch = stretch_from(product, k);
        for (int64_t column = 0; column < product->columns; column += tile_columns(width_at(product, column)))
            pack_panel(product, k, stretch.inner, column, packed + k * columns + stretch.inner * column);
        k += stretch.inner;
    }
    return packed;
}

void matmul(const Matmul *product, Arena *scratch)
{
    if (product->rows <= 0 || product->columns <= 0) return;
#if WITH_OPENBLAS
    if (product->rows > FEW_ROWS && blas_takes(product)) {
        blas_run(product);
        finish_rows(product);
        return;
    }
#endif
    if (matmul_packs(product)) run_blocks(product, scratch);
    else run_few_rows(product);
}

void matmul_add_scaled(float *restrict sum, const float *restrict x, float factor, int64_t n)
{
    for (int64_t i = 0; i < n; i++) sum[i] += factor * x[i];
}
