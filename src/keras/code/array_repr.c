#include "keras/code/array_repr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NumPy sums up arrays beyond a thousand numbers: the first and last three along each axis. */
enum { SHOWN_MAX = 1000, EDGE = 3, DIGITS = 8, TEXT_MAX = 40 };

typedef struct Printer {
    const Array *array;
    Text        *text;
    int          width, digits;     /* of a number; digits after the point, -1 for whole numbers */
    int          indent;
    const char  *separator;
    bool         summed, powers;    /* powers: 1.e+10 */
} Printer;

/* "1.", "0.25": as many digits as it takes, at most eight. */
static int digits_needed(double x, bool powers)
{
    for (int digits = 0; digits < DIGITS; digits++) {
        char text[TEXT_MAX];
        snprintf(text, sizeof text, powers ? "%.*e" : "%.*f", digits, x);
        if (fabs(strtod(text, NULL) - x) <= fabs(x) * 1e-8) return digits;
    }
    return DIGITS;
}

/* NumPy writes powers of ten where numbers are large, small, or of very different size. */
static bool needs_powers(const Array *array, int64_t n)
{
    double least = HUGE_VAL, most = 0;
    for (int64_t i = 0; i < n; i++) {
        const double x = fabs(array->numbers[i]);
        if (!isfinite(x) || !(x > 0)) continue;
        least = fmin(least, x);
        most = fmax(most, x);
    }
    return most >= 1e8 || (most > 0 && (least < 1e-4 || most / least > 1000));
}

static int fitting(int n) { return n < TEXT_MAX ? n : TEXT_MAX - 1; }

/* "2.50" -> "2.5 ": the zeros that other numbers need for their digits are left blank. */
static void blank_zeros(char *text)
{
    char *end = text + strlen(text);
    while (end > text && end[-1] == '0') *--end = ' ';
}

static int float_text(const Printer *p, double x, char *out)
{
    if (p->powers) {
        const int n = fitting(snprintf(out, TEXT_MAX, "%.*e", p->digits, x));
        char *exponent = strchr(out, 'e');
        if (p->digits || !exponent || n + 1 >= TEXT_MAX) return n;
        memmove(exponent + 1, exponent, strlen(exponent) + 1);
        *exponent = '.';
        return n + 1;
    }
    const int n = fitting(snprintf(out, TEXT_MAX, "%.*f", p->digits, x));
    if (p->digits > 0) blank_zeros(out);
    if (p->digits > 0 || n + 1 >= TEXT_MAX) return n;
    out[n] = '.';
    out[n + 1] = 0;
    return n + 1;
}

static int number_text(const Printer *p, double x, char *out)
{
    if (p->array->dtype == DTYPE_BOOL) return snprintf(out, TEXT_MAX, "%s", x > 0 ? "True" : "False");
    if (isnan(x)) return snprintf(out, TEXT_MAX, "nan");
    if (isinf(x)) return snprintf(out, TEXT_MAX, x < 0 ? "-inf" : "inf");
    return p->digits < 0 ? fitting(snprintf(out, TEXT_MAX, "%.0f", x)) : float_text(p, x, out);
}

static void measure(Printer *p)
{
    const int64_t all = shape_size(&p->array->shape), n = all < SHOWN_MAX * 4 ? all : SHOWN_MAX * 4;
    char text[TEXT_MAX];
    p->powers = p->digits >= 0 && needs_powers(p->array, n);
    for (int64_t i = 0; i < n && p->digits >= 0; i++) {
        const int digits = isfinite(p->array->numbers[i]) ? digits_needed(p->array->numbers[i], p->powers) : 0;
        if (digits > p->digits) p->digits = digits;
    }
    for (int64_t i = 0; i < n; i++) {
        const int width = number_text(p, p->array->numbers[i], text);
        if (width > p->width) p->width = width;
    }
}

static void put_rows(Printer *p, int axis, int64_t offset);

static void put_item(Printer *p, int axis, int64_t offset)
{
    char text[TEXT_MAX], padded[TEXT_MAX * 2];
    if (axis < p->array->shape.rank) { put_rows(p, axis, offset); return; }
    number_text(p, p->array->numbers[offset], text);
    snprintf(padded, sizeof padded, "%*s", p->width, text);
    text_put(p->text, padded);
}

static void put_break(Printer *p, int axis)
{
    const int lines = p->array->shape.rank - 1 - axis;
    text_put(p->text, p->separator);
    if (!lines) { text_put(p->text, " "); return; }
    for (int i = 0; i < lines; i++) text_put(p->text, "\n");
    for (int i = 0; i < p->indent + axis + 1; i++) text_put(p->text, " ");
}

static void put_rows(Printer *p, int axis, int64_t offset)
{
    const int64_t n = p->array->shape.dim[axis], step = shape_span_size(&p->array->shape, axis + 1, p->array->shape.rank);
    text_put(p->text, "[");
    for (int64_t i = 0; i < n; i++) {
        if (i) put_break(p, axis);
        if (p->summed && n > 2 * EDGE && i == EDGE) {
            text_put(p->text, "...");
            i = n - EDGE - 1;
            continue;
        }
        put_item(p, axis + 1, offset + i * step);
    }
    text_put(p->text, "]");
}

static void put_array(const Array *array, Text *text, const char *separator, int indent)
{
    Printer p = {.array = array, .text = text, .separator = separator, .indent = indent};
    p.digits = dtype_is_float(array->dtype) ? 0 : -1;
    p.summed = shape_size(&array->shape) > SHOWN_MAX;
    if (!array->numbers) { text_put(text, "..."); return; }
    measure(&p);
    put_item(&p, 0, 0);
}

void array_str(const void *object, Text *text)
{
    put_array(object, text, "", 0);
}

static void put_empty(const Array *array, Text *text)
{
    text_put(text, "array([], ");
    if (array->shape.rank > 1) {
        text_put(text, "shape=");
        shape_print(text, &array->shape);
        text_put(text, ", ");
    }
    text_print(text, "dtype=%s)", dtype_name(array->dtype));
}

void array_repr(const void *object, Text *text)
{
    const Array *array = object;
    if (shape_size(&array->shape) == 0) { put_empty(array, text); return; }
    const bool usual = array->dtype == DTYPE_FLOAT64 || array->dtype == DTYPE_INT64 || array->dtype == DTYPE_BOOL;
    text_put(text, "array(");
    put_array(array, text, ",", 6);
    if (!usual) text_print(text, ", dtype=%s", dtype_name(array->dtype));
    text_put(text, ")");
}

void scalar_str(const void *object, Text *text)
{
    const Scalar *scalar = object;
    if (scalar->dtype == DTYPE_BOOL) text_put(text, scalar->number > 0 ? "True" : "False");
    else if (dtype_is_float(scalar->dtype)) number_repr(text, scalar->number);
    else text_print(text, "%.0f", scalar->number);
}

void scalar_repr(const void *object, Text *text)
{
    const Scalar *scalar = object;
    if (scalar->dtype == DTYPE_BOOL) {
        text_put(text, scalar->number > 0 ? "np.True_" : "np.False_");
        return;
    }
    text_print(text, "np.%s(", dtype_name(scalar->dtype));
    scalar_str(object, text);
    text_put(text, ")");
}
