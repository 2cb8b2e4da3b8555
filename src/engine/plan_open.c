/* Nested models laid open: the steps inside take their place in the plan. */
#include "engine/plan.h"

#include <string.h>

#include "engine/model_parts.h"

/* Larger models stay closed: what is around them would be lost among their layers. */
enum { INSIDE_MAX = 24, OPENED_DEPTH_MAX = 4 };

typedef struct Opening {
    Arena      *arena;
    Plan       *plan;
    PlanStep   *steps;    size_t n_steps, steps_capacity;
    TensorSpec *tensors;  size_t n_tensors, tensors_capacity;
    PlanLayer  *rows;     size_t n_rows, rows_capacity;
} Opening;

static void add_step(Opening *opening, PlanStep step)
{
    opening->steps = arena_grow(opening->arena, opening->steps, opening->n_steps, &opening->steps_capacity, opening->n_steps + 1, sizeof step);
    opening->steps[opening->n_steps++] = step;
}

static int add_tensors(Opening *opening, const TensorSpec *specs, int n)
{
    const size_t first = opening->n_tensors;
    opening->tensors = arena_grow(opening->arena, opening->tensors, first, &opening->tensors_capacity, first + (size_t)n, sizeof *specs);
    if (n) memcpy(opening->tensors + first, specs, (size_t)n * sizeof *specs);
    opening->n_tensors += (size_t)n;
    return (int)first;
}

static bool is_among(const Model *model, const Layer *layer)
{
    for (int i = 0; i < model->n_layers; i++)
        if (model->layers[i] == layer) return true;
    return false;
}

/* The row of a layer inside: one for all its calls. -1 = the model does not list it. */
static int inner_row(Opening *opening, const Model *model, const Node *node)
{
    if (!is_among(model, node->layer)) return -1;
    for (size_t r = 0; r < opening->n_rows; r++)
        if (opening->rows[r].layer == node->layer) {
            if (r >= (size_t)opening->plan->n_layers) opening->rows[r].shared = true;
            return (int)r;
        }
    opening->rows = arena_grow(opening->arena, opening->rows, opening->n_rows, &opening->rows_capacity, opening->n_rows + 1, sizeof(PlanLayer));
    opening->rows[opening->n_rows] = plan_row(opening->arena, model, node);
    return (int)opening->n_rows++;
}

/* What a nested model computes with; NULL for other layers and for models that stay closed. */
static const Model *graph_inside(const Node *node, int depth)
{
    const Model *model = node->inside ? node->inside : node->layer->model;
    if (!node->layer->model || !node->n_in || !model || depth >= OPENED_DEPTH_MAX) return NULL;
    if (!model->n_steps || model->n_steps > INSIDE_MAX || model->n_inputs > node->n_in) return NULL;
    return model;
}

static bool is_input(const Model *model, const ModelStep *step)
{
    for (int i = 0; i < model->n_inputs; i++)
        if (model->input_at[i] == step->first) return true;
    return false;
}

/* Shapes of all tensors inside; NULL where they are not all known, or where Keras puts the input right first. */
static TensorSpec *specs_inside(const Opening *opening, const Model *model, const int *from)
{
    TensorSpec *specs = ARENA_ARRAY(opening->arena, model->n_tensors, TensorSpec), *in = ARENA_ARRAY(opening->arena, model->n_inputs, TensorSpec);
    int done = 0;
    for (int i = 0; i < model->n_inputs; i++) {
        in[i] = opening->tensors[from[i]];
        if (in[i].shape.rank != model->inputs[i]->spec.shape.rank) return NULL;
    }
    if (!model_shapes(model, opening->arena, in, specs, &done, NULL) || done < model->n_steps) return NULL;
    for (int i = 0; i < model->n_tensors; i++)
        if (!shape_known(&specs[i].shape)) return NULL;
    for (int i = 0; i < model->n_steps; i++)
        if (!model->steps[i].node->n_in && !is_input(model, &model->steps[i])) return NULL;
    return specs;
}

/* Numbers in the plan of the tensors inside: inputs are what comes in. */
static int *numbers_inside(Opening *opening, const Model *model, const TensorSpec *specs, const int *from)
{
    int *number = ARENA_ARRAY(opening->arena, model->n_tensors, int);
    for (int i = 0; i < model->n_steps; i++) {
        const ModelStep *step = &model->steps[i];
        if (is_input(model, step)) continue;
        const int first = add_tensors(opening, specs + step->first, step->node->n_out);
        for (int o = 0; o < step->node->n_out; o++) number[step->first + o] = first + o;
    }
    for (int i = 0; i < model->n_inputs; i++) number[model->input_at[i]] = from[i];
    return number;
}

static void open_step(Opening *opening, PlanStep step, int depth);

static void open_inside(Opening *opening, const Model *listed, const Model *model, const int *number, int depth)
{
    for (int i = 0; i < model->n_steps; i++) {
        const ModelStep *step = &model->steps[i];
        if (is_input(model, step)) continue;
        int *from = ARENA_ARRAY(opening->arena, step->node->n_in, int);
        for (int j = 0; j < step->node->n_in; j++) from[j] = number[step->from[j]];
        open_step(opening, (PlanStep){.node = step->node, .row = inner_row(opening, listed, step->node), .from = from,
                                      .first = number[step->first], .owner = -1}, depth);
    }
}

static void open_step(Opening *opening, PlanStep step, int depth)
{
    const Model *model = graph_inside(step.node, depth);
    const TensorSpec *specs = model ? specs_inside(opening, model, step.from) : NULL;
    if (!specs) {
        add_step(opening, step);
        return;
    }
    const size_t first = opening->n_steps;
    const int *number = numbers_inside(opening, model, specs, step.from);
    open_inside(opening, step.node->layer->model, model, number, depth + 1);
    step.opened = ARENA_ARRAY(opening->arena, step.node->n_out, int);
    for (int o = 0; o < step.node->n_out; o++) step.opened[o] = number[model->output_at[o]];
    for (size_t i = first; i < opening->n_steps; i++)
        if (opening->steps[i].owner < 0) opening->steps[i].owner = (int)opening->n_steps;
    add_step(opening, step);
}

static bool has_nested(const Plan *plan)
{
    for (int s = 0; s < plan->n_steps; s++)
        if (graph_inside(plan->steps[s].node, 0)) return true;
    return false;
}

void plan_open(Plan *plan, Arena *arena)
{
    if (!plan->model || plan->n_steps < plan->model->n_steps || !has_nested(plan)) return;
    Opening opening = {.arena = arena, .plan = plan};
    add_tensors(&opening, plan->tensors, plan->n_tensors);
    opening.rows = arena_grow(arena, NULL, 0, &opening.rows_capacity, (size_t)plan->n_layers + 1, sizeof(PlanLayer));
    if (plan->n_layers) memcpy(opening.rows, plan->layers, (size_t)plan->n_layers * sizeof(PlanLayer));
    opening.n_rows = (size_t)plan->n_layers;
    for (int s = 0; s < plan->n_steps; s++) open_step(&opening, plan->steps[s], 0);
    for (int t = plan->n_tensors; t < (int)opening.n_tensors; t++)
        plan->numbers = size_add(plan->numbers, shape_size(&opening.tensors[t].shape));
    plan->steps = opening.steps;
    plan->n_steps = (int)opening.n_steps;
    plan->tensors = opening.tensors;
    plan->n_tensors = (int)opening.n_tensors;
    plan->layers = opening.rows;
    plan->n_rows = (int)opening.n_rows;
}
