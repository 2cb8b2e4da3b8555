/* Constructors: from arguments as written to a layer. */
#include <stdarg.h>
#include <string.h>

#include "base/nearest.h"
#include "engine/binding.h"
#include "engine/config.h"

static int param_index(const LayerKind *kind, const char *name)
{
    for (int i = 0; i < kind->n_params; i++)
        if (strcmp(kind->params[i].name, name) == 0) return i;
    return -1;
}

const Value *layer_arg(const Layer *layer, const char *param)
{
    static const Value none = VALUE_IS_NONE;
    const int i = param_index(layer->kind, param);
    return i < 0 ? &none : &layer->args[i];
}

const Value *maker_arg(const Maker *maker, const char *param)
{
    return layer_arg(maker->layer, param);
}

bool maker_is_none(const Maker *maker, const char *param)
{
    return maker_arg(maker, param)->kind == VALUE_NONE;
}

void maker_set(Maker *maker, const char *param, Value value)
{
    Value *arg = &maker->layer->args[param_index(maker->layer->kind, param)];
    value.span = arg->span;
    *arg = value;
}

const char *maker_text(const Maker *maker, const char *param)
{
    return value_str_text(maker->builder->arena, maker_arg(maker, param));
}

/* The argument as written that a parameter got; NULL when it has its default. */
static const Argument *argument_of(const Maker *maker, const char *param)
{
    const int place = param_index(maker->layer->kind, param);
    for (int i = 0, position = 0; i < maker->n_given; i++) {
        const Argument *given = &maker->given[i];
        if (given->keyword ? strcmp(given->keyword, param) == 0 : position++ == place) return given;
    }
    return NULL;
}

static bool refuse_argument(Maker *maker, const char *param, const char *exception, const char *message)
{
    if (!maker->err || maker->err->set) return false;
    const Argument *argument = argument_of(maker, param);
    error_set(maker->err, exception, "%s", message);
    if (argument) maker->err->at = argument->span;
    return false;
}

bool maker_refuse(Maker *maker, const char *param, const char *exception, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *message = arena_vprint(maker->builder->arena, format, list);
    va_end(list);
    return refuse_argument(maker, param, exception, message);
}

static bool place_at(Maker *maker, const char *param)
{
    const Argument *argument = argument_of(maker, param);
    if (maker->err && argument && !span_known(maker->err->at)) maker->err->at = argument->span;
    return false;
}

/* A fix that replaces "the text of the argument" is one of this argument. */
static bool name_fixes(Maker *maker, const char *param)
{
    for (int i = 0; maker->err && i < maker->err->n_fixes; i++) {
        Fix *fix = &maker->err->fix[i];
        if (fix->kind != FIX_REPLACE_TEXT || span_known(fix->span)) continue;
        fix->kind = FIX_ARGUMENT;
        fix->name = arena_copy(maker->builder->arena, param, strlen(param));
    }
    return place_at(maker, param);
}

bool maker_activation(Maker *maker, const char *param, const Activation **activation)
{
    Value resolved;
    if (!activation_resolve(maker->builder->arena, maker_arg(maker, param), activation, &resolved, maker->err))
        return name_fixes(maker, param);
    maker_set(maker, param, resolved);
    return true;
}

static bool resolve(Maker *maker, const char *param, const char *what)
{
    Value resolved;
    if (!config_resolve(maker->builder->arena, what, maker_arg(maker, param), &resolved, maker->err))
        return name_fixes(maker, param);
    maker_set(maker, param, resolved);
    return true;
}

bool maker_initializer(Maker *maker, const char *param) { return resolve(maker, param, "initializer"); }
bool maker_regularizer(Maker *maker, const char *param) { return resolve(maker, param, "regularizer"); }
bool maker_constraint(Maker *maker, const char *param) { return resolve(maker, param, "constraint"); }

/* What SeedGenerator takes; no seed is one of its own choosing. */
bool maker_seed(Maker *maker, const char *param)
{
    const ValueKind kind = maker_arg(maker, param)->kind;
    if (kind == VALUE_NONE || kind == VALUE_INT || kind == VALUE_UNKNOWN) return true;
    if (kind == VALUE_BOOL)    /* it stands in a list beside an integer */
        return maker_refuse(maker, param, "ValueError", "Can't convert Python sequence with mixed types to Tensor.");
    maker_refuse(maker, param, "ValueError", "Argument `seed` must be an integer. Received: seed=%s", maker_text(maker, param));
    error_cause(maker->err, "cause.seed", NULL);
    return error_fix(maker->err, FIX_REMOVE_ARGUMENT, param, NULL);
}

static char *lower(Arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text, strlen(text));
    for (char *p = copy; *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p - 'A' + 'a');
    return copy;
}

bool maker_data_format(Maker *maker, const char *param, bool *channels_first)
{
    Arena *arena = maker->builder->arena;
    const bool global = maker_is_none(maker, param);
    const char *name = global ? maker->builder->image_data_format : lower(arena, maker_text(maker, param));
    *channels_first = strcmp(name, "channels_first") == 0;
    if (!*channels_first && strcmp(name, "channels_last") != 0) {
        maker_refuse(maker, param, "ValueError", "The `data_format` argument must be one of {'channels_first', 'channels_last'}. "
                     "Received: data_format=%s", name);
        error_cause(maker->err, "cause.data_format", maker_text(maker, param), NULL);
        return error_fix(maker->err, FIX_REMOVE_ARGUMENT, param, NULL);
    }
    maker_set(maker, param, value_string(arena, name, strlen(name)));
    return true;
}

bool maker_padding(Maker *maker, const char *param, bool allow_causal)
{
    Arena *arena = maker->builder->arena;
    const Value *value = maker_arg(maker, param);
    if (value->kind == VALUE_LIST || value->kind == VALUE_TUPLE) return true;
    if (value->kind == VALUE_UNKNOWN) return true;
    if (value->kind != VALUE_STRING) {
        maker_refuse(maker, param, "AttributeError", "'%s' object has no attribute 'lower'", value_class_name(value));
        error_cause(maker->err, "cause.padding", maker_text(maker, param), NULL);
        return error_fix(maker->err, FIX_ARGUMENT, param, "'same'");
    }
    const char *name = lower(arena, value->string.bytes);
    if (strcmp(name, "valid") != 0 && strcmp(name, "same") != 0 && !(allow_causal && strcmp(name, "causal") == 0)) {
        maker_refuse(maker, param, "ValueError", "The `padding` argument must be a list/tuple or one of %s. Received: %s",
                     allow_causal ? "{'same', 'causal', 'valid'}" : "{'same', 'valid'}", name);
        error_cause(maker->err, "cause.padding", name, NULL);
        return error_fix(maker->err, FIX_ARGUMENT, param, "'same'");
    }
    maker_set(maker, param, value_string(arena, name, strlen(name)));
    return true;
}

bool maker_child(Maker *maker, Layer *child)
{
    Layer *layer = maker->layer;
    Layer **children = ARENA_ARRAY(maker->builder->arena, layer->n_children + 1, Layer *);
    if (layer->n_children) memcpy(children, layer->children, (size_t)layer->n_children * sizeof *children);
    children[layer->n_children++] = child;
    layer->children = children;
    return true;
}

/* ---- super().__init__(**kwargs) ---- */

static const char *const BASE_NAMES[] = {"activity_regularizer", "trainable", "dtype", "autocast", "name", "input_dim", "input_shape"};

bool layer_takes(const char *name)
{
    for (size_t i = 0; i < sizeof BASE_NAMES / sizeof *BASE_NAMES; i++)
        if (strcmp(BASE_NAMES[i], name) == 0) return true;
    return false;
}

/* Given in **kwargs, or a parameter of the kind that its constructor hands on. */
static Value base_value(const Maker *maker, const char *name, Value fallback)
{
    const Value *given = dict_find(maker->kwargs.dict, name);
    if (given) return *given;
    return param_index(maker->layer->kind, name) < 0 ? fallback : *maker_arg(maker, name);
}

static bool base_name(Maker *maker)
{
    Layer *layer = maker->layer;
    Arena *arena = maker->builder->arena;
    const Value name = base_value(maker, "name", value_none());
    layer->legacy_number = -1;
    if (name.kind == VALUE_NONE) {
        layer->legacy_number = builder_legacy_number(maker->builder, layer->kind, layer->class_name);
        layer->name = builder_name(maker->builder, layer->kind->stem ? layer->kind->stem : layer->class_name);
        return true;
    }
    if (name.kind == VALUE_UNKNOWN) {
        layer->name = "?";
        return true;
    }
    if (name.kind != VALUE_STRING || memchr(name.string.bytes, '/', name.string.length)) {
        maker_refuse(maker, "name", "ValueError", "Argument `name` must be a string and cannot contain character `/`. "
                     "Received: name=%s (of type <class '%s'>)", value_str_text(arena, &name), value_type(&name));
        error_cause(maker->err, "cause.layer_name", value_str_text(arena, &name), NULL);
        return error_fix(maker->err, FIX_REMOVE_ARGUMENT, "name", NULL);
    }
    layer->name = name.string.bytes;
    return true;
}

static bool base_dtype(Maker *maker)
{
    DtypePolicy policy;
    const bool operation = maker->layer->kind->operation;    /* its `dtype` is that of the result */
    const Value dtype = operation ? value_none() : base_value(maker, "dtype", value_none());
    if (!dtype_policy_resolve(maker->builder, &dtype, &policy, maker->err)) return place_at(maker, "dtype");
    maker->layer->dtype = policy.compute;
    maker->layer->variable_dtype = policy.variable;
    maker->layer->dtype_policy = policy.name;
    return true;
}

static bool base_regularizer(Maker *maker)
{
    const Value regularizer = base_value(maker, "activity_regularizer", value_none());
    if (!config_resolve(maker->builder->arena, "regularizer", &regularizer, &maker->layer->activity_regularizer, maker->err))
        return name_fixes(maker, "activity_regularizer");
    if (param_index(maker->layer->kind, "activity_regularizer") >= 0)
        maker_set(maker, "activity_regularizer", maker->layer->activity_regularizer);
    return true;
}

/* From **kwargs alone: the input_dim that is Embedding's own is another thing. */
static void base_input_shape(Maker *maker)
{
    const Value *dim = dict_find(maker->kwargs.dict, "input_dim"), *shape = dict_find(maker->kwargs.dict, "input_shape");
    maker->layer->input_shape = shape ? *shape : value_none();
    if (!dim || dim->kind == VALUE_NONE) return;
    maker->layer->input_shape = value_list(maker->builder->arena, VALUE_TUPLE, 1);
    list_add(maker->layer->input_shape.list, *dim);
}

/* input_shape= is not looked for when input_dim= is there. */
static bool is_taken(const Maker *maker, const char *name)
{
    const Value *dim = dict_find(maker->kwargs.dict, "input_dim");
    return layer_takes(name) && (strcmp(name, "input_shape") != 0 || !dim || dim->kind == VALUE_NONE);
}

/* batch_input_shape=(None, 4) of Keras 2 is input_shape=(4,) today. */
static void offer_input_shape(Maker *maker, const char *unknown)
{
    const Argument *argument = argument_of(maker, unknown);
    if (strcmp(unknown, "batch_input_shape") != 0 || !argument || !span_known(argument->span)) return;
    const Value *shape = &argument->value;
    if ((shape->kind != VALUE_TUPLE && shape->kind != VALUE_LIST) || !shape->list->n) return;
    Value rest = value_list(maker->builder->arena, VALUE_TUPLE, shape->list->n);
    for (size_t i = 1; i < shape->list->n; i++) list_add(rest.list, shape->list->items[i]);
    error_fix_at(maker->err, argument->span, arena_print(maker->builder->arena, "input_shape=%s", value_repr_text(maker->builder->arena, &rest)));
}

static void offer_names(Maker *maker, const char *unknown)
{
    const char *modern = modern_name(unknown);
    offer_input_shape(maker, unknown);
    if (modern && param_index(maker->layer->kind, modern) >= 0) error_fix(maker->err, FIX_RENAME_ARGUMENT, unknown, modern);
    Nearest nearest = nearest_begin(unknown);
    for (int i = 0; i < maker->layer->kind->n_params; i++) nearest_offer(&nearest, maker->layer->kind->params[i].name);
    for (size_t i = 0; i < sizeof BASE_NAMES / sizeof *BASE_NAMES; i++) nearest_offer(&nearest, BASE_NAMES[i]);
    if (nearest.best) error_fix(maker->err, FIX_RENAME_ARGUMENT, unknown, nearest.best);
    error_fix(maker->err, FIX_REMOVE_ARGUMENT, unknown, NULL);
}

static bool base_unknown(Maker *maker)
{
    Arena *arena = maker->builder->arena;
    Value unknown = value_dict(arena);
    for (size_t i = 0; i < maker->kwargs.dict->keys.n; i++) {
        const Value *key = &maker->kwargs.dict->keys.items[i];
        if (!is_taken(maker, key->string.bytes)) dict_set(arena, unknown.dict, *key, maker->kwargs.dict->values.items[i]);
    }
    if (!unknown.dict->keys.n) return true;
    const char *first = unknown.dict->keys.items[0].string.bytes;
    maker_refuse(maker, first, "ValueError", "Unrecognized keyword arguments passed to %s: %s", maker->layer->class_name,
                 value_repr_text(arena, &unknown));
    error_cause(maker->err, "cause.unknown_argument", first, maker->layer->class_name, NULL);
    offer_names(maker, first);
    return false;
}

static bool base_trainable(Maker *maker)
{
    const Value trainable = base_value(maker, "trainable", value_bool(true));
    if (trainable.kind != VALUE_BOOL && trainable.kind != VALUE_UNKNOWN) {
        maker_refuse(maker, "trainable", "ValueError", "Expected `trainable` to be a boolean. Received: trainable=%s (of type "
                     "<class '%s'>)", value_str_text(maker->builder->arena, &trainable), value_type(&trainable));
        error_cause(maker->err, "cause.trainable", NULL);
        return error_fix(maker->err, FIX_ARGUMENT, "trainable", value_truth(&trainable) ? "True" : "False");
    }
    maker->layer->trainable = trainable.kind == VALUE_UNKNOWN || trainable.boolean;
    return true;
}

bool layer_base(Maker *maker)
{
    const Value autocast = base_value(maker, "autocast", value_bool(true));
    if (!base_name(maker) || !base_dtype(maker) || !base_regularizer(maker)) return false;
    base_input_shape(maker);
    if (!base_unknown(maker) || !base_trainable(maker)) return false;
    maker->layer->autocast = value_truth(&autocast);
    maker->layer->supports_masking = maker->layer->kind->keeps_mask || maker->layer->kind->mask;
    maker->layer->built = maker->layer->kind->built_at_make;
    maker->layer->initial_kwargs = maker->kwargs;
    return true;
}

/* ---- the whole constructor ---- */

static bool construct(Maker *maker)
{
    const LayerKind *kind = maker->layer->kind;
    const Signature signature = {
        .name = arena_print(maker->builder->arena, "%s.__init__", kind->constructor ? kind->constructor : kind->name),
        .params = kind->params, .n_params = kind->n_params, .receiver = true, .keywords = !kind->no_keywords,
    };
    Bound bound;
    if (!bind_call(maker->builder->arena, &signature, maker->given, maker->n_given, &bound, maker->err)) return false;
    maker->layer->args = bound.values;
    maker->kwargs = bound.rest;
    return kind->make ? kind->make(maker) : layer_base(maker);
}

static void place_error(Error *err, const Layer *layer, Span span)
{
    if (!err) return;
    if (!span_known(err->span)) err->span = span;
    if (!span_known(err->at)) err->at = span;
    if (err->layer_class) return;
    err->layer_class = layer->class_name;
    err->layer_span = span;
}

Layer *layer_make(Builder *builder, const LayerKind *kind, const Argument *args, int n, Span span, Error *err)
{
    return layer_make_as(builder, kind, kind->name, args, n, span, err);
}

Layer *layer_make_as(Builder *builder, const LayerKind *kind, const char *class_name, const Argument *args, int n, Span span, Error *err)
{
    Layer *layer = ARENA_NEW(builder->arena, Layer);
    *layer = (Layer){
        .kind = kind,
        .class_name = class_name,
        .type_name = arena_print(builder->arena, "%s.%s", kind->module ? kind->module : "keras.src.layers", kind->name),
        .span = span,
        .place = -1,
    };
    Maker maker = {.builder = builder, .layer = layer, .given = args, .n_given = n, .span = span, .err = err};
    if (!construct(&maker)) {
        place_error(err, layer, span);
        return NULL;
    }
    layer->id = builder->layers++;
    return layer;
}
