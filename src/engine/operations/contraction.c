#include "engine/operations/contraction.h"

#include <string.h>

#include "engine/einsum.h"
#include "engine/layers/terms.h"

/* ---- axes ---- */

static int axis_of(Contraction *c, char letter)
{
    for (int i = 0; i < c->n_axes; i++)
        if (c->letter[i] == letter) return i;
    if (c->n_axes == CONTRACTION_AXES) return -1;
    c->letter[c->n_axes] = letter;
    c->size[c->n_axes] = 1;
    return c->n_axes++;
}

/* The same letter twice is a diagonal: one step along it goes along both. */
static bool take_factor(Contraction *c, int i)
{
    const Factor *factor = &c->factor[i];
    if (strlen(factor->letters) != (size_t)factor->shape.rank) return false;
    for (int axis = 0; axis < factor->shape.rank; axis++) {
        const int at = axis_of(c, factor->letters[axis]);
        const int64_t length = factor->shape.dim[axis];
        if (at < 0 || (length != 1 && c->size[at] != 1 && c->size[at] != length)) return false;
        if (length == 1) continue;
        c->size[at] = length;
        c->step[i][at] += shape_span_size(&factor->shape, axis + 1, factor->shape.rank);
    }
    return true;
}

static bool find_axes(Contraction *c)
{
    c->n_axes = 0;
    memset(c->step, 0, sizeof c->step);
    for (const char *letter = c->out; *letter; letter++)
        if (axis_of(c, *letter) < 0) return false;
    c->n_out = c->n_axes;
    for (int i = 0; i < c->n; i++)
        if (!take_factor(c, i)) return false;
    return true;
}

/* Every argument of the call is a factor, those of a list one each. */
static bool take_operands(const Call *call, const TensorSpec *in, Contraction *c)
{
    for (int i = 0; i < call->n; i++) {
        const Value *arg = &call->args[i];
        const bool list = arg->kind == VALUE_TUPLE || arg->kind == VALUE_LIST;
        int place = call->tensors[i].first;
        for (size_t j = 0; j < (list ? arg->list->n : 1); j++) {
            if (c->n == FACTORS_MAX) return false;
            Factor *factor = &c->factor[c->n++];
            factor->operand = operand_of_value(list ? &arg->list->items[j] : arg, in, place);
            factor->shape = factor->operand.spec.shape;
            place += factor->operand.input >= 0;
        }
    }
    return true;
}

static bool contraction_of(const Layer *layer, const Call *call, const TensorSpec *in, Contraction *c)
{
    const ContractionFamily *family = layer->kind->family;
    *c = (Contraction){0};
    return take_operands(call, in, c) && family->letters(layer, c, NULL) && find_axes(c);
}

/* ---- numbers ---- */

static int64_t summed_size(const Contraction *c)
{
    int64_t n = 1;
    for (int i = c->n_out; i < c->n_axes; i++) n = size_multiply(n, c->size[i]);
    return n;
}

/* Offsets of element k of the axes [from, to), last fastest, added to those there are. */
static void add_offsets(const Contraction *c, int from, int to, int64_t k, int64_t *offset)
{
    for (int axis = to - 1; axis >= from; axis--) {
        const int64_t at = c->size[axis] ? k % c->size[axis] : 0;
        k = c->size[axis] ? k / c->size[axis] : 0;
        for (int i = 0; i < c->n; i++) offset[i] += at * c->step[i][axis];
    }
}

static double product_at(const Contraction *c, const Tensor *in, const int64_t *offset)
{
    double product = 1;
    for (int i = 0; i < c->n; i++) product *= operand_number(&c->factor[i].operand, in, offset[i]);
    return product;
}

static void contract_slowly(const Contraction *c, const Forward *f)
{
    const int64_t size = shape_size(&f->out[0].shape), summed = summed_size(c);
    for (int64_t k = 0; k < size; k++) {
        double sum = 0;
        int64_t start[FACTORS_MAX] = {0};
        add_offsets(c, 0, c->n_out, k, start);
        for (int64_t s = 0; s < summed; s++) {
            int64_t offset[FACTORS_MAX];
            memcpy(offset, start, sizeof offset);
            add_offsets(c, c->n_out, c->n_axes, s, offset);
            sum += product_at(c, f->in, offset);
        }
        f->out[0].data[k] = (float)sum;
    }
}

static bool letters_repeat(const char *letters)
{
    for (; *letters; letters++)
        if (strchr(letters + 1, *letters)) return true;
    return false;
}

static Tensor tensor_of(const Factor *factor, const Forward *f)
{
    const Operand *operand = &factor->operand;
    Tensor tensor = {.shape = factor->shape, .dtype = DTYPE_FLOAT32};
    if (operand->input >= 0) tensor.data = f->in[operand->input].data;
    else if (operand->data) tensor.data = memcpy(ARENA_ARRAY(f->scratch, shape_size(&factor->shape), float), operand->data,
                                                 (size_t)shape_size(&factor->shape) * sizeof(float));
    else *(tensor = tensor_make(f->scratch, factor->shape, DTYPE_FLOAT32)).data = (float)operand->number;
    return tensor;
}

static bool contract_quickly(const Contraction *c, const Forward *f)
{
    if (c->n != 2 || letters_repeat(c->factor[0].letters) || letters_repeat(c->factor[1].letters)) return false;
    const Einsum e = {.x = c->factor[0].letters, .y = c->factor[1].letters, .out = c->out};
    const Tensor x = tensor_of(&c->factor[0], f), y = tensor_of(&c->factor[1], f);
    Tensor out = {.shape = {.rank = c->n_out}, .data = f->out[0].data};
    for (int i = 0; i < c->n_out; i++) out.shape.dim[i] = c->size[i];
    return einsum(&e, &x, &y, &out);
}

static int64_t out_size(const Contraction *c)
{
    int64_t n = 1;
    for (int i = 0; i < c->n_out; i++) n = size_multiply(n, c->size[i]);
    return n;
}

void contraction_forward(const Forward *f)
{
    Contraction c;
    bool possible = contraction_of(f->layer, f->call, operand_specs(f->scratch, f->in, f->n_in), &c) && out_size(&c) == shape_size(&f->out[0].shape);
    for (int i = 0; possible && i < c.n; i++) possible = operand_known(&c.factor[i].operand);
    if (!possible) *f->impossible = true;
    else if (!contract_quickly(&c, f)) contract_slowly(&c, f);
}

/* ---- terms ---- */

static int tensors_of(const Call *call, bool *all)
{
    int tensors = 0;
    *all = true;
    for (int i = 0; i < call->n; i++) {
        const Value *arg = &call->args[i];
        const bool list = arg->kind == VALUE_TUPLE || arg->kind == VALUE_LIST;
        for (size_t j = 0; j < (list ? arg->list->n : 1); j++) {
            const bool tensor = (list ? &arg->list->items[j] : arg)->kind == VALUE_TENSOR;
            tensors += tensor;
            *all &= tensor;
        }
    }
    return tensors;
}

/* One tensor alone, the rest constants, makes a weighted sum. */
TraceRule contraction_rule(const Layer *layer)
{
    bool all;
    return layer->n_calls && tensors_of(&layer->calls[0]->call, &all) == 1 ? TRACE_SUM : TRACE_DEPENDS;
}

static double constants_at(const Contraction *c, const int64_t *offset)
{
    double product = 1;
    for (int i = 0; i < c->n; i++)
        if (c->factor[i].operand.input < 0) product *= operand_number(&c->factor[i].operand, NULL, offset[i]);
    return product;
}

int64_t contraction_trace(const Trace *t, Term *terms, int64_t cap)
{
    Contraction c;
    TermList list = {.term = terms, .cap = cap};
    int64_t start[FACTORS_MAX] = {0};
    int tensors = 0;
    if (!contraction_of(t->layer, t->call, t->in, &c)) return 0;
    const int64_t summed = summed_size(&c);
    add_offsets(&c, 0, c.n_out, t->k, start);
    for (int i = 0; i < c.n; i++) tensors += c.factor[i].operand.input >= 0;
    for (int64_t s = 0; s < summed && terms_have_room(&list); s++) {
        int64_t offset[FACTORS_MAX];
        memcpy(offset, start, sizeof offset);
        add_offsets(&c, c.n_out, c.n_axes, s, offset);
        const double scale = tensors == 1 ? constants_at(&c, offset) : 1;
        for (int i = 0; i < c.n; i++)
            if (c.factor[i].operand.input >= 0) terms_add(&list, term_input(c.factor[i].operand.input, offset[i], scale));
    }
    return size_multiply(summed, tensors);
}

/* ---- formulae ---- */

static void put_factor(const Contraction *c, int i, const int64_t *at, Text *text)
{
    const Factor *factor = &c->factor[i];
    if (factor->operand.input < 0 && !factor->shape.rank) {
        number_repr(text, factor->operand.number);
        return;
    }
    text_print(text, "%c[", 'a' + i);
    for (int axis = 0; axis < factor->shape.rank; axis++) {
        int found = 0;
        while (found < c->n_out && c->letter[found] != factor->letters[axis]) found++;
        if (axis) text_put(text, ", ");
        if (found < c->n_out) text_print(text, "%lld", (long long)(factor->shape.dim[axis] == 1 ? 0 : at[found]));
        else text_put_char(text, 'k');
    }
    text_put_char(text, ']');
}

void contraction_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    Contraction c;
    int64_t at[CONTRACTION_AXES];
    for (int i = 0; i < t->n_in; i++)
        if (!shape_known(&t->in[i].shape)) return;
    if (topic != EXPLAIN_RULE || !contraction_of(t->layer, t->call, t->in, &c)) return;
    int64_t k = t->k;
    for (int i = c.n_out - 1; i >= 0; i--) {
        at[i] = c.size[i] ? k % c.size[i] : 0;
        k = c.size[i] ? k / c.size[i] : 0;
    }
    text_put(text, c.n_axes > c.n_out ? "Σ " : "");
    for (int i = 0; i < c.n; i++) {
        if (i) text_put(text, "·");
        put_factor(&c, i, at, text);
    }
}
