#include "engine/plan.h"

#include <string.h>

#include "engine/layer_parts.h"
#include "engine/model_parts.h"
#include "engine/trace.h"

/* ---- counts of one call ---- */

static bool one_example(TensorSpec *specs, int n)
{
    for (int i = 0; i < n; i++) {
        if (specs[i].shape.rank && specs[i].shape.dim[0] == DIM_NONE) specs[i].shape.dim[0] = 1;
        if (!shape_known(&specs[i].shape)) return false;
    }
    return true;
}

static TensorSpec *specs_of(Arena *arena, KerasTensor *const *tensors, int n)
{
    TensorSpec *specs = ARENA_ARRAY(arena, n, TensorSpec);
    for (int i = 0; i < n; i++) specs[i] = tensors[i]->spec;
    return specs;
}

static int64_t connections_of(Arena *arena, const Node *node)
{
    const Layer *layer = node->layer;
    if (!layer->kind->trace) return node->n_in ? DIM_NONE : 0;
    TensorSpec *in = specs_of(arena, node->in, node->n_in), *out = specs_of(arena, node->out, node->n_out);
    if (!one_example(in, node->n_in) || !one_example(out, node->n_out)) return DIM_NONE;
    const Trace trace = {.layer = layer, .call = &node->call, .in = in, .n_in = node->n_in, .out = out, .n_out = node->n_out};
    return trace_connections(arena, &trace);
}

static int64_t activations_of(const Node *node)
{
    int64_t sum = 0;
    for (int i = 0; i < node->n_out; i++) {
        const Shape *shape = &node->out[i]->spec.shape;
        const int64_t size = shape_span_size(shape, shape->rank ? 1 : 0, shape->rank);
        if (size == DIM_NONE) return DIM_NONE;
        sum = size_add(sum, size);
    }
    return sum;
}

static int64_t dim_add(int64_t a, int64_t b)
{
    return a == DIM_NONE || b == DIM_NONE ? DIM_NONE : size_add(a, b);
}

/* ---- rows ---- */

/* A functional model lists its operations and masks; the others look through operations, and pass masks over. */
static bool is_listed(const Model *model, const Layer *layer)
{
    return model->kind == MODEL_FUNCTIONAL || !layer->kind->operation;
}

static bool is_mask_name(const char *param)
{
    const char *end = strrchr(param, '_');
    return strcmp(end ? end + 1 : param, "mask") == 0;
}

bool plan_mask_at(const Node *node, int input)
{
    int n;
    const ParamSpec *params = kind_call_params(node->layer->kind, &n);
    for (int i = 0; i < n && i < node->call.n; i++) {
        const TensorRange range = node->call.tensors[i];
        if (input >= range.first && input < range.first + range.n) return is_mask_name(params[i].name);
    }
    return false;
}

static void add_name(Arena *arena, PlanLayer *row, const char *name)
{
    const char **names = ARENA_ARRAY(arena, row->n_inputs + 1, const char *);
    for (int i = 0; i < row->n_inputs; i++) names[i] = row->inputs[i];
    names[row->n_inputs++] = name;
    row->inputs = names;
}

static void add_sources(Arena *arena, const Model *model, PlanLayer *row, const KerasTensor *tensor, int depth)
{
    if (!tensor->node || depth > LAYER_DEPTH_MAX) return;
    if (is_listed(model, tensor->node->layer)) {
        add_name(arena, row, tensor->node->layer->name);
        return;
    }
    for (int i = 0; i < tensor->node->n_linked; i++) add_sources(arena, model, row, tensor->node->in[i], depth + 1);
}

static void add_spec(Arena *arena, TensorSpec **specs, int *n, const KerasTensor *tensor)
{
    TensorSpec *all = ARENA_ARRAY(arena, *n + 1, TensorSpec);
    if (*n) memcpy(all, *specs, (size_t)*n * sizeof *all);
    all[(*n)++] = tensor->spec;
    *specs = all;
}

static void add_inputs(Arena *arena, const Model *model, PlanLayer *row, const Node *node)
{
    for (int i = 0; i < node->n_linked; i++) {
        if (model->kind != MODEL_FUNCTIONAL && plan_mask_at(node, i)) continue;
        add_sources(arena, model, row, node->in[i], 0);
        add_spec(arena, &row->in, &row->n_in, node->in[i]);
    }
    if (!node->n_in) add_spec(arena, &row->in, &row->n_in, node->out[0]);
}

static void add_call(Arena *arena, PlanLayer *row, const Node *node)
{
    const Node **calls = ARENA_ARRAY(arena, row->n_calls + 1, const Node *);
    int at = row->n_calls++;
    for (int i = 0; i < at; i++) calls[i] = row->calls[i];
    for (; at > 0 && calls[at - 1]->order > node->order; at--) calls[at] = calls[at - 1];
    calls[at] = node;
    row->calls = calls;
}

static void describe_calls(Arena *arena, const Model *model, PlanLayer *row)
{
    row->shared = row->n_calls > 1;
    if (!row->n_calls) row->activations = row->connections = DIM_NONE;
    for (int i = 0; i < row->n_calls; i++) {
        const Node *node = row->calls[i];
        row->out_list = !node->one_output;
        add_inputs(arena, model, row, node);
        for (int j = 0; j < node->n_out; j++) add_spec(arena, &row->out, &row->n_out, node->out[j]);
        row->activations = dim_add(row->activations, activations_of(node));
        row->connections = dim_add(row->connections, connections_of(arena, node));
    }
}

/* For each layer id the number of its row, from 1; 0 for those that have none. */
typedef struct RowNumbers {
    int *row;
    int  n;
} RowNumbers;

static int row_of(const RowNumbers *numbers, const Layer *layer)
{
    return layer->id < numbers->n ? numbers->row[layer->id] - 1 : -1;
}

static RowNumbers number_rows(Arena *arena, const Model *model, int n_layers)
{
    RowNumbers numbers = {0};
    for (int i = 0; i < n_layers; i++) numbers.n = model->layers[i]->id >= numbers.n ? model->layers[i]->id + 1 : numbers.n;
    numbers.row = ARENA_ARRAY(arena, numbers.n, int);
    for (int i = n_layers - 1; i >= 0; i--) numbers.row[model->layers[i]->id] = i + 1;
    return numbers;
}

PlanLayer plan_row(Arena *arena, const Model *model, const Node *node)
{
    PlanLayer row = {.layer = node->layer, .params = layer_params(node->layer)};
    add_call(arena, &row, node);
    describe_calls(arena, model, &row);
    return row;
}

static RowNumbers make_rows(Plan *plan, Arena *arena, const Model *model)
{
    plan->n_layers = plan->n_rows = model_good_layers(model);
    plan->layers = ARENA_ARRAY(arena, plan->n_layers, PlanLayer);
    const RowNumbers numbers = number_rows(arena, model, plan->n_layers);
    for (int i = 0; i < plan->n_layers; i++)
        plan->layers[i] = (PlanLayer){.layer = model->layers[i], .params = layer_params(model->layers[i])};
    for (int i = 0; i < model->n_steps; i++) {
        const int row = row_of(&numbers, model->steps[i].node->layer);
        if (row >= 0) add_call(arena, &plan->layers[row], model->steps[i].node);
    }
    for (int i = 0; i < plan->n_layers; i++) {
        const int row = row_of(&numbers, plan->layers[i].layer);
        if (row == i) describe_calls(arena, model, &plan->layers[i]);
        else plan->layers[i] = plan->layers[row];   /* the same layer twice in a Sequential */
    }
    return numbers;
}

/* ---- steps ---- */

/* Unknown axes are tried longer and longer: a Reshape after an unknown axis takes some lengths only. */
enum { FILL_TRIES = 64 };

static TensorSpec *filled_inputs(Arena *arena, const Model *model, const Shape *input, int n_input, int64_t fill)
{
    TensorSpec *specs = specs_of(arena, model->inputs, model->n_inputs);
    for (int i = 0; i < model->n_inputs; i++) {
        Shape *shape = &specs[i].shape;
        if (i < n_input) *shape = input[i];
        for (int axis = 0; axis < shape->rank; axis++)
            if (shape->dim[axis] == DIM_NONE) shape->dim[axis] = axis ? fill : 1;
    }
    return specs;
}

static bool has_open_axes(const Model *model)
{
    for (int i = 0; i < model->n_inputs; i++)
        for (int axis = 1; axis < model->inputs[i]->spec.shape.rank; axis++)
            if (model->inputs[i]->spec.shape.dim[axis] == DIM_NONE) return true;
    return false;
}

/* How many steps have shapes. */
static int find_shapes(Plan *plan, Arena *arena, const Model *model, const Shape *input, int n_input, int64_t fill)
{
    const int tries = n_input || !has_open_axes(model) ? 1 : FILL_TRIES;
    int done = 0;
    for (int i = 0; i < tries && done < model->n_steps; i++)
        model_shapes(model, arena, filled_inputs(arena, model, input, n_input, fill + i), plan->tensors, &done, NULL);
    if (done < model->n_steps && tries > 1)
        model_shapes(model, arena, filled_inputs(arena, model, input, n_input, fill), plan->tensors, &done, NULL);
    return done;
}

static bool shapes_are_known(const Plan *plan, const ModelStep *step)
{
    for (int i = 0; i < step->node->n_out; i++)
        if (!shape_known(&plan->tensors[step->first + i].shape)) return false;
    return true;
}

static void make_steps(Plan *plan, Arena *arena, const RowNumbers *rows, const Shape *input, int n_input, int64_t fill)
{
    const Model *model = plan->model;
    plan->tensors = ARENA_ARRAY(arena, model->n_tensors, TensorSpec);
    plan->steps = ARENA_ARRAY(arena, model->n_steps, PlanStep);
    const int done = find_shapes(plan, arena, model, input, n_input, fill);
    for (int i = 0; i < done; i++) {
        const ModelStep *step = &model->steps[i];
        if (!shapes_are_known(plan, step)) break;
        plan->steps[plan->n_steps++] = (PlanStep){.node = step->node, .row = row_of(rows, step->node->layer), .from = step->from,
                                                       .first = step->first, .owner = -1};
        plan->n_tensors = step->first + step->node->n_out;
    }
    plan->inputs = model->input_at;
    plan->n_inputs = model->n_inputs;
    plan->outputs = model->output_at;
    plan->n_outputs = model->n_outputs;
}

static int64_t numbers_of(const Plan *plan)
{
    int64_t sum = plan->params.all;
    for (int i = 0; i < plan->n_tensors; i++) sum = size_add(sum, shape_size(&plan->tensors[i].shape));
    return sum;
}

void plan_make(Plan *plan, Arena *arena, const Model *model, const Shape *input, int n_input, int64_t fill, const Error *error)
{
    *plan = (Plan){.model = model, .error = error};
    const RowNumbers rows = make_rows(plan, arena, model);
    if (model->n_steps) make_steps(plan, arena, &rows, input, n_input, fill);
    plan->params = layer_params(model->self);
    plan->numbers = numbers_of(plan);
}

int plan_find(const Plan *plan, const char *layer_name)
{
    for (int i = 0; i < plan->n_layers; i++)
        if (strcmp(plan->layers[i].layer->name, layer_name) == 0) return i;
    return -1;
}
