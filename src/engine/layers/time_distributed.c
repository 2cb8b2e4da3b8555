/* TimeDistributed: one layer applied to every step. Steps and examples lie one after the other in memory, so the layer simply sees
 * them all as examples. */
#include <string.h>

#include "engine/layer_parts.h"
#include "engine/weight_table.h"

static const ParamSpec PARAMS[] = {{.name = "layer", .type = PARAM_LAYER, .required = true, .example = "Dense(4)"}};

static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL},
    {.name = "mask", .type = PARAM_TENSORS},
};

static const Layer *child_of(const Layer *layer)
{
    return layer->children[0];
}

static bool make(Maker *m)
{
    const Value *layer = maker_arg(m, "layer");
    if (layer->kind != VALUE_LAYER || layer->layer->kind->operation) {
        maker_refuse(m, "layer", "ValueError", "Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. Received: %s",
                     maker_text(m, "layer"));
        error_cause(m->err, "cause.wraps_no_layer", maker_text(m, "layer"), NULL);
        if (layer->kind == VALUE_INT && layer->integer > 0)
            error_fix(m->err, FIX_ARGUMENT, "layer", arena_print(m->builder->arena, "Dense(%s)", maker_text(m, "layer")));
        return false;
    }
    return layer_base(m) && maker_child(m, layer->layer);
}

/* Steps without their axis. */
static bool step_spec(Arena *arena, const TensorSpec *in, TensorSpec *step, Error *err)
{
    if (in->shape.rank < 3) {
        const char *shape = shape_text(arena, &in->shape);
        error_set(err, "ValueError", "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, received: %s", shape);
        error_cause(err, "cause.time_distributed", shape, NULL);
        return error_fix(err, FIX_INSERT_BEFORE, NULL, "RepeatVector(3)");
    }
    *step = (TensorSpec){shape_without(&in->shape, 1), in->dtype};
    return true;
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    TensorSpec step;
    if (value_is_nest(&call->args[0]) && n_in < 3) {
        const Value shapes = call_shapes(b->arena, call, in);
        error_set(err, "ValueError", "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, received: %s",
                  value_repr_text(b->arena, &shapes));
        return error_cause(err, "cause.list_of_one", NULL);
    }
    return step_spec(b->arena, &in[0], &step, err) && layer_build_child(b, layer->children[0], &step, 1, err);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in;
    TensorSpec step;
    Outputs inner = {.arena = out->arena, .structure = VALUE_IS_NONE};
    if (!step_spec(out->arena, &in[0], &step, err) || !layer_infer(child_of(layer), NULL, &step, 1, &inner, err)) return false;
    if (!inner.n || !inner.spec[0].shape.rank || inner.spec[0].shape.rank == SHAPE_RANK_MAX)
        return error_set(err, "IndexError", "tuple index out of range");
    outputs_add(out, shape_with(&inner.spec[0].shape, 1, in[0].shape.dim[1]), layer->dtype);
    return true;
}

/* (batch, steps, ...) as (batch·steps, ...). */
static Shape merged(const Shape *shape)
{
    Shape all = shape_without(shape, 1);
    all.dim[0] = size_multiply(shape->dim[0], shape->dim[1]);
    return all;
}

static void forward(const Forward *f)
{
    Tensor in = f->in[0], out = f->out[0];
    in.shape = merged(&in.shape);
    out.shape = merged(&out.shape);
    forward_child(f, child_of(f->layer), NULL, &in, 1, &out, 1);
}

typedef struct ChildTrace {
    TensorSpec in, out;
    Trace      trace;
} ChildTrace;

static void child_trace(const Trace *t, ChildTrace *child)
{
    child->in = (TensorSpec){merged(&t->in[0].shape), t->in[0].dtype};
    child->out = (TensorSpec){merged(&t->out[0].shape), t->out[0].dtype};
    child->trace = (Trace){.layer = child_of(t->layer), .in = &child->in, .n_in = 1, .out = &child->out, .n_out = 1, .k = t->k};
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    ChildTrace child;
    child_trace(t, &child);
    if (!child.trace.layer->kind->trace) return 0;
    const int64_t n = child.trace.layer->kind->trace(&child.trace, terms, cap);
    for (int64_t i = 0; i < n && i < cap; i++)
        if (terms[i].weight >= 0) terms[i].child = 0;
    return n;
}

static int64_t connections(const Trace *t)
{
    ChildTrace child;
    child_trace(t, &child);
    return child.trace.layer->kind->connections ? child.trace.layer->kind->connections(&child.trace) : COUNT_BY_TRACE;
}

/* "x[2, k]" for the child's "x[k]". */
static void put_at_step(Text *text, const char *rule, int64_t step)
{
    for (const char *at = rule; *at; at++) {
        text_put_char(text, *at);
        if (strncmp(at, "x[", 2) == 0) text_print(text, "[%lld, ", (long long)step), at++;
    }
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    ChildTrace child;
    const LayerKind *kind = child_of(t->layer)->kind;
    const Shape *out = &t->out[0].shape;
    Text told = {.arena = text->arena};
    child_trace(t, &child);
    if (topic == EXPLAIN_TITLE) text_put(text, child_of(t->layer)->class_name);
    if (!kind->explain) return;
    kind->explain(&child.trace, topic, &told);
    if (topic == EXPLAIN_TITLE && told.length) text_put_char(text, ' ');
    const int64_t each = shape_span_size(out, 2, out->rank);
    if (topic == EXPLAIN_RULE && each > 0 && out->dim[1] > 0) put_at_step(text, text_string(&told), t->k / each % out->dim[1]);
    else text_put(text, text_string(&told));
}

static void numbers(const Forward *f, int64_t k, Text *text)
{
    const Layer *child = child_of(f->layer);
    if (!child->kind->numbers) return;
    Tensor in = f->in[0], out = f->out[0];
    in.shape = merged(&in.shape);
    out.shape = merged(&out.shape);
    const Call call = layer_plain_call(f->scratch, child, 1);
    const Forward one = {.layer = child, .call = &call, .in = &in, .n_in = 1, .weights = f->table->weights[child->id], .out = &out, .n_out = 1,
                         .table = f->table, .scratch = f->scratch, .impossible = f->impossible};
    child->kind->numbers(&one, k, text);
}

static TraceRule rule_of(const Layer *layer)
{
    return layer_rule(child_of(layer));
}

static const Activation *activation(const Layer *layer)
{
    return layer_activation(child_of(layer));
}

const LayerKind LAYER_time_distributed = {
    .name = "TimeDistributed",
    .module = "keras.src.layers.rnn.time_distributed",
    .params = PARAMS,
    .n_params = 1,
    .call_params = CALL,
    .n_call_params = 3,
    .make = make,
    .build = build,
    .infer = infer,
    .forward = forward,
    .trace = trace,
    .connections = connections,
    .explain = explain,
    .numbers = numbers,
    .activation = activation,
    .rule_of = rule_of,
    .keeps_mask = true,
};
