/* RepeatVector: the same features n times, as steps. */
#include <string.h>

#include "engine/layer.h"

static const ParamSpec PARAMS[] = {{.name = "n", .type = PARAM_INT, .required = true, .example = "3"}};

static bool make(Maker *m)
{
    if (!layer_base(m)) return false;
    const Value *n = maker_arg(m, "n");
    if (n->kind != VALUE_INT && n->kind != VALUE_UNKNOWN) {
        maker_refuse(m, "n", "TypeError", "Expected an integer value for `n`, got <class '%s'>.", value_type(n));
        error_cause(m->err, "cause.repeats", maker_text(m, "n"), NULL);
        if (n->kind == VALUE_FLOAT && n->number >= 1 && n->number < 1e9)
            error_fix(m->err, FIX_ARGUMENT, "n", arena_print(m->builder->arena, "%lld", (long long)n->number));
        return error_fix(m->err, FIX_ARGUMENT, "n", "3");
    }
    if (n->kind == VALUE_INT && n->integer <= 0) {
        maker_refuse(m, "n", "ValueError", "Argument `n` should be a positive integer. Received: n=%s", maker_text(m, "n"));
        error_cause(m->err, "cause.repeats", maker_text(m, "n"), NULL);
        return error_fix(m->err, FIX_ARGUMENT, "n", "3");
    }
    layer_add_input_spec(m->builder, m->layer)->ndim = 2;
    return true;
}

static int64_t repeats(const Layer *layer)
{
    return layer->args[0].kind == VALUE_INT ? layer->args[0].integer : DIM_NONE;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (value_is_nest(&call->args[0])) return error_set(err, "IndexError", "list index out of range");
    outputs_add(out, SHAPE(in[0].shape.dim[0], repeats(layer), in[0].shape.dim[1]), layer->dtype);
    return true;
}

static void forward(const Forward *f)
{
    const int64_t batch = f->in[0].shape.dim[0], features = f->in[0].shape.dim[1], n = repeats(f->layer);
    for (int64_t i = 0; i < batch; i++)
        for (int64_t step = 0; step < n; step++)
            memcpy(f->out[0].data + (i * n + step) * features, f->in[0].data + i * features, (size_t)features * sizeof(float));
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const int64_t features = t->in[0].shape.dim[1], n = repeats(t->layer);
    const int64_t from = t->k / (n * features) * features + t->k % features;
    if (cap > 0) terms[0] = (Term){.from = from, .weight = -1, .at = -1, .child = -1, .scale = 1};
    return 1;
}

static int64_t connections(const Trace *t)
{
    return shape_size(&t->out[0].shape);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_TITLE) text_print(text, "%lld×", (long long)repeats(t->layer));
    if (topic == EXPLAIN_RULE) text_print(text, "x[%lld]", (long long)(t->k % t->in[0].shape.dim[1]));
}

const LayerKind LAYER_repeat_vector = {
    .name = "RepeatVector",
    .module = "keras.src.layers.reshaping.repeat_vector",
    .params = PARAMS,
    .n_params = 1,
    .make = make,
    .infer = infer,
    .forward = forward,
    .trace = trace,
    .connections = connections,
    .explain = explain,
    .rule = TRACE_SUM,
};
