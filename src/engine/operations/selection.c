/* Operations that pick by conditions or by rank: select, argpartition. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/operations/dependence.h"

/* ---- select: the first condition that holds tells ---- */

static const ParamSpec SELECT_CALL[] = {
    {.name = "condlist", .type = PARAM_TENSORS, .required = true}, {.name = "choicelist", .type = PARAM_TENSORS, .required = true},
    {.name = "default", .fallback = VALUE_IS_INT(0)},
};

static bool is_listed(const Value *value) { return value->kind == VALUE_LIST || value->kind == VALUE_TUPLE; }

static bool check_lists(const Call *call, Error *err)
{
    const Value *conditions = &call->args[0], *choices = &call->args[1];
    if (!is_listed(conditions) || !is_listed(choices))
        return error_set(err, "ValueError", "condlist and choicelist must be lists. Received: type(condlist) = <class '%s'>, type(choicelist) = "
                         "<class '%s'>", value_type(conditions), value_type(choices));
    if (conditions->list->n && choices->list->n) return true;
    return error_set(err, "ValueError", "condlist and choicelist must not be empty. Received: condlist = %s, choicelist = %s",
                     value_str_text(err->arena, conditions), value_str_text(err->arena, choices));
}

static bool infer_select(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!check_lists(call, err)) return false;
    const Operand first = operand_of_value(&call->args[1].list->items[0], in, call->tensors[1].first);
    if (first.input < 0 && !first.data) return error_set(err, "AttributeError", "'%s' object has no attribute 'shape'", value_class_name(first.value));
    outputs_add(out, first.spec.shape, first.spec.dtype);
    return true;
}

/* Everything that is given: conditions, choices, the default. */
typedef struct Selection {
    int      n;             /* conditions, and as many choices */
    Operand *operands;      /* 2·n + 1 */
} Selection;

static int list_operands(const Call *call, int param, const TensorSpec *in, Operand *out)
{
    const ValueList *items = call->args[param].list;
    int place = call->tensors[param].first;
    for (size_t i = 0; i < items->n; i++) {
        out[i] = operand_of_value(&items->items[i], in, place);
        place += out[i].input >= 0;
    }
    return (int)items->n;
}

/* Shapes as NumPy broadcasts them; types as they go together. False where TensorFlow would not have it. */
static bool selection_of(const Call *call, const TensorSpec *in, Arena *arena, Selection *s, TensorSpec *out)
{
    const size_t n = call->args[0].list->n;
    if (call->args[1].list->n != n) return false;
    s->n = (int)n;
    s->operands = ARENA_ARRAY(arena, 2 * n + 1, Operand);
    list_operands(call, 0, in, s->operands);
    list_operands(call, 1, in, s->operands + n);
    s->operands[2 * n] = operand_of(call, in, 2);
    out->shape = (Shape){0};
    for (size_t i = 0; i <= 2 * n; i++)
        if (!operand_known(&s->operands[i]) || !shapes_broadcast(&out->shape, &s->operands[i].spec.shape, &out->shape, NULL)) return false;
    return operand_types(s->operands + n, (int)n + 1, &out->dtype, NULL);
}

static bool infer_select_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Selection s;
    TensorSpec spec;
    (void)layer, (void)n_in, (void)err;
    if (!selection_of(call, in, out->arena, &s, &spec)) return false;
    outputs_add(out, spec.shape, spec.dtype);
    return true;
}

static void forward_select(const Forward *f)
{
    Selection s;
    TensorSpec spec;
    int64_t at[SHAPE_RANK_MAX];
    if (!selection_of(f->call, operand_specs(f->scratch, f->in, f->n_in), f->scratch, &s, &spec)) return;
    place_begin(at);
    for (int64_t k = 0; k < shape_size(&spec.shape); k++, place_next(&spec.shape, at)) {
        int i = 0;
        while (i < s.n && operand_number(&s.operands[i], f->in, broadcast_index(&s.operands[i].spec.shape, &spec.shape, at)) == 0.0) i++;
        const Operand *taken = &s.operands[i + s.n];
        f->out[0].data[k] = (float)operand_number(taken, f->in, broadcast_index(&taken->spec.shape, &spec.shape, at));
    }
}

const LayerKind OPERATION_select = {
    OPERATION("Select", "numpy"), TAKES(SELECT_CALL), .infer = infer_select, .infer_numbers = infer_select_numbers,
    DEPENDS(forward_select, depends_on_place, "c ? a : b"),
};

/* ---- argpartition ---- */

static const ParamSpec KTH[] = {{.name = "kth", .type = PARAM_INT, .required = true}, {.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(-1)}};

static bool make_argpartition(Maker *m)
{
    const Value *kth = maker_arg(m, "kth");
    if (!layer_base(m)) return false;
    if (kth->kind == VALUE_INT || kth->kind == VALUE_BOOL) return true;
    return maker_refuse(m, "kth", "ValueError", "kth must be an integer. Received:kth = %s", maker_text(m, "kth"));
}

static bool infer_argpartition(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    const bool flat = layer->args[1].kind == VALUE_NONE;
    outputs_add(out, flat ? SHAPE(shape_size(&in[0].shape)) : in[0].shape, DTYPE_INT32);
    return true;
}

typedef struct Ranked {
    double  x;
    int64_t at;
} Ranked;

/* The smaller first, and of equals the earlier. */
static int compare(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;
    if (x->x != y->x) return x->x < y->x ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* TensorFlow takes the k + 1 smallest, puts 0 in their place, and then takes the largest of what there is. */
static void forward_argpartition(const Forward *f)
{
    const int64_t n = shape_size(&f->in[0].shape);
    const Shape *shape = &f->in[0].shape;
    int64_t kth = 0;
    Ranked *ranked = ARENA_ARRAY(f->scratch, n + 1, Ranked);
    operation_ints(&f->layer->args[0], &kth, 1);
    if (shape->rank != 1 && f->layer->args[1].kind != VALUE_NONE) *f->impossible = true;
    if (*f->impossible || !n) return;
    kth = kth < 0 ? 0 : kth >= n ? n - 1 : kth;
    for (int64_t i = 0; i < n; i++) ranked[i] = (Ranked){trunc((double)f->in[0].data[i]), i};
    qsort(ranked, (size_t)n, sizeof *ranked, compare);
    for (int64_t i = 0; i <= kth; i++) f->out[0].data[i] = (float)ranked[i].at;
    for (int64_t i = 0; i < n; i++) ranked[i].x = i <= kth ? 0 : -ranked[i].x;
    qsort(ranked, (size_t)n, sizeof *ranked, compare);
    for (int64_t i = kth + 1; i < n; i++) f->out[0].data[i] = (float)ranked[i - kth - 1].at;
}

const LayerKind OPERATION_argpartition = {
    OPERATION("Argpartition", "numpy"), TAKES(OPERATION_X), MADE_WITH(KTH), .make = make_argpartition, .infer = infer_argpartition,
    DEPENDS(forward_argpartition, depends_on_all, "argpart(x)"),
};
