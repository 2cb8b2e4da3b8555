/* MultiHeadAttention: as many heads of key and value as of the query. */
#include "engine/layers/heads.h"

static const ParamSpec PARAMS[] = {
    PARAM_NEEDED("num_heads", PARAM_INT, "2"), PARAM_NEEDED("key_dim", PARAM_INT, "8"),
    PARAM("value_dim", PARAM_INT), HEADS_DROPOUT, HEADS_BIAS, PARAM("output_shape", PARAM_SHAPE), PARAM("attention_axes", PARAM_INTS),
    PARAM("sliding_window", PARAM_INT), HEADS_FLASH, HEADS_WEIGHTS,
};

/* ---- make ---- */

static bool count_make(Maker *m, const char *param, int64_t *out)
{
    const Value *value = maker_arg(m, param);
    *out = heads_positive(value);
    if (*out || value->kind == VALUE_UNKNOWN) return true;
    maker_refuse(m, param, "ValueError", "Received an invalid value for argument `%s`, expected a positive integer. Received: %s=%s", param, param,
                 maker_text(m, param));
    return error_fix(m->err, FIX_ARGUMENT, param, "2");
}

static bool output_make(Maker *m, HeadsConfig *config)
{
    const Value *output = maker_arg(m, "output_shape");
    if (!value_truth(output) || output->kind == VALUE_UNKNOWN) return true;
    if (value_is_int(output)) {
        config->output = SHAPE(output->integer);
    } else if (output->kind != VALUE_LIST && output->kind != VALUE_TUPLE) {
        return maker_refuse(m, "output_shape", "ValueError",
                            "Invalid `output_shape`: %s. When specified, the `output_shape` should be of type tuple, list, or int.",
                            maker_text(m, "output_shape"));
    } else {
        for (size_t i = 0; i < output->list->n && config->output.rank < SHAPE_RANK_MAX - 2; i++)
            config->output.dim[config->output.rank++] = value_is_int(&output->list->items[i]) ? output->list->items[i].integer : DIM_NONE;
    }
    maker_set(m, "output_shape", value_shape(m->builder->arena, &config->output));
    return true;
}

static bool axes_make(Maker *m, HeadsConfig *config)
{
    const Value *axes = maker_arg(m, "attention_axes");
    config->n_axes = HEADS_ALL_AXES;
    if (axes->kind == VALUE_NONE || axes->kind == VALUE_UNKNOWN) return true;
    config->n_axes = 0;
    if (value_is_int(axes)) config->axes[config->n_axes++] = (int)axes->integer;
    else if (axes->kind == VALUE_LIST || axes->kind == VALUE_TUPLE)
        for (size_t i = 0; i < axes->list->n && config->n_axes < SHAPE_RANK_MAX; i++)
            config->axes[config->n_axes++] = value_is_int(&axes->list->items[i]) ? (int)axes->list->items[i].integer : 0;
    else if (value_truth(axes))
        return maker_refuse(m, "attention_axes", "ValueError", "`attention_axes` must be an int, list, or tuple.Received: attention_axes=%s",
                            maker_text(m, "attention_axes"));
    return true;
}

static bool value_width_make(Maker *m, HeadsConfig *config)
{
    const Value *width = maker_arg(m, "value_dim");
    config->value_width = width->kind == VALUE_NONE ? config->key_width : heads_positive(width);
    if (width->kind == VALUE_NONE) maker_set(m, "value_dim", value_int(config->key_width));
    return config->value_width || width->kind == VALUE_UNKNOWN ||
           maker_refuse(m, "value_dim", "ValueError",
                        "Received an invalid value for argument `value_dim`, expected a positive integer or `None`. Received: value_dim=%s",
                        maker_text(m, "value_dim"));
}

static bool make(Maker *m)
{
    HeadsConfig *config = heads_config_new(m);
    if (!count_make(m, "num_heads", &config->heads) || !count_make(m, "key_dim", &config->key_width) || !value_width_make(m, config)) return false;
    config->key_value_heads = config->heads;
    return layer_base(m) && output_make(m, config) && heads_read_weights(m, config) && axes_make(m, config) &&
           heads_read_window(m, config) && heads_check_flash(m);
}

const LayerKind LAYER_multi_head_attention = {
    .name = "MultiHeadAttention", .module = "keras.src.layers.attention.multi_head_attention", PARAMS_OF(PARAMS), HEADS_KIND,
};
