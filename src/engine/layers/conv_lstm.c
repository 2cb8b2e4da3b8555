/* ConvLSTM1D, ConvLSTM2D, ConvLSTM3D: an LSTM over maps, (batch, steps, cells..., channels) -> (batch, places..., filters) or
 * (batch, steps, places..., filters). */
#include "engine/layers/conv_lstm.h"
#include "engine/layers/layers.h"
#include "engine/layers/recurrent.h"
#include "engine/layers/spatial.h"
#include "engine/layers/terms.h"

#define KEYWORD(word) {.name = word, .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE, .keyword_only = true}

static const ParamSpec PARAMS[] = {
    CONV_LSTM_HEAD, PARAM("activity_regularizer", PARAM_REGULARIZER), CONV_LSTM_TAIL, PARAM_FLAG("return_sequences"),
    PARAM_FLAG("return_state"), PARAM_FLAG("go_backwards"), PARAM_FLAG("stateful"), KEYWORD("unroll"), KEYWORD("zero_output_for_mask"),
};

static const LayerKind *const CELLS[] = {&LAYER_conv_lstm1d_cell, &LAYER_conv_lstm2d_cell, &LAYER_conv_lstm3d_cell};

/* ---- make, build ---- */

/* The cell learns even where the layer was made not to. */
static const char *const PASSED[] = {"dtype", NULL};

static bool make(Maker *m)
{
    const int axes = kind_axes(m->layer->kind);
    return recurrent_make(m, recurrent_make_cell(m, CELLS[axes - 1], "conv_lstm_cell", PASSED), axes + 3);
}

/* A layer that keeps its state makes it now, in the shape of an output. */
static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    if (!recurrent_build(b, layer, call, in, n_in, err)) return false;
    const RecurrentConfig *config = layer->config;
    const Shape step = shape_without(&in->shape, 1);
    Shape unused;
    return !config->stateful || conv_lstm_shape(b->arena, config->cell, &step, &unused, err);
}

/* ---- what an output depends on ---- */

/* Places first to last along an axis of the maps, and the window that they see the inputs through. */
typedef struct Places {
    WindowAxis window;
    int64_t    first, last;
} Places;

/* An output, at its place in the maps of the step that made it. */
typedef struct Seen {
    const ConvConfig *conv;
    Volume            in;      /* of one example in one step */
    Window            window;
    Place             place;
    int64_t           steps;   /* that went before or made it */
} Seen;

static bool sees(const Places *places, int64_t cell)
{
    const WindowAxis *window = &places->window;
    for (int64_t place = places->first; place <= places->last; place++) {
        const int64_t into = cell - window_cell(window, place, 0);
        if (into >= 0 && into % window->dilation == 0 && into / window->dilation < window->size) return true;
    }
    return false;
}

/* The maps of `ago` steps before are seen through as many windows, one behind the other. */
static Places places_ago(const Seen *seen, int i, int64_t ago)
{
    const int axis = i - (CONV_AXES - seen->conv->axes);
    const int64_t all = seen->window.axis[i].out, place = seen->place.at[i];
    const WindowAxis maps = axis < 0 ? window_axis(1, 1, 1, 1, WINDOW_VALID) : conv_lstm_recurrent_axis(seen->conv, axis, all);
    const int64_t before = size_multiply(maps.before, ago), after = size_multiply(maps.size - 1 - maps.before, ago);
    return (Places){
        .window = seen->window.axis[i],
        .first = before > place ? 0 : place - before, .last = after > all - 1 - place ? all - 1 : place + after,
    };
}

static void add_channels(TermList *list, const Seen *seen, int64_t start, Place cell)
{
    for (cell.channel = 0; cell.channel < seen->in.channels; cell.channel++)
        terms_add(list, term_input(0, start + volume_index(&seen->in, &cell), 1));
}

/* The cells of one step's inputs, whose numbers begin at `start`. */
static void add_step(TermList *list, const Seen *seen, int64_t start, int64_t ago)
{
    const Places places[] = {places_ago(seen, 0, ago), places_ago(seen, 1, ago), places_ago(seen, 2, ago)};
    Place cell = {0};
    for (cell.at[0] = 0; cell.at[0] < seen->in.dim[0]; cell.at[0]++) {
        if (!sees(&places[0], cell.at[0])) continue;
        for (cell.at[1] = 0; cell.at[1] < seen->in.dim[1]; cell.at[1]++) {
            if (!sees(&places[1], cell.at[1])) continue;
            for (cell.at[2] = 0; cell.at[2] < seen->in.dim[2]; cell.at[2]++)
                if (sees(&places[2], cell.at[2])) add_channels(list, seen, start, cell);
        }
    }
}

/* Output k of its example: the step that made it, and its place there. */
static Seen seen_by(const Trace *t, int64_t k)
{
    const RecurrentConfig *config = t->layer->config;
    const bool each_step = config->return_sequences && t->output == 0;
    const Shape in = shape_without(&t->in[0].shape, 1);
    const Shape out = each_step ? shape_without(&t->out[0].shape, 1) : t->out[t->output].shape;
    const int64_t size = shape_span_size(&out, 1, out.rank);
    Seen seen = {.conv = conv_lstm_config(config->cell), .steps = t->in[0].shape.dim[1]};
    seen.in = volume_of(&in, seen.conv->channels_first);
    seen.window = conv_window(seen.conv, &in);
    if (each_step) seen.steps = k / size + 1;
    const Volume maps = volume_of(&out, seen.conv->channels_first);
    seen.place = volume_place(&maps, k % size);
    return seen;
}

/* Beyond so many inputs nothing is traced. */
enum { TRACE_MAX_INPUTS = 1 << 22 };

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const RecurrentConfig *config = t->layer->config;
    const Shape *in = &t->in[0].shape, *out = &t->out[t->output].shape;
    const int64_t example = shape_span_size(in, 1, in->rank), steps = in->dim[1];
    if (!steps || example > TRACE_MAX_INPUTS) return 0;
    const int64_t each = shape_span_size(out, 1, out->rank);
    const Seen seen = seen_by(t, t->k % each);
    TermList list = {.term = terms, .cap = cap};
    for (int64_t i = 0; i < seen.steps; i++) {
        const int64_t step = config->go_backwards ? steps - 1 - i : i;
        add_step(&list, &seen, t->k / each * example + step * (example / steps), seen.steps - 1 - i);
    }
    recurrent_add_weights(&list, config->cell, seen.place.channel);
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const RecurrentConfig *config = t->layer->config;
    TensorSpec step = t->in[0];
    step.shape = shape_without(&step.shape, 1);
    Trace inner = *t;
    inner.layer = config->cell;
    inner.in = &step;
    config->cell->kind->explain(&inner, topic, text);
}

#define KIND(AXES)                                                                                                    \
    const LayerKind LAYER_conv_lstm##AXES##d = {                                                                      \
        .name = "ConvLSTM" #AXES "D", .module = "keras.src.layers.rnn.conv_lstm" #AXES "d", PARAMS_OF(PARAMS), \
        .call_params = RECURRENT_CALL_PARAMS, .n_call_params = RECURRENT_CALL, .make = make, .build = build,          \
        .infer = recurrent_infer, .forward = recurrent_forward, .trace = trace, .explain = explain, .numbers = recurrent_numbers, .mask = recurrent_mask, \
        .rule = TRACE_DEPENDS, .keeps_mask = true,                                                                    \
    };

KIND(1)
KIND(2)
KIND(3)
