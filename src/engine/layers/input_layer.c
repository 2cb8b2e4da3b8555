/* InputLayer: where numbers come in. Input() is its output. */
#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "engine/layer_parts.h"

static const ParamSpec PARAMS[] = {
    {.name = "shape", .type = PARAM_SHAPE, .unsaved = true, .example = "(4,)"},
    {.name = "batch_size", .type = PARAM_INT, .unsaved = true},
    {.name = "dtype", .type = PARAM_DTYPE},
    {.name = "sparse", .type = PARAM_BOOL},
    {.name = "ragged", .type = PARAM_BOOL},
    {.name = "batch_shape", .type = PARAM_SHAPE},
    {.name = "input_tensor", .type = PARAM_TENSORS, .unsaved = true},
    {.name = "optional", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "name", .type = PARAM_STRING},
};

/* call() takes nothing. */
static const ParamSpec CALL[1];

/* Old names that the constructor still knows. */
static void take_old_names(Maker *m)
{
    const Value *shape = dict_find(m->kwargs.dict, "input_shape"), *batch = dict_find(m->kwargs.dict, "batch_input_shape");
    if (shape) maker_set(m, "shape", *shape);
    if (batch) maker_set(m, "batch_shape", *batch);
}

static bool both(Maker *m, const char *a, const char *b)
{
    if (maker_is_none(m, a) || maker_is_none(m, b)) return false;
    maker_refuse(m, b, "ValueError", strcmp(a, "shape") == 0 ? "You cannot pass both `shape` and `batch_shape` at the same time."
                 : "You cannot pass both `batch_size` and `batch_shape` at the same time.");
    error_cause(m->err, "cause.two_shapes", a, b, NULL);
    error_fix(m->err, FIX_REMOVE_ARGUMENT, b, NULL);
    error_fix(m->err, FIX_REMOVE_ARGUMENT, a, NULL);
    return true;
}

static bool at_argument(Maker *m, const char *param)
{
    const Value *value = maker_arg(m, param);
    if (m->err && span_known(value->span)) m->err->at = value->span;
    return false;
}

/* "28" for shape=28: the shape meant is (28,). */
static void propose_tuple(Maker *m, const char *param)
{
    const Value *value = maker_arg(m, param);
    const char *text = maker_text(m, param);
    if (value->kind == VALUE_INT && value->integer >= 0)
        error_fix(m->err, FIX_ARGUMENT, param, arena_print(m->builder->arena, "(%s,)", text));
}

/* Dimensions written as floats or strings, as whole numbers. */
static void propose_whole_numbers(Maker *m, const char *param)
{
    const Value *value = maker_arg(m, param);
    if (value->kind != VALUE_TUPLE && value->kind != VALUE_LIST) return;
    Value whole = value_list(m->builder->arena, VALUE_TUPLE, value->list->n);
    for (size_t i = 0; i < value->list->n; i++) {
        const Value *dim = &value->list->items[i];
        if (dim->kind == VALUE_FLOAT && dim->number >= 0 && dim->number < 1e9) list_add(whole.list, value_int((int64_t)dim->number));
        else if (dim->kind == VALUE_STRING && dim->string.length && strspn(dim->string.bytes, "0123456789") == dim->string.length &&
                 dim->string.length < 10)
            list_add(whole.list, value_int(strtol(dim->string.bytes, NULL, 10)));
        else if (dim->kind == VALUE_INT) list_add(whole.list, dim->integer < 0 ? value_none() : *dim);
        else list_add(whole.list, *dim);
    }
    const char *text = value_repr_text(m->builder->arena, &whole);
    if (strcmp(text, value_repr_text(m->builder->arena, value)) != 0) error_fix(m->err, FIX_ARGUMENT, param, text);
}

static bool shape_of(Maker *m, const char *param, Shape *shape)
{
    if (shape_resolve(m->builder->arena, maker_arg(m, param), shape, m->err)) return true;
    propose_tuple(m, param);
    propose_whole_numbers(m, param);
    return at_argument(m, param);
}

/* (batch_size,) + shape */
static bool with_batch(Maker *m, Shape *shape)
{
    if (!shape_of(m, "shape", shape)) return false;
    Value tuple = value_list(m->builder->arena, VALUE_TUPLE, (size_t)shape->rank + 1);
    list_add(tuple.list, *maker_arg(m, "batch_size"));
    const Value rest = value_shape(m->builder->arena, shape);
    for (size_t i = 0; i < rest.list->n; i++) list_add(tuple.list, rest.list->items[i]);
    maker_set(m, "batch_shape", tuple);
    return true;
}

static bool batch_shape_of(Maker *m, Shape *shape)
{
    if (both(m, "shape", "batch_shape") || both(m, "batch_size", "batch_shape")) return false;
    if (maker_is_none(m, "shape") && maker_is_none(m, "batch_shape")) {
        maker_refuse(m, "shape", "ValueError", "You must pass a `shape` argument.");
        error_cause(m->err, "cause.no_shape", NULL);
        return error_fix(m->err, FIX_ARGUMENT, "shape", "(4,)");
    }
    if (!maker_is_none(m, "shape") && !with_batch(m, shape)) return false;
    return shape_of(m, "batch_shape", shape);
}

static bool own_dtype(Maker *m)
{
    Dtype dtype;
    if (!dtype_resolve(m->builder, maker_arg(m, "dtype"), &dtype, m->err)) {
        error_fix(m->err, FIX_REMOVE_ARGUMENT, "dtype", NULL);
        return at_argument(m, "dtype");
    }
    m->layer->dtype = m->layer->variable_dtype = dtype;
    maker_set(m, "dtype", value_string(m->builder->arena, dtype_name(dtype), strlen(dtype_name(dtype))));
    return true;
}

static void put_node(Maker *m, KerasTensor *tensor)
{
    Arena *arena = m->builder->arena;
    Node *node = ARENA_NEW(arena, Node);
    *node = (Node){.layer = m->layer, .out = ARENA_NEW(arena, KerasTensor *), .n_out = 1, .one_output = true,
                   .structure = VALUE_IS_NONE, .order = m->builder->order++, .span = m->span};
    node->out[0] = tensor;
    tensor->node = node;
    m->layer->calls = ARENA_NEW(arena, Node *);
    m->layer->calls[0] = node;
    m->layer->n_calls = 1;
    m->layer->calls_capacity = 1;
}

/* An Input around a tensor that is there takes its shape and type. */
static bool from_tensor(Maker *m, Shape *shape)
{
    const Value *given = maker_arg(m, "input_tensor");
    if (given->kind != VALUE_TENSOR)
        return maker_refuse(m, "input_tensor", "ValueError", "Argument `input_tensor` must be a KerasTensor. Received invalid type: "
                            "input_tensor=%s (of type <class '%s'>)", maker_text(m, "input_tensor"), value_type(given));
    *shape = given->tensor->spec.shape;
    maker_set(m, "batch_shape", value_shape(m->builder->arena, shape));
    const char *dtype = dtype_name(given->tensor->spec.dtype);
    maker_set(m, "dtype", value_string(m->builder->arena, dtype, strlen(dtype)));
    return true;
}

static const char *tensor_name(const Maker *m)
{
    const Value *name = maker_arg(m, "name");
    return name->kind == VALUE_STRING && name->string.length ? name->string.bytes : NULL;
}

static bool make(Maker *m)
{
    Shape shape;
    const Value kwargs = m->kwargs;
    m->kwargs = value_dict(m->builder->arena);
    const Value dtype = *maker_arg(m, "dtype");
    maker_set(m, "dtype", value_none());
    if (!layer_base(m)) return false;
    maker_set(m, "dtype", dtype);
    m->kwargs = kwargs;
    take_old_names(m);
    if (!(maker_is_none(m, "input_tensor") ? batch_shape_of(m, &shape) : from_tensor(m, &shape))) return false;
    if (!own_dtype(m)) return false;
    maker_set(m, "sparse", value_bool(value_truth(maker_arg(m, "sparse"))));
    maker_set(m, "ragged", value_bool(value_truth(maker_arg(m, "ragged"))));
    maker_set(m, "batch_shape", value_shape(m->builder->arena, &shape));
    if (maker_arg(m, "sparse")->boolean && maker_arg(m, "ragged")->boolean)
        return maker_refuse(m, "ragged", "ValueError", "KerasTensor cannot have `sparse=True` and `ragged=True` at the same time.");
    put_node(m, maker_is_none(m, "input_tensor") ? tensor_new(m->builder, (TensorSpec){shape, m->layer->dtype}, tensor_name(m))
                                                 : maker_arg(m, "input_tensor")->tensor);
    m->layer->built = true;
    return true;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic != EXPLAIN_TITLE || !t->n_out) return;
    const Shape rest = shape_slice(&t->out[0].shape, 1, t->out[0].shape.rank);
    shape_print(text, &rest);
}

const LayerKind LAYER_input_layer = {
    .name = "InputLayer",
    .module = "keras.src.layers.core.input_layer",
    .params = PARAMS,
    .n_params = sizeof PARAMS / sizeof *PARAMS,
    .call_params = CALL,
    .n_call_params = 0,
    .make = make,
    .explain = explain,
    .rule = TRACE_SUM,
};
