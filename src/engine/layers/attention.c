/* Attention, AdditiveAttention: softmax(scores(query, key))·value over (batch, queries, ...), (batch, values, ...). */
#include <math.h>
#include <string.h>

#include "engine/layers/formula.h"
#include "engine/layers/layers.h"
#include "engine/layers/terms.h"
#include "engine/matmul.h"
#include "engine/operations/operand.h"

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
           maker_refuse_order(m, "dropout", ">", NULL, "int");
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

/* convert_to_tensor(mask of the query) */
static KerasTensor *mask(Builder *b, Layer *layer, Node *node, KerasTensor *const *in_masks, Error *err)
{
    (void)layer;
    if (node->n_in < 2 || !in_masks[0]) return NULL;
    const Argument given = {.value = value_tensor(in_masks[0]), .span = SPAN_NONE};
    return operation_apply(b, "convert_to_tensor", &given, 1, err);
}

/* ---- shapes of the numbers ---- */

/* Leading axes spread over each other as in NumPy, whatever Keras infers from the query alone. */
typedef struct Spread {
    Shape products;     /* (..., queries, values): what query and key give */
    Shape value_mask;   /* (..., 1, values); rank 0 = none */
    Shape scores;       /* products spread over the masks */
    Shape query_mask;   /* (..., queries, 1); rank 0 = none */
    Shape out;          /* (..., queries, depth) */
} Spread;

static int64_t rows(const Shape *shape)
{
    return shape->dim[shape->rank - 2];
}

static int64_t columns(const Shape *shape)
{
    return shape->dim[shape->rank - 1];
}

static Shape batch_of(const Shape *shape)
{
    return shape_slice(shape, 0, shape->rank - 2);
}

static int key_at(const Call *call)
{
    return call && call->tensors[CALL_INPUTS_ARG].n > 2 ? 2 : 1;
}

/* Place in the flat list of the i-th mask given; -1 where it is None. */
static int mask_at(const Call *call, size_t i, int n_in)
{
    const Value *masks = &call->args[CALL_MASK];
    if ((masks->kind != VALUE_LIST && masks->kind != VALUE_TUPLE) || i >= masks->list->n || masks->list->items[i].kind != VALUE_TENSOR) return -1;
    int at = call->tensors[CALL_MASK].first;
    for (size_t k = 0; k < i; k++) at += masks->list->items[k].kind == VALUE_TENSOR;
    return at < n_in ? at : -1;
}

/* (..., rows, columns) with the leading axes of both. */
static bool matrices_spread(const Shape *a, const Shape *b, int64_t n_rows, int64_t n_columns, Shape *out)
{
    const Shape batch_a = batch_of(a), batch_b = batch_of(b);
    if (!shapes_broadcast(&batch_a, &batch_b, out, NULL) || out->rank + 2 > SHAPE_RANK_MAX) return false;
    out->dim[out->rank++] = n_rows;
    out->dim[out->rank++] = n_columns;
    return true;
}

/* A sum of query and key stretches the one that is 1 wide. */
static bool widths_fit(ScoreMode mode, int64_t query, int64_t key)
{
    return query == key || (mode != SCORE_DOT && (query == 1 || key == 1));
}

/* A mask of (batch, values) stands for every query; one with more axes is taken as it is, but beside the causal one, which has
 * three axes of its own. */
static bool spread_value_mask(const Call *call, const TensorSpec *in, int n_in, Spread *s)
{
    const bool causal = value_truth(&call->args[CALL_CAUSAL]);
    const int at = mask_at(call, 1, n_in);
    if (!shapes_broadcast(causal ? &SHAPE(1, 1, 1) : &(Shape){0}, &s->products, &s->scores, NULL)) return false;
    if (at < 0) return true;
    s->value_mask = in[at].shape;
    const int rank = s->value_mask.rank;
    if (!rank || rank == SHAPE_RANK_MAX) return false;
    if (rank == 2 || causal) s->value_mask = shape_with(&s->value_mask, rank - 1, 1);
    return shapes_broadcast(&s->value_mask, &s->scores, &s->scores, NULL);
}

static bool spread_query_mask(const Call *call, const TensorSpec *in, int n_in, Spread *s)
{
    const int at = mask_at(call, 0, n_in);
    if (at < 0) return true;
    s->query_mask = in[at].shape;
    if (s->query_mask.rank == SHAPE_RANK_MAX) return false;
    s->query_mask = shape_with(&s->query_mask, s->query_mask.rank, 1);
    return shapes_broadcast(&s->query_mask, &s->out, &s->out, NULL);
}

static bool spread_make(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Spread *s)
{
    const AttentionConfig *config = layer->config;
    const Shape *query = &in[0].shape, *value = &in[1].shape, *key = &in[key_at(call)].shape;
    *s = (Spread){0};
    if (query->rank < 2 || value->rank < 2 || key->rank < 2) return false;
    return widths_fit(config->mode, columns(query), columns(key)) && matrices_spread(query, key, rows(query), rows(key), &s->products) &&
           spread_value_mask(call, in, n_in, s) && columns(&s->scores) == rows(value) &&
           matrices_spread(&s->scores, value, rows(&s->scores), columns(value), &s->out) && spread_query_mask(call, in, n_in, s);
}

static bool infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Spread s;
    if (!check_inputs(layer, call, in, out->arena, err)) return false;
    if (!spread_make(layer, call, in, n_in, &s)) return infer(layer, call, in, n_in, out, err);
    outputs_add(out, s.out, layer->dtype);
    if (value_truth(&call->args[CALL_SCORES])) outputs_add(out, s.scores, layer->dtype);
    return true;
}

/* ---- numbers ---- */

/* Which matrix of a tensor stands at matrix `b` of what it is spread over. */
static int64_t matrix_at(const Shape *shape, const Shape *spread, int64_t b)
{
    int64_t at[SHAPE_RANK_MAX];
    const Shape own = batch_of(shape), over = batch_of(spread);
    place_of(&over, b, at);
    return broadcast_index(&own, &over, at);
}

static int64_t matrices(const Shape *shape)
{
    return shape_span_size(shape, 0, shape->rank - 2);
}

/* scale: one number, or one for each feature of the query (`step` 1). */
static double score(ScoreMode mode, const float *q, const float *k, int64_t query_width, int64_t key_width, const float *scale, int step)
{
    double sum = 0;
    const int64_t q_step = query_width > 1, k_step = key_width > 1, width = query_width == 1 ? key_width : query_width;
    for (int64_t i = 0; i < width; i++) {
        const double factor = scale ? (double)scale[i * step * q_step] : 1, both = (double)q[i * q_step] + (double)k[i * k_step];
        switch (mode) {
        case SCORE_DOT: sum += (double)q[i] * (double)k[i]; break;
        case SCORE_CONCAT: sum += tanh(factor * both); break;
        case SCORE_ADDITIVE: sum += factor * tanh(both); break;
        }
    }
    return mode == SCORE_DOT && scale ? sum * (double)*scale : sum;
}

static float *score_all(const Forward *f, const Shape *products)
{
    const AttentionConfig *config = f->layer->config;
    const Tensor *query = &f->in[0], *key = &f->in[key_at(f->call)];
    const int64_t n = rows(products), m = columns(products), query_width = columns(&query->shape), key_width = columns(&key->shape);
    const float *scale = config->use_scale ? f->weights[0].data : NULL;
    const double concat = config->mode == SCORE_CONCAT ? (double)f->weights[config->use_scale ? 1 : 0].data[0] : 1;
    float *scores = ARENA_ARRAY(f->scratch, shape_size(products), float), *at = scores;
    for (int64_t b = 0; b < matrices(products); b++) {
        const float *q = query->data + matrix_at(&query->shape, products, b) * n * query_width;
        const float *k = key->data + matrix_at(&key->shape, products, b) * m * key_width;
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < m; j++)
                *at++ = (float)(concat * score(config->mode, q + i * query_width, k + j * key_width, query_width, key_width, scale,
                                               config->mode == SCORE_ADDITIVE));
    }
    return scores;
}

static bool looks_ahead(const Spread *s, const int64_t *at)
{
    const int64_t row = rows(&s->products) == 1 ? 0 : at[s->scores.rank - 2], column = columns(&s->products) == 1 ? 0 : at[s->scores.rank - 1];
    return column > row;
}

/* What may not be looked at falls by 1e9 before the softmax. */
static void mask_scores(const Forward *f, const Spread *s, const float *products, float *scores)
{
    const bool causal = value_truth(&f->call->args[CALL_CAUSAL]);
    const int mask = mask_at(f->call, 1, f->n_in);
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    for (int64_t k = 0; k < shape_size(&s->scores); k++, place_next(&s->scores, at)) {
        const bool hidden = (causal && looks_ahead(s, at)) ||
                            (mask >= 0 && f->in[mask].data[broadcast_index(&s->value_mask, &s->scores, at)] == 0.0F);
        scores[k] = products[broadcast_index(&s->products, &s->scores, at)] - (hidden ? 1e9F : 0.0F);
    }
}

static void softmax(float *x, int64_t n)
{
    float most = -INFINITY;
    double sum = 0;
    for (int64_t i = 0; i < n; i++) most = x[i] > most ? x[i] : most;
    for (int64_t i = 0; i < n; i++) sum += exp((double)(x[i] - most));
    for (int64_t i = 0; i < n; i++) x[i] = (float)(exp((double)(x[i] - most)) / sum);
}

static void mix(const Shape *shape, const float *scores, const Tensor *value, Tensor *out)
{
    const int64_t n = rows(shape), m = columns(shape), depth = columns(&value->shape);
    for (int64_t b = 0; b < matrices(&out->shape); b++) {
        const float *s = scores + matrix_at(shape, &out->shape, b) * n * m, *v = value->data + matrix_at(&value->shape, &out->shape, b) * m * depth;
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < m; j++) matmul_add_scaled(out->data + (b * n + i) * depth, v + j * depth, s[i * m + j], depth);
    }
}

static void hide_queries(const Forward *f, const Spread *s)
{
    const int mask = mask_at(f->call, 0, f->n_in);
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    if (mask < 0) return;
    for (int64_t k = 0; k < shape_size(&s->out); k++, place_next(&s->out, at))
        if (f->in[mask].data[broadcast_index(&s->query_mask, &s->out, at)] == 0.0F) f->out[0].data[k] = 0;
}

static void forward(const Forward *f)
{
    Spread s;
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    if (!spread_make(f->layer, f->call, specs, f->n_in, &s) || !shape_equal(&s.out, &f->out[0].shape)) {
        *f->impossible = true;
        return;
    }
    const int64_t size = shape_size(&s.scores), m = columns(&s.scores);
    float *scores = ARENA_ARRAY(f->scratch, size, float);
    mask_scores(f, &s, score_all(f, &s.products), scores);
    for (int64_t i = 0; m && i < size; i += m) softmax(scores + i, m);
    mix(&s.scores, scores, &f->in[1], &f->out[0]);
    hide_queries(f, &s);
    if (f->n_out > 1) memcpy(f->out[1].data, scores, (size_t)size * sizeof(float));
}

/* The query's row, all keys, and the value's column. */
static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const int key = key_at(t->call);
    const Shape *queries = &t->in[0].shape, *keys = &t->in[key].shape, *values = &t->in[1].shape, *out = &t->out[t->output].shape;
    if (queries->rank < 2 || keys->rank < 2 || values->rank < 2 || !columns(out)) return 0;
    const int64_t n = rows(queries), row = t->k / columns(out), b = row / rows(out), width = columns(queries);
    const int64_t query = matrix_at(queries, out, b) * n + (n == 1 ? 0 : row % rows(out));
    for (int64_t i = 0; i < width; i++) terms_add(&list, term_input(0, query * width + i, 1));
    for (int64_t v = 0; v < rows(keys); v++) {
        const int64_t at = matrix_at(keys, out, b) * rows(keys) + v, value = matrix_at(values, out, b) * rows(values) + v;
        for (int64_t i = 0; i < columns(keys); i++) terms_add(&list, term_input(key, at * columns(keys) + i, 1));
        if (key > 1 && t->output == 0 && v < rows(values)) terms_add(&list, term_input(1, value * columns(values) + t->k % columns(out), 1));
    }
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const AttentionConfig *config = t->layer->config;
    if (topic == EXPLAIN_PARAMS) formula_weights(text, t->layer);
    if (topic != EXPLAIN_RULE) return;
    if (t->output == 0) text_put(text, "Σ ");
    switch (config->mode) {
    case SCORE_DOT: text_put(text, config->use_scale ? "softmax(s·q·kᵗ)" : "softmax(q·kᵗ)"); break;
    case SCORE_CONCAT: text_put(text, config->use_scale ? "softmax(w·Σ tanh(s·(q + k)))" : "softmax(w·Σ tanh(q + k))"); break;
    case SCORE_ADDITIVE: text_put(text, config->use_scale ? "softmax(Σ s·tanh(q + k))" : "softmax(Σ tanh(q + k))"); break;
    }
    const Shape *out = &t->out[0].shape;
    if (t->output == 0 && rows(out) > 0 && columns(out) > 0)
        text_print(text, "[%lld, j]·v[j, %lld]", (long long)(t->k / columns(out) % rows(out)), (long long)(t->k % columns(out)));
}

/* More scores than this are not computed again only to be told. */
static const int64_t SCORES_MAX = 1 << 16;

/* "0.33·0.52 + 0.67·−0.10": how much of each value. */
static void numbers(const Forward *f, int64_t k, Text *text)
{
    Spread s;
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    if (!spread_make(f->layer, f->call, specs, f->n_in, &s) || mask_at(f->call, 0, f->n_in) >= 0) return;
    const int64_t size = shape_size(&s.scores), m = columns(&s.scores), depth = columns(&s.out), row = k / depth, b = row / rows(&s.out);
    if (size > SCORES_MAX || !m) return;
    float *all = ARENA_ARRAY(f->scratch, size, float);
    mask_scores(f, &s, score_all(f, &s.products), all);
    float *scores = all + (matrix_at(&s.scores, &s.out, b) * rows(&s.scores) + row % rows(&s.out)) * m;
    const float *value = f->in[1].data + matrix_at(&f->in[1].shape, &s.out, b) * m * depth + k % depth;
    FormulaSum sum = {.text = text};
    softmax(scores, m);
    for (int64_t j = 0; j < m; j++) formula_add_product(&sum, (double)scores[j], (double)value[j * depth]);
}

#define ATTENTION(label, path, table, maker) \
    .name = label, .module = path, .params = table, .n_params = (int)(sizeof table / sizeof *table), .call_params = CALL, \
    .n_call_params = CALL_ARGS, .make = maker, .build = build, .infer = infer, .infer_numbers = infer_numbers, \
    .forward = forward, .trace = trace, .explain = explain, \
    .numbers = numbers, .mask = mask, .rule = TRACE_DEPENDS

const LayerKind LAYER_attention = {ATTENTION("Attention", "keras.src.layers.attention.attention", DOT_PARAMS, dot_make)};
const LayerKind LAYER_additive_attention = {
    ATTENTION("AdditiveAttention", "keras.src.layers.attention.additive_attention", ADDITIVE_PARAMS, additive_make)};
