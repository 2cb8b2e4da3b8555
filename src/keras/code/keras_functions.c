#include "keras/code/keras_functions.h"

#include <math.h>
#include <string.h>

#include "keras/code/array_functions.h"
#include "keras/code/array_make.h"
#include "keras/code/keras_call.h"
#include "keras/code/keras_class.h"
#include "keras/code/registry.h"

/* ---- keras.models ---- */

/* The same layers by the same names: what is drawn does not differ. */
static Value clone(Evaluator *ev, const Given *given)
{
    (void)ev;
    return *given->arg[0];
}

const Native MODEL_FUNCTIONS[] = {
    {.name = "load_model", .params = "!*args **more", .call = give_unknown, .data = "cause.not_known_file"},
    {.name = "model_from_json", .params = "!*args **more", .call = give_unknown, .data = "cause.not_known_file"},
    {.name = "clone_model", .params = "!model **more", .call = clone},
    {.name = "save_model", .params = "!*args **more", .call = give_none},
    {0}};

/* ---- keras.config and the data format ---- */

static Value image_format(Evaluator *ev, const Given *given)
{
    (void)given;
    return value_text(ev->arena, ev->builder->image_data_format);
}

static Value set_image_format(Evaluator *ev, const Given *given)
{
    const bool first = value_is_text(given->arg[0], "channels_first"), last = value_is_text(given->arg[0], "channels_last");
    if (!first && !last)
        raise_error(ev, "ValueError", "The `data_format` argument must be one of {'channels_first', 'channels_last'}. Received: "
                    "data_format=%s", text_of(ev, *given->arg[0]));
    ev->builder->image_data_format = first ? "channels_first" : "channels_last";
    return value_none();
}

static Value floatx(Evaluator *ev, const Given *given)
{
    (void)given;
    return value_text(ev->arena, dtype_name(ev->builder->floatx));
}

static Value set_floatx(Evaluator *ev, const Given *given)
{
    const Dtype dtype = dtype_of(given->arg[0]);
    if (!dtype_is_float(dtype)) raise_error(ev, "ValueError", "Unknown `floatx` value: %s.", text_of(ev, *given->arg[0]));
    ev->builder->floatx = dtype;
    return value_none();
}

static Value set_policy(Evaluator *ev, const Given *given)
{
    DtypePolicy policy;
    Error error = error_make(ev);
    const Value name = *given->arg[0];
    if (name.kind == VALUE_UNKNOWN) return value_none();
    if (!dtype_policy_resolve(ev->builder, &name, &policy, &error)) raise_fault(ev, &error);
    ev->builder->dtype_policy = policy.name;
    return value_none();
}

static Value epsilon(Evaluator *ev, const Given *given)
{
    (void)ev, (void)given;
    return value_float(1e-7);
}

static Value backend_name(Evaluator *ev, const Given *given)
{
    (void)given;
    return value_text(ev->arena, "tensorflow");
}

#define CONFIG_ROWS \
    {.name = "image_data_format", .params = "", .call = image_format}, \
    {.name = "set_image_data_format", .params = "data_format", .call = set_image_format}, \
    {.name = "floatx", .params = "", .call = floatx}, \
    {.name = "set_floatx", .params = "value", .call = set_floatx}, \
    {.name = "epsilon", .params = "", .call = epsilon}, \
    {.name = "backend", .params = "", .call = backend_name}

const Native CONFIG_FUNCTIONS[] = {
    CONFIG_ROWS,
    {.name = "set_dtype_policy", .params = "!policy", .call = set_policy},
    {.name = "set_global_policy", .params = "!policy", .call = set_policy},
    {.name = "set_policy", .params = "!policy", .call = set_policy},
    {0}};

/* ---- keras.backend ---- */

static Value int_shape(Evaluator *ev, const Given *given)
{
    return attribute(ev, *given->arg[0], "shape");
}

static Value ndim(Evaluator *ev, const Given *given)
{
    return attribute(ev, *given->arg[0], "ndim");
}

/* A session starts anew: automatic names count from zero again. */
static Value clear_session(Evaluator *ev, const Given *given)
{
    (void)given;
    ev->builder->n_names = 0;
    return value_none();
}

static Value random_shaped(Evaluator *ev, const Given *given)
{
    if (given->arg[0]->kind == VALUE_UNKNOWN) return *given->arg[0];
    return array_sized(ev, shape_of(ev, given->arg[0]), DTYPE_FLOAT32, NULL);
}

const Native BACKEND_FUNCTIONS[] = {
    CONFIG_ROWS,
    {.name = "random_normal", .params = "!shape **more", .call = random_shaped},
    {.name = "random_uniform", .params = "!shape **more", .call = random_shaped},
    {.name = "truncated_normal", .params = "!shape **more", .call = random_shaped},
    {.name = "int_shape", .params = "x", .call = int_shape},
    {.name = "ndim", .params = "x", .call = ndim},
    {.name = "clear_session", .params = "!*args **more", .call = clear_session},
    {.name = "set_image_dim_ordering", .params = "!*args", .call = give_none},
    {.name = "set_session", .params = "!*args", .call = give_none},
    {0}};

/* ---- keras.utils ---- */

static Value set_seed(Evaluator *ev, const Given *given)
{
    int64_t seed;
    if (value_integer(given->arg[0], &seed)) registry_seed(ev, seed);
    return value_none();
}

/* The largest label + 1, where the labels are known. */
static int64_t class_count(const Given *given, const Array *labels)
{
    int64_t n;
    double most = -1;
    if (given->arg[1] && value_integer(given->arg[1], &n) && n >= 0) return n;
    if ((given->arg[1] && given->arg[1]->kind != VALUE_NONE) || !labels->numbers) return DIM_NONE;
    for (int64_t i = 0; i < shape_size(&labels->shape); i++) most = fmax(most, labels->numbers[i]);
    return most < 1e6 ? (int64_t)most + 1 : DIM_NONE;
}

static Value to_categorical(Evaluator *ev, const Given *given)
{
    const Array *labels = array_from(ev, *given->arg[0], DTYPE_NONE);
    if (!labels) return *given->arg[0];
    Shape shape = labels->shape;
    if (shape.rank > 1 && shape.dim[shape.rank - 1] == 1) shape = shape_without(&shape, shape.rank - 1);
    if (shape.rank == SHAPE_RANK_MAX) return unknown_here(ev, "cause.not_known_numbers");
    return array_sized(ev, shape_with(&shape, shape.rank, class_count(given, labels)), DTYPE_FLOAT32, NULL);
}

static Value pad_sequences(Evaluator *ev, const Given *given)
{
    const Array *array = array_of(given->arg[0]);
    const ValueList *list = value_items(given->arg[0]);
    int64_t length = DIM_NONE;
    if (given->arg[1]) value_integer(given->arg[1], &length);
    const int64_t n = array && array->shape.rank ? array->shape.dim[0] : list ? (int64_t)list->n : DIM_NONE;
    return array_sized(ev, SHAPE(n, length < 0 ? DIM_NONE : length), DTYPE_INT32, NULL);
}

static Value normalize(Evaluator *ev, const Given *given)
{
    const Array *array = array_from(ev, *given->arg[0], DTYPE_NONE);
    return array ? array_sized(ev, array->shape, DTYPE_FLOAT64, NULL) : *given->arg[0];
}

static Value decorator(Evaluator *ev, const Given *given)
{
    (void)given;
    return unknown_here(ev, "cause.not_known_function");
}

const Native UTILITY_FUNCTIONS[] = {
    {.name = "set_random_seed", .params = "!seed", .call = set_seed},
    {.name = "to_categorical", .params = "!x num_classes?", .call = to_categorical},
    {.name = "pad_sequences", .params = "!sequences maxlen? dtype? padding? truncating? value?", .call = pad_sequences},
    {.name = "normalize", .params = "!x axis? order?", .call = normalize},
    {.name = "plot_model", .params = "!*args **more", .call = give_none},
    {.name = "model_to_dot", .params = "!*args **more", .call = give_none},
    {.name = "register_keras_serializable", .params = "!*args **more", .call = decorator},
    {0}};

/* ---- tensorflow ---- */

static const char REFUSED[] =
    "A KerasTensor cannot be used as input to a TensorFlow function. A KerasTensor is a symbolic placeholder for a shape and dtype, used "
    "when constructing Keras Functional models or Keras Functions. You can only use it as input to a Keras layer or a Keras operation "
    "(from the namespaces `keras.layers` and `keras.ops`). You are likely doing something like:\n\n```\nx = Input(...)\n...\n"
    "tf_fn(x)  # Invalid.\n```\n\nWhat you should do instead is wrap `tf_fn` in a layer:\n\n```\nclass MyLayer(Layer):\n    def call(self, "
    "x):\n        return tf_fn(x)\n\nx = MyLayer()(x)\n```\n";

/* Names that keras.ops has otherwise. */
static const struct { const char *tensorflow, *keras; } renamed[] = {
    {"reduce_mean", "mean"}, {"reduce_sum", "sum"}, {"reduce_max", "max"}, {"reduce_min", "min"}, {"reduce_prod", "prod"},
    {"concat", "concatenate"}, {"pow", "power"}, {"div", "divide"}, {"rsqrt", "rsqrt"},
};

const char *keras_operation_name(const char *name)
{
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(renamed[i].tensorflow, name) == 0) return renamed[i].keras;
    return name;
}

void refuse_tensorflow(Evaluator *ev, const char *function)
{
    Error error = error_make(ev);
    error_set(&error, "ValueError", "%s", REFUSED);
    error_cause(&error, "cause.tensorflow_function", function, NULL);
    raise_fault(ev, &error);
}

/* One that no table has, as tf.image.resize(x, (2, 2)). */
void refuse_unknown_tensorflow(Evaluator *ev, const ValueUnknown *function, const Argument *args, int n)
{
    const bool tensorflow = strcmp(function->reason, "cause.not_known_object") == 0 && strncmp(function->name, "tensorflow.", 11) == 0;
    const bool random = tensorflow && strncmp(function->name, "tensorflow.random", 17) == 0;
    if (tensorflow && !random && !ev->following && arguments_symbolic(args, n)) refuse_tensorflow(ev, function->name);
}

/* Inside a layer's own call() TensorFlow's functions are welcome. */
static Value tensorflow_call(Evaluator *ev, const Given *given)
{
    const char *name = given->native->data;
    if (arguments_symbolic(given->written, given->n_written) && !ev->following) refuse_tensorflow(ev, given->native->name);
    return operation_call(ev, name, given->written, given->n_written);
}

bool tensorflow_function(Evaluator *ev, const char *name, Value *out)
{
    const char *keras = keras_operation_name(name);
    if (!operation_exists(keras) && !array_function(keras)) return false;
    Native *native = ARENA_NEW(ev->arena, Native);
    *native = (Native){.name = arena_copy(ev->arena, name, strlen(name)), .params = "!*args **more", .call = tensorflow_call,
                       .data = arena_copy(ev->arena, keras, strlen(keras))};
    *out = value_native(native);
    return true;
}

const Native TENSORFLOW_RANDOM[] = {
    {.name = "set_seed", .params = "!seed", .call = set_seed},
    {.name = "normal", .params = "!shape **more", .call = random_shaped},
    {.name = "uniform", .params = "!shape **more", .call = random_shaped},
    {.name = "truncated_normal", .params = "!shape **more", .call = random_shaped},
    {0}};
