#include <ctype.h>
#include <string.h>

#include "keras/legacy.h"
#include "keras/torch_code.h"
#include "keras/write.h"

static const char *const HELPER_CODE[HELPERS] = {
    [HELPER_PERMUTE] = "class Permute(nn.Module):\n"
                       "    def __init__(self, *axes):\n"
                       "        super().__init__()\n"
                       "        self.axes = axes\n\n"
                       "    def forward(self, x):\n"
                       "        return x.permute(self.axes)\n\n\n",
    [HELPER_SAME_PAD] = "class SamePad(nn.Module):\n"
                        "    def __init__(self, size, stride, value=0.0):\n"
                        "        super().__init__()\n"
                        "        self.size, self.stride, self.value = size, stride, value\n\n"
                        "    def forward(self, x):\n"
                        "        pads = []\n"
                        "        for n, size, stride in zip(x.shape[2:], self.size, self.stride):\n"
                        "            more = max((-(-n // stride) - 1) * stride + size - n, 0)\n"
                        "            pads = [more // 2, more - more // 2] + pads\n"
                        "        return F.pad(x, pads, value=self.value)\n\n\n",
    [HELPER_ATTENTION] = "class MultiHeadAttention(nn.Module):\n"
                         "    def __init__(self, query, value, key, heads, groups, key_dim, value_dim, out, bias=True, dropout=0.0):\n"
                         "        super().__init__()\n"
                         "        self.heads, self.groups, self.dropout = heads, groups, dropout\n"
                         "        self.query = nn.Linear(query, heads * key_dim, bias)\n"
                         "        self.key = nn.Linear(key, groups * key_dim, bias)\n"
                         "        self.value = nn.Linear(value, groups * value_dim, bias)\n"
                         "        self.out = nn.Linear(heads * value_dim, out, bias)\n\n"
                         "    def forward(self, query, value, key, is_causal=False):\n"
                         "        q = self.query(query).unflatten(-1, (self.heads, -1)).transpose(1, 2)\n"
                         "        k = self.key(key).unflatten(-1, (self.groups, -1)).transpose(1, 2)\n"
                         "        v = self.value(value).unflatten(-1, (self.groups, -1)).transpose(1, 2)\n"
                         "        k = k.repeat_interleave(self.heads // self.groups, dim=1)\n"
                         "        v = v.repeat_interleave(self.heads // self.groups, dim=1)\n"
                         "        dropout = self.dropout if self.training else 0.0\n"
                         "        y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=is_causal)\n"
                         "        return self.out(y.transpose(1, 2).flatten(2))\n\n\n",
};
static const bool HELPER_FUNCTIONAL[HELPERS] = {[HELPER_SAME_PAD] = true, [HELPER_ATTENTION] = true};

/* ---- one call ---- */

static bool refuse(const TorchStep *step, const char *cause)
{
    TorchFile *file = step->code->file;
    if (file->err->set) return false;
    error_set(file->err, "NotImplementedError", "%s (%s)", step->layer->name, step->layer->class_name);
    error_cause(file->err, cause, step->layer->name, step->layer->class_name, NULL);
    return false;
}

bool torch_write_layer(TorchStep *step)
{
    TorchLayer *write = step->layer->model             ? torch_nested
                        : step->layer->kind->operation ? torch_operation_find(step->layer->kind->name)
                                                       : torch_layer_find(step->layer->kind->name);
    if (!write || !write(step)) return refuse(step, "pytorch.layer");
    return true;
}

static bool is_masked(const Node *node)
{
    for (int i = 0; i < node->n_in; i++)
        if (legacy_is_mask(node, i)) return true;
    return false;
}

static void bind(TorchCode *code, const KerasTensor *tensor, TorchLayout layout, const char *name)
{
    code->tensors = arena_grow(code->file->arena, code->tensors, code->n_tensors, &code->tensors_capacity, code->n_tensors + 1, sizeof *code->tensors);
    TorchTensor *entry = &code->tensors[code->n_tensors++];
    *entry = (TorchTensor){.tensor = tensor};
    entry->name[layout] = name;
    if (tensor->spec.shape.rank < 3) entry->name[LAYOUT_KERAS] = entry->name[LAYOUT_TORCH] = name;
}

static bool write_call(TorchCode *code, const Node *node)
{
    TorchStep step = {.code = code, .layer = node->layer, .node = node, .out = &node->out[0]->spec};
    if (node->n_in) step.in = &node->in[0]->spec;
    if (!node->layer->model && is_masked(node)) return refuse(&step, "pytorch.mask");
    if (node->n_in && node->in[0]->node) torch_take(&step, torch_has(&step, LAYOUT_KERAS) ? LAYOUT_KERAS : LAYOUT_TORCH);
    if (!torch_write_layer(&step)) return false;
    for (int i = 0; i < step.n_results; i++) bind(code, node->out[i], LAYOUT_KERAS, step.results[i]);
    if (step.n_results) return true;
    torch_flush(&step);
    bind(code, node->out[0], step.layout, step.x);
    return true;
}

/* ---- a module ---- */

static void take_names(CodeWriter *names, Arena *arena, const char *const *taken)
{
    *names = (CodeWriter){.arena = arena, .body.arena = arena};
    for (; *taken; taken++) variable_new(names, *taken);
}

static bool edge_is_written(const Node *node, int input) { return !legacy_is_mask(node, input); }

static void begin(TorchCode *code, TorchFile *file, const Model *model)
{
    static const char *const NAMES[] = {"self", "torch", "nn", "F", "x", NULL};
    static const char *const MEMBERS[] = {"training", "forward", "call", "eval", "train", "to", "float", "double", "half", "type", "apply",
                                          "add_module", "children", "modules", "parameters", "buffers", "register", "compile", "cpu",
                                          "cuda", "share_memory", NULL};
    Arena *arena = file->arena;
    Model graph = *model;
    *code = (TorchCode){.file = file, .sequence = true, .members.arena = arena, .lines.arena = arena, .items.arena = arena};
    take_names(&code->variables, arena, NAMES);
    take_names(&code->names, arena, MEMBERS);
    graph.kind = MODEL_FUNCTIONAL;
    view_make(&code->view, arena, &graph, edge_is_written);
    code->line = model->n_inputs == 1 && model->n_outputs == 1 && view_is_line(&code->view, arena);
    code->view.model = model;
}

static void name_inputs(TorchCode *code, Text *parameters)
{
    const Model *model = code->view.model;
    for (int i = 0; i < model->n_inputs; i++) {
        const bool alone = model->n_inputs == 1;
        const char *name = alone ? "x" : variable_new(&code->variables, model->inputs[i]->node->layer->name);
        bind(code, model->inputs[i], LAYOUT_KERAS, name);
        text_print(parameters, ", %s", name);
        if (!i) code->first = name;
    }
}

static bool write_calls(TorchCode *code)
{
    for (int i = 0; i < code->view.n_nodes; i++) {
        const Node *node = code->view.nodes[i];
        if (strcmp(node->layer->kind->name, "InputLayer") != 0 && !write_call(code, node)) return false;
    }
    return true;
}

/* What stands after `return`. */
static void put_outputs(TorchCode *code, Text *text)
{
    const Model *model = code->view.model;
    const Value *structure = &model->output_structure;
    const bool dict = structure->kind == VALUE_DICT;
    for (int i = 0; i < model->n_outputs; i++) {
        const Node node = {.layer = model->self, .in = &model->outputs[i], .n_in = 1};
        TorchStep step = {.code = code, .layer = model->self, .node = &node, .in = &model->outputs[i]->spec};
        const char *name = torch_input(&step, 0, LAYOUT_KERAS);
        text_put(text, i ? ", " : dict ? "{" : "");
        if (dict) text_print(text, "%s: ", value_repr_text(text->arena, &structure->dict->keys.items[i]));
        text_put(text, name);
    }
    if (dict) text_put_char(text, '}');
}

/* The whole of a module, put into code, parameters of forward and what it returns. */
static bool write_module(TorchCode *code, TorchFile *file, const Model *model, Text *parameters, Text *outputs)
{
    if (!model->n_steps) {
        error_set(file->err, "NotImplementedError", "%s", model->self->name);
        return error_cause(file->err, "pytorch.shapeless", model->self->name, NULL);
    }
    begin(code, file, model);
    name_inputs(code, parameters);
    if (!write_calls(code)) return false;
    put_outputs(code, outputs);
    return true;
}

static const char *class_name(TorchFile *file, const char *wanted)
{
    Text name = {.arena = file->arena};
    bool start = true;
    for (const char *c = wanted; *c; c++) {
        if (isalnum((unsigned char)*c)) text_put_char(&name, start ? (char)toupper((unsigned char)*c) : *c);
        start = *c == '_';
    }
    return variable_new(&file->names, text_string(&name));
}

static void put_class(TorchCode *code, const char *name, const char *parameters, const char *outputs)
{
    Text *text = &code->file->classes;
    code->file->functional |= strstr(text_string(&code->lines), "F.") != NULL;
    text_print(text, "class %s(nn.Module):\n", name);
    if (code->members.length) text_print(text, "    def __init__(self):\n        super().__init__()\n%s\n", code->members.bytes);
    text_print(text, "    def forward(self%s):\n%s        return %s\n\n\n", parameters, text_string(&code->lines), outputs);
}

/* The class of a model; in a file its name is found again by the model. NULL on refusal. */
static bool write_class(TorchFile *file, const Model *model, const char *wanted)
{
    TorchCode code;
    Text parameters = {.arena = file->arena}, outputs = {.arena = file->arena};
    if (!write_module(&code, file, model, &parameters, &outputs)) return false;
    const char *name = class_name(file, wanted);
    put_class(&code, name, text_string(&parameters), text_string(&outputs));
    variable_bind(&file->names, model->self, name);
    return true;
}

/* ---- a model as a layer ---- */

static void put_arguments(TorchStep *step, Text *text)
{
    const Node *node = step->node;
    const int n = step->layer->model->n_inputs;
    for (int i = 0; i < node->n_in && i < n; i++) text_print(text, "%s%s", i ? ", " : "", torch_input(step, i, LAYOUT_KERAS));
}

bool torch_nested(TorchStep *step)
{
    TorchFile *file = step->code->file;
    const Model *model = step->layer->model;
    Text arguments = {.arena = file->arena}, results = {.arena = file->arena};
    if (!variable_of(&file->names, model->self) && !write_class(file, model, step->layer->name)) return false;
    torch_take(step, LAYOUT_KERAS);
    const char *constructor = arena_print(file->arena, "%s()", variable_of(&file->names, model->self));
    if (!step->node || (model->n_inputs == 1 && model->n_outputs == 1)) {
        torch_module(step, "", constructor, NULL);
        return true;
    }
    const char *member = torch_member(step, "", constructor, NULL);
    put_arguments(step, &arguments);
    step->x = arena_print(file->arena, "%s(%s)", member, arguments.bytes);
    if (model->n_outputs == 1) return true;
    step->n_results = model->n_outputs;
    step->results = ARENA_ARRAY(file->arena, model->n_outputs, const char *);
    for (int i = 0; i < step->n_results; i++) {
        step->results[i] = torch_variable(step, "");
        text_print(&results, "%s%s", i ? ", " : "", step->results[i]);
    }
    torch_line(step, "%s = %s", results.bytes, step->x);
    return true;
}

/* ---- the whole text ---- */

static bool write_model(TorchFile *file, const Model *model, Text *body)
{
    TorchCode code;
    Text parameters = {.arena = file->arena}, outputs = {.arena = file->arena};
    if (!write_module(&code, file, model, &parameters, &outputs)) return false;
    if (code.sequence && code.line) {
        file->helpers[HELPER_PERMUTE] = strstr(text_string(&code.items), "Permute(") != NULL;
        text_print(body, "model = nn.Sequential(%s%s)\n", code.items.length ? "\n" : "", text_string(&code.items));
        return true;
    }
    const char *name = class_name(file, "Model");
    put_class(&code, name, text_string(&parameters), text_string(&outputs));
    text_print(body, "model = %s()\n", name);
    return true;
}

static void put_imports(const TorchFile *file, const char *code, Text *text)
{
    if (strstr(code, "torch.")) text_put(text, "import torch\n");
    text_put(text, "from torch import nn\n");
    if (file->functional) text_put(text, "from torch.nn import functional as F\n");
    text_put(text, strstr(code, "class ") ? "\n\n" : "\n");
}

bool write_torch(Text *text, const Plan *plan, Error *err)
{
    static const char *const NAMES[] = {"Permute", "SamePad", "MultiHeadAttention", "F", "None", "True", "False", NULL};
    TorchFile file = {.arena = text->arena, .err = err, .classes.arena = text->arena};
    Text body = {.arena = text->arena}, helpers = {.arena = text->arena};
    take_names(&file.names, text->arena, NAMES);
    if (!write_model(&file, plan->model, &body)) return false;
    for (int i = 0; i < HELPERS; i++) {
        if (!file.helpers[i]) continue;
        text_put(&helpers, HELPER_CODE[i]);
        file.functional |= HELPER_FUNCTIONAL[i];
    }
    const char *code = arena_print(text->arena, "%s%s%s", text_string(&helpers), text_string(&file.classes), body.bytes);
    put_imports(&file, code, text);
    text_put(text, code);
    return true;
}
