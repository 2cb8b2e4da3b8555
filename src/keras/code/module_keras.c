/* keras and tensorflow. */
#include <ctype.h>
#include <string.h>

#include "engine/activation.h"
#include "keras/code/array_functions.h"
#include "keras/code/array_make.h"
#include "keras/code/keras_call.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_data.h"
#include "keras/code/keras_functions.h"
#include "keras/code/keras_lambda.h"
#include "keras/code/module.h"
#include "keras/code/module_names.h"

/* ---- keras.layers ---- */

/* Other names of the same classes. */
static const struct { const char *name, *class_name; } aliases[] = {
    {"Convolution1D", "Conv1D"}, {"Convolution2D", "Conv2D"}, {"Convolution3D", "Conv3D"},
    {"Convolution1DTranspose", "Conv1DTranspose"}, {"Convolution2DTranspose", "Conv2DTranspose"},
    {"Convolution3DTranspose", "Conv3DTranspose"}, {"SeparableConvolution1D", "SeparableConv1D"},
    {"SeparableConvolution2D", "SeparableConv2D"}, {"MaxPool1D", "MaxPooling1D"}, {"MaxPool2D", "MaxPooling2D"},
    {"MaxPool3D", "MaxPooling3D"}, {"AvgPool1D", "AveragePooling1D"}, {"AvgPool2D", "AveragePooling2D"},
    {"AvgPool3D", "AveragePooling3D"}, {"GlobalMaxPool1D", "GlobalMaxPooling1D"}, {"GlobalMaxPool2D", "GlobalMaxPooling2D"},
    {"GlobalMaxPool3D", "GlobalMaxPooling3D"}, {"GlobalAvgPool1D", "GlobalAveragePooling1D"},
    {"GlobalAvgPool2D", "GlobalAveragePooling2D"}, {"GlobalAvgPool3D", "GlobalAveragePooling3D"},
    {"GroupQueryAttention", "GroupedQueryAttention"}, {"GroupedQueryAttention", "GroupQueryAttention"},
};

/* keras.layers.add([a, b]) is Add()([a, b]). */

static const Value minus_one = {.kind = VALUE_INT, .integer = -1, NO_SPAN};

/* Unlike Dot, dot has a default for the axes. */
static bool needs_axes(const Given *given)
{
    return strcmp(given->native->name, "dot") == 0 && !given->arg[1];
}

static Value merge_call(Evaluator *ev, const Given *given)
{
    const LayerKind *kind = layer_kind_find(given->native->data);
    Argument *args = ARENA_ARRAY(ev->arena, given->n_written + 1, Argument);
    int n = 0;
    for (int i = 0; i < given->n_written; i++)
        if (&given->written[i].value != given->arg[0]) args[n++] = given->written[i];
    if (needs_axes(given)) args[n++] = (Argument){.keyword = "axes", .value = minus_one, .span = SPAN_NONE};
    const Value layer = layer_construct(ev, kind, args, n, given->span);
    return call_one(ev, layer, *given->arg[0]);
}

#define MERGE(text, signature, class_name) {.name = text, .params = signature, .call = merge_call, .data = class_name}
static const Native layer_natives[] = {
    MERGE("add", "!inputs **more", "Add"), MERGE("subtract", "!inputs **more", "Subtract"),
    MERGE("multiply", "!inputs **more", "Multiply"), MERGE("average", "!inputs **more", "Average"),
    MERGE("maximum", "!inputs **more", "Maximum"), MERGE("minimum", "!inputs **more", "Minimum"),
    MERGE("concatenate", "!inputs axis? **more", "Concatenate"), MERGE("dot", "!inputs axes? **more", "Dot"),
    {0}};

static bool layers_find(Evaluator *ev, const char *name, Value *out)
{
    const LayerKind *kind = layer_kind_find(name);
    for (size_t i = 0; !kind && i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].name, name) == 0) kind = layer_kind_find(aliases[i].class_name);
    if (strcmp(name, "Input") == 0) *out = value_native(&KERAS_INPUT);
    else if (kind && !kind->operation) *out = value_class(layer_class(ev, kind));
    else return false;
    return true;
}

static void layers_offer(Nearest *nearest)
{
    const LayerKind *const *kinds;
    const int n = layer_kinds(&kinds);
    for (int i = 0; i < n; i++)
        if (!kinds[i]->operation) nearest_offer(nearest, kinds[i]->name);
    nearest_offer(nearest, "Input");
}

static const ModuleClass layer_classes[] = {{"Layer", &CLASS_KERAS_LAYER}, {"Lambda", &CLASS_KERAS_LAMBDA}, {0}};
static const ModuleTable layers_table = {
    .path = "keras.layers", .natives = layer_natives, .classes = layer_classes, .find = layers_find, .offer = layers_offer,
    .opaque = " InputSpec TextVectorization StringLookup IntegerLookup Hashing HashedCrossing TFSMLayer JaxLayer FlaxLayer "
              "TorchModuleWrapper MelSpectrogram STFTSpectrogram Pipeline AutoContrast CutMix MixUp RandAugment "
              "RandomColorDegeneration RandomColorJitter RandomElasticTransform RandomInvert RandomPerspective RandomPosterization "
              "Solarization MaxNumBoundingBoxes Equalization AugMix ContrastLimitedAdaptiveHistogramEqualization serialize deserialize "};

/* ---- keras and keras.models ---- */

static const ModuleClass model_classes[] = {{"Sequential", &CLASS_KERAS_SEQUENTIAL}, {"Model", &CLASS_KERAS_MODEL}, {0}};
static const ModuleTable models_table = {
    .path = "keras.models", .natives = MODEL_FUNCTIONS, .classes = model_classes, .opaque = " model_from_yaml save_model "};

static const ModuleClass keras_classes[] = {
    {"Sequential", &CLASS_KERAS_SEQUENTIAL}, {"Model", &CLASS_KERAS_MODEL}, {"Layer", &CLASS_KERAS_LAYER},
    {"KerasTensor", &CLASS_KERAS_TENSOR}, {0}};
static const ModuleConstant keras_constants[] = {{"__version__", VALUE_IS_TEXT("3.15.1")}, {0}};

static bool keras_find(Evaluator *ev, const char *name, Value *out)
{
    (void)ev;
    if (strcmp(name, "Input") != 0) return false;
    *out = value_native(&KERAS_INPUT);
    return true;
}

static void keras_offer(Nearest *nearest)
{
    nearest_offer(nearest, "Input");
}

static const ModuleTable keras_table = {
    .path = "keras", .classes = keras_classes, .constants = keras_constants, .find = keras_find, .offer = keras_offer,
    .submodules = " layers models ops activations initializers regularizers constraints optimizers losses metrics callbacks datasets "
                  "utils backend applications preprocessing config random saving mixed_precision wrappers distribution quantizers "
                  "visualization export dtype_policies legacy tree ",
    .opaque = " InputSpec Function Initializer Optimizer Loss Metric Operation Regularizer Variable StatelessScope RematScope remat "
              "device name_scope version DTypePolicy FloatDTypePolicy Quantizer SymbolicScope experimental estimator engine "};

/* ---- functions and small objects ---- */

static bool activations_find(Evaluator *ev, const char *name, Value *out)
{
    const Activation *activation = activation_find(name);
    if (activation) *out = activation_function(ev->arena, activation);
    return activation != NULL;
}

static Value activation_get(Evaluator *ev, const Given *given)
{
    Value name;
    const Activation *activation;
    Error error = error_make(ev);
    if (value_callable(given->arg[0])) return *given->arg[0];
    if (!activation_resolve(ev->arena, given->arg[0], &activation, &name, &error)) raise_fault(ev, &error);
    return activation_function(ev->arena, activation);
}

static const Native activation_natives[] = {{.name = "get", .params = "identifier", .call = activation_get}, {0}};
static const ModuleTable activations_table = {
    .path = "keras.activations", .natives = activation_natives, .find = activations_find, .opaque = " serialize deserialize "};

static bool config_class_find(Evaluator *ev, const char *module, const char *name, Value *out)
{
    const ConfigKind *kind = config_find(module, name);
    if (kind) *out = value_class(config_class(ev, kind));
    return kind != NULL;
}

/* keras.initializers.get and its sisters. */
static Value config_get(Evaluator *ev, const Given *given)
{
    Value made;
    Error error = error_make(ev);
    if (!config_resolve(ev->arena, given->native->data, given->arg[0], &made, &error)) raise_fault(ev, &error);
    return made;
}

#define CONFIG_GET(what) {{.name = "get", .params = "identifier", .call = config_get, .data = what}, {0}}
static const Native initializer_natives[] = CONFIG_GET("initializer");
static const Native regularizer_natives[] = CONFIG_GET("regularizer");
static const Native constraint_natives[] = CONFIG_GET("constraint");

static bool initializers_find(Evaluator *ev, const char *name, Value *out) { return config_class_find(ev, "keras.initializers", name, out); }
static bool regularizers_find(Evaluator *ev, const char *name, Value *out) { return config_class_find(ev, "keras.regularizers", name, out); }
static bool constraints_find(Evaluator *ev, const char *name, Value *out) { return config_class_find(ev, "keras.constraints", name, out); }

static const ModuleTable initializers_table = {
    .path = "keras.initializers", .natives = initializer_natives, .find = initializers_find, .opaque = " Initializer serialize deserialize "};
static const ModuleTable regularizers_table = {
    .path = "keras.regularizers", .natives = regularizer_natives, .find = regularizers_find, .opaque = " Regularizer serialize deserialize "};
static const ModuleTable constraints_table = {
    .path = "keras.constraints", .natives = constraint_natives, .find = constraints_find, .opaque = " Constraint serialize deserialize "};

#define OPTIMIZERS " SGD RMSprop Adam AdamW Adadelta Adagrad Adamax Adafactor Nadam Ftrl Lion LossScaleOptimizer Lamb Muon "
static const ModuleTable optimizers_table = {
    .path = "keras.optimizers", .submodules = " schedules legacy ", .opaque = OPTIMIZERS " Optimizer get serialize deserialize "};

bool module_optimizer_name(const char *name)
{
    static const char names[] = OPTIMIZERS;
    const size_t n = strlen(name);
    for (const char *at = names; *at; at += strcspn(at, " ")) {
        at += *at == ' ';
        size_t i = 0;
        while (i < n && tolower((unsigned char)at[i]) == tolower((unsigned char)name[i])) i++;
        if (n && i == n && at[n] == ' ') return true;
    }
    return false;
}

static const ModuleTable losses_table = {.path = "keras.losses", .opaque = KERAS_LOSS_NAMES};
static const ModuleTable metrics_table = {.path = "keras.metrics", .opaque = KERAS_METRIC_NAMES};
static const ModuleTable callbacks_table = {.path = "keras.callbacks", .opaque = KERAS_CALLBACK_NAMES};

/* Modules that tell nothing of the model. */
static const ModuleTable open_tables[] = {
    {.path = "keras.applications", .open = true}, {.path = "keras.saving", .open = true}, {.path = "keras.wrappers", .open = true},
    {.path = "keras.distribution", .open = true}, {.path = "keras.quantizers", .open = true}, {.path = "keras.visualization", .open = true},
    {.path = "keras.export", .open = true}, {.path = "keras.dtype_policies", .open = true}, {.path = "keras.tree", .open = true},
    {.path = "keras.random", .natives = TENSORFLOW_RANDOM, .open = true}};

static const ModuleTable config_table = {.path = "keras.config", .natives = CONFIG_FUNCTIONS, .open = true};
static const ModuleTable mixed_table = {.path = "keras.mixed_precision", .natives = CONFIG_FUNCTIONS, .submodules = " experimental ", .open = true};
static const ModuleTable utils_table = {.path = "keras.utils", .natives = UTILITY_FUNCTIONS, .submodules = " np_utils ", .opaque = KERAS_UTILITY_NAMES};
static const ModuleTable preprocessing_table = {.path = "keras.preprocessing", .natives = UTILITY_FUNCTIONS,
                                                .submodules = " sequence image text ", .open = true};
static const ModuleTable datasets_table = {
    .path = "keras.datasets", .submodules = " mnist fashion_mnist cifar10 cifar100 imdb reuters boston_housing california_housing "};

/* ---- keras.ops and keras.backend ---- */

static bool ops_find(Evaluator *ev, const char *name, Value *out)
{
    if (!operation_exists(name) && !array_function(name)) return false;
    *out = value_object(&OBJECT_OPERATION, arena_copy(ev->arena, name, strlen(name)));
    return true;
}

static const ModuleTable ops_table = {.path = "keras.ops", .find = ops_find, .submodules = " numpy nn image linalg ", .opaque = KERAS_OPERATION_NAMES};

/* Keras 2's own functions are TensorFlow's now. */
static const ModuleTable backend_table = {.path = "keras.backend", .natives = BACKEND_FUNCTIONS, .find = tensorflow_function, .open = true};

/* ---- tensorflow ---- */

static bool tensorflow_find(Evaluator *ev, const char *name, Value *out)
{
    if (dtype_class(name, out)) return true;
    return tensorflow_function(ev, name, out);
}

static bool nn_find(Evaluator *ev, const char *name, Value *out)
{
    if (!activations_find(ev, name, out)) return tensorflow_function(ev, name, out);
    ValueConfig *own = ARENA_NEW(ev->arena, ValueConfig);
    *own = *out->config;
    own->module = "tensorflow.nn";
    out->config = own;
    return true;
}

static const ModuleConstant tensorflow_constants[] = {{"__version__", VALUE_IS_TEXT("2.21.0")}, {"newaxis", VALUE_IS_NONE}, {0}};
static const ModuleTable tensorflow_table = {.path = "tensorflow", .constants = tensorflow_constants, .find = tensorflow_find,
                                             .submodules = " keras nn math random ", .open = true};
static const ModuleTable nn_table = {.path = "tensorflow.nn", .find = nn_find, .open = true};
static const ModuleTable math_table = {.path = "tensorflow.math", .find = nn_find, .open = true};
static const ModuleTable random_table = {.path = "tensorflow.random", .natives = TENSORFLOW_RANDOM, .open = true};

const ModuleTable *const KERAS_MODULES[] = {
    &keras_table, &layers_table, &models_table, &activations_table, &initializers_table, &regularizers_table, &constraints_table,
    &optimizers_table, &config_table, &mixed_table, &utils_table, &preprocessing_table, &datasets_table, &ops_table, &backend_table,
    &DATASET_MODULES[0], &DATASET_MODULES[1], &DATASET_MODULES[2], &DATASET_MODULES[3], &DATASET_MODULES[4], &DATASET_MODULES[5],
    &DATASET_MODULES[6], &DATASET_MODULES[7],
    &losses_table, &metrics_table, &callbacks_table, &open_tables[0], &open_tables[1], &open_tables[2], &open_tables[3],
    &open_tables[4], &open_tables[5], &open_tables[6], &open_tables[7], &open_tables[8], &open_tables[9],
    &tensorflow_table, &nn_table, &math_table, &random_table, NULL};
