/* Implicit masks: found on inputs, handed to call(), left on outputs. */
#include <string.h>

#include "engine/calling.h"

/* Masks that come out of a nested model are there only when numbers flow: no part of Keras' graph, but of ours. */
static Value masks_of(Calling *c, const Value *tensors)
{
    Value leaves = nest_leaves(c->arena, tensors);
    for (size_t i = 0; i < leaves.list->n; i++) {
        Value *leaf = &leaves.list->items[i];
        KerasTensor *mask = is_symbolic(leaf) ? leaf->tensor->mask : NULL;
        if (is_symbolic(leaf) && !mask && leaf->tensor->quiet_mask) {
            mask = leaf->tensor->quiet_mask;
            c->quiet_masks = true;
        }
        *leaf = mask ? value_tensor(mask) : value_none();
    }
    return nest_pack(c->arena, tensors, leaves.list->items);
}

static void populate(Calling *c, int param, const Value *tensors, bool linked)
{
    const Value mask = masks_of(c, tensors);
    dict_set(c->arena, c->keywords.dict, value_string(c->arena, c->params[param].name, strlen(c->params[param].name)), mask);
    c->call.args[param] = mask;
    calling_add_inputs(c, param);
    if (linked && !c->quiet_masks) c->n_linked = c->n_in;
}

/* Keras hands the call's own keywords on when a lone tensor of the right type was given, and a changed copy otherwise: only
 * in the first case does a mask found on the tensor become an edge of the graph. */
static bool masks_are_linked(const Calling *c)
{
    if (c->layer->model && c->layer->model->kind == MODEL_FUNCTIONAL) return true;
    return c->n_args == 1 && !c->args[0].keyword && is_symbolic(&c->args[0].value) &&
           c->args[0].value.tensor->spec.dtype == c->layer->dtype;
}

void calling_populate_masks(Calling *c)
{
    int tensors = 0, only = -1;
    const bool linked = masks_are_linked(c);
    for (int i = 0; i < c->call.n; i++) {
        if (!calling_has_tensors(c, i)) continue;
        if (!tensors++) only = i;
    }
    const int mask = calling_param(c, "mask");
    if (tensors == 1 && mask >= 0 && c->call.args[mask].kind == VALUE_NONE) {
        const Value inputs = c->call.args[only];
        populate(c, mask, &inputs, linked);
    }
    for (int i = 0; tensors > 1 && i < c->call.n; i++) {
        if (!calling_has_tensors(c, i)) continue;
        const int own = calling_param(c, arena_print(c->arena, "%s_mask", c->params[i].name));
        const Value inputs = c->call.args[i];
        if (own >= 0 && c->call.args[own].kind == VALUE_NONE) populate(c, own, &inputs, linked);
    }
    c->previous_mask = !c->call.n ? value_none() : mask >= 0 && c->call.args[mask].kind != VALUE_NONE ? c->call.args[mask] : masks_of(c, &c->call.args[0]);
}

static bool all_masked(const Node *node)
{
    for (int i = 0; i < node->n_out; i++)
        if (!node->out[i]->mask) return false;
    return true;
}

static void put_mask(const Calling *c, KerasTensor *out, KerasTensor *mask)
{
    if (c->quiet_masks) out->quiet_mask = mask;
    else if (!out->mask) out->mask = mask;
}

static bool compute_mask(Calling *c, Node *node, KerasTensor *const *masks)
{
    c->builder->quiet += c->quiet_masks;
    KerasTensor *mask = c->layer->kind->mask(c->builder, c->layer, node, masks, c->err);
    c->builder->quiet -= c->quiet_masks;
    if (c->err && c->err->set) return false;
    if (node->n_out && mask) put_mask(c, node->out[0], mask);
    return true;
}

bool calling_set_masks(Calling *c, Node *node)
{
    if (!c->layer->supports_masking || all_masked(node)) return true;
    const Value leaves = nest_leaves(c->arena, &c->previous_mask);
    KerasTensor **masks = ARENA_ARRAY(c->arena, leaves.list->n + 1, KerasTensor *);
    for (size_t i = 0; i < leaves.list->n; i++)
        masks[i] = is_symbolic(&leaves.list->items[i]) ? leaves.list->items[i].tensor : NULL;
    if (c->layer->kind->mask) return compute_mask(c, node, masks);
    for (size_t i = 0; i < leaves.list->n && i < (size_t)node->n_out; i++) put_mask(c, node->out[i], masks[i]);
    return true;
}
