#include "engine/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "making.h"

/* ---- short names for what the tests are made of ---- */

static Layer *dense(int units, const char *name)
{
    return MAKE(&made, "Dense", argument(NULL, value_int(units)), argument("name", name ? text_value(name) : value_none()));
}

static Layer *dense_on(int units, Value input_shape)
{
    return MAKE(&made, "Dense", argument(NULL, value_int(units)), argument("input_shape", input_shape));
}

static KerasTensor *input(int64_t size, const char *name)
{
    Layer *layer = MAKE(&made, "InputLayer", argument("shape", TUPLE(&made, size)), argument("name", name ? text_value(name) : value_none()));
    return layer->calls[0]->out[0];
}

static KerasTensor *apply(Layer *layer, KerasTensor *x)
{
    const Node *node = layer_apply(&made.builder, layer, value_tensor(x), &made.error);
    assert_non_null(node);
    return node->out[0];
}

static Value tensors(int n, KerasTensor *const *list)
{
    Value value = value_list(&made.arena, VALUE_LIST, (size_t)n);
    for (int i = 0; i < n; i++) list_add(value.list, value_tensor(list[i]));
    return value;
}

#define TENSORS(...) tensors((int)(sizeof((KerasTensor *[]){__VA_ARGS__}) / sizeof(KerasTensor *)), (KerasTensor *[]){__VA_ARGS__})

static Model *functional(Value inputs, Value outputs)
{
    return functional_make(&made.builder, inputs, outputs, NULL, SPAN_NONE, &made.error);
}

static Value layers(int n, const Value *items)
{
    Value list = value_list(&made.arena, VALUE_LIST, (size_t)n);
    for (int i = 0; i < n; i++) list_add(list.list, items[i]);
    return list;
}

#define LAYERS_OF(...) layers((int)(sizeof((Value[]){__VA_ARGS__}) / sizeof(Value)), (Value[]){__VA_ARGS__})

static Model *sequential_of(Value list)
{
    const Argument args[] = {argument(NULL, list)};
    return sequential_construct(&made.builder, args, 1, SPAN_NONE, &made.error);
}

static const char *names_of(const Model *model)
{
    Text text = {.arena = &made.arena};
    for (int i = 0; i < model->n_layers; i++) text_print(&text, i ? " %s" : "%s", model->layers[i]->name);
    return text_string(&text);
}

static const char *paths_of(const Model *model)
{
    WeightRef refs[32];
    Text text = {.arena = &made.arena};
    const int n = layer_weights(model->self, refs, 32);
    for (int i = 0; i < n; i++) text_print(&text, i ? " %s" : "%s", refs[i].layer->weights[refs[i].index].path);
    return text_string(&text);
}

/* ---- Sequential ---- */

static void add_builds_again_and_takes_names(void **state)
{
    (void)state;
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    add_layer(&made, model, dense_on(4, TUPLE(&made, 3)));
    add_layer(&made, model, dense(2, NULL));
    add_layer(&made, model, dense(1, NULL));
    assert_string_equal(model->outputs[0]->name, "keras_tensor_6");
    assert_string_equal(paths_of(model), "sequential/dense/kernel sequential/dense/bias sequential/dense_1/kernel sequential/dense_1/bias "
                                         "sequential/dense_2/kernel sequential/dense_2/bias");
    const Model *again = functional(TENSORS(model->inputs[0]), TENSORS(model->outputs[0]));
    assert_string_equal(again->self->name, "functional_3");
}

static void a_constructor_builds_once(void **state)
{
    (void)state;
    const Model *model = sequential_of(LAYERS_OF(value_tensor(input(3, NULL)), value_layer(dense(4, NULL)), value_layer(dense(2, NULL))));
    assert_true(model->built);
    assert_string_equal(model->outputs[0]->name, "keras_tensor_2");
    assert_string_equal(model->inner->name, "functional");
    assert_string_equal(names_of(model), "dense dense_1");
}

static void pop_takes_the_last_layer_back(void **state)
{
    (void)state;
    Model *model = sequential_of(LAYERS_OF(value_tensor(input(3, NULL)), value_layer(dense(2, NULL))));
    assert_true(sequential_pop(&made.builder, model, true, &made.error));
    assert_false(model->built);
    assert_int_equal(model->n_steps, 0);
    add_layer(&made, model, dense(5, NULL));
    assert_string_equal(model->outputs[0]->name, "keras_tensor_2");
    assert_string_equal(paths_of(model), "sequential/dense_1/kernel sequential/dense_1/bias");
    assert_true(sequential_pop(&made.builder, model, true, &made.error));
    assert_false(sequential_pop(&made.builder, model, true, &made.error));
    assert_string_equal(made.error.message, "list index out of range");
}

static void without_a_shape_nothing_is_built(void **state)
{
    (void)state;
    Model *model = sequential_of(LAYERS_OF(value_layer(dense(4, NULL)), value_layer(dense(2, NULL))));
    assert_false(model->built || made.error.set);
    assert_int_equal(layer_params(model->self).all, 0);
    assert_true(model_build(&made.builder, model, &SHAPE(DIM_NONE, 3), 1, &made.error));
    assert_int_equal(layer_params(model->self).all, 26);
    assert_string_equal(model->input_layer->name, "input_layer");
    assert_false(model_build(&made.builder, model, &SHAPE(DIM_NONE, 5), 1, &made.error));
    assert_string_equal(made.error.message, "Sequential model 'sequential' has already been configured to use input shape (None, 3). You cannot "
                                            "build it with input_shape (None, 5)");
}

static void building_again_begins_anew(void **state)
{
    (void)state;
    Model *inner = sequential_of(LAYERS_OF(value_tensor(input(3, NULL)), value_layer(dense(2, NULL)))), *later = sequential_make(&made.builder, NULL, SPAN_NONE, NULL);
    add_layer(&made, later, dense(4, NULL));
    Model *model = sequential_of(LAYERS_OF(value_layer(inner->self), value_layer(later->self)));
    assert_true(model->built);
    assert_true(model_build(&made.builder, model, &SHAPE(DIM_NONE, 3), 1, &made.error));
    assert_int_equal(model->n_steps, 3);
}

static void layers_of_several_tensors_are_told(void **state)
{
    (void)state;
    sequential_of(LAYERS_OF(value_tensor(input(3, NULL)), value_layer(MAKE(&made, "LSTMCell", argument(NULL, value_int(4))))));
    assert_string_equal(made.error.message, "Layers added to a Sequential model can only have a single required positional argument, the input tensor. "
                                            "Layer LSTMCell has multiple required positional arguments: [<Parameter \"inputs\">, <Parameter \"states\">]");
}

static void nested_models_build_inside(void **state)
{
    (void)state;
    Model *inner = sequential_of(LAYERS_OF(value_layer(dense(4, NULL)), value_layer(dense(2, NULL))));
    const Model *outer = sequential_of(LAYERS_OF(value_tensor(input(3, NULL)), value_layer(inner->self), value_layer(dense(1, NULL))));
    assert_false(made.error.set);
    assert_string_equal(paths_of(outer), "sequential_1/sequential/dense/kernel sequential_1/sequential/dense/bias "
                                         "sequential_1/sequential/dense_1/kernel sequential_1/sequential/dense_1/bias "
                                         "sequential_1/dense_2/kernel sequential_1/dense_2/bias");
    assert_string_equal(inner->input_layer->name, "input_layer_1");
    assert_string_equal(outer->outputs[0]->name, "keras_tensor_5");
}

static void a_first_model_brings_its_shape(void **state)
{
    (void)state;
    Model *first = sequential_of(LAYERS_OF(value_tensor(input(3, NULL)), value_layer(dense(2, NULL))));
    Model *model = sequential_of(LAYERS_OF(value_layer(first->self)));
    assert_false(model->built);
    add_layer(&made, model, dense(1, NULL));
    assert_true(model->built);
    assert_string_equal(model->input_layer->name, "input_layer_1");
    assert_string_equal(model->inputs[0]->name, "keras_tensor_2");
    assert_string_equal(model->outputs[0]->name, "keras_tensor_4");
}

static void the_same_layer_twice_is_fine(void **state)
{
    (void)state;
    Layer *same = dense(4, NULL);
    const Model *model = sequential_of(LAYERS_OF(value_tensor(input(4, NULL)), value_layer(same), value_layer(same)));
    assert_true(model->built);
    assert_int_equal(layer_params(model->self).all, 20);
    assert_int_equal(same->n_calls, 2);
}

/* What Keras refuses in a list of layers, and how many layers before it are sound. */
static void constructor_refuses_in_keras_order(void **state)
{
    (void)state;
    const Value x = value_tensor(input(4, NULL)), d = value_layer(dense(8, NULL)), bad = value_layer(MAKE(&made, "RepeatVector", argument(NULL, value_int(2))));
    const Value twin = value_layer(dense(3, "d")), other = value_layer(dense(3, "d")), text = text_value("relu"), second = value_tensor(input(9, "second"));
    const struct { Value list; const char *message; int good; } cases[] = {
        {LAYERS_OF(x, d, text), "Only instances of `keras.Layer` can be added to a Sequential model. Received: relu (of type <class 'str'>)", 1},
        {LAYERS_OF(x, d, bad, bad, text), "Only instances of `keras.Layer` can be added to a Sequential model. Received: relu (of type <class 'str'>)", 2},
        {LAYERS_OF(x, twin, bad, other), "All layers added to a Sequential model should have unique names. Name 'd' is already the name of a layer in "
                                         "this model. Update the `name` argument to pass a unique name.", 2},
        {LAYERS_OF(x, d, bad, bad), "Input 0 with name 'None' of layer 'repeat_vector' is incompatible with the layer: expected ndim=2, found ndim=3. "
                                    "Full shape received: (None, 2, 8)", 2},
        {LAYERS_OF(x, d, second), "Sequential model 'sequential_4' has already been configured to use input shape (None, 4). You cannot add a different "
                                  "Input layer to it.", 1},
        {d, "'Dense' object is not iterable", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made.error = (Error){.arena = &made.arena};
        const Model *model = sequential_of(cases[i].list);
        assert_true(made.error.set);
        assert_string_equal(made.error.message, cases[i].message);
        assert_non_null(model);
        assert_int_equal(model_good_layers(model), cases[i].good);
    }
}

static void constructor_binds_as_python_does(void **state)
{
    (void)state;
    const Value d = value_layer(dense(8, NULL));
    const struct { Argument args[2]; int n; const char *message; } cases[] = {
        {{argument("input_shape", TUPLE(&made, 4))}, 1, "Sequential.__init__() got an unexpected keyword argument 'input_shape'"},
        {{argument(NULL, d), argument(NULL, d)}, 2,
         "Expected `trainable` to be a boolean. Received: trainable=<Dense name=dense, built=False> (of type <class "
         "'keras.src.layers.core.dense.Dense'>)"},
        {{argument("name", text_value("a/b"))}, 1,
         "Argument `name` must be a string and cannot contain character `/`. Received: name=a/b (of type <class 'str'>)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made.error = (Error){.arena = &made.arena};
        assert_null(sequential_construct(&made.builder, cases[i].args, cases[i].n, SPAN_NONE, &made.error));
        assert_string_equal(made.error.message, cases[i].message);
    }
}

static void an_empty_model_cannot_be_built(void **state)
{
    (void)state;
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    assert_false(model_build(&made.builder, model, &SHAPE(DIM_NONE, 3), 1, &made.error));
    assert_string_equal(made.error.message, "Sequential model sequential cannot be built because it has no layers. Call `model.add(layer)`.");
}

static void a_nested_model_refuses_other_shapes(void **state)
{
    (void)state;
    Model *inner = sequential_of(LAYERS_OF(value_tensor(input(3, NULL)), value_layer(dense(2, NULL))));
    sequential_of(LAYERS_OF(value_tensor(input(5, NULL)), value_layer(inner->self), value_layer(dense(1, NULL))));
    assert_string_equal(made.error.message,
                        "Exception encountered when calling Sequential.call().\n\nInput 0 with name 'input_layer' of layer 'functional' is "
                        "incompatible with the layer: expected shape=(None, 3), found shape=(None, 5)\n\nArguments received by Sequential.call():\n"
                        "  • args=('<KerasTensor shape=(None, 5), dtype=float32, sparse=False, ragged=False, name=keras_tensor_2>',)\n"
                        "  • kwargs={'mask': 'None'}");
    assert_string_equal(made.error.layer_name, "sequential");
}

/* ---- functional ---- */

static void layers_stand_in_keras_order(void **state)
{
    (void)state;
    KerasTensor *a = input(4, NULL), *b = input(3, NULL), *c = input(2, NULL);
    Layer *shared = dense(4, "shared");
    KerasTensor *x = apply(shared, a), *y = apply(dense(5, "left"), x), *z = apply(shared, x), *w = apply(dense(5, "right"), z);
    const Model *model = functional(TENSORS(a, b, c), TENSORS(w, y, apply(dense(1, "last"), b)));
    assert_string_equal(names_of(model), "input_layer shared input_layer_1 input_layer_2 right left last");
    assert_string_equal(model->self->name, "functional");
    assert_int_equal(layer_params(model->self).all, 20 + 25 + 25 + 4);
}

static void a_model_may_begin_in_the_middle(void **state)
{
    (void)state;
    KerasTensor *x = apply(dense(3, NULL), input(8, NULL)), *y = apply(dense(2, NULL), x);
    const Model *model = functional(value_tensor(x), value_tensor(y));
    assert_string_equal(names_of(model), "keras_tensor_1CLONE dense_1");
    assert_string_equal(model->outputs[0]->name, "keras_tensor_2_clone");
    assert_int_equal(layer_params(model->self).all, 8);
    const Model *more = functional(value_tensor(x), TENSORS(y, apply(dense(7, NULL), y)));
    assert_string_equal(names_of(more), "keras_tensor_1CLONE dense_1 dense_2");
}

static void an_input_may_be_the_output(void **state)
{
    (void)state;
    KerasTensor *a = input(4, NULL);
    const Model *model = functional(value_tensor(a), value_tensor(a));
    assert_string_equal(names_of(model), "input_layer");
}

static void graphs_that_do_not_hang_together_are_refused(void **state)
{
    (void)state;
    KerasTensor *a = input(4, NULL), *b = input(4, NULL), *twin = input(4, "data"), *other = input(4, "data");
    KerasTensor *x = apply(dense(2, NULL), a), *y = apply(dense(2, NULL), b);
    Value dict = value_dict(&made.arena);
    dict_set(&made.arena, dict.dict, text_value("o"), value_tensor(y));
    const struct { Value inputs, outputs; const char *message; } cases[] = {
        {value_tensor(b), value_tensor(x), "Output with path `` is not connected to `inputs`"},
        {value_tensor(a), TENSORS(x, y), "Output with path `1` is not connected to `inputs`"},
        {value_tensor(a), dict, "Output with path `o` is not connected to `inputs`"},
        {value_tensor(x), value_tensor(a), "Output with path `` is not connected to `inputs`"},
        {value_tensor(a), value_none(), "All `outputs` values must be KerasTensors. Received: outputs=None including invalid value None of type "
                                        "<class 'NoneType'>"},
        {TENSORS(twin, other), value_tensor(twin), "The name \"data\" is used 2 times in the model. All operation names should be unique."},
        {value_list(&made.arena, VALUE_LIST, 0), value_tensor(a), "`inputs` argument cannot be empty. Received:\ninputs=[]\noutputs=<KerasTensor "
                                                                  "shape=(None, 4), dtype=float32, sparse=False, ragged=False, name=keras_tensor>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made.error = (Error){.arena = &made.arena};
        assert_null(functional(cases[i].inputs, cases[i].outputs));
        assert_string_equal(made.error.message, cases[i].message);
        assert_non_null(made.error.cause);
    }
}

static void model_arguments_are_refused_as_a_layers(void **state)
{
    (void)state;
    const Value x = value_tensor(input(4, NULL));
    const struct { Argument args[2]; int n; const char *message; } cases[] = {
        {{argument("input", x), argument("output", x)}, 2,
         "Unrecognized keyword arguments passed to Model: {'input': <KerasTensor shape=(None, 4), dtype=float32, sparse=False, ragged=False, "
         "name=keras_tensor>, 'output': <KerasTensor shape=(None, 4), dtype=float32, sparse=False, ragged=False, name=keras_tensor>}"},
        {{argument(NULL, x)}, 1, "Layer.__init__() takes 1 positional argument but 2 were given"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made.error = (Error){.arena = &made.arena};
        assert_null(model_construct(&made.builder, cases[i].args, cases[i].n, SPAN_NONE, &made.error));
        assert_string_equal(made.error.message, cases[i].message);
    }
    made.error = (Error){.arena = &made.arena};
    const Argument good[] = {argument("outputs", x), argument("inputs", x)};
    assert_non_null(model_construct(&made.builder, good, 2, SPAN_NONE, &made.error));
}

static void models_are_layers_with_input_specs(void **state)
{
    (void)state;
    KerasTensor *a = input(4, "a"), *b = input(4, "b"), *y = apply(dense(2, NULL), a), *z = apply(dense(2, NULL), b);
    Model *inner = functional_make(&made.builder, TENSORS(a, b), TENSORS(y, z), "inner", SPAN_NONE, &made.error);
    KerasTensor *x = input(4, NULL), *wide = input(6, NULL);
    const struct { Value given; const char *message; } cases[] = {
        {value_tensor(x), "Layer \"inner\" expects 2 named input(s) with keys ['a', 'b'], but it received 1 input tensors. Pass inputs as a dict, e.g. "
                          "`layer({'a': ..., 'b': ...})`."},
        {TENSORS(x, wide), "Input 1 with name 'b' of layer 'inner' is incompatible with the layer: expected shape=(None, 4), found shape=(None, 6)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made.error = (Error){.arena = &made.arena};
        assert_null(layer_apply(&made.builder, inner->self, cases[i].given, &made.error));
        assert_string_equal(made.error.message, cases[i].message);
        assert_string_equal(made.error.layer_name, "inner");
    }
    made.error = (Error){.arena = &made.arena};
    const Node *node = layer_apply(&made.builder, inner->self, TENSORS(x, x), &made.error);
    assert_int_equal(node->n_out, 2);
    assert_false(node->one_output);
}

static void deep_graphs_do_not_overflow(void **state)
{
    (void)state;
    KerasTensor *x = input(1, NULL), *first = x;
    for (int i = 0; i < 20000; i++) x = apply(make_layer(&made, "Identity", NULL, 0), x);
    const Model *model = functional(value_tensor(first), value_tensor(x));
    assert_int_equal(model->n_layers, 20001);
}

static void endless_nesting_is_refused(void **state)
{
    (void)state;
    Layer *layer = dense(2, NULL);
    for (int i = 0; i < 150; i++) layer = MAKE(&made, "TimeDistributed", argument(NULL, value_layer(layer)));
    Layer *in = MAKE(&made, "InputLayer", argument("shape", TUPLE(&made, 1, 2, 3, 4, 5, 6)));
    assert_null(layer_apply(&made.builder, layer, value_tensor(in->calls[0]->out[0]), &made.error));
    assert_true(made.error.set);
}

static void a_subclassed_model_keeps_the_order_of_its_attributes(void **state)
{
    (void)state;
    Model *model = subclassed_make(&made.builder, "MyNet", NULL, 0, SPAN_NONE, &made.error);
    Layer *second = dense(2, "second"), *first = dense(4, "first");
    subclassed_track(&made.builder, model, second);
    subclassed_track(&made.builder, model, first);
    subclassed_track(&made.builder, model, first);
    KerasTensor *x = input(3, NULL), *y = apply(second, apply(first, x));
    assert_true(subclassed_record(&made.builder, model, &x, 1, value_tensor(y), &made.error));
    assert_string_equal(model->self->name, "my_net");
    assert_string_equal(names_of(model), "second first");
    assert_int_equal(layer_params(model->self).all, 16 + 10);
    assert_int_equal(model->n_steps, 3);
}

static bool add_named(Model *model, int number)
{
    const Value layer = value_layer(dense(2, arena_print(&made.arena, "d%d", number)));
    Error error = {.arena = &made.arena};
    return sequential_add(&made.builder, model, &layer, false, &error);
}

static void names_of_many_layers_are_unique(void **state)
{
    (void)state;
    enum { MANY = 5000, FEW = 10 };
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    for (int i = 0; i < MANY; i++) assert_true(add_named(model, i));
    assert_false(add_named(model, 3));
    assert_false(add_named(model, MANY - 1));
    while (model->n_layers > FEW) assert_true(sequential_pop(&made.builder, model, false, &made.error));
    for (int i = FEW; i < MANY; i++) assert_true(add_named(model, i));
    assert_false(add_named(model, FEW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(add_builds_again_and_takes_names),
        MADE_TEST(a_constructor_builds_once),
        MADE_TEST(pop_takes_the_last_layer_back),
        MADE_TEST(without_a_shape_nothing_is_built),
        MADE_TEST(building_again_begins_anew),
        MADE_TEST(layers_of_several_tensors_are_told),
        MADE_TEST(nested_models_build_inside),
        MADE_TEST(a_first_model_brings_its_shape),
        MADE_TEST(the_same_layer_twice_is_fine),
        MADE_TEST(constructor_refuses_in_keras_order),
        MADE_TEST(constructor_binds_as_python_does),
        MADE_TEST(an_empty_model_cannot_be_built),
        MADE_TEST(a_nested_model_refuses_other_shapes),
        MADE_TEST(layers_stand_in_keras_order),
        MADE_TEST(a_model_may_begin_in_the_middle),
        MADE_TEST(an_input_may_be_the_output),
        MADE_TEST(graphs_that_do_not_hang_together_are_refused),
        MADE_TEST(model_arguments_are_refused_as_a_layers),
        MADE_TEST(models_are_layers_with_input_specs),
        MADE_TEST(deep_graphs_do_not_overflow),
        MADE_TEST(endless_nesting_is_refused),
        MADE_TEST(a_subclassed_model_keeps_the_order_of_its_attributes),
        MADE_TEST(names_of_many_layers_are_unique),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
