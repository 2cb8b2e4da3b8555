#include <string.h>

#include "keras/edit_parts.h"

/* A proposal on its way: as edits, and how it is shown. */
typedef struct Proposal {
    const Reading *reading;
    Arena         *arena;
    const Fix     *fix;
    Place          place;       /* of the layer at fault */
    bool           has_place;
    TextFix        text;
} Proposal;

/* ---- edits ---- */

static const PyNode *argument_node(const Proposal *p, const ArgumentPlace *argument)
{
    const PyNode *call = source_node(p->reading, PY_CALL, p->place.call);
    for (const PyNode *arg = call ? call->args : NULL; arg; arg = arg->next)
        if (arg->span.start == argument->whole.start && arg->span.end == argument->whole.end) return arg;
    return NULL;
}

static bool set_argument(Proposal *p)
{
    const ArgumentPlace *argument = argument_of(&p->place, p->fix->name);
    if (!argument) return argument_add(p->reading, &p->place, p->fix->name, p->fix->code, &p->text.edits);
    edits_add(&p->text.edits, argument->value, p->fix->code);
    return true;
}

static bool remove_argument(Proposal *p)
{
    const char *why;
    return argument_remove(p->reading, &p->place, p->fix->name, &p->text.edits, &why);
}

static bool rename_argument(Proposal *p)
{
    const ArgumentPlace *argument = argument_of(&p->place, p->fix->name);
    const PyNode *node = argument && !argument->positional ? argument_node(p, argument) : NULL;
    if (!node) return false;
    const int start = node->span.start;
    edits_add(&p->text.edits, (Span){start, start + (int)strlen(p->fix->name)}, p->fix->code);
    return true;
}

static bool replace_layer(Proposal *p)
{
    edits_add(&p->text.edits, p->place.call, code_as(p->reading, &p->place, p->fix->code, &p->text.edits));
    return true;
}

static bool insert_before(Proposal *p)
{
    const char *code = code_as(p->reading, &p->place, p->fix->code, &p->text.edits);
    return place_insert(p->reading, &p->place, code, &p->text.edits);
}

static bool replace_text(Proposal *p)
{
    if (!span_known(p->fix->span)) return false;
    edits_add(&p->text.edits, p->fix->span, p->fix->code);
    return true;
}

static bool make_edits(Proposal *p)
{
    if (p->fix->kind == FIX_REPLACE_TEXT) return replace_text(p);
    if (!p->has_place) return false;
    switch (p->fix->kind) {
    case FIX_INSERT_BEFORE: return insert_before(p);
    case FIX_REPLACE_LAYER: return replace_layer(p);
    case FIX_REMOVE_LAYER: return place_remove(p->reading, &p->place, &p->text.edits);
    case FIX_ARGUMENT: return set_argument(p);
    case FIX_REMOVE_ARGUMENT: return remove_argument(p);
    case FIX_RENAME_ARGUMENT: return rename_argument(p);
    case FIX_REPLACE_TEXT: return replace_text(p);
    }
    return false;
}

/* ---- what is shown: code, so that it needs no language ---- */

/* The call as it will be, on one line. */
static const char *changed_call(const Proposal *p)
{
    Edits inside = {.arena = p->arena};
    const Span call = p->place.call;
    for (int i = 0; i < p->text.edits.n; i++) {
        const Edit *edit = &p->text.edits.edit[i];
        if (edit->span.start < call.start || edit->span.end > call.end) continue;
        edits_add(&inside, (Span){edit->span.start - call.start, edit->span.end - call.start}, edit->code);
    }
    size_t length;
    char *text = edits_apply(&inside, p->reading->text + call.start, (size_t)(call.end - call.start), &length);
    Text line = {.arena = p->arena};
    for (size_t i = 0; i < length; i++) {
        const bool blank = strchr(" \t\r\n", text[i]) != NULL;
        if (!blank || (line.length && line.bytes[line.length - 1] != ' ' && line.bytes[line.length - 1] != '('))
            text_put_char(&line, blank ? ' ' : text[i]);
    }
    return text_string(&line);
}

static const char *label_of(const Proposal *p)
{
    const Fix *fix = p->fix;
    switch (fix->kind) {
    case FIX_ARGUMENT: return arena_print(p->arena, "%s=%s", fix->name, fix->code);
    case FIX_RENAME_ARGUMENT:
    case FIX_REMOVE_ARGUMENT: return changed_call(p);
    case FIX_REMOVE_LAYER: return arena_print(p->arena, "\xE2\x88\x92 %s", source_copy(p->reading, p->arena, p->place.call));
    case FIX_INSERT_BEFORE:
    case FIX_REPLACE_LAYER:
    case FIX_REPLACE_TEXT: return arena_copy(p->arena, fix->code, strcspn(fix->code, "\r\n"));
    }
    return "";
}

/* ---- trying ---- */

static bool is_accepted(const Proposal *p, const ReadOptions *options)
{
    Arena trial;
    arena_open(&trial, 0);
    Reading *again = ARENA_NEW(&trial, Reading);
    Edits edits = p->text.edits;
    size_t length;
    edits.arena = &trial;
    const char *text = edits_apply(&edits, p->reading->text, p->reading->length, &length);
    keras_read(again, &trial, text, length, options);
    const bool accepted = !again->error.set && again->model;
    arena_close(&trial);
    return accepted;
}

static bool is_double(const TextFix *fixes, int n, const char *label)
{
    for (int i = 0; i < n; i++)
        if (strcmp(fixes[i].label, label) == 0) return true;
    return false;
}

int fixes_find(const Reading *reading, const ReadOptions *options, Arena *arena, TextFix *fixes, int cap)
{
    const Error *error = &reading->error;
    int n = 0;
    for (int i = 0; error->set && i < error->n_fixes && n < cap; i++) {
        Proposal proposal = {.reading = reading, .arena = arena, .fix = &error->fix[i], .text.edits.arena = arena};
        proposal.has_place = place_at(reading, arena, error->layer_span, &proposal.place);
        if (!make_edits(&proposal)) continue;
        proposal.text.label = label_of(&proposal);
        if (is_double(fixes, n, proposal.text.label) || !is_accepted(&proposal, options)) continue;
        fixes[n++] = proposal.text;
    }
    return n;
}
