/* Discretization: the bin that each number falls into. */
#include "engine/constant.h"
#include "engine/layers/categories.h"

static const ParamSpec PARAMS[] = {
    {.name = "bin_boundaries"}, {.name = "num_bins", .type = PARAM_INT}, {.name = "epsilon", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.01)},
    {.name = "output_mode", .type = PARAM_CHOICE, .fallback = VALUE_IS_TEXT("int"), .choices = CATEGORIES_MODES},
    {.name = "sparse", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}, {.name = "dtype", .type = PARAM_DTYPE}, {.name = "name", .type = PARAM_STRING},
};

static bool check_bins(Maker *m)
{
    const Value *bins = maker_arg(m, "num_bins");
    const bool none = bins->kind == VALUE_NONE, unbound = maker_is_none(m, "bin_boundaries");
    if (!none && value_is_number(bins) && value_number(bins) < 0)
        return maker_refuse(m, "num_bins", "ValueError", "`num_bins` must be greater than or equal to 0. Received: `num_bins=%s`",
                            maker_text(m, "num_bins"));
    if (!none && !unbound)
        return maker_refuse(m, "num_bins", "ValueError", "Both `num_bins` and `bin_boundaries` should not be set. Received: `num_bins=%s` and "
                            "`bin_boundaries=%s`", maker_text(m, "num_bins"), maker_text(m, "bin_boundaries"));
    if (none && unbound) return maker_refuse(m, "num_bins", "ValueError", "You need to set either `num_bins` or `bin_boundaries`.");
    return true;
}

static bool read_mode(Maker *m, Categories *categories)
{
    const Value *mode = maker_arg(m, "output_mode");
    if (value_truth(maker_arg(m, "sparse")) && value_is_text(mode, "int"))
        return maker_refuse(m, "sparse", "ValueError", "`sparse=True` may only be used if `output_mode` is `'one_hot'`, `'multi_hot'`, or "
                            "`'count'`. Received: sparse=%s and output_mode=%s", maker_text(m, "sparse"), maker_text(m, "output_mode"));
    return categories_find_mode(mode, &categories->mode) || mode->kind == VALUE_UNKNOWN ||
           maker_refuse(m, "output_mode", "ValueError", "Unknown value for `output_mode` argument of Discretization. Allowed values are: "
                        "('int', 'one_hot', 'multi_hot', 'count'). Received: output_mode=%s", maker_text(m, "output_mode"));
}

static bool make(Maker *m)
{
    Categories *categories = ARENA_NEW(m->builder->arena, Categories);
    m->layer->config = categories;
    if (!layer_base(m)) return false;
    if (!read_mode(m, categories) || !check_bins(m)) return false;
    categories->binned = true;
    categories->depth = value_is_int(maker_arg(m, "num_bins")) ? maker_arg(m, "num_bins")->integer : DIM_NONE;
    if (maker_is_none(m, "bin_boundaries")) return true;
    if (!value_numbers(m->builder->arena, maker_arg(m, "bin_boundaries"), &categories->boundaries)) return true;
    categories->depth = size_add(shape_size(&categories->boundaries.shape), 1);
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Categories *categories = layer->config;
    Shape shape = in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (categories->mode == CATEGORIES_INT) {
        outputs_add(out, shape, DTYPE_INT32);
        return true;
    }
    if (categories->mode == CATEGORIES_ONE_HOT) {
        if (categories_drop_last(categories, &shape)) shape.rank--;
    } else {
        shape = shape.rank >= 2 ? shape_without(&shape, 1) : (Shape){0};
    }
    if (shape.rank == SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    outputs_add(out, shape_with(&shape, shape.rank, categories->depth), layer->dtype);
    return true;
}

const LayerKind LAYER_discretization = {
    .name = "Discretization", .module = "keras.src.layers.preprocessing.discretization", PARAMS_OF(PARAMS), .make = make, .infer = infer,
    .no_keywords = true, CATEGORIES_KIND,
};
