/* dot_product_attention: queries (batch, targets, heads, size) over keys and values (batch, sources, heads, size). */
#include <math.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

enum { QUERY, KEY, VALUE, BIAS, MASK, SCALE, OPERANDS };

static const ParamSpec CALL[] = {
    {.name = "query", .required = true}, {.name = "key", .required = true}, {.name = "value", .required = true},
    {.name = "bias"}, {.name = "mask"}, {.name = "scale"},
};
static const ParamSpec PARAMS[] = {
    {.name = "is_causal", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}, {.name = "flash_attention", .type = PARAM_BOOL},
    {.name = "attn_logits_soft_cap"},
};

static bool make(Maker *m)
{
    if (maker_is_none(m, "attn_logits_soft_cap")) return layer_base(m);
    return maker_refuse(m, "attn_logits_soft_cap", "ValueError", "attn_logits_soft_cap is only supported for JAX on TPU. Set "
                        "attn_logits_soft_cap=None when not using JAX on TPU.");
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Operand operands[3];
    Dtype dtype;
    (void)layer, (void)n_in;
    for (int i = 0; i < 3; i++) operands[i] = operand_of(call, in, i);
    if (!operand_types(operands, 3, &dtype, err)) return false;
    outputs_add(out, operands[QUERY].spec.shape, dtype);
    return true;
}

/* How query, key, value, bias and mask stand to one another, with numbers. */
typedef struct Attending {
    Operand operand[OPERANDS];
    int64_t batch, targets, sources, heads, groups, size, value_size;   /* groups: query heads to one of the keys */
    Shape   scores;                                                    /* (batch, heads, targets, sources) */
} Attending;

static bool rest_fits(const Attending *a, const Operand *operand)
{
    Shape spread;
    if (operand->absent) return true;
    return operand_known(operand) && shapes_broadcast(&a->scores, &operand->spec.shape, &spread, NULL) && shape_equal(&spread, &a->scores);
}

static bool attending_of(const Call *call, const TensorSpec *in, Attending *a)
{
    for (int i = 0; i < OPERANDS; i++) a->operand[i] = operand_of(call, in, i);
    const Shape *query = &a->operand[QUERY].spec.shape, *key = &a->operand[KEY].spec.shape, *value = &a->operand[VALUE].spec.shape;
    if (query->rank != 4 || key->rank != 4 || value->rank != 4 || !key->dim[2]) return false;
    a->batch = query->dim[0], a->targets = query->dim[1], a->heads = query->dim[2], a->size = query->dim[3];
    a->sources = key->dim[1], a->groups = a->heads / key->dim[2], a->value_size = value->dim[3];
    a->scores = SHAPE(a->batch, a->heads, a->targets, a->sources);
    bool fit = a->groups && a->heads % key->dim[2] == 0 && key->dim[3] == a->size && key->dim[0] == a->batch && value->dim[0] == a->batch;
    fit = fit && value->dim[1] == a->sources && value->dim[2] == key->dim[2] && a->value_size == a->size;
    for (int i = 0; i < 3; i++) fit = fit && operand_known(&a->operand[i]);
    return fit && rest_fits(a, &a->operand[BIAS]) && rest_fits(a, &a->operand[MASK]) &&
           (a->operand[SCALE].absent || !a->operand[SCALE].spec.shape.rank);
}

static int64_t query_at(const Attending *a, const int64_t *at, int64_t i) { return ((at[0] * a->targets + at[2]) * a->heads + at[1]) * a->size + i; }

static int64_t source_at(const Attending *a, const int64_t *at, int64_t source, int64_t i)
{
    const int64_t heads = a->heads / a->groups;
    return ((at[0] * a->sources + source) * heads + at[1] / a->groups) * a->size + i;
}

/* at: (batch, head, target); scores of all sources. */
static void score(const Forward *f, const Attending *a, const int64_t *at, double scale, double *scores)
{
    const bool causal = value_truth(operation_arg(f->layer, "is_causal"));
    int64_t place[SHAPE_RANK_MAX] = {at[0], at[1], at[2]};
    for (int64_t s = 0; s < a->sources; s++) {
        double sum = 0;
        place[3] = s;
        for (int64_t i = 0; i < a->size; i++)
            sum += operand_number(&a->operand[QUERY], f->in, query_at(a, at, i)) * operand_number(&a->operand[KEY], f->in, source_at(a, at, s, i));
        scores[s] = sum * scale;
        const Operand *bias = &a->operand[BIAS], *mask = &a->operand[MASK];
        if (!bias->absent) scores[s] += operand_number(bias, f->in, broadcast_index(&bias->spec.shape, &a->scores, place));
        const bool masked = !mask->absent && operand_number(mask, f->in, broadcast_index(&mask->spec.shape, &a->scores, place)) == 0.0;
        if (masked || (causal && s > at[2])) scores[s] = -3.4e38 * 0.7;
    }
}

static void soften(double *scores, int64_t n)
{
    double most = -(double)INFINITY, sum = 0;
    for (int64_t i = 0; i < n; i++) most = fmax(most, scores[i]);
    for (int64_t i = 0; i < n; i++) sum += scores[i] = exp(scores[i] - most);
    for (int64_t i = 0; i < n; i++) scores[i] /= sum;
}

static void forward(const Forward *f)
{
    Attending a;
    if (!attending_of(f->call, operand_specs(f->scratch, f->in, f->n_in), &a)) {
        *f->impossible = true;
        return;
    }
    const double scale = a.operand[SCALE].absent ? 1 / sqrt((double)a.size) : operand_number(&a.operand[SCALE], f->in, 0);
    double *scores = ARENA_ARRAY(f->scratch, a.sources, double);
    const Shape rows = SHAPE(a.batch, a.heads, a.targets);
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    for (int64_t row = 0; row < shape_size(&rows); row++, place_next(&rows, at)) {
        score(f, &a, at, scale, scores);
        soften(scores, a.sources);
        for (int64_t i = 0; i < a.size; i++) {
            double sum = 0;
            for (int64_t s = 0; s < a.sources; s++) sum += scores[s] * operand_number(&a.operand[VALUE], f->in, source_at(&a, at, s, i));
            f->out[0].data[query_at(&a, at, i)] = (float)sum;
        }
    }
}

static void add(TermList *list, const Operand *operand, int64_t from)
{
    if (operand->input >= 0) terms_add(list, term_input(operand->input, from, 1));
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    Attending a;
    TermList list = {.term = terms, .cap = cap};
    int64_t place[SHAPE_RANK_MAX];
    if (!attending_of(t->call, t->in, &a)) return 0;
    place_of(&t->out[0].shape, t->k, place);
    const int64_t at[] = {place[0], place[2], place[1]};
    const int64_t sources = value_truth(operation_arg(t->layer, "is_causal")) && at[2] < a.sources ? at[2] + 1 : a.sources;
    for (int64_t i = 0; i < a.size; i++) add(&list, &a.operand[QUERY], query_at(&a, at, i));
    for (int64_t s = 0; s < sources; s++) {
        for (int64_t i = 0; i < a.size; i++) add(&list, &a.operand[KEY], source_at(&a, at, s, i));
        add(&list, &a.operand[VALUE], source_at(&a, at, s, place[3]));
    }
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    (void)t;
    if (topic == EXPLAIN_RULE) text_put(text, "softmax(q·kᵗ/√d)·v");
}

const LayerKind OPERATION_dot_product_attention = {
    OPERATION("DotProductAttention", "nn"), TAKES(CALL), MADE_WITH(PARAMS), .make = make, .infer = infer, .forward = forward, .trace = trace,
    .rule = TRACE_DEPENDS, .explain = explain,
};
