/* EinsumDense: activation(einsum(equation, x, kernel) + bias). */
#include <ctype.h>
#include <string.h>

#include "engine/activation.h"
#include "engine/config.h"
#include "engine/einsum.h"
#include "engine/layers/layers.h"
#include "engine/layers/terms.h"
#include "engine/lora.h"

enum { LETTERS_MAX = SHAPE_RANK_MAX + 1 };

typedef enum Elided { ELIDED_NONE, ELIDED_LEFT, ELIDED_RIGHT } Elided;   /* where the ellipsis stands */

/* "...x,xy->...y" in its parts. */
typedef struct Equation {
    char   in[LETTERS_MAX], weight[LETTERS_MAX], out[LETTERS_MAX];
    Elided elided;
} Equation;

typedef struct EinsumDenseConfig {
    const Activation *activation;
    const char       *equation, *bias_axes;   /* bias_axes NULL = no bias */
    Shape             partial;                /* output_shape as given: without the batch axis */
} EinsumDenseConfig;

/* What follows from an equation and an input shape. */
typedef struct Analysis {
    Equation equation;
    Shape    kernel, bias, out;
    int64_t  input_axes[SHAPE_RANK_MAX], output_axes[SHAPE_RANK_MAX];   /* of the kernel */
    int      n_input_axes, n_output_axes;
} Analysis;

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
               maker_refuse(m, "output_shape", "TypeError", "'%s' object is not iterable", value_type(given));
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
    config->equation = string_of(m, "equation");
    if (!config->equation) config->equation = "";
    config->bias_axes = string_of(m, "bias_axes");
    lora_read(m);
    if (!partial_make(m, &config->partial)) return false;
    maker_set(m, "output_shape", value_shape(m->builder->arena, &config->partial));
    return maker_activation(m, "activation", &config->activation) && maker_initializer(m, "kernel_initializer") &&
           maker_initializer(m, "bias_initializer") && maker_regularizer(m, "kernel_regularizer") &&
           maker_regularizer(m, "bias_regularizer") && maker_constraint(m, "kernel_constraint") && maker_constraint(m, "bias_constraint");
}

/* ---- the equation ---- */

/* Reads letters; NULL when there are fewer than `least` or too many. */
static const char *take_letters(const char *at, char *to, int least)
{
    int n = 0;
    while (isalpha((unsigned char)*at) && n < LETTERS_MAX - 1) to[n++] = *at++;
    to[n] = 0;
    return n >= least && !isalpha((unsigned char)*at) ? at : NULL;
}

static const char *take_word(const char *at, const char *word)
{
    size_t n = strlen(word);
    return at && strncmp(at, word, n) == 0 ? at + n : NULL;
}

/* One of "X,Y->Z", "...X,Y->...Z", "X...,Y->Z..."; what follows is not looked at, as in Keras. */
static bool take_form(const char *text, Elided elided, Equation *e)
{
    const char *dots = "...", *at = text;
    if (elided == ELIDED_LEFT) at = take_word(at, dots);
    at = at ? take_letters(at, e->in, elided == ELIDED_RIGHT ? 2 : 1) : NULL;
    if (elided == ELIDED_RIGHT) at = take_word(at, dots);
    at = take_word(at, ",");
    at = at ? take_letters(at, e->weight, 1) : NULL;
    at = take_word(at, "->");
    if (elided == ELIDED_LEFT) at = take_word(at, dots);
    at = at ? take_letters(at, e->out, 1) : NULL;
    if (elided == ELIDED_RIGHT) at = take_word(at, dots);
    e->elided = elided;
    return at != NULL;
}

static bool equation_read(const char *text, Equation *e, Error *err)
{
    if (take_form(text, ELIDED_NONE, e) || take_form(text, ELIDED_LEFT, e) || take_form(text, ELIDED_RIGHT, e)) return true;
    return error_set(err, "ValueError",
                     "Invalid einsum equation '%s'. Equations must be in the form [X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....",
                     text);
}

static void insert_dim(Shape *shape, int at, int64_t dim)
{
    if (shape->rank < SHAPE_RANK_MAX) *shape = shape_with(shape, at, dim);
}

static int place_of(const char *letters, char letter)
{
    const char *at = strchr(letters, letter);
    return at ? (int)(at - letters) : -1;
}

static const char *dim_text(Arena *arena, int64_t dim)
{
    return dim == DIM_NONE ? "None" : arena_print(arena, "%lld", (long long)dim);
}

/* (batch, elided axes, partial) or (batch, partial, elided axes). */
static Shape full_output(const EinsumDenseConfig *config, const Analysis *a, const Shape *in, int elided)
{
    Shape out = config->partial;
    insert_dim(&out, 0, in->rank ? in->dim[0] : DIM_NONE);
    for (int i = 1; a->equation.elided == ELIDED_LEFT && i < elided; i++) insert_dim(&out, 1, in->dim[i]);
    for (int i = in->rank - elided; a->equation.elided != ELIDED_LEFT && elided > 0 && i < in->rank; i++) insert_dim(&out, out.rank, in->dim[i]);
    return out;
}

/* input_shape[...] and output_shape[...] of the letter at `place`; false where Python's index is out of range. */
static bool letter_dim(const Shape *shape, int place, int64_t *dim)
{
    if (place < 0 || place >= shape->rank) return false;
    *dim = shape->dim[place];
    return true;
}

static bool shared_axes_agree(const Analysis *a, const Shape *in, int shift, Arena *arena, Error *err)
{
    for (const char *c = a->equation.in; *c; c++) {
        int64_t given, wanted;
        const int at = place_of(a->equation.out, *c);
        if (!letter_dim(in, (int)(c - a->equation.in) + shift, &given)) return error_set(err, "IndexError", "tuple index out of range");
        if (at < 0) continue;
        if (!letter_dim(&a->out, at + shift, &wanted)) return error_set(err, "IndexError", "list index out of range");
        if (wanted != DIM_NONE && wanted != given)
            return error_set(err, "ValueError",
                             "Input shape and output shape do not match at shared dimension '%c'. Input shape is %s, and output shape is %s.",
                             *c, dim_text(arena, given), dim_text(arena, wanted));
    }
    return true;
}

static bool output_letters_known(const Equation *e, Error *err)
{
    for (const char *c = e->out; *c; c++)
        if (!strchr(e->in, *c) && !strchr(e->weight, *c))
            return error_set(err, "ValueError",
                             "Dimension '%c' was specified in the output '%s' but has no corresponding dim in the input spec '%s' or weight "
                             "spec '%s'", *c, e->out, e->in, e->out);
    return true;
}

static bool kernel_find(Analysis *a, const Shape *in, int shift, Error *err)
{
    const Equation *e = &a->equation;
    for (const char *c = e->weight; *c; c++) {
        const int at = place_of(e->out, *c), from = place_of(e->in, *c), i = a->kernel.rank;
        if (at < 0 && from < 0)
            return error_set(err, "ValueError",
                             "Weight dimension '%c' did not have a match in either the input spec '%s' or the output spec '%s'. For this "
                             "layer, the weight must be fully specified.", *c, e->in, e->out);
        if (!letter_dim(at >= 0 ? &a->out : in, (at >= 0 ? at : from) + shift, &a->kernel.dim[a->kernel.rank++]))
            return error_set(err, "IndexError", "list index out of range");
        if (at >= 0) a->output_axes[a->n_output_axes++] = i;
        else a->input_axes[a->n_input_axes++] = i;
    }
    return true;
}

/* From the first letter of bias_axes to the end of the output; 1 where a letter is not named. */
static bool bias_find(Analysis *a, const char *axes, int shift, int elided, Error *err)
{
    const char *out = a->equation.out;
    int first = (int)strlen(out);
    int64_t unused;
    for (int i = 0; out[i]; i++)
        if (!letter_dim(&a->out, i + shift, &unused)) return error_set(err, "IndexError", "list index out of range");
    if (!*axes) return error_set(err, "ValueError", "min() arg is an empty sequence");
    for (const char *c = axes; *c; c++) {
        const int at = place_of(out, *c);
        if (at < 0)
            return error_set(err, "ValueError", "Bias dimension '%c' was requested, but is not part of the output spec '%s'", *c, out);
        if (at < first) first = at;
    }
    for (int i = first; out[i] && a->bias.rank < SHAPE_RANK_MAX; i++) {
        int64_t dim = 1;
        if (strchr(axes, out[i]) && !letter_dim(&a->out, i + shift, &dim)) return error_set(err, "IndexError", "list index out of range");
        a->bias.dim[a->bias.rank++] = dim;
    }
    for (int i = 0; a->equation.elided != ELIDED_LEFT && i < elided; i++) insert_dim(&a->bias, a->bias.rank, 1);
    return true;
}

static bool analyse(const EinsumDenseConfig *config, const Shape *in, Arena *arena, Analysis *a, Error *err)
{
    *a = (Analysis){0};
    if (!equation_read(config->equation, &a->equation, err)) return false;
    const int elided = in->rank - (int)strlen(a->equation.in), shift = a->equation.elided == ELIDED_LEFT && elided > 0 ? elided : 0;
    a->out = full_output(config, a, in, elided);
    return shared_axes_agree(a, in, shift, arena, err) && output_letters_known(&a->equation, err) && kernel_find(a, in, shift, err) &&
           (!config->bias_axes || bias_find(a, config->bias_axes, shift, elided, err));
}

/* ---- build and shapes ---- */

/* Fans are counted along the axes that the equation names. */
static Value kernel_initializer(Builder *b, const Layer *layer, const Analysis *a)
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
    Analysis a;
    if (!analyse(config, &in->shape, b->arena, &a, err)) return false;
    layer_add_input_spec(b, layer)->ndim = in->shape.rank;
    return layer_add_weight(b, layer, "kernel", a.kernel, kernel_initializer(b, layer, &a), true, err) &&
           (!config->bias_axes || layer_add_weight(b, layer, "bias", a.bias, layer->args[5], true, err)) &&
           lora_build(b, layer, "kernel", err);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in;
    Analysis a;
    if (!analyse(layer->config, &in->shape, out->arena, &a, err)) return false;
    outputs_add(out, a.out, layer->dtype);
    return true;
}

/* An axis left open in output_shape is as long as the input's of the same letter, once numbers flow. */
static void fill_unknown(Analysis *a, const Shape *in)
{
    const int elided = in->rank - (int)strlen(a->equation.in), shift = a->equation.elided == ELIDED_LEFT && elided > 0 ? elided : 0;
    for (const char *c = a->equation.out; *c; c++) {
        const int at = (int)(c - a->equation.out) + shift, from = place_of(a->equation.in, *c);
        if (at < a->out.rank && a->out.dim[at] == DIM_NONE && from >= 0) letter_dim(in, from + shift, &a->out.dim[at]);
    }
}

static bool infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in;
    Analysis a;
    if (!analyse(layer->config, &in->shape, out->arena, &a, err)) return false;
    fill_unknown(&a, &in->shape);
    outputs_add(out, a.out, layer->dtype);
    return true;
}

/* ---- numbers ---- */

/* Letters for every axis: the elided ones get letters that the equation does not use. */
typedef struct Letters {
    char in[EINSUM_AXES + 1], out[EINSUM_AXES + 1];
} Letters;

static void fill_elided(const Equation *e, char *to, const char *letters, int elided)
{
    char spare[EINSUM_AXES + 1];
    int n = 0;
    for (char c = 'a'; c <= 'z' && n < elided; c++)
        if (!strchr(e->in, c) && !strchr(e->weight, c) && !strchr(e->out, c)) spare[n++] = c;
    spare[n] = 0;
    strcpy(to, e->elided == ELIDED_RIGHT ? letters : spare);
    strcat(to, e->elided == ELIDED_RIGHT ? spare : letters);
}

static bool letters_of(const EinsumDenseConfig *config, const Shape *in, Equation *e, Letters *letters)
{
    if (!equation_read(config->equation, e, NULL)) return false;
    const int elided = e->elided == ELIDED_NONE ? 0 : in->rank - (int)strlen(e->in);
    if (elided < 0) return false;
    fill_elided(e, letters->in, e->in, elided);
    fill_elided(e, letters->out, e->out, elided);
    return true;
}

static bool axes_of(const EinsumDenseConfig *config, const Shape *in, const Shape *kernel, const Shape *out, EinsumAxes *axes)
{
    Equation e;
    Letters letters;
    if (!letters_of(config, in, &e, &letters)) return false;
    const Einsum sum = {letters.in, e.weight, letters.out};
    return einsum_axes(&sum, in, kernel, out, axes);
}

/* Keras on TensorFlow takes a bias of one axis longer than 1 for a vector of channels, and looks for channels in the last axis and
 * then in axis 1: where heads of width 1 are as many as steps, the bias goes along the steps. */
static bool bias_along_axis_1(const Shape *bias, const Shape *out)
{
    int64_t length = 0;
    for (int i = 0; i < bias->rank; i++) {
        if (bias->dim[i] > 1 && length) return false;
        if (bias->dim[i] > 1) length = bias->dim[i];
    }
    return length && out->rank > 1 && out->dim[out->rank - 1] != length && out->dim[1] == length;
}

/* The bias's place for output k: its axes are the last ones of the output. */
static int64_t bias_at(const Shape *bias, const Shape *out, int64_t k)
{
    if (bias_along_axis_1(bias, out)) return k / shape_span_size(out, 2, out->rank) % out->dim[1];
    int64_t at = 0, step = 1;
    for (int i = 1; i <= bias->rank && i <= out->rank; i++) {
        const int64_t dim = out->dim[out->rank - i], of = bias->dim[bias->rank - i];
        if (of > 1) at += k % dim * step;
        step *= of;
        k /= dim ? dim : 1;
    }
    return at;
}

static bool multiply(const Forward *f)
{
    Equation e;
    Letters letters;
    if (!letters_of(f->layer->config, &f->in[0].shape, &e, &letters)) return false;
    const Einsum sum = {letters.in, e.weight, letters.out};
    Tensor kernel = f->weights[0];
    kernel.data = (float *)lora_kernel(f->scratch, f->layer, f->weights);
    return einsum(&sum, &f->in[0], &kernel, f->out);
}

static void forward(const Forward *f)
{
    const EinsumDenseConfig *config = f->layer->config;
    if (!multiply(f)) {
        *f->impossible = true;
        return;
    }
    const int64_t n = shape_size(&f->out->shape);
    if (config->bias_axes)
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
    for (int64_t i = 0; i < n && terms_have_room(&list); i += 64) {
        einsum_terms(&axes, t->k, i, some, 64);
        for (int64_t j = 0; j < 64 && i + j < n; j++) terms_add(&list, term_product(some[j].x, 0, some[j].y));
    }
    list.n = n;
    if (config->bias_axes) terms_add(&list, term_weight(1, bias_at(&t->layer->weights[1].shape, &t->out[0].shape, t->k)));
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const EinsumDenseConfig *config = t->layer->config;
    const int64_t kernel = t->layer->n_weights ? shape_size(&t->layer->weights[0].shape) : 0;
    switch (topic) {
    case EXPLAIN_TITLE: text_put(text, config->equation); break;
    case EXPLAIN_PARAMS:
        if (t->layer->n_weights == 1) text_print(text, "%lld", (long long)kernel);
        else if (t->layer->n_weights == 2)
            text_print(text, "%lld + %lld = %lld", (long long)kernel, (long long)shape_size(&t->layer->weights[1].shape),
                       (long long)layer_params(t->layer).all);
        break;
    case EXPLAIN_RULE: text_print(text, config->bias_axes ? "Σ x·W (%s) + b" : "Σ x·W (%s)", config->equation); break;
    case EXPLAIN_SHAPE: break;
    }
}

/* With LoRA a kernel's number is a sum itself. */
static TraceRule rule_of(const Layer *layer)
{
    return layer->lora ? TRACE_DEPENDS : TRACE_SUM;
}

static const Activation *activation(const Layer *layer)
{
    const EinsumDenseConfig *config = layer->config;
    return config->activation;
}

const LayerKind LAYER_einsum_dense = {
    .name = "EinsumDense", .module = "keras.src.layers.core.einsum_dense", .params = PARAMS,
    .n_params = (int)(sizeof PARAMS / sizeof *PARAMS), .call_params = CALL, .n_call_params = 2, .make = make, .build = build,
    .infer = infer, .infer_numbers = infer_numbers, .forward = forward, .trace = trace, .explain = explain, .activation = activation, .rule_of = rule_of,
};
