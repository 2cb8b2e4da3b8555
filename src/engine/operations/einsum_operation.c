/* Einsum as an operation: subscripts with letters, an ellipsis, any number of operands. */
#include <ctype.h>
#include <string.h>

#include "engine/operations/contraction.h"

static const ParamSpec CALL[] = {{.name = "operands", .type = PARAM_TENSORS, .variadic = true}};
static const ParamSpec PARAMS[] = {{.name = "subscripts", .type = PARAM_STRING, .required = true}};
static const char *const ORDER[] = {"subscripts", "operands", NULL};

enum { SPEC_MAX = 64 };

/* The subscripts taken apart: "...ij,jk->...ik". */
typedef struct Subscripts {
    int  n;
    char in[FACTORS_MAX][SPEC_MAX];
    char out[SPEC_MAX];               /* as Keras completes it where there is no arrow */
} Subscripts;

static const char *text_of(const Layer *layer)
{
    return layer->args[0].kind == VALUE_STRING ? layer->args[0].string.bytes : "";
}

/* Without an arrow: "...", then the letters that stand an odd number of times, in their order. */
static void complete(const char *inputs, size_t length, char out[SPEC_MAX])
{
    bool kept[128] = {false}, met[128] = {false};
    size_t n = 3;
    memcpy(out, "...", 3);
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)inputs[i];
        if (c >= 128 || !isalpha(c)) continue;
        kept[c] = !met[c];
        met[c] = true;
    }
    for (int c = 0; c < 128 && n < SPEC_MAX - 1; c++)
        if (kept[c]) out[n++] = (char)c;
    out[n] = 0;
}

static bool refuse(const Layer *layer, const char *format, Error *err)
{
    if (!err) return false;
    Text text = {.arena = err->arena};
    text_put(&text, format);
    return error_set(err, "ValueError", "%s%s%s", text_string(&text), text_of(layer), strstr(format, "subscripts=") ? "." : ".");
}

/* Parts longer than there are letters and axes are no subscripts. */
static bool take_spec(const char *from, size_t length, char to[SPEC_MAX])
{
    if (length >= SPEC_MAX) return false;
    memcpy(to, from, length);
    to[length] = 0;
    return true;
}

static bool take_apart(const Layer *layer, int operands, Subscripts *s, Error *err)
{
    const char *text = text_of(layer), *arrow = strstr(text, "->");
    const size_t length = arrow ? (size_t)(arrow - text) : strlen(text);
    *s = (Subscripts){0};
    if (arrow && strstr(arrow + 2, "->")) return refuse(layer, "At most one '->' is supported in `einsum` subscripts, but received ", err);
    int specs = 1;
    for (size_t i = 0; i < length; i++) specs += text[i] == ',';
    if (specs != operands)
        return err && refuse(layer, arena_print(err->arena, "Number of operands (%d) does not match the number of input specs (%d) in `einsum`, "
                                                "received subscripts=", operands, specs), err);
    for (size_t from = 0; s->n < specs && s->n < FACTORS_MAX; s->n++) {
        size_t to = from;
        while (to < length && text[to] != ',') to++;
        if (!take_spec(text + from, to - from, s->in[s->n])) return refuse(layer, "Too many axes in ", err);
        from = to + 1;
    }
    if (s->n < specs) return refuse(layer, "Too many operands for ", err);
    if (!arrow) complete(text, length, s->out);
    else if (!take_spec(arrow + 2, strlen(arrow + 2), s->out)) return refuse(layer, "Too many axes in ", err);
    return true;
}

/* ---- shapes ---- */

/* The axes that an ellipsis stands for. */
typedef struct Ellipsis {
    bool there;
    int  first, n;
} Ellipsis;

static Ellipsis ellipsis_of(const char *spec, int rank)
{
    const char *dots = strstr(spec, "...");
    const int named = (int)strlen(spec) - (dots ? 3 : 0);
    return (Ellipsis){.there = dots != NULL, .first = dots ? (int)(dots - spec) : 0, .n = dots && rank > named ? rank - named : 0};
}

/* The axis of an operand that a letter names; -1 = none. */
static int axis_named(const char *spec, int rank, char letter)
{
    const Ellipsis dots = ellipsis_of(spec, rank);
    const char *found = strchr(spec, letter);
    if (!found) return -1;
    const int at = (int)(found - spec);
    return dots.there && at > dots.first ? at - 3 + dots.n : at;
}

static bool check_rank(const char *spec, const Shape *shape, Error *err)
{
    const bool dots = strstr(spec, "...") != NULL;
    const int named = (int)strlen(spec) - (dots ? 3 : 0);
    if (dots && named > shape->rank) return error_set(err, "IndexError", "list index out of range");
    if (dots || named == shape->rank || !err) return dots || named == shape->rank;
    Text sizes = {.arena = err->arena};
    for (int i = 0; i < shape->rank; i++) text_print(&sizes, i ? ", %lld" : "%lld", (long long)shape->dim[i]);
    return error_set(err, "ValueError", "Number of dimensions in the subscript does not match the number of dimensions in the operand, "
                     "received subscript `%s` and operand of shape [%s].", spec, text_string(&sizes));
}

/* The output as one operand alone would have it: 1 where it has no say. */
static bool expanded(const char *spec, const char *out, const Shape *shape, Shape *result)
{
    const Ellipsis dots = ellipsis_of(spec, shape->rank);
    *result = (Shape){0};
    for (const char *c = out; *c; c++) {
        const bool wild = strncmp(c, "...", 3) == 0;
        const int axis = wild ? -1 : axis_named(spec, shape->rank, *c), n = wild ? dots.n : 1;
        if (result->rank + n > SHAPE_RANK_MAX) return false;
        for (int i = 0; i < n; i++) result->dim[result->rank++] = wild ? shape->dim[dots.first + i] : axis < 0 ? 1 : shape->dim[axis];
        if (wild) c += 2;
    }
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const ValueList *items = call->args[0].list;
    Operand operands[FACTORS_MAX];
    Subscripts s;
    Shape shape = {0}, other;
    Dtype dtype;
    int place = call->tensors[0].first;
    (void)n_in;
    if (!take_apart(layer, (int)items->n, &s, err)) return false;
    for (int i = 0; i < s.n; i++) {
        operands[i] = operand_of_value(&items->items[i], in, place);
        place += operands[i].input >= 0;
        if (!check_rank(s.in[i], &operands[i].spec.shape, err)) return false;
        if (!expanded(s.in[i], s.out, &operands[i].spec.shape, &other)) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
        if (i == 0) shape = other;
        else if (!shapes_broadcast(&shape, &other, &shape, err)) return false;
    }
    if (!operand_types(operands, s.n, &dtype, err)) return false;
    outputs_add(out, shape, dtype == DTYPE_INT8 ? DTYPE_INT32 : dtype);
    return true;
}

/* ---- letters ---- */

/* Axes of ellipses are named from the right, by characters that are no letters. */
static bool spell(const char *spec, int ellipsis, char letters[SHAPE_RANK_MAX + 1])
{
    int n = 0;
    for (const char *c = spec; *c; c++) {
        const bool wild = strncmp(c, "...", 3) == 0;
        for (int i = wild ? ellipsis : 1; i > 0; i--) {
            if (n == SHAPE_RANK_MAX) return false;
            letters[n++] = wild ? (char)i : *c;
        }
        if (wild) c += 2;
    }
    letters[n] = 0;
    return true;
}

static bool letters(const Layer *layer, Contraction *c, Error *err)
{
    Subscripts s;
    int most = 0;
    if (!take_apart(layer, c->n, &s, err)) return false;
    for (int i = 0; i < c->n; i++) {
        const int n = ellipsis_of(s.in[i], c->factor[i].shape.rank).n;
        if (!spell(s.in[i], n, c->factor[i].letters)) return false;
        most = n > most ? n : most;
    }
    return spell(s.out, most, c->out);
}

const LayerKind OPERATION_einsum = {
    OPERATION("Einsum", "numpy"), TAKES(CALL), MADE_WITH(PARAMS), .order = ORDER, .infer = infer, CONTRACTS(letters),
};
