/* Execution of statements. */
#include <string.h>

#include "keras/code/doubt.h"
#include "keras/code/evaluator.h"
#include "keras/code/exception.h"
#include "keras/code/import.h"
#include "keras/code/match.h"
#include "keras/code/registry.h"
#include "keras/code/trail.h"

typedef Flow (*Executor)(Evaluator *, const PyNode *, Value *result);

/* ---- assignment ---- */

static void assign_sequence(Evaluator *ev, const PyNode *target, Value value)
{
    const bool none = value.kind == VALUE_NONE || value.kind == VALUE_INT || value.kind == VALUE_FLOAT || value.kind == VALUE_BOOL;
    if (none || value.kind == VALUE_LAYER) raise_error(ev, "TypeError", "cannot unpack non-iterable %s object", type_of(&value));
    const ValueList *items = iterate(ev, value);
    size_t n = 0, stars = 0, i = 0;
    for (const PyNode *t = target->list; t; t = t->next, n++) stars += t->type == PY_STARRED;
    if (!stars && items->n > n) raise_error(ev, "ValueError", "too many values to unpack (expected %zu)", n);
    if (items->n + stars < n)
        raise_error(ev, "ValueError", "not enough values to unpack (expected %s%zu, got %zu)", stars ? "at least " : "",
                    n - stars, items->n);
    for (const PyNode *t = target->list; t; t = t->next) {
        if (t->type != PY_STARRED) { assign(ev, t, items->items[i++]); continue; }
        Value rest = value_list(ev->arena, VALUE_LIST, 0);
        for (size_t left = items->n - (n - 1); left > 0; left--) list_add(rest.list, items->items[i++]);
        assign(ev, t->a, rest);
    }
}

static void assign_unknown(Evaluator *ev, const PyNode *target, Value value)
{
    for (const PyNode *t = target->list; t; t = t->next) assign(ev, t->type == PY_STARRED ? t->a : t, value);
}

void assign(Evaluator *ev, const PyNode *target, Value value)
{
    ev->span = target->span;
    switch ((int)target->type) {
    case PY_NAME: name_bind(ev, target->name, value); break;
    case PY_TUPLE:
    case PY_LIST:
        if (value.kind == VALUE_UNKNOWN) assign_unknown(ev, target, value);
        else assign_sequence(ev, target, value);
        break;
    case PY_ATTRIBUTE: attribute_set(ev, evaluate(ev, target->a), target->name, value); break;
    case PY_SUBSCRIPT: {
        const Value object = evaluate(ev, target->a);
        subscript_set(ev, object, evaluate(ev, target->b), value);
        break;
    }
    }
}

/* The right-hand side, with what the registry and messages want to know of it. */
static Value assigned_value(Evaluator *ev, const PyNode *source)
{
    const Value value = evaluate(ev, source);
    registry_source(ev, source->span);
    return value.kind == VALUE_UNKNOWN && source->type != PY_NAME ? unknown_named(ev, value, source) : value;
}

static Flow execute_assign(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    const Value value = assigned_value(ev, node->a);
    for (const PyNode *target = node->list; target; target = target->next) assign(ev, target, value);
    return FLOW_NEXT;
}

static bool changes_in_place(PyOp op, const Value *target, const Value *value)
{
    return op == PY_ADD && target->kind == VALUE_LIST && value->kind != VALUE_UNKNOWN;
}

static Flow execute_aug_assign(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    const Value target = evaluate(ev, node->a), value = evaluate(ev, node->b);
    ev->span = node->span;
    if (!changes_in_place(node->op, &target, &value)) {
        assign(ev, node->a, binary(ev, node->op, target, value));
        return FLOW_NEXT;
    }
    const ValueList *more = iterate(ev, value);
    if (doubt_changes(ev, target.list, more->n ? &more->items[0] : NULL)) return FLOW_NEXT;
    pay_items(ev, (int64_t)(target.list->n + more->n));
    const size_t n = more->n;
    for (size_t i = 0; i < n; i++) list_add(target.list, more->items[i]);
    assign(ev, node->a, target);
    return FLOW_NEXT;
}

/* ---- simple statements ---- */

static Flow execute_expr(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    evaluate(ev, node->a);
    return FLOW_NEXT;
}

static bool prints_shape(const PyNode *node)
{
    for (; node; node = node->a)
        if (node->type == PY_ATTRIBUTE && (strcmp(node->name, "shape") == 0)) return true;
    return false;
}

static Flow execute_print(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    for (const PyNode *item = node->list; item; item = item->next) {
        evaluate(ev, item);
        if (prints_shape(item)) registry_prints_shape(ev, node->span);
    }
    return FLOW_NEXT;
}

static Flow execute_return(Evaluator *ev, const PyNode *node, Value *result)
{
    *result = evaluate(ev, node->a);
    return FLOW_RETURN;
}

static void delete_target(Evaluator *ev, const PyNode *target)
{
    if (target->type == PY_TUPLE || target->type == PY_LIST) {
        for (const PyNode *t = target->list; t; t = t->next) delete_target(ev, t);
    } else if (target->type == PY_NAME) {
        Binding *binding = scope_find(ev->scope, target->name);
        if (!binding || binding->deleted) raise_error(ev, "NameError", "name '%s' is not defined", target->name);
        binding->deleted = true;
    } else if (target->type == PY_SUBSCRIPT) {
        const Value object = evaluate(ev, target->a);
        subscript_delete(ev, object, evaluate(ev, target->b));
    } else if (target->type == PY_ATTRIBUTE) {
        attribute_delete(ev, evaluate(ev, target->a), target->name);
    }
}

static Flow execute_delete(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    for (const PyNode *target = node->list; target; target = target->next) delete_target(ev, target);
    return FLOW_NEXT;
}

static void declare_all(Evaluator *ev, const PyNode *node, NameRule rule)
{
    for (const PyNode *name = node->list; name; name = name->next) scope_declare(ev->scope, name->name, rule);
}

static Flow execute_global(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    declare_all(ev, node, NAME_GLOBAL);
    return FLOW_NEXT;
}

static Flow execute_nonlocal(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    declare_all(ev, node, NAME_NONLOCAL);
    return FLOW_NEXT;
}

static Flow execute_nothing(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)ev, (void)node, (void)result;
    return FLOW_NEXT;
}

static Flow execute_break(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)ev, (void)node, (void)result;
    return FLOW_BREAK;
}

static Flow execute_continue(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)ev, (void)node, (void)result;
    return FLOW_CONTINUE;
}

static Flow execute_bad(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)node, (void)result;
    ev->broken = true;
    return FLOW_NEXT;
}

static Flow execute_import(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    import_statement(ev, node);
    return FLOW_NEXT;
}

static Flow execute_assert(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    const Value test = evaluate(ev, node->a);
    if (test.kind == VALUE_UNKNOWN || truth(ev, test)) return FLOW_NEXT;
    const Value message = evaluate(ev, node->b);
    raise_error(ev, "AssertionError", "%s", node->b ? text_of(ev, message) : "");
}

/* ---- definitions ---- */

/* Innermost first. What is not known is taken to give back what it got. */
static Value decorated(Evaluator *ev, const PyNode *decorator, Value made)
{
    if (!decorator) return made;
    const Value outer = evaluate(ev, decorator), inner = decorated(ev, decorator->next, made);
    if (outer.kind == VALUE_UNKNOWN) return inner;
    ev->span = decorator->span;
    const Value result = call_one(ev, outer, inner);
    return result.kind == VALUE_UNKNOWN ? inner : result;
}

/* Names in annotations must be there, as for Python; what they stand for does not matter. */
static void check_annotation(Evaluator *ev, const PyNode *node)
{
    if (!node || ev->defers_annotations) return;
    if (node->type == PY_NAME) name_value(ev, node);
    else if (node->type == PY_ATTRIBUTE) check_annotation(ev, node->a);
    else if (node->type == PY_SUBSCRIPT || node->type == PY_BINARY) { check_annotation(ev, node->a); check_annotation(ev, node->b); }
    else if (node->type == PY_TUPLE || node->type == PY_LIST)
        for (const PyNode *item = node->list; item; item = item->next) check_annotation(ev, item);
}

static Flow execute_ann_assign(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    const bool local = ev->function && !ev->scope->is_class;    /* those of a function are never looked at */
    if (!local && node->a->type == PY_NAME) check_annotation(ev, node->b);
    if (node->c) assign(ev, node->a, assigned_value(ev, node->c));
    return FLOW_NEXT;
}

static Flow execute_function(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    const Value function = function_make(ev, node);
    for (const PyNode *param = node->params; param; param = param->next) check_annotation(ev, param->b);
    check_annotation(ev, node->a);
    name_bind(ev, node->name, decorated(ev, node->decorators, function));
    return FLOW_NEXT;
}

static Flow execute_class(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    name_bind(ev, node->name, decorated(ev, node->decorators, class_statement(ev, node)));
    return FLOW_NEXT;
}

/* ---- branches and loops ---- */

static Flow execute_if(Evaluator *ev, const PyNode *node, Value *result)
{
    const Value test = evaluate(ev, node->a);
    if (test.kind == VALUE_UNKNOWN) return doubt_branches(ev, node->a, node->list, node->orelse, result);
    return execute(ev, truth(ev, test) ? node->list : node->orelse, result);
}

static void loop_begin(Evaluator *ev)
{
    if (ev->loops++ == 0) ev->loop_steps = 0;
}

/* Training loops take long and build nothing: they are given up. */
static bool loop_too_long(Evaluator *ev, const PyNode *node)
{
    if (ev->loop_steps <= LOOP_STEPS_MAX) return false;
    if (ev->loops == 1) note(ev, "note.loop", NULL, NULL, node->span);
    return true;
}

typedef enum LoopEnd { LOOP_ON, LOOP_DONE, LOOP_LEFT } LoopEnd;

static LoopEnd loop_body(Evaluator *ev, const PyNode *node, Flow *flow, Value *result)
{
    pay(ev, 1);
    *flow = execute(ev, node->list, result);
    if (*flow == FLOW_RETURN || *flow == FLOW_BREAK) return LOOP_LEFT;
    return loop_too_long(ev, node) ? LOOP_LEFT : LOOP_ON;
}

static Flow loop_end(Evaluator *ev, const PyNode *node, LoopEnd end, Flow flow, Value *result)
{
    ev->loops--;
    if (flow == FLOW_RETURN) return flow;
    return end == LOOP_LEFT ? FLOW_NEXT : execute(ev, node->orelse, result);
}

static Flow execute_while(Evaluator *ev, const PyNode *node, Value *result)
{
    Flow flow = FLOW_NEXT;
    LoopEnd end = LOOP_ON;
    loop_begin(ev);
    while (end == LOOP_ON) {
        const Value test = evaluate(ev, node->a);
        if (test.kind == VALUE_UNKNOWN) { flow = doubt_branches(ev, node->a, node->list, NULL, result); end = LOOP_LEFT; }
        else if (!truth(ev, test)) end = LOOP_DONE;
        else end = loop_body(ev, node, &flow, result);
    }
    return loop_end(ev, node, end, flow, result);
}

/* How many items there are now: a list may grow while it is gone through. */
typedef struct Source {
    const Range     *range;
    const ValueList *items;
} Source;

static bool source_item(const Source *source, int64_t i, Value *out)
{
    if (source->range) {
        if (i >= source->range->n) return false;
        *out = value_int(range_item(source->range, i));
        return true;
    }
    if ((size_t)i >= source->items->n) return false;
    *out = source->items->items[i];
    return true;
}

static Flow execute_for(Evaluator *ev, const PyNode *node, Value *result)
{
    const Value iterable = evaluate(ev, node->b);
    if (iterable.kind == VALUE_UNKNOWN) {
        assign(ev, node->a, unknown_named(ev, iterable, node->a));
        return doubt_branches(ev, node->b, node->list, NULL, result);
    }
    Source source = {0};
    if (value_is(&iterable, &OBJECT_RANGE)) source.range = iterable.object.data;
    else source.items = iterable.kind == VALUE_LIST ? iterable.list : iterate(ev, iterable);
    Flow flow = FLOW_NEXT;
    LoopEnd end = LOOP_ON;
    Value item;
    loop_begin(ev);
    for (int64_t i = 0; end == LOOP_ON; i++) {
        if (!source_item(&source, i, &item)) { end = LOOP_DONE; break; }
        assign(ev, node->a, item);
        end = loop_body(ev, node, &flow, result);
    }
    return loop_end(ev, node, end, flow, result);
}

/* ---- with ---- */

static Value entered(Evaluator *ev, Value manager)
{
    Value enter;
    const bool own = value_instance(&manager) && attribute_find(ev, manager, "__enter__", &enter);
    return own ? call(ev, enter, NULL, 0) : manager;
}

/* __exit__ with what was raised, or three times None; true swallows it. */
static bool left(Evaluator *ev, Value manager, const Raised *raised)
{
    Value leave;
    const Value none = value_none();
    if (!value_instance(&manager) || !attribute_find(ev, manager, "__exit__", &leave)) return false;
    const Instance *exception = raised ? value_instance(&raised->exception) : NULL;
    const Argument args[] = {{.value = exception ? value_class(exception->class) : none, .span = SPAN_NONE},
                             {.value = exception ? raised->exception : none, .span = SPAN_NONE}, {.value = none, .span = SPAN_NONE}};
    const Value result = call(ev, leave, args, 3);
    return raised && result.kind != VALUE_UNKNOWN && truth(ev, result);
}

static Flow with_items(Evaluator *ev, const PyNode *item, const PyNode *body, Value *result)
{
    if (!item) return execute(ev, body, result);
    Catch catch;
    const Value manager = evaluate(ev, item->a), value = entered(ev, manager);
    Flow flow;
    if (item->b) assign(ev, item->b, value.kind == VALUE_UNKNOWN ? unknown_named(ev, value, item->a) : value);
    if (!value_instance(&manager)) return with_items(ev, item->next, body, result);
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) {
        flow = with_items(ev, item->next, body, result);
        catch_end(ev, &catch);
        left(ev, manager, NULL);
        return flow;
    }
    catch_end(ev, &catch);
    if (ev->raised.limit) raise_again(ev);
    const Raised raised = ev->raised;
    if (left(ev, manager, &raised)) return FLOW_NEXT;
    ev->raised = raised;
    raise_again(ev);
}

static Flow execute_with(Evaluator *ev, const PyNode *node, Value *result)
{
    return with_items(ev, node->items, node->list, result);
}

/* ---- exceptions ---- */

static Flow execute_raise(Evaluator *ev, const PyNode *node, Value *result)
{
    (void)result;
    if (!node->a) {
        if (!ev->handled.error.set) raise_error(ev, "RuntimeError", "No active exception to reraise");
        ev->raised = ev->handled;
        raise_again(ev);
    }
    Value exception = evaluate(ev, node->a);
    ev->span = node->span;
    const Class *class = value_as_class(&exception);
    if (class && class_is(class, &CLASS_BASE_EXCEPTION)) exception = class_call(ev, class, NULL, 0);
    const Instance *instance = value_instance(&exception);
    if (instance && class_is(instance->class, &CLASS_BASE_EXCEPTION)) {
        if (node->b) scope_set(instance->attributes, "__cause__", evaluate(ev, node->b));
        ev->span = node->span;
        raise_value(ev, exception);
    }
    if (exception.kind == VALUE_UNKNOWN) raise_error(ev, "Exception", "%s", source_text(ev, node->a->span));
    raise_error(ev, "TypeError", "exceptions must derive from BaseException");
}

static bool handler_matches(Evaluator *ev, const PyNode *handler, const Raised *raised)
{
    if (!handler->a) return true;
    const Value type = evaluate(ev, handler->a);
    return type.kind != VALUE_UNKNOWN && instance_of(ev, &raised->exception, &type);
}

static Flow handle(Evaluator *ev, const PyNode *node, const Raised *raised, Value *result)
{
    for (const PyNode *handler = node->handlers; handler; handler = handler->next) {
        if (!handler_matches(ev, handler, raised)) continue;
        const Raised outer = ev->handled;
        ev->handled = *raised;
        registry_fault_model(ev, NULL);
        if (handler->name) name_bind(ev, handler->name, raised->exception);
        const Flow flow = execute(ev, handler->list, result);
        ev->handled = outer;
        return flow;
    }
    ev->raised = *raised;
    raise_again(ev);
}

static Flow try_handled(Evaluator *ev, const PyNode *node, Value *result)
{
    Catch catch;
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) {
        const Flow flow = execute(ev, node->list, result);
        catch_end(ev, &catch);
        return flow == FLOW_NEXT ? execute(ev, node->orelse, result) : flow;
    }
    catch_end(ev, &catch);
    if (ev->raised.limit) raise_again(ev);
    const Raised raised = ev->raised;
    return handle(ev, node, &raised, result);
}

static Flow execute_try(Evaluator *ev, const PyNode *node, Value *result)
{
    if (!node->final) return try_handled(ev, node, result);
    Catch catch;
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) {
        const Flow flow = try_handled(ev, node, result);
        catch_end(ev, &catch);
        const Flow last = execute(ev, node->final, result);
        return last == FLOW_NEXT ? flow : last;
    }
    catch_end(ev, &catch);
    if (ev->raised.limit) raise_again(ev);
    const Raised raised = ev->raised;
    const Flow last = execute(ev, node->final, result);
    if (last != FLOW_NEXT) return last;
    ev->raised = raised;
    raise_again(ev);
}

/* ---- match ---- */

/* What may match, for all that is known, is gone through as a branch of an if whose condition is not known. */
static Flow execute_match(Evaluator *ev, const PyNode *node, Value *result)
{
    const Value subject = evaluate(ev, node->a);
    for (const PyNode *option = node->list; option; option = option->next) {
        const Match match = subject.kind == VALUE_UNKNOWN ? MATCH_UNKNOWN : pattern_match(ev, option->a->a, subject);
        const Value guard = match == MATCH_YES && option->b ? evaluate(ev, option->b) : value_bool(true);
        if (match == MATCH_NO) continue;
        if (match == MATCH_YES && guard.kind != VALUE_UNKNOWN) {
            if (truth(ev, guard)) return execute(ev, option->list, result);
            continue;
        }
        const Flow flow = doubt_branches(ev, node->a, option->list, NULL, result);
        if (flow != FLOW_NEXT) return flow;
    }
    return FLOW_NEXT;
}

static const Executor executors[] = {
    [PY_EXPR] = execute_expr,
    [PY_ASSIGN] = execute_assign,
    [PY_AUG_ASSIGN] = execute_aug_assign,
    [PY_ANN_ASSIGN] = execute_ann_assign,
    [PY_PRINT] = execute_print,
    [PY_IMPORT] = execute_import,
    [PY_IMPORT_FROM] = execute_import,
    [PY_IF] = execute_if,
    [PY_WHILE] = execute_while,
    [PY_FOR] = execute_for,
    [PY_TRY] = execute_try,
    [PY_WITH] = execute_with,
    [PY_FUNCTION] = execute_function,
    [PY_CLASS] = execute_class,
    [PY_RETURN] = execute_return,
    [PY_RAISE] = execute_raise,
    [PY_ASSERT] = execute_assert,
    [PY_DELETE] = execute_delete,
    [PY_GLOBAL] = execute_global,
    [PY_NONLOCAL] = execute_nonlocal,
    [PY_PASS] = execute_nothing,
    [PY_BREAK] = execute_break,
    [PY_CONTINUE] = execute_continue,
    [PY_MATCH] = execute_match,
    [PY_TYPE_ALIAS] = execute_nothing,
    [PY_BAD] = execute_bad,
};

static Flow execute_one(Evaluator *ev, const PyNode *node, Value *result)
{
    const Active active = {trail_statement(ev, node), node, ev->active};
    if (++ev->nesting > NESTING_MAX) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
    pay(ev, 1);
    ev->active = &active;
    ev->span = node->span;
    const Flow flow = (size_t)node->type < sizeof executors / sizeof *executors && executors[node->type]
                          ? executors[node->type](ev, node, result) : FLOW_NEXT;
    ev->active = active.outer;
    ev->nesting--;
    return flow;
}

Flow execute(Evaluator *ev, const PyNode *statements, Value *result)
{
    for (const PyNode *node = statements; node; node = node->next) {
        const Flow flow = execute_one(ev, node, result);
        if (flow != FLOW_NEXT) return flow;
    }
    return FLOW_NEXT;
}
