#include "keras/code/keras_call.h"

#include <string.h>

#include "engine/constant.h"
#include "engine/layers/layers.h"
#include "keras/code/array.h"
#include "keras/code/array_functions.h"
#include "keras/code/function_operation.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_follow.h"
#include "keras/code/keras_functions.h"
#include "keras/code/keras_subclass.h"
#include "keras/code/registry.h"
#include "keras/code/trail.h"

/* ---- kinds of arguments ---- */

typedef bool (*Test)(const Value *);

static bool any_leaf(const Value *value, Test test)
{
    const ValueList *list = value_items(value);
    if (test(value)) return true;
    for (size_t i = 0; list && i < list->n; i++)
        if (any_leaf(&list->items[i], test)) return true;
    for (size_t i = 0; value->kind == VALUE_DICT && i < value->dict->values.n; i++)
        if (any_leaf(&value->dict->values.items[i], test)) return true;
    return false;
}

static bool is_symbolic(const Value *value) { return value->kind == VALUE_TENSOR; }
static bool is_unknown(const Value *value) { return value->kind == VALUE_UNKNOWN; }
static bool is_numbers(const Value *value) { return value_is(value, &OBJECT_ARRAY) || value_is(value, &OBJECT_SCALAR); }

static bool any_argument(const Argument *args, int n, Test test)
{
    for (int i = 0; i < n; i++)
        if (any_leaf(&args[i].value, test)) return true;
    return false;
}

bool arguments_symbolic(const Argument *args, int n)
{
    return any_argument(args, n, is_symbolic);
}

static void check_arguments(Evaluator *ev, const Argument *args, int n)
{
    for (int i = 0; i < n; i++) walkable(ev, &args[i].value);
}

/* ---- arrays as tensors, and back ---- */

static Value tensor_of_array(Evaluator *ev, Value value)
{
    const Array *array = array_of(&value);
    KerasTensor *tensor = ARENA_NEW(ev->arena, KerasTensor);
    *tensor = (KerasTensor){.spec = {array->shape, array->dtype}, .name = "tensor", .constant = value};
    if (tensor->spec.dtype == DTYPE_FLOAT64) tensor->spec.dtype = DTYPE_FLOAT32;
    return value_tensor(tensor);
}

typedef Value (*Change)(Evaluator *, Value);

/* Every leaf of lists and dictionaries changed. */
static Value changed(Evaluator *ev, Value value, Change change)
{
    if (value.kind == VALUE_LIST || value.kind == VALUE_TUPLE) {
        Value out = value_list(ev->arena, value.kind, value.list->n);
        for (size_t i = 0; i < value.list->n; i++) list_add(out.list, changed(ev, value.list->items[i], change));
        return out;
    }
    if (value.kind != VALUE_DICT) return change(ev, value);
    Value out = value_dict(ev->arena);
    for (size_t i = 0; i < value.dict->keys.n; i++) {
        list_add(&out.dict->keys, value.dict->keys.items[i]);
        list_add(&out.dict->values, changed(ev, value.dict->values.items[i], change));
    }
    return out;
}

static Value as_tensor(Evaluator *ev, Value value)
{
    return value_is(&value, &OBJECT_ARRAY) ? tensor_of_array(ev, value) : value;
}

static Value as_array(Evaluator *ev, Value value)
{
    return value.kind == VALUE_TENSOR ? value_array(ev, value.tensor->spec.shape, value.tensor->spec.dtype, NULL) : value;
}

Value node_value(Evaluator *ev, const Node *node)
{
    return node_result(ev->arena, node);
}

/* ---- layers ---- */

/* Keras traces a call() with tensors of its own: what happens inside takes no names and is no part of the graph around it. */
static Value symbolic_call(Evaluator *ev, Layer *layer, const Argument *args, int n)
{
    int given;
    const Argument *arguments = engine_arguments(ev, NULL, 0, args, n, &given);
    Error error = error_make(ev);
    pay(ev, LAYER_STEPS);
    const NameCounts before = ev->following ? builder_names(ev->builder) : (NameCounts){0};
    ev->builder->quiet += ev->following;
    Node *node = layer_call(ev->builder, layer, arguments, given, ev->span, &error);
    ev->builder->quiet -= ev->following;
    if (ev->following) follow_names_once(ev, layer, before);
    if (!node) raise_fault(ev, &error);
    if (!ev->builder->eager && !ev->following) registry_node(ev, node);
    trail_builds(ev);
    return node_value(ev, node);
}

/* TensorFlow looks ids up and finds none beyond the table. */
static void check_ids(Evaluator *ev, const Layer *layer, const Argument *args, int n)
{
    const Array *ids = n ? array_of(&args[0].value) : NULL;
    int64_t rows;
    if (layer->kind != &LAYER_embedding || !ids || !ids->numbers || !value_integer(&layer->args[0], &rows)) return;
    for (int64_t i = 0; i < shape_size(&ids->shape); i++)
        if (ids->numbers[i] >= (double)rows)
            raise_error(ev, "InvalidArgumentError", "Exception encountered when calling Embedding.call().\n\nindices = %.0f is not in [0, %lld)",
                        ids->numbers[i], (long long)rows);
}

static const Value *layer_argument(const Layer *layer, const char *name)
{
    for (int i = 0; i < layer->kind->n_params; i++)
        if (strcmp(layer->kind->params[i].name, name) == 0) return &layer->args[i];
    return NULL;
}

/* TensorFlow on a processor convolves maps with channels first only in 3D and in groups, for which Keras compiles. */
static void check_format(Evaluator *ev, const Layer *layer)
{
    static const LayerKind *const kinds[] = {&LAYER_conv1d, &LAYER_conv2d, &LAYER_conv1d_transpose, &LAYER_conv2d_transpose,
                                             &LAYER_conv3d_transpose, &LAYER_conv_lstm1d, &LAYER_conv_lstm2d};
    const Value *format = layer_argument(layer, "data_format"), *groups = layer_argument(layer, "groups");
    if (!format || !value_is_text(format, "channels_first") || (groups && value_is_number(groups) && value_number(groups) > 1)) return;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (layer->kind == kinds[i])
            raise_error(ev, "UnimplementedError", "Exception encountered when calling %s.call().\n\nThe Conv2D op currently only supports the "
                        "NHWC tensor format on the CPU. The op was given the format: NCHW", layer->class_name);
}

/* A layer called on arrays: it is built for their shapes, and what comes out has a shape. */
static Value eager_call(Evaluator *ev, Layer *layer, const Argument *args, int n)
{
    Argument *tensors = ARENA_ARRAY(ev->arena, n + 1, Argument);
    check_ids(ev, layer, args, n);
    for (int i = 0; i < n; i++) {
        tensors[i] = args[i];
        tensors[i].value = changed(ev, args[i].value, as_tensor);
    }
    const bool outer = ev->builder->eager;
    ev->builder->eager = true;
    Catch catch;
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) {
        const Value out = symbolic_call(ev, layer, tensors, n);
        check_format(ev, layer);
        catch_end(ev, &catch);
        ev->builder->eager = outer;
        return changed(ev, out, as_array);
    }
    catch_end(ev, &catch);
    ev->builder->eager = outer;
    raise_again(ev);
}

Value layer_call_plain(Evaluator *ev, Layer *layer, const Argument *args, int n)
{
    check_arguments(ev, args, n);
    for (int i = 0; i < n; i++)
        if (any_leaf(&args[i].value, is_unknown) && !args[i].keyword) return args[i].value.kind == VALUE_UNKNOWN
            ? args[i].value : unknown_here(ev, "cause.not_known_object");
    if (layer->model && n) registry_used(ev, layer->model, args[0].value, USED_CALL);
    return any_argument(args, n, is_numbers) ? eager_call(ev, layer, args, n) : symbolic_call(ev, layer, args, n);
}

Value layer_call_value(Evaluator *ev, Layer *layer, const Argument *args, int n)
{
    Value self;
    return subclass_instance(ev, layer, &self) ? subclass_call(ev, self, args, n) : layer_call_plain(ev, layer, args, n);
}

/* ---- operations ---- */

bool operation_exists(const char *name)
{
    return operation_find(name) || function_operation_exists(name);
}

static Value symbolic_operation(Evaluator *ev, const LayerKind *kind, const Argument *args, int n)
{
    int given;
    const Argument *arguments = engine_arguments(ev, NULL, 0, args, n, &given);
    Error error = error_make(ev);
    pay(ev, LAYER_STEPS);
    ev->builder->quiet += ev->following;
    Node *node = operation_node(ev->builder, kind, arguments, given, ev->span, &error);
    ev->builder->quiet -= ev->following;
    if (!node) raise_fault(ev, &error);
    if (!ev->builder->eager && !ev->following) registry_node(ev, node);
    trail_builds(ev);
    return node_value(ev, node);
}

/* Arrays, slices and the ellipsis as the engine takes them. */
static Value constant(Evaluator *ev, Value value);

static Value constant_items(Evaluator *ev, const Value *value)
{
    Value out = value_list(ev->arena, value->kind, value->list->n);
    for (size_t i = 0; i < value->list->n; i++) list_add(out.list, constant(ev, value->list->items[i]));
    return out;
}

static Value constant_array(Evaluator *ev, const Array *array)
{
    Tensor tensor;
    if (array->shape.rank == 0 && array->numbers) return value_float(array->numbers[0]);
    array_tensor(ev, array, &tensor);
    return value_array_of(ev->arena, tensor);
}

static Value constant(Evaluator *ev, Value value)
{
    const Array *array = array_of(&value);
    int64_t integer;
    double x;
    Value out = value;
    if (value_is(&value, &OBJECT_SCALAR) && value_integer(&value, &integer)) out = value_int(integer);
    else if (array) out = constant_array(ev, array);
    else if (value_is(&value, &OBJECT_SCALAR) && scalar_number(&value, &x)) out = value_float(x);
    else if (value.kind == VALUE_LIST || value.kind == VALUE_TUPLE) out = constant_items(ev, &value);
    out.span = value.span;
    return out;
}

static Argument *constants(Evaluator *ev, const Argument *args, int n)
{
    Argument *out = ARENA_ARRAY(ev->arena, n + 1, Argument);
    for (int i = 0; i < n; i++) {
        out[i] = args[i];
        out[i].value = constant(ev, args[i].value);
    }
    return out;
}

/* ops.shape(x): axes that are not known are None; inside a call() that is followed they may be computed with. */
static Value tensor_shape(Evaluator *ev, const KerasTensor *tensor)
{
    Value shape = value_shape(ev->arena, &tensor->spec.shape);
    for (size_t i = 0; i < shape.list->n && ev->following; i++)
        if (shape.list->items[i].kind == VALUE_NONE)
            shape.list->items[i] = unknown_here(ev, "cause.not_known_numbers");
    return shape;
}

static bool asks_shape(Evaluator *ev, const char *name, const Argument *args, int n, Value *out)
{
    if (!n || args[0].value.kind != VALUE_TENSOR) return false;
    if (strcmp(name, "shape") == 0) *out = tensor_shape(ev, args[0].value.tensor);
    else if (strcmp(name, "ndim") == 0) *out = value_int(args[0].value.tensor->spec.shape.rank);
    else if (strcmp(name, "convert_to_numpy") == 0 && !ev->following) raise_symbolic(ev, "a NumPy array");
    else return false;
    return true;
}

/* Windows are as long as a number says, which a symbolic tensor does not tell. */
static void refuse_window(Evaluator *ev, const char *name, const Argument *args)
{
    static const char *const windows[][2] = {
        {"bartlett", "Bartlett"}, {"blackman", "Blackman"}, {"hamming", "Hamming"}, {"hanning", "Hanning"}, {"kaiser", "Kaiser"},
    };
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++)
        if (strcmp(windows[i][0], name) == 0)
            raise_error(ev, "TypeError", "%s operation does not support symbolic tensors. Received input x = %s of type <class '%s'>",
                        windows[i][1], value_str_text(ev->arena, &args[0].value), type_of(&args[0].value));
}

/* rearrange(tensor, pattern, h=2): the lengths become one dictionary. */
static const Argument *with_lengths(Evaluator *ev, const Argument *args, int *n)
{
    Argument *out = ARENA_ARRAY(ev->arena, *n + 1, Argument);
    Value lengths = value_dict(ev->arena);
    int kept = 0;
    for (int i = 0; i < *n; i++) {
        const char *keyword = args[i].keyword;
        if (!keyword || strcmp(keyword, "tensor") == 0 || strcmp(keyword, "pattern") == 0) out[kept++] = args[i];
        else dict_set(ev->arena, lengths.dict, value_string(ev->arena, keyword, strlen(keyword)), args[i].value);
    }
    if (lengths.dict->keys.n) out[kept++] = (Argument){"axes_lengths", lengths, SPAN_NONE};
    *n = kept;
    return out;
}

/* reshape(x, (batch, 4)) inside call(), where the batch is not known: the one axis that is told by the others. */
static const Argument *reshape_arguments(Evaluator *ev, const Argument *args, int n)
{
    Argument *out = ARENA_ARRAY(ev->arena, n + 1, Argument);
    for (int i = 0; i < n; i++) {
        const ValueList *list = i ? value_items(&args[i].value) : NULL;
        int unknowns = 0, told = 0;
        out[i] = args[i];
        for (size_t k = 0; list && k < list->n; k++) {
            unknowns += list->items[k].kind == VALUE_UNKNOWN;
            told += list->items[k].kind == VALUE_INT && list->items[k].integer == -1;
        }
        if (unknowns != 1 || told) continue;
        out[i].value = value_list(ev->arena, VALUE_TUPLE, list->n);
        for (size_t k = 0; k < list->n; k++) list_add(out[i].value.list, list->items[k].kind == VALUE_UNKNOWN ? value_int(-1) : list->items[k]);
    }
    return out;
}

/* arange(length) inside call(), where the length is not known. */
static bool counts_unknown(const Evaluator *ev, const char *name, const Argument *args, int n)
{
    if (!ev->following || (strcmp(name, "arange") != 0 && strcmp(name, "range") != 0)) return false;
    return any_argument(args, n, is_unknown);
}

Value operation_call(Evaluator *ev, const char *name, const Argument *args, int n)
{
    const LayerKind *kind = operation_find(name);
    const Shape any_length = {.rank = 1, .dim = {DIM_NONE}};
    Value shape;
    check_arguments(ev, args, n);
    if (asks_shape(ev, name, args, n, &shape)) return shape;
    if (counts_unknown(ev, name, args, n)) return value_array(ev, any_length, DTYPE_INT32, NULL);
    if (ev->following && strcmp(name, "reshape") == 0) args = reshape_arguments(ev, args, n);
    for (int i = 0; i < n; i++)
        if (args[i].value.kind == VALUE_UNKNOWN) return args[i].value;
    if (function_operation_exists(name)) return function_operation_call(ev, name, args, n);
    if (!arguments_symbolic(args, n)) return array_function_call(ev, name, args, n);
    refuse_window(ev, name, args);
    if (!kind) return unknown(ev, "cause.not_known_operation", name, ev->span);
    if (strcmp(name, "rearrange") == 0) args = with_lengths(ev, args, &n);
    return symbolic_operation(ev, kind, constants(ev, args, n), n);
}

/* Activations that are operations of another name. */
static const struct { const char *activation, *operation; } activation_operations[] = {
    {"relu", "activations.relu"}, {"exponential", "exp"}};

static const char *activation_operation(const char *name)
{
    for (size_t i = 0; i < sizeof activation_operations / sizeof *activation_operations; i++)
        if (strcmp(activation_operations[i].activation, name) == 0) return activation_operations[i].operation;
    return name;
}

/* Activations that ask TensorFlow for numbers at once; inside a call() that is followed there are some. */
static bool wants_numbers(const Evaluator *ev, const char *name)
{
    static const char *const names[] = {"hard_silu", "mish", "sparsemax"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!ev->following && strcmp(names[i], name) == 0) return true;
    return false;
}

/* keras.activations.relu(x), and objects such as losses, which tell nothing of the model. */
Value config_call(Evaluator *ev, const ValueConfig *config, const Argument *args, int n)
{
    const bool symbolic = arguments_symbolic(args, n);
    const char *name = symbolic ? activation_operation(config->class_name) : config->class_name;
    if (config->function && strcmp(name, "linear") == 0 && n == 1) return args[0].value;
    const bool tensorflow = !ev->following && config->module && strcmp(config->module, "tensorflow.nn") == 0;
    if (config->function && symbolic && (tensorflow || wants_numbers(ev, name))) refuse_tensorflow(ev, name);
    if (config->function && operation_find(name)) return operation_call(ev, name, args, n);
    return unknown_here(ev, "cause.not_known_function");
}

/* ---- operators ---- */

static const char *const operator_names[] = {
    [PY_ADD] = "add", [PY_SUB] = "subtract", [PY_MUL] = "multiply", [PY_DIV] = "true_divide", [PY_FLOOR_DIV] = "floor_divide",
    [PY_MOD] = "mod", [PY_POW] = "power", [PY_MATMUL] = "matmul", [PY_BIT_OR] = "logical_or", [PY_BIT_AND] = "logical_and",
    [PY_BIT_XOR] = "logical_xor", [PY_INVERT] = "logical_not", [PY_MINUS] = "negative", [PY_LT] = "less", [PY_LE] = "less_equal",
    [PY_GT] = "greater", [PY_GE] = "greater_equal", [PY_NE] = "not_equal", [PY_NOT_IN] = NULL,
};

static const char *operator_name(PyOp op)
{
    return (size_t)op < sizeof operator_names / sizeof *operator_names ? operator_names[op] : NULL;
}

/* NumPy's own operators come first, and ask for numbers. */
static void refuse_numpy_left(Evaluator *ev, const Value *a)
{
    if (is_numbers(a) && !ev->following) raise_symbolic(ev, "a NumPy array");    /* inside call() arrays are weights */
}

/* Tensors have no ==: Python compares which one it is. */
Value tensor_operator(Evaluator *ev, PyOp op, Value a, Value b)
{
    const char *name = operator_name(op);
    if (op == PY_EQ) return value_bool(a.kind == VALUE_TENSOR && b.kind == VALUE_TENSOR && a.tensor == b.tensor);
    refuse_numpy_left(ev, &a);
    const Argument args[] = {{.value = a, .span = SPAN_NONE}, {.value = b, .span = SPAN_NONE}};
    const bool plain = a.kind == VALUE_STRING || b.kind == VALUE_STRING || a.kind == VALUE_NONE || b.kind == VALUE_NONE;
    if (!name || plain)
        raise_error(ev, "TypeError", "unsupported operand type(s): '%s' and '%s'", type_of(&a), type_of(&b));
    return operation_call(ev, name, args, 2);
}

Value tensor_unary(Evaluator *ev, PyOp op, Value value)
{
    const Argument arg = {.value = value, .span = SPAN_NONE};
    const char *name = operator_name(op);
    if (!name) raise_error(ev, "TypeError", "bad operand type for unary +: '%s'", type_of(&value));
    return operation_call(ev, name, &arg, 1);
}

Value tensor_item(Evaluator *ev, Value tensor, Value index)
{
    const Argument args[] = {{.value = tensor, .span = SPAN_NONE}, {.value = index, .span = SPAN_NONE}};
    return operation_call(ev, "get_item", args, 2);
}
