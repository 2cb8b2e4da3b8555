#include "engine/einsum.h"

#include <string.h>

#include "engine/matmul.h"

static int find_letter(const EinsumAxes *axes, char letter)
{
    for (int i = 0; i < axes->n; i++)
        if (axes->letter[i] == letter) return i;
    return -1;
}

static int add_letter(EinsumAxes *axes, char letter, int64_t size)
{
    axes->letter[axes->n] = letter;
    axes->size[axes->n] = size;
    return axes->n++;
}

/* The steps of one tensor; new letters are axes to sum over. */
static bool take_tensor(EinsumAxes *axes, const char *letters, const Shape *shape, int64_t *steps)
{
    if ((int)strlen(letters) != shape->rank) return false;
    for (int i = 0; i < shape->rank; i++) {
        int at = find_letter(axes, letters[i]);
        if (at < 0 && axes->n == EINSUM_AXES) return false;
        if (at < 0) at = add_letter(axes, letters[i], shape->dim[i]);
        if (axes->size[at] == 1) axes->size[at] = shape->dim[i];
        if (shape->dim[i] == 1) continue;
        if (axes->size[at] != shape->dim[i]) return false;
        steps[at] += shape_span_size(shape, i + 1, shape->rank);
    }
    return true;
}

bool einsum_axes(const Einsum *e, const Shape *x, const Shape *y, const Shape *out, EinsumAxes *axes)
{
    *axes = (EinsumAxes){0};
    if (!take_tensor(axes, e->out, out, axes->out_step)) return false;
    axes->n_out = axes->n;
    return take_tensor(axes, e->x, x, axes->x_step) && take_tensor(axes, e->y, y, axes->y_step);
}

/* A walk over some of the axes, last fastest. */
typedef struct EinsumWalk {
    const EinsumAxes *axes;
    int     from, to;
    int64_t at[EINSUM_AXES], x, y, out;
} EinsumWalk;

static bool walk_next(EinsumWalk *w)
{
    for (int i = w->to - 1; i >= w->from; i--) {
        w->x += w->axes->x_step[i];
        w->y += w->axes->y_step[i];
        w->out += w->axes->out_step[i];
        if (++w->at[i] < w->axes->size[i]) return true;
        w->x -= w->axes->size[i] * w->axes->x_step[i];
        w->y -= w->axes->size[i] * w->axes->y_step[i];
        w->out -= w->axes->size[i] * w->axes->out_step[i];
        w->at[i] = 0;
    }
    return false;
}

static bool any_empty(const EinsumAxes *axes)
{
    for (int i = 0; i < axes->n; i++)
        if (!axes->size[i]) return true;
    return false;
}

/* out[0..n) += x·y along the last axis of out, whichever operand runs along it. */
static void add_run(const EinsumAxes *axes, const float *x, const float *y, float *out)
{
    const int last = axes->n_out - 1;
    const int64_t n = last < 0 ? 1 : axes->size[last], x_step = last < 0 ? 0 : axes->x_step[last], y_step = last < 0 ? 0 : axes->y_step[last];
    const int64_t out_step = last < 0 ? 0 : axes->out_step[last];
    if (x_step == 0 && y_step == 1 && out_step == 1) matmul_add_scaled(out, y, *x, n);
    else if (y_step == 0 && x_step == 1 && out_step == 1) matmul_add_scaled(out, x, *y, n);
    else
        for (int64_t i = 0; i < n; i++) out[i * out_step] += x[i * x_step] * y[i * y_step];
}

bool einsum(const Einsum *e, const Tensor *x, const Tensor *y, Tensor *out)
{
    EinsumAxes axes;
    if (!einsum_axes(e, &x->shape, &y->shape, &out->shape, &axes)) return false;
    if (any_empty(&axes)) return true;
    EinsumWalk outer = {.axes = &axes, .to = axes.n_out ? axes.n_out - 1 : 0};
    do {
        EinsumWalk sum = {.axes = &axes, .from = axes.n_out, .to = axes.n, .x = outer.x, .y = outer.y};
        do {
            add_run(&axes, x->data + sum.x, y->data + sum.y, out->data + outer.out);
        } while (walk_next(&sum));
    } while (walk_next(&outer));
    return true;
}

/* Adds the steps of element k of axes [from, to), last fastest. */
static void move_to(const EinsumAxes *axes, int from, int to, int64_t k, EinsumTerm *term)
{
    for (int i = to - 1; i >= from; i--) {
        const int64_t size = axes->size[i] ? axes->size[i] : 1;
        term->x += k % size * axes->x_step[i];
        term->y += k % size * axes->y_step[i];
        k /= size;
    }
}

int64_t einsum_terms(const EinsumAxes *axes, int64_t k, int64_t first, EinsumTerm *terms, int64_t cap)
{
    int64_t n = 1;
    for (int i = axes->n_out; i < axes->n; i++) n = size_multiply(n, axes->size[i]);
    EinsumTerm start = {0};
    move_to(axes, 0, axes->n_out, k, &start);
    for (int64_t i = 0; i < cap && first + i < n; i++) {
        terms[i] = start;
        move_to(axes, axes->n_out, axes->n, first + i, &terms[i]);
    }
    return n;
}
