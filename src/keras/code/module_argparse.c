/* argparse: the defaults, as if the program were started without arguments. */
#include "keras/code/module_python.h"

#include <string.h>

#include "keras/code/container.h"
#include "keras/code/exception.h"

static Value arguments_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)args, (void)n, (void)span;
    Instance *instance = instance_make(ev->arena, class);
    return value_of_instance(instance);
}

static Scope *parser_defaults(const Given *given)
{
    return value_instance(given->self)->attributes;
}

/* "--learning-rate" -> "learning_rate"; the first long name counts. */
static const char *option_name(Evaluator *ev, const Given *given)
{
    const char *name = "";
    for (int i = 0; i < given->n_rest; i++) {
        const char *text = text_of(ev, given->rest[i]);
        if (!*name || (strncmp(text, "--", 2) == 0 && strncmp(name, "--", 2) != 0)) name = text;
    }
    char *copy = arena_copy(ev->arena, name, strlen(name));
    while (*copy == '-') copy++;
    for (char *c = copy; *c; c++)
        if (*c == '-') *c = '_';
    return copy;
}

static Value option_default(Evaluator *ev, const Given *given, const char *name)
{
    const Value *fallback = given->arg[0], *action = given->arg[1];
    const bool required = given->rest[0].kind == VALUE_STRING && *given->rest[0].string.bytes != '-';
    if (fallback) return *fallback;
    if (action && value_is_text(action, "store_true")) return value_bool(false);
    if (action && value_is_text(action, "store_false")) return value_bool(true);
    return required ? unknown(ev, "cause.not_known_command_line", name, ev->span) : value_none();
}

static Value add_argument(Evaluator *ev, const Given *given)
{
    if (!given->n_rest) return value_none();
    const Value *target = dict_find(given->more, "dest");
    const char *name = target && target->kind == VALUE_STRING ? target->string.bytes : option_name(ev, given);
    const Value value = option_default(ev, given, name);
    const Value *type = dict_find(given->more, "type");
    const bool converts = type && value.kind == VALUE_STRING;
    scope_set(parser_defaults(given), name, converts ? call_one(ev, *type, value) : value);
    return value_none();
}

static Value parse_known_args(Evaluator *ev, const Given *given)
{
    return value_pair(ev->arena, *given->self, value_list(ev->arena, VALUE_LIST, 0));
}

static const Native parser_methods[] = {
    {.name = "add_argument", .params = "!*names default? action? **more", .call = add_argument},
    {.name = "add_argument_group", .params = "!*args **more", .call = give_self},
    {.name = "add_mutually_exclusive_group", .params = "!*args **more", .call = give_self},
    {.name = "parse_args", .params = "!*args", .call = give_self},
    {.name = "parse_known_args", .params = "!*args", .call = parse_known_args},
    {.name = "set_defaults", .params = "!**more", .call = give_none},
    {.name = "print_help", .params = "", .call = give_none},
    {0}};
static const Class *const from_object[] = {&CLASS_OBJECT};
static const Class parser_class = {.name = "ArgumentParser", .module = "argparse", .construct = arguments_construct,
                                   .bases = from_object, .n_bases = 1, .methods = parser_methods};
static const Class namespace_class = {.name = "Namespace", .module = "argparse", .construct = arguments_construct,
                                      .bases = from_object, .n_bases = 1};
static bool argparse_find(Evaluator *ev, const char *name, Value *out)
{
    const Class *class = strcmp(name, "ArgumentParser") == 0 ? &parser_class : strcmp(name, "Namespace") == 0 ? &namespace_class : NULL;
    if (!class) return false;
    Class *made = ARENA_NEW(ev->arena, Class);
    *made = *class;
    class_instance_kind(made, ev->arena);
    *out = value_class(made);
    return true;
}
const ModuleTable MODULE_ARGPARSE = {.path = "argparse", .find = argparse_find, .open = true};
