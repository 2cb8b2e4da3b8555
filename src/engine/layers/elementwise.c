#include "engine/layers/elementwise.h"

#include <string.h>

#include "engine/activation.h"
#include "engine/layers/formula.h"

const Activation *elementwise_activation(const Layer *layer)
{
    return layer->config;
}

bool elementwise_infer_same(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)call, (void)err;
    for (int i = 0; i < n_in; i++) outputs_add(out, in[i].shape, in[i].dtype);
    out->list = n_in > 1;
    return true;
}

/* Piece by piece, so that each is still in the first cache when the function is applied. */
static void apply_in_pieces(const Activation *activation, const float *x, float *y, int64_t size)
{
    enum { PIECE = 2048 };
    for (int64_t at = 0; at < size; at += PIECE) {
        const int64_t n = size - at < PIECE ? size - at : PIECE;
        memcpy(y + at, x + at, (size_t)n * sizeof(float));
        activation->apply(y + at, n, activation->parameters);
    }
}

void elementwise_forward(const Forward *f)
{
    const Activation *activation = layer_activation(f->layer);
    for (int i = 0; i < f->n_out; i++) {
        const int64_t size = shape_size(&f->out[i].shape);
        if (activation->apply) {
            apply_in_pieces(activation, f->in[i].data, f->out[i].data, size);
            continue;
        }
        memcpy(f->out[i].data, f->in[i].data, (size_t)size * sizeof(float));
        activation_apply(activation, &f->out[i]);
    }
}

bool elementwise_follow(const Forward *f, Arena *arena, Finish *finish)
{
    (void)arena;
    *finish = finish_activation(layer_activation(f->layer));
    return layer_activation(f->layer)->apply != NULL;
}

int64_t elementwise_trace(const Trace *t, Term *terms, int64_t cap)
{
    if (cap > 0) terms[0] = (Term){.input = t->output, .from = t->k, .weight = -1, .at = -1, .child = -1, .scale = 1};
    return 1;
}

int64_t elementwise_connections(const Trace *t)
{
    return shape_size(&t->out[0].shape);
}

void elementwise_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) text_put(text, layer_activation(t->layer)->formula);
}

void elementwise_numbers(const Forward *f, int64_t k, Text *text)
{
    if (strcmp(layer_activation(f->layer)->name, "softmax") == 0) formula_softmax(f, k, text);
}
