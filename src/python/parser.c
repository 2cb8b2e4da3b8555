#include "python/parser.h"

#include <string.h>

enum { RULE_DEPTH_MAX = 3 * PY_DEPTH_MAX, EXPRESSION_HEIGHT_MAX = 1000 };

void list_put(List *list, PyNode *node)
{
    if (!list->end) list->end = &list->first;
    *list->end = node;
    for (; *list->end; list->end = &(*list->end)->next) list->n++;
}

static uint32_t name_hash(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

/* The slot that holds the name, or the empty one where it belongs. */
static const char **name_slot(const NameSet *set, const char *name)
{
    size_t at = name_hash(name) & (set->capacity - 1);
    while (set->slot[at] && strcmp(set->slot[at], name) != 0) at = (at + 1) & (set->capacity - 1);
    return &set->slot[at];
}

static void name_set_widen(Arena *arena, NameSet *set)
{
    NameSet wider = {.n = set->n, .capacity = set->capacity ? set->capacity * 2 : 8};
    wider.slot = arena_array(arena, wider.capacity, sizeof *wider.slot);
    for (size_t i = 0; i < set->capacity; i++) {
        if (set->slot[i]) *name_slot(&wider, set->slot[i]) = set->slot[i];
    }
    *set = wider;
}

bool name_set_add(Arena *arena, NameSet *set, const char *name)
{
    if (2 * set->n >= set->capacity) name_set_widen(arena, set);
    const char **slot = name_slot(set, name);
    if (*slot) return false;
    *slot = name;
    set->n++;
    return true;
}

bool parser_try(Parser *parser, void (*rule)(Parser *, void *), void *context)
{
    jmp_buf here, *outer = parser->escape;
    Line *line = parser->line;
    const int at = parser->at, last_end = parser->last_end, depth = parser->depth;
    const int formats = parser->formats, fields = parser->fields;
    const Scope scope = parser->scope;
    parser->escape = &here;
    if (setjmp(here) == 0) {
        rule(parser, context);
        parser->escape = outer;
        return true;
    }
    parser->escape = outer;
    parser->late = (Fault){0};
    parser->line = line;
    parser->at = at;
    parser->last_end = last_end;
    parser->depth = depth;
    parser->formats = formats;
    parser->fields = fields;
    parser->scope = scope;
    return false;
}

typedef struct Attempt {
    PyNode *(*rule)(Parser *);
    PyNode *node;
} Attempt;

static void attempt_run(Parser *parser, void *context)
{
    Attempt *attempt = context;
    attempt->node = attempt->rule(parser);
}

PyNode *parser_attempt(Parser *parser, PyNode *(*rule)(Parser *))
{
    Attempt attempt = {.rule = rule};
    bool quiet = parser->quiet;
    int at = parser->at;
    if (parser->curiosity <= 0) return NULL;
    parser->quiet = true;
    bool done = parser_try(parser, attempt_run, &attempt);
    parser->quiet = quiet;
    int reached = done ? parser->at : parser->failed_at;
    parser->curiosity -= reached > at ? reached - at : 1;
    return done ? attempt.node : NULL;
}

static _Noreturn void leave(Parser *parser, Fault fault)
{
    if (parser->line == &parser->logical && parser->at > parser->furthest) parser->furthest = parser->at;
    parser->fault = fault;
    parser->failed_at = parser->at;
    longjmp(*parser->escape, 1);
}

static _Noreturn void fail_formatted(Parser *parser, Fault fault, const char *format, va_list list)
{
    fault.message = "";
    if (!parser->quiet) {
        const char *message = arena_vprint(parser->scanner.arena, format, list);
        fault.message = parser->formats ? arena_print(parser->scanner.arena, "f-string: %s", message) : message;
    }
    leave(parser, fault);
}

void parser_fail_as(Parser *parser, const char *exception, Span at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fail_formatted(parser, (Fault){.exception = exception, .at = at}, format, list);
}

void parser_fail(Parser *parser, Span at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fail_formatted(parser, (Fault){.exception = "SyntaxError", .at = at}, format, list);
}

void parser_fail_again(Parser *parser)
{
    leave(parser, parser->fault);
}

void parser_fail_late(Parser *parser, Span at, const char *format, ...)
{
    if (parser->late.message || parser->quiet) return;
    va_list list;
    va_start(list, format);
    parser->late = (Fault){"SyntaxError", arena_vprint(parser->scanner.arena, format, list), at};
    va_end(list);
}

void parser_raise_late(Parser *parser)
{
    if (!parser->late.message) return;
    Fault fault = parser->late;
    parser->late = (Fault){0};
    leave(parser, fault);
}

void parser_fail_here(Parser *parser)
{
    int half = parser->half_not == parser->at && parser_at(parser, KEYWORD_NOT);
    const char *message = parser->formats ? "f-string: invalid syntax" : "invalid syntax";
    leave(parser, (Fault){"SyntaxError", message, parser_peek_at(parser, half)->span});
}

void parser_fail_scanner(Parser *parser)
{
    Fault fault = parser->scanner.fault;
    parser->scanner.fault = (Fault){0};
    parser->formats = 0;
    leave(parser, fault);
}

const Token *parser_peek(const Parser *parser)
{
    return &parser->line->token[parser->at];
}

const Token *parser_peek_at(const Parser *parser, int ahead)
{
    int at = parser->at + ahead;
    return &parser->line->token[at < parser->line->n ? at : parser->line->n];
}

bool parser_at(const Parser *parser, TokenCode code)
{
    return parser_peek(parser)->code == code;
}

bool parser_at_word(const Parser *parser, const char *word)
{
    const Token *token = parser_peek(parser);
    size_t length = (size_t)(token->span.end - token->span.start);
    return token->code == TOKEN_NAME && strlen(word) == length && memcmp(parser->scanner.text + token->span.start, word, length) == 0;
}

const Token *parser_take(Parser *parser)
{
    const Token *token = parser_peek(parser);
    if (token->code == TOKEN_END) parser_fail_here(parser);
    parser->at++;
    parser->last_end = token->span.end;
    return token;
}

bool parser_accept(Parser *parser, TokenCode code)
{
    if (!parser_at(parser, code) || code == TOKEN_END) return false;
    parser_take(parser);
    return true;
}

const Token *parser_expect(Parser *parser, TokenCode code)
{
    if (!parser_at(parser, code)) parser_fail_here(parser);
    return parser_take(parser);
}

void parser_enter(Parser *parser)
{
    if (++parser->depth <= RULE_DEPTH_MAX) return;
    parser_fail(parser, parser_peek(parser)->span, "too many nested parentheses");
}

void parser_leave(Parser *parser)
{
    parser->depth--;
}

PyNode *node_begin_at(Parser *parser, PyType type, int start)
{
    PyNode *node = ARENA_NEW(parser->scanner.arena, PyNode);
    node->type = type;
    node->span = node->outer = (Span){start, start};
    node->at = SPAN_NONE;
    return node;
}

PyNode *node_begin(Parser *parser, PyType type)
{
    return node_begin_at(parser, type, parser_peek(parser)->span.start);
}

static int height_over(const PyNode *list, int height)
{
    for (; list; list = list->next) {
        if (list->height >= height) height = list->height + 1;
    }
    return height;
}

static int height_of(const PyNode *node)
{
    const PyNode *alone[] = {node->a, node->b, node->c};
    int height = 0;
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        if (alone[i] && alone[i]->height >= height) height = alone[i]->height + 1;
    }
    const PyNode *lists[] = {node->list, node->args, node->params, node->items, node->handlers, node->orelse, node->final,
                             node->decorators};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) height = height_over(lists[i], height);
    return height;
}

PyNode *node_end(Parser *parser, PyNode *node)
{
    node->span.end = node->outer.end = parser->last_end;
    node->height = height_of(node);
    if (node->type > PY_BAD && node->height > EXPRESSION_HEIGHT_MAX) {
        parser_fail_as(parser, "RecursionError", node->span, "maximum recursion depth exceeded during compilation");
    }
    return node;
}

const char *parser_text(Parser *parser, Span span)
{
    return arena_copy(parser->scanner.arena, parser->scanner.text + span.start, (size_t)(span.end - span.start));
}

PyNode *parse_name(Parser *parser, PyType type)
{
    PyNode *node = node_begin(parser, type);
    node->at = parser_expect(parser, TOKEN_NAME)->span;
    node->name = parser_text(parser, node->at);
    return node_end(parser, node);
}
