/* collections: named tuples, counters, deques, dictionaries with more. */
#include "keras/code/module_python.h"

#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/exception.h"

static const Class *const from_object[] = {&CLASS_OBJECT};

static Value tuple_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    Instance *instance = ARENA_NEW(ev->arena, Instance);
    *instance = (Instance){.class = class, .attributes = scope_make(ev->arena, NULL)};
    instance->args = value_list(ev->arena, VALUE_TUPLE, (size_t)class->n_fields);
    Value *values = ARENA_ARRAY(ev->arena, class->n_fields + 1, Value);
    bool *given = ARENA_ARRAY(ev->arena, class->n_fields + 1, bool);
    for (int i = 0, position = 0; i < n; i++) {
        int at = args[i].keyword ? 0 : position++;
        while (args[i].keyword && at < class->n_fields && strcmp(class->fields[at], args[i].keyword) != 0) at++;
        if (at >= class->n_fields) raise_error(ev, "TypeError", "%s.__new__() takes %d arguments", class->name, class->n_fields + 1);
        values[at] = args[i].value;
        given[at] = true;
    }
    for (int i = 0; i < class->n_fields; i++) {
        if (!given[i]) raise_error(ev, "TypeError", "%s.__new__() missing 1 required positional argument: '%s'", class->name, class->fields[i]);
        scope_set(instance->attributes, class->fields[i], values[i]);
        list_add(instance->args.list, values[i]);
    }
    return value_object(&class->instance, instance);
}

static Value replace_fields(Evaluator *ev, const Given *given)
{
    const Instance *instance = value_instance(given->self);
    const Class *class = instance->class;
    Argument *args = ARENA_ARRAY(ev->arena, class->n_fields + 1, Argument);
    for (int i = 0; i < class->n_fields; i++) {
        const Value *changed = dict_find(given->more, class->fields[i]);
        args[i] = (Argument){.value = changed ? *changed : instance->args.list->items[i], .span = SPAN_NONE};
    }
    return class_call(ev, class, args, class->n_fields);
}

static Value fields_as_dict(Evaluator *ev, const Given *given)
{
    const Instance *instance = value_instance(given->self);
    Value dict = value_dict(ev->arena);
    for (int i = 0; i < instance->class->n_fields; i++) {
        const char *name = instance->class->fields[i];
        dict_put(ev, dict.dict, value_text(ev->arena, name), instance->args.list->items[i]);
    }
    return dict;
}

static const Native tuple_methods[] = {
    {.name = "_replace", .params = "!**more", .call = replace_fields},
    {.name = "_asdict", .params = "", .call = fields_as_dict},
    {0}};

static const ValueList *field_names(Evaluator *ev, Value names)
{
    Value split;
    if (names.kind != VALUE_STRING) return iterate(ev, names);
    char *spaced = arena_copy(ev->arena, names.string.bytes, names.string.length);
    for (char *c = spaced; *c; c++)
        if (*c == ',') *c = ' ';
    const Value text = value_text(ev->arena, spaced);
    attribute_find(ev, text, "split", &split);
    return call(ev, split, NULL, 0).list;
}

static Value namedtuple_call(Evaluator *ev, const Given *given)
{
    const ValueList *names = field_names(ev, *given->arg[1]);
    const char **fields = ARENA_ARRAY(ev->arena, names->n + 1, const char *);
    Class *class = ARENA_NEW(ev->arena, Class);
    for (size_t i = 0; i < names->n; i++) fields[i] = text_of(ev, names->items[i]);
    *class = (Class){.name = text_of(ev, *given->arg[0]), .module = "__main__", .construct = tuple_construct, .bases = from_object,
                     .n_bases = 1, .methods = tuple_methods, .fields = fields, .n_fields = (int)names->n};
    class_instance_kind(class, ev->arena);
    return value_class(class);
}

static Value counter_call(Evaluator *ev, const Given *given)
{
    Value dict = value_dict(ev->arena);
    if (!given->arg[0]) return dict;
    const ValueList *items = iterate(ev, *given->arg[0]);
    for (size_t i = 0; i < items->n; i++) {
        const Value *count = dict_look(ev, dict.dict, &items->items[i]);
        dict_put(ev, dict.dict, items->items[i], value_int(count ? count->integer + 1 : 1));
    }
    return dict;
}

static Value deque_call(Evaluator *ev, const Given *given)
{
    const ValueList none = {.arena = ev->arena};
    return list_of(ev, VALUE_LIST, given->arg[0] ? iterate(ev, *given->arg[0]) : &none);
}

static const Native collections_natives[] = {
    {.name = "namedtuple", .params = "typename field_names | defaults?", .call = namedtuple_call},
    {.name = "Counter", .params = "iterable?", .call = counter_call},
    {.name = "deque", .params = "iterable? maxlen?", .call = deque_call},
    {0}};
static const ModuleClass collections_classes[] = {{"OrderedDict", &CLASS_DICT}, {"defaultdict", &CLASS_DEFAULT_DICT}, {0}};
const ModuleTable MODULE_COLLECTIONS = {.path = "collections", .natives = collections_natives, .classes = collections_classes,
                                              .submodules = " abc ", .open = true};
