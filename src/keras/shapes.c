#include <inttypes.h>
#include <string.h>

#include "keras/json_write.h"
#include "keras/summary.h"

/* The models of keras.applications by the names they give themselves. What is recorded of their shapes speaks of "functional"
 * and of layers alone, the operators between them left out, unlike what is recorded of all other models. */
static const char *const APPLICATIONS[] = {
    "vgg16", "vgg19", "resnet50", "resnet101", "resnet152", "resnet50v2", "resnet101v2", "resnet152v2", "xception", "inception_v3",
    "inception_resnet_v2", "densenet121", "densenet169", "densenet201", "nasnet_mobile", "nasnet_large", "MobileNetV3Small",
    "MobileNetV3Large", "convnext_tiny", "convnext_small", "convnext_base", "convnext_large", "convnext_xlarge", "efficientnetb0",
    "efficientnetb1", "efficientnetb2", "efficientnetb3", "efficientnetb4", "efficientnetb5", "efficientnetb6", "efficientnetb7",
    "efficientnetv2-b0", "efficientnetv2-b1", "efficientnetv2-b2", "efficientnetv2-b3", "efficientnetv2-s", "efficientnetv2-m",
    "efficientnetv2-l",
};

static bool is_application(const Plan *plan)
{
    if (!plan->model || plan->model->kind != MODEL_FUNCTIONAL) return false;
    const char *name = plan->model->self->name;
    if (strncmp(name, "mobilenet_", 10) == 0 || strncmp(name, "mobilenetv2_", 12) == 0) return true;   /* then the width and the size */
    for (size_t i = 0; i < sizeof APPLICATIONS / sizeof *APPLICATIONS; i++)
        if (strcmp(APPLICATIONS[i], name) == 0) return true;
    return false;
}

static void put_shape(Text *text, const Shape *shape)
{
    text_put_char(text, '[');
    for (int i = 0; i < shape->rank; i++) {
        if (i) text_put(text, ", ");
        if (shape->dim[i] == DIM_NONE) text_put(text, "null");
        else text_print(text, "%" PRId64, shape->dim[i]);
    }
    text_put_char(text, ']');
}

/* One alone stands without a list, unless it is one. */
static void put_shapes(Text *text, const char *key, const TensorSpec *spec, int n)
{
    text_print(text, ", \"%s\": ", key);
    if (n == 0) text_put(text, "null");
    if (n > 1) text_put_char(text, '[');
    for (int i = 0; i < n; i++) {
        if (i) text_put(text, ", ");
        put_shape(text, &spec[i].shape);
    }
    if (n > 1) text_put_char(text, ']');
}

static void put_strings(Text *text, const char *const *string, int n)
{
    text_put_char(text, '[');
    for (int i = 0; i < n; i++) {
        if (i) text_put(text, ", ");
        json_put_text(text, string[i]);
    }
    text_put_char(text, ']');
}

static void put_counts(Text *text, const char *all, const ParamCount *count)
{
    text_print(text, "\"%s\": %" PRId64 ", \"trainable_params\": %" PRId64 ", \"non_trainable_params\": %" PRId64, all, count->all,
               count->trainable, count->frozen);
}

static bool reads(const PlanLayer *row, const Layer *layer)
{
    for (int i = 0; row->layer != layer && i < row->n_inputs; i++)
        if (strcmp(row->inputs[i], layer->name) == 0) return true;
    return false;
}

/* d(d(d(x))): the layer at the end, whose other calls feed nobody else, shows what leaves the model. */
static bool ends_model(const Plan *plan, const PlanLayer *row)
{
    const Model *model = plan->model;
    if (!row->shared || row->n_out != row->n_calls || row != &plan->layers[plan->n_layers - 1]) return false;
    if (!model || model->n_outputs != 1 || !model->outputs[0]->node || model->outputs[0]->node->layer != row->layer) return false;
    for (int i = 0; model->kind == MODEL_FUNCTIONAL && i < plan->n_layers; i++)
        if (reads(&plan->layers[i], row->layer)) return false;
    return true;
}

static void put_layer(Text *text, const Plan *plan, const PlanLayer *row)
{
    const bool end = ends_model(plan, row);
    text_put(text, "\n  {\"name\": ");
    json_put_text(text, row->layer->name);
    text_put(text, ", \"class\": ");
    json_put_text(text, row->layer->class_name);
    text_put(text, ", \"inputs\": ");
    put_strings(text, row->inputs, row->n_inputs);
    put_shapes(text, "input_shape", row->in, row->n_in);
    put_shapes(text, "output_shape", end ? &plan->model->outputs[0]->spec : row->out, end ? 1 : row->n_out);
    text_put(text, ", ");
    put_counts(text, "params", &row->params);
    text_put_char(text, '}');
}

static void put_text_or_null(Text *text, const char *key, const char *string)
{
    text_print(text, ", \"%s\": ", key);
    if (string) json_put_text(text, string);
    else text_put(text, "null");
}

static void put_place(Text *text, const char *key, int place)
{
    if (place > 0) text_print(text, ", \"%s\": %d", key, place);
    else text_print(text, ", \"%s\": null", key);
}

static void put_fault(Text *text, const Error *error, const ShapesFault *fault)
{
    text_put(text, "{\"layer\": ");
    if (error->layer_name) json_put_text(text, error->layer_name);
    else text_put(text, "null");
    put_text_or_null(text, "class", error->layer_class);
    put_place(text, "line", fault ? fault->line : 0);
    put_place(text, "column", fault ? fault->column : 0);
    put_text_or_null(text, "message", error->message);
    put_text_or_null(text, "cause", fault ? fault->cause : NULL);
    text_put(text, ", \"fixes\": ");
    put_strings(text, fault ? fault->fixes : NULL, fault ? fault->n_fixes : 0);
    text_put_char(text, '}');
}

static void put_layers(Text *text, const Plan *plan, bool layers_alone)
{
    const char *comma = "";
    for (int i = 0; i < plan->n_layers; i++) {
        if (layers_alone && plan->layers[i].layer->kind->operation) continue;
        text_put(text, comma);
        put_layer(text, plan, &plan->layers[i]);
        comma = ",";
    }
}

void shapes_print(Text *text, const Plan *plan, const ShapesFault *fault)
{
    const bool application = is_application(plan);
    text_put(text, "{\"model\": ");
    if (plan->model) json_put_text(text, application ? "functional" : plan->model->self->name);
    else text_put(text, "null");
    text_put(text, ",\n \"layers\": [");
    put_layers(text, plan, application);
    text_put(text, "],\n ");
    put_counts(text, "total_params", &plan->params);
    text_put(text, ",\n \"error\": ");
    if (plan->error) put_fault(text, plan->error, fault);
    else text_put(text, "null");
    text_put(text, "}\n");
}
