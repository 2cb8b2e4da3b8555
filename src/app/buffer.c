#include "app/buffer.h"

#include <string.h>

static const double MERGE_SECONDS = 1;

void buffer_open(Buffer *buffer, jmp_buf *escape, const char *text, size_t length)
{
    *buffer = (Buffer){0};
    arena_open(&buffer->arena, 0);
    buffer->arena.escape = escape;
    buffer->text = arena_grow(&buffer->arena, NULL, 0, &buffer->capacity, length + 1, 1);
    if (length) memcpy(buffer->text, text, length);
    buffer->length = length;
}

void buffer_close(Buffer *buffer)
{
    arena_close(&buffer->arena);
    *buffer = (Buffer){0};
}

/* ---- the text itself ---- */

static void splice(Buffer *buffer, int at, int n_removed, const char *inserted, int n_inserted)
{
    const size_t tail = buffer->length - (size_t)(at + n_removed);
    const size_t length = buffer->length - (size_t)n_removed + (size_t)n_inserted;
    buffer->text = arena_grow(&buffer->arena, buffer->text, buffer->length + 1, &buffer->capacity, length + 1, 1);
    memmove(buffer->text + at + n_inserted, buffer->text + at + n_removed, tail);
    if (n_inserted) memcpy(buffer->text + at, inserted, (size_t)n_inserted);
    buffer->length = length;
    buffer->text[length] = 0;
    buffer->version++;
}

/* ---- history ---- */

static Step *step_begin(Buffer *buffer, Selection before)
{
    if (buffer->saved > buffer->done) buffer->saved = -1;
    buffer->steps = arena_grow(&buffer->arena, buffer->steps, (size_t)buffer->done, &buffer->steps_capacity,
                               (size_t)buffer->done + 1, sizeof(Step));
    Step *step = &buffer->steps[buffer->done++];
    buffer->n_steps = buffer->done;
    *step = (Step){.before = before};
    return step;
}

static void step_change(Buffer *buffer, Step *step, int at, int n_removed, const char *inserted, int n_inserted)
{
    Arena *arena = &buffer->arena;
    step->changes = arena_grow(arena, step->changes, (size_t)step->n, &step->capacity, (size_t)step->n + 1, sizeof(Change));
    Change change = {.at = at, .n_removed = n_removed, .n_inserted = n_inserted};
    change.removed = arena_copy(arena, buffer->text + at, (size_t)n_removed);
    change.inserted = arena_grow(arena, NULL, 0, &change.capacity, (size_t)n_inserted + 1, 1);
    if (n_inserted) memcpy(change.inserted, inserted, (size_t)n_inserted);
    splice(buffer, at, n_removed, change.inserted, n_inserted);
    step->changes[step->n++] = change;
}

void buffer_replace(Buffer *buffer, int start, int end, const char *bytes, int n, Selection *selection)
{
    Step *step = step_begin(buffer, *selection);
    step_change(buffer, step, start, end - start, bytes, n);
    *selection = step->after = (Selection){start + n, start + n};
}

/* Typing goes on where the last step's insertion ended; erasing backwards where it began. */
static bool continues(const Step *step, int start, int end, int n)
{
    const Change *last = &step->changes[step->n - 1];
    if (n) return start == end && last->n_inserted && start == last->at + last->n_inserted;
    return !last->n_inserted && end == last->at;
}

static bool ends_typing(const char *bytes, int n)
{
    return n > 0 && memchr(bytes, '\n', (size_t)n);
}

static void merge_insertion(Buffer *buffer, Change *change, const char *bytes, int n)
{
    change->inserted = arena_grow(&buffer->arena, change->inserted, (size_t)change->n_inserted, &change->capacity,
                                  (size_t)(change->n_inserted + n), 1);
    memcpy(change->inserted + change->n_inserted, bytes, (size_t)n);
    splice(buffer, change->at + change->n_inserted, 0, bytes, n);
    change->n_inserted += n;
}

void buffer_type(Buffer *buffer, int start, int end, const char *bytes, int n, Selection *selection, double seconds)
{
    Step *step = buffer->done ? &buffer->steps[buffer->done - 1] : NULL;
    const bool merged = step && step->open && buffer->done == buffer->n_steps && seconds - step->time < MERGE_SECONDS && continues(step, start, end, n);
    if (!merged) {
        buffer_replace(buffer, start, end, bytes, n, selection);
        step = &buffer->steps[buffer->done - 1];
    } else if (n) merge_insertion(buffer, &step->changes[step->n - 1], bytes, n);
    else step_change(buffer, step, start, end - start, bytes, n);
    *selection = step->after = (Selection){start + n, start + n};
    step->open = !ends_typing(bytes, n);
    step->time = seconds;
}

/* Where a place of the old text is after bytes [start, end) became n. */
static int place_after(int place, const Edit *edit, int n)
{
    if (place <= edit->span.start) return place;
    if (place >= edit->span.end) return place + n - (edit->span.end - edit->span.start);
    const int inside = place - edit->span.start;
    return edit->span.start + (inside < n ? inside : n);
}

void buffer_apply(Buffer *buffer, const Edits *edits, Selection *selection)
{
    if (!edits->n) return;
    Step *step = step_begin(buffer, *selection);
    for (int i = edits->n - 1; i >= 0; i--) {   /* from the end, so that earlier places still hold */
        const Edit *edit = &edits->edit[i];
        const int n = (int)strlen(edit->code);
        step_change(buffer, step, edit->span.start, edit->span.end - edit->span.start, edit->code, n);
        selection->anchor = place_after(selection->anchor, edit, n);
        selection->caret = place_after(selection->caret, edit, n);
    }
    step->after = *selection;
}

bool buffer_undo(Buffer *buffer, Selection *selection)
{
    if (!buffer->done) return false;
    Step *step = &buffer->steps[--buffer->done];
    for (int i = step->n - 1; i >= 0; i--) {
        const Change *change = &step->changes[i];
        splice(buffer, change->at, change->n_inserted, change->removed, change->n_removed);
    }
    step->open = false;
    *selection = step->before;
    return true;
}

bool buffer_redo(Buffer *buffer, Selection *selection)
{
    if (buffer->done == buffer->n_steps) return false;
    const Step *step = &buffer->steps[buffer->done++];
    for (int i = 0; i < step->n; i++) {
        const Change *change = &step->changes[i];
        splice(buffer, change->at, change->n_removed, change->inserted, change->n_inserted);
    }
    *selection = step->after;
    return true;
}

void buffer_mark_saved(Buffer *buffer)
{
    buffer->saved = buffer->done;
    if (buffer->done) buffer->steps[buffer->done - 1].open = false;
}

bool buffer_dirty(const Buffer *buffer)
{
    return buffer->saved != buffer->done;
}

/* ---- characters ---- */

static int sequence_length(unsigned char lead)
{
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    if (lead >= 0xF0 && lead < 0xF5) return 4;
    return 0;
}

uint32_t utf8_next(const char *text, size_t length, int *at)
{
    static const unsigned char lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *bytes = (const unsigned char *)text + *at;
    const int n = sequence_length(bytes[0]);
    if (!n || (size_t)(*at + n) > length) return (*at)++, 0xFFFD;
    uint32_t character = bytes[0] & lead_bits[n];
    for (int i = 1; i < n; i++) {
        if ((bytes[i] & 0xC0) != 0x80) return (*at)++, 0xFFFD;
        character = character << 6 | (bytes[i] & 0x3F);
    }
    *at += n;
    return character;
}

bool utf8_combines(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x20D0 && c <= 0x20FF) || c == 0x200D ||
           (c >= 0x3099 && c <= 0x309A) || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFE20 && c <= 0xFE2F) || (c >= 0x1F3FB && c <= 0x1F3FF);
}

static uint32_t character_at(const Buffer *buffer, int at)
{
    return (size_t)at < buffer->length ? utf8_next(buffer->text, buffer->length, &at) : 0;
}

int buffer_next(const Buffer *buffer, int at)
{
    if ((size_t)at >= buffer->length) return (int)buffer->length;
    if (buffer->text[at] == '\r' && buffer->text[at + 1] == '\n') return at + 2;
    utf8_next(buffer->text, buffer->length, &at);
    while ((size_t)at < buffer->length && utf8_combines(character_at(buffer, at))) utf8_next(buffer->text, buffer->length, &at);
    return at;
}

static int byte_before(const Buffer *buffer, int at)
{
    int back = at - 1;
    while (back > 0 && at - back < 4 && ((unsigned char)buffer->text[back] & 0xC0) == 0x80) back--;
    int forward = back;
    utf8_next(buffer->text, buffer->length, &forward);
    return forward == at ? back : at - 1;
}

int buffer_previous(const Buffer *buffer, int at)
{
    if (at <= 0) return 0;
    if (at > 1 && buffer->text[at - 1] == '\n' && buffer->text[at - 2] == '\r') return at - 2;
    at = byte_before(buffer, at);
    while (at > 0 && utf8_combines(character_at(buffer, at))) at = byte_before(buffer, at);
    return at;
}

/* ---- words and lines ---- */

typedef enum CharacterClass { CLASS_SPACE, CLASS_WORD, CLASS_PUNCTUATION } CharacterClass;

static CharacterClass class_at(const Buffer *buffer, int at)
{
    const uint32_t c = character_at(buffer, at);
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0) return CLASS_SPACE;
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
    return word ? CLASS_WORD : CLASS_PUNCTUATION;
}

int buffer_next_word(const Buffer *buffer, int at)
{
    const int end = (int)buffer->length;
    while (at < end && class_at(buffer, at) == CLASS_SPACE) at = buffer_next(buffer, at);
    if (at >= end) return end;
    const CharacterClass class = class_at(buffer, at);
    while (at < end && class_at(buffer, at) == class) at = buffer_next(buffer, at);
    return at;
}

int buffer_previous_word(const Buffer *buffer, int at)
{
    int before = buffer_previous(buffer, at);
    while (at > 0 && class_at(buffer, before) == CLASS_SPACE) at = before, before = buffer_previous(buffer, at);
    if (at <= 0) return 0;
    const CharacterClass class = class_at(buffer, before);
    while (at > 0 && class_at(buffer, before) == class) at = before, before = buffer_previous(buffer, at);
    return at;
}

int buffer_line_start(const Buffer *buffer, int at)
{
    while (at > 0 && buffer->text[at - 1] != '\n') at--;
    return at;
}

int buffer_line_end(const Buffer *buffer, int at)
{
    const char *end = memchr(buffer->text + at, '\n', buffer->length - (size_t)at);
    const int place = end ? (int)(end - buffer->text) : (int)buffer->length;
    return place > at && buffer->text[place - 1] == '\r' ? place - 1 : place;
}

void buffer_word_at(const Buffer *buffer, int at, int *start, int *end)
{
    const CharacterClass class = class_at(buffer, at);
    *start = *end = at;
    while (*start > 0 && class_at(buffer, buffer_previous(buffer, *start)) == class && buffer->text[*start - 1] != '\n')
        *start = buffer_previous(buffer, *start);
    while ((size_t)*end < buffer->length && class_at(buffer, *end) == class && buffer->text[*end] != '\n')
        *end = buffer_next(buffer, *end);
}
