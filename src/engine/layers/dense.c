/* Dense: activation(x · kernel + bias) along the last axis. */
#include <string.h>

#include "engine/activation.h"
#include "engine/layers/terms.h"
#include "engine/lora.h"
#include "engine/matmul.h"

typedef struct DenseConfig {
    const Activation *activation;
    int64_t           units;
    bool              bias;
} DenseConfig;

static const ParamSpec PARAMS[] = {
    {.name = "units", .type = PARAM_INT, .required = true, .example = "16"},
    {.name = "activation", .type = PARAM_ACTIVATION},
    {.name = "use_bias", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE},
    {.name = "kernel_initializer", .type = PARAM_INITIALIZER, .fallback = VALUE_IS_TEXT("glorot_uniform")},
    {.name = "bias_initializer", .type = PARAM_INITIALIZER, .fallback = VALUE_IS_TEXT("zeros")},
    {.name = "kernel_regularizer", .type = PARAM_REGULARIZER},
    {.name = "bias_regularizer", .type = PARAM_REGULARIZER},
    {.name = "activity_regularizer", .type = PARAM_REGULARIZER, .unsaved = true},
    {.name = "kernel_constraint", .type = PARAM_CONSTRAINT},
    {.name = "bias_constraint", .type = PARAM_CONSTRAINT},
    {.name = "lora_rank", .type = PARAM_INT, .saved_with = "lora_rank"},
    {.name = "lora_alpha", .type = PARAM_FLOAT, .saved_with = "lora_rank"},
    {.name = "quantization_config", .type = PARAM_ANY},
};

static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL},
};

static const DenseConfig *config_of(const Layer *layer)
{
    return layer->config;
}

/* What a learner meant by 2.5, "10" or (16,). */
static void propose_units(Maker *m, const Value *units)
{
    Arena *arena = m->builder->arena;
    if (units->kind == VALUE_FLOAT && units->number >= 1 && units->number < 1e9)
        error_fix(m->err, FIX_ARGUMENT, "units", arena_print(arena, "%lld", (long long)units->number));
    else if (units->kind == VALUE_INT && units->integer < 0)
        error_fix(m->err, FIX_ARGUMENT, "units", arena_print(arena, "%lld", -(long long)(units->integer + 1) + 1));
    else if (units->kind == VALUE_STRING && units->string.length && units->string.length < 10 &&
             strspn(units->string.bytes, "0123456789") == units->string.length && units->string.bytes[0] != '0')
        error_fix(m->err, FIX_ARGUMENT, "units", units->string.bytes);
    else if ((units->kind == VALUE_TUPLE || units->kind == VALUE_LIST) && units->list->n && value_is_int(&units->list->items[0]) &&
             units->list->items[0].integer > 0)
        error_fix(m->err, FIX_ARGUMENT, "units", value_str_text(arena, &units->list->items[0]));
    else if (units->kind == VALUE_OBJECT)
        error_fix(m->err, FIX_ARGUMENT, "units", value_str_text(arena, units));
    else
        error_fix(m->err, FIX_ARGUMENT, "units", "16");
}

static bool units_of(Maker *m, DenseConfig *config)
{
    const Value *units = maker_arg(m, "units");
    config->units = units->kind == VALUE_BOOL ? units->boolean : units->kind == VALUE_INT ? units->integer : 0;
    if (config->units > 0 || units->kind == VALUE_UNKNOWN) return true;
    maker_refuse(m, "units", "ValueError", "Received an invalid value for `units`, expected a positive integer. Received: units=%s",
                 maker_text(m, "units"));
    error_cause(m->err, "cause.units", maker_text(m, "units"), NULL);
    propose_units(m, units);
    return false;
}

static bool make(Maker *m)
{
    DenseConfig *config = ARENA_NEW(m->builder->arena, DenseConfig);
    m->layer->config = config;
    if (!units_of(m, config) || !layer_base(m)) return false;
    if (!maker_activation(m, "activation", &config->activation)) return false;
    if (!maker_initializer(m, "kernel_initializer") || !maker_initializer(m, "bias_initializer")) return false;
    if (!maker_regularizer(m, "kernel_regularizer") || !maker_regularizer(m, "bias_regularizer")) return false;
    if (!maker_constraint(m, "kernel_constraint") || !maker_constraint(m, "bias_constraint")) return false;
    config->bias = value_truth(maker_arg(m, "use_bias"));
    lora_read(m);
    layer_add_input_spec(m->builder, m->layer)->min_ndim = 2;
    return true;
}

enum { KERNEL_INITIALIZER = 3, BIAS_INITIALIZER = 4 };

/* [x] for x: the last of a list of shapes is a shape, and no number of features. */
static bool refuse_list(Arena *arena, const DenseConfig *config, const Shape *last, Error *err)
{
    const char *shape = shape_text(arena, last);
    error_set(err, "ValueError", "Cannot convert '(%s, %lld)' to a shape. Found invalid dimension '%s' of type '<class 'tuple'>'. ", shape,
              (long long)config->units, shape);
    return error_cause(err, "cause.list_of_one", NULL);
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    const DenseConfig *config = config_of(layer);
    if (value_is_nest(&call->args[0])) return refuse_list(b->arena, config, &in[n_in - 1].shape, err);
    const int64_t last = in[0].shape.dim[in[0].shape.rank - 1];
    if (!layer_add_weight(b, layer, "kernel", SHAPE(last, config->units), layer->args[KERNEL_INITIALIZER], true, err)) return false;
    if (config->bias && !layer_add_weight(b, layer, "bias", SHAPE(config->units), layer->args[BIAS_INITIALIZER], true, err)) return false;
    layer->input_specs[0] = (InputSpec){.ndim = -1, .min_ndim = 2, .max_ndim = -1, .n_axes = 1, .axes = {{-1, last}}};
    return lora_build(b, layer, "kernel", err);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in, (void)err;
    Shape shape = in[0].shape;
    shape.dim[shape.rank - 1] = config_of(layer)->units;
    outputs_add(out, shape, layer->dtype);
    return true;
}

static void forward(const Forward *f)
{
    const DenseConfig *config = config_of(f->layer);
    const Shape *shape = &f->in[0].shape;
    const int64_t in = shape->dim[shape->rank - 1], rows = shape_span_size(shape, 0, shape->rank - 1);
    const Activation *activation = config->activation;
    const Matmul product = {
        .rows = rows, .inner = in, .columns = config->units, .left = {.data = f->in[0].data, .step = in},
        .right = lora_kernel(f->scratch, f->layer, f->weights), .right_row_step = config->units, .right_column_step = 1,
        .bias = config->bias ? f->weights[1].data : NULL, .finish = finish_of(f, activation, f->scratch),
        .out = f->out[0].data, .out_step = config->units,
    };
    matmul(&product, f->scratch);
    if (!activation->apply) activation_apply(activation, &f->out[0]);
}

static bool leads(const Forward *f)
{
    return config_of(f->layer)->activation->apply != NULL;
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const DenseConfig *config = config_of(t->layer);
    const int64_t in = t->in[0].shape.dim[t->in[0].shape.rank - 1];
    const int64_t row = t->k / config->units, unit = t->k % config->units;
    const int64_t pairs = t->layer->lora ? size_multiply(in, t->layer->lora->rank) : 0, all = size_add(in, pairs);
    for (int64_t i = 0; i < in && i < cap; i++) terms[i] = term_product(row * in + i, 0, i * config->units + unit);
    for (int64_t i = in; i < all && i < cap; i++)
        terms[i] = lora_term(t->layer, row * in + i % in, i % in * config->units + unit, i / in - 1);
    if (config->bias && all < cap) terms[all] = term_weight(1, unit);
    return size_add(all, config->bias);
}

static int64_t connections(const Trace *t)
{
    const int64_t products = t->layer->lora ? t->layer->lora->rank + 1 : 1;
    return dim_multiply(dim_multiply(shape_size(&t->in[0].shape), config_of(t->layer)->units), products);
}

static void explain_params(const Trace *t, Text *text)
{
    const DenseConfig *config = config_of(t->layer);
    const long long in = (long long)t->in[0].shape.dim[t->in[0].shape.rank - 1], units = (long long)config->units;
    const long long all = (long long)layer_params(t->layer).all;
    if (t->layer->lora) text_print(text, "%lld", all);
    else if (config->bias) text_print(text, "%lld×%lld + %lld = %lld", in, units, units, all);
    else text_print(text, "%lld×%lld = %lld", in, units, all);
}

/* "Σ x[1,k]·W[k,2] + b[2]": the place of the row without the batch axis, and the unit. */
static void explain_rule(const Trace *t, Text *text)
{
    const DenseConfig *config = config_of(t->layer);
    const Shape *shape = &t->in[0].shape;
    const int64_t unit = t->k % config->units;
    int64_t row = t->k / config->units, at[SHAPE_RANK_MAX];
    for (int i = shape->rank - 2; i >= 0; i--) {
        at[i] = row % shape->dim[i];
        row /= shape->dim[i];
    }
    text_put(text, "Σ x[");
    for (int i = 1; i < shape->rank - 1; i++) text_print(text, "%lld,", (long long)at[i]);
    text_put(text, "k]·");
    lora_put_kernel(t->layer, text);
    text_print(text, "[k,%lld]", (long long)unit);
    if (config->bias) text_print(text, " + b[%lld]", (long long)unit);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    switch (topic) {
    case EXPLAIN_TITLE: text_print(text, "%lld", (long long)config_of(t->layer)->units); break;
    case EXPLAIN_PARAMS: explain_params(t, text); break;
    case EXPLAIN_RULE: explain_rule(t, text); break;
    case EXPLAIN_SHAPE: break;
    }
}

static const Activation *activation(const Layer *layer)
{
    return config_of(layer)->activation;
}

const LayerKind LAYER_dense = {
    .name = "Dense",
    .module = "keras.src.layers.core.dense",
    .params = PARAMS,
    .n_params = sizeof PARAMS / sizeof *PARAMS,
    .call_params = CALL,
    .n_call_params = 2,
    .make = make,
    .build = build,
    .infer = infer,
    .forward = forward,
    .fills = true,
    .leads = leads,
    .trace = trace,
    .connections = connections,
    .explain = explain,
    .activation = activation,
    .keeps_mask = true,
    .rowwise = true,
};
