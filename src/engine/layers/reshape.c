/* Reshape: the same numbers in other axes; one of them may be found (-1). */
#include <string.h>

#include "engine/layers/moved.h"

static const ParamSpec PARAMS[] = {{.name = "target_shape", .type = PARAM_SHAPE, .required = true, .example = "(-1,)"}};

enum { FIND = -1, OPEN = -2 };   /* -1 as written; what is no whole number */

typedef struct ReshapeConfig {
    int     n;
    int64_t dim[SHAPE_RANK_MAX];
    int     found;               /* how many are -1 */
} ReshapeConfig;

static const ReshapeConfig *config_of(const Layer *layer)
{
    return layer->config;
}

static bool refuse_dim(Maker *m)
{
    maker_refuse(m, "target_shape", "ValueError", "Each dimension in `target_shape` must be a non-negative integer, or `-1` for a single "
                 "unknown dimension. Received: target_shape=%s.", maker_text(m, "target_shape"));
    error_cause(m->err, "cause.reshape_negative", maker_text(m, "target_shape"), NULL);
    Value positive = value_list(m->builder->arena, VALUE_TUPLE, 4);
    const ValueList *dims = maker_arg(m, "target_shape")->list;
    for (size_t i = 0; i < dims->n; i++) {
        const bool flips = value_is_int(&dims->items[i]) && dims->items[i].integer < -1 && dims->items[i].integer > INT64_MIN;
        list_add(positive.list, flips ? value_int(-dims->items[i].integer) : dims->items[i]);
    }
    return error_fix(m->err, FIX_ARGUMENT, "target_shape", value_repr_text(m->builder->arena, &positive));
}

static bool refuse_two(Maker *m)
{
    maker_refuse(m, "target_shape", "ValueError", "There must be at most one unknown dimension (-1) in `target_shape`. Received: "
                 "target_shape=%s.", maker_text(m, "target_shape"));
    error_cause(m->err, "cause.reshape_two_unknown", maker_text(m, "target_shape"), NULL);
    return error_fix(m->err, FIX_ARGUMENT, "target_shape", "(-1,)");
}

static bool refuse_kind(Maker *m)
{
    const Value *shape = maker_arg(m, "target_shape");
    maker_refuse_items(m, "target_shape");
    error_cause(m->err, "cause.shape_not_tuple", maker_text(m, "target_shape"), NULL);
    if (shape->kind == VALUE_INT) error_fix(m->err, FIX_ARGUMENT, "target_shape", arena_print(m->builder->arena, "(%s,)", maker_text(m, "target_shape")));
    return error_fix(m->err, FIX_ARGUMENT, "target_shape", "(-1,)");
}

static bool take_dims(Maker *m, const ValueList *dims, ReshapeConfig *config)
{
    if (dims->n >= SHAPE_RANK_MAX) {
        maker_refuse(m, "target_shape", "ValueError", "target_shape has more than %d dimensions.", SHAPE_RANK_MAX - 1);
        return error_cause(m->err, "cause.rank_limit", arena_print(m->builder->arena, "%d", SHAPE_RANK_MAX), NULL);
    }
    for (size_t i = 0; i < dims->n; i++) {
        int64_t dim = OPEN;
        const bool whole = value_integer(&dims->items[i], &dim);
        if (!whole && dims->items[i].kind == VALUE_BOOL) dim = dims->items[i].boolean;
        if (whole && dim < -1) return refuse_dim(m);
        config->found += dim == FIND;
        config->dim[config->n++] = dim;
    }
    return config->found <= 1 || refuse_two(m);
}

static bool make(Maker *m)
{
    ReshapeConfig *config = ARENA_NEW(m->builder->arena, ReshapeConfig);
    m->layer->config = config;
    if (!layer_base(m)) return false;
    Value shape;
    if (maker_arg(m, "target_shape")->kind == VALUE_UNKNOWN) return true;
    if (!value_items_of(m->builder->arena, maker_arg(m, "target_shape"), &shape)) return refuse_kind(m);
    shape.kind = VALUE_TUPLE;
    maker_set(m, "target_shape", shape);
    return take_dims(m, shape.list, config);
}

/* "(None, 4)": what the learner wrote, with None for what is no whole number. */
static const char *target_text(Arena *arena, const ReshapeConfig *config)
{
    Text text = {.arena = arena};
    text_put_char(&text, '(');
    for (int i = 0; i < config->n; i++) text_print(&text, i ? ", %lld" : "%lld", (long long)config->dim[i]);
    text_put(&text, config->n == 1 ? ",)" : ")");
    return text_string(&text);
}

/* (28, 28) into (7, 112): the last dimension that makes the total right; else all of it found. */
static void propose(Arena *arena, const ReshapeConfig *config, int64_t size, Error *err)
{
    for (int open = config->n - 1; open >= 0; open--) {
        int64_t rest = 1;
        for (int i = 0; i < config->n; i++)
            if (i != open) rest = size_multiply(rest, config->dim[i] > 0 ? config->dim[i] : 1);
        if (!rest || size % rest) continue;
        Value fitting = value_list(arena, VALUE_TUPLE, (size_t)config->n);
        for (int i = 0; i < config->n; i++) list_add(fitting.list, value_int(i == open ? size / rest : config->dim[i] > 0 ? config->dim[i] : 1));
        error_fix(err, FIX_ARGUMENT, "target_shape", value_repr_text(arena, &fitting));
    }
    error_fix(err, FIX_ARGUMENT, "target_shape", "(-1,)");
}

static bool refuse_total(Arena *arena, const ReshapeConfig *config, const Shape *rest, int64_t size, Error *err)
{
    const char *from = shape_text(arena, rest), *to = target_text(arena, config);
    if (config->found)
        error_set(err, "ValueError", "The total size of the tensor must be unchanged, however, the input size cannot by divided by the "
                  "specified dimensions in target_shape. Received: input_shape=%s, target_shape=%s", from, to);
    else
        error_set(err, "ValueError", "The total size of the tensor must be unchanged. Received: input_shape=%s, target_shape=%s", from, to);
    error_cause(err, "cause.reshape_total", from, arena_print(arena, "%lld", (long long)size), to, NULL);
    propose(arena, config, size, err);
    return false;
}

static bool has_open(const ReshapeConfig *config)
{
    for (int i = 0; i < config->n; i++)
        if (config->dim[i] == OPEN) return true;
    return false;
}

/* Numbers flow: one axis left open is found too. */
static bool can_find(const ReshapeConfig *config, const Shape *in)
{
    int open = config->found;
    for (int i = 0; i < config->n; i++) open += config->dim[i] == OPEN;
    return open <= 1 && shape_known(in);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    const ReshapeConfig *config = config_of(layer);
    if (!in[0].shape.rank) return error_set(err, "IndexError", "tuple index out of range");
    const Shape rest = shape_slice(&in[0].shape, 1, in[0].shape.rank);
    Shape shape = {.rank = config->n + 1, .dim = {in[0].shape.dim[0]}};
    int64_t known = 1;
    int open = -1;
    for (int i = 0; i < config->n; i++) {
        shape.dim[i + 1] = config->dim[i] < 0 ? DIM_NONE : config->dim[i];
        if (config->dim[i] >= 0) known = size_multiply(known, config->dim[i]);
        else open = i + 1;
    }
    const bool settled = shape_known(&rest) && !has_open(config);
    if (settled || can_find(config, &in[0].shape)) {
        const int64_t size = shape_size(&rest);
        const bool fits = open < 0 ? size == known : known != 0 && size % known == 0;
        if (!fits) return refuse_total(out->arena, config, &rest, size, err);
        if (open >= 0) shape.dim[open] = size / known;
    }
    outputs_add(out, shape, in[0].dtype);
    return true;
}

static void forward(const Forward *f)
{
    memcpy(f->out[0].data, f->in[0].data, (size_t)shape_size(&f->out[0].shape) * sizeof(float));
}

static int64_t from(const Layer *layer, const Shape *in, const Shape *out, int64_t k)
{
    (void)layer, (void)in, (void)out;
    return k;
}

/* "3·6·2 = 4·9" */
static void explain_shape(const Trace *t, Text *text)
{
    moved_put_axes(text, &t->in[0].shape);
    text_put(text, " = ");
    moved_put_axes(text, &t->out[0].shape);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_TITLE) value_str(text, &t->layer->args[0]);
    if (topic == EXPLAIN_RULE) moved_explain_rule(t, text);
    if (topic == EXPLAIN_SHAPE) explain_shape(t, text);
}

const LayerKind LAYER_reshape = {
    .name = "Reshape", .module = "keras.src.layers.reshaping.reshape", PARAMS_OF(PARAMS), .make = make, .infer = infer, .forward = forward,
    MOVED_KIND(from), .built_at_make = true,
};
