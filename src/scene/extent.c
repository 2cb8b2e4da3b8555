#include <math.h>

#include "scene/chart.h"
#include "scene/number.h"

/* Large images have a ramp of their own and must not wash everything else out. */
static double largest(const Run *run)
{
    double most = 0;
    for (int t = 0; run && run->plan && t < run->plan->n_tensors; t++) {
        const Tensor *tensor = &run->tensors[t];
        if (!tensor->data || tensor_scale(tensor, 1).ramp) continue;
        const int64_t n = shape_size(&tensor->shape);
        for (int64_t i = 0; i < n; i++) {
            const double value = fabs((double)tensor->data[i]);
            if (value > most && !isinf(value)) most = value;
        }
    }
    return most;
}

double picture_extent(const Variant *variants, int n)
{
    double most = 0;
    for (int i = 0; i < n; i++) most = fmax(most, largest(variants[i].run));
    return number_round_up(most);
}
