#include "engine/operations/images.h"

#include <math.h>

const ParamSpec IMAGES_CALL[1] = {{.name = "images", .type = PARAM_TENSORS, .required = true}};
const ParamSpec IMAGES_FORMAT[1] = {IMAGES_DATA_FORMAT};

bool images_make(Maker *m)
{
    bool channels_first;
    return layer_base(m) && maker_data_format(m, "data_format", &channels_first);
}

static bool is_image(const Shape *shape) { return shape->rank == 3 || shape->rank == 4; }

bool images_check(const Shape *shape, const char *name, Error *err)
{
    return is_image(shape) || error_set(err, "ValueError", "Invalid %s rank: expected rank 3 (single image) or rank 4 (batch of images). Received "
                                        "input with shape: %s.shape=%s", name, name, shape_text(err->arena, shape));
}

bool images_check_listed(const Shape *shape, Error *err)
{
    return is_image(shape) || error_set(err, "ValueError", "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). "
                                        "Received: images.shape=%s", shape_list_text(err->arena, shape));
}

bool images_infer_same(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err) || !images_check(&in[0].shape, "images", err)) return false;
    outputs_add(out, in[0].shape, in[0].dtype);
    return true;
}

static bool is_first(const Layer *layer) { return value_is_text(operation_arg(layer, "data_format"), "channels_first"); }
int images_height_axis(const Layer *layer, const Shape *shape) { return shape->rank - (is_first(layer) ? 2 : 3); }
int images_channel_axis(const Layer *layer, const Shape *shape) { return shape->rank - (is_first(layer) ? 3 : 1); }

enum { TERMS_MAX = 4096 };

void images_forward_sum(const Forward *f)
{
    Trace t = {.layer = f->layer, .call = f->call, .in = operand_specs(f->scratch, f->in, f->n_in), .n_in = f->n_in,
               .out = operand_specs(f->scratch, f->out, f->n_out), .n_out = f->n_out};
    Term *terms = ARENA_ARRAY(f->scratch, TERMS_MAX, Term);
    const int64_t size = shape_size(&f->out[0].shape);
    for (t.k = 0; t.k < size; t.k++) {
        const int64_t n = f->layer->kind->trace(&t, terms, TERMS_MAX);
        double sum = 0;
        if (n > TERMS_MAX) *f->impossible = true;
        for (int64_t i = 0; i < n && i < TERMS_MAX; i++) sum += (double)f->in[0].data[terms[i].from] * terms[i].scale;
        f->out[0].data[t.k] = (float)(dtype_is_float(f->out[0].dtype) ? sum : trunc(sum));
    }
}
