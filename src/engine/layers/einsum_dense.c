/* EinsumDense: activation(einsum(equation, x, kernel) + bias). */
#include <string.h>

#include "engine/activation.h"
#include "engine/config.h"
#include "engine/layers/einsum_equation.h"
#include "engine/layers/layers.h"
#include "engine/layers/formula.h"
#include "engine/layers/terms.h"
#include "engine/lora.h"
#include "engine/operations/operand.h"

typedef struct EinsumDenseConfig {
    const Activation *activation;
    EinsumEquation    equation;
} EinsumDenseConfig;

static const ParamSpec PARAMS[] = {
    {.name = "equation", .type = PARAM_STRING, .required = true, .example = "'...x,xy->...y'"},
    {.name = "output_shape", .type = PARAM_SHAPE, .required = true, .example = "16"},
    {.name = "activation", .type = PARAM_ACTIVATION},
    {.name = "bias_axes", .type = PARAM_STRING},
    {.name = "kernel_initializer", .type = PARAM_INITIALIZER, .fallback = VALUE_IS_TEXT("glorot_uniform")},
    {.name = "bias_initializer", .type = PARAM_INITIALIZER, .fallback = VALUE_IS_TEXT("zeros")},
    {.name = "kernel_regularizer", .type = PARAM_REGULARIZER},
    {.name = "bias_regularizer", .type = PARAM_REGULARIZER},
    {.name = "kernel_constraint", .type = PARAM_CONSTRAINT},
    {.name = "bias_constraint", .type = PARAM_CONSTRAINT},
    {.name = "lora_rank", .type = PARAM_INT, .saved_with = "lora_rank"},
    {.name = "lora_alpha", .type = PARAM_FLOAT, .saved_with = "lora_rank"},
    {.name = "gptq_unpacked_column_size", .type = PARAM_INT, .saved_with = "gptq_unpacked_column_size"},
    {.name = "quantization_config", .type = PARAM_ANY},
};

static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL},
};

/* ---- make ---- */

static bool partial_make(Maker *m, Shape *partial)
{
    const Value *given = maker_arg(m, "output_shape");
    *partial = (Shape){0};
    if (value_is_int(given)) {
        *partial = SHAPE(given->integer);
        return true;
    }
    if (given->kind != VALUE_LIST && given->kind != VALUE_TUPLE)
        return given->kind == VALUE_UNKNOWN ||
               maker_refuse_items(m, "output_shape");
    for (size_t i = 0; i < given->list->n && partial->rank < SHAPE_RANK_MAX - 1; i++) {
        const Value *dim = &given->list->items[i];
        partial->dim[partial->rank++] = value_is_int(dim) ? dim->integer : DIM_NONE;
    }
    return true;
}

static const char *string_of(const Maker *m, const char *param)
{
    const Value *value = maker_arg(m, param);
    return value->kind == VALUE_STRING ? value->string.bytes : NULL;
}

static bool make(Maker *m)
{
    if (!layer_base(m)) return false;
    EinsumDenseConfig *config = ARENA_NEW(m->builder->arena, EinsumDenseConfig);
    m->layer->config = config;
    config->equation.text = string_of(m, "equation");
    if (!config->equation.text) config->equation.text = "";
    config->equation.bias_axes = string_of(m, "bias_axes");
    lora_read(m);
    if (!partial_make(m, &config->equation.partial)) return false;
    maker_set(m, "output_shape", value_shape(m->builder->arena, &config->equation.partial));
    return maker_activation(m, "activation", &config->activation) && maker_initializer(m, "kernel_initializer") &&
           maker_initializer(m, "bias_initializer") && maker_regularizer(m, "kernel_regularizer") &&
           maker_regularizer(m, "bias_regularizer") && maker_constraint(m, "kernel_constraint") && maker_constraint(m, "bias_constraint");
}

/* ---- build and shapes ---- */

/* Fans are counted along the axes that the equation names. */
static Value kernel_initializer(Builder *b, const Layer *layer, const EinsumShapes *a)
{
    Value value = layer->args[4];
    if (value.kind != VALUE_CONFIG || !dict_find(&value.config->arguments, "input_axes")) return value;
    if (config_argument(&value, "input_axes")->kind != VALUE_NONE && config_argument(&value, "output_axes")->kind != VALUE_NONE) return value;
    ValueConfig *copy = ARENA_NEW(b->arena, ValueConfig);
    *copy = *value.config;
    copy->arguments = *value_dict(b->arena).dict;
    for (size_t i = 0; i < value.config->arguments.keys.n; i++)
        dict_set(b->arena, &copy->arguments, value.config->arguments.keys.items[i], value.config->arguments.values.items[i]);
    dict_set(b->arena, &copy->arguments, value_string(b->arena, "input_axes", 10), value_ints(b->arena, VALUE_LIST, a->input_axes, a->n_input_axes));
    dict_set(b->arena, &copy->arguments, value_string(b->arena, "output_axes", 11),
             value_ints(b->arena, VALUE_LIST, a->output_axes, a->n_output_axes));
    value.config = copy;
    return value;
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    const EinsumDenseConfig *config = layer->config;
    EinsumShapes a;
    if (!einsum_equation_shapes(&config->equation, &in->shape, b->arena, &a, err)) return false;
    layer_add_input_spec(b, layer)->ndim = in->shape.rank;
    return layer_add_weight(b, layer, "kernel", a.kernel, kernel_initializer(b, layer, &a), true, err) &&
           (!config->equation.bias_axes || layer_add_weight(b, layer, "bias", a.bias, layer->args[5], true, err)) &&
           lora_build_scaled(b, layer, "kernel", err);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in;
    const EinsumDenseConfig *config = layer->config;
    EinsumShapes a;
    if (!einsum_equation_shapes(&config->equation, &in->shape, out->arena, &a, err)) return false;
    outputs_add(out, a.out, layer->dtype);
    return true;
}

/* ---- shapes of the numbers ---- */

static bool infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const EinsumDenseConfig *config = layer->config;
    Shape shape;
    if (!layer->n_weights || !einsum_equation_product(&config->equation, &in->shape, &layer->weights[0].shape, &shape))
        return infer(layer, call, in, n_in, out, err);
    outputs_add(out, shape, layer->dtype);
    return true;
}

/* ---- numbers ---- */

static bool axes_of(const EinsumDenseConfig *config, const Shape *in, const Shape *kernel, const Shape *out, EinsumAxes *axes)
{
    EinsumLetters letters;
    if (!einsum_equation_letters(&config->equation, in, &letters)) return false;
    const Einsum sum = {letters.in, letters.kernel, letters.out};
    return einsum_axes(&sum, in, kernel, out, axes);
}

/* Keras on TensorFlow takes a bias of one axis longer than 1 for a vector of channels, and looks for channels in the last axis and
 * then in axis 1: where heads of width 1 are as many as steps, the bias goes along the steps. */
static int channels_axis(const Shape *bias, const Shape *out)
{
    int64_t length = 0;
    for (int i = 0; i < bias->rank; i++) {
        if (bias->dim[i] > 1 && length) return -1;
        if (bias->dim[i] > 1) length = bias->dim[i];
    }
    if (!length || out->rank < 2) return -1;
    return out->dim[out->rank - 1] == length ? out->rank - 1 : out->dim[1] == length ? 1 : -1;
}

static bool bias_fits(const Shape *bias, const Shape *out)
{
    Shape spread;
    return channels_axis(bias, out) >= 0 || (shapes_broadcast(out, bias, &spread, NULL) && shape_equal(&spread, out));
}

/* The bias's place for output k. */
static int64_t bias_at(const Shape *bias, const Shape *out, int64_t k)
{
    int64_t at[SHAPE_RANK_MAX];
    const int channels = channels_axis(bias, out);
    place_of(out, k, at);
    return channels >= 0 ? at[channels] : broadcast_index(bias, out, at);
}

static bool multiply(const Forward *f)
{
    const EinsumDenseConfig *config = f->layer->config;
    EinsumLetters letters;
    if (!einsum_equation_letters(&config->equation, &f->in[0].shape, &letters)) return false;
    const Einsum sum = {letters.in, letters.kernel, letters.out};
    Tensor kernel = f->weights[0];
    kernel.data = (float *)lora_kernel(f->scratch, f->layer, f->weights);
    return einsum(&sum, &f->in[0], &kernel, f->out);
}

static void forward(const Forward *f)
{
    const EinsumDenseConfig *config = f->layer->config;
    Shape product;
    if ((f->layer->lora && f->layer->lora->unscaled) || !einsum_equation_product(&config->equation, &f->in[0].shape, &f->weights[0].shape, &product) || !shape_equal(&product, &f->out->shape) ||
        (config->equation.bias_axes && !bias_fits(&f->weights[1].shape, &product)) || !multiply(f)) {
        *f->impossible = true;
        return;
    }
    const int64_t n = shape_size(&f->out->shape);
    if (config->equation.bias_axes)
        for (int64_t k = 0; k < n; k++) f->out->data[k] += f->weights[1].data[bias_at(&f->weights[1].shape, &f->out->shape, k)];
    activation_apply(config->activation, f->out);
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const EinsumDenseConfig *config = t->layer->config;
    TermList list = {.term = terms, .cap = cap};
    EinsumAxes axes;
    if (!axes_of(config, &t->in[0].shape, &t->layer->weights[0].shape, &t->out[0].shape, &axes)) return 0;
    EinsumTerm some[64];
    const int64_t n = einsum_terms(&axes, t->k, 0, some, 0);
    const int64_t rank = t->layer->lora ? t->layer->lora->rank : 0;
    for (int64_t i = 0; i < n && terms_have_room(&list); i += 64) {
        einsum_terms(&axes, t->k, i, some, 64);
        for (int64_t j = 0; j < 64 && i + j < n; j++) {
            terms_add(&list, term_product(some[j].x, 0, some[j].y));
            for (int64_t r = 0; r < rank && terms_have_room(&list); r++) terms_add(&list, lora_term(t->layer, some[j].x, some[j].y, r));
        }
    }
    list.n = size_multiply(n, rank + 1);
    if (config->equation.bias_axes) terms_add(&list, term_weight(1, bias_at(&t->layer->weights[1].shape, &t->out[0].shape, t->k)));
    return list.n;
}

/* "W[c, d, 1]": a letter that the output has is a number. */
static void put_operand(Text *text, const char *name, const char *letters, const char *out, const int64_t *at)
{
    text_put(text, name);
    for (int i = 0; letters[i]; i++) {
        const char *known = strchr(out, letters[i]);
        text_put(text, i ? ", " : "[");
        if (known) text_print(text, "%lld", (long long)at[known - out]);
        else text_put_char(text, letters[i]);
    }
    if (*letters) text_put_char(text, ']');
}

static bool is_summed(const EinsumLetters *letters)
{
    return strspn(letters->in, letters->out) < strlen(letters->in) || strspn(letters->kernel, letters->out) < strlen(letters->kernel);
}

/* "Σ x[1, c, d]·W[c, d, 1] + b[1]" */
static void explain_rule(const Trace *t, Text *text)
{
    const EinsumDenseConfig *config = t->layer->config;
    const Shape *out = &t->out[0].shape;
    EinsumLetters letters;
    int64_t at[SHAPE_RANK_MAX], k = t->k;
    if (!t->layer->n_weights || !einsum_equation_letters(&config->equation, &t->in[0].shape, &letters)) return;
    for (int axis = out->rank - 1; axis >= 0; k /= out->dim[axis] > 0 ? out->dim[axis] : 1, axis--) at[axis] = out->dim[axis] > 0 ? k % out->dim[axis] : 0;
    if (is_summed(&letters)) text_put(text, "Σ ");
    put_operand(text, "x", letters.in + (*letters.in ? 1 : 0), letters.out, at);
    text_put(text, "·");
    lora_put_kernel(t->layer, text);
    put_operand(text, "", letters.kernel, letters.out, at);
    if (!config->equation.bias_axes) return;
    const Shape bias = shape_with(&t->layer->weights[1].shape, 0, 1);
    text_put(text, " + ");
    formula_element(text, "b", &bias, bias_at(&t->layer->weights[1].shape, out, t->k));
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const EinsumDenseConfig *config = t->layer->config;
    switch (topic) {
    case EXPLAIN_TITLE: text_put(text, config->equation.text); break;
    case EXPLAIN_PARAMS: formula_weights(text, t->layer); break;
    case EXPLAIN_RULE: explain_rule(t, text); break;
    case EXPLAIN_SHAPE: break;
    }
}

static const Activation *activation(const Layer *layer)
{
    const EinsumDenseConfig *config = layer->config;
    return config->activation;
}

const LayerKind LAYER_einsum_dense = {
    .name = "EinsumDense", .module = "keras.src.layers.core.einsum_dense", .params = PARAMS,
    .n_params = (int)(sizeof PARAMS / sizeof *PARAMS), .call_params = CALL, .n_call_params = 2, .make = make, .build = build,
    .infer = infer, .infer_numbers = infer_numbers, .forward = forward, .trace = trace, .explain = explain, .activation = activation,
};
