#include "engine/operations/copying.h"

#include <inttypes.h>

#include "engine/layers/formula.h"
#include "engine/layers/terms.h"

static Origin origin_of(const Trace *t, const int64_t *at)
{
    const Copying *copying = t->layer->kind->family;
    return copying->origin(t, at);
}

/* What a shape alone could not tell: a place that is not there. */
static bool is_outside(const Trace *t, const Origin *origin)
{
    if (origin->input < 0) return false;
    return origin->input >= t->n_in || origin->from < 0 || origin->from >= shape_size(&t->in[origin->input].shape);
}

void copying_forward(const Forward *f)
{
    Trace trace = {
        .layer = f->layer, .call = f->call, .in = operand_specs(f->scratch, f->in, f->n_in), .n_in = f->n_in,
        .out = operand_specs(f->scratch, f->out, f->n_out), .n_out = f->n_out,
    };
    for (trace.output = 0; trace.output < f->n_out; trace.output++) {
        const Tensor *out = &f->out[trace.output];
        const int64_t size = shape_size(&out->shape);
        int64_t at[SHAPE_RANK_MAX];
        place_begin(at);
        for (trace.k = 0; trace.k < size; trace.k++, place_next(&out->shape, at)) {
            const Origin origin = origin_of(&trace, at);
            if (is_outside(&trace, &origin)) *f->impossible = true;
            else out->data[trace.k] = origin.input < 0 ? (float)origin.value : f->in[origin.input].data[origin.from];
        }
    }
}

static Origin origin_at_k(const Trace *t)
{
    int64_t at[SHAPE_RANK_MAX];
    place_of(&t->out[t->output].shape, t->k, at);
    return origin_of(t, at);
}

int64_t copying_trace(const Trace *t, Term *terms, int64_t cap)
{
    const Origin origin = origin_at_k(t);
    if (is_outside(t, &origin)) return 0;
    if (cap > 0) terms[0] = origin.input < 0 ? term_constant(origin.value) : term_input(origin.input, origin.from, 1);
    return 1;
}

int64_t copying_connections(const Trace *t)
{
    enum { COUNTED = 1 << 20 };
    int64_t n = 0;
    Trace each = *t;
    for (each.output = 0; each.output < t->n_out; each.output++) {
        const int64_t size = shape_size(&t->out[each.output].shape);
        if (size < 0 || size > COUNTED) return COUNT_BY_TRACE;
        for (each.k = 0; each.k < size; each.k++) n += origin_at_k(&each).input >= 0;
    }
    return n;
}

void copying_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic != EXPLAIN_RULE || !shape_known(&t->out[t->output].shape)) return;
    for (int i = 0; i < t->n_in; i++)
        if (!shape_known(&t->in[i].shape)) return;
    const Origin origin = origin_at_k(t);
    if (is_outside(t, &origin)) return;
    if (origin.input < 0) {
        formula_number(text, origin.value);
        return;
    }
    const Shape *shape = &t->in[origin.input].shape;
    int64_t own[SHAPE_RANK_MAX];
    place_of(shape, origin.from, own);
    if (t->n_in == 1 || origin.input >= 26) text_put(text, "x[");
    else text_print(text, "%c[", 'a' + origin.input);
    for (int i = shape->rank > 1 ? 1 : 0; i < shape->rank; i++) text_print(text, i > 1 ? ", %" PRId64 : "%" PRId64, own[i]);
    text_put_char(text, ']');
}
