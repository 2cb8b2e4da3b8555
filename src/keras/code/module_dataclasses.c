/* dataclasses: __init__ and the like, made from the fields of a class. */
#include "keras/code/module_dataclasses.h"

#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/exception.h"
#include "keras/code/module_python.h"
#include "keras/code/operator.h"

typedef struct Field {
    const char *name;
    Value       fallback, factory;      /* what field() was given; fallback also of "= 3" */
    bool        has_fallback, has_factory, init, repr, compare, keyword_only, init_only;
} Field;

struct DataClass {
    const Class *class;
    Field       *fields; int n;
    bool         frozen, keyword_only;
    Function    *init;                  /* its parameters, for binding */
};

static const ObjectKind field_kind = {.type_name = "dataclasses.Field"};

static bool given_true(const Value *value, bool fallback)
{
    return value && value->kind == VALUE_BOOL ? value->boolean : fallback;
}

/* ---- field() ---- */

static Value field_call(Evaluator *ev, const Given *given)
{
    Field *field = ARENA_NEW(ev->arena, Field);
    *field = (Field){.has_fallback = given->arg[0], .has_factory = given->arg[1], .init = given_true(given->arg[2], true),
                     .repr = given_true(given->arg[3], true), .compare = given_true(given->arg[4], true),
                     .keyword_only = given_true(given->arg[5], false)};
    if (given->arg[0]) field->fallback = *given->arg[0];
    if (given->arg[1]) field->factory = *given->arg[1];
    if (given->arg[0] && given->arg[1]) raise_error(ev, "ValueError", "cannot specify both default and default_factory");
    return value_object(&field_kind, field);
}

/* ---- the fields of a class ---- */

/* ClassVar[int], typing.InitVar[int], KW_ONLY. */
static bool annotated_as(const PyNode *annotation, const char *name)
{
    if (annotation->type == PY_SUBSCRIPT) annotation = annotation->a;
    return (annotation->type == PY_NAME || annotation->type == PY_ATTRIBUTE) && strcmp(annotation->name, name) == 0;
}

static Field *field_put(DataClass *data, const char *name)
{
    int i = 0;
    while (i < data->n && strcmp(data->fields[i].name, name) != 0) i++;
    if (i == data->n) data->n++;
    data->fields[i] = (Field){.name = name, .init = true, .repr = true, .compare = true};
    return &data->fields[i];
}

static void check_fallback(Evaluator *ev, const Field *field)
{
    const Value *value = &field->fallback;
    const bool mutable = value->kind == VALUE_LIST || value->kind == VALUE_DICT || value_is(value, &OBJECT_SET);
    if (field->has_fallback && mutable)
        raise_error(ev, "ValueError", "mutable default <class '%s'> for field %s is not allowed: use default_factory", type_of(value), field->name);
}

static void field_read(Evaluator *ev, DataClass *data, Class *class, const PyNode *node)
{
    Binding *binding = scope_find(class->attributes, node->a->name);
    Field *field = field_put(data, node->a->name);
    const Value *value = binding && !binding->deleted ? &binding->value : NULL;
    const bool told = value && value_is(value, &field_kind);
    if (told) *field = *(const Field *)value->object.data;
    else if (value) *field = (Field){.fallback = *value, .has_fallback = true, .init = true, .repr = true, .compare = true};
    field->name = node->a->name;
    field->init_only = annotated_as(node->b, "InitVar");
    field->keyword_only = field->keyword_only || data->keyword_only;
    check_fallback(ev, field);
    if (told && field->has_fallback) binding->value = field->fallback;
    else if (told) binding->deleted = true;
}

static void fields_inherit(DataClass *data, const Class *class)
{
    for (int i = class->n_order - 1; i > 0; i--) {
        const DataClass *base = class->order[i]->dataclass;
        for (int k = 0; base && k < base->n; k++) *field_put(data, base->fields[k].name) = base->fields[k];
    }
}

static void fields_read(Evaluator *ev, DataClass *data, Class *class)
{
    int most = class->node ? node_count(class->node->list) : 0;
    for (int i = 1; i < class->n_order; i++) most += class->order[i]->dataclass ? class->order[i]->dataclass->n : 0;
    data->fields = ARENA_ARRAY(ev->arena, most + 1, Field);
    fields_inherit(data, class);
    for (const PyNode *node = class->node ? class->node->list : NULL; node; node = node->next) {
        if (node->type != PY_ANN_ASSIGN || node->a->type != PY_NAME || annotated_as(node->b, "ClassVar")) continue;
        if (annotated_as(node->b, "KW_ONLY")) data->keyword_only = true;
        else field_read(ev, data, class, node);
    }
}

/* ---- __init__ ---- */

static PyNode *parameter(Evaluator *ev, const char *name, PyParamKind kind, bool has_default)
{
    static const PyNode something = {.type = PY_NONE};
    PyNode *node = ARENA_NEW(ev->arena, PyNode);
    *node = (PyNode){.type = PY_PARAM, .name = name, .number = (int)kind, .a = has_default ? (PyNode *)(uintptr_t)&something : NULL};
    return node;
}

/* def __init__(self, a, b=2, *, c): the binding is that of any function of the text. */
static Function *init_function(Evaluator *ev, const DataClass *data)
{
    Function *function = ARENA_NEW(ev->arena, Function);
    PyNode *node = ARENA_NEW(ev->arena, PyNode), *last = parameter(ev, "self", PY_POSITIONAL, false);
    *node = (PyNode){.type = PY_FUNCTION, .name = "__init__", .params = last};
    *function = (Function){.node = node, .name = arena_print(ev->arena, "%s.__init__", data->class->name)};
    function->defaults = ARENA_ARRAY(ev->arena, data->n + 2, Value);
    int at = 1;
    const char *defaulted = NULL;
    for (int keyword_only = 0; keyword_only < 2; keyword_only++)
        for (int i = 0; i < data->n; i++) {
            const Field *field = &data->fields[i];
            const bool has_default = field->has_fallback || field->has_factory;
            if (!field->init || field->keyword_only != (keyword_only == 1)) continue;
            if (defaulted && !has_default && !keyword_only)
                raise_error(ev, "TypeError", "non-default argument '%s' follows default argument", field->name);
            if (has_default) defaulted = field->name;
            last->next = parameter(ev, field->name, keyword_only ? PY_KEYWORD_ONLY : PY_POSITIONAL, has_default);
            last = last->next;
            function->defaults[at++] = field->has_factory ? value_object(&field_kind, field) : field->fallback;
        }
    return function;
}

static Value field_value(Evaluator *ev, const Field *field, const Scope *bound)
{
    const Binding *binding = field->init ? scope_find(bound, field->name) : NULL;
    const bool made = field->has_factory && (!binding || value_is(&binding->value, &field_kind));
    if (made) return call(ev, field->factory, NULL, 0);
    return binding ? binding->value : field->fallback;
}

static void call_post_init(Evaluator *ev, const DataClass *data, Value self, const Scope *bound)
{
    Value method;
    Argument *args = ARENA_ARRAY(ev->arena, data->n + 1, Argument);
    int n = 0;
    if (!class_attribute(ev, value_instance(&self)->class, "__post_init__", &method, NULL)) return;
    for (int i = 0; i < data->n; i++)
        if (data->fields[i].init_only) args[n++] = (Argument){.value = field_value(ev, &data->fields[i], bound), .span = SPAN_NONE};
    call(ev, value_method(ev->arena, self, method), args, n);
}

static Value init_call(Evaluator *ev, const Given *given)
{
    const DataClass *data = given->native->data;
    const int bound_self = given->self != NULL;
    Argument *args = ARENA_ARRAY(ev->arena, given->n_written + 1, Argument);
    if (bound_self) args[0] = (Argument){.value = *given->self, .span = SPAN_NONE};
    if (given->n_written) memcpy(args + bound_self, given->written, (size_t)given->n_written * sizeof *args);
    Scope *bound = scope_make(ev->arena, NULL);
    function_bind(ev, data->init, args, given->n_written + bound_self, bound);
    const Value self = scope_find(bound, "self")->value;
    const Instance *instance = value_instance(&self);
    for (int i = 0; instance && i < data->n; i++) {
        const Field *field = &data->fields[i];
        if (field->init_only || !(field->init || field->has_fallback || field->has_factory)) continue;
        scope_set(instance->attributes, field->name, field_value(ev, field, bound));
    }
    if (instance) call_post_init(ev, data, self, bound);
    return value_none();
}

/* ---- what else it makes ---- */

static Value part(Evaluator *ev, const Value *self, const Field *field)
{
    return attribute(ev, *self, field->name);
}

static Value repr_call(Evaluator *ev, const Given *given)
{
    const DataClass *data = given->native->data;
    Text text = {.arena = ev->arena};
    int n = 0;
    text_put(&text, value_instance(given->self)->class->name);
    text_put_char(&text, '(');
    for (int i = 0; i < data->n; i++)
        if (data->fields[i].repr && !data->fields[i].init_only)
            text_print(&text, "%s%s=%s", n++ ? ", " : "", data->fields[i].name, repr_of(ev, part(ev, given->self, &data->fields[i])));
    text_put_char(&text, ')');
    return value_text(ev->arena, text_string(&text));
}

static Value compared(Evaluator *ev, const DataClass *data, const Value *self)
{
    Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)data->n);
    for (int i = 0; i < data->n; i++)
        if (data->fields[i].compare && !data->fields[i].init_only) list_add(tuple.list, part(ev, self, &data->fields[i]));
    return tuple;
}

static const struct { const char *name; PyOp op; const char *symbol; } orders[] = {
    {"__eq__", PY_EQ, "=="}, {"__ne__", PY_NE, "!="}, {"__lt__", PY_LT, "<"}, {"__le__", PY_LE, "<="}, {"__gt__", PY_GT, ">"}, {"__ge__", PY_GE, ">="}};

static Value order_call(Evaluator *ev, const Given *given)
{
    const DataClass *data = given->native->data;
    const Instance *a = value_instance(given->self), *b = value_instance(given->arg[0]);
    int i = 0;
    while (strcmp(orders[i].name, given->native->name) != 0) i++;
    if (b && a->class == b->class) return compare(ev, orders[i].op, compared(ev, data, given->self), compared(ev, data, given->arg[0]));
    if (i < 2) return value_bool(i == 1);
    raise_error(ev, "TypeError", "'%s' not supported between instances of '%s' and '%s'", orders[i].symbol, type_of(given->self),
                type_of(given->arg[0]));
}

static void method_add(Evaluator *ev, Class *class, const char *name, const char *params, Value (*function)(Evaluator *, const Given *))
{
    Native *native = ARENA_NEW(ev->arena, Native);
    const Binding *own = scope_find(class->attributes, name);
    *native = (Native){.name = name, .params = params, .call = function, .data = class->dataclass};
    if (!own) scope_set(class->attributes, name, value_native(native));
}

typedef struct Options {
    bool init, repr, eq, order, frozen, keyword_only;
} Options;

static Value dataclass_make(Evaluator *ev, Value made, Options options)
{
    Class *class = value_is(&made, &OBJECT_CLASS) ? made.object.data : NULL;
    if (!class || !class_own(class)) return made;
    DataClass *data = ARENA_NEW(ev->arena, DataClass);
    *data = (DataClass){.class = class, .frozen = options.frozen, .keyword_only = options.keyword_only};
    fields_read(ev, data, class);
    class->dataclass = data;
    data->init = init_function(ev, data);
    if (options.init) method_add(ev, class, "__init__", "!*args **more", init_call);
    if (options.repr) method_add(ev, class, "__repr__", "", repr_call);
    if (options.eq) method_add(ev, class, "__eq__", "!other", order_call);
    if (options.eq) method_add(ev, class, "__ne__", "!other", order_call);
    for (size_t i = 2; options.order && i < sizeof orders / sizeof *orders; i++) method_add(ev, class, orders[i].name, "!other", order_call);
    return made;
}

static Value dataclass_call(Evaluator *ev, const Given *given);
static const Native dataclass_native = {
    .name = "dataclass",
    .params = "!cls? | init? repr? eq? order? unsafe_hash? frozen? match_args? kw_only? slots? weakref_slot?",
    .call = dataclass_call};

/* @dataclass, and @dataclass(frozen=True): what it gives is called with the class. */
static Value dataclass_call(Evaluator *ev, const Given *given)
{
    const Value *const *arg = given->arg;
    const Options options = {given_true(arg[1], true), given_true(arg[2], true), given_true(arg[3], true),
                             given_true(arg[4], false), given_true(arg[6], false), given_true(arg[8], false)};
    if (arg[0]) return dataclass_make(ev, *arg[0], options);
    return value_partial(ev->arena, value_native(&dataclass_native), given->written, given->n_written);
}

bool dataclass_frozen(const Class *class)
{
    return class->dataclass && class->dataclass->frozen;
}

/* ---- functions on instances ---- */

static const DataClass *data_of(const Value *value)
{
    const Instance *instance = value_instance(value);
    const Class *class = instance ? instance->class : value_as_class(value);
    for (int i = 0; class && i < class->n_order; i++)
        if (class->order[i]->dataclass) return class->order[i]->dataclass;
    return NULL;
}

static const DataClass *data_checked(Evaluator *ev, const Given *given)
{
    const DataClass *data = data_of(given->arg[0]);
    if (!data) raise_error(ev, "TypeError", "%s() should be called on dataclass instances", given->native->name);
    return data;
}

static Value as_plain(Evaluator *ev, Value value, bool tuple);

static Value fields_plain(Evaluator *ev, const DataClass *data, const Value *value, bool tuple)
{
    Value out = tuple ? value_list(ev->arena, VALUE_TUPLE, (size_t)data->n) : value_dict(ev->arena);
    for (int i = 0; i < data->n; i++) {
        const Value item = as_plain(ev, part(ev, value, &data->fields[i]), tuple);
        if (tuple) list_add(out.list, item);
        else dict_put(ev, out.dict, value_text(ev->arena, data->fields[i].name), item);
    }
    return out;
}

static Value as_plain(Evaluator *ev, Value value, bool tuple)
{
    const DataClass *data = value_instance(&value) ? data_of(&value) : NULL;
    if (data) return fields_plain(ev, data, &value, tuple);
    if (value.kind == VALUE_LIST || value.kind == VALUE_TUPLE) {
        Value out = list_of(ev, value.kind, value.list);
        for (size_t i = 0; i < out.list->n; i++) out.list->items[i] = as_plain(ev, out.list->items[i], tuple);
        return out;
    }
    if (value.kind != VALUE_DICT) return value;
    Value out = dict_copy(ev, value.dict);
    for (size_t i = 0; i < out.dict->values.n; i++) out.dict->values.items[i] = as_plain(ev, out.dict->values.items[i], tuple);
    return out;
}

static Value as_plain_call(Evaluator *ev, const Given *given)
{
    data_checked(ev, given);
    walkable(ev, given->arg[0]);
    return as_plain(ev, *given->arg[0], given->native->data != NULL);
}

static Value replace_call(Evaluator *ev, const Given *given)
{
    const DataClass *data = data_checked(ev, given);
    const Class *class = value_instance(given->arg[0]) ? value_instance(given->arg[0])->class : data->class;
    Argument *args = ARENA_ARRAY(ev->arena, data->n + (int)given->more->keys.n + 1, Argument);
    int n = 0;
    for (size_t i = 0; i < given->more->keys.n; i++)
        args[n++] = (Argument){given->more->keys.items[i].string.bytes, given->more->values.items[i], SPAN_NONE};
    for (int i = 0; i < data->n; i++)
        if (data->fields[i].init && !dict_find(given->more, data->fields[i].name))
            args[n++] = (Argument){data->fields[i].name, part(ev, given->arg[0], &data->fields[i]), SPAN_NONE};
    return class_call(ev, class, args, n);
}

static Value fields_call(Evaluator *ev, const Given *given)
{
    const DataClass *data = data_checked(ev, given);
    Value out = value_list(ev->arena, VALUE_TUPLE, (size_t)data->n);
    for (int i = 0; i < data->n; i++) list_add(out.list, value_object(&field_kind, &data->fields[i]));
    return out;
}

bool dataclass_names(Evaluator *ev, const Class *class, Value *names)
{
    const Value value = value_class(class);
    const DataClass *data = data_of(&value);
    if (!data) return false;
    *names = value_list(ev->arena, VALUE_TUPLE, (size_t)data->n);
    for (int i = 0; i < data->n; i++) list_add(names->list, value_text(ev->arena, data->fields[i].name));
    return true;
}

static Value is_dataclass_call(Evaluator *ev, const Given *given)
{
    (void)ev;
    return value_bool(data_of(given->arg[0]) != NULL);
}

bool field_attribute(Evaluator *ev, const Value *value, const char *name, Value *out)
{
    const Field *field = value_is(value, &field_kind) ? value->object.data : NULL;
    if (!field) return false;
    if (strcmp(name, "name") == 0) *out = value_text(ev->arena, field->name);
    else if (strcmp(name, "default") == 0 && field->has_fallback) *out = field->fallback;
    else *out = unknown_here(ev, "cause.not_known_object");
    return true;
}

static const Native field_native = {
    .name = "field", .params = "!| default? default_factory? init? repr? compare? kw_only? hash? metadata?", .call = field_call};
static const Native dataclasses_natives[] = {
    {.name = "asdict", .params = "obj **more", .call = as_plain_call},
    {.name = "astuple", .params = "obj **more", .call = as_plain_call, .data = "tuple"},
    {.name = "replace", .params = "!obj **more", .call = replace_call},
    {.name = "fields", .params = "class_or_instance", .call = fields_call},
    {.name = "is_dataclass", .params = "obj", .call = is_dataclass_call},
    {0}};

static bool dataclasses_find(Evaluator *ev, const char *name, Value *out)
{
    const Class *class;
    (void)ev;
    if (strcmp(name, "dataclass") == 0) *out = value_native(&dataclass_native);
    else if (strcmp(name, "field") == 0) *out = value_native(&field_native);
    else if (exception_class_find(name, &class)) *out = value_class(class);
    else return false;
    return true;
}

const ModuleTable MODULE_DATACLASSES = {.path = "dataclasses", .natives = dataclasses_natives, .find = dataclasses_find, .open = true};
