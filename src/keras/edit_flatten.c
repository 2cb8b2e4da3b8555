#include <string.h>

#include "keras/edit_parts.h"

/* ---- the model's last Flatten, and where one would go ---- */

static bool is_class(const Layer *layer, const char *class_name) { return strcmp(layer->kind->name, class_name) == 0; }

static const Layer *last_flatten(const Model *model)
{
    for (int i = model ? model->n_layers - 1 : -1; i >= 0; i--)
        if (is_class(model->layers[i], "Flatten")) return model->layers[i];
    return NULL;
}

static bool contains(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(text, words[i])) return true;
    return false;
}

/* Layers that work along rows, columns or time: their output is what people flatten. */
static bool is_spatial(const Layer *layer)
{
    static const char *const WORDS[] = {"Conv", "Pooling", "RNN", "LSTM", "GRU", "Embedding"};
    if (contains(layer->kind->name, WORDS, sizeof WORDS / sizeof *WORDS)) return true;
    for (int i = 0; i < layer->n_children; i++)
        if (contains(layer->children[i]->kind->name, WORDS, sizeof WORDS / sizeof *WORDS)) return true;
    return false;
}

/* A Dense, or a model that begins with one. */
static bool begins_dense(const Layer *layer)
{
    const Model *model = layer->model;
    const Layer *first = model && model->n_layers ? model->layers[0] : layer;
    return is_class(first, "Dense") && (!model || model->kind == MODEL_SEQUENTIAL);
}

/* Without the batch axis. */
static int input_rank(const Layer *layer)
{
    const Node *call = layer->n_calls ? layer->calls[0] : NULL;
    return call && call->n_in ? call->in[0]->spec.shape.rank - 1 : 0;
}

static const Layer *dense_after(const Model *model, int from)
{
    for (int i = from; i < model->n_layers; i++)
        if (begins_dense(model->layers[i])) return model->layers[i];
    return NULL;
}

static const Layer *last_ranked_dense(const Model *model)
{
    for (int i = model->n_layers - 1; i >= 0; i--)
        if (begins_dense(model->layers[i]) && input_rank(model->layers[i]) > 1) return model->layers[i];
    return NULL;
}

/* The Dense that a Flatten would go before; NULL when there is nothing to flatten. */
static const Layer *flatten_target(const Model *model)
{
    if (!model) return NULL;
    for (int i = model->n_layers - 1; i >= 0; i--) {
        if (!is_spatial(model->layers[i])) continue;
        const Layer *dense = dense_after(model, i + 1);
        return dense && input_rank(dense) > 1 ? dense : NULL;
    }
    return last_ranked_dense(model);
}

/* ---- lines of comment that were code ---- */

/* Of the comment lines in span: the bytes to take out, "# " on each. */
static void uncomment(const Reading *reading, Span span, Edits *edits)
{
    for (int at = span.start; at < span.end; at = line_after(reading, at)) {
        const int mark = skip_blanks(reading, at);
        if (mark >= (int)reading->length || reading->text[mark] != '#') continue;
        const int blank = mark + 1 < (int)reading->length && reading->text[mark + 1] == ' ';
        edits_add(edits, (Span){mark, mark + 1 + blank}, "");
    }
}

static bool is_comment_line(const Reading *reading, int at)
{
    const int mark = skip_blanks(reading, at);
    return mark < (int)reading->length && reading->text[mark] == '#';
}

static bool line_has(const Reading *reading, int at, const char *word)
{
    const size_t length = strlen(word);
    const int end = line_end(reading, at) - (int)length;
    for (; at <= end; at++)
        if (memcmp(reading->text + at, word, length) == 0) return true;
    return false;
}

static int brackets(const Reading *reading, int at)
{
    int depth = 0;
    for (const int end = line_end(reading, at); at < end; at++) {
        if (strchr("([{", reading->text[at]) && reading->text[at]) depth++;
        if (strchr(")]}", reading->text[at]) && reading->text[at]) depth--;
    }
    return depth;
}

/* The comment lines from `at` on until the brackets opened there are closed. */
static Span commented_code(const Reading *reading, int at)
{
    int depth = 0, end = at;
    do {
        depth += brackets(reading, end);
        end = line_after(reading, end);
    } while (depth > 0 && end < (int)reading->length && is_comment_line(reading, end));
    return (Span){at, end};
}

/* ---- what must stay a line of code keeps its old form in a comment behind it:
 *      x = a  # Flatten()(a)            a call whose result others need
 *      stack += []  # [Flatten()]       an item alone in its list
 *      f(a, b)  # f(a, Flatten(), b)    what would come back at another place ---- */

static int bypass_mark(const Reading *reading, int at)
{
    const int end = line_end(reading, at);
    for (int mark = at; mark < end; mark++)
        if (reading->text[mark] == '#') return is_blank(reading, at, mark) ? -1 : mark;
    return -1;
}

/* The code before the comment, without the blanks between. */
static int code_end(const Reading *reading, int begin, int mark)
{
    while (mark > begin && (reading->text[mark - 1] == ' ' || reading->text[mark - 1] == '\t')) mark--;
    return mark;
}

static bool restore_bypass(const Reading *reading, int at, Edits *edits)
{
    const int mark = bypass_mark(reading, at);
    if (mark < 0 || mark + 2 > (int)reading->length) return false;
    const int text = skip_blanks(reading, mark + 1), end = line_end(reading, at), before = code_end(reading, at, mark);
    const char *line = source_copy(reading, edits->arena, (Span){at, before});
    const bool list = text < end && reading->text[text] == '[';
    const char *old = list ? strstr(line, "[]") : strstr(line, " = ");
    if (!old || (list && old[2])) return false;
    const int source = at + (int)(old - line) + (list ? 0 : 3);
    edits_add(edits, (Span){source, end}, source_copy(reading, edits->arena, (Span){text, end}));
    return true;
}

static bool restore_line(const Reading *reading, int at, Edits *edits)
{
    const int mark = bypass_mark(reading, at), end = line_end(reading, at);
    if (mark < 0) return false;
    edits_add(edits, (Span){skip_blanks(reading, at), end}, source_copy(reading, edits->arena, (Span){skip_blanks(reading, mark + 1), end}));
    return true;
}

/* ---- off ---- */

static const char *with_marks(const Reading *reading, Arena *arena, Span lines, int column)
{
    Text text = {.arena = arena};
    for (int at = lines.start; at < lines.end;) {
        const int next = line_after(reading, at), blank = skip_blanks(reading, at);
        const int put = blank - at < column ? blank : at + column;
        text_put_bytes(&text, reading->text + at, (size_t)(put - at));
        text_put(&text, "# ");
        text_put_bytes(&text, reading->text + put, (size_t)(next - put));
        at = next;
    }
    return text_string(&text);
}

/* "# " goes where the code begins, on each of its lines. */
static void comment_out(const Reading *reading, Span code, Edits *edits)
{
    const Span lines = {line_begin(reading, code.start), line_after(reading, code.end)};
    const char *marked = with_marks(reading, edits->arena, lines, code.start - lines.start);
    if (line_after(reading, code.start) >= lines.end) edits_add(edits, (Span){code.start, code.start}, "# ");
    else edits_add(edits, lines, marked);
}

static int after_comma(const Reading *reading, int at)
{
    const int comma = skip_blanks(reading, at);
    return comma < (int)reading->length && reading->text[comma] == ',' ? comma + 1 : at;
}

/* Comments inside the lines would come out wrong when the marks are taken off again. */
static bool may_comment(const Reading *reading, Span code)
{
    const PyNode *block;
    const PyNode *statement = source_statement(reading, code, &block);
    const bool only = statement && block && !block->next && block != reading->tree->list && statement->span.start == code.start;
    return stands_alone(reading, code) && !has_byte(reading, code, '#') && !only;
}

/* Nothing on its line comes after, so that a comment may. */
static bool ends_line(const Reading *reading, Span span)
{
    return line_end(reading, span.end) == span.end && !has_byte(reading, span, '\n');
}

static void keep_behind(const Reading *reading, Span span, const char *instead, Edits *edits)
{
    edits_add(edits, span, arena_print(edits->arena, "%s  # %s", instead, source_copy(reading, edits->arena, span)));
}

static bool empty_list(const Reading *reading, const Place *place, Edits *edits)
{
    const PyNode *list = place->form == PLACE_ITEM ? source_list(reading, place->statement) : NULL;
    if (!list || list->list->next || !ends_line(reading, list->span)) return false;
    keep_behind(reading, list->span, "[]", edits);
    return true;
}

static bool take_out_call(const Reading *reading, const Place *place, Edits *edits)
{
    Application a;
    if (!application_of(reading, place, &a)) return false;
    const bool whole = a.statement->span.end == a.call->span.end && stands_alone(reading, a.statement->span);
    const char *source = source_copy(reading, edits->arena, a.argument->outer);
    if (a.target && a.source && strcmp(a.target, a.source) == 0 && may_comment(reading, a.statement->span))
        comment_out(reading, a.statement->span, edits);
    else if (a.target && whole && ends_line(reading, a.call->span)) keep_behind(reading, a.call->span, source, edits);
    else edits_add(edits, a.call->span, source);
    return true;
}

/* A first Flatten that says the input's shape leaves it to the next layer. */
static void hand_on_input(const Reading *reading, const Layer *layer, const Place *place, Edits *edits)
{
    const ArgumentPlace *argument = input_argument(place);
    const char *why;
    if (!argument || reading->model->n_layers < 2 || layer != reading->model->layers[0]) return;
    const Place *next = layer_place(reading, reading->model->layers[1], &why);
    if (next && !input_argument(next))
        argument_add(reading, next, argument->param, source_copy(reading, edits->arena, argument->value), edits);
}

static bool take_out(const Reading *reading, const Layer *layer, Edits *edits, const char **why)
{
    const Place *place = layer_place(reading, layer, why);
    if (!place) return false;
    *why = "edit.many_layers";
    if (place->times > 1 || place->form == PLACE_OTHER) return false;
    *why = "edit.no_place";
    if (place->form == PLACE_CALL) return take_out_call(reading, place, edits);
    Span code = place->statement;
    if (place->form == PLACE_ITEM) code.end = after_comma(reading, code.end);
    if (empty_list(reading, place, edits)) return true;
    if (!may_comment(reading, code)) return edit_remove_layer(reading, layer, edits, why);
    hand_on_input(reading, layer, place, edits);
    comment_out(reading, code, edits);
    return true;
}

/* ---- on ---- */

/* For --model of the same text changed; a refused model has not got its variable yet. */
static const char *shown_name(const Reading *reading)
{
    return reading->shown >= 0 && !reading->error.set ? reading->models[reading->shown].variable : NULL;
}

/* The text with the edits read again: is it taken, with a Flatten in the model? */
static bool brings_flatten(const Reading *reading, const Edits *edits, bool *doubled_input)
{
    Reading again;
    size_t length;
    const ReadOptions options = {.model = shown_name(reading)};
    const char *text = edits_apply(edits, reading->text, reading->length, &length);
    keras_read(&again, edits->arena, text, length, &options);
    const Model *model = again.model;
    const char *why;
    if (!model || !last_flatten(model)) return false;
    const Place *first = model->n_layers > 1 ? layer_place(&again, model->layers[0], &why) : NULL;
    const Place *second = first ? layer_place(&again, model->layers[1], &why) : NULL;
    *doubled_input = first && second && input_argument(first) && input_argument(second);
    return true;
}

/* The layer that is first now gives the input's shape back to the Flatten before it. */
static void take_back_input(const Reading *reading, Edits *edits)
{
    const char *why;
    const Place *first = reading->model->n_layers ? layer_place(reading, reading->model->layers[0], &why) : NULL;
    const ArgumentPlace *argument = first ? input_argument(first) : NULL;
    if (argument) argument_remove(reading, first, argument->param, edits, &why);
}

typedef bool BringBack(const Reading *, int at, Edits *);

static bool uncomment_code(const Reading *reading, int at, Edits *edits)
{
    uncomment(reading, commented_code(reading, at), edits);
    return true;
}

static bool try_back(BringBack *back, const Reading *reading, int at, Edits *edits)
{
    bool doubled_input;
    if (back(reading, at, edits) && edits->n && brings_flatten(reading, edits, &doubled_input)) {
        if (doubled_input) take_back_input(reading, edits);
        return true;
    }
    edits->n = 0;
    return false;
}

static bool bring_back_line(const Reading *reading, int at, Edits *edits)
{
    if (!line_has(reading, at, "Flatten")) return false;
    if (is_comment_line(reading, at)) return try_back(uncomment_code, reading, at, edits);
    return try_back(restore_line, reading, at, edits) || try_back(restore_bypass, reading, at, edits);
}

enum { TRIES_MAX = 8 };

/* The last commented-out Flatten that works. */
static bool bring_back(const Reading *reading, Edits *edits)
{
    int tries = 0;
    for (int at = line_begin(reading, (int)reading->length); tries < TRIES_MAX; at = line_begin(reading, at - 1)) {
        if (line_has(reading, at, "Flatten")) tries++;
        if (bring_back_line(reading, at, edits)) return true;
        if (at == 0) return false;
        if (reading->text[at - 1] == '\n' && at > 1 && reading->text[at - 2] == '\r') at--;
    }
    return false;
}

static bool switch_on(const Reading *reading, Edits *edits, const char **why)
{
    if (reading->model && bring_back(reading, edits)) return true;
    const Layer *target = flatten_target(reading->model);
    *why = "edit.nothing_to_flatten";
    return target && edit_insert_layer(reading, target, "Flatten()", edits, why);
}

/* ---- off, so that on gives the same bytes ---- */

/* A text with a Flatten left has nothing to give back. */
static bool gives_back(const Reading *reading, const Edits *off)
{
    Arena trial;
    arena_open(&trial, 0);
    trial.escape = off->arena->escape;
    size_t length;
    Reading *again = ARENA_NEW(&trial, Reading);
    Edits edits = *off, back = {.arena = &trial};
    const char *why, *text;
    edits.arena = &trial;
    text = edits_apply(&edits, reading->text, reading->length, &length);
    keras_read(again, &trial, text, length, &(ReadOptions){.model = shown_name(reading)});
    bool same = last_flatten(again->model) != NULL;
    if (!same && switch_on(again, &back, &why)) {
        text = edits_apply(&back, again->text, again->length, &length);
        same = length == reading->length && memcmp(text, reading->text, length) == 0;
    }
    arena_close(&trial);
    return same;
}

/* The line as it was goes into a comment behind it; false where the changes are not in one line. */
static bool keep_line(const Reading *reading, const Edits *off, Edits *edits)
{
    if (!off->n) return false;
    const Span line = {line_begin(reading, off->edit[0].span.start), line_end(reading, off->edit[0].span.start)};
    Edits inside = {.arena = edits->arena};
    if (has_byte(reading, line, '#')) return false;
    for (int i = 0; i < off->n; i++) {
        const Span span = off->edit[i].span;
        if (span.start < line.start || span.end > line.end) return false;
        edits_add(&inside, (Span){span.start - line.start, span.end - line.start}, off->edit[i].code);
    }
    size_t length;
    const char *now = edits_apply(&inside, reading->text + line.start, (size_t)(line.end - line.start), &length);
    while (length && (now[length - 1] == ' ' || now[length - 1] == '\t')) length--;
    const char *old = source_copy(reading, edits->arena, (Span){skip_blanks(reading, line.start), line.end});
    edits_add(edits, line, arena_print(edits->arena, "%.*s  # %s", (int)length, now, old));
    return true;
}

static bool switch_off(const Reading *reading, const Layer *layer, Edits *edits, const char **why)
{
    if (!take_out(reading, layer, edits, why)) return false;
    if (gives_back(reading, edits)) return true;
    Edits kept = {.arena = edits->arena};
    if (keep_line(reading, edits, &kept) && gives_back(reading, &kept)) *edits = kept;
    return true;
}

/* ---- the switch ---- */

FlattenState flatten_state(const Reading *reading, const char **why)
{
    Arena arena;
    arena_open(&arena, 0);
    arena.escape = reading->builder.arena->escape;
    Edits edits = {.arena = &arena};
    const bool on = last_flatten(reading->model) != NULL;
    const bool works = edit_flatten(reading, !on, &edits, why);
    arena_close(&arena);
    return !works ? FLATTEN_NOTHING : on ? FLATTEN_ON : FLATTEN_OFF;
}

bool edit_flatten(const Reading *reading, bool on, Edits *edits, const char **why)
{
    const Layer *flatten = last_flatten(reading->model);
    if (on == (flatten != NULL)) return true;
    return on ? switch_on(reading, edits, why) : switch_off(reading, flatten, edits, why);
}
