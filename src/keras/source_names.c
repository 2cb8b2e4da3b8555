#include <string.h>

#include "keras/source.h"

/* ---- what the text imports ---- */

static const PyNode *import_from(const Reading *reading, const char *name)
{
    for (const PyNode *node = reading->tree->list; node; node = node->next)
        for (const PyNode *alias = node->type == PY_IMPORT_FROM ? node->list : NULL; alias; alias = alias->next)
            if (strcmp(alias->name, name) == 0 && !alias->text) return node;
    return NULL;
}

static bool is_layers_module(const char *module)
{
    const size_t length = strlen(module);
    return length >= 6 && strcmp(module + length - 6, "layers") == 0;
}

/* `from keras.layers import Dense`: the line that a further layer may join. */
static const PyNode *layers_import(const Reading *reading)
{
    const PyNode *found = NULL;
    for (const PyNode *node = reading->tree->list; node; node = node->next)
        if (node->type == PY_IMPORT_FROM && node->name && is_layers_module(node->name) && node->list) found = node;
    return found;
}

static bool imports_all(const Reading *reading)
{
    for (const PyNode *node = reading->tree->list; node; node = node->next)
        if (node->type == PY_IMPORT_FROM && node->name && is_layers_module(node->name) && node->list
            && strcmp(node->list->name, "*") == 0)
            return true;
    return false;
}

static bool imports_anything(const Reading *reading)
{
    for (const PyNode *node = reading->tree->list; node; node = node->next)
        if (node->type == PY_IMPORT || node->type == PY_IMPORT_FROM) return true;
    return false;
}

static const PyNode *last_of(const PyNode *node)
{
    while (node && node->next) node = node->next;
    return node;
}

/* Names that stand one to a line are joined by another line. */
static const char *alias_separator(const Reading *reading, Arena *arena, const PyNode *last)
{
    if (!is_blank(reading, line_begin(reading, last->span.start), last->span.start)) return ", ";
    return arena_print(arena, ",%s%s", line_break(reading, last->span.start), indentation(reading, arena, last->span.start));
}

/* ---- where a new line of imports goes ---- */

static bool is_docstring(const PyNode *node) { return node->type == PY_EXPR && node->a && node->a->type == PY_STRING; }

static bool is_future(const PyNode *node) { return node->type == PY_IMPORT_FROM && node->name && strcmp(node->name, "__future__") == 0; }

static int import_place(const Reading *reading)
{
    const PyNode *node = reading->tree->list;
    while (node && (is_docstring(node) || is_future(node))) node = node->next;
    if (!node) return (int)reading->length;
    return node->type == PY_IMPORT || node->type == PY_IMPORT_FROM ? line_begin(reading, node->span.start) : node->span.start;
}

static void add_import(const Reading *reading, Edits *edits, const char *line)
{
    const int at = import_place(reading);
    edits_add(edits, (Span){at, at}, arena_print(edits->arena, "%s%s", line, line_break(reading, at)));
}

static void import_layer(const Reading *reading, Edits *edits, const char *name)
{
    if (import_from(reading, name) || imports_all(reading) || !imports_anything(reading)) return;
    const PyNode *line = layers_import(reading), *last = line ? last_of(line->list) : NULL;
    if (!last) {
        add_import(reading, edits, arena_print(edits->arena, "from keras.layers import %s", name));
        return;
    }
    edits_add(edits, (Span){last->span.end, last->span.end},
              arena_print(edits->arena, "%s%s", alias_separator(reading, edits->arena, last), name));
}

/* ---- code in the manner of the text ---- */

static bool is_name_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

static const char *skip_string(const char *at)
{
    const char quote = *at++;
    for (; *at && *at != quote; at++)
        if (*at == '\\' && at[1]) at++;
    return *at ? at + 1 : at;
}

static bool already_added(const Edits *edits, const char *name)
{
    for (int i = 0; i < edits->n; i++)
        if (edits->edit[i].span.start == edits->edit[i].span.end && strstr(edits->edit[i].code, name)) return true;
    return false;
}

/* A layer's class at the front of code that calls it: prefixed, or imported. */
static void put_class(const Reading *reading, Text *out, const char *name, const char *prefix, Edits *edits)
{
    text_print(out, "%s%s", prefix, name);
    if (!*prefix && !already_added(edits, name)) import_layer(reading, edits, name);
}

static const char *callee_prefix(const Reading *reading, Arena *arena, const Place *like)
{
    const char *callee = source_copy(reading, arena, like->callee), *dot = strrchr(callee, '.');
    return dot ? arena_copy(arena, callee, (size_t)(dot + 1 - callee)) : "";
}

const char *code_as(const Reading *reading, const Place *like, const char *code, Edits *edits)
{
    const char *prefix = callee_prefix(reading, edits->arena, like);
    Text out = {.arena = edits->arena};
    for (const char *at = code; *at;) {
        const char *end = at;
        if (*at == '\'' || *at == '"') end = skip_string(at);
        else if (is_name_byte(*at)) while (is_name_byte(*end)) end++;
        else end++;
        const char *word = arena_copy(edits->arena, at, (size_t)(end - at));
        const bool attribute = at > code && at[-1] == '.';
        if (!attribute && *end == '(' && (layer_kind_find(word) || strcmp(word, "Input") == 0)) put_class(reading, &out, word, prefix, edits);
        else text_put(&out, word);
        at = end;
    }
    return text_string(&out);
}

const char *numpy_name(const Reading *reading, Edits *edits)
{
    for (const PyNode *node = reading->tree->list; node; node = node->next)
        for (const PyNode *alias = node->type == PY_IMPORT ? node->list : NULL; alias; alias = alias->next)
            if (strcmp(alias->name, "numpy") == 0) return alias->text ? alias->text : "numpy";
    add_import(reading, edits, "import numpy as np");
    return "np";
}
