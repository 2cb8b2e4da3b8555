/* Functions of the text: making, binding arguments as Python does, calling. */
#include <string.h>

#include "keras/code/evaluator.h"
#include "keras/code/locals.h"

/* ---- making ---- */

static bool yields(const PyNode *node);

static bool list_yields(const PyNode *list)
{
    for (; list; list = list->next)
        if (yields(list)) return true;
    return false;
}

static bool yields(const PyNode *node)
{
    if (!node || node->type == PY_FUNCTION || node->type == PY_LAMBDA || node->type == PY_CLASS) return false;
    if (node->type == PY_YIELD || node->type == PY_YIELD_FROM) return true;
    return yields(node->a) || yields(node->b) || yields(node->c) || list_yields(node->list) || list_yields(node->orelse) ||
           list_yields(node->final) || list_yields(node->handlers) || list_yields(node->args) || list_yields(node->items);
}

static int param_count(const PyNode *node)
{
    int n = 0;
    for (const PyNode *param = node->params; param; param = param->next) n++;
    return n;
}

Value function_make(Evaluator *ev, const PyNode *node)
{
    Function *function = ARENA_NEW(ev->arena, Function);
    const bool lambda = node->type == PY_LAMBDA, inner = ev->function && !ev->scope->is_class;
    const char *name = lambda ? "<lambda>" : node->name;
    if (inner) name = arena_print(ev->arena, "%s.<locals>.%s", ev->function->name, name);
    *function = (Function){.node = node, .name = name, .closure = ev->scope, .outer = ev->function};
    function->defaults = ARENA_ARRAY(ev->arena, param_count(node), Value);
    function->generator = !lambda && list_yields(node->list);
    Value *value = function->defaults;
    for (const PyNode *param = node->params; param; param = param->next) *value++ = evaluate(ev, param->a);
    return value_object(&OBJECT_FUNCTION, function);
}

/* ---- binding ---- */

typedef struct Binder {
    Evaluator      *ev;
    const Function *function;
    const Argument *args; int n;
    Value          *values;     /* one for each parameter */
    bool           *given;
    int             positional; /* parameters that positional arguments may go to */
} Binder;

static bool takes_positional(const PyNode *param)
{
    return param->number == PY_POSITIONAL || param->number == PY_POSITIONAL_ONLY;
}

static const PyNode *param_of_kind(const Function *function, int kind, int *index)
{
    *index = 0;
    for (const PyNode *param = function->node->params; param; param = param->next, ++*index)
        if (param->number == kind) return param;
    return NULL;
}

static int required_count(const Binder *b)
{
    int n = 0;
    for (const PyNode *param = b->function->node->params; param; param = param->next) n += takes_positional(param) && !param->a;
    return n;
}

/* Keyword-only arguments that are there are told too. */
static _Noreturn void raise_too_many(const Binder *b, int given)
{
    const int required = required_count(b), most = b->positional;
    Arena *arena = b->ev->arena;
    int i = 0, named = 0;
    for (const PyNode *param = b->function->node->params; param; param = param->next, i++)
        named += param->number == PY_KEYWORD_ONLY && b->given[i];
    const char *range = required == most ? arena_print(arena, "%d", most) : arena_print(arena, "from %d to %d", required, most);
    const char *more = !named ? "" : arena_print(arena, " positional argument%s (and %d keyword-only argument%s)", given == 1 ? "" : "s",
                                                 named, named == 1 ? "" : "s");
    raise_error(b->ev, "TypeError", "%s() takes %s positional argument%s but %d%s %s given", b->function->name, range,
                most == 1 && required == most ? "" : "s", given, more, given == 1 && !named ? "was" : "were");
}

/* How many there are beside what parameters take. */
static int bind_positional(Binder *b)
{
    int at, given = 0, i = 0;
    const PyNode *rest = param_of_kind(b->function, PY_VAR_POSITIONAL, &at);
    Value tuple = value_list(b->ev->arena, VALUE_TUPLE, 0);
    for (int a = 0; a < b->n; a++) {
        if (b->args[a].keyword) continue;
        if (given++ >= b->positional) { list_add(tuple.list, b->args[a].value); continue; }
        b->values[i] = b->args[a].value;
        b->given[i++] = true;
    }
    if (rest) b->values[at] = tuple;
    if (rest) b->given[at] = true;
    return rest ? 0 : given;
}

static int keyword_index(const Binder *b, const char *keyword)
{
    int i = 0;
    for (const PyNode *param = b->function->node->params; param; param = param->next, i++) {
        const bool takes = param->number == PY_POSITIONAL || param->number == PY_KEYWORD_ONLY;
        if (takes && strcmp(param->name, keyword) == 0) return i;
    }
    return -1;
}

/* f(a=1) of def f(a, /). */
static void refuse_positional_only(const Binder *b)
{
    Text names = {.arena = b->ev->arena};
    for (const PyNode *param = b->function->node->params; param; param = param->next)
        for (int a = 0; a < b->n && param->number == PY_POSITIONAL_ONLY; a++)
            if (b->args[a].keyword && strcmp(b->args[a].keyword, param->name) == 0)
                text_print(&names, "%s%s", names.length ? ", " : "", param->name);
    if (names.length)
        raise_error(b->ev, "TypeError", "%s() got some positional-only arguments passed as keyword arguments: '%s'", b->function->name,
                    text_string(&names));
}

static void bind_keyword(Binder *b, const Argument *arg, ValueDict *more)
{
    const int i = keyword_index(b, arg->keyword);
    if (i < 0 && !more) refuse_positional_only(b);
    if (i < 0 && !more)
        raise_error(b->ev, "TypeError", "%s() got an unexpected keyword argument '%s'", b->function->name, arg->keyword);
    if (i < 0) {
        dict_set(b->ev->arena, more, value_string(b->ev->arena, arg->keyword, strlen(arg->keyword)), arg->value);
        return;
    }
    if (b->given[i])
        raise_error(b->ev, "TypeError", "%s() got multiple values for argument '%s'", b->function->name, arg->keyword);
    b->values[i] = arg->value;
    b->given[i] = true;
}

static void bind_keywords(Binder *b)
{
    int at;
    const PyNode *rest = param_of_kind(b->function, PY_VAR_KEYWORD, &at);
    const Value more = value_dict(b->ev->arena);
    for (int a = 0; a < b->n; a++)
        if (b->args[a].keyword) bind_keyword(b, &b->args[a], rest ? more.dict : NULL);
    if (!rest) return;
    b->values[at] = more;
    b->given[at] = true;
}

/* "'a'", "'a' and 'b'", "'a', 'b', and 'c'" */
static const char *names_joined(Arena *arena, const char **names, int n)
{
    Text text = {.arena = arena};
    for (int i = 0; i < n; i++) {
        const char *before = i == 0 ? "" : i < n - 1 ? ", " : n == 2 ? " and " : ", and ";
        text_print(&text, "%s'%s'", before, names[i]);
    }
    return text_string(&text);
}

static void bind_defaults(Binder *b, bool keyword_only)
{
    int i = 0, missing = 0;
    const char **names = ARENA_ARRAY(b->ev->arena, param_count(b->function->node) + 1, const char *);
    for (const PyNode *param = b->function->node->params; param; param = param->next, i++) {
        if (b->given[i] || (param->number == PY_KEYWORD_ONLY) != keyword_only) continue;
        if (param->a) b->values[i] = b->function->defaults[i];
        else names[missing++] = param->name;
    }
    if (missing)
        raise_error(b->ev, "TypeError", "%s() missing %d required %s argument%s: %s", b->function->name, missing,
                    keyword_only ? "keyword-only" : "positional", missing == 1 ? "" : "s",
                    names_joined(b->ev->arena, names, missing));
}

/* In Python's order: a wrong keyword is told before too many arguments, these before those that are missing. */
void function_bind(Evaluator *ev, const Function *function, const Argument *args, int n, Scope *scope)
{
    const int n_params = param_count(function->node);
    Binder b = {ev, function, args, n, ARENA_ARRAY(ev->arena, n_params + 1, Value), ARENA_ARRAY(ev->arena, n_params + 1, bool), 0};
    for (const PyNode *param = function->node->params; param; param = param->next) b.positional += takes_positional(param);
    const int given = bind_positional(&b);
    bind_keywords(&b);
    if (given > b.positional) raise_too_many(&b, given);
    bind_defaults(&b, false);
    bind_defaults(&b, true);
    int i = 0;
    for (const PyNode *param = function->node->params; param; param = param->next)
        scope_set(scope, param->name, b.values[i++])->by = ev->active ? ev->active->statement : -1;
}

/* ---- calling ---- */

/* What a generator gives, all at once: one that has no end as far as anyone may go; unknown when its body fails. */
static Value generator_run(Evaluator *ev, const Function *function)
{
    const Span span = ev->span;
    ValueList *items = value_list(ev->arena, VALUE_LIST, 0).list;
    Value result;
    Catch catch;
    catch_begin(ev, &catch);
    ev->yielded = items;
    if (setjmp(catch.here) == 0) {
        execute(ev, function->node->list, &result);
        catch_end(ev, &catch);
        return value_iterator(ev->arena, "generator", items);
    }
    catch_end(ev, &catch);
    if (ev->raised.limit) raise_again(ev);
    if (items->n > YIELDS_MAX) return value_iterator(ev->arena, "generator", items);
    return unknown(ev, "cause.not_known_generator", source_text(ev, span), span);
}

static Value body_run(Evaluator *ev, const Function *function)
{
    Value result = value_none();
    if (function->node->type == PY_LAMBDA) return evaluate(ev, function->node->a);
    if (function->generator) return generator_run(ev, function);
    const Value outer = ev->doubtful_result;
    ev->doubtful_result = value_none();
    const Flow flow = execute(ev, function->node->list, &result);
    if (flow != FLOW_RETURN) result = ev->doubtful_result;
    ev->doubtful_result = outer;
    return result;
}

Value function_call(Evaluator *ev, Function *function, const Argument *args, int n)
{
    if (++ev->calls > CALLS_MAX) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
    Scope *scope = scope_make(ev->arena, function->closure), *outer_scope = ev->scope;
    const Function *outer = ev->function;
    if (!function->locals) function->locals = locals_find(ev->arena, function->node->type == PY_LAMBDA ? NULL : function->node->list);
    scope->locals = function->locals;
    function_bind(ev, function, args, n, scope);
    ev->scope = scope;
    ev->function = function;
    const Value result = body_run(ev, function);
    ev->function = outer;
    ev->scope = outer_scope;
    ev->calls--;
    return result;
}
