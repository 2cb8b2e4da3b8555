/* What a layer's inputs must be, checked in Keras' order and words. */
#include "engine/layer_parts.h"

static bool refuse(const Layer *layer, const InputSpec *spec, int index, Error *err, const char *what)
{
    error_set(err, "ValueError", "Input %d with name '%s' of layer '%s' is incompatible with the layer: %s", index,
              spec->name ? spec->name : "None", layer->name, what);
    return false;
}

static const char *number(Arena *arena, int64_t n)
{
    return arena_print(arena, "%lld", (long long)n);
}

/* (None, 28, 28) where one axis more is needed: Reshape((28, 28, 1)). */
static bool propose_more_axes(Arena *arena, const Shape *shape, int wanted, Error *err)
{
    Value target = value_list(arena, VALUE_TUPLE, 4);
    for (int i = 1; i < shape->rank; i++) list_add(target.list, value_int(shape->dim[i]));
    for (int i = shape->rank; i < wanted; i++) list_add(target.list, value_int(1));
    return error_fix(err, FIX_INSERT_BEFORE, NULL, arena_print(arena, "Reshape(%s)", value_repr_text(arena, &target)));
}

static bool propose_fewer_axes(Arena *arena, const Shape *shape, int wanted, Error *err)
{
    if (wanted == 2) {
        error_fix(err, FIX_INSERT_BEFORE, NULL, "Flatten()");
        return error_fix(err, FIX_INSERT_BEFORE, NULL, shape->rank == 3 ? "GlobalAveragePooling1D()" : "GlobalAveragePooling2D()");
    }
    Value target = value_list(arena, VALUE_TUPLE, 4);
    for (int i = 1; i < wanted - 1; i++) list_add(target.list, value_int(shape->dim[i]));
    list_add(target.list, value_int(-1));
    return error_fix(err, FIX_INSERT_BEFORE, NULL, arena_print(arena, "Reshape(%s)", value_repr_text(arena, &target)));
}

/* Unknown axes stay as -1, of which Reshape takes one. */
static bool propose_rank(Arena *arena, const Layer *layer, const Shape *shape, int wanted, Error *err)
{
    if (shape->rank < wanted) propose_more_axes(arena, shape, wanted, err);
    if (layer->kind->advise) layer->kind->advise(layer, shape, err);
    if (shape->rank > wanted) propose_fewer_axes(arena, shape, wanted, err);
    return false;
}

static bool check_rank(Arena *arena, const Layer *layer, const InputSpec *spec, int index, const Shape *shape, Error *err)
{
    const char *full = shape_text(arena, shape), *found = number(arena, shape->rank);
    if (spec->ndim >= 0 && !spec->squeeze && shape->rank != spec->ndim) {
        refuse(layer, spec, index, err, arena_print(arena, "expected ndim=%d, found ndim=%d. Full shape received: %s", spec->ndim,
                                                    shape->rank, full));
        error_cause(err, "cause.rank", layer->class_name, number(arena, spec->ndim), found, full, NULL);
        return propose_rank(arena, layer, shape, spec->ndim, err);
    }
    if (spec->max_ndim >= 0 && shape->rank > spec->max_ndim) {
        refuse(layer, spec, index, err, arena_print(arena, "expected max_ndim=%d, found ndim=%d", spec->max_ndim, shape->rank));
        error_cause(err, "cause.rank_max", layer->class_name, number(arena, spec->max_ndim), found, full, NULL);
        return propose_rank(arena, layer, shape, spec->max_ndim, err);
    }
    if (spec->min_ndim >= 0 && shape->rank < spec->min_ndim) {
        refuse(layer, spec, index, err, arena_print(arena, "expected min_ndim=%d, found ndim=%d. Full shape received: %s",
                                                    spec->min_ndim, shape->rank, full));
        error_cause(err, "cause.rank_min", layer->class_name, number(arena, spec->min_ndim), found, full, NULL);
        return propose_rank(arena, layer, shape, spec->min_ndim, err);
    }
    return true;
}

/* A Dense before makes the last axis as long as it must be. */
static bool propose_features(Arena *arena, const Shape *shape, int axis, int64_t wanted, Error *err)
{
    if (axis != shape->rank - 1 || axis < 1 || wanted < 1) return false;
    return error_fix(err, FIX_INSERT_BEFORE, NULL, arena_print(arena, "Dense(%lld)", (long long)wanted));
}

static bool check_axes(Arena *arena, const Layer *layer, const InputSpec *spec, int index, const Shape *shape, Error *err)
{
    for (int i = 0; i < spec->n_axes; i++) {
        const int axis = shape_axis(shape, spec->axes[i].axis);
        const int64_t dim = spec->axes[i].dim;
        if (axis < 0) return error_set(err, "IndexError", "tuple index out of range");
        if (dim == DIM_NONE || shape->dim[axis] == DIM_NONE || shape->dim[axis] == dim) continue;
        refuse(layer, spec, index, err,
               arena_print(arena, "expected axis %d of input shape to have value %lld, but received input with shape %s",
                           spec->axes[i].axis, (long long)dim, shape_text(arena, shape)));
        error_cause(err, "cause.axis", layer->name, number(arena, dim), number(arena, shape->dim[axis]), NULL);
        return propose_features(arena, shape, axis, dim, err);
    }
    return true;
}

static bool ends_with_one(const Shape *shape)
{
    return shape->rank > 0 && shape->dim[shape->rank - 1] == 1;
}

static bool check_whole(Arena *arena, const Layer *layer, const InputSpec *spec, int index, Shape shape, Error *err)
{
    if (!spec->exact) return true;
    Shape wanted = spec->shape;
    if (spec->squeeze && ends_with_one(&shape)) shape = shape_without(&shape, shape.rank - 1);
    if (spec->squeeze && ends_with_one(&wanted)) wanted = shape_without(&wanted, wanted.rank - 1);
    for (int i = 0; i < wanted.rank && i < shape.rank; i++) {
        if (wanted.dim[i] == DIM_NONE || shape.dim[i] == DIM_NONE || wanted.dim[i] == shape.dim[i]) continue;
        const char *expected = shape_text(arena, &spec->shape), *found = shape_text(arena, &shape);
        refuse(layer, spec, index, err, arena_print(arena, "expected shape=%s, found shape=%s", expected, found));
        error_cause(err, "cause.whole_shape", layer->name, expected, found, NULL);
        return wanted.rank == shape.rank && propose_features(arena, &shape, i, wanted.dim[i], err);
    }
    return true;
}

static bool check_one(Arena *arena, const Layer *layer, const InputSpec *spec, int index, const Value *input, Error *err)
{
    if (input->kind == VALUE_NONE && spec->optional) return true;
    if (input->kind != VALUE_TENSOR)
        return error_set(err, "ValueError", "Inputs to a layer should be tensors. Got '%s' (of type <class '%s'>) as input for layer '%s'.",
                         value_str_text(arena, input), value_type(input), layer->name);
    const Shape *shape = &input->tensor->spec.shape;
    return check_rank(arena, layer, spec, index, shape, err) && check_axes(arena, layer, spec, index, shape, err) &&
           check_whole(arena, layer, spec, index, *shape, err);
}

static bool all_named(const Layer *layer)
{
    for (int i = 0; i < layer->n_input_specs; i++)
        if (!layer->input_specs[i].name) return false;
    return true;
}

static const char *names_of(Arena *arena, const Layer *layer, const char *before, const char *after)
{
    Text names = {.arena = arena};
    for (int i = 0; i < layer->n_input_specs; i++)
        text_print(&names, "%s%s%s%s", i ? ", " : "", before, layer->input_specs[i].name, after);
    return text_string(&names);
}

static bool refuse_count(Arena *arena, const Layer *layer, const Value *leaves, Error *err)
{
    const int n = (int)leaves->list->n;
    if (all_named(layer))
        error_set(err, "ValueError", "Layer \"%s\" expects %d named input(s) with keys [%s], but it received %d input tensors. "
                  "Pass inputs as a dict, e.g. `layer({%s})`.", layer->name, layer->n_input_specs,
                  names_of(arena, layer, "'", "'"), n, names_of(arena, layer, "'", "': ..."));
    else
        error_set(err, "ValueError", "Layer \"%s\" expects %d input(s), but it received %d input tensors. Inputs received: %s",
                  layer->name, layer->n_input_specs, n, value_repr_text(arena, leaves));
    return error_cause(err, "cause.input_count", layer->name, number(arena, layer->n_input_specs), number(arena, n), NULL);
}

/* By reference order, when every input has a name and a dict is given. */
static bool by_name(Arena *arena, const Layer *layer, const Value *inputs, Value *ordered, Error *err)
{
    *ordered = *inputs;
    if (inputs->kind != VALUE_DICT || !all_named(layer)) return true;
    *ordered = value_list(arena, VALUE_LIST, (size_t)layer->n_input_specs);
    for (int i = 0; i < layer->n_input_specs; i++) {
        const Value *found = dict_find(inputs->dict, layer->input_specs[i].name);
        const Value keys = {.kind = VALUE_LIST, NO_SPAN, .list = &inputs->dict->keys};
        if (!found)
            return error_set(err, "ValueError", "Missing data for input \"%s\". You passed a data dictionary with keys %s. "
                             "Expected the following keys: [%s]", layer->input_specs[i].name, value_repr_text(arena, &keys),
                             names_of(arena, layer, "'", "'"));
        list_add(ordered->list, *found);
    }
    return true;
}

bool layer_check_inputs(Arena *arena, const Layer *layer, const Value *inputs, Error *err)
{
    Value ordered;
    if (!layer->n_input_specs) return true;
    if (!by_name(arena, layer, inputs, &ordered, err)) return false;
    const Value leaves = nest_leaves(arena, &ordered);
    if (leaves.list->n != (size_t)layer->n_input_specs) return refuse_count(arena, layer, &leaves, err);
    for (int i = 0; i < layer->n_input_specs; i++)
        if (!check_one(arena, layer, &layer->input_specs[i], i, &leaves.list->items[i], err)) return false;
    return true;
}
