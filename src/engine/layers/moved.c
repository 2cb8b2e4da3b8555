#include "engine/layers/moved.h"

#include "engine/layers/formula.h"
#include "engine/layers/terms.h"

static int64_t from(const Layer *layer, const Shape *in, const Shape *out, int64_t k)
{
    const Moved *moved = layer->kind->family;
    return moved->from(layer, in, out, k);
}

void moved_forward(const Forward *f)
{
    const Shape *in = &f->in[0].shape, *out = &f->out[0].shape;
    const int64_t size = shape_size(out);
    for (int64_t k = 0; k < size; k++) f->out[0].data[k] = f->in[0].data[from(f->layer, in, out, k)];
}

int64_t moved_trace(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    terms_add(&list, term_input(0, from(t->layer, &t->in[0].shape, &t->out[0].shape, t->k), 1));
    return list.n;
}

int64_t moved_connections(const Trace *t)
{
    return shape_size(&t->out[0].shape);
}

void moved_explain_rule(const Trace *t, Text *text)
{
    const Shape *in = &t->in[0].shape;
    formula_element(text, "x", in, from(t->layer, in, &t->out[0].shape, t->k));
}

void moved_put_axes(Text *text, const Shape *shape)
{
    for (int i = 1; i < shape->rank; i++) text_print(text, i > 1 ? "·%lld" : "%lld", (long long)shape->dim[i]);
}
