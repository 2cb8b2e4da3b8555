/* String literals: how they begin, where they end, what they say. */
#include <string.h>

#include "python/letter.h"
#include "python/literal.h"
#include "python/token.h"
#include "python/tree.h"

enum { FIELD_NESTING_MAX = 24 };   /* f-strings within fields of f-strings, brackets within a field */

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
        bool *seen = (c | 0x20) == 'r' ? &quote->raw : (c | 0x20) == 'b' ? &quote->bytes : (c | 0x20) == 'f' ? &quote->format :
                     (c | 0x20) == 'u' ? &unicode : NULL;
        if (!seen || *seen) return false;
        *seen = true;
        bool clash = (unicode && (quote->raw || quote->bytes || quote->format)) || (quote->bytes && quote->format);
        if (clash) return false;
    }
    return false;
}

static bool closes(const Scanner *scanner, const Quote *quote, int at)
{
    if (token_byte(scanner, at) != (unsigned char)quote->mark) return false;
    return !quote->triple || (token_byte(scanner, at + 1) == (unsigned char)quote->mark &&
                              token_byte(scanner, at + 2) == (unsigned char)quote->mark);
}

static int closing_length(const Quote *quote)
{
    return quote->triple ? 3 : 1;
}

static bool line_breaks(const Scanner *scanner, int at)
{
    unsigned char c = token_byte(scanner, at);
    return c == '\n' || c == '\r';
}

/* Behind a backslash and what it stands before; a line end is one thing. */
static int skip_escape(const Scanner *scanner, int at)
{
    if (at + 1 >= scanner->length) return scanner->length;
    return line_breaks(scanner, at + 1) ? token_skip_newline(scanner, at + 1) : at + 2;
}

static int plain_end(const Scanner *scanner, const Quote *quote, int limit)
{
    for (int at = quote->inside; at < limit;) {
        if (closes(scanner, quote, at)) return at + closing_length(quote);
        if (!quote->triple && line_breaks(scanner, at)) return -1;
        at = token_byte(scanner, at) == '\\' ? skip_escape(scanner, at) : at + 1;
    }
    return -1;
}

typedef struct Search {
    const Scanner *scanner;
    int            limit;   /* no further than this byte */
    int            nesting;
} Search;

static int format_end(Search *search, const Quote *quote);
static int field_search(Search *search, int at, int *bang, int *colon);

/* A string within a field. */
static int inner_end(Search *search, const Quote *quote)
{
    if (!quote->format) return plain_end(search->scanner, quote, search->limit);
    if (++search->nesting > FIELD_NESTING_MAX) return -1;
    int end = format_end(search, quote);
    search->nesting--;
    return end;
}

int format_skip_escape(const Scanner *scanner, const Quote *quote, int at)
{
    unsigned char c = token_byte(scanner, at + 1);
    if (c == '{' || c == '}') return at + 1;
    if (quote->raw || c != 'N' || token_byte(scanner, at + 2) != '{') return skip_escape(scanner, at);
    int end = at + 3;
    while (end < scanner->length && token_byte(scanner, end) != '}' && token_byte(scanner, end) != (unsigned char)quote->mark) end++;
    return token_byte(scanner, end) == '}' ? end + 1 : end;
}

static int literal_part_next(Search *search, const Quote *quote, int at)
{
    const Scanner *scanner = search->scanner;
    unsigned char c = token_byte(scanner, at);
    if (c == '\\') return format_skip_escape(scanner, quote, at);
    if (c != '{') return at + 1;
    if (token_byte(scanner, at + 1) == '{') return at + 2;
    int bang, colon;
    return field_search(search, at, &bang, &colon);
}

static int format_end(Search *search, const Quote *quote)
{
    for (int at = quote->inside; at >= 0 && at < search->limit;) {
        if (closes(search->scanner, quote, at)) return at + closing_length(quote);
        if (!quote->triple && line_breaks(search->scanner, at)) return -1;
        at = literal_part_next(search, quote, at);
    }
    return -1;
}

/* Behind the colon: text with fields in it, up to the }. */
static int spec_end(Search *search, int at)
{
    if (++search->nesting > FIELD_NESTING_MAX) return -1;
    int bang, colon;
    while (at >= 0 && at < search->limit && token_byte(search->scanner, at) != '}') {
        at = token_byte(search->scanner, at) == '{' ? field_search(search, at, &bang, &colon) : at + 1;
    }
    search->nesting--;
    return at >= 0 && at < search->limit ? at + 1 : -1;
}

static bool quote_begins(const Scanner *scanner, int at, Quote *quote)
{
    bool within_name = at > 0 && name_byte(token_byte(scanner, at - 1)) && name_byte(token_byte(scanner, at));
    return !within_name && quote_read(scanner, at, quote);
}

static bool bracket_match(char *open, int *depth, unsigned char c)
{
    if (strchr("([{", c)) {
        if (*depth == PY_DEPTH_MAX) return false;
        open[(*depth)++] = (char)c;
        return true;
    }
    char partner = c == ')' ? '(' : c == ']' ? '[' : '{';
    return *depth > 0 && open[--*depth] == partner;
}

static int field_search(Search *search, int at, int *bang, int *colon)
{
    const Scanner *scanner = search->scanner;
    char open[PY_DEPTH_MAX];
    int depth = 0;
    *bang = *colon = -1;
    for (at++; at >= 0 && at < search->limit;) {
        unsigned char c = token_byte(scanner, at);
        Quote quote;
        if (depth == 0 && c == '}') return at + 1;
        if (depth == 0 && c == ':') return *colon = at, spec_end(search, at + 1);
        if (depth == 0 && c == '!' && token_byte(scanner, at + 1) != '=') *bang = at;
        if (c && strchr("()[]{}", c) && !bracket_match(open, &depth, c)) return -1;
        if (quote_begins(scanner, at, &quote)) at = inner_end(search, &quote);
        else if (c == '#') at = token_line_end(scanner, at);
        else at++;
    }
    return -1;
}

int field_end(Scanner *scanner, int at, int limit, int *bang, int *colon)
{
    Search search = {.scanner = scanner, .limit = limit};
    return field_search(&search, at, bang, colon);
}

/* An f-string may hold its own quotes within its fields (3.12), one of old may not: the new reading first, where
 * it closes on the same line, then the old, then the new over several lines. */
static int format_string_end(Scanner *scanner, const Quote *quote)
{
    int line = quote->triple ? scanner->length : token_line_end(scanner, quote->inside);
    Search search = {.scanner = scanner, .limit = line};
    int end = scanner->patience > 0 ? format_end(&search, quote) : -1;
    if (end < 0) {
        scanner->patience -= line - quote->inside;
        end = plain_end(scanner, quote, scanner->length);
    }
    if (end >= 0 || quote->triple || scanner->patience <= 0) return end;
    search = (Search){.scanner = scanner, .limit = scanner->length};
    end = format_end(&search, quote);
    if (end < 0) scanner->patience -= scanner->length - quote->inside;
    return end;
}

/* The end of the line that a string of one line stops in: a backslash joins lines. */
static int open_line_end(const Scanner *scanner, int at)
{
    while (at < scanner->length && !line_breaks(scanner, at)) {
        at = token_byte(scanner, at) == '\\' ? skip_escape(scanner, at) : at + 1;
    }
    return at;
}

int string_end(Scanner *scanner, int start)
{
    Quote quote;
    quote_read(scanner, start, &quote);
    int end = quote.format ? format_string_end(scanner, &quote) : plain_end(scanner, &quote, scanner->length);
    if (end >= 0) return end;
    int stop = quote.triple ? scanner->length : open_line_end(scanner, quote.inside);
    if (quote.triple && stop > start && line_breaks(scanner, stop - 1)) stop--;
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
