#include "engine/layers/advice.h"

#include <inttypes.h>
#include <string.h>

#include "engine/layers/spatial.h"
#include "engine/layers/volume.h"

/* ---- another rank ---- */

static const LayerKind *kind_of_rank(Arena *arena, const LayerKind *kind, int axes)
{
    char *name = arena_copy(arena, kind->name, strlen(kind->name));
    char *digit = strpbrk(name, "123");
    if (!digit || axes < 1 || axes > 3 || *digit == '0' + axes) return NULL;
    *digit = (char)('0' + axes);
    return layer_kind_find(name);
}

static const Value *argument_of(const Layer *layer, const char *name)
{
    for (int i = 0; i < layer->kind->n_params; i++)
        if (strcmp(layer->kind->params[i].name, name) == 0) return &layer->args[i];
    return NULL;
}

/* A tuple of sizes stands for as many axes as it has: its first serves for any number. */
static void put_argument(Text *code, const Value *value)
{
    const bool list = value->kind == VALUE_TUPLE || value->kind == VALUE_LIST;
    value_repr(code, list && value->list->n ? &value->list->items[0] : value);
}

void advise_other_rank(const Layer *layer, const Shape *in, Error *err)
{
    if (!err) return;
    const LayerKind *other = kind_of_rank(err->arena, layer->kind, in->rank - 2);
    Text code = {.arena = err->arena};
    if (!other) return;
    text_print(&code, "%s(", other->name);
    for (int i = 0, n = 0; i < other->n_params; i++) {
        const Value *value = argument_of(layer, other->params[i].name);
        if (!other->params[i].required || !value) continue;
        if (n++) text_put(&code, ", ");
        put_argument(&code, value);
    }
    text_put_char(&code, ')');
    error_fix(err, FIX_REPLACE_LAYER, NULL, text_string(&code));
}

/* ---- a window that is too large ---- */

static int64_t shortest_axis(const TooLarge *window)
{
    int64_t shortest = INT64_MAX;
    for (int i = 0; i < window->axes; i++) {
        const int64_t cells = window->in->dim[volume_first_axis(window->channels_first) + i];
        if (cells != DIM_NONE && cells < shortest) shortest = cells;
    }
    return shortest;
}

static bool looks_like_channels(int64_t dim)
{
    return dim == 1 || dim == 3 || dim == 4;
}

/* Channels where the maps should be, and the other way round. */
static void advise_order(const TooLarge *window, Error *err)
{
    const Shape *in = window->in;
    const int64_t second = in->dim[1], last = in->dim[in->rank - 1];
    if (window->channels_first && looks_like_channels(last) && second > last)
        error_fix(err, FIX_REMOVE_ARGUMENT, "data_format", NULL);
    if (!window->channels_first && looks_like_channels(second) && last > second && in->rank > 3)
        error_fix(err, FIX_ARGUMENT, "data_format", "'channels_first'");
}

static bool is_dilated(const TooLarge *window)
{
    for (int i = 0; window->dilation && i < window->axes; i++)
        if (window->dilation[i] > 1) return true;
    return false;
}

static int64_t largest_size(const TooLarge *window)
{
    int64_t largest = 1;
    for (int i = 0; i < window->axes; i++)
        if (window->size[i] > largest) largest = window->size[i];
    return largest;
}

void advise_window(Arena *arena, const TooLarge *window, Error *err)
{
    const int64_t cells = shortest_axis(window);
    advise_order(window, err);
    error_fix(err, FIX_ARGUMENT, "padding", "'same'");
    if (is_dilated(window)) error_fix(err, FIX_REMOVE_ARGUMENT, "dilation_rate", NULL);
    if (cells >= 1 && largest_size(window) > cells)
        error_fix(err, FIX_ARGUMENT, window->size_param, arena_print(arena, "%" PRId64, cells));
}
