#include "engine/layers/border.h"

#include <inttypes.h>
#include <string.h>

#include "engine/layers/formula.h"

/* ---- make ---- */

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

static bool read_pairs(Maker *maker, GatherConfig *config, const char *param)
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

/* An int or a pair, as the 1D kinds take it. */
static bool read_pair(Maker *maker, GatherConfig *config, const char *param)
{
    int64_t pair[2];
    if (!maker_ints(maker, param, 2, true, pair)) return false;
    config->before[0] = pair[0];
    config->after[0] = pair[1];
    return true;
}

bool border_make(Maker *maker, const char *param, const GatherConfig *how)
{
    if (!layer_base(maker)) return false;
    GatherConfig *config = gather_begin(maker);
    config->length = how->length;
    config->cell = how->cell;
    config->cuts = how->cuts;
    const bool has_format = maker->layer->kind->n_params > 1;
    if (has_format && !maker_data_format(maker, "data_format", &config->channels_first)) return false;
    if (config->axes == 1 ? !read_pair(maker, config, param) : !read_pairs(maker, config, param)) return false;
    layer_expect_rank(maker->builder, maker->layer, config->axes + 2);
    return true;
}

/* ---- explanations ---- */

/* "1×2", or "(1, 0)×(2, 2)". */
static void explain_title(const GatherConfig *config, Text *text)
{
    for (int i = 0; i < config->axes; i++) {
        if (i) text_put(text, "×");
        if (config->before[i] == config->after[i]) formula_integer(text, config->before[i]);
        else text_print(text, "(%" PRId64 ", %" PRId64 ")", config->before[i], config->after[i]);
    }
}

static void put_axis(Text *text, const Trace *trace, int axis)
{
    const GatherConfig *config = trace->layer->config;
    const int64_t in = trace->in[0].shape.dim[gather_axis(config, axis)];
    const char *sign = config->cuts ? " − " : " + ";
    const int64_t sides[] = {config->before[axis], config->after[axis]};
    if (in == DIM_NONE || (!sides[0] && !sides[1])) return;
    text_print(text, "%" PRId64, in);
    for (int i = 0; i < 2; i++) {
        if (!sides[i]) continue;
        text_put(text, sign);
        formula_integer(text, sides[i]);
    }
    text_print(text, " = %" PRId64, config->length(config, axis, in));
}

void border_explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    const GatherConfig *config = trace->layer->config;
    switch (topic) {
    case EXPLAIN_TITLE: explain_title(config, text); break;
    case EXPLAIN_PARAMS: break;
    case EXPLAIN_RULE: gather_explain_rule(trace, text); break;
    case EXPLAIN_SHAPE: formula_axes(text, config->axes, put_axis, trace); break;
    }
}
