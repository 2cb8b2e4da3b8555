#include "keras/code/format.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "keras/code/array.h"
#include "keras/code/exception.h"

enum { WIDTH_MAX = 10000, PRECISION_MAX = 300 };

typedef struct Spec {
    char fill[5], align, sign, type;     /* fill: one character of UTF-8; align 0 = as the type has it */
    bool alternate, comma;
    int  width, precision;               /* precision -1 = none */
    char separator;
} Spec;

/* ---- numbers as text ---- */

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static const char *digits_in_base(Arena *arena, uint64_t n, unsigned base, bool upper)
{
    char buffer[65];
    int at = 64;
    buffer[at] = 0;
    do {
        const unsigned digit = (unsigned)(n % base);
        buffer[--at] = (char)(digit < 10 ? '0' + digit : (upper ? 'A' : 'a') + digit - 10);
        n /= base;
    } while (n);
    return arena_copy(arena, buffer + at, (size_t)(64 - at));
}

/* "1234567.5" -> "1,234,567.5" */
static const char *grouped(Arena *arena, const char *digits, char separator)
{
    Text text = {.arena = arena};
    const size_t whole = strspn(digits, "0123456789");
    for (size_t i = 0; i < whole; i++) {
        if (i && (whole - i) % 3 == 0) text_put_char(&text, separator);
        text_put_char(&text, digits[i]);
    }
    text_put(&text, digits + whole);
    return text_string(&text);
}

static void check_precision(Evaluator *ev, const Spec *spec)
{
    if (spec->precision > PRECISION_MAX) raise_error(ev, "ValueError", "precision too big");
}

static const char *float_digits(Evaluator *ev, const Spec *spec, double x)
{
    check_precision(ev, spec);
    const int precision = spec->precision < 0 ? 6 : spec->precision;
    if (isnan(x)) return "nan";
    if (isinf(x)) return "inf";
    switch (spec->type) {
    case 'e': return arena_print(ev->arena, "%.*e", precision, x);
    case 'E': return arena_print(ev->arena, "%.*E", precision, x);
    case 'g': return arena_print(ev->arena, "%.*g", precision, x);
    case 'G': return arena_print(ev->arena, "%.*G", precision, x);
    case '%': return arena_print(ev->arena, "%.*f%%", precision, x * 100);
    case 'f':
    case 'F': return arena_print(ev->arena, "%.*f", precision, x);
    default: break;
    }
    if (spec->precision >= 0) return arena_print(ev->arena, "%.*g", precision, x);
    Text text = {.arena = ev->arena};
    number_repr(&text, x);
    return text_string(&text);
}

static const char *int_digits(Arena *arena, const Spec *spec, uint64_t n)
{
    if (spec->type == 'x' || spec->type == 'X') return digits_in_base(arena, n, 16, spec->type == 'X');
    if (spec->type == 'o') return digits_in_base(arena, n, 8, false);
    return digits_in_base(arena, n, spec->type == 'b' ? 2 : 10, false);
}

static const char *base_prefix(const Spec *spec)
{
    if (!spec->alternate) return "";
    if (spec->type == 'x' || spec->type == 'X') return spec->type == 'x' ? "0x" : "0X";
    return spec->type == 'o' ? "0o" : spec->type == 'b' ? "0b" : "";
}

/* ---- padding ---- */

static void put_fill(Text *text, const Spec *spec, size_t n)
{
    for (size_t i = 0; i < n; i++) text_put(text, spec->fill);
}

/* sign and prefix stay in front of zeros that pad ('='). */
static Value padded(Evaluator *ev, const Spec *spec, const char *lead, const char *body, char usual)
{
    Text text = {.arena = ev->arena};
    const size_t length = characters(lead) + characters(body), width = (size_t)spec->width;
    const size_t pad = width > length ? width - length : 0;
    const char align = spec->align ? spec->align : usual;
    if (align == '>') put_fill(&text, spec, pad);
    if (align == '^') put_fill(&text, spec, pad / 2);
    text_put(&text, lead);
    if (align == '=') put_fill(&text, spec, pad);
    text_put(&text, body);
    if (align == '<') put_fill(&text, spec, pad);
    if (align == '^') put_fill(&text, spec, pad - pad / 2);
    return value_string(ev->arena, text_string(&text), text.length);
}

static const char *sign_of(const Spec *spec, bool negative)
{
    if (negative) return "-";
    return spec->sign == '+' ? "+" : spec->sign == ' ' ? " " : "";
}

static Value format_int(Evaluator *ev, const Spec *spec, int64_t n)
{
    const uint64_t size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    const char *digits = int_digits(ev->arena, spec, size);
    if (spec->separator) digits = grouped(ev->arena, digits, spec->separator);
    return padded(ev, spec, arena_print(ev->arena, "%s%s", sign_of(spec, n < 0), base_prefix(spec)), digits, '>');
}

static Value format_float(Evaluator *ev, const Spec *spec, double x)
{
    const bool negative = signbit(x) && !isnan(x);
    const char *digits = float_digits(ev, spec, fabs(x));
    if (spec->separator) digits = grouped(ev->arena, digits, spec->separator);
    return padded(ev, spec, sign_of(spec, negative), digits, '>');
}

static const char *cut(Arena *arena, const char *text, int precision)
{
    const char *end = text;
    for (; *end && precision >= 0; end++)
        if (((unsigned char)*end & 0xC0) != 0x80 && precision-- == 0) break;
    return arena_copy(arena, text, (size_t)(end - text));
}

/* ---- format(x, spec) ---- */

static int read_number(const char **at, int most)
{
    int n = 0;
    for (; isdigit((unsigned char)**at); ++*at)
        if (n <= most) n = n * 10 + (**at - '0');
    return n;
}

static bool is_align(char c) { return c == '<' || c == '>' || c == '^' || c == '='; }

static void read_fill(Spec *spec, const char **at)
{
    size_t n = **at ? 1 : 0;
    while (n && n < 4 && ((unsigned char)(*at)[n] & 0xC0) == 0x80) n++;
    if (n && is_align((*at)[n])) {
        memcpy(spec->fill, *at, n);
        spec->fill[n] = 0;
        spec->align = (*at)[n];
        *at += n + 1;
    } else if (is_align(**at)) {
        spec->align = *(*at)++;
    }
}

static void read_spec(Evaluator *ev, const char *at, Spec *spec)
{
    *spec = (Spec){.fill = " ", .precision = -1};
    read_fill(spec, &at);
    if (*at == '+' || *at == '-' || *at == ' ') spec->sign = *at++;
    if (*at == '#') spec->alternate = *at++;
    if (*at == '0' && !spec->align) {
        spec->align = '=';
        memcpy(spec->fill, "0", 2);
        at++;
    }
    spec->width = read_number(&at, WIDTH_MAX);
    if (*at == ',' || *at == '_') spec->separator = *at++;
    if (*at == '.') {
        at++;
        spec->precision = read_number(&at, ITEMS_MAX);
    }
    if (*at) spec->type = *at++;
    if (*at) raise_error(ev, "ValueError", "Invalid format specifier");
    if (spec->width > WIDTH_MAX) raise_error(ev, "ValueError", "Too many decimal digits in format string");
    pay(ev, spec->width / 8);
}

static _Noreturn void raise_code(Evaluator *ev, const Spec *spec, const Value *value)
{
    raise_error(ev, "ValueError", "Unknown format code '%c' for object of type '%s'", spec->type, type_of(value));
}

static Value format_text(Evaluator *ev, const Spec *spec, Value value)
{
    if (spec->type && spec->type != 's') raise_code(ev, spec, &value);
    const char *text = text_of(ev, value);
    return padded(ev, spec, "", spec->precision < 0 ? text : cut(ev->arena, text, spec->precision), '<');
}

/* __format__ of the text's own class; without a spec its __str__. */
static bool own_format(Evaluator *ev, Value value, ValueString text, Value *out)
{
    Value method;
    const Instance *instance = value_instance(&value);
    if (!instance) return false;
    const bool own = class_attribute(ev, instance->class, "__format__", &method, NULL);
    if (own) *out = call_one(ev, value_method(ev->arena, value, method), value_string(ev->arena, text.bytes, text.length));
    else if (!text.length || instance->plain.kind == VALUE_NONE) *out = value_text(ev->arena, text_of(ev, value));
    else return false;
    return own || !text.length;
}

Value format_value(Evaluator *ev, Value value, ValueString text)
{
    Value own;
    if (own_format(ev, value, text, &own)) return own;
    value = value_plain(value);
    Spec spec;
    double x;
    int64_t n;
    read_spec(ev, text.bytes, &spec);
    const bool float_type = spec.type && strchr("eEfFgG%", spec.type);
    const bool int_type = !spec.type || strchr("bcdoxXn", spec.type);
    if (!scalar_number(&value, &x) || (value.kind == VALUE_BOOL && !spec.type)) return format_text(ev, &spec, value);
    if (float_type) return format_float(ev, &spec, x);
    if (value.kind == VALUE_BOOL) n = value.boolean;
    else if (!value_integer(&value, &n)) {
        if (spec.type && spec.type != 'n') raise_code(ev, &spec, &value);
        return format_float(ev, &spec, x);
    }
    if (!int_type) raise_code(ev, &spec, &value);
    return format_int(ev, &spec, n);
}

/* ---- "%d" % x ---- */

typedef struct Percent {
    Evaluator       *ev;
    const char      *at;
    const ValueList *args;      /* NULL when a dict is given by name */
    const Value     *mapping;
    size_t           next;
    Text             out;
} Percent;

static Value percent_next(Percent *p)
{
    if (!p->args || p->next >= p->args->n) raise_error(p->ev, "TypeError", "not enough arguments for format string");
    return p->args->items[p->next++];
}

static Value percent_argument(Percent *p)
{
    if (*p->at != '(') return percent_next(p);
    const char *end = strchr(p->at, ')');
    if (!end) raise_error(p->ev, "ValueError", "incomplete format key");
    if (!p->mapping) raise_error(p->ev, "TypeError", "format requires a mapping");
    const Value key = value_string(p->ev->arena, p->at + 1, (size_t)(end - p->at - 1));
    p->at = end + 1;
    return subscript(p->ev, *p->mapping, key);
}

static int percent_number(Percent *p)
{
    if (*p->at != '*') return read_number(&p->at, WIDTH_MAX);
    p->at++;
    const int64_t n = index_of(p->ev, percent_next(p), "* wants int;");
    return n < 0 || n > WIDTH_MAX ? 0 : (int)n;
}

static void percent_flags(Percent *p, Spec *spec)
{
    *spec = (Spec){.fill = " ", .align = '>', .precision = -1};
    for (; *p->at && strchr("-+ #0", *p->at); p->at++) {
        if (*p->at == '-') spec->align = '<';
        else if (*p->at == '#') spec->alternate = true;
        else if (*p->at != '0') spec->sign = *p->at;
        else if (spec->align == '>') {
            spec->align = '=';
            memcpy(spec->fill, "0", 2);
        }
    }
    spec->width = percent_number(p);
    if (*p->at == '.') {
        p->at++;
        spec->precision = percent_number(p);
    }
    while (*p->at && strchr("hlL", *p->at)) p->at++;
    if (spec->width > WIDTH_MAX) raise_error(p->ev, "ValueError", "width too big");
}

static Value percent_int(Percent *p, Spec *spec, Value value)
{
    double x;
    int64_t n;
    if (!scalar_number(&value, &x))
        raise_error(p->ev, "TypeError", "%%%c format: a real number is required, not %s", spec->type, type_of(&value));
    if (value.kind == VALUE_BOOL) n = value.boolean;
    else if (!value_integer(&value, &n)) n = x > 9e18 ? INT64_MAX : x < -9e18 ? INT64_MIN : isnan(x) ? 0 : (int64_t)x;
    return format_int(p->ev, spec, n);
}

static Value percent_float(Percent *p, Spec *spec, Value value)
{
    double x;
    if (!scalar_number(&value, &x)) raise_error(p->ev, "TypeError", "must be real number, not %s", type_of(&value));
    return format_float(p->ev, spec, x);
}

static Value percent_text(Percent *p, const Spec *spec, Value value)
{
    const char *text = spec->type == 's' ? text_of(p->ev, value) : repr_of(p->ev, value);
    return padded(p->ev, spec, "", spec->precision < 0 ? text : cut(p->ev->arena, text, spec->precision), '>');
}

/* True = the whole result is unknown. */
static bool percent_item(Percent *p, Value *unknown_argument)
{
    Spec spec;
    const bool named = *p->at == '(';
    Value value = named ? percent_argument(p) : value_none();
    percent_flags(p, &spec);
    spec.type = *p->at ? *p->at++ : 0;
    if (spec.type == '%') { text_put_char(&p->out, '%'); return false; }
    if (!named) value = percent_argument(p);
    if (value.kind == VALUE_UNKNOWN) { *unknown_argument = value; return true; }
    Value text;
    if (spec.type && strchr("diu", spec.type)) { spec.type = 'd'; text = percent_int(p, &spec, value); }
    else if (spec.type && strchr("xXo", spec.type)) text = percent_int(p, &spec, value);
    else if (spec.type && strchr("eEfFgG", spec.type)) text = percent_float(p, &spec, value);
    else if (spec.type && strchr("sra", spec.type)) text = percent_text(p, &spec, value);
    else if (spec.type == 'c') { spec.type = 's'; text = percent_text(p, &spec, value); }
    else raise_error(p->ev, "ValueError", "unsupported format character");
    text_put_bytes(&p->out, text.string.bytes, text.string.length);
    return false;
}

Value format_percent(Evaluator *ev, ValueString format, Value arguments)
{
    Value one = value_list(ev->arena, VALUE_TUPLE, 1), unknown_argument = value_none();
    list_add(one.list, arguments);
    Percent p = {.ev = ev, .at = format.bytes, .out = {.arena = ev->arena},
                 .args = arguments.kind == VALUE_TUPLE ? arguments.list : one.list,
                 .mapping = arguments.kind == VALUE_DICT ? &arguments : NULL};
    while (*p.at) {
        const size_t plain = strcspn(p.at, "%");
        text_put_bytes(&p.out, p.at, plain);
        p.at += plain;
        if (*p.at && (p.at++, percent_item(&p, &unknown_argument))) return unknown_argument;
        pay_items(ev, (int64_t)p.out.length / 8);
    }
    if (!p.mapping && p.next < p.args->n) raise_error(ev, "TypeError", "not all arguments converted during string formatting");
    return value_string(ev->arena, text_string(&p.out), p.out.length);
}

/* ---- "{}".format(x) ---- */

typedef struct Braces {
    Evaluator       *ev;
    const Value     *positional; int n;
    const ValueDict *named;
    int              next, depth;
    Value            unknown;
} Braces;

static Value braces_text(Braces *b, const char *at, const char *end);

static Value braces_first(Braces *b, const char *name, size_t length)
{
    const char *at = name;
    if (!length || isdigit((unsigned char)*name)) {
        const int i = length ? read_number(&at, ITEMS_MAX) : b->next++;
        if (i >= b->n) raise_error(b->ev, "IndexError", "Replacement index %d out of range for positional args tuple", i);
        return b->positional[i];
    }
    const Value *value = b->named ? dict_find(b->named, arena_copy(b->ev->arena, name, length)) : NULL;
    if (!value) raise_key(b->ev, value_string(b->ev->arena, name, length));
    return *value;
}

/* "0.name[key]" */
static Value braces_field(Braces *b, const char *at, const char *end)
{
    const size_t first = strcspn(at, ".[:!}");
    const size_t length = first < (size_t)(end - at) ? first : (size_t)(end - at);
    Value value = braces_first(b, at, length);
    for (at += length; at < end;) {
        const bool item = *at++ == '[';
        const size_t part = strcspn(at, item ? "]" : ".["), n = part < (size_t)(end - at) ? part : (size_t)(end - at);
        const char *name = arena_copy(b->ev->arena, at, n);
        if (!item) value = attribute(b->ev, value, name);
        else if (isdigit((unsigned char)*name)) value = subscript(b->ev, value, value_int(read_number(&name, ITEMS_MAX)));
        else value = subscript(b->ev, value, value_string(b->ev->arena, name, n));
        at += n + item;
    }
    return value;
}

static void braces_item(Braces *b, const char *at, const char *end, Text *out)
{
    const char *colon = memchr(at, ':', (size_t)(end - at));
    const char *bracket = memchr(at, '[', (size_t)(end - at));
    if (bracket && colon && bracket < colon && memchr(bracket, ']', (size_t)(end - bracket)))
        colon = memchr(memchr(bracket, ']', (size_t)(end - bracket)), ':', (size_t)(end - (const char *)memchr(bracket, ']', (size_t)(end - bracket))));
    const char *field_end = colon ? colon : end, *bang = memchr(at, '!', (size_t)(field_end - at));
    Value value = braces_field(b, at, bang ? bang : field_end);
    const Value spec = colon ? braces_text(b, colon + 1, end) : value_string(b->ev->arena, "", 0);
    if (value.kind == VALUE_UNKNOWN) { b->unknown = value; return; }
    if (bang && bang[1] != 's') {
        const char *text = repr_of(b->ev, value);
        value = value_string(b->ev->arena, text, strlen(text));
    }
    const Value text = format_value(b->ev, value, spec.string);
    text_put_bytes(out, text.string.bytes, text.string.length);
}

static const char *closing_brace(Evaluator *ev, const char *at, const char *end)
{
    for (int depth = 1; at < end; at++) {
        if (*at == '{') depth++;
        if (*at == '}' && --depth == 0) return at;
    }
    raise_error(ev, "ValueError", "expected '}' before end of string");
}

static Value braces_text(Braces *b, const char *at, const char *end)
{
    Text out = {.arena = b->ev->arena};
    if (++b->depth > 3) raise_error(b->ev, "ValueError", "Max string recursion exceeded");
    while (at < end) {
        const bool doubled = at + 1 < end && at[1] == *at;
        if (*at == '{' && !doubled) {
            const char *close = closing_brace(b->ev, at + 1, end);
            braces_item(b, at + 1, close, &out);
            at = close + 1;
        } else if (*at == '}' && !doubled) {
            raise_error(b->ev, "ValueError", "Single '}' encountered in format string");
        } else {
            text_put_char(&out, *at);
            at += (*at == '{' || *at == '}') ? 2 : 1;
        }
    }
    b->depth--;
    pay_items(b->ev, (int64_t)out.length);
    return value_string(b->ev->arena, text_string(&out), out.length);
}

Value format_braces(Evaluator *ev, ValueString format, const Value *positional, int n, const ValueDict *named)
{
    Braces b = {.ev = ev, .positional = positional, .n = n, .named = named, .unknown = value_none()};
    const Value text = braces_text(&b, format.bytes, format.bytes + format.length);
    return b.unknown.kind == VALUE_UNKNOWN ? b.unknown : text;
}
