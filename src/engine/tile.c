#include "engine/tile.h"

#include <string.h>

#include "engine/lanes.h"

/* Enough sums in flight to hide how long one takes, and no more than there are registers. */
#define TILE_ROWS_WIDE_PLAIN 6
#define TILE_ROWS_WIDE_AVX2 6
#define TILE_ROWS_WIDE_AVX512 12

#define TILE(NAME, ATTRIBUTES, FLOATS, VECTORS, ROWS)                                                                  \
    ATTRIBUTES static void tile_##NAME##_##VECTORS##_##ROWS(const Tile *tile)                                          \
    {                                                                                                                  \
        Lanes##NAME sum[ROWS][VECTORS], factors[VECTORS];                                                              \
        const float *right = tile->right, *begin = tile->begin;                                                        \
        for (int r = 0; r < (ROWS); r++)                                                                               \
            for (int i = 0; i < (VECTORS); i++)                                                                        \
                sum[r][i] = *(const Lanes##NAME *)(begin ? begin + i * (FLOATS) : tile->out + r * tile->out_step + i * (FLOATS)); \
        for (int64_t p = 0; p < tile->pieces; p++) {                                                                   \
            const float *left = tile->left + tile->piece_at[p];                                                        \
            for (int64_t k = 0; k < tile->length; k++, right += (VECTORS) * (FLOATS)) {                                \
                for (int i = 0; i < (VECTORS); i++) factors[i] = *(const Lanes##NAME *)(right + i * (FLOATS));         \
                for (int r = 0; r < (ROWS); r++) {                                                                     \
                    const float factor = left[r * tile->left_step + k];                                                \
                    for (int i = 0; i < (VECTORS); i++) sum[r][i] += factor * factors[i];                              \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        for (int r = 0; r < (ROWS); r++)                                                                               \
            for (int i = 0; i < (VECTORS); i++) *(Lanes##NAME *)(tile->out + r * tile->out_step + i * (FLOATS)) = sum[r][i]; \
    }

#define ROWS(X, ...)                                                                                                   \
    X(__VA_ARGS__, 1) X(__VA_ARGS__, 2) X(__VA_ARGS__, 3) X(__VA_ARGS__, 4) X(__VA_ARGS__, 5) X(__VA_ARGS__, 6)        \
    X(__VA_ARGS__, 7) X(__VA_ARGS__, 8) X(__VA_ARGS__, 9) X(__VA_ARGS__, 10) X(__VA_ARGS__, 11) X(__VA_ARGS__, 12)

/* Columns that stay in registers over the whole inner axis; a last vector may overlap the one before it. */
#define STRIPS(NAME, FLOATS, VECTORS)                                                                                  \
    for (; c + (VECTORS) * (FLOATS) <= line->columns; c += (VECTORS) * (FLOATS)) {                                     \
        Lanes##NAME sum[VECTORS];                                                                                      \
        const float *right = line->right + c;                                                                          \
        for (int i = 0; i < (VECTORS); i++) sum[i] = line->begin ? *(const Lanes##NAME *)(line->begin + c + i * (FLOATS)) : (Lanes##NAME){0}; \
        for (int64_t k = 0; k < line->inner; k++, right += line->step)                                                 \
            for (int i = 0; i < (VECTORS); i++) sum[i] += line->left[k] * *(const Lanes##NAME *)(right + i * (FLOATS)); \
        for (int i = 0; i < (VECTORS); i++) *(Lanes##NAME *)(line->out + c + i * (FLOATS)) = sum[i];                   \
    }

#define X(NAME, ATTRIBUTES, FLOATS)                                                                                    \
    typedef float Lanes##NAME __attribute__((vector_size((FLOATS) * 4), aligned(4), may_alias));                       \
    ROWS(TILE, NAME, ATTRIBUTES, FLOATS, 1)                                                                            \
    ROWS(TILE, NAME, ATTRIBUTES, FLOATS, 2)                                                                            \
    ATTRIBUTES static void strips_##NAME(const TileLine *line)                                                         \
    {                                                                                                                  \
        int64_t c = 0;                                                                                                 \
        STRIPS(NAME, FLOATS, 8)                                                                                        \
        STRIPS(NAME, FLOATS, 4)                                                                                        \
        STRIPS(NAME, FLOATS, 2)                                                                                        \
        STRIPS(NAME, FLOATS, 1)                                                                                        \
        if (c == line->columns) return;                                                                                \
        c = line->columns - (FLOATS);                                                                                  \
        STRIPS(NAME, FLOATS, 1)                                                                                        \
    }                                                                                                                  \
    ATTRIBUTES static void add_rows_##NAME(int64_t n, const float *factor, const float *rows, int64_t step,            \
                                           float *restrict sum)                                                        \
    {                                                                                                                  \
        for (int64_t i = 0; i < n; i++)                                                                                \
            sum[i] += factor[0] * rows[i] + factor[1] * rows[step + i] + factor[2] * rows[2 * step + i] +              \
                      factor[3] * rows[3 * step + i];                                                                  \
    }
LANES(X)
#undef X

typedef void TileRun(const Tile *);

/* Of each width of vectors. */
static const struct {
    int      floats, rows_most[2];
    TileRun *run[2][TILE_ROWS_MAX];
    void   (*strips)(const TileLine *);   /* columns >= floats */
    void   (*add_rows)(int64_t n, const float *factor, const float *rows, int64_t step, float *sum);   /* sum[n] += Σ factor[r]·rows[r][n], four rows */
} KERNELS[] = {
#define RUN(NAME, VECTORS, N) tile_##NAME##_##VECTORS##_##N,
#define X(NAME, ATTRIBUTES, FLOATS)                                                               \
    {FLOATS, {TILE_ROWS_MAX, TILE_ROWS_WIDE_##NAME}, {{ROWS(RUN, NAME, 1)}, {ROWS(RUN, NAME, 2)}}, \
     strips_##NAME, add_rows_##NAME},
    LANES(X)
#undef X
#undef RUN
};

int tile_columns(TileWidth width)
{
    return KERNELS[lanes_here()].floats * (width == TILE_WIDE ? 2 : 1);
}

int tile_rows_most(TileWidth width)
{
    return KERNELS[lanes_here()].rows_most[width];
}

void tile_run(TileWidth width, int rows, const Tile *tile)
{
    KERNELS[lanes_here()].run[width][rows - 1](tile);
}

/* Strips of a longer line lie in too many pages of memory; it is read row by row. */
enum { STRIPS_MOST = 1024 };

static void run_rows(const TileLine *line)
{
    float *restrict out = line->out;
    if (line->begin) memcpy(out, line->begin, (size_t)line->columns * sizeof(float));
    else memset(out, 0, (size_t)line->columns * sizeof(float));
    int64_t k = 0;
    for (; k + 4 <= line->inner; k += 4) KERNELS[lanes_here()].add_rows(line->columns, line->left + k, line->right + k * line->step, line->step, out);
    for (; k < line->inner; k++)
        for (int64_t c = 0; c < line->columns; c++) out[c] += line->left[k] * line->right[k * line->step + c];
}

void tile_run_line(const TileLine *line)
{
    if (line->columns < KERNELS[lanes_here()].floats || line->columns > STRIPS_MOST) run_rows(line);
    else KERNELS[lanes_here()].strips(line);
}
