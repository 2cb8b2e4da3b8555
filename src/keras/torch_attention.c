#include <inttypes.h>
#include <string.h>

#include "keras/torch_code.h"

static Arena *arena_of(const TorchStep *step) { return step->code->file->arena; }

static const Value *call_arg(const TorchStep *step, const char *name)
{
    static const Value none = VALUE_IS_NONE;
    const LayerKind *kind = step->layer->kind;
    for (int i = 0; step->node && i < step->node->call.n && i < kind->n_call_params; i++)
        if (strcmp(kind->call_params[i].name, name) == 0) return &step->node->call.args[i];
    return &none;
}

static bool is_causal(const TorchStep *step) { return value_truth(call_arg(step, "use_causal_mask")); }

/* Only query, value and key. */
static bool is_plain_call(const TorchStep *step, int tensors)
{
    if (!step->node || step->node->n_in > tensors) return false;
    for (int i = 0; i < step->node->n_in; i++)
        if (step->node->in[i]->spec.shape.rank != 3) return false;
    return true;
}

static bool drops(const TorchStep *step) { return value_number(torch_arg(step, "dropout")) != 0; }

/* ---- without weights of their own ---- */

static void attend(TorchStep *step, const char *scores, const char *value)
{
    const char *name = torch_variable(step, "_scores");
    torch_line(step, "%s = %s", name, scores);
    if (is_causal(step)) torch_line(step, "%s = %s.masked_fill(torch.ones_like(%s).triu(1).bool(), float('-inf'))", name, name, name);
    step->layout = LAYOUT_KERAS;
    const char *shares = arena_print(arena_of(step), "torch.softmax(%s, dim=-1)", name);
    if (drops(step)) shares = arena_print(arena_of(step), "F.dropout(%s, %s, self.training)", shares, torch_number(step, "dropout"));
    step->x = arena_print(arena_of(step), "%s @ %s", shares, value);
    if (step->node->n_out < 2) return;
    torch_line(step, "%s = %s", name, shares);
    step->results = ARENA_ARRAY(arena_of(step), 2, const char *);
    step->n_results = 2;
    step->results[0] = torch_variable(step, "");
    step->results[1] = name;
    torch_line(step, "%s = %s @ %s", step->results[0], name, value);
}

static const char *scale_of(TorchStep *step)
{
    if (!step->layer->n_weights) return "";
    const Shape *shape = &step->layer->weights[0].shape;
    const char *constructor = arena_print(arena_of(step), "nn.Parameter(torch.ones(%s))", shape_text(arena_of(step), shape));
    return arena_print(arena_of(step), " * %s", torch_member(step, "_scale", constructor, "scale"));
}

bool torch_attention(TorchStep *step)
{
    if (!is_plain_call(step, 3) || step->node->n_in < 2 || !torch_is(step, "score_mode", "dot")) return false;
    const char *query = torch_input(step, 0, LAYOUT_KERAS), *value = torch_input(step, 1, LAYOUT_KERAS);
    const char *key = step->node->n_in > 2 ? torch_input(step, 2, LAYOUT_KERAS) : value;
    attend(step, arena_print(arena_of(step), "%s @ %s.transpose(1, 2)%s", query, key, scale_of(step)), value);
    return true;
}

bool torch_additive_attention(TorchStep *step)
{
    if (!is_plain_call(step, 3) || step->node->n_in < 2) return false;
    const char *query = torch_input(step, 0, LAYOUT_KERAS), *value = torch_input(step, 1, LAYOUT_KERAS);
    const char *key = step->node->n_in > 2 ? torch_input(step, 2, LAYOUT_KERAS) : value;
    attend(step, arena_print(arena_of(step), "(torch.tanh(%s.unsqueeze(2) + %s.unsqueeze(1))%s).sum(-1)", query, key, scale_of(step)), value);
    return true;
}

/* ---- with several heads ---- */

typedef struct Heads {
    int64_t heads, groups, key_dim, value_dim;
} Heads;

static const char *heads_note(const TorchStep *step, const Heads *heads)
{
    static const char *const NAMES[] = {"query", "key", "value"};
    Text text = {.arena = arena_of(step)};
    const bool bias = torch_flag(step, "use_bias");
    for (int i = 0; i < 3; i++) {
        const int64_t width = (i ? heads->groups : heads->heads) * (i == 2 ? heads->value_dim : heads->key_dim);
        text_print(&text, "%s%s.weight = %s.kernel.reshape(-1, %" PRId64 ").T", i ? ", " : "", NAMES[i], NAMES[i], width);
        if (bias) text_print(&text, ", %s.bias = %s.bias.reshape(-1)", NAMES[i], NAMES[i]);
    }
    text_print(&text, ", out.weight = attention_output.kernel.reshape(%" PRId64 ", -1).T", heads->heads * heads->value_dim);
    if (bias) text_put(&text, ", out.bias = attention_output.bias");
    return text.bytes;
}

static int64_t width_of(const TorchStep *step, int input)
{
    const Shape *shape = &step->node->in[input < step->node->n_in ? input : step->node->n_in - 1]->spec.shape;
    return shape->dim[shape->rank - 1];
}

static bool write_heads(TorchStep *step, const Heads *heads)
{
    Arena *arena = arena_of(step);
    const Shape *query = &step->node->in[0]->spec.shape;
    const int key_at = step->node->n_in > 2 ? 2 : 1;
    if (torch_flag(step, "use_gate") || torch_arg(step, "sliding_window")->kind != VALUE_NONE || step->node->n_in < 2) return false;
    if (call_arg(step, "attention_mask")->kind != VALUE_NONE || query->rank != 3 || step->node->n_out > 1) return false;
    torch_use(step, HELPER_ATTENTION);
    const char *constructor = arena_print(arena, "MultiHeadAttention(%" PRId64 ", %" PRId64 ", %" PRId64 ", heads=%" PRId64 ", groups=%" PRId64
                                          ", key_dim=%" PRId64 ", value_dim=%" PRId64 ", out=%" PRId64 "%s%s)", width_of(step, 0), width_of(step, 1),
                                          width_of(step, key_at), heads->heads, heads->groups, heads->key_dim, heads->value_dim,
                                          step->out->shape.dim[2], torch_flag(step, "use_bias") ? "" : ", bias=False",
                                          drops(step) ? arena_print(arena, ", dropout=%s", torch_number(step, "dropout")) : "");
    const char *member = torch_member(step, "", constructor, heads_note(step, heads));
    const char *q = torch_input(step, 0, LAYOUT_KERAS), *v = torch_input(step, 1, LAYOUT_KERAS), *k = torch_input(step, key_at, LAYOUT_KERAS);
    step->layout = LAYOUT_KERAS;
    step->x = arena_print(arena, "%s(%s, %s, %s%s)", member, q, v, k, is_causal(step) ? ", is_causal=True" : "");
    step->code->sequence = false;
    return true;
}

static bool attends_to_steps(const TorchStep *step)
{
    const Value *axes = torch_arg(step, "attention_axes");
    const bool list = axes->kind == VALUE_TUPLE || axes->kind == VALUE_LIST;
    return axes->kind == VALUE_NONE || ((!list || axes->list->n == 1) && torch_int(step, "attention_axes", 0) == 1);
}

bool torch_multi_head(TorchStep *step)
{
    if (!is_plain_call(step, 3) || !attends_to_steps(step)) return false;
    Heads heads = {.heads = torch_int(step, "num_heads", 0), .key_dim = torch_int(step, "key_dim", 0), .value_dim = torch_int(step, "value_dim", 0)};
    heads.groups = heads.heads;
    if (!heads.value_dim) heads.value_dim = heads.key_dim;
    return write_heads(step, &heads);
}

bool torch_group_query(TorchStep *step)
{
    const int64_t head = torch_int(step, "head_dim", 0);
    const Heads heads = {.heads = torch_int(step, "num_query_heads", 0), .groups = torch_int(step, "num_key_value_heads", 0), .key_dim = head, .value_dim = head};
    return is_plain_call(step, 3) && write_heads(step, &heads);
}
