/* os, os.path and sys, without what the machine holds. */
#include "keras/code/module_python.h"

#include <string.h>

#include "keras/code/builtin.h"

/* No variable of the environment is set. */
static Value getenv_call(Evaluator *ev, const Given *given)
{
    (void)ev;
    return given->arg[1] ? *given->arg[1] : value_none();
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

static Value path_splitext(Evaluator *ev, const Given *given)
{
    const char *path = text_of(ev, *given->arg[0]), *dot = strrchr(path, '.');
    const size_t n = dot && dot != path && !strchr(dot, '/') ? (size_t)(dot - path) : strlen(path);
    return value_pair(ev->arena, value_string(ev->arena, path, n), value_text(ev->arena, path + n));
}

static bool os_find(Evaluator *ev, const char *name, Value *out)
{
    if (strcmp(name, "environ") != 0) return false;
    *out = value_dict(ev->arena);
    return true;
}

static bool sys_find(Evaluator *ev, const char *name, Value *out)
{
    if (strcmp(name, "argv") == 0) {
        *out = value_list(ev->arena, VALUE_LIST, 1);
        list_add(out->list, (Value)VALUE_IS_TEXT("script.py"));
    } else if (strcmp(name, "version_info") == 0) {
        const int64_t version[] = {3, 11, 0};
        *out = value_ints(ev->arena, VALUE_TUPLE, version, 3);
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
