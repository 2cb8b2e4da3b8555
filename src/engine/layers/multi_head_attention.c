/* MultiHeadAttention, GroupedQueryAttention: projections of query, key and value to heads, softmax(q·kᵀ/√d)·v in each head,
 * and a projection back. After the projections a tensor is (batch, ..., heads, width); attention runs over `axes` of it. */
#include <math.h>
#include <string.h>

#include "engine/einsum.h"
#include "engine/layers/layers.h"
#include "engine/layers/terms.h"

enum { NO_AXES = -1 };

typedef struct HeadsConfig {
    int64_t heads, key_value_heads;      /* fewer of these are shared by several query heads */
    int64_t key_width, value_width;
    int64_t window;                      /* 0 = none: only keys nearer than this are seen */
    bool    use_bias, use_gate, grouped;
    Shape   output;                      /* output_shape= without batch and steps; rank 0 = the query's last axis */
    int     axes[SHAPE_RANK_MAX], n_axes;
    int     query, key, gate, value, back;   /* places in layer->children; gate -1 = none */
} HeadsConfig;

#define PARAM(word, kind)            {.name = word, .type = kind}
#define PARAM_WITH(word, kind, init) {.name = word, .type = kind, .fallback = init}
#define WEIGHT_PARAMS \
    PARAM_WITH("kernel_initializer", PARAM_INITIALIZER, VALUE_IS_TEXT("glorot_uniform")), \
    PARAM_WITH("bias_initializer", PARAM_INITIALIZER, VALUE_IS_TEXT("zeros")), PARAM("kernel_regularizer", PARAM_REGULARIZER), \
    PARAM("bias_regularizer", PARAM_REGULARIZER), PARAM("activity_regularizer", PARAM_REGULARIZER), \
    PARAM("kernel_constraint", PARAM_CONSTRAINT), PARAM("bias_constraint", PARAM_CONSTRAINT), \
    PARAM_WITH("use_gate", PARAM_BOOL, VALUE_IS_FALSE), PARAM("seed", PARAM_SEED)
#define BIAS_PARAM  PARAM_WITH("use_bias", PARAM_BOOL, VALUE_IS_TRUE)
#define DROPOUT     PARAM_WITH("dropout", PARAM_FLOAT, VALUE_IS_FLOAT(0.0))
#define FLASH       {.name = "flash_attention", .type = PARAM_ANY, .unsaved = true}

static const ParamSpec MULTI_PARAMS[] = {
    {.name = "num_heads", .type = PARAM_INT, .required = true, .example = "2"},
    {.name = "key_dim", .type = PARAM_INT, .required = true, .example = "8"},
    PARAM("value_dim", PARAM_INT), DROPOUT, BIAS_PARAM, PARAM("output_shape", PARAM_SHAPE), PARAM("attention_axes", PARAM_INTS),
    PARAM("sliding_window", PARAM_INT), FLASH, WEIGHT_PARAMS,
};

static const ParamSpec GROUPED_PARAMS[] = {
    {.name = "head_dim", .type = PARAM_INT, .required = true, .example = "8"},
    {.name = "num_query_heads", .type = PARAM_INT, .required = true, .example = "4"},
    {.name = "num_key_value_heads", .type = PARAM_INT, .required = true, .example = "2"},
    DROPOUT, BIAS_PARAM, PARAM("sliding_window", PARAM_INT), FLASH, WEIGHT_PARAMS,
};

enum { CALL_QUERY, CALL_VALUE, CALL_KEY, CALL_QUERY_MASK, CALL_VALUE_MASK, CALL_KEY_MASK, CALL_ATTENTION_MASK, CALL_SCORES, CALL_TRAINING,
       CALL_CAUSAL, CALL_ARGS };

static const ParamSpec CALL[CALL_ARGS] = {
    {.name = "query", .type = PARAM_TENSORS, .required = true}, {.name = "value", .type = PARAM_TENSORS, .required = true},
    {.name = "key", .type = PARAM_TENSORS}, {.name = "query_mask", .type = PARAM_TENSORS}, {.name = "value_mask", .type = PARAM_TENSORS},
    {.name = "key_mask", .type = PARAM_TENSORS}, {.name = "attention_mask", .type = PARAM_TENSORS},
    {.name = "return_attention_scores", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}, {.name = "training", .type = PARAM_BOOL},
    {.name = "use_causal_mask", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

/* ---- make ---- */

/* A positive int (True counts as 1); 0 otherwise. */
static int64_t positive(const Value *value)
{
    if (value->kind == VALUE_BOOL) return value->boolean;
    return value->kind == VALUE_INT && value->integer > 0 ? value->integer : 0;
}

static bool count_make(Maker *m, const char *param, int64_t *out)
{
    const Value *value = maker_arg(m, param);
    *out = positive(value);
    if (*out || value->kind == VALUE_UNKNOWN) return true;
    maker_refuse(m, param, "ValueError", "Received an invalid value for argument `%s`, expected a positive integer. Received: %s=%s", param, param,
                 maker_text(m, param));
    return error_fix(m->err, FIX_ARGUMENT, param, "2");
}

static bool window_make(Maker *m, HeadsConfig *config)
{
    const Value *window = maker_arg(m, "sliding_window");
    config->window = positive(window);
    return window->kind == VALUE_NONE || config->window || window->kind == VALUE_UNKNOWN ||
           maker_refuse(m, "sliding_window", "ValueError", "`sliding_window` must be `None` or a positive integer. Received: sliding_window=%s",
                        maker_text(m, "sliding_window"));
}

static bool weights_make(Maker *m, HeadsConfig *config)
{
    config->use_bias = value_truth(maker_arg(m, "use_bias"));
    config->use_gate = value_truth(maker_arg(m, "use_gate"));
    return maker_initializer(m, "kernel_initializer") && maker_initializer(m, "bias_initializer") &&
           maker_regularizer(m, "kernel_regularizer") && maker_regularizer(m, "bias_regularizer") &&
           maker_regularizer(m, "activity_regularizer") && maker_constraint(m, "kernel_constraint") && maker_constraint(m, "bias_constraint");
}

static bool flash_make(Maker *m)
{
    const Value *dropout = maker_arg(m, "dropout");
    if (!value_truth(maker_arg(m, "flash_attention")) || !value_is_number(dropout) || value_number(dropout) <= 0) return true;
    return maker_refuse(m, "dropout", "ValueError",
                        "Dropout is not supported when flash attention is enabled. Please set dropout to 0.0 to use flash attention.");
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
    config->n_axes = NO_AXES;
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

static HeadsConfig *config_new(Maker *m)
{
    HeadsConfig *config = ARENA_NEW(m->builder->arena, HeadsConfig);
    m->layer->config = config;
    return config;
}

static bool value_width_make(Maker *m, HeadsConfig *config)
{
    const Value *width = maker_arg(m, "value_dim");
    config->value_width = width->kind == VALUE_NONE ? config->key_width : positive(width);
    if (width->kind == VALUE_NONE) maker_set(m, "value_dim", value_int(config->key_width));
    return config->value_width || width->kind == VALUE_UNKNOWN ||
           maker_refuse(m, "value_dim", "ValueError",
                        "Received an invalid value for argument `value_dim`, expected a positive integer or `None`. Received: value_dim=%s",
                        maker_text(m, "value_dim"));
}

static bool multi_make(Maker *m)
{
    HeadsConfig *config = config_new(m);
    if (!count_make(m, "num_heads", &config->heads) || !count_make(m, "key_dim", &config->key_width) || !value_width_make(m, config)) return false;
    config->key_value_heads = config->heads;
    return layer_base(m) && output_make(m, config) && weights_make(m, config) && axes_make(m, config) && window_make(m, config) && flash_make(m);
}

/* 1 / sqrt(float(head_dim)) */
static bool width_make(Maker *m)
{
    const Value *width = maker_arg(m, "head_dim");
    if (!value_is_number(width) || value_number(width) > 0) return true;
    if (value_number(width) < 0) maker_refuse(m, "head_dim", "ValueError", "math domain error");
    else maker_refuse(m, "head_dim", "ZeroDivisionError", "float division by zero");
    return error_fix(m->err, FIX_ARGUMENT, "head_dim", "2");
}

static bool grouped_make(Maker *m)
{
    HeadsConfig *config = config_new(m);
    if (!layer_base(m)) return false;
    config->grouped = true;
    config->n_axes = NO_AXES;
    config->key_width = config->value_width = positive(maker_arg(m, "head_dim"));
    config->heads = positive(maker_arg(m, "num_query_heads"));
    config->key_value_heads = positive(maker_arg(m, "num_key_value_heads"));
    if (!config->key_value_heads) return maker_refuse(m, "num_key_value_heads", "ZeroDivisionError", "integer modulo by zero");
    if (config->heads % config->key_value_heads) {
        maker_refuse(m, "num_key_value_heads", "ValueError", "`num_query_heads` must be divisible by `num_key_value_heads`.");
        return error_fix(m->err, FIX_ARGUMENT, "num_key_value_heads", "1");
    }
    return window_make(m, config) && weights_make(m, config) && width_make(m) && flash_make(m);
}

/* ---- build ---- */

static Value word(Arena *arena, const char *text)
{
    return value_string(arena, text, strlen(text));
}

/* "abc,cde->abde": free axes stay, bound ones are summed over, new ones come. */
static const char *projection(Arena *arena, int free_axes, int bound, int fresh, const char **bias)
{
    Text in = {.arena = arena}, kernel = {.arena = arena}, out = {.arena = arena}, axes = {.arena = arena};
    for (int i = 0; i < free_axes; i++) {
        text_put_char(&in, (char)('a' + i));
        text_put_char(&out, (char)('a' + i));
    }
    for (int i = free_axes; i < free_axes + bound; i++) {
        text_put_char(&in, (char)('a' + i));
        text_put_char(&kernel, (char)('a' + i));
    }
    for (int i = free_axes + bound; i < free_axes + bound + fresh; i++) {
        text_put_char(&kernel, (char)('a' + i));
        text_put_char(&out, (char)('a' + i));
        text_put_char(&axes, (char)('a' + i));
    }
    *bias = text_string(&axes);
    return arena_print(arena, "%s,%s->%s", text_string(&in), text_string(&kernel), text_string(&out));
}

typedef struct Projection {
    const char *name, *activation;
    int         free_axes, bound;
    Shape       last;              /* the output's last axes */
} Projection;

static const Value *argument(const Layer *layer, const char *name)
{
    for (int i = 0; i < layer->kind->n_params; i++)
        if (strcmp(layer->kind->params[i].name, name) == 0) return &layer->args[i];
    return NULL;
}

/* Each projection makes its initializers anew from the layer's. */
static bool check_initializers(const Layer *layer, Error *err)
{
    if (argument(layer, "kernel_initializer")->kind != VALUE_NONE && argument(layer, "bias_initializer")->kind != VALUE_NONE) return true;
    return error_set(err, "AttributeError", "type object 'NoneType' has no attribute 'from_config'");
}

/* An EinsumDense of the layer's own, built; its place among the children, or -1. */
static int add_projection(Builder *b, Layer *layer, const Projection *p, const TensorSpec *in, Error *err)
{
    static const char *const PASSED[] = {"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
                                         "activity_regularizer", "kernel_constraint", "bias_constraint"};
    const HeadsConfig *config = layer->config;
    const char *bias;
    if (!check_initializers(layer, err)) return -1;
    const char *equation = projection(b->arena, p->free_axes, p->bound, p->last.rank, &bias);
    Value shape = value_list(b->arena, VALUE_TUPLE, SHAPE_RANK_MAX);
    for (int i = 1; i < p->free_axes; i++) list_add(shape.list, value_none());
    for (int i = 0; i < p->last.rank; i++) list_add(shape.list, p->last.dim[i] == DIM_NONE ? value_none() : value_int(p->last.dim[i]));
    Argument args[16] = {
        {.keyword = "equation", .value = word(b->arena, equation)}, {.keyword = "output_shape", .value = shape},
        {.keyword = "bias_axes", .value = config->use_bias ? word(b->arena, bias) : value_none()},
        {.keyword = "name", .value = word(b->arena, p->name)}, {.keyword = "dtype", .value = layer->dtype_policy},
        {.keyword = "activation", .value = p->activation ? word(b->arena, p->activation) : value_none()},
    };
    int n = 6;
    for (size_t i = 0; i < sizeof PASSED / sizeof *PASSED; i++) args[n++] = (Argument){.keyword = PASSED[i], .value = *argument(layer, PASSED[i])};
    Layer *child = layer_make(b, &LAYER_einsum_dense, args, n, layer->span, err);
    if (!child || !layer_build_child(b, child, in, 1, err)) return -1;
    Maker maker = {.builder = b, .layer = layer};
    maker_child(&maker, child);
    return layer->n_children - 1;
}

static bool same_middle(const Shape *a, const Shape *b)
{
    if (a->rank != b->rank) return false;
    for (int i = 1; i < a->rank - 1; i++)
        if (a->dim[i] != b->dim[i]) return false;
    return true;
}

static bool check_lengths(const Shape *value, const Shape *key, Arena *arena, Error *err)
{
    return same_middle(value, key) ||
           error_set(err, "ValueError",
                     "All dimensions of `value` and `key`, except the last one, must be equal. Received: value_shape=%s and key_shape=%s",
                     shape_text(arena, value), shape_text(arena, key));
}

/* The key is the value where none is given. */
static int key_index(const Call *call)
{
    return call->tensors[CALL_KEY].n ? call->tensors[CALL_KEY].first : call->tensors[CALL_VALUE].first;
}

/* Softmax and Dropout live inside without weights, but take a name each. */
static void take_inner_names(Builder *b)
{
    builder_name(b, "Softmax");
    builder_name(b, "Dropout");
}

static bool heads_in_build(Builder *b, Layer *layer, const TensorSpec *query, const TensorSpec *key, const TensorSpec *value, Error *err)
{
    HeadsConfig *config = layer->config;
    const Projection q = {.name = "query", .free_axes = query->shape.rank - 1, .bound = 1, .last = SHAPE(config->heads, config->key_width)};
    const Projection k = {.name = "key", .free_axes = key->shape.rank - 1, .bound = 1, .last = SHAPE(config->key_value_heads, config->key_width)};
    const Projection g = {.name = "gate", .activation = "sigmoid", .free_axes = query->shape.rank - 1, .bound = 1,
                          .last = SHAPE(config->heads, config->value_width)};
    const Projection v = {.name = "value", .free_axes = value->shape.rank - 1, .bound = 1,
                          .last = SHAPE(config->key_value_heads, config->value_width)};
    config->gate = -1;
    return (config->query = add_projection(b, layer, &q, query, err)) >= 0 && (config->key = add_projection(b, layer, &k, key, err)) >= 0 &&
           (!config->use_gate || (config->gate = add_projection(b, layer, &g, query, err)) >= 0) &&
           (config->value = add_projection(b, layer, &v, value, err)) >= 0;
}

static void axes_build(HeadsConfig *config, int rank)
{
    if (config->n_axes == NO_AXES) {
        config->n_axes = 0;
        for (int i = 1; i < rank - 2; i++) config->axes[config->n_axes++] = i;
    }
    for (int i = 0; i < config->n_axes; i++)
        if (config->axes[i] < 0) config->axes[i] += rank - 1;
}

static bool back_build(Builder *b, Layer *layer, const TensorSpec *query, Error *err)
{
    HeadsConfig *config = layer->config;
    Projection back = {.name = "attention_output", .free_axes = query->shape.rank - 1, .bound = 2, .last = config->output};
    if (!back.last.rank) back.last = SHAPE(query->shape.dim[query->shape.rank - 1]);
    TensorSpec in = *query;
    in.shape.dim[in.shape.rank - 1] = config->heads;
    in.shape = shape_with(&in.shape, in.shape.rank, config->value_width);
    return (config->back = add_projection(b, layer, &back, &in, err)) >= 0;
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)n_in;
    HeadsConfig *config = layer->config;
    const TensorSpec *query = &in[0], *value = &in[call->tensors[CALL_VALUE].first], *key = &in[key_index(call)];
    if (query->shape.rank < 2 || value->shape.rank < 2 || key->shape.rank < 2 || query->shape.rank >= SHAPE_RANK_MAX)
        return error_set(err, "IndexError", "tuple index out of range");
    if (!config->grouped && !check_lengths(&value->shape, &key->shape, b->arena, err)) return false;
    if (!heads_in_build(b, layer, query, key, value, err)) return false;
    take_inner_names(b);
    axes_build(config, value->shape.rank + 1);
    return back_build(b, layer, query, err);
}

/* ---- shapes ---- */

static const char *dim_text(Arena *arena, int64_t dim)
{
    return dim == DIM_NONE ? "None" : arena_print(arena, "%lld", (long long)dim);
}

static bool check_width(const Shape *query, const Shape *value, Arena *arena, Error *err)
{
    const int64_t q = query->dim[query->rank - 1], v = value->dim[value->rank - 1];
    return q == v || error_set(err, "ValueError",
                               "The last dimension of `query_shape` and `value_shape` must be equal, but are %s, %s. Received: query_shape=%s, "
                               "value_shape=%s", dim_text(arena, q), dim_text(arena, v), shape_text(arena, query), shape_text(arena, value));
}

/* Keras infers the scores of MultiHeadAttention as if there were as many keys as queries. */
static bool infer_scores(const Layer *layer, const Call *call, const TensorSpec *in, int64_t keys, Outputs *out, Error *err)
{
    const HeadsConfig *config = layer->config;
    const Shape *query = &in[0].shape, *value = &in[call->tensors[CALL_VALUE].first].shape, *key = &in[key_index(call)].shape;
    if (config->grouped && !check_width(query, value, out->arena, err)) return false;
    if (!check_lengths(value, key, out->arena, err)) return false;
    Shape shape = *query;
    if (config->output.rank) {
        shape.rank--;
        for (int i = 0; i < config->output.rank; i++) shape = shape_with(&shape, shape.rank, config->output.dim[i]);
    }
    outputs_add(out, shape, layer->dtype);
    if (value_truth(&call->args[CALL_SCORES])) outputs_add(out, SHAPE(query->dim[0], config->heads, query->dim[1], keys), layer->dtype);
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    const HeadsConfig *config = layer->config;
    return infer_scores(layer, call, in, in[config->grouped ? key_index(call) : 0].shape.dim[1], out, err);
}

static bool infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    return infer_scores(layer, call, in, in[key_index(call)].shape.dim[1], out, err);
}

/* ---- numbers ---- */

/* Heads of key and value repeated for the query heads that share them: (..., heads, width). */
static Tensor spread_heads(const Forward *f, Tensor x)
{
    const HeadsConfig *config = f->layer->config;
    const int64_t repeats = config->heads / config->key_value_heads;
    if (repeats == 1) return x;
    Shape shape = x.shape;
    const int64_t width = shape.dim[shape.rank - 1], rows = shape_size(&x.shape) / (width ? width : 1);
    shape.dim[shape.rank - 2] = config->heads;
    Tensor all = tensor_make(f->scratch, shape, x.dtype);
    for (int64_t row = 0; row < rows; row++)
        for (int64_t r = 0; r < repeats; r++)
            memcpy(all.data + (row * repeats + r) * width, x.data + row * width, (size_t)width * sizeof(float));
    return all;
}

static Tensor project(const Forward *f, int child, const Tensor *in)
{
    Tensor out = {0};
    forward_child(f, f->layer->children[child], NULL, in, 1, &out, 1);
    return out;
}

/* Letters of target (query), source (key, value) and scores, as Keras builds the equations. */
typedef struct Letters {
    char target[SHAPE_RANK_MAX + 2], source[SHAPE_RANK_MAX + 2], scores[2 * SHAPE_RANK_MAX + 2];
} Letters;

static bool is_axis(const HeadsConfig *config, int axis)
{
    for (int i = 0; i < config->n_axes; i++)
        if (config->axes[i] == axis) return true;
    return false;
}

static Letters letters_of(const HeadsConfig *config, int rank)
{
    Letters l = {0};
    int n = 0, fresh = rank;
    for (int i = 0; i < rank; i++) {
        l.target[i] = (char)('a' + i);
        l.source[i] = is_axis(config, i) ? (char)('a' + fresh++) : (char)('a' + i);
        if (!is_axis(config, i) && i != rank - 1) l.scores[n++] = l.target[i];
    }
    for (int i = 0; i < config->n_axes; i++) l.scores[n++] = l.target[config->axes[i]];
    for (int i = 0; i < config->n_axes; i++) l.scores[n++] = l.source[config->axes[i]];
    return l;
}

static Shape shape_of_letters(const char *letters, const Letters *l, const Shape *target, const Shape *source)
{
    Shape shape = {0};
    for (; *letters && shape.rank < SHAPE_RANK_MAX; letters++) {
        const char *at = strchr(l->target, *letters);
        shape.dim[shape.rank++] = at ? target->dim[at - l->target] : source->dim[strchr(l->source, *letters) - l->source];
    }
    return shape;
}

/* One mask with what its places mean: strides 0 where it does not reach. */
typedef struct Mask {
    const float *data;
    int64_t      batch, head, target, source;
} Mask;

enum { MASKS_MAX = 4 };

typedef struct Masks {
    Mask    mask[MASKS_MAX];
    int     n;
    bool    causal;
    int64_t window;
} Masks;

static const Tensor *given(const Forward *f, int arg)
{
    const TensorRange range = f->call->tensors[arg];
    return range.n ? &f->in[range.first] : NULL;
}

/* (queries, keys), (batch, queries, keys) or (batch, heads, queries, keys). */
static Mask attention_mask(const Tensor *t)
{
    Mask mask = {.data = t->data};
    int64_t step = 1;
    int64_t *const strides[] = {&mask.source, &mask.target, t->shape.rank == 3 ? &mask.batch : &mask.head, &mask.batch};
    for (int i = 0; i < t->shape.rank && i < 4; i++) {
        const int64_t dim = t->shape.dim[t->shape.rank - 1 - i];
        *strides[i] = dim > 1 ? step : 0;
        step *= dim;
    }
    return mask;
}

static Masks masks_of(const Forward *f)
{
    const HeadsConfig *config = f->layer->config;
    Masks all = {.causal = value_truth(&f->call->args[CALL_CAUSAL]), .window = config->window};
    const Tensor *query = given(f, CALL_QUERY_MASK), *value = given(f, CALL_VALUE_MASK), *key = given(f, CALL_KEY_MASK);
    const Tensor *attention = given(f, CALL_ATTENTION_MASK);
    if (query) all.mask[all.n++] = (Mask){.data = query->data, .batch = query->shape.dim[query->shape.rank - 1], .target = 1};
    if (value) all.mask[all.n++] = (Mask){.data = value->data, .batch = value->shape.dim[value->shape.rank - 1], .source = 1};
    if (key) all.mask[all.n++] = (Mask){.data = key->data, .batch = key->shape.dim[key->shape.rank - 1], .source = 1};
    if (attention) all.mask[all.n++] = attention_mask(attention);
    return all;
}

static bool seen(const Masks *masks, int64_t b, int64_t h, int64_t t, int64_t s)
{
    if (masks->causal && s > t) return false;
    if (masks->window && (t > s ? t - s : s - t) >= masks->window) return false;
    for (int i = 0; i < masks->n; i++) {
        const Mask *m = &masks->mask[i];
        if (m->data[b * m->batch + h * m->head + t * m->target + s * m->source] == 0) return false;
    }
    return true;
}

/* (batch, heads, queries, keys); where nothing may be seen all keys count alike. */
static void mask_scores(const Masks *masks, Tensor *scores)
{
    const int64_t *dim = scores->shape.dim;
    float *x = scores->data;
    for (int64_t b = 0; b < dim[0]; b++)
        for (int64_t h = 0; h < dim[1]; h++)
            for (int64_t t = 0; t < dim[2]; t++)
                for (int64_t s = 0; s < dim[3]; s++, x++)
                    if (!seen(masks, b, h, t, s)) *x = -1e30f;
}

static void softmax_rows(Tensor *scores, int64_t n)
{
    const int64_t size = shape_size(&scores->shape);
    for (float *x = scores->data; n && x < scores->data + size; x += n) {
        float most = -INFINITY;
        double sum = 0;
        for (int64_t i = 0; i < n; i++) most = x[i] > most ? x[i] : most;
        for (int64_t i = 0; i < n; i++) sum += exp((double)(x[i] - most));
        for (int64_t i = 0; i < n; i++) x[i] = (float)(exp((double)(x[i] - most)) / sum);
    }
}

/* softmax(q·kᵀ/√d)·v; false where Keras cannot compute it either. */
static bool attend(const Forward *f, const Tensor *query, const Tensor *key, const Tensor *value, Tensor *scores, Tensor *mixed)
{
    const HeadsConfig *config = f->layer->config;
    const int rank = query->shape.rank;
    if (key->shape.rank != rank || value->shape.rank != rank || !config->n_axes) return false;
    const Letters l = letters_of(config, rank);
    const Masks masks = masks_of(f);
    if ((masks.n || masks.causal || masks.window) && rank != 4) return false;
    const Einsum dot = {l.source, l.target, l.scores}, combine = {l.scores, l.source, l.target};
    *scores = tensor_make(f->scratch, shape_of_letters(l.scores, &l, &query->shape, &key->shape), DTYPE_FLOAT32);
    Shape shape = query->shape;
    shape.dim[rank - 1] = value->shape.dim[rank - 1];
    *mixed = tensor_make(f->scratch, shape, DTYPE_FLOAT32);
    if (!einsum(&dot, key, query, scores)) return false;
    if (rank == 4 && config->n_axes == 1) mask_scores(&masks, scores);
    softmax_rows(scores, shape_span_size(&scores->shape, scores->shape.rank - config->n_axes, scores->shape.rank));
    return einsum(&combine, scores, value, mixed);
}

static void scale(Tensor *x, double factor)
{
    const int64_t n = shape_size(&x->shape);
    for (int64_t i = 0; i < n; i++) x->data[i] *= (float)factor;
}

static void gate(const Forward *f, Tensor *mixed)
{
    const HeadsConfig *config = f->layer->config;
    if (config->gate < 0) return;
    const Tensor factors = project(f, config->gate, &f->in[0]);
    const int64_t n = shape_size(&mixed->shape);
    for (int64_t i = 0; i < n; i++) mixed->data[i] *= factors.data[i];
}

static void forward(const Forward *f)
{
    const HeadsConfig *config = f->layer->config;
    Tensor query = project(f, config->query, &f->in[0]), scores, mixed;
    const Tensor key = spread_heads(f, project(f, config->key, &f->in[key_index(f->call)]));
    const Tensor value = spread_heads(f, project(f, config->value, &f->in[f->call->tensors[CALL_VALUE].first]));
    scale(&query, 1 / sqrt((double)config->key_width));
    if (!attend(f, &query, &key, &value, &scores, &mixed)) {
        *f->impossible = true;
        return;
    }
    gate(f, &mixed);
    forward_child(f, f->layer->children[config->back], NULL, &mixed, 1, &f->out[0], 1);
    if (f->n_out > 1) memcpy(f->out[1].data, scores.data, (size_t)shape_size(&f->out[1].shape) * sizeof(float));
}

/* ---- what an output depends on ---- */

static void add_example(TermList *list, int input, const Shape *shape, int64_t b)
{
    const int64_t each = shape->dim[0] ? shape_size(shape) / shape->dim[0] : 0;
    for (int64_t i = 0; i < each; i++) terms_add(list, term_input(input, b * each + i, 1));
}

/* The query's own row, and every key and value of the example. */
static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const HeadsConfig *config = t->layer->config;
    TermList list = {.term = terms, .cap = cap};
    const Shape *query = &t->in[0].shape, *out = &t->out[t->output].shape;
    const int64_t b = out->dim[0] ? t->k / (shape_size(out) / out->dim[0]) : 0;
    const int64_t last = shape_span_size(out, query->rank - 1, out->rank), width = query->dim[query->rank - 1];
    const int value = t->call->tensors[CALL_VALUE].first, key = key_index(t->call);
    if (t->output == 0 && query->rank == 3 && config->n_axes == 1)
        for (int64_t i = 0; i < width; i++) terms_add(&list, term_input(0, t->k / last * width + i, 1));
    else add_example(&list, 0, query, b);
    add_example(&list, value, &t->in[value].shape, b);
    if (key != value) add_example(&list, key, &t->in[key].shape, b);
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const HeadsConfig *config = t->layer->config;
    switch (topic) {
    case EXPLAIN_TITLE: text_print(text, "%lld×%lld", (long long)config->heads, (long long)config->key_width); break;
    case EXPLAIN_PARAMS:
        for (int i = 0; i < t->layer->n_children; i++)
            text_print(text, i ? " + %lld" : "%lld", (long long)layer_params(t->layer->children[i]).all);
        if (t->layer->n_children) text_print(text, " = %lld", (long long)layer_params(t->layer).all);
        break;
    case EXPLAIN_RULE: text_print(text, "softmax(q·kᵀ/√%lld)·v", (long long)config->key_width); break;
    case EXPLAIN_SHAPE: break;
    }
}

#define HEADS(label, path, table, maker) \
    .name = label, .module = path, .params = table, .n_params = (int)(sizeof table / sizeof *table), .call_params = CALL, \
    .n_call_params = CALL_ARGS, .make = maker, .build = build, .infer = infer, .infer_numbers = infer_numbers, .forward = forward, .trace = trace, .explain = explain, \
    .rule = TRACE_DEPENDS, .keeps_mask = true

const LayerKind LAYER_multi_head_attention = {
    HEADS("MultiHeadAttention", "keras.src.layers.attention.multi_head_attention", MULTI_PARAMS, multi_make)};
const LayerKind LAYER_group_query_attention = {
    HEADS("GroupedQueryAttention", "keras.src.layers.attention.grouped_query_attention", GROUPED_PARAMS, grouped_make)};
