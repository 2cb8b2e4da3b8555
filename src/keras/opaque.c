#include "keras/opaque.h"

#include <string.h>

enum { CALLS_MAX = 4096, OUTPUTS_MAX = 64 };

typedef struct OpaqueCall {
    TensorSpec *out;   int n;   size_t capacity;
} OpaqueCall;

typedef struct Opaque {
    OpaqueCall  *calls;  int n;   size_t capacity;
    const Value *source;
} Opaque;

/* What was told of any batch, for this one. */
static Shape of_batch(Shape shape, const TensorSpec *in, int n_in)
{
    if (n_in && shape.rank && in->shape.rank && shape.dim[0] == DIM_NONE) shape.dim[0] = in->shape.dim[0];
    return shape;
}

static bool opaque_infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call;
    const Opaque *opaque = layer->config;
    if (!opaque->n) return error_set(err, "NotImplementedError", "Layer %s does not tell the shape of its output.", layer->class_name);
    const int last = opaque->n - 1;
    const OpaqueCall *told = &opaque->calls[layer->n_calls < last ? layer->n_calls : last];
    if (!told->n) told = &opaque->calls[last];
    for (int i = 0; i < told->n; i++) outputs_add(out, of_batch(told->out[i].shape, in, n_in), told->out[i].dtype);
    return true;
}

static const LayerKind OPAQUE = {.name = "CustomLayer", .module = "__main__", .infer = opaque_infer, .built_at_make = true};

Layer *opaque_make(Builder *builder, const char *class_name, const char *name, Span span, Error *err)
{
    Arena *arena = builder->arena;
    if (!name) name = builder_name(builder, class_name);
    const Argument argument = {.keyword = "name", .value = value_string(arena, name, strlen(name)), .span = SPAN_NONE};
    Layer *layer = layer_make(builder, &OPAQUE, &argument, 1, span, err);
    if (!layer) return NULL;
    layer->class_name = arena_copy(arena, class_name, strlen(class_name));
    layer->config = ARENA_NEW(arena, Opaque);
    return layer;
}

void opaque_output(Builder *builder, Layer *layer, int call, int index, TensorSpec spec)
{
    if (call < 0 || call >= CALLS_MAX || index < 0 || index >= OUTPUTS_MAX) return;
    Opaque *opaque = layer->config;
    opaque->calls = arena_grow(builder->arena, opaque->calls, (size_t)opaque->n, &opaque->capacity, (size_t)call + 1,
                               sizeof(OpaqueCall));
    if (opaque->n <= call) opaque->n = call + 1;
    OpaqueCall *told = &opaque->calls[call];
    told->out = arena_grow(builder->arena, told->out, (size_t)told->n, &told->capacity, (size_t)index + 1, sizeof(TensorSpec));
    while (told->n <= index) told->out[told->n++] = spec;
    told->out[index] = spec;
}

bool layer_is_opaque(const Layer *layer) { return layer->kind == &OPAQUE; }

bool opaque_known(const Layer *layer)
{
    const Opaque *opaque = layer->config;
    return opaque->n > 0;
}

void opaque_keep(Builder *builder, Layer *layer, const Value *source)
{
    Opaque *opaque = layer->config;
    Value *copy = ARENA_NEW(builder->arena, Value);
    *copy = *source;
    opaque->source = copy;
}

const Value *opaque_source(const Layer *layer)
{
    const Opaque *opaque = layer->config;
    return opaque->source;
}
