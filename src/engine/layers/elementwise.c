#include "engine/layers/elementwise.h"

#include <string.h>

#include "engine/activation.h"

bool elementwise_infer_same(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)call, (void)err;
    for (int i = 0; i < n_in; i++) outputs_add(out, in[i].shape, in[i].dtype);
    out->list = n_in > 1;
    return true;
}

void elementwise_forward(const Forward *f)
{
    for (int i = 0; i < f->n_out; i++) {
        memcpy(f->out[i].data, f->in[i].data, (size_t)shape_size(&f->out[i].shape) * sizeof(float));
        activation_apply(layer_activation(f->layer), &f->out[i]);
    }
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
