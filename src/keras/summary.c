#include "keras/summary.h"

#include <string.h>

#include "keras/summary_parts.h"
#include "keras/table.h"

enum { SEQUENTIAL_LENGTH = 88, CONNECTED_LENGTH = 108, TRAINABLE_LENGTH = 12, SCREEN_MARGIN = 4, COLUMN_MIN = 4 };

typedef struct Columns {
    const char *name[TABLE_COLUMNS_MAX];
    double      position[TABLE_COLUMNS_MAX];   /* where each ends, as a share of the line */
    int         n, length;
} Columns;

static const Columns SEQUENTIAL = {
    {"Layer (type)", "Output Shape", "Param #"}, {0.45, 0.80, 1.0}, 3, SEQUENTIAL_LENGTH};
static const Columns CONNECTED = {
    {"Layer (type)", "Output Shape", "Param #", "Connected to"}, {0.3, 0.56, 0.74, 1.0}, 4, CONNECTED_LENGTH};

static Columns with_trainable(Columns columns)
{
    for (int i = 0; i < columns.n; i++) columns.position[i] *= 0.90;
    columns.name[columns.n] = "Trainable";
    columns.position[columns.n++] = 1.0;
    columns.length += TRAINABLE_LENGTH;
    return columns;
}

typedef struct Rich {
    Table                 table;
    GraphView             view;
    const SummaryOptions *options;
    bool                  connected;
    bool                  marked;     /* the model's build() told Keras of no layer */
} Rich;

/* False where a column would be too narrow. */
static bool lay_out(Rich *rich, const Columns *columns)
{
    const int screen = rich->options->columns - SCREEN_MARGIN;
    const int length = rich->options->line_length ? rich->options->line_length
                                                  : columns->length < screen ? columns->length : screen;
    rich->table.width = length;
    rich->table.screen = rich->options->columns;
    rich->table.n_columns = columns->n;
    int used = 0;
    for (int i = 0; i < columns->n; i++) {
        const int width = (int)(columns->position[i] * length) - used;
        if (width < COLUMN_MIN) return false;
        rich->table.column[i] = (TableColumn){.name = columns->name[i], .width = width,
            .align = i == 2 ? TABLE_RIGHT : strcmp(columns->name[i], "Trainable") == 0 ? TABLE_CENTER : TABLE_LEFT};
        used += width;
    }
    return true;
}

/* ---- the cells of a row ---- */

/* Of a layer that was built and never called on symbolic tensors. */
static void put_built_shapes(Text *text, const Layer *layer)
{
    TensorSpec in[BUILD_SHAPES_MAX];
    const int n = build_shapes(layer, in, BUILD_SHAPES_MAX);
    Outputs out = {.arena = text->arena};
    if (!n) {
        text_put_char(text, '?');
    } else if (layer_infer(layer, NULL, in, n, &out, NULL) && out.n) {
        put_shapes(text, out.spec, out.n, &RICH_SHAPES);
    } else {
        text_put_char(text, '?');
    }
}

static const char *shape_cell(const Rich *rich, const Layer *layer, bool traced)
{
    Text text = {.arena = rich->table.arena};
    if (rich->marked) return "?";
    if (!traced && layer->build_config.kind == VALUE_NONE) text_put_char(&text, '?');
    else if (layer->n_calls) put_call_shapes(&text, layer->calls[layer->n_calls - 1], &RICH_SHAPES);
    else put_built_shapes(&text, layer);
    return text_string(&text);
}

static const char *params_cell(const Rich *rich, const Layer *layer)
{
    if (layer->kind && layer->kind->operation) return "0";
    if (!layer->built || (rich->marked && !layer->kind->built_at_make)) return "0 (unbuilt)";
    if (rich->marked) return "0";
    return summary_count(rich->table.arena, layer_params(layer).all);
}

static void put_connections(Text *text, const Node *node)
{
    for (int i = 0; i < node->n_linked; i++) {
        const KerasTensor *tensor = node->in[i];
        if (!tensor->node) continue;
        if (text->length) text_put(text, ", ");
        text_print(text, "%s[%d][%d]", tensor->node->layer->name, call_index(tensor->node), tensor->index);
    }
}

static const char *connected_cell(const Rich *rich, const Layer *layer)
{
    Text text = {.arena = rich->table.arena};
    for (int i = 0; i < layer->n_calls; i++)
        if (view_has(&rich->view, layer->calls[i])) put_connections(&text, layer->calls[i]);
    return text.length ? text_string(&text) : "-";
}

static const char *trainable_cell(const Rich *rich, const Layer *layer)
{
    if (rich->marked || layer_weights(layer, NULL, 0) == 0) return "-";
    return layer->trainable ? "Y" : "N";
}

static const char *name_cell(const Rich *rich, const Layer *layer, int level)
{
    return arena_print(rich->table.arena, "%*s%s%s (%s)", 3 * level, "", level ? "└ " : "", layer->name, layer->class_name);
}

/* traced: calls of the layer left symbolic tensors; not so where Python code alone called it. */
static void add_row(Rich *rich, const Layer *layer, int level, bool traced)
{
    TableRow *row = table_add(&rich->table);
    int n = 0;
    row->cell[n++] = name_cell(rich, layer, level);
    row->cell[n++] = shape_cell(rich, layer, traced);
    row->cell[n++] = params_cell(rich, layer);
    if (rich->connected) row->cell[n++] = connected_cell(rich, layer);
    if (rich->options->show_trainable) row->cell[n++] = trainable_cell(rich, layer);
}

static void add_layer(Rich *rich, const Layer *layer, int level, bool traced)
{
    add_row(rich, layer, level, traced);
    const Model *model = layer->model;
    if (!model || !rich->options->expand_nested || level == NESTING_MAX) return;
    for (int i = 0; i < model->n_layers; i++) {
        const Layer *inner = model->layers[i];
        if (!inner->kind || !inner->kind->operation) add_layer(rich, inner, level + 1, model->kind != MODEL_SUBCLASSED);
    }
}

/* ---- counts ---- */

static const char *size_text(Arena *arena, double bytes)
{
    static const char *const UNITS[] = {"B", "KB", "MB", "GB", "TB", "PB"};
    return memory_text(arena, bytes, UNITS);
}

static void put_count(Text *text, const Rich *rich, const char *title, int64_t count, double bytes)
{
    Arena *arena = rich->table.arena;
    paragraph_print(text, arena_print(arena, " %s params: %s (%s)", title, summary_count(arena, count), size_text(arena, bytes)),
                    rich->options->columns);
}

static void put_rich(Text *text, const Plan *plan, const SummaryOptions *options)
{
    Rich rich = {.table.arena = text->arena, .options = options, .marked = plan->model->only_marked};
    view_make(&rich.view, text->arena, plan->model, edge_is_linked);
    rich.connected = !view_is_line(&rich.view, text->arena);
    Columns columns = rich.connected ? CONNECTED : SEQUENTIAL;
    if (options->show_trainable) columns = with_trainable(columns);
    if (!lay_out(&rich, &columns)) {
        text_put(text, "Insufficient console width to print summary.\n");
        return;
    }
    for (int i = 0; i < plan->n_layers; i++)
        add_layer(&rich, plan->layers[i].layer, 0, plan->model->kind != MODEL_SUBCLASSED);
    const WeightBytes bytes = rich.marked ? (WeightBytes){0} : weight_bytes(text->arena, plan);
    const ParamCount params = rich.marked ? (ParamCount){0} : plan->params;
    paragraph_print(text, arena_print(text->arena, "Model: \"%s\"", plan->model->self->name), options->columns);
    table_print(text, &rich.table);
    put_count(text, &rich, "Total", params.all, bytes.trainable + bytes.frozen);
    put_count(text, &rich, "Trainable", params.trainable, bytes.trainable);
    put_count(text, &rich, "Non-trainable", params.frozen, bytes.frozen);
}

void summary_print(Text *text, const Plan *plan, const SummaryOptions *options)
{
    if (!plan->model) return;
    if (options->plain) put_plain(text, plan, options);
    else put_rich(text, plan, options);
}
