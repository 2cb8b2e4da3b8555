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

/* ---- make: pairs ---- */

static const char *const ENTRIES[GATHER_AXES] = {"1st entry of", "2nd entry of", "3rd entry of"};

/* (name of the argument, number of axes) -> the words Keras has for what it takes. */
static const char *wanted(const char *param, int axes)
{
    if (axes == 2) return "a tuple of 2 ints (symmetric_height_crop, symmetric_width_crop), or a tuple of 2 tuples of 2 ints "
                          "((top_crop, bottom_crop), (left_crop, right_crop))";
    if (strcmp(param, "padding") == 0)
        return "a tuple of 3 ints (symmetric_dim1_pad, symmetric_dim2_pad, symmetric_dim3_pad), or a tuple of 3 tuples of 2 ints "
               "((left_dim1_pad, right_dim1_pad), (left_dim2_pad, right_dim2_pad), (left_dim3_pad, right_dim2_pad))";
    return "a tuple of 3 ints (symmetric_dim1_crop, symmetric_dim2_crop, symmetric_dim3_crop), or a tuple of 3 tuples of 2 ints "
           "((left_dim1_crop, right_dim1_crop), (left_dim2_crop, right_dim2_crop), (left_dim3_crop, right_dim2_crop))";
}

static bool refuse_pairs(Maker *maker, const char *param, int axes, const char *words)
{
    maker_refuse(maker, param, "ValueError", "%s", words);
    error_cause(maker->err, "cause.pairs", param, arena_print(maker->builder->arena, "%d", axes), NULL);
    return error_fix(maker->err, FIX_ARGUMENT, param, "1");
}

static bool refuse_kind(Maker *maker, const char *param, int axes)
{
    /* Keras leaves the name out in one of the four. */
    const bool named = axes == 2 || strcmp(param, "padding") == 0;
    return refuse_pairs(maker, param, axes,
                        arena_print(maker->builder->arena, "`%s` should be either an int, %s. Received: %s%s%s.", param,
                                    wanted(param, axes), named ? param : "", named ? "=" : "", maker_text(maker, param)));
}

static bool refuse_length(Maker *maker, const char *param, int axes)
{
    const char *text = maker_text(maker, param);
    Arena *arena = maker->builder->arena;
    return refuse_pairs(maker, param, axes,
                        axes == 2 ? arena_print(arena, "`%s` should have two elements. Received: %s=%s.", param, param, text)
                                  : arena_print(arena, "`%s` should have 3 elements. Received: %s.", param, text));
}

static void put_pairs(Maker *maker, const GatherConfig *config, const char *param)
{
    Value all = value_list(maker->builder->arena, VALUE_TUPLE, (size_t)config->axes);
    for (int i = 0; i < config->axes; i++) {
        const int64_t pair[2] = {config->before[i], config->after[i]};
        list_add(all.list, value_ints(maker->builder->arena, VALUE_TUPLE, pair, 2));
    }
    maker_set(maker, param, all);
}

static bool read_entries(Maker *maker, GatherConfig *config, const char *param, const Value *entries)
{
    for (int i = 0; i < config->axes; i++) {
        int64_t pair[2];
        const char *name = arena_print(maker->builder->arena, "%s %s", ENTRIES[i], param);
        if (!maker_ints_in(maker, param, name, &entries[i], 2, true, pair)) return false;
        config->before[i] = pair[0];
        config->after[i] = pair[1];
    }
    return true;
}

static bool is_negative_crop(Maker *maker, const char *param, int64_t n)
{
    if (n >= 0 || strcmp(param, "cropping") != 0) return false;
    maker_refuse(maker, param, "ValueError", "`cropping` cannot be negative. Received: cropping=%" PRId64 ".", n);
    error_cause(maker->err, "cause.crop_negative", NULL);
    error_fix(maker->err, FIX_REMOVE_LAYER, NULL, NULL);
    return true;
}

bool gather_read_pairs(Maker *maker, GatherConfig *config, const char *param)
{
    const Value *value = maker_arg(maker, param);
    const bool list = value->kind == VALUE_TUPLE || value->kind == VALUE_LIST;
    if (value->kind == VALUE_UNKNOWN) return true;
    if (value->kind == VALUE_INT || value->kind == VALUE_BOOL) {
        const int64_t n = value->kind == VALUE_INT ? value->integer : value->boolean;
        if (is_negative_crop(maker, param, n)) return false;
        for (int i = 0; i < config->axes; i++) config->before[i] = config->after[i] = n;
    } else if (value->kind == VALUE_STRING || (list && value->list->n != (size_t)config->axes)) {
        return refuse_length(maker, param, config->axes);
    } else if (!list) {
        return refuse_kind(maker, param, config->axes);
    } else if (!read_entries(maker, config, param, value->list->items)) {
        return false;
    }
    put_pairs(maker, config, param);
    return true;
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

void gather_explain_pairs(const GatherConfig *config, Text *text)
{
    for (int i = 0; i < config->axes; i++) {
        if (i) text_put(text, "×");
        if (config->before[i] == config->after[i]) formula_integer(text, config->before[i]);
        else text_print(text, "(%" PRId64 ", %" PRId64 ")", config->before[i], config->after[i]);
    }
}
