#include "keras/summary_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *summary_count(Arena *arena, int64_t count)
{
    const char *digits = arena_print(arena, "%" PRId64, count);
    Text text = {.arena = arena};
    const size_t n = strlen(digits);
    for (size_t i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) text_put_char(&text, ',');
        text_put_char(&text, digits[i]);
    }
    return text_string(&text);
}

const char *memory_text(Arena *arena, double bytes, const char *const *units)
{
    int unit = 0;
    while (unit < 5 && bytes / 1024 >= 1) {
        bytes /= 1024;
        unit++;
    }
    return arena_print(arena, "%.2f %s", bytes, units[unit]);
}

/* ---- weights ---- */

static int compare_weights(const void *a, const void *b)
{
    const WeightRef *left = a, *right = b;
    if (left->layer->id != right->layer->id) return left->layer->id < right->layer->id ? -1 : 1;
    return left->index - right->index;
}

static WeightRef *every_weight(Arena *arena, const Plan *plan, int *n)
{
    int count = 0;
    for (int i = 0; i < plan->n_layers; i++) count += layer_weights(plan->layers[i].layer, NULL, 0);
    WeightRef *refs = ARENA_ARRAY(arena, count, WeightRef);
    *n = 0;
    for (int i = 0; i < plan->n_layers; i++) *n += layer_weights(plan->layers[i].layer, refs + *n, count - *n);
    if (*n) qsort(refs, (size_t)*n, sizeof *refs, compare_weights);
    return refs;
}

/* TensorFlow's booleans are counted as one bit. */
static double weight_size(const WeightSpec *weight)
{
    const double each = weight->dtype == DTYPE_BOOL ? 0.125 : (double)dtype_bytes(weight->dtype);
    return each * (double)shape_size(&weight->shape);
}

WeightBytes weight_bytes(Arena *arena, const Plan *plan)
{
    int n;
    const WeightRef *refs = every_weight(arena, plan, &n);
    WeightBytes bytes = {0};
    for (int i = 0; i < n; i++) {
        if (i && compare_weights(&refs[i - 1], &refs[i]) == 0) continue;
        const WeightSpec *weight = &refs[i].layer->weights[refs[i].index];
        if (weight->trainable && layer_is_trainable(refs[i].layer)) bytes.trainable += weight_size(weight);
        else bytes.frozen += weight_size(weight);
    }
    return bytes;
}

/* ---- shapes ---- */

const ShapeStyle RICH_SHAPES = {"", ""}, PLAIN_SHAPES = {"'", ","};

static void put_shape(Text *text, const Shape *shape, const ShapeStyle *style)
{
    text_put_char(text, '(');
    for (int i = 0; i < shape->rank; i++) {
        if (i) text_put(text, ", ");
        if (shape->dim[i] == DIM_NONE) text_put(text, "None");
        else text_print(text, "%lld", (long long)shape->dim[i]);
    }
    text_print(text, "%s)", shape->rank == 1 ? style->after_one : "");
}

static void put_structure(Text *text, const Value *value, const ShapeStyle *style)
{
    if (value->kind == VALUE_TENSOR) {
        put_shape(text, &value->tensor->spec.shape, style);
        return;
    }
    const bool dict = value->kind == VALUE_DICT, tuple = value->kind == VALUE_TUPLE;
    const ValueList *list = dict ? &value->dict->values : value->list;
    text_put(text, dict ? "{" : tuple ? "(" : "[");
    for (size_t i = 0; i < list->n; i++) {
        if (i) text_put(text, ", ");
        if (dict) text_print(text, "%s%s%s: ", style->quote, value_str_text(text->arena, &value->dict->keys.items[i]), style->quote);
        put_structure(text, &list->items[i], style);
    }
    text_put(text, dict ? "}" : tuple ? ")" : "]");
}

void put_shapes(Text *text, const TensorSpec *spec, int n, const ShapeStyle *style)
{
    if (n > 1) text_put_char(text, '[');
    for (int i = 0; i < n; i++) {
        if (i) text_put(text, ", ");
        put_shape(text, &spec[i].shape, style);
    }
    if (n > 1) text_put_char(text, ']');
}

static bool is_nest(const Value *value)
{
    return value->kind == VALUE_DICT || value->kind == VALUE_LIST || value->kind == VALUE_TUPLE;
}

void put_call_shapes(Text *text, const Node *node, const ShapeStyle *style)
{
    if (node->n_out > 1 && is_nest(&node->structure)) {
        put_structure(text, &node->structure, style);
        return;
    }
    TensorSpec *spec = ARENA_ARRAY(text->arena, node->n_out, TensorSpec);
    for (int i = 0; i < node->n_out; i++) spec[i] = node->out[i]->spec;
    put_shapes(text, spec, node->n_out, style);
}


/* ---- build_config ---- */

static bool is_dim(const Value *value) { return value->kind == VALUE_NONE || value_is_int(value); }

static bool is_shape(const Value *value)
{
    if (value->kind != VALUE_TUPLE && value->kind != VALUE_LIST) return false;
    if (value->list->n > SHAPE_RANK_MAX) return false;
    for (size_t i = 0; i < value->list->n; i++)
        if (!is_dim(&value->list->items[i])) return false;
    return true;
}

static TensorSpec shape_spec(const Layer *layer, const ValueList *dims)
{
    TensorSpec spec = {.dtype = layer->dtype, .shape.rank = (int)dims->n};
    for (int i = 0; i < spec.shape.rank; i++)
        spec.shape.dim[i] = dims->items[i].kind == VALUE_NONE ? DIM_NONE : dims->items[i].integer;
    return spec;
}

static int add_shapes(const Layer *layer, const Value *value, TensorSpec *spec, int cap)
{
    if (cap == 0) return 0;
    if (is_shape(value)) return *spec = shape_spec(layer, value->list), 1;
    if (value->kind != VALUE_TUPLE && value->kind != VALUE_LIST && value->kind != VALUE_DICT) return 0;
    const ValueList *list = value->kind == VALUE_DICT ? &value->dict->values : value->list;
    int n = 0;
    for (size_t i = 0; i < list->n; i++) n += add_shapes(layer, &list->items[i], spec + n, cap - n);
    return n;
}

int build_shapes(const Layer *layer, TensorSpec *spec, int cap)
{
    return add_shapes(layer, &layer->build_config, spec, cap);
}
