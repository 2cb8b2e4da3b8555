/* The inner loop of all products: a tile of the output kept in registers, in the widest vectors the machine has. */
#ifndef SHAPEFLOW_ENGINE_TILE_H
#define SHAPEFLOW_ENGINE_TILE_H

#include <stdint.h>

enum { TILE_ROWS_MAX = 12, TILE_COLUMNS_MAX = 32 };

/* out (rows, columns) = begin + left (rows, pieces·length)·right (pieces·length, columns). */
typedef struct Tile {
    const float   *left;        /* number k of piece p of row r: left[r·left_step + piece_at[p] + k] */
    int64_t        left_step;
    const int64_t *piece_at;
    int64_t        pieces, length;
    const float   *right;       /* packed: rows `columns` apart */
    const float   *begin;       /* one row for all; NULL = what is in `out` */
    float         *out;
    int64_t        out_step;
} Tile;

/* One or two vectors wide. */
typedef enum TileWidth {
    TILE_NARROW, TILE_WIDE
} TileWidth;

int  tile_columns(TileWidth);
int  tile_rows_most(TileWidth);
void tile_run(TileWidth, int rows, const Tile *);

/* out (columns) = begin + left (inner)·right (inner, columns), the rows of right `step` apart; begin NULL = zeros. */
typedef struct TileLine {
    int64_t      inner, columns;
    const float *left, *right;
    int64_t      step;
    const float *begin;
    float       *out;
} TileLine;

void tile_run_line(const TileLine *);

#endif
