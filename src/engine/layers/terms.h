/* Terms of a trace: counted all, written while there is room. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_TERMS_H
#define SHAPEFLOW_ENGINE_LAYERS_TERMS_H

#include "engine/layer.h"

typedef struct TermList {
    Term   *term;
    int64_t n, cap;
} TermList;

static inline bool terms_have_room(const TermList *list)
{
    return list->n < list->cap;
}

static inline void terms_add(TermList *list, Term term)
{
    if (terms_have_room(list)) list->term[list->n] = term;
    list->n++;
}

/* in[input][from]·scale */
static inline Term term_input(int input, int64_t from, double scale)
{
    return (Term){.input = input, .from = from, .weight = -1, .at = -1, .child = -1, .scale = scale};
}

/* in[0][from]·weight[weight][at] */
static inline Term term_product(int64_t from, int weight, int64_t at)
{
    return (Term){.from = from, .weight = weight, .at = at, .child = -1, .scale = 1};
}

static inline Term term_weight(int weight, int64_t at)
{
    return (Term){.input = -1, .from = -1, .weight = weight, .at = at, .child = -1, .scale = 1};
}

static inline Term term_constant(double value)
{
    return (Term){.input = -1, .from = -1, .weight = -1, .at = -1, .child = -1, .scale = value};
}

#endif
