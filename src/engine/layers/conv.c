/* Conv1D, Conv2D, Conv3D. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/layers/convolution.h"
#include "engine/layers/spatial.h"
#include "engine/layers/terms.h"
#include "engine/lora.h"

#define PARAMS(ONES, CHOICES) \
    CONV_FILTERS, CONV_WINDOW(CHOICES, ONES), DATA_FORMAT, CONV_DILATION(ONES), PARAM_WITH("groups", PARAM_INT, VALUE_IS_INT(1)), \
    CONV_ACTIVATION, CONV_WEIGHTS("kernel"), \
    {.name = "lora_rank", .type = PARAM_INT, .keyword_only = true, .saved_with = "lora_rank"}, \
    {.name = "lora_alpha", .type = PARAM_FLOAT, .keyword_only = true, .saved_with = "lora_rank"}

static const ParamSpec PARAMS_1D[] = {PARAMS(VALUE_IS_INT(1), CAUSAL_CHOICES)};
static const ParamSpec PARAMS_2D[] = {PARAMS(VALUE_IS_ONES_2, PADDING_CHOICES)};
static const ParamSpec PARAMS_3D[] = {PARAMS(VALUE_IS_ONES_3, PADDING_CHOICES)};

/* ---- make ---- */

static bool check_groups(Maker *maker)
{
    bool refused;
    if (!maker_compare(maker, "groups", "<=", 0, &refused)) return false;
    if (!refused) return true;
    maker_refuse(maker, "groups", "ValueError", "The number of groups must be a positive integer. Received: groups=%s.",
                 maker_text(maker, "groups"));
    error_cause(maker->err, "cause.not_positive", "groups", maker_text(maker, "groups"), NULL);
    return error_fix(maker->err, FIX_REMOVE_ARGUMENT, "groups", NULL);
}

static bool divides(const Value *groups, double n)
{
    return !value_is_number(groups) || fmod(n, value_number(groups)) == 0;
}

static bool check_divisible(Maker *maker, const ConvConfig *config)
{
    if (!value_is_number(&config->filters) || divides(&config->groups, value_number(&config->filters))) return true;
    maker_refuse(maker, "groups", "ValueError",
                 "The number of filters must be evenly divisible by the number of groups. Received: groups=%s, filters=%s.",
                 maker_text(maker, "groups"), maker_text(maker, "filters"));
    error_cause(maker->err, "cause.groups_and_filters", maker_text(maker, "filters"), maker_text(maker, "groups"), NULL);
    return error_fix(maker->err, FIX_REMOVE_ARGUMENT, "groups", NULL);
}

/* TensorFlow computes 3D convolutions by another way unless channels come first or in groups. */
static bool is_centred(const ConvConfig *config)
{
    return config->axes == 3 && config->padding == WINDOW_SAME && !config->channels_first &&
           value_is_number(&config->groups) && value_number(&config->groups) == 1;
}

static bool make(Maker *maker)
{
    if (!layer_base(maker)) return false;
    ConvConfig *config = conv_read(maker);
    if (config) lora_read(maker);
    if (config && is_centred(config)) config->padding = WINDOW_CENTRED;
    return config && conv_check_positive(maker, "filters") && check_groups(maker) && check_divisible(maker, config) &&
           conv_check_strides_and_dilation(maker, config);
}

/* ---- build ---- */

static bool check_channels(Arena *arena, const ConvConfig *config, const Shape *in, int64_t channels, Error *err)
{
    if (channels == DIM_NONE)
        return conv_refuse_unknown_channels(arena_print(arena, "unsupported operand type(s) for %%: 'NoneType' and '%s'",
                                                        value_class_name(&config->groups)), err);
    if (divides(&config->groups, (double)channels)) return true;
    const char *groups = value_str_text(arena, &config->groups);
    error_set(err, "ValueError", "The number of input channels must be evenly divisible by the number of groups. Received groups=%s, "
              "but the input has %" PRId64 " channels (full input shape is %s).", groups, channels, shape_text(arena, in));
    error_cause(err, "cause.groups_and_channels", arena_print(arena, "%" PRId64, channels), groups, NULL);
    return error_fix(err, FIX_REMOVE_ARGUMENT, "groups", NULL);
}

/* Python's channels // groups. */
static Value channels_of_group(const ConvConfig *config, int64_t channels)
{
    int64_t groups;
    if (value_integer(&config->groups, &groups)) return value_int(channels / groups);
    if (!value_is_number(&config->groups)) return value_none();
    const double part = floor((double)channels / value_number(&config->groups));
    return config->groups.kind == VALUE_BOOL ? value_int((int64_t)part) : value_float(part);
}

static bool build(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    const ConvConfig *config = layer->config;
    const Shape *shape = &in[0].shape;
    const int64_t channels = conv_channels(config, shape);
    Shape unused;
    (void)call, (void)n_in;
    conv_expect_channels(builder, layer, config, channels);
    return check_channels(builder->arena, config, shape, channels, err) &&
           conv_shape(builder->arena, layer, shape, config->filters, &unused, err) &&
           conv_add_kernel(builder, layer, "kernel", channels_of_group(config, channels), config->filters,
                           config->kernel_initializer, err) &&
           conv_add_bias(builder, layer, config->filters, err) && lora_build_scaled(builder, layer, "kernel", err);
}

/* ---- numbers ---- */

static int64_t groups_of(const ConvConfig *config)
{
    return value_is_number(&config->groups) ? (int64_t)value_number(&config->groups) : 1;
}

static void forward(const Forward *forward)
{
    const ConvConfig *config = forward->layer->config;
    if (forward->layer->lora && forward->layer->lora->unscaled) {
        *forward->impossible = true;
        return;
    }
    Convolution conv = conv_begin(forward, conv_window(config, &forward->in[0].shape));
    conv.groups = groups_of(config);
    conv.packed = forward->prepared;
    if (forward->layer->lora) {
        conv.kernel = lora_kernel(forward->scratch, forward->layer, forward->weights);
        conv.bias = config->use_bias ? forward->weights[1].data : NULL;
    }
    convolve(&conv, forward->scratch);
    conv_finish(forward, &conv);
}

static bool leads(const Forward *forward)
{
    const ConvConfig *config = forward->layer->config;
    return conv_leads(forward) && groups_of(config) == 1 && !forward->layer->lora;
}

static const void *prepare(const Forward *forward, Arena *arena)
{
    const ConvConfig *config = forward->layer->config;
    if (forward->layer->lora) return NULL;
    Convolution conv = conv_describe(forward, conv_window(config, &forward->in[0].shape));
    conv.groups = groups_of(config);
    return convolve_pack(&conv, arena);
}

/* How channels and filters share the groups. */
typedef struct Grouping {
    int64_t channels, filters;   /* of one group */
    int64_t first_channel;       /* of the output's group */
} Grouping;

static Grouping grouping_of(const Trace *trace, int64_t filter)
{
    const ConvConfig *config = trace->layer->config;
    const int64_t groups = groups_of(config);
    Grouping group = {.channels = conv_channels(config, &trace->in[0].shape) / groups,
                      .filters = conv_channels(config, &trace->out[0].shape) / groups};
    group.first_channel = filter / group.filters * group.channels;
    return group;
}

static int64_t lora_terms(const Layer *layer)
{
    return layer->lora ? layer->lora->rank : 0;
}

static void add_product(TermList *list, const Layer *layer, int64_t from, int64_t at)
{
    terms_add(list, term_product(from, 0, at));
    for (int64_t r = 0; r < lora_terms(layer) && terms_have_room(list); r++) terms_add(list, lora_term(layer, from, at, r));
}

static void add_channels(TermList *list, const Layer *layer, const Volume *in, const WindowWalk *walk, const Grouping *group, const Place *place,
                         int64_t filters)
{
    Place cell = {.batch = place->batch, .at = {walk->cell[0], walk->cell[1], walk->cell[2]}};
    const int64_t tap = window_walk_tap(walk);
    for (int64_t c = 0; c < group->channels && terms_have_room(list); c++) {
        cell.channel = group->first_channel + c;
        add_product(list, layer, volume_index(in, &cell), (tap * group->channels + c) * filters + place->channel);
    }
}

static int64_t trace(const Trace *trace, Term *terms, int64_t cap)
{
    const ConvConfig *config = trace->layer->config;
    const Volume in = volume_of(&trace->in[0].shape, config->channels_first);
    const Volume out = volume_of(&trace->out[0].shape, config->channels_first);
    const Window window = conv_window(config, &trace->in[0].shape);
    const Place place = volume_place(&out, trace->k);
    const Grouping group = grouping_of(trace, place.channel);
    TermList list = {.term = terms, .cap = cap};
    WindowWalk walk;
    if (window_walk(&walk, &window, place.at)) {
        const int64_t all = size_multiply(size_multiply(window_walk_count(&walk), group.channels), lora_terms(trace->layer) + 1);
        do add_channels(&list, trace->layer, &in, &walk, &group, &place, out.channels);
        while (terms_have_room(&list) && window_walk_next(&walk));
        list.n = all;
    }
    if (config->use_bias) terms_add(&list, term_weight(1, place.channel));
    return list.n;
}

static int64_t connections(const Trace *trace)
{
    const ConvConfig *config = trace->layer->config;
    if (!shape_known(&trace->in[0].shape)) return DIM_NONE;
    const Window window = conv_window(config, &trace->in[0].shape);
    const int64_t channels = conv_channels(config, &trace->in[0].shape) / groups_of(config);
    const int64_t filters = size_multiply(trace->out[0].shape.dim[0], conv_channels(config, &trace->out[0].shape));
    return dim_multiply(window_count_taps(&window), size_multiply(size_multiply(channels, filters), lora_terms(trace->layer) + 1));
}

/* ---- explanations ---- */

static const char *kernel_name(const Layer *layer, Arena *arena)
{
    Text name = {.arena = arena};
    lora_put_kernel(layer, &name);
    return text_string(&name);
}

static void explain_rule(const Trace *trace, Text *text)
{
    const ConvConfig *config = trace->layer->config;
    const WindowFormula formula = conv_formula(config, trace);
    const Grouping group = grouping_of(trace, formula.place.channel);
    const bool one = group.channels == 1;
    Text channel = {.arena = text->arena};
    if (group.first_channel) text_print(&channel, "%" PRId64 "%s", group.first_channel, one ? "" : "+");
    if (!one || !group.first_channel) text_put(&channel, one ? "0" : "c");
    if (!one || window_size(&formula.window) > 1) text_put(text, "Σ ");
    formula_under_taps(text, &formula, text_string(&channel));
    text_put(text, "·");
    formula_kernel(text, &formula, kernel_name(trace->layer, text->arena), arena_print(text->arena, "%s, %" PRId64, one ? "0" : "c", formula.place.channel));
    conv_put_bias(config, text, formula.place.channel);
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    conv_explain(trace, topic, text, explain_rule);
}

#define CONV .infer = conv_infer, .prepare = prepare, .leads = leads, .fills = true, .rule = TRACE_SUM

const LayerKind LAYER_conv1d = {CONV_KIND("Conv1D", "conv1d", PARAMS_1D), CONV};
const LayerKind LAYER_conv2d = {CONV_KIND("Conv2D", "conv2d", PARAMS_2D), CONV};
const LayerKind LAYER_conv3d = {CONV_KIND("Conv3D", "conv3d", PARAMS_3D), CONV};
