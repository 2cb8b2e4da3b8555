/* What a field's value does to the text: arguments, dimensions, inputs, weights, new layers, paths. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/facts.h"
#include "app/files.h"
#include "app/filing.h"
#include "app/pointing.h"
#include "app/refit.h"

static bool refuse(App *app, const char *why)
{
    snprintf(app->field.fault, sizeof app->field.fault, "%s", strings_say(app->strings, why ? why : "edit.impossible"));
    return false;
}

/* Applies edits that were found in the newest reading, or says why there are none. */
static bool apply(App *app, const Edits *edits, bool found, const char *why)
{
    if (!found) return refuse(app, why);
    app_apply(app, edits);
    return true;
}

static const Snapshot *base_of(const App *app)
{
    return study_stale(&app->study) || !app->study.now || app->study.now->failed ? NULL : app->study.now;
}

static const PlanLayer *row_of(const Snapshot *snapshot, const Pick *pick)
{
    return pick->layer >= 0 && pick->layer < snapshot->plan.n_rows ? &snapshot->plan.layers[pick->layer] : NULL;
}

/* ---- arguments ---- */

static bool set_argument(App *app, const Layer *layer, const char *param, const char *code)
{
    Arena arena;
    const char *why = NULL;
    app_memory(app, &arena);
    Edits edits = {.arena = &arena};
    const bool found = edit_argument(&app->study.now->reading, layer, param, code, &edits, &why);
    const bool done = apply(app, &edits, found, why);
    arena_close(&arena);
    return done;
}

static bool accept_argument(App *app, const char *text)
{
    const Snapshot *base = base_of(app);
    const PlanLayer *row = base ? row_of(base, &app->field.target.pick) : NULL;
    if (!row || !*text) return refuse(app, NULL);
    return set_argument(app, row->layer, app->field.target.id, text);
}

/* ---- dimensions ---- */

typedef struct Dimension {
    const Layer *layer;     /* whose argument says it */
    const char  *param;
    int          item;      /* of a tuple; -1 = the argument itself */
    bool         of_input;
} Dimension;

static int param_of(const Layer *layer, const char *name)
{
    for (int i = 0; i < layer->kind->n_params; i++)
        if (strcmp(layer->kind->params[i].name, name) == 0) return i;
    return -1;
}

/* Where the input's shape is written: Input(shape=...), input_shape=, batch_shape= ... of the first layer. */
static bool dimension_of_input(const Snapshot *base, int k, Dimension *out)
{
    static const struct { const char *param; int offset; } ways[] = {{"shape", 1}, {"input_shape", 1}, {"batch_shape", 0}, {"input_dim", -1}};
    const Model *model = base->plan.model;
    const Layer *layers[2] = {model->input_layer, model->n_layers ? model->layers[0] : NULL};
    for (int l = 0; l < 2; l++) {
        if (!layers[l] || layers[l]->place < 0 || layers[l]->place >= base->reading.n_places) continue;
        const Place *place = &base->reading.places[layers[l]->place];
        for (int a = 0; a < place->n_args; a++)
            for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
                if (strcmp(place->args[a].param, ways[w].param) == 0) {
                    *out = (Dimension){layers[l], ways[w].param, ways[w].offset < 0 ? -1 : k - ways[w].offset, true};
                    return out->item >= -1;
                }
    }
    return false;
}

static bool dimension_find(const Snapshot *base, const Pick *pick, Dimension *out)
{
    static const struct { const char *kind, *param; int axis; } ways[] = {
        {"Dense", "units", -1}, {"RepeatVector", "n", 1}, {"Embedding", "output_dim", -1}, {"Conv1D", "filters", -1}, {"Conv2D", "filters", -1}, {"Conv3D", "filters", -1},
        {"LSTM", "units", -1}, {"GRU", "units", -1}, {"SimpleRNN", "units", -1}};
    const PlanLayer *row = row_of(base, pick);
    if (!row || strcmp(row->layer->kind->name, "InputLayer") == 0) return dimension_of_input(base, (int)pick->k, out);
    const int rank = row->n_out ? row->out[0].shape.rank : 0;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].kind, row->layer->kind->name) == 0 && pick->k == (ways[i].axis < 0 ? rank + ways[i].axis : ways[i].axis)) {
            *out = (Dimension){row->layer, ways[i].param, -1, false};
            return true;
        }
    if (strcmp(row->layer->kind->name, "Reshape") != 0 || pick->k < 1) return false;
    *out = (Dimension){row->layer, "target_shape", (int)pick->k - 1, false};
    return true;
}

/* The tuple that an argument is: the layer's own, or what is left of the input's shape. */
static Value tuple_of(const Snapshot *base, Arena *arena, const Dimension *d)
{
    const int i = param_of(d->layer, d->param);
    if (i >= 0 && (d->layer->args[i].kind == VALUE_TUPLE || d->layer->args[i].kind == VALUE_LIST)) return d->layer->args[i];
    const Shape *shape = &base->plan.model->inputs[0]->spec.shape;
    const Shape rest = strcmp(d->param, "batch_shape") == 0 ? *shape : shape_slice(shape, 1, shape->rank);
    return value_shape(arena, &rest);
}

/* "(3, 2)" with one item changed. */
static const char *tuple_with(Arena *arena, const ValueList *items, int item, const char *code)
{
    Text text = {.arena = arena};
    text_put_char(&text, '(');
    for (int i = 0; i < (int)items->n; i++)
        text_print(&text, "%s%s", i ? ", " : "", i == item ? code : value_repr_text(arena, &items->items[i]));
    text_put(&text, items->n == 1 ? ",)" : ")");
    return text_string(&text);
}

static bool is_dimension(const char *text)
{
    char *end;
    const long number = strtol(text, &end, 10);
    return strcmp(text, "None") == 0 || (end != text && !*end && number >= -1);
}

/* The argument's code with the new dimension; NULL where it has none. */
static const char *dimension_code(const Snapshot *base, Arena *arena, const Dimension *d, const char *text)
{
    if (d->item < 0) return text;
    const Value tuple = tuple_of(base, arena, d);
    return d->item < (int)tuple.list->n ? tuple_with(arena, tuple.list, d->item, text) : NULL;
}

static bool accept_dimension(App *app, const char *text)
{
    Dimension d;
    const char *why = NULL;
    const Snapshot *base = base_of(app);
    if (!base || !dimension_find(base, &app->field.target.pick, &d)) return refuse(app, NULL);
    if (!is_dimension(text)) return refuse(app, "edit.not_a_number");
    Arena arena;
    app_memory(app, &arena);
    Edits edits = {.arena = &arena};
    const char *code = dimension_code(base, &arena, &d, text);
    const bool found = code && edit_argument(&base->reading, d.layer, d.param, code, &edits, &why);
    if (found && d.of_input) refit_input(base, (int)app->field.target.pick.k, atoll(text), &edits);
    const bool done = apply(app, &edits, found, why);
    arena_close(&arena);
    return done;
}

/* ---- numbers ---- */

static bool number_of(const char *text, double *number)
{
    char *end;
    char plain[64];
    const char *minus = "\xE2\x88\x92";   /* U+2212, as the picture writes it */
    const bool negative = strncmp(text, minus, 3) == 0;
    snprintf(plain, sizeof plain, "%s%s", negative ? "-" : "", negative ? text + 3 : text);
    *number = strtod(plain, &end);
    return end != plain && !*end && isfinite(*number);
}

static int input_of(const Plan *plan, int tensor)
{
    for (int i = 0; i < plan->n_inputs; i++)
        if (plan->inputs[i] == tensor) return i;
    return -1;
}

static bool accept_input(App *app, const char *text)
{
    double number;
    const char *why = NULL;
    const Snapshot *base = base_of(app);
    const int i = base ? input_of(&base->plan, app->field.target.pick.tensor) : -1;
    if (i < 0 || !base->inputs) return refuse(app, NULL);
    if (!number_of(text, &number)) return refuse(app, "edit.not_a_number");
    Arena arena;
    app_memory(app, &arena);
    Edits edits = {.arena = &arena};
    const bool found = edit_input(&base->reading, i, base->inputs, app->field.target.pick.k, number, &edits, &why);
    const bool done = apply(app, &edits, found, why);
    arena_close(&arena);
    return done;
}

/* Of a wrapper the weights are those of what it wraps. */
static const Layer *owner_of(const Layer *layer)
{
    while (!layer->n_weights && layer->n_children == 1) layer = layer->children[0];
    return layer;
}

static bool accept_weight(App *app, const char *text)
{
    double number;
    const char *why = NULL;
    const Pick *pick = &app->field.target.pick;
    const Snapshot *base = base_of(app);
    const PlanLayer *row = base ? row_of(base, pick) : NULL;
    if (!row || !base->run.plan) return refuse(app, NULL);
    if (!number_of(text, &number)) return refuse(app, "edit.not_a_number");
    Arena arena;
    app_memory(app, &arena);
    Edits edits = {.arena = &arena};
    const WeightRef ref = {.layer = owner_of(row->layer), .index = pick->weight};
    const bool found = edit_weight(&base->reading, row->layer, &base->run.table, ref, pick->from, number, &edits, &why);
    const bool done = apply(app, &edits, found, why);
    arena_close(&arena);
    return done;
}

/* ---- layers and paths ---- */

/* The layer that was put in is what comes next to look at. */
static void focus_row(App *app, int row)
{
    const Plan *plan = &app->study.shown->plan;
    Pick pick = {.type = PICK_LAYER, .layer = row < 0 ? plan->n_layers - 1 : row, .step = -1, .tensor = -1, .k = -1, .from = -1, .weight = -1};
    if (!study_stale(&app->study) && pick.layer >= 0 && pick.layer < plan->n_rows) pointing_focus(app, &pick);
}

static bool row_inside(const Plan *plan, int row, int owner)
{
    for (int s = 0; s < plan->n_steps; s++)
        for (int at = s; plan->steps[s].row == row && at >= 0; at = plan->steps[at].owner)
            if (at == owner) return true;
    return false;
}

/* The row that a gap of the picture stands before. Between a model's frame and what is left of it that is the model. */
static int row_after_gap(const Plan *plan, const Pick *pick)
{
    int step = pick->type == PICK_INSERT && pick->step < plan->n_steps ? pick->step : -1;
    if (step < 0) return pick->layer;
    while (plan->steps[step].owner >= 0 && !row_inside(plan, (int)pick->from, plan->steps[step].owner)) step = plan->steps[step].owner;
    return plan->steps[step].row;
}

static bool accept_insert(App *app, const char *text)
{
    const char *why = NULL;
    const Snapshot *base = base_of(app);
    if (!base || !*text) return refuse(app, NULL);
    const int row = row_after_gap(&base->plan, &app->field.target.pick);
    const PlanLayer *before = row >= 0 && row < base->plan.n_rows ? &base->plan.layers[row] : NULL;
    Arena arena;
    app_memory(app, &arena);
    Edits edits = {.arena = &arena};
    const bool found = edit_insert_layer(&base->reading, before ? before->layer : NULL, text, &edits, &why);
    const bool done = apply(app, &edits, found, why);
    if (done) focus_row(app, row);
    else app_say(app, why ? why : "edit.impossible", NULL);
    arena_close(&arena);
    return done;
}

/* A path as a shell reads it: "~" is the home folder, what is relative is so to the document's folder. */
static const char *path_of(const App *app, Arena *arena, const char *text)
{
    const char *home = getenv("HOME");
    if (text[0] == '~' && text[1] == '/' && home) return path_join(arena, home, text + 2);
    return path_join(arena, app->folder, text);
}

/* Another file is written over only when its name is given twice. */
static bool may_write(App *app, const char *path)
{
    char *warned = app->field.warned;
    if (app->field.kind == &FIELD_OPEN || !file_exists(path) || strcmp(path, app->path) == 0 || strcmp(path, warned) == 0) return true;
    snprintf(warned, sizeof app->field.warned, "%s", path);
    return refuse(app, "edit.path_exists");
}

static bool accept_path(App *app, const char *text)
{
    Arena arena;
    if (!*text) return refuse(app, "edit.no_path");
    app_memory(app, &arena);
    const char *path = path_of(app, &arena, text);
    const bool agreed = may_write(app, path);
    if (agreed) {
        field_close(app);
        filing_chosen(app, path);
    }
    arena_close(&arena);
    return agreed;
}

const FieldKind FIELD_ARGUMENT = {.number = true, .accept = accept_argument}, FIELD_DIMENSION = {.number = true, .accept = accept_dimension},
                FIELD_INPUT = {.number = true, .accept = accept_input}, FIELD_WEIGHT = {.number = true, .accept = accept_weight},
                FIELD_INSERT = {.label = "layer.insert", .wide = true, .accept = accept_insert},
                FIELD_OPEN = {.label = "file.open", .wide = true, .accept = accept_path},
                FIELD_SAVE = {.label = "file.save_as", .wide = true, .accept = accept_path},
                FIELD_EXPORT = {.label = "menu.export", .wide = true, .accept = accept_path};

/* ---- opening the right one ---- */

static const char *argument_text(const Snapshot *base, Arena *arena, const PlanLayer *row, const char *param)
{
    const Layer *layer = row->layer;
    if (layer->place >= 0 && layer->place < base->reading.n_places) {
        const Place *place = &base->reading.places[layer->place];
        for (int i = 0; i < place->n_args; i++)
            if (strcmp(place->args[i].param, param) == 0)
                return arena_copy(arena, base->text + place->args[i].value.start, (size_t)(place->args[i].value.end - place->args[i].value.start));
    }
    const int i = param_of(layer, param);
    return i >= 0 ? value_repr_text(arena, &layer->args[i]) : NULL;
}

static bool open_argument(App *app, const Snapshot *base, Arena *arena, const Pick *pick)
{
    const PlanLayer *row = row_of(base, pick);
    const char *text = row && pick->id ? argument_text(base, arena, row, pick->id) : NULL;
    if (text) field_open(app, &FIELD_ARGUMENT, pick, pick->area, text);
    return text;
}

static bool open_dimension(App *app, const Snapshot *base, Arena *arena, const Pick *pick)
{
    Dimension d;
    const PlanLayer *row = row_of(base, pick);
    const Shape *shape = row && row->n_out ? &row->out[0].shape : base->plan.model->n_inputs ? &base->plan.model->inputs[0]->spec.shape : NULL;
    if (!shape || pick->k < 0 || pick->k >= shape->rank || !dimension_find(base, pick, &d)) return false;
    const int64_t dim = shape->dim[pick->k];
    field_open(app, &FIELD_DIMENSION, pick, pick->area, dim == DIM_NONE ? "None" : arena_print(arena, "%lld", (long long)dim));
    return true;
}

static bool open_input(App *app, const Snapshot *base, Arena *arena, const Pick *pick)
{
    const int i = input_of(&base->plan, pick->tensor);
    if (i < 0 || !base->inputs || !base->inputs[i].data || pick->k < 0 || pick->k >= shape_size(&base->inputs[i].shape)) return false;
    field_open(app, &FIELD_INPUT, pick, pick->area, arena_print(arena, "%.6g", (double)base->inputs[i].data[pick->k]));
    return true;
}

static bool open_weight(App *app, const Snapshot *base, Arena *arena, const Pick *pick)
{
    const PlanLayer *row = row_of(base, pick);
    if (!row || !base->run.plan || row->layer->id >= base->run.table.n || !base->run.table.weights[row->layer->id]) return false;
    if (pick->weight < 0 || pick->weight >= row->layer->n_weights) return false;
    const Tensor *weight = &base->run.table.weights[row->layer->id][pick->weight];
    if (!weight->data || pick->from < 0 || pick->from >= shape_size(&weight->shape)) return false;
    field_open(app, &FIELD_WEIGHT, pick, pick->area, arena_print(arena, "%.6g", (double)weight->data[pick->from]));
    return true;
}

/* A wire's weight: the term of its unit that comes from there. */
static bool open_wire(App *app, const Snapshot *base, Arena *arena, const Pick *pick)
{
    UnitFacts facts;
    Pick unit = *pick, weight = *pick;
    unit.type = PICK_UNIT;
    if (!facts_find(&facts, arena, base, &unit) || !facts.step) return false;
    for (int64_t i = 0; i < facts.all_terms; i++) {
        const Term *term = &facts.terms[i];
        if (term->input < 0 || term->from != pick->from || term->weight < 0 || term->child >= 0) continue;
        weight.type = PICK_WEIGHT;
        weight.layer = facts.step->row;
        weight.weight = term->weight;
        weight.from = term->at;
        weight.area = (Rect){app->pointer.x - 30, app->pointer.y - 12, 60, 24};
        return open_weight(app, base, arena, &weight);
    }
    return false;
}

bool field_open_at(App *app, const Pick *pick)
{
    const Snapshot *base = base_of(app);
    if (!base || !base->plan.model || pick->variant > 0) return false;
    Arena arena;
    app_memory(app, &arena);
    bool opened = false;
    switch (pick->type) {
    case PICK_UNIT: opened = open_input(app, base, &arena, pick); break;
    case PICK_SHAPE: opened = open_dimension(app, base, &arena, pick); break;
    case PICK_ARGUMENT: opened = open_argument(app, base, &arena, pick); break;
    case PICK_WEIGHT: opened = open_weight(app, base, &arena, pick); break;
    case PICK_WIRE: opened = open_wire(app, base, &arena, pick); break;
    case PICK_NONE: case PICK_LAYER: case PICK_CODE_LINE: case PICK_SUMMARY_ROW: case PICK_WIDGET: case PICK_INSERT: case PICK_COUNT: break;
    }
    arena_close(&arena);
    return opened;
}
