/* RNN, SimpleRNN, LSTM, GRU: one cell applied step by step, (batch, steps, ...) -> (batch, units) or (batch, steps, units). */
#include "engine/layers/recurrent.h"

#include <string.h>

#include "engine/activation.h"
#include "engine/layers/layers.h"
#include "engine/layers/terms.h"
#include "engine/weight_table.h"

const ParamSpec RECURRENT_CALL_PARAMS[RECURRENT_CALL] = {
    {.name = "sequences", .type = PARAM_TENSORS, .required = true},
    {.name = "initial_state", .type = PARAM_TENSORS},
    {.name = "mask", .type = PARAM_TENSORS},
    {.name = "training", .type = PARAM_BOOL},
};

#define PENALTIES \
    RECURRENT_REGULARIZERS, {.name = "activity_regularizer", .type = PARAM_REGULARIZER, .unsaved = true}, RECURRENT_CONSTRAINTS
#define OPTIONS \
    PARAM_FLAG("return_sequences"), PARAM_FLAG("return_state"), PARAM_FLAG("go_backwards"), PARAM_FLAG("stateful"), PARAM_FLAG("unroll")
#define KEYWORDS {.name = "zero_output_for_mask", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE, .keyword_only = true}
#define CUDNN    {.name = "use_cudnn", .type = PARAM_ANY, .fallback = VALUE_IS_TEXT("auto"), .unsaved = true}

static const ParamSpec RNN_PARAMS[] = {
    PARAM_NEEDED("cell", PARAM_LAYER, "LSTMCell(16)"), OPTIONS, PARAM_FLAG("zero_output_for_mask"),
};
static const ParamSpec SIMPLE_PARAMS[] = {
    RECURRENT_UNITS, RECURRENT_ACTIVATION, PARAM_BIAS, RECURRENT_INITIALIZERS, PENALTIES, OPTIONS, RECURRENT_SEED, KEYWORDS,
};
static const ParamSpec LSTM_PARAMS[] = {
    RECURRENT_UNITS, RECURRENT_ACTIVATIONS, PARAM_BIAS, RECURRENT_INITIALIZERS, RECURRENT_FORGET_BIAS, PENALTIES, RECURRENT_SEED,
    OPTIONS, CUDNN, KEYWORDS, RECURRENT_IMPLEMENTATION,
};
static const ParamSpec GRU_PARAMS[] = {
    RECURRENT_UNITS, RECURRENT_ACTIVATIONS, PARAM_BIAS, RECURRENT_INITIALIZERS, PENALTIES, RECURRENT_SEED, OPTIONS, RECURRENT_RESET,
    CUDNN, KEYWORDS, RECURRENT_IMPLEMENTATION,
};

RecurrentConfig *recurrent_config(const Layer *layer)
{
    return layer->kind->forward == recurrent_forward ? layer->config : NULL;
}

/* ---- make ---- */

static int find_param(const LayerKind *kind, const char *name)
{
    for (int i = 0; i < kind->n_params; i++)
        if (strcmp(kind->params[i].name, name) == 0) return i;
    return -1;
}

const char *const RECURRENT_PASSED[] = {"dtype", "trainable", NULL};

static int pass_base(const Maker *m, const char *const *names, Argument *to)
{
    int n = 0;
    for (int i = 0; names[i]; i++) {
        const Value *value = dict_find(m->kwargs.dict, names[i]);
        if (value) to[n++] = (Argument){.keyword = names[i], .value = *value, .span = SPAN_NONE};
    }
    return n;
}

Layer *recurrent_make_cell(Maker *m, const LayerKind *kind, const char *name, const char *const *passed)
{
    const Layer *layer = m->layer;
    Argument *args = ARENA_ARRAY(m->builder->arena, kind->n_params + 3, Argument);
    int n = 0;
    for (int i = 0; i < kind->n_params; i++) {
        int at = find_param(layer->kind, kind->params[i].name);
        if (at >= 0) args[n++] = (Argument){.keyword = kind->params[i].name, .value = layer->args[at], .span = layer->args[at].span};
    }
    n += pass_base(m, passed, args + n);
    args[n++] = (Argument){.keyword = "name", .value = value_string(m->builder->arena, name, strlen(name)), .span = SPAN_NONE};
    Layer *cell = layer_make(m->builder, kind, args, n, m->span, m->err);
    if (!cell) {
        if (m->err) m->err->layer_class = layer->class_name;
        return NULL;
    }
    for (int i = 0; i < kind->n_params; i++) {
        int at = find_param(layer->kind, kind->params[i].name);
        if (at >= 0) layer->args[at] = cell->args[i];
    }
    return cell;
}

static bool flag(const Maker *m, const char *param)
{
    return find_param(m->layer->kind, param) >= 0 && value_truth(maker_arg(m, param));
}

/* A cell of several states may have floats for sizes until it is built; one of a single state may not. NumPy's integers
 * are none to Keras. */
static bool check_state_size(Maker *m, const Layer *cell)
{
    if (!cell->kind->n_params || strcmp(cell->kind->params[0].name, "units") != 0) return true;
    if (cell->kind == &LAYER_lstm_cell && cell->args[0].kind == VALUE_OBJECT)
        return maker_refuse(m, "units", "ValueError", "output_size must be an integer.");
    if (cell->kind == &LAYER_lstm_cell || (cell->args[0].kind != VALUE_FLOAT && cell->args[0].kind != VALUE_OBJECT)) return true;
    return maker_refuse(m, "units", "ValueError",
                        "state_size must be an integer, or a list/tuple of integers (one for each state tensor).");
}

bool recurrent_make(Maker *m, Layer *cell, int ndim)
{
    if (!cell || !layer_base(m)) return false;
    RecurrentConfig *config = ARENA_NEW(m->builder->arena, RecurrentConfig);
    *config = (RecurrentConfig){
        .cell = cell,
        .return_sequences = flag(m, "return_sequences"), .return_state = flag(m, "return_state"),
        .go_backwards = flag(m, "go_backwards"), .stateful = flag(m, "stateful"), .unroll = flag(m, "unroll"),
        .zero_for_mask = flag(m, "zero_output_for_mask"),
    };
    m->layer->config = config;
    if (!check_state_size(m, cell)) return false;
    if (ndim) layer_add_input_spec(m->builder, m->layer)->ndim = ndim;
    return maker_child(m, cell);
}

static bool check_cudnn(Maker *m)
{
    const Value *cudnn = maker_arg(m, "use_cudnn");
    if (cudnn->kind == VALUE_BOOL || cudnn->kind == VALUE_UNKNOWN || value_is_text(cudnn, "auto")) return true;
    return maker_refuse(m, "use_cudnn", "ValueError",
                        "Invalid valid received for argument `use_cudnn`. Expected one of {'auto', True, False}. Received: use_cudnn=%s",
                        maker_text(m, "use_cudnn"));
}

/* Keras hands SimpleRNN's activity_regularizer to nobody. */
static bool simple_make(Maker *m)
{
    maker_set(m, "activity_regularizer", value_none());
    return recurrent_make(m, recurrent_make_cell(m, &LAYER_simple_rnn_cell, "simple_rnn_cell", RECURRENT_PASSED), 3);
}

static bool lstm_make(Maker *m)
{
    return recurrent_make(m, recurrent_make_cell(m, &LAYER_lstm_cell, "lstm_cell", RECURRENT_PASSED), 3) && check_cudnn(m);
}

static bool gru_make(Maker *m)
{
    return recurrent_make(m, recurrent_make_cell(m, &LAYER_gru_cell, "gru_cell", RECURRENT_PASSED), 3) && check_cudnn(m);
}

static Layer *stack_cells(Maker *m, const Value *cells)
{
    const Argument list = {.value = *cells, .span = cells->span};
    Layer *stack = layer_make(m->builder, &LAYER_stacked_rnn_cells, &list, 1, m->span, m->err);
    if (stack) maker_set(m, "cell", value_layer(stack));
    return stack;
}

static bool rnn_make(Maker *m)
{
    const Value *cell = maker_arg(m, "cell");
    if (cell->kind == VALUE_LIST || cell->kind == VALUE_TUPLE) return recurrent_make(m, stack_cells(m, cell), 0);
    if (cell->kind != VALUE_LAYER)
        return maker_refuse(m, "cell", "ValueError", "Argument `cell` should have a `call` method. Received: cell=%s", maker_text(m, "cell"));
    if (!cell->layer->kind->cell)
        return maker_refuse(m, "cell", "ValueError",
                            "The RNN cell should have a `state_size` attribute (single integer or list of integers, one integer per RNN "
                            "state). Received: cell=%s", maker_text(m, "cell"));
    return recurrent_make(m, cell->layer, 0);
}

/* ---- build and shapes ---- */

static bool step_of(const TensorSpec *in, TensorSpec *step, Error *err)
{
    if (in->shape.rank < 2) return error_set(err, "IndexError", "tuple index out of range");
    *step = (TensorSpec){shape_without(&in->shape, 1), in->dtype};
    return true;
}

bool recurrent_build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    const RecurrentConfig *config = layer->config;
    TensorSpec step;
    if (!step_of(in, &step, err) || !layer_build_child(b, config->cell, &step, 1, err)) return false;
    if (!config->stateful || in->shape.dim[0] != DIM_NONE) return true;
    error_set(err, "ValueError",
              "When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size: sequence.shape=%s",
              shape_text(b->arena, &in->shape));
    error_cause(err, "cause.stateful_batch", NULL);
    return error_fix(err, FIX_REMOVE_ARGUMENT, "stateful", NULL);
}

/* The output of one step, then the states. */
static bool step_infer(Arena *arena, const Layer *layer, const TensorSpec *in, Outputs *step_out, Error *err)
{
    const RecurrentConfig *config = layer->config;
    TensorSpec step;
    *step_out = (Outputs){.arena = arena, .structure = VALUE_IS_NONE};
    return step_of(in, &step, err) && layer_infer(config->cell, NULL, &step, 1, step_out, err) && step_out->n > 0;
}

bool recurrent_infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in;
    const RecurrentConfig *config = layer->config;
    Outputs step;
    if (!step_infer(out->arena, layer, in, &step, err)) return false;
    Shape shape = step.spec[0].shape;
    outputs_add(out, config->return_sequences ? shape_with(&shape, 1, in->shape.dim[1]) : shape, layer->dtype);
    for (int i = 1; config->return_state && i < step.n; i++) outputs_add(out, step.spec[i].shape, layer->dtype);
    return true;
}

KerasTensor *recurrent_mask(Builder *b, Layer *layer, Node *node, KerasTensor *const *in_masks, Error *err)
{
    (void)b, (void)node, (void)err;
    const RecurrentConfig *config = layer->config;
    return config->return_sequences ? in_masks[0] : NULL;
}

/* ---- numbers ---- */

enum { STATES_MAX = 64 };

/* One pass over the steps. Tensors 0 of `now` and `before` are the output, the rest the states. */
typedef struct Pass {
    const Forward *f;
    const RecurrentConfig *config;
    int64_t batch, steps, inner;     /* inner: numbers of one example in one step */
    int     n;                       /* output and states */
    Tensor  input, now[STATES_MAX], before[STATES_MAX];
    const float *mask;               /* (batch, steps); NULL = none */
} Pass;

static bool states_begin(Pass *p)
{
    TensorRange given = p->f->call ? p->f->call->tensors[RECURRENT_INITIAL_STATE] : (TensorRange){0};
    if (!given.n) return true;
    if (given.n != p->n - 1) return false;
    for (int i = 1; i < p->n; i++) {
        const Tensor *state = &p->f->in[given.first + i - 1];
        if (!shape_equal(&state->shape, &p->before[i].shape)) return false;
        memcpy(p->before[i].data, state->data, (size_t)shape_size(&state->shape) * sizeof(float));
    }
    return true;
}

static bool pass_begin(Pass *p)
{
    const Forward *f = p->f;
    const TensorSpec in = {f->in[0].shape, f->in[0].dtype};
    Outputs step;
    if (!step_infer(f->scratch, f->layer, &in, &step, NULL) || step.n > STATES_MAX) return false;
    p->batch = in.shape.dim[0];
    p->steps = in.shape.dim[1];
    p->inner = shape_span_size(&in.shape, 2, in.shape.rank);
    p->n = step.n;
    p->input = tensor_make(f->scratch, shape_without(&in.shape, 1), in.dtype);
    for (int i = 0; i < p->n; i++) {
        p->now[i] = tensor_make(f->scratch, step.spec[i].shape, DTYPE_FLOAT32);
        p->before[i] = tensor_make(f->scratch, step.spec[i].shape, DTYPE_FLOAT32);
    }
    TensorRange mask = f->call ? f->call->tensors[RECURRENT_MASK] : (TensorRange){0};
    p->mask = mask.n ? f->in[mask.first].data : NULL;
    return states_begin(p);
}

static void copy_example(const Tensor *from, Tensor *to, int64_t batch, int64_t b)
{
    int64_t size = batch ? shape_size(&to->shape) / batch : 0;
    if (from) memcpy(to->data + b * size, from->data + b * size, (size_t)size * sizeof(float));
    else memset(to->data + b * size, 0, (size_t)size * sizeof(float));
}

/* A masked step leaves everything as it was. */
static void undo_masked(Pass *p, int64_t t)
{
    for (int64_t b = 0; p->mask && b < p->batch; b++) {
        if (p->mask[b * p->steps + t] != 0) continue;
        copy_example(p->config->zero_for_mask ? NULL : &p->before[0], &p->now[0], p->batch, b);
        for (int i = 1; i < p->n; i++) copy_example(&p->before[i], &p->now[i], p->batch, b);
    }
}

static void step_forward(Pass *p, int64_t t)
{
    for (int64_t b = 0; b < p->batch; b++)
        memcpy(p->input.data + b * p->inner, p->f->in[0].data + (b * p->steps + t) * p->inner, (size_t)p->inner * sizeof(float));
    Tensor in[STATES_MAX];
    in[0] = p->input;
    for (int i = 1; i < p->n; i++) in[i] = p->before[i];
    const ArenaMark mark = arena_mark(p->f->scratch);
    forward_child(p->f, p->config->cell, NULL, in, p->n, p->now, p->n);
    arena_release(p->f->scratch, mark);
    undo_masked(p, t);
}

static void swap_states(Pass *p)
{
    for (int i = 0; i < p->n; i++) {
        const Tensor swap = p->now[i];
        p->now[i] = p->before[i];
        p->before[i] = swap;
    }
}

/* Outputs of a layer that goes backwards stand in the order they were made. */
static void give_step(const Pass *p, int64_t place)
{
    const int64_t size = p->batch ? shape_size(&p->now[0].shape) / p->batch : 0;
    for (int64_t b = 0; b < p->batch; b++)
        memcpy(p->f->out[0].data + (b * p->steps + place) * size, p->now[0].data + b * size, (size_t)size * sizeof(float));
}

static void give_last(const Pass *p)
{
    if (!p->config->return_sequences)
        memcpy(p->f->out[0].data, p->before[0].data, (size_t)shape_size(&p->before[0].shape) * sizeof(float));
    for (int i = 1; p->config->return_state && i < p->n && i < p->f->n_out; i++)
        memcpy(p->f->out[i].data, p->before[i].data, (size_t)shape_size(&p->before[i].shape) * sizeof(float));
}

void recurrent_forward(const Forward *f)
{
    Pass p = {.f = f, .config = f->layer->config};
    if (!pass_begin(&p)) {
        *f->impossible = true;
        return;
    }
    for (int64_t i = 0; i < p.steps; i++) {
        step_forward(&p, p.config->go_backwards ? p.steps - 1 - i : i);
        if (p.config->return_sequences) give_step(&p, i);
        swap_states(&p);
    }
    give_last(&p);
}

/* ---- one step told with numbers ---- */

const char *recurrent_applied(Arena *arena, const Activation *activation, const char *what)
{
    return arena_print(arena, "%s(%s)", strcmp(activation->name, "linear") == 0 ? "" : activation->name, what);
}

/* More products than this are not done again only to be told. */
static const int64_t WORK_MAX = 1 << 22;

/* Inputs of one example. */
static Tensor *example_of(const Forward *f, int64_t b)
{
    const int64_t batch = f->in[0].shape.dim[0];
    Tensor *in = ARENA_ARRAY(f->scratch, f->n_in, Tensor);
    for (int i = 0; i < f->n_in; i++) {
        in[i] = f->in[i];
        if (!in[i].shape.rank || in[i].shape.dim[0] != batch) continue;
        in[i].data += b * (shape_size(&in[i].shape) / batch);
        in[i].shape.dim[0] = 1;
    }
    return in;
}

static void tell_step(const Pass *p, int64_t t, int64_t k, Text *text)
{
    const Layer *cell = p->config->cell;
    Tensor in[STATES_MAX];
    memcpy(p->input.data, p->f->in[0].data + t * p->inner, (size_t)p->inner * sizeof(float));
    in[0] = p->input;
    for (int i = 1; i < p->n; i++) in[i] = p->before[i];
    Forward step = *p->f;
    step.layer = cell;
    step.node = NULL;
    step.call = NULL;
    step.in = in;
    step.n_in = p->n;
    step.weights = p->f->table->weights[cell->id];
    step.out = (Tensor *)(uintptr_t)p->now;
    step.n_out = p->n;
    if (!p->mask || p->mask[t] != 0) cell->kind->numbers(&step, k, text);
}

void recurrent_numbers(const Forward *f, int64_t k, Text *text)
{
    const RecurrentConfig *config = f->layer->config;
    const int64_t steps = f->in[0].shape.dim[1], each = shape_span_size(&f->out[0].shape, 1, f->out[0].shape.rank);
    const int64_t size = config->return_sequences && steps ? each / steps : each;
    const int64_t units = f->out[0].shape.dim[f->out[0].shape.rank - 1];
    if (!steps || !size || !units || !config->cell->kind->numbers) return;
    if (size_multiply(size_multiply(steps, size / units), layer_params(config->cell).all) > WORK_MAX) return;
    Forward one = *f;
    one.in = example_of(f, k / each);
    Pass p = {.f = &one, .config = config};
    if (!pass_begin(&p)) return;
    const int64_t last = config->return_sequences ? k % each / size : steps - 1;
    for (int64_t i = 0; i < last; i++) {
        step_forward(&p, config->go_backwards ? steps - 1 - i : i);
        swap_states(&p);
    }
    tell_step(&p, config->go_backwards ? steps - 1 - last : last, k % size, text);
}

/* ---- what an output depends on ---- */

/* Every units-th number of a weight, from u on: counted all, told while there is room. */
static void add_column(TermList *list, int weight, int64_t u, int64_t units, int64_t size)
{
    const int64_t all = u < size ? (size - 1 - u) / units + 1 : 0;
    int64_t told = 0;
    for (; told < all && terms_have_room(list); told++) {
        Term term = term_weight(weight, u + told * units);
        term.child = 0;
        terms_add(list, term);
    }
    list->n = size_add(list->n, all - told);
}

void recurrent_add_weights(TermList *list, const Layer *cell, int64_t u)
{
    if (cell->n_weights < 2 || cell->n_children) return;
    const Shape *recurrent = &cell->weights[1].shape;
    const int64_t units = recurrent->rank < 2 ? 0 : recurrent->dim[recurrent->rank - 2];
    if (units <= 0) return;
    for (int w = 0; w < cell->n_weights; w++) add_column(list, w, u, units, shape_size(&cell->weights[w].shape));
}

int64_t recurrent_trace(const Trace *t, Term *terms, int64_t cap)
{
    const RecurrentConfig *config = t->layer->config;
    const Shape *in = &t->in[0].shape, *out = &t->out[t->output].shape;
    const int64_t steps = in->dim[1], inner = shape_span_size(in, 2, in->rank), each = out->dim[0] ? shape_size(out) / out->dim[0] : 1;
    const int64_t b = t->k / each;
    int64_t seen = steps;
    if (config->return_sequences && t->output == 0) seen = t->k % each / (each / (steps ? steps : 1)) + 1;
    TermList list = {.term = terms, .cap = cap};
    for (int64_t i = 0; i < seen; i++) {
        int64_t step = config->go_backwards ? steps - 1 - i : i;
        for (int64_t j = 0; j < inner; j++) terms_add(&list, term_input(0, (b * steps + step) * inner + j, 1));
    }
    if (config->cell->n_weights) recurrent_add_weights(&list, config->cell, t->k % out->dim[out->rank - 1]);
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const RecurrentConfig *config = t->layer->config;
    Trace inner = *t;
    inner.layer = config->cell;
    if (config->cell->kind->explain) config->cell->kind->explain(&inner, topic, text);
}

#define LIST(table, member) .member = table, .n_##member = (int)(sizeof table / sizeof *table)
#define RECURRENT(label, path, table, maker) \
    .name = label, .module = path, LIST(table, params), .call_params = RECURRENT_CALL_PARAMS, .n_call_params = RECURRENT_CALL, \
    .make = maker, .build = recurrent_build, .infer = recurrent_infer, .forward = recurrent_forward, .trace = recurrent_trace, \
    .explain = explain, .numbers = recurrent_numbers, .mask = recurrent_mask, .rule = TRACE_DEPENDS, .keeps_mask = true

const LayerKind LAYER_rnn = {RECURRENT("RNN", "keras.src.layers.rnn.rnn", RNN_PARAMS, rnn_make)};
const LayerKind LAYER_simple_rnn = {RECURRENT("SimpleRNN", "keras.src.layers.rnn.simple_rnn", SIMPLE_PARAMS, simple_make)};
const LayerKind LAYER_lstm = {RECURRENT("LSTM", "keras.src.layers.rnn.lstm", LSTM_PARAMS, lstm_make)};
const LayerKind LAYER_gru = {RECURRENT("GRU", "keras.src.layers.rnn.gru", GRU_PARAMS, gru_make)};
