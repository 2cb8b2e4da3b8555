#include "engine/layers/pool.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

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

/* ---- numbers ---- */

/* One run over a batch of maps. */
typedef struct Pooling {
    const PoolConfig *config;
    Volume            in, out;
    const PoolRange  *boxes[POOL_AXES];   /* along each axis */
    double           *sum;                /* of each channel */
} Pooling;

static void take_larger(float *restrict most, const float *restrict x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) most[i] = x[i] > most[i] ? x[i] : most[i];
}

static void add(double *restrict sum, const float *restrict x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) sum[i] += (double)x[i];
}

static void fill(float *x, float value, int64_t n)
{
    for (int64_t i = 0; i < n; i++) x[i] = value;
}

static void pool_box(const Pooling *pooling, const float *x, const PoolRange box[POOL_AXES], float *y)
{
    const Volume *in = &pooling->in;
    const int64_t channels = in->channels;
    for (int64_t d = box[0].first; d < box[0].end; d++)
        for (int64_t h = box[1].first; h < box[1].end; h++)
            for (int64_t w = box[2].first; w < box[2].end; w++) {
                const float *cell = x + d * in->step[0] + h * in->step[1] + w * in->step[2];
                if (pooling->config->average) add(pooling->sum, cell, channels);
                else take_larger(y, cell, channels);
            }
}

static int64_t box_cells(const PoolRange box[POOL_AXES])
{
    int64_t n = 1;
    for (int i = 0; i < POOL_AXES; i++) n = size_multiply(n, box[i].end - box[i].first);
    return n;
}

static void pool_place(const Pooling *pooling, const float *x, const PoolRange box[POOL_AXES], float *y)
{
    const int64_t channels = pooling->in.channels;
    if (!pooling->config->average) {
        fill(y, -INFINITY, channels);
        pool_box(pooling, x, box, y);
        return;
    }
    memset(pooling->sum, 0, (size_t)channels * sizeof(double));
    pool_box(pooling, x, box, y);
    const double cells = (double)box_cells(box);
    for (int64_t c = 0; c < channels; c++) y[c] = (float)(pooling->sum[c] / cells);
}

static void pool_map(const Pooling *pooling, const float *x, float *y)
{
    const Volume *out = &pooling->out;
    PoolRange box[POOL_AXES];
    for (int64_t d = 0; d < out->dim[0]; d++) {
        box[0] = pooling->boxes[0][d];
        for (int64_t h = 0; h < out->dim[1]; h++) {
            box[1] = pooling->boxes[1][h];
            for (int64_t w = 0; w < out->dim[2]; w++) {
                box[2] = pooling->boxes[2][w];
                pool_place(pooling, x, box, y + d * out->step[0] + h * out->step[1] + w * out->step[2]);
            }
        }
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
    pooling.sum = ARENA_ARRAY(forward->scratch, maps.channels, double);
    for (int64_t b = 0; b < maps.batch; b++)
        pool_map(&pooling, in->data + b * maps.batch_step, forward->out[0].data + b * pooling.out.batch_step);
}

/* ---- terms ---- */

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
    text_put(text, config->average ? "Σ " : "max ");
    put_cells(config, &box, text);
    if (config->average) text_print(text, "/%" PRId64, box_cells(box.range));
}
