#include "engine/layers/categories.h"

#include <inttypes.h>

#include "engine/layers/formula.h"
#include "engine/layers/terms.h"

const char *const CATEGORIES_MODES[] = {"int", "one_hot", "multi_hot", "count", NULL};

bool categories_find_mode(const Value *value, CategoriesMode *mode)
{
    for (int i = 0; CATEGORIES_MODES[i]; i++)
        if (value_is_text(value, CATEGORIES_MODES[i])) return *mode = (CategoriesMode)i, true;
    return false;
}

bool categories_drop_last(const Categories *categories, const Shape *in)
{
    return categories->mode == CATEGORIES_ONE_HOT && in->rank > 1 && in->dim[in->rank - 1] == 1;
}

bool categories_compute(const Layer *layer)
{
    const Categories *categories = layer->config;
    return !categories->binned || categories->boundaries.data;
}

/* ---- numbers ---- */

/* The bin that x falls into: boundaries it reaches. */
static int64_t bin_of(const Categories *categories, float x)
{
    const int64_t n = shape_size(&categories->boundaries.shape);
    int64_t bin = 0;
    while (bin < n && x >= categories->boundaries.data[bin]) bin++;
    return bin;
}

int categories_axis(const Shape *in)
{
    return in->rank > 1 ? 1 : 0;
}

static int64_t category_of(const Categories *categories, float x)
{
    return categories->binned ? bin_of(categories, x) : (int64_t)x;
}

static const float *count_weights(const Forward *f)
{
    return f->call && f->call->n > 1 && f->call->tensors[1].n ? f->in[f->call->tensors[1].first].data : NULL;
}

static void encode_each(const Forward *f, const Categories *categories)
{
    const int64_t n = shape_size(&f->in[0].shape);
    for (int64_t i = 0; i < n; i++) {
        const int64_t category = category_of(categories, f->in[0].data[i]);
        if (categories->mode == CATEGORIES_INT) f->out[0].data[i] = (float)category;
        else if (category >= 0 && category < categories->depth) f->out[0].data[i * categories->depth + category] = 1;
    }
}

/* Many hot, or counted: the axis goes, each of its elements adds to its category. */
static void encode_together(const Forward *f, const Categories *categories)
{
    const Shape *in = &f->in[0].shape;
    const int axis = categories_axis(in);
    const int64_t n = shape_size(in), length = in->rank ? in->dim[axis] : 1, step = in->rank ? shape_span_size(in, axis + 1, in->rank) : 1;
    const float *weights = count_weights(f);
    for (int64_t i = 0; i < n; i++) {
        const int64_t category = category_of(categories, f->in[0].data[i]), row = i / (length * step) * step + i % step;
        if (category < 0 || category >= categories->depth) continue;
        float *out = &f->out[0].data[row * categories->depth + category];
        *out = categories->mode == CATEGORIES_COUNT ? *out + (weights ? weights[i] : 1) : 1;
    }
}

void categories_forward(const Forward *f)
{
    const Categories *categories = f->layer->config;
    const Shape *in = &f->in[0].shape;
    const bool together = categories->mode == CATEGORIES_MULTI_HOT || categories->mode == CATEGORIES_COUNT;
    const int64_t n = shape_size(in), length = together && in->rank ? in->dim[categories_axis(in)] : 1;
    const int64_t wanted = categories->mode == CATEGORIES_INT ? n : size_multiply(length ? n / length : 0, categories->depth);
    if (shape_size(&f->out[0].shape) != wanted) *f->impossible = true;
    else if (together) encode_together(f, categories);
    else encode_each(f, categories);
}

/* The elements that could set output k. */
int64_t categories_trace(const Trace *t, Term *terms, int64_t cap)
{
    const Categories *categories = t->layer->config;
    const Shape *in = &t->in[0].shape;
    TermList list = {.term = terms, .cap = cap};
    const int64_t row = categories->mode == CATEGORIES_INT ? t->k : t->k / categories->depth;
    if (categories->mode == CATEGORIES_INT || categories->mode == CATEGORIES_ONE_HOT || !in->rank) {
        terms_add(&list, term_input(0, row, 1));
        return list.n;
    }
    const int axis = categories_axis(in);
    const int64_t length = in->dim[axis], step = shape_span_size(in, axis + 1, in->rank);
    for (int64_t i = 0; i < length; i++) terms_add(&list, term_input(0, row / step * length * step + i * step + row % step, 1));
    return list.n;
}

/* What is compared with a category: "x[2]", or "bin(x[2])"; the letter i where several are. */
static void put_category(const Trace *t, Text *text)
{
    const Categories *categories = t->layer->config;
    const bool each = categories->mode == CATEGORIES_INT || categories->mode == CATEGORIES_ONE_HOT;
    const int64_t row = categories->mode == CATEGORIES_INT ? t->k : t->k / (categories->depth > 0 ? categories->depth : 1);
    if (categories->binned) text_put(text, "bin(");
    if (each) formula_element(text, "x", &t->in[0].shape, row);
    else text_put(text, "x[i]");
    if (categories->binned) text_put_char(text, ')');
}

/* "[x[2] = 5]" is 1 where that holds, else 0. */
void categories_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const Categories *categories = t->layer->config;
    static const char *const before[] = {"", "[", "max [", "Σ ["};
    if (topic != EXPLAIN_RULE) return;
    text_put(text, before[categories->mode]);
    put_category(t, text);
    if (categories->mode != CATEGORIES_INT && categories->depth > 0) text_print(text, " = %" PRId64 "]", t->k % categories->depth);
}

/* The same with the numbers that are compared: "[bin(0.31) = 2]". */
static void put_compared(const Categories *categories, float x, int64_t category, Text *text)
{
    const bool whole = categories->mode == CATEGORIES_INT;
    text_put(text, whole ? "" : "[");
    if (categories->binned) text_put(text, "bin(");
    formula_value(text, (double)x);
    if (categories->binned) text_put_char(text, ')');
    if (!whole) text_print(text, " = %" PRId64 "]", category);
}

enum { NUMBERS_TOLD = 6 };

void categories_numbers(const Forward *f, int64_t k, Text *text)
{
    const Categories *categories = f->layer->config;
    Term *terms;
    const int64_t n = formula_terms(f, k, &terms), category = categories->depth > 0 ? k % categories->depth : 0;
    const bool most = categories->mode == CATEGORIES_MULTI_HOT;
    if (n > NUMBERS_TOLD || count_weights(f)) return;
    text_put(text, most ? "max(" : "");
    for (int64_t i = 0; i < n; i++) {
        if (i) text_put(text, most ? ", " : " + ");
        put_compared(categories, f->in[0].data[terms[i].from], category, text);
    }
    text_put(text, most ? ")" : "");
}
