/* The Random... layers over images. Away from training they hand on what they get; what is refused is their arguments. */
#include <string.h>

#include "engine/layers/elementwise.h"
#include "engine/layers/image_layer.h"
#include "engine/layers/spatial.h"

/* ---- checks of arguments, in each kind's order ---- */

typedef struct Check Check;
struct Check {
    bool      (*run)(Maker *, const Check *);
    const char *param;
    double      least, most;
    const char *words;        /* of a refusal */
};

static bool is_list(const Value *value)
{
    return value->kind == VALUE_TUPLE || value->kind == VALUE_LIST;
}

static bool is_python_number(const Value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT || value->kind == VALUE_BOOL;
}

static bool check_value_range(Maker *, const Check *);
static bool check_kernel_size(Maker *, const Check *);

static bool refuse(Maker *maker, const Check *check, const char *words)
{
    maker_refuse(maker, check->param, "ValueError", "%s", words);
    error_cause(maker->err, "cause.random_range", check->param, maker_text(maker, check->param), NULL);
    if (check->run == check_value_range) return error_fix(maker->err, FIX_REMOVE_ARGUMENT, check->param, NULL);
    return error_fix(maker->err, FIX_ARGUMENT, check->param, check->run == check_kernel_size ? "3" : "0.1");
}

/* Python's TypeError of a comparison with what is no number. */
static bool check_number(Maker *maker, const Check *check, const Value *value, const char *op)
{
    if (value_is_number(value)) return true;
    maker_refuse_order(maker, check->param, op, value_class_name(value), "int");
    return error_cause(maker->err, "cause.not_a_number", check->param, maker_text(maker, check->param), NULL);
}

static Value pair_of(Maker *maker, Value first, Value second)
{
    Value pair = value_list(maker->builder->arena, VALUE_TUPLE, 2);
    const bool rising = value_number(&first) <= value_number(&second);
    list_add(pair.list, rising ? first : second);
    list_add(pair.list, rising ? second : first);
    return pair;
}

static Value negated(const Value *value)
{
    return value->kind == VALUE_FLOAT ? value_float(-value->number) : value_int(-(int64_t)value_number(value));
}

static Value absolute(const Value *value)
{
    return value_number(value) < 0 ? negated(value) : *value;
}

/* A number becomes (-number or the least there may be, number). */
static Value spread(Maker *maker, const Check *check, const Value *value)
{
    const Value high = absolute(value), low = negated(&high);
    return pair_of(maker, value_number(&low) < check->least ? value_int((int64_t)check->least) : low, high);
}

/* Keras' _set_factor: a number, or two of which the first is not above the range and the second not below. */
static bool check_factor(Maker *maker, const Check *check)
{
    Arena *arena = maker->builder->arena;
    static const Value zero = VALUE_IS_FLOAT(0.0);
    const Value *factor = maker_arg(maker, check->param);
    if (factor->kind == VALUE_UNKNOWN) return true;
    if (check->words && !value_truth(factor)) factor = &zero;   /* factor or 0.0 */
    const char *words = arena_print(arena, "The `%s` argument should be a number (or a list of two numbers) in the range [%g, %g]. "
                                    "Received: factor=%s", check->param, check->least, check->most, value_str_text(arena, factor));
    if (is_list(factor)) {
        if (factor->list->n != 2) return refuse(maker, check, words);
        const Value *low = &factor->list->items[0], *high = &factor->list->items[1];
        if (!check_number(maker, check, low, ">") || !check_number(maker, check, high, "<")) return false;
        if (value_number(low) > check->most || value_number(high) < check->least) return refuse(maker, check, words);
        maker_set(maker, check->param, pair_of(maker, *low, *high));
        return true;
    }
    if (!is_python_number(factor)) return refuse(maker, check, words);
    if (value_number(factor) < check->least || value_number(factor) > check->most) return refuse(maker, check, words);
    maker_set(maker, check->param, spread(maker, check, factor));
    return true;
}

/* One number of a pair; `words` says the range, least itself is out where `open` is asked for by the words "(". */
static bool check_in_range(Maker *maker, const Check *check, const Value *value)
{
    if (!check_number(maker, check, value, ">")) return false;
    const double number = value_number(value);
    const bool open = strstr(check->words, "(-1.0") != NULL;
    if (number <= check->most && (open ? number > check->least : number >= check->least)) return true;
    return refuse(maker, check, arena_print(maker->builder->arena, "%sReceived: input_number=%s", check->words,
                                            value_str_text(maker->builder->arena, value)));
}

static bool check_two(Maker *maker, const Check *check)
{
    const Value *factor = maker_arg(maker, check->param);
    if (factor->kind == VALUE_UNKNOWN) return true;
    if (is_python_number(factor)) return check_in_range(maker, check, factor);
    if (!is_list(factor) || factor->list->n != 2)
        return refuse(maker, check, arena_print(maker->builder->arena, "%sReceived: %s=%s", check->words, check->param,
                                                maker_text(maker, check->param)));
    return check_in_range(maker, check, &factor->list->items[0]) && check_in_range(maker, check, &factor->list->items[1]);
}

static bool check_two_or_none(Maker *maker, const Check *check)
{
    return maker_is_none(maker, check->param) || check_two(maker, check);
}

/* RandomShear keeps what it found. */
static bool set_two(Maker *maker, const Check *check)
{
    const Value *factor = maker_arg(maker, check->param);
    if (!check_two(maker, check)) return false;
    if (is_list(factor)) maker_set(maker, check->param, pair_of(maker, factor->list->items[0], factor->list->items[1]));
    else if (is_python_number(factor)) maker_set(maker, check->param, pair_of(maker, negated(factor), *factor));
    return true;
}

static bool check_value_range(Maker *maker, const Check *check)
{
    const Value *range = maker_arg(maker, check->param);
    if (range->kind == VALUE_UNKNOWN) return true;
    if (!is_list(range) || range->list->n != 2)
        return refuse(maker, check, arena_print(maker->builder->arena, "The `value_range` argument should be a list of two numbers. "
                                                "Received: value_range=%s", maker_text(maker, check->param)));
    for (int i = 0; i < 2; i++)
        if (!check_number(maker, check, &range->list->items[i], "<")) return false;
    Value sorted = pair_of(maker, range->list->items[0], range->list->items[1]);
    sorted.kind = VALUE_LIST;
    maker_set(maker, check->param, sorted);
    return true;
}

static bool is_even(const Value *value)
{
    return value_is_number(value) && value_number(value) / 2 == (double)(int64_t)(value_number(value) / 2);
}

static bool check_kernel_size(Maker *maker, const Check *check)
{
    Arena *arena = maker->builder->arena;
    const Value *size = maker_arg(maker, check->param);
    const char *text = maker_text(maker, check->param);
    const char *even = arena_print(arena, "%s must be an odd number. Received: %s=%s", check->param, check->param, text);
    if (size->kind == VALUE_UNKNOWN) return true;
    if (is_list(size) && size->list->n != 2)
        return refuse(maker, check, arena_print(arena, "The `%s` argument should be a number (or a list of two numbers) Received: %s=%s",
                                                check->param, check->param, text));
    if (!is_list(size) && !is_python_number(size)) return refuse(maker, check, even);
    const Value *first = is_list(size) ? &size->list->items[0] : size, *second = is_list(size) ? &size->list->items[1] : size;
    if (is_even(first) || is_even(second)) return refuse(maker, check, even);
    Value pair = value_list(arena, VALUE_TUPLE, 2);
    const Value both[2] = {*first, *second};
    for (int i = 0; i < 2; i++) list_add(pair.list, both[i]);
    maker_set(maker, check->param, pair);
    return true;
}

static bool check_probability(Maker *maker, const Check *check)
{
    const Value *share = maker_arg(maker, check->param);
    if (share->kind == VALUE_UNKNOWN) return true;
    if (!check_number(maker, check, share, "<")) return false;
    if (value_number(share) >= 0 && value_number(share) <= 1) return true;
    return refuse(maker, check, arena_print(maker->builder->arena, "`factor` should be between 0 and 1. Received: factor=%s",
                                            maker_text(maker, check->param)));
}

static bool check_seed(Maker *maker, const Check *check)
{
    (void)check;
    return maker_seed(maker, "seed");
}

static bool check_data_format(Maker *maker, const Check *check)
{
    bool channels_first;
    (void)check;
    if (!maker_data_format(maker, "data_format", &channels_first)) return false;
    maker->layer->config = ARENA_NEW(maker->builder->arena, bool);
    *(bool *)maker->layer->config = channels_first;
    return true;
}

static bool check_no_factor(Maker *maker, const Check *check)
{
    (void)check;
    return image_refuse_factor(maker);
}

static const char *const FILL_MODES[] = {"reflect", "wrap", "constant", "nearest", NULL};
static const char *const INTERPOLATIONS[] = {"bilinear", "nearest", NULL};

static bool check_choice(Maker *maker, const Check *check)
{
    const Value *value = maker_arg(maker, check->param);
    const char *const *choices = strcmp(check->param, "fill_mode") == 0 ? FILL_MODES : INTERPOLATIONS;
    if (value->kind == VALUE_UNKNOWN) return true;
    for (int i = 0; choices[i]; i++)
        if (value_is_text(value, choices[i])) return true;
    maker_refuse(maker, check->param, "NotImplementedError", "Unknown `%s` %s. Expected of one %s.", check->param,
                 maker_text(maker, check->param), check->words);
    error_cause(maker->err, "cause.not_a_choice", check->param, maker_text(maker, check->param), NULL);
    return error_fix(maker->err, FIX_REMOVE_ARGUMENT, check->param, NULL);
}

#define DATA_FORMAT_CHECK   {.run = check_data_format}
#define NO_FACTOR           {.run = check_no_factor}
#define SEED_CHECK          {.run = check_seed}
#define FILL_MODE_CHECK     {.run = check_choice, .param = "fill_mode", .words = "('reflect', 'wrap', 'constant', 'nearest')"}
#define INTERPOLATION_CHECK {.run = check_choice, .param = "interpolation", .words = "('nearest', 'bilinear')"}
#define VALUE_RANGE_CHECK   {.run = check_value_range, .param = "value_range"}
#define FACTOR_CHECK(NAME, LEAST) {.run = check_factor, .param = NAME, .least = (LEAST), .most = 1}
/* As the base class does it: nothing is 0.0. */
#define BASE_FACTOR_CHECK   {.run = check_factor, .param = "factor", .least = -1, .most = 1, .words = "0.0"}

#define SHEAR_WORDS "The `factor` argument should be a number (or a list of two numbers) in the range [0, 1.0]. "
#define SHIFT_WORDS "The `factor` argument should be a number (or a list of two numbers) in the range [-1.0, 1.0]. "
#define ZOOM_WORDS  "The `height_factor` and `width_factor` arguments should be a number (or a list of two numbers) in the range " \
                    "(-1.0, 1.0]. "

static bool run_checks(Maker *maker, const Check *checks)
{
    if (!layer_base(maker)) return false;
    for (const Check *check = checks; check->run; check++)
        if (!check->run(maker, check)) return false;
    return true;
}

/* ---- the kinds ---- */

#define FACTOR      {.name = "factor", .type = PARAM_ANY, .required = true, .example = "0.1"}
#define VALUE_RANGE {.name = "value_range", .type = PARAM_ANY, .fallback = VALUE_IS_TUPLE(2, VALUE_IS_INT(0), VALUE_IS_INT(255))}
#define SEED        {.name = "seed", .type = PARAM_SEED}
#define DATA_FORMAT {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES}
#define HIDDEN_DATA_FORMAT {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES, .keyword_only = true}
#define FILL_MODE   {.name = "fill_mode", .type = PARAM_CHOICE, .choices = FILL_MODES, .fallback = VALUE_IS_TEXT("reflect")}
#define INTERPOLATION \
    {.name = "interpolation", .type = PARAM_CHOICE, .choices = INTERPOLATIONS, .fallback = VALUE_IS_TEXT("bilinear")}
#define FILL_VALUE  {.name = "fill_value", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)}
#define FLOAT(NAME, DEFAULT) {.name = NAME, .type = PARAM_ANY, .fallback = VALUE_IS_FLOAT(DEFAULT)}

static const ParamSpec BRIGHTNESS[] = {FACTOR, VALUE_RANGE, SEED, HIDDEN_DATA_FORMAT, IMAGE_HIDDEN_PARAMS};
static const Check BRIGHTNESS_CHECKS[] = {DATA_FORMAT_CHECK, BASE_FACTOR_CHECK, SEED_CHECK, VALUE_RANGE_CHECK, {0}};

static const ParamSpec CONTRAST[] = {FACTOR, VALUE_RANGE, SEED, HIDDEN_DATA_FORMAT, IMAGE_HIDDEN_PARAMS};
static const Check CONTRAST_CHECKS[] = {DATA_FORMAT_CHECK, FACTOR_CHECK("factor", 0), SEED_CHECK, {0}};

static const ParamSpec CROP[] = {
    {.name = "height", .type = PARAM_INT, .required = true, .example = "32"},
    {.name = "width", .type = PARAM_INT, .required = true, .example = "32"},
    SEED, DATA_FORMAT, {.name = "name", .type = PARAM_STRING}, IMAGE_HIDDEN_FACTOR, IMAGE_HIDDEN_PARAMS,
};
static const Check CROP_CHECKS[] = {BASE_FACTOR_CHECK, SEED_CHECK, DATA_FORMAT_CHECK, {0}};

static const ParamSpec ERASING[] = {
    FLOAT("factor", 1.0),
    {.name = "scale", .type = PARAM_ANY, .fallback = VALUE_IS_TUPLE(2, VALUE_IS_FLOAT(0.02), VALUE_IS_FLOAT(0.33))},
    {.name = "fill_value", .type = PARAM_FLOAT}, VALUE_RANGE, SEED, DATA_FORMAT, IMAGE_HIDDEN_PARAMS,
};
static const Check ERASING_CHECKS[] = {
    DATA_FORMAT_CHECK, FACTOR_CHECK("factor", 0), FACTOR_CHECK("scale", 0), SEED_CHECK, {0},
};

static const char *const FLIP_MODES[] = {"horizontal_and_vertical", "horizontal", "vertical", NULL};
static const ParamSpec FLIP[] = {
    {.name = "mode", .type = PARAM_CHOICE, .choices = FLIP_MODES, .fallback = VALUE_IS_TEXT("horizontal_and_vertical")},
    SEED, DATA_FORMAT, IMAGE_HIDDEN_FACTOR, IMAGE_HIDDEN_PARAMS,
};
static const Check FLIP_CHECKS[] = {DATA_FORMAT_CHECK, NO_FACTOR, SEED_CHECK, {0}};

static const ParamSpec BLUR[] = {
    FLOAT("factor", 1.0), {.name = "kernel_size", .type = PARAM_ANY, .fallback = VALUE_IS_INT(3)}, FLOAT("sigma", 1.0),
    VALUE_RANGE, DATA_FORMAT, SEED, IMAGE_HIDDEN_PARAMS,
};
static const Check BLUR_CHECKS[] = {
    DATA_FORMAT_CHECK, FACTOR_CHECK("factor", 0), {.run = check_kernel_size, .param = "kernel_size"}, FACTOR_CHECK("sigma", 0),
    SEED_CHECK, {0},
};

static const ParamSpec GRAYSCALE[] = {FLOAT("factor", 0.5), DATA_FORMAT, SEED, IMAGE_HIDDEN_PARAMS};
static const Check GRAYSCALE_CHECKS[] = {{.run = check_probability, .param = "factor"}, DATA_FORMAT_CHECK, SEED_CHECK, {0}};

static const ParamSpec HUE[] = {FACTOR, VALUE_RANGE, DATA_FORMAT, SEED, IMAGE_HIDDEN_PARAMS};
static const Check HUE_CHECKS[] = {DATA_FORMAT_CHECK, FACTOR_CHECK("factor", 0), SEED_CHECK, {0}};

static const ParamSpec ROTATION[] = {FACTOR, FILL_MODE, INTERPOLATION, SEED, FILL_VALUE, DATA_FORMAT, IMAGE_HIDDEN_PARAMS};
static const Check ROTATION_CHECKS[] = {
    DATA_FORMAT_CHECK, BASE_FACTOR_CHECK, SEED_CHECK, FILL_MODE_CHECK, INTERPOLATION_CHECK, {0},
};

static const ParamSpec SATURATION[] = {FACTOR, VALUE_RANGE, DATA_FORMAT, SEED, IMAGE_HIDDEN_PARAMS};
static const Check SATURATION_CHECKS[] = {DATA_FORMAT_CHECK, FACTOR_CHECK("factor", -1), VALUE_RANGE_CHECK, SEED_CHECK, {0}};

static const ParamSpec SHARPNESS[] = {FACTOR, VALUE_RANGE, DATA_FORMAT, SEED, IMAGE_HIDDEN_PARAMS};
static const Check SHARPNESS_CHECKS[] = {DATA_FORMAT_CHECK, FACTOR_CHECK("factor", 0), VALUE_RANGE_CHECK, SEED_CHECK, {0}};

static const ParamSpec SHEAR[] = {
    FLOAT("x_factor", 0.0), FLOAT("y_factor", 0.0), INTERPOLATION, FILL_MODE, FILL_VALUE, DATA_FORMAT, SEED,
    IMAGE_HIDDEN_FACTOR, IMAGE_HIDDEN_PARAMS,
};
static const Check SHEAR_CHECKS[] = {
    DATA_FORMAT_CHECK, NO_FACTOR, {.run = set_two, .param = "x_factor", .least = 0, .most = 1, .words = SHEAR_WORDS},
    {.run = set_two, .param = "y_factor", .least = 0, .most = 1, .words = SHEAR_WORDS}, FILL_MODE_CHECK, INTERPOLATION_CHECK,
    SEED_CHECK, {0},
};

static const ParamSpec TRANSLATION[] = {
    {.name = "height_factor", .type = PARAM_ANY, .required = true, .example = "0.1"}, {.name = "width_factor", .type = PARAM_ANY, .required = true, .example = "0.1"},
    FILL_MODE, INTERPOLATION, SEED, FILL_VALUE, DATA_FORMAT, IMAGE_HIDDEN_FACTOR, IMAGE_HIDDEN_PARAMS,
};
static const Check TRANSLATION_CHECKS[] = {
    DATA_FORMAT_CHECK, NO_FACTOR, {.run = check_two, .param = "height_factor", .least = -1, .most = 1, .words = SHIFT_WORDS},
    {.run = check_two, .param = "width_factor", .least = -1, .most = 1, .words = SHIFT_WORDS}, FILL_MODE_CHECK,
    INTERPOLATION_CHECK, SEED_CHECK, {0},
};

static const ParamSpec ZOOM[] = {
    {.name = "height_factor", .type = PARAM_ANY, .required = true, .example = "0.1"}, {.name = "width_factor", .type = PARAM_ANY},
    FILL_MODE, INTERPOLATION, SEED, FILL_VALUE, DATA_FORMAT, IMAGE_HIDDEN_FACTOR, IMAGE_HIDDEN_PARAMS,
};
static const Check ZOOM_CHECKS[] = {
    NO_FACTOR, {.run = check_two, .param = "height_factor", .least = -1, .most = 1, .words = ZOOM_WORDS},
    {.run = check_two_or_none, .param = "width_factor", .least = -1, .most = 1, .words = ZOOM_WORDS}, FILL_MODE_CHECK,
    INTERPOLATION_CHECK, SEED_CHECK, DATA_FORMAT_CHECK, {0},
};

/* RandomCrop promises another size than it gives away from training. */
static bool infer_crop(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *given = &in[0].shape;
    const bool channels_first = *(const bool *)layer->config;
    Shape shape = *given;
    (void)call, (void)n_in;
    /* Height and width stand at the same places from the end, whatever the rank. */
    if (given->rank < (channels_first ? 2 : 3)) return error_set(err, "IndexError", "list assignment index out of range");
    const Shape image = given->rank > 4 ? shape_slice(given, given->rank - 4, given->rank) : *given;
    if (!image_shape(out->arena, &image, channels_first, &layer->args[0], &layer->args[1], &shape, err)) return false;
    for (int i = given->rank - 5; i >= 0; i--) shape = shape_with(&shape, 0, given->dim[i]);
    outputs_add(out, shape, layer->dtype);
    return true;
}

static bool as_given(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in, (void)err;
    outputs_add(out, in[0].shape, layer->dtype);
    return true;
}

static void forward(const Forward *forward)
{
    const int rank = forward->in[0].shape.rank;
    if (rank != 3 && rank != 4) *forward->impossible = true;
    elementwise_forward(forward);
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    (void)trace;
    if (topic == EXPLAIN_RULE) text_put_char(text, 'x');
}

#define KIND_FIELDS(NAME, MODULE, PARAM_LIST, SYMBOL)                                           \
    .name = NAME, .module = "keras.src.layers.preprocessing.image_preprocessing." MODULE,       \
    .params = PARAM_LIST, .n_params = sizeof PARAM_LIST / sizeof *PARAM_LIST,                   \
    .call_params = IMAGE_CALL, .n_call_params = 2,                                              \
    .make = make_##SYMBOL, .forward = forward, .trace = elementwise_trace, .connections = elementwise_connections, \
    .explain = explain, .rule = TRACE_SUM

#define MAKE(SYMBOL, CHECKS)                                                                    \
    static bool make_##SYMBOL(Maker *maker) { return run_checks(maker, CHECKS); }

#define KIND(SYMBOL, NAME, MODULE, PARAM_LIST, CHECKS)                                          \
    MAKE(SYMBOL, CHECKS)                                                                        \
    const LayerKind LAYER_##SYMBOL = {KIND_FIELDS(NAME, MODULE, PARAM_LIST, SYMBOL), .elementwise = true};

KIND(random_brightness, "RandomBrightness", "random_brightness", BRIGHTNESS, BRIGHTNESS_CHECKS)
KIND(random_contrast, "RandomContrast", "random_contrast", CONTRAST, CONTRAST_CHECKS)
KIND(random_erasing, "RandomErasing", "random_erasing", ERASING, ERASING_CHECKS)
KIND(random_flip, "RandomFlip", "random_flip", FLIP, FLIP_CHECKS)
KIND(random_gaussian_blur, "RandomGaussianBlur", "random_gaussian_blur", BLUR, BLUR_CHECKS)
KIND(random_grayscale, "RandomGrayscale", "random_grayscale", GRAYSCALE, GRAYSCALE_CHECKS)
KIND(random_hue, "RandomHue", "random_hue", HUE, HUE_CHECKS)
KIND(random_rotation, "RandomRotation", "random_rotation", ROTATION, ROTATION_CHECKS)
KIND(random_saturation, "RandomSaturation", "random_saturation", SATURATION, SATURATION_CHECKS)
KIND(random_sharpness, "RandomSharpness", "random_sharpness", SHARPNESS, SHARPNESS_CHECKS)
KIND(random_shear, "RandomShear", "random_shear", SHEAR, SHEAR_CHECKS)
KIND(random_translation, "RandomTranslation", "random_translation", TRANSLATION, TRANSLATION_CHECKS)
KIND(random_zoom, "RandomZoom", "random_zoom", ZOOM, ZOOM_CHECKS)

MAKE(random_crop, CROP_CHECKS)
const LayerKind LAYER_random_crop = {
    KIND_FIELDS("RandomCrop", "random_crop", CROP, random_crop), .infer = infer_crop, .infer_numbers = as_given,
};
