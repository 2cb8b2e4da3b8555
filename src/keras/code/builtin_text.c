/* repr, format, hex, chr ...: what gives a text, or takes one apart. */
#include "keras/code/builtin_functions.h"

#include <string.h>

#include "keras/code/format.h"

static Value repr_call(Evaluator *ev, const Given *given)
{
    const char *text = repr_of(ev, *given->arg[0]);
    return value_text(ev->arena, text);
}

static Value format_call(Evaluator *ev, const Given *given)
{
    const ValueString none = {"", 0};
    const bool spec = given->arg[1] && given->arg[1]->kind == VALUE_STRING;
    return format_value(ev, *given->arg[0], spec ? given->arg[1]->string : none);
}

static Value based(Evaluator *ev, const Given *given)
{
    const char *spec = given->native->data;
    const Value whole = value_int(whole_of(ev, *given->arg[0]));
    return format_value(ev, whole, (ValueString){spec, strlen(spec)});
}

static Value chr_call(Evaluator *ev, const Given *given)
{
    const int64_t c = whole_of(ev, *given->arg[0]);
    char bytes[5] = {0};
    if (c < 0 || c > 0x10FFFF) raise_error(ev, "ValueError", "chr() arg not in range(0x110000)");
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (n == 1) bytes[0] = (char)c;
    for (size_t i = n; n > 1 && i-- > 0;) {
        const unsigned lead = n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0, part = (unsigned)(c >> (6 * (n - 1 - i))) & 0x3F;
        bytes[i] = (char)(i ? 0x80 | part : lead | part);
    }
    return value_string(ev->arena, bytes, n);
}

static Value ord_call(Evaluator *ev, const Given *given)
{
    if (given->arg[0]->kind != VALUE_STRING || iterate(ev, *given->arg[0])->n != 1)
        raise_error(ev, "TypeError", "ord() expected a character");
    const unsigned char *c = (const unsigned char *)given->arg[0]->string.bytes;
    const size_t n = given->arg[0]->string.length;
    if (n == 1) return value_int(c[0]);
    int64_t code = n == 2 ? c[0] & 0x1F : n == 3 ? c[0] & 0x0F : c[0] & 0x07;
    for (size_t i = 1; i < n; i++) code = code << 6 | (c[i] & 0x3F);
    return value_int(code);
}

const Native TEXT_FUNCTIONS[] = {
    {.name = "repr", .params = "object", .call = repr_call},
    {.name = "ascii", .params = "object", .call = repr_call},
    {.name = "format", .params = "value format_spec?", .call = format_call},
    {.name = "bin", .params = "number", .call = based, .data = "#b"},
    {.name = "oct", .params = "number", .call = based, .data = "#o"},
    {.name = "hex", .params = "number", .call = based, .data = "#x"},
    {.name = "chr", .params = "i", .call = chr_call},
    {.name = "ord", .params = "c", .call = ord_call},
    {0}};
