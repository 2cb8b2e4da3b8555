/* SpectralNormalization: while a layer learns, its kernel is divided by its largest singular value; at rest it gives what the layer
 * gives. Wrapper: what such layers are made from. */
#include <math.h>
#include <string.h>

#include "engine/config.h"
#include "engine/layer.h"

static const ParamSpec PARAMS[] = {
    {.name = "layer", .type = PARAM_LAYER, .required = true, .example = "Dense(4)"},
    {.name = "power_iterations", .type = PARAM_INT, .fallback = VALUE_IS_INT(1)},
};

static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

static const Layer *child_of(const Layer *layer)
{
    return layer->children[0];
}

/* ---- making ---- */

static bool make_wrapper(Maker *m)
{
    const Value *layer = maker_arg(m, "layer");
    if (layer->kind != VALUE_LAYER || layer->layer->kind->operation) {
        maker_refuse(m, "layer", "ValueError", "Layer %s supplied to Wrapper isn't a supported layer type. Please ensure wrapped layer is a "
                     "valid Keras layer.", maker_text(m, "layer"));
        return error_cause(m->err, "cause.wraps_no_layer", maker_text(m, "layer"), NULL);
    }
    return layer_base(m) && maker_child(m, layer->layer);
}

static bool make(Maker *m)
{
    const Value *iterations = maker_arg(m, "power_iterations");
    if (!make_wrapper(m)) return false;
    if (!value_is_number(iterations) || value_number(iterations) > 0) return true;
    maker_refuse(m, "power_iterations", "ValueError", "`power_iterations` should be greater than zero. Received: `power_iterations=%s`",
                 maker_text(m, "power_iterations"));
    return error_fix(m->err, FIX_ARGUMENT, "power_iterations", "1");
}

/* ---- build ---- */

static bool build_wrapper(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call;
    return layer_build_child(b, layer->children[0], in, n_in, err);
}

/* The weight that is normalised; -1 = there is none. */
static int kernel_of(const Layer *child)
{
    static const char *const names[] = {"kernel", "embeddings"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        for (int i = 0; i < child->n_weights; i++)
            if (strcmp(child->weights[i].name, names[n]) == 0) return i;
    return -1;
}

static bool add_vector(Builder *b, Layer *layer, const WeightSpec *kernel, Error *err)
{
    Value initializer;
    const Value stddev = value_float(0.02);
    const Argument argument = {.keyword = "stddev", .value = stddev, .span = SPAN_NONE};
    const ConfigKind *normal = config_find("keras.initializers", "TruncatedNormal");
    if (!normal || !config_make(b->arena, normal, &argument, 1, &initializer, err)) return false;
    const Shape shape = SHAPE(1, kernel->shape.dim[kernel->shape.rank - 1]);
    return layer_add_typed_weight(b, layer, "vector_u", shape, kernel->dtype, initializer, false, err);
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    if (!build_wrapper(b, layer, call, in, n_in, err)) return false;
    const Layer *child = child_of(layer);
    const Shape *shape = &in[0].shape;
    if (!shape->rank) return error_set(err, "IndexError", "tuple index out of range");
    InputSpec *spec = layer_add_input_spec(b, layer);
    const int64_t last = shape->dim[shape->rank - 1];
    *spec = (InputSpec){.ndim = -1, .min_ndim = 1, .max_ndim = -1, .n_axes = last != DIM_NONE, .axes = {{-1, last}}};
    const int kernel = kernel_of(child);
    if (kernel < 0)
        return error_set(err, "ValueError", "%s object has no attribute 'kernel' nor 'embeddings'", child->class_name);
    layer->adopted = child;
    layer->adopted_weight = kernel;
    return add_vector(b, layer, &child->weights[kernel], err);
}

/* ---- what the child does ---- */

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const int before = out->n;
    (void)call;
    if (!layer_infer(child_of(layer), NULL, in, n_in, out, err)) return false;
    for (int i = before; i < out->n; i++) out->spec[i].dtype = layer->dtype;
    return true;
}

static bool infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call;
    return layer_infer_numbers(child_of(layer), NULL, in, n_in, out, err);
}

static bool infer_wrapper(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)in, (void)n_in, (void)out;
    return error_set(err, "NotImplementedError", "Layer %s does not have a `call()` method implemented.", layer->class_name);
}

/* What comes out is cast to the type of the inputs: an Embedding's rows are whole numbers then. */
static void forward(const Forward *f)
{
    forward_child(f, child_of(f->layer), NULL, f->in, f->n_in, f->out, f->n_out);
    if (dtype_is_float(f->in[0].dtype)) return;
    for (int i = 0; i < f->n_out; i++)
        for (int64_t k = 0; k < shape_size(&f->out[i].shape); k++) f->out[i].data[k] = truncf(f->out[i].data[k]);
}

static Trace child_trace(const Trace *t)
{
    Trace child = *t;
    child.layer = child_of(t->layer);
    child.call = NULL;
    return child;
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const Trace child = child_trace(t);
    if (!child.layer->kind->trace) return 0;
    const int64_t n = child.layer->kind->trace(&child, terms, cap);
    for (int64_t i = 0; i < n && i < cap; i++)
        if (terms[i].weight >= 0) terms[i].child = 0;
    return n;
}

static int64_t connections(const Trace *t)
{
    const Trace child = child_trace(t);
    return child.layer->kind->connections ? child.layer->kind->connections(&child) : COUNT_BY_TRACE;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const Trace child = child_trace(t);
    if (topic == EXPLAIN_TITLE) text_print(text, "%s ", child.layer->class_name);   /* what has a kernel has a title */
    if (topic == EXPLAIN_PARAMS) {
        const int64_t inside = layer_params(child.layer).all, all = layer_params(t->layer).all;
        if (all) text_print(text, "%lld + %lld = %lld", (long long)inside, (long long)(all - inside), (long long)all);
    } else if (child.layer->kind->explain) {
        child.layer->kind->explain(&child, topic, text);
    }
}

/* Of whole inputs outputs are cut. */
static TraceRule rule_of(const Layer *layer)
{
    const bool whole = layer->n_calls && layer->calls[0]->n_in && !dtype_is_float(layer->calls[0]->in[0]->spec.dtype);
    return whole ? TRACE_DEPENDS : layer_rule(child_of(layer));
}

static const Activation *activation(const Layer *layer)
{
    return layer_activation(child_of(layer));
}

static bool computes(const Layer *layer)
{
    return layer_computes(child_of(layer));
}

const LayerKind LAYER_spectral_normalization = {
    .name = "SpectralNormalization", .module = "keras.src.layers.normalization.spectral_normalization",
    .params = PARAMS, .n_params = 2, .call_params = CALL, .n_call_params = 2,
    .make = make, .build = build, .infer = infer, .infer_numbers = infer_numbers, .forward = forward, .trace = trace,
    .connections = connections, .explain = explain,
    .activation = activation, .rule_of = rule_of, .computes = computes,
};
const LayerKind LAYER_wrapper = {
    .name = "Wrapper", .module = "keras.src.layers.core.wrapper", .params = PARAMS, .n_params = 1,
    .make = make_wrapper, .build = build_wrapper, .infer = infer_wrapper,
};
