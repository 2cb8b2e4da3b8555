#include "keras/code/keras_lambda.h"

#include <string.h>

#include "keras/code/container.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_subclass.h"
#include "keras/code/places.h"

static const ParamSpec params[] = {{.name = "function", .required = true}, {.name = "output_shape"}, {.name = "mask"}, {.name = "arguments"}};
enum { N_PARAMS = sizeof params / sizeof *params };

static int param_index(const char *keyword)
{
    for (int i = 0; i < N_PARAMS; i++)
        if (strcmp(params[i].name, keyword) == 0) return i;
    return -1;
}

static Value lambda_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    Instance *instance = instance_make(ev->arena, class);
    Argument *base = ARENA_ARRAY(ev->arena, n + 1, Argument);
    int n_base = 0, position = 0;
    for (int i = 0; i < n; i++) {
        const int at = args[i].keyword ? param_index(args[i].keyword) : position++;
        if (at >= N_PARAMS) raise_error(ev, "TypeError", "Lambda.__init__() takes from 2 to 5 positional arguments but %d were given", n + 1);
        if (at < 0) base[n_base++] = args[i];
        else scope_set(instance->attributes, params[at].name, args[i].value);
    }
    if (!scope_find(instance->attributes, "function"))
        raise_error(ev, "TypeError", "Lambda.__init__() missing 1 required positional argument: 'function'");
    const Value self = value_of_instance(instance);
    subclass_start(ev, self, base, n_base);
    instance->layer->type_name = "keras.src.layers.core.lambda_layer.Lambda";
    instance->layer->place = place_made(ev, instance->layer->kind, args, n);
    return self;
}

static const Class *const from_layer[] = {&CLASS_KERAS_LAYER};
const Class CLASS_KERAS_LAMBDA = {
    .name = "Lambda", .module = "keras.src.layers.core.lambda_layer", .construct = lambda_construct, .family = CLASS_LAYER,
    .bases = from_layer, .n_bases = 1, .instance = {.type_name = "keras.src.layers.core.lambda_layer.Lambda", .repr = instance_repr}};

static const Value *attribute_of(const Instance *instance, const char *name)
{
    const Binding *binding = scope_find(instance->attributes, name);
    return binding && binding->value.kind != VALUE_NONE ? &binding->value : NULL;
}

Value lambda_apply(Evaluator *ev, const Instance *instance, Value inputs)
{
    const Value *more = attribute_of(instance, "arguments"), *function = attribute_of(instance, "function");
    const size_t n = more && more->kind == VALUE_DICT ? more->dict->keys.n : 0;
    Argument *args = ARENA_ARRAY(ev->arena, n + 1, Argument);
    args[0] = (Argument){.value = inputs, .span = SPAN_NONE};
    for (size_t i = 0; i < n; i++)
        args[i + 1] = (Argument){text_of(ev, more->dict->keys.items[i]), more->dict->values.items[i], SPAN_NONE};
    return function ? call(ev, *function, args, (int)n + 1) : value_none();
}

Value lambda_shape(Evaluator *ev, const Instance *instance, const Shape *input)
{
    const Value *told = attribute_of(instance, "output_shape");
    if (!told) return value_none();
    const Value shape = value_shape(ev->arena, input);
    if (!value_items(told)) return call_one(ev, *told, shape);
    Value out = value_list(ev->arena, VALUE_TUPLE, 0);
    list_add(out.list, shape.list->n ? shape.list->items[0] : value_none());
    for (size_t i = 0; i < value_items(told)->n; i++) list_add(out.list, value_items(told)->items[i]);
    return out;
}
