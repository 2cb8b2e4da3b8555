/* From a layer and numbers to numbers. */
#include "engine/activation.h"
#include "engine/layer_parts.h"
#include "engine/layers/layers.h"
#include "engine/narrow.h"
#include "engine/run.h"

static bool computes_at(const Layer *layer, int depth)
{
    if (layer->kind == &LAYER_input_layer) return true;
    if (depth > LAYER_DEPTH_MAX || !layer->kind->forward || layer_activation(layer)->opaque) return false;
    if (layer->kind->computes && !layer->kind->computes(layer)) return false;
    for (int i = 0; i < layer->n_children; i++)
        if (!computes_at(layer->children[i], depth + 1)) return false;
    return true;
}

bool layer_computes(const Layer *layer)
{
    return computes_at(layer, 0);
}

static void find_shapes(const Forward *f, const Layer *child, const Call *call, const Tensor *in, int n_in, Tensor *out, int n_out)
{
    Outputs outputs = {.arena = f->scratch, .structure = VALUE_IS_NONE};
    TensorSpec *specs = ARENA_ARRAY(f->scratch, n_in, TensorSpec);
    for (int i = 0; i < n_in; i++) specs[i] = (TensorSpec){in[i].shape, in[i].dtype};
    if (!layer_infer_numbers(child, call, specs, n_in, &outputs, NULL)) return;
    for (int i = 0; i < n_out && i < outputs.n; i++)
        if (!out[i].data) out[i] = layer_output(f->scratch, child, outputs.spec[i].shape, outputs.spec[i].dtype);
}

static void run_child(const Forward *f, const Layer *child, const Node *node, const Call *call, const Tensor *in, int n_in, Tensor *out,
                      int n_out)
{
    for (int i = 0; i < n_out; i++)
        if (!out[i].data) find_shapes(f, child, call, in, n_in, out, n_out);
    const Forward forward = {
        .layer = child, .node = node, .call = call, .in = narrow_inputs(f->scratch, child, in, n_in), .n_in = n_in,
        .weights = f->table->computed[child->id],
        .out = out, .n_out = n_out, .table = f->table, .scratch = f->scratch, .impossible = f->impossible,
    };
    child->kind->forward(&forward);
    for (int i = 0; i < n_out; i++) narrow_tensor(&out[i]);
}

void forward_child(const Forward *f, const Layer *child, const Call *call, const Tensor *in, int n_in, Tensor *out, int n_out)
{
    Call plain;
    if (!call) {
        plain = layer_plain_call(f->scratch, child, n_in);
        call = &plain;
    }
    run_child(f, child, NULL, call, in, n_in, out, n_out);
}

void forward_node(const Forward *f, const Node *node, const Tensor *in, Tensor *out)
{
    run_child(f, node->layer, node, &node->call, in, node->n_in, out, node->n_out);
}
