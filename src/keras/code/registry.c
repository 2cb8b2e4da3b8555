#include "keras/code/registry.h"

#include <string.h>

#include "keras/code/module.h"
#include "keras/code/trail.h"

/* A model in the order of making, and the names it got. */
typedef struct MadeModel {
    Model      *model;
    const char *name;       /* the last variable or attribute, not one of the module; NULL = none */
    Span        span;       /* of that assignment's right-hand side */
    int         end;        /* of the last statement that changed it */
    int64_t     calls;      /* of layers, those of models inside it counted each time */
} MadeModel;

typedef struct UsedArray {
    const Model *model;
    int          input;     /* which of the inputs given */
    int          array;     /* index in reading->arrays */
    int          how;
} UsedArray;

typedef struct Star {
    const char *path;
    Value       module;
    int         by;
} Star;

struct Registry {
    MadeModel *models;      size_t n_models, models_capacity;
    Model     *fault;
    Node     **nodes;       size_t n_nodes, nodes_capacity;
    Span       source;      /* of the assignment being executed */
    UsedArray *used;        size_t n_used, used_capacity;
    const Model **compiled; size_t n_compiled, compiled_capacity;
    const Array **arrays;   size_t arrays_capacity, reading_arrays_capacity;    /* as reading->arrays */
    Star      *stars;       size_t n_stars, stars_capacity;
    size_t     weights_capacity, loads_capacity, names_capacity;
    int        imports_keras;      /* -1 = not looked yet */
    bool       prints;             /* the statement being executed prints */
};

Registry *registry_make(Evaluator *ev)
{
    Registry *registry = ARENA_NEW(ev->arena, Registry);
    registry->imports_keras = -1;
    registry->source = SPAN_NONE;
    return registry;
}

void registry_source(Evaluator *ev, Span span)
{
    ev->registry->source = span;
}

/* ---- models ---- */

static MadeModel *made_find(const Registry *registry, const Model *model)
{
    for (size_t i = registry->n_models; i-- > 0;)
        if (registry->models[i].model == model) return &registry->models[i];
    return NULL;
}

/* A model called twice in a model called twice ... doubles with every level. */
enum { INSIDE_CALLS_MAX = 50000 };

static void count_calls(Evaluator *ev, MadeModel *made)
{
    made->calls = 0;
    for (int i = 0; i < made->model->n_steps; i++) {
        const Model *inner = made->model->steps[i].node->layer->model;
        const MadeModel *known = inner ? made_find(ev->registry, inner) : NULL;
        made->calls = size_add(made->calls, known ? known->calls + 1 : 1);
    }
    if (made->calls > INSIDE_CALLS_MAX && made->calls > 2 * made->model->n_steps) raise_limit(ev, "calls");
}

void registry_model(Evaluator *ev, Model *model)
{
    Registry *registry = ev->registry;
    MadeModel *made = made_find(registry, model);
    if (!made) {
        const size_t n = registry->n_models++;
        registry->models = arena_grow(ev->arena, registry->models, n, &registry->models_capacity, n + 1, sizeof(MadeModel));
        made = &registry->models[n];
        *made = (MadeModel){.model = model, .span = SPAN_NONE};
        if (model->kind == MODEL_FUNCTIONAL) registry->n_nodes = 0;
    }
    if (ev->active) made->end = ev->active->node->span.end;
    trail_builds(ev);
    if (model->kind != MODEL_SEQUENTIAL || model->n_steps < 100) count_calls(ev, made);
}

bool registry_has_model(const Evaluator *ev)
{
    return ev->registry->n_models > 0;
}

void registry_fault_model(Evaluator *ev, Model *model)
{
    ev->registry->fault = model;
}

bool registry_has_fault_model(const Evaluator *ev)
{
    return ev->registry->fault != NULL;
}

void registry_node(Evaluator *ev, Node *node)
{
    Registry *registry = ev->registry;
    const size_t n = registry->n_nodes++;
    registry->nodes = arena_grow(ev->arena, registry->nodes, n, &registry->nodes_capacity, n + 1, sizeof *registry->nodes);
    registry->nodes[n] = node;
}

Node *const *registry_nodes(const Evaluator *ev, int *n)
{
    *n = (int)ev->registry->n_nodes;
    return ev->registry->nodes;
}

static Model *model_of(const Value *value)
{
    const Instance *instance = value_instance(value);
    if (instance && instance->layer) return instance->layer->model;
    return value->kind == VALUE_LAYER ? value->layer->model : NULL;
}

/* ---- arrays ---- */

static int array_index(const Evaluator *ev, const Array *array)
{
    for (int i = 0; i < ev->reading->n_arrays; i++)
        if (ev->registry->arrays[i] == array) return i;
    return -1;
}

static int array_add(Evaluator *ev, const char *name, const Array *array, Span span)
{
    Reading *reading = ev->reading;
    Registry *registry = ev->registry;
    const size_t n = (size_t)reading->n_arrays;
    ReadArray made = {.variable = name, .span = span, .numbers = array->places};
    if (!array_tensor(ev, array, &made.tensor)) return -1;
    reading->arrays = arena_grow(ev->arena, reading->arrays, n, &registry->reading_arrays_capacity, n + 1, sizeof(ReadArray));
    registry->arrays = arena_grow(ev->arena, registry->arrays, n, &registry->arrays_capacity, n + 1, sizeof *registry->arrays);
    reading->arrays[n] = made;
    registry->arrays[n] = array;
    reading->n_arrays++;
    return (int)n;
}

enum { ARRAYS_MAX = 256 };

void registry_named(Evaluator *ev, const char *name, Value value)
{
    Registry *registry = ev->registry;
    Model *model = model_of(&value);
    MadeModel *made = model ? made_find(registry, model) : NULL;
    const Array *array = array_of(&value);
    if (made) {
        made->name = name;
        made->span = registry->source;
    }
    if (array && span_known(registry->source) && array_index(ev, array) < 0 && ev->reading->n_arrays < ARRAYS_MAX)
        array_add(ev, name, array, registry->source);
}

void registry_attribute(Evaluator *ev, const char *name, Value value)
{
    Model *model = model_of(&value);
    MadeModel *made = model ? made_find(ev->registry, model) : NULL;
    if (made && !made->name) made->name = name;
}

static void use_array(Evaluator *ev, const Model *model, const Value *value, int input, int how)
{
    Registry *registry = ev->registry;
    const Array *array = array_of(value);
    int index = array ? array_index(ev, array) : -1;
    if (array && index < 0 && ev->reading->n_arrays < ARRAYS_MAX) index = array_add(ev, NULL, array, ev->span);
    if (index < 0) return;
    const size_t n = registry->n_used++;
    registry->used = arena_grow(ev->arena, registry->used, n, &registry->used_capacity, n + 1, sizeof(UsedArray));
    registry->used[n] = (UsedArray){model, input, index, how};
    if (how == USED_FIT) ev->reading->arrays[index].used_by_fit++;
}

void registry_used(Evaluator *ev, const Model *model, Value inputs, int how)
{
    const ValueList *list = inputs.kind == VALUE_LIST || inputs.kind == VALUE_TUPLE ? inputs.list : NULL;
    if (ev->registry->n_used > ARRAYS_MAX) return;
    for (size_t i = 0; list && i < list->n; i++) use_array(ev, model, &list->items[i], (int)i, how);
    if (!list) use_array(ev, model, &inputs, 0, how);
}

bool registry_is_compiled(const Evaluator *ev, const Model *model)
{
    for (size_t i = 0; i < ev->registry->n_compiled; i++)
        if (ev->registry->compiled[i] == model) return true;
    return false;
}

void registry_compiled(Evaluator *ev, const Model *model)
{
    Registry *r = ev->registry;
    if (registry_is_compiled(ev, model)) return;
    pay(ev, (int64_t)r->n_compiled / 8);
    r->compiled = arena_grow(ev->arena, r->compiled, r->n_compiled, &r->compiled_capacity, r->n_compiled + 1, sizeof *r->compiled);
    r->compiled[r->n_compiled++] = model;
}

/* ---- weights, seeds, prints ---- */

void registry_weights(Evaluator *ev, Layer *layer, const Value *arrays, int n)
{
    Reading *reading = ev->reading;
    const size_t at = (size_t)reading->n_weights++;
    reading->weights = arena_grow(ev->arena, reading->weights, at, &ev->registry->weights_capacity, at + 1, sizeof(WeightPlace));
    WeightPlace *place = &reading->weights[at];
    *place = (WeightPlace){.layer = layer, .statement = ev->active ? ev->active->node->span : ev->span, .n_arrays = n,
                           .loads_before = reading->n_loads};
    place->arrays = ARENA_ARRAY(ev->arena, n, Span);
    place->numbers = ARENA_ARRAY(ev->arena, n, Span *);
    for (int i = 0; i < n; i++) {
        const Array *array = array_of(&arrays[i]);
        place->arrays[i] = arrays[i].span;
        place->numbers[i] = array ? array->places : NULL;
    }
    trail_builds(ev);
}

void registry_load(Evaluator *ev, Layer *layer, const char *path)
{
    Reading *reading = ev->reading;
    const size_t n = (size_t)reading->n_loads++;
    reading->loads = arena_grow(ev->arena, reading->loads, n, &ev->registry->loads_capacity, n + 1, sizeof(WeightLoad));
    reading->loads[n] = (WeightLoad){.layer = layer, .path = path, .statement = ev->active ? ev->active->node->span : ev->span};
    trail_builds(ev);
}

void registry_seed(Evaluator *ev, int64_t seed)
{
    ev->reading->seed = seed;
    ev->reading->seed_span = ev->active ? ev->active->node->span : ev->span;
    trail_builds(ev);
}

void registry_prints_shape(Evaluator *ev, Span statement)
{
    ev->reading->print_shape = statement;
    trail_builds(ev);
}

static bool has_shape(const PyNode *node)
{
    if (!node) return false;
    if (node->type == PY_ATTRIBUTE && strcmp(node->name, "shape") == 0) return true;
    return has_shape(node->a);
}

void registry_print(Evaluator *ev)
{
    for (const PyNode *arg = ev->call ? ev->call->args : NULL; arg; arg = arg->next)
        if (has_shape(arg->a) && ev->active) registry_prints_shape(ev, ev->active->node->span);
}

/* ---- imports ---- */

static bool names_keras(const char *name)
{
    return strncmp(name, "keras", 5) == 0 || strncmp(name, "tensorflow", 10) == 0 || strncmp(name, "tf_keras", 8) == 0;
}

static bool list_imports_keras(const PyNode *list)
{
    for (; list; list = list->next) {
        if (list->type == PY_IMPORT_FROM && names_keras(list->name)) return true;
        for (const PyNode *alias = list->type == PY_IMPORT ? list->list : NULL; alias; alias = alias->next)
            if (names_keras(alias->name)) return true;
        const bool block = list->type == PY_TRY || list->type == PY_IF || list->type == PY_WITH || list->type == PY_FUNCTION;
        if (block && (list_imports_keras(list->list) || list_imports_keras(list->orelse))) return true;
    }
    return false;
}

bool registry_imports_keras(const Evaluator *ev)
{
    if (ev->registry->imports_keras < 0) ev->registry->imports_keras = list_imports_keras(ev->reading->tree->list);
    return ev->registry->imports_keras;
}

/* Before the first statement that is no docstring. */
int registry_import_place(const Evaluator *ev)
{
    const PyNode *node = ev->reading->tree->list;
    while (node && node->type == PY_EXPR && node->a->type == PY_STRING) node = node->next;
    while (node && node->type == PY_IMPORT_FROM && strcmp(node->name, "__future__") == 0) node = node->next;
    return node ? node->outer.start : 0;
}

void registry_star(Evaluator *ev, const char *path, Value module)
{
    Registry *registry = ev->registry;
    for (size_t i = 0; i < registry->n_stars; i++)
        if (strcmp(registry->stars[i].path, path) == 0) return;
    const size_t n = registry->n_stars++;
    registry->stars = arena_grow(ev->arena, registry->stars, n, &registry->stars_capacity, n + 1, sizeof(Star));
    registry->stars[n] = (Star){path, module, ev->active ? ev->active->statement : -1};
}

bool registry_star_find(Evaluator *ev, const char *name, Value *out)
{
    const Registry *registry = ev->registry;
    for (size_t i = registry->n_stars; i-- > 0;) {
        const Star *star = &registry->stars[i];
        const bool open = star->module.kind == VALUE_UNKNOWN;
        pay(ev, 20);
        if (!open && !module_find(ev, star->path, name, out)) continue;
        if (open) *out = unknown(ev, "cause.not_known_module", arena_print(ev->arena, "%s.%s", star->path, name), ev->span);
        trail_use(ev, star->by);
        return true;
    }
    return false;
}

/* ---- at the end ---- */

/* The module's variable that holds the model, the last when there are several. */
static const Binding *variable_of(const Evaluator *ev, const Model *model)
{
    const Binding *found = NULL;
    for (size_t i = 0; i < ev->globals->n; i++) {
        const Binding *binding = &ev->globals->bindings[i];
        if (binding->deleted || model_of(&binding->value) != model) continue;
        if (!found || strcmp(binding->name, "model") == 0) found = binding;
    }
    return found;
}

static void list_models(Evaluator *ev)
{
    Reading *reading = ev->reading;
    const Registry *registry = ev->registry;
    reading->models = ARENA_ARRAY(ev->arena, registry->n_models + 1, NamedModel);
    for (size_t i = 0; i < registry->n_models; i++) {
        const MadeModel *made = &registry->models[i];
        const Binding *binding = variable_of(ev, made->model);
        const char *name = binding ? binding->name : made->name ? made->name : made->model->self->name;
        reading->models[reading->n_models++] = (NamedModel){name, made->model, made->span};
    }
}

static int shown_by_name(const Evaluator *ev, const char *name)
{
    const Binding *binding = scope_find(ev->globals, name);
    const Model *model = binding ? model_of(&binding->value) : NULL;
    for (int i = ev->reading->n_models; i-- > 0;)
        if (ev->reading->models[i].model == model && model) return i;
    for (int i = ev->reading->n_models; i-- > 0;)
        if (strcmp(ev->reading->models[i].variable, name) == 0) return i;
    return -1;
}

static int index_of_model(const Reading *reading, const Model *model)
{
    for (int i = reading->n_models; i-- > 0;)
        if (reading->models[i].model == model) return i;
    return -1;
}

static void choose_shown(Evaluator *ev)
{
    Reading *reading = ev->reading;
    const Model *fault = reading->error.set ? ev->registry->fault : NULL;
    reading->shown = -1;
    if (ev->options && ev->options->model) reading->shown = shown_by_name(ev, ev->options->model);
    else if (fault) reading->shown = index_of_model(reading, fault);
    else reading->shown = shown_by_name(ev, "model");
    if (reading->shown < 0 && !(ev->options && ev->options->model)) reading->shown = reading->n_models - 1;
    reading->model = reading->shown < 0 ? NULL : reading->models[reading->shown].model;
}

static bool fits(const Shape *shape, const Shape *input)
{
    if (shape->rank != input->rank) return false;
    for (int i = 0; i < shape->rank; i++)
        if (input->dim[i] != DIM_NONE && shape->dim[i] != input->dim[i]) return false;
    return true;
}

/* Computed and all zeros: made to build a model, and no picture to teach with. */
static bool is_blank(const ReadArray *array)
{
    const int64_t n = array->tensor.data && !array->numbers ? shape_size(&array->tensor.shape) : 0;
    for (int64_t i = 0; i < n; i++)
        if (array->tensor.data[i] != 0) return false;
    return n > 0;
}

/* A model is called with what nobody names or writes down to build it, not to see what comes out. */
static bool is_shown(const ReadArray *array, int how)
{
    if (array->variable && strcmp(array->variable, "x") == 0) return true;
    return how != USED_CALL || (!is_blank(array) && (array->variable || array->numbers));
}

/* Given to predict first, then to a call, then to fit, then any array of the text that fits; the last written wins. */
static int array_for_input(const Evaluator *ev, const Model *model, int input)
{
    const Registry *registry = ev->registry;
    const Reading *reading = ev->reading;
    const Shape *shape = &model->inputs[input]->spec.shape;
    for (int how = USED_PREDICT; how >= USED_FIT; how--)
        for (size_t i = registry->n_used; i-- > 0;) {
            const UsedArray *used = &registry->used[i];
            if (used->model == model && used->input == input && used->how == how && is_shown(&reading->arrays[used->array], how) &&
                fits(&reading->arrays[used->array].tensor.shape, shape))
                return used->array;
        }
    for (int i = reading->n_arrays; i-- > 0;)
        if (reading->arrays[i].variable && reading->arrays[i].tensor.data && is_shown(&reading->arrays[i], USED_CALL) && fits(&reading->arrays[i].tensor.shape, shape)) return i;
    return -1;
}

static void match_inputs(Evaluator *ev)
{
    Reading *reading = ev->reading;
    const Model *model = reading->model;
    if (!model) return;
    reading->n_input_arrays = model->n_inputs;
    reading->input_arrays = ARENA_ARRAY(ev->arena, model->n_inputs + 1, int);
    for (int i = 0; i < model->n_inputs; i++) reading->input_arrays[i] = array_for_input(ev, model, i);
}

static void find_end(Evaluator *ev)
{
    const MadeModel *made = ev->reading->model ? made_find(ev->registry, ev->reading->model) : NULL;
    ev->reading->model_end = made ? (Span){made->end, made->end} : SPAN_NONE;
}

void registry_finish(Evaluator *ev)
{
    list_models(ev);
    choose_shown(ev);
    match_inputs(ev);
    find_end(ev);
}
