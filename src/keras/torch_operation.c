/* keras.ops on tensors: always in Keras' layout. */
#include <inttypes.h>
#include <string.h>

#include "engine/activation.h"
#include "keras/torch_code.h"

static Arena *arena_of(const TorchStep *step) { return step->code->file->arena; }

static const char *operand(TorchStep *step, const Value *value)
{
    Text text = {.arena = arena_of(step)};
    for (int i = 0; value->kind == VALUE_TENSOR && i < step->node->n_in; i++)
        if (step->node->in[i] == value->tensor) return torch_input(step, i, LAYOUT_KERAS);
    put_code_value(&step->code->variables, &text, value, PARAM_ANY);
    return text_string(&text);
}

static const Value *call_arg(const TorchStep *step, int i)
{
    static const Value none = VALUE_IS_NONE;
    return i < step->node->call.n ? &step->node->call.args[i] : &none;
}

/* Of an operand, so that a sign may stand behind it. */
static const char *closed(TorchStep *step, const char *text)
{
    return strpbrk(text, "+-/ ") && !strchr(text, '(') ? arena_print(arena_of(step), "(%s)", text) : text;
}

static bool done(TorchStep *step, const char *x)
{
    step->layout = LAYOUT_KERAS;
    step->x = x;
    step->code->sequence = false;
    return true;
}

/* ---- one or two operands ---- */

static const struct { const char *name, *sign; } SIGNS[] = {
    {"Add", "+"}, {"Subtract", "-"}, {"Multiply", "*"}, {"TrueDivide", "/"}, {"Divide", "/"}, {"FloorDivide", "//"}, {"Mod", "%"}, {"Power", "**"},
    {"Matmul", "@"}, {"Less", "<"}, {"LessEqual", "<="}, {"Greater", ">"}, {"GreaterEqual", ">="}, {"Equal", "=="}, {"NotEqual", "!="},
    {"LogicalAnd", "&"}, {"LogicalOr", "|"},
};

static const struct { const char *name, *function; } FUNCTIONS[] = {
    {"Maximum", "torch.maximum"}, {"Minimum", "torch.minimum"}, {"Absolute", "torch.abs"}, {"Exp", "torch.exp"}, {"Log", "torch.log"}, {"Log1p", "torch.log1p"},
    {"Expm1", "torch.expm1"}, {"Sqrt", "torch.sqrt"}, {"Rsqrt", "torch.rsqrt"}, {"Square", "torch.square"}, {"Sin", "torch.sin"}, {"Cos", "torch.cos"},
    {"Tan", "torch.tan"}, {"Sign", "torch.sign"}, {"Floor", "torch.floor"}, {"Ceil", "torch.ceil"}, {"Negative", "-"}, {"Erf", "torch.erf"},
    {"LogicalNot", "torch.logical_not"}, {"Reciprocal", "torch.reciprocal"},
};

static bool write_sign(TorchStep *step)
{
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (strcmp(SIGNS[i].name, step->layer->kind->name) == 0) {
            const char *left = closed(step, operand(step, call_arg(step, 0)));
            return done(step, arena_print(arena_of(step), "%s %s %s", left, SIGNS[i].sign, closed(step, operand(step, call_arg(step, 1)))));
        }
    return false;
}

static bool write_function(TorchStep *step)
{
    const char *name = step->layer->kind->name;
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++) {
        if (strcmp(FUNCTIONS[i].name, name) != 0) continue;
        const char *x = operand(step, call_arg(step, 0));
        if (step->node->call.n < 2) return done(step, arena_print(arena_of(step), "%s(%s)", FUNCTIONS[i].function, x));
        const Value *other = call_arg(step, 1);
        if (other->kind == VALUE_TENSOR && other->tensor->node) return done(step, arena_print(arena_of(step), "%s(%s, %s)", FUNCTIONS[i].function, x, operand(step, other)));
        return done(step, arena_print(arena_of(step), "torch.clamp(%s, %s=%s)", x, name[1] == 'a' ? "min" : "max", operand(step, other)));
    }
    return false;
}

static bool write_activation(TorchStep *step)
{
    static const struct { const char *name, *activation; } NAMES[] = {
        {"Relu", "relu"}, {"Relu6", "relu6"}, {"Sigmoid", "sigmoid"}, {"Tanh", "tanh"}, {"Silu", "silu"}, {"Softplus", "softplus"},
        {"Softsign", "softsign"}, {"Selu", "selu"}, {"HardSigmoid", "hard_sigmoid"}, {"HardSilu", "hard_silu"}, {"Mish", "mish"},
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(NAMES[i].name, step->layer->kind->name) != 0) continue;
        torch_take(step, LAYOUT_KERAS);
        return torch_activate(step, activation_find(NAMES[i].activation), -1);
    }
    if (strcmp(step->layer->kind->name, "Softmax") != 0) return false;
    torch_take(step, LAYOUT_KERAS);
    torch_apply(step, "torch.softmax($, dim=%s)", torch_number(step, "axis"));
    return torch_arg(step, "axis")->kind == VALUE_INT;
}

/* ---- along axes ---- */

static bool write_reduction(TorchStep *step)
{
    static const struct { const char *name, *method; } METHODS[] = {
        {"Mean", "mean"}, {"Sum", "sum"}, {"Max", "amax"}, {"Min", "amin"}, {"Amax", "amax"}, {"Amin", "amin"}, {"Logsumexp", "logsumexp"},
    };
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        if (strcmp(METHODS[i].name, step->layer->kind->name) != 0) continue;
        if (torch_arg(step, "axis")->kind == VALUE_NONE) return false;
        torch_take(step, LAYOUT_KERAS);
        torch_apply(step, "%s.%s(dim=%s%s)", closed(step, step->x), METHODS[i].method, torch_number(step, "axis"), torch_flag(step, "keepdims") ? ", keepdim=True" : "");
        return true;
    }
    return false;
}

static bool reshape(TorchStep *step)
{
    Text text = {.arena = arena_of(step)};
    int unknown = 0;
    for (int i = 0; i < step->out->shape.rank; i++) {
        unknown += step->out->shape.dim[i] == DIM_NONE;
        text_print(&text, "%s%" PRId64, i ? ", " : "", step->out->shape.dim[i]);
    }
    torch_take(step, LAYOUT_KERAS);
    torch_apply(step, "$.reshape(%s)", text_string(&text));
    return unknown <= 1;
}

static bool transpose(TorchStep *step)
{
    Text text = {.arena = arena_of(step)};
    const bool turned = torch_arg(step, "axes")->kind == VALUE_NONE;
    torch_take(step, LAYOUT_KERAS);
    const int rank = step->in->shape.rank;
    for (int i = 0; i < rank; i++) text_print(&text, "%s%" PRId64, i ? ", " : "", turned ? rank - 1 - i : torch_int(step, "axes", i));
    torch_apply(step, "$.permute(%s)", text_string(&text));
    return true;
}

static bool along_axis(TorchStep *step, const char *method)
{
    if (torch_arg(step, "axis")->kind != VALUE_INT) return false;
    torch_take(step, LAYOUT_KERAS);
    torch_apply(step, "$.%s(%s)", method, torch_number(step, "axis"));
    return true;
}

static bool expand(TorchStep *step) { return along_axis(step, "unsqueeze"); }
static bool squeeze(TorchStep *step) { return along_axis(step, "squeeze"); }

static bool join(TorchStep *step, const char *function)
{
    Text text = {.arena = arena_of(step)};
    if (torch_arg(step, "axis")->kind != VALUE_INT) return false;
    for (int i = 0; i < step->node->n_in; i++) text_print(&text, "%s%s", i ? ", " : "", torch_input(step, i, LAYOUT_KERAS));
    return done(step, arena_print(arena_of(step), "%s([%s], dim=%s)", function, text_string(&text), torch_number(step, "axis")));
}

static bool stack(TorchStep *step) { return join(step, "torch.stack"); }
static bool concatenate(TorchStep *step) { return join(step, "torch.cat"); }

static bool item(TorchStep *step)
{
    Text key = {.arena = arena_of(step)};
    put_subscript(&step->code->variables, &key, call_arg(step, 1));
    torch_take(step, LAYOUT_KERAS);
    torch_apply(step, "$[%s]", text_string(&key));
    return true;
}

static bool einsum(TorchStep *step)
{
    Text text = {.arena = arena_of(step)};
    if (torch_arg(step, "subscripts")->kind != VALUE_STRING) return false;
    for (int i = 0; i < step->node->n_in; i++) text_print(&text, ", %s", torch_input(step, i, LAYOUT_KERAS));
    return done(step, arena_print(arena_of(step), "torch.einsum('%s'%s)", torch_arg(step, "subscripts")->string.bytes, text_string(&text)));
}

static bool write_by_table(TorchStep *step)
{
    return write_sign(step) || write_function(step) || write_activation(step) || write_reduction(step);
}

TorchLayer *torch_operation_find(const char *class_name)
{
    static const struct { const char *name; TorchLayer *write; } OWN[] = {
        {"Reshape", reshape}, {"Transpose", transpose}, {"ExpandDims", expand}, {"Squeeze", squeeze},
        {"Stack", stack}, {"Concatenate", concatenate}, {"GetItem", item}, {"Einsum", einsum},
    };
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++)
        if (strcmp(OWN[i].name, class_name) == 0) return OWN[i].write;
    return write_by_table;
}
