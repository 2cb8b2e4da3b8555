#include "engine/layers/pool.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/lanes.h"
#include "engine/layers/formula.h"
#include "engine/layers/spatial.h"
#include "engine/layers/terms.h"

PoolConfig *pool_begin(Maker *maker)
{
    PoolConfig *config = ARENA_NEW(maker->builder->arena, PoolConfig);
    config->axes = kind_axes(maker->layer->kind);
    config->average = strstr(maker->layer->kind->name, "Average") != NULL;
    maker->layer->config = config;
    return config;
}

/* Boxes along an axis of the three; those the kind lacks are one cell in one box. */
static int64_t places_along(const PoolConfig *config, int i, int64_t in)
{
    const int axis = i - (POOL_AXES - config->axes);
    return axis < 0 ? 1 : config->places(config, axis, in);
}

static PoolRange range_along(const PoolConfig *config, int i, int64_t in, int64_t place)
{
    const int axis = i - (POOL_AXES - config->axes);
    return axis < 0 ? (PoolRange){0, 1} : config->range(config, axis, in, place);
}

static Volume volume_after(const PoolConfig *config, const Volume *in)
{
    int64_t places[POOL_AXES];
    for (int i = 0; i < POOL_AXES; i++) places[i] = places_along(config, i, in->dim[i]);
    return volume_make(in->batch, places, in->channels, config->channels_first);
}

/* ---- numbers: first the rows of the boxes are brought together, then the cells of what they make ---- */

/* One run over a batch of maps. */
typedef struct Pooling {
    const PoolConfig *config;
    Volume            in, out;
    const PoolRange  *boxes[POOL_AXES];   /* along each axis */
    float            *row;                /* the largest of some rows, */
    double           *sums;               /* or their sum: (cells, channels) */
} Pooling;

static void take_larger(float *restrict most, const float *restrict x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) most[i] = x[i] > most[i] ? x[i] : most[i];
}

static void add(double *restrict sum, const float *restrict x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) sum[i] += (double)x[i];
}

/* Each vector of channels in registers; the last one may overlap the one before it. */
#define X(NAME, ATTRIBUTES, FLOATS)                                                                                     \
    typedef float Cell##NAME __attribute__((vector_size((FLOATS) * 4), aligned(4), may_alias));                         \
    typedef int32_t Mask##NAME __attribute__((vector_size((FLOATS) * 4)));                                              \
    ATTRIBUTES static void largest_##NAME(const float *row, const PoolRange *boxes, int64_t places, int64_t channels,   \
                                          float *y)                                                                     \
    {                                                                                                                   \
        for (int64_t p = 0; p < places; p++, y += channels)                                                             \
            for (int64_t i = 0; i < channels; i += (FLOATS)) {                                                          \
                const int64_t c = i + (FLOATS) > channels ? channels - (FLOATS) : i;                                    \
                Cell##NAME most = *(const Cell##NAME *)(row + boxes[p].first * channels + c);                           \
                for (int64_t w = boxes[p].first + 1; w < boxes[p].end; w++) {                                           \
                    const Cell##NAME x = *(const Cell##NAME *)(row + w * channels + c);                                 \
                    const Mask##NAME larger = x > most;                                                                 \
                    most = (Cell##NAME)(((Mask##NAME)x & larger) | ((Mask##NAME)most & ~larger));                       \
                }                                                                                                       \
                *(Cell##NAME *)(y + c) = most;                                                                          \
            }                                                                                                           \
    }
LANES(X)
#undef X

typedef void Largest(const float *row, const PoolRange *boxes, int64_t places, int64_t channels, float *y);

static const struct {
    int64_t  channels;   /* at least so many */
    Largest *run;
} LARGEST[] = {
#define X(NAME, ATTRIBUTES, FLOATS) {FLOATS, largest_##NAME},
    LANES(X)
#undef X
};

static void largest_by_one(const float *row, const PoolRange *boxes, int64_t places, int64_t channels, float *y)
{
    for (int64_t p = 0; p < places; p++, y += channels)
        for (int64_t c = 0; c < channels; c++) {
            y[c] = row[boxes[p].first * channels + c];
            for (int64_t w = boxes[p].first + 1; w < boxes[p].end; w++) take_larger(&y[c], &row[w * channels + c], 1);
        }
}

static Largest *largest_for(int64_t channels)
{
    int width = (int)lanes_here();
    while (width >= 0 && LARGEST[width].channels > channels) width--;
    return width < 0 ? largest_by_one : LARGEST[width].run;
}

/* Rows of the maps in a box of depth and height. */
typedef struct Rows {
    const float *x;           /* the map */
    PoolRange    depth, height;
} Rows;

static const float *row_of(const Pooling *pooling, const Rows *rows, int64_t depth, int64_t height)
{
    return rows->x + depth * pooling->in.step[0] + height * pooling->in.step[1];
}

static void pool_largest(const Pooling *pooling, const Rows *rows, float *y)
{
    const int64_t channels = pooling->in.channels, n = pooling->in.dim[2] * channels;
    const float *row = row_of(pooling, rows, rows->depth.first, rows->height.first);
    const bool alone = rows->depth.end - rows->depth.first == 1 && rows->height.end - rows->height.first == 1;
    if (!alone) memcpy(pooling->row, row, (size_t)n * sizeof(float));
    for (int64_t d = rows->depth.first; !alone && d < rows->depth.end; d++)
        for (int64_t h = rows->height.first; h < rows->height.end; h++) take_larger(pooling->row, row_of(pooling, rows, d, h), n);
    largest_for(channels)(alone ? row : pooling->row, pooling->boxes[2], pooling->out.dim[2], channels, y);
}

static void pool_mean(const Pooling *pooling, const Rows *rows, float *y)
{
    const int64_t channels = pooling->in.channels, n = pooling->in.dim[2] * channels;
    const int64_t cells = (rows->depth.end - rows->depth.first) * (rows->height.end - rows->height.first);
    memset(pooling->sums, 0, (size_t)n * sizeof(double));
    for (int64_t d = rows->depth.first; d < rows->depth.end; d++)
        for (int64_t h = rows->height.first; h < rows->height.end; h++) add(pooling->sums, row_of(pooling, rows, d, h), n);
    for (int64_t p = 0; p < pooling->out.dim[2]; p++) {
        const PoolRange box = pooling->boxes[2][p];
        for (int64_t c = 0; c < channels; c++, y++) {
            double sum = 0;
            for (int64_t w = box.first; w < box.end; w++) sum += pooling->sums[w * channels + c];
            *y = (float)(sum / (double)(cells * (box.end - box.first)));
        }
    }
}

static void pool_map(const Pooling *pooling, const float *x, float *y)
{
    const Volume *out = &pooling->out;
    for (int64_t d = 0; d < out->dim[0]; d++)
        for (int64_t h = 0; h < out->dim[1]; h++) {
            const Rows rows = {x, pooling->boxes[0][d], pooling->boxes[1][h]};
            float *to = y + d * out->step[0] + h * out->step[1];
            if (pooling->config->average) pool_mean(pooling, &rows, to);
            else pool_largest(pooling, &rows, to);
        }
}

static const PoolRange *boxes_along(const Pooling *pooling, int axis, Arena *scratch)
{
    const int64_t places = pooling->out.dim[axis];
    PoolRange *boxes = ARENA_ARRAY(scratch, places, PoolRange);
    for (int64_t place = 0; place < places; place++)
        boxes[place] = range_along(pooling->config, axis, pooling->in.dim[axis], place);
    return boxes;
}

void pool_forward(const Forward *forward)
{
    const PoolConfig *config = forward->layer->config;
    const Tensor *in = &forward->in[0];
    if (in->shape.rank != config->axes + 2 || !shape_size(&forward->out[0].shape)) {
        *forward->impossible = true;
        return;
    }
    Volume maps = volume_of(&in->shape, config->channels_first);
    /* With channels first every channel is a map of its own. */
    if (config->channels_first) maps = volume_make(size_multiply(maps.batch, maps.channels), maps.dim, 1, false);
    Pooling pooling = {.config = config, .in = maps};
    pooling.out = volume_after(config, &maps);
    if (config->channels_first) pooling.out = volume_make(maps.batch, pooling.out.dim, 1, false);
    for (int i = 0; i < POOL_AXES; i++) pooling.boxes[i] = boxes_along(&pooling, i, forward->scratch);
    pooling.row = ARENA_ROOM(forward->scratch, maps.dim[2] * maps.channels, float);
    pooling.sums = ARENA_ROOM(forward->scratch, maps.dim[2] * maps.channels, double);
    for (int64_t b = 0; b < maps.batch; b++)
        pool_map(&pooling, in->data + b * maps.batch_step, forward->out[0].data + b * pooling.out.batch_step);
}

/* ---- terms ---- */

static int64_t box_cells(const PoolRange box[POOL_AXES])
{
    int64_t n = 1;
    for (int i = 0; i < POOL_AXES; i++) n = size_multiply(n, box[i].end - box[i].first);
    return n;
}

/* The box an output is made from. */
typedef struct Box {
    Volume    in;
    Place     place;
    PoolRange range[POOL_AXES];
} Box;

static bool box_of(const Trace *trace, Box *box)
{
    const PoolConfig *config = trace->layer->config;
    const Shape *shape = &trace->in[0].shape;
    if (shape->rank != config->axes + 2 || !shape_known(shape)) return false;
    box->in = volume_of(shape, config->channels_first);
    const Volume out = volume_after(config, &box->in);
    box->place = volume_place(&out, trace->k);
    for (int i = 0; i < POOL_AXES; i++) box->range[i] = range_along(config, i, box->in.dim[i], box->place.at[i]);
    return true;
}

int64_t pool_trace(const Trace *trace, Term *terms, int64_t cap)
{
    const PoolConfig *config = trace->layer->config;
    TermList list = {.term = terms, .cap = cap};
    Box box;
    if (!box_of(trace, &box)) return 0;
    const int64_t cells = box_cells(box.range);
    const double scale = config->average ? 1.0 / (double)cells : 1.0;
    Place at = box.place;
    for (at.at[0] = box.range[0].first; at.at[0] < box.range[0].end; at.at[0]++)
        for (at.at[1] = box.range[1].first; at.at[1] < box.range[1].end; at.at[1]++)
            for (at.at[2] = box.range[2].first; at.at[2] < box.range[2].end && terms_have_room(&list); at.at[2]++)
                terms_add(&list, term_input(0, volume_index(&box.in, &at), scale));
    return cells;
}

/* Longer axes than this are not counted. */
enum { COUNT_MAX = 1 << 20 };

int64_t pool_connections(const Trace *trace)
{
    const PoolConfig *config = trace->layer->config;
    const Shape *shape = &trace->in[0].shape;
    if (shape->rank != config->axes + 2 || !shape_known(shape)) return DIM_NONE;
    const Volume in = volume_of(shape, config->channels_first);
    int64_t n = size_multiply(in.batch, in.channels);
    for (int i = 0; i < POOL_AXES; i++) {
        const int64_t places = places_along(config, i, in.dim[i]);
        if (places > COUNT_MAX) return DIM_NONE;
        int64_t cells = 0;
        for (int64_t place = 0; place < places; place++) {
            const PoolRange range = range_along(config, i, in.dim[i], place);
            cells = size_add(cells, range.end - range.first);
        }
        n = size_multiply(n, cells);
    }
    return n;
}

/* ---- formulae ---- */

static void put_cells(const PoolConfig *config, const Box *box, Text *text)
{
    const int first = POOL_AXES - config->axes;
    text_put(text, "x[");
    if (config->channels_first) text_print(text, "%" PRId64 ", ", box->place.channel);
    for (int i = first; i < POOL_AXES; i++) {
        const PoolRange range = box->range[i];
        text_print(text, i > first ? ", %" PRId64 : "%" PRId64, range.first);
        if (range.end - range.first > 1) text_print(text, "…%" PRId64, range.end - 1);
    }
    if (!config->channels_first) text_print(text, ", %" PRId64, box->place.channel);
    text_put_char(text, ']');
}

void pool_explain_rule(const Trace *trace, Text *text)
{
    const PoolConfig *config = trace->layer->config;
    Box box;
    if (!box_of(trace, &box)) return;
    const bool one = box_cells(box.range) == 1;
    if (!one) text_put(text, config->average ? "Σ " : "max ");
    put_cells(config, &box, text);
    if (config->average && !one) text_print(text, "/%" PRId64, box_cells(box.range));
}
