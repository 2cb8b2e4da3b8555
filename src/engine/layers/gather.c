#include "engine/layers/gather.h"

#include <inttypes.h>
#include <string.h>

#include "engine/layers/formula.h"
#include "engine/layers/spatial.h"
#include "engine/layers/terms.h"

GatherConfig *gather_begin(Maker *maker)
{
    GatherConfig *config = ARENA_NEW(maker->builder->arena, GatherConfig);
    config->axes = kind_axes(maker->layer->kind);
    maker->layer->config = config;
    return config;
}

/* ---- shapes ---- */

int gather_axis(const GatherConfig *config, int axis)
{
    return volume_first_axis(config->channels_first) + axis;
}

Shape gather_shape(const GatherConfig *config, const Shape *in)
{
    Shape out = *in;
    for (int i = 0; i < config->axes; i++) {
        int64_t *dim = &out.dim[gather_axis(config, i)];
        if (*dim != DIM_NONE) *dim = config->length(config, i, *dim);
    }
    return out;
}

/* ---- numbers ---- */

/* The cell along one of the three axes; false outside. */
static bool cell_along(const GatherConfig *config, const Volume *in, int i, int64_t place, int64_t *cell)
{
    const int axis = i - (GATHER_AXES - config->axes);
    *cell = axis < 0 ? place : config->cell(config, axis, place);
    return *cell >= 0 && *cell < in->dim[i];
}

static void copy_row(const GatherConfig *config, const Volume *in, const Volume *out, const float *x, float *y)
{
    for (int64_t w = 0; w < out->dim[2]; w++) {
        int64_t cell;
        if (cell_along(config, in, 2, w, &cell))
            memcpy(y + w * out->step[2], x + cell * in->step[2], (size_t)in->channels * sizeof(float));
    }
}

static void copy_map(const GatherConfig *config, const Volume *in, const Volume *out, const float *x, float *y)
{
    for (int64_t d = 0; d < out->dim[0]; d++)
        for (int64_t h = 0; h < out->dim[1]; h++) {
            int64_t depth, height;
            if (!cell_along(config, in, 0, d, &depth) || !cell_along(config, in, 1, h, &height)) continue;
            copy_row(config, in, out, x + depth * in->step[0] + height * in->step[1], y + d * out->step[0] + h * out->step[1]);
        }
}

void gather_forward(const Forward *forward)
{
    const GatherConfig *config = forward->layer->config;
    Volume in = volume_of(&forward->in[0].shape, config->channels_first);
    Volume out = volume_of(&forward->out[0].shape, config->channels_first);
    /* With channels first every channel is a map of its own. */
    if (config->channels_first) {
        in = volume_make(in.batch * in.channels, in.dim, 1, false);
        out = volume_make(out.batch * out.channels, out.dim, 1, false);
    }
    for (int64_t b = 0; b < in.batch; b++)
        copy_map(config, &in, &out, forward->in[0].data + b * in.batch_step, forward->out[0].data + b * out.batch_step);
}

static bool source_of(const Trace *trace, Volume *in, Place *cell)
{
    const GatherConfig *config = trace->layer->config;
    const Volume out = volume_of(&trace->out[0].shape, config->channels_first);
    *in = volume_of(&trace->in[0].shape, config->channels_first);
    *cell = volume_place(&out, trace->k);
    for (int i = 0; i < GATHER_AXES; i++)
        if (!cell_along(config, in, i, cell->at[i], &cell->at[i])) return false;
    return true;
}

int64_t gather_trace(const Trace *trace, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    Volume in;
    Place cell;
    if (source_of(trace, &in, &cell)) terms_add(&list, term_input(0, volume_index(&in, &cell), 1));
    return list.n;
}

/* Longer axes than this are not counted. */
enum { COUNT_MAX = 1 << 20 };

int64_t gather_connections(const Trace *trace)
{
    const GatherConfig *config = trace->layer->config;
    if (!shape_known(&trace->in[0].shape)) return DIM_NONE;
    const Volume in = volume_of(&trace->in[0].shape, config->channels_first);
    const Volume out = volume_of(&trace->out[0].shape, config->channels_first);
    int64_t n = size_multiply(in.batch, in.channels);
    for (int i = 0; i < GATHER_AXES; i++) {
        if (out.dim[i] > COUNT_MAX) return DIM_NONE;
        int64_t cells = 0, cell;
        for (int64_t place = 0; place < out.dim[i]; place++) cells += cell_along(config, &in, i, place, &cell);
        n = size_multiply(n, cells);
    }
    return n;
}

/* ---- formulae ---- */

void gather_explain_rule(const Trace *trace, Text *text)
{
    const GatherConfig *config = trace->layer->config;
    Volume in;
    Place cell;
    if (!shape_known(&trace->in[0].shape) || !shape_known(&trace->out[0].shape)) return;
    if (!source_of(trace, &in, &cell)) {
        text_put_char(text, '0');
        return;
    }
    text_put(text, "x[");
    if (config->channels_first) text_print(text, "%" PRId64 ", ", cell.channel);
    for (int i = GATHER_AXES - config->axes; i < GATHER_AXES; i++)
        text_print(text, i > GATHER_AXES - config->axes ? ", %" PRId64 : "%" PRId64, cell.at[i]);
    if (!config->channels_first) text_print(text, ", %" PRId64, cell.channel);
    text_put_char(text, ']');
}
