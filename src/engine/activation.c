#include "engine/activation.h"

#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "engine/config.h"
#include "engine/lanes.h"

/* ---- elementwise: each in double, so that the float result is the nearest there is ---- */

static double sigmoid_of(double x)
{
    if (x >= 0) return 1 / (1 + exp(-x));
    const double e = exp(x);
    return e / (1 + e);
}

static double softplus_of(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

#define SELU_SCALE 1.0507009873554804934193349852946
#define SELU_ALPHA 1.6732632423543772848170429916717

/* name, value at x; p are the parameters */
#define ELEMENTWISE(X) \
    X(sigmoid, sigmoid_of(x)) \
    X(softplus, softplus_of(x)) \
    X(tanh, tanh(x)) \
    X(softsign, x / (1 + fabs(x))) \
    X(silu, x * sigmoid_of(x)) \
    X(gelu, p[0] > 0 ? 0.5 * x * (1 + tanh(0.79788456080286535588 * (x + 0.044715 * x * x * x))) \
                     : 0.5 * x * erfc(-x * 0.70710678118654752440)) \
    X(elu, x > 0 ? x : p[0] * expm1(x)) \
    X(celu, x > 0 ? x : p[0] * expm1(x / p[0])) \
    X(selu, SELU_SCALE * (x > 0 ? x : SELU_ALPHA * expm1(x))) \
    X(exponential, exp(x)) \
    X(mish, x * tanh(softplus_of(x))) \
    X(log_sigmoid, -softplus_of(-x)) \
    X(tanh_shrink, x - tanh(x)) \
    X(squareplus, (x + sqrt(x * x + p[0])) / 2) \
    X(sparse_plus, x <= -1 ? 0 : x < 1 ? 0.25 * (x + 1) * (x + 1) : x) \
    X(sparse_sigmoid, x <= -1 ? 0 : x >= 1 ? 1 : 0.5 * (x + 1)) \
    X(soft_shrink, x > p[0] ? x - p[0] : x < -p[0] ? x + p[0] : 0) \
    X(hard_shrink, fabs(x) > p[0] ? x : 0) \
    X(hard_tanh, clamp(x, -1, 1)) \
    X(hard_sigmoid, clamp(x + 3, 0, 6) / 6) \
    X(hard_silu, x * (clamp(x + 3, 0, 6) / 6))

#define X(name, value) \
    static void apply_##name(float *numbers, int64_t n, const double *p) \
    { \
        (void)p; \
        for (int64_t i = 0; i < n; i++) { \
            const double x = (double)numbers[i]; \
            numbers[i] = (float)(value); \
        } \
    }
ELEMENTWISE(X)
#undef X

static void apply_linear(float *x, int64_t n, const double *p)
{
    (void)x, (void)n, (void)p;
}

static void apply_leaky_relu(float *x, int64_t n, const double *p)
{
    const float slope = (float)p[0];
    for (int64_t i = 0; i < n; i++) x[i] = x[i] > 0 ? x[i] : slope * x[i];
}

/* p: slope below the threshold, largest value (NaN = none), threshold. */
static float general_relu(float x, const double *p)
{
    const float slope = (float)p[0], threshold = (float)p[2];
    const float below = threshold - x > 0 ? threshold - x : 0;
    float above = x > threshold ? x : 0;
    if (!isnan(p[1])) above = (float)clamp((double)above, 0, p[1]);
    return slope > 0 || slope < 0 ? above - slope * below : above;
}

#define X(NAME, ATTRIBUTES, FLOATS)                                                \
    ATTRIBUTES static void clip_##NAME(float *x, int64_t n, float most)            \
    {                                                                              \
        for (int64_t i = 0; i < n; i++) {                                          \
            const float above = x[i] > 0 ? x[i] : 0;                               \
            x[i] = above < most ? above : most;                                    \
        }                                                                          \
    }
LANES(X)
#undef X

/* min(max(x, 0), most) */
static void (*const CLIP[])(float *x, int64_t n, float most) = {
#define X(NAME, ATTRIBUTES, FLOATS) clip_##NAME,
    LANES(X)
#undef X
};

static void apply_relu6(float *x, int64_t n, const double *p)
{
    (void)p;
    CLIP[lanes_here()](x, n, 6);
}

static void apply_relu(float *x, int64_t n, const double *p)
{
    if (fabs(p[0]) + fabs(p[2]) > 0) {
        for (int64_t i = 0; i < n; i++) x[i] = general_relu(x[i], p);
        return;
    }
    CLIP[lanes_here()](x, n, isnan(p[1]) ? INFINITY : (float)p[1]);
}

/* ---- over an axis: n numbers, `stride` apart ---- */

static double largest(const float *x, int64_t n, int64_t stride)
{
    double max = -INFINITY;
    for (int64_t i = 0; i < n; i++) max = fmax(max, (double)x[i * stride]);
    return max;
}

static double sum_of_powers(const float *x, int64_t n, int64_t stride, double max)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += exp((double)x[i * stride] - max);
    return sum;
}

static void apply_softmax(float *x, int64_t n, int64_t stride, const double *p)
{
    (void)p;
    const double max = largest(x, n, stride), sum = sum_of_powers(x, n, stride, max);
    for (int64_t i = 0; i < n; i++) x[i * stride] = (float)(exp((double)x[i * stride] - max) / sum);
}

static void apply_log_softmax(float *x, int64_t n, int64_t stride, const double *p)
{
    (void)p;
    const double max = largest(x, n, stride), sum = log(sum_of_powers(x, n, stride, max));
    for (int64_t i = 0; i < n; i++) x[i * stride] = (float)((double)x[i * stride] - max - sum);
}

/* The largest number below `bound`, and how many there are of it. */
static double next_largest(const float *x, int64_t n, int64_t stride, double bound, int64_t *times)
{
    double found = -INFINITY;
    *times = 0;
    for (int64_t i = 0; i < n; i++) {
        const double number = (double)x[i * stride];
        if (!(number < bound) || number < found) continue;
        *times = number > found ? 1 : *times + 1;
        found = number;
    }
    return found;
}

/* Martins and Astudillo 2016, as Keras computes it: the running sums of the supporting numbers are summed once more, so that the
 * outputs add up to more than one where there are several. */
static double sparsemax_threshold(const float *x, int64_t n, int64_t stride)
{
    double running = 0, sums = 0, supporting = 0, bound = INFINITY;
    for (int64_t times = 1; times;) {
        bound = next_largest(x, n, stride, bound, &times);
        for (int64_t i = 0; i < times; i++) {
            running += bound;
            if (bound - (running - 1) / (supporting + 1) <= 0) return (sums - 1) / supporting;
            supporting++;
            sums += running;
        }
    }
    return (sums - 1) / fmax(supporting, 1);
}

static void apply_sparsemax(float *x, int64_t n, int64_t stride, const double *p)
{
    (void)p;
    const double threshold = sparsemax_threshold(x, n, stride);
    for (int64_t i = 0; i < n; i++) x[i * stride] = (float)fmax((double)x[i * stride] - threshold, 0);
}

/* ---- the table ---- */

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

static const ParamSpec RELU_PARAMS[] = {
    {.name = "negative_slope", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "max_value", .type = PARAM_FLOAT, .fallback = VALUE_IS_NONE},
    {.name = "threshold", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
};
static const ParamSpec SLOPE_PARAMS[] = {{.name = "negative_slope", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.2)}};
static const ParamSpec ALPHA_PARAMS[] = {{.name = "alpha", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.0)}};
static const ParamSpec SHRINK_PARAMS[] = {{.name = "threshold", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.5)}};
static const ParamSpec GELU_PARAMS[] = {{.name = "approximate", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}};
static const ParamSpec SQUAREPLUS_PARAMS[] = {{.name = "b", .type = PARAM_FLOAT, .fallback = VALUE_IS_INT(4)}};

static const double RELU_DEFAULTS[] = {0, NAN, 0}, SLOPE_DEFAULTS[] = {0.2}, ONE[] = {1}, HALF[] = {0.5}, NO[] = {0}, FOUR[] = {4};

const Activation ACTIVATION_LINEAR = {.name = "linear", .apply = apply_linear, .formula = "x"};

static const Activation ACTIVATIONS[] = {
    {.name = "relu", .apply = apply_relu, .formula = "max(0, x)", .params = RELU_PARAMS, .n_params = COUNT(RELU_PARAMS), .parameters = RELU_DEFAULTS},
    {.name = "leaky_relu", .apply = apply_leaky_relu, .formula = "x > 0 ? x : α·x", .params = SLOPE_PARAMS, .n_params = 1, .parameters = SLOPE_DEFAULTS},
    {.name = "relu6", .apply = apply_relu6, .formula = "min(max(0, x), 6)"},
    {.name = "softmax", .apply_axis = apply_softmax, .formula = "eˣ / Σ eˣ"},
    {.name = "celu", .apply = apply_celu, .formula = "x > 0 ? x : α·(e^(x/α) − 1)", .params = ALPHA_PARAMS, .n_params = 1, .parameters = ONE},
    {.name = "elu", .apply = apply_elu, .formula = "x > 0 ? x : α·(eˣ − 1)", .params = ALPHA_PARAMS, .n_params = 1, .parameters = ONE},
    {.name = "selu", .apply = apply_selu, .formula = "1.0507·(x > 0 ? x : 1.6733·(eˣ − 1))"},
    {.name = "softplus", .apply = apply_softplus, .formula = "ln(1 + eˣ)"},
    {.name = "softsign", .apply = apply_softsign, .formula = "x / (1 + |x|)"},
    {.name = "squareplus", .apply = apply_squareplus, .formula = "(x + √(x² + b)) / 2", .params = SQUAREPLUS_PARAMS, .n_params = 1, .parameters = FOUR},
    {.name = "soft_shrink", .apply = apply_soft_shrink, .formula = "sign(x)·max(0, |x| − t)", .params = SHRINK_PARAMS, .n_params = 1, .parameters = HALF},
    {.name = "sparse_plus", .apply = apply_sparse_plus, .formula = "x ≤ −1 ? 0 : x < 1 ? (x + 1)²/4 : x"},
    {.name = "silu", .apply = apply_silu, .formula = "x / (1 + e⁻ˣ)"},
    {.name = "gelu", .apply = apply_gelu, .formula = "x·Φ(x)", .params = GELU_PARAMS, .n_params = 1, .parameters = NO},
    {.name = "glu", .formula = "a·σ(b)", .halves = true},
    {.name = "tanh", .apply = apply_tanh, .formula = "tanh x"},
    {.name = "tanh_shrink", .apply = apply_tanh_shrink, .formula = "x − tanh x"},
    {.name = "threshold", .formula = "x > t ? x : v", .opaque = true},
    {.name = "sigmoid", .apply = apply_sigmoid, .formula = "1 / (1 + e⁻ˣ)"},
    {.name = "sparse_sigmoid", .apply = apply_sparse_sigmoid, .formula = "min(max(0, (x + 1)/2), 1)"},
    {.name = "exponential", .apply = apply_exponential, .formula = "eˣ"},
    {.name = "hard_sigmoid", .apply = apply_hard_sigmoid, .formula = "min(max(0, x + 3), 6) / 6"},
    {.name = "hard_silu", .apply = apply_hard_silu, .formula = "x·min(max(0, x + 3), 6) / 6"},
    {.name = "hard_tanh", .apply = apply_hard_tanh, .formula = "min(max(−1, x), 1)"},
    {.name = "hard_shrink", .apply = apply_hard_shrink, .formula = "|x| > t ? x : 0", .params = SHRINK_PARAMS, .n_params = 1, .parameters = HALF},
    {.name = "linear", .apply = apply_linear, .formula = "x"},
    {.name = "mish", .apply = apply_mish, .formula = "x·tanh(ln(1 + eˣ))"},
    {.name = "log_softmax", .apply_axis = apply_log_softmax, .formula = "x − ln Σ eˣ"},
    {.name = "log_sigmoid", .apply = apply_log_sigmoid, .formula = "−ln(1 + e⁻ˣ)"},
    {.name = "sparsemax", .apply_axis = apply_sparsemax, .formula = "max(0, x − τ)"},
};

static const struct { const char *alias, *name; } ALIASES[] = {{"swish", "silu"}, {"hard_swish", "hard_silu"}};

const Activation *activation_find(const char *name)
{
    for (int i = 0; i < COUNT(ALIASES); i++)
        if (strcmp(ALIASES[i].alias, name) == 0) name = ALIASES[i].name;
    for (int i = 0; i < COUNT(ACTIVATIONS); i++)
        if (strcmp(ACTIVATIONS[i].name, name) == 0) return &ACTIVATIONS[i];
    return NULL;
}

const Activation *activation_with(Arena *arena, const char *name, const double *parameters)
{
    Activation *activation = ARENA_NEW(arena, Activation);
    *activation = *activation_find(name);
    double *own = ARENA_ARRAY(arena, activation->n_params, double);
    if (activation->n_params) memcpy(own, parameters, (size_t)activation->n_params * sizeof *own);
    activation->parameters = own;
    return activation;
}

/* a·sigmoid(b), a and b the halves of each line; the numbers move up, so that nothing is left between them. */
static void apply_glu(Tensor *tensor, int axis)
{
    const int64_t n = tensor->shape.dim[axis], half = n / 2, stride = shape_span_size(&tensor->shape, axis + 1, tensor->shape.rank);
    const int64_t lines = shape_span_size(&tensor->shape, 0, axis);
    for (int64_t line = 0; line < lines; line++)
        for (int64_t i = 0; i < half * stride; i++) {
            const float *a = tensor->data + line * n * stride + i;
            tensor->data[line * half * stride + i] = (float)((double)*a * sigmoid_of((double)a[half * stride]));
        }
    tensor->shape.dim[axis] = half;
}

void activation_apply_axis(const Activation *activation, Tensor *tensor, int axis)
{
    if (activation->opaque) return;
    if (activation->halves) {
        if (tensor->shape.rank) apply_glu(tensor, axis);
        return;
    }
    const int64_t size = shape_size(&tensor->shape);
    if (activation->apply) {
        activation->apply(tensor->data, size, activation->parameters);
        return;
    }
    const int64_t n = tensor->shape.rank ? tensor->shape.dim[axis] : 1, stride = shape_span_size(&tensor->shape, axis + 1, tensor->shape.rank);
    for (int64_t outer = 0; n && outer < size / (n * stride); outer++)
        for (int64_t inner = 0; inner < stride; inner++)
            activation->apply_axis(tensor->data + outer * n * stride + inner, n, stride, activation->parameters);
}

void activation_apply(const Activation *activation, Tensor *tensor)
{
    activation_apply_axis(activation, tensor, tensor->shape.rank ? tensor->shape.rank - 1 : 0);
}

bool activation_elementwise(const Activation *activation)
{
    return activation->apply != NULL;
}

Value activation_function(Arena *arena, const Activation *activation)
{
    ValueConfig *config = ARENA_NEW(arena, ValueConfig);
    *config = (ValueConfig){.module = "keras.activations", .class_name = activation->name, .function = true};
    config->arguments = *value_dict(arena).dict;
    return (Value){.kind = VALUE_CONFIG, NO_SPAN, .config = config};
}

/* ---- keras.activations.get ---- */

static const Activation *opaque(Arena *arena, const char *name)
{
    Activation *activation = ARENA_NEW(arena, Activation);
    *activation = (Activation){.name = name, .formula = "f(x)", .opaque = true};
    return activation;
}

static Value name_value(Arena *arena, const Activation *activation)
{
    return value_string(arena, activation->name, strlen(activation->name));
}

static bool refuse(Arena *arena, const Value *value, Error *err)
{
    const char *text = value_str_text(arena, value);
    error_set(err, "ValueError", "Could not interpret activation function identifier: %s", text);
    error_cause(err, "cause.unknown_activation", text, NULL);
    if (value->kind != VALUE_STRING) return error_fix(err, FIX_REPLACE_TEXT, NULL, "'relu'");
    Nearest nearest = nearest_begin(text);
    for (int i = 0; i < COUNT(ACTIVATIONS); i++) nearest_offer(&nearest, ACTIVATIONS[i].name);
    for (int i = 0; i < COUNT(ALIASES); i++) nearest_offer(&nearest, ALIASES[i].alias);
    if (nearest.best) error_fix(err, FIX_REPLACE_TEXT, NULL, arena_print(arena, "'%s'", nearest.best));
    return error_fix(err, FIX_REPLACE_TEXT, NULL, "'linear'");
}

/* A layer stands where a function may: LeakyReLU(0.1). */
static const Activation *of_layer(Arena *arena, const Layer *layer)
{
    const bool plain = layer->kind->elementwise && layer->kind->activation;
    return plain ? layer_activation(layer) : opaque(arena, layer->name);
}

static const Activation *of_config(Arena *arena, const ValueConfig *config)
{
    const Activation *found = config->function && !config->custom ? activation_find(config->class_name) : NULL;
    return found ? found : opaque(arena, config->class_name);
}

/* {"class_name": "function", "config": "relu", ...}, as files write a function. */
static const Value *name_in_dict(const Value *value)
{
    const Value *config = dict_find(value->dict, "config"), *name = dict_find(value->dict, "class_name");
    return config && config->kind == VALUE_STRING ? config : name;
}

bool activation_resolve(Arena *arena, const Value *value, const Activation **activation, Value *out, Error *err)
{
    *out = *value;
    *activation = &ACTIVATION_LINEAR;
    if (value->kind == VALUE_NONE) {
        *out = name_value(arena, *activation);
        return true;
    }
    if (value->kind == VALUE_DICT) {
        const Value *name = name_in_dict(value);
        if (!name) return refuse(arena, value, err);
        *activation = name && name->kind == VALUE_STRING ? activation_find(name->string.bytes) : NULL;
        if (!*activation) *activation = opaque(arena, name && name->kind == VALUE_STRING ? name->string.bytes : "function");
        else *out = name_value(arena, *activation);
        return true;
    }
    if (value->kind == VALUE_STRING) {
        *activation = activation_find(value->string.bytes);
        if (!*activation) return refuse(arena, value, err);
        *out = name_value(arena, *activation);
        return true;
    }
    if (!value_callable(value)) return refuse(arena, value, err);
    if (value->kind == VALUE_LAYER) *activation = of_layer(arena, value->layer);
    else if (value->kind == VALUE_CONFIG) *activation = of_config(arena, value->config);
    else *activation = opaque(arena, value_str_text(arena, value));
    if (value->kind == VALUE_CONFIG && !(*activation)->opaque) *out = name_value(arena, *activation);
    return true;
}
