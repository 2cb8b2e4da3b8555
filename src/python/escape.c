/* The escapes of string literals. */
#include <string.h>

#include "python/letter.h"
#include "python/literal.h"

typedef struct Decoder {
    Scanner     *scanner;
    const Quote *quote;
    int          begin, at, end;
    char        *out;
    size_t       n;
} Decoder;

static int hex_value(unsigned char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Python decodes a copy in which every character beyond ASCII is written \UXXXXXXXX: its positions count those ten. */
static int decoder_position(const Decoder *decoder, int at)
{
    int position = 0;
    for (int i = decoder->begin; i < at; i++) {
        unsigned char c = (unsigned char)decoder->scanner->text[i];
        position += c < 0x80 ? 1 : c >= 0xC0 ? 10 : 0;
    }
    return position;
}

static bool refuse(Decoder *decoder, int from, int to, const char *what)
{
    int first = decoder_position(decoder, from), last = decoder_position(decoder, to) - 1;
    Span at = {decoder->begin, decoder->end};
    if (decoder->quote->bytes) {
        return token_fault(decoder->scanner, at, "(value error) invalid \\x escape at position %d", first);
    }
    return token_fault(decoder->scanner, at,
                       "(unicode error) 'unicodeescape' codec can't decode bytes in position %d-%d: %s", first, last, what);
}

static void put_letter(Decoder *decoder, uint32_t letter)
{
    if (decoder->quote->bytes) decoder->out[decoder->n++] = (char)letter;
    else decoder->n += (size_t)letter_write(letter, decoder->out + decoder->n);
}

static bool decode_hex(Decoder *decoder, int digits, const char *truncated)
{
    int start = decoder->at, at = start + 2;
    uint32_t letter = 0;
    for (; at < decoder->end && at < start + 2 + digits && hex_value(token_byte(decoder->scanner, at)) >= 0; at++) {
        letter = letter << 4 | (uint32_t)hex_value(token_byte(decoder->scanner, at));
    }
    if (at < start + 2 + digits) return refuse(decoder, start, at, truncated);
    if (letter > 0x10FFFF) return refuse(decoder, start, at, "illegal Unicode character");
    decoder->at = at;
    put_letter(decoder, letter);
    return true;
}

static bool decode_octal(Decoder *decoder)
{
    uint32_t letter = 0;
    int at = decoder->at + 1;
    for (int n = 0; n < 3 && at < decoder->end; n++, at++) {
        unsigned char c = token_byte(decoder->scanner, at);
        if (c < '0' || c > '7') break;
        letter = letter * 8 + (c - '0');
    }
    decoder->at = at;
    put_letter(decoder, letter);
    return true;
}

/* Names of characters are not looked up: one stands for all. */
static bool decode_named(Decoder *decoder)
{
    int start = decoder->at, at = start + 2;
    if (at < decoder->end && token_byte(decoder->scanner, at) == '{') {
        while (at < decoder->end && token_byte(decoder->scanner, at) != '}') at++;
    }
    if (at >= decoder->end || token_byte(decoder->scanner, at) != '}' || at == start + 3) {
        return refuse(decoder, start, at < decoder->end ? at : decoder->end, "malformed \\N character escape");
    }
    decoder->at = at + 1;
    put_letter(decoder, 0xFFFD);
    return true;
}

static bool decode_line_end(Decoder *decoder)
{
    decoder->at = token_skip_newline(decoder->scanner, decoder->at + 1);
    return true;
}

static bool decode_unknown(Decoder *decoder)
{
    decoder->out[decoder->n++] = '\\';
    decoder->at++;
    return true;
}

static bool decode_escape(Decoder *decoder)
{
    static const char FROM[] = "\\'\"abfnrtv", TO[] = "\\'\"\a\b\f\n\r\t\v";
    unsigned char c = decoder->at + 1 < decoder->end ? token_byte(decoder->scanner, decoder->at + 1) : 0;
    const char *simple = c ? strchr(FROM, c) : NULL;
    if (simple) {
        decoder->out[decoder->n++] = TO[simple - FROM];
        decoder->at += 2;
        return true;
    }
    if (c == '\n' || c == '\r') return decode_line_end(decoder);
    if (c >= '0' && c <= '7') return decode_octal(decoder);
    if (c == 'x') return decode_hex(decoder, 2, "truncated \\xXX escape");
    if (decoder->quote->bytes) return decode_unknown(decoder);
    if (c == 'u') return decode_hex(decoder, 4, "truncated \\uXXXX escape");
    if (c == 'U') return decode_hex(decoder, 8, "truncated \\UXXXXXXXX escape");
    if (c == 'N') return decode_named(decoder);
    return decode_unknown(decoder);
}

static bool decode_beyond_ascii(Decoder *decoder)
{
    Span literal = {decoder->begin, decoder->end};
    if (decoder->quote->bytes) {
        return token_fault(decoder->scanner, literal, "bytes can only contain ASCII literal characters");
    }
    uint32_t letter;
    int n = letter_read(decoder->scanner->text, decoder->end, decoder->at, &letter);
    if (!n) {
        return token_fault(decoder->scanner, (Span){decoder->at, decoder->at + 1},
                           "Non-UTF-8 code starting with '\\x%02x' on line %d, but no encoding declared; "
                           "see https://peps.python.org/pep-0263/ for details",
                           token_byte(decoder->scanner, decoder->at), token_line(decoder->scanner, decoder->at));
    }
    memcpy(decoder->out + decoder->n, decoder->scanner->text + decoder->at, (size_t)n);
    decoder->n += (size_t)n;
    decoder->at += n;
    return true;
}

static bool decode_next(Decoder *decoder)
{
    const int at = decoder->at;
    unsigned char c = token_byte(decoder->scanner, at);
    if (c == '\\' && !decoder->quote->raw) return decode_escape(decoder);
    if (c >= 0x80) return decode_beyond_ascii(decoder);
    if (c == 0) return token_fault(decoder->scanner, (Span){at, at + 1}, "source code string cannot contain null bytes");
    decoder->out[decoder->n++] = c == '\r' ? '\n' : (char)c;
    decoder->at = c == '\r' ? token_skip_newline(decoder->scanner, at) : at + 1;
    return true;
}

const char *literal_decode(Scanner *scanner, const Quote *quote, int at, int end, size_t *length)
{
    /* No escape is shorter than what it stands for. */
    Decoder decoder = {.scanner = scanner, .quote = quote, .begin = at, .at = at, .end = end};
    decoder.out = arena_array(scanner->arena, (size_t)(end - at) + 1, 1);
    while (decoder.at < end) {
        if (!decode_next(&decoder)) return NULL;
    }
    *length = decoder.n;
    return decoder.out;
}
