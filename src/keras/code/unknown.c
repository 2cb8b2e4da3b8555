/* Values that cannot be told without running Python, and where the not knowing began. */
#include <string.h>

#include "keras/code/evaluator.h"

enum { SOURCE_SHOWN_MAX = 60, SOURCE_BYTES = SOURCE_SHOWN_MAX + 8 };

static bool is_blank(char c) { return c == '\n' || c == '\r' || c == '\t' || c == ' '; }

const char *source_text(const Evaluator *ev, Span span)
{
    char text[SOURCE_BYTES];
    size_t n = 0;
    if (!span_known(span)) return "";
    for (int at = span.start; at < span.end && (size_t)at < ev->reading->length; at++) {
        const char c = ev->reading->text[at];
        const bool begins = ((unsigned char)c & 0xC0) != 0x80;
        if (n >= SOURCE_SHOWN_MAX && (begins || n + 4 >= SOURCE_BYTES)) {
            memcpy(text + n, "...", 3);
            n += 3;
            break;
        }
        if (is_blank(c) && (!n || text[n - 1] == ' ')) continue;
        text[n++] = is_blank(c) ? ' ' : c;
    }
    return arena_copy(ev->arena, text, n);
}

Value unknown(Evaluator *ev, const char *reason, const char *name, Span origin)
{
    ValueUnknown *made = ARENA_NEW(ev->arena, ValueUnknown);
    pay(ev, 4);
    *made = (ValueUnknown){reason, name, origin};
    return (Value){.kind = VALUE_UNKNOWN, NO_SPAN, .unknown = made};
}

Value unknown_here(Evaluator *ev, const char *reason)
{
    return unknown(ev, reason, source_text(ev, ev->span), ev->span);
}

/* pd.read_csv, np.loadtxt, cv2.imread: what they give comes from a file. */
static bool reads_file(const PyNode *callee)
{
    static const char *const words[] = {"read", "load", "open", "imread", "from_csv", "get_data"};
    if (callee->type != PY_ATTRIBUTE && callee->type != PY_NAME) return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(callee->name, words[i], strlen(words[i])) == 0) return true;
    return false;
}

Value unknown_call(Evaluator *ev, Value callee, const PyNode *call)
{
    const bool module = strcmp(callee.unknown->reason, "cause.not_known_module") == 0;
    const char *reason = module && reads_file(call->a) ? "cause.not_known_file" : callee.unknown->reason;
    return unknown(ev, reason, source_text(ev, call->span), call->span);
}

Value unknown_named(Evaluator *ev, Value value, const PyNode *source)
{
    return unknown(ev, value.unknown->reason, source_text(ev, source->span), source->span);
}

enum { FAULTS_MAX = 100 };

void fault_add(Evaluator *ev, const Error *error)
{
    Reading *reading = ev->reading;
    for (int i = 0; i < reading->n_faults; i++)
        if (reading->faults[i].at.start == error->at.start) return;
    if (reading->n_faults >= FAULTS_MAX) return;
    const size_t n = (size_t)reading->n_faults;
    Error *faults = ARENA_ARRAY(ev->arena, n + 1, Error);
    if (n) memcpy(faults, reading->faults, n * sizeof *faults);
    faults[n] = *error;
    reading->faults = faults;
    reading->n_faults++;
}

void note(Evaluator *ev, const char *id, const char *value, const char *second, Span span)
{
    Reading *reading = ev->reading;
    for (int i = 0; i < reading->n_notes; i++)
        if (strcmp(reading->notes[i].id, id) == 0 && reading->notes[i].span.start == span.start) return;
    const size_t n = (size_t)reading->n_notes;
    reading->notes = arena_grow(ev->arena, reading->notes, n, &ev->notes_capacity, n + 1, sizeof(ReadNote));
    reading->notes[reading->n_notes++] = (ReadNote){.id = id, .value = {value, second}, .span = span};
}
