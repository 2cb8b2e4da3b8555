/* CategoryEncoding: numbers of categories as vectors of zeros and ones, or of counts. */
#include "engine/config.h"
#include "engine/layers/categories.h"

static const char *const CHOICES[] = {"multi_hot", "one_hot", "count", NULL};
static const ParamSpec PARAMS[] = {
    {.name = "num_tokens", .type = PARAM_INT, .example = "10"},
    {.name = "output_mode", .type = PARAM_CHOICE, .fallback = VALUE_IS_TEXT("multi_hot"), .choices = CHOICES},
    {.name = "sparse", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE, .unsaved = true},
};
static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true}, {.name = "count_weights", .type = PARAM_TENSORS},
};

static bool read_mode(Maker *m, Categories *categories)
{
    const Value multi_hot = VALUE_IS_TEXT("multi_hot");
    if (value_is_text(maker_arg(m, "output_mode"), "binary")) maker_set(m, "output_mode", multi_hot);
    const Value *mode = maker_arg(m, "output_mode");
    return mode->kind == VALUE_UNKNOWN || (categories_find_mode(mode, &categories->mode) && categories->mode != CATEGORIES_INT) ||
           maker_refuse(m, "output_mode", "ValueError", "Unknown arg for output_mode: %s", maker_text(m, "output_mode"));
}

static bool make(Maker *m)
{
    Categories *categories = ARENA_NEW(m->builder->arena, Categories);
    const Value *tokens = maker_arg(m, "num_tokens");
    m->layer->config = categories;
    if (!layer_base(m) || !read_mode(m, categories)) return false;
    if (tokens->kind == VALUE_NONE)
        return maker_refuse(m, "num_tokens", "ValueError", "num_tokens must be set to use this layer. If the number of tokens is not known "
                            "beforehand, use the IntegerLookup layer instead.");
    if (value_is_number(tokens) && value_number(tokens) < 1)
        return maker_refuse(m, "num_tokens", "ValueError", "`num_tokens` must be >= 1. Received: num_tokens=%s.", maker_text(m, "num_tokens"));
    categories->depth = value_is_int(tokens) ? tokens->integer : 1;
    m->layer->autocast = false;
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Categories *categories = layer->config;
    Shape shape = in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    const bool grows = categories->mode == CATEGORIES_ONE_HOT && shape.rank && !categories_drop_last(categories, &shape);
    if (!grows && shape.rank) shape.rank--;
    if (shape.rank == SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    shape = shape_slice(&shape, 0, shape.rank);
    const Value dims = value_shape(out->arena, &shape);
    list_add(dims.list, layer->args[0].kind == VALUE_UNKNOWN ? value_none() : layer->args[0]);
    if (!shape_resolve(out->arena, &dims, &shape, err)) return false;
    outputs_add(out, shape, layer->dtype);
    return true;
}

static bool infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Categories *categories = layer->config;
    const Shape *shape = &in[0].shape;
    if (categories->mode == CATEGORIES_ONE_HOT || shape->rank < 3) return infer(layer, call, in, n_in, out, err);
    const Shape rest = shape_without(shape, categories_axis(shape));
    outputs_add(out, shape_with(&rest, rest.rank, categories->depth), layer->dtype);
    return true;
}

const LayerKind LAYER_category_encoding = {
    .name = "CategoryEncoding", .module = "keras.src.layers.preprocessing.category_encoding", PARAMS_OF(PARAMS), .call_params = CALL,
    .n_call_params = 2, .make = make, .infer = infer, .infer_numbers = infer_numbers, CATEGORIES_KIND,
};
