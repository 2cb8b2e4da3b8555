/* RepeatVector: the same features n times, as steps. */
#include "engine/layers/moved.h"

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

static int64_t from(const Layer *layer, const Shape *in, const Shape *out, int64_t k)
{
    const int64_t features = in->dim[1];
    (void)layer;
    return k / (out->dim[1] * features) * features + k % features;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_TITLE) text_print(text, "%lld×", (long long)repeats(t->layer));
    if (topic == EXPLAIN_RULE) moved_explain_rule(t, text);
}

const LayerKind LAYER_repeat_vector = {
    .name = "RepeatVector", .module = "keras.src.layers.reshaping.repeat_vector", PARAMS_OF(PARAMS), .make = make, .infer = infer,
    .forward = moved_forward, MOVED_KIND(from),
};
