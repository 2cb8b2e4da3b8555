#include "engine/model.h"

#include <string.h>

#include "engine/graph.h"
#include "engine/layer_parts.h"
#include "engine/model_parts.h"
#include "engine/run.h"

const ParamSpec MODEL_CALL_PARAMS[3] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL},
    {.name = "mask", .type = PARAM_TENSORS},
};

Layer *model_layer(const Model *model, const char *name)
{
    for (int i = 0; i < model->n_layers; i++)
        if (strcmp(model->layers[i]->name, name) == 0) return model->layers[i];
    return NULL;
}

int model_good_layers(const Model *model)
{
    return model->faulty ? model->n_good : model->n_layers;
}

/* ---- the graph as steps ---- */

static KerasTensor **copy_tensors(Arena *arena, KerasTensor *const *tensors, int n)
{
    KerasTensor **copy = ARENA_ARRAY(arena, n, KerasTensor *);
    if (n) memcpy(copy, tensors, (size_t)n * sizeof *copy);
    return copy;
}

static int number_of(const Model *model, const KerasTensor *tensor)
{
    return model->steps[tensor->node->place].first + tensor->index;
}

static void make_steps(Arena *arena, Model *model, const NodeList *list)
{
    model->steps = ARENA_ARRAY(arena, list->n, ModelStep);
    model->n_steps = list->n;
    model->steps_capacity = (size_t)list->n;
    model->n_tensors = 0;
    for (int i = 0; i < list->n; i++) {
        Node *node = list->nodes[i];
        node->place = i;
        model->steps[i] = (ModelStep){.node = node, .from = ARENA_ARRAY(arena, node->n_in, int), .first = model->n_tensors};
        model->n_tensors += node->n_out;
    }
    for (int i = 0; i < list->n; i++)
        for (int j = 0; j < list->nodes[i]->n_in; j++) model->steps[i].from[j] = number_of(model, list->nodes[i]->in[j]);
}

void model_keep_graph(Builder *builder, Model *model, KerasTensor *const *inputs, int n_inputs, KerasTensor *const *outputs, int n_outputs)
{
    Arena *arena = builder->arena;
    KerasTensor **ends = ARENA_ARRAY(arena, n_inputs + n_outputs, KerasTensor *);
    NodeList list = {0};
    for (int i = 0; i < n_inputs + n_outputs; i++) ends[i] = i < n_inputs ? inputs[i] : outputs[i - n_inputs];
    graph_order(builder, ends, n_inputs + n_outputs, &list);
    make_steps(arena, model, &list);
    model->inputs = copy_tensors(arena, inputs, n_inputs);
    model->outputs = copy_tensors(arena, outputs, n_outputs);
    model->n_inputs = n_inputs;
    model->n_outputs = n_outputs;
    model->input_at = ARENA_ARRAY(arena, n_inputs, int);
    model->output_at = ARENA_ARRAY(arena, n_outputs, int);
    for (int i = 0; i < n_inputs; i++) model->input_at[i] = number_of(model, inputs[i]);
    for (int i = 0; i < n_outputs; i++) model->output_at[i] = number_of(model, outputs[i]);
}

void model_append_step(Builder *builder, Model *model, Node *node)
{
    const int before = model->n_steps ? model->steps[model->n_steps - 1].first : 0;
    model->steps = arena_grow(builder->arena, model->steps, (size_t)model->n_steps, &model->steps_capacity, (size_t)model->n_steps + 1,
                              sizeof *model->steps);
    ModelStep *step = &model->steps[model->n_steps++];
    *step = (ModelStep){.node = node, .from = ARENA_ARRAY(builder->arena, node->n_in, int), .first = model->n_tensors};
    for (int i = 0; i < node->n_in; i++) step->from[i] = before + node->in[i]->index;
    model->n_tensors += node->n_out;
}

void model_close_steps(Builder *builder, Model *model)
{
    const ModelStep *last = &model->steps[model->n_steps - 1];
    model->n_inputs = 1;
    model->n_outputs = last->node->n_out;
    model->inputs = model->steps[0].node->out;
    model->outputs = last->node->out;
    model->input_at = ARENA_ARRAY(builder->arena, 1 + model->n_outputs, int);
    model->output_at = model->input_at + 1;
    for (int i = 0; i < model->n_outputs; i++) model->output_at[i] = last->first + i;
}

/* ---- shapes of other inputs ---- */

/* Which model input a step stands for; -1 for none. */
static int input_index(const Model *model, const ModelStep *step)
{
    for (int i = 0; i < model->n_inputs; i++)
        if (model->input_at[i] == step->first) return i;
    return -1;
}

static TensorSpec *step_inputs(const ModelStep *step, Arena *arena, const TensorSpec *specs)
{
    TensorSpec *in = ARENA_ARRAY(arena, step->node->n_in, TensorSpec);
    for (int i = 0; i < step->node->n_in; i++) in[i] = specs[step->from[i]];
    return in;
}

static bool all_known(const TensorSpec *specs, int n)
{
    for (int i = 0; i < n; i++)
        if (!shape_known(&specs[i].shape)) return false;
    return true;
}

static bool step_shapes(const ModelStep *step, Arena *arena, TensorSpec *specs, Error *err)
{
    const Node *node = step->node;
    const TensorSpec *in = step_inputs(step, arena, specs);
    Outputs outputs = {.arena = arena, .structure = VALUE_IS_NONE};
    if (all_known(in, node->n_in) ? !layer_infer_numbers(node->layer, &node->call, in, node->n_in, &outputs, err)
                                  : !layer_infer(node->layer, &node->call, in, node->n_in, &outputs, err))
        return false;
    if (outputs.n != node->n_out) return error_set(err, "ValueError", "%s gives %d outputs", node->layer->name, outputs.n);
    for (int i = 0; i < node->n_out; i++) specs[step->first + i] = (TensorSpec){outputs.spec[i].shape, node->out[i]->spec.dtype};
    return true;
}

bool model_shapes(const Model *model, Arena *arena, const TensorSpec *in, TensorSpec *specs, int *done, Error *err)
{
    for (*done = 0; *done < model->n_steps; ++*done) {
        const ModelStep *step = &model->steps[*done];
        const int input = input_index(model, step);
        if (input >= 0) specs[step->first] = in[input];
        else if (!step->node->n_in) specs[step->first] = step->node->out[0]->spec;
        else if (!step_shapes(step, arena, specs, err)) return false;
    }
    return true;
}

/* Tensors with nothing but a shape, to be checked against input specs. */
static Value bare_tensors(Arena *arena, const TensorSpec *specs, int n)
{
    Value tensors = value_list(arena, VALUE_LIST, (size_t)n);
    for (int i = 0; i < n; i++) {
        KerasTensor *tensor = ARENA_NEW(arena, KerasTensor);
        *tensor = (KerasTensor){.spec = specs[i], .name = "", .constant = VALUE_IS_NONE};
        list_add(tensors.list, value_tensor(tensor));
    }
    return tensors;
}

static bool check_step(const ModelStep *step, Arena *arena, const TensorSpec *specs, Error *err)
{
    const TensorRange first = step->node->call.tensors[0];
    const Value tensors = bare_tensors(arena, step_inputs(step, arena, specs) + first.first, first.n);
    if (layer_check_inputs(arena, step->node->layer, &tensors, err)) return true;
    return layer_blame(err, step->node->layer);
}

bool model_shapes_checked(const Model *model, Arena *arena, const TensorSpec *in, TensorSpec *specs, Error *err)
{
    for (int i = 0; i < model->n_steps; i++) {
        const ModelStep *step = &model->steps[i];
        const int input = input_index(model, step);
        if (input >= 0) specs[step->first] = in[input];
        else if (!step->node->n_in) specs[step->first] = step->node->out[0]->spec;
        else if (!check_step(step, arena, specs, err) || !step_shapes(step, arena, specs, err)) return false;
    }
    return true;
}

/* ---- a model as a layer ---- */

Shape model_adjusted(const Shape *shape, const Shape *wanted)
{
    Shape fitting = *shape;
    if (shape->rank == wanted->rank + 1 && shape->dim[shape->rank - 1] == 1) return shape_without(shape, shape->rank - 1);
    if (shape->rank == wanted->rank - 1 && wanted->dim[wanted->rank - 1] == 1) return shape_with(&fitting, shape->rank, 1);
    return fitting;
}

/* A Sequential that has no graph (its input is not one tensor) just applies its layers. */
static bool infer_in_turn(const Model *model, const TensorSpec *in, int n_in, Outputs *outputs, Error *err)
{
    Outputs last = {.arena = outputs->arena, .structure = VALUE_IS_NONE};
    for (int i = 0; i < n_in; i++) outputs_add(&last, in[i].shape, in[i].dtype);
    for (int i = 0; i < model->n_layers; i++) {
        Outputs next = {.arena = outputs->arena, .structure = VALUE_IS_NONE};
        if (!layer_infer(model->layers[i], NULL, last.spec, last.n, &next, err)) return false;
        last = next;
    }
    for (int i = 0; i < last.n; i++) outputs_add(outputs, last.spec[i].shape, last.spec[i].dtype);
    outputs->list = last.list;
    return true;
}

static bool check_inner(const Model *model, const TensorSpec *in, int n_in, Arena *arena, Error *err)
{
    if (model->kind != MODEL_SEQUENTIAL || !model->inner) return true;
    const Value tensors = bare_tensors(arena, in, n_in);
    return layer_check_inputs(arena, model->inner, &tensors, err);
}

static void give_outputs(const Model *model, const TensorSpec *specs, Outputs *outputs)
{
    for (int i = 0; i < model->n_outputs; i++) outputs_add(outputs, specs[i].shape, specs[i].dtype);
    outputs->list = model->output_structure.kind != VALUE_TENSOR && model->kind != MODEL_SEQUENTIAL;
    if (model->output_structure.kind == VALUE_DICT) outputs->structure = model->output_structure;
}

static TensorSpec *adjusted_inputs(const Model *model, Arena *arena, const TensorSpec *in)
{
    TensorSpec *given = ARENA_ARRAY(arena, model->n_inputs, TensorSpec);
    for (int i = 0; i < model->n_inputs; i++) given[i] = (TensorSpec){model_adjusted(&in[i].shape, &model->inputs[i]->spec.shape), in[i].dtype};
    return given;
}

static bool has_shapes_of_old(const Model *model, const TensorSpec *in)
{
    for (int i = 0; i < model->n_inputs; i++)
        if (!shape_equal(&in[i].shape, &model->inputs[i]->spec.shape)) return false;
    return true;
}

static void give_found(const Model *model, const TensorSpec *specs, Outputs *outputs)
{
    TensorSpec *found = ARENA_ARRAY(outputs->arena, model->n_outputs, TensorSpec);
    for (int i = 0; i < model->n_outputs; i++) found[i] = specs[model->output_at[i]];
    give_outputs(model, found, outputs);
}

static void give_known(const Model *model, Outputs *outputs)
{
    TensorSpec *known = ARENA_ARRAY(outputs->arena, model->n_outputs, TensorSpec);
    for (int i = 0; i < model->n_outputs; i++) known[i] = model->outputs[i]->spec;
    give_outputs(model, known, outputs);
}

/* Inputs without the masks; -1 where they are not those of the graph. */
static int count_inputs(const Model *model, const Call *call, int n_in)
{
    const int n = call->tensors[0].n < n_in ? call->tensors[0].n : n_in;
    return model->n_steps && n == model->n_inputs ? n : -1;
}

static bool infer_without_graph(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *outputs, Error *err)
{
    const int n = call->tensors[0].n < n_in ? call->tensors[0].n : n_in;
    if (!layer->model->n_steps) return infer_in_turn(layer->model, in, n, outputs, err);
    return error_set(err, "ValueError", "%s takes %d inputs", layer->name, layer->model->n_inputs);
}

bool model_infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *outputs, Error *err)
{
    const Model *model = layer->model;
    int done;
    if (count_inputs(model, call, n_in) < 0) return infer_without_graph(layer, call, in, n_in, outputs, err);
    TensorSpec *specs = ARENA_ARRAY(outputs->arena, model->n_tensors, TensorSpec);
    if (!model_shapes(model, outputs->arena, adjusted_inputs(model, outputs->arena, in), specs, &done, err)) return false;
    give_found(model, specs, outputs);
    return true;
}

bool model_infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *outputs, Error *err)
{
    const Model *model = layer->model;
    const int n = count_inputs(model, call, n_in);
    if (n < 0) return infer_without_graph(layer, call, in, n_in, outputs, err);
    if (!check_inner(model, in, n, outputs->arena, err)) return false;
    if (!has_shapes_of_old(model, in)) return model_infer_numbers(layer, call, in, n_in, outputs, err);
    give_known(model, outputs);
    return true;
}

bool model_infer_eagerly(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *outputs, Error *err)
{
    const Model *model = layer->model;
    if (count_inputs(model, call, n_in) < 0) return infer_without_graph(layer, call, in, n_in, outputs, err);
    TensorSpec *specs = ARENA_ARRAY(outputs->arena, model->n_tensors, TensorSpec);
    if (!model_shapes_checked(model, outputs->arena, adjusted_inputs(model, outputs->arena, in), specs, err)) return false;
    give_found(model, specs, outputs);
    return true;
}

static void step_forward(const Forward *f, const ModelStep *step, Tensor *tensors)
{
    const Node *node = step->node;
    Tensor *in = ARENA_ARRAY(f->scratch, node->n_in, Tensor);
    for (int i = 0; i < node->n_in; i++) in[i] = tensors[step->from[i]];
    forward_node(f, node, in, tensors + step->first);
}

void model_forward(const Forward *f)
{
    const Model *model = f->node && f->node->inside ? f->node->inside : f->layer->model;
    Tensor *tensors = ARENA_ARRAY(f->scratch, model->n_tensors, Tensor);
    for (int i = 0; i < model->n_inputs; i++) {
        Tensor *tensor = &tensors[model->input_at[i]];
        *tensor = f->in[i];
        tensor->shape = model_adjusted(&f->in[i].shape, &model->inputs[i]->spec.shape);
    }
    for (int i = 0; i < model->n_steps; i++)
        if (!tensors[model->steps[i].first].data) step_forward(f, &model->steps[i], tensors);
    for (int i = 0; i < model->n_outputs; i++) {
        const Tensor *result = &tensors[model->output_at[i]];
        memcpy(f->out[i].data, result->data, (size_t)shape_size(&result->shape) * sizeof(float));
    }
}

bool model_build(Builder *builder, Model *model, const Shape *shapes, int n, Error *err)
{
    if (model->kind != MODEL_SEQUENTIAL || n != 1) return true;
    return sequential_build(builder, model, &shapes[0], err);
}
