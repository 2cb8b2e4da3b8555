#include "engine/operations/matrices.h"

#include <string.h>

#include "engine/layers/terms.h"

bool matrices_check(const Shape *shape, Error *err)
{
    if (shape->rank >= 2) return true;
    return err && error_set(err, "ValueError", "Expected input to have rank >= 2. Received input with shape %s.", shape_text(err->arena, shape));
}

bool matrices_check_square(const Shape *shape, Error *err)
{
    if (!matrices_check(shape, err)) return false;
    if (shape->dim[shape->rank - 1] == shape->dim[shape->rank - 2]) return true;
    return err && error_set(err, "ValueError", "Expected a square matrix. Received non-square input with shape %s", shape_text(err->arena, shape));
}

bool matrices_least(const Shape *shape, int64_t *least, Error *err)
{
    const int64_t rows = shape->dim[shape->rank - 2], columns = shape->dim[shape->rank - 1];
    *least = rows < columns ? rows : columns;
    if (rows != DIM_NONE && columns != DIM_NONE) return true;
    return err && error_set(err, "TypeError", "'<' not supported between instances of 'NoneType' and 'int'");
}

Shape matrices_shape(const Shape *shape, int64_t rows, int64_t columns)
{
    Shape out = *shape;
    out.dim[out.rank - 2] = rows;
    out.dim[out.rank - 1] = columns;
    return out;
}

Shape matrices_batch(const Shape *shape)
{
    return shape->rank < 2 ? (Shape){0} : shape_slice(shape, 0, shape->rank - 2);
}

double *matrix_unit(Arena *scratch, int64_t n)
{
    double *unit = ARENA_ARRAY(scratch, n * n, double);
    memset(unit, 0, (size_t)(n * n) * sizeof *unit);
    for (int64_t i = 0; i < n; i++) unit[i * n + i] = 1;
    return unit;
}

void matrix_give(float *out, const double *numbers, int64_t n)
{
    for (int64_t i = 0; i < n; i++) out[i] = (float)numbers[i];
}

void matrix_reflect(double *matrix, int64_t columns, const double *v, int64_t first, int64_t rows, double scale)
{
    for (int64_t c = 0; c < columns; c++) {
        double sum = 0;
        for (int64_t r = first; r < rows; r++) sum += v[r] * matrix[r * columns + c];
        for (int64_t r = first; r < rows; r++) matrix[r * columns + c] -= scale * sum * v[r];
    }
}

/* ---- example by example ---- */

static double *doubles(const Forward *f, const Operand *operand, int64_t from, int64_t n)
{
    double *copy = ARENA_ARRAY(f->scratch, n + 1, double);
    for (int64_t i = 0; i < n; i++) copy[i] = operand_number(operand, f->in, from + i);
    return copy;
}

static int64_t divided(int64_t all, int64_t parts) { return parts ? all / parts : 0; }

void matrices_forward(const Forward *f)
{
    const Algebra *family = f->layer->kind->family;
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    const Operand a = operand_of(f->call, specs, 0), b = f->call->n > 1 ? operand_of(f->call, specs, 1) : (Operand){.absent = true};
    const Shape *shape = &a.spec.shape;
    const int64_t rows = shape->dim[shape->rank - 2], columns = shape->dim[shape->rank - 1], each = rows * columns;
    const int64_t examples = divided(shape_size(shape), each), of_b = b.absent ? 0 : divided(shape_size(&b.spec.shape), examples);
    bool good = operand_known(&a) && (b.absent || operand_known(&b));
    for (int64_t i = 0; i < examples && good; i++) {
        Matrices m = {.layer = f->layer, .dtype = a.spec.dtype, .rows = rows, .columns = columns, .right = divided(of_b, rows), .scratch = f->scratch};
        m.a = doubles(f, &a, i * each, each);
        if (!b.absent) m.b = doubles(f, &b, i * of_b, of_b);
        for (int o = 0; o < f->n_out && o < MATRICES_OUT; o++) m.out[o] = f->out[o].data + i * divided(shape_size(&f->out[o].shape), examples);
        good = family->compute(&m);
    }
    if (!good) *f->impossible = true;
}

/* On all of its example. */
int64_t matrices_trace(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Operand a = operand_of(t->call, t->in, 0);
    const Shape *left = &a.spec.shape;
    const int64_t each = shape_span_size(left, left->rank - 2, left->rank), examples = divided(shape_size(left), each);
    const int64_t example = divided(t->k, divided(shape_size(&t->out[t->output].shape), examples));
    for (int p = 0; p < t->call->n && p < 2; p++) {
        const Operand operand = operand_of(t->call, t->in, p);
        const int64_t n = operand.input < 0 ? 0 : divided(shape_size(&operand.spec.shape), examples);
        for (int64_t i = 0; i < n; i++) terms_add(&list, term_input(operand.input, example * n + i, 1));
    }
    return list.n;
}

void matrices_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const Algebra *family = t->layer->kind->family;
    if (topic == EXPLAIN_RULE) text_put(text, family->rule);
}

