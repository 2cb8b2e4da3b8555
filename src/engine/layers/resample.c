#include "engine/layers/resample.h"

#include <float.h>
#include <math.h>
#include <string.h>

bool interpolation_find(const char *name, Interpolation *interpolation)
{
    static const char *const NAMES[] = {
        [INTERPOLATE_NEAREST] = "nearest", [INTERPOLATE_BILINEAR] = "bilinear", [INTERPOLATE_BICUBIC] = "bicubic",
        [INTERPOLATE_LANCZOS3] = "lanczos3", [INTERPOLATE_LANCZOS5] = "lanczos5", [INTERPOLATE_AREA] = "area",
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i], name) == 0) {
            *interpolation = (Interpolation)i;
            return true;
        }
    return false;
}

static int64_t clamp(int64_t cell, int64_t in)
{
    return cell < 0 ? 0 : cell >= in ? in - 1 : cell;
}

/* Where the weights of one cell go. */
typedef struct Weights {
    float  *weight;
    int64_t room;
} Weights;

static Mix single(const Weights *to, int64_t cell)
{
    if (to->room >= 1) to->weight[0] = 1.0F;
    return (Mix){cell, 1};
}

/* Centres of cells lie at half numbers; all arithmetic in float, as TensorFlow rounds it. */
static Mix nearest(const Weights *to, float scale, int64_t place, int64_t in)
{
    return single(to, clamp((int64_t)floorf(((float)place + 0.5F) * scale), in));
}

static Mix bilinear(const Weights *to, float scale, int64_t place, int64_t in)
{
    const float at = ((float)place + 0.5F) * scale - 0.5F, below = floorf(at), part = at - below;
    const int64_t lower = clamp((int64_t)below, in), upper = clamp((int64_t)ceilf(at), in);
    if (lower == upper) return single(to, lower);
    if (to->room >= 2) {
        to->weight[0] = 1.0F - part;
        to->weight[1] = part;
    }
    return (Mix){lower, 2};
}

/* Scales weights to a sum of 1, unless they are nothing. */
static void normalise(float *weight, int64_t n)
{
    float sum = 0;
    for (int64_t i = 0; i < n; i++) sum += weight[i];
    if (fabsf(sum) < 1000.0F * FLT_MIN) return;
    const float scale = 1.0F / sum;
    for (int64_t i = 0; i < n; i++) weight[i] *= scale;
}

enum { CUBIC_STEPS = 1024 };   /* TensorFlow looks the cubic up in a table of so many steps */

/* Keys' cubic with a = -0.5, at distances below 1 and from 1 to 2. */
static float cubic_near(int step)
{
    const double x = (double)step / CUBIC_STEPS;
    return (float)((1.5 * x - 2.5) * x * x + 1);
}

static float cubic_far(int step)
{
    const double x = (double)step / CUBIC_STEPS + 1;
    return (float)(((-0.5 * x + 2.5) * x - 4) * x + 2);
}

/* Cells outside count for nothing. */
static Mix bicubic(const Weights *to, float scale, int64_t place, int64_t in)
{
    const float at = ((float)place + 0.5F) * scale - 0.5F, below = floorf(at);
    const int step = (int)lrintf((at - below) * CUBIC_STEPS);
    const float all[4] = {cubic_far(step), cubic_near(step), cubic_near(CUBIC_STEPS - step), cubic_far(CUBIC_STEPS - step)};
    const int64_t start = (int64_t)below - 1, first = clamp(start, in), n = clamp(start + 3, in) - first + 1;
    if (to->room < n) return (Mix){first, n};
    for (int64_t i = 0; i < n; i++) to->weight[i] = all[first + i - start];
    normalise(to->weight, n);
    return (Mix){first, n};
}

/* How much of a cell lies between two places. */
static float overlap(int64_t cell, float from, float to)
{
    const float start = (float)cell < from ? from : (float)cell, end = (float)(cell + 1) > to ? to : (float)(cell + 1);
    return end - start;
}

/* Rounding may reach a cell too far: the last one stands for it. */
static Mix area(const Weights *to, float scale, int64_t place, int64_t in)
{
    const float from = (float)place * scale, end = (float)(place + 1) * scale;
    const int64_t first = clamp((int64_t)floorf(from), in), beyond = (int64_t)ceilf(end);
    const int64_t n = clamp(beyond > first ? beyond - 1 : first, in) - first + 1;
    if (to->room < n) return (Mix){first, n};
    for (int64_t i = 0; i < n; i++) to->weight[i] = overlap(first + i, from, end) / scale;
    for (int64_t cell = first + n; cell < beyond; cell++) to->weight[n - 1] += overlap(cell, from, end) / scale;
    return (Mix){first, n};
}

/* ---- kernels scaled to the step: lanczos, and all others with antialias ---- */

typedef struct Kernel {
    float radius;
    float (*at)(float x, float radius);
} Kernel;

static float triangle(float x, float radius)
{
    return fabsf(x) < radius ? 1.0F - fabsf(x) : 0.0F;
}

static float keys(float x, float radius)
{
    x = fabsf(x);
    if (x >= radius) return 0.0F;
    if (x >= 1.0F) return ((-0.5F * x + 2.5F) * x - 4.0F) * x + 2.0F;
    return ((1.5F * x - 2.5F) * x) * x + 1.0F;
}

static float lanczos(float x, float radius)
{
    static const float PI = 3.14159265359F;
    x = fabsf(x);
    if (x > radius) return 0.0F;
    if (x <= 1e-3F) return 1.0F;
    return radius * sinf(PI * x) * sinf(PI * x / radius) / (PI * PI * x * x);
}

static Kernel kernel_of(Interpolation interpolation)
{
    switch (interpolation) {
    case INTERPOLATE_BICUBIC: return (Kernel){2, keys};
    case INTERPOLATE_LANCZOS3: return (Kernel){3, lanczos};
    case INTERPOLATE_LANCZOS5: return (Kernel){5, lanczos};
    case INTERPOLATE_NEAREST: case INTERPOLATE_AREA: case INTERPOLATE_BILINEAR: break;
    }
    return (Kernel){1, triangle};
}

/* step: cells before for each cell after. */
static Mix span(const Weights *to, Kernel kernel, bool antialias, float step, int64_t place, int64_t in)
{
    const float widening = antialias && step > 1.0F ? step : 1.0F, reach = kernel.radius * widening;
    const float at = ((float)place + 0.5F) * step;
    if (at < 0.0F || at > (float)in) return (Mix){0};
    const int64_t first = clamp((int64_t)ceilf(at - reach - 0.5F), in);
    const int64_t n = clamp((int64_t)floorf(at + reach - 0.5F), in) - first + 1;
    if (to->room < n) return (Mix){first, n};
    for (int64_t i = 0; i < n; i++)
        to->weight[i] = kernel.at(((float)(first + i) + 0.5F - at) * (1.0F / widening), kernel.radius);
    normalise(to->weight, n);
    return (Mix){first, n};
}

Mix resample(const Resampling *resampling, int64_t place, float *weight, int64_t room)
{
    const int64_t in = resampling->in;
    const bool antialias = resampling->antialias;
    const Weights to = {weight, room};
    const float scale = (float)in / (float)resampling->out, step = 1.0F / ((float)resampling->out / (float)in);
    if (in <= 0) return (Mix){0};
    switch (resampling->interpolation) {
    case INTERPOLATE_NEAREST: return nearest(&to, scale, place, in);
    case INTERPOLATE_AREA: return area(&to, scale, place, in);
    case INTERPOLATE_BILINEAR: if (!antialias) return bilinear(&to, scale, place, in); break;
    case INTERPOLATE_BICUBIC: if (!antialias) return bicubic(&to, scale, place, in); break;
    case INTERPOLATE_LANCZOS3: case INTERPOLATE_LANCZOS5: break;
    }
    return span(&to, kernel_of(resampling->interpolation), antialias, step, place, in);
}
