/* Values of expressions. */
#include <string.h>

#include "keras/code/container.h"
#include "keras/code/evaluator.h"
#include "keras/code/format.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_functions.h"
#include "keras/code/keras_model.h"
#include "keras/code/registry.h"

static Value literal(Value value, const PyNode *node)
{
    value.span = node->span;
    return value;
}

static Value evaluate_none(Evaluator *ev, const PyNode *node) { (void)ev; return literal(value_none(), node); }
static Value evaluate_true(Evaluator *ev, const PyNode *node) { (void)ev; return literal(value_bool(true), node); }
static Value evaluate_false(Evaluator *ev, const PyNode *node) { (void)ev; return literal(value_bool(false), node); }

static Value evaluate_ellipsis(Evaluator *ev, const PyNode *node)
{
    (void)ev;
    return literal(value_ellipsis(), node);
}

static Value evaluate_number(Evaluator *ev, const PyNode *node)
{
    (void)ev;
    return literal(node->is_float ? value_float(node->number_value) : value_int(node->integer), node);
}

static Value evaluate_string(Evaluator *ev, const PyNode *node)
{
    const Value text = {.kind = VALUE_STRING, .span = node->span, .string = {node->text ? node->text : "", node->length}};
    if (!node->is_bytes) return text;
    Value *bytes = ARENA_NEW(ev->arena, Value);
    *bytes = text;
    return literal(value_object(&OBJECT_BYTES, bytes), node);
}

/* ---- f-strings ---- */

static Value converted(Evaluator *ev, Value value, const char *conversion)
{
    if (!conversion) return value;
    const char *text = *conversion == 's' ? text_of(ev, value) : repr_of(ev, value);
    return value_text(ev->arena, text);
}

static Value evaluate_format(Evaluator *ev, const PyNode *node)
{
    const Value value = converted(ev, evaluate(ev, node->a), node->name);
    const Value spec = node->b ? evaluate(ev, node->b) : value_string(ev->arena, "", 0);
    if (value.kind == VALUE_UNKNOWN) return value;
    return spec.kind == VALUE_UNKNOWN ? spec : format_value(ev, value, spec.string);
}

static Value evaluate_fstring(Evaluator *ev, const PyNode *node)
{
    Text text = {.arena = ev->arena};
    for (const PyNode *part = node->list; part; part = part->next) {
        const Value value = evaluate(ev, part);
        if (value.kind == VALUE_UNKNOWN) return value;
        if (value.kind == VALUE_STRING) text_put_bytes(&text, value.string.bytes, value.string.length);
        pay_items(ev, (int64_t)text.length);
    }
    return value_string(ev->arena, text_string(&text), text.length);
}

/* ---- displays ---- */

/* False when *items are not known. */
static bool add_starred_items(Evaluator *ev, ValueList *list, const PyNode *node, Value *unknown_items)
{
    const Value value = evaluate(ev, node->a);
    if (value.kind == VALUE_UNKNOWN) { *unknown_items = value; return false; }
    const ValueList *more = iterate(ev, value);
    for (size_t i = 0; i < more->n; i++) list_add(list, more->items[i]);
    pay_items(ev, (int64_t)list->n);
    return true;
}

static bool add_item(Evaluator *ev, ValueList *list, const PyNode *node, Value *unknown_items)
{
    if (node->type == PY_STARRED) return add_starred_items(ev, list, node, unknown_items);
    ev->item = node;
    list_add(list, evaluate(ev, node));
    return true;
}

/* The list of Sequential([...]) stays in sight while its items are evaluated: see evaluate_layer_list. */
static void show_list(Evaluator *ev, ValueList *list)
{
    if (!ev->display) ev->display = list;
}

static Value display(Evaluator *ev, const PyNode *node, ValueKind kind)
{
    const PyNode *outer = ev->item;
    Value out = literal(value_list(ev->arena, kind, 0), node), unknown_items = value_none();
    show_list(ev, out.list);
    for (const PyNode *child = node->list; child; child = child->next)
        if (!add_item(ev, out.list, child, &unknown_items)) break;
    ev->item = outer;
    return unknown_items.kind == VALUE_UNKNOWN ? unknown_items : out;
}

static Value evaluate_tuple(Evaluator *ev, const PyNode *node) { return display(ev, node, VALUE_TUPLE); }
static Value evaluate_list(Evaluator *ev, const PyNode *node) { return display(ev, node, VALUE_LIST); }

static Value evaluate_set(Evaluator *ev, const PyNode *node)
{
    const Value items = display(ev, node, VALUE_TUPLE);
    return items.kind == VALUE_UNKNOWN ? items : set_of(ev, items.list);
}

static Value evaluate_dict(Evaluator *ev, const PyNode *node)
{
    Value out = literal(value_dict(ev->arena), node);
    for (const PyNode *pair = node->list; pair; pair = pair->next) {
        const Value key = pair->a ? evaluate(ev, pair->a) : value_none();
        const Value value = evaluate(ev, pair->b);
        if (pair->a) { dict_put(ev, out.dict, key, value); continue; }
        if (value.kind == VALUE_UNKNOWN) return value;
        if (value.kind != VALUE_DICT) raise_error(ev, "TypeError", "'%s' object is not a mapping", type_of(&value));
        for (size_t i = 0; i < value.dict->keys.n; i++)
            dict_put(ev, out.dict, value.dict->keys.items[i], value.dict->values.items[i]);
    }
    return out;
}

/* ---- operators ---- */

static Value evaluate_unary(Evaluator *ev, const PyNode *node)
{
    const Value operand = evaluate(ev, node->a);
    ev->span = node->span;
    Value out = unary(ev, node->op, operand);
    const bool sign = node->op == PY_MINUS || node->op == PY_PLUS;
    if (sign && node->a->type == PY_NUMBER) out.span = node->span;
    return out;
}

static Value evaluate_binary(Evaluator *ev, const PyNode *node)
{
    const Value left = evaluate(ev, node->a), right = evaluate(ev, node->b);
    ev->span = node->span;
    return binary(ev, node->op, left, right);
}

static Value evaluate_bool_op(Evaluator *ev, const PyNode *node)
{
    Value value = value_none();
    for (const PyNode *child = node->list; child; child = child->next) {
        value = evaluate(ev, child);
        if (value.kind == VALUE_UNKNOWN) return value;
        if (child->next && truth(ev, value) == (node->op == PY_OR)) return value;
    }
    return value;
}

static Value evaluate_compare(Evaluator *ev, const PyNode *node)
{
    Value left = evaluate(ev, node->a), result = value_bool(true);
    for (const PyNode *comparator = node->list; comparator; comparator = comparator->next) {
        const Value right = evaluate(ev, comparator->a);
        ev->span = node->span;
        result = compare(ev, comparator->op, left, right);
        if (result.kind == VALUE_UNKNOWN || (comparator->next && !truth(ev, result))) return result;
        left = right;
    }
    return result;
}

static Value evaluate_condition(Evaluator *ev, const PyNode *node)
{
    const Value test = evaluate(ev, node->b);
    if (test.kind != VALUE_UNKNOWN) return evaluate(ev, truth(ev, test) ? node->a : node->c);
    const Value yes = evaluate(ev, node->a), no = evaluate(ev, node->c);
    if (value_equal(&yes, &no)) return yes;
    return yes.kind == VALUE_UNKNOWN ? yes : unknown(ev, "cause.not_known_condition", source_text(ev, node->b->span), node->b->span);
}

/* ---- attributes and items ---- */

static Value evaluate_attribute(Evaluator *ev, const PyNode *node)
{
    const Value object = evaluate(ev, node->a);
    ev->span = node->span;
    if (object.kind == VALUE_UNKNOWN) return object;
    Value out;
    if (attribute_find(ev, object, node->name, &out)) return out;
    ev->span = node->at;
    const Value missing = attribute(ev, object, node->name);
    ev->span = node->span;
    return missing;
}

static Value evaluate_slice(Evaluator *ev, const PyNode *node)
{
    const Value start = evaluate(ev, node->a), stop = evaluate(ev, node->b);
    return value_slice(ev->arena, start, stop, evaluate(ev, node->c));
}

static Value evaluate_subscript(Evaluator *ev, const PyNode *node)
{
    const Value object = evaluate(ev, node->a), index = evaluate(ev, node->b);
    ev->span = node->span;
    return subscript(ev, object, index);
}

/* ---- calls ---- */

typedef struct Arguments {
    Argument *args;  size_t n, capacity;
    const Value *callee;
    Value unknown;      /* of *args or **kwargs that are not known; None otherwise */
} Arguments;

static void add_argument(Evaluator *ev, Arguments *out, Argument argument)
{
    out->args = arena_grow(ev->arena, out->args, out->n, &out->capacity, out->n + 1, sizeof(Argument));
    out->args[out->n++] = argument;
}

/* "__main__.f()" of a function of the text, as Python's words for stars have it. */
static const char *callee_name(Evaluator *ev, const Value *callee)
{
    const bool own = value_is(callee, &OBJECT_FUNCTION);
    return own ? arena_print(ev->arena, "__main__.%s() ", ((const Function *)callee->object.data)->name) : "";
}

static bool iterable(Evaluator *ev, Value value)
{
    Value method;
    if (value.kind == VALUE_NONE || value.kind == VALUE_BOOL || value.kind == VALUE_INT || value.kind == VALUE_FLOAT) return false;
    return value.kind != VALUE_LAYER && (!value_is(&value, &OBJECT_FUNCTION) || attribute_find(ev, value, "__iter__", &method));
}

static void add_starred(Evaluator *ev, Arguments *out, const PyNode *arg)
{
    const Value value = evaluate(ev, arg->a);
    if (value.kind == VALUE_UNKNOWN) { out->unknown = value; return; }
    if (!iterable(ev, value))
        raise_error(ev, "TypeError", "%sargument after * must be an iterable, not %s", callee_name(ev, out->callee), type_of(&value));
    const ValueList *items = iterate(ev, value);
    for (size_t i = 0; i < items->n; i++)
        add_argument(ev, out, (Argument){.value = items->items[i], .span = arg->span});
}

static void check_once(Evaluator *ev, const Arguments *out, const char *keyword)
{
    for (size_t k = 0; k < out->n; k++)
        if (out->args[k].keyword && strcmp(out->args[k].keyword, keyword) == 0)
            raise_error(ev, "TypeError", "%sgot multiple values for keyword argument '%s'", callee_name(ev, out->callee), keyword);
}

static void add_keywords(Evaluator *ev, Arguments *out, const PyNode *arg)
{
    const Value value = value_plain(evaluate(ev, arg->a));
    if (value.kind == VALUE_UNKNOWN) { out->unknown = value; return; }
    if (value.kind != VALUE_DICT)
        raise_error(ev, "TypeError", "%sargument after ** must be a mapping, not %s", callee_name(ev, out->callee), type_of(&value));
    for (size_t i = 0; i < value.dict->keys.n; i++) {
        const Value *key = &value.dict->keys.items[i];
        if (key->kind != VALUE_STRING) raise_error(ev, "TypeError", "keywords must be strings");
        check_once(ev, out, key->string.bytes);
        add_argument(ev, out, (Argument){key->string.bytes, value.dict->values.items[i], arg->span});
    }
}

static void evaluate_arguments(Evaluator *ev, const PyNode *node, const Value *callee, Arguments *out)
{
    *out = (Arguments){.callee = callee, .unknown = value_none()};
    for (const PyNode *arg = node->args; arg; arg = arg->next) {
        if (arg->number == 1) add_starred(ev, out, arg);
        else if (arg->number == 2) add_keywords(ev, out, arg);
        else {
            const Value value = evaluate(ev, arg->a);
            if (arg->name) check_once(ev, out, arg->name);
            add_argument(ev, out, (Argument){arg->name, value, arg->span});
        }
    }
}

/* Sequential([Dense(4), Dens(2)]): what stands before the fault is shown. */
static void evaluate_layer_list(Evaluator *ev, const PyNode *node, const Value *callee, Arguments *out)
{
    Catch catch;
    catch_begin(ev, &catch);
    ev->display = NULL;
    if (setjmp(catch.here) == 0) {
        evaluate_arguments(ev, node, callee, out);
        catch_end(ev, &catch);
        return;
    }
    const ValueList *made = ev->display;
    catch_end(ev, &catch);
    if (made && !ev->raised.limit) sequential_draft(ev, made, node->span);
    raise_again(ev);
}

static void evaluate_call_arguments(Evaluator *ev, const PyNode *node, const Value *callee, Arguments *out)
{
    const PyNode *item = ev->item;
    const int outer = ev->beside;
    ev->beside = is_beside_model(callee);
    if (is_sequential_class(callee)) evaluate_layer_list(ev, node, callee, out);
    else evaluate_arguments(ev, node, callee, out);
    ev->beside = outer;
    ev->item = item;
}

/* What is not known may have compiled a model that it got. */
static void may_compile(Evaluator *ev, const Value *value)
{
    const Layer *layer = layer_of(value);
    if (layer && layer->model) registry_compiled(ev, layer->model);
}

static Value evaluate_call(Evaluator *ev, const PyNode *node)
{
    const Value callee = evaluate(ev, node->a);
    Arguments arguments;
    evaluate_call_arguments(ev, node, &callee, &arguments);
    ev->span = node->span;
    if (callee.kind == VALUE_UNKNOWN) {
        refuse_unknown_tensorflow(ev, callee.unknown, arguments.args, (int)arguments.n);
        for (size_t i = 0; i < arguments.n; i++) may_compile(ev, &arguments.args[i].value);
        return unknown_call(ev, callee, node);
    }
    if (arguments.unknown.kind == VALUE_UNKNOWN) return arguments.unknown;
    const PyNode *outer = ev->call;
    ev->call = node;
    const Value result = call(ev, callee, arguments.args, (int)arguments.n);
    ev->call = outer;
    return result;
}

/* ---- functions, comprehensions and the rest ---- */

static Value evaluate_named(Evaluator *ev, const PyNode *node)
{
    const Value value = evaluate(ev, node->a);
    name_bind(ev, node->name, value);
    return value;
}

static Value evaluate_inner(Evaluator *ev, const PyNode *node) { return evaluate(ev, node->a); }

static Value evaluate_yield(Evaluator *ev, const PyNode *node)
{
    const Value value = evaluate(ev, node->a);
    const bool from = node->type == PY_YIELD_FROM;
    const ValueList *items = from && ev->yielded ? iterate(ev, value) : NULL;
    const size_t n = items ? items->n : 0;
    for (size_t i = 0; i < n; i++) list_add(ev->yielded, items->items[i]);
    if (ev->yielded && !from) list_add(ev->yielded, value);
    if (ev->yielded && ev->yielded->n > YIELDS_MAX) raise_error(ev, "GeneratorExit", "%s", "");
    return unknown(ev, "cause.not_known_generator", source_text(ev, node->span), node->span);
}

static Value evaluate_opaque(Evaluator *ev, const PyNode *node)
{
    return unknown(ev, "cause.not_known_syntax", source_text(ev, node->span), node->span);
}

typedef struct Comprehension {
    const PyNode *node;
    Scope        *outer;     /* where it stands: its first iterable is evaluated there */
    Value         out;       /* a list or dict; unknown once an iterable is */
} Comprehension;

static void comprehend_element(Evaluator *ev, Comprehension *work)
{
    pay_items(ev, 1);
    const Value element = evaluate(ev, work->node->a);
    if (work->node->number != PY_COMP_DICT) { list_add(work->out.list, element); return; }
    dict_put(ev, work->out.dict, element, evaluate(ev, work->node->b));
}

static bool conditions_hold(Evaluator *ev, const PyNode *conditions, Value *unknown_condition)
{
    for (; conditions; conditions = conditions->next) {
        const Value test = evaluate(ev, conditions);
        if (test.kind == VALUE_UNKNOWN) { *unknown_condition = test; return false; }
        if (!truth(ev, test)) return false;
    }
    return true;
}

static void comprehend(Evaluator *ev, Comprehension *work, const PyNode *clause)
{
    if (!clause) { comprehend_element(ev, work); return; }
    const bool outermost = clause == work->node->list;
    Scope *inner = ev->scope;
    if (outermost) ev->scope = work->outer;
    const Value iterable = evaluate(ev, clause->b);
    ev->scope = inner;
    if (iterable.kind == VALUE_UNKNOWN) { work->out = iterable; return; }
    const ValueList *items = iterate(ev, iterable);
    for (size_t i = 0; i < items->n && work->out.kind != VALUE_UNKNOWN; i++) {
        assign(ev, clause->a, items->items[i]);
        if (conditions_hold(ev, clause->list, &work->out)) comprehend(ev, work, clause->next);
    }
}

static Value evaluate_comprehension(Evaluator *ev, const PyNode *node)
{
    const bool dict = node->number == PY_COMP_DICT;
    Comprehension work = {node, ev->scope, dict ? value_dict(ev->arena) : value_list(ev->arena, VALUE_LIST, 0)};
    if (!dict) show_list(ev, work.out.list);
    Scope *outer = ev->scope;
    ev->scope = scope_make(ev->arena, outer);
    comprehend(ev, &work, node->list);
    ev->scope = outer;
    if (work.out.kind == VALUE_UNKNOWN || dict) return work.out;
    if (node->number == PY_COMP_GENERATOR) return value_iterator(ev->arena, "generator", work.out.list);
    if (node->number == PY_COMP_LIST) return work.out;
    return set_of(ev, work.out.list);
}

static Value (*const evaluators[])(Evaluator *, const PyNode *) = {
    [PY_NAME] = name_value,
    [PY_NUMBER] = evaluate_number,
    [PY_STRING] = evaluate_string,
    [PY_FSTRING] = evaluate_fstring,
    [PY_FORMAT] = evaluate_format,
    [PY_NONE] = evaluate_none,
    [PY_TRUE] = evaluate_true,
    [PY_FALSE] = evaluate_false,
    [PY_ELLIPSIS] = evaluate_ellipsis,
    [PY_TUPLE] = evaluate_tuple,
    [PY_LIST] = evaluate_list,
    [PY_SET] = evaluate_set,
    [PY_DICT] = evaluate_dict,
    [PY_UNARY] = evaluate_unary,
    [PY_BINARY] = evaluate_binary,
    [PY_BOOL_OP] = evaluate_bool_op,
    [PY_COMPARE] = evaluate_compare,
    [PY_CONDITION] = evaluate_condition,
    [PY_LAMBDA] = function_make,
    [PY_CALL] = evaluate_call,
    [PY_ATTRIBUTE] = evaluate_attribute,
    [PY_SUBSCRIPT] = evaluate_subscript,
    [PY_SLICE] = evaluate_slice,
    [PY_STARRED] = evaluate_inner,
    [PY_COMPREHENSION] = evaluate_comprehension,
    [PY_NAMED] = evaluate_named,
    [PY_AWAIT] = evaluate_inner,
    [PY_YIELD] = evaluate_yield,
    [PY_YIELD_FROM] = evaluate_yield,
    [PY_OPAQUE] = evaluate_opaque,
    [PY_BAD] = evaluate_opaque,
};

Value evaluate(Evaluator *ev, const PyNode *node)
{
    if (!node) return value_none();
    pay(ev, 1);
    if (++ev->nesting > NESTING_MAX) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
    const Span span = ev->span;
    const size_t n = sizeof evaluators / sizeof *evaluators;
    const Value value = (size_t)node->type < n && evaluators[node->type] ? evaluators[node->type](ev, node) : evaluate_opaque(ev, node);
    ev->span = span;
    ev->nesting--;
    return value;
}
