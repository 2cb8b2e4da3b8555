#include <string.h>

#include "engine/layers/formula.h"
#include "engine/layers/heads.h"
#include "engine/layers/terms.h"

const ParamSpec HEADS_CALL_PARAMS[HEADS_CALL] = {
    {.name = "query", .type = PARAM_TENSORS, .required = true}, {.name = "value", .type = PARAM_TENSORS, .required = true},
    {.name = "key", .type = PARAM_TENSORS}, {.name = "query_mask", .type = PARAM_TENSORS}, {.name = "value_mask", .type = PARAM_TENSORS},
    {.name = "key_mask", .type = PARAM_TENSORS}, {.name = "attention_mask", .type = PARAM_TENSORS},
    {.name = "return_attention_scores", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}, {.name = "training", .type = PARAM_BOOL},
    {.name = "use_causal_mask", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

int heads_key(const Call *call)
{
    return call->tensors[HEADS_CALL_KEY].n ? call->tensors[HEADS_CALL_KEY].first : call->tensors[HEADS_CALL_VALUE].first;
}

/* ---- make ---- */

HeadsConfig *heads_config_new(Maker *m)
{
    HeadsConfig *config = ARENA_NEW(m->builder->arena, HeadsConfig);
    m->layer->config = config;
    return config;
}

int64_t heads_positive(const Value *value)
{
    if (value->kind == VALUE_BOOL) return value->boolean;
    return value->kind == VALUE_INT && value->integer > 0 ? value->integer : 0;
}

bool heads_read_window(Maker *m, HeadsConfig *config)
{
    const Value *window = maker_arg(m, "sliding_window");
    config->window = heads_positive(window);
    return window->kind == VALUE_NONE || config->window || window->kind == VALUE_UNKNOWN ||
           maker_refuse(m, "sliding_window", "ValueError", "`sliding_window` must be `None` or a positive integer. Received: sliding_window=%s",
                        maker_text(m, "sliding_window"));
}

bool heads_read_weights(Maker *m, HeadsConfig *config)
{
    config->use_bias = value_truth(maker_arg(m, "use_bias"));
    config->use_gate = value_truth(maker_arg(m, "use_gate"));
    return maker_initializer(m, "kernel_initializer") && maker_initializer(m, "bias_initializer") &&
           maker_regularizer(m, "kernel_regularizer") && maker_regularizer(m, "bias_regularizer") &&
           maker_regularizer(m, "activity_regularizer") && maker_constraint(m, "kernel_constraint") && maker_constraint(m, "bias_constraint");
}

bool heads_check_flash(Maker *m)
{
    const Value *dropout = maker_arg(m, "dropout");
    if (!value_truth(maker_arg(m, "flash_attention")) || !value_is_number(dropout) || value_number(dropout) <= 0) return true;
    return maker_refuse(m, "dropout", "ValueError",
                        "Dropout is not supported when flash attention is enabled. Please set dropout to 0.0 to use flash attention.");
}

/* ---- build ---- */

static void put_letters(Text *text, int first, int n)
{
    for (int i = first; i < first + n; i++) text_put_char(text, (char)('a' + i));
}

/* "abc,cde->abde": free axes stay, bound ones are summed over, new ones come. */
static const char *projection(Arena *arena, int free_axes, int bound, int fresh, const char **bias)
{
    Text in = {.arena = arena}, kernel = {.arena = arena}, out = {.arena = arena}, axes = {.arena = arena};
    put_letters(&in, 0, free_axes + bound);
    put_letters(&kernel, free_axes, bound + fresh);
    put_letters(&out, 0, free_axes);
    put_letters(&out, free_axes + bound, fresh);
    put_letters(&axes, free_axes + bound, fresh);
    *bias = text_string(&axes);
    return arena_print(arena, "%s,%s->%s", text_string(&in), text_string(&kernel), text_string(&out));
}

typedef struct Projection {
    const char *name, *activation;
    int         free_axes, bound;
    Shape       last;              /* the output's last axes */
} Projection;

/* Each projection makes its initializers anew from the layer's. */
static bool check_initializers(const Layer *layer, Error *err)
{
    if (layer_arg(layer, "kernel_initializer")->kind != VALUE_NONE && layer_arg(layer, "bias_initializer")->kind != VALUE_NONE) return true;
    return error_set(err, "AttributeError", "type object 'NoneType' has no attribute 'from_config'");
}

static Value word(Arena *arena, const char *text)
{
    return text ? value_string(arena, text, strlen(text)) : value_none();
}

/* (None, ..., heads, width): EinsumDense's output_shape. */
static Value projected_shape(Arena *arena, const Projection *p)
{
    Shape shape = {0};
    for (int i = 1; i < p->free_axes; i++) shape = shape_with(&shape, shape.rank, DIM_NONE);
    for (int i = 0; i < p->last.rank; i++) shape = shape_with(&shape, shape.rank, p->last.dim[i]);
    return value_shape(arena, &shape);
}

/* An EinsumDense of the layer's own, built; its place among the children, or -1. */
static int add_projection(Builder *b, Layer *layer, const Projection *p, const TensorSpec *in, Error *err)
{
    static const char *const PASSED[] = {"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
                                         "activity_regularizer", "kernel_constraint", "bias_constraint"};
    const HeadsConfig *config = layer->config;
    const char *bias;
    if (!check_initializers(layer, err)) return -1;
    const char *equation = projection(b->arena, p->free_axes, p->bound, p->last.rank, &bias);
    Argument args[16] = {
        {.keyword = "equation", .value = word(b->arena, equation)}, {.keyword = "output_shape", .value = projected_shape(b->arena, p)},
        {.keyword = "bias_axes", .value = word(b->arena, config->use_bias ? bias : NULL)},
        {.keyword = "name", .value = word(b->arena, p->name)}, {.keyword = "dtype", .value = layer->dtype_policy},
        {.keyword = "activation", .value = word(b->arena, p->activation)},
    };
    int n = 6;
    for (size_t i = 0; i < sizeof PASSED / sizeof *PASSED; i++) args[n++] = (Argument){.keyword = PASSED[i], .value = *layer_arg(layer, PASSED[i])};
    Layer *child = layer_make(b, &LAYER_einsum_dense, args, n, layer->span, err);
    if (!child || !layer_build_child(b, child, in, 1, err)) return -1;
    Maker maker = {.builder = b, .layer = layer};
    maker_child(&maker, child);
    return layer->n_children - 1;
}

static bool same_middle(const Shape *a, const Shape *b)
{
    if (a->rank != b->rank) return false;
    for (int i = 1; i < a->rank - 1; i++)
        if (a->dim[i] != b->dim[i]) return false;
    return true;
}

static bool check_lengths(const Shape *value, const Shape *key, Arena *arena, Error *err)
{
    return same_middle(value, key) ||
           error_set(err, "ValueError",
                     "All dimensions of `value` and `key`, except the last one, must be equal. Received: value_shape=%s and key_shape=%s",
                     shape_text(arena, value), shape_text(arena, key));
}

/* Softmax and Dropout live inside without weights, but take a name each. */
static void take_inner_names(Builder *b)
{
    builder_name(b, "Softmax");
    builder_name(b, "Dropout");
}

static bool heads_in_build(Builder *b, Layer *layer, const TensorSpec *query, const TensorSpec *key, const TensorSpec *value, Error *err)
{
    HeadsConfig *config = layer->config;
    const Projection q = {.name = "query", .free_axes = query->shape.rank - 1, .bound = 1, .last = SHAPE(config->heads, config->key_width)};
    const Projection k = {.name = "key", .free_axes = key->shape.rank - 1, .bound = 1, .last = SHAPE(config->key_value_heads, config->key_width)};
    const Projection g = {.name = "gate", .activation = "sigmoid", .free_axes = query->shape.rank - 1, .bound = 1,
                          .last = SHAPE(config->heads, config->value_width)};
    const Projection v = {.name = "value", .free_axes = value->shape.rank - 1, .bound = 1,
                          .last = SHAPE(config->key_value_heads, config->value_width)};
    config->gate = -1;
    return (config->query = add_projection(b, layer, &q, query, err)) >= 0 && (config->key = add_projection(b, layer, &k, key, err)) >= 0 &&
           (!config->use_gate || (config->gate = add_projection(b, layer, &g, query, err)) >= 0) &&
           (config->value = add_projection(b, layer, &v, value, err)) >= 0;
}

static void axes_build(HeadsConfig *config, int rank)
{
    if (config->n_axes == HEADS_ALL_AXES) {
        config->n_axes = 0;
        for (int i = 1; i < rank - 2; i++) config->axes[config->n_axes++] = i;
    }
    for (int i = 0; i < config->n_axes; i++)
        if (config->axes[i] < 0) config->axes[i] += rank - 1;
}

static bool back_build(Builder *b, Layer *layer, const TensorSpec *query, Error *err)
{
    HeadsConfig *config = layer->config;
    Projection back = {.name = "attention_output", .free_axes = query->shape.rank - 1, .bound = 2, .last = config->output};
    if (!back.last.rank) back.last = SHAPE(query->shape.dim[query->shape.rank - 1]);
    TensorSpec in = *query;
    in.shape.dim[in.shape.rank - 1] = config->heads;
    in.shape = shape_with(&in.shape, in.shape.rank, config->value_width);
    return (config->back = add_projection(b, layer, &back, &in, err)) >= 0;
}

/* The Dropout inside is made only now. */
static bool check_rate(const Layer *layer, Error *err)
{
    const Value *rate = layer_arg(layer, "dropout");
    if (rate->kind == VALUE_UNKNOWN || rate->kind == VALUE_OBJECT || !err) return true;
    if (value_is_number(rate) && value_number(rate) >= 0 && value_number(rate) <= 1) return true;
    if (value_is_number(rate))
        error_set(err, "ValueError", "Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate=%s",
                  value_str_text(err->arena, rate));
    else
        error_set(err, "TypeError", "'<=' not supported between instances of 'int' and '%s'", value_class_name(rate));
    error_cause(err, "cause.rate", value_str_text(err->arena, rate), NULL);
    return error_fix(err, FIX_ARGUMENT, "dropout", "0.5");
}

bool heads_build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)n_in;
    HeadsConfig *config = layer->config;
    const TensorSpec *query = &in[0], *value = &in[call->tensors[HEADS_CALL_VALUE].first], *key = &in[heads_key(call)];
    if (query->shape.rank < 2 || value->shape.rank < 2 || key->shape.rank < 2 || query->shape.rank >= SHAPE_RANK_MAX)
        return error_set(err, "IndexError", "tuple index out of range");
    if (!config->grouped && !check_lengths(&value->shape, &key->shape, b->arena, err)) return false;
    if (!heads_in_build(b, layer, query, key, value, err) || !check_rate(layer, err)) return false;
    take_inner_names(b);
    axes_build(config, value->shape.rank + 1);
    return back_build(b, layer, query, err);
}

/* ---- shapes ---- */

static bool check_width(const Shape *query, const Shape *value, Arena *arena, Error *err)
{
    const int64_t q = query->dim[query->rank - 1], v = value->dim[value->rank - 1];
    return q == v || error_set(err, "ValueError",
                               "The last dimension of `query_shape` and `value_shape` must be equal, but are %s, %s. Received: query_shape=%s, "
                               "value_shape=%s", shape_dim_text(arena, q), shape_dim_text(arena, v), shape_text(arena, query), shape_text(arena, value));
}

/* Keras infers the scores of MultiHeadAttention as if there were as many keys as queries. */
static bool infer_scores(const Layer *layer, const Call *call, const TensorSpec *in, int64_t keys, Outputs *out, Error *err)
{
    const HeadsConfig *config = layer->config;
    const Shape *query = &in[0].shape, *value = &in[call->tensors[HEADS_CALL_VALUE].first].shape, *key = &in[heads_key(call)].shape;
    if (config->grouped && !check_width(query, value, out->arena, err)) return false;
    if (!check_lengths(value, key, out->arena, err)) return false;
    Shape shape = *query;
    if (config->output.rank) {
        shape.rank--;
        for (int i = 0; i < config->output.rank; i++) shape = shape_with(&shape, shape.rank, config->output.dim[i]);
    }
    outputs_add(out, shape, layer->dtype);
    if (value_truth(&call->args[HEADS_CALL_SCORES])) outputs_add(out, SHAPE(query->dim[0], config->heads, query->dim[1], keys), layer->dtype);
    return true;
}

bool heads_infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    const HeadsConfig *config = layer->config;
    return infer_scores(layer, call, in, in[config->grouped ? heads_key(call) : 0].shape.dim[1], out, err);
}

bool heads_infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    return infer_scores(layer, call, in, in[heads_key(call)].shape.dim[1], out, err);
}

/* ---- what an output depends on ---- */

static void add_example(TermList *list, int input, const Shape *shape, int64_t b)
{
    const int64_t each = shape->dim[0] ? shape_size(shape) / shape->dim[0] : 0;
    for (int64_t i = 0; i < each; i++) terms_add(list, term_input(input, b * each + i, 1));
}

/* The query's own row, and every key and value of the example. */
int64_t heads_trace(const Trace *t, Term *terms, int64_t cap)
{
    const HeadsConfig *config = t->layer->config;
    TermList list = {.term = terms, .cap = cap};
    const Shape *query = &t->in[0].shape, *out = &t->out[t->output].shape;
    const int64_t b = out->dim[0] ? t->k / (shape_size(out) / out->dim[0]) : 0;
    const int64_t last = shape_span_size(out, query->rank - 1, out->rank), width = query->dim[query->rank - 1];
    const int value = t->call->tensors[HEADS_CALL_VALUE].first, key = heads_key(t->call);
    if (t->output == 0 && query->rank == 3 && config->n_axes == 1)
        for (int64_t i = 0; i < width; i++) terms_add(&list, term_input(0, t->k / last * width + i, 1));
    else add_example(&list, 0, query, b);
    add_example(&list, value, &t->in[value].shape, b);
    if (key != value) add_example(&list, key, &t->in[key].shape, b);
    return list.n;
}

/* "Σ (softmax(q·kᵗ/√8)·v)[h, i]·Wₒ[h, i, 2] + bₒ[2]" */
static void explain_rule(const Trace *t, Text *text)
{
    const HeadsConfig *config = t->layer->config;
    const char *scores = arena_print(text->arena, "softmax(q·kᵗ/√%lld)", (long long)config->key_width);
    if (t->output) {
        text_put(text, scores);
        return;
    }
    const Shape *out = &t->out[0].shape, last = shape_slice(out, t->in[0].shape.rank - 1, out->rank), batched = shape_with(&last, 0, 1);
    Text place = {.arena = text->arena};
    formula_element(&place, "", &batched, t->k % shape_size(&last));
    text_print(text, config->gate >= 0 ? "Σ (σ(g)·%s·v)[h, i]·Wₒ[h, i, " : "Σ (%s·v)[h, i]·Wₒ[h, i, ", scores);
    text_put(text, text_string(&place) + 1);
    if (config->use_bias) text_print(text, " + bₒ%s", text_string(&place));
}

void heads_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const HeadsConfig *config = t->layer->config;
    switch (topic) {
    case EXPLAIN_TITLE: text_print(text, "%lld×%lld", (long long)config->heads, (long long)config->key_width); break;
    case EXPLAIN_PARAMS:
        for (int i = 0; i < t->layer->n_children; i++)
            text_print(text, i ? " + %lld" : "%lld", (long long)layer_params(t->layer->children[i]).all);
        if (t->layer->n_children) text_print(text, " = %lld", (long long)layer_params(t->layer).all);
        break;
    case EXPLAIN_RULE: explain_rule(t, text); break;
    case EXPLAIN_SHAPE: break;
    }
}
