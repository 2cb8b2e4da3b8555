/* Python's own modules, as far as model code uses them. */
#include <math.h>
#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/exception.h"
#include "keras/code/module.h"
#include "keras/code/operator.h"

static Value not_told(Evaluator *ev, const char *reason)
{
    return unknown(ev, reason, source_text(ev, ev->span), ev->span);
}

static Value nothing(Evaluator *ev, const Given *given)
{
    (void)ev, (void)given;
    return value_none();
}

/* ---- math ---- */

typedef struct MathEntry {
    double (*map)(double);
    bool   whole;      /* gives an int */
    double least;      /* below is a domain error */
} MathEntry;

static double degrees(double x) { return x * 180 / acos(-1); }
static double radians(double x) { return x * acos(-1) / 180; }

static const MathEntry math_sqrt = {sqrt, false, 0}, math_exp = {exp, false, -HUGE_VAL}, math_log2 = {log2, false, 5e-324},
    math_log10 = {log10, false, 5e-324}, math_log1p = {log1p, false, -1}, math_sin = {sin, false, -HUGE_VAL},
    math_cos = {cos, false, -HUGE_VAL}, math_tan = {tan, false, -HUGE_VAL}, math_tanh = {tanh, false, -HUGE_VAL},
    math_floor = {floor, true, -HUGE_VAL}, math_ceil = {ceil, true, -HUGE_VAL}, math_trunc = {trunc, true, -HUGE_VAL},
    math_fabs = {fabs, false, -HUGE_VAL}, math_degrees = {degrees, false, -HUGE_VAL}, math_radians = {radians, false, -HUGE_VAL},
    math_atan = {atan, false, -HUGE_VAL};

static Value math_map(Evaluator *ev, const Given *given)
{
    const MathEntry *entry = given->native->data;
    const double x = float_of(ev, *given->arg[0]);
    if (x < entry->least) raise_error(ev, "ValueError", "math domain error");
    const Argument result = {.value = value_float(entry->map(x)), .span = SPAN_NONE};
    return entry->whole ? CLASS_INT.construct(ev, &CLASS_INT, &result, 1, ev->span) : result.value;
}

static Value math_log(Evaluator *ev, const Given *given)
{
    const double x = float_of(ev, *given->arg[0]), base = given->arg[1] ? float_of(ev, *given->arg[1]) : 0;
    if (!(x > 0) || (given->arg[1] && !(base > 0))) raise_error(ev, "ValueError", "math domain error");
    return value_float(given->arg[1] ? log(x) / log(base) : log(x));
}

static Value math_pow(Evaluator *ev, const Given *given)
{
    return value_float(pow(float_of(ev, *given->arg[0]), float_of(ev, *given->arg[1])));
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    uint64_t x = a < 0 ? 0 - (uint64_t)a : (uint64_t)a, y = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
    while (y) {
        const uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return x > INT64_MAX ? INT64_MAX : (int64_t)x;
}

static Value math_gcd(Evaluator *ev, const Given *given)
{
    return value_int(common_divisor(index_of(ev, *given->arg[0], "gcd"), index_of(ev, *given->arg[1], "gcd")));
}

static Value math_prod(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    Value product = given->arg[1] ? *given->arg[1] : value_int(1);
    for (size_t i = 0; i < items->n; i++) product = binary(ev, PY_MUL, product, items->items[i]);
    return product;
}

static Value math_factorial(Evaluator *ev, const Given *given)
{
    const int64_t n = index_of(ev, *given->arg[0], "factorial");
    if (n < 0) raise_error(ev, "ValueError", "factorial() not defined for negative values");
    int64_t product = 1;
    for (int64_t i = 2; i <= n && product < INT64_MAX; i++) product = size_multiply(product, i);
    return value_int(product);
}

static Value math_isnan(Evaluator *ev, const Given *given)
{
    return value_bool(isnan(float_of(ev, *given->arg[0])));
}

#define MATH(text, entry) {.name = text, .params = "x", .call = math_map, .data = &entry}
static const Native math_natives[] = {
    MATH("sqrt", math_sqrt), MATH("exp", math_exp), MATH("log2", math_log2), MATH("log10", math_log10), MATH("log1p", math_log1p),
    MATH("sin", math_sin), MATH("cos", math_cos), MATH("tan", math_tan), MATH("tanh", math_tanh), MATH("atan", math_atan),
    MATH("floor", math_floor), MATH("ceil", math_ceil), MATH("trunc", math_trunc), MATH("fabs", math_fabs),
    MATH("degrees", math_degrees), MATH("radians", math_radians),
    {.name = "log", .params = "x base?", .call = math_log},
    {.name = "pow", .params = "x y", .call = math_pow},
    {.name = "gcd", .params = "a b", .call = math_gcd},
    {.name = "prod", .params = "iterable start?", .call = math_prod},
    {.name = "factorial", .params = "n", .call = math_factorial},
    {.name = "isnan", .params = "x", .call = math_isnan},
    {0}};
static const ModuleConstant math_constants[] = {
    {"pi", VALUE_IS_FLOAT(3.141592653589793)}, {"e", VALUE_IS_FLOAT(2.718281828459045)}, {"inf", VALUE_IS_FLOAT(HUGE_VAL)},
    {"nan", VALUE_IS_FLOAT(NAN)}, {"tau", VALUE_IS_FLOAT(6.283185307179586)}, {0}};
static const ModuleTable math_table = {.path = "math", .natives = math_natives, .constants = math_constants};

/* ---- os and sys ---- */

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
    if (base) return value_string(ev->arena, slash ? slash + 1 : path, strlen(slash ? slash + 1 : path));
    return value_string(ev->arena, path, slash ? (size_t)(slash - path) : 0);
}

static Value path_splitext(Evaluator *ev, const Given *given)
{
    const char *path = text_of(ev, *given->arg[0]), *dot = strrchr(path, '.');
    const size_t n = dot && dot != path && !strchr(dot, '/') ? (size_t)(dot - path) : strlen(path);
    Value tuple = value_list(ev->arena, VALUE_TUPLE, 2);
    list_add(tuple.list, value_string(ev->arena, path, n));
    list_add(tuple.list, value_string(ev->arena, path + n, strlen(path + n)));
    return tuple;
}

static Value path_same(Evaluator *ev, const Given *given)
{
    (void)ev;
    return *given->arg[0];
}

static Value asks_disk(Evaluator *ev, const Given *given)
{
    (void)given;
    return not_told(ev, "cause.not_known_file");
}

static Value leaves(Evaluator *ev, const Given *given)
{
    (void)given;
    raise_error(ev, "SystemExit", "%s", "");
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
    {.name = "makedirs", .params = "!*args **more", .call = nothing},
    {.name = "mkdir", .params = "!*args **more", .call = nothing},
    {.name = "listdir", .params = "!*args", .call = asks_disk},
    {.name = "getcwd", .params = "", .call = asks_disk},
    {.name = "remove", .params = "!*args", .call = nothing},
    {0}};
static const ModuleConstant os_constants[] = {{"sep", VALUE_IS_TEXT("/")}, {"name", VALUE_IS_TEXT("posix")}, {0}};
static const ModuleTable os_table = {.path = "os", .natives = os_natives, .constants = os_constants, .submodules = " path ",
                                     .find = os_find, .open = true};
static const Native path_natives[] = {
    {.name = "join", .params = "*paths", .call = path_join},
    {.name = "basename", .params = "path", .call = path_part, .data = "base"},
    {.name = "dirname", .params = "path", .call = path_part},
    {.name = "splitext", .params = "path", .call = path_splitext},
    {.name = "abspath", .params = "path", .call = path_same},
    {.name = "expanduser", .params = "path", .call = path_same},
    {.name = "realpath", .params = "path", .call = path_same},
    {.name = "exists", .params = "!path", .call = asks_disk},
    {.name = "isfile", .params = "!path", .call = asks_disk},
    {.name = "isdir", .params = "!path", .call = asks_disk},
    {0}};
static const ModuleTable path_table = {.path = "os.path", .natives = path_natives, .open = true};
static const Native sys_natives[] = {
    {.name = "exit", .params = "!code?", .call = leaves},
    {.name = "setrecursionlimit", .params = "!n", .call = nothing},
    {0}};
static const ModuleConstant sys_constants[] = {
    {"platform", VALUE_IS_TEXT("linux")}, {"maxsize", VALUE_IS_INT(INT64_MAX)}, {"version", VALUE_IS_TEXT("3.11.0")}, {0}};
static const ModuleTable sys_table = {.path = "sys", .natives = sys_natives, .constants = sys_constants, .find = sys_find, .open = true};

/* ---- argparse: the defaults ---- */

static Value arguments_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)args, (void)n, (void)span;
    Instance *instance = ARENA_NEW(ev->arena, Instance);
    *instance = (Instance){.class = class, .attributes = scope_make(ev->arena, NULL)};
    return value_object(&class->instance, instance);
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

static Value parse_args(Evaluator *ev, const Given *given)
{
    (void)ev;
    return *given->self;
}

static Value parse_known_args(Evaluator *ev, const Given *given)
{
    Value tuple = value_list(ev->arena, VALUE_TUPLE, 2);
    list_add(tuple.list, *given->self);
    list_add(tuple.list, value_list(ev->arena, VALUE_LIST, 0));
    return tuple;
}

static Value parser_self(Evaluator *ev, const Given *given)
{
    (void)ev;
    return *given->self;
}

static const Native parser_methods[] = {
    {.name = "add_argument", .params = "!*names default? action? **more", .call = add_argument},
    {.name = "add_argument_group", .params = "!*args **more", .call = parser_self},
    {.name = "add_mutually_exclusive_group", .params = "!*args **more", .call = parser_self},
    {.name = "parse_args", .params = "!*args", .call = parse_args},
    {.name = "parse_known_args", .params = "!*args", .call = parse_known_args},
    {.name = "set_defaults", .params = "!**more", .call = nothing},
    {.name = "print_help", .params = "", .call = nothing},
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
static const ModuleTable argparse_table = {.path = "argparse", .find = argparse_find, .open = true};

/* ---- collections ---- */

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
        dict_put(ev, dict.dict, value_string(ev->arena, name, strlen(name)), instance->args.list->items[i]);
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
    const Value text = value_string(ev->arena, spaced, strlen(spaced));
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
static const ModuleTable collections_table = {.path = "collections", .natives = collections_natives, .classes = collections_classes,
                                              .submodules = " abc ", .open = true};

/* ---- functools and itertools ---- */

static Value partial_call(Evaluator *ev, const Given *given)
{
    Partial *partial = ARENA_NEW(ev->arena, Partial);
    *partial = (Partial){.function = *given->arg[0], .args = ARENA_ARRAY(ev->arena, given->n_written, Argument)};
    for (int i = 1; i < given->n_written; i++) partial->args[partial->n++] = given->written[i];
    return value_object(&OBJECT_PARTIAL, partial);
}

static Value reduce_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[1]);
    size_t i = 0;
    if (!given->arg[2] && !items->n) raise_error(ev, "TypeError", "reduce() of empty iterable with no initial value");
    Value result = given->arg[2] ? *given->arg[2] : items->items[i++];
    for (; i < items->n; i++) {
        const Argument args[] = {{.value = result, .span = SPAN_NONE}, {.value = items->items[i], .span = SPAN_NONE}};
        result = call(ev, *given->arg[0], args, 2);
    }
    return result;
}

static Value same_function(Evaluator *ev, const Given *given)
{
    (void)ev;
    return given->arg[0] ? *given->arg[0] : value_none();
}

static const Native decorate_nothing = {.name = "decorator", .params = "!f", .call = same_function};

/* @wraps(f) gives back what stands under it. */
static Value wraps_call(Evaluator *ev, const Given *given)
{
    (void)ev, (void)given;
    return value_native(&decorate_nothing);
}

static const Native functools_natives[] = {
    {.name = "partial", .params = "!func *args **more", .call = partial_call},
    {.name = "reduce", .params = "function iterable initial?", .call = reduce_call},
    {.name = "lru_cache", .params = "!f?", .call = same_function},
    {.name = "wraps", .params = "!wrapped assigned? updated?", .call = wraps_call},
    {0}};
static const ModuleTable functools_table = {.path = "functools", .natives = functools_natives, .open = true};

static Value chain_call(Evaluator *ev, const Given *given)
{
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    for (int i = 0; i < given->n_rest; i++) {
        const ValueList *items = iterate(ev, given->rest[i]);
        pay_items(ev, (int64_t)(out.list->n + items->n));
        for (size_t k = 0; k < items->n; k++) list_add(out.list, items->items[k]);
    }
    return value_iterator(ev->arena, "itertools.chain", out.list);
}

static Value repeat_call(Evaluator *ev, const Given *given)
{
    Value one = value_list(ev->arena, VALUE_LIST, 1);
    list_add(one.list, *given->arg[0]);
    const int64_t times = given->arg[1] ? index_of(ev, *given->arg[1], "times") : ITEMS_MAX / 16;
    return value_iterator(ev->arena, "itertools.repeat", list_repeat(ev, one, times).list);
}

static Value count_call(Evaluator *ev, const Given *given)
{
    const int64_t start = given->arg[0] ? index_of(ev, *given->arg[0], "start") : 0;
    const int64_t step = given->arg[1] ? index_of(ev, *given->arg[1], "step") : 1;
    return value_range(ev->arena, start, step < 0 ? INT64_MIN : INT64_MAX, step ? step : 1);
}

static Value cycle_call(Evaluator *ev, const Given *given)
{
    const Value items = list_of(ev, VALUE_LIST, iterate(ev, *given->arg[0]));
    const int64_t times = items.list->n ? ITEMS_MAX / 64 / (int64_t)(items.list->n + 1) + 1 : 0;
    return value_iterator(ev->arena, "itertools.cycle", list_repeat(ev, items, times).list);
}

/* Every way to take one of each: the last changes fastest. */
static Value product_call(Evaluator *ev, const Given *given)
{
    const int64_t repeat = given->arg[0] ? index_of(ev, *given->arg[0], "repeat") : 1;
    const int64_t n = size_multiply(given->n_rest, repeat < 0 ? 0 : repeat);
    pay_items(ev, n);
    const ValueList **lists = ARENA_ARRAY(ev->arena, n + 1, const ValueList *);
    int64_t total = 1;
    for (int64_t i = 0; i < n; i++) {
        lists[i] = i < given->n_rest ? list_of(ev, VALUE_LIST, iterate(ev, given->rest[i])).list : lists[i - given->n_rest];
        total = size_multiply(total, (int64_t)lists[i]->n);
    }
    pay_items(ev, size_multiply(total, n + 1));
    Value out = value_list(ev->arena, VALUE_LIST, (size_t)total);
    for (int64_t k = 0; k < total; k++) {
        Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)n);
        tuple.list->n = (size_t)n;
        for (int64_t i = n, rest = k; i-- > 0; rest /= (int64_t)lists[i]->n) tuple.list->items[i] = lists[i]->items[rest % (int64_t)lists[i]->n];
        list_add(out.list, tuple);
    }
    return value_iterator(ev->arena, "itertools.product", out.list);
}

static Value islice_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    const int64_t first = index_of(ev, *given->arg[1], "stop"), stop = given->arg[2] ? index_of(ev, *given->arg[2], "stop") : first;
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    for (int64_t i = given->arg[2] ? first : 0; i >= 0 && i < stop && i < (int64_t)items->n; i++) list_add(out.list, items->items[i]);
    return value_iterator(ev->arena, "itertools.islice", out.list);
}

static const Native itertools_natives[] = {
    {.name = "chain", .params = "*iterables", .call = chain_call},
    {.name = "repeat", .params = "object times?", .call = repeat_call},
    {.name = "count", .params = "start? step?", .call = count_call},
    {.name = "cycle", .params = "iterable", .call = cycle_call},
    {.name = "product", .params = "*iterables repeat?", .call = product_call},
    {.name = "islice", .params = "iterable start stop? step?", .call = islice_call},
    {0}};
static const ModuleTable itertools_table = {.path = "itertools", .natives = itertools_natives, .open = true};

/* ---- the rest ---- */

/* A list or dictionary of its own; layers and the like stay the same. */
static Value copied(Evaluator *ev, Value value, bool deep, int depth)
{
    if (depth > 50) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
    if (value.kind == VALUE_LIST || (value.kind == VALUE_TUPLE && deep)) {
        Value out = list_of(ev, value.kind, value.list);
        for (size_t i = 0; deep && i < out.list->n; i++) out.list->items[i] = copied(ev, out.list->items[i], true, depth + 1);
        return out;
    }
    if (value.kind != VALUE_DICT) return value;
    Value out = dict_copy(ev, value.dict);
    for (size_t i = 0; deep && i < out.dict->values.n; i++) out.dict->values.items[i] = copied(ev, out.dict->values.items[i], true, depth + 1);
    return out;
}

static Value copy_call(Evaluator *ev, const Given *given)
{
    const bool deep = given->native->data != NULL;
    if (deep) walkable(ev, given->arg[0]);
    return copied(ev, *given->arg[0], deep, 0);
}

static const Native copy_natives[] = {
    {.name = "copy", .params = "x", .call = copy_call},
    {.name = "deepcopy", .params = "x memo?", .call = copy_call, .data = "deep"},
    {0}};
static const ModuleTable copy_table = {.path = "copy", .natives = copy_natives};

static Value random_call(Evaluator *ev, const Given *given)
{
    (void)given;
    return not_told(ev, "cause.not_known_random");
}

static const Native random_natives[] = {
    {.name = "seed", .params = "!*args", .call = nothing},
    {.name = "shuffle", .params = "!*args", .call = nothing},
    {.name = "random", .params = "", .call = random_call},
    {.name = "choice", .params = "!*args", .call = random_call},
    {.name = "randint", .params = "!*args", .call = random_call},
    {.name = "uniform", .params = "!*args", .call = random_call},
    {.name = "sample", .params = "!*args **more", .call = random_call},
    {0}};
static const ModuleTable random_table = {.path = "random", .natives = random_natives, .open = true};

static const Native dataclass_natives[] = {
    {.name = "dataclass", .params = "!f? **more", .call = same_function},
    {.name = "asdict", .params = "x", .call = same_function},
    {0}};
static Value field_call(Evaluator *ev, const Given *given)
{
    if (given->arg[0]) return *given->arg[0];
    return given->arg[1] ? call(ev, *given->arg[1], NULL, 0) : value_none();
}
static const Native field_native = {.name = "field", .params = "!| default? default_factory? **more", .call = field_call};
static bool dataclasses_find(Evaluator *ev, const char *name, Value *out)
{
    (void)ev;
    if (strcmp(name, "field") != 0) return false;
    *out = value_native(&field_native);
    return true;
}
static const ModuleTable dataclasses_table = {.path = "dataclasses", .natives = dataclass_natives, .find = dataclasses_find, .open = true};

static const ModuleClass typing_classes[] = {
    {"NamedTuple", &CLASS_NAMED_TUPLE}, {"List", &CLASS_LIST}, {"Tuple", &CLASS_TUPLE}, {"Dict", &CLASS_DICT}, {"Set", &CLASS_SET},
    {"Any", &CLASS_OBJECT}, {"Optional", &CLASS_OBJECT}, {"Union", &CLASS_OBJECT}, {"Callable", &CLASS_OBJECT},
    {"Sequence", &CLASS_OBJECT}, {"Iterable", &CLASS_OBJECT}, {"Mapping", &CLASS_OBJECT}, {0}};
static const ModuleTable typing_table = {.path = "typing", .classes = typing_classes, .open = true};

static const PyOp op_add = PY_ADD, op_mul = PY_MUL, op_sub = PY_SUB, op_div = PY_DIV, op_floor = PY_FLOOR_DIV;
static Value operator_call(Evaluator *ev, const Given *given)
{
    return binary(ev, *(const PyOp *)given->native->data, *given->arg[0], *given->arg[1]);
}
static const Native operator_natives[] = {
    {.name = "add", .params = "a b", .call = operator_call, .data = &op_add},
    {.name = "mul", .params = "a b", .call = operator_call, .data = &op_mul},
    {.name = "sub", .params = "a b", .call = operator_call, .data = &op_sub},
    {.name = "truediv", .params = "a b", .call = operator_call, .data = &op_div},
    {.name = "floordiv", .params = "a b", .call = operator_call, .data = &op_floor},
    {0}};
static const ModuleTable operator_table = {.path = "operator", .natives = operator_natives, .open = true};

const ModuleTable *const PYTHON_MODULES[] = {
    &math_table, &os_table, &path_table, &sys_table, &argparse_table, &collections_table, &functools_table, &itertools_table,
    &copy_table, &random_table, &dataclasses_table, &typing_table, &operator_table, NULL};
