#include "scene/number.h"

#include <math.h>

double number_round_up(double value)
{
    if (!(value > 0) || isinf(value)) return 1;
    const double steps[] = {1, 1.5, 2, 3, 4, 5, 6, 8, 10}, unit = pow(10, floor(log10(value)));
    for (int i = 0; i < 9; i++)
        if (steps[i] * unit >= value * (1 - 1e-9)) return steps[i] * unit;
    return 10 * unit;
}
