#include "keras/source.h"

#include <string.h>

/* ---- lines ---- */

static bool ends_line(char c) { return c == '\n' || c == '\r'; }

int line_begin(const Reading *reading, int at)
{
    while (at > 0 && !ends_line(reading->text[at - 1])) at--;
    return at;
}

int line_end(const Reading *reading, int at)
{
    while (at < (int)reading->length && !ends_line(reading->text[at])) at++;
    return at;
}

int line_after(const Reading *reading, int at)
{
    at = line_end(reading, at);
    if (at < (int)reading->length && reading->text[at] == '\r') at++;
    if (at < (int)reading->length && reading->text[at] == '\n') at++;
    return at;
}

const char *line_break(const Reading *reading, int at)
{
    int end = line_end(reading, at);
    if (end == (int)reading->length) end = line_end(reading, 0);
    if (end + 1 < (int)reading->length && reading->text[end] == '\r' && reading->text[end + 1] == '\n') return "\r\n";
    return end < (int)reading->length && reading->text[end] == '\r' ? "\r" : "\n";
}

int skip_blanks(const Reading *reading, int at)
{
    while (at < (int)reading->length && (reading->text[at] == ' ' || reading->text[at] == '\t')) at++;
    return at;
}

bool is_blank(const Reading *reading, int from, int to) { return skip_blanks(reading, from) >= to; }

bool stands_alone(const Reading *reading, Span span)
{
    if (!is_blank(reading, line_begin(reading, span.start), span.start)) return false;
    const int after = skip_blanks(reading, span.end);
    return after == (int)reading->length || ends_line(reading->text[after]) || reading->text[after] == '#';
}

const char *indentation(const Reading *reading, Arena *arena, int at)
{
    const int begin = line_begin(reading, at);
    return source_copy(reading, arena, (Span){begin, skip_blanks(reading, begin)});
}

const char *source_copy(const Reading *reading, Arena *arena, Span span)
{
    return arena_copy(arena, reading->text + span.start, (size_t)(span.end - span.start));
}

bool has_byte(const Reading *reading, Span span, char c)
{
    return span.end > span.start && memchr(reading->text + span.start, c, (size_t)(span.end - span.start));
}

/* ---- nodes ---- */

typedef bool NodeTest(const PyNode *, const void *);

static bool covers(const PyNode *node, Span span) { return node->outer.start <= span.start && span.end <= node->outer.end; }

static const PyNode *find_list(const PyNode *node, Span span, NodeTest *test, const void *data);

static const PyNode *find_below(const PyNode *node, Span span, NodeTest *test, const void *data)
{
    const PyNode *const lists[] = {node->a, node->b, node->c, node->list, node->args, node->params,
                                   node->items, node->handlers, node->orelse, node->final, node->decorators};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const PyNode *found = find_list(lists[i], span, test, data);
        if (found) return found;
    }
    return NULL;
}

/* The innermost node that holds the span and passes. */
static const PyNode *find_list(const PyNode *node, Span span, NodeTest *test, const void *data)
{
    for (; node; node = node->next) {
        if (!covers(node, span)) continue;
        const PyNode *found = find_below(node, span, test, data);
        if (found) return found;
        if (test(node, data)) return node;
    }
    return NULL;
}

typedef struct Wanted {
    PyType type;
    Span   span;
} Wanted;

static bool same(Span a, Span b) { return a.start == b.start && a.end == b.end; }

static bool is_wanted(const PyNode *node, const void *data)
{
    const Wanted *wanted = data;
    return node->type == wanted->type && (same(node->span, wanted->span) || same(node->outer, wanted->span));
}

const PyNode *source_node(const Reading *reading, PyType type, Span span)
{
    const Wanted wanted = {type, span};
    return find_list(reading->tree, span, is_wanted, &wanted);
}

static bool applies(const PyNode *node, const void *data)
{
    const Span *function = data;
    return node->type == PY_CALL && node->a && same(node->a->span, *function);
}

const PyNode *source_application(const Reading *reading, Span function) { return find_list(reading->tree, function, applies, &function); }

static bool has_item(const PyNode *node, const void *data)
{
    const Span *item = data;
    if (node->type != PY_LIST) return false;
    for (const PyNode *child = node->list; child; child = child->next)
        if (same(child->span, *item) || same(child->outer, *item)) return true;
    return false;
}

const PyNode *source_list(const Reading *reading, Span item) { return find_list(reading->tree, item, has_item, &item); }

static bool is_statement(const PyNode *node) { return node->type > PY_MODULE && node->type < PY_BAD && node->type != PY_ALIAS
                                                   && node->type != PY_HANDLER && node->type != PY_WITH_ITEM && node->type != PY_CASE; }

static const PyNode *statement_in(const PyNode *block, Span span, const PyNode **in);

static const PyNode *statement_below(const PyNode *node, Span span, const PyNode **in)
{
    const PyNode *const blocks[] = {node->list, node->handlers, node->orelse, node->final};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        const PyNode *found = statement_in(blocks[i], span, in);
        if (found) return found;
    }
    return NULL;
}

static const PyNode *statement_in(const PyNode *block, Span span, const PyNode **in)
{
    for (const PyNode *node = block; node; node = node->next) {
        if (!covers(node, span)) continue;
        const PyNode *found = statement_below(node, span, in);
        if (found) return found;
        if (!is_statement(node)) return NULL;
        *in = block;
        return node;
    }
    return NULL;
}

const PyNode *source_statement(const Reading *reading, Span span, const PyNode **block)
{
    *block = NULL;
    return statement_below(reading->tree, span, block);
}

bool is_simple_name(const PyNode *node) { return node && node->type == PY_NAME; }

/* ---- use of names ---- */

static bool uses(const PyNode *node, const char *name, int from, int to);

static bool uses_below(const PyNode *node, const char *name, int from, int to)
{
    const PyNode *const lists[] = {node->a, node->b, node->c, node->list, node->args, node->params,
                                   node->items, node->handlers, node->orelse, node->final, node->decorators};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (uses(lists[i], name, from, to)) return true;
    return false;
}

static bool uses(const PyNode *node, const char *name, int from, int to)
{
    for (; node; node = node->next) {
        if (node->outer.end <= from || node->outer.start >= to) continue;
        if (node->type == PY_NAME && node->span.start >= from && node->span.end <= to && strcmp(node->name, name) == 0) return true;
        if (uses_below(node, name, from, to)) return true;
    }
    return false;
}

bool name_is_used(const Reading *reading, const char *name, int from, int to) { return uses(reading->tree, name, from, to); }

/* ---- places ---- */

const Place *layer_place(const Reading *reading, const Layer *layer, const char **why)
{
    if (layer->place >= 0 && layer->place < reading->n_places) return &reading->places[layer->place];
    *why = "edit.no_place";
    return NULL;
}

const ArgumentPlace *argument_of(const Place *place, const char *param)
{
    for (int i = 0; i < place->n_args; i++)
        if (strcmp(place->args[i].param, param) == 0) return &place->args[i];
    return NULL;
}

/* ---- edits ---- */

void edits_add(Edits *edits, Span span, const char *code)
{
    edits->edit = arena_grow(edits->arena, edits->edit, (size_t)edits->n, &edits->capacity, (size_t)edits->n + 1, sizeof(Edit));
    int at = edits->n++;
    for (; at > 0 && edits->edit[at - 1].span.start > span.start; at--) edits->edit[at] = edits->edit[at - 1];
    edits->edit[at] = (Edit){.span = span, .code = arena_copy(edits->arena, code, strlen(code))};
}

char *edits_apply(const Edits *edits, const char *text, size_t length, size_t *new_length)
{
    Text out = {.arena = edits->arena};
    int at = 0;
    for (int i = 0; i < edits->n; i++) {
        const Edit *edit = &edits->edit[i];
        if (edit->span.start < at || edit->span.end > (int)length) continue;
        text_put_bytes(&out, text + at, (size_t)(edit->span.start - at));
        text_put(&out, edit->code);
        at = edit->span.end;
    }
    text_put_bytes(&out, text + at, length - (size_t)at);
    *new_length = out.length;
    return out.bytes ? out.bytes : arena_copy(edits->arena, "", 0);
}
