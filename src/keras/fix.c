#include <string.h>

#include "keras/fix_parts.h"

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
    const char *code = code_as(p->reading, &p->place, p->fix->code, &p->text.edits);
    if (argument) {
        edits_add(&p->text.edits, argument->value, code);
        return true;
    }
    const ArgumentPlace *input = strcmp(p->fix->name, "shape") == 0 ? input_argument(&p->place) : NULL;
    if (input) edits_add(&p->text.edits, input->whole, arena_print(p->arena, "input_shape=%s", code));
    return input || argument_add(p->reading, &p->place, p->fix->name, code, &p->text.edits);
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
    const bool layer = p->reading->n_places && strchr(p->fix->code, '(') && !strchr(p->fix->code, '=') && !strchr(p->fix->code, '\n');
    const char *code = layer ? code_as(p->reading, &p->reading->places[0], p->fix->code, &p->text.edits) : p->fix->code;
    edits_add(&p->text.edits, p->fix->span, code);
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

const char *changed_text(const Proposal *p, Span span)
{
    Edits inside = {.arena = p->arena};
    for (int i = 0; i < p->text.edits.n; i++) {
        const Edit *edit = &p->text.edits.edit[i];
        if (edit->span.start < span.start || edit->span.end > span.end) continue;
        edits_add(&inside, (Span){edit->span.start - span.start, edit->span.end - span.start}, edit->code);
    }
    size_t length;
    char *text = edits_apply(&inside, p->reading->text + span.start, (size_t)(span.end - span.start), &length);
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
    case FIX_REMOVE_ARGUMENT: return changed_text(p, p->place.call);
    case FIX_REMOVE_LAYER: return arena_print(p->arena, "\xE2\x88\x92 %s", source_copy(p->reading, p->arena, p->place.call));
    case FIX_INSERT_BEFORE:
    case FIX_REPLACE_LAYER:
    case FIX_REPLACE_TEXT: return arena_copy(p->arena, fix->code, strcspn(fix->code, "\r\n"));
    }
    return "";
}

/* ---- trying ---- */

/* The text after the edits as one edit of the bytes that differ. */
static void whole_difference(const Proposal *p, const char *text, size_t length, Edits *edits)
{
    size_t start = 0, end = 0;
    const size_t shorter = length < p->reading->length ? length : p->reading->length;
    while (start < shorter && text[start] == p->reading->text[start]) start++;
    while (end < shorter - start && text[length - 1 - end] == p->reading->text[p->reading->length - 1 - end]) end++;
    *edits = (Edits){.arena = p->arena};
    edits_add(edits, (Span){(int)start, (int)(p->reading->length - end)}, arena_copy(p->arena, text + start, length - start - end));
}

static void prepare(Proposal *p, const Reading *reading, Arena *arena, const Fix *fix)
{
    *p = (Proposal){.reading = reading, .arena = arena, .fix = fix, .text.edits.arena = arena};
    p->has_place = place_at(reading, arena, reading->error.layer_span, &p->place);
}

static void join(Proposal *p, const Reading *now, const TextFix *next)
{
    size_t length;
    const char *text = edits_apply(&next->edits, now->text, now->length, &length);
    whole_difference(p, text, length, &p->text.edits);
    p->text.label = arena_print(p->arena, "%s, %s", p->text.label, next->label);
}

static bool guess_next(Proposal *p, const Reading *now, const ReadOptions *options, Arena *trial)
{
    TextFix next;
    if (!fixes_guess(now, options, trial, GUESS_NEXT, &next, 1)) return false;
    join(p, now, &next);
    return true;
}

/* A text often has more than one fault: the first proposal that mends the next one joins the first. */
static bool mend_next(Proposal *p, const Reading *now, const ReadOptions *options, Arena *trial, int depth)
{
    for (int i = 0; depth < FAULTS_MENDED && i < now->error.n_fixes; i++) {
        Proposal next;
        prepare(&next, now, trial, &now->error.fix[i]);
        if (!make_edits(&next)) continue;
        next.text.label = label_of(&next);
        if (!proposal_works(&next, options, depth)) continue;
        join(p, now, &next.text);
        return true;
    }
    return depth == 1 && guess_next(p, now, options, trial);
}

bool proposal_works(Proposal *p, const ReadOptions *options, int depth)
{
    Arena trial;
    arena_open(&trial, 0);
    trial.escape = p->arena->escape;
    Reading *again = ARENA_NEW(&trial, Reading);
    Edits edits = p->text.edits;
    size_t length;
    edits.arena = &trial;
    const char *text = edits_apply(&edits, p->reading->text, p->reading->length, &length);
    keras_read(again, &trial, text, length, options);
    const bool works = again->error.set ? again->tree && mend_next(p, again, options, &trial, depth + 1) : again->model != NULL;
    arena_close(&trial);
    return works;
}

bool fix_is_new(const TextFix *fixes, int n, const char *label)
{
    for (int i = 0; i < n; i++)
        if (strcmp(fixes[i].label, label) == 0) return false;
    return true;
}

/* depth FAULTS_MENDED: only what mends the text alone. */
static int find_proposed(const Reading *reading, const ReadOptions *options, Arena *arena, TextFix *fixes, int n, int cap, int depth)
{
    for (int i = 0; i < reading->error.n_fixes && n < cap; i++) {
        Proposal proposal;
        prepare(&proposal, reading, arena, &reading->error.fix[i]);
        if (!make_edits(&proposal)) continue;
        proposal.text.label = label_of(&proposal);
        if (fix_is_new(fixes, n, proposal.text.label) && proposal_works(&proposal, options, depth) &&
            fix_is_new(fixes, n, proposal.text.label))
            fixes[n++] = proposal.text;
    }
    return n;
}

int fixes_find(const Reading *reading, const ReadOptions *options, Arena *arena, TextFix *fixes, int cap)
{
    if (!reading->error.set || !reading->tree) return 0;     /* what was read from another form has no text to change */
    int n = fixes_guess(reading, options, arena, GUESS_FIRST, fixes, cap);
    n = find_proposed(reading, options, arena, fixes, n, cap, FAULTS_MENDED);
    if (!n) n = fixes_guess(reading, options, arena, GUESS_CHANGE, fixes, cap);
    if (!n) n = find_proposed(reading, options, arena, fixes, n, cap, 0);
    if (!n) n = fixes_guess(reading, options, arena, GUESS_DROP, fixes, cap);
    if (!n) n = fixes_guess(reading, options, arena, GUESS_BOTH, fixes, cap);
    return n;
}
