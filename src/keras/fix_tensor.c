/* Guesses about tensors: where one stands for a layer, a shape for a tensor, and shapes that do not go together. */
#include <stdlib.h>
#include <string.h>

#include "keras/code/keras_functions.h"
#include "keras/fix_parts.h"

static const char *copy(const Proposal *p, Span span) { return source_copy(p->reading, p->arena, span); }

static const char *layer_code(Proposal *p, const char *code)
{
    return p->reading->n_places ? code_as(p->reading, &p->reading->places[0], code, &p->text.edits) : code;
}

static const PyNode *only_argument(const PyNode *call)
{
    const PyNode *arg = call ? call->args : NULL;
    return arg && !arg->next && !arg->name && arg->number == 0 ? arg->a : NULL;
}

/* ---- a shape for a tensor: Dense(2)((4,)) -> Dense(2)(Input((4,))) ---- */

static bool is_dims(const PyNode *node)
{
    if (node->type == PY_NUMBER) return true;
    if (node->type != PY_TUPLE) return false;
    for (const PyNode *item = node->list; item; item = item->next)
        if (item->type != PY_NUMBER && item->type != PY_NONE) return false;
    return node->list != NULL;
}

/* (None, 4) tells the batch, which Input does not want. */
static const char *dims_text(const Proposal *p, const PyNode *node)
{
    if (node->type == PY_NUMBER) return arena_print(p->arena, "(%s,)", copy(p, node->span));
    const PyNode *first = node->list->type == PY_NONE ? node->list->next : node->list;
    Text text = {.arena = p->arena};
    for (const PyNode *item = first; item; item = item->next) text_print(&text, "%s%s", item == first ? "(" : ", ", copy(p, item->span));
    return first ? arena_print(p->arena, first->next ? "%s)" : "%s,)", text_string(&text)) : "()";
}

bool guess_input_of_shape(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *shape = only_argument(scene->application);
    if (variant || !shape || !is_dims(shape)) return false;
    edits_add(&p->text.edits, shape->outer, layer_code(p, arena_print(p->arena, "Input(%s)", dims_text(p, shape))));
    *shown = scene->application->span;
    return true;
}

/* ---- a tensor for a layer: [Dense(3)(x), Dense(2)] -> [Dense(3), Dense(2)] ---- */

static bool unapply(Proposal *p, const PyNode *item)
{
    if (item->type != PY_CALL || item->a->type != PY_CALL) return false;
    edits_add(&p->text.edits, item->outer, copy(p, item->a->span));
    return true;
}

bool guess_layers_alone(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *arg = only_argument(scene->named);
    bool found = false;
    if (variant || !arg) return false;
    if (arg->type != PY_LIST) found = unapply(p, arg);
    else
        for (const PyNode *item = arg->list; item; item = item->next) found |= unapply(p, item);
    *shown = scene->named->span;
    return found;
}

/* ---- functions: tf.reshape(a, (-1, 6)) -> tf.keras.ops.reshape(a, (-1, 6)) ---- */

static const char *root_of(const PyNode *node)
{
    while (node->type == PY_ATTRIBUTE) node = node->a;
    return node->type == PY_NAME ? node->name : NULL;
}

bool guess_keras_function(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const char *cause = p->reading->error.cause;
    const PyNode *call = scene->named;
    const char *root = call && call->a->type == PY_ATTRIBUTE ? root_of(call->a) : NULL;
    if (variant || !root || !cause || strcmp(cause, "cause.tensorflow_function") != 0) return false;
    edits_add(&p->text.edits, call->a->span, arena_print(p->arena, "%s.keras.ops.%s", root, keras_operation_name(call->a->name)));
    *shown = call->span;
    return true;
}

/* ops.matmul(a, b) -> ops.matmul(a, ops.transpose(b, (0, 2, 1))) */
bool guess_transpose(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const char *message = p->reading->error.message;
    const PyNode *call = scene->named, *second = call && call->args ? call->args->next : NULL;
    if (variant || !second || call->a->type != PY_ATTRIBUTE || !message || strncmp(message, "Inner dimensions", 16) != 0) return false;
    const char *module = copy(p, (Span){call->a->span.start, call->a->span.end - (int)strlen(call->a->name)});
    edits_add(&p->text.edits, second->a->outer, arena_print(p->arena, "%stranspose(%s, (0, 2, 1))", module, copy(p, second->a->outer)));
    *shown = call->span;
    return true;
}

/* ---- shapes that do not go together ---- */

/* a + b -> Concatenate()([a, b]) */
bool guess_concatenate(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const char *message = p->reading->error.message;
    const Span at = span_known(p->reading->error.span) ? p->reading->error.span : scene->at;
    const PyNode *sum = variant ? NULL : source_node(p->reading, PY_BINARY, at);
    if (!sum || !message || !strstr(message, "broadcast")) return false;
    const char *code = arena_print(p->arena, "Concatenate()([%s, %s])", copy(p, sum->a->outer), copy(p, sum->b->outer));
    edits_add(&p->text.edits, sum->span, layer_code(p, code));
    *shown = sum->span;
    return true;
}

typedef struct Maps {
    long rows[2], columns[2];
} Maps;

/* "... (None, 14, 14, 16), (None, 15, 15, 16)..." */
static bool read_maps(const char *message, Maps *maps)
{
    const char *at = message;
    for (int i = 0; i < 2; i++) {
        char *end;
        at = at ? strstr(at, "(None, ") : NULL;
        if (!at) return false;
        maps->rows[i] = strtol(at + 7, &end, 10);
        maps->columns[i] = strncmp(end, ", ", 2) == 0 ? strtol(end + 2, &end, 10) : 0;
        if (maps->rows[i] < 1 || maps->columns[i] < 1 || strncmp(end, ", ", 2) != 0) return false;
        at = end;
    }
    return true;
}

/* concatenate([u, c]) -> concatenate([ZeroPadding2D(((0, 1), (0, 1)))(u), c]), when u is the smaller map */
bool guess_padding(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const char *message = p->reading->error.message;
    const PyNode *call = scene->application ? scene->application : scene->named, *list = call && call->args ? call->args->a : NULL;
    Maps maps;
    if (variant || !list || list->type != PY_LIST || !list->list || !list->list->next || !message || !read_maps(message, &maps)) return false;
    const int small = maps.rows[0] < maps.rows[1] || maps.columns[0] < maps.columns[1] ? 0 : 1;
    const long rows = maps.rows[1 - small] - maps.rows[small], columns = maps.columns[1 - small] - maps.columns[small];
    const PyNode *tensor = small ? list->list->next : list->list;
    if (rows < 0 || columns < 0) return false;
    const char *code = layer_code(p, arena_print(p->arena, "ZeroPadding2D(((0, %ld), (0, %ld)))", rows, columns));
    edits_add(&p->text.edits, tensor->outer, arena_print(p->arena, "%s(%s)", code, copy(p, tensor->outer)));
    *shown = call->span;
    return true;
}

/* ---- a name given twice ---- */

static const PyNode *input_named(const PyNode *node, const char *name)
{
    const bool one = node->type == PY_ASSIGN && node->list && !node->list->next && node->list->type == PY_NAME;
    const PyNode *value = one && strcmp(node->list->name, name) == 0 && node->a->type == PY_CALL ? node->a->a : NULL;
    return value && (value->type == PY_NAME || value->type == PY_ATTRIBUTE) && strcmp(value->name, "Input") == 0 ? node : NULL;
}

/* inputs = Input((8,)) a second time, after the layers that took the first */
bool guess_first_input(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *arg = scene->named && scene->named->args ? scene->named->args->a : NULL, *last = NULL;
    int n = 0;
    if (variant || !arg || arg->type != PY_NAME) return false;
    for (const PyNode *node = p->reading->tree->list; node; node = node->next) {
        if (!input_named(node, arg->name)) continue;
        last = node;
        n++;
    }
    if (n < 2) return false;
    p->text.label = arena_print(p->arena, "\xE2\x88\x92 %s", copy(p, last->span));
    statement_remove(p->reading, last->span, &p->text.edits);
    *shown = SPAN_NONE;
    return true;
}
