/* Arguments of a call: bound, checked, and their tensors in one flat list. */
#include <string.h>

#include "engine/calling.h"

const ParamSpec CALL_INPUTS[1] = {{.name = "inputs", .type = PARAM_TENSORS, .required = true}};

bool takes_anything(const Layer *layer)
{
    return layer->kind->operation || (layer->model && layer->model->kind == MODEL_FUNCTIONAL);
}

bool calling_check_positional(Calling *c)
{
    if (takes_anything(c->layer)) return true;
    for (int i = 0; i < c->n_args; i++) {
        if (c->args[i].keyword) continue;
        const Value leaves = nest_leaves(c->arena, &c->args[i].value);
        for (size_t j = 0; j < leaves.list->n; j++) {
            const Value *leaf = &leaves.list->items[j];
            if (is_symbolic(leaf) || leaf->kind == VALUE_NONE || leaf->kind == VALUE_UNKNOWN) continue;
            const char *text = value_str_text(c->arena, leaf);
            error_set(c->err, "ValueError", "Only input tensors may be passed as positional arguments. The following argument value "
                      "should be passed as a keyword argument: %s (of type <class '%s'>)", text, value_type(leaf));
            if (c->err) c->err->at = c->args[i].span;
            return error_cause(c->err, "cause.not_a_tensor", text, NULL);
        }
    }
    return true;
}

/* A nest with tensors and other things in it; None counts as neither. */
static bool is_mixed(Arena *arena, const Value *value, bool *tensors)
{
    const Value leaves = nest_leaves(arena, value);
    size_t symbolic = 0, absent = 0;
    for (size_t i = 0; i < leaves.list->n; i++) {
        symbolic += is_symbolic(&leaves.list->items[i]);
        absent += leaves.list->items[i].kind == VALUE_NONE;
    }
    *tensors = leaves.list->n > 0 && symbolic + absent == leaves.list->n;
    return symbolic > 0 && !*tensors;
}

bool calling_has_tensors(const Calling *c, int param)
{
    const Value *value = &c->call.args[param];
    bool tensors = false;
    if (is_symbolic(value)) return true;
    return value_is_nest(value) && !is_mixed(c->arena, value, &tensors) && tensors;
}

int calling_param(const Calling *c, const char *name)
{
    for (int i = 0; i < c->call.n; i++)
        if (strcmp(c->params[i].name, name) == 0) return i;
    return -1;
}

/* `training` goes through every layer, whether its call() takes it or not. */
static int drop_training(const Calling *c, Argument *kept)
{
    int n = 0;
    for (int i = 0; i < c->n_args; i++)
        if (!c->args[i].keyword || strcmp(c->args[i].keyword, "training") != 0 || calling_param(c, "training") >= 0)
            kept[n++] = c->args[i];
    return n;
}

bool calling_bind(Calling *c)
{
    c->params = kind_call_params(c->layer->kind, &c->call.n);
    const Signature signature = {.name = "call", .params = c->params, .n_params = c->call.n};
    Argument *kept = ARENA_ARRAY(c->arena, c->n_args, Argument);
    const int n = drop_training(c, kept);
    if (!bind_inspected(c->arena, &signature, kept, n, &c->bound, c->err)) return false;
    c->call.args = c->bound.values;
    c->call.tensors = ARENA_ARRAY(c->arena, c->call.n, TensorRange);
    for (int i = 0; i < c->call.n; i++) {
        bool tensors;
        if (value_is_nest(&c->call.args[i]) && is_mixed(c->arena, &c->call.args[i], &tensors))
            return error_set(c->err, "ValueError", "In a nested call() argument, you cannot mix tensors and non-tensors. Received "
                             "invalid mixed argument: %s=%s", c->params[i].name, value_str_text(c->arena, &c->call.args[i]));
    }
    return true;
}

/* ---- the flat list of inputs ---- */

static void add_input(Calling *c, KerasTensor *tensor)
{
    KerasTensor **in = ARENA_ARRAY(c->arena, c->n_in + 1, KerasTensor *);
    if (c->n_in) memcpy(in, c->in, (size_t)c->n_in * sizeof *in);
    in[c->n_in++] = tensor;
    c->in = in;
}

void calling_add_inputs(Calling *c, int param)
{
    const Value leaves = nest_leaves(c->arena, &c->call.args[param]);
    const int first = c->n_in;
    for (size_t i = 0; i < leaves.list->n; i++)
        if (is_symbolic(&leaves.list->items[i])) add_input(c, leaves.list->items[i].tensor);
    c->call.tensors[param] = (TensorRange){first, c->n_in - first};
}

bool calling_given_by_keyword(const Calling *c, int param)
{
    return c->bound.from[param] >= 0 && c->args[c->bound.from[param]].keyword;
}

/* Positional ones in order, then keywords by name, as Keras' nodes keep them. */
void calling_flatten(Calling *c)
{
    int *keywords = ARENA_ARRAY(c->arena, c->call.n, int), n = 0;
    for (int i = 0; i < c->call.n; i++) {
        if (!calling_given_by_keyword(c, i)) {
            calling_add_inputs(c, i);
            continue;
        }
        int j = n++;
        for (; j > 0 && strcmp(c->params[keywords[j - 1]].name, c->params[i].name) > 0; j--) keywords[j] = keywords[j - 1];
        keywords[j] = i;
    }
    for (int i = 0; i < n; i++) calling_add_inputs(c, keywords[i]);
    c->n_linked = c->n_in;
}

/* Floats of another type than the layer's are cast first; the cast is no part of the graph, but takes names. */
static TensorSpec converted(Calling *c, const KerasTensor *tensor)
{
    TensorSpec spec = tensor->spec;
    if (takes_anything(c->layer)) return spec;
    if (!c->layer->autocast || !dtype_is_float(spec.dtype) || spec.dtype == c->layer->dtype) return spec;
    if (!c->builder->eager) {
        builder_name(c->builder, "Cast");
        builder_name(c->builder, "KerasTensor");
    }
    spec.dtype = c->layer->dtype;
    return spec;
}

/* Those from the given one on; masks come later than the rest and are never floats. */
void calling_convert(Calling *c, int from)
{
    TensorSpec *specs = ARENA_ARRAY(c->arena, c->n_in, TensorSpec);
    if (from) memcpy(specs, c->specs, (size_t)from * sizeof *specs);
    for (int i = from; i < c->n_in; i++) specs[i] = converted(c, c->in[i]);
    c->specs = specs;
}

/* ---- the words of a refusal ---- */

/* "('<KerasTensor ...>',)": the arguments as Keras lists them under a refusal. */
static const char *printed_arguments(const Calling *c)
{
    Value tuple = value_list(c->arena, VALUE_TUPLE, (size_t)c->n_args);
    for (int i = 0; i < c->n_args; i++) {
        if (c->args[i].keyword) continue;
        Value leaves = nest_leaves(c->arena, &c->args[i].value);
        for (size_t j = 0; j < leaves.list->n; j++) {
            const char *text = value_repr_text(c->arena, &leaves.list->items[j]);
            leaves.list->items[j] = value_string(c->arena, text, strlen(text));
        }
        list_add(tuple.list, nest_pack(c->arena, &c->args[i].value, leaves.list->items));
    }
    return value_repr_text(c->arena, &tuple);
}

static const char *printed_keywords(const Calling *c)
{
    if (!c->keywords.dict->keys.n) return "<class 'inspect._empty'>";
    Value leaves = nest_leaves(c->arena, &c->keywords);
    for (size_t j = 0; j < leaves.list->n; j++) {
        const char *text = value_repr_text(c->arena, &leaves.list->items[j]);
        leaves.list->items[j] = value_string(c->arena, text, strlen(text));
    }
    const Value packed = nest_pack(c->arena, &c->keywords, leaves.list->items);
    return value_repr_text(c->arena, &packed);
}

/* Keras wraps what goes wrong inside call(); operations are mostly called without. */
bool calling_wrap_error(const Calling *c)
{
    if (!c->err || (c->layer->kind->operation && !c->layer->kind->called)) return false;
    c->err->message = arena_print(c->arena, "Exception encountered when calling %s.call().\n\n%s\n\nArguments received by %s.call():\n"
                                  "  • args=%s\n  • kwargs=%s", c->layer->class_name, c->err->message, c->layer->class_name,
                                  printed_arguments(c), printed_keywords(c));
    return false;
}
