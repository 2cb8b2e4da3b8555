#include <string.h>

#include "engine/activation.h"
#include "keras/torch_code.h"

/* As a module and as an expression; {0} is the activation's parameter, {d} the axis. */
static const struct { const char *name, *module, *expression; } ACTIVATIONS[] = {
    {"relu", "nn.ReLU()", "F.relu($)"},
    {"relu6", "nn.ReLU6()", "F.relu6($)"},
    {"leaky_relu", "nn.LeakyReLU({0})", "F.leaky_relu($, {0})"},
    {"elu", "nn.ELU({0})", "F.elu($, {0})"},
    {"celu", "nn.CELU({0})", "F.celu($, {0})"},
    {"selu", "nn.SELU()", "F.selu($)"},
    {"gelu", "nn.GELU()", "F.gelu($)"},
    {"silu", "nn.SiLU()", "F.silu($)"},
    {"mish", "nn.Mish()", "F.mish($)"},
    {"softplus", "nn.Softplus()", "F.softplus($)"},
    {"softsign", "nn.Softsign()", "F.softsign($)"},
    {"sigmoid", "nn.Sigmoid()", "torch.sigmoid($)"},
    {"hard_sigmoid", "nn.Hardsigmoid()", "F.hardsigmoid($)"},
    {"log_sigmoid", "nn.LogSigmoid()", "F.logsigmoid($)"},
    {"hard_silu", "nn.Hardswish()", "F.hardswish($)"},
    {"tanh", "nn.Tanh()", "torch.tanh($)"},
    {"hard_tanh", "nn.Hardtanh()", "F.hardtanh($)"},
    {"tanh_shrink", "nn.Tanhshrink()", "F.tanhshrink($)"},
    {"soft_shrink", "nn.Softshrink({0})", "F.softshrink($, {0})"},
    {"hard_shrink", "nn.Hardshrink({0})", "F.hardshrink($, {0})"},
    {"softmax", "nn.Softmax(dim={d})", "F.softmax($, dim={d})"},
    {"log_softmax", "nn.LogSoftmax(dim={d})", "F.log_softmax($, dim={d})"},
    {"glu", "nn.GLU(dim={d})", "F.glu($, dim={d})"},
    {"exponential", NULL, "torch.exp($)"},
    {"squareplus", NULL, "($ + torch.sqrt($ ** 2 + {0})) / 2"},
    {"sparse_sigmoid", NULL, "torch.clamp(($ + 1) / 2, 0, 1)"},
    {"sparse_plus", NULL, "torch.where($ < 1, F.relu($ + 1) ** 2 / 4, $)"},
};

static const char *filled(const TorchStep *step, const char *format, const Activation *activation, int axis)
{
    Text text = {.arena = step->code->file->arena};
    for (; *format; format++) {
        if (strncmp(format, "{0}", 3) == 0) number_repr(&text, activation->parameters[0]), format += 2;
        else if (strncmp(format, "{d}", 3) == 0) text_print(&text, "%d", axis), format += 2;
        else text_put_char(&text, *format);
    }
    return text_string(&text);
}

static bool is_approximate(const Activation *activation)
{
    return strcmp(activation->name, "gelu") == 0 && activation->parameters && activation->parameters[0] != 0;
}

bool torch_activate(TorchStep *step, const Activation *activation, int axis)
{
    const int rank = step->out ? step->out->shape.rank : 0;
    const bool moved = step->layout == LAYOUT_TORCH && rank >= 3, last = axis == -1 || axis == rank - 1;
    const int at = !moved ? axis : last ? 1 : axis < 0 ? axis + rank + 1 : axis ? axis + 1 : 0;
    if (activation->opaque) return false;
    if (strcmp(activation->name, "linear") == 0) return true;
    for (size_t i = 0; i < sizeof ACTIVATIONS / sizeof *ACTIVATIONS; i++) {
        if (strcmp(ACTIVATIONS[i].name, activation->name) != 0) continue;
        const char *module = ACTIVATIONS[i].module, *expression = filled(step, ACTIVATIONS[i].expression, activation, at);
        if (is_approximate(activation)) module = "nn.GELU('tanh')", expression = "F.gelu($, approximate='tanh')";
        if (!module) torch_apply(step, "%s", expression);
        else torch_item(step, "%s", filled(step, module, activation, at)), torch_inline(step, "%s", expression);
        return true;
    }
    return false;
}

bool torch_activate_by(TorchStep *step) { return torch_activate(step, layer_activation(step->layer), -1); }
