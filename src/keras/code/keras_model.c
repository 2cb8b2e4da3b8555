#include "keras/code/keras_model.h"

#include <string.h>

#include "engine/layers/layers.h"
#include "keras/code/array_functions.h"
#include "keras/code/doubt.h"
#include "keras/code/keras_call.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_subclass.h"
#include "keras/code/module.h"
#include "keras/code/registry.h"
#include "keras/code/trail.h"

Layer *layer_of(const Value *value)
{
    const Instance *instance = value_instance(value);
    if (instance) return instance->layer;
    return value->kind == VALUE_LAYER ? value->layer : NULL;
}

Model *model_checked(Evaluator *ev, const Given *given)
{
    const Layer *layer = layer_of(given->self);
    if (!layer || !layer->model) raise_error(ev, "AttributeError", "'%s' object has no attribute '%s'", type_of(given->self), given->native->name);
    return layer->model;
}

/* ---- making ---- */

static bool any_unknown(const Argument *args, int n)
{
    for (int i = 0; i < n; i++)
        if (!value_known(&args[i].value)) return true;
    return false;
}

Value construct_sequential(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    int given;
    (void)class;
    const Argument *arguments = engine_arguments(ev, KIND_SEQUENTIAL.params, KIND_SEQUENTIAL.n_params, args, n, &given);
    Error error = error_make(ev);
    Model *model = sequential_construct(ev->builder, arguments, given, span, &error);
    if (model) registry_model(ev, model);
    if (model && error.set) registry_fault_model(ev, model);
    if (error.set || !model) raise_fault(ev, &error);
    pay(ev, 20 + model->n_layers / 8);
    model->self->place = -1;
    return value_layer(model->self);
}

Value construct_model(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    int given;
    (void)class;
    static const ParamSpec params[] = {{.name = "inputs", .required = true}, {.name = "outputs", .required = true}, {.name = "name"}};
    if (any_unknown(args, n)) trail_builds(ev);
    const Argument *arguments = engine_arguments(ev, params, 3, args, n, &given);
    Error error = error_make(ev);
    Model *model = model_construct(ev->builder, arguments, given, span, &error);
    if (!model) raise_fault(ev, &error);
    pay(ev, 20 + model->n_layers / 8);
    model->self->place = -1;
    registry_model(ev, model);
    return value_layer(model->self);
}

static bool is_layer_or_tensor(const Value *value)
{
    return value->kind == VALUE_LAYER || value->kind == VALUE_TENSOR;
}

void sequential_draft(Evaluator *ev, const ValueList *made, Span span)
{
    Error error = error_make(ev);
    Model *model = sequential_make(ev->builder, NULL, span, &error);
    if (!model) return;
    for (size_t i = 0; i < made->n; i++) {
        const Value layer = engine_value(ev, made->items[i]);
        if (!is_layer_or_tensor(&layer) || !sequential_add(ev->builder, model, &layer, false, &error)) break;
    }
    if (!error.set) sequential_rebuild(ev->builder, model, &error);
    registry_model(ev, model);
    registry_fault_model(ev, model);
}

/* ---- Sequential ---- */

static Value sequential_add_call(Evaluator *ev, const Given *given)
{
    Model *model = model_checked(ev, given);
    const bool rebuild = !given->arg[1] || truth(ev, *given->arg[1]);
    if (doubt_spares(ev, model->self)) {
        note(ev, "note.doubtful_add", source_text(ev, ev->span), NULL, ev->span);
        return value_none();
    }
    if (given->arg[0]->kind == VALUE_UNKNOWN) engine_arguments(ev, NULL, 0, given->written, given->n_written, &(int){0});
    pay(ev, 20 + model->n_layers / 8);
    walkable(ev, given->arg[0]);
    const Value layer = engine_value(ev, *given->arg[0]);
    Error error = error_make(ev);
    const bool added = sequential_add(ev->builder, model, &layer, rebuild, &error);
    registry_model(ev, model);
    if (added) return value_none();
    registry_fault_model(ev, model);
    raise_fault(ev, &error);
}

static Value sequential_pop_call(Evaluator *ev, const Given *given)
{
    Model *model = model_checked(ev, given);
    if (doubt_spares(ev, model->self)) return value_none();
    Layer *last = model->n_layers ? model->layers[model->n_layers - 1] : model->input_layer;
    Error error = error_make(ev);
    pay(ev, 20 + model->n_layers / 8);
    if (!sequential_pop(ev->builder, model, true, &error)) raise_fault(ev, &error);
    registry_model(ev, model);
    return last ? value_layer(last) : value_none();
}

static const Native sequential_methods[] = {
    {.name = "add", .params = "!layer rebuild?", .call = sequential_add_call},
    {.name = "pop", .params = "rebuild?", .call = sequential_pop_call},
    {0}};
const Native *const SEQUENTIAL_METHODS = sequential_methods;

/* ---- building and calling ---- */

static Value model_build_call(Evaluator *ev, const Given *given)
{
    Model *model = model_checked(ev, given);
    Shape shapes[SHAPE_RANK_MAX];
    int n = 0;
    Error error = error_make(ev);
    if (!given->arg[0] || given->arg[0]->kind == VALUE_UNKNOWN) return value_none();
    const ValueList *list = value_items(given->arg[0]);
    const bool several = list && list->n && value_items(&list->items[0]);
    for (size_t i = 0; i < (several ? list->n : 1) && n < SHAPE_RANK_MAX; i++)
        if (!shape_resolve(ev->arena, several ? &list->items[i] : given->arg[0], &shapes[n++], NULL)) return value_none();   /* as Keras does */
    Value self;
    if (model->kind == MODEL_SUBCLASSED) {
        if (subclass_instance(ev, model->self, &self)) subclass_build(ev, self, shapes, n);
        return value_none();
    }
    const bool built = model_build(ev->builder, model, shapes, n, &error);
    registry_model(ev, model);
    if (!built) registry_fault_model(ev, model);
    if (!built) raise_fault(ev, &error);
    return value_none();
}

static Value not_told(Evaluator *ev)
{
    return unknown_here(ev, "cause.not_known_numbers");
}

static bool all_arrays(const Value *value)
{
    const ValueList *list = value_items(value);
    for (size_t i = 0; list && i < list->n; i++)
        if (!all_arrays(&list->items[i])) return false;
    return list ? list->n > 0 : value_is(value, &OBJECT_ARRAY);
}

/* Shapes of arrays whose first axis is any number of samples. */
static Value predict_call(Evaluator *ev, const Given *given)
{
    Model *model = model_checked(ev, given);
    trail_builds(ev);
    if (!given->arg[0] || !all_arrays(given->arg[0])) return not_told(ev);
    const Argument arg = {.value = *given->arg[0], .span = given->written[0].span};
    const bool built = model->built;
    registry_used(ev, model, *given->arg[0], USED_PREDICT);
    const Value out = call(ev, *given->self, &arg, 1);
    if (!built) registry_model(ev, model);
    return out;
}

/* ---- training ---- */

static void check_compiled(Evaluator *ev, const Given *given)
{
    const Model *model = model_checked(ev, given);
    if (ev->doubt || ev->broken || registry_is_compiled(ev, model)) return;
    raise_error(ev, "ValueError", "You must call `compile()` before using the model.");
}

static void put_sizes(Text *text, const char *label, const Value *value)
{
    const ValueList *list = value_items(value);
    text_print(text, "'%s' sizes: ", label);
    for (size_t i = 0; i < (list ? list->n : 1); i++) {
        const Array *array = array_of(list ? &list->items[i] : value);
        text_print(text, "%s%lld", i ? ", " : "", (long long)array->shape.dim[0]);
    }
    text_put_char(text, '\n');
}

/* How many samples there are, -1 where that is not known or not told by arrays alone; false where they differ. */
static bool count_samples(const Value *value, int64_t *n)
{
    const ValueList *list = value_items(value);
    for (size_t i = 0; list && i < list->n; i++)
        if (!count_samples(&list->items[i], n)) return false;
    if (list) return true;
    const Array *array = array_of(value);
    const int64_t samples = array && array->shape.rank ? array->shape.dim[0] : DIM_NONE;
    if (samples == DIM_NONE || *n == -2) { *n = -2; return true; }
    if (*n >= 0 && *n != samples) return false;
    *n = samples;
    return true;
}

static void check_samples(Evaluator *ev, const Value *x, const Value *y)
{
    int64_t n = -1, known = -1;
    if (!x || !y || !all_arrays(x) || !all_arrays(y)) return;
    count_samples(x, &known);
    count_samples(y, &known);
    if (known == -2 || (count_samples(x, &n) && count_samples(y, &n))) return;
    Text text = {.arena = ev->arena};
    text_put(&text, "Data cardinality is ambiguous. Make sure all arrays contain the same number of samples.");
    put_sizes(&text, "x", x);
    put_sizes(&text, "y", y);
    raise_error(ev, "ValueError", "%s", text_string(&text));
}

/* The same with any number of samples, as batches are. */
static Value batches_of(Evaluator *ev, Value value)
{
    const ValueList *list = value_items(&value);
    if (!list) {
        Shape shape = array_of(&value)->shape;
        if (shape.rank) shape.dim[0] = DIM_NONE;
        return value_array(ev, shape, array_of(&value)->dtype, NULL);
    }
    Value out = value_list(ev->arena, value.kind, list->n);
    for (size_t i = 0; i < list->n; i++) list_add(out.list, batches_of(ev, list->items[i]));
    return out;
}

/* Data of a known shape builds a model that has none yet, and must fit one that has. */
static Value fit_call(Evaluator *ev, const Given *given)
{
    Model *model = model_checked(ev, given);
    check_compiled(ev, given);
    if (!given->arg[0]) return not_told(ev);
    check_samples(ev, given->arg[0], given->arg[1]);
    registry_used(ev, model, *given->arg[0], USED_FIT);
    const bool buildable = model->built || (model->kind == MODEL_SEQUENTIAL && value_is(given->arg[0], &OBJECT_ARRAY));
    if (!buildable || !all_arrays(given->arg[0]) || doubt_spares(ev, model->self)) return not_told(ev);
    const bool built = model->built;
    const Argument arg = {.value = built ? batches_of(ev, *given->arg[0]) : *given->arg[0], .span = given->written[0].span};
    call(ev, *given->self, &arg, 1);
    if (!built) registry_model(ev, model);
    return not_told(ev);
}

static Value training_call(Evaluator *ev, const Given *given)
{
    if (given->native->data) check_compiled(ev, given);
    return not_told(ev);
}

static void check_optimizer(Evaluator *ev, const Value *optimizer)
{
    Value found;
    if (!optimizer || optimizer->kind != VALUE_STRING) return;
    const char *name = optimizer->string.bytes;
    if (module_optimizer_name(name) || module_find(ev, "keras.optimizers", name, &found)) return;
    Error error = error_make(ev);
    error_set(&error, "ValueError", "Could not interpret optimizer identifier: %s", name);
    error.at = optimizer->span;
    raise_fault(ev, &error);
}

static void check_metrics(Evaluator *ev, const char *argument, const Value *metrics)
{
    if (!metrics || metrics->kind == VALUE_NONE || metrics->kind == VALUE_UNKNOWN || value_is_nest(metrics)) return;
    if (metrics->kind == VALUE_OBJECT && !value_callable(metrics)) return;
    raise_error(ev, "ValueError", "Expected `%s` argument to be a list, tuple, or dict. Received instead: %s=%s of type <class '%s'>", argument,
                argument, text_of(ev, *metrics), value_type(metrics));
}

static Value compile_call(Evaluator *ev, const Given *given)
{
    check_optimizer(ev, given->arg[0]);
    check_metrics(ev, "metrics", given->arg[3]);
    check_metrics(ev, "weighted_metrics", given->arg[4]);
    registry_compiled(ev, model_checked(ev, given));
    return value_none();
}

/* ---- questions ---- */

Value model_layers(Evaluator *ev, const Model *model)
{
    Value list = value_list(ev->arena, VALUE_LIST, (size_t)model->n_layers);
    for (int i = 0; i < model->n_layers; i++)
        if (!model->layers[i]->kind->operation) list_add(list.list, value_layer(model->layers[i]));
    return list;
}

static _Noreturn void raise_no_layer(Evaluator *ev, const Value *name, const ValueList *layers)
{
    Text text = {.arena = ev->arena};
    for (size_t i = 0; i < layers->n; i++) text_print(&text, "%s'%s'", i ? ", " : "", layers->items[i].layer->name);
    raise_error(ev, "ValueError", "No such layer: %s. Existing layers are: [%s].", text_of(ev, *name), text_string(&text));
}

static Value layer_at(Evaluator *ev, Value layers, Value index)
{
    const Value count = value_int((int64_t)layers.list->n);
    const Value beyond = compare(ev, PY_LE, count, index);
    if (truth(ev, beyond))
        raise_error(ev, "ValueError", "Was asked to retrieve layer at index %s but model only has %zu layers.", text_of(ev, index),
                    layers.list->n);
    return subscript(ev, layers, index);
}

static Value get_layer_call(Evaluator *ev, const Given *given)
{
    const Model *model = model_checked(ev, given);
    const Value layers = model_layers(ev, model);
    const bool named = given->arg[0] && given->arg[0]->kind != VALUE_NONE;
    const bool placed = given->arg[1] && given->arg[1]->kind != VALUE_NONE;
    if (named && placed)
        raise_error(ev, "ValueError", "Provide only a layer name or a layer index. Received: index=%s, name=%s.",
                    text_of(ev, *given->arg[1]), text_of(ev, *given->arg[0]));
    if (placed) return layer_at(ev, layers, *given->arg[1]);
    if (!named)
        raise_error(ev, "ValueError", "Provide either a layer name or layer index at `get_layer`.");
    for (size_t i = 0; i < layers.list->n; i++)
        if (value_is_text(given->arg[0], layers.list->items[i].layer->name)) return layers.list->items[i];
    raise_no_layer(ev, given->arg[0], layers.list);
}

/* ---- weights ---- */

void set_weights(Evaluator *ev, Layer *layer, Value arrays)
{
    const ValueList *list = iterate(ev, arrays);
    const int n = (int)list->n;
    Tensor *tensors = ARENA_ARRAY(ev->arena, n + 1, Tensor);
    Error error = error_make(ev);
    if (arrays.kind == VALUE_UNKNOWN || doubt_spares(ev, layer)) return;
    for (int i = 0; i < n; i++) {
        const Array *array = array_from(ev, list->items[i], DTYPE_NONE);
        if (!array || !array_tensor(ev, array, &tensors[i])) return;
    }
    pay(ev, n);
    if (!layer_set_weights(layer, tensors, n, &error)) raise_fault(ev, &error);
    registry_weights(ev, layer, list->items, n);
}

static Value load_weights_call(Evaluator *ev, const Given *given)
{
    const Model *model = model_checked(ev, given);
    if (given->arg[0]->kind == VALUE_STRING && !ev->doubt) registry_load(ev, model->self, given->arg[0]->string.bytes);
    return value_none();
}

static const Native model_methods[] = {
    {.name = "build", .params = "!input_shape?", .call = model_build_call},
    {.name = "compile",
     .params = "!optimizer? loss? loss_weights? metrics? weighted_metrics? run_eagerly? steps_per_execution? jit_compile? auto_scale_loss?",
     .call = compile_call, .title = "Trainer.compile"},
    {.name = "summary", .params = "!*args **more", .call = give_none},
    {.name = "predict", .params = "!x? batch_size? verbose? steps? callbacks?", .call = predict_call, .title = "TensorFlowTrainer.predict"},
    {.name = "predict_on_batch", .params = "!x", .call = predict_call},
    {.name = "predict_step", .params = "!x", .call = predict_call},
    {.name = "fit",
     .params = "!x? y? batch_size? epochs? verbose? callbacks? validation_split? validation_data? shuffle? class_weight? sample_weight? "
               "initial_epoch? steps_per_epoch? validation_steps? validation_batch_size? validation_freq?",
     .call = fit_call, .title = "TensorFlowTrainer.fit"},
    {.name = "evaluate", .params = "!x? y? **more", .call = training_call, .data = "compiled"},
    {.name = "train_on_batch", .params = "!*args **more", .call = training_call, .data = "compiled"},
    {.name = "test_on_batch", .params = "!*args **more", .call = training_call, .data = "compiled"},
    {.name = "train_step", .params = "!*args **more", .call = training_call},
    {.name = "test_step", .params = "!*args **more", .call = training_call},
    {.name = "compute_loss", .params = "!*args **more", .call = training_call},
    {.name = "compute_metrics", .params = "!*args **more", .call = training_call},
    {.name = "fit_generator", .params = "!*args **more", .call = training_call},
    {.name = "evaluate_generator", .params = "!*args **more", .call = training_call},
    {.name = "predict_generator", .params = "!*args **more", .call = training_call},
    {.name = "predict_classes", .params = "!*args **more", .call = training_call},
    {.name = "predict_proba", .params = "!*args **more", .call = training_call},
    {.name = "save", .params = "!*args **more", .call = give_none},
    {.name = "save_weights", .params = "!*args **more", .call = give_none},
    {.name = "export", .params = "!*args **more", .call = give_none},
    {.name = "reset_states", .params = "!*args", .call = give_none},
    {.name = "load_weights", .params = "!filepath **more", .call = load_weights_call},
    {.name = "to_json", .params = "!**more", .call = training_call},
    {.name = "to_yaml", .params = "!**more", .call = training_call},
    {.name = "get_layer", .params = "name? index?", .call = get_layer_call},
    {0}};
const Native *const MODEL_METHODS = model_methods;

bool is_beside_model(const Value *callee)
{
    const Method *method = value_is(callee, &OBJECT_METHOD) ? callee->object.data : NULL;
    if (callee->kind == VALUE_UNKNOWN) return true;
    if (!method || !value_is(&method->function, &OBJECT_NATIVE)) return false;
    const Native *native = method->function.object.data;
    if (native->call == model_build_call || native->call == get_layer_call || native->call == load_weights_call) return false;
    return native >= model_methods && native < model_methods + sizeof model_methods / sizeof *model_methods;
}

/* ---- what is shown of a text that stops before its model is whole ---- */

enum { DRAFT_NODES_MAX = 2000 };

static bool list_has(const ValueList *list, const KerasTensor *tensor)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].tensor == tensor) return true;
    return false;
}

static bool is_used(Node *const *nodes, int n, const KerasTensor *tensor)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < nodes[i]->n_in; k++)
            if (nodes[i]->in[k] == tensor) return true;
    return false;
}

static void add_sources(ValueList *inputs, const Node *node)
{
    for (int k = 0; k < node->n_in; k++) {
        KerasTensor *tensor = node->in[k];
        const bool source = tensor->node && tensor->node->n_in == 0;
        if (source && !list_has(inputs, tensor)) list_add(inputs, value_tensor(tensor));
    }
}

void functional_draft(Evaluator *ev)
{
    int n;
    Node *const *nodes = registry_nodes(ev, &n);
    Value inputs = value_list(ev->arena, VALUE_LIST, 0), outputs = value_list(ev->arena, VALUE_LIST, 0);
    if (!n || n > DRAFT_NODES_MAX || registry_has_fault_model(ev)) return;
    for (int i = 0; i < n; i++) {
        add_sources(inputs.list, nodes[i]);
        for (int k = 0; k < nodes[i]->n_out; k++)
            if (!is_used(nodes, n, nodes[i]->out[k])) list_add(outputs.list, value_tensor(nodes[i]->out[k]));
    }
    Error error = error_make(ev);
    Model *model = functional_make(ev->builder, inputs, outputs, NULL, SPAN_NONE, &error);
    if (!model) return;
    registry_model(ev, model);
    registry_fault_model(ev, model);
}
