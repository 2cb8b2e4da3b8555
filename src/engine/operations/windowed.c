#include "engine/operations/windowed.h"

#include <string.h>

#include "engine/layers/window.h"

static bool lower(Maker *m, const char *padding)
{
    char *small = arena_copy(m->builder->arena, padding, strlen(padding));
    for (char *c = small; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    maker_set(m, "padding", value_string(m->builder->arena, small, strlen(small)));
    return true;
}

/* padding.lower() and the data format come first in Keras' functions. */
bool windowed_make(Maker *m)
{
    bool channels_first;
    const Value *padding = maker_arg(m, "padding");
    if (!maker_data_format(m, "data_format", &channels_first) || !layer_base(m)) return false;
    if (padding->kind == VALUE_STRING) return lower(m, padding->string.bytes);
    return maker_refuse(m, "padding", "AttributeError", "'%s' object has no attribute 'lower'", value_class_name(padding));
}

bool windowed_channels_first(const Layer *layer)
{
    return value_is_text(operation_arg(layer, "data_format"), "channels_first");
}

bool windowed_ints(const Value *value, int axes, int64_t *out)
{
    int64_t given[WINDOW_AXES];
    const int n = operation_ints(value, given, WINDOW_AXES);
    if (n != 1 && n != axes) return false;
    for (int i = 0; i < axes; i++) out[i] = given[n == 1 ? 0 : i];
    return true;
}

bool windowed_refuse_rank(const Shape *shape, Error *err)
{
    return err && error_set(err, "ValueError", "Windows slide over one to three axes. Received: inputs.shape=%s", shape_text(err->arena, shape));
}
