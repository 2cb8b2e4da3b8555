#include "scene/columns.h"

#include <string.h>

#include "engine/activation.h"

/* How often each tensor is read, and whether the model gives it out. */
typedef struct Uses {
    int  *reads;
    bool *given;
} Uses;

/* Where shapes are known up to some layer only, a plan names tensors that it has not. */
static bool is_tensor(const Plan *plan, int tensor) { return tensor >= 0 && tensor < plan->n_tensors; }

/* Who reads the output of an opened model reads the tensor inside. */
static void uses_pass_inside(const Uses *uses, const PlanStep *step)
{
    for (int o = 0; step->opened && o < step->node->n_out; o++) {
        uses->reads[step->opened[o]] += uses->reads[step->first + o];
        uses->given[step->opened[o]] |= uses->given[step->first + o];
    }
}

static Uses uses_count(Arena *arena, const Plan *plan)
{
    Uses uses = {ARENA_ARRAY(arena, plan->n_tensors + 1, int), ARENA_ARRAY(arena, plan->n_tensors + 1, bool)};
    for (int s = 0; s < plan->n_steps; s++)
        for (int i = 0; i < plan->steps[s].node->n_in && !plan->steps[s].opened; i++) {
            const int tensor = plan->steps[s].from[i];
            if (is_tensor(plan, tensor)) uses.reads[tensor]++;
        }
    for (int i = 0; i < plan->n_outputs; i++)
        if (is_tensor(plan, plan->outputs[i])) uses.given[plan->outputs[i]] = true;
    for (int s = plan->n_steps - 1; s >= 0; s--) uses_pass_inside(&uses, &plan->steps[s]);
    return uses;
}

static bool says_channels_first(const Layer *layer)
{
    if (!layer || !layer->args) return false;
    for (int i = 0; i < layer->kind->n_params; i++)
        if (!strcmp(layer->kind->params[i].name, "data_format")) return value_is_text(&layer->args[i], "channels_first");
    return false;
}

static void column_measure(Column *column, const Plan *plan)
{
    if (column->tensor < 0) return;
    const Shape *shape = &plan->tensors[column->tensor].shape;
    column->batch = shape->rank ? shape->dim[0] : 1;
    column->sample = shape->rank ? shape_slice(shape, 1, shape->rank) : *shape;
    column->size = shape_size(&column->sample);
    if (!column->shape.rank) column->shape = *shape;
}

static Column *column_add(Columns *columns, const Plan *plan, int step, int output)
{
    const PlanStep *at = &plan->steps[step];
    Column *column = &columns->column[columns->n++];
    *column = (Column){
        .layer = at->node->layer, .step = step, .row = at->row, .output = output, .name = at->node->layer->name,
        .tensor = at->first + output, .first_tensor = at->first + output, .input = at->node->n_in == 0,
        .owner = at->owner, .shared = at->row >= 0 && plan->layers[at->row].shared, .channels_first = says_channels_first(at->node->layer),
    };
    column->shape = at->node->out[output]->spec.shape;
    column_measure(column, plan);
    columns->by_tensor[column->tensor] = columns->n - 1;
    return column;
}

/* An elementwise layer goes into the column before it when nobody else looks at what stood there. */
static bool column_fold(Columns *columns, const Plan *plan, const Uses *uses, int step)
{
    const PlanStep *at = &plan->steps[step];
    if (!at->node->layer->kind->elementwise || at->node->n_in != 1 || at->node->n_out != 1 || at->from[0] < 0) return false;
    const int c = is_tensor(plan, at->from[0]) ? columns->by_tensor[at->from[0]] : -1;
    if (c < 0 || uses->reads[at->from[0]] != 1 || uses->given[at->from[0]]) return false;
    Column *column = &columns->column[c];
    if (column->input || column->n_folds == COLUMN_FOLDS || column->owner != at->owner) return false;
    column->fold[column->n_folds++] = step;
    column->tensor = at->first;
    columns->by_tensor[at->first] = c;
    column_measure(column, plan);
    return true;
}

/* Whose outputs are looked at: marks the makers of what a drawn step reads, masks left out. */
static void sources_mark(bool *wanted, const PlanStep *step)
{
    for (int i = 0; i < step->node->n_linked && i < step->node->n_in; i++)
        if (step->from[i] >= 0 && !plan_mask_at(step->node, i)) wanted[step->from[i]] = true;
    for (int o = 0; step->opened && o < step->node->n_out; o++) wanted[step->opened[o]] |= wanted[step->first + o];
}

static bool is_wanted(const bool *wanted, const PlanStep *step)
{
    for (int o = 0; o < step->node->n_out; o++)
        if (wanted[step->first + o]) return true;
    return false;
}

/* Of steps that are not listed (operations of a subclassed model, masks), those that others are computed from. */
static bool *steps_drawn(Arena *arena, const Plan *plan, const Uses *uses)
{
    bool *drawn = ARENA_ARRAY(arena, plan->n_steps + 1, bool), *wanted = ARENA_ARRAY(arena, plan->model->n_tensors + plan->n_tensors + 1, bool);
    for (int t = 0; t < plan->n_tensors; t++) wanted[t] = uses->given[t];
    for (int s = plan->n_steps - 1; s >= 0; s--) {
        const PlanStep *step = &plan->steps[s];
        drawn[s] = step->row >= 0 || !step->node->n_in || is_wanted(wanted, step);
        if (drawn[s]) sources_mark(wanted, step);
    }
    return drawn;
}

static void columns_from_steps(Columns *columns, Arena *arena, const Plan *plan, const Uses *uses)
{
    const bool *drawn = steps_drawn(arena, plan, uses);
    for (int s = 0; s < plan->n_steps; s++) {
        const PlanStep *step = &plan->steps[s];
        for (int o = 0; step->opened && o < step->node->n_out; o++) columns->by_tensor[step->first + o] = columns->by_tensor[step->opened[o]];
        if (step->opened || !drawn[s] || column_fold(columns, plan, uses, s)) continue;
        for (int o = 0; o < step->node->n_out; o++) column_add(columns, plan, s, o);
    }
}

static void column_add_input(Columns *columns, const Plan *plan, int tensor, const Shape *shape)
{
    Column *column = &columns->column[columns->n++];
    *column = (Column){.step = -1, .row = -1, .owner = -1, .tensor = tensor, .first_tensor = tensor, .input = true, .name = "input"};
    if (shape) column->shape = *shape;
    column_measure(column, plan);
    if (tensor >= 0) columns->by_tensor[tensor] = columns->n - 1;
}

/* Inputs that no step makes. */
static void columns_from_inputs(Columns *columns, const Variant *variant)
{
    const Plan *plan = variant->plan;
    for (int i = 0; i < plan->n_inputs; i++) {
        const int tensor = plan->inputs[i];
        bool made = false;
        for (int s = 0; s < plan->n_steps && !made; s++)
            made = tensor >= plan->steps[s].first && tensor < plan->steps[s].first + plan->steps[s].node->n_out;
        if (!made && is_tensor(plan, tensor)) column_add_input(columns, plan, tensor, variant->input_shape);
    }
}

/* Layers of which no step is known, nor one they are folded into. */
static bool *rows_stepped(Arena *arena, const Plan *plan)
{
    bool *stepped = ARENA_ARRAY(arena, plan->n_rows + 1, bool);
    for (int s = 0; s < plan->n_steps; s++)
        if (plan->steps[s].row >= 0) stepped[plan->steps[s].row] = true;
    return stepped;
}

/* They are drawn by their shapes alone. */
static void columns_from_rows(Columns *columns, Arena *arena, const Variant *variant)
{
    const Plan *plan = variant->plan;
    const bool *stepped = rows_stepped(arena, plan);
    const bool listed = plan->n_layers && !strcmp(plan->layers[0].layer->class_name, "InputLayer");
    if (!listed && !columns->n && (variant->input_shape || plan->n_layers)) column_add_input(columns, plan, -1, variant->input_shape);
    for (int r = 0; r < plan->n_layers; r++) {
        const PlanLayer *row = &plan->layers[r];
        if (stepped[r]) continue;
        Column *column = &columns->column[columns->n++];
        *column = (Column){.layer = row->layer, .step = -1, .row = r, .owner = -1, .tensor = -1, .first_tensor = -1,
                           .name = row->layer->name, .shared = row->shared};
        if (row->n_out) column->shape = row->out[0].shape;
    }
}

static void column_add_fault(Columns *columns, const Error *error)
{
    const char *name = error->layer_class ? error->layer_class : error->layer_name ? error->layer_name : "?";
    columns->column[columns->n++] =
        (Column){.step = -1, .row = -1, .owner = -1, .tensor = -1, .first_tensor = -1, .fault = true, .name = name};
}

int columns_source(const Columns *columns, const Plan *plan, int to, int input)
{
    const Column *column = &columns->column[to];
    if (column->step < 0 || input < 0 || input >= plan->steps[column->step].node->n_in) return -1;
    const int tensor = plan->steps[column->step].from[input];
    return is_tensor(plan, tensor) ? columns->by_tensor[tensor] : -1;
}

/* The column of the layer named `name` before column c; folded ones are found by the column they are in. */
static int column_before(const Columns *columns, const Plan *plan, int c, const char *name)
{
    for (int from = c - 1; from >= 0; from--) {
        const Column *column = &columns->column[from];
        if (!strcmp(column->name, name)) return from;
        for (int i = 0; i < column->n_folds; i++)
            if (!strcmp(plan->steps[column->fold[i]].node->layer->name, name)) return from;
    }
    return -1;
}

/* Of a layer known by its row: the layers that feed it, by name; else the one before. */
static int named_source(const Columns *columns, const Plan *plan, int c, int input)
{
    const int row = columns->column[c].row;
    const int from = row < 0 ? -1 : column_before(columns, plan, c, plan->layers[row].inputs[input]);
    return from < 0 && input == 0 ? c - 1 : from;
}

static void edges_find(Columns *columns, Arena *arena, const Plan *plan)
{
    size_t capacity = 0;
    for (int c = 0; c < columns->n; c++) {
        const Column *column = &columns->column[c];
        if (column->fault) continue;
        const bool stepped = column->step >= 0;
        const int n = stepped ? plan->steps[column->step].node->n_in : column->row >= 0 ? plan->layers[column->row].n_inputs : 0;
        const bool in_turn = !stepped && !n && c && column->row >= 0 && plan->model->kind == MODEL_SEQUENTIAL;
        for (int i = 0; i < n + in_turn; i++) {
            const int from = in_turn ? c - 1 : stepped ? columns_source(columns, plan, c, i) : named_source(columns, plan, c, i);
            if (from < 0) continue;
            columns->edge = arena_grow(arena, columns->edge, (size_t)columns->n_edges, &capacity,
                                       (size_t)columns->n_edges + 1, sizeof *columns->edge);
            columns->edge[columns->n_edges++] = (Edge){from, c, i, -1};
        }
    }
}

static void edges_index(Columns *columns, Arena *arena)
{
    columns->first_edge = ARENA_ARRAY(arena, columns->n + 1, int);
    for (int e = 0; e < columns->n_edges; e++) columns->first_edge[columns->edge[e].to + 1]++;
    for (int c = 0; c < columns->n; c++) columns->first_edge[c + 1] += columns->first_edge[c];
}

static void cables_number(Columns *columns)
{
    for (int e = 0; e < columns->n_edges; e++) {
        Edge *edge = &columns->edge[e];
        if (columns->column[edge->to].depth > columns->column[edge->from].depth + 1) edge->cable = columns->n_cables++;
    }
}

int columns_nesting(const Plan *plan, const Column *column)
{
    int n = 0;
    for (int owner = column->owner; owner >= 0; owner = plan->steps[owner].owner) n++;
    return n;
}

bool columns_inside(const Plan *plan, const Column *column, int step)
{
    int owner = column->owner;
    while (owner >= 0 && owner != step) owner = plan->steps[owner].owner;
    return owner == step && step >= 0;
}

bool column_is_share(const Column *column, const Plan *plan)
{
    if (!column->result || column->step < 0 || column->sample.rank != 1 || column->input) return false;
    const int last = column->n_folds ? column->fold[column->n_folds - 1] : column->step;
    const Layer *layer = plan->steps[last].node->layer;
    return !strcmp(layer->kind->name, "Softmax") || !strcmp(layer_activation(layer)->name, "softmax");
}

const Edge *columns_edge(const Columns *columns, int from, int to)
{
    for (int e = columns->first_edge[to]; e < columns->first_edge[to + 1]; e++)
        if (columns->edge[e].from == from) return &columns->edge[e];
    return NULL;
}

/* Longest way from an input. Columns stand in the order of execution, so one pass does. */
static void depths_find(Columns *columns)
{
    for (int e = 0; e < columns->n_edges; e++) {
        const Edge *edge = &columns->edge[e];
        const int depth = columns->column[edge->from].depth + 1;
        if (columns->column[edge->to].depth < depth) columns->column[edge->to].depth = depth;
    }
    for (int c = 0; c < columns->n; c++) {
        Column *column = &columns->column[c];
        if (column->fault && c) column->depth = columns->n_depths;
        if (column->depth + 1 > columns->n_depths) columns->n_depths = column->depth + 1;
    }
}

/* Where the column's sources lie, as a share of the height: branches keep their side. */
static float wish(const Columns *columns, int c)
{
    float sum = 0;
    int n = 0;
    for (int e = columns->first_edge[c]; e < columns->first_edge[c + 1]; e++) {
        const Column *from = &columns->column[columns->edge[e].from];
        sum += ((float)from->lane + 0.5F) / (float)columns->lanes[from->depth];
        n++;
    }
    return n ? sum / (float)n : 0.5F;
}

static void lanes_sort(const Columns *columns, int *members, const float *wishes, int n)
{
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && wishes[members[j]] < wishes[members[j - 1]]; j--) {
            const int moved = members[j];
            members[j] = members[j - 1];
            members[j - 1] = moved;
        }
    for (int i = 0; i < n; i++) columns->column[members[i]].lane = i;
}

static void lanes_find(Columns *columns, Arena *arena)
{
    int *members = ARENA_ARRAY(arena, columns->n + 1, int), *first = ARENA_ARRAY(arena, columns->n_depths + 2, int);
    float *wishes = ARENA_ARRAY(arena, columns->n + 1, float);
    columns->lanes = ARENA_ARRAY(arena, columns->n_depths + 1, int);
    for (int c = 0; c < columns->n; c++) columns->lanes[columns->column[c].depth]++;
    for (int d = 0; d < columns->n_depths; d++) first[d + 1] = first[d] + columns->lanes[d];
    for (int c = columns->n - 1; c >= 0; c--) members[first[columns->column[c].depth] + --columns->lanes[columns->column[c].depth]] = c;
    for (int d = 0; d < columns->n_depths; d++) {
        columns->lanes[d] = first[d + 1] - first[d];
        for (int i = first[d]; i < first[d + 1]; i++) wishes[members[i]] = wish(columns, members[i]);
        lanes_sort(columns, members + first[d], wishes, columns->lanes[d]);
    }
}

static void results_mark(Columns *columns, const Plan *plan)
{
    for (int i = 0; i < plan->n_outputs; i++) {
        const int c = is_tensor(plan, plan->outputs[i]) ? columns->by_tensor[plan->outputs[i]] : -1;
        if (c >= 0) columns->column[c].result = true;
    }
}

/* A map stays channels first until a layer that has a say says otherwise. */
static void channels_inherit(Columns *columns)
{
    for (int e = 0; e < columns->n_edges; e++) {
        const Column *from = &columns->column[columns->edge[e].from];
        Column *to = &columns->column[columns->edge[e].to];
        bool has_a_say = false;
        for (int i = 0; to->layer && i < to->layer->kind->n_params; i++)
            has_a_say |= !strcmp(to->layer->kind->params[i].name, "data_format");
        if (!has_a_say && from->channels_first && from->shape.rank == to->shape.rank) to->channels_first = true;
    }
}

void columns_make(Columns *columns, Arena *arena, const Variant *variant)
{
    const Plan *plan = variant->plan;
    const Uses uses = uses_count(arena, plan);
    *columns = (Columns){.column = ARENA_ARRAY(arena, plan->n_tensors + plan->n_inputs + plan->n_layers + 3, Column),
                         .by_tensor = ARENA_ARRAY(arena, plan->n_tensors + 1, int)};
    for (int t = 0; t < plan->n_tensors; t++) columns->by_tensor[t] = -1;
    if (plan->n_steps) columns_from_inputs(columns, variant);
    columns_from_steps(columns, arena, plan, &uses);
    columns_from_rows(columns, arena, variant);
    edges_find(columns, arena, plan);
    if (plan->error && (columns->n || plan->error->layer_class)) column_add_fault(columns, plan->error);
    edges_index(columns, arena);
    depths_find(columns);
    cables_number(columns);
    lanes_find(columns, arena);
    if (!plan->error) results_mark(columns, plan);
    channels_inherit(columns);
}

/* A folded layer goes by the column it is in, an opened model by what it gives out. */
static int step_named(const Columns *columns, const Plan *plan, const char *name, size_t length)
{
    for (int s = 0; s < plan->n_steps; s++) {
        const char *own = plan->steps[s].node->layer->name;
        if (strlen(own) == length && !memcmp(own, name, length)) return columns->by_tensor[plan->steps[s].first];
    }
    return -1;
}

int columns_find(const Columns *columns, const Plan *plan, const char *name, size_t length)
{
    for (int c = 0; c < columns->n; c++) {
        const Column *column = &columns->column[c];
        if (strlen(column->name) == length && !memcmp(column->name, name, length)) return c;
    }
    const bool any_input = length == 5 && !memcmp(name, "input", 5);
    for (int c = 0; any_input && c < columns->n; c++)
        if (columns->column[c].input) return c;
    return step_named(columns, plan, name, length);
}

int columns_of_row(const Columns *columns, int row)
{
    for (int c = 0; c < columns->n; c++)
        if (row >= 0 && columns->column[c].row == row) return c;
    return -1;
}
