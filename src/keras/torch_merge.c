#include <inttypes.h>
#include <string.h>

#include "keras/torch_code.h"

static Arena *arena_of(const TorchStep *step) { return step->code->file->arena; }

/* ---- several inputs in one layout ---- */

static bool alike(const Node *node)
{
    for (int i = 1; i < node->n_in; i++)
        if (node->in[i]->spec.shape.rank != node->in[0]->spec.shape.rank) return false;
    return true;
}

/* PyTorch's layout where the first input is in no other and all have the same axes; Keras' else. */
static TorchLayout layout_of(const TorchStep *step)
{
    return step->node && alike(step->node) && torch_has(step, LAYOUT_TORCH) && !torch_has(step, LAYOUT_KERAS) ? LAYOUT_TORCH : LAYOUT_KERAS;
}

/* Of lower rank than the others: axes are added behind the batch. */
static const char *raised(TorchStep *step, int i, TorchLayout layout, int rank)
{
    Text text = {.arena = arena_of(step)};
    text_put(&text, torch_input(step, i, layout));
    for (int k = step->node->in[i]->spec.shape.rank; k < rank && k > 0; k++) text_put(&text, ".unsqueeze(1)");
    return text.bytes;
}

static int top_rank(const Node *node)
{
    int rank = 0;
    for (int i = 0; i < node->n_in; i++)
        if (node->in[i]->spec.shape.rank > rank) rank = node->in[i]->spec.shape.rank;
    return rank;
}

static const char *joined(TorchStep *step, const char *between)
{
    Text text = {.arena = arena_of(step)};
    const int rank = top_rank(step->node);
    step->layout = layout_of(step);
    for (int i = 0; i < step->node->n_in; i++) text_print(&text, "%s%s", i ? between : "", raised(step, i, step->layout, rank));
    return text_string(&text);
}

/* ---- elementwise ---- */

static const struct { const char *name, *sign, *function; } MERGES[] = {
    {"Add", " + ", NULL}, {"Subtract", " - ", NULL}, {"Multiply", " * ", NULL}, {"Maximum", NULL, "torch.maximum"}, {"Minimum", NULL, "torch.minimum"},
};

static void fold(TorchStep *step, const char *function)
{
    const Node *node = step->node;
    const int rank = top_rank(node);
    step->layout = layout_of(step);
    step->x = raised(step, 0, step->layout, rank);
    for (int i = 1; i < node->n_in; i++) step->x = arena_print(arena_of(step), "%s(%s, %s)", function, step->x, raised(step, i, step->layout, rank));
}

bool torch_merge(TorchStep *step)
{
    for (size_t i = 0; step->node && i < sizeof MERGES / sizeof *MERGES; i++) {
        if (strcmp(MERGES[i].name, step->layer->kind->name) != 0) continue;
        if (MERGES[i].sign) step->x = joined(step, MERGES[i].sign);
        else fold(step, MERGES[i].function);
        step->code->sequence = false;
        return true;
    }
    return false;
}

bool torch_average(TorchStep *step)
{
    if (!step->node) return false;
    step->x = arena_print(arena_of(step), "(%s) / %d", joined(step, " + "), step->node->n_in);
    step->code->sequence = false;
    return true;
}

bool torch_concatenate(TorchStep *step)
{
    if (!step->node) return false;
    const char *all = joined(step, ", ");
    const Value *axis = torch_arg(step, "axis");
    if (axis->kind != VALUE_INT) return false;
    const int at = torch_axis(step, (int)axis->integer);
    const bool last = step->layout == LAYOUT_KERAS && at == step->in->shape.rank - 1;
    step->x = arena_print(arena_of(step), "torch.cat([%s], dim=%d)", all, last ? -1 : at);
    step->code->sequence = false;
    return true;
}

/* ---- products ---- */

/* Axis letters of both inputs: the batch's alike, those summed alike. */
static bool equation_of(const TorchStep *step, int a, int b, Text *text)
{
    const int ranks[2] = {step->node->in[0]->spec.shape.rank, step->node->in[1]->spec.shape.rank};
    char out[2 * SHAPE_RANK_MAX + 1] = "a";
    int n = 1;
    text_put_char(text, 'a');
    for (int i = 1; i < ranks[0]; i++) {
        const char letter = i == a ? 'z' : (char)('a' + i);
        text_put_char(text, letter);
        if (i != a) out[n++] = letter;
    }
    text_put(text, ",a");
    for (int i = 1; i < ranks[1]; i++) {
        const char letter = i == b ? 'z' : (char)('k' + i);
        text_put_char(text, letter);
        if (i != b) out[n++] = letter;
    }
    text_print(text, "->%.*s", n, out);
    return ranks[0] > 1 && ranks[1] > 1 && a > 0 && b > 0;
}

bool torch_dot(TorchStep *step)
{
    if (!step->node || step->node->n_in != 2) return false;
    const Value *axes = torch_arg(step, "axes");
    const bool pair = axes->kind != VALUE_INT;
    const int a = shape_axis(&step->node->in[0]->spec.shape, torch_int(step, "axes", 0));
    const int b = shape_axis(&step->node->in[1]->spec.shape, torch_int(step, "axes", pair ? 1 : 0));
    Text equation = {.arena = arena_of(step)};
    if (!equation_of(step, a, b, &equation)) return false;
    const char *left = torch_input(step, 0, LAYOUT_KERAS), *right = torch_input(step, 1, LAYOUT_KERAS);
    if (torch_flag(step, "normalize")) {
        left = arena_print(arena_of(step), "F.normalize(%s, dim=%d, eps=1e-06)", left, a);
        right = arena_print(arena_of(step), "F.normalize(%s, dim=%d, eps=1e-06)", right, b);
    }
    step->layout = LAYOUT_KERAS;
    step->x = arena_print(arena_of(step), "torch.einsum('%s', %s, %s)%s", equation.bytes, left, right,
                          step->node->in[0]->spec.shape.rank == 2 && step->node->in[1]->spec.shape.rank == 2 ? ".unsqueeze(1)" : "");
    step->code->sequence = false;
    return true;
}
