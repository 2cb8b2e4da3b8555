#include "engine/layers/spatial.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *const PADDING_CHOICES[] = {"valid", "same", NULL};
const char *const CAUSAL_CHOICES[] = {"valid", "same", "causal", NULL};
const char *const DATA_FORMAT_CHOICES[] = {"channels_last", "channels_first", NULL};

int kind_axes(const LayerKind *kind)
{
    const char *digit = strpbrk(kind->name, "123");
    return digit ? *digit - '0' : 0;
}

void spread_axes(const int64_t *values, int n, int64_t fill, int64_t out[3])
{
    for (int i = 0; i < 3; i++) out[i] = i < 3 - n ? fill : values[i - (3 - n)];
}

/* What Keras makes of an attribute's type. */
static const char *attribute_type(const Value *value)
{
    return value->kind == VALUE_LIST ? "TrackedList" : value->kind == VALUE_DICT ? "TrackedDict" : value_class_name(value);
}

bool maker_compare(Maker *maker, const char *param, const char *op, double with, bool *holds)
{
    const Value *value = maker_arg(maker, param);
    *holds = false;
    if (value->kind == VALUE_UNKNOWN) return true;
    if (!value_is_number(value)) {
        maker_refuse_order(maker, param, op, attribute_type(value), "int");
        return error_cause(maker->err, "cause.not_a_number", param, maker_text(maker, param), NULL);
    }
    const double number = value_number(value);
    *holds = strcmp(op, "<=") == 0 ? number <= with : strcmp(op, "<") == 0 ? number < with : number > with;
    return true;
}

void layer_expect_rank(Builder *builder, Layer *layer, int ndim)
{
    layer_add_input_spec(builder, layer)->ndim = ndim;
}

static int digits(int64_t n)
{
    return snprintf(NULL, 0, "%" PRId64, n);
}

void print_array(Text *text, const int64_t *values, int n)
{
    bool objects = false;
    int width = 0;
    for (int i = 0; i < n; i++) {
        objects |= values[i] == DIM_NONE;
        if (digits(values[i]) > width) width = digits(values[i]);
    }
    text_put_char(text, '[');
    for (int i = 0; i < n; i++) {
        if (i) text_put_char(text, ' ');
        if (values[i] == DIM_NONE) text_put(text, "None");
        else text_print(text, "%*" PRId64, objects ? 0 : width, values[i]);
    }
    text_put_char(text, ']');
}
