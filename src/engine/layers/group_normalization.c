/* GroupNormalization: each example's channels in groups. */
#include "engine/layers/normalize.h"

static const ParamSpec PARAMS[] = {
    PARAM_WITH("groups", PARAM_INT, VALUE_IS_INT(32)), PARAM_WITH("axis", PARAM_INT, VALUE_IS_INT(-1)),
    PARAM_WITH("epsilon", PARAM_FLOAT, VALUE_IS_FLOAT(1e-3)), NORMALIZE_AFFINE, NORMALIZE_PENALTIES,
};

static bool make(Maker *m)
{
    const Value *groups = maker_arg(m, "groups");
    int64_t n = groups->kind == VALUE_INT ? groups->integer : groups->kind == VALUE_BOOL ? groups->boolean : 0;
    if (n <= 0 && n != -1)
        return maker_refuse(m, "groups", "ValueError",
                            "Received an invalid value for argument `groups`, expected a positive integer (or `-1` "
                            "for instance normalization). Received: groups=%s",
                            value_str_text(m->builder->arena, groups));
    if (!layer_base(m)) return false;
    m->layer->autocast = false;
    NormalizeConfig *config = normalize_config_new(m);
    config->groups = n;
    config->epsilon = normalize_epsilon(m);
    normalize_read_axes(config, maker_arg(m, "axis"));
    return normalize_read_affine(m, config) && normalize_read_penalties(m);
}

/* ---- build ---- */

static bool check_groups(int64_t groups, int64_t channels, Error *err)
{
    if (channels >= groups && channels % groups == 0) return true;
    const bool many = channels < groups;
    error_set(err, "ValueError", many ? "Number of groups (%lld) cannot be more than the number of channels (%lld)."
                                      : "Number of groups (%lld) must be a multiple of the number of channels (%lld).",
              (long long)groups, (long long)channels);
    if (!err) return false;
    const char *n = arena_print(err->arena, "%lld", (long long)channels);
    error_cause(err, many ? "cause.groups_many" : "cause.groups_divide", arena_print(err->arena, "%lld", (long long)groups), n, NULL);
    return error_fix(err, FIX_ARGUMENT, "groups", many ? n : "1");
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    NormalizeConfig *config = layer->config;
    int64_t dim = 0;
    if (!normalize_check_index(layer_arg(layer, "axis"), err) || !normalize_axis_dim(&in->shape, config->axes[0], &dim, err)) return false;
    if (dim == DIM_NONE)
        return error_set(err, "ValueError", "Axis %lld of input tensor should have a defined dimension but the layer received an input with shape %s.",
                         (long long)config->axes[0], shape_text(b->arena, &in->shape));
    if (config->groups == -1) {
        config->groups = dim;
        layer->args[0] = value_int(dim);
    }
    if (!check_groups(config->groups, dim, err)) return false;
    normalize_expect_axis(b, layer, in->shape.rank, (int)config->axes[0], dim);
    return normalize_add_affine(b, layer, SHAPE(dim), err);
}

/* ---- numbers ---- */

/* gamma runs over the channels. */
static Grouping grouping(const Shape *shape, const NormalizeConfig *config)
{
    int axis = shape_axis(shape, config->axes[0]);
    Grouping g = {.split_axis = axis, .split = shape->dim[axis] / config->groups};
    g.weight_stride[axis] = 1;
    g.group_stride[axis] = 1;
    if (axis != 0) g.group_stride[0] = config->groups;
    g.groups = size_multiply(axis == 0 ? 1 : shape->dim[0], config->groups);
    return g;
}

static void forward(const Forward *f)
{
    const Grouping g = grouping(&f->in[0].shape, f->layer->config);
    normalize_centred(f, &g);
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const Grouping g = grouping(&t->in->shape, t->layer->config);
    return grouping_trace(t, &g, terms, cap);
}

static void numbers(const Forward *f, int64_t k, Text *text)
{
    const Grouping g = grouping(&f->in[0].shape, f->layer->config);
    normalize_numbers(f, &g, k, text);
}

const LayerKind LAYER_group_normalization = {
    .name = "GroupNormalization", .module = "keras.src.layers.normalization.group_normalization", PARAMS_OF(PARAMS), .make = make,
    .build = build, .forward = forward, .trace = trace, .explain = normalize_explain_affine, .numbers = numbers, .rule = TRACE_DEPENDS, .keeps_mask = true,
};
