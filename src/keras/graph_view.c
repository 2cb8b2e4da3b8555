#include "keras/graph_view.h"

#include <stdlib.h>

static int compare_nodes(const void *a, const void *b)
{
    const Node *left = *(const Node *const *)a, *right = *(const Node *const *)b;
    return left->order < right->order ? -1 : left->order > right->order;
}

/* Nodes by the order of their making, for finding. */
static int node_index(const Node *const *nodes, int n, const Node *node)
{
    int low = 0, high = n;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (nodes[middle]->order < node->order) low = middle + 1;
        else high = middle;
    }
    return low < n && nodes[low] == node ? low : -1;
}

bool edge_is_linked(const Node *node, int input) { return input < node->n_linked; }

bool view_has(const GraphView *view, const Node *node) { return node_index(view->nodes, view->n_nodes, node) >= 0; }

static void keep(const Node *const *nodes, int n, const KerasTensor *tensor, bool *kept)
{
    const int i = tensor->node ? node_index(nodes, n, tensor->node) : -1;
    if (i >= 0) kept[i] = true;
}

/* What is called later was made later: walking back, each node is met after all that it feeds. */
static void keep_reached(const GraphView *view, bool *kept)
{
    for (int i = view->n_nodes - 1; i >= 0; i--) {
        const Node *node = view->nodes[i];
        for (int k = 0; kept[i] && k < node->n_in; k++)
            if (view->edge(node, k)) keep(view->nodes, view->n_nodes, node->in[k], kept);
    }
}

static void keep_nodes(GraphView *view, Arena *arena)
{
    const Model *model = view->model;
    bool *kept = ARENA_ARRAY(arena, view->n_nodes, bool);
    for (int i = 0; i < model->n_inputs; i++) keep(view->nodes, view->n_nodes, model->inputs[i], kept);
    for (int i = 0; i < model->n_outputs; i++) keep(view->nodes, view->n_nodes, model->outputs[i], kept);
    keep_reached(view, kept);
    int n = 0;
    for (int i = 0; i < view->n_nodes; i++)
        if (kept[i]) view->nodes[n++] = view->nodes[i];
    view->n_nodes = n;
}

/* ---- calls by layer ---- */

static int compare_layers(const void *a, const void *b)
{
    const Node *left = *(const Node *const *)a, *right = *(const Node *const *)b;
    if (left->layer->id != right->layer->id) return left->layer->id < right->layer->id ? -1 : 1;
    return compare_nodes(a, b);
}

static void sort_by_layer(GraphView *view, Arena *arena)
{
    view->by_layer = ARENA_ARRAY(arena, view->n_nodes, const Node *);
    for (int i = 0; i < view->n_nodes; i++) view->by_layer[i] = view->nodes[i];
    if (view->n_nodes) qsort(view->by_layer, (size_t)view->n_nodes, sizeof *view->by_layer, compare_layers);
}

int view_calls(const GraphView *view, const Layer *layer, const Node *const **calls)
{
    int low = 0, high = view->n_nodes, n = 0;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (view->by_layer[middle]->layer->id < layer->id) low = middle + 1;
        else high = middle;
    }
    *calls = view->n_nodes ? &view->by_layer[low] : NULL;
    while (low + n < view->n_nodes && view->by_layer[low + n]->layer == layer) n++;
    return n;
}

/* ---- the view ---- */

static void keep_layers(GraphView *view, Arena *arena)
{
    const Model *model = view->model;
    const Node *const *calls;
    view->layers = ARENA_ARRAY(arena, model->n_layers, Layer *);
    view->n_layers = 0;
    for (int i = 0; i < model->n_layers; i++)
        if (view_calls(view, model->layers[i], &calls)) view->layers[view->n_layers++] = model->layers[i];
}

void view_make(GraphView *view, Arena *arena, const Model *model, GraphEdge *edge)
{
    *view = (GraphView){.model = model, .layers = model->layers, .n_layers = model->n_layers, .edge = edge};
    if (model->kind != MODEL_FUNCTIONAL) return;
    view->nodes = ARENA_ARRAY(arena, model->n_steps, const Node *);
    view->n_nodes = model->n_steps;
    for (int i = 0; i < model->n_steps; i++) view->nodes[i] = model->steps[i].node;
    if (view->n_nodes) qsort(view->nodes, (size_t)view->n_nodes, sizeof *view->nodes, compare_nodes);
    keep_nodes(view, arena);
    sort_by_layer(view, arena);
    keep_layers(view, arena);
}

int call_index(const Node *node)
{
    for (int i = 0; i < node->layer->n_calls; i++)
        if (node->layer->calls[i] == node) return i;
    return 0;
}

int call_index_in(const GraphView *view, const Node *node)
{
    const Node *const *calls;
    const int n = view_calls(view, node->layer, &calls);
    for (int i = 0; i < n; i++)
        if (calls[i] == node) return i;
    return n;
}

/* ---- line or graph ---- */

static void node_depths(const GraphView *view, int *depth)
{
    for (int i = view->n_nodes - 1; i >= 0; i--) {
        const Node *node = view->nodes[i];
        for (int k = 0; k < node->n_in; k++) {
            if (!node->in[k]->node || !view->edge(node, k)) continue;
            const int from = node_index(view->nodes, view->n_nodes, node->in[k]->node);
            if (from >= 0 && depth[from] <= depth[i]) depth[from] = depth[i] + 1;
        }
    }
}

static int inputs_count(const GraphView *view, const Node *node)
{
    int n = 0;
    for (int i = 0; i < node->n_in; i++) n += node->in[i]->node && view->edge(node, i);
    return n;
}

static bool layers_called_once(const GraphView *view)
{
    for (int i = 1; i < view->n_nodes; i++)
        if (view->by_layer[i]->layer == view->by_layer[i - 1]->layer) return false;
    return true;
}

bool view_is_line(const GraphView *view, Arena *arena)
{
    int *depth = ARENA_ARRAY(arena, view->n_nodes, int);
    bool *taken = ARENA_ARRAY(arena, view->n_nodes + 1, bool);
    node_depths(view, depth);
    for (int i = 0; i < view->n_nodes; i++) {
        if (taken[depth[i]] || inputs_count(view, view->nodes[i]) > 1) return false;
        taken[depth[i]] = true;
    }
    return layers_called_once(view);
}
