/* StackedRNNCells: each cell's output is the next one's input; states lie one after the other. */
#include "engine/layers/layers.h"
#include "engine/layers/recurrent.h"
#include "engine/layers/terms.h"

static const ParamSpec PARAMS[] = {{.name = "cells", .type = PARAM_LAYERS, .required = true, .example = "[LSTMCell(16)]"}};

static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "states", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL},
};

static bool make(Maker *m)
{
    const Value *cells = maker_arg(m, "cells");
    if (!layer_base(m)) return false;
    if (cells->kind != VALUE_LIST && cells->kind != VALUE_TUPLE)
        return maker_refuse_items(m, "cells");
    for (size_t i = 0; i < cells->list->n; i++) {
        const Value *cell = &cells->list->items[i];
        if (cell->kind != VALUE_LAYER)
            return maker_refuse(m, "cells", "ValueError", "All cells must have a `call` method. Received cell without a `call` method: %s",
                                value_str_text(m->builder->arena, cell));
        if (!cell->layer->kind->cell)
            return maker_refuse(m, "cells", "ValueError",
                                "All cells must have a `state_size` attribute. Received cell without a `state_size`: %s",
                                value_str_text(m->builder->arena, cell));
        if (!maker_child(m, cell->layer)) return false;
    }
    return m->layer->n_children > 0 || maker_refuse(m, "cells", "IndexError", "list index out of range");
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    TensorSpec step = *in;
    for (int i = 0; i < layer->n_children; i++) {
        Outputs out = {.arena = b->arena, .structure = VALUE_IS_NONE};
        if (!layer_build_child(b, layer->children[i], &step, 1, err) || !layer_infer(layer->children[i], NULL, &step, 1, &out, err) || !out.n)
            return false;
        step = out.spec[0];
    }
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in;
    TensorSpec step = *in;
    outputs_add(out, step.shape, layer->dtype);
    for (int i = 0; i < layer->n_children; i++) {
        Outputs inner = {.arena = out->arena, .structure = VALUE_IS_NONE};
        if (!layer_infer(layer->children[i], NULL, &step, 1, &inner, err) || !inner.n) return false;
        for (int s = 1; s < inner.n; s++) outputs_add(out, inner.spec[s].shape, layer->dtype);
        step = inner.spec[0];
    }
    out->spec[0] = step;
    return true;
}

static int states_of(const Forward *f, const Layer *cell, const Tensor *in)
{
    const TensorSpec spec = {in->shape, in->dtype};
    Outputs out = {.arena = f->scratch, .structure = VALUE_IS_NONE};
    return layer_infer(cell, NULL, &spec, 1, &out, NULL) ? out.n - 1 : 0;
}

static void forward(const Forward *f)
{
    Tensor input = f->in[0];
    int at = 1;
    for (int i = 0; i < f->layer->n_children; i++) {
        const Layer *cell = f->layer->children[i];
        const int n = states_of(f, cell, &input);
        Tensor *in = ARENA_ARRAY(f->scratch, n + 1, Tensor), *out = ARENA_ARRAY(f->scratch, n + 1, Tensor);
        in[0] = input;
        for (int s = 0; s < n && at + s < f->n_in; s++) in[1 + s] = f->in[at + s];
        for (int s = 0; s < n && at + s < f->n_out; s++) out[1 + s] = f->out[at + s];
        if (i == f->layer->n_children - 1) out[0] = f->out[0];
        forward_child(f, cell, NULL, in, n + 1, out, n + 1);
        input = out[0];
        at += n;
    }
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const Shape *in = &t->in[0].shape, *out = &t->out[t->output].shape;
    const int64_t features = in->dim[1], b = t->k / out->dim[1];
    TermList list = {.term = terms, .cap = cap};
    for (int64_t i = 0; i < features; i++) terms_add(&list, term_input(0, b * features + i, 1));
    return list.n;
}

/* What comes out is the last cell's. */
static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const int n = t->layer->n_children;
    Trace one = *t;
    for (int i = topic == EXPLAIN_RULE ? n - 1 : 0; i < n; i++) {
        one.layer = t->layer->children[i];
        if (topic == EXPLAIN_TITLE && i) text_put(text, " → ");
        if (topic == EXPLAIN_PARAMS) text_print(text, i ? " + %lld" : "%lld", (long long)layer_params(one.layer).all);
        else if (one.layer->kind->explain) one.layer->kind->explain(&one, topic, text);
    }
    if (topic == EXPLAIN_PARAMS && n > 1) text_print(text, " = %lld", (long long)layer_params(t->layer).all);
}

const LayerKind LAYER_stacked_rnn_cells = {
    .name = "StackedRNNCells", .module = "keras.src.layers.rnn.stacked_rnn_cells", .params = PARAMS, .n_params = 1,
    .call_params = CALL, .n_call_params = 3, .make = make, .build = build, .infer = infer, .forward = forward, .trace = trace, .explain = explain,
    .rule = TRACE_DEPENDS, .cell = true,
};
