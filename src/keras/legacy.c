#include "keras/legacy.h"

#include <stdlib.h>
#include <string.h>

typedef struct LegacyOperation {
    const char *stem;      /* of Keras 3's automatic name */
    const char *name;      /* the TensorFlow function that Keras 2 shows */
} LegacyOperation;

static const LegacyOperation OPERATIONS[] = {
    {"add", "tf.__operators__.add"},       {"subtract", "tf.math.subtract"},     {"multiply", "tf.math.multiply"},
    {"true_divide", "tf.math.truediv"},    {"floor_divide", "tf.math.floordiv"}, {"mod", "tf.math.floormod"},
    {"power", "tf.math.pow"},              {"negative", "tf.math.negative"},     {"absolute", "tf.math.abs"},
    {"matmul", "tf.linalg.matmul"},        {"less", "tf.math.less"},             {"less_equal", "tf.math.less_equal"},
    {"greater", "tf.math.greater"},        {"greater_equal", "tf.math.greater_equal"},
    {"equal", "tf.__operators__.eq"},      {"not_equal", "tf.__operators__.ne"}, {"get_item", "tf.__operators__.getitem"},
};

/* Handed to `mask`, and made by an operation: what a file says of a mask that Keras found by itself. */
static bool is_named_mask(const Node *node, int i)
{
    const LayerKind *kind = node->layer->kind;
    if (!node->in[i]->node || !node->in[i]->node->layer->kind->operation) return false;
    for (int k = 0; k < node->call.n && k < kind->n_call_params; k++) {
        const TensorRange *range = &node->call.tensors[k];
        if (i >= range->first && i < range->first + range->n) return strcmp(kind->call_params[k].name, "mask") == 0;
    }
    return false;
}

bool legacy_is_mask(const Node *node, int i)
{
    if (is_named_mask(node, i)) return true;
    for (int k = 0; k < node->n_in; k++)
        if (k != i && node->in[k]->mask == node->in[i]) return true;
    return i >= node->n_linked;
}

/* ---- names ---- */

/* "dense" of "dense_12". */
static size_t stem_length(const char *name)
{
    size_t length = strlen(name), at = length;
    while (at && name[at - 1] >= '0' && name[at - 1] <= '9') at--;
    return at > 1 && at < length && name[at - 1] == '_' ? at - 1 : length;
}

int legacy_number_in(Arena *arena, const Layer *layer)
{
    const char *stem = layer->kind->stem ? layer->kind->stem : snake_case(arena, layer->class_name);
    const size_t length = stem_length(layer->name);
    if (strlen(stem) != length || strncmp(stem, layer->name, length) != 0 || strlen(layer->name + length) > 8) return -1;
    return layer->name[length] ? atoi(layer->name + length + 1) : 0;
}

static const char *operation_name(const char *stem, size_t length)
{
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++)
        if (strlen(OPERATIONS[i].stem) == length && strncmp(OPERATIONS[i].stem, stem, length) == 0) return OPERATIONS[i].name;
    return NULL;
}

static const char *numbered(Arena *arena, const char *stem, size_t length, int number)
{
    return number ? arena_print(arena, "%.*s_%d", (int)length, stem, number) : arena_copy(arena, stem, length);
}

const char *legacy_name(Arena *arena, const Layer *layer)
{
    const int number = layer->legacy_number;
    if (number < 0) return layer->name;
    const size_t length = stem_length(layer->name);
    if (strncmp(layer->name, "input_layer", length) == 0 && length == 11) return numbered(arena, "input", 5, number + 1);
    if (strncmp(layer->name, "functional", length) == 0 && length == 10) return numbered(arena, "model", 5, number);
    const char *operation = layer->kind && layer->kind->operation ? operation_name(layer->name, length) : NULL;
    if (operation) return numbered(arena, operation, strlen(operation), number);
    return numbered(arena, layer->name, length, number);
}

const LayerKind *legacy_operation(Arena *arena, const char *function)
{
    const LayerKind *const *kinds;
    const int n = layer_kinds(&kinds);
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++) {
        if (strcmp(OPERATIONS[i].name + strlen("tf."), function) != 0) continue;
        for (int k = 0; k < n; k++)
            if (kinds[k]->operation && strcmp(snake_case(arena, kinds[k]->name), OPERATIONS[i].stem) == 0) return kinds[k];
    }
    return NULL;
}

static bool is_legacy_operation(const Layer *layer)
{
    if (!layer->kind || !layer->kind->operation) return false;
    return strncmp(layer->name, "tf.", 3) == 0 || operation_name(layer->name, stem_length(layer->name));
}

const char *legacy_class(const Layer *layer)
{
    if (!is_legacy_operation(layer)) return layer->class_name;
    return strcmp(layer->class_name, "GetItem") == 0 ? "SlicingOpLambda" : "TFOpLambda";
}
