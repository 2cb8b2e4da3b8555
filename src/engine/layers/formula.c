#include "engine/layers/formula.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

void formula_sizes(Text *text, const int64_t *sizes, int n)
{
    for (int i = 0; i < n; i++) text_print(text, i ? "×%" PRId64 : "%" PRId64, sizes[i]);
}

void formula_weights(Text *text, const Layer *layer)
{
    int64_t all = 0;
    bool plain = layer->n_weights == 1;
    for (int i = 0; i < layer->n_weights; i++) {
        const Shape *shape = &layer->weights[i].shape;
        if (i) text_put(text, " + ");
        formula_sizes(text, shape->dim, shape->rank);
        if (!shape->rank) text_put_char(text, '1');
        plain &= shape->rank < 2;
        all = size_add(all, shape_size(shape));
    }
    if (layer->n_weights && !plain) text_print(text, " = %" PRId64, all);
}

void formula_integer(Text *text, int64_t n)
{
    if (n < 0) text_put(text, "−");
    text_print(text, "%" PRId64, n < 0 ? -n : n);
}

void formula_number(Text *text, double x)
{
    if (x < 0) text_put(text, "−");
    text_print(text, "%.6g", fabs(x));
}

void formula_value(Text *text, double x)
{
    text_put(text, number_text(text->arena, x, 2));
}

enum { TERMS_TOLD = 6 };

/* Whether one more term is told. */
static bool sum_begins(FormulaSum *sum)
{
    if (sum->n <= TERMS_TOLD) text_put(sum->text, sum->n == TERMS_TOLD ? " + …" : sum->n ? " + " : "");
    return sum->n++ < TERMS_TOLD;
}

void formula_add_product(FormulaSum *sum, double a, double b)
{
    if (!sum_begins(sum)) return;
    formula_value(sum->text, a);
    text_put(sum->text, "·");
    formula_value(sum->text, b);
}

int64_t formula_terms(const Forward *f, int64_t k, Term **terms)
{
    TensorSpec *in = ARENA_ARRAY(f->scratch, f->n_in, TensorSpec), *out = ARENA_ARRAY(f->scratch, f->n_out, TensorSpec);
    for (int i = 0; i < f->n_in; i++) in[i] = (TensorSpec){f->in[i].shape, f->in[i].dtype};
    for (int i = 0; i < f->n_out; i++) out[i] = (TensorSpec){f->out[i].shape, f->out[i].dtype};
    const Trace trace = {.layer = f->layer, .call = f->call, .in = in, .n_in = f->n_in, .out = out, .n_out = f->n_out, .k = k};
    *terms = ARENA_ARRAY(f->scratch, FORMULA_TERMS_MAX, Term);
    return layer_trace(&trace, *terms, FORMULA_TERMS_MAX);
}

static void put_power(Text *text, double x)
{
    text_put(text, "e^");
    formula_value(text, x);
}

/* Many powers are told as their sum. */
void formula_softmax(const Forward *f, int64_t k, Text *text)
{
    Term *terms;
    const int64_t n = formula_terms(f, k, &terms);
    double sum = 0;
    if (n > FORMULA_TERMS_MAX) return;
    put_power(text, (double)f->in[0].data[k]);
    text_put(text, n <= TERMS_TOLD ? " / (" : " / ");
    for (int64_t i = 0; i < n; i++) {
        const double x = (double)f->in[0].data[terms[i].from];
        sum += exp(x);
        if (n > TERMS_TOLD) continue;
        if (i) text_put(text, " + ");
        put_power(text, x);
    }
    if (n <= TERMS_TOLD) text_put_char(text, ')');
    else formula_value(text, sum);
}

void formula_element(Text *text, const char *name, const Shape *shape, int64_t k)
{
    int64_t at[SHAPE_RANK_MAX] = {0};
    for (int axis = shape->rank - 1; axis > 0; axis--) {
        at[axis] = shape->dim[axis] > 0 ? k % shape->dim[axis] : 0;
        k = shape->dim[axis] > 0 ? k / shape->dim[axis] : 0;
    }
    text_put(text, name);
    for (int axis = 1; axis < shape->rank; axis++) text_print(text, axis > 1 ? ", %" PRId64 : "[%" PRId64, at[axis]);
    if (shape->rank > 1) text_put_char(text, ']');
}

void formula_cell(Text *text, int64_t start, int64_t dilation, char tap)
{
    if (start > 0) text_print(text, "%" PRId64 "+", start);
    if (dilation != 1) text_print(text, "%" PRId64 "·", dilation);
    text_put_char(text, tap);
    if (start < 0) text_print(text, "−%" PRId64, -start);
}

static const char TAPS[WINDOW_AXES] = {'i', 'j', 'k'};

/* Axes told, as indices into the window's. */
static int first_told(const WindowFormula *formula)
{
    return WINDOW_AXES - formula->axes;
}

typedef void PutAxis(Text *, const WindowFormula *, int axis);

static void put_x(Text *text, const WindowFormula *formula, const char *channel, PutAxis *put)
{
    text_put(text, "x[");
    if (formula->channels_first) text_print(text, "%s, ", channel);
    for (int axis = first_told(formula); axis < WINDOW_AXES; axis++) {
        if (axis > first_told(formula)) text_put(text, ", ");
        put(text, formula, axis);
    }
    text_print(text, formula->channels_first ? "]" : ", %s]", channel);
}

static void put_tap_cell(Text *text, const WindowFormula *formula, int axis)
{
    const WindowAxis *along = &formula->window.axis[axis];
    const int64_t start = window_cell(along, formula->place.at[axis], 0);
    if (along->size == 1) formula_integer(text, start);
    else formula_cell(text, start, along->dilation, TAPS[axis - first_told(formula)]);
}

void formula_under_taps(Text *text, const WindowFormula *formula, const char *channel)
{
    put_x(text, formula, channel, put_tap_cell);
}

void formula_kernel(Text *text, const WindowFormula *formula, const char *name, const char *rest)
{
    text_print(text, "%s[", name);
    for (int axis = first_told(formula); axis < WINDOW_AXES; axis++) {
        const bool one = formula->window.axis[axis].size == 1;
        text_print(text, "%c, ", one ? '0' : TAPS[axis - first_told(formula)]);
    }
    text_print(text, "%s]", rest);
}

static void put_cell_range(Text *text, const WindowFormula *formula, int axis)
{
    const WindowAxis *along = &formula->window.axis[axis];
    const WindowTaps taps = window_taps(along, formula->place.at[axis]);
    const int64_t first = window_cell(along, formula->place.at[axis], taps.first);
    const int64_t last = window_cell(along, formula->place.at[axis], taps.end - 1);
    formula_integer(text, first);
    if (last > first) text_print(text, "…%" PRId64, last);
}

void formula_under_window(Text *text, const WindowFormula *formula)
{
    put_x(text, formula, arena_print(text->arena, "%" PRId64, formula->place.channel), put_cell_range);
}

/* Cells of padding after the last. */
static int64_t padding_after(const WindowAxis *axis)
{
    const int64_t after = (axis->out - 1) * axis->stride + window_reach(axis->size, axis->dilation) - axis->in - axis->before;
    return after > 0 ? after : 0;
}

static void put_reach(Text *text, const WindowAxis *axis)
{
    if (axis->dilation == 1 || axis->size == 1) text_print(text, " − %" PRId64, axis->size);
    else text_print(text, " − %" PRId64 "·(%" PRId64 " − 1) − 1", axis->dilation, axis->size);
}

static void put_padding(Text *text, int64_t before, int64_t after)
{
    if (before && before == after) text_print(text, " + 2·%" PRId64, before);
    else if (before || after) {
        if (before) text_print(text, before < 0 ? " − %" PRId64 : " + %" PRId64, before < 0 ? -before : before);
        if (after) text_print(text, " + %" PRId64, after);
    }
}

void formula_places(Text *text, const WindowAxis *axis, WindowPadding padding)
{
    if (axis->size == 1 && axis->stride == 1) return;
    const int64_t after = padding == WINDOW_SAME || padding == WINDOW_CENTRED ? padding_after(axis) : 0;
    const int64_t whole = axis->in + axis->before + after - window_reach(axis->size, axis->dilation);
    const bool exact = whole % axis->stride == 0;
    text_print(text, exact ? "(%" PRId64 : "⌊(%" PRId64, axis->in);
    put_reach(text, axis);
    put_padding(text, axis->before, after);
    text_print(text, exact ? ")/%" PRId64 : ")/%" PRId64 "⌋", axis->stride);
    text_print(text, " + 1 = %" PRId64, axis->out);
}

void formula_axes(Text *text, int n, FormulaAxis *one, const Trace *trace)
{
    const char *last = "";
    for (int i = 0; i < n; i++) {
        Text axis = {.arena = text->arena};
        one(&axis, trace, i);
        const char *told = text_string(&axis);
        if (!*told || strcmp(told, last) == 0) continue;
        if (*last) text_put(text, ", ");
        text_put(text, told);
        last = told;
    }
}
