#include <inttypes.h>
#include <string.h>

#include "keras/torch_code.h"

static Arena *arena_of(const TorchStep *step) { return step->code->file->arena; }

/* ---- which of them PyTorch has ---- */

typedef struct Recurrent {
    const char *module;          /* "LSTM" */
    int         gates;
    bool        bias, relu;
} Recurrent;

static const Value *arg_of(const Layer *layer, const char *param)
{
    const TorchStep step = {.layer = layer};
    return torch_arg(&step, param);
}

/* RNN(LSTMCell(4)) is LSTM(4). */
static const Layer *cell_of(const Layer *layer)
{
    return strcmp(layer->kind->name, "RNN") == 0 && layer->n_children == 1 ? layer->children[0] : layer;
}

static bool is_kind(const Layer *cell, const char *name)
{
    const size_t length = strlen(name);
    return strncmp(cell->kind->name, name, length) == 0 && (!cell->kind->name[length] || strcmp(cell->kind->name + length, "Cell") == 0);
}

static bool recurrent_of(const Layer *layer, Recurrent *recurrent)
{
    const Layer *cell = cell_of(layer);
    const bool lstm = is_kind(cell, "LSTM"), gru = is_kind(cell, "GRU"), simple = is_kind(cell, "SimpleRNN");
    const bool relu = simple && value_is_text(arg_of(cell, "activation"), "relu");
    *recurrent = (Recurrent){.module = lstm ? "LSTM" : gru ? "GRU" : "RNN", .gates = lstm ? 4 : gru ? 3 : 1, .relu = relu};
    recurrent->bias = value_truth(arg_of(cell, "use_bias"));
    if (!lstm && !gru && !simple) return false;
    if (!relu && !value_is_text(arg_of(cell, "activation"), "tanh")) return false;
    if (!simple && !value_is_text(arg_of(cell, "recurrent_activation"), "sigmoid")) return false;
    if (gru && !value_truth(arg_of(cell, "reset_after"))) return false;
    return !value_truth(arg_of(layer, "stateful"));
}

static int64_t units_of(const Layer *layer)
{
    int64_t units = 0;
    value_integer(arg_of(cell_of(layer), "units"), &units);
    return units;
}

/* GRU's gates stand in another order: update, reset, new here; reset, update, new there. */
static void put_weights(const TorchStep *step, const Recurrent *recurrent, const char *owner, const char *ending, Text *text)
{
    const int64_t n = units_of(step->layer->kind->n_params && strcmp(step->layer->kind->name, "Bidirectional") == 0 ? step->layer->children[0] : step->layer);
    const bool gru = recurrent->gates == 3;
    const char *order = gru ? arena_print(text->arena, "[..., np.r_[%" PRId64 ":%" PRId64 ", 0:%" PRId64 ", %" PRId64 ":%" PRId64 "]]", n, 2 * n, n, 2 * n, 3 * n) : "";
    text_print(text, "%sweight_ih_l0%s = %skernel%s.T, weight_hh_l0%s = %srecurrent_kernel%s.T", text->length ? ", " : "", ending, owner, order, ending,
               owner, order);
    if (!recurrent->bias) return;
    if (gru) text_print(text, ", bias_ih_l0%s = %sbias[0]%s, bias_hh_l0%s = %sbias[1]%s", ending, owner, order, ending, owner, order);
    else text_print(text, ", bias_ih_l0%s = %sbias, bias_hh_l0%s = 0", ending, owner, ending);
}

static const char *constructor_of(const TorchStep *step, const Recurrent *recurrent, int64_t units, bool both)
{
    Text text = {.arena = arena_of(step)};
    text_print(&text, "nn.%s(%" PRId64 ", %" PRId64 "%s", recurrent->module, step->in->shape.dim[2], units, recurrent->relu ? ", nonlinearity='relu'" : "");
    text_print(&text, "%s, batch_first=True%s)", recurrent->bias ? "" : ", bias=False", both ? ", bidirectional=True" : "");
    return text.bytes;
}

/* PyTorch's own dropout lies between layers; Keras' leaves out the same inputs at every step. */
static bool drop_inputs(TorchStep *step, const Layer *layer)
{
    const double rate = value_number(arg_of(layer, "dropout"));
    if (rate != 0) torch_apply(step, "F.dropout1d($.transpose(1, 2), %s, self.training).transpose(1, 2)", value_repr_text(arena_of(step), arg_of(layer, "dropout")));
    return value_number(arg_of(layer, "recurrent_dropout")) == 0;
}

/* ---- one direction ---- */

/* ", (h.unsqueeze(0), c.unsqueeze(0))" */
static void put_state(TorchStep *step, const Recurrent *recurrent, Text *text)
{
    const int n = step->node ? step->node->n_in : 1;
    if (n < 2) return;
    const char *h = torch_input(step, 1, LAYOUT_KERAS);
    if (recurrent->gates == 4 && n > 2) text_print(text, ", (%s.unsqueeze(0), %s.unsqueeze(0))", h, torch_input(step, 2, LAYOUT_KERAS));
    else text_print(text, ", %s.unsqueeze(0)", h);
}

static void state_results(TorchStep *step, const Recurrent *recurrent, const char *output, const char *h, const char *c)
{
    const int n = recurrent->gates == 4 ? 3 : 2;
    step->results = ARENA_ARRAY(arena_of(step), n, const char *);
    step->n_results = n;
    step->results[0] = output;
    step->results[1] = arena_print(arena_of(step), "%s[0]", h);
    if (n == 3) step->results[2] = arena_print(arena_of(step), "%s[0]", c);
}

bool torch_recurrent(TorchStep *step)
{
    Recurrent recurrent;
    Text note = {.arena = arena_of(step)}, state = {.arena = arena_of(step)};
    if (step->in->shape.rank != 3 || !recurrent_of(step->layer, &recurrent)) return false;
    torch_take(step, LAYOUT_KERAS);
    if (!drop_inputs(step, cell_of(step->layer))) return false;
    put_weights(step, &recurrent, "", "", &note);
    const char *member = torch_member(step, "", constructor_of(step, &recurrent, units_of(step->layer), false), note.bytes);
    put_state(step, &recurrent, &state);
    if (torch_flag(step, "go_backwards")) torch_apply(step, "$.flip(1)");
    const bool lstm = recurrent.gates == 4, states = torch_flag(step, "return_state") && step->node;
    const char *output = step->code->line ? "x" : torch_variable(step, ""), *h = states ? torch_variable(step, "_h") : "_";
    const char *c = states && lstm ? torch_variable(step, "_c") : "_";
    if (states && lstm) torch_line(step, "%s, (%s, %s) = %s(%s%s)", output, h, c, member, step->x, text_string(&state));
    else torch_line(step, "%s, %s = %s(%s%s)", output, h, member, step->x, text_string(&state));
    step->x = output;
    if (!torch_flag(step, "return_sequences")) torch_apply(step, "$[:, -1]");
    if (states) state_results(step, &recurrent, step->x, h, c);
    return true;
}

/* ---- both directions ---- */

static bool is_mirror(const Layer *layer)
{
    static const char *const ALIKE[] = {"units", "activation", "recurrent_activation", "use_bias", "return_sequences", "reset_after", "stateful"};
    if (layer->n_children < 2 || layer->children[0]->kind != layer->children[1]->kind || cell_of(layer->children[0]) != layer->children[0]) return false;
    for (size_t i = 0; i < sizeof ALIKE / sizeof *ALIKE; i++)
        if (!value_equal(arg_of(layer->children[0], ALIKE[i]), arg_of(layer->children[1], ALIKE[i]))) return false;
    return !value_truth(arg_of(layer->children[0], "go_backwards")) && value_truth(arg_of(layer->children[1], "go_backwards"));
}

static bool merge_both(TorchStep *step, const char *forward, const char *backward)
{
    if (torch_is(step, "merge_mode", "concat")) step->x = arena_print(arena_of(step), "torch.cat([%s, %s], dim=-1)", forward, backward);
    else if (torch_is(step, "merge_mode", "sum")) step->x = arena_print(arena_of(step), "%s + %s", forward, backward);
    else if (torch_is(step, "merge_mode", "mul")) step->x = arena_print(arena_of(step), "%s * %s", forward, backward);
    else if (torch_is(step, "merge_mode", "ave")) step->x = arena_print(arena_of(step), "(%s + %s) / 2", forward, backward);
    else {
        step->results = ARENA_ARRAY(arena_of(step), 2, const char *);
        step->n_results = 2;
        step->results[0] = forward;
        step->results[1] = backward;
    }
    return step->node || !step->n_results;
}

bool torch_bidirectional(TorchStep *step)
{
    Recurrent recurrent;
    Arena *arena = arena_of(step);
    Text note = {.arena = arena};
    if (step->in->shape.rank != 3 || !is_mirror(step->layer) || (step->node && step->node->n_in > 1)) return false;
    const Layer *forward = step->layer->children[0];
    if (!recurrent_of(forward, &recurrent) || value_truth(arg_of(forward, "return_state"))) return false;
    torch_take(step, LAYOUT_KERAS);
    if (!drop_inputs(step, forward)) return false;
    put_weights(step, &recurrent, "forward.", "", &note);
    put_weights(step, &recurrent, "backward.", "_reverse", &note);
    const char *member = torch_member(step, "", constructor_of(step, &recurrent, units_of(forward), true), note.bytes);
    const bool lstm = recurrent.gates == 4;
    if (value_truth(arg_of(forward, "return_sequences"))) {
        const char *y = step->code->line ? "x" : torch_variable(step, "");
        torch_line(step, "%s, _ = %s(%s)", y, member, step->x);
        step->x = y;
        if (torch_is(step, "merge_mode", "concat")) return true;
        const int64_t n = units_of(forward);
        return merge_both(step, arena_print(arena, "%s[..., :%" PRId64 "]", y, n), arena_print(arena, "%s[..., %" PRId64 ":]", y, n));
    }
    const char *h = torch_variable(step, "_h");
    torch_line(step, lstm ? "_, (%s, _) = %s(%s)" : "_, %s = %s(%s)", h, member, step->x);
    return merge_both(step, arena_print(arena, "%s[0]", h), arena_print(arena, "%s[1]", h));
}

/* ---- the same layer for every step ---- */

static bool is_rowwise(const Layer *layer)
{
    return layer->kind->rowwise || layer->kind->elementwise || strcmp(layer->kind->name, "Dropout") == 0;
}

bool torch_inside(TorchStep *outer, const Layer *layer, const TensorSpec *in)
{
    Outputs outputs = {.arena = arena_of(outer)};
    TorchStep step = {.code = outer->code, .layer = layer, .in = in, .x = outer->x, .layout = LAYOUT_KERAS};
    if (!layer_infer(layer, NULL, in, 1, &outputs, NULL) || outputs.n != 1) return false;
    step.out = &outputs.spec[0];
    if (!torch_write_layer(&step) || step.n_results) return false;
    torch_take(&(TorchStep){.code = outer->code, .layer = layer, .in = &outputs.spec[0], .layout = step.layout}, step.layout);
    step.in = step.out;
    torch_take(&step, LAYOUT_KERAS);
    outer->x = step.x;
    return true;
}

bool torch_time_distributed(TorchStep *step)
{
    const Layer *inner = step->layer->children[0];
    TensorSpec in = *step->in;
    torch_take(step, LAYOUT_KERAS);
    if (is_rowwise(inner) && in.shape.rank >= 3) {
        in.shape = shape_without(&in.shape, 1);
        return torch_inside(step, inner, &in);
    }
    const int64_t steps = in.shape.dim[1];
    in.shape = shape_without(&in.shape, 1);
    in.shape.dim[0] = DIM_NONE;
    torch_apply(step, "$.flatten(0, 1)");
    if (!torch_inside(step, inner, &in)) return false;
    if (steps == DIM_NONE) torch_apply(step, "$.unflatten(0, (%s.shape[0], -1))", step->code->first);
    else torch_apply(step, "$.unflatten(0, (-1, %" PRId64 "))", steps);
    return true;
}
