#include <inttypes.h>
#include <string.h>

#include "keras/legacy.h"
#include "keras/summary_parts.h"

enum { FIELDS_MAX = 5, SEQUENTIAL_LENGTH = 65, CONNECTED_LENGTH = 98, TRAINABLE_LENGTH = 11 };

typedef struct Plain {
    Text             *text;
    GraphView         view;
    const char       *title[FIELDS_MAX];
    int               position[FIELDS_MAX];   /* where each field ends */
    int               n, length;
    bool              connected, expand, trainable;
} Plain;

static void lay_out(Plain *plain, int line_length)
{
    static const double LINE[] = {0.45, 0.85, 1.0}, GRAPH[] = {0.3, 0.6, 0.70, 1.0};
    static const char *const TITLE[] = {"Layer (type)", "Output Shape", "Param #", "Connected to"};
    const double *share = plain->connected ? GRAPH : LINE;
    plain->n = plain->connected ? 4 : 3;
    plain->length = line_length ? line_length : plain->connected ? CONNECTED_LENGTH : SEQUENTIAL_LENGTH;
    for (int i = 0; i < plain->n; i++) {
        plain->title[i] = TITLE[i];
        plain->position[i] = (int)(plain->length * share[i]);
    }
    if (!plain->trainable) return;
    plain->length += TRAINABLE_LENGTH;
    plain->title[plain->n] = "Trainable";
    plain->position[plain->n++] = plain->length;
}

static void put_times(Text *text, const char *string, int n)
{
    for (int i = 0; i < n; i++) text_put(text, string);
}

static void put_rule(const Plain *plain, const char *mark, int level)
{
    put_times(plain->text, "|", level);
    put_times(plain->text, mark, plain->length - 2 * level);
    put_times(plain->text, "|", level);
    text_put_char(plain->text, '\n');
}

/* ---- a row: each field flows down its own column, broken at the end of a shape or a name ---- */

/* Bytes of the first n characters. */
static size_t characters(const char *text, int n)
{
    size_t at = 0;
    while (text[at] && n-- > 0)
        do at++;
        while ((text[at] & 0xC0) == 0x80);
    return at;
}

static int characters_in(const char *text, size_t length)
{
    int n = 0;
    for (size_t i = 0; i < length; i++) n += (text[i] & 0xC0) != 0x80;
    return n;
}

static size_t first_break(const char *text, size_t length)
{
    static const char *const ENDS[] = {"),", "},", "],", "',"};
    for (size_t i = 0; i + 1 < length; i++)
        for (size_t k = 0; k < sizeof ENDS / sizeof *ENDS; k++)
            if (memcmp(text + i, ENDS[k], 2) == 0) return i + 2;
    return length;
}

typedef struct PlainLine {
    Text *text;
    int   used;   /* characters */
} PlainLine;

static void line_put(PlainLine *line, const char *bytes, size_t length)
{
    text_put_bytes(line->text, bytes, length);
    line->used += characters_in(bytes, length);
}

static void line_pad(PlainLine *line, int to)
{
    while (line->used < to) line_put(line, " ", 1);
}

static void put_field(const Plain *plain, PlainLine *line, const char **left, int column, int level)
{
    const bool last = column == plain->n - 1;
    const int start = column ? plain->position[column - 1] : 0, space = last ? 0 : 2;
    int room = plain->position[column] - start - space - (last ? 0 : 1) - (column ? 0 : level);
    if (room < 1) room = 1;
    const size_t fitting = first_break(*left, characters(*left, room));
    if (column == 0) {
        for (int i = 0; i < level; i++) line_put(line, "|", 1);
        line_put(line, " ", 1);
    }
    line_put(line, *left, fitting);
    line_put(line, "  ", (size_t)space);
    *left += fitting;
    line_pad(line, plain->position[column] - (level && last ? level : 0));
}

static void put_row(const Plain *plain, const char *const *fields, int level)
{
    const char *left[FIELDS_MAX] = {0};
    bool more = true;
    for (int i = 0; i < plain->n; i++) left[i] = fields[i];
    while (more) {
        PlainLine line = {.text = plain->text};
        more = false;
        for (int i = 0; i < plain->n; i++) {
            put_field(plain, &line, &left[i], i, level);
            more = more || *left[i];
        }
        put_times(plain->text, "|", level);
        text_put_char(plain->text, '\n');
    }
}

/* ---- fields ---- */

/* Attention gives its scores in a tuple, states come in a list. */
static bool gives_tuple(const Node *node)
{
    return node->n_out > 1 && strstr(node->layer->class_name, "Attention");
}

static const char *shapes_of(const Plain *plain, const Node *node)
{
    Text text = {.arena = plain->text->arena};
    const bool list = strcmp(node->layer->class_name, "InputLayer") == 0;
    if (list) text_put_char(&text, '[');
    put_call_shapes(&text, node, &PLAIN_SHAPES);
    if (list) text_put_char(&text, ']');
    if (gives_tuple(node)) {
        text.bytes[0] = '(';
        text.bytes[text.length - 1] = ')';
    }
    return text_string(&text);
}

/* One shape for all calls, or the word "multiple". */
static const char *shape_field(const Plain *plain, const Layer *layer, bool traced)
{
    if (!traced || !layer->n_calls) return "multiple";
    const char *first = shapes_of(plain, layer->calls[0]);
    for (int i = 1; i < layer->n_calls; i++)
        if (strcmp(first, shapes_of(plain, layer->calls[i])) != 0) return "multiple";
    return first;
}

static const char *params_field(const Plain *plain, const Layer *layer)
{
    if (layer->kind && layer->kind->operation) return "0";
    if (!layer->built) return "0 (unused)";
    return arena_print(plain->text->arena, "%" PRId64, layer_params(layer).all);
}

static void put_connections(const Plain *plain, Text *text, const Node *node)
{
    for (int i = 0; i < node->n_in; i++) {
        const KerasTensor *tensor = node->in[i];
        if (!tensor->node || legacy_is_mask(node, i)) continue;
        text_print(text, "%s'%s[%d][%d]'", text->length > 1 ? ", " : "", legacy_name(plain->text->arena, tensor->node->layer),
                   call_index(tensor->node), tensor->index);
    }
}

static const char *connected_field(const Plain *plain, const Layer *layer)
{
    Text text = {.arena = plain->text->arena};
    text_put_char(&text, '[');
    for (int i = 0; i < layer->n_calls; i++)
        if (view_has(&plain->view, layer->calls[i])) put_connections(plain, &text, layer->calls[i]);
    text_put_char(&text, ']');
    return text_string(&text);
}

static void put_layer_row(const Plain *plain, const Layer *layer, int level, bool traced)
{
    const char *field[FIELDS_MAX];
    int n = 0;
    field[n++] = arena_print(plain->text->arena, "%s (%s)", legacy_name(plain->text->arena, layer), legacy_class(layer));
    field[n++] = shape_field(plain, layer, traced);
    field[n++] = params_field(plain, layer);
    if (plain->connected) field[n++] = connected_field(plain, layer);
    if (plain->trainable) field[n++] = layer->trainable ? "Y" : "N";
    put_row(plain, field, level);
}

static bool is_edge(const Node *node, int input) { return !legacy_is_mask(node, input); }

static bool expanded(const Plain *plain, const Layer *layer, int level)
{
    return plain->expand && layer->model && layer->model->n_layers && level < NESTING_MAX;
}

static void put_model(const Plain *plain, const GraphView *view, int level);

static void put_layer(const Plain *plain, const Layer *layer, int level, bool traced)
{
    put_layer_row(plain, layer, level, traced);
    if (!expanded(plain, layer, level)) return;
    GraphView inner;
    view_make(&inner, plain->text->arena, layer->model, is_edge);
    put_rule(plain, "¯", level + 1);
    put_model(plain, &inner, level + 1);
    put_rule(plain, "¯", level);
}

/* Between a nested model and what follows there is its closing rule, else an empty line. */
static void put_model(const Plain *plain, const GraphView *view, int level)
{
    for (int i = 0; i < view->n_layers; i++) {
        put_layer(plain, view->layers[i], level, view->model->kind != MODEL_SUBCLASSED);
        if ((level && i == view->n_layers - 1) || expanded(plain, view->layers[i], level)) continue;
        put_rule(plain, " ", level);
    }
}

/* ---- the whole ---- */

static void put_count(Text *text, const char *title, int64_t count, double bytes)
{
    static const char *const UNITS[] = {"Byte", "KB", "MB", "GB", "TB", "PB"};
    text_print(text, "%s params: %" PRId64 " (%s)\n", title, count, memory_text(text->arena, bytes, UNITS));
}

void put_plain(Text *text, const Plan *plan, const SummaryOptions *options)
{
    Plain plain = {.text = text, .expand = options->expand_nested, .trainable = options->show_trainable};
    if (!plan->model->built && !plan->error) {
        text_put(text, "This model has not yet been built. Build the model first by calling `build()` or by calling the "
                       "model on a batch of data.\n");
        return;
    }
    view_make(&plain.view, text->arena, plan->model, is_edge);
    if (plan->error && plain.view.n_layers > plan->n_layers) plain.view.n_layers = plan->n_layers;
    plain.connected = !view_is_line(&plain.view, text->arena);
    lay_out(&plain, options->line_length);
    text_print(text, "Model: \"%s\"\n", legacy_name(text->arena, plan->model->self));
    put_rule(&plain, "_", 0);
    put_row(&plain, plain.title, 0);
    put_rule(&plain, "=", 0);
    put_model(&plain, &plain.view, 0);
    put_rule(&plain, "=", 0);
    const WeightBytes bytes = weight_bytes(text->arena, plan);
    put_count(text, "Total", plan->params.all, bytes.trainable + bytes.frozen);
    put_count(text, "Trainable", plan->params.trainable, bytes.trainable);
    put_count(text, "Non-trainable", plan->params.frozen, bytes.frozen);
    put_rule(&plain, "_", 0);
}
