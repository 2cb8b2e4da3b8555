#include <string.h>

#include "keras/code_writer.h"
#include "keras/graph_view.h"
#include "keras/legacy.h"
#include "keras/opaque.h"
#include "keras/write.h"

static const char *write_model(CodeWriter *, const Model *, const char *wanted);

static bool is_input(const Layer *layer) { return strcmp(layer->kind->name, "InputLayer") == 0; }

/* ---- what must stand before the line that uses it ---- */

/* A class of the text's own: only its output's shape is known. */
static void write_class(CodeWriter *writer, const Layer *layer)
{
    const char *class_name = layer->class_name;
    if (variable_of(writer, class_name) || !layer->n_calls) return;
    for (size_t i = 0; i < writer->n_taken; i++)
        if (strcmp(writer->taken[i], class_name) == 0) return;
    variable_new(writer, class_name);
    text_print(&writer->body, "class %s(layers.Layer):\n    def compute_output_shape(self, input_shape):\n        return ", class_name);
    shape_print(&writer->body, &layer->calls[0]->out[0]->spec.shape);
    text_put(&writer->body, "\n\n");
}

static void write_inside(CodeWriter *writer, const Layer *layer)
{
    if (layer_is_opaque(layer)) write_class(writer, layer);
    if (layer->model && !variable_of(writer, layer)) {
        write_model(writer, layer->model, layer->name);
        return;
    }
    for (int i = 0; !layer->model && i < layer->kind->n_params; i++) {
        const Value *value = &layer->args[i];
        if (value->kind == VALUE_LAYER) write_inside(writer, value->layer);
        for (size_t k = 0; (value->kind == VALUE_LIST || value->kind == VALUE_TUPLE) && k < value->list->n; k++)
            if (value->list->items[k].kind == VALUE_LAYER) write_inside(writer, value->list->items[k].layer);
    }
}

/* ---- inputs ---- */

static void put_input(CodeWriter *writer, Text *text, const Layer *layer)
{
    const TensorSpec *spec = &layer->calls[0]->out[0]->spec;
    const bool batch = spec->shape.rank && spec->shape.dim[0] != DIM_NONE;
    const Shape shape = batch || !spec->shape.rank ? spec->shape : shape_slice(&spec->shape, 1, spec->shape.rank);
    text_print(text, "keras.Input(%s=", batch || !spec->shape.rank ? "batch_shape" : "shape");
    shape_print(text, &shape);
    if (spec->dtype != DTYPE_FLOAT32) text_print(text, ", dtype='%s'", dtype_name(spec->dtype));
    if (!name_is_automatic(writer, layer, layer->name)) {
        const Value name = value_string(writer->arena, layer->name, strlen(layer->name));
        text_put(text, ", name=");
        value_repr(text, &name);
    }
    text_put_char(text, ')');
}

/* ---- Sequential ---- */

static void put_name(CodeWriter *writer, Text *text, const Layer *self, const char *comma)
{
    if (name_is_automatic(writer, self, self->name)) return;
    const Value name = value_string(writer->arena, self->name, strlen(self->name));
    text_print(text, "%sname=", comma);
    value_repr(text, &name);
}

static void put_item(CodeWriter *writer, Text *text, const Layer *layer)
{
    const char *variable = variable_of(writer, layer);
    text_put(text, "    ");
    if (variable) text_put(text, variable);
    else put_constructor(writer, text, layer);
    text_put(text, ",\n");
}

/* What stands in the list twice is made before it. */
static void write_repeated(CodeWriter *writer, const Model *model)
{
    for (int i = 0; i < model->n_layers; i++) {
        const Layer *layer = model->layers[i];
        bool again = false;
        for (int k = i + 1; k < model->n_layers; k++) again |= model->layers[k] == layer;
        if (!again || variable_of(writer, layer)) continue;
        Text constructor = {.arena = writer->arena};
        put_constructor(writer, &constructor, layer);
        const char *variable = variable_new(writer, layer->name);
        text_print(&writer->body, "%s = %s\n", variable, constructor.bytes);
        variable_bind(writer, layer, variable);
    }
}

static void write_sequential(CodeWriter *writer, const Model *model, const char *variable)
{
    Text items = {.arena = writer->arena}, name = {.arena = writer->arena};
    for (int i = 0; i < model->n_layers; i++) write_inside(writer, model->layers[i]);
    write_repeated(writer, model);
    if (model->input_layer) {
        text_put(&items, "    ");
        put_input(writer, &items, model->input_layer);
        text_put(&items, ",\n");
    }
    for (int i = 0; i < model->n_layers; i++) put_item(writer, &items, model->layers[i]);
    put_name(writer, &name, model->self, items.length ? ", " : "");
    if (model->input_layer && model->n_layers) name_use(writer, "functional");
    if (items.length) text_print(&writer->body, "%s = keras.Sequential([\n%s]%s)\n", variable, items.bytes, text_string(&name));
    else text_print(&writer->body, "%s = keras.Sequential(%s)\n", variable, text_string(&name));
}

/* ---- functional ---- */

typedef struct GraphCode {
    CodeWriter *writer;
    GraphView   view;
    bool        line;       /* each call feeds the next: one variable x will do */
} GraphCode;

static void put_tensor(const GraphCode *code, Text *text, const KerasTensor *tensor)
{
    const Node *node = tensor->node;
    if (!node) {
        put_code_value(code->writer, text, &tensor->constant, PARAM_ANY);
        return;
    }
    text_put(text, variable_of(code->writer, node));
    if (node->one_output) return;
    if (node->structure.kind == VALUE_DICT) {
        for (size_t i = 0; i < node->structure.dict->keys.n; i++)
            if (node->structure.dict->values.items[i].tensor == tensor)
                text_print(text, "[%s]", value_repr_text(text->arena, &node->structure.dict->keys.items[i]));
        return;
    }
    text_print(text, "[%d]", tensor->index);
}

static void put_structure(const GraphCode *code, Text *text, const Value *value)
{
    if (value->kind == VALUE_TENSOR) {
        put_tensor(code, text, value->tensor);
        return;
    }
    if (value->kind != VALUE_LIST && value->kind != VALUE_TUPLE && value->kind != VALUE_DICT) {
        put_code_value(code->writer, text, value, PARAM_ANY);
        return;
    }
    const bool dict = value->kind == VALUE_DICT, tuple = value->kind == VALUE_TUPLE;
    const ValueList *items = dict ? &value->dict->values : value->list;
    text_put(text, dict ? "{" : tuple ? "(" : "[");
    for (size_t i = 0; i < items->n; i++) {
        if (i) text_put(text, ", ");
        if (dict) text_print(text, "%s: ", value_repr_text(text->arena, &value->dict->keys.items[i]));
        put_structure(code, text, &items->items[i]);
    }
    if (tuple && items->n == 1) text_put_char(text, ',');
    text_put(text, dict ? "}" : tuple ? ")" : "]");
}

static bool is_implicit_mask(const Node *node, const Value *value)
{
    if (value->kind != VALUE_TENSOR) return false;
    for (int i = 0; i < node->n_in; i++)
        if (node->in[i] == value->tensor && legacy_is_mask(node, i)) return true;
    return false;
}

static bool only_masks(const Node *node, const Value *value)
{
    if (value->kind != VALUE_LIST && value->kind != VALUE_TUPLE) return is_implicit_mask(node, value);
    for (size_t i = 0; i < value->list->n; i++)
        if (value->list->items[i].kind != VALUE_NONE && !is_implicit_mask(node, &value->list->items[i])) return false;
    return value->list->n > 0;
}

/* "(x)", "(query, value, use_causal_mask=True)". */
static void put_call(const GraphCode *code, Text *text, const Node *node)
{
    const LayerKind *kind = node->layer->kind;
    bool keywords = false, first = true;
    text_put_char(text, '(');
    for (int i = 0; i < node->call.n; i++) {
        const Value *value = &node->call.args[i];
        const ParamSpec *param = kind->call_params ? &kind->call_params[i] : NULL;
        if (i && param && (value_equal(value, &param->fallback) || only_masks(node, value))) {
            keywords = true;
            continue;
        }
        if (!first) text_put(text, ", ");
        if (keywords || (param && i && !param->required)) text_print(text, "%s=", param ? param->name : "");
        put_structure(code, text, value);
        first = false;
    }
    text_put_char(text, ')');
}

static const struct { const char *class_name, *sign; } OPERATORS[] = {
    {"Add", "+"}, {"Subtract", "-"}, {"Multiply", "*"}, {"TrueDivide", "/"}, {"FloorDivide", "//"}, {"Mod", "%"}, {"Power", "**"},
    {"Matmul", "@"}, {"Less", "<"}, {"LessEqual", "<="}, {"Greater", ">"}, {"GreaterEqual", ">="},
};

static const char *operator_of(const LayerKind *kind)
{
    for (size_t i = 0; i < sizeof OPERATORS / sizeof *OPERATORS; i++)
        if (strcmp(OPERATORS[i].class_name, kind->name) == 0) return OPERATORS[i].sign;
    return NULL;
}

static void put_item_of(const GraphCode *code, Text *text, const Node *node)
{
    put_structure(code, text, &node->call.args[0]);
    text_put_char(text, '[');
    put_subscript(code->writer, text, &node->call.args[1]);
    text_put_char(text, ']');
}

/* An operation is called by its function: arguments of its constructor follow as keywords. */
static void put_operation(const GraphCode *code, Text *text, const Node *node)
{
    CodeWriter *writer = code->writer;
    const Layer *layer = node->layer;
    const char *sign = operator_of(layer->kind);
    name_is_automatic(writer, layer, layer->name);
    if (sign && node->call.n == 2) {
        put_structure(code, text, &node->call.args[0]);
        text_print(text, " %s ", sign);
        put_structure(code, text, &node->call.args[1]);
        return;
    }
    if (strcmp(layer->kind->name, "GetItem") == 0) {
        put_item_of(code, text, node);
        return;
    }
    Text call = {.arena = text->arena};
    writer->has_operations = true;
    put_call(code, &call, node);
    text_print(text, "ops.%s%.*s", snake_case(writer->arena, layer->kind->name), (int)call.length - 1, call.bytes);
    bool first = false;
    put_own_arguments(writer, text, layer, &first);
    text_put_char(text, ')');
}

/* A layer that is called more than once has a line and a variable of its own. */
static void put_layer(const GraphCode *code, Text *text, const Layer *layer)
{
    CodeWriter *writer = code->writer;
    const Node *const *calls;
    const char *variable = variable_of(writer, layer);
    if (!variable && view_calls(&code->view, layer, &calls) > 1) {
        Text constructor = {.arena = writer->arena};
        variable = variable_new(writer, layer->name);
        put_constructor(writer, &constructor, layer);
        text_print(&writer->body, "%s = %s\n", variable, constructor.bytes);
        variable_bind(writer, layer, variable);
    }
    if (variable) text_put(text, variable);
    else put_constructor(writer, text, layer);
}

static const char *result_variable(const GraphCode *code, const Node *node, int place)
{
    const int last = code->view.n_nodes - 1;
    if (is_input(node->layer)) return code->view.model->n_inputs == 1 ? "inputs" : variable_new(code->writer, node->layer->name);
    if (!code->line) return variable_new(code->writer, node->layer->name);
    return place == last ? "outputs" : "x";
}

static void write_node(const GraphCode *code, const Node *node, int place)
{
    CodeWriter *writer = code->writer;
    Text right = {.arena = writer->arena};
    if (is_input(node->layer)) {
        put_input(writer, &right, node->layer);
    } else if (node->layer->kind->operation) {
        put_operation(code, &right, node);
    } else {
        put_layer(code, &right, node->layer);
        put_call(code, &right, node);
    }
    const char *variable = result_variable(code, node, place);
    text_print(&writer->body, "%s = %s\n", variable, text_string(&right));
    variable_bind(writer, node, variable);
}

static bool is_ready(const GraphCode *code, const Node *node)
{
    for (int i = 0; i < node->n_in; i++)
        if (node->in[i]->node && code->view.edge(node, i) && !variable_of(code->writer, node->in[i]->node)) return false;
    return true;
}

/* Operations take no name: of those that may stand here, the one whose automatic name comes next. */
static int next_node(const GraphCode *code, const bool *written, int first)
{
    for (int i = first; i < code->view.n_nodes; i++) {
        const Node *node = code->view.nodes[i];
        if (written[i] || (i > first && !is_ready(code, node))) continue;
        if (!node->layer->kind->operation || name_is_next(code->writer, node->layer)) return i;
    }
    return first;
}

static void write_nodes(const GraphCode *code)
{
    bool *written = ARENA_ARRAY(code->writer->arena, code->view.n_nodes, bool);
    for (int first = 0, place = 0; first < code->view.n_nodes; first++)
        while (!written[first]) {
            const int next = next_node(code, written, first);
            write_node(code, code->view.nodes[next], place++);
            written[next] = true;
        }
}

/* Parameters of call(): one, or a list that is taken apart. */
static void put_structure_names(const GraphCode *code, Text *parameters)
{
    const Model *model = code->view.model;
    Text names = {.arena = parameters->arena};
    for (int i = 0; i < model->n_inputs; i++) {
        const Node *node = model->inputs[i]->node;
        const char *variable = model->n_inputs == 1 ? "inputs" : variable_new(code->writer, node->layer->name);
        text_print(&names, "%s%s", i ? ", " : "", variable);
        variable_bind(code->writer, node, variable);
    }
    text_put(parameters, "inputs");
    if (model->n_inputs != 1) text_print(&code->writer->body, "%s = inputs\n", text_string(&names));
}

static bool edge_is_written(const Node *node, int input) { return !legacy_is_mask(node, input); }

static void write_functional(CodeWriter *writer, const Model *model, const char *variable)
{
    GraphCode code = {.writer = writer};
    Text ends = {.arena = writer->arena};
    Model graph = *model;
    graph.kind = MODEL_FUNCTIONAL;
    view_make(&code.view, writer->arena, &graph, edge_is_written);
    code.line = view_is_line(&code.view, writer->arena) && model->n_outputs == 1 && model->n_inputs == 1;
    for (int i = 0; i < code.view.n_nodes; i++) write_inside(writer, code.view.nodes[i]->layer);
    write_nodes(&code);
    put_structure(&code, &ends, &model->input_structure);
    text_put(&ends, ", ");
    put_structure(&code, &ends, &model->output_structure);
    put_name(writer, &ends, model->self, ", ");
    text_print(&writer->body, "%s = keras.Model(%s)\n", variable, text_string(&ends));
}

/* ---- a class of its own ---- */

/* self.conv = layers.Conv2D(8, 3) for each of its layers. */
static void put_attributes(CodeWriter *writer, const Model *model, Text *text)
{
    static const char *const TAKEN[] = {"name", "layers", "call", "build", "built", "inputs", "outputs", "weights", "variables", "losses", "dtype",
                                        "input", "output", "trainable", "compute_mask", "metrics", "optimizer", "loss", "summary", "fit", "path"};
    CodeWriter names = {.arena = writer->arena};
    for (size_t i = 0; i < sizeof TAKEN / sizeof *TAKEN; i++) variable_new(&names, TAKEN[i]);
    for (int i = 0; i < model->n_layers; i++) {
        const Layer *layer = model->layers[i];
        const char *attribute = variable_new(&names, layer->name), *given = variable_of(writer, layer);
        text_print(text, "        self.%s = ", attribute);
        if (given) text_put(text, given);
        else put_constructor(writer, text, layer);
        text_put_char(text, '\n');
        variable_bind(writer, layer, arena_print(writer->arena, "self.%s", attribute));
    }
}

static void put_indented(Text *text, const char *lines)
{
    while (*lines) {
        const size_t length = strcspn(lines, "\n");
        text_print(text, "        %.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

/* The lines of call() from its inputs to what it returns. */
static void put_calls(CodeWriter *writer, const Model *model, Text *parameters, Text *text)
{
    GraphCode code = {.writer = writer};
    const Text body = writer->body;
    Text ends = {.arena = writer->arena};
    Model graph = *model;
    graph.kind = MODEL_FUNCTIONAL;
    view_make(&code.view, writer->arena, &graph, edge_is_written);
    code.line = view_is_line(&code.view, writer->arena) && model->n_outputs == 1 && model->n_inputs == 1;
    writer->body = (Text){.arena = writer->arena};
    put_structure_names(&code, parameters);
    for (int i = 0; i < code.view.n_nodes; i++)
        if (!is_input(code.view.nodes[i]->layer)) write_node(&code, code.view.nodes[i], i);
    put_structure(&code, &ends, &model->output_structure);
    put_indented(text, text_string(&writer->body));
    text_print(text, "        return %s\n", text_string(&ends));
    writer->body = body;
}

/* What builds it again: numbers where all axes are known. */
static void put_first_call(CodeWriter *writer, const Model *model, const char *variable)
{
    Text shapes = {.arena = writer->arena}, arrays = {.arena = writer->arena};
    bool known = true;
    for (int i = 0; i < model->n_inputs; i++) {
        const TensorSpec *spec = &model->inputs[i]->spec;
        const char *shape = shape_text(writer->arena, &spec->shape);
        known &= shape_known(&spec->shape);
        text_print(&shapes, "%s%s", i ? ", " : "", shape);
        text_print(&arrays, "%snp.zeros(%s, dtype='%s')", i ? ", " : "", shape, dtype_name(spec->dtype));
    }
    const bool one = model->n_inputs == 1;
    writer->has_arrays |= known;
    if (known) text_print(&writer->body, one ? "%s(%s)\n" : "%s([%s])\n", variable, arrays.bytes);
    else text_print(&writer->body, one ? "%s.build(%s)\n" : "%s.build([%s])\n", variable, shapes.bytes);
}

static void write_subclassed(CodeWriter *writer, const Model *model, const char *variable)
{
    Arena *arena = writer->arena;
    Text attributes = {.arena = arena}, parameters = {.arena = arena}, calls = {.arena = arena}, name = {.arena = arena};
    for (int i = 0; i < model->n_layers; i++) write_inside(writer, model->layers[i]);
    put_name(writer, &name, model->self, "");
    put_attributes(writer, model, &attributes);
    put_calls(writer, model, &parameters, &calls);
    const char *class_name = variable_new(writer, model->self->class_name);
    text_print(&writer->body, "class %s(keras.Model):\n    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n%s\n", class_name,
               text_string(&attributes));
    text_print(&writer->body, "    def call(self, %s):\n%s\n\n", text_string(&parameters), text_string(&calls));
    text_print(&writer->body, "%s = %s(%s)\n", variable, class_name, text_string(&name));
    if (strcmp(variable, "model") == 0) put_first_call(writer, model, variable);
}

/* ---- any model ---- */

static const char *write_model(CodeWriter *writer, const Model *model, const char *wanted)
{
    const char *variable = strcmp(wanted, "model") == 0 ? wanted : variable_new(writer, wanted);
    const bool frozen = writer->frozen;
    writer->frozen = frozen || !model->self->trainable;
    if (model->kind == MODEL_SEQUENTIAL || !model->n_steps) write_sequential(writer, model, variable);
    else if (model->kind == MODEL_SUBCLASSED) write_subclassed(writer, model, variable);
    else write_functional(writer, model, variable);
    if (!model->self->trainable && !frozen) text_print(&writer->body, "%s.trainable = False\n", variable);
    writer->frozen = frozen;
    if (strcmp(wanted, "model") != 0) text_put_char(&writer->body, '\n');
    variable_bind(writer, model->self, variable);
    return variable;
}

void write_keras(Text *text, const Model *model, const char *weights)
{
    CodeWriter writer = {.arena = text->arena, .body.arena = text->arena};
    write_model(&writer, model, "model");
    text_put(text, writer.has_arrays ? "import keras\nimport numpy as np\nfrom keras import layers" : "import keras\nfrom keras import layers");
    text_put(text, writer.has_operations ? ", ops\n\n" : "\n\n");
    text_put_bytes(text, writer.body.bytes, writer.body.length);
    if (!weights) return;
    const Value path = value_string(text->arena, weights, strlen(weights));
    text_print(text, "model.load_weights(%s)\n", value_repr_text(text->arena, &path));
}
