/* String literals: how they begin and where they end. */
#include "python/quote.h"

static bool *prefix_flag(Quote *quote, bool *unicode, unsigned char c)
{
    switch (c | 0x20) {
    case 'r': return &quote->raw;
    case 'b': return &quote->bytes;
    case 'f': return &quote->format;
    case 'u': return unicode;
    }
    return NULL;
}

bool quote_read(const Scanner *scanner, int at, Quote *quote)
{
    *quote = (Quote){0};
    bool unicode = false;
    for (int n = 0; n < 3; n++, at++) {
        unsigned char c = token_byte(scanner, at);
        if (c == '\'' || c == '"') {
            bool triple = token_byte(scanner, at + 1) == c && token_byte(scanner, at + 2) == c;
            quote->mark = (char)c;
            quote->triple = triple;
            quote->inside = at + (triple ? 3 : 1);
            return true;
        }
        bool *seen = prefix_flag(quote, &unicode, c);
        if (!seen || *seen) return false;
        *seen = true;
        bool clash = (unicode && (quote->raw || quote->bytes || quote->format)) || (quote->bytes && quote->format);
        if (clash) return false;
    }
    return false;
}

bool quote_closes(const Scanner *scanner, const Quote *quote, int at)
{
    if (token_byte(scanner, at) != (unsigned char)quote->mark) return false;
    return !quote->triple || (token_byte(scanner, at + 1) == (unsigned char)quote->mark &&
                              token_byte(scanner, at + 2) == (unsigned char)quote->mark);
}

int quote_length(const Quote *quote)
{
    return quote->triple ? 3 : 1;
}

bool quote_line_breaks(const Scanner *scanner, int at)
{
    unsigned char c = token_byte(scanner, at);
    return c == '\n' || c == '\r';
}

/* Behind a backslash and what it stands before; a line end is one thing. */
int quote_skip_escape(const Scanner *scanner, int at)
{
    if (at + 1 >= scanner->length) return scanner->length;
    return quote_line_breaks(scanner, at + 1) ? token_skip_newline(scanner, at + 1) : at + 2;
}

int quote_plain_end(const Scanner *scanner, const Quote *quote, int limit)
{
    for (int at = quote->inside; at < limit;) {
        if (quote_closes(scanner, quote, at)) return at + quote_length(quote);
        if (!quote->triple && quote_line_breaks(scanner, at)) return -1;
        at = token_byte(scanner, at) == '\\' ? quote_skip_escape(scanner, at) : at + 1;
    }
    return -1;
}

/* The end of the line that a string of one line stops in: a backslash joins lines. */
static int open_line_end(const Scanner *scanner, int at)
{
    while (at < scanner->length && !quote_line_breaks(scanner, at)) {
        at = token_byte(scanner, at) == '\\' ? quote_skip_escape(scanner, at) : at + 1;
    }
    return at;
}

int string_end(Scanner *scanner, int start)
{
    Quote quote;
    quote_read(scanner, start, &quote);
    int end = quote.format ? format_end(scanner, &quote) : quote_plain_end(scanner, &quote, scanner->length);
    if (end >= 0) return end;
    int stop = quote.triple ? scanner->length : open_line_end(scanner, quote.inside);
    if (quote.triple && stop > start && quote_line_breaks(scanner, stop - 1)) stop--;
    if (quote.triple) {
        scanner->patience -= scanner->length - start;
        token_fault(scanner, (Span){start, start + 1}, "unterminated triple-quoted string literal (detected at line %d)",
                    token_line(scanner, stop));
    } else {
        token_fault(scanner, (Span){start, start + 1}, "unterminated string literal (detected at line %d)",
                    token_line(scanner, stop));
    }
    return -1;
}
