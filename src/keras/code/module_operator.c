/* operator. */
#include "keras/code/module_python.h"

#include <string.h>


static const struct { const char *name; PyOp op; } operators[] = {
    {"add", PY_ADD}, {"concat", PY_ADD}, {"sub", PY_SUB}, {"mul", PY_MUL}, {"truediv", PY_DIV}, {"floordiv", PY_FLOOR_DIV}, {"mod", PY_MOD},
    {"pow", PY_POW}, {"matmul", PY_MATMUL}, {"and_", PY_BIT_AND}, {"or_", PY_BIT_OR}, {"xor", PY_BIT_XOR}, {"lshift", PY_LSHIFT},
    {"rshift", PY_RSHIFT}, {"iadd", PY_ADD}, {"imul", PY_MUL}};
static const struct { const char *name; PyOp op; } comparisons[] = {
    {"eq", PY_EQ}, {"ne", PY_NE}, {"lt", PY_LT}, {"le", PY_LE}, {"gt", PY_GT}, {"ge", PY_GE}, {"is_", PY_IS}, {"is_not", PY_IS_NOT}};
static const struct { const char *name; PyOp op; } unaries[] = {{"neg", PY_MINUS}, {"pos", PY_PLUS}, {"not_", PY_NOT}, {"inv", PY_INVERT}};

static Value binary_call(Evaluator *ev, const Given *given)
{
    size_t i = 0;
    while (strcmp(operators[i].name, given->native->name) != 0) i++;
    return binary(ev, operators[i].op, *given->arg[0], *given->arg[1]);
}

static Value compare_call(Evaluator *ev, const Given *given)
{
    size_t i = 0;
    while (strcmp(comparisons[i].name, given->native->name) != 0) i++;
    return compare(ev, comparisons[i].op, *given->arg[0], *given->arg[1]);
}

static Value unary_call(Evaluator *ev, const Given *given)
{
    size_t i = 0;
    while (strcmp(unaries[i].name, given->native->name) != 0) i++;
    return unary(ev, unaries[i].op, *given->arg[0]);
}

static Value contains_call(Evaluator *ev, const Given *given) { return compare(ev, PY_IN, *given->arg[1], *given->arg[0]); }
static Value getitem_call(Evaluator *ev, const Given *given) { return subscript(ev, *given->arg[0], *given->arg[1]); }
static Value truth_call(Evaluator *ev, const Given *given) { return value_bool(truth(ev, *given->arg[0])); }

static Value abs_call(Evaluator *ev, const Given *given)
{
    const Value zero = value_int(0), less = compare(ev, PY_LT, *given->arg[0], zero);
    return truth(ev, less) ? unary(ev, PY_MINUS, *given->arg[0]) : *given->arg[0];
}

/* ---- itemgetter, attrgetter, methodcaller: called with the object last ---- */

static Value item_of(Evaluator *ev, const Given *given, int i)
{
    const Value object = given->rest[given->n_rest - 1], key = given->rest[i];
    if (!given->native->data) return subscript(ev, object, key);
    Value value = object;
    const char *path = text_of(ev, key);
    for (const char *at = path; *at;) {
        const size_t n = strcspn(at, ".");
        value = attribute(ev, value, arena_copy(ev->arena, at, n));
        at += n + (at[n] == '.');
    }
    return value;
}

static Value take_call(Evaluator *ev, const Given *given)
{
    if (given->n_rest < 2) raise_error(ev, "TypeError", "%s expected 1 argument, got 0", given->native->name);
    if (given->n_rest == 2) return item_of(ev, given, 0);
    Value out = value_list(ev->arena, VALUE_TUPLE, (size_t)given->n_rest);
    for (int i = 0; i + 1 < given->n_rest; i++) list_add(out.list, item_of(ev, given, i));
    return out;
}

static Value method_call(Evaluator *ev, const Given *given)
{
    if (given->n_rest < 2) raise_error(ev, "TypeError", "methodcaller expected 1 argument, got 0");
    const Value method = attribute(ev, given->rest[given->n_rest - 1], text_of(ev, given->rest[0]));
    Argument *args = ARENA_ARRAY(ev->arena, given->n_rest, Argument);
    for (int i = 1; i + 1 < given->n_rest; i++) args[i - 1] = (Argument){.value = given->rest[i], .span = SPAN_NONE};
    return call(ev, method, args, given->n_rest - 2);
}

static const Native take_item = {.name = "itemgetter", .params = "*keys", .call = take_call};
static const Native take_attribute = {.name = "attrgetter", .params = "*keys", .call = take_call, .data = "attribute"};
static const Native call_method = {.name = "methodcaller", .params = "*keys", .call = method_call};

static Value getter_call(Evaluator *ev, const Given *given)
{
    return value_partial(ev->arena, value_native(given->native->data), given->written, given->n_written);
}

#define BINARY(text) {.name = text, .params = "a b", .call = binary_call}
#define COMPARE(text) {.name = text, .params = "a b", .call = compare_call}
#define UNARY(text) {.name = text, .params = "a", .call = unary_call}
static const Native operator_natives[] = {
    BINARY("add"), BINARY("concat"), BINARY("sub"), BINARY("mul"), BINARY("truediv"), BINARY("floordiv"), BINARY("mod"), BINARY("pow"),
    BINARY("matmul"), BINARY("and_"), BINARY("or_"), BINARY("xor"), BINARY("lshift"), BINARY("rshift"), BINARY("iadd"), BINARY("imul"),
    COMPARE("eq"), COMPARE("ne"), COMPARE("lt"), COMPARE("le"), COMPARE("gt"), COMPARE("ge"), COMPARE("is_"), COMPARE("is_not"),
    UNARY("neg"), UNARY("pos"), UNARY("not_"), UNARY("inv"),
    {.name = "contains", .params = "a b", .call = contains_call},
    {.name = "getitem", .params = "a b", .call = getitem_call},
    {.name = "truth", .params = "a", .call = truth_call},
    {.name = "abs", .params = "a", .call = abs_call},
    {.name = "itemgetter", .params = "*items", .call = getter_call, .data = &take_item},
    {.name = "attrgetter", .params = "*attrs", .call = getter_call, .data = &take_attribute},
    {.name = "methodcaller", .params = "*args", .call = getter_call, .data = &call_method},
    {0}};
const ModuleTable MODULE_OPERATOR = {.path = "operator", .natives = operator_natives, .open = true};
