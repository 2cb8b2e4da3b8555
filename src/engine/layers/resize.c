#include "engine/layers/resize.h"

#include <inttypes.h>
#include <string.h>

#include "engine/layers/formula.h"
#include "engine/layers/terms.h"

/* Where height and width stand among a volume's axes. */
enum { HEIGHT = 1, WIDTH = 2 };

Volume resize_volume(const Shape *shape, bool channels_first)
{
    const Shape batch = shape->rank == 3 ? shape_with(shape, 0, 1) : *shape;
    return volume_of(&batch, channels_first);
}

static Resampling resampling_of(const Resize *resize, int axis)
{
    /* What keeps its size is taken as it is, whatever the kernel. */
    const bool kept = resize->cells[0] == resize->out[0] && resize->cells[1] == resize->out[1];
    return (Resampling){
        .interpolation = kept ? INTERPOLATE_NEAREST : resize->interpolation, .antialias = resize->antialias,
        .in = resize->cells[axis], .out = resize->out[axis],
    };
}

/* ---- numbers: along the rows, then along the columns ---- */

/* A cell after, with its weights. */
typedef struct Mixed {
    Mix    mix;
    float *weight;
} Mixed;

static const Mixed *mix_axis(const Resize *resize, int axis, Arena *scratch)
{
    const Resampling resampling = resampling_of(resize, axis);
    Mixed *all = ARENA_ARRAY(scratch, resize->out[axis], Mixed);
    for (int64_t place = 0; place < resize->out[axis]; place++) {
        all[place].mix = resample(&resampling, place, NULL, 0);
        all[place].weight = ARENA_ARRAY(scratch, all[place].mix.n, float);
        resample(&resampling, place, all[place].weight, all[place].mix.n);
    }
    return all;
}

static float cell_at(const Resize *resize, const Volume *in, const float *row, int64_t w)
{
    w += resize->first[1];
    return row && w >= 0 && w < in->dim[WIDTH] ? row[w * in->step[WIDTH]] : resize->fill;
}

/* One row of one channel, squeezed or stretched to its width. */
static void resize_row(const Resize *resize, const Volume *in, const Mixed *across, const float *row, float *to)
{
    for (int64_t w = 0; w < resize->out[1]; w++) {
        const Mixed *cell = &across[w];
        float sum = 0;
        for (int64_t i = 0; i < cell->mix.n; i++) sum += cell->weight[i] * cell_at(resize, in, row, cell->mix.first + i);
        to[w] = sum;
    }
}

static void resize_column(const Resize *resize, const Volume *out, const Mixed *down, const float *rows, float *to)
{
    for (int64_t w = 0; w < resize->out[1]; w++) {
        float sum = 0;
        for (int64_t i = 0; i < down->mix.n; i++) sum += down->weight[i] * rows[(down->mix.first + i) * resize->out[1] + w];
        to[w * out->step[WIDTH]] = sum;
    }
}

void resize_forward(const Resize *resize, const Forward *forward, bool channels_first)
{
    const Volume in = resize_volume(&forward->in[0].shape, channels_first);
    const Volume out = resize_volume(&forward->out[0].shape, channels_first);
    const Mixed *down = mix_axis(resize, 0, forward->scratch), *across = mix_axis(resize, 1, forward->scratch);
    float *rows = ARENA_ARRAY(forward->scratch, (size_t)resize->cells[0] * (size_t)resize->out[1], float);
    for (int64_t map = 0; map < in.batch * in.channels; map++) {
        const int64_t b = map / in.channels, c = map % in.channels;
        const float *x = forward->in[0].data + b * in.batch_step + c * in.channel_step;
        float *y = forward->out[0].data + b * out.batch_step + c * out.channel_step;
        for (int64_t h = 0; h < resize->cells[0]; h++) {
            const int64_t cell = h + resize->first[0];
            const float *row = cell >= 0 && cell < in.dim[HEIGHT] ? x + cell * in.step[HEIGHT] : NULL;
            resize_row(resize, &in, across, row, rows + h * resize->out[1]);
        }
        for (int64_t h = 0; h < resize->out[0]; h++) resize_column(resize, &out, &down[h], rows, y + h * out.step[HEIGHT]);
    }
}

/* ---- terms ---- */

static void add_cell(const Resize *resize, const Volume *in, Place at, double weight, TermList *list, double *outside)
{
    at.at[HEIGHT] += resize->first[0];
    at.at[WIDTH] += resize->first[1];
    if (weight == 0) return;
    const bool within = at.at[HEIGHT] >= 0 && at.at[HEIGHT] < in->dim[HEIGHT] && at.at[WIDTH] >= 0 && at.at[WIDTH] < in->dim[WIDTH];
    if (within) terms_add(list, term_input(0, volume_index(in, &at), weight));
    else *outside += weight * (double)resize->fill;
}

/* Wider mixes than this are not told term by term. */
enum { MIX_MAX = 2048 };

int64_t resize_trace(const Resize *resize, const Trace *trace, bool channels_first, Term *terms, int64_t cap)
{
    const Volume in = resize_volume(&trace->in[0].shape, channels_first);
    const Volume out = resize_volume(&trace->out[0].shape, channels_first);
    const Place place = volume_place(&out, trace->k);
    const Resampling vertical = resampling_of(resize, 0), horizontal = resampling_of(resize, 1);
    TermList list = {.term = terms, .cap = cap};
    float down[MIX_MAX], across[MIX_MAX];
    double outside = 0;
    const Mix rows = resample(&vertical, place.at[HEIGHT], down, MIX_MAX);
    const Mix columns = resample(&horizontal, place.at[WIDTH], across, MIX_MAX);
    if (rows.n > MIX_MAX || columns.n > MIX_MAX) return 0;
    for (int64_t h = 0; h < rows.n; h++)
        for (int64_t w = 0; w < columns.n; w++) {
            const Place at = {.batch = place.batch, .channel = place.channel, .at = {0, rows.first + h, columns.first + w}};
            add_cell(resize, &in, at, (double)down[h] * (double)across[w], &list, &outside);
        }
    if (outside != 0) terms_add(&list, term_constant(outside));
    return list.n;
}

/* Longer axes than this are not counted. */
enum { COUNT_MAX = 1 << 16 };

/* Weights that fall on cells of the image, over all places. */
static int64_t count_axis(const Resize *resize, int axis, int64_t cells)
{
    const Resampling resampling = resampling_of(resize, axis);
    float weight[MIX_MAX];
    int64_t count = 0;
    if (resize->out[axis] > COUNT_MAX) return DIM_NONE;
    for (int64_t place = 0; place < resize->out[axis]; place++) {
        const Mix mix = resample(&resampling, place, weight, MIX_MAX);
        if (mix.n > MIX_MAX) return DIM_NONE;
        for (int64_t i = 0; i < mix.n; i++) {
            const int64_t cell = mix.first + i + resize->first[axis];
            count += weight[i] != 0.0F && cell >= 0 && cell < cells;
        }
    }
    return count;
}

int64_t resize_connections(const Resize *resize, const Trace *trace, bool channels_first)
{
    if (!shape_known(&trace->in[0].shape)) return DIM_NONE;
    const Volume in = resize_volume(&trace->in[0].shape, channels_first);
    const int64_t pairs = dim_multiply(count_axis(resize, 0, in.dim[HEIGHT]), count_axis(resize, 1, in.dim[WIDTH]));
    return dim_multiply(pairs, size_multiply(in.batch, in.channels));
}

enum { TERMS_TOLD = 4 };

static void put_term(const Volume *in, const Term *term, Text *text)
{
    const bool whole = term->scale >= 1 && term->scale <= 1;
    if (!whole || term->input < 0) formula_value(text, term->scale);
    if (term->input < 0) return;
    const Place at = volume_place(in, term->from);
    text_put(text, whole ? "x[" : "·x[");
    if (in->channels_first) text_print(text, "%" PRId64 ", ", at.channel);
    text_print(text, "%" PRId64 ", %" PRId64, at.at[HEIGHT], at.at[WIDTH]);
    if (!in->channels_first) text_print(text, ", %" PRId64, at.channel);
    text_put_char(text, ']');
}

void resize_explain_rule(const Resize *resize, const Trace *trace, bool channels_first, Text *text)
{
    Term terms[TERMS_TOLD];
    const Volume in = resize_volume(&trace->in[0].shape, channels_first);
    const int64_t n = resize_trace(resize, trace, channels_first, terms, TERMS_TOLD);
    for (int64_t i = 0; i < n && i < TERMS_TOLD; i++) {
        if (i) text_put(text, " + ");
        put_term(&in, &terms[i], text);
    }
    if (!n) text_put_char(text, '0');
    if (n > TERMS_TOLD) text_put(text, " + …");
}
