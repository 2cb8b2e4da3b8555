#include "engine/layers/grouping.h"

#include "engine/layers/terms.h"

static void walk_place(GroupWalk *w)
{
    w->group = w->weight = 0;
    for (int a = 0; a < w->shape->rank; a++) {
        int64_t place = a == w->grouping->split_axis ? w->at[a] / w->grouping->split : w->at[a];
        w->group += place * w->grouping->group_stride[a];
        w->weight += w->at[a] * w->grouping->weight_stride[a];
    }
}

void group_walk_next(GroupWalk *w)
{
    for (int a = w->shape->rank - 1; a >= 0; a--) {
        if (++w->at[a] < w->shape->dim[a]) break;
        w->at[a] = 0;
    }
    walk_place(w);
}

GroupWalk group_walk_to(const Shape *shape, const Grouping *grouping, int64_t k)
{
    GroupWalk w = {.shape = shape, .grouping = grouping};
    for (int a = shape->rank - 1; a >= 0 && k > 0; a--) {
        w.at[a] = k % shape->dim[a];
        k /= shape->dim[a];
    }
    walk_place(&w);
    return w;
}

double *grouping_squares(const Forward *f, const Grouping *g)
{
    const Tensor *x = &f->in[0];
    double *sum = ARENA_ARRAY(f->scratch, g->groups, double);
    int64_t n = shape_size(&x->shape);
    GroupWalk w = group_walk_to(&x->shape, g, 0);
    for (int64_t k = 0; k < n; k++, group_walk_next(&w)) sum[w.group] += (double)x->data[k] * (double)x->data[k];
    return sum;
}

int64_t grouping_trace(const Trace *t, const Grouping *g, Term *terms, int64_t cap)
{
    int64_t n = 0, size = shape_size(&t->in->shape), of = size / (g->groups ? g->groups : 1);
    GroupWalk here = group_walk_to(&t->in->shape, g, t->k), w = group_walk_to(&t->in->shape, g, 0);
    for (int64_t k = 0; k < size && n < cap; k++, group_walk_next(&w))
        if (w.group == here.group) terms[n++] = term_input(0, k, 1);
    n = of;
    for (int i = 0; i < t->layer->n_weights; i++, n++)
        if (n < cap) terms[n] = term_weight(i, here.weight);
    return n;
}
