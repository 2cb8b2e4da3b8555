#include <string.h>

#include "engine/config.h"
#include "engine/constant.h"
#include "keras/code_writer.h"
#include "keras/opaque.h"

/* ---- arguments as constructors take them ---- */

const Layer *wrapped_layer(const Layer *layer, int param)
{
    const char *name = layer->kind->params[param].name;
    const bool both = strcmp(layer->kind->name, "Bidirectional") == 0 && layer->n_children == 2;
    if (both && strcmp(name, "layer") == 0) return layer->children[0];
    if (both && strcmp(name, "backward_layer") == 0) return layer->children[1];
    return layer->args[param].kind == VALUE_LAYER ? layer->args[param].layer : NULL;
}

/* ((2, 2), (2, 2)): the lone number that stands for all of it; constructors refuse negative ones in pairs. */
static bool is_uniform(const Value *value, int64_t *number)
{
    const bool nest = value->kind == VALUE_TUPLE || value->kind == VALUE_LIST;
    int64_t other;
    if (!nest) return value_is_int(value) && value_integer(value, number);
    for (size_t i = 0; i < value->list->n; i++) {
        if (!is_uniform(&value->list->items[i], i ? &other : number)) return false;
        if (i && other != *number) return false;
    }
    return value->list->n > 0;
}

/* [-0.1, 0.1]: the limits that are made of 0.1, and refused as they are. */
static bool is_symmetric(const Value *value)
{
    const bool pair = (value->kind == VALUE_TUPLE || value->kind == VALUE_LIST) && value->list->n == 2;
    const Value *items = pair ? value->list->items : NULL;
    return pair && value_is_number(&items[0]) && value_is_number(&items[1]) && value_number(&items[0]) == -value_number(&items[1]);
}

/* What get_config() says, in a form that the constructor takes. */
static Value taken_form(const Layer *layer, int param)
{
    int64_t number;
    const char *name = layer->kind->params[param].name;
    const Value *value = &layer->args[param];
    if (value->kind == VALUE_LAYER) return value_layer((Layer *)(uintptr_t)wrapped_layer(layer, param));
    if ((strcmp(name, "padding") == 0 || strcmp(name, "cropping") == 0) && is_uniform(value, &number)) return value_int(number);
    if (strcmp(layer->kind->name, "RandomShear") == 0 && is_symmetric(value)) return value->list->items[1];
    return *value;
}

/* ---- which arguments must be written ---- */

static bool takes_layers(const LayerKind *kind)
{
    for (int i = 0; i < kind->n_params; i++)
        if (kind->params[i].type == PARAM_LAYER || kind->params[i].type == PARAM_LAYERS) return true;
    return false;
}

static bool config_equals(const ValueConfig *a, const ValueConfig *b)
{
    if (strcmp(a->class_name, b->class_name) != 0) return false;
    for (size_t i = 0; i < a->arguments.keys.n; i++) {
        const Value *other = dict_find(&b->arguments, a->arguments.keys.items[i].string.bytes);
        if (!other || !value_equal(&a->arguments.values.items[i], other)) return false;
    }
    return true;
}

/* Normalisation layers keep an axis as a list of one. */
static bool equals_alone(const Value *value, const Value *usual)
{
    return value->kind == VALUE_LIST && value->list->n == 1 && usual->kind == VALUE_INT && value_equal(&value->list->items[0], usual);
}

static bool amounts_to(const Value *value, const Value *usual)
{
    if (value->kind == VALUE_CONFIG && usual->kind == VALUE_CONFIG) return config_equals(value->config, usual->config);
    return (value->kind == usual->kind && value_equal(value, usual)) || equals_alone(value, usual);
}

/* The layer that the constructor makes of the chosen arguments. */
static const Layer *made_of(CodeWriter *writer, const Layer *layer, const bool *chosen)
{
    const LayerKind *kind = layer->kind;
    Builder builder;
    Error error = {.arena = writer->arena};
    Argument *args = ARENA_ARRAY(writer->arena, kind->n_params, Argument);
    int n = 0;
    builder_make(&builder, writer->arena);
    for (int i = 0; i < kind->n_params; i++)
        if (chosen[i]) args[n++] = (Argument){.keyword = kind->params[i].name, .value = taken_form(layer, i), .span = SPAN_NONE};
    return layer_make(&builder, kind, args, n, SPAN_NONE, &error);
}

static bool is_base(const char *name)
{
    return strcmp(name, "name") == 0 || strcmp(name, "trainable") == 0 || strcmp(name, "dtype") == 0;
}

static bool may_be_chosen(const Layer *layer, int param)
{
    const ValueKind kind = layer->args[param].kind;
    return !is_base(layer->kind->params[param].name) && kind != VALUE_OBJECT && kind != VALUE_UNKNOWN;
}

static int first_difference(const Layer *layer, const Layer *made, const bool *chosen)
{
    for (int i = 0; i < layer->kind->n_params; i++) {
        const Value *usual = made ? &made->args[i] : &layer->kind->params[i].fallback;
        if (!chosen[i] && may_be_chosen(layer, i) && !amounts_to(&layer->args[i], usual)) return i;
    }
    return -1;
}

/* One more argument at a time, since the default of one may follow from another (strides from pool_size). */
static bool *chosen_arguments(CodeWriter *writer, const Layer *layer)
{
    bool *chosen = ARENA_ARRAY(writer->arena, layer->kind->n_params, bool);
    const bool comparable = !takes_layers(layer->kind);
    for (int i = 0; i < layer->kind->n_params; i++) chosen[i] = layer->kind->params[i].required && !is_base(layer->kind->params[i].name);
    for (;;) {
        const int more = first_difference(layer, comparable ? made_of(writer, layer, chosen) : NULL, chosen);
        if (more < 0) return chosen;
        chosen[more] = true;
    }
}

/* ---- values ---- */

static const ValueConfig *default_config(CodeWriter *writer, const ValueConfig *config)
{
    Value least;
    Error error = {.arena = writer->arena};
    const ConfigKind *kind = config_find(config->module, config->class_name);
    return kind && config_make(writer->arena, kind, NULL, 0, &least, &error) ? least.config : NULL;
}

/* Whether the name alone is read as the very same: "constant" does not say which. */
static bool name_suffices(CodeWriter *writer, const ValueConfig *config, const char *name)
{
    const char *family = strrchr(config->module, '.');
    Value found;
    Error error = {.arena = writer->arena};
    if (!family) return false;
    const char *what = arena_print(writer->arena, "%.*s", (int)strlen(family) - 2, family + 1);
    const Value text = value_string(writer->arena, name, strlen(name));
    return config_resolve(writer->arena, what, &text, &found, &error) && found.kind == VALUE_CONFIG && config_equals(config, found.config);
}

/* "'he_normal'", or "keras.initializers.RandomNormal(stddev=0.1)". */
static void put_config(CodeWriter *writer, Text *text, const ValueConfig *config)
{
    if (config->function) {
        text_print(text, "'%s'", config->class_name);
        return;
    }
    const char *short_name = snake_case(writer->arena, config->class_name);
    if (name_suffices(writer, config, short_name)) {
        text_print(text, "'%s'", short_name);
        return;
    }
    const ValueConfig *least = default_config(writer, config);
    text_print(text, "%s.%s(", config->module, config->class_name);
    bool first = true;
    for (size_t i = 0; i < config->arguments.keys.n; i++) {
        const char *name = config->arguments.keys.items[i].string.bytes;
        const Value *value = &config->arguments.values.items[i], *usual = least ? dict_find(&least->arguments, name) : NULL;
        if (usual && value_equal(value, usual)) continue;
        text_print(text, "%s%s=", first ? "" : ", ", name);
        put_code_value(writer, text, value, PARAM_ANY);
        first = false;
    }
    text_put_char(text, ')');
}

static bool all_equal(const ValueList *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (!value_is_int(&list->items[i]) || list->items[i].integer != list->items[0].integer) return false;
    return list->n > 0;
}

static void put_list(CodeWriter *writer, Text *text, const Value *value)
{
    const bool tuple = value->kind == VALUE_TUPLE;
    text_put_char(text, tuple ? '(' : '[');
    for (size_t i = 0; i < value->list->n; i++) {
        if (i) text_put(text, ", ");
        put_code_value(writer, text, &value->list->items[i], PARAM_ANY);
    }
    if (tuple && value->list->n == 1) text_put_char(text, ',');
    text_put_char(text, tuple ? ')' : ']');
}

static void put_dict(CodeWriter *writer, Text *text, const ValueDict *dict)
{
    text_put_char(text, '{');
    for (size_t i = 0; i < dict->keys.n; i++) {
        if (i) text_put(text, ", ");
        put_code_value(writer, text, &dict->keys.items[i], PARAM_ANY);
        text_put(text, ": ");
        put_code_value(writer, text, &dict->values.items[i], PARAM_ANY);
    }
    text_put_char(text, '}');
}

static void put_layer(CodeWriter *writer, Text *text, const Layer *layer)
{
    const char *variable = variable_of(writer, layer);
    if (variable) text_put(text, variable);
    else put_constructor(writer, text, layer);
}

static void put_slice(CodeWriter *writer, Text *text, const SliceParts *slice)
{
    const Value *parts[] = {&slice->start, &slice->stop, &slice->step};
    for (int i = 0; i < 3; i++) {
        if (i == 1 || (i == 2 && slice->step.kind != VALUE_NONE)) text_put_char(text, ':');
        if (parts[i]->kind != VALUE_NONE) put_code_value(writer, text, parts[i], PARAM_ANY);
    }
}

void put_subscript(CodeWriter *writer, Text *text, const Value *key)
{
    const bool tuple = (key->kind == VALUE_TUPLE || key->kind == VALUE_LIST) && key->list->n;
    const Value *parts = tuple ? key->list->items : key;
    const size_t n = tuple ? key->list->n : 1;
    for (size_t i = 0; i < n; i++) {
        if (i) text_put(text, ", ");
        if (value_is_object(&parts[i], &CONSTANT_SLICE)) put_slice(writer, text, parts[i].object.data);
        else if (value_is_object(&parts[i], &CONSTANT_ELLIPSIS)) text_put(text, "...");
        else put_code_value(writer, text, &parts[i], PARAM_ANY);
    }
    if (tuple && n == 1) text_put_char(text, ',');
}

void put_code_value(CodeWriter *writer, Text *text, const Value *value, ParamType type)
{
    if (type == PARAM_INTS && value->kind == VALUE_TUPLE && all_equal(value->list)) {
        put_code_value(writer, text, &value->list->items[0], PARAM_INT);
        return;
    }
    switch (value->kind) {
    case VALUE_TUPLE:
    case VALUE_LIST: put_list(writer, text, value); break;
    case VALUE_DICT: put_dict(writer, text, value->dict); break;
    case VALUE_LAYER: put_layer(writer, text, value->layer); break;
    case VALUE_CONFIG: put_config(writer, text, value->config); break;
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT:
    case VALUE_STRING: value_repr(text, value); break;
    case VALUE_TENSOR:
    case VALUE_OBJECT:
    case VALUE_UNKNOWN: text_put(text, "None"); break;
    }
}

/* ---- constructors ---- */

static void put_comma(Text *text, bool *first)
{
    if (!*first) text_put(text, ", ");
    *first = false;
}

/* Bidirectional puts this before the names of the layers it makes. */
static const char *own_name(const Layer *layer)
{
    return strncmp(layer->name, "forward_", 8) == 0 ? layer->name + 8 : layer->name;
}

void put_base_arguments(CodeWriter *writer, Text *text, const Layer *layer, bool *first)
{
    if (!layer->trainable && !layer->model && !writer->frozen) {
        put_comma(text, first);
        text_put(text, "trainable=False");
    }
    if (!layer->model && layer->dtype_policy.kind == VALUE_STRING && !value_is_text(&layer->dtype_policy, "float32")) {
        put_comma(text, first);
        text_print(text, "dtype='%s'", layer->dtype_policy.string.bytes);
    }
    if (name_is_automatic(writer, layer, own_name(layer))) return;
    put_comma(text, first);
    const Value name = value_string(writer->arena, own_name(layer), strlen(own_name(layer)));
    text_put(text, "name=");
    value_repr(text, &name);
}

static int param_index(const LayerKind *kind, const char *name)
{
    for (int i = 0; i < kind->n_params; i++)
        if (strcmp(kind->params[i].name, name) == 0) return i;
    return -1;
}

/* The backward layer that Bidirectional makes by itself: the other one, turned round. */
static bool mirrors(const Layer *forward, const Layer *backward)
{
    if (forward->kind != backward->kind || strncmp(backward->name, "backward_", 9) != 0) return false;
    for (int i = 0; i < forward->kind->n_params; i++) {
        const bool turned = strcmp(forward->kind->params[i].name, "go_backwards") == 0;
        if (!turned && strcmp(forward->kind->params[i].name, "name") != 0 && !amounts_to(&backward->args[i], &forward->args[i])) return false;
    }
    return true;
}

/* Bidirectional puts these in without being told. */
static bool is_derived(const Layer *layer, int param)
{
    const int forward = param_index(layer->kind, "layer");
    if (strcmp(layer->kind->params[param].name, "backward_layer") != 0 || forward < 0) return false;
    const Value *a = &layer->args[forward], *b = &layer->args[param];
    return a->kind == VALUE_LAYER && b->kind == VALUE_LAYER && mirrors(a->layer, b->layer);
}

void put_own_arguments(CodeWriter *writer, Text *text, const Layer *layer, bool *first)
{
    const bool *chosen = chosen_arguments(writer, layer);
    bool keywords = layer->kind->operation;
    for (int i = 0; i < layer->kind->n_params; i++) {
        const ParamSpec *param = &layer->kind->params[i];
        keywords |= !param->required;
        if (!chosen[i] || is_derived(layer, i)) continue;
        put_comma(text, first);
        if (keywords) text_print(text, "%s=", param->name);
        const Value form = taken_form(layer, i);
        put_code_value(writer, text, &form, param->type);
    }
}

/* Names that Keras gives to what the layer makes for itself. */
static void use_inner_names(CodeWriter *writer, const Layer *layer)
{
    for (int i = 0; i < layer->n_children; i++) {
        const Layer *child = layer->children[i];
        bool given = false;
        for (int k = 0; k < layer->kind->n_params; k++) given |= layer->args[k].kind == VALUE_LAYER && layer->args[k].layer == child;
        if (!given && !child->model) name_is_automatic(writer, child, child->name);
    }
}

void put_constructor(CodeWriter *writer, Text *text, const Layer *layer)
{
    bool first = true;
    text_print(text, "%s%s(", layer_is_opaque(layer) ? "" : "layers.", public_class(layer));
    put_own_arguments(writer, text, layer, &first);
    if (layer->activity_regularizer.kind == VALUE_CONFIG && param_index(layer->kind, "activity_regularizer") < 0
        && strcmp(layer->kind->name, "ActivityRegularization") != 0) {
        put_comma(text, &first);
        text_put(text, "activity_regularizer=");
        put_code_value(writer, text, &layer->activity_regularizer, PARAM_REGULARIZER);
    }
    put_base_arguments(writer, text, layer, &first);
    text_put_char(text, ')');
    use_inner_names(writer, layer);
}
