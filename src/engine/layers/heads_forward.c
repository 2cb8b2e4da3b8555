#include <math.h>
#include <string.h>

#include "engine/einsum.h"
#include "engine/layers/formula.h"
#include "engine/layers/heads.h"
#include "engine/weight_table.h"

/* Heads of key and value repeated for the query heads that share them: (..., heads, width). */
static Tensor spread_heads(const Forward *f, Tensor x)
{
    const HeadsConfig *config = f->layer->config;
    const int64_t repeats = config->heads / config->key_value_heads;
    if (repeats == 1) return x;
    Shape shape = x.shape;
    const int64_t width = shape.dim[shape.rank - 1], rows = shape_size(&x.shape) / (width ? width : 1);
    shape.dim[shape.rank - 2] = config->heads;
    Tensor all = tensor_make(f->scratch, shape, x.dtype);
    for (int64_t row = 0; row < rows; row++)
        for (int64_t r = 0; r < repeats; r++)
            memcpy(all.data + (row * repeats + r) * width, x.data + row * width, (size_t)width * sizeof(float));
    return all;
}

static Tensor project(const Forward *f, int child, const Tensor *in)
{
    Tensor out = {0};
    forward_child(f, f->layer->children[child], NULL, in, 1, &out, 1);
    return out;
}

/* Letters of target (query), source (key, value) and scores, as Keras builds the equations. */
typedef struct Letters {
    char target[SHAPE_RANK_MAX + 2], source[SHAPE_RANK_MAX + 2], scores[2 * SHAPE_RANK_MAX + 2];
} Letters;

static bool is_axis(const HeadsConfig *config, int axis)
{
    for (int i = 0; i < config->n_axes; i++)
        if (config->axes[i] == axis) return true;
    return false;
}

static Letters letters_of(const HeadsConfig *config, int rank)
{
    Letters l = {0};
    int n = 0, fresh = rank;
    for (int i = 0; i < rank; i++) {
        l.target[i] = (char)('a' + i);
        l.source[i] = is_axis(config, i) ? (char)('a' + fresh++) : (char)('a' + i);
        if (!is_axis(config, i) && i != rank - 1) l.scores[n++] = l.target[i];
    }
    for (int i = 0; i < config->n_axes; i++) l.scores[n++] = l.target[config->axes[i]];
    for (int i = 0; i < config->n_axes; i++) l.scores[n++] = l.source[config->axes[i]];
    return l;
}

static Shape shape_of_letters(const char *letters, const Letters *l, const Shape *target, const Shape *source)
{
    Shape shape = {0};
    for (; *letters && shape.rank < SHAPE_RANK_MAX; letters++) {
        const char *at = strchr(l->target, *letters);
        shape.dim[shape.rank++] = at ? target->dim[at - l->target] : source->dim[strchr(l->source, *letters) - l->source];
    }
    return shape;
}

/* One mask with what its places mean: strides 0 where it does not reach. */
typedef struct Mask {
    const float *data;
    int64_t      batch, head, target, source;
} Mask;

enum { MASKS_MAX = 4 };

typedef struct Masks {
    Mask    mask[MASKS_MAX];
    int     n;
    bool    causal;
    int64_t window;
} Masks;

static const Tensor *given(const Forward *f, int arg)
{
    const TensorRange range = f->call->tensors[arg];
    return range.n ? &f->in[range.first] : NULL;
}

/* (queries, keys), (batch, queries, keys) or (batch, heads, queries, keys). */
static Mask attention_mask(const Tensor *t)
{
    Mask mask = {.data = t->data};
    int64_t step = 1;
    int64_t *const strides[] = {&mask.source, &mask.target, t->shape.rank == 3 ? &mask.batch : &mask.head, &mask.batch};
    for (int i = 0; i < t->shape.rank && i < 4; i++) {
        const int64_t dim = t->shape.dim[t->shape.rank - 1 - i];
        *strides[i] = dim > 1 ? step : 0;
        step *= dim;
    }
    return mask;
}

static Masks masks_of(const Forward *f)
{
    const HeadsConfig *config = f->layer->config;
    Masks all = {.causal = value_truth(&f->call->args[HEADS_CALL_CAUSAL]), .window = config->window};
    const Tensor *query = given(f, HEADS_CALL_QUERY_MASK), *value = given(f, HEADS_CALL_VALUE_MASK), *key = given(f, HEADS_CALL_KEY_MASK);
    const Tensor *attention = given(f, HEADS_CALL_ATTENTION_MASK);
    if (query) all.mask[all.n++] = (Mask){.data = query->data, .batch = query->shape.dim[query->shape.rank - 1], .target = 1};
    if (value) all.mask[all.n++] = (Mask){.data = value->data, .batch = value->shape.dim[value->shape.rank - 1], .source = 1};
    if (key) all.mask[all.n++] = (Mask){.data = key->data, .batch = key->shape.dim[key->shape.rank - 1], .source = 1};
    if (attention) all.mask[all.n++] = attention_mask(attention);
    return all;
}

static bool seen(const Masks *masks, int64_t b, int64_t h, int64_t t, int64_t s)
{
    if (masks->causal && s > t) return false;
    if (masks->window && (t > s ? t - s : s - t) >= masks->window) return false;
    for (int i = 0; i < masks->n; i++) {
        const Mask *m = &masks->mask[i];
        if (m->data[b * m->batch + h * m->head + t * m->target + s * m->source] == 0) return false;
    }
    return true;
}

/* (batch, heads, queries, keys); where nothing may be seen all keys count alike. */
static void mask_scores(const Masks *masks, Tensor *scores)
{
    const int64_t *dim = scores->shape.dim;
    float *x = scores->data;
    for (int64_t b = 0; b < dim[0]; b++)
        for (int64_t h = 0; h < dim[1]; h++)
            for (int64_t t = 0; t < dim[2]; t++)
                for (int64_t s = 0; s < dim[3]; s++, x++)
                    if (!seen(masks, b, h, t, s)) *x = -1e30f;
}

static void softmax_rows(Tensor *scores, int64_t n)
{
    const int64_t size = shape_size(&scores->shape);
    for (float *x = scores->data; n && x < scores->data + size; x += n) {
        float most = -INFINITY;
        double sum = 0;
        for (int64_t i = 0; i < n; i++) most = x[i] > most ? x[i] : most;
        for (int64_t i = 0; i < n; i++) sum += exp((double)(x[i] - most));
        for (int64_t i = 0; i < n; i++) x[i] = (float)(exp((double)(x[i] - most)) / sum);
    }
}

/* softmax(q·kᵗ/√d)·v; false where Keras cannot compute it either. */
static bool attend(const Forward *f, const Tensor *query, const Tensor *key, const Tensor *value, Tensor *scores, Tensor *mixed)
{
    const HeadsConfig *config = f->layer->config;
    const int rank = query->shape.rank;
    if (key->shape.rank != rank || value->shape.rank != rank || !config->n_axes) return false;
    const Letters l = letters_of(config, rank);
    const Masks masks = masks_of(f);
    if ((masks.n || masks.causal || masks.window) && rank != 4) return false;
    const Einsum dot = {l.source, l.target, l.scores}, combine = {l.scores, l.source, l.target};
    *scores = tensor_make(f->scratch, shape_of_letters(l.scores, &l, &query->shape, &key->shape), DTYPE_FLOAT32);
    Shape shape = query->shape;
    shape.dim[rank - 1] = value->shape.dim[rank - 1];
    *mixed = tensor_make(f->scratch, shape, DTYPE_FLOAT32);
    if (!einsum(&dot, key, query, scores)) return false;
    if (rank == 4 && config->n_axes == 1) mask_scores(&masks, scores);
    softmax_rows(scores, shape_span_size(&scores->shape, scores->shape.rank - config->n_axes, scores->shape.rank));
    return einsum(&combine, scores, value, mixed);
}

static void scale(Tensor *x, double factor)
{
    const int64_t n = shape_size(&x->shape);
    for (int64_t i = 0; i < n; i++) x->data[i] *= (float)factor;
}

static void gate(const Forward *f, Tensor *mixed)
{
    const HeadsConfig *config = f->layer->config;
    if (config->gate < 0) return;
    const Tensor factors = project(f, config->gate, &f->in[0]);
    const int64_t n = shape_size(&mixed->shape);
    for (int64_t i = 0; i < n; i++) mixed->data[i] *= factors.data[i];
}

/* What the heads see, (batch, ..., heads, width); false where Keras cannot compute it either. */
static bool mix(const Forward *f, Tensor *scores, Tensor *mixed)
{
    const HeadsConfig *config = f->layer->config;
    Tensor query = project(f, config->query, &f->in[0]);
    const Tensor key = spread_heads(f, project(f, config->key, &f->in[heads_key(f->call)]));
    const Tensor value = spread_heads(f, project(f, config->value, &f->in[f->call->tensors[HEADS_CALL_VALUE].first]));
    scale(&query, 1 / sqrt((double)config->key_width));
    if (!attend(f, &query, &key, &value, scores, mixed)) return false;
    gate(f, mixed);
    return true;
}

void heads_forward(const Forward *f)
{
    const HeadsConfig *config = f->layer->config;
    Tensor scores, mixed;
    if (!mix(f, &scores, &mixed)) {
        *f->impossible = true;
        return;
    }
    forward_child(f, f->layer->children[config->back], NULL, &mixed, 1, &f->out[0], 1);
    if (f->n_out > 1) memcpy(f->out[1].data, scores.data, (size_t)shape_size(&f->out[1].shape) * sizeof(float));
}

/* More products than this are not done again only to be told. */
static const int64_t WORK_MAX = 1 << 22;

/* The projection back: "0.52·0.10 + −0.31·0.20 + 0.05". */
void heads_numbers(const Forward *f, int64_t k, Text *text)
{
    const HeadsConfig *config = f->layer->config;
    const Layer *back = f->layer->children[config->back];
    const Tensor *weights = f->table->weights[back->id];
    const int64_t inner = config->heads * config->value_width, columns = shape_size(&weights[0].shape) / inner;
    const int64_t width = f->in[0].shape.dim[f->in[0].shape.rank - 1], rows = shape_size(&f->in[0].shape) / (width ? width : 1);
    FormulaSum sum = {.text = text};
    Tensor scores, mixed;
    if (size_multiply(rows, size_add(layer_params(f->layer).all, size_multiply(rows, inner))) > WORK_MAX || !mix(f, &scores, &mixed)) return;
    for (int64_t i = 0; i < inner; i++)
        formula_add_product(&sum, (double)mixed.data[k / columns * inner + i], (double)weights[0].data[i * columns + k % columns]);
    if (!config->use_bias) return;
    text_put(text, " + ");
    formula_value(text, (double)weights[1].data[k % columns]);
}
