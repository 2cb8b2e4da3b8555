/* SimpleRNNCell, LSTMCell, GRUCell: one step, from inputs (batch, features) and states (batch, units) to the output and the
 * new states. Kernels hold the gates side by side: kernel (features, gates·units), recurrent_kernel (units, gates·units). */
#include <string.h>

#include "base/number.h"
#include "engine/activation.h"
#include "engine/config.h"
#include "engine/initializer.h"
#include "engine/layers/layers.h"
#include "engine/layers/recurrent.h"
#include "engine/layers/terms.h"
#include "engine/matmul.h"

typedef struct CellConfig {
    const Activation *activation, *recurrent_activation;
    int64_t           units;
    Value             given_units;    /* a float gets as far as build */
    int               gates, states;
    bool              use_bias, forget_ones, reset_after;
} CellConfig;

static const ParamSpec SIMPLE_PARAMS[] = {
    RECURRENT_UNITS, RECURRENT_ACTIVATION, PARAM_BIAS, RECURRENT_INITIALIZERS, RECURRENT_REGULARIZERS, RECURRENT_CONSTRAINTS,
    RECURRENT_SEED,
};
static const ParamSpec LSTM_PARAMS[] = {
    RECURRENT_UNITS, RECURRENT_ACTIVATIONS, PARAM_BIAS, RECURRENT_INITIALIZERS, RECURRENT_FORGET_BIAS, RECURRENT_REGULARIZERS,
    RECURRENT_CONSTRAINTS, RECURRENT_SEED, RECURRENT_IMPLEMENTATION,
};
static const ParamSpec GRU_PARAMS[] = {
    RECURRENT_UNITS, RECURRENT_ACTIVATIONS, PARAM_BIAS, RECURRENT_INITIALIZERS, RECURRENT_REGULARIZERS, RECURRENT_CONSTRAINTS,
    RECURRENT_RESET, RECURRENT_SEED, RECURRENT_IMPLEMENTATION,
};

static const ParamSpec CELL_CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "states", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL},
};
static const ParamSpec SIMPLE_CALL[] = {
    {.name = "sequence", .type = PARAM_TENSORS, .required = true},
    {.name = "states", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL},
};

/* ---- make ---- */

static bool units_make(Maker *m, CellConfig *config)
{
    const Value *units = maker_arg(m, "units");
    config->given_units = *units;
    if (units->kind == VALUE_UNKNOWN) return true;
    if (!value_is_number(units)) {
        maker_refuse_order(m, "units", "<=", NULL, "int");
        return error_fix(m->err, FIX_ARGUMENT, "units", "16");
    }
    double number = value_number(units);
    if (number <= 0) {
        maker_refuse(m, "units", "ValueError", "Received an invalid value for argument `units`, expected a positive integer, got %s.",
                     maker_text(m, "units"));
        error_cause(m->err, "cause.units", maker_text(m, "units"), NULL);
        return error_fix(m->err, FIX_ARGUMENT, "units",
                         number < 0 && number > -1e6 ? arena_print(m->builder->arena, "%.0f", -number) : "16");
    }
    config->units = units->kind == VALUE_INT ? units->integer : units->kind == VALUE_BOOL ? 1 : (int64_t)(number < 1e15 ? number : 1e15);
    return true;
}

/* min(1.0, max(0.0, dropout)) */
static bool rate_make(Maker *m, const char *param)
{
    const Value *rate = maker_arg(m, param);
    if (!value_is_number(rate) && rate->kind != VALUE_UNKNOWN)
        return maker_refuse_order(m, param, ">", NULL, "float");
    double number = rate->kind == VALUE_UNKNOWN ? 0 : value_number(rate);
    if (number < 0 || number > 1) maker_set(m, param, value_float(number < 0 ? 0 : 1));
    return true;
}

bool recurrent_read_weights(Maker *m)
{
    return maker_initializer(m, "kernel_initializer") && maker_initializer(m, "recurrent_initializer") &&
           maker_initializer(m, "bias_initializer") && maker_regularizer(m, "kernel_regularizer") &&
           maker_regularizer(m, "recurrent_regularizer") && maker_regularizer(m, "bias_regularizer") &&
           maker_constraint(m, "kernel_constraint") && maker_constraint(m, "recurrent_constraint") &&
           maker_constraint(m, "bias_constraint") && rate_make(m, "dropout") && rate_make(m, "recurrent_dropout");
}

static bool rest_make(Maker *m, CellConfig *config)
{
    config->use_bias = value_truth(maker_arg(m, "use_bias"));
    return recurrent_read_weights(m);
}

static CellConfig *config_new(Maker *m, int gates, int states)
{
    CellConfig *config = ARENA_NEW(m->builder->arena, CellConfig);
    config->gates = gates;
    config->states = states;
    m->layer->config = config;
    return config;
}

static bool simple_make(Maker *m)
{
    CellConfig *config = config_new(m, 1, 1);
    return units_make(m, config) && layer_base(m) && maker_seed(m, "seed") &&
           maker_activation(m, "activation", &config->activation) && rest_make(m, config);
}

static bool gated_make(Maker *m, CellConfig *config)
{
    return units_make(m, config) && layer_base(m) && maker_activation(m, "activation", &config->activation) &&
           maker_activation(m, "recurrent_activation", &config->recurrent_activation) && rest_make(m, config) &&
           maker_seed(m, "seed");
}

static bool lstm_make(Maker *m)
{
    CellConfig *config = config_new(m, 4, 2);
    config->forget_ones = value_truth(maker_arg(m, "unit_forget_bias"));
    return gated_make(m, config);
}

static bool gru_make(Maker *m)
{
    CellConfig *config = config_new(m, 3, 1);
    config->reset_after = value_truth(maker_arg(m, "reset_after"));
    return gated_make(m, config);
}

/* ---- build ---- */

/* units * gates as Python has it: 32.0 * 4 = 128.0, which no shape takes. */
static bool gate_columns(Builder *b, const CellConfig *config, int64_t rows, Shape *shape, Error *err)
{
    const Value *units = &config->given_units;
    if (units->kind != VALUE_FLOAT) {
        *shape = SHAPE(rows, size_multiply(config->units, config->gates));
        return true;
    }
    Value tuple = value_list(b->arena, VALUE_TUPLE, 2);
    list_add(tuple.list, rows == DIM_NONE ? value_none() : value_int(rows));
    list_add(tuple.list, value_float(units->number * config->gates));
    return shape_resolve(b->arena, &tuple, shape, err);
}

static bool bias_build(Builder *b, Layer *layer, const CellConfig *config, Error *err)
{
    int64_t columns = size_multiply(config->units, config->gates);
    Shape shape = config->reset_after ? SHAPE(2, columns) : SHAPE(columns);
    const Value initializer = *layer_arg(layer, "bias_initializer");
    /* The initializer is asked for the part before the ones. */
    if (config->forget_ones && !initializer_check(b->arena, &initializer, &SHAPE(config->units), err)) return false;
    if (!layer_add_weight(b, layer, "bias", shape, initializer, true, err)) return false;
    if (!config->forget_ones) return true;
    layer->weights[layer->n_weights - 1].ones_from = config->units;
    layer->weights[layer->n_weights - 1].ones_to = size_multiply(config->units, 2);
    return true;
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    const CellConfig *config = layer->config;
    if (!in->shape.rank) return error_set(err, "IndexError", "tuple index out of range");
    Shape kernel;
    if (!gate_columns(b, config, in->shape.dim[in->shape.rank - 1], &kernel, err)) return false;
    Shape recurrent = SHAPE(config->units, kernel.dim[1]);
    return layer_add_weight(b, layer, "kernel", kernel, *layer_arg(layer, "kernel_initializer"), true, err) &&
           layer_add_weight(b, layer, "recurrent_kernel", recurrent, *layer_arg(layer, "recurrent_initializer"), true, err) &&
           (!config->use_bias || bias_build(b, layer, config, err));
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in, (void)err;
    const CellConfig *config = layer->config;
    Shape shape = SHAPE(in->shape.dim[0], config->units);
    for (int i = 0; i <= config->states; i++) outputs_add(out, shape, layer->dtype);
    return true;
}

/* ---- numbers ---- */

/* One step's sums for all gates, (batch, gates·units) each: of the inputs with the bias, and of the state before. */
typedef struct Sums {
    int64_t batch, units, columns;
    float  *inputs, *state;
} Sums;

static float *product(const Forward *f, const float *rows, int64_t batch, int64_t inner, const Tensor *kernel, int64_t first, int64_t columns,
                      const float *bias)
{
    float *out = ARENA_ARRAY(f->scratch, batch * columns, float);
    const Matmul sum = {
        .rows = batch, .inner = inner, .columns = columns, .left = {.data = rows, .step = inner}, .right = kernel->data + first,
        .right_row_step = kernel->shape.dim[1], .right_column_step = 1, .bias = bias, .out = out, .out_step = columns,
    };
    matmul(&sum, f->scratch);
    return out;
}

static Sums sums_of(const Forward *f, int64_t state_columns)
{
    const CellConfig *config = f->layer->config;
    const float *bias = config->use_bias ? f->weights[2].data : NULL;
    Sums s = {.batch = f->in[0].shape.dim[0], .units = config->units, .columns = config->units * config->gates};
    const float *state_bias = config->use_bias && config->reset_after ? bias + s.columns : NULL;
    s.inputs = product(f, f->in[0].data, s.batch, f->in[0].shape.dim[1], &f->weights[0], 0, s.columns, bias);
    s.state = product(f, f->in[1].data, s.batch, s.units, &f->weights[1], 0, state_columns, state_bias);
    return s;
}

/* activation(inputs + state) of one gate: (batch, units). */
static float *gate(const Forward *f, const Sums *s, int g, int64_t state_columns, const Activation *activation)
{
    Tensor out = tensor_make(f->scratch, SHAPE(s->batch, s->units), DTYPE_FLOAT32);
    for (int64_t b = 0; b < s->batch; b++)
        for (int64_t u = 0; u < s->units; u++)
            out.data[b * s->units + u] = s->inputs[b * s->columns + g * s->units + u] + s->state[b * state_columns + g * s->units + u];
    activation_apply(activation, &out);
    return out.data;
}

static void give(const Forward *f, const float *output)
{
    memcpy(f->out[0].data, output, (size_t)shape_size(&f->out[0].shape) * sizeof *output);
    if (f->n_out > 1) memcpy(f->out[1].data, output, (size_t)shape_size(&f->out[1].shape) * sizeof *output);
}

/* As many states as the cell keeps, each (batch, units): Keras finds out only here. */
static bool states_fit(const Forward *f)
{
    const CellConfig *config = f->layer->config;
    bool fit = f->n_in > config->states;
    for (int i = 1; fit && i <= config->states; i++) {
        const Shape *shape = &f->in[i].shape;
        fit = shape->rank == 2 && shape->dim[0] == f->in[0].shape.dim[0] && shape->dim[1] == config->units;
    }
    if (!fit && f->impossible) *f->impossible = true;
    return fit;
}

static void simple_forward(const Forward *f)
{
    if (!states_fit(f)) return;
    const CellConfig *config = f->layer->config;
    const Sums s = sums_of(f, config->units);
    give(f, gate(f, &s, 0, config->units, config->activation));
}

/* Of one step, (batch, units) each; Keras' order is i, f, g, o. */
typedef struct LstmGates {
    const float *in, *forget, *fresh, *open;
} LstmGates;

static LstmGates lstm_gates(const Forward *f)
{
    const CellConfig *config = f->layer->config;
    const int64_t all = config->units * 4;
    const Sums s = sums_of(f, all);
    return (LstmGates){
        .in = gate(f, &s, 0, all, config->recurrent_activation), .forget = gate(f, &s, 1, all, config->recurrent_activation),
        .fresh = gate(f, &s, 2, all, config->activation), .open = gate(f, &s, 3, all, config->recurrent_activation),
    };
}

/* c = f·c' + i·g, h = o·activation(c) */
static void lstm_forward(const Forward *f)
{
    if (!states_fit(f)) return;
    const CellConfig *config = f->layer->config;
    const LstmGates gates = lstm_gates(f);
    Tensor carry = tensor_make(f->scratch, SHAPE(f->in[0].shape.dim[0], config->units), DTYPE_FLOAT32);
    const int64_t n = shape_size(&carry.shape);
    for (int64_t k = 0; k < n; k++) carry.data[k] = gates.forget[k] * f->in[2].data[k] + gates.in[k] * gates.fresh[k];
    if (f->n_out > 2) memcpy(f->out[2].data, carry.data, (size_t)n * sizeof *carry.data);
    activation_apply(config->activation, &carry);
    for (int64_t k = 0; k < n; k++) carry.data[k] *= gates.open[k];
    give(f, carry.data);
}

/* The state's share of the candidate: r·(h·U + b), or (r·h)·U before reset_after. */
static void gru_candidate(const Forward *f, Sums *s, const float *reset, int64_t state_columns)
{
    const CellConfig *config = f->layer->config;
    const int64_t u = s->units;
    float *share = s->state;
    int64_t step = state_columns, first = 2 * u;
    if (!config->reset_after) {
        float *kept = ARENA_ARRAY(f->scratch, s->batch * u, float);
        for (int64_t k = 0; k < s->batch * u; k++) kept[k] = reset[k] * f->in[1].data[k];
        share = product(f, kept, s->batch, u, &f->weights[1], 2 * u, u, NULL);
        step = u;
        first = 0;
    }
    for (int64_t b = 0; b < s->batch; b++)
        for (int64_t i = 0; i < u; i++)
            s->inputs[b * s->columns + 2 * u + i] += share[b * step + first + i] * (config->reset_after ? reset[b * u + i] : 1);
}

/* Of one step, (batch, units) each; Keras' order is z, r, h̃. */
typedef struct GruGates {
    const float *update, *fresh;
} GruGates;

static GruGates gru_gates(const Forward *f)
{
    const CellConfig *config = f->layer->config;
    const int64_t u = config->units, columns = config->reset_after ? 3 * u : 2 * u;
    Sums s = sums_of(f, columns);
    const float *update = gate(f, &s, 0, columns, config->recurrent_activation), *reset = gate(f, &s, 1, columns, config->recurrent_activation);
    gru_candidate(f, &s, reset, columns);
    Tensor fresh = tensor_make(f->scratch, SHAPE(s.batch, u), DTYPE_FLOAT32);
    for (int64_t b = 0; b < s.batch; b++) memcpy(fresh.data + b * u, s.inputs + b * s.columns + 2 * u, (size_t)u * sizeof(float));
    activation_apply(config->activation, &fresh);
    return (GruGates){update, fresh.data};
}

/* h = z·h' + (1 − z)·h̃ */
static void gru_forward(const Forward *f)
{
    if (!states_fit(f)) return;
    const CellConfig *config = f->layer->config;
    const GruGates gates = gru_gates(f);
    const int64_t n = f->in[0].shape.dim[0] * config->units;
    float *out = ARENA_ARRAY(f->scratch, n, float);
    for (int64_t k = 0; k < n; k++) out[k] = gates.update[k] * f->in[1].data[k] + (1 - gates.update[k]) * gates.fresh[k];
    give(f, out);
}

/* ---- what an output depends on ---- */

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const CellConfig *config = t->layer->config;
    TermList list = {.term = terms, .cap = cap};
    const int64_t b = t->k / config->units, u = t->k % config->units, columns = config->units * config->gates;
    const int64_t features = t->in[0].shape.dim[t->in[0].shape.rank - 1];
    for (int g = 0; g < config->gates; g++)
        for (int64_t i = 0; i < features; i++) terms_add(&list, term_product(b * features + i, 0, i * columns + g * config->units + u));
    for (int s = 1; s <= config->states && s < t->n_in; s++)
        for (int64_t i = 0; i < config->units; i++) terms_add(&list, term_input(s, b * config->units + i, 1));
    return list.n;
}

static void explain_params(const Layer *layer, Text *text)
{
    const CellConfig *config = layer->config;
    if (!layer->n_weights) return;
    if (config->gates > 1) text_print(text, "%d×(", config->gates);
    text_print(text, "(%lld + %lld)×%lld", (long long)layer->weights[0].shape.dim[0], (long long)config->units, (long long)config->units);
    if (config->use_bias) text_print(text, config->reset_after ? " + 2×%lld" : " + %lld", (long long)config->units);
    if (config->gates > 1) text_put(text, ")");
    text_print(text, " = %lld", (long long)layer_params(layer).all);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text, const char *rule)
{
    const CellConfig *config = t->layer->config;
    switch (topic) {
    case EXPLAIN_TITLE: text_print(text, "%lld", (long long)config->units); break;
    case EXPLAIN_PARAMS: explain_params(t->layer, text); break;
    case EXPLAIN_RULE: text_put(text, rule); break;
    case EXPLAIN_SHAPE: break;
    }
}

/* "tanh(Σ x[i]·W[i, 2] + Σ h′[i]·U[i, 2] + b[2])" */
static void simple_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const CellConfig *config = t->layer->config;
    const int64_t unit = config->units > 0 ? t->k % config->units : 0;
    Text sum = {.arena = text->arena};
    text_print(&sum, "Σ x[i]·W[i, %lld] + Σ h′[i]·U[i, %lld]", (long long)unit, (long long)unit);
    if (config->use_bias) text_print(&sum, " + b[%lld]", (long long)unit);
    explain(t, topic, text, recurrent_applied(text->arena, config->activation, text_string(&sum)));
}

enum { CARRY = 2 };   /* the state c, of outputs h, h, c */

static void lstm_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const CellConfig *config = t->layer->config;
    const char *carry = "f·c′ + i·g";
    explain(t, topic, text, t->output == CARRY ? carry : arena_print(text->arena, "o·%s", recurrent_applied(text->arena, config->activation, carry)));
}

static void gru_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    explain(t, topic, text, "z·h′ + (1 − z)·h̃");
}

/* ---- the same with numbers, of element k ---- */

static const char *value(const Forward *f, double x)
{
    return number_text(f->scratch, x, 2);
}

static void simple_numbers(const Forward *f, int64_t k, Text *text)
{
    const CellConfig *config = f->layer->config;
    if (!states_fit(f)) return;
    const Sums s = sums_of(f, config->units);
    const char *sum = arena_print(f->scratch, "%s + %s", value(f, (double)s.inputs[k]), value(f, (double)s.state[k]));
    text_put(text, recurrent_applied(f->scratch, config->activation, sum));
}

static void lstm_numbers(const Forward *f, int64_t k, Text *text)
{
    const CellConfig *config = f->layer->config;
    if (!states_fit(f)) return;
    const LstmGates gates = lstm_gates(f);
    const char *sum = arena_print(f->scratch, "%s·%s + %s·%s", value(f, (double)gates.forget[k]), value(f, (double)f->in[2].data[k]),
                                  value(f, (double)gates.in[k]), value(f, (double)gates.fresh[k]));
    text_print(text, "%s·%s", value(f, (double)gates.open[k]), recurrent_applied(f->scratch, config->activation, sum));
}

static void gru_numbers(const Forward *f, int64_t k, Text *text)
{
    if (!states_fit(f)) return;
    const GruGates gates = gru_gates(f);
    const char *update = value(f, (double)gates.update[k]);
    text_print(text, "%s·%s + (1 − %s)·%s", update, value(f, (double)f->in[1].data[k]), update, value(f, (double)gates.fresh[k]));
}

#define LIST(table, member) .member = table, .n_##member = (int)(sizeof table / sizeof *table)

const LayerKind LAYER_simple_rnn_cell = {
    .name = "SimpleRNNCell", .module = "keras.src.layers.rnn.simple_rnn", LIST(SIMPLE_PARAMS, params), LIST(SIMPLE_CALL, call_params),
    .make = simple_make, .build = build, .infer = infer, .forward = simple_forward, .trace = trace, .explain = simple_explain, .numbers = simple_numbers,
    .rule = TRACE_DEPENDS, .cell = true,
};

const LayerKind LAYER_lstm_cell = {
    .name = "LSTMCell", .module = "keras.src.layers.rnn.lstm", LIST(LSTM_PARAMS, params), LIST(CELL_CALL, call_params),
    .make = lstm_make, .build = build, .infer = infer, .forward = lstm_forward, .trace = trace, .explain = lstm_explain, .numbers = lstm_numbers,
    .rule = TRACE_DEPENDS, .cell = true,
};

const LayerKind LAYER_gru_cell = {
    .name = "GRUCell", .module = "keras.src.layers.rnn.gru", LIST(GRU_PARAMS, params), LIST(CELL_CALL, call_params),
    .make = gru_make, .build = build, .infer = infer, .forward = gru_forward, .trace = trace, .explain = gru_explain, .numbers = gru_numbers,
    .rule = TRACE_DEPENDS, .cell = true,
};
