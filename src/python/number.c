/* Number literals: where they end (as Python's tokenizer goes through them) and what they are worth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "python/literal.h"
#include "python/token.h"

typedef struct Digits {
    int         base;
    const char *kind;
} Digits;

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static int digit_value(unsigned char c)
{
    if (is_digit(c)) return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Python's tokenizer stands behind the character it complains about. */
static int refuse(Scanner *scanner, int at, const char *what)
{
    token_fault(scanner, (Span){at - 1, at}, "invalid %s literal", what);
    return -1;
}

static bool keyword_follows(const Scanner *scanner, int at)
{
    static const char *const WORDS[] = {"and", "else", "for", "if", "in", "is", "or", "not"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t n = strlen(WORDS[i]);
        if (n <= (size_t)(scanner->length - at) && memcmp(scanner->text + at, WORDS[i], n) == 0) return true;
    }
    return false;
}

static int end_checked(Scanner *scanner, int at, const char *kind)
{
    if (at >= scanner->length || keyword_follows(scanner, at)) return at;
    unsigned char c = token_byte(scanner, at);
    return c < 128 && name_byte(c) ? refuse(scanner, at, kind) : at;
}

static int digits_end(Scanner *scanner, int at)
{
    for (;;) {
        while (is_digit(token_byte(scanner, at))) at++;
        if (token_byte(scanner, at) != '_') return at;
        if (!is_digit(token_byte(scanner, ++at))) return refuse(scanner, at, "decimal");
    }
}

static int radix_refuse(Scanner *scanner, int at, Digits digits)
{
    unsigned char c = token_byte(scanner, at);
    if (!is_digit(c)) return refuse(scanner, at, digits.kind);
    token_fault(scanner, (Span){at, at + 1}, "invalid digit '%c' in %s literal", c, digits.kind);
    return -1;
}

/* at stands behind 0x, 0o or 0b. */
static int radix_end(Scanner *scanner, int at, Digits digits)
{
    do {
        if (token_byte(scanner, at) == '_') at++;
        if (digit_value(token_byte(scanner, at)) >= digits.base) return radix_refuse(scanner, at, digits);
        while (digit_value(token_byte(scanner, at)) < digits.base) at++;
    } while (token_byte(scanner, at) == '_');
    if (is_digit(token_byte(scanner, at))) return radix_refuse(scanner, at, digits);
    return end_checked(scanner, at, digits.kind);
}

static bool radix_read(const Scanner *scanner, int at, Digits *digits)
{
    if (token_byte(scanner, at) != '0') return false;
    switch (token_byte(scanner, at + 1) | 0x20) {
    case 'x': *digits = (Digits){16, "hexadecimal"}; return true;
    case 'o': *digits = (Digits){8, "octal"}; return true;
    case 'b': *digits = (Digits){2, "binary"}; return true;
    }
    return false;
}

/* Behind the digits and the fraction: exponent and j. */
static int exponent_end(Scanner *scanner, int at)
{
    if ((token_byte(scanner, at) | 0x20) != 'e') return at;
    int digits = at + 1;
    bool sign = token_byte(scanner, digits) == '+' || token_byte(scanner, digits) == '-';
    if (is_digit(token_byte(scanner, digits + sign))) return digits_end(scanner, digits + sign);
    if (sign) return refuse(scanner, digits + 1, "decimal");
    return at;
}

static bool leading_zeros(const Scanner *scanner, int at, int end)
{
    if (token_byte(scanner, at) != '0') return false;
    for (int i = at; i < end; i++) {
        if (token_byte(scanner, i) != '0' && token_byte(scanner, i) != '_') return true;
    }
    return false;
}

int number_end(Scanner *scanner, int start)
{
    Digits digits;
    if (radix_read(scanner, start, &digits)) return radix_end(scanner, start + 2, digits);
    int whole = is_digit(token_byte(scanner, start)) ? digits_end(scanner, start) : start, at = whole;
    if (at >= 0 && token_byte(scanner, at) == '.') {
        at++;
        if (is_digit(token_byte(scanner, at))) at = digits_end(scanner, at);
    }
    if (at >= 0) at = exponent_end(scanner, at);
    if (at < 0) return -1;
    if ((token_byte(scanner, at) | 0x20) == 'j') return end_checked(scanner, at + 1, "imaginary");
    if (at == whole && leading_zeros(scanner, start, whole)) {
        token_fault(scanner, (Span){start, whole},
                    "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers");
        return -1;
    }
    return end_checked(scanner, at, "decimal");
}

static char *without_underscores(Scanner *scanner, Span span)
{
    char *digits = arena_copy(scanner->arena, scanner->text + span.start, (size_t)(span.end - span.start)), *to = digits;
    for (const char *from = digits; *from; from++) {
        if (*from != '_') *to++ = *from;
    }
    *to = 0;
    return digits;
}

static void integer_read(PyNode *node, const char *digits, int base)
{
    uint64_t value = 0;
    double   wide = 0;
    for (; *digits; digits++) {
        unsigned digit = (unsigned)digit_value((unsigned char)*digits);
        wide = wide * base + digit;
        if (value > ((uint64_t)INT64_MAX - digit) / (unsigned)base) node->too_large = true;
        else value = value * (unsigned)base + digit;
    }
    node->integer = node->too_large ? INT64_MAX : (int64_t)value;
    node->number_value = wide;
}

enum { DECIMAL_DIGITS_MAX = 4300 };   /* Python's own limit against slow conversion */

bool literal_number(Scanner *scanner, PyNode *node)
{
    char *digits = without_underscores(scanner, node->span);
    size_t length = strlen(digits);
    Digits radix;
    node->type = PY_NUMBER;
    if (radix_read(scanner, node->span.start, &radix)) return integer_read(node, digits + 2, radix.base), true;
    if ((digits[length - 1] | 0x20) == 'j') return node->type = PY_OPAQUE, true;
    node->is_float = strpbrk(digits, ".eE") != NULL;
    if (!node->is_float && length > DECIMAL_DIGITS_MAX) {
        return token_fault(scanner, node->span,
                           "Exceeds the limit (%d digits) for integer string conversion: value has %zu digits; use "
                           "sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer "
                           "literals to avoid decimal conversion limits.", DECIMAL_DIGITS_MAX, length);
    }
    if (!node->is_float) integer_read(node, digits, 10);
    node->number_value = strtod(digits, NULL);
    return true;
}
