/* Bidirectional: a recurrent layer over the steps, and a copy of it over them backwards; both outputs are merged. */
#include <string.h>

#include "engine/layers/layers.h"
#include "engine/layers/recurrent.h"
#include "engine/layers/terms.h"

typedef enum MergeMode { MERGE_CONCAT, MERGE_SUM, MERGE_MUL, MERGE_AVE, MERGE_NONE } MergeMode;

typedef struct BidirectionalConfig {
    Layer          *forward, *backward;
    MergeMode       merge;
    RecurrentConfig options;   /* of both */
} BidirectionalConfig;

static const char *const MERGE_MODES[] = {"concat", "sum", "mul", "ave", NULL};

static const ParamSpec PARAMS[] = {
    {.name = "layer", .type = PARAM_LAYER, .required = true, .example = "LSTM(16)"},
    {.name = "merge_mode", .type = PARAM_CHOICE, .fallback = VALUE_IS_TEXT("concat"), .choices = MERGE_MODES},
    {.name = "weights", .type = PARAM_ANY, .unsaved = true},
    {.name = "backward_layer", .type = PARAM_LAYER},
};

/* ---- make ---- */

static bool is_layer(const Value *value)
{
    return value->kind == VALUE_LAYER && !value->layer->kind->operation;
}

static bool merge_make(Maker *m, MergeMode *merge)
{
    const Value *mode = maker_arg(m, "merge_mode");
    *merge = MERGE_NONE;
    if (mode->kind == VALUE_NONE) return true;
    for (int i = 0; MERGE_MODES[i]; i++)
        if (value_is_text(mode, MERGE_MODES[i])) {
            *merge = (MergeMode)i;
            return true;
        }
    maker_refuse(m, "merge_mode", "ValueError",
                 "Invalid merge mode. Received: %s. Merge mode should be one of {\"sum\", \"mul\", \"ave\", \"concat\", None}",
                 maker_text(m, "merge_mode"));
    return error_fix(m->err, FIX_ARGUMENT, "merge_mode", "'concat'");
}

static Layer *copy_layer(Builder *, const Layer *, const Argument *changes, int n_changes, Span, Error *);

static bool copy_value(Builder *, Value *, Span, Error *);

static bool copy_list(Builder *b, Value *value, Span span, Error *err)
{
    Value copy = value_list(b->arena, value->kind, value->list->n);
    for (size_t i = 0; i < value->list->n; i++) {
        list_add(copy.list, value->list->items[i]);
        if (!copy_value(b, &copy.list->items[i], span, err)) return false;
    }
    *value = copy;
    return true;
}

/* A cell, or a stack of them, is saved with its layer and made anew from what was saved. */
static bool copy_value(Builder *b, Value *value, Span span, Error *err)
{
    if (value->kind == VALUE_LIST || value->kind == VALUE_TUPLE) return copy_list(b, value, span, err);
    if (value->kind != VALUE_LAYER) return true;
    const Argument name = {.keyword = "name", .value = value_string(b->arena, value->layer->name, strlen(value->layer->name)), .span = SPAN_NONE};
    Layer *copy = copy_layer(b, value->layer, &name, 1, span, err);
    if (copy) *value = value_layer(copy);
    return copy != NULL;
}

static bool changed(const Argument *changes, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(changes[i].keyword, name) == 0) return true;
    return false;
}

/* from_config(get_config()) with some of it changed. */
static Layer *copy_layer(Builder *b, const Layer *layer, const Argument *changes, int n_changes, Span span, Error *err)
{
    const ValueDict *base = layer->initial_kwargs.kind == VALUE_DICT ? layer->initial_kwargs.dict : NULL;
    const size_t most = (size_t)(layer->kind->n_params + n_changes) + (base ? base->keys.n : 0);
    Argument *args = ARENA_ARRAY(b->arena, most, Argument);
    int n = 0;
    for (int i = 0; i < layer->kind->n_params; i++) {
        if (changed(changes, n_changes, layer->kind->params[i].name)) continue;
        args[n] = (Argument){.keyword = layer->kind->params[i].name, .value = layer->args[i], .span = SPAN_NONE};
        if (!copy_value(b, &args[n].value, span, err)) return NULL;
        n++;
    }
    for (size_t i = 0; base && i < base->keys.n; i++)
        if (!changed(changes, n_changes, base->keys.items[i].string.bytes))
            args[n++] = (Argument){.keyword = base->keys.items[i].string.bytes, .value = base->values.items[i], .span = SPAN_NONE};
    for (int i = 0; i < n_changes; i++) args[n++] = changes[i];
    return layer_make(b, layer->kind, args, n, span, err);
}

static const char *without_prefix(const char *name, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(name, prefix, n) == 0 ? name + n : name;
}

static Layer *make_direction(Maker *m, const Layer *layer, const char *prefix, bool backwards)
{
    const char *name = arena_print(m->builder->arena, "%s%s", prefix, without_prefix(layer->name, prefix));
    const Argument changes[] = {
        {.keyword = "name", .value = value_string(m->builder->arena, name, strlen(name)), .span = SPAN_NONE},
        {.keyword = "go_backwards", .value = value_bool(true), .span = SPAN_NONE},
    };
    return copy_layer(m->builder, layer, changes, backwards ? 2 : 1, m->span, m->err);
}

static bool refuse_other_layer(Maker *m, const Layer *layer)
{
    maker_refuse(m, "layer", "TypeError",
                 "<class '%s'> could not be deserialized properly. Please ensure that components that are Python object instances (layers, "
                 "models, etc.) returned by `get_config()` are explicitly deserialized in the model's `from_config()` method.",
                 layer->type_name);
    return error_cause(m->err, "cause.bidirectional_of", layer->class_name, NULL);
}

static bool check_same(Maker *m, bool forward, bool backward, const char *attribute)
{
    return forward == backward ||
           maker_refuse(m, "backward_layer", "ValueError",
                        "Forward layer and backward layer are expected to have the same value for attribute \"%s\", got \"%s\" for forward "
                        "layer and \"%s\" for backward layer", attribute, forward ? "True" : "False", backward ? "True" : "False");
}

static bool check_directions(Maker *m, const RecurrentConfig *f, const RecurrentConfig *b)
{
    if (f->go_backwards == b->go_backwards) {
        const char *word = f->go_backwards ? "True" : "False";
        maker_refuse(m, "backward_layer", "ValueError",
                     "Forward layer and backward layer should have different `go_backwards` value. Received: forward_layer.go_backwards %s, "
                     "backward_layer.go_backwards=%s", word, word);
        return error_fix(m->err, FIX_REMOVE_ARGUMENT, "backward_layer", NULL);
    }
    return check_same(m, f->stateful, b->stateful, "stateful") && check_same(m, f->return_sequences, b->return_sequences, "return_sequences") &&
           check_same(m, f->return_state, b->return_state, "return_state");
}

static bool check_layers(Maker *m)
{
    const Value *layer = maker_arg(m, "layer"), *backward = maker_arg(m, "backward_layer");
    if (!is_layer(layer)) {
        maker_refuse(m, "layer", "ValueError", "Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance. Received: %s",
                     maker_text(m, "layer"));
        return error_cause(m->err, "cause.wraps_no_layer", maker_text(m, "layer"), NULL);
    }
    return backward->kind == VALUE_NONE || is_layer(backward) ||
           maker_refuse(m, "backward_layer", "ValueError", "`backward_layer` need to be a `keras.layers.Layer` instance. Received: %s",
                        maker_text(m, "backward_layer"));
}

/* Masked steps give zeros, so that both directions can be laid side by side. */
static bool directions_make(Maker *m, BidirectionalConfig *config)
{
    const Layer *layer = maker_arg(m, "layer")->layer;
    const Value *given = maker_arg(m, "backward_layer");
    if (!recurrent_config(layer)) return refuse_other_layer(m, layer);
    config->forward = make_direction(m, layer, "forward_", false);
    if (!config->forward) return false;
    config->backward = given->kind == VALUE_LAYER ? given->layer : make_direction(m, layer, "backward_", true);
    if (!config->backward) return false;
    RecurrentConfig *f = recurrent_config(config->forward), *b = recurrent_config(config->backward);
    if (!b) return refuse_other_layer(m, config->backward);
    if (!check_directions(m, f, b)) return false;
    f->zero_for_mask = b->zero_for_mask = f->return_sequences;
    config->options = *f;
    return true;
}

static bool make(Maker *m)
{
    BidirectionalConfig *config = ARENA_NEW(m->builder->arena, BidirectionalConfig);
    m->layer->config = config;
    if (!check_layers(m) || !merge_make(m, &config->merge) || !layer_base(m) || !directions_make(m, config)) return false;
    const Layer *layer = maker_arg(m, "layer")->layer;
    for (int i = 0; i < layer->n_input_specs; i++) *layer_add_input_spec(m->builder, m->layer) = layer->input_specs[i];
    return maker_child(m, config->forward) && maker_child(m, config->backward);
}

/* ---- build and shapes ---- */

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    const BidirectionalConfig *config = layer->config;
    return layer_build_child(b, config->forward, in, 1, err) && layer_build_child(b, config->backward, in, 1, err);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in;
    const BidirectionalConfig *config = layer->config;
    Outputs one = {.arena = out->arena, .structure = VALUE_IS_NONE};
    if (!layer_infer(config->forward, NULL, in, 1, &one, err) || !one.n) return false;
    Shape shape = one.spec[0].shape;
    if (config->merge == MERGE_CONCAT) shape.dim[shape.rank - 1] = dim_multiply(shape.dim[shape.rank - 1], 2);
    outputs_add(out, shape, layer->dtype);
    if (config->merge == MERGE_NONE) outputs_add(out, shape, layer->dtype);
    for (int twice = 0; twice < 2; twice++)
        for (int i = 1; i < one.n; i++) outputs_add(out, one.spec[i].shape, layer->dtype);
    return true;
}

static KerasTensor *mask(Builder *b, Layer *layer, Node *node, KerasTensor *const *in_masks, Error *err)
{
    (void)b, (void)node, (void)err;
    const BidirectionalConfig *config = layer->config;
    return config->options.return_sequences ? in_masks[0] : NULL;
}

/* ---- numbers ---- */

/* The call of one direction: the steps, its half of the initial state, the mask. */
static int direction_call(const Forward *f, int half, Call *call, Tensor *in)
{
    const TensorRange states = f->call->tensors[RECURRENT_INITIAL_STATE], masks = f->call->tensors[RECURRENT_MASK];
    const int each = states.n / 2;
    int n = 0;
    call->n = RECURRENT_CALL;
    call->args = ARENA_ARRAY(f->scratch, RECURRENT_CALL, Value);
    call->tensors = ARENA_ARRAY(f->scratch, RECURRENT_CALL, TensorRange);
    in[n++] = f->in[0];
    call->tensors[RECURRENT_SEQUENCES] = (TensorRange){0, 1};
    call->tensors[RECURRENT_INITIAL_STATE] = (TensorRange){1, each};
    for (int i = 0; i < each; i++) in[n++] = f->in[states.first + half * each + i];
    if (masks.n) {
        call->tensors[RECURRENT_MASK] = (TensorRange){n, 1};
        in[n++] = f->in[masks.first];
    }
    return n;
}

static Tensor *run_direction(const Forward *f, const Layer *layer, int half, int n_out)
{
    Call call;
    Tensor *in = ARENA_ARRAY(f->scratch, f->n_in + 1, Tensor), *out = ARENA_ARRAY(f->scratch, n_out, Tensor);
    const int n = direction_call(f, half, &call, in);
    forward_child(f, layer, &call, in, n, out, n_out);
    return out;
}

static float merge_numbers(MergeMode mode, float a, float b)
{
    switch (mode) {
    case MERGE_SUM: return a + b;
    case MERGE_MUL: return a * b;
    case MERGE_AVE: return (a + b) / 2;
    case MERGE_CONCAT:
    case MERGE_NONE: break;
    }
    return a;
}

/* Outputs as rows (batch, steps, features), one step where there are no sequences. The second stands backwards. */
typedef struct Rows {
    int64_t batch, steps, features;
} Rows;

static Rows rows_of(const Shape *shape, bool sequences)
{
    Rows r = {.batch = shape->dim[0], .steps = sequences ? shape->dim[1] : 1};
    r.features = shape_span_size(shape, sequences ? 2 : 1, shape->rank);
    return r;
}

static void turn(const Rows *r, float *x, Arena *scratch)
{
    const size_t size = (size_t)r->features * sizeof(float);
    float *swap = ARENA_ARRAY(scratch, r->features, float);
    for (int64_t b = 0; b < r->batch; b++)
        for (int64_t t = 0; t < r->steps / 2; t++) {
            float *first = x + (b * r->steps + t) * r->features, *last = x + (b * r->steps + r->steps - 1 - t) * r->features;
            memcpy(swap, first, size);
            memcpy(first, last, size);
            memcpy(last, swap, size);
        }
}

/* Along the last axis, which is not all of `features` in images. */
static void concatenate(const Tensor *a, const Tensor *b, Tensor *out)
{
    const int64_t last = a->shape.dim[a->shape.rank - 1], rows = last ? shape_size(&a->shape) / last : 0;
    for (int64_t i = 0; i < rows; i++) {
        memcpy(out->data + 2 * i * last, a->data + i * last, (size_t)last * sizeof(float));
        memcpy(out->data + (2 * i + 1) * last, b->data + i * last, (size_t)last * sizeof(float));
    }
}

static void give(const Forward *f, MergeMode mode, const Tensor *a, const Tensor *b)
{
    const int64_t n = shape_size(&a->shape);
    if (mode == MERGE_CONCAT) {
        concatenate(a, b, &f->out[0]);
        return;
    }
    for (int64_t k = 0; k < n; k++) f->out[0].data[k] = merge_numbers(mode, a->data[k], b->data[k]);
    if (mode == MERGE_NONE) memcpy(f->out[1].data, b->data, (size_t)n * sizeof(float));
}

static void forward(const Forward *f)
{
    const BidirectionalConfig *config = f->layer->config;
    const int first = config->merge == MERGE_NONE ? 2 : 1, n_states = (f->n_out - first) / 2;
    const Tensor *ahead = run_direction(f, config->forward, 0, 1 + n_states);
    const Tensor *back = run_direction(f, config->backward, 1, 1 + n_states);
    if (*f->impossible) return;
    const Rows rows = rows_of(&back[0].shape, config->options.return_sequences);
    if (config->options.return_sequences) turn(&rows, back[0].data, f->scratch);
    give(f, config->merge, &ahead[0], &back[0]);
    for (int i = 0; i < 2 * n_states; i++) {
        const Tensor *state = i < n_states ? &ahead[1 + i] : &back[1 + i - n_states];
        memcpy(f->out[first + i].data, state->data, (size_t)shape_size(&state->shape) * sizeof(float));
    }
}

/* ---- one direction of an output ---- */

/* Where the directions stand side by side, an output is one's: its element `k` of shape `out`. */
typedef struct Half {
    const Layer *layer;
    int          which;
    Shape        out;
    int64_t      k;
} Half;

static Half half_of(const BidirectionalConfig *config, const Shape *out, int64_t k)
{
    Half half = {.layer = config->forward, .out = *out, .k = k};
    if (config->merge != MERGE_CONCAT) return half;
    const int64_t last = half.out.dim[out->rank - 1] /= 2, column = k % (2 * last);
    half.k = k / (2 * last) * last + column % last;
    if (column < last) return half;
    half.layer = config->backward;
    half.which = 1;
    if (!config->options.return_sequences) return half;
    const Rows rows = rows_of(&half.out, true);
    const int64_t step = half.k / rows.features % rows.steps;
    half.k += (rows.steps - 1 - 2 * step) * rows.features;
    return half;
}

/* Together the two directions see every step. */
static int64_t trace_all(const Trace *t, Term *terms, int64_t cap)
{
    const Shape *in = &t->in[0].shape, *out = &t->out[t->output].shape;
    const int64_t each = in->dim[0] ? shape_size(in) / in->dim[0] : 0, of = out->dim[0] ? shape_size(out) / out->dim[0] : 1;
    TermList list = {.term = terms, .cap = cap};
    for (int64_t i = 0; i < each; i++) terms_add(&list, term_input(0, t->k / of * each + i, 1));
    return list.n;
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const BidirectionalConfig *config = t->layer->config;
    if (t->output || config->merge != MERGE_CONCAT) return trace_all(t, terms, cap);
    const Half half = half_of(config, &t->out[0].shape, t->k);
    const TensorSpec out = {half.out, t->out[0].dtype};
    const Trace one = {.layer = half.layer, .call = t->call, .in = t->in, .n_in = t->n_in, .out = &out, .n_out = 1, .k = half.k};
    if (!half.layer->kind->trace) return trace_all(t, terms, cap);
    const int64_t n = half.layer->kind->trace(&one, terms, cap);
    for (int64_t i = 0; i < n && i < cap; i++)
        if (terms[i].weight >= 0) terms[i].child = half.which;
    return n;
}

/* ---- explanations ---- */

/* "→ o·tanh(f·c′ + i·g)" of the direction it is, or what is made of both. */
static void explain_rule(const Trace *t, Text *text)
{
    static const char *const both[] = {[MERGE_SUM] = "→h + ←h", [MERGE_MUL] = "→h·←h", [MERGE_AVE] = "(→h + ←h)/2",
                                       [MERGE_CONCAT] = NULL, [MERGE_NONE] = NULL};
    const BidirectionalConfig *config = t->layer->config;
    if (both[config->merge] && !t->output) {
        text_put(text, both[config->merge]);
        return;
    }
    const bool state = t->output > 0;
    const Half half = half_of(config, &t->out[0].shape, state ? 0 : t->k);
    const TensorSpec out = {half.out, t->out[0].dtype};
    const Trace one = {.layer = half.layer, .call = t->call, .in = t->in, .n_in = t->n_in, .out = &out, .n_out = 1, .k = half.k};
    if (!half.layer->kind->explain) return;
    if (!state) text_put(text, half.which ? "← " : "→ ");
    half.layer->kind->explain(&one, EXPLAIN_RULE, text);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const BidirectionalConfig *config = t->layer->config;
    Trace one = *t;
    one.layer = config->forward;
    if (topic == EXPLAIN_RULE) {
        explain_rule(t, text);
    } else if (topic == EXPLAIN_PARAMS) {
        const int64_t a = layer_params(config->forward).all, b = layer_params(config->backward).all;
        if (a) text_print(text, "%lld + %lld = %lld", (long long)a, (long long)b, (long long)size_add(a, b));
    } else if (config->forward->kind->explain) {
        config->forward->kind->explain(&one, topic, text);
    }
}

static void numbers(const Forward *f, int64_t k, Text *text)
{
    const BidirectionalConfig *config = f->layer->config;
    if (config->merge != MERGE_CONCAT && config->merge != MERGE_NONE) return;
    const Half half = half_of(config, &f->out[0].shape, k);
    if (!half.layer->kind->numbers) return;
    Call call;
    Tensor *in = ARENA_ARRAY(f->scratch, f->n_in + 1, Tensor), out = {.shape = half.out, .dtype = f->out[0].dtype};
    Forward one = *f;
    one.layer = half.layer;
    one.n_in = direction_call(f, half.which, &call, in);
    one.node = NULL;
    one.call = &call;
    one.in = in;
    one.out = &out;
    one.n_out = 1;
    half.layer->kind->numbers(&one, half.k, text);
}

const LayerKind LAYER_bidirectional = {
    .name = "Bidirectional", .module = "keras.src.layers.rnn.bidirectional", .params = PARAMS,
    .n_params = (int)(sizeof PARAMS / sizeof *PARAMS), .call_params = RECURRENT_CALL_PARAMS, .n_call_params = RECURRENT_CALL,
    .make = make, .build = build, .infer = infer, .forward = forward, .trace = trace, .explain = explain, .numbers = numbers, .mask = mask,
    .rule = TRACE_DEPENDS, .keeps_mask = true,
};
