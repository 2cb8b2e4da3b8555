/* os, os.path and sys, without what the machine holds. */
#include "keras/code/module_python.h"

#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/named_tuple.h"

/* No variable of the environment is set but those the text sets itself. */
static Value environment(Evaluator *ev)
{
    if (ev->environment.kind != VALUE_DICT) ev->environment = value_dict(ev->arena);
    return ev->environment;
}

static Value getenv_call(Evaluator *ev, const Given *given)
{
    const Value *set = dict_look(ev, environment(ev).dict, given->arg[0]);
    return set ? *set : given->arg[1] ? *given->arg[1] : value_none();
}

static Value path_join(Evaluator *ev, const Given *given)
{
    Text text = {.arena = ev->arena};
    for (int i = 0; i < given->n_rest; i++) {
        const char *part = text_of(ev, given->rest[i]);
        if (*part == '/') text = (Text){.arena = ev->arena};
        else if (text.length && text.bytes[text.length - 1] != '/') text_put(&text, "/");
        text_put(&text, part);
        pay_items(ev, (int64_t)text.length / 8);
    }
    return value_string(ev->arena, text_string(&text), text.length);
}

static Value path_part(Evaluator *ev, const Given *given)
{
    const char *path = text_of(ev, *given->arg[0]), *slash = strrchr(path, '/');
    const bool base = given->native->data != NULL;
    if (base) return value_text(ev->arena, slash ? slash + 1 : path);
    return value_string(ev->arena, path, slash ? (size_t)(slash - path) : 0);
}

static Value path_split(Evaluator *ev, const Given *given)
{
    const char *path = text_of(ev, *given->arg[0]), *slash = strrchr(path, '/');
    if (!slash) return value_pair(ev->arena, value_text(ev->arena, ""), *given->arg[0]);
    return value_pair(ev->arena, value_string(ev->arena, path, (size_t)(slash - path)), value_text(ev->arena, slash + 1));
}

static Value path_splitext(Evaluator *ev, const Given *given)
{
    const char *path = text_of(ev, *given->arg[0]), *dot = strrchr(path, '.');
    const size_t n = dot && dot != path && !strchr(dot, '/') ? (size_t)(dot - path) : strlen(path);
    return value_pair(ev->arena, value_string(ev->arena, path, n), value_text(ev->arena, path + n));
}

static bool os_find(Evaluator *ev, const char *name, Value *out)
{
    if (strcmp(name, "environ") != 0) return false;
    *out = environment(ev);
    return true;
}

static Value version_info(Evaluator *ev)
{
    static const char names[] = "major minor micro";
    static const int64_t version[] = {3, 11, 0};
    const Value fields = value_text(ev->arena, names), title = value_text(ev->arena, "sys.version_info");
    const Argument args[] = {{.value = title, .span = SPAN_NONE}, {.value = fields, .span = SPAN_NONE}};
    const Value class = native_call(ev, &NAMED_TUPLE, NULL, args, 2);
    Argument parts[3];
    for (int i = 0; i < 3; i++) parts[i] = (Argument){.value = value_int(version[i]), .span = SPAN_NONE};
    return call(ev, class, parts, 3);
}

static bool sys_find(Evaluator *ev, const char *name, Value *out)
{
    if (strcmp(name, "argv") == 0) {
        *out = value_list(ev->arena, VALUE_LIST, 1);
        list_add(out->list, (Value)VALUE_IS_TEXT("script.py"));
    } else if (strcmp(name, "version_info") == 0) {
        *out = version_info(ev);
    } else if (strcmp(name, "path") == 0) {
        *out = value_list(ev->arena, VALUE_LIST, 0);
    } else {
        return false;
    }
    return true;
}

static const Native os_natives[] = {
    {.name = "getenv", .params = "key default?", .call = getenv_call},
    {.name = "makedirs", .params = "!*args **more", .call = give_none},
    {.name = "mkdir", .params = "!*args **more", .call = give_none},
    {.name = "listdir", .params = "!*args", .call = give_unknown, .data = "cause.not_known_file"},
    {.name = "getcwd", .params = "", .call = give_unknown, .data = "cause.not_known_file"},
    {.name = "remove", .params = "!*args", .call = give_none},
    {0}};
static const ModuleConstant os_constants[] = {{"sep", VALUE_IS_TEXT("/")}, {"name", VALUE_IS_TEXT("posix")}, {0}};
const ModuleTable MODULE_OS = {.path = "os", .natives = os_natives, .constants = os_constants, .submodules = " path ",
                                     .find = os_find, .open = true};
static const Native path_natives[] = {
    {.name = "join", .params = "*paths", .call = path_join},
    {.name = "basename", .params = "path", .call = path_part, .data = "base"},
    {.name = "dirname", .params = "path", .call = path_part},
    {.name = "split", .params = "path", .call = path_split},
    {.name = "splitext", .params = "path", .call = path_splitext},
    {.name = "abspath", .params = "path", .call = give_first},
    {.name = "expanduser", .params = "path", .call = give_first},
    {.name = "realpath", .params = "path", .call = give_first},
    {.name = "exists", .params = "!path", .call = give_unknown, .data = "cause.not_known_file"},
    {.name = "isfile", .params = "!path", .call = give_unknown, .data = "cause.not_known_file"},
    {.name = "isdir", .params = "!path", .call = give_unknown, .data = "cause.not_known_file"},
    {0}};
const ModuleTable MODULE_OS_PATH = {.path = "os.path", .natives = path_natives, .open = true};
static const Native sys_natives[] = {
    {.name = "exit", .params = "!code?", .call = leave_program},
    {.name = "setrecursionlimit", .params = "!n", .call = give_none},
    {0}};
static const ModuleConstant sys_constants[] = {
    {"platform", VALUE_IS_TEXT("linux")}, {"maxsize", VALUE_IS_INT(INT64_MAX)}, {"version", VALUE_IS_TEXT("3.11.0")}, {0}};
const ModuleTable MODULE_SYS = {.path = "sys", .natives = sys_natives, .constants = sys_constants, .find = sys_find, .open = true};
