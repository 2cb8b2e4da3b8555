/* Embedding, ReversibleEmbedding: a row of a table for each whole number. */
#include <math.h>
#include <string.h>

#include "engine/config.h"
#include "engine/layers/formula.h"
#include "engine/layers/terms.h"
#include "engine/lora.h"
#include "engine/operations/operand.h"

#define DIMS {.name = "input_dim", .type = PARAM_INT, .required = true, .example = "1000"},                       \
             {.name = "output_dim", .type = PARAM_INT, .required = true, .example = "16"}
#define EMBEDDINGS                                                                                                \
    {.name = "embeddings_initializer", .type = PARAM_INITIALIZER, .fallback = VALUE_IS_TEXT("uniform")},          \
    {.name = "embeddings_regularizer", .type = PARAM_REGULARIZER},                                                \
    {.name = "embeddings_constraint", .type = PARAM_CONSTRAINT},                                                  \
    {.name = "mask_zero", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}
#define INPUT_LENGTH {.name = "input_length", .keyword_only = true, .unsaved = true}

static const ParamSpec PARAMS[] = {
    DIMS, EMBEDDINGS, {.name = "weights", .unsaved = true}, {.name = "lora_rank", .type = PARAM_INT, .saved_with = "lora_rank"},
    {.name = "lora_alpha", .saved_with = "lora_rank"}, {.name = "quantization_config"}, INPUT_LENGTH,
};
/* Embedding's others go to it through **kwargs. */
static const ParamSpec REVERSIBLE_PARAMS[] = {
    DIMS, {.name = "tie_weights", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE}, EMBEDDINGS,
    {.name = "reverse_dtype", .type = PARAM_DTYPE}, {.name = "logit_soft_cap", .type = PARAM_FLOAT},
    {.name = "weights", .unsaved = true, .keyword_only = true},
    {.name = "lora_rank", .type = PARAM_INT, .saved_with = "lora_rank", .keyword_only = true},
    {.name = "lora_alpha", .saved_with = "lora_rank", .keyword_only = true}, {.name = "quantization_config", .keyword_only = true}, INPUT_LENGTH,
};
static const ParamSpec REVERSIBLE_CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true}, {.name = "reverse", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

typedef struct EmbeddingConfig {
    int64_t rows, columns;
    bool    mask_zero, own_reverse;
    double  soft_cap;         /* 0 = none */
    const Value *initializer;
} EmbeddingConfig;

static const EmbeddingConfig *config_of(const Layer *layer)
{
    return layer->config;
}

static bool take_dim(Maker *m, const char *name, int64_t *dim)
{
    const Value *value = maker_arg(m, name);
    *dim = value->kind == VALUE_INT ? value->integer : 1;
    if (value->kind == VALUE_UNKNOWN || (value->kind == VALUE_INT && value->integer > 0)) return true;
    maker_refuse(m, name, "ValueError", "`%s` must be a positive integer. Received: %s=%s (of type %s).", name, name, maker_text(m, name),
                 value_class_name(value));
    error_cause(m->err, "cause.units", maker_text(m, name), NULL);
    return error_fix(m->err, FIX_ARGUMENT, name, strcmp(name, "input_dim") == 0 ? "1000" : "16");
}

static bool make_table(Maker *m)
{
    EmbeddingConfig *config = ARENA_NEW(m->builder->arena, EmbeddingConfig);
    m->layer->config = config;
    if (!take_dim(m, "input_dim", &config->rows) || !take_dim(m, "output_dim", &config->columns) || !layer_base(m)) return false;
    if (!maker_initializer(m, "embeddings_initializer") || !maker_regularizer(m, "embeddings_regularizer")) return false;
    if (!maker_constraint(m, "embeddings_constraint")) return false;
    config->mask_zero = value_truth(maker_arg(m, "mask_zero"));
    config->initializer = maker_arg(m, "embeddings_initializer");
    lora_read(m);
    m->layer->supports_masking = config->mask_zero;
    m->layer->autocast = false;
    return true;
}

static bool make_reversible(Maker *m)
{
    if (!make_table(m)) return false;
    EmbeddingConfig *config = m->layer->config;
    const Value *cap = maker_arg(m, "logit_soft_cap");
    config->own_reverse = !value_truth(maker_arg(m, "tie_weights"));
    config->soft_cap = value_is_number(cap) ? value_number(cap) : 0;
    return true;
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    const EmbeddingConfig *config = config_of(layer);
    (void)call, (void)in, (void)n_in;
    if (!layer_add_weight(b, layer, "embeddings", SHAPE(config->rows, config->columns), *config->initializer, true, err)) return false;
    if (!lora_build(b, layer, "embeddings", err)) return false;
    if (!config->own_reverse) return true;
    if (layer->lora) return error_set(err, "ValueError", "None");
    return layer_add_weight(b, layer, "reverse_embeddings", SHAPE(config->columns, config->rows), *config->initializer, true, err);
}

static bool is_reversed(const Call *call)
{
    return call && call->n > 1 && value_truth(&call->args[1]);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const EmbeddingConfig *config = config_of(layer);
    Shape shape = in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (is_reversed(call)) {
        if (!shape.rank) return error_set(err, "IndexError", "list assignment index out of range");
        shape.dim[shape.rank - 1] = config->rows;
    } else {
        if (shape.rank == SHAPE_RANK_MAX) return error_set(err, "ValueError", "Too many axes.");
        shape = shape_with(&shape, shape.rank, config->columns);
    }
    outputs_add(out, shape, layer->dtype);
    return true;
}

/* not_equal(inputs, 0) */
static KerasTensor *mask(Builder *builder, Layer *layer, Node *node, KerasTensor *const *in_masks, Error *err)
{
    const Argument differ[2] = {{.value = value_tensor(node->in[0]), .span = SPAN_NONE}, {.value = value_int(0), .span = SPAN_NONE}};
    (void)in_masks;
    if (!config_of(layer)->mask_zero || is_reversed(&node->call)) return NULL;
    return operation_apply(builder, "not_equal", differ, 2, err);
}

/* ---- numbers ---- */

enum { TABLE = 0, OWN_REVERSE = 1 };

static void forward_rows(const Forward *f)
{
    const EmbeddingConfig *config = config_of(f->layer);
    const float *table = lora_kernel(f->scratch, f->layer, f->weights);
    const int64_t n = shape_size(&f->in[0].shape);
    float *out = f->out[0].data;
    for (int64_t i = 0; i < n; i++) {
        int64_t row = (int64_t)f->in[0].data[i];
        if (row < 0) row += config->rows;
        if (row < 0 || row >= config->rows) {
            *f->impossible = true;
            return;
        }
        memcpy(out, table + row * config->columns, (size_t)config->columns * sizeof *out);
        out += config->columns;
    }
}

static double soft_capped(double x, double cap)
{
    return cap > 0 ? tanh(x / cap) * cap : x;
}

static void forward_reverse(const Forward *f)
{
    const EmbeddingConfig *config = config_of(f->layer);
    const float *table = config->own_reverse ? f->weights[OWN_REVERSE].data : lora_kernel(f->scratch, f->layer, f->weights);
    const int64_t n = shape_size(&f->out[0].shape) / config->rows;
    const int64_t row_step = config->own_reverse ? 1 : config->columns, column_step = config->own_reverse ? config->rows : 1;
    for (int64_t i = 0; i < n; i++)
        for (int64_t row = 0; row < config->rows; row++) {
            double sum = 0;
            for (int64_t c = 0; c < config->columns; c++)
                sum += (double)f->in[0].data[i * config->columns + c] * (double)table[row * row_step + c * column_step];
            f->out[0].data[i * config->rows + row] = (float)soft_capped(sum, config->soft_cap);
        }
}

static void forward(const Forward *f)
{
    const Shape *in = &f->in[0].shape;
    if (!is_reversed(f->call)) forward_rows(f);
    else if (in->dim[in->rank - 1] != config_of(f->layer)->columns) *f->impossible = true;
    else forward_reverse(f);
}

/* ---- terms ---- */

static int64_t trace_row(const Trace *t, TermList *list)
{
    const EmbeddingConfig *config = config_of(t->layer);
    terms_add(list, term_input(0, t->k / config->columns, 1));
    return list->n;
}

/* Column c of the row looked back at; tied, the table stands the other way round. */
static int64_t trace_reverse(const Trace *t, TermList *list)
{
    const EmbeddingConfig *config = config_of(t->layer);
    const int64_t example = t->k / config->rows, row = t->k % config->rows;
    for (int64_t c = 0; c < config->columns; c++) {
        const int64_t from = example * config->columns + c;
        if (config->own_reverse) terms_add(list, term_product(from, OWN_REVERSE, c * config->rows + row));
        else terms_add(list, term_product(from, TABLE, row * config->columns + c));
    }
    return list->n;
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    return is_reversed(t->call) ? trace_reverse(t, &list) : trace_row(t, &list);
}

static int64_t connections(const Trace *t)
{
    const int64_t size = shape_size(&t->out[0].shape);
    return is_reversed(t->call) ? dim_multiply(size, config_of(t->layer)->columns) : size;
}

/* ---- formulae ---- */

static void explain_params(const Trace *t, Text *text)
{
    const EmbeddingConfig *config = config_of(t->layer);
    text_print(text, "%lld×%lld", (long long)config->rows, (long long)config->columns);
    if (t->layer->lora) text_print(text, " + %lld×%lld", (long long)(config->rows + config->columns), (long long)t->layer->lora->rank);
    if (config->own_reverse) text_print(text, " + %lld×%lld", (long long)config->columns, (long long)config->rows);
    text_print(text, " = %lld", (long long)layer_params(t->layer).all);
}

/* "W[x[2], 0]" */
static void put_place(Text *text, const char *name, const Shape *in, int64_t k, int64_t columns)
{
    text_put(text, "W[");
    formula_element(text, name, in, k / columns);
    text_print(text, ", %lld]", (long long)(k % columns));
}

/* "W[3, 0]", or the first products of the way back. */
static void numbers(const Forward *f, int64_t k, Text *text)
{
    const EmbeddingConfig *config = config_of(f->layer);
    FormulaSum sum = {.text = text};
    Term *terms;
    if (!is_reversed(f->call)) {
        text_print(text, "W[%.0f, %lld]", (double)f->in[0].data[k / config->columns], (long long)(k % config->columns));
        return;
    }
    const int64_t n = formula_terms(f, k, &terms);
    if (f->layer->lora || config->soft_cap > 0) return;
    for (int64_t i = 0; i < n && i < FORMULA_TERMS_MAX; i++)
        formula_add_product(&sum, (double)f->in[0].data[terms[i].from], (double)f->weights[terms[i].weight].data[terms[i].at]);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const EmbeddingConfig *config = config_of(t->layer);
    switch (topic) {
    case EXPLAIN_TITLE: text_print(text, "%lld → %lld", (long long)config->rows, (long long)config->columns); break;
    case EXPLAIN_PARAMS: explain_params(t, text); break;
    case EXPLAIN_RULE:
        if (is_reversed(t->call)) text_print(text, "Σ x[i]·W[%lld, i]", (long long)(t->k % config->rows));
        else put_place(text, "x", &t->in[0].shape, t->k, config->columns);
        break;
    case EXPLAIN_SHAPE: break;
    }
}

#define TABLE_OF_ROWS .build = build, .infer = infer, .forward = forward, .trace = trace, .explain = explain, .numbers = numbers, .mask = mask, \
                      .connections = connections, .rule = TRACE_DEPENDS

const LayerKind LAYER_embedding = {
    .name = "Embedding", .module = "keras.src.layers.core.embedding", .params = PARAMS,
    .n_params = sizeof PARAMS / sizeof *PARAMS, .make = make_table, TABLE_OF_ROWS,
};
const LayerKind LAYER_reversible_embedding = {
    .name = "ReversibleEmbedding", .module = "keras.src.layers.core.reversible_embedding", .params = REVERSIBLE_PARAMS,
    .n_params = sizeof REVERSIBLE_PARAMS / sizeof *REVERSIBLE_PARAMS, .call_params = REVERSIBLE_CALL, .n_call_params = 2,
    .make = make_reversible, TABLE_OF_ROWS,
};
