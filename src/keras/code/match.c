#include "keras/code/match.h"

#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/module_dataclasses.h"

/* Names are bound when the whole pattern matches. */
typedef struct Matcher {
    Evaluator *ev;
    struct { const char *name; Value value; } *bound;
    size_t n, capacity;
} Matcher;

static Match matched(Matcher *matcher, const PyNode *pattern, Value value);

static void capture(Matcher *matcher, const char *name, Value value)
{
    if (!name) return;
    matcher->bound = arena_grow(matcher->ev->arena, matcher->bound, matcher->n, &matcher->capacity, matcher->n + 1, sizeof *matcher->bound);
    matcher->bound[matcher->n].name = name;
    matcher->bound[matcher->n++].value = value;
}

/* None, True and False are compared by identity. */
static Match match_value(Matcher *matcher, const PyNode *pattern, Value value)
{
    const bool singleton = pattern->a->type == PY_NONE || pattern->a->type == PY_TRUE || pattern->a->type == PY_FALSE;
    const Value same = compare(matcher->ev, singleton ? PY_IS : PY_EQ, value, evaluate(matcher->ev, pattern->a));
    if (same.kind == VALUE_UNKNOWN) return MATCH_UNKNOWN;
    return truth(matcher->ev, same) ? MATCH_YES : MATCH_NO;
}

/* ---- sequences ---- */

static Match match_items(Matcher *matcher, const PyNode *patterns, const Value *items)
{
    Match all = MATCH_YES;
    for (; patterns && patterns->number != PY_PATTERN_STAR; patterns = patterns->next) {
        const Match one = matched(matcher, patterns, *items++);
        if (one == MATCH_NO) return one;
        if (one == MATCH_UNKNOWN) all = one;
    }
    return all;
}

static Match match_sequence(Matcher *matcher, const PyNode *pattern, Value value)
{
    const Value plain = value_plain(value);
    const bool sequence = plain.kind == VALUE_LIST || plain.kind == VALUE_TUPLE || value_is(&plain, &OBJECT_RANGE);
    if (!sequence) return value.kind == VALUE_UNKNOWN ? MATCH_UNKNOWN : MATCH_NO;
    const ValueList *items = iterate(matcher->ev, plain);
    const PyNode *star = pattern->list;
    size_t before = 0, after = 0;
    for (; star && star->number != PY_PATTERN_STAR; star = star->next) before++;
    for (const PyNode *rest = star ? star->next : NULL; rest; rest = rest->next) after++;
    if (star ? items->n < before + after : items->n != before) return MATCH_NO;
    const Match head = match_items(matcher, pattern->list, items->items);
    if (!star || head == MATCH_NO) return head;
    const ValueList middle = {.items = items->items + before, .n = items->n - before - after};
    capture(matcher, star->name, list_of(matcher->ev, VALUE_LIST, &middle));
    const Match tail = match_items(matcher, star->next, items->items + items->n - after);
    return tail == MATCH_YES ? head : tail;
}

/* ---- mappings ---- */

static Match match_mapping(Matcher *matcher, const PyNode *pattern, Value value)
{
    const Value plain = value_plain(value);
    Match all = MATCH_YES;
    if (plain.kind != VALUE_DICT) return value.kind == VALUE_UNKNOWN ? MATCH_UNKNOWN : MATCH_NO;
    const Value rest = dict_copy(matcher->ev, plain.dict);
    for (const PyNode *pair = pattern->list; pair; pair = pair->next) {
        const Value key = evaluate(matcher->ev, pair->a), *found = dict_look(matcher->ev, plain.dict, &key);
        const Match one = found ? matched(matcher, pair->b, *found) : MATCH_NO;
        if (one == MATCH_NO) return one;
        if (one == MATCH_UNKNOWN) all = one;
        dict_remove(rest.dict, &key);
    }
    capture(matcher, pattern->name, rest);
    return all;
}

/* ---- classes ---- */

/* int(n): the value itself is what stands in the parentheses. */
static bool takes_itself(const Value *class)
{
    const Class *of = value_as_class(class);
    return of && (class_is_plain(of) || of == &CLASS_BOOL || of == &CLASS_BYTES);
}

static const char *positional_name(Evaluator *ev, Value class, size_t i)
{
    Value names;
    if (!attribute_find(ev, class, "__match_args__", &names) && !attribute_find(ev, class, "_fields", &names) &&
        !dataclass_names(ev, value_as_class(&class), &names)) return NULL;
    const ValueList *list = value_items(&names);
    return list && i < list->n && list->items[i].kind == VALUE_STRING ? list->items[i].string.bytes : NULL;
}

static Match match_class(Matcher *matcher, const PyNode *pattern, Value value)
{
    Evaluator *ev = matcher->ev;
    const Value class = evaluate(ev, pattern->a);
    Match all = MATCH_YES;
    size_t i = 0;
    if (class.kind == VALUE_UNKNOWN || value.kind == VALUE_UNKNOWN) return MATCH_UNKNOWN;
    if (!value_as_class(&class)) raise_error(ev, "TypeError", "called match pattern must be a class");
    if (!instance_of(ev, &value, &class)) return MATCH_NO;
    for (const PyNode *arg = pattern->args; arg; arg = arg->next) {
        const bool itself = !arg->name && takes_itself(&class);
        const char *name = arg->name ? arg->name : itself ? NULL : positional_name(ev, class, i++);
        Value part = value;
        if (!name && !itself) raise_error(ev, "TypeError", "%s() accepts 0 positional sub-patterns (1 given)", value_as_class(&class)->name);
        const Match one = name && !attribute_find(ev, value, name, &part) ? MATCH_NO : matched(matcher, arg->a, part);
        if (one == MATCH_NO) return one;
        if (one == MATCH_UNKNOWN) all = one;
    }
    return all;
}

/* ---- all kinds ---- */

static Match match_or(Matcher *matcher, const PyNode *pattern, Value value)
{
    Match any = MATCH_NO;
    for (const PyNode *one = pattern->list; one && any != MATCH_YES; one = one->next) {
        const size_t n = matcher->n;
        const Match match = matched(matcher, one, value);
        if (match == MATCH_NO) matcher->n = n;
        else any = match;
    }
    return any;
}

static Match match_as(Matcher *matcher, const PyNode *pattern, Value value)
{
    const Match match = matched(matcher, pattern->a, value);
    capture(matcher, pattern->name, value);
    return match;
}

static Match matched(Matcher *matcher, const PyNode *pattern, Value value)
{
    pay(matcher->ev, 1);
    switch ((PyPatternKind)pattern->number) {
    case PY_PATTERN_VALUE: return match_value(matcher, pattern, value);
    case PY_PATTERN_CAPTURE: capture(matcher, pattern->name, value); return MATCH_YES;
    case PY_PATTERN_SEQUENCE: return match_sequence(matcher, pattern, value);
    case PY_PATTERN_MAPPING: return match_mapping(matcher, pattern, value);
    case PY_PATTERN_CLASS: return match_class(matcher, pattern, value);
    case PY_PATTERN_OR: return match_or(matcher, pattern, value);
    case PY_PATTERN_AS: return match_as(matcher, pattern, value);
    case PY_PATTERN_STAR: break;
    }
    return MATCH_NO;
}

Match pattern_match(Evaluator *ev, const PyNode *pattern, Value value)
{
    Matcher matcher = {.ev = ev};
    const Match match = matched(&matcher, pattern, value);
    for (size_t i = 0; i < matcher.n && match == MATCH_YES; i++) name_bind(ev, matcher.bound[i].name, matcher.bound[i].value);
    return match;
}
