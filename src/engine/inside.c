/* When numbers flow, Keras runs the layers of a nested model anew, and masks go in and out with the tensors although its graph knows
 * nothing of them. Where that happens, the layers are called once more here, quietly, with the masks on. */
#include <string.h>

#include "engine/calling.h"

/* The graph inside as it is made: tensors of the model's own graph, and what stands for them. */
typedef struct Inside {
    Builder      *builder;
    const Model  *model;
    KerasTensor **now;        /* for each tensor of model->steps */
    Error        *err;
} Inside;

/* A tensor that comes from outside. */
static KerasTensor *entry(Builder *builder, const Layer *source, TensorSpec spec)
{
    Node *node = ARENA_NEW(builder->arena, Node);
    KerasTensor *tensor = tensor_new(builder, spec, "inside");
    *node = (Node){.layer = (Layer *)(uintptr_t)source, .out = ARENA_NEW(builder->arena, KerasTensor *), .n_out = 1, .one_output = true,
                   .structure = VALUE_IS_NONE};
    node->out[0] = tensor;
    tensor->node = node;
    return tensor;
}

static Value now_of(const Inside *in, const ModelStep *step, const Value *value)
{
    Arena *arena = in->builder->arena;
    Value leaves = nest_leaves(arena, value);
    for (size_t i = 0; i < leaves.list->n; i++) {
        Value *leaf = &leaves.list->items[i];
        for (int j = 0; is_symbolic(leaf) && j < step->node->n_in; j++)
            if (step->node->in[j] == leaf->tensor) {
                leaf->tensor = in->now[step->from[j]];
                break;
            }
    }
    return nest_pack(arena, value, leaves.list->items);
}

static bool is_default(const ParamSpec *param, const Value *value)
{
    return value->kind == param->fallback.kind && value_equal(value, &param->fallback);
}

/* The call as Keras keeps it: without the masks it finds itself. */
static int arguments_of(const Inside *in, const ModelStep *step, Argument *args)
{
    const Node *node = step->node;
    int n_params, n = 0;
    const ParamSpec *params = kind_call_params(node->layer->kind, &n_params);
    for (int i = 0; i < n_params && i < node->call.n; i++) {
        const TensorRange range = node->call.tensors[i];
        const bool found_mask = range.n && range.first >= node->n_linked;
        if (found_mask || is_default(&params[i], &node->call.args[i])) continue;
        args[n++] = (Argument){.keyword = i ? params[i].name : NULL, .value = now_of(in, step, &node->call.args[i]), .span = SPAN_NONE};
    }
    return n;
}

static bool call_again(Inside *in, const ModelStep *step)
{
    Argument *args = ARENA_ARRAY(in->builder->arena, step->node->call.n, Argument);
    const int n = arguments_of(in, step, args);
    const Node *node = layer_call(in->builder, step->node->layer, args, n, SPAN_NONE, in->err);
    if (!node || node->n_out != step->node->n_out) return false;
    for (int i = 0; i < node->n_out; i++) in->now[step->first + i] = node->out[i];
    return true;
}

static bool call_all(Inside *in)
{
    for (int i = 0; i < in->model->n_steps; i++) {
        const ModelStep *step = &in->model->steps[i];
        if (in->now[step->first]) continue;
        if (!step->node->n_in) in->now[step->first] = step->node->out[0];
        else if (!call_again(in, step)) return false;
    }
    return true;
}

static Model *graph_between(Builder *builder, KerasTensor **entries, int n, KerasTensor *const *ends, int n_ends)
{
    Model *model = ARENA_NEW(builder->arena, Model);
    *model = (Model){.kind = MODEL_FUNCTIONAL, .input_structure = VALUE_IS_NONE, .output_structure = VALUE_IS_NONE};
    model_keep_graph(builder, model, entries, n, ends, n_ends);
    return model;
}

/* The model's inputs, and after them the masks that come in; the masks sit on the inputs they belong to. */
static KerasTensor **make_entries(Calling *c, const Node *node, const Model *model)
{
    KerasTensor **entries = ARENA_ARRAY(c->arena, node->n_in, KerasTensor *);
    const Value masks = nest_leaves(c->arena, &c->previous_mask);
    for (int i = 0; i < node->n_in; i++) {
        TensorSpec spec = node->in[i]->spec;
        if (i < model->n_inputs) spec.shape = model_adjusted(&spec.shape, &model->inputs[i]->spec.shape);
        entries[i] = entry(c->builder, model->inputs[0]->node->layer, spec);
    }
    int next = model->n_inputs;
    for (int i = 0; i < model->n_inputs && (size_t)i < masks.list->n; i++)
        if (is_symbolic(&masks.list->items[i]) && next < node->n_in) entries[i]->mask = entries[next++];
    return entries;
}

static KerasTensor *mask_on(const KerasTensor *tensor)
{
    return tensor->mask ? tensor->mask : tensor->quiet_mask;
}

/* What computes a mask of the model's output from the model's inputs: an operation that nobody sees. */
static const LayerKind KIND_INSIDE = {
    .name = "Mask", .infer = model_infer, .infer_numbers = model_infer_numbers, .forward = model_forward, .operation = true, .rule = TRACE_DEPENDS, .built_at_make = true,
};

static KerasTensor *mask_outside(Calling *c, const Node *node, KerasTensor **entries, KerasTensor *mask)
{
    Layer *layer = layer_make(c->builder, &KIND_INSIDE, NULL, 0, SPAN_NONE, NULL);
    Node *maker = ARENA_NEW(c->arena, Node);
    layer->model = graph_between(c->builder, entries, node->n_in, &mask, 1);
    *maker = (Node){.layer = layer, .call = layer_plain_call(c->arena, layer, node->n_in), .in = node->in, .n_in = node->n_in,
                    .out = ARENA_NEW(c->arena, KerasTensor *), .n_out = 1, .one_output = true, .structure = VALUE_IS_NONE};
    maker->out[0] = tensor_new(c->builder, mask->spec, "inside");
    maker->out[0]->node = maker;
    return maker->out[0];
}

static bool masks_come_in(Calling *c)
{
    const Value masks = nest_leaves(c->arena, &c->previous_mask);
    for (size_t i = 0; i < masks.list->n; i++)
        if (is_symbolic(&masks.list->items[i])) return true;
    return false;
}

static bool masks_go_out(const Model *model)
{
    for (int i = 0; i < model->n_outputs; i++)
        if (mask_on(model->outputs[i])) return true;
    return false;
}

static bool look_inside(Calling *c, Node *node, const Model *model)
{
    KerasTensor **entries = make_entries(c, node, model), **ends = ARENA_ARRAY(c->arena, model->n_outputs, KerasTensor *);
    Inside in = {.builder = c->builder, .model = model, .now = ARENA_ARRAY(c->arena, model->n_tensors, KerasTensor *), .err = c->err};
    for (int i = 0; i < model->n_inputs; i++) in.now[model->input_at[i]] = entries[i];
    if (!call_all(&in)) return false;
    for (int i = 0; i < model->n_outputs; i++) ends[i] = in.now[model->output_at[i]];
    node->inside = graph_between(c->builder, entries, node->n_in, ends, model->n_outputs);
    for (int i = 0; i < model->n_outputs && i < node->n_out; i++)
        if (mask_on(ends[i])) node->out[i]->quiet_mask = mask_outside(c, node, entries, mask_on(ends[i]));
    return true;
}

bool calling_look_inside(Calling *c, Node *node)
{
    const Model *model = c->layer->model;
    if (!model || !model->n_steps || node->n_in < model->n_inputs || c->builder->eager) return true;
    if (!masks_come_in(c) && !masks_go_out(model)) return true;
    c->builder->quiet++;
    const bool done = look_inside(c, node, model);
    c->builder->quiet--;
    return done;
}
