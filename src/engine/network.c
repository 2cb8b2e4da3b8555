#include "engine/network.h"

#include <stdlib.h>
#include <string.h>

#include "engine/layer_parts.h"
#include "engine/layers/layers.h"

/* A walk numbers nodes by their `place`, and layers by their id. */
typedef struct Mapping {
    Arena *arena;
    int    walk;
    KerasTensor *const *stops;  int n_stops;   /* tensors of the middle that end the walk */
    Node **post;   int n;  size_t capacity;    /* each after what it needs */
    int   *first_seen;                         /* of layer id: order of meeting, from 1 */
    int    n_seen;
} Mapping;

static bool is_among(KerasTensor *const *tensors, int n, const KerasTensor *tensor)
{
    for (int i = 0; i < n; i++)
        if (tensors[i] == tensor) return true;
    return false;
}

typedef struct Step {
    Node *node;
    int   next;
} Step;

typedef struct Stack {
    Step  *steps;
    size_t n, capacity;
} Stack;

static void enter(Mapping *m, Stack *stack, const KerasTensor *tensor)
{
    Node *node = tensor->node;
    if (!node || node->mark == m->walk) return;
    node->mark = m->walk;
    node->place = -1;
    if (node->n_linked && is_among(m->stops, m->n_stops, tensor)) return;
    if (!m->first_seen[node->layer->id]) m->first_seen[node->layer->id] = ++m->n_seen;
    stack->steps = arena_grow(m->arena, stack->steps, stack->n, &stack->capacity, stack->n + 1, sizeof *stack->steps);
    stack->steps[stack->n++] = (Step){node, 0};
}

static void leave(Mapping *m, Node *node)
{
    node->place = m->n;
    m->post = arena_grow(m->arena, m->post, (size_t)m->n, &m->capacity, (size_t)m->n + 1, sizeof *m->post);
    m->post[m->n++] = node;
}

static void walk_from(Mapping *m, const KerasTensor *output)
{
    Stack stack = {0};
    enter(m, &stack, output);
    while (stack.n) {
        Step *step = &stack.steps[stack.n - 1];
        if (step->next == step->node->n_linked) {
            leave(m, step->node);
            stack.n--;
        } else {
            enter(m, &stack, step->node->in[step->next++]);
        }
    }
}

static Mapping map(Builder *builder, KerasTensor *const *stops, int n_stops, KerasTensor *const *outputs, int n_outputs)
{
    Mapping m = {.arena = builder->arena, .walk = ++builder->walks, .stops = stops, .n_stops = n_stops,
                 .first_seen = ARENA_ARRAY(builder->arena, builder->layers + 1, int)};
    for (int i = 0; i < n_outputs; i++) walk_from(&m, outputs[i]);
    return m;
}

/* ---- depths ---- */

/* Depth of each node and layer; `found` is the order in which Keras' dictionary meets the nodes. */
typedef struct Depths {
    int *node, *layer;          /* by place; by layer id, -1 = not in the graph */
    int *found;  int n_found;
} Depths;

static void meet(Depths *d, int place)
{
    if (d->node[place] >= 0) return;
    d->node[place] = 0;
    d->found[d->n_found++] = place;
}

static int larger(int a, int b) { return a > b ? a : b; }

static Depths find_depths(const Mapping *m, int n_layers)
{
    Depths d = {.node = ARENA_ARRAY(m->arena, m->n, int), .layer = ARENA_ARRAY(m->arena, n_layers + 1, int),
                .found = ARENA_ARRAY(m->arena, m->n, int)};
    for (int i = 0; i < m->n; i++) d.node[i] = -1;
    for (int i = 0; i <= n_layers; i++) d.layer[i] = -1;
    for (int i = m->n - 1; i >= 0; i--) {
        const Node *node = m->post[i];
        meet(&d, i);
        const int depth = larger(d.node[i], d.layer[node->layer->id]);
        d.layer[node->layer->id] = d.node[i] = depth;
        for (int j = 0; j < node->n_linked; j++) {
            const Node *parent = node->in[j]->node;
            if (!parent || parent->mark != m->walk || parent->place < 0) continue;
            meet(&d, parent->place);
            d.node[parent->place] = larger(depth + 1, d.node[parent->place]);
        }
    }
    return d;
}

/* ---- order ---- */

typedef struct Ranked {
    int   depth, index, met;   /* deepest first, then by index, then as met */
    void *what;
} Ranked;

static int compare_ranked(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;
    if (x->depth != y->depth) return y->depth - x->depth;
    return x->index != y->index ? x->index - y->index : x->met - y->met;
}

static void sort_ranked(Ranked *ranked, int n)
{
    if (n) qsort(ranked, (size_t)n, sizeof *ranked, compare_ranked);
}

static void order_nodes(const Mapping *m, const Depths *d, Network *network)
{
    Ranked *ranked = ARENA_ARRAY(m->arena, d->n_found, Ranked);
    for (int i = 0; i < d->n_found; i++)
        ranked[i] = (Ranked){.depth = d->node[d->found[i]], .met = i, .what = m->post[d->found[i]]};
    sort_ranked(ranked, d->n_found);
    network->nodes = ARENA_ARRAY(m->arena, d->n_found, NetworkNode);
    network->n_nodes = d->n_found;
    for (int i = 0; i < d->n_found; i++) network->nodes[i] = (NetworkNode){ranked[i].what, ranked[i].depth};
}

/* Inputs that lead nowhere stand with the last layers, before them. */
static int unused_inputs(const Depths *d, KerasTensor *const *inputs, int n_inputs, Layer **unused)
{
    int n = 0;
    for (int i = 0; i < n_inputs; i++) {
        Layer *layer = inputs[i]->node ? inputs[i]->node->layer : NULL;
        bool known = !layer || inputs[i]->node->n_linked || d->layer[layer->id] >= 0;
        for (int j = 0; j < n; j++) known |= unused[j] == layer;
        if (!known) unused[n++] = layer;
    }
    return n;
}

static void order_layers(const Mapping *m, const Depths *d, KerasTensor *const *inputs, int n_inputs, Network *network)
{
    Layer **unused = ARENA_ARRAY(m->arena, n_inputs, Layer *);
    Ranked *ranked = ARENA_ARRAY(m->arena, m->n_seen + n_inputs, Ranked);
    bool *listed = ARENA_ARRAY(m->arena, m->n_seen + 1, bool);
    int n = 0;
    for (int i = 0; i < m->n; i++) {
        Layer *layer = m->post[i]->layer;
        const int seen = m->first_seen[layer->id];
        if (listed[seen]) continue;
        listed[seen] = true;
        ranked[n] = (Ranked){.depth = d->layer[layer->id], .index = seen, .met = n, .what = layer};
        n++;
    }
    const int n_unused = unused_inputs(d, inputs, n_inputs, unused);
    for (int i = 0; i < n_unused; i++, n++) ranked[n] = (Ranked){.depth = 0, .index = -1, .met = n, .what = unused[i]};
    sort_ranked(ranked, n);
    network->layers = ARENA_ARRAY(m->arena, n, Layer *);
    network->n_layers = n;
    for (int i = 0; i < n; i++) network->layers[i] = ranked[i].what;
}

/* ---- what is wrong ---- */

static bool refuse_disconnected(Arena *arena, const KerasTensor *tensor, Layer *layer, const Value *before, Error *err)
{
    const Value lost = {.kind = VALUE_TENSOR, NO_SPAN, .tensor = (KerasTensor *)(uintptr_t)tensor}, at = value_layer(layer);
    error_set(err, "ValueError", "Graph disconnected: cannot find parent for tensor %s at operation '%s'. The following previous operations "
              "were accessed without issue: %s", value_str_text(arena, &lost), value_str_text(arena, &at), value_repr_text(arena, before));
    return error_cause(err, "cause.disconnected", layer->name, NULL);
}

/* A copy may name a node that makes another tensor. */
static bool is_made(const KerasTensor *tensor)
{
    return tensor->node && tensor->node->out[tensor->index] == tensor;
}

/* Inputs and the outputs of what was gone through are there; `place` of a node that was passed becomes its rank + 1. */
static bool check_connected(Builder *builder, const Network *network, KerasTensor *const *inputs, int n_inputs, Error *err)
{
    const int walk = ++builder->walks;
    Value passed = value_list(builder->arena, VALUE_LIST, 8);
    for (int i = 0; i < network->n_nodes; i++) {
        Node *node = network->nodes[i].node;
        for (int j = 0; j < node->n_linked; j++) {
            const KerasTensor *tensor = node->in[j];
            const bool there = (is_made(tensor) && tensor->node->mark == walk) || is_among(inputs, n_inputs, tensor);
            if (!there) return refuse_disconnected(builder->arena, tensor, node->layer, &passed, err);
            list_add(passed.list, value_string(builder->arena, node->layer->name, strlen(node->layer->name)));
        }
        node->mark = walk;
    }
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(Layer *const *)a)->name, (*(Layer *const *)b)->name);
}

static int times_used(const Network *network, const char *name)
{
    int times = 0;
    for (int i = 0; i < network->n_layers; i++) times += strcmp(network->layers[i]->name, name) == 0;
    return times;
}

/* The last of that name that has it from the text takes another. */
static void propose_name(const Network *network, Arena *arena, const char *name, Error *err)
{
    for (int i = network->n_layers - 1; i >= 0; i--) {
        const Layer *layer = network->layers[i];
        const Value *given = layer->initial_kwargs.kind == VALUE_DICT ? dict_find(layer->initial_kwargs.dict, "name") : NULL;
        for (int k = 0; !given && k < layer->kind->n_params; k++)
            if (strcmp(layer->kind->params[k].name, "name") == 0) given = &layer->args[k];
        if (strcmp(layer->name, name) != 0 || !given || !span_known(given->span)) continue;
        error_fix_at(err, given->span, arena_print(arena, "'%s_2'", name));
    }
}

static bool refuse_name(const Network *network, Arena *arena, const char *name, Error *err)
{
    const int times = times_used(network, name);
    error_set(err, "ValueError", "The name \"%s\" is used %d times in the model. All operation names should be unique.", name, times);
    error_cause(err, "cause.name_used_twice", name, arena_print(arena, "%d", times), NULL);
    propose_name(network, arena, name, err);
    return false;
}

static bool check_names(Arena *arena, const Network *network, Error *err)
{
    Layer **sorted = ARENA_ARRAY(arena, network->n_layers, Layer *);
    bool twice = false;
    for (int i = 0; i < network->n_layers; i++) sorted[i] = network->layers[i];
    if (network->n_layers) qsort(sorted, (size_t)network->n_layers, sizeof *sorted, compare_names);
    for (int i = 1; i < network->n_layers; i++) twice |= strcmp(sorted[i - 1]->name, sorted[i]->name) == 0;
    for (int i = 0; twice && i < network->n_layers; i++)
        if (times_used(network, network->layers[i]->name) > 1) return refuse_name(network, arena, network->layers[i]->name, err);
    return true;
}

bool network_find(Builder *builder, KerasTensor *const *inputs, int n_inputs, KerasTensor *const *outputs, int n_outputs, Network *network,
                  Error *err)
{
    const Mapping m = map(builder, inputs, n_inputs, outputs, n_outputs);
    const Depths d = find_depths(&m, builder->layers);
    order_nodes(&m, &d, network);
    order_layers(&m, &d, inputs, n_inputs, network);
    return check_connected(builder, network, inputs, n_inputs, err) && check_names(builder->arena, network, err);
}

static bool is_reached(const Network *network, KerasTensor *const *inputs, int n_inputs, const KerasTensor *tensor)
{
    if (is_among(inputs, n_inputs, tensor)) return true;
    const Node *node = tensor->node;
    return is_made(tensor) && node->place >= 0 && node->place < network->n_nodes && network->nodes[node->place].node == node && node->n_linked;
}

const KerasTensor *network_unreached(const Network *network, KerasTensor *const *inputs, int n_inputs, KerasTensor *const *outputs,
                                     int n_outputs)
{
    for (int i = 0; i < network->n_nodes; i++) {
        Node *node = network->nodes[i].node;
        node->place = i;
        for (int j = 0; j < node->n_linked; j++)
            if (!is_reached(network, inputs, n_inputs, node->in[j])) node->place = -1;
    }
    for (int i = 0; i < n_outputs; i++)
        if (!is_reached(network, inputs, n_inputs, outputs[i])) return outputs[i];
    return NULL;
}

/* ---- models from the middle ---- */

typedef struct Copy {
    const KerasTensor *from;
    KerasTensor       *to;
} Copy;

typedef struct Copies {
    Builder *builder;
    Copy    *copies;  int n;  size_t capacity;
} Copies;

static KerasTensor *copy_find(const Copies *c, const KerasTensor *tensor)
{
    for (int i = 0; i < c->n; i++)
        if (c->copies[i].from == tensor) return c->copies[i].to;
    return NULL;
}

static KerasTensor **copy_place(const Copies *c, const KerasTensor *tensor)
{
    for (int i = 0; i < c->n; i++)
        if (c->copies[i].from == tensor) return &c->copies[i].to;
    return NULL;
}

static void copy_set(Copies *c, const KerasTensor *from, KerasTensor *to)
{
    c->copies = arena_grow(c->builder->arena, c->copies, (size_t)c->n, &c->capacity, (size_t)c->n + 1, sizeof *c->copies);
    c->copies[c->n++] = (Copy){from, to};
}

static KerasTensor *copy_of(Copies *c, const KerasTensor *tensor)
{
    KerasTensor *copy = copy_find(c, tensor);
    if (copy) return copy;
    copy = tensor_new(c->builder, tensor->spec, arena_print(c->builder->arena, "%s_clone", tensor->name));
    copy_set(c, tensor, copy);
    return copy;
}

static KerasTensor *input_before(Copies *c, const KerasTensor *tensor, Error *err)
{
    Arena *arena = c->builder->arena;
    const char *name = arena_print(arena, "%sCLONE", tensor->name), *dtype = dtype_name(tensor->spec.dtype);
    const Argument args[] = {
        {.keyword = "batch_shape", .value = value_shape(arena, &tensor->spec.shape), .span = SPAN_NONE},
        {.keyword = "dtype", .value = value_string(arena, dtype, strlen(dtype)), .span = SPAN_NONE},
        {.keyword = "name", .value = value_string(arena, name, strlen(name)), .span = SPAN_NONE},
    };
    Layer *layer = layer_make(c->builder, &LAYER_input_layer, args, 3, SPAN_NONE, err);
    return layer ? layer->calls[0]->out[0] : NULL;
}

static Value copied_value(Copies *c, const Value *value)
{
    Value leaves = nest_leaves(c->builder->arena, value);
    for (size_t i = 0; i < leaves.list->n; i++)
        if (leaves.list->items[i].kind == VALUE_TENSOR) leaves.list->items[i].tensor = copy_of(c, leaves.list->items[i].tensor);
    return nest_pack(c->builder->arena, value, leaves.list->items);
}

/* Masks that Keras finds anew when numbers flow stay behind: the new Input has none. */
static void copy_node(Copies *c, const Node *node)
{
    Arena *arena = c->builder->arena;
    Node *copy = ARENA_NEW(arena, Node);
    *copy = *node;
    copy->n_in = node->n_linked;
    copy->in = ARENA_ARRAY(arena, node->n_linked, KerasTensor *);
    copy->out = ARENA_ARRAY(arena, node->n_out, KerasTensor *);
    copy->call.args = ARENA_ARRAY(arena, node->call.n, Value);
    copy->call.tensors = ARENA_ARRAY(arena, node->call.n, TensorRange);
    for (int i = 0; i < node->call.n; i++) {
        const bool kept = node->call.tensors[i].first + node->call.tensors[i].n <= node->n_linked;
        copy->call.args[i] = kept ? copied_value(c, &node->call.args[i]) : value_none();
        copy->call.tensors[i] = kept ? node->call.tensors[i] : (TensorRange){0};
    }
    for (int i = 0; i < node->n_linked; i++) copy->in[i] = copy_of(c, node->in[i]);
    for (int i = 0; i < node->n_out; i++) {
        copy->out[i] = copy_of(c, node->out[i]);
        copy->out[i]->node = copy;
        copy->out[i]->index = i;
    }
    copy->order = c->builder->order++;
    layer_record_call(arena, node->layer, copy);
}

/* An output is copied before the calls are, with its history; one that is an input too is lost to them. */
static void copy_output(Copies *c, const KerasTensor *output)
{
    KerasTensor **place = copy_place(c, output);
    KerasTensor *copy = tensor_new(c->builder, output->spec, arena_print(c->builder->arena, "%s_clone", output->name));
    copy->node = output->node;
    copy->index = output->index;
    if (place) *place = copy;
    else copy_set(c, output, copy);
}

static bool all_inputs(KerasTensor *const *tensors, int n)
{
    for (int i = 0; i < n; i++)
        if (tensors[i]->node && tensors[i]->node->n_linked) return false;
    return true;
}

static void replace_structure(Copies *c, Value *structure)
{
    *structure = copied_value(c, structure);
}

bool network_clone(Builder *builder, Model *model, Error *err)
{
    if (all_inputs(model->inputs, model->n_inputs)) return true;
    const Mapping m = map(builder, model->inputs, model->n_inputs, model->outputs, model->n_outputs);
    Copies c = {.builder = builder};
    KerasTensor **new_inputs = ARENA_ARRAY(builder->arena, model->n_inputs, KerasTensor *);
    for (int i = 0; i < model->n_inputs; i++) {
        KerasTensor *input = model->inputs[i];
        if (input->node && input->node->n_linked) input = input_before(&c, input, err);
        if (!input) return false;
        copy_set(&c, model->inputs[i], input);
        new_inputs[i] = input;
    }
    replace_structure(&c, &model->input_structure);
    for (int i = 0; i < model->n_outputs; i++) copy_output(&c, model->outputs[i]);
    for (int i = 0; i < m.n; i++) {
        if (m.post[i]->n_linked) copy_node(&c, m.post[i]);
        else if (!copy_find(&c, m.post[i]->out[0])) copy_set(&c, m.post[i]->out[0], m.post[i]->out[0]);
    }
    replace_structure(&c, &model->output_structure);
    for (int i = 0; i < model->n_outputs; i++) model->outputs[i] = copy_of(&c, model->outputs[i]);
    model->inputs = new_inputs;
    return true;
}
