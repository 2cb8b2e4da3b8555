/* Dot: the sums of products of two tensors along an axis of each, example by example. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/layers/merge.h"
#include "engine/layers/formula.h"
#include "engine/layers/terms.h"

static const ParamSpec PARAMS[] = {
    {.name = "axes", .type = PARAM_INTS, .required = true, .example = "1"},
    {.name = "normalize", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

typedef struct DotConfig {
    bool    one;         /* one axis for both: counted from the end where it is negative */
    int64_t axes[2];
    bool    normalize;
} DotConfig;

/* ---- make ---- */

static bool refuse_axes(Maker *maker, const char *exception, const char *words)
{
    maker_refuse(maker, "axes", exception, "Invalid %s for argument `axes`: %s Received: axes=%s",
                 strcmp(exception, "TypeError") == 0 ? "type" : "format", words, maker_text(maker, "axes"));
    error_cause(maker->err, "cause.dot_axes", NULL);
    return error_fix(maker->err, FIX_ARGUMENT, "axes", "1");
}

static bool is_int(const Value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_BOOL;
}

static bool read_axes(Maker *maker, DotConfig *config)
{
    const Value *axes = maker_arg(maker, "axes");
    config->one = is_int(axes) || axes->kind == VALUE_UNKNOWN;
    if (config->one) {
        config->axes[0] = config->axes[1] = is_int(axes) ? (int64_t)value_number(axes) : 1;
        return true;
    }
    if (axes->kind != VALUE_LIST && axes->kind != VALUE_TUPLE) return refuse_axes(maker, "TypeError", "it should be a list or an int.");
    if (axes->list->n != 2) return refuse_axes(maker, "ValueError", "it should contain two elements.");
    for (int i = 0; i < 2; i++) {
        if (!is_int(&axes->list->items[i])) return refuse_axes(maker, "ValueError", "list elements should be integers.");
        config->axes[i] = (int64_t)value_number(&axes->list->items[i]);
    }
    return true;
}

static bool make(Maker *maker)
{
    if (!layer_base(maker)) return false;
    DotConfig *config = ARENA_NEW(maker->builder->arena, DotConfig);
    maker->layer->config = config;
    config->normalize = value_truth(maker_arg(maker, "normalize"));
    return read_axes(maker, config);
}

/* ---- shapes ---- */

/* The axis of input i as Keras names it: Python's % for one negative axis, as given otherwise. */
static int64_t named_axis(const DotConfig *config, const Shape *shape, int i)
{
    const int64_t axis = config->axes[i];
    if (!config->one || axis >= 0 || !shape->rank) return axis;
    return (axis % shape->rank + shape->rank) % shape->rank;
}

static bool refuse_index(Arena *arena, const DotConfig *config, const Shape *shape, int i, const char *words, Error *err)
{
    error_set(err, "IndexError", "%s", words);
    error_cause(err, "cause.axis_out_of_range", arena_print(arena, "%" PRId64, config->axes[i]), shape_text(arena, shape), NULL);
    return false;
}

/* Axes of the same length. */
static void propose_axes(Arena *arena, const TensorSpec *in, Error *err)
{
    for (int i = in[0].shape.rank - 1; i > 0; i--)
        for (int j = in[1].shape.rank - 1; j > 0; j--) {
            if (in[0].shape.dim[i] == DIM_NONE || in[0].shape.dim[i] != in[1].shape.dim[j]) continue;
            error_fix(err, FIX_ARGUMENT, "axes", i == j ? arena_print(arena, "%d", i) : arena_print(arena, "(%d, %d)", i, j));
            return;
        }
}

static bool build(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    Arena *arena = builder->arena;
    const DotConfig *config = layer->config;
    const Value shapes = call_shapes(arena, call, in);
    const int n = merge_count(call, n_in);
    if (n != 2 || !merge_is_list(&shapes)) {
        error_set(err, "ValueError", "A `Dot` layer should be called on a list of 2 inputs. Received: input_shape=%s",
                  value_str_text(arena, &shapes));
        return error_cause(err, "cause.merge_two", "Dot", arena_print(arena, "%d", n), NULL);
    }
    int64_t axis[2], dim[2];
    for (int i = 0; i < 2; i++) {
        axis[i] = named_axis(config, &in[i].shape, i);
        const int at = shape_axis(&in[i].shape, axis[i]);
        if (at < 0) {
            refuse_index(arena, config, &in[i].shape, i, "tuple index out of range", err);
            propose_axes(arena, in, err);
            return false;
        }
        dim[i] = in[i].shape.dim[at];
    }
    if (dim[0] == dim[1]) return true;
    error_set(err, "ValueError", "Incompatible input shapes: axis values %s (at axis %" PRId64 ") != %s (at axis %" PRId64 "). Full input "
              "shapes: %s, %s", shape_dim_text(arena, dim[0]), axis[0], shape_dim_text(arena, dim[1]), axis[1], shape_text(arena, &in[0].shape),
              shape_text(arena, &in[1].shape));
    error_cause(err, "cause.dot_lengths", shape_dim_text(arena, dim[0]), shape_dim_text(arena, dim[1]), NULL);
    propose_axes(arena, in, err);
    return false;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const DotConfig *config = layer->config;
    Shape shape = {0};
    (void)call, (void)n_in;
    for (int i = 0; i < 2; i++) {
        const Shape *given = &in[i].shape;
        const int axis = shape_axis(given, named_axis(config, given, i));
        if (axis < 0) return refuse_index(out->arena, config, given, i, "pop index out of range", err);
        const Shape rest = shape_without(given, axis);
        if (i && !rest.rank) return refuse_index(out->arena, config, given, i, "pop from empty list", err);
        for (int j = i; j < rest.rank && shape.rank < SHAPE_RANK_MAX; j++) shape = shape_with(&shape, shape.rank, rest.dim[j]);
    }
    if (shape.rank == 1) shape = shape_with(&shape, 1, 1);
    outputs_add(out, shape, layer->dtype);
    return true;
}

static KerasTensor *no_mask(Builder *builder, Layer *layer, Node *node, KerasTensor *const *in_masks, Error *err)
{
    (void)builder, (void)layer, (void)node, (void)in_masks, (void)err;
    return NULL;
}

/* ---- numbers ---- */

/* One of the two tensors, seen from the axis that is summed over. */
typedef struct Side {
    const Shape *shape;
    int          axis;
    int64_t      others;         /* places within an example, the axis left out */
    int64_t      within, step;   /* numbers of an example; from one to the next along the axis */
} Side;

static bool side_of(const DotConfig *config, const Shape *shape, int i, Side *side)
{
    *side = (Side){.shape = shape, .axis = shape_axis(shape, named_axis(config, shape, i))};
    if (side->axis < 1 || shape->rank < 2 || !shape->dim[side->axis]) return false;
    side->within = shape_span_size(shape, 1, shape->rank);
    side->others = side->within / shape->dim[side->axis];
    side->step = shape_span_size(shape, side->axis + 1, shape->rank);
    return true;
}

/* Where the run along the axis begins, for place `other` of an example. */
static int64_t start_of(const Side *side, int64_t batch, int64_t other)
{
    const int64_t outer = other / side->step, inner = other % side->step;
    return batch * side->within + outer * side->step * side->shape->dim[side->axis] + inner;
}

/* Keras' normalize: divided by the length, or by next to nothing where there is none. */
static double length_factor(const float *x, const Side *side)
{
    double squares = 0;
    for (int64_t i = 0; i < side->shape->dim[side->axis]; i++) squares += (double)x[i * side->step] * (double)x[i * side->step];
    const double factor = 1.0 / sqrt(squares);
    return factor < 1e7 ? factor : 1e7;
}

static float product(const float *x, const Side *a, const float *y, const Side *b, bool normalize)
{
    double sum = 0;
    for (int64_t i = 0; i < a->shape->dim[a->axis]; i++) sum += (double)x[i * a->step] * (double)y[i * b->step];
    if (normalize) sum *= length_factor(x, a) * length_factor(y, b);
    return (float)sum;
}

static void forward(const Forward *forward)
{
    const DotConfig *config = forward->layer->config;
    Side a, b;
    if (!side_of(config, &forward->in[0].shape, 0, &a) || !side_of(config, &forward->in[1].shape, 1, &b) ||
        a.shape->dim[a.axis] != b.shape->dim[b.axis] || a.shape->dim[0] != b.shape->dim[0]) {
        *forward->impossible = true;
        return;
    }
    float *out = forward->out[0].data;
    for (int64_t batch = 0; batch < a.shape->dim[0]; batch++)
        for (int64_t i = 0; i < a.others; i++)
            for (int64_t j = 0; j < b.others; j++)
                *out++ = product(forward->in[0].data + start_of(&a, batch, i), &a, forward->in[1].data + start_of(&b, batch, j), &b,
                                 config->normalize);
}

/* Both runs that are multiplied, cell by cell in turn. */
static int64_t trace(const Trace *trace, Term *terms, int64_t cap)
{
    const DotConfig *config = trace->layer->config;
    TermList list = {.term = terms, .cap = cap};
    Side a, b;
    if (!side_of(config, &trace->in[0].shape, 0, &a) || !side_of(config, &trace->in[1].shape, 1, &b)) return 0;
    const int64_t batch = trace->k / (a.others * b.others), rest = trace->k % (a.others * b.others);
    const int64_t from_a = start_of(&a, batch, rest / b.others), from_b = start_of(&b, batch, rest % b.others);
    for (int64_t i = 0; i < a.shape->dim[a.axis] && terms_have_room(&list); i++) {
        terms_add(&list, term_input(0, from_a + i * a.step, 1));
        terms_add(&list, term_input(1, from_b + i * b.step, 1));
    }
    return 2 * a.shape->dim[a.axis];
}

static int64_t connections(const Trace *trace)
{
    const DotConfig *config = trace->layer->config;
    Side a;
    if (!shape_known(&trace->in[0].shape) || !side_of(config, &trace->in[0].shape, 0, &a)) return 0;
    return dim_multiply(shape_size(&trace->out[0].shape), size_multiply(2, a.shape->dim[a.axis]));
}

/* ---- formulae ---- */

/* "a[3, k]": the run along the axis, begun at element `from`. */
static void put_run(const Side *side, int64_t from, char name, Text *text)
{
    const Shape *shape = side->shape;
    int64_t at[SHAPE_RANK_MAX];
    for (int i = shape->rank - 1; i >= 0; i--) {
        at[i] = from % shape->dim[i];
        from /= shape->dim[i];
    }
    text_print(text, "%c[", name);
    for (int i = 1; i < shape->rank; i++) {
        if (i > 1) text_put(text, ", ");
        if (i == side->axis) text_put_char(text, 'k');
        else text_print(text, "%" PRId64, at[i]);
    }
    text_put_char(text, ']');
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    const DotConfig *config = trace->layer->config;
    Side a, b;
    if (topic != EXPLAIN_RULE || !shape_known(&trace->in[0].shape) || !shape_known(&trace->in[1].shape)) return;
    if (!side_of(config, &trace->in[0].shape, 0, &a) || !side_of(config, &trace->in[1].shape, 1, &b)) return;
    const int64_t each = a.others * b.others;
    const int64_t batch = trace->k / each, rest = trace->k % each;
    text_put(text, "Σ ");
    put_run(&a, start_of(&a, batch, rest / b.others), 'a', text);
    text_put(text, "·");
    put_run(&b, start_of(&b, batch, rest % b.others), 'b', text);
    if (config->normalize) text_put(text, "/(|a|·|b|)");
}

/* "0.52·0.10 + 0.31·0.20", or "(…)/(1.20·0.80)" of vectors brought to length one. */
static void numbers(const Forward *f, int64_t k, Text *text)
{
    const DotConfig *config = f->layer->config;
    FormulaSum sum = {.text = text};
    Side a, b;
    if (!side_of(config, &f->in[0].shape, 0, &a) || !side_of(config, &f->in[1].shape, 1, &b)) return;
    const int64_t batch = k / (a.others * b.others), rest = k % (a.others * b.others);
    const float *x = f->in[0].data + start_of(&a, batch, rest / b.others), *y = f->in[1].data + start_of(&b, batch, rest % b.others);
    text_put(text, config->normalize ? "(" : "");
    for (int64_t i = 0; i < a.shape->dim[a.axis]; i++) formula_add_product(&sum, (double)x[i * a.step], (double)y[i * b.step]);
    if (!config->normalize) return;
    FormulaSum lengths = {.text = text};
    text_put(text, ")/(");
    formula_add_product(&lengths, 1 / length_factor(x, &a), 1 / length_factor(y, &b));
    text_put_char(text, ')');
}

const LayerKind LAYER_dot = {
    .name = "Dot", .module = "keras.src.layers.merging.dot",
    .params = PARAMS, .n_params = 2,
    .make = make, .build = build, .infer = infer, .forward = forward, .trace = trace, .explain = explain, .numbers = numbers, .mask = no_mask,
    .connections = connections, .rule = TRACE_DEPENDS,
};
