/* Operations that bend images: affine_transform, perspective_transform, elastic_transform, map_coordinates. Of these there are
 * shapes alone. */
#include <inttypes.h>

#include "engine/operations/images.h"

#define INTERPOLATION {.name = "interpolation", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("bilinear")}
#define FILL(MODE)    {.name = "fill_mode", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT(MODE)}
#define FILL_VALUE    {.name = "fill_value", .type = PARAM_FLOAT, .fallback = VALUE_IS_INT(0)}
static const ParamSpec TRANSFORM_CALL[] = {{.name = "images", .required = true}, {.name = "transform", .required = true}};
static const ParamSpec TRANSFORM[] = {INTERPOLATION, FILL("constant"), FILL_VALUE, IMAGES_DATA_FORMAT};
static const ParamSpec PERSPECTIVE_CALL[] = {
    {.name = "images", .required = true}, {.name = "start_points", .required = true}, {.name = "end_points", .required = true},
};
static const ParamSpec PERSPECTIVE[] = {INTERPOLATION, FILL_VALUE, IMAGES_DATA_FORMAT};
static const ParamSpec COORDINATES_CALL[] = {{.name = "inputs", .required = true}, {.name = "coordinates", .required = true}};
static const ParamSpec COORDINATES[] = {{.name = "order", .type = PARAM_INT, .required = true}, FILL("constant"), FILL_VALUE};
static const ParamSpec ELASTIC[] = {
    {.name = "alpha", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(20.0)}, {.name = "sigma", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(5.0)},
    INTERPOLATION, FILL("reflect"), {.name = "fill_value", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "seed", .type = PARAM_SEED}, IMAGES_DATA_FORMAT,
};

static bool infer_transform(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand images = operand_of(call, in, 0), transform = operand_of(call, in, 1);
    (void)layer, (void)n_in;
    if (!images_check(&images.spec.shape, "images", err)) return false;
    if (transform.spec.shape.rank != 1 && transform.spec.shape.rank != 2)
        return error_set(err, "ValueError", "Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of transforms). Received "
                         "input with shape: transform.shape=%s", shape_text(out->arena, &transform.spec.shape));
    outputs_add(out, images.spec.shape, images.spec.dtype);
    return true;
}

static bool check_points(const Shape *shape, const char *name, Error *err)
{
    const int n = shape->rank;
    if ((n == 2 || n == 3) && shape->dim[n - 2] == 4 && shape->dim[n - 1] == 2) return true;
    return error_set(err, "ValueError", "Invalid %s shape: expected (4,2) for a single image or (N,4,2) for a batch. Received shape: %s", name,
                     shape_text(err->arena, shape));
}

static bool infer_perspective(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand images = operand_of(call, in, 0), start = operand_of(call, in, 1), end = operand_of(call, in, 2);
    (void)layer, (void)n_in;
    if (!images_check(&images.spec.shape, "images", err)) return false;
    if (!check_points(&start.spec.shape, "start_points", err) || !check_points(&end.spec.shape, "end_points", err)) return false;
    if (!shape_equal(&start.spec.shape, &end.spec.shape))
        return error_set(err, "ValueError", "start_points and end_points must have the same shape. Received start_points.shape=%s, "
                         "end_points.shape=%s", shape_text(out->arena, &start.spec.shape), shape_text(out->arena, &end.spec.shape));
    outputs_add(out, images.spec.shape, images.spec.dtype);
    return true;
}

static bool infer_coordinates(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand inputs = operand_of(call, in, 0), coordinates = operand_of(call, in, 1);
    const Shape *shape = &coordinates.spec.shape;
    (void)layer, (void)n_in;
    if (!shape->rank) return error_set(err, "IndexError", "tuple index out of range");
    if (shape->dim[0] != inputs.spec.shape.rank) {
        const Shape leading = shape_slice(shape, 0, 1);
        return error_set(err, "ValueError", "First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs with shape: %s "
                         "and coordinate leading dim of %s", shape_text(out->arena, &inputs.spec.shape),
                         shape->dim[0] == DIM_NONE ? "None" : arena_print(out->arena, "%" PRId64, leading.dim[0]));
    }
    if (shape->rank < 2)
        return error_set(err, "ValueError", "Invalid coordinates rank: expected at least rank 2. Received input with shape: %s",
                         shape_text(out->arena, shape));
    outputs_add(out, shape_slice(shape, 1, shape->rank), inputs.spec.dtype);
    return true;
}

const LayerKind OPERATION_affine_transform = {
    OPERATION("AffineTransform", "image"), TAKES(TRANSFORM_CALL), MADE_WITH(TRANSFORM), .make = images_make, .infer = infer_transform,
};
const LayerKind OPERATION_perspective_transform = {
    OPERATION("PerspectiveTransform", "image"), TAKES(PERSPECTIVE_CALL), MADE_WITH(PERSPECTIVE), .make = images_make, .infer = infer_perspective,
};
const LayerKind OPERATION_map_coordinates = {
    OPERATION("MapCoordinates", "image"), TAKES(COORDINATES_CALL), MADE_WITH(COORDINATES), .infer = infer_coordinates,
};
const LayerKind OPERATION_elastic_transform = {
    OPERATION("ElasticTransform", "image"), TAKES(IMAGES_CALL), MADE_WITH(ELASTIC), .make = images_make, .infer = images_infer_same,
};
