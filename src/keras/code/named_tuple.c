#include "keras/code/named_tuple.h"

#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/container.h"

static int field_index(const Class *class, const char *name)
{
    for (int i = 0; i < class->n_fields; i++)
        if (strcmp(class->fields[i], name) == 0) return i;
    return -1;
}

static _Noreturn void raise_too_many(Evaluator *ev, const Class *class, int n)
{
    Value fallback;
    int required = 1;
    for (int i = 0; i < class->n_fields; i++) required += !class_attribute(ev, class, class->fields[i], &fallback, NULL);
    const int most = class->n_fields + 1;
    const char *range = required == most ? arena_print(ev->arena, "%d", most) : arena_print(ev->arena, "from %d to %d", required, most);
    raise_error(ev, "TypeError", "%s.__new__() takes %s positional arguments but %d were given", class->name, range, n + 1);
}

static int field_of(Evaluator *ev, const Class *class, const Argument *arg, int position, int n)
{
    if (!arg->keyword && position >= class->n_fields) raise_too_many(ev, class, n);
    const int at = arg->keyword ? field_index(class, arg->keyword) : position;
    if (at < 0) raise_error(ev, "TypeError", "%s.__new__() got an unexpected keyword argument '%s'", class->name, arg->keyword);
    return at;
}

static void fields_fallback(Evaluator *ev, const Class *class, Value *values, const bool *given)
{
    Text missing = {.arena = ev->arena};
    int n = 0, all = 0;
    for (int i = 0; i < class->n_fields; i++) all += !given[i] && !class_attribute(ev, class, class->fields[i], &values[i], NULL);
    for (int i = 0; i < class->n_fields; i++) {
        if (given[i] || class_attribute(ev, class, class->fields[i], &values[i], NULL)) continue;
        text_print(&missing, "%s'%s'", n == 0 ? "" : n < all - 1 ? ", " : all == 2 ? " and " : ", and ", class->fields[i]);
        n++;
    }
    if (n)
        raise_error(ev, "TypeError", "%s.__new__() missing %d required positional argument%s: %s", class->name, n, n == 1 ? "" : "s",
                    text_string(&missing));
}

void named_tuple_fill(Evaluator *ev, Instance *instance, const Class *base, const Argument *args, int n)
{
    Value *values = ARENA_ARRAY(ev->arena, base->n_fields + 1, Value);
    bool *given = ARENA_ARRAY(ev->arena, base->n_fields + 1, bool);
    for (int i = 0, position = 0; i < n; i++) {
        const int at = field_of(ev, base, &args[i], position, n);
        position += args[i].keyword == NULL;
        values[at] = args[i].value;
        given[at] = true;
    }
    fields_fallback(ev, base, values, given);
    instance->plain = value_list(ev->arena, VALUE_TUPLE, (size_t)base->n_fields);
    for (int i = 0; i < base->n_fields; i++) {
        scope_set(instance->attributes, base->fields[i], values[i]);
        list_add(instance->plain.list, values[i]);
    }
}

static Value tuple_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    Instance *instance = instance_make(ev->arena, class);
    named_tuple_fill(ev, instance, class, args, n);
    return value_of_instance(instance);
}

static const Class *fields_class(const Class *class)
{
    for (int i = 0; i < class->n_order; i++)
        if (class->order[i]->n_fields) return class->order[i];
    return class;
}

static Value replace_fields(Evaluator *ev, const Given *given)
{
    const Instance *instance = value_instance(given->self);
    const Class *class = fields_class(instance->class);
    Argument *args = ARENA_ARRAY(ev->arena, class->n_fields + 1, Argument);
    for (int i = 0; i < class->n_fields; i++) {
        const Value *changed = dict_find(given->more, class->fields[i]);
        args[i] = (Argument){.value = changed ? *changed : instance->plain.list->items[i], .span = SPAN_NONE};
    }
    return class_call(ev, instance->class, args, class->n_fields);
}

static Value fields_as_dict(Evaluator *ev, const Given *given)
{
    const Instance *instance = value_instance(given->self);
    const Class *class = fields_class(instance->class);
    Value dict = value_dict(ev->arena);
    for (int i = 0; i < class->n_fields; i++)
        dict_put(ev, dict.dict, value_text(ev->arena, class->fields[i]), instance->plain.list->items[i]);
    return dict;
}

static Value make_fields(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    Argument *args = ARENA_ARRAY(ev->arena, items->n + 1, Argument);
    for (size_t i = 0; i < items->n; i++) args[i] = (Argument){.value = items->items[i], .span = SPAN_NONE};
    return class_call(ev, value_as_class(given->self), args, (int)items->n);
}

static const Native tuple_methods[] = {
    {.name = "_replace", .params = "!**more", .call = replace_fields},
    {.name = "_asdict", .params = "", .call = fields_as_dict},
    {0}};
static const Native make_native = {.name = "_make", .params = "iterable", .call = make_fields};

bool named_tuple_attribute(Evaluator *ev, const Class *class, const char *name, Value *out)
{
    const Class *fields = fields_class(class);
    if (!fields->n_fields) return false;
    if (native_find(tuple_methods, name, out)) return true;
    if (strcmp(name, "_make") == 0) { *out = value_method(ev->arena, value_class(class), value_native(&make_native)); return true; }
    if (strcmp(name, "_fields") != 0) return false;
    *out = value_list(ev->arena, VALUE_TUPLE, (size_t)fields->n_fields);
    for (int i = 0; i < fields->n_fields; i++) list_add(out->list, value_text(ev->arena, fields->fields[i]));
    return true;
}

const char *named_tuple_repr(Evaluator *ev, const Instance *instance)
{
    const Class *class = fields_class(instance->class);
    if (!class->n_fields) return NULL;
    Text text = {.arena = ev->arena};
    text_put(&text, instance->class->name);
    for (int i = 0; i < class->n_fields; i++)
        text_print(&text, "%s%s=%s", i ? ", " : "(", class->fields[i], repr_of(ev, instance->plain.list->items[i]));
    text_put_char(&text, ')');
    return text_string(&text);
}

static const ValueList *field_names(Evaluator *ev, Value names)
{
    Value split;
    if (names.kind != VALUE_STRING) return iterate(ev, names);
    char *spaced = arena_copy(ev->arena, names.string.bytes, names.string.length);
    for (char *c = spaced; *c; c++)
        if (*c == ',') *c = ' ';
    attribute_find(ev, value_text(ev->arena, spaced), "split", &split);
    return call(ev, split, NULL, 0).list;
}

static const Class *const from_tuple[] = {&CLASS_TUPLE};

/* defaults= belong to the last fields. */
static Value namedtuple_call(Evaluator *ev, const Given *given)
{
    const ValueList *names = field_names(ev, *given->arg[1]);
    const bool fallbacks = given->arg[2] && given->arg[2]->kind != VALUE_NONE;
    const ValueList *values = fallbacks ? iterate(ev, *given->arg[2]) : NULL;
    const char **fields = ARENA_ARRAY(ev->arena, names->n + 1, const char *);
    Class *class = ARENA_NEW(ev->arena, Class);
    for (size_t i = 0; i < names->n; i++) fields[i] = text_of(ev, names->items[i]);
    *class = (Class){.name = text_of(ev, *given->arg[0]), .module = "__main__", .construct = tuple_construct, .bases = from_tuple,
                     .n_bases = 1, .fields = fields, .n_fields = (int)names->n, .attributes = scope_make(ev->arena, NULL)};
    if (values && values->n > names->n) raise_error(ev, "TypeError", "Got more default values than field names");
    for (size_t i = 0; values && i < values->n; i++)
        scope_set(class->attributes, fields[names->n - values->n + i], values->items[i]);
    class_instance_kind(class, ev->arena);
    return value_class(class);
}

const Native NAMED_TUPLE = {.name = "namedtuple", .params = "typename field_names | defaults? rename? module?", .call = namedtuple_call};
