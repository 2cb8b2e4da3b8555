/* rearrange: axes named, parted and joined as a pattern says: "b (h w) c -> b h (w c)". */
#include <ctype.h>
#include <string.h>

#include "engine/operations/copying.h"

enum { NAMES_MAX = 2 * SHAPE_RANK_MAX };

/* One side of the arrow: names in order, each in one of the axes. */
typedef struct Side {
    int         n, axes;
    const char *name[NAMES_MAX];
    size_t      length[NAMES_MAX];
    int         axis[NAMES_MAX];
    bool        grouped[NAMES_MAX];     /* of axes */
} Side;

typedef struct Pattern {
    Side    from, to;
    int64_t size[NAMES_MAX];            /* of the names of `from`; DIM_NONE where the axis is unknown */
    int     place[NAMES_MAX];           /* of the names of `to` among those of `from` */
} Pattern;

static const ParamSpec CALL[] = {
    {.name = "tensor", .required = true}, {.name = "pattern", .type = PARAM_STRING, .required = true}, {.name = "axes_lengths", .type = PARAM_ANY},
};

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Words, and words in brackets together. False where there are too many. */
static bool side_read(Side *side, const char *text, const char *end)
{
    bool inside = false;
    for (const char *c = text; c < end;) {
        if (*c == '(') {
            if (side->axes == SHAPE_RANK_MAX) return false;
            side->grouped[side->axes++] = inside = true;
        }
        if (*c == ')') inside = false;
        const char *first = c;
        while (c < end && is_word(*c)) c++;
        if (c == first) {
            c++;
            continue;
        }
        if (side->n == NAMES_MAX || (!inside && side->axes == SHAPE_RANK_MAX)) return false;
        if (!inside) side->axes++;
        side->name[side->n] = first;
        side->length[side->n] = (size_t)(c - first);
        side->axis[side->n++] = side->axes - 1;
    }
    return true;
}

static int side_find(const Side *side, const char *name, size_t length)
{
    for (int i = 0; i < side->n; i++)
        if (side->length[i] == length && memcmp(side->name[i], name, length) == 0) return i;
    return -1;
}

static bool told_length(const Value *lengths, const char *name, size_t length, int64_t *out)
{
    for (size_t i = 0; lengths->kind == VALUE_DICT && i < lengths->dict->keys.n; i++) {
        const Value *key = &lengths->dict->keys.items[i];
        if (key->kind == VALUE_STRING && key->string.length == length && memcmp(key->string.bytes, name, length) == 0)
            return value_integer(&lengths->dict->values.items[i], out);
    }
    return false;
}

static bool refuse_pattern(const char *exception, const char *message, Error *err)
{
    return err && error_set(err, exception, "%s", message);
}

/* The lengths of the names in one pair of brackets: the one not told is what the others leave. */
static bool part_axis(Pattern *p, int axis, int64_t dim, const Value *lengths, Error *err)
{
    int64_t known = 1;
    int missing = -1;
    for (int i = 0; i < p->from.n; i++) {
        if (p->from.axis[i] != axis) continue;
        const bool told = told_length(lengths, p->from.name[i], p->from.length[i], &p->size[i]);
        if (told) known = size_multiply(known, p->size[i]);
        else if (missing >= 0) return refuse_pattern("KeyError", "a length is missing", err);
        else missing = i;
    }
    if (missing < 0) return true;
    if (dim == DIM_NONE) return refuse_pattern("TypeError", "unsupported operand type(s) for //: 'NoneType' and 'int'", err);
    if (!known) return refuse_pattern("ZeroDivisionError", "integer division or modulo by zero", err);
    p->size[missing] = dim / known;
    return true;
}

static bool read_sizes(Pattern *p, const Shape *shape, const Value *lengths, Error *err)
{
    for (int axis = 0; axis < p->from.axes && axis < shape->rank; axis++)
        if (p->from.grouped[axis] && !part_axis(p, axis, shape->dim[axis], lengths, err)) return false;
    for (int i = 0; i < p->from.n; i++)
        if (!p->from.grouped[p->from.axis[i]]) p->size[i] = p->from.axis[i] < shape->rank ? shape->dim[p->from.axis[i]] : DIM_NONE;
    return true;
}

static bool pattern_of(const Call *call, const Shape *shape, Pattern *p, Error *err)
{
    const Value *text = &call->args[1];
    *p = (Pattern){0};
    const char *arrow = text->kind == VALUE_STRING ? strstr(text->string.bytes, "->") : NULL;
    if (text->kind != VALUE_STRING) return refuse_pattern("TypeError", "expected string or bytes-like object", err);
    if (!arrow) return refuse_pattern("ValueError", "not enough values to unpack (expected 2, got 1)", err);
    if (strstr(arrow + 2, "->")) return refuse_pattern("ValueError", "too many values to unpack (expected 2)", err);
    if (!side_read(&p->from, text->string.bytes, arrow) || !side_read(&p->to, arrow + 2, text->string.bytes + text->string.length))
        return refuse_pattern("ValueError", "The pattern has too many axes.", err);
    if (!read_sizes(p, shape, &call->args[2], err)) return false;
    for (int i = 0; i < p->to.n; i++) {
        p->place[i] = side_find(&p->from, p->to.name[i], p->to.length[i]);
        if (p->place[i] < 0) return refuse_pattern("KeyError", "an axis is not known", err);
    }
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand tensor = operand_of(call, in, 0);
    Pattern p;
    Shape shape = {0};
    (void)layer, (void)n_in;
    if (!pattern_of(call, &tensor.spec.shape, &p, err)) return false;
    shape.rank = p.to.axes;
    for (int i = 0; i < shape.rank; i++) shape.dim[i] = 1;
    for (int i = 0; i < p.to.n; i++) {
        if (p.size[p.place[i]] == DIM_NONE) return refuse_pattern("TypeError", "unsupported operand type(s) for *=: 'int' and 'NoneType'", err);
        shape.dim[p.to.axis[i]] = size_multiply(shape.dim[p.to.axis[i]], p.size[p.place[i]]);
    }
    outputs_add(out, shape, tensor.spec.dtype);
    return true;
}

/* Names from last to first, each a digit of its axis' place. */
static Origin origin(const Trace *t, const int64_t *at)
{
    Pattern p;
    int64_t rest[SHAPE_RANK_MAX], value[NAMES_MAX] = {0}, own[SHAPE_RANK_MAX] = {0};
    if (!pattern_of(t->call, &t->in[0].shape, &p, NULL) || p.to.n != p.from.n || p.from.axes != t->in[0].shape.rank) return (Origin){.from = -1};
    memcpy(rest, at, sizeof rest);
    for (int i = p.to.n - 1; i >= 0; i--) {
        const int64_t size = p.size[p.place[i]];
        value[p.place[i]] = rest[p.to.axis[i]] % size;
        rest[p.to.axis[i]] /= size;
    }
    for (int i = 0; i < p.from.n; i++) own[p.from.axis[i]] = own[p.from.axis[i]] * p.size[i] + value[i];
    return origin_at(t, own);
}

const LayerKind OPERATION_rearrange = {OPERATION("Rearrange", "einops"), TAKES(CALL), .infer = infer, COPIES(origin)};
