#include "engine/layer.h"

#include <string.h>

#include "engine/activation.h"
#include "engine/initializer.h"
#include "engine/layer_parts.h"
#include "engine/layers/layers.h"
#include "engine/operations/operations.h"

/* ---- kinds ---- */

static const LayerKind *const KINDS[] = {
#define X(name) &LAYER_##name,
    LAYERS(X)
#undef X
#define X(name) &OPERATION_##name,
    OPERATIONS(X)
#undef X
};

enum { N_KINDS = sizeof KINDS / sizeof *KINDS };

/* Names that keras.layers has for the same class. */
static const char *const ALIASES[][2] = {
#define EACH(from, to) {from "1D", to "1D"}, {from "2D", to "2D"}, {from "3D", to "3D"}
    EACH("MaxPool", "MaxPooling"), EACH("AvgPool", "AveragePooling"), EACH("GlobalMaxPool", "GlobalMaxPooling"),
    EACH("GlobalAvgPool", "GlobalAveragePooling"), EACH("Convolution", "Conv"),
#undef EACH
    {"Convolution1DTranspose", "Conv1DTranspose"}, {"Convolution2DTranspose", "Conv2DTranspose"},
    {"Convolution3DTranspose", "Conv3DTranspose"}, {"SeparableConvolution1D", "SeparableConv1D"},
    {"SeparableConvolution2D", "SeparableConv2D"}, {"GroupQueryAttention", "GroupedQueryAttention"},
};

static const char *own_name(const char *class_name)
{
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (strcmp(ALIASES[i][0], class_name) == 0) return ALIASES[i][1];
    return class_name;
}

const LayerKind *layer_kind_find(const char *class_name)
{
    class_name = own_name(class_name);
    for (int i = 0; i < N_KINDS; i++)
        if (!KINDS[i]->operation && strcmp(KINDS[i]->name, class_name) == 0) return KINDS[i];
    return NULL;
}

int layer_kinds(const LayerKind *const **kinds)
{
    *kinds = KINDS;
    return N_KINDS;
}

/* ---- weights ---- */

static bool refuse_unknown_axes(Builder *builder, const char *path, const Shape *shape, Error *err)
{
    error_set(err, "ValueError", "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: "
              "shape=%s for variable path='%s'", shape_text(builder->arena, shape), path);
    return error_cause(err, "cause.unknown_axis", shape_text(builder->arena, shape), NULL);
}

/* Those that are learned stand before the state. */
static WeightSpec *insert_weight(Arena *arena, Layer *layer, bool state)
{
    WeightSpec *weights = ARENA_ARRAY(arena, layer->n_weights + 1, WeightSpec);
    int at = layer->n_weights;
    while (!state && at > 0 && layer->weights[at - 1].state) at--;
    for (int i = 0; i < layer->n_weights; i++) weights[i < at ? i : i + 1] = layer->weights[i];
    layer->weights = weights;
    layer->n_weights++;
    return &weights[at];
}

bool layer_add_typed_weight(Builder *builder, Layer *layer, const char *name, Shape shape, Dtype dtype, Value initializer,
                            bool trainable, Error *err)
{
    const char *path = *builder->scope ? arena_print(builder->arena, "%s/%s", builder->scope, name) : name;
    if (!shape_known(&shape)) return refuse_unknown_axes(builder, path, &shape, err);
    if (!initializer_check(builder->arena, &initializer, &shape, err)) return false;
    *insert_weight(builder->arena, layer, !trainable) = (WeightSpec){
        .name = name, .path = path, .shape = shape, .dtype = dtype, .initializer = initializer,
        .given = initializer_numbers(builder->arena, &initializer),
        .trainable = trainable && layer->trainable, .state = !trainable,
    };
    return true;
}

bool layer_add_weight(Builder *builder, Layer *layer, const char *name, Shape shape, Value initializer, bool trainable, Error *err)
{
    return layer_add_typed_weight(builder, layer, name, shape, layer->variable_dtype, initializer, trainable, err);
}

bool layer_saves(const Layer *layer, int param)
{
    const ParamSpec *spec = &layer->kind->params[param];
    if (!spec->saved_with) return !spec->unsaved;
    for (int i = 0; i < layer->kind->n_params; i++)
        if (strcmp(layer->kind->params[i].name, spec->saved_with) == 0) return value_truth(&layer->args[i]);
    return false;
}

InputSpec *layer_add_input_spec(Builder *builder, Layer *layer)
{
    InputSpec *specs = ARENA_ARRAY(builder->arena, layer->n_input_specs + 1, InputSpec);
    if (layer->n_input_specs) memcpy(specs, layer->input_specs, (size_t)layer->n_input_specs * sizeof *specs);
    layer->input_specs = specs;
    InputSpec *spec = &specs[layer->n_input_specs++];
    *spec = (InputSpec){.ndim = -1, .min_ndim = -1, .max_ndim = -1};
    return spec;
}

/* Layers met on a walk, by id; those beyond are taken as new. */
typedef struct Met {
    uint64_t bits[1024];
} Met;

static bool meet(Met *met, const Layer *layer)
{
    const size_t word = (size_t)layer->id / 64;
    const uint64_t bit = UINT64_C(1) << (layer->id % 64);
    if (word >= sizeof met->bits / sizeof *met->bits) return true;
    if (met->bits[word] & bit) return false;
    met->bits[word] |= bit;
    return true;
}

/* All weights in Keras' order, each told once. */
typedef struct WeightWalk {
    Met          met;
    bool       (*visit)(void *context, const Layer *, int index);   /* false ends the walk */
    void        *context;
    const Layer *told;      /* adopted by a wrapper, and told there */
    int          told_index;
} WeightWalk;

static bool walk_weights(WeightWalk *walk, const Layer *layer, int depth)
{
    if (depth > LAYER_DEPTH_MAX || !meet(&walk->met, layer)) return true;
    if (layer->adopted && !walk->visit(walk->context, layer->adopted, layer->adopted_weight)) return false;
    if (layer->adopted) walk->told = layer->adopted, walk->told_index = layer->adopted_weight;
    for (int i = 0; i < layer->n_weights; i++)
        if ((walk->told != layer || walk->told_index != i) && !walk->visit(walk->context, layer, i)) return false;
    for (int i = 0; i < layer->n_children; i++)
        if (!walk_weights(walk, layer->children[i], depth + 1)) return false;
    return true;
}

typedef struct WeightList {
    WeightRef *refs;
    int        n, cap;
} WeightList;

static bool list_weight(void *context, const Layer *layer, int index)
{
    WeightList *list = context;
    if (list->n < list->cap) list->refs[list->n] = (WeightRef){layer, index};
    list->n++;
    return true;
}

int layer_weights(const Layer *layer, WeightRef *refs, int cap)
{
    WeightList list = {.refs = refs, .cap = cap};
    WeightWalk walk = {.visit = list_weight, .context = &list};
    walk_weights(&walk, layer, 0);
    return list.n;
}

static void count_weights(Met *met, const Layer *layer, ParamCount *count, int depth)
{
    if (depth > LAYER_DEPTH_MAX || !meet(met, layer)) return;
    for (int i = 0; i < layer->n_weights; i++) {
        const int64_t size = shape_size(&layer->weights[i].shape);
        count->all = size_add(count->all, size);
        if (layer->weights[i].trainable) count->trainable = size_add(count->trainable, size);
        else count->frozen = size_add(count->frozen, size);
    }
    for (int i = 0; i < layer->n_children; i++) count_weights(met, layer->children[i], count, depth + 1);
}

ParamCount layer_params(const Layer *layer)
{
    Met met = {{0}};
    ParamCount count = {0};
    count_weights(&met, layer, &count, 0);
    if (!layer->trainable) count = (ParamCount){.all = count.all, .frozen = count.all};
    return count;
}

bool layer_is_trainable(const Layer *layer)
{
    return layer->trainable;
}

static void set_trainable(Layer *layer, bool trainable, int depth)
{
    if (depth > LAYER_DEPTH_MAX) return;
    layer->trainable = trainable;
    for (int i = 0; i < layer->n_weights; i++)
        if (!layer->weights[i].state) layer->weights[i].trainable = trainable;
    for (int i = 0; i < layer->n_children; i++) set_trainable(layer->children[i], trainable, depth + 1);
}

void layer_set_trainable(Layer *layer, bool trainable)
{
    set_trainable(layer, trainable, 0);
}

static const char *shape_words(Text *text, const Shape *shape)
{
    shape_print(text, shape);
    return text_string(text);
}

static bool refuse_weight_shape(const Layer *layer, const Shape *wanted, const Shape *given, Error *err)
{
    if (!err) return false;
    Text a = {.arena = err->arena}, b = {.arena = err->arena};
    error_set(err, "ValueError", "Layer %s weight shape %s is not compatible with provided weight shape %s.", layer->name,
              shape_words(&a, wanted), shape_words(&b, given));
    return error_cause(err, "cause.weight_shape", layer->name, text_string(&a), text_string(&b), NULL);
}

typedef struct Setting {
    const Layer  *called;    /* the layer whose set_weights it is */
    const Tensor *given;     /* those still to be given */
    Error        *err;
} Setting;

static bool set_weight(void *context, const Layer *layer, int index)
{
    Setting *setting = context;
    WeightSpec *weight = &layer->weights[index];
    const Tensor *given = setting->given++;
    if (!shape_equal(&weight->shape, &given->shape)) return refuse_weight_shape(setting->called, &weight->shape, &given->shape, setting->err);
    weight->given = given->data;
    return true;
}

bool layer_set_weights(Layer *layer, const Tensor *given, int n, Error *err)
{
    const int wanted = layer_weights(layer, NULL, 0);
    Setting setting = {.called = layer, .given = given, .err = err};
    WeightWalk walk = {.visit = set_weight, .context = &setting};
    if (wanted == n) return walk_weights(&walk, layer, 0);
    return error_set(err, "ValueError", "You called `set_weights(weights)` on layer '%s' with a weight list of length %d, but the "
                     "layer was expecting %d weights.", layer->name, n, wanted);
}

/* ---- what a layer does with its terms ---- */

TraceRule layer_rule(const Layer *layer)
{
    if (layer_activation(layer)->halves) return TRACE_DEPENDS;
    return layer->kind->rule_of ? layer->kind->rule_of(layer) : layer->kind->rule;
}

const Activation *layer_activation(const Layer *layer)
{
    return layer->kind->activation ? layer->kind->activation(layer) : &ACTIVATION_LINEAR;
}

/* Output k of a halved row is made of sums k and k + half of the whole row. */
static int64_t trace_both(const Trace *trace, Term *terms, int64_t cap)
{
    TensorSpec whole = trace->out[0];
    Trace one = *trace;
    int64_t *last = &whole.shape.dim[whole.shape.rank - 1];
    const int64_t half = *last, row = trace->k / half, at = trace->k % half;
    *last = 2 * half;
    one.out = &whole;
    one.k = row * 2 * half + at;
    const int64_t n = trace->layer->kind->trace(&one, terms, cap);
    one.k += half;
    return n + trace->layer->kind->trace(&one, n < cap ? terms + n : NULL, n < cap ? cap - n : 0);
}

int64_t layer_trace(const Trace *trace, Term *terms, int64_t cap)
{
    if (!trace->layer->kind->trace) return 0;
    if (layer_activation(trace->layer)->halves && trace->output == 0 && trace->out[0].shape.rank) return trace_both(trace, terms, cap);
    return trace->layer->kind->trace(trace, terms, cap);
}

bool layer_is_elementwise(const Layer *layer)
{
    return layer->kind->elementwise && activation_elementwise(layer_activation(layer));
}

const Layer *layer_of_term(const Layer *layer, const Term *term)
{
    if (term->child < 0 || term->child >= layer->n_children) return layer;
    layer = layer->children[term->child];
    while (!layer->n_weights && layer->n_children == 1) layer = layer->children[0];
    return layer;
}
