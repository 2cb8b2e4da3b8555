#include "keras/code/function_operation.h"

#include <string.h>

#include "engine/layers/layers.h"
#include "engine/operations/operand.h"
#include "keras/code/container.h"
#include "keras/code/keras_call.h"
#include "keras/opaque.h"

enum { PARAMS_MAX = 6 };

typedef struct Bound {
    const Value *arg[PARAMS_MAX];     /* NULL = not given */
    Value        operands;            /* a tuple of what else was given by position */
} Bound;

typedef struct Form {
    const char *name, *class_name;
    const char *params[PARAMS_MAX];
    int         needed;               /* so many must be given */
    /* A nest of tensors as Keras infers it: only their shapes and types count. */
    Value (*spec)(Evaluator *, const Bound *);
} Form;

/* ---- tensors that nothing feeds ---- */

static Value traced(Evaluator *ev, TensorSpec spec)
{
    const Argument args[] = {
        {"batch_shape", value_shape(ev->arena, &spec.shape), SPAN_NONE},
        {"dtype", value_string(ev->arena, dtype_name(spec.dtype), strlen(dtype_name(spec.dtype))), SPAN_NONE},
    };
    Error error = error_make(ev);
    ev->builder->quiet++;
    Layer *layer = layer_make(ev->builder, &LAYER_input_layer, args, 2, ev->span, &error);
    ev->builder->quiet--;
    if (!layer) raise_fault(ev, &error);
    layer->place = -1;
    return value_tensor(layer->calls[0]->out[0]);
}

typedef TensorSpec Change(Evaluator *, TensorSpec, int64_t);

/* The nest with a fresh tensor in the place of each. */
static Value changed(Evaluator *ev, const Value *nest, Change *change, int64_t by)
{
    const ValueList *items = value_items(nest);
    if (nest->kind == VALUE_TENSOR) return traced(ev, change(ev, nest->tensor->spec, by));
    if (nest->kind == VALUE_DICT) {
        Value dict = value_dict(ev->arena);
        for (size_t i = 0; i < nest->dict->keys.n; i++)
            dict_set(ev->arena, dict.dict, nest->dict->keys.items[i], changed(ev, &nest->dict->values.items[i], change, by));
        return dict;
    }
    if (!items) return *nest;
    Value list = value_list(ev->arena, nest->kind, items->n);
    for (size_t i = 0; i < items->n; i++) list_add(list.list, changed(ev, &items->items[i], change, by));
    return list;
}

static TensorSpec unchanged(Evaluator *ev, TensorSpec spec, int64_t by)
{
    (void)ev, (void)by;
    return spec;
}

/* t[0] */
static TensorSpec first_of(Evaluator *ev, TensorSpec spec, int64_t by)
{
    (void)by;
    if (!spec.shape.rank) raise_error(ev, "IndexError", "too many indices for array: array is 0-dimensional");
    spec.shape = shape_without(&spec.shape, 0);
    return spec;
}

static TensorSpec with_first(Evaluator *ev, TensorSpec spec, int64_t n)
{
    if (spec.shape.rank == SHAPE_RANK_MAX) raise_error(ev, "ValueError", "Too many axes.");
    spec.shape = shape_with(&spec.shape, 0, n);
    return spec;
}

static const TensorSpec *first_spec(const Value *nest)
{
    const ValueList *items = nest->kind == VALUE_DICT ? &nest->dict->values : value_items(nest);
    if (nest->kind == VALUE_TENSOR) return &nest->tensor->spec;
    for (size_t i = 0; items && i < items->n; i++)
        if (first_spec(&items->items[i])) return first_spec(&items->items[i]);
    return NULL;
}

static int64_t length_of(const Value *nest)
{
    const TensorSpec *spec = first_spec(nest);
    return spec && spec->shape.rank ? spec->shape.dim[0] : DIM_NONE;
}

/* ---- what Keras infers ---- */

static Value call_with(Evaluator *ev, const Value *function, const Value *args, int n)
{
    Argument *given = ARENA_ARRAY(ev->arena, n + 1, Argument);
    for (int i = 0; i < n; i++) given[i] = (Argument){.value = args[i], .span = SPAN_NONE};
    return call(ev, *function, given, n);
}

static Value spec_map(Evaluator *ev, const Bound *b)
{
    const Value x = changed(ev, b->arg[1], first_of, 0), y = call_with(ev, b->arg[0], &x, 1);
    return changed(ev, &y, with_first, length_of(b->arg[1]));
}

/* f(carry, x) gives both anew; the results stand one behind the other. */
static Value spec_scan(Evaluator *ev, const Bound *b)
{
    const Value *xs = b->arg[2], *length = b->arg[3];
    const bool alone = !xs || xs->kind == VALUE_NONE;
    const Value args[] = {changed(ev, b->arg[1], unchanged, 0), alone ? value_none() : changed(ev, xs, first_of, 0)};
    Value both = call_with(ev, b->arg[0], args, 2);
    const ValueList *items = value_items(&both);
    int64_t n = alone ? DIM_NONE : length_of(xs);
    if (both.kind == VALUE_UNKNOWN) return both;
    if (!items || items->n != 2) raise_error(ev, "ValueError", "not enough values to unpack (expected 2)");
    if (length) value_integer(length, &n);
    Value out = value_list(ev->arena, VALUE_TUPLE, 2);
    list_add(out.list, items->items[0]);
    list_add(out.list, changed(ev, &items->items[1], with_first, n));
    return out;
}

static int scan_axis(const Bound *b, const Shape *shape)
{
    int64_t axis = 0;
    if (b->arg[3]) value_integer(b->arg[3], &axis);
    return shape_axis(shape, axis);
}

static TensorSpec sliced(Evaluator *ev, TensorSpec spec, int64_t axis)
{
    if (axis < 0 || axis >= spec.shape.rank) raise_error(ev, "IndexError", "tuple index out of range");
    spec.shape.dim[axis] = 1;
    return spec;
}

static Value with_shape(Evaluator *ev, const Value *nest, const Shape *shape)
{
    Value out = changed(ev, nest, unchanged, 0);
    const ValueList *items = value_items(&out);
    if (out.kind == VALUE_TENSOR) out.tensor->spec.shape = *shape;
    for (size_t i = 0; items && i < items->n; i++) items->items[i] = with_shape(ev, &items->items[i], shape);
    return out;
}

static void put_shapes(const Value *nest, Text *text)
{
    const ValueList *items = value_items(nest);
    if (nest->kind == VALUE_TENSOR) {
        if (text->length) text_put(text, ", ");
        shape_print(text, &nest->tensor->spec.shape);
    }
    for (size_t i = 0; items && i < items->n; i++) put_shapes(&items->items[i], text);
}

static bool same_length(const Bound *b, const Value *nest, int64_t length)
{
    const ValueList *items = value_items(nest);
    if (nest->kind == VALUE_TENSOR) {
        const int axis = scan_axis(b, &nest->tensor->spec.shape);
        return axis >= 0 && nest->tensor->spec.shape.dim[axis] == length;
    }
    for (size_t i = 0; items && i < items->n; i++)
        if (!same_length(b, &items->items[i], length)) return false;
    return true;
}

static Value spec_associative(Evaluator *ev, const Bound *b)
{
    const TensorSpec *first = first_spec(b->arg[1]);
    const int axis = first ? scan_axis(b, &first->shape) : -1;
    Text shapes = {.arena = ev->arena};
    if (axis < 0) raise_error(ev, "IndexError", "tuple index out of range");
    put_shapes(b->arg[1], &shapes);
    if (!same_length(b, b->arg[1], first->shape.dim[axis]))
        raise_error(ev, "ValueError", "Array inputs to associative_scan must have the same first dimension. (saw: [%s])", text_string(&shapes));
    const Value x = changed(ev, b->arg[1], sliced, axis), args[] = {x, x};
    const Value y = call_with(ev, b->arg[0], args, 2);
    return y.kind == VALUE_UNKNOWN ? y : with_shape(ev, &y, &first->shape);
}

static bool same_spec(const Value *a, const Value *b)
{
    const ValueList *x = value_items(a), *y = value_items(b);
    if (a->kind == VALUE_TENSOR && b->kind == VALUE_TENSOR)
        return shape_equal(&a->tensor->spec.shape, &b->tensor->spec.shape) && a->tensor->spec.dtype == b->tensor->spec.dtype;
    if (!x || !y) return a->kind == b->kind;
    for (size_t i = 0; x->n == y->n && i < x->n; i++)
        if (!same_spec(&x->items[i], &y->items[i])) return false;
    return x->n == y->n;
}

static Value spec_cond(Evaluator *ev, const Bound *b)
{
    const Value one = call_with(ev, b->arg[1], NULL, 0), other = call_with(ev, b->arg[2], NULL, 0);
    if (one.kind == VALUE_UNKNOWN || other.kind == VALUE_UNKNOWN) return one.kind == VALUE_UNKNOWN ? one : other;
    if (!same_spec(&one, &other))
        raise_error(ev, "ValueError", "`true_fn` and `false_fn` should return outputs of the same kind (struct, dtype and shape). Got %s and %s "
                    "instead.", value_str_text(ev->arena, &one), value_str_text(ev->arena, &other));
    return one;
}

static Value spec_switch(Evaluator *ev, const Bound *b)
{
    const ValueList *branches = value_items(b->arg[1]), *operands = b->operands.list;
    if (!branches || !branches->n) raise_error(ev, "IndexError", "list index out of range");
    const Value args = changed(ev, &b->operands, unchanged, 0);
    return call_with(ev, &branches->items[0], args.list->items, (int)operands->n);
}

static Value spec_while(Evaluator *ev, const Bound *b) { return changed(ev, b->arg[2], unchanged, 0); }
static Value spec_for(Evaluator *ev, const Bound *b) { return changed(ev, b->arg[3], unchanged, 0); }

static const Form forms[] = {
    {"map", "Map", {"f", "xs"}, 2, spec_map},
    {"vectorized_map", "VectorizedMap", {"function", "elements"}, 2, spec_map},
    {"scan", "Scan", {"f", "init", "xs", "length", "reverse", "unroll"}, 2, spec_scan},
    {"associative_scan", "AssociativeScan", {"f", "elems", "reverse", "axis"}, 2, spec_associative},
    {"cond", "Cond", {"pred", "true_fn", "false_fn"}, 3, spec_cond},
    {"switch", "Switch", {"index", "branches"}, 2, spec_switch},
    {"while_loop", "WhileLoop", {"cond", "body", "loop_vars", "maximum_iterations"}, 3, spec_while},
    {"fori_loop", "ForiLoop", {"lower", "upper", "body_fun", "init_val"}, 4, spec_for},
};

static const Form *form_find(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].name, name) == 0) return &forms[i];
    return NULL;
}

bool function_operation_exists(const char *name) { return form_find(name) != NULL; }

/* ---- the call ---- */

static int param_place(const Form *form, const char *keyword)
{
    for (int i = 0; i < PARAMS_MAX && form->params[i]; i++)
        if (strcmp(form->params[i], keyword) == 0) return i;
    return -1;
}

static Bound bind(Evaluator *ev, const Form *form, const Argument *args, int n)
{
    Bound b = {.operands = value_list(ev->arena, VALUE_TUPLE, (size_t)n)};
    for (int i = 0; i < n; i++) {
        const bool there = i < PARAMS_MAX && form->params[i];
        const int at = args[i].keyword ? param_place(form, args[i].keyword) : there ? i : -1;
        if (at >= 0) b.arg[at] = &args[i].value;
        else if (args[i].keyword) raise_error(ev, "TypeError", "%s() got an unexpected keyword argument '%s'", form->name, args[i].keyword);
        else list_add(b.operands.list, args[i].value);
    }
    for (int i = 0; i < form->needed; i++)
        if (!b.arg[i]) raise_error(ev, "TypeError", "%s() missing 1 required positional argument: '%s'", form->name, form->params[i]);
    return b;
}

/* A condition that is known: Keras calls that function and no other. */
static bool is_decided(const Form *form, const Bound *b)
{
    return form->spec == spec_cond && (b->arg[0]->kind == VALUE_BOOL || value_is_number(b->arg[0]));
}

/* What happens inside the functions takes no names and is no part of the graph around them. */
static Value infer(Evaluator *ev, const Form *form, const Bound *b)
{
    Catch catch;
    catch_begin(ev, &catch);
    ev->following++;
    if (setjmp(catch.here) == 0) {
        const Value spec = form->spec(ev, b);
        catch_end(ev, &catch);
        return spec;
    }
    catch_end(ev, &catch);
    raise_again(ev);
}

static int tell_outputs(Evaluator *ev, Layer *layer, const Value *nest, int at)
{
    const ValueList *items = nest->kind == VALUE_DICT ? &nest->dict->values : value_items(nest);
    if (nest->kind == VALUE_TENSOR) opaque_output(ev->builder, layer, 0, at++, nest->tensor->spec);
    for (size_t i = 0; items && i < items->n; i++) at = tell_outputs(ev, layer, &items->items[i], at);
    return at;
}

/* The nest with the outputs of the node, in order. */
static Value fill_nest(Evaluator *ev, const Value *nest, const ValueList *outputs, size_t *at)
{
    const ValueList *items = value_items(nest);
    if (nest->kind == VALUE_TENSOR) return *at < outputs->n ? outputs->items[(*at)++] : value_none();
    if (nest->kind == VALUE_DICT) {
        Value dict = value_dict(ev->arena);
        for (size_t i = 0; i < nest->dict->keys.n; i++)
            dict_set(ev->arena, dict.dict, nest->dict->keys.items[i], fill_nest(ev, &nest->dict->values.items[i], outputs, at));
        return dict;
    }
    if (!items) return *nest;
    Value list = value_list(ev->arena, nest->kind, items->n);
    for (size_t i = 0; i < items->n; i++) list_add(list.list, fill_nest(ev, &items->items[i], outputs, at));
    return list;
}

static void add_tensors(const Value *nest, ValueList *tensors)
{
    const ValueList *items = nest->kind == VALUE_DICT ? &nest->dict->values : value_items(nest);
    if (nest->kind == VALUE_TENSOR) list_add(tensors, *nest);
    for (size_t i = 0; items && i < items->n; i++) add_tensors(&items->items[i], tensors);
}

Value function_operation_call(Evaluator *ev, const char *name, const Argument *args, int n)
{
    const Form *form = form_find(name);
    const Bound bound = bind(ev, form, args, n);
    Value tensors = value_list(ev->arena, VALUE_LIST, 4);
    if (is_decided(form, &bound)) return call_with(ev, bound.arg[value_truth(bound.arg[0]) ? 1 : 2], NULL, 0);
    for (int i = 0; i < n; i++) add_tensors(&args[i].value, tensors.list);
    if (!tensors.list->n) return unknown(ev, "cause.not_known_operation", name, ev->span);
    const Value spec = infer(ev, form, &bound);
    if (spec.kind == VALUE_UNKNOWN) return spec;
    Error error = error_make(ev);
    ev->builder->quiet += ev->following;
    Layer *layer = opaque_make(ev->builder, form->class_name, NULL, ev->span, &error);
    ev->builder->quiet -= ev->following;
    if (!layer) raise_fault(ev, &error);
    layer->place = -1;
    if (!tell_outputs(ev, layer, &spec, 0)) return unknown(ev, "cause.not_known_operation", name, ev->span);
    const Argument inputs = {.value = tensors.list->n == 1 ? tensors.list->items[0] : tensors, .span = SPAN_NONE};
    const Value out = layer_call_plain(ev, layer, &inputs, 1);
    size_t at = 0;
    Value outputs = value_list(ev->arena, VALUE_LIST, 1);
    add_tensors(&out, outputs.list);
    return fill_nest(ev, &spec, outputs.list, &at);
}
