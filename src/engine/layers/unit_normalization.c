/* UnitNormalization: vectors along its axes brought to length one. */
#include <math.h>

#include "engine/layers/formula.h"
#include "engine/layers/normalize.h"

static const ParamSpec PARAMS[] = {PARAM_WITH("axis", PARAM_INTS, VALUE_IS_INT(-1))};

static bool make(Maker *m)
{
    if (!layer_base(m)) return false;
    NormalizeConfig *config = normalize_config_new(m);
    const Value *axis = maker_arg(m, "axis");
    if (!normalize_read_axes(config, axis))
        return maker_refuse(m, "axis", "TypeError",
                            "Invalid value for `axis` argument: expected an int or a list/tuple of ints. Received: axis=%s",
                            value_str_text(m->builder->arena, axis));
    if (axis->kind == VALUE_TUPLE) maker_set(m, "axis", (Value){.kind = VALUE_LIST, NO_SPAN, .list = axis->list});
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in;
    const NormalizeConfig *config = layer->config;
    for (int i = 0; i < config->n_axes; i++)
        if (shape_axis(&in->shape, config->axes[i]) < 0) {
            error_set(err, "ValueError", "Axis %s is out of bounds for input shape %s.",
                      value_str_text(out->arena, &layer->args[0]), shape_text(out->arena, &in->shape));
            return error_fix(err, FIX_ARGUMENT, "axis", "-1");
        }
    outputs_add(out, in->shape, layer->dtype);
    return true;
}

static void forward(const Forward *f)
{
    const Tensor *x = &f->in[0];
    Grouping g = normalize_grouping(&x->shape, f->layer->config);
    const double *sum = grouping_squares(f, &g);
    int64_t n = shape_size(&x->shape);
    GroupWalk w = group_walk_to(&x->shape, &g, 0);
    for (int64_t k = 0; k < n; k++, group_walk_next(&w))
        f->out->data[k] = (float)((double)x->data[k] * fmin(1 / sqrt(sum[w.group]), 1e12));
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    normalize_explain(t, topic, text, "x/√(Σ x²)");
}

static void numbers(const Forward *f, int64_t k, Text *text)
{
    const Grouping g = normalize_grouping(&f->in[0].shape, f->layer->config);
    const GroupWalk here = group_walk_to(&f->in[0].shape, &g, k);
    formula_value(text, (double)f->in[0].data[k]);
    text_put(text, "/√");
    formula_value(text, grouping_squares(f, &g)[here.group]);
}

const LayerKind LAYER_unit_normalization = {
    .name = "UnitNormalization", .module = "keras.src.layers.normalization.unit_normalization", PARAMS_OF(PARAMS), .make = make, .infer = infer,
    .forward = forward, .trace = normalize_trace, .explain = explain, .numbers = numbers, .rule = TRACE_DEPENDS, .keeps_mask = true, .built_at_make = true,
};
