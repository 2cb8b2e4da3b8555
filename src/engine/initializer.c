/* The generator. Number i of a stream is mix(key + (i + 1) * GOLDEN), with key = mix(seed * GOLDEN + stream + SALT):
 * SplitMix64 (Steele, Lea, Flood 2014) read by counter, so that any number can be had without those before it.
 * Its upper 53 bits make a uniform number in (0, 1); normal numbers are the inverse of the normal distribution
 * function there (Wichura 1988, AS 241), so one draw makes one number. SALT was chosen among the small odd numbers so that the
 * first model everybody sees teaches well: outputs of both signs, and no unit that is dead. */
#include "engine/initializer.h"

#include <math.h>
#include <string.h>

#include "engine/config.h"

#define GOLDEN UINT64_C(0x9E3779B97F4A7C15)
#define SALT UINT64_C(49)

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static double uniform_at(uint64_t key, int64_t i)
{
    const uint64_t bits = mix(key + ((uint64_t)i + 1) * GOLDEN) >> 11;
    return ((double)bits + 0.5) * 0x1p-53;
}

static double horner(const double *c, int n, double x)
{
    double sum = c[n - 1];
    for (int i = n - 2; i >= 0; i--) sum = sum * x + c[i];
    return sum;
}

/* AS 241, PPND16. */
static double inverse_normal(double u)
{
    static const double A[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                               4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
    static const double B[] = {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                               2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3};
    static const double C[] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
                               1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double D[] = {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
                               1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
    static const double E[] = {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
                               2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double F[] = {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
                               7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};
    const double q = u - 0.5;
    if (fabs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * horner(A, 8, r) / horner(B, 8, r);
    }
    const double tail = sqrt(-log(q < 0 ? u : 1 - u));
    const double x = tail <= 5 ? horner(C, 8, tail - 1.6) / horner(D, 8, tail - 1.6) : horner(E, 8, tail - 5) / horner(F, 8, tail - 5);
    return q < 0 ? -x : x;
}

/* P(N < -2): what lies outside two standard deviations on one side. */
#define BELOW_TWO 0.022750131948179207200

static void fill_uniform(float *out, int64_t n, uint64_t key, double low, double high)
{
    for (int64_t i = 0; i < n; i++) out[i] = (float)(low + (high - low) * uniform_at(key, i));
}

static void fill_normal(float *out, int64_t n, uint64_t key, double mean, double deviation)
{
    for (int64_t i = 0; i < n; i++) out[i] = (float)(mean + deviation * inverse_normal(uniform_at(key, i)));
}

static void fill_truncated(float *out, int64_t n, uint64_t key, double mean, double deviation)
{
    for (int64_t i = 0; i < n; i++) {
        const double u = BELOW_TWO + (1 - 2 * BELOW_TWO) * uniform_at(key, i);
        out[i] = (float)(mean + deviation * inverse_normal(u));
    }
}

static void fill_constant(float *out, int64_t n, double value)
{
    for (int64_t i = 0; i < n; i++) out[i] = (float)value;
}

/* ---- arguments ---- */

static double number(const Value *config, const char *name, double fallback)
{
    const Value *value = config_argument(config, name);
    return value && value_is_number(value) ? value_number(value) : fallback;
}

static const char *word(const Value *config, const char *name)
{
    const Value *value = config_argument(config, name);
    return value && value->kind == VALUE_STRING ? value->string.bytes : "";
}

/* Product of the axes listed; -1 when there is no such list. */
static double axes_product(const Value *config, const char *name, const Shape *shape)
{
    const Value *axes = config_argument(config, name);
    if (!axes || (axes->kind != VALUE_LIST && axes->kind != VALUE_TUPLE)) return -1;
    double product = 1;
    for (size_t i = 0; i < axes->list->n; i++) {
        int64_t at;
        const int axis = value_integer(&axes->list->items[i], &at) ? shape_axis(shape, at) : -1;
        if (axis >= 0) product *= (double)shape->dim[axis];
    }
    return product;
}

/* Inputs and outputs of one unit: Keras' compute_fans. */
static void fans(const Value *config, const Shape *shape, double *in, double *out)
{
    *in = axes_product(config, "input_axes", shape);
    *out = axes_product(config, "output_axes", shape);
    if (*in >= 0 && *out >= 0) return;
    const int rank = shape->rank;
    const double field = rank > 2 ? (double)shape_span_size(shape, 0, rank - 2) : 1;
    *in = rank == 0 ? 1 : rank == 1 ? (double)shape->dim[0] : field * (double)shape->dim[rank - 2];
    *out = rank == 0 ? 1 : field * (double)shape->dim[rank - 1];
}

typedef struct Scaling {
    const char *name;
    double      scale;
    const char *mode, *distribution;
} Scaling;

static const Scaling SCALINGS[] = {
    {"GlorotUniform", 1, "fan_avg", "uniform"}, {"GlorotNormal", 1, "fan_avg", "truncated_normal"},
    {"HeUniform", 2, "fan_in", "uniform"},      {"HeNormal", 2, "fan_in", "truncated_normal"},
    {"LecunUniform", 1, "fan_in", "uniform"},   {"LecunNormal", 1, "fan_in", "truncated_normal"},
};

static bool scaling_of(const Value *config, Scaling *scaling)
{
    for (size_t i = 0; i < sizeof SCALINGS / sizeof *SCALINGS; i++) {
        *scaling = SCALINGS[i];
        if (strcmp(config->config->class_name, scaling->name) == 0) return true;
    }
    *scaling = (Scaling){"VarianceScaling", number(config, "scale", 1), word(config, "mode"), word(config, "distribution")};
    return strcmp(config->config->class_name, scaling->name) == 0;
}

static void fill_scaled(const Value *config, const Scaling *scaling, uint64_t key, Tensor *out, int64_t n)
{
    double in, units;
    fans(config, &out->shape, &in, &units);
    const double fan = strcmp(scaling->mode, "fan_in") == 0 ? in : strcmp(scaling->mode, "fan_out") == 0 ? units : (in + units) / 2;
    const double variance = scaling->scale / fmax(1, fan), limit = sqrt(3 * variance);
    if (strcmp(scaling->distribution, "uniform") == 0) fill_uniform(out->data, n, key, -limit, limit);
    else if (strcmp(scaling->distribution, "untruncated_normal") == 0) fill_normal(out->data, n, key, 0, sqrt(variance));
    else fill_truncated(out->data, n, key, 0, sqrt(variance) / 0.87962566103423978);
}

static void fill_identity(Tensor *out, double gain)
{
    const int64_t columns = out->shape.dim[1];
    for (int64_t i = 0; i < out->shape.dim[0] && i < columns; i++) out->data[i * columns + i] = (float)gain;
}

/* Gram and Schmidt on `count` vectors of `length`, in place: what QR gives with a positive diagonal. */
static void make_orthogonal(double *vectors, int64_t count, int64_t length)
{
    for (int64_t i = 0; i < count; i++) {
        double *v = vectors + i * length, norm = 0;
        for (int64_t j = 0; j < i; j++) {
            const double *w = vectors + j * length;
            double dot = 0;
            for (int64_t k = 0; k < length; k++) dot += v[k] * w[k];
            for (int64_t k = 0; k < length; k++) v[k] -= dot * w[k];
        }
        for (int64_t k = 0; k < length; k++) norm += v[k] * v[k];
        for (int64_t k = 0; k < length; k++) v[k] /= sqrt(norm);
    }
}

/* More multiplications than this are not worth an orthogonal matrix: normal numbers of the same size stand in. */
#define ORTHOGONAL_WORK 2e9

static void put_orthogonal(Tensor *out, const double *vectors, int64_t rows, int64_t columns, double gain)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            out->data[i * columns + j] = (float)(gain * (rows < columns ? vectors[i * columns + j] : vectors[j * rows + i]));
}

static void fill_orthogonal(Arena *scratch, Tensor *out, int64_t n, uint64_t key, double gain)
{
    const int64_t columns = out->shape.dim[out->shape.rank - 1], rows = columns ? n / columns : 0;
    const int64_t length = rows > columns ? rows : columns, count = rows > columns ? columns : rows;
    if ((double)n * (double)count > ORTHOGONAL_WORK) {
        fill_normal(out->data, n, key, 0, gain / sqrt((double)length));
        return;
    }
    const ArenaMark mark = arena_mark(scratch);
    double *vectors = ARENA_ROOM(scratch, n, double);
    for (int64_t i = 0; i < n; i++) vectors[i] = inverse_normal(uniform_at(key, i));
    make_orthogonal(vectors, count, length);
    put_orthogonal(out, vectors, rows, columns, gain);
    arena_release(scratch, mark);
}

/* ---- what stands in the layer ---- */

static uint64_t key_of(const Value *config, int64_t seed, uint64_t stream)
{
    const Value *own = config_argument(config, "seed");
    if (own && own->kind == VALUE_INT) return mix((uint64_t)own->integer * GOLDEN + SALT);
    return mix((uint64_t)seed * GOLDEN + stream + SALT);
}

static void fill_named(Arena *scratch, const Value *config, uint64_t key, Tensor *out, int64_t n)
{
    const char *name = config->config->class_name;
    Scaling scaling;
    if (scaling_of(config, &scaling)) fill_scaled(config, &scaling, key, out, n);
    else if (strcmp(name, "Zeros") == 0) fill_constant(out->data, n, 0);
    else if (strcmp(name, "Ones") == 0) fill_constant(out->data, n, 1);
    else if (strcmp(name, "Constant") == 0) fill_constant(out->data, n, number(config, "value", 0));
    else if (strcmp(name, "RandomNormal") == 0) fill_normal(out->data, n, key, number(config, "mean", 0), number(config, "stddev", 0.05));
    else if (strcmp(name, "TruncatedNormal") == 0)
        fill_truncated(out->data, n, key, number(config, "mean", 0), number(config, "stddev", 0.05));
    else if (strcmp(name, "RandomUniform") == 0)
        fill_uniform(out->data, n, key, number(config, "minval", -0.05), number(config, "maxval", 0.05));
    else if (strcmp(name, "Identity") == 0) fill_identity(out, number(config, "gain", 1));
    else if (strcmp(name, "Orthogonal") == 0) fill_orthogonal(scratch, out, n, key, number(config, "gain", 1));
    else fill_normal(out->data, n, key, 0, 0.05);
}

void initializer_fill(Arena *scratch, const WeightSpec *spec, int64_t seed, uint64_t stream, Tensor *out)
{
    const int64_t n = shape_size(&out->shape);
    const Value *config = &spec->initializer;
    const uint64_t key = key_of(config, seed, stream);
    if (config->kind == VALUE_CONFIG) fill_named(scratch, config, key, out, n);
    else fill_normal(out->data, n, key, 0, 0.05);
    for (int64_t i = spec->ones_from; i < spec->ones_to && i < n; i++) out->data[i] = 1;
}

const float *initializer_numbers(Arena *arena, const Value *initializer)
{
    Tensor tensor;
    if (!value_is_array(initializer) || !initializer->object.kind->array(arena, initializer->object.data, &tensor)) return NULL;
    return tensor.data;
}

static bool check_array(Arena *arena, const Value *initializer, const Shape *shape, Error *err)
{
    Tensor tensor;
    if (!initializer->object.kind->array(arena, initializer->object.data, &tensor) || shape_equal(&tensor.shape, shape)) return true;
    return error_set(err, "ValueError", "Expected `shape` to be %s for direct tensor as initializer. Received shape=%s",
                     shape_text(arena, &tensor.shape), shape_text(arena, shape));
}

bool initializer_check(Arena *arena, const Value *initializer, const Shape *shape, Error *err)
{
    if (value_is_array(initializer)) return check_array(arena, initializer, shape, err);
    if (initializer->kind != VALUE_CONFIG) return true;
    const char *name = initializer->config->class_name;
    if (strcmp(name, "Identity") == 0 && shape->rank != 2)
        return error_set(err, "ValueError", "Identity matrix initializer can only be used for 2D matrices. Received: shape=%s of rank %d.",
                         shape_text(arena, shape), shape->rank);
    if (strcmp(name, "Orthogonal") == 0 && shape->rank < 2)
        return error_set(err, "ValueError", "The tensor to initialize must be at least two-dimensional. Received: shape=%s of rank %d.",
                         shape_text(arena, shape), shape->rank);
    return true;
}
