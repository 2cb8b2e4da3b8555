/* Concatenate: tensors end to end along an axis. */
#include <inttypes.h>
#include <string.h>

#include "engine/layers/merge.h"
#include "engine/layers/terms.h"

static const ParamSpec PARAMS[] = {{.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(-1)}};

static int64_t axis_of(const Layer *layer)
{
    const Value *axis = &layer->args[0];
    int64_t n = -1;
    if (!value_integer(axis, &n) && value_is_number(axis)) n = (int64_t)value_number(axis);
    return n;
}

/* ---- build ---- */

static bool matches(const Shape *a, const Shape *b)
{
    if (a->rank != b->rank) return false;
    for (int i = 0; i < a->rank; i++)
        if (a->dim[i] != DIM_NONE && b->dim[i] != DIM_NONE && a->dim[i] != b->dim[i]) return false;
    return true;
}

/* An axis along which they could be joined. */
static void propose_axis(Arena *arena, const TensorSpec *in, int n, Error *err)
{
    for (int axis = 1; axis < in[0].shape.rank; axis++) {
        bool fits = true;
        for (int i = 1; i < n && fits; i++) {
            if (in[i].shape.rank != in[0].shape.rank) return;
            const Shape a = shape_without(&in[0].shape, axis), b = shape_without(&in[i].shape, axis);
            fits = matches(&a, &b);
        }
        if (fits) error_fix(err, FIX_ARGUMENT, "axis", arena_print(arena, "%d", axis));
    }
}

static bool refuse_mismatch(Arena *arena, const TensorSpec *in, int n, const Value *shapes, Error *err)
{
    error_set(err, "ValueError", "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. Received: "
              "input_shape=%s", value_str_text(arena, shapes));
    error_cause(err, "cause.concatenate_shapes", value_str_text(arena, shapes), NULL);
    propose_axis(arena, in, n, err);
    return false;
}

static bool refuse_axis(Arena *arena, const Layer *layer, const char *words, const Shape *shape, Error *err)
{
    error_set(err, "IndexError", "%s", words);
    error_cause(err, "cause.axis_out_of_range", value_str_text(arena, &layer->args[0]), shape_text(arena, shape), NULL);
    return error_fix(err, FIX_REMOVE_ARGUMENT, "axis", NULL);
}

/* The shape without the axis, where it reaches so far; Python deletes from the end for a negative one. */
static bool reduce(Arena *arena, const Layer *layer, Shape *shape, Error *err)
{
    const int64_t axis = axis_of(layer), at = axis < 0 ? axis + shape->rank : axis;
    if (axis >= shape->rank) return true;
    if (at < 0) return refuse_axis(arena, layer, "list assignment index out of range", shape, err);
    *shape = shape_without(shape, (int)at);
    return true;
}

static bool check_match(Arena *arena, const Layer *layer, const TensorSpec *in, int n, const Value *shapes, Error *err)
{
    Shape *reduced = ARENA_ARRAY(arena, n, Shape);
    for (int i = 0; i < n; i++) {
        reduced[i] = in[i].shape;
        if (!reduced[i].rank) return error_set(err, "ZeroDivisionError", "integer modulo by zero");
        if (!reduce(arena, layer, &reduced[i], err)) return false;
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            if (!matches(&reduced[i], &reduced[j])) return refuse_mismatch(arena, in, n, shapes, err);
    return true;
}

static bool build(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    Arena *arena = builder->arena;
    const int n = merge_count(call, n_in);
    const Value shapes = call_shapes(arena, call, in);
    if (!n || !merge_is_list(&shapes)) {
        error_set(err, "ValueError", "A `Concatenate` layer should be called on a list of at least 1 input. Received: input_shape=%s",
                  value_str_text(arena, &shapes));
        return error_cause(err, "cause.merge_no_list", layer->class_name, NULL);
    }
    if (!value_is_number(&layer->args[0]) && layer->args[0].kind != VALUE_UNKNOWN) {
        error_set(err, "TypeError", "unsupported operand type(s) for %%: '%s' and 'int'", value_class_name(&layer->args[0]));
        return error_cause(err, "cause.not_a_number", "axis", value_str_text(arena, &layer->args[0]), NULL);
    }
    return check_match(arena, layer, in, n, &shapes, err);
}

/* The first shape counts, but for the axis. */
static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const int n = merge_count(call, n_in);
    Shape shape = in[0].shape;
    const int axis = shape_axis(&shape, axis_of(layer));
    if (axis < 0 && n > 1) return refuse_axis(out->arena, layer, "list index out of range", &shape, err);
    for (int i = 1; i < n && shape.dim[axis] != DIM_NONE; i++) {
        const int other = shape_axis(&in[i].shape, axis_of(layer));
        if (other < 0) return refuse_axis(out->arena, layer, "tuple index out of range", &in[i].shape, err);
        const int64_t more = in[i].shape.dim[other];
        shape.dim[axis] = more == DIM_NONE ? DIM_NONE : size_add(shape.dim[axis], more);
    }
    outputs_add(out, shape, layer->dtype);
    return true;
}

/* ---- masks: those of tensors without one are all ones ---- */

static KerasTensor *operate(Builder *builder, const char *name, KerasTensor *tensor, const char *keyword, Value value, Error *err)
{
    const Argument args[2] = {{.value = value_tensor(tensor), .span = SPAN_NONE}, {.keyword = keyword, .value = value, .span = SPAN_NONE}};
    return tensor ? operation_apply(builder, name, args, 2, err) : NULL;
}

static KerasTensor *full_mask(Builder *builder, KerasTensor *input, KerasTensor *mask, Error *err)
{
    static const Value boolean = VALUE_IS_TEXT("bool");
    if (!mask) return operate(builder, "ones_like", input, "dtype", boolean, err);
    if (mask->spec.shape.rank >= input->spec.shape.rank) return mask;
    KerasTensor *wide = operate(builder, "expand_dims", mask, "axis", value_int(-1), err);
    KerasTensor *none = operate(builder, "zeros_like", input, "dtype", boolean, err);
    if (!wide || !none) return NULL;
    const Argument both[2] = {{.value = value_tensor(wide), .span = SPAN_NONE}, {.value = value_tensor(none), .span = SPAN_NONE}};
    return operation_apply(builder, "logical_or", both, 2, err);
}

static KerasTensor *mask(Builder *builder, Layer *layer, Node *node, KerasTensor *const *in_masks, Error *err)
{
    const int n = merge_count(&node->call, node->n_in);
    bool any = false;
    for (int i = 0; i < n; i++) any |= in_masks[i] != NULL;
    if (!any) return NULL;
    Value masks = value_list(builder->arena, VALUE_LIST, (size_t)n);
    for (int i = 0; i < n; i++) {
        KerasTensor *full = full_mask(builder, node->in[i], in_masks[i], err);
        if (!full) return NULL;
        list_add(masks.list, value_tensor(full));
    }
    const Argument joined[2] = {
        {.value = masks, .span = SPAN_NONE}, {.keyword = "axis", .value = layer->args[0], .span = SPAN_NONE},
    };
    return operate(builder, "any", operation_apply(builder, "concatenate", joined, 2, err), "axis", value_int(-1), err);
}

/* ---- numbers ---- */

/* Where an element of the output comes from. */
typedef struct Source {
    int     input;
    int64_t from, at;     /* at: along the axis of the input */
} Source;

static bool source_of(const Trace *trace, Source *source)
{
    const Shape *out = &trace->out[0].shape;
    const int axis = shape_axis(out, axis_of(trace->layer)), n = merge_count(trace->call, trace->n_in);
    *source = (Source){.from = trace->k};
    if (axis < 0) return true;
    const int64_t inner = shape_span_size(out, axis + 1, out->rank);
    const int64_t outer = trace->k / (inner * out->dim[axis]), rest = trace->k % inner;
    for (source->at = trace->k / inner % out->dim[axis]; source->input < n; source->input++) {
        const int64_t length = trace->in[source->input].shape.dim[axis];
        source->from = (outer * length + source->at) * inner + rest;
        if (source->at < length) return true;
        source->at -= length;
    }
    return false;
}

/* All but the axis is alike. */
static bool fits(const Forward *forward, int axis, int n)
{
    const Shape same = shape_without(&forward->out[0].shape, axis);
    for (int i = 0; i < n; i++) {
        const Shape other = shape_without(&forward->in[i].shape, axis);
        if (!shape_equal(&other, &same)) return false;
    }
    return true;
}

/* A lone tensor is handed on, whatever the axis. */
static void forward(const Forward *forward)
{
    Tensor *out = &forward->out[0];
    const int n = merge_count(forward->call, forward->n_in), axis = n > 1 ? shape_axis(&out->shape, axis_of(forward->layer)) : 0;
    if (!fits(forward, axis, n)) {
        *forward->impossible = true;
        return;
    }
    const int64_t outer = shape_span_size(&out->shape, 0, axis), inner = shape_span_size(&out->shape, axis + 1, out->shape.rank);
    float *to = out->data;
    for (int64_t o = 0; o < outer; o++)
        for (int i = 0; i < n; i++) {
            const int64_t run = forward->in[i].shape.dim[axis] * inner;
            memcpy(to, forward->in[i].data + o * run, (size_t)run * sizeof(float));
            to += run;
        }
}

static int64_t trace(const Trace *trace, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    Source source;
    if (source_of(trace, &source)) terms_add(&list, term_input(source.input, source.from, 1));
    return list.n;
}

static int64_t connections(const Trace *trace)
{
    return shape_size(&trace->out[0].shape);
}

/* ---- formulae ---- */

static void explain_rule(const Trace *trace, Text *text)
{
    Source source;
    if (!shape_known(&trace->out[0].shape) || !source_of(trace, &source)) return;
    if (source.input < 26) text_print(text, "%c[", 'a' + source.input);
    else text_print(text, "x%d[", source.input);
    merge_put_place(&trace->in[source.input].shape, source.from, text);
    text_put_char(text, ']');
}

enum { LENGTHS_TOLD = 8 };

/* "3 + 4 = 7" */
static void explain_shape(const Trace *trace, Text *text)
{
    const int axis = shape_axis(&trace->out[0].shape, axis_of(trace->layer)), n = merge_count(trace->call, trace->n_in);
    if (axis < 0 || trace->out[0].shape.dim[axis] == DIM_NONE) return;
    for (int i = 0; i < n && i < LENGTHS_TOLD; i++)
        text_print(text, i ? " + %" PRId64 : "%" PRId64, trace->in[i].shape.dim[axis]);
    text_print(text, n > LENGTHS_TOLD ? " + … = %" PRId64 : " = %" PRId64, trace->out[0].shape.dim[axis]);
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) explain_rule(trace, text);
    if (topic == EXPLAIN_SHAPE) explain_shape(trace, text);
}

const LayerKind LAYER_concatenate = {
    .name = "Concatenate", .module = "keras.src.layers.merging.concatenate",
    .params = PARAMS, .n_params = 1,
    .build = build, .infer = infer, .forward = forward, .trace = trace, .explain = explain, .mask = mask,
    .connections = connections, .rule = TRACE_SUM,
};
