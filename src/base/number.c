#include "base/number.h"

#include <math.h>
#include <string.h>

#define MINUS "\xE2\x88\x92"

enum { DIGITS_MAX = 20 };

/* The digits of a count that is not negative, at the end of buffer; returns where they begin. */
static char *digits_of(int64_t count, char buffer[DIGITS_MAX + 1])
{
    char *at = buffer + DIGITS_MAX;
    *at = 0;
    do {
        *--at = (char)('0' + count % 10);
        count /= 10;
    } while (count);
    return at;
}

void count_put(Text *text, int64_t count)
{
    char buffer[DIGITS_MAX + 1];
    text_put(text, digits_of(count < 0 ? 0 : count, buffer));
}

const char *count_text(Arena *arena, int64_t count)
{
    char buffer[DIGITS_MAX + 1];
    if (count < 0) return "?";
    const char *digits = digits_of(count, buffer);
    const size_t n = strlen(digits);
    char *text = arena_take(arena, n * 2 + 1), *to = text;
    for (size_t i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) *to++ = ',';
        *to++ = digits[i];
    }
    return text;
}

/* Halves go to the even digit, as printf has it. */
static const char *fixed(Arena *arena, const char *sign, double value, int decimals)
{
    const int64_t unit = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
    const int64_t scaled = (int64_t)rint(value * (double)unit);
    Text text = {.arena = arena};
    text_put(&text, sign);
    count_put(&text, scaled / unit);
    if (unit > 1) text_put_char(&text, '.');
    if (unit > 10) text_put_char(&text, (char)('0' + scaled / 10 % 10));
    if (unit > 1) text_put_char(&text, (char)('0' + scaled % 10));
    return text_string(&text);
}

static const char *magnitude(Arena *arena, const char *sign, double value, int decimals)
{
    if (value < 1e6 && value == floor(value)) return fixed(arena, sign, value, 0);
    if (value >= 1e5) return arena_print(arena, "%s%.1e", sign, value);
    if (value >= 100 && decimals > 1) decimals = 1;
    return fixed(arena, sign, value, decimals);
}

const char *number_text(Arena *arena, double value, int decimals)
{
    const char *sign = value < 0 ? MINUS : "";
    if (isnan(value)) return "NaN";
    if (isinf(value)) return arena_print(arena, "%s\xE2\x88\x9E", sign);
    return magnitude(arena, sign, fabs(value), decimals);
}
