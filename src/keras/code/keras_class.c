#include "keras/code/keras_class.h"

#include <string.h>

#include "engine/activation.h"
#include "engine/config.h"
#include "engine/layers/layers.h"
#include "keras/code/exception.h"
#include "keras/code/keras_model.h"
#include "keras/code/keras_subclass.h"
#include "keras/code/places.h"
#include "keras/code/registry.h"
#include "keras/code/trail.h"

/* ---- what a layer is given ---- */

static Value class_itself(Evaluator *ev, const ConfigKind *kind)
{
    ValueConfig *config = ARENA_NEW(ev->arena, ValueConfig);
    *config = (ValueConfig){.module = kind->module, .class_name = kind->name, .class_itself = true,
                            .type_name = arena_print(ev->arena, "%s.%s", kind->source, kind->name)};
    return (Value){.kind = VALUE_CONFIG, NO_SPAN, .config = config};
}

static Value engine_list(Evaluator *ev, const Value *value)
{
    Value out = value_list(ev->arena, value->kind, value->list->n);
    for (size_t i = 0; i < value->list->n; i++) list_add(out.list, engine_value(ev, value->list->items[i]));
    return out;
}

static Value engine_dict(Evaluator *ev, const Value *value)
{
    Value out = value_dict(ev->arena);
    for (size_t i = 0; i < value->dict->keys.n; i++) {
        list_add(&out.dict->keys, value->dict->keys.items[i]);
        list_add(&out.dict->values, engine_value(ev, value->dict->values.items[i]));
    }
    return out;
}

/* keras.ops.relu where an activation stands; of another default is ops.gelu alone. */
static void operation_as_activation(Evaluator *ev, const Value *value, Value *out)
{
    const char *name = value_is(value, &OBJECT_OPERATION) ? value->object.data : NULL;
    const Activation *activation = name && strcmp(name, "gelu") != 0 ? activation_find(name) : NULL;
    if (activation) *out = activation_function(ev->arena, activation);
}

Value engine_value(Evaluator *ev, Value value)
{
    const Instance *instance = value_instance(&value);
    const Class *class = value_as_class(&value);
    Value out = value_plain(value);
    out.span = value.span;
    value = out;
    if (instance && instance->layer) out = value_layer(instance->layer);
    else if (class && class->config) out = class_itself(ev, class->config);
    else if (value.kind == VALUE_LIST || value.kind == VALUE_TUPLE) out = engine_list(ev, &value);
    else if (value.kind == VALUE_DICT) out = engine_dict(ev, &value);
    else operation_as_activation(ev, &value, &out);
    out.span = value.span;
    return out;
}

/* What a layer can be drawn without: its numbers are then others than Keras would have. */
static bool matters_little(ParamType type)
{
    return type == PARAM_INITIALIZER || type == PARAM_REGULARIZER || type == PARAM_CONSTRAINT || type == PARAM_SEED ||
           type == PARAM_FLOAT || type == PARAM_ACTIVATION;
}

static const ParamSpec *param_of(const ParamSpec *params, int n_params, const Argument *arg, int position)
{
    if (!arg->keyword) return position < n_params ? &params[position] : NULL;
    for (int i = 0; i < n_params; i++)
        if (strcmp(params[i].name, arg->keyword) == 0) return &params[i];
    return NULL;
}

static const Value *unknown_part(const Value *value)
{
    const ValueList *list = value_items(value);
    if (value->kind == VALUE_UNKNOWN) return value;
    for (size_t i = 0; list && i < list->n; i++)
        if (unknown_part(&list->items[i])) return unknown_part(&list->items[i]);
    for (size_t i = 0; value->kind == VALUE_DICT && i < value->dict->keys.n; i++)
        if (unknown_part(&value->dict->values.items[i])) return unknown_part(&value->dict->values.items[i]);
    return NULL;
}

/* "n_classes is len(labels), line 12, which comes from a file" */
_Noreturn void raise_unknown(Evaluator *ev, const Argument *arg, const ValueUnknown *origin)
{
    Error error = error_make(ev);
    int line = 0, column = 0;
    const char *code = span_known(arg->span) ? source_text(ev, arg->span) : arg->keyword;
    if (span_known(origin->origin)) text_place(ev->reading->text, ev->reading->length, origin->origin.start, &line, &column);
    error_set(&error, "UnknownValue", "%s", code);
    error.at = arg->span;
    error_cause(&error, origin->reason, code, origin->name ? origin->name : code,
                arena_print(ev->arena, "%d", line), NULL);
    raise_fault(ev, &error);
}

/* weights=, name= and the like may be unknown too. */
static bool base_argument_matters(const char *keyword)
{
    static const char *const shapes[] = {"input_shape", "batch_shape", "batch_input_shape", "input_dim", "batch_size"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(shapes[i], keyword) == 0) return true;
    return false;
}

static bool left_out(Evaluator *ev, const ParamSpec *param, const Argument *arg)
{
    const Value *part = unknown_part(&arg->value);
    if (!part) return false;
    const bool needed = param ? !matters_little(param->type) || param->required : !arg->keyword || base_argument_matters(arg->keyword);
    if (needed) raise_unknown(ev, arg, part->unknown);
    note(ev, "note.unknown_argument", source_text(ev, arg->span), NULL, arg->span);
    return true;
}

Argument *engine_arguments(Evaluator *ev, const ParamSpec *params, int n_params, const Argument *args, int n, int *n_out)
{
    Argument *out = ARENA_ARRAY(ev->arena, n + 1, Argument);
    int position = 0;
    *n_out = 0;
    for (int i = 0; i < n; i++) {
        walkable(ev, &args[i].value);
        const ParamSpec *param = param_of(params, n_params, &args[i], position);
        position += args[i].keyword == NULL;
        Argument arg = args[i];
        if (left_out(ev, param, &arg)) {
            if (arg.keyword) continue;
            arg.value = param->fallback;
        }
        arg.value = engine_value(ev, arg.value);
        out[(*n_out)++] = arg;
    }
    return out;
}

/* ---- layers ---- */

/* Embedding(10, 8, weights=[matrix]): built at once, for its weights. */
static void take_weights(Evaluator *ev, Layer *layer, const Argument *args, int n)
{
    const Argument *given = NULL;
    Error error = error_make(ev);
    if (layer->kind != &LAYER_embedding && layer->kind != &LAYER_reversible_embedding) return;
    for (int i = 0; i < n; i++)
        if (args[i].keyword && strcmp(args[i].keyword, "weights") == 0) given = &args[i];
    if (!given || given->value.kind == VALUE_NONE || !value_known(&given->value)) return;
    if (!layer_build(ev->builder, layer, NULL, 0, &error)) raise_fault(ev, &error);
    const bool one = given->value.kind == VALUE_LIST && given->value.list->n == 1;
    Value list = value_list(ev->arena, VALUE_LIST, 1);
    list_add(list.list, given->value);
    set_weights(ev, layer, one ? given->value : list);
}

Value layer_construct(Evaluator *ev, const LayerKind *kind, const Argument *args, int n, Span span)
{
    int given;
    const Argument *arguments = engine_arguments(ev, kind->params, kind->n_params, args, n, &given);
    Error error = error_make(ev);
    pay(ev, LAYER_STEPS);
    Layer *layer = layer_make(ev->builder, kind, arguments, given, span, &error);
    if (!layer) raise_fault(ev, &error);
    layer->place = place_made(ev, kind, args, n);
    trail_builds(ev);
    take_weights(ev, layer, args, n);
    return value_layer(layer);
}

static Value construct_layer(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    return layer_construct(ev, class->layer, args, n, span);
}

static Value construct_config(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    Value made;
    int given;
    const Argument *arguments = engine_arguments(ev, class->config->params, class->config->n_params, args, n, &given);
    Error error = error_make(ev);
    if (!config_make(ev->arena, class->config, arguments, given, &made, &error)) raise_fault(ev, &error);
    made.span = span;
    return made;
}

/* keras.Input: an InputLayer, and the tensor that comes out of it. */
static Value input_call(Evaluator *ev, const Given *given)
{
    const Value layer = layer_construct(ev, &LAYER_input_layer, given->written, given->n_written, given->span);
    return value_tensor(layer.layer->calls[0]->out[0]);
}

const Native KERAS_INPUT = {
    .name = "Input",
    .params = "!shape? batch_size? dtype? sparse? ragged? batch_shape? name? tensor? optional?",
    .call = input_call};

/* ---- classes ---- */

/* Model() without inputs and outputs is a subclassed one that has no call(). */
static Value construct_any_model(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    bool graph = false;
    for (int i = 0; i < n; i++) graph = graph || !args[i].keyword || strcmp(args[i].keyword, "inputs") == 0 || strcmp(args[i].keyword, "outputs") == 0;
    return graph ? construct_model(ev, class, args, n, span) : construct_base_layer(ev, class, args, n, span);
}

static const Class *const from_object[] = {&CLASS_OBJECT};
static const Class *const from_layer[] = {&CLASS_KERAS_LAYER};
static const Class *const from_model[] = {&CLASS_KERAS_MODEL};

const Class CLASS_KERAS_LAYER = {
    .name = "Layer", .module = "keras.src.layers.layer", .construct = construct_base_layer, .family = CLASS_LAYER,
    .bases = from_object, .n_bases = 1, .methods = LAYER_BASE_METHODS, .instance = {.type_name = "keras.src.layers.layer.Layer", .repr = instance_repr}};
const Class CLASS_KERAS_MODEL = {
    .name = "Model", .module = "keras.src.models.model", .construct = construct_any_model, .family = CLASS_MODEL,
    .bases = from_layer, .n_bases = 1, .methods = MODEL_BASE_METHODS, .instance = {.type_name = "keras.src.models.model.Model", .repr = instance_repr}};
const Class CLASS_KERAS_FUNCTIONAL = {
    .name = "Functional", .module = "keras.src.models.functional", .construct = construct_model, .family = CLASS_MODEL,
    .bases = from_model, .n_bases = 1, .instance = {.type_name = "keras.src.models.functional.Functional"}};
const Class CLASS_KERAS_SEQUENTIAL = {
    .name = "Sequential", .module = "keras.src.models.sequential", .construct = construct_sequential, .family = CLASS_MODEL,
    .bases = from_model, .n_bases = 1, .methods = SEQUENTIAL_BASE_METHODS, .instance = {.type_name = "keras.src.models.sequential.Sequential"}};
const Class CLASS_KERAS_TENSOR = {
    .name = "KerasTensor", .module = "keras.src.backend.common.keras_tensor", .construct = construct_base_layer,
    .bases = from_object, .n_bases = 1, .instance = {.type_name = "keras.src.backend.common.keras_tensor.KerasTensor"}};

/* One object for each class, so that classes can be compared. */
struct Classes {
    const LayerKind  **layer_kinds;   const Class **layers;   size_t n_layers, layers_capacity, kinds_capacity;
    const ConfigKind **config_kinds;  const Class **configs;  size_t n_configs, configs_capacity, config_kinds_capacity;
};

Classes *classes_make(Evaluator *ev)
{
    return ARENA_NEW(ev->arena, Classes);
}

static const Class *class_made(Evaluator *ev, Class class)
{
    Class *made = ARENA_NEW(ev->arena, Class);
    *made = class;
    made->instance.type_name = arena_print(ev->arena, "%s.%s", class.module, class.name);
    return made;
}

const Class *layer_class(Evaluator *ev, const LayerKind *kind)
{
    Classes *all = ev->classes;
    if (kind == &KIND_SEQUENTIAL) return &CLASS_KERAS_SEQUENTIAL;
    if (kind == &KIND_FUNCTIONAL) return &CLASS_KERAS_FUNCTIONAL;
    for (size_t i = 0; i < all->n_layers; i++)
        if (all->layer_kinds[i] == kind) return all->layers[i];
    const size_t n = all->n_layers++;
    all->layer_kinds = arena_grow(ev->arena, all->layer_kinds, n, &all->kinds_capacity, n + 1, sizeof *all->layer_kinds);
    all->layers = arena_grow(ev->arena, all->layers, n, &all->layers_capacity, n + 1, sizeof *all->layers);
    all->layer_kinds[n] = kind;
    all->layers[n] = class_made(ev, (Class){.name = kind->name, .module = kind->module, .construct = construct_layer,
                                           .family = CLASS_LAYER, .bases = from_layer, .n_bases = 1, .layer = kind});
    return all->layers[n];
}

const Class *config_class(Evaluator *ev, const ConfigKind *kind)
{
    Classes *all = ev->classes;
    for (size_t i = 0; i < all->n_configs; i++)
        if (all->config_kinds[i] == kind) return all->configs[i];
    const size_t n = all->n_configs++;
    all->config_kinds = arena_grow(ev->arena, all->config_kinds, n, &all->config_kinds_capacity, n + 1, sizeof *all->config_kinds);
    all->configs = arena_grow(ev->arena, all->configs, n, &all->configs_capacity, n + 1, sizeof *all->configs);
    all->config_kinds[n] = kind;
    all->configs[n] = class_made(ev, (Class){.name = kind->name, .module = kind->source, .construct = construct_config,
                                            .bases = from_object, .n_bases = 1, .config = kind});
    return all->configs[n];
}

const Class *layer_class_of(Evaluator *ev, const Layer *layer)
{
    Value self;
    if (subclass_instance(ev, layer, &self)) return value_instance(&self)->class;
    return layer_class(ev, layer->kind);
}

const Class *config_class_of(Evaluator *ev, const ValueConfig *config)
{
    const ConfigKind *kind = config_find(config->module, config->class_name);
    return kind ? config_class(ev, kind) : NULL;
}

bool is_sequential_class(const Value *value)
{
    return value_as_class(value) == &CLASS_KERAS_SEQUENTIAL;
}

/* Dense.from_config({...}): the class called with what stands in the dictionary. */
static Value from_config_call(Evaluator *ev, const Given *given)
{
    const Value config = value_plain(*given->arg[0]);
    const Class *class = value_as_class(given->self);
    if (config.kind != VALUE_DICT) return unknown_here(ev, "cause.not_known_object");
    Argument *args = ARENA_ARRAY(ev->arena, config.dict->keys.n + 1, Argument);
    for (size_t i = 0; i < config.dict->keys.n; i++) {
        if (config.dict->keys.items[i].kind != VALUE_STRING) raise_error(ev, "TypeError", "keywords must be strings");
        args[i] = (Argument){config.dict->keys.items[i].string.bytes, config.dict->values.items[i], SPAN_NONE};
    }
    return class_call(ev, class, args, (int)config.dict->keys.n);
}

static const Native from_config_native = {.name = "from_config", .params = "config **more", .call = from_config_call};

bool keras_class_attribute(Evaluator *ev, const Class *class, const char *name, Value *out)
{
    const bool makes_layers = class->layer || (class_own(class) && (class->family == CLASS_LAYER || class->family == CLASS_MODEL));
    if (strcmp(name, "from_config") == 0 && makes_layers) {
        *out = value_method(ev->arena, value_class(class), value_native(&from_config_native));
        return true;
    }
    if (strcmp(name, "__init__") == 0 || strcmp(name, "from_config") == 0) {
        *out = unknown(ev, "cause.not_known_function", arena_print(ev->arena, "%s.%s", class->name, name), ev->span);
        return true;
    }
    return false;
}
