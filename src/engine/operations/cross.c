/* cross: the product of vectors of three numbers, or of two with a third that is 0. */
#include <inttypes.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

static const ParamSpec CALL[] = {{.name = "x1", .required = true}, {.name = "x2", .required = true}};
#define LAST(word) {.name = word, .type = PARAM_INT, .fallback = VALUE_IS_INT(-1)}
static const ParamSpec PARAMS[] = {LAST("axisa"), LAST("axisb"), LAST("axisc"), {.name = "axis", .type = PARAM_INT}};

/* Vectors along an axis of one operand. */
typedef struct Vectors {
    Operand operand;
    int     axis;
    int64_t length;
    Shape   others;     /* without the axis */
} Vectors;

typedef struct Cross {
    Vectors of[2];
    Shape   rest;       /* of both together */
    int     axis;       /* of the result; -1 = it has one number for each pair */
} Cross;

static const Value *axis_of(const Layer *layer, const char *name)
{
    const Value *all = operation_arg(layer, "axis");
    return all->kind == VALUE_NONE ? operation_arg(layer, name) : all;
}

static bool vectors_of(const Layer *layer, const Call *call, const TensorSpec *in, int i, Vectors *v, Error *err)
{
    int64_t axis = 0;
    v->operand = operand_of(call, in, i);
    const Shape *shape = &v->operand.spec.shape;
    value_integer(axis_of(layer, i ? "axisb" : "axisa"), &axis);
    v->axis = shape_axis(shape, axis);
    if (v->axis < 0) return error_set(err, "IndexError", "list index out of range");
    v->length = shape->dim[v->axis];
    v->others = shape_without(shape, v->axis);
    return true;
}

static bool cross_of(const Layer *layer, const Call *call, const TensorSpec *in, Cross *c, Error *err)
{
    if (!vectors_of(layer, call, in, 0, &c->of[0], err) || !vectors_of(layer, call, in, 1, &c->of[1], err)) return false;
    if (!shapes_broadcast(&c->of[0].others, &c->of[1].others, &c->rest, err)) return false;
    for (int i = 0; i < 2; i++) {
        const int64_t length = c->of[i].length;
        if (length != DIM_NONE && length != 2 && length != 3)
            return error_set(err, "ValueError", "`x%d`'s dim on `axis={axis%c}` must be either 2 or 3, but received: %" PRId64, i + 1, 'a' + i, length);
    }
    const bool three = c->of[0].length == 3 || c->of[1].length == 3;
    c->axis = axis_canonical(axis_of(layer, "axisc"), c->rest.rank + three, err);
    if (c->axis < 0) return false;
    if (!three) c->axis = -1;
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Cross c;
    Dtype dtype;
    (void)n_in;
    if (!cross_of(layer, call, in, &c, err)) return false;
    const Operand operands[2] = {c.of[0].operand, c.of[1].operand};
    if (!operand_types(operands, 2, &dtype, err)) return false;
    outputs_add(out, c.axis < 0 ? c.rest : shape_with(&c.rest, c.axis, 3), dtype);
    return true;
}

/* Where number i of the vector stands that belongs to a place of the rest; -1 = the third of two. */
static int64_t number_at(const Vectors *v, const Shape *rest, const int64_t *at, int64_t i)
{
    int64_t own[SHAPE_RANK_MAX], place[SHAPE_RANK_MAX];
    if (i >= v->length) return -1;
    place_of(&v->others, broadcast_index(&v->others, rest, at), place);
    for (int axis = 0, from = 0; axis < v->operand.spec.shape.rank; axis++) own[axis] = axis == v->axis ? i : place[from++];
    return place_index(&v->operand.spec.shape, own);
}

/* Output k: its component, and the place of the rest. */
static int64_t component_of(const Cross *c, const Shape *out, int64_t k, int64_t *at)
{
    int64_t whole[SHAPE_RANK_MAX];
    place_of(out, k, whole);
    for (int i = 0, to = 0; i < out->rank; i++)
        if (i != c->axis) at[to++] = whole[i];
    return c->axis < 0 ? 2 : whole[c->axis];
}

/* Component i is a[j]·b[k] − a[k]·b[j]. */
static void forward(const Forward *f)
{
    Cross c;
    if (!cross_of(f->layer, f->call, operand_specs(f->scratch, f->in, f->n_in), &c, NULL) || !operand_known(&c.of[0].operand) ||
        !operand_known(&c.of[1].operand)) {
        *f->impossible = true;
        return;
    }
    for (int64_t k = 0; k < shape_size(&f->out[0].shape); k++) {
        int64_t at[SHAPE_RANK_MAX];
        const int64_t i = component_of(&c, &f->out[0].shape, k, at);
        double number[2][2];
        for (int v = 0; v < 2; v++)
            for (int n = 0; n < 2; n++) {
                const int64_t from = number_at(&c.of[v], &c.rest, at, (i + 1 + n) % 3);
                number[v][n] = from < 0 ? 0 : operand_number(&c.of[v].operand, f->in, from);
            }
        f->out[0].data[k] = (float)(number[0][0] * number[1][1] - number[0][1] * number[1][0]);
    }
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    Cross c;
    TermList list = {.term = terms, .cap = cap};
    int64_t at[SHAPE_RANK_MAX];
    if (!cross_of(t->layer, t->call, t->in, &c, NULL)) return 0;
    const int64_t i = component_of(&c, &t->out[0].shape, t->k, at);
    for (int v = 0; v < 2; v++)
        for (int n = 1; n <= 2; n++) {
            const int64_t from = number_at(&c.of[v], &c.rest, at, (i + n) % 3);
            if (from >= 0 && c.of[v].operand.input >= 0) terms_add(&list, term_input(c.of[v].operand.input, from, 1));
        }
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    Cross c;
    int64_t at[SHAPE_RANK_MAX];
    if (topic != EXPLAIN_RULE || !shape_known(&t->out[0].shape) || !cross_of(t->layer, t->call, t->in, &c, NULL)) return;
    const int i = (int)component_of(&c, &t->out[0].shape, t->k, at);
    text_print(text, "a[%d]·b[%d] − a[%d]·b[%d]", (i + 1) % 3, (i + 2) % 3, (i + 2) % 3, (i + 1) % 3);
}

const LayerKind OPERATION_cross = {
    OPERATION("Cross", "numpy"), TAKES(CALL), MADE_WITH(PARAMS), .infer = infer, .forward = forward, .trace = trace, .rule = TRACE_DEPENDS,
    .explain = explain,
};
