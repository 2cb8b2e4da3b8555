#include "engine/run.h"

#include <string.h>

#include "engine/layer_parts.h"
#include "engine/narrow.h"

/* A gigabyte of numbers. */
const int64_t RUN_NUMBERS_MAX = INT64_C(1) << 28;
const size_t RUN_SCRATCH_MAX = (size_t)1 << 30;

static bool inputs_ready(const Run *run, const PlanStep *step)
{
    for (int i = 0; i < step->node->n_in; i++)
        if (!run->tensors[step->from[i]].data) return false;
    return true;
}

/* Keras tells no size for what depends on numbers. */
static bool outputs_sized(const Run *run, const PlanStep *step)
{
    for (int i = 0; i < step->node->n_out; i++)
        if (!shape_known(&run->tensors[step->first + i].shape)) return false;
    return true;
}

static void compute(Run *run, Arena *arena, Arena *scratch, const PlanStep *step)
{
    const Node *node = step->node;
    Tensor *in = ARENA_ARRAY(scratch, node->n_in, Tensor), *out = &run->tensors[step->first];
    for (int i = 0; i < node->n_in; i++) in[i] = run->tensors[step->from[i]];
    for (int i = 0; i < node->n_out; i++) out[i] = layer_output(arena, node->layer, out[i].shape, out[i].dtype);
    bool impossible = false;
    const Forward forward = {
        .layer = node->layer, .node = node, .call = &node->call, .in = narrow_inputs(scratch, node->layer, in, node->n_in),
        .n_in = node->n_in, .weights = run->table.computed[node->layer->id],
        .out = out, .n_out = node->n_out, .table = &run->table, .scratch = scratch,
        .impossible = &impossible,
    };
    node->layer->kind->forward(&forward);
    for (int i = 0; i < node->n_out; i++) narrow_tensor(&out[i]);
    if (!impossible) return;
    run->why_not = "run.impossible";
    for (int i = 0; i < node->n_out; i++) out[i].data = NULL;
}

/* An opened model's outputs are what came out inside. */
static void take_opened(Run *run, const PlanStep *step)
{
    for (int o = 0; o < step->node->n_out; o++) run->tensors[step->first + o].data = run->tensors[step->opened[o]].data;
}

static void compute_all(Run *run, Arena *arena, Arena *scratch)
{
    for (int i = 0; i < run->plan->n_steps; i++) {
        const PlanStep *step = &run->plan->steps[i];
        if (!step->node->n_in) continue;
        if (step->opened) {
            take_opened(run, step);
            continue;
        }
        if (!inputs_ready(run, step) || !outputs_sized(run, step)) continue;
        if (!layer_computes(step->node->layer)) {
            run->why_not = "run.opaque";
            continue;
        }
        compute(run, arena, scratch, step);
        arena_reset(scratch);
    }
}

static size_t scratch_limit(const Arena *arena)
{
    return arena->limit && arena->limit < RUN_SCRATCH_MAX ? arena->limit : RUN_SCRATCH_MAX;
}

/* Memory of the run comes from `arena`; what a layer needs only while it computes from an arena of its own, which must go
 * whichever of the two runs out. */
static bool run_steps(Run *run, Arena *arena)
{
    Arena scratch;
    ArenaTry attempt, inner;
    arena_open(&scratch, scratch_limit(arena));
    arena_try_begin(arena, &attempt);
    const bool first = setjmp(attempt.here) == 0;
    if (first) {
        arena_try_begin(&scratch, &inner);
        if (setjmp(inner.here) == 0) {
            compute_all(run, arena, &scratch);
            arena_try_end(arena, &attempt);
            arena_close(&scratch);
            return true;
        }
    }
    arena_try_end(arena, &attempt);
    arena_close(&scratch);
    return false;
}

static float *input_numbers(Arena *arena, const Plan *plan, int i, const Tensor *given)
{
    const Tensor numbers = {.shape = given->shape, .dtype = DTYPE_FLOAT32, .data = given->data};
    return narrow_copy(arena, &numbers, plan->tensors[plan->inputs[i]].dtype).data;
}

/* Outputs that the plan did not come to have no numbers. */
static void begin_tensors(Run *run, Arena *arena, const Tensor *input)
{
    const Plan *plan = run->plan;
    const int n = plan->n_tensors > plan->model->n_tensors ? plan->n_tensors : plan->model->n_tensors;
    run->tensors = ARENA_ARRAY(arena, n, Tensor);
    for (int i = 0; i < plan->n_tensors; i++) run->tensors[i] = (Tensor){.shape = plan->tensors[i].shape, .dtype = plan->tensors[i].dtype};
    for (int i = 0; input && i < plan->n_inputs; i++)
        if (plan->inputs[i] < plan->n_tensors) run->tensors[plan->inputs[i]].data = input_numbers(arena, plan, i, &input[i]);
}

static bool all_computed(const Run *run)
{
    for (int i = 0; i < run->plan->n_tensors; i++)
        if (!run->tensors[i].data) return false;
    return run->plan->n_steps >= run->plan->model->n_steps;
}

void run_forward(Run *run, Arena *arena, const Plan *plan, const Tensor *input, int64_t seed)
{
    *run = (Run){.plan = plan};
    begin_tensors(run, arena, input);
    if (!plan->n_steps) {
        run->why_not = "run.no_shapes";
        return;
    }
    if (plan->numbers > RUN_NUMBERS_MAX) {
        run->why_not = "run.too_large";
        return;
    }
    run->table = weight_table_make(arena, plan, seed);
    if (!run_steps(run, arena)) {
        run->why_not = "run.no_memory";
        return;
    }
    run->complete = all_computed(run);
    if (!run->complete && !run->why_not) run->why_not = "run.no_shapes";
}

/* ---- the pattern ---- */

/* Who reads whole numbers from an input: an Embedding's number of rows; 0 when nobody does. */
static int64_t ids_of(const Plan *plan, int input)
{
    const int tensor = plan->inputs[input];
    for (int i = 0; i < plan->n_steps; i++)
        for (int j = 0; j < plan->steps[i].node->n_in; j++) {
            const Layer *layer = plan->steps[i].node->layer;
            if (plan->steps[i].from[j] == tensor && strcmp(layer->kind->name, "Embedding") == 0 && layer->n_weights)
                return layer->weights[0].shape.dim[0];
        }
    return 0;
}

/* 1, 2, 3 ... while they are few; many run from -1 to 1 in 16 steps again and again, so that nothing grows without bound. */
static float pattern_number(int64_t i, int64_t size, int64_t ids)
{
    if (ids > 0) return (float)((i + 1) % ids);
    if (size <= 64) return (float)(i + 1);
    return (float)(i % 17) / 8.0f - 1.0f;
}

Tensor run_pattern(Arena *arena, const Plan *plan, int input)
{
    const TensorSpec *spec = &plan->tensors[plan->inputs[input]];
    const int64_t ids = ids_of(plan, input), size = shape_size(&spec->shape);
    if (size > RUN_NUMBERS_MAX) return (Tensor){.shape = spec->shape, .dtype = spec->dtype};
    Tensor tensor = tensor_make(arena, spec->shape, spec->dtype);
    for (int64_t i = 0; i < size; i++) tensor.data[i] = pattern_number(i, size, ids);
    return tensor;
}

static bool has_numbers(const Run *run, const PlanStep *step)
{
    for (int i = 0; i < step->node->n_out; i++)
        if (!run->tensors[step->first + i].data) return false;
    return inputs_ready(run, step) && run->table.weights[step->node->layer->id];
}

/* Of larger inputs nothing is computed again only to be told. */
static const int64_t TOLD_MAX = 1 << 20;

void run_numbers(const Run *run, int step, int64_t k, Arena *scratch, Text *text)
{
    const PlanStep *at = &run->plan->steps[step];
    const Node *node = at->node;
    if (!node->layer->kind->numbers || !node->n_in || at->opened || !has_numbers(run, at)) return;
    if (shape_size(&run->tensors[at->from[0]].shape) > TOLD_MAX) return;
    Tensor *in = ARENA_ARRAY(scratch, node->n_in, Tensor);
    for (int i = 0; i < node->n_in; i++) in[i] = run->tensors[at->from[i]];
    bool impossible = false;
    const Forward forward = {
        .layer = node->layer, .node = node, .call = &node->call, .in = narrow_inputs(scratch, node->layer, in, node->n_in),
        .n_in = node->n_in, .weights = run->table.computed[node->layer->id],
        .out = &run->tensors[at->first], .n_out = node->n_out, .table = &run->table, .scratch = scratch, .impossible = &impossible,
    };
    node->layer->kind->numbers(&forward, k, text);
}

int64_t run_trace(const Run *run, int step, int output, int64_t k, Term *terms, int64_t cap)
{
    const PlanStep *at = &run->plan->steps[step];
    const Node *node = at->node;
    if (!node->layer->kind->trace) return 0;
    TensorSpec in[RUN_TRACE_INPUTS];
    const int n = node->n_in < RUN_TRACE_INPUTS ? node->n_in : RUN_TRACE_INPUTS;
    for (int i = 0; i < n; i++) in[i] = run->plan->tensors[at->from[i]];
    const Trace trace = {
        .layer = node->layer, .call = &node->call, .in = in, .n_in = n, .out = &run->plan->tensors[at->first], .n_out = node->n_out,
        .output = output, .k = k,
    };
    return layer_trace(&trace, terms, cap);
}
