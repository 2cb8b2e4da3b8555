#include "engine/operations/dependence.h"

void depend_at(TermList *list, const Operand *operand, int64_t k)
{
    if (operand->input >= 0) terms_add(list, term_input(operand->input, k, 1));
}

void depend_on(TermList *list, const Operand *operand)
{
    const int64_t n = operand->input < 0 ? 0 : shape_size(&operand->spec.shape);
    for (int64_t i = 0; i < n; i++) depend_at(list, operand, i);
}

int64_t depends_on_all(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    for (int i = 0; i < t->n_in; i++) {
        const Operand operand = {.spec = t->in[i], .input = i};
        depend_on(&list, &operand);
    }
    return list.n;
}

int64_t depends_on_place(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Shape *out = &t->out[t->output].shape;
    int64_t at[SHAPE_RANK_MAX];
    place_of(out, t->k, at);
    for (int i = 0; i < t->n_in; i++) terms_add(&list, term_input(i, broadcast_index(&t->in[i].shape, out, at), 1));
    return list.n;
}

void dependence_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const Dependence *family = t->layer->kind->family;
    if (topic == EXPLAIN_RULE) text_put(text, family->rule);
}

bool operands_find(const Forward *f, int n, Operand *operands)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    for (int i = 0; i < n; i++) {
        operands[i] = operand_of(f->call, specs, i);
        if (!operand_known(&operands[i])) *f->impossible = true;
    }
    return !*f->impossible;
}
