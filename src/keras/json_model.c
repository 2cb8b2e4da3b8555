#include <string.h>

#include "engine/constant.h"
#include "keras/json.h"
#include "keras/json_graph.h"
#include "keras/legacy.h"
#include "keras/opaque.h"

static const char *text_of(const Value *value) { return value && value->kind == VALUE_STRING ? value->string.bytes : NULL; }

const Value *json_member(const Value *dict, const char *key)
{
    return dict && dict->kind == VALUE_DICT ? dict_find(dict->dict, key) : NULL;
}

const char *json_text(const Value *dict, const char *key) { return text_of(json_member(dict, key)); }

static bool refuse_for(JsonReader *reader, const Value *at, const char *exception, const char *message, const char *cause, const char *name)
{
    error_set(reader->err, exception, "%s", message);
    if (reader->err && !span_known(reader->err->at)) reader->err->span = reader->err->at = at->span;
    return error_cause(reader->err, cause, name, NULL);
}

static bool refuse(JsonReader *reader, const Value *at, const char *exception, const char *message)
{
    return refuse_for(reader, at, exception, message, "json.model", NULL);
}

/* ---- whose class is it ---- */

static bool starts(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

static bool from_keras(const Value *dict)
{
    const char *module = json_text(dict, "module"), *registered = json_text(dict, "registered_name");
    if (registered && strchr(registered, '>')) return false;
    return !module || strcmp(module, "keras") == 0 || starts(module, "keras.");
}

static bool is_model_class(const char *name)
{
    return strcmp(name, "Sequential") == 0 || strcmp(name, "Functional") == 0 || strcmp(name, "Model") == 0;
}

static bool is_graph(const Value *config) { return json_member(config, "layers") && json_member(config, "output_layers"); }

static bool is_lambda_of_operation(const char *class_name)
{
    return strcmp(class_name, "TFOpLambda") == 0 || strcmp(class_name, "SlicingOpLambda") == 0;
}

/* Operations are kept under their class name. */
static const LayerKind *kind_of(const Value *dict, const char *class_name)
{
    const char *module = json_text(dict, "module");
    if (!from_keras(dict) || strcmp(class_name, "Lambda") == 0) return NULL;
    if (module && starts(module, "keras.src.ops")) return operation_class_find(class_name);
    return layer_kind_find(class_name);
}

/* ---- values of a config ---- */

static const ParamSpec *param_of(const LayerKind *kind, const char *name)
{
    for (int i = 0; i < kind->n_params; i++)
        if (strcmp(kind->params[i].name, name) == 0) return &kind->params[i];
    return NULL;
}

static bool convert_list(JsonReader *reader, const Value *value, ParamType type, ValueKind kind, Value *out)
{
    *out = value_list(reader->builder->arena, kind, value->list->n);
    for (size_t i = 0; i < value->list->n; i++) {
        Value item;
        if (!json_convert(reader, &value->list->items[i], type, &item)) return false;
        list_add(out->list, item);
    }
    return true;
}

static bool convert_dict(JsonReader *reader, const Value *value, ParamType type, Value *out)
{
    Arena *arena = reader->builder->arena;
    *out = value_dict(arena);
    for (size_t i = 0; i < value->dict->keys.n; i++) {
        Value item;
        if (!json_convert(reader, &value->dict->values.items[i], type, &item)) return false;
        dict_set(arena, out->dict, value->dict->keys.items[i], item);
    }
    return true;
}

static bool is_config_type(ParamType type)
{
    return type == PARAM_INITIALIZER || type == PARAM_REGULARIZER || type == PARAM_CONSTRAINT || type == PARAM_ACTIVATION;
}

static bool is_layer(const Value *value, const char *class_name)
{
    const char *module = json_text(value, "module");
    if (is_model_class(class_name)) return true;
    if (module && !starts(module, "keras.layers") && !starts(module, "keras.src.layers")) return false;
    return kind_of(value, class_name) != NULL;
}

static bool convert_array(JsonReader *reader, const Value *config, Value *out)
{
    const Value *inner = json_member(config, "value");
    const char *dtype = json_text(config, "dtype");
    *out = inner ? *inner : value_none();
    if (out->kind == VALUE_LIST) value_as_array(reader->builder->arena, inner, dtype ? dtype_find(dtype) : DTYPE_FLOAT32, out);
    return true;
}

bool json_slice(JsonReader *reader, const Value *config, Value *out)
{
    static const char *const parts[] = {"start", "stop", "step"};
    Value values[3];
    for (int i = 0; i < 3; i++) {
        const Value *part = json_member(config, parts[i]);
        values[i] = part ? *part : value_none();
    }
    *out = value_slice(reader->builder->arena, values[0], values[1], values[2]);
    return true;
}

/* A function is named in its config; one that is registered as "package>name". */
static const char *own_name(const Value *value, const char *class_name)
{
    const char *module = json_text(value, "module"), *function = json_text(value, "config");
    const bool builtin = module && strcmp(module, "builtins") == 0;
    if (strcmp(class_name, "function") != 0) return from_keras(value) ? NULL : class_name;
    return function && (strchr(function, '>') || !(builtin || from_keras(value))) ? function : NULL;
}

static bool refuse_own(JsonReader *reader, const Value *value, const char *type, const char *name)
{
    const char *message = arena_print(
        reader->builder->arena, "Could not locate %s '%s'. Make sure custom classes and functions are decorated with "
        "`@keras.saving.register_keras_serializable()`. If they are already decorated, make sure they are all "
        "imported so that the decorator is run before trying to load them.", type, name);
    return refuse_for(reader, value, "TypeError", message, "json.own_code", name);
}

/* {"name": "mixed_float16"}, {"mode": "int8", "source_name": "float32"} */
static bool convert_policy(JsonReader *reader, const Value *config, Value *out)
{
    Arena *arena = reader->builder->arena;
    const char *name = json_text(config, "name"), *mode = json_text(config, "mode"), *source = json_text(config, "source_name");
    if (mode && source) name = arena_print(arena, "%s_from_%s", mode, source);
    if (name) *out = value_string(arena, name, strlen(name));
    return name != NULL;
}

static bool convert_object(JsonReader *reader, const Value *value, ParamType type, const char *class_name, Value *out)
{
    const Value *config = json_member(value, "config");
    const char *own = is_config_type(type) ? own_name(value, class_name) : NULL;
    Layer *layer;
    if (own) return refuse_own(reader, value, strcmp(class_name, "function") == 0 ? "function" : "class", own);
    if (strcmp(class_name, "__tuple__") == 0 && json_member(value, "items"))
        return json_convert(reader, json_member(value, "items"), type, out);
    if (strcmp(class_name, "__tensor__") == 0 || strcmp(class_name, "__numpy__") == 0) return convert_array(reader, config, out);
    if (strcmp(class_name, "__slice__") == 0) return json_slice(reader, config, out);
    if (strcmp(class_name, "__ellipsis__") == 0) return *out = value_ellipsis(), true;
    if (strcmp(class_name, "function") == 0 && text_of(config)) return *out = *config, true;
    if (strstr(class_name, "Policy") && convert_policy(reader, config, out)) return true;
    if (is_config_type(type) || !is_layer(value, class_name)) return *out = *value, true;
    if (!json_make_layer(reader, value, NULL, &layer)) return false;
    *out = value_layer(layer);
    return true;
}

bool json_convert(JsonReader *reader, const Value *value, ParamType type, Value *out)
{
    const char *class_name = json_text(value, "class_name");
    if (class_name && json_member(value, "config")) return convert_object(reader, value, type, class_name, out);
    if (value->kind == VALUE_LIST) return convert_list(reader, value, type, VALUE_LIST, out);
    if (value->kind == VALUE_DICT) return convert_dict(reader, value, type, out);
    *out = *value;
    return true;
}

/* ---- arguments of a constructor ---- */

typedef struct Arguments {
    Argument *item;
    int       n;
} Arguments;

static const char *const BASE[] = {"name", "trainable", "dtype", "activity_regularizer", "autocast"};

static bool is_base(const char *name)
{
    for (size_t i = 0; i < sizeof BASE / sizeof *BASE; i++)
        if (strcmp(BASE[i], name) == 0) return true;
    return false;
}

/* What Keras 2 called otherwise; NULL = Keras 3 has no such argument. */
static const char *legacy_key(const LayerKind *kind, const char *key)
{
    if (strcmp(key, "batch_input_shape") == 0) return strcmp(kind->name, "InputLayer") == 0 ? "batch_shape" : NULL;
    if (strcmp(kind->name, "LeakyReLU") == 0 && strcmp(key, "alpha") == 0) return "negative_slope";
    if (starts(kind->name, "SpatialDropout") && strcmp(key, "trainable") == 0) return NULL;
    return param_of(kind, key) || is_base(key) ? key : NULL;
}

/* Keras 2 kept the axes of BatchNormalization as a list. */
static Value legacy_value(const char *key, Value value)
{
    if (strcmp(key, "axis") == 0 && value.kind == VALUE_LIST && value.list->n == 1) return value.list->items[0];
    return value;
}

/* Layers that keep other weights when they are quantised; the others compute as ever. */
static bool is_quantized(const LayerKind *kind, const char *param, const Value *value)
{
    static const char *const KINDS[] = {"Dense", "EinsumDense", "Embedding", "ReversibleEmbedding"};
    const char *policy = strcmp(param, "dtype") == 0 ? text_of(value) : NULL;
    for (size_t i = 0; policy && strstr(policy, "_from_") && i < sizeof KINDS / sizeof *KINDS; i++)
        if (strcmp(KINDS[i], kind->name) == 0) return true;
    return false;
}

static bool add_argument(JsonReader *reader, const LayerKind *kind, const Value *key, const Value *value, Arguments *args)
{
    const char *name = key->string.bytes;
    const ParamSpec *param = param_of(kind, name);
    if (!param && !is_base(name) && value->kind == VALUE_NONE) return true;
    Value converted;
    if (!json_convert(reader, value, param ? param->type : PARAM_ANY, &converted)) return false;
    if (is_quantized(kind, name, &converted))
        return refuse_for(reader, value, "NotImplementedError", "", "json.quantized", text_of(&converted));
    if (reader->legacy) {
        name = legacy_key(kind, name);
        if (!name) return true;
        converted = legacy_value(name, converted);
    }
    args->item[args->n++] = (Argument){.keyword = name, .value = converted, .span = key->span};
    return true;
}

/* An adapted Discretization has both, its constructor takes one. */
static bool is_learnt(const LayerKind *kind, const ValueDict *config, const char *key)
{
    const Value *learnt = strcmp(kind->name, "Discretization") == 0 ? dict_find(config, "bin_boundaries") : NULL;
    return learnt && learnt->kind != VALUE_NONE && strcmp(key, "num_bins") == 0;
}

static bool take_arguments(JsonReader *reader, const LayerKind *kind, const Value *config, const char *name, Arguments *args)
{
    Arena *arena = reader->builder->arena;
    const ValueDict *dict = config->dict;
    *args = (Arguments){.item = ARENA_ARRAY(arena, dict->keys.n + 1, Argument)};
    for (size_t i = 0; i < dict->keys.n; i++)
        if (!is_learnt(kind, dict, dict->keys.items[i].string.bytes)
            && !add_argument(reader, kind, &dict->keys.items[i], &dict->values.items[i], args)) return false;
    if (name && !dict_find(dict, "name"))
        args->item[args->n++] = (Argument){.keyword = "name", .value = value_string(arena, name, strlen(name)), .span = SPAN_NONE};
    return true;
}

/* ---- layers ---- */

/* Keras itself knows the class: what it computes is not known here. */
static bool refuse_unknown(JsonReader *reader, const Value *dict, const char *class_name)
{
    const bool lambda = strcmp(class_name, "Lambda") == 0;
    return refuse_for(reader, dict, "NotImplementedError", "", lambda ? "json.lambda" : "json.unknown_layer", class_name);
}

static bool refuse_class(JsonReader *reader, const Value *dict, const char *class_name)
{
    Arena *arena = reader->builder->arena;
    const char *module = json_text(dict, "module");
    if ((module && from_keras(dict)) || strcmp(class_name, "Lambda") == 0) refuse_unknown(reader, dict, class_name);
    else refuse_own(reader, dict, "class", class_name);
    if (reader->err) reader->err->layer_class = arena_copy(arena, class_name, strlen(class_name));
    return false;
}

bool json_refuse_opaque(JsonReader *reader, const Value *dict, const Layer *layer)
{
    return refuse_class(reader, dict, layer->class_name);
}

static bool make_opaque(JsonReader *reader, const Value *dict, const char *class_name, const char *name, Layer **out)
{
    const char *own = json_text(json_member(dict, "config"), "name");
    *out = opaque_make(reader->builder, class_name, own ? own : name, dict->span, reader->err);
    if (*out) opaque_keep(reader->builder, *out, dict);
    return *out != NULL;
}

/* A TensorFlow function as a layer of Keras 2: all its arguments stand with the call. */
static bool make_legacy_operation(JsonReader *reader, const Value *dict, const char *name, Layer **out)
{
    const Value *config = json_member(dict, "config");
    const char *own = json_text(config, "name"), *function = json_text(config, "function");
    const LayerKind *kind = function ? legacy_operation(reader->builder->arena, function) : NULL;
    if (!kind) return refuse_for(reader, dict, "ValueError", "", "json.unknown_function", function ? function : json_text(dict, "class_name"));
    if (!own) own = name;
    const Argument argument = {.keyword = "name", .value = own ? value_string(reader->builder->arena, own, strlen(own)) : value_none(), .span = SPAN_NONE};
    *out = layer_make(reader->builder, kind, &argument, own ? 1 : 0, dict->span, reader->err);
    return *out != NULL;
}

static bool make_kind(JsonReader *reader, const LayerKind *kind, const Value *dict, const char *name, Layer **out)
{
    Arguments args;
    if (!take_arguments(reader, kind, json_member(dict, "config"), name, &args)) return false;
    *out = layer_make(reader->builder, kind, args.item, args.n, dict->span, reader->err);
    return *out != NULL;
}

static bool make_nested(JsonReader *reader, const Value *dict, Layer **out)
{
    Model *model;
    if (!json_make_model_in(reader, dict, &model)) return false;
    *out = model->self;
    return true;
}

bool json_make_layer(JsonReader *reader, const Value *dict, const char *name, Layer **out)
{
    const char *class_name = json_text(dict, "class_name");
    const Value *config = json_member(dict, "config");
    if (!class_name) return refuse(reader, dict, "ValueError", "A layer's configuration needs a `class_name`.");
    if (is_model_class(class_name) || is_graph(config)) return make_nested(reader, dict, out);
    if (!config || config->kind != VALUE_DICT)
        return refuse(reader, dict, "TypeError",
                      arena_print(reader->builder->arena, "Expected 'config' to be a dict for %s", class_name));
    if (is_lambda_of_operation(class_name)) return make_legacy_operation(reader, dict, name, out);
    const LayerKind *kind = kind_of(dict, class_name);
    if (!(kind ? make_kind(reader, kind, dict, name, out) : make_opaque(reader, dict, class_name, name, out))) return false;
    (*out)->legacy_number = legacy_number_in(reader->builder->arena, *out);
    return true;
}

/* ---- models ---- */

bool json_shape(const Value *value, Shape *shape)
{
    if (!value || value->kind != VALUE_LIST || value->list->n > SHAPE_RANK_MAX) return false;
    *shape = (Shape){.rank = (int)value->list->n};
    for (int i = 0; i < shape->rank; i++) {
        const Value *dim = &value->list->items[i];
        if (dim->kind != VALUE_NONE && (!value_is_int(dim) || dim->integer < 0)) return false;
        shape->dim[i] = dim->kind == VALUE_NONE ? DIM_NONE : dim->integer;
    }
    return true;
}

/* The layer after an opaque one was built for what that one gives. */
static void tell_opaque(JsonReader *reader, Layer *layer, const ValueList *layers, size_t next)
{
    Shape shape;
    for (; next < layers->n; next++) {
        const Value *dict = &layers->items[next];
        const char *class_name = json_text(dict, "class_name");
        const LayerKind *kind = class_name ? kind_of(dict, class_name) : NULL;
        if (json_shape(json_member(json_member(dict, "build_config"), "input_shape"), &shape)) {
            opaque_output(reader->builder, layer, 0, 0, (TensorSpec){shape, reader->builder->floatx});
            return;
        }
        if (!kind || !kind->elementwise) return;
    }
}

static bool add_layer(JsonReader *reader, Model *model, const ValueList *layers, size_t i)
{
    Layer *layer;
    const Value *dict = &layers->items[i];
    if (!json_make_layer(reader, dict, NULL, &layer)) return false;
    if (layer_is_opaque(layer)) {
        tell_opaque(reader, layer, layers, i + 1);
        if (!opaque_known(layer)) return json_refuse_opaque(reader, dict, layer);
    }
    const Value value = value_layer(layer);
    return sequential_add(reader->builder, model, &value, false, reader->err);
}

/* Keras 2: the first layer carries the shape that an InputLayer has now. */
static const Value *legacy_input(const JsonReader *reader, const ValueList *layers)
{
    if (!reader->legacy || !layers->n) return NULL;
    const char *class_name = json_text(&layers->items[0], "class_name");
    if (class_name && strcmp(class_name, "InputLayer") == 0) return NULL;
    return json_member(json_member(&layers->items[0], "config"), "batch_input_shape");
}

static bool make_sequential(JsonReader *reader, const Value *dict, const Value *config, Model **out)
{
    const Value *layers = config->kind == VALUE_LIST ? config : json_member(config, "layers");
    if (!layers || layers->kind != VALUE_LIST)
        return refuse(reader, dict, "ValueError", "A Sequential model configuration must be a dictionary containing the 'name' and "
                                                  "'layers' keys.");
    Model *model = *out = sequential_make(reader->builder, json_text(config, "name"), dict->span, reader->err);
    if (!model) return false;
    for (size_t i = 0; i < layers->list->n; i++)
        if (!add_layer(reader, model, layers->list, i)) return false;
    if (!sequential_rebuild(reader->builder, model, reader->err)) return false;
    const Value *input = legacy_input(reader, layers->list);
    Shape shape;
    if (model->built || !json_shape(input ? input : json_member(config, "build_input_shape"), &shape)) return true;
    return model_build(reader->builder, model, &shape, 1, reader->err);
}

/* Keras 2 says batch_input_shape where Keras 3 says batch_shape. */
static bool is_of_keras2(const Value *config)
{
    const Value *layers = config->kind == VALUE_LIST ? config : json_member(config, "layers");
    for (size_t i = 0; layers && layers->kind == VALUE_LIST && i < layers->list->n; i++)
        if (json_member(json_member(&layers->list->items[i], "config"), "batch_input_shape")) return true;
    return false;
}

bool json_make_model_in(JsonReader *reader, const Value *dict, Model **out)
{
    const char *class_name = json_text(dict, "class_name");
    const Value *config = json_member(dict, "config");
    const JsonReader outer = *reader;
    if (!class_name || !config)
        return refuse(reader, dict, "ValueError", "The provided configuration is not a valid Keras configuration. Expected a "
                                                  "dictionary containing a 'config' key.");
    reader->of_keras2 = outer.of_keras2 || is_of_keras2(config);
    reader->legacy = outer.legacy || reader->of_keras2 || !json_member(dict, "module");
    const bool sequential = strcmp(class_name, "Sequential") == 0;
    bool good;
    if (sequential) good = make_sequential(reader, dict, config, out);
    else if (is_graph(config)) good = json_make_graph(reader, dict, config, out);
    else if (is_model_class(class_name)) good = refuse(reader, dict, "ValueError", "A Functional model configuration needs its `layers` and `output_layers`.");
    else good = refuse_class(reader, dict, class_name);
    *reader = outer;
    if (good) (*out)->self->legacy_number = legacy_number_in(reader->builder->arena, (*out)->self);
    return good;
}

bool json_make_model(Builder *builder, const Value *dict, Model **out, Error *err)
{
    JsonReader reader = {.builder = builder, .err = err};
    *out = NULL;
    return json_make_model_in(&reader, dict, out);
}

bool json_read_model(Builder *builder, const char *text, size_t length, Model **out, Error *err)
{
    Value value;
    *out = NULL;
    return json_read(builder->arena, text, length, &value, err) && json_make_model(builder, &value, out, err);
}
