#include "scene/scale.h"

#include <math.h>

#include "scene/number.h"
#include "scene/view.h"

enum { IMAGE_SIZE = 64, MAP_SIZE = 9, MAP_RANK = 4 /* with the batch axis */, COPIES_FOLLOWED = 64 };

static const PlanStep *maker_of(const Plan *plan, int tensor)
{
    for (int s = 0; s < plan->n_steps; s++)
        if (tensor >= plan->steps[s].first && tensor < plan->steps[s].first + plan->steps[s].node->n_out) return &plan->steps[s];
    return NULL;
}

/* The tensor that a layer copies (Flatten, Reshape ...) or passes on with other values in the same places; -1 = none. */
static int copied(const Run *run, const PlanStep *step)
{
    Term terms[2];
    if (!step || step->node->n_in != 1 || step->from[0] < 0 || !step->node->layer->kind->trace) return -1;
    if (step->node->layer->kind->elementwise || step->node->layer->kind->rule != TRACE_SUM) return -1;
    if (run_trace(run, (int)(step - run->plan->steps), 0, 0, terms, 2) != 1) return -1;
    return terms[0].weight < 0 && terms[0].input == 0 && terms[0].scale == 1.0 ? step->from[0] : -1;
}

static bool is_negative_somewhere(const Tensor *tensor, float *largest)
{
    const int64_t n = shape_size(&tensor->shape);
    *largest = 0;
    for (int64_t i = 0; i < n; i++) {
        if (tensor->data[i] < 0) return true;
        if (tensor->data[i] > *largest) *largest = tensor->data[i];
    }
    return false;
}

static bool may_be_image(const Tensor *tensor, const PlanStep *maker)
{
    const bool given = !maker || maker->node->n_in == 0;
    if (tensor->shape.rank >= MAP_RANK) return shape_span_size(&tensor->shape, 1, tensor->shape.rank - 1) >= MAP_SIZE;
    return given && shape_size(&tensor->shape) >= IMAGE_SIZE;
}

Scale scale_find(const Run *run, int tensor, double extent)
{
    const Scale shared = {extent, false};
    if (!run || !run->plan || !run->tensors || tensor < 0) return shared;
    const PlanStep *maker = maker_of(run->plan, tensor);
    for (int i = 0, from; i < COPIES_FOLLOWED && (from = copied(run, maker)) >= 0; i++) {
        tensor = from;
        maker = maker_of(run->plan, tensor);
    }
    float largest;
    const Tensor *numbers = &run->tensors[tensor];
    if (!numbers->data || !may_be_image(numbers, maker) || is_negative_somewhere(numbers, &largest)) return shared;
    return (Scale){largest > 0 ? number_round_up((double)largest) : 1, true};
}

/* Images have a ramp of their own and must not wash everything else out. */
static double largest_on_the_scale(const Run *run)
{
    double most = 0;
    for (int t = 0; run && run->plan && run->tensors && t < run->plan->n_tensors; t++) {
        const Tensor *tensor = &run->tensors[t];
        if (!tensor->data || scale_find(run, t, 1).ramp) continue;
        const int64_t n = shape_size(&tensor->shape);
        for (int64_t i = 0; i < n; i++) {
            const double value = fabs((double)tensor->data[i]);
            if (value > most && !isinf(value)) most = value;
        }
    }
    return most;
}

double picture_extent(const Variant *variants, int n)
{
    double most = 0;
    for (int i = 0; i < n; i++) most = fmax(most, largest_on_the_scale(variants[i].run));
    return number_round_up(most);
}
