/* Add, Subtract, Multiply, Average, Maximum, Minimum: element by element over a list of tensors. */
#include <inttypes.h>
#include <string.h>

#include "engine/layers/formula.h"
#include "engine/layers/merge.h"
#include "engine/layers/terms.h"

/* Masks count for some of them: they travel with the tensors, so they are found and never given. */
static const ParamSpec MASKED_CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "mask", .type = PARAM_TENSORS, .keyword_only = true},
};

static bool build_subtract(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    if (!merge_build(builder, layer, call, in, n_in, err)) return false;
    const int n = merge_count(call, n_in);
    if (n == 2) return true;
    const Value shapes = call_shapes(builder->arena, call, in);
    error_set(err, "ValueError", "A `Subtract` layer should be called on exactly 2 inputs. Received: input_shape=%s",
              value_str_text(builder->arena, &shapes));
    return error_cause(err, "cause.merge_two", "Subtract", arena_print(builder->arena, "%d", n), NULL);
}

/* ---- numbers ---- */

static const float *input_of(const Forward *forward, int i)
{
    return merge_spread(forward->in[i].data, &forward->in[i].shape, &forward->out[0].shape, forward->scratch);
}

static void copy_first(const Forward *forward)
{
    memcpy(forward->out[0].data, input_of(forward, 0), (size_t)shape_size(&forward->out[0].shape) * sizeof(float));
}

static void add_scaled(float *restrict sum, const float *restrict x, float factor, int64_t n)
{
    for (int64_t k = 0; k < n; k++) sum[k] += factor * x[k];
}

static void forward_sum(const Forward *forward, float factor)
{
    copy_first(forward);
    for (int i = 1; i < merge_count(forward->call, forward->n_in); i++)
        add_scaled(forward->out[0].data, input_of(forward, i), factor, shape_size(&forward->out[0].shape));
}

static void forward_add(const Forward *forward)
{
    forward_sum(forward, 1.0F);
}

static void forward_subtract(const Forward *forward)
{
    forward_sum(forward, -1.0F);
}

static void forward_average(const Forward *forward)
{
    const float n = (float)merge_count(forward->call, forward->n_in);
    forward_sum(forward, 1.0F);
    for (int64_t k = 0; k < shape_size(&forward->out[0].shape); k++) forward->out[0].data[k] /= n;
}

/* The mask of input i as numbers like the output's, 0 where it hides; NULL when there is none. A mask lacks the last axis. */
static const float *mask_of(const Forward *forward, int i)
{
    const Call *call = forward->call;
    if (!call || call->n < 2 || (call->args[1].kind != VALUE_LIST && call->args[1].kind != VALUE_TUPLE)) return NULL;
    const ValueList *masks = call->args[1].list;
    int at = call->tensors[1].first;
    for (int j = 0; j < i; j++) at += masks->items[j].kind == VALUE_TENSOR;
    if ((size_t)i >= masks->n || masks->items[i].kind != VALUE_TENSOR || at >= forward->n_in) return NULL;
    const Tensor *mask = &forward->in[at];
    if (mask->shape.rank + 1 != forward->in[i].shape.rank) {
        *forward->impossible = true;
        return NULL;
    }
    const Shape shape = shape_with(&mask->shape, mask->shape.rank, 1);
    return merge_spread(mask->data, &shape, &forward->out[0].shape, forward->scratch);
}

typedef float Choose(float a, float b);

static float larger(float a, float b)
{
    return b > a ? b : a;
}

static float smaller(float a, float b)
{
    return b < a ? b : a;
}

/* What the elements seen so far say of the output. */
typedef struct Choice {
    float *value;
    float *mask;     /* NULL = shown everywhere */
} Choice;

/* A hidden element is what was there before; what was there and hidden becomes the element. */
static void choose(Choice *choice, const float *x, const float *mask, int64_t n, Choose *better)
{
    for (int64_t k = 0; k < n; k++) {
        const float before = choice->value[k];
        const float element = mask && mask[k] == 0.0F ? before : x[k];
        const float seen = choice->mask && choice->mask[k] == 0.0F ? element : before;
        choice->value[k] = better(seen, element);
        if (choice->mask && mask && mask[k] != 0.0F) choice->mask[k] = 1.0F;
    }
    if (!mask) choice->mask = NULL;
}

static float *copy_of(const float *x, int64_t n, Arena *scratch)
{
    if (!x) return NULL;
    return memcpy(ARENA_ARRAY(scratch, n, float), x, (size_t)n * sizeof(float));
}

static void forward_choice(const Forward *forward, Choose *better)
{
    const int64_t n = shape_size(&forward->out[0].shape);
    Choice choice = {.value = forward->out[0].data, .mask = copy_of(mask_of(forward, 0), n, forward->scratch)};
    copy_first(forward);
    for (int i = 1; i < merge_count(forward->call, forward->n_in); i++)
        choose(&choice, input_of(forward, i), mask_of(forward, i), n, better);
}

static void forward_maximum(const Forward *forward)
{
    forward_choice(forward, larger);
}

static void forward_minimum(const Forward *forward)
{
    forward_choice(forward, smaller);
}

static bool all_masked(const Forward *forward, int n)
{
    for (int i = 0; i < n; i++)
        if (!mask_of(forward, i)) return false;
    return n > 0;
}

/* A hidden element counts as 1; what all hide is 0. */
static void forward_multiply(const Forward *forward)
{
    const int n = merge_count(forward->call, forward->n_in);
    const int64_t size = shape_size(&forward->out[0].shape);
    float *out = forward->out[0].data, *shown = ARENA_ARRAY(forward->scratch, size, float);
    const bool hides = all_masked(forward, n);
    for (int64_t k = 0; k < size; k++) out[k] = 1.0F;
    for (int i = 0; i < n; i++) {
        const float *x = input_of(forward, i), *mask = mask_of(forward, i);
        for (int64_t k = 0; k < size; k++) {
            const bool counts = !mask || mask[k] != 0.0F;
            out[k] *= counts ? x[k] : 1.0F;
            if (counts) shown[k] = 1.0F;
        }
    }
    for (int64_t k = 0; hides && k < size; k++) out[k] *= shown[k];
}

/* ---- terms ---- */

static double scale_of(const Trace *trace, int i, int n)
{
    if (strcmp(trace->layer->kind->name, "Average") == 0) return 1.0 / n;
    return i && strcmp(trace->layer->kind->name, "Subtract") == 0 ? -1.0 : 1.0;
}

static int64_t trace(const Trace *trace, Term *terms, int64_t cap)
{
    const int n = merge_count(trace->call, trace->n_in);
    TermList list = {.term = terms, .cap = cap};
    for (int i = 0; i < n; i++) {
        const int64_t from = merge_index(&trace->in[i].shape, &trace->out[0].shape, trace->k);
        terms_add(&list, term_input(i, from, scale_of(trace, i, n)));
    }
    return list.n;
}

static int64_t connections(const Trace *trace)
{
    return dim_multiply(shape_size(&trace->out[0].shape), merge_count(trace->call, trace->n_in));
}

/* With masks an output is no plain maximum. */
static TraceRule maximum_rule(const Layer *layer)
{
    for (int i = 0; i < layer->n_calls; i++)
        if (layer->calls[i]->n_in > merge_count(&layer->calls[i]->call, layer->calls[i]->n_in)) return TRACE_DEPENDS;
    return TRACE_MAX;
}

/* ---- formulae ---- */

enum { INPUTS_TOLD = 8 };

static void put_inputs(const Trace *trace, const char *between, Text *text)
{
    const int n = merge_count(trace->call, trace->n_in);
    for (int i = 0; i < n && i < INPUTS_TOLD; i++) {
        if (i) text_put(text, between);
        merge_put_input(trace, i, text);
    }
    if (n > INPUTS_TOLD) text_print(text, "%s…", between);
}

/* What stands around and between: "max(", ", ", ")". */
typedef struct Notation {
    const char *name, *before, *between, *after;
} Notation;

static const Notation NOTATIONS[] = {
    {"Add", "", " + ", ""}, {"Subtract", "", " − ", ""}, {"Multiply", "", "·", ""}, {"Average", "(", " + ", ")"},
    {"Maximum", "max(", ", ", ")"}, {"Minimum", "min(", ", ", ")"},
};

static const Notation *notation_of(const Layer *layer)
{
    size_t i = 0;
    while (strcmp(NOTATIONS[i].name, layer->kind->name) != 0) i++;
    return &NOTATIONS[i];
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    const Notation *notation = notation_of(trace->layer);
    if (topic != EXPLAIN_RULE || !shape_known(&trace->out[0].shape)) return;
    text_put(text, notation->before);
    put_inputs(trace, notation->between, text);
    text_put(text, notation->after);
    if (*notation->before == '(') text_print(text, "/%d", merge_count(trace->call, trace->n_in));
}

/* "0.52·0.10": of what is no sum, and has no masks. */
static void numbers(const Forward *f, int64_t k, Text *text)
{
    const Notation *notation = notation_of(f->layer);
    if (layer_rule(f->layer) != TRACE_DEPENDS || f->n_in > INPUTS_TOLD || merge_count(f->call, f->n_in) != f->n_in) return;
    text_put(text, notation->before);
    for (int i = 0; i < f->n_in; i++) {
        if (i) text_put(text, notation->between);
        formula_value(text, (double)f->in[i].data[merge_index(&f->in[i].shape, &f->out[0].shape, k)]);
    }
    text_put(text, notation->after);
}

#define KIND_FIELDS(NAME, MODULE)                                                               \
    .name = NAME, .constructor = "Merge", .module = "keras.src.layers.merging." MODULE,                                 \
    .infer = merge_infer, .infer_numbers = merge_infer_numbers, .trace = trace, .connections = connections, .explain = explain, \
    .numbers = numbers, .mask = merge_mask

#define MASKED .call_params = MASKED_CALL, .n_call_params = 2

const LayerKind LAYER_add = {KIND_FIELDS("Add", "add"), .build = merge_build, .forward = forward_add, .fills = true, .rule = TRACE_SUM};
const LayerKind LAYER_subtract = {
    KIND_FIELDS("Subtract", "subtract"), .build = build_subtract, .forward = forward_subtract, .fills = true, .rule = TRACE_SUM,
};
const LayerKind LAYER_average = {
    KIND_FIELDS("Average", "average"), .build = merge_build, .forward = forward_average, .fills = true, .rule = TRACE_SUM,
};
const LayerKind LAYER_multiply = {
    KIND_FIELDS("Multiply", "multiply"), MASKED, .build = merge_build, .forward = forward_multiply, .rule = TRACE_DEPENDS,
};
const LayerKind LAYER_maximum = {
    KIND_FIELDS("Maximum", "maximum"), MASKED, .build = merge_build, .forward = forward_maximum,
    .rule = TRACE_MAX, .rule_of = maximum_rule,
};
const LayerKind LAYER_minimum = {
    KIND_FIELDS("Minimum", "minimum"), MASKED, .build = merge_build, .forward = forward_minimum, .rule = TRACE_DEPENDS,
};
