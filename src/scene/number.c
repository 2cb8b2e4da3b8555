#include "scene/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define MINUS "\xE2\x88\x92"

static const char *magnitude(Arena *arena, const char *sign, double value, int decimals)
{
    if (value < 1e6 && value == floor(value)) return arena_print(arena, "%s%.0f", sign, value);
    if (value >= 1e5) return arena_print(arena, "%s%.1e", sign, value);
    if (value >= 100 && decimals > 1) decimals = 1;
    return arena_print(arena, "%s%.*f", sign, decimals, value);
}

const char *number_text(Arena *arena, double value, int decimals)
{
    const char *sign = value < 0 ? MINUS : "";
    if (isnan(value)) return "NaN";
    if (isinf(value)) return arena_print(arena, "%s\xE2\x88\x9E", sign);
    return magnitude(arena, sign, fabs(value), decimals);
}

const char *count_text(Arena *arena, int64_t count)
{
    if (count < 0) return "?";
    char digits[32];
    const int n = snprintf(digits, sizeof digits, "%" PRId64, count);
    char *text = arena_take(arena, (size_t)n * 2 + 1), *to = text;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) *to++ = ',';
        *to++ = digits[i];
    }
    return text;
}

double number_round_up(double value)
{
    if (!(value > 0) || isinf(value)) return 1;
    const double steps[] = {1, 1.5, 2, 3, 4, 5, 6, 8, 10}, unit = pow(10, floor(log10(value)));
    for (int i = 0; i < 9; i++)
        if (steps[i] * unit >= value * (1 - 1e-9)) return steps[i] * unit;
    return 10 * unit;
}
