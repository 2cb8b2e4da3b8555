#include "engine/layer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "making.h"

static void automatic_names_are_those_of_keras(void **state)
{
    (void)state;
    static const struct { const char *class_name, *snake; } CASES[] = {
        {"Dense", "dense"}, {"MaxPooling2D", "max_pooling2d"}, {"Conv2DTranspose", "conv2d_transpose"}, {"ConvLSTM2D", "conv_lstm2d"},
        {"PReLU", "p_re_lu"}, {"ReLU", "re_lu"}, {"LeakyReLU", "leaky_re_lu"}, {"ELU", "elu"}, {"GRUCell", "gru_cell"}, {"RNN", "rnn"},
        {"KerasTensor", "keras_tensor"}, {"MultiHeadAttention", "multi_head_attention"}, {"SeparableConv1D", "separable_conv1d"},
        {"My Net!", "my_net"}, {"A", "a"}, {"RMSNormalization", "rms_normalization"}, {"GlobalAveragePooling1D", "global_average_pooling1d"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_string_equal(snake_case(&made.arena, CASES[i].class_name), CASES[i].snake);
    assert_string_equal(builder_name(&made.builder, "Dense"), "dense");
    assert_string_equal(builder_name(&made.builder, "Dense"), "dense_1");
    builder_skip_names(&made.builder, "Dense", 3);
    assert_string_equal(builder_name(&made.builder, "Dense"), "dense_5");
}

/* A constructor call that Keras refuses, with its words. */
typedef struct Refusal {
    const char *class_name;
    Argument    args[4];
    int         n;
    const char *exception, *message;
    const char *fix;      /* code of the first proposal; NULL = not looked at */
} Refusal;

#define GIVEN(keyword_, ...) {.keyword = (keyword_), .span = {-1, -1}, .value = __VA_ARGS__}

static const Refusal REFUSALS[] = {
    {"Dense", {{0}}, 0, "TypeError", "Dense.__init__() missing 1 required positional argument: 'units'", "16"},
    {"Dense", {GIVEN(NULL, VALUE_IS_FLOAT(2.5))}, 1, "ValueError",
     "Received an invalid value for `units`, expected a positive integer. Received: units=2.5", "2"},
    {"Dense", {GIVEN(NULL, VALUE_IS_TEXT("10"))}, 1, "ValueError",
     "Received an invalid value for `units`, expected a positive integer. Received: units=10", "10"},
    {"Dense", {GIVEN(NULL, VALUE_IS_INT(-3))}, 1, "ValueError",
     "Received an invalid value for `units`, expected a positive integer. Received: units=-3", "3"},
    {"Dense", {GIVEN(NULL, VALUE_IS_FALSE)}, 1, "ValueError",
     "Received an invalid value for `units`, expected a positive integer. Received: units=False", "16"},
    {"Dense", {GIVEN(NULL, VALUE_IS_INT(4)), GIVEN("actvation", VALUE_IS_TEXT("relu"))}, 2, "ValueError",
     "Unrecognized keyword arguments passed to Dense: {'actvation': 'relu'}", "activation"},
    {"Dense", {GIVEN(NULL, VALUE_IS_INT(4)), GIVEN("units", VALUE_IS_INT(4))}, 2, "TypeError",
     "Dense.__init__() got multiple values for argument 'units'", NULL},
    {"Dense", {GIVEN(NULL, VALUE_IS_INT(0)), GIVEN("wrong", VALUE_IS_INT(4))}, 2, "ValueError",
     "Received an invalid value for `units`, expected a positive integer. Received: units=0", "16"},
    {"Dense", {GIVEN(NULL, VALUE_IS_INT(4)), GIVEN("name", VALUE_IS_TEXT("a/b"))}, 2, "ValueError",
     "Argument `name` must be a string and cannot contain character `/`. Received: name=a/b (of type <class 'str'>)", NULL},
    {"Dense", {GIVEN(NULL, VALUE_IS_INT(4)), GIVEN("trainable", VALUE_IS_INT(0))}, 2, "ValueError",
     "Expected `trainable` to be a boolean. Received: trainable=0 (of type <class 'int'>)", "False"},
    {"Dense", {GIVEN(NULL, VALUE_IS_INT(8)), GIVEN("dtype", VALUE_IS_TEXT("float"))}, 2, "ValueError",
     "Cannot convert 'float' to a mixed precision DTypePolicy. Valid policies include 'mixed_float16', 'mixed_bfloat16', and the name of "
     "any float dtype such as 'float32'.", "'float32'"},
    {"Dropout", {GIVEN(NULL, VALUE_IS_INT(0)), GIVEN(NULL, VALUE_IS_NONE), GIVEN(NULL, VALUE_IS_NONE), GIVEN(NULL, VALUE_IS_NONE)}, 4,
     "TypeError", "Dropout.__init__() takes from 2 to 4 positional arguments but 5 were given", NULL},
    {"Dropout", {GIVEN(NULL, VALUE_IS_FLOAT(1.5))}, 1, "ValueError",
     "Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate=1.5", "0.015"},
    {"Dropout", {GIVEN(NULL, VALUE_IS_TEXT("x"))}, 1, "TypeError", "'<=' not supported between instances of 'int' and 'str'", "0.5"},
    {"Dropout", {GIVEN(NULL, VALUE_IS_FLOAT(0.5)), GIVEN("noise_shape", VALUE_IS_INT(3))}, 2, "ValueError",
     "Invalid value received for argument `noise_shape`. Expected an iterable of integers (e.g., a tuple or list). Received: noise_shape=3", NULL},
    {"Permute", {GIVEN(NULL, VALUE_IS_INT(2)), GIVEN(NULL, VALUE_IS_INT(1))}, 2, "TypeError",
     "Permute.__init__() takes 2 positional arguments but 3 were given", NULL},
    {"RepeatVector", {GIVEN(NULL, VALUE_IS_FLOAT(2.0))}, 1, "TypeError", "Expected an integer value for `n`, got <class 'float'>.", "2"},
    {"RepeatVector", {GIVEN(NULL, VALUE_IS_TRUE)}, 1, "TypeError", "Expected an integer value for `n`, got <class 'bool'>.", "3"},
    {"RepeatVector", {GIVEN(NULL, VALUE_IS_INT(0))}, 1, "ValueError", "Argument `n` should be a positive integer. Received: n=0", "3"},
    {"ReLU", {GIVEN(NULL, VALUE_IS_INT(-1))}, 1, "ValueError", "max_value of a ReLU layer cannot be a negative value. Received: max_value=-1", "1"},
    {"ReLU", {GIVEN("negative_slope", VALUE_IS_NONE)}, 1, "ValueError",
     "negative_slope of a ReLU layer cannot be None or a negative value. Received: negative_slope=None", NULL},
    {"LeakyReLU", {GIVEN("alpha", VALUE_IS_FLOAT(-0.3))}, 1, "ValueError",
     "The negative_slope value of a Leaky ReLU layer cannot be None or negative value. Expected a float. Received: negative_slope=-0.3", "0.3"},
    {"Flatten", {GIVEN(NULL, VALUE_IS_INT(8))}, 1, "ValueError",
     "The `data_format` argument must be one of {'channels_first', 'channels_last'}. Received: data_format=8", NULL},
    {"Reshape", {GIVEN(NULL, VALUE_IS_INT(4))}, 1, "TypeError", "'int' object is not iterable", "(4,)"},
    {"TimeDistributed", {GIVEN(NULL, VALUE_IS_INT(4))}, 1, "ValueError",
     "Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. Received: 4", "Dense(4)"},
    {"InputLayer", {{0}}, 0, "ValueError", "You must pass a `shape` argument.", "(4,)"},
    {"InputLayer", {GIVEN("shape", VALUE_IS_INT(28))}, 1, "ValueError", "Cannot convert '28' to a shape.", "(28,)"},
    {"InputLayer", {GIVEN("shape", VALUE_IS_TEXT("28x28"))}, 1, "ValueError",
     "Cannot convert '28x28' to a shape. Found invalid dimension '2' of type '<class 'str'>'. ", NULL},
    {"Activation", {GIVEN(NULL, VALUE_IS_TEXT(""))}, 1, "ValueError", "Could not interpret activation function identifier: ", "'linear'"},
};

static void constructors_refuse_in_keras_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++) {
        const Refusal *r = &REFUSALS[i];
        made.error = (Error){.arena = &made.arena};
        assert_null(make_layer(&made, r->class_name, r->args, r->n));
        assert_string_equal(made.error.message, r->message);
        assert_string_equal(made.error.exception, r->exception);
        assert_string_equal(made.error.layer_class, r->class_name);
        assert_non_null(made.error.cause);
        if (r->fix) assert_string_equal(made.error.fix[0].code, r->fix);
    }
}

static void shapes_refuse_in_keras_words(void **state)
{
    (void)state;
    const Value negative = value_ints(&made.arena, VALUE_TUPLE, (int64_t[]){-1, 4}, 2);
    const struct { Value shape; const char *message, *fix; } cases[] = {
        {negative, "Cannot convert '(-1, 4)' to a shape. Negative dimensions are not allowed.", "(None, 4)"},
        {TUPLE(&made, 1, 2, 3, 4, 5, 6, 7, 8, 9), "Cannot convert '(1, 2, 3, 4, 5, 6, 7, 8, 9)' to a shape of at most 8 dimensions.", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made.error = (Error){.arena = &made.arena};
        assert_null(MAKE(&made, "InputLayer", argument("shape", cases[i].shape)));
        assert_string_equal(made.error.message, cases[i].message);
        if (cases[i].fix) assert_string_equal(made.error.fix[0].code, cases[i].fix);
    }
    Value floats = value_list(&made.arena, VALUE_TUPLE, 2);
    list_add(floats.list, value_float(28));
    list_add(floats.list, value_float(28));
    made.error = (Error){.arena = &made.arena};
    assert_null(MAKE(&made, "InputLayer", argument("shape", floats)));
    assert_string_equal(made.error.message, "Cannot convert '(28.0, 28.0)' to a shape. Found invalid dimension '28.0' of type '<class 'float'>'. ");
    assert_string_equal(made.error.fix[0].code, "(28, 28)");
}

static KerasTensor *input(Shape shape)
{
    Layer *layer = MAKE(&made, "InputLayer", argument("batch_shape", value_shape(&made.arena, &shape)));
    return layer->calls[0]->out[0];
}

/* A call that Keras refuses: class, arguments of the constructor, shape of the input. */
typedef struct CallRefusal {
    const char *class_name;
    Argument    arg;
    Shape       shape;
    const char *message;
    const char *fix;
} CallRefusal;

static void calls_refuse_in_keras_words(void **state)
{
    (void)state;
    const Value permutation = TUPLE(&made, 2, 1), target = TUPLE(&made, 4, 2), open = value_ints(&made.arena, VALUE_TUPLE, (int64_t[]){-1, 4}, 2);
    const CallRefusal cases[] = {
        {"Dense", argument(NULL, value_int(4)), SHAPE(DIM_NONE),
         "Input 0 with name 'None' of layer 'dense' is incompatible with the layer: expected min_ndim=2, found ndim=1. Full shape received: (None,)",
         "Reshape((1,))"},
        {"Dense", argument(NULL, value_int(4)), SHAPE(DIM_NONE, DIM_NONE),
         "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape=(None, 4) for variable "
         "path='dense_1/kernel'", NULL},
        {"RepeatVector", argument(NULL, value_int(3)), SHAPE(DIM_NONE, 10, 16),
         "Input 0 with name 'None' of layer 'repeat_vector' is incompatible with the layer: expected ndim=2, found ndim=3. Full shape received: "
         "(None, 10, 16)", "Flatten()"},
        {"Permute", argument(NULL, permutation), SHAPE(DIM_NONE, 4, 3, 2),
         "Input 0 with name 'None' of layer 'permute' is incompatible with the layer: expected ndim=3, found ndim=4. Full shape received: "
         "(None, 4, 3, 2)", "Reshape((4, -1))"},
        {"Reshape", argument(NULL, target), SHAPE(DIM_NONE, 3, 2),
         "Exception encountered when calling Reshape.call().\n\nThe total size of the tensor must be unchanged. Received: input_shape=(3, 2), "
         "target_shape=(4, 2)\n\nArguments received by Reshape.call():\n  • args=('<KerasTensor shape=(None, 3, 2), dtype=float32, sparse=False, "
         "ragged=False, name=keras_tensor_4>',)\n  • kwargs=<class 'inspect._empty'>", "(3, 2)"},
        {"Reshape", argument(NULL, open), SHAPE(DIM_NONE, 3, 2),
         "Exception encountered when calling Reshape.call().\n\nThe total size of the tensor must be unchanged, however, the input size cannot by "
         "divided by the specified dimensions in target_shape. Received: input_shape=(3, 2), target_shape=(-1, 4)\n\nArguments received by "
         "Reshape.call():\n  • args=('<KerasTensor shape=(None, 3, 2), dtype=float32, sparse=False, ragged=False, name=keras_tensor_5>',)\n"
         "  • kwargs=<class 'inspect._empty'>", "(1, 6)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made.error = (Error){.arena = &made.arena};
        Layer *layer = make_layer(&made, cases[i].class_name, &cases[i].arg, 1);
        assert_null(layer_apply(&made.builder, layer, value_tensor(input(cases[i].shape)), &made.error));
        assert_string_equal(made.error.message, cases[i].message);
        assert_string_equal(made.error.layer_name, layer->name);
        assert_non_null(made.error.cause);
        if (cases[i].fix) assert_string_equal(made.error.fix[0].code, cases[i].fix);
    }
}

static void calls_bind_as_inspect_does(void **state)
{
    (void)state;
    const Value x = value_tensor(input(SHAPE(DIM_NONE, 4)));
    const struct { Argument args[2]; int n; const char *message; } cases[] = {
        {{{0}}, 0, "missing a required argument: 'inputs'"},
        {{argument(NULL, x), argument("wrong", value_int(1))}, 2, "got an unexpected keyword argument 'wrong'"},
        {{argument(NULL, x), argument("inputs", x)}, 2, "multiple values for argument 'inputs'"},
        {{argument(NULL, value_int(4))}, 1,
         "Only input tensors may be passed as positional arguments. The following argument value should be passed as a keyword argument: 4 (of "
         "type <class 'int'>)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made.error = (Error){.arena = &made.arena};
        Layer *layer = MAKE(&made, "Dense", argument(NULL, value_int(4)));
        assert_null(layer_call(&made.builder, layer, cases[i].args, cases[i].n, SPAN_NONE, &made.error));
        assert_string_equal(made.error.message, cases[i].message);
    }
    made.error = (Error){.arena = &made.arena};
    const Argument training[] = {argument(NULL, x), argument("training", value_bool(true))};
    assert_non_null(layer_call(&made.builder, make_layer(&made, "Flatten", NULL, 0), training, 2, SPAN_NONE, &made.error));
}

static void a_built_layer_keeps_its_shape(void **state)
{
    (void)state;
    Layer *dense = MAKE(&made, "Dense", argument(NULL, value_int(4)));
    assert_non_null(layer_apply(&made.builder, dense, value_tensor(input(SHAPE(DIM_NONE, 48))), &made.error));
    assert_true(dense->built);
    assert_string_equal(dense->weights[0].path, "dense/kernel");
    assert_null(layer_apply(&made.builder, dense, value_tensor(input(SHAPE(DIM_NONE, 3, 16))), &made.error));
    assert_string_equal(made.error.message, "Input 0 with name 'None' of layer 'dense' is incompatible with the layer: expected axis -1 of input "
                                            "shape to have value 48, but received input with shape (None, 3, 16)");
    assert_int_equal(dense->n_calls, 1);
}

static void one_layer_takes_one_tensor(void **state)
{
    (void)state;
    Layer *dense = MAKE(&made, "Dense", argument(NULL, value_int(2)));
    Value two = value_list(&made.arena, VALUE_LIST, 2), one = value_list(&made.arena, VALUE_LIST, 1);
    for (int i = 0; i < 2; i++) list_add(two.list, value_tensor(input(SHAPE(DIM_NONE, 4))));
    list_add(one.list, two.list->items[0]);
    assert_null(layer_apply(&made.builder, dense, two, &made.error));
    assert_non_null(strstr(made.error.message, "Layer \"dense\" expects 1 input(s), but it received 2 input tensors. Inputs received: [<KerasTensor"));
    made.error = (Error){.arena = &made.arena};
    assert_null(layer_apply(&made.builder, dense, one, &made.error));
    assert_string_equal(made.error.message, "Cannot convert '((None, 4), 2)' to a shape. Found invalid dimension '(None, 4)' of type '<class 'tuple'>'. ");
}

static void trainable_reaches_weights(void **state)
{
    (void)state;
    Layer *dense = MAKE(&made, "Dense", argument(NULL, value_int(4)), argument("trainable", value_bool(false)));
    Layer *outer = MAKE(&made, "TimeDistributed", argument(NULL, value_layer(MAKE(&made, "Dense", argument(NULL, value_int(3))))));
    layer_apply(&made.builder, dense, value_tensor(input(SHAPE(DIM_NONE, 2))), &made.error);
    layer_apply(&made.builder, outer, value_tensor(input(SHAPE(DIM_NONE, 5, 2))), &made.error);
    assert_int_equal(layer_params(dense).frozen, 12);
    assert_int_equal(layer_params(outer).trainable, 9);
    assert_string_equal(outer->children[0]->weights[0].path, "time_distributed/dense_1/kernel");
    layer_set_trainable(dense, true);
    layer_set_trainable(outer, false);
    assert_int_equal(layer_params(dense).trainable, 12);
    assert_int_equal(layer_params(outer).frozen, 9);
    assert_false(layer_is_trainable(outer->children[0]));
}

static void set_weights_checks_count_and_shapes(void **state)
{
    (void)state;
    Layer *dense = MAKE(&made, "Dense", argument(NULL, value_int(2)));
    layer_apply(&made.builder, dense, value_tensor(input(SHAPE(DIM_NONE, 3))), &made.error);
    float numbers[6] = {1, 2, 3, 4, 5, 6};
    const Tensor turned[] = {{SHAPE(2, 3), DTYPE_FLOAT32, numbers}, {SHAPE(2), DTYPE_FLOAT32, numbers}};
    const Tensor right[] = {{SHAPE(3, 2), DTYPE_FLOAT32, numbers}, {SHAPE(2), DTYPE_FLOAT32, numbers}};
    assert_false(layer_set_weights(dense, turned, 2, &made.error));
    assert_string_equal(made.error.message, "Layer dense weight shape (3, 2) is not compatible with provided weight shape (2, 3).");
    made.error = (Error){.arena = &made.arena};
    assert_false(layer_set_weights(dense, right, 1, &made.error));
    assert_string_equal(made.error.message, "You called `set_weights(weights)` on layer 'dense' with a weight list of length 1, but the layer was "
                                            "expecting 2 weights.");
    assert_true(layer_set_weights(dense, right, 2, NULL));
    assert_ptr_equal(dense->weights[0].given, numbers);
}

static void lora_freezes_the_kernel(void **state)
{
    (void)state;
    Layer *dense = MAKE(&made, "Dense", argument(NULL, value_int(4)), argument("lora_rank", value_int(2)));
    layer_apply(&made.builder, dense, value_tensor(input(SHAPE(DIM_NONE, 3))), &made.error);
    assert_int_equal(dense->n_weights, 4);
    assert_string_equal(dense->weights[2].name, "lora_kernel_a");
    assert_int_equal(layer_params(dense).trainable, 4 + 6 + 8);
    assert_int_equal(layer_params(dense).frozen, 12);
}

static void lora_of_an_equation_goes_beside_the_last_axis(void **state)
{
    (void)state;
    Layer *einsum = MAKE(&made, "EinsumDense", argument(NULL, value_string(&made.arena, "abc,cde->abde", 13)),
                         argument(NULL, value_ints(&made.arena, VALUE_TUPLE, (const int64_t[]){4, 5, 7}, 3)), argument("lora_rank", value_int(2)));
    layer_apply(&made.builder, einsum, value_tensor(input(SHAPE(DIM_NONE, 4, 6))), &made.error);
    assert_int_equal(einsum->n_weights, 3);
    assert_true(shape_equal(&einsum->weights[1].shape, &SHAPE(6, 5, 2)));
    assert_true(shape_equal(&einsum->weights[2].shape, &SHAPE(2, 7)));
    assert_int_equal(layer_params(einsum).frozen, 6 * 5 * 7);
}

static void bias_axes_must_name_one(void **state)
{
    (void)state;
    Layer *einsum = MAKE(&made, "EinsumDense", argument(NULL, value_string(&made.arena, "ab,bc->ac", 9)), argument(NULL, value_int(4)),
                         argument("bias_axes", value_string(&made.arena, "", 0)));
    assert_null(layer_apply(&made.builder, einsum, value_tensor(input(SHAPE(DIM_NONE, 3))), &made.error));
    assert_string_equal(made.error.message, "min() arg is an empty sequence");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(automatic_names_are_those_of_keras),
        MADE_TEST(constructors_refuse_in_keras_words),
        MADE_TEST(shapes_refuse_in_keras_words),
        MADE_TEST(calls_refuse_in_keras_words),
        MADE_TEST(calls_bind_as_inspect_does),
        MADE_TEST(a_built_layer_keeps_its_shape),
        MADE_TEST(one_layer_takes_one_tensor),
        MADE_TEST(trainable_reaches_weights),
        MADE_TEST(set_weights_checks_count_and_shapes),
        MADE_TEST(lora_freezes_the_kernel),
        MADE_TEST(lora_of_an_equation_goes_beside_the_last_axis),
        MADE_TEST(bias_axes_must_name_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
