#include <math.h>
#include <string.h>

#include "engine/activation.h"
#include "engine/narrow.h"
#include "layer_cases.h"

enum { TERMS_MAX = 1 << 16 };

/* input·weight·scale; NaN where a term names what is not there. */
static double term_value(const Run *run, const PlanStep *step, const Term *term)
{
    double value = term->scale;
    if (term->weight >= 0 && !term_weight_number(&run->table, step->node->layer, term, &value)) return NAN;
    if (term->input < 0) return value;
    if (term->input >= step->node->n_in) return NAN;
    const Tensor *in = &run->tensors[step->from[term->input]];
    if (term->from < 0 || term->from >= shape_size(&in->shape)) return NAN;
    return value * (double)in->data[term->from];
}

static double combined(TraceRule rule, const double *values, int64_t n)
{
    double all = rule == TRACE_MAX ? -INFINITY : 0;
    for (int64_t i = 0; i < n; i++) all = rule == TRACE_MAX ? fmax(all, values[i]) : all + values[i];
    return all;
}

static double largest(const float *data, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++) most = fmax(most, fabs((double)data[i]));
    return most;
}

/* Outputs and what makes them are rounded each by itself in the narrow types. */
static double relative_tolerance(Dtype dtype)
{
    return dtype == DTYPE_FLOAT16 ? 4e-3 : dtype == DTYPE_BFLOAT16 ? 3.2e-2 : 1e-5;
}

static bool compare(const PlanStep *step, const Tensor *expected, const Tensor *sums, double terms_size, Text *problems)
{
    const int64_t size = shape_size(&expected->shape);
    const double allowed = 1e-6 + relative_tolerance(expected->dtype) * fmax(largest(expected->data, size), terms_size);
    for (int64_t k = 0; k < size; k++) {
        if (fabs((double)sums->data[k] - (double)expected->data[k]) <= allowed) continue;
        if (!isfinite(sums->data[k]) && !isfinite(expected->data[k])) continue;
        text_print(problems, "%s: output %lld is %g, its terms make %g\n", step->node->layer->name, (long long)k, (double)expected->data[k],
                   (double)sums->data[k]);
        return false;
    }
    return true;
}

typedef struct Checking {
    Arena          *arena;
    const Run      *run;
    int             at;         /* index of the step */
    const PlanStep *step;
    Term           *terms;
    double         *values;
    double          size;       /* the largest term */
    int64_t         wires;
    Text           *problems;
} Checking;

static bool check_output(Checking *c, int output, int64_t k, double *sum)
{
    const int64_t n = run_trace(c->run, c->at, output, k, c->terms, TERMS_MAX);
    if (n > TERMS_MAX) return true;
    for (int64_t i = 0; i < n; i++) {
        c->values[i] = term_value(c->run, c->step, &c->terms[i]);
        c->wires += c->terms[i].input >= 0;
        if (isnan(c->values[i])) {
            text_print(c->problems, "%s: term %lld of output %lld names what is not there\n", c->step->node->layer->name, (long long)i, (long long)k);
            return false;
        }
        c->size = fmax(c->size, fabs(c->values[i]));
    }
    *sum = combined(layer_rule(c->step->node->layer), c->values, n);
    return true;
}

static bool check_tensor(Checking *c, int output)
{
    const Tensor *out = &c->run->tensors[c->step->first + output];
    const Layer *layer = c->step->node->layer;
    Tensor sums = tensor_make(c->arena, out->shape, out->dtype);
    for (int64_t k = 0; k < shape_size(&out->shape); k++) {
        double sum = 0;
        if (!check_output(c, output, k, &sum)) return false;
        sums.data[k] = (float)sum;
    }
    if (layer_rule(layer) == TRACE_DEPENDS) return true;
    activation_apply(layer_activation(layer), &sums);
    narrow_tensor(&sums);
    return compare(c->step, out, &sums, c->size, c->problems);
}

/* A model counts the wires inside, not those from its inputs. */
static bool holds_model(const Layer *layer)
{
    for (; layer->n_children == 1 && !layer->model; layer = layer->children[0]) continue;
    return layer->model != NULL;
}

/* The formula for wires against the terms themselves. */
static bool check_connections(const Checking *c)
{
    const Node *node = c->step->node;
    if (!node->layer->kind->connections) return true;
    TensorSpec in[RUN_TRACE_INPUTS];
    for (int i = 0; i < node->n_in; i++) in[i] = c->run->plan->tensors[c->step->from[i]];
    const Trace trace = {.layer = node->layer, .call = &node->call, .in = in, .n_in = node->n_in, .out = &c->run->plan->tensors[c->step->first],
                         .n_out = node->n_out};
    const int64_t told = node->layer->kind->connections(&trace);
    if (told == COUNT_BY_TRACE || told == c->wires || holds_model(node->layer)) return true;
    text_print(c->problems, "%s: %lld connections told, %lld traced\n", node->layer->name, (long long)told, (long long)c->wires);
    return false;
}

static void explain_all(const Checking *c)
{
    const Node *node = c->step->node;
    if (!node->layer->kind->explain) return;
    TensorSpec in[RUN_TRACE_INPUTS];
    for (int i = 0; i < node->n_in; i++) in[i] = c->run->plan->tensors[c->step->from[i]];
    Text text = {.arena = c->arena};
    for (int topic = EXPLAIN_TITLE; topic <= EXPLAIN_SHAPE; topic++) {
        const Trace trace = {.layer = node->layer, .call = &node->call, .in = in, .n_in = node->n_in,
                             .out = &c->run->plan->tensors[c->step->first], .n_out = node->n_out};
        node->layer->kind->explain(&trace, (ExplainTopic)topic, &text);
    }
}

static bool check_step(Arena *arena, const Run *run, int at, Text *problems)
{
    const PlanStep *step = &run->plan->steps[at];
    if (!step->node->n_in || step->node->n_in > RUN_TRACE_INPUTS || !step->node->layer->kind->trace) return true;
    for (int i = 0; i < step->node->n_out; i++)
        if (!run->tensors[step->first + i].data || !shape_size(&run->tensors[step->first + i].shape)) return true;
    Checking c = {.arena = arena, .run = run, .at = at, .step = step, .problems = problems,
                  .terms = ARENA_ARRAY(arena, TERMS_MAX, Term), .values = ARENA_ARRAY(arena, TERMS_MAX, double)};
    for (int i = 0; i < step->node->n_out; i++)
        if (!check_tensor(&c, i)) return false;
    explain_all(&c);
    return check_connections(&c);
}

bool check_traces(Arena *arena, const Run *run, Text *problems)
{
    Arena own;
    bool good = true;
    arena_open(&own, 0);
    for (int i = 0; i < run->plan->n_steps; i++) {
        good &= check_step(&own, run, i, problems);
        arena_reset(&own);
    }
    arena_close(&own);
    (void)arena;
    return good;
}
