/* GroupedQueryAttention: heads of key and value that several heads of the query share. */
#include "engine/layers/heads.h"

static const ParamSpec PARAMS[] = {
    PARAM_NEEDED("head_dim", PARAM_INT, "8"),
    PARAM_NEEDED("num_query_heads", PARAM_INT, "4"),
    PARAM_NEEDED("num_key_value_heads", PARAM_INT, "2"),
    HEADS_DROPOUT, HEADS_BIAS, PARAM("sliding_window", PARAM_INT), HEADS_FLASH, HEADS_WEIGHTS,
};

/* 1 / sqrt(float(head_dim)) */
static bool width_make(Maker *m)
{
    const Value *width = maker_arg(m, "head_dim");
    if (!value_is_number(width) || value_number(width) > 0) return true;
    if (value_number(width) < 0) maker_refuse(m, "head_dim", "ValueError", "math domain error");
    else maker_refuse(m, "head_dim", "ZeroDivisionError", "float division by zero");
    return error_fix(m->err, FIX_ARGUMENT, "head_dim", "2");
}

static bool make(Maker *m)
{
    HeadsConfig *config = heads_config_new(m);
    if (!layer_base(m)) return false;
    config->grouped = true;
    config->n_axes = HEADS_ALL_AXES;
    config->key_width = config->value_width = heads_positive(maker_arg(m, "head_dim"));
    config->heads = heads_positive(maker_arg(m, "num_query_heads"));
    config->key_value_heads = heads_positive(maker_arg(m, "num_key_value_heads"));
    if (!config->key_value_heads) return maker_refuse(m, "num_key_value_heads", "ZeroDivisionError", "integer modulo by zero");
    if (config->heads % config->key_value_heads) {
        maker_refuse(m, "num_key_value_heads", "ValueError", "`num_query_heads` must be divisible by `num_key_value_heads`.");
        return error_fix(m->err, FIX_ARGUMENT, "num_key_value_heads", "1");
    }
    return heads_read_window(m, config) && heads_read_weights(m, config) && width_make(m) && heads_check_flash(m);
}

const LayerKind LAYER_group_query_attention = {
    .name = "GroupedQueryAttention", .module = "keras.src.layers.attention.grouped_query_attention", PARAMS_OF(PARAMS), HEADS_KIND,
};
