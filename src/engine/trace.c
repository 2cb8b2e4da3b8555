#include "engine/trace.h"

#include "engine/layer_parts.h"
#include "engine/model_parts.h"

/* ---- counting ---- */

/* Outputs and terms looked at in counting the connections of one layer that has no formula for them; more, and the count is left
 * open. */
enum { COUNT_OUTPUTS_MAX = 1 << 11, COUNT_TERMS_MAX = 1 << 16, TERMS_AT_ONCE = 256 };

static int64_t terms_with_input(Arena *arena, const Trace *trace)
{
    Term few[TERMS_AT_ONCE], *terms = few;
    int64_t cap = TERMS_AT_ONCE;
    const int64_t n = layer_trace(trace, terms, cap);
    if (n > COUNT_TERMS_MAX) return DIM_NONE;
    if (n > cap) {
        cap = n;
        terms = ARENA_ARRAY(arena, n, Term);
        layer_trace(trace, terms, cap);
    }
    int64_t with_input = 0;
    for (int64_t i = 0; i < n; i++) with_input += terms[i].input >= 0;
    return with_input;
}

static int64_t count_with_trace(Arena *arena, Trace trace)
{
    int64_t sum = 0, looked_at = 0;
    for (trace.output = 0; trace.output < trace.n_out; trace.output++) {
        const int64_t size = shape_size(&trace.out[trace.output].shape);
        if (size > COUNT_OUTPUTS_MAX) return DIM_NONE;
        for (trace.k = 0; trace.k < size; trace.k++) {
            const int64_t terms = terms_with_input(arena, &trace);
            looked_at += terms + 1;
            if (terms < 0 || looked_at > COUNT_TERMS_MAX) return DIM_NONE;
            sum += terms;
        }
    }
    return sum;
}

int64_t trace_connections(Arena *arena, const Trace *trace)
{
    const LayerKind *kind = trace->layer->kind;
    const int64_t known = kind->connections ? kind->connections(trace) : COUNT_BY_TRACE;
    return known == COUNT_BY_TRACE ? count_with_trace(arena, *trace) : known;
}

/* ---- inside a model ---- */

/* Numbers of all tensors inside, and terms looked at for one output; beyond, the model is drawn without wires. */
enum { MARKS_MAX = 1 << 22, LOOKS_MAX = 1 << 20 };

typedef struct Inner {
    Arena       *arena;
    const Model *model;
    TensorSpec  *specs;      /* of every tensor */
    bool       **needed;     /* for each tensor and element */
    int64_t      looked_at;
} Inner;

static Trace step_trace(const Inner *inner, const ModelStep *step)
{
    TensorSpec *in = ARENA_ARRAY(inner->arena, step->node->n_in, TensorSpec);
    for (int i = 0; i < step->node->n_in; i++) in[i] = inner->specs[step->from[i]];
    return (Trace){.layer = step->node->layer, .call = &step->node->call, .in = in, .n_in = step->node->n_in,
                   .out = &inner->specs[step->first], .n_out = step->node->n_out};
}

static bool open_inner(Inner *inner, Arena *arena, const Trace *trace)
{
    int done;
    int64_t marks = 0;
    *inner = (Inner){.arena = arena, .model = trace->layer->model};
    if (!inner->model->n_steps || trace->n_in < inner->model->n_inputs) return false;
    inner->specs = ARENA_ARRAY(arena, inner->model->n_tensors, TensorSpec);
    if (!model_shapes(inner->model, arena, trace->in, inner->specs, &done, NULL)) return false;
    for (int i = 0; i < inner->model->n_tensors; i++) {
        if (!shape_known(&inner->specs[i].shape)) return false;
        marks = size_add(marks, shape_size(&inner->specs[i].shape));
    }
    return marks <= MARKS_MAX;
}

static void need_all(const Inner *inner, const ModelStep *step)
{
    for (int i = 0; i < step->node->n_in; i++)
        for (int64_t k = 0; k < shape_size(&inner->specs[step->from[i]].shape); k++) inner->needed[step->from[i]][k] = true;
}

static void need_terms(Inner *inner, const ModelStep *step, const Trace *trace)
{
    const int64_t n = layer_trace(trace, NULL, 0);
    inner->looked_at += n;
    if (inner->looked_at > LOOKS_MAX) return;
    Term *terms = ARENA_ARRAY(inner->arena, n, Term);
    layer_trace(trace, terms, n);
    for (int64_t i = 0; i < n; i++)
        if (terms[i].input >= 0) inner->needed[step->from[terms[i].input]][terms[i].from] = true;
}

static void look_behind(Inner *inner, const ModelStep *step)
{
    Trace trace = step_trace(inner, step);
    for (trace.output = 0; trace.output < trace.n_out; trace.output++) {
        const bool *needed = inner->needed[step->first + trace.output];
        for (trace.k = 0; trace.k < shape_size(&trace.out[trace.output].shape); trace.k++) {
            if (!needed[trace.k]) continue;
            if (!step->node->layer->kind->trace) {
                need_all(inner, step);
                return;
            }
            need_terms(inner, step, &trace);
        }
    }
}

static int64_t list_needed(const Inner *inner, Term *terms, int64_t cap)
{
    int64_t n = 0;
    for (int i = 0; i < inner->model->n_inputs; i++) {
        const int tensor = inner->model->input_at[i];
        for (int64_t k = 0; k < shape_size(&inner->specs[tensor].shape); k++) {
            if (!inner->needed[tensor][k]) continue;
            if (n < cap) terms[n] = (Term){.input = i, .from = k, .weight = -1, .at = -1, .child = -1, .scale = 1};
            n++;
        }
    }
    return n;
}

static int64_t find_needed(Arena *arena, const Trace *trace, Term *terms, int64_t cap)
{
    Inner inner;
    if (!open_inner(&inner, arena, trace)) return 0;
    const Model *model = inner.model;
    inner.needed = ARENA_ARRAY(arena, model->n_tensors, bool *);
    for (int i = 0; i < model->n_tensors; i++) inner.needed[i] = ARENA_ARRAY(arena, shape_size(&inner.specs[i].shape), bool);
    inner.needed[model->output_at[trace->output]][trace->k] = true;
    for (int i = model->n_steps - 1; i >= 0; i--)
        if (model->steps[i].node->n_in) look_behind(&inner, &model->steps[i]);
    return inner.looked_at > LOOKS_MAX ? 0 : list_needed(&inner, terms, cap);
}

static int64_t add_connections(Arena *arena, const Trace *trace)
{
    Inner inner;
    int64_t sum = 0;
    if (!open_inner(&inner, arena, trace)) return DIM_NONE;
    for (int i = 0; i < inner.model->n_steps; i++) {
        const ModelStep *step = &inner.model->steps[i];
        if (!step->node->n_in) continue;
        const Trace one = step_trace(&inner, step);
        const int64_t more = step->node->layer->kind->trace ? trace_connections(arena, &one) : DIM_NONE;
        if (more == DIM_NONE) return DIM_NONE;
        sum = size_add(sum, more);
    }
    return sum;
}

/* Traces have no memory of their own: what they need on the way comes and goes with them. */
int64_t model_trace(const Trace *trace, Term *terms, int64_t cap)
{
    Arena arena;
    ArenaTry attempt;
    volatile int64_t n = 0;
    arena_open(&arena, 0);
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) n = find_needed(&arena, trace, terms, cap);
    arena_try_end(&arena, &attempt);
    arena_close(&arena);
    return n;
}

int64_t model_connections(const Trace *trace)
{
    Arena arena;
    ArenaTry attempt;
    volatile int64_t n = DIM_NONE;
    arena_open(&arena, 0);
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) n = add_connections(&arena, trace);
    arena_try_end(&arena, &attempt);
    arena_close(&arena);
    return n;
}
