#include "engine/layers/merge.h"

#include <inttypes.h>
#include <string.h>

int merge_count(const Call *call, int n_in)
{
    return call && call->n ? call->tensors[0].n : n_in;
}

bool merge_is_list(const Value *input_shape)
{
    if (input_shape->kind != VALUE_TUPLE && input_shape->kind != VALUE_LIST) return true;
    if (!input_shape->list->n) return false;
    const ValueKind first = input_shape->list->items[0].kind;
    return first == VALUE_TUPLE || first == VALUE_LIST;
}

/* ---- shapes ---- */

static Shape without_batch(const Shape *shape)
{
    return shape_slice(shape, shape->rank ? 1 : 0, shape->rank);
}

static bool refuse_shapes(Arena *arena, const Shape *a, const Shape *b, Error *err)
{
    error_set(err, "ValueError", "Inputs have incompatible shapes. Received shapes %s and %s", shape_text(arena, a), shape_text(arena, b));
    error_cause(err, "cause.merge_shapes", shape_text(arena, a), shape_text(arena, b), NULL);
    const Shape begin_a = shape_slice(a, 0, a->rank - 1), begin_b = shape_slice(b, 0, b->rank - 1);
    return shape_equal(&begin_a, &begin_b) && error_fix(err, FIX_REPLACE_LAYER, NULL, "Concatenate()");
}

/* What two shapes broadcast to, batch axes left out; unknown wherever one is. */
static bool broadcast(Arena *arena, Shape *merged, const Shape *other, Error *err)
{
    Shape longer = *merged, shorter = *other;
    if (merged->rank < other->rank) {
        longer = *other;
        shorter = *merged;
    }
    *merged = longer;
    for (int i = 0; i < shorter.rank; i++) {
        int64_t *dim = &merged->dim[longer.rank - shorter.rank + i];
        const int64_t beside = shorter.dim[i];
        if (*dim == DIM_NONE || beside == DIM_NONE) *dim = DIM_NONE;
        else if (*dim == 1) *dim = beside;
        else if (beside != 1 && *dim != beside) return refuse_shapes(arena, &longer, &shorter, err);
    }
    return true;
}

/* The shape without the batch axis. */
static bool merged_shape(Arena *arena, const TensorSpec *in, int n, Shape *out, Error *err)
{
    *out = without_batch(&in[0].shape);
    for (int i = 1; i < n; i++) {
        const Shape other = without_batch(&in[i].shape);
        if (!broadcast(arena, out, &other, err)) return false;
    }
    return true;
}

/* The one known batch size; DIM_NONE where there is none, or where there are several. */
static int64_t batch_size(const TensorSpec *in, int n, bool *differ)
{
    int64_t batch = DIM_NONE;
    *differ = false;
    for (int i = 0; i < n; i++) {
        if (!in[i].shape.rank || in[i].shape.dim[0] == DIM_NONE) continue;
        if (batch != DIM_NONE && batch != in[i].shape.dim[0]) *differ = true;
        batch = in[i].shape.dim[0];
    }
    return *differ ? DIM_NONE : batch;
}

bool merge_build(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    Arena *arena = builder->arena;
    const int n = merge_count(call, n_in);
    const Value shapes = call_shapes(arena, call, in);
    Shape unused;
    bool differ;
    (void)layer;
    if (!n) return error_set(err, "IndexError", "list index out of range");
    if (!merge_is_list(&shapes)) {
        error_set(err, "ValueError", "A merge layer should be called on a list of inputs. Received: input_shape=%s (not a list of shapes)",
                  value_str_text(arena, &shapes));
        return error_cause(err, "cause.merge_no_list", layer->class_name, NULL);
    }
    batch_size(in, n, &differ);
    if (differ) {
        error_set(err, "ValueError", "Cannot merge tensors with different batch sizes. Received tensors with shapes %s",
                  value_str_text(arena, &shapes));
        return error_cause(err, "cause.merge_batch", value_str_text(arena, &shapes), NULL);
    }
    return merged_shape(arena, in, n, &unused, err);
}

bool merge_infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const int n = merge_count(call, n_in);
    Shape shape;
    bool differ;
    if (!merged_shape(out->arena, in, n, &shape, err)) return false;
    outputs_add(out, shape_with(&shape, 0, batch_size(in, n, &differ)), layer->dtype);
    return true;
}

/* Numbers broadcast along the batch axis too, once shapes have the same rank. */
bool merge_infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const int n = merge_count(call, n_in);
    Shape shape;
    int64_t batch = 1;
    if (!merged_shape(out->arena, in, n, &shape, err)) return false;
    for (int i = 0; i < n; i++) {
        const int64_t other = in[i].shape.rank ? in[i].shape.dim[0] : 1;
        if (batch != 1 && other != 1 && batch != other) return merge_infer(layer, call, in, n_in, out, err);
        if (other != 1) batch = other;
    }
    outputs_add(out, shape_with(&shape, 0, batch), layer->dtype);
    return true;
}

/* ---- masks ---- */

KerasTensor *merge_mask(Builder *builder, Layer *layer, Node *node, KerasTensor *const *in_masks, Error *err)
{
    const int n = merge_count(&node->call, node->n_in);
    (void)layer;
    for (int i = 0; i < n; i++)
        if (!in_masks[i]) return NULL;
    KerasTensor *mask = n ? in_masks[0] : NULL;
    for (int i = 1; i < n && mask; i++) {
        const Argument both[2] = {
            {.value = value_tensor(mask), .span = SPAN_NONE}, {.value = value_tensor(in_masks[i]), .span = SPAN_NONE},
        };
        mask = operation_apply(builder, "logical_or", both, 2, err);
    }
    return mask;
}

/* ---- broadcasting of numbers ---- */

/* Numbers from one element to the next along each axis of the output; 0 where the input repeats. A shorter shape stands at
 * the end, its batch axis at the front. */
static void find_steps(const Shape *in, const Shape *out, int64_t steps[SHAPE_RANK_MAX])
{
    const int missing = out->rank - in->rank;
    int64_t step = 1;
    for (int i = 0; i < out->rank; i++) steps[i] = 0;
    for (int i = in->rank - 1; i >= 0; i--) {
        steps[i ? i + missing : 0] = in->dim[i] == 1 ? 0 : step;
        step *= in->dim[i];
    }
}

int64_t merge_index(const Shape *in, const Shape *out, int64_t k)
{
    int64_t steps[SHAPE_RANK_MAX], index = 0;
    find_steps(in, out, steps);
    for (int i = out->rank - 1; i >= 0; i--) {
        if (!out->dim[i]) return 0;
        index += k % out->dim[i] * steps[i];
        k /= out->dim[i];
    }
    return index;
}

static float *spread_axis(const float *x, const Shape *out, const int64_t *steps, int axis, float *to)
{
    if (axis == out->rank) {
        *to = *x;
        return to + 1;
    }
    if (axis == out->rank - 1 && steps[axis] == 1) {
        memcpy(to, x, (size_t)out->dim[axis] * sizeof(float));
        return to + out->dim[axis];
    }
    for (int64_t i = 0; i < out->dim[axis]; i++) to = spread_axis(x + i * steps[axis], out, steps, axis + 1, to);
    return to;
}

const float *merge_spread(const float *x, const Shape *in, const Shape *out, Arena *scratch)
{
    int64_t steps[SHAPE_RANK_MAX];
    if (shape_equal(in, out)) return x;
    float *spread = ARENA_ARRAY(scratch, shape_size(out), float);
    find_steps(in, out, steps);
    spread_axis(x, out, steps, 0, spread);
    return spread;
}

/* ---- formulae ---- */

void merge_put_place(const Shape *shape, int64_t k, Text *text)
{
    int64_t at[SHAPE_RANK_MAX] = {0};
    for (int i = shape->rank - 1; i >= 0; i--) {
        at[i] = shape->dim[i] ? k % shape->dim[i] : 0;
        k = shape->dim[i] ? k / shape->dim[i] : 0;
    }
    for (int i = 1; i < shape->rank; i++) text_print(text, i > 1 ? ", %" PRId64 : "%" PRId64, at[i]);
}

void merge_put_input(const Trace *trace, int i, Text *text)
{
    const Shape *in = &trace->in[i].shape;
    if (i < 26) text_print(text, "%c[", 'a' + i);
    else text_print(text, "x%d[", i);
    merge_put_place(in, merge_index(in, &trace->out[0].shape, trace->k), text);
    text_put_char(text, ']');
}
