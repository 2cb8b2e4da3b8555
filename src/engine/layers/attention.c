/* Attention, AdditiveAttention: softmax(scores(query, key))·value over (batch, queries, ...), (batch, values, ...). */
#include <math.h>
#include <string.h>

#include "engine/layers/layers.h"
#include "engine/layers/terms.h"

typedef enum ScoreMode { SCORE_DOT, SCORE_CONCAT, SCORE_ADDITIVE } ScoreMode;

typedef struct AttentionConfig {
    bool      use_scale;
    ScoreMode mode;
} AttentionConfig;

static const char *const SCORE_MODES[] = {"dot", "concat", NULL};

static const ParamSpec DOT_PARAMS[] = {
    {.name = "use_scale", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "score_mode", .type = PARAM_CHOICE, .fallback = VALUE_IS_TEXT("dot"), .choices = SCORE_MODES},
    {.name = "dropout", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "seed", .type = PARAM_SEED},
};

static const ParamSpec ADDITIVE_PARAMS[] = {
    {.name = "use_scale", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE},
    {.name = "dropout", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "seed", .type = PARAM_SEED, .keyword_only = true},
    {.name = "score_mode", .type = PARAM_CHOICE, .fallback = VALUE_IS_TEXT("dot"), .keyword_only = true, .choices = SCORE_MODES, .unsaved = true},
};

enum { CALL_INPUTS_ARG, CALL_MASK, CALL_TRAINING, CALL_SCORES, CALL_CAUSAL, CALL_ARGS };

static const ParamSpec CALL[CALL_ARGS] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "mask", .type = PARAM_TENSORS},
    {.name = "training", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "return_attention_scores", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "use_causal_mask", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

/* ---- make ---- */

static bool check_dropout(Maker *m)
{
    const Value *rate = maker_arg(m, "dropout");
    return value_is_number(rate) || rate->kind == VALUE_UNKNOWN ||
           maker_refuse(m, "dropout", "TypeError", "'>' not supported between instances of '%s' and 'int'", value_type(rate));
}

static bool check_mode(Maker *m)
{
    const Value *mode = maker_arg(m, "score_mode");
    if (mode->kind == VALUE_UNKNOWN || value_is_text(mode, "dot") || value_is_text(mode, "concat")) return true;
    maker_refuse(m, "score_mode", "ValueError", "Invalid value for argument score_mode. Expected one of {'dot', 'concat'}. Received: score_mode=%s",
                 maker_text(m, "score_mode"));
    return error_fix(m->err, FIX_ARGUMENT, "score_mode", "'dot'");
}

static bool attention_make(Maker *m, ScoreMode mode)
{
    AttentionConfig *config = ARENA_NEW(m->builder->arena, AttentionConfig);
    *config = (AttentionConfig){.use_scale = value_truth(maker_arg(m, "use_scale")), .mode = mode};
    m->layer->config = config;
    return layer_base(m) && check_dropout(m) && check_mode(m);
}

static bool dot_make(Maker *m)
{
    return attention_make(m, value_is_text(maker_arg(m, "score_mode"), "concat") ? SCORE_CONCAT : SCORE_DOT);
}

static bool additive_make(Maker *m)
{
    return attention_make(m, SCORE_ADDITIVE);
}

/* ---- build and shapes ---- */

static bool check_inputs(const Layer *layer, const Call *call, const TensorSpec *in, Arena *arena, Error *err)
{
    const Value *inputs = &call->args[CALL_INPUTS_ARG];
    if (inputs->kind != VALUE_LIST) {
        const Value shapes = call_shapes(arena, call, in);
        error_set(err, "ValueError",
                  "%s layer must be called on a list of inputs, namely [query, value] or [query, value, key]. Received: inputs=%s.",
                  layer->class_name, value_str_text(arena, &shapes));
        return error_cause(err, "cause.attention_list", NULL);
    }
    const int n = call->tensors[CALL_INPUTS_ARG].n;
    return (n >= 2 && n <= 3) ||
           error_set(err, "ValueError",
                     "%s layer accepts inputs list of length 2 or 3, namely [query, value] or [query, value, key]. Received length: %d.",
                     layer->class_name, n);
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)n_in;
    const AttentionConfig *config = layer->config;
    const Value ones = VALUE_IS_TEXT("ones"), glorot = VALUE_IS_TEXT("glorot_uniform");
    if (!check_inputs(layer, call, in, b->arena, err)) return false;
    if (config->mode == SCORE_ADDITIVE) {
        if (!in[0].shape.rank) return error_set(err, "IndexError", "tuple index out of range");
        return !config->use_scale || layer_add_weight(b, layer, "scale", SHAPE(in[0].shape.dim[in[0].shape.rank - 1]), glorot, true, err);
    }
    if (config->use_scale && !layer_add_weight(b, layer, "scale", (Shape){0}, ones, true, err)) return false;
    return config->mode != SCORE_CONCAT || layer_add_weight(b, layer, "concat_score_weight", (Shape){0}, ones, true, err);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (!check_inputs(layer, call, in, out->arena, err)) return false;
    const Shape *query = &in[0].shape, *value = &in[1].shape, *key = call->tensors[CALL_INPUTS_ARG].n > 2 ? &in[2].shape : value;
    if (!query->rank || !value->rank || key->rank < 2) return error_set(err, "IndexError", "tuple index out of range");
    Shape shape = *query, scores = *query;
    shape.dim[shape.rank - 1] = value->dim[value->rank - 1];
    scores.dim[scores.rank - 1] = key->dim[key->rank - 2];
    outputs_add(out, shape, layer->dtype);
    if (value_truth(&call->args[CALL_SCORES])) outputs_add(out, scores, layer->dtype);
    return true;
}

static KerasTensor *mask(Builder *b, Layer *layer, Node *node, KerasTensor *const *in_masks, Error *err)
{
    (void)b, (void)layer, (void)err;
    return node->n_in > 1 ? in_masks[0] : NULL;
}

/* ---- numbers ---- */

/* (batch, queries, query_width), (batch, values, key_width), (batch, values, depth); width: of what is summed over */
typedef struct Sizes {
    int64_t batch, queries, values, query_width, key_width, width, depth;
} Sizes;

typedef struct Looking {
    Sizes        size;
    const float *query, *key, *value;
    const float *query_mask, *value_mask;   /* (batch, queries), (batch, values); NULL = none */
    float       *scores;                    /* (batch, queries, values) */
} Looking;

static int64_t rows(const Shape *shape)
{
    return shape->rank >= 2 ? shape->dim[shape->rank - 2] : 1;
}

static bool same_batch(const Shape *a, const Shape *b)
{
    if (a->rank != b->rank) return false;
    for (int i = 0; i < a->rank - 2; i++)
        if (a->dim[i] != b->dim[i]) return false;
    return true;
}

/* The i-th mask of the list given; NULL where it is None. */
static const float *mask_of(const Forward *f, size_t i)
{
    const Value *masks = &f->call->args[CALL_MASK];
    if ((masks->kind != VALUE_LIST && masks->kind != VALUE_TUPLE) || i >= masks->list->n || masks->list->items[i].kind != VALUE_TENSOR) return NULL;
    int at = f->call->tensors[CALL_MASK].first;
    for (size_t k = 0; k < i; k++) at += masks->list->items[k].kind == VALUE_TENSOR;
    return at < f->n_in ? f->in[at].data : NULL;
}

/* A sum of query and key stretches the one that is 1 wide. */
static bool widths_fit(ScoreMode mode, Sizes *size)
{
    size->width = size->query_width == 1 ? size->key_width : size->query_width;
    return size->query_width == size->key_width || (mode != SCORE_DOT && (size->query_width == 1 || size->key_width == 1));
}

static bool looking_make(const Forward *f, Looking *s)
{
    const Tensor *query = &f->in[0], *value = &f->in[1], *key = f->call->tensors[CALL_INPUTS_ARG].n > 2 ? &f->in[2] : value;
    const AttentionConfig *config = f->layer->config;
    const int rank = query->shape.rank;
    if (rank < 2 || !same_batch(&query->shape, &value->shape) || !same_batch(&query->shape, &key->shape)) return false;
    s->size = (Sizes){
        .batch = shape_span_size(&query->shape, 0, rank - 2), .queries = rows(&query->shape), .values = rows(&value->shape),
        .query_width = query->shape.dim[rank - 1], .key_width = key->shape.dim[rank - 1], .depth = value->shape.dim[rank - 1],
    };
    if (rows(&key->shape) != s->size.values || !widths_fit(config->mode, &s->size)) return false;
    s->query = query->data, s->key = key->data, s->value = value->data;
    s->query_mask = mask_of(f, 0), s->value_mask = mask_of(f, 1);
    if ((s->query_mask || s->value_mask) && rank != 3) return false;
    s->scores = ARENA_ARRAY(f->scratch, size_multiply(size_multiply(s->size.batch, s->size.queries), s->size.values), float);
    return true;
}

/* scale: one number, or one for each feature of the query (`step` 1). */
static double score(ScoreMode mode, const float *q, const float *k, const Sizes *size, const float *scale, int step)
{
    double sum = 0;
    const int64_t q_step = size->query_width > 1, k_step = size->key_width > 1;
    for (int64_t i = 0; i < size->width; i++) {
        const double factor = scale ? (double)scale[i * step * q_step] : 1, both = (double)q[i * q_step] + (double)k[i * k_step];
        switch (mode) {
        case SCORE_DOT: sum += (double)q[i] * (double)k[i]; break;
        case SCORE_CONCAT: sum += tanh(factor * both); break;
        case SCORE_ADDITIVE: sum += factor * tanh(both); break;
        }
    }
    return mode == SCORE_DOT && scale ? sum * (double)*scale : sum;
}

static void score_all(const Forward *f, const Looking *s)
{
    const AttentionConfig *config = f->layer->config;
    const float *scale = config->use_scale ? f->weights[0].data : NULL;
    const double concat = config->mode == SCORE_CONCAT ? (double)f->weights[config->use_scale ? 1 : 0].data[0] : 1;
    for (int64_t b = 0; b < s->size.batch; b++)
        for (int64_t q = 0; q < s->size.queries; q++)
            for (int64_t v = 0; v < s->size.values; v++)
                s->scores[(b * s->size.queries + q) * s->size.values + v] =
                    (float)(concat * score(config->mode, s->query + (b * s->size.queries + q) * s->size.query_width,
                                           s->key + (b * s->size.values + v) * s->size.key_width, &s->size, scale,
                                           config->mode == SCORE_ADDITIVE));
}

/* What may not be looked at falls by 1e9 before the softmax. */
static void mask_scores(const Looking *s, bool causal)
{
    for (int64_t b = 0; b < s->size.batch; b++)
        for (int64_t q = 0; q < s->size.queries; q++)
            for (int64_t v = 0; v < s->size.values; v++)
                if ((causal && v > q) || (s->value_mask && s->value_mask[b * s->size.values + v] == 0))
                    s->scores[(b * s->size.queries + q) * s->size.values + v] -= 1e9f;
}

static void softmax(float *x, int64_t n)
{
    float most = -INFINITY;
    double sum = 0;
    for (int64_t i = 0; i < n; i++) most = x[i] > most ? x[i] : most;
    for (int64_t i = 0; i < n; i++) sum += exp((double)(x[i] - most));
    for (int64_t i = 0; i < n; i++) x[i] = (float)(exp((double)(x[i] - most)) / sum);
}

static void mix(const Looking *s, float *out)
{
    for (int64_t row = 0; row < s->size.batch * s->size.queries; row++) {
        const float *value = s->value + row / s->size.queries * s->size.values * s->size.depth;
        softmax(s->scores + row * s->size.values, s->size.values);
        if (s->query_mask && s->query_mask[row] == 0) continue;
        for (int64_t v = 0; v < s->size.values; v++)
            for (int64_t d = 0; d < s->size.depth; d++)
                out[row * s->size.depth + d] += s->scores[row * s->size.values + v] * value[v * s->size.depth + d];
    }
}

static void forward(const Forward *f)
{
    Looking s = {0};
    if (!looking_make(f, &s)) {
        *f->impossible = true;
        return;
    }
    score_all(f, &s);
    mask_scores(&s, value_truth(&f->call->args[CALL_CAUSAL]));
    mix(&s, f->out[0].data);
    if (f->n_out > 1) memcpy(f->out[1].data, s.scores, (size_t)shape_size(&f->out[1].shape) * sizeof(float));
}

/* The query's row, all keys, and the value's column. */
static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Shape *query = &t->in[0].shape, *value = &t->in[1].shape;
    const bool has_key = t->call && t->call->tensors[CALL_INPUTS_ARG].n > 2;
    const Shape *out = &t->out[t->output].shape;
    const int64_t depth = out->dim[out->rank - 1], row = depth ? t->k / depth : 0, width = query->dim[query->rank - 1];
    const int64_t key_width = t->in[has_key ? 2 : 1].shape.dim[value->rank - 1];
    const int64_t b = rows(query) ? row / rows(query) : 0, n = rows(value);
    for (int64_t i = 0; i < width; i++) terms_add(&list, term_input(0, row * width + i, 1));
    for (int64_t v = 0; v < n; v++) {
        for (int64_t i = 0; i < key_width; i++) terms_add(&list, term_input(has_key ? 2 : 1, (b * n + v) * key_width + i, 1));
        if (has_key && t->output == 0) terms_add(&list, term_input(1, (b * n + v) * depth + t->k % depth, 1));
    }
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const AttentionConfig *config = t->layer->config;
    const char *scale = config->use_scale ? "s·" : "";
    if (topic == EXPLAIN_PARAMS && t->layer->n_weights) text_print(text, "%lld", (long long)layer_params(t->layer).all);
    if (topic != EXPLAIN_RULE) return;
    switch (config->mode) {
    case SCORE_DOT: text_print(text, "softmax(%sq·kᵀ)·v", scale); break;
    case SCORE_CONCAT: text_print(text, "softmax(w·Σ tanh(%s(q + k)))·v", scale); break;
    case SCORE_ADDITIVE: text_print(text, "softmax(Σ %stanh(q + k))·v", scale); break;
    }
}

#define ATTENTION(label, path, table, maker) \
    .name = label, .module = path, .params = table, .n_params = (int)(sizeof table / sizeof *table), .call_params = CALL, \
    .n_call_params = CALL_ARGS, .make = maker, .build = build, .infer = infer, .forward = forward, .trace = trace, .explain = explain, \
    .mask = mask, .rule = TRACE_DEPENDS

const LayerKind LAYER_attention = {ATTENTION("Attention", "keras.src.layers.attention.attention", DOT_PARAMS, dot_make)};
const LayerKind LAYER_additive_attention = {
    ATTENTION("AdditiveAttention", "keras.src.layers.attention.additive_attention", ADDITIVE_PARAMS, additive_make)};
