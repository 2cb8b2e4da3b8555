/* The replacement fields of f-strings: where they end, or why they do not. */
#include <string.h>

#include "python/quote.h"
#include "python/tree.h"

enum { FIELD_NESTING_MAX = 24 };   /* f-strings and format specs within fields of f-strings */

typedef struct Search {
    const Scanner *scanner;
    int            limit;      /* no further than this byte */
    bool           one_line;   /* nor than the end of the line */
    int            nesting;
    int            reached;    /* how far it came where it failed */
} Search;

static int format_search(Search *search, const Quote *quote);
static int field_search(Search *search, int at, int *bang, int *colon);

static int fail_at(Search *search, int at)
{
    if (at > search->reached) search->reached = at;
    return -1;
}

static bool stops(const Search *search, int at)
{
    return at >= search->limit || (search->one_line && quote_line_breaks(search->scanner, at));
}

/* A string within a field. */
static int inner_end(Search *search, const Quote *quote)
{
    if (!quote->format) {
        int end = quote_plain_end(search->scanner, quote, search->limit);
        if (end >= 0) return end;
        return fail_at(search, quote->triple ? search->limit : token_line_end(search->scanner, quote->inside));
    }
    if (++search->nesting > FIELD_NESTING_MAX) return -1;
    int end = format_search(search, quote);
    search->nesting--;
    return end;
}

int format_skip_escape(const Scanner *scanner, const Quote *quote, int at)
{
    unsigned char c = token_byte(scanner, at + 1);
    if (c == '{' || c == '}') return at + 1;
    if (quote->raw || c != 'N' || token_byte(scanner, at + 2) != '{') return quote_skip_escape(scanner, at);
    unsigned char mark = (unsigned char)quote->mark;
    int end = at + 3;
    while (end < scanner->length && token_byte(scanner, end) != '}' && token_byte(scanner, end) != mark) end++;
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

static int format_search(Search *search, const Quote *quote)
{
    int at = quote->inside;
    while (at >= 0 && !stops(search, at)) {
        if (quote_closes(search->scanner, quote, at)) return at + quote_length(quote);
        if (!quote->triple && quote_line_breaks(search->scanner, at)) break;
        at = literal_part_next(search, quote, at);
    }
    return fail_at(search, at);
}

/* Behind the colon: text with fields in it, up to the }. */
static int spec_end(Search *search, int at)
{
    if (++search->nesting > FIELD_NESTING_MAX) return -1;
    int bang, colon;
    while (at >= 0 && !stops(search, at) && token_byte(search->scanner, at) != '}') {
        at = token_byte(search->scanner, at) == '{' ? field_search(search, at, &bang, &colon) : at + 1;
    }
    search->nesting--;
    return at >= 0 && !stops(search, at) ? at + 1 : fail_at(search, at);
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
    for (at++; at >= 0 && !stops(search, at);) {
        unsigned char c = token_byte(scanner, at);
        Quote quote;
        if (depth == 0 && c == '}') return at + 1;
        if (depth == 0 && c == ':') return *colon = at, spec_end(search, at + 1);
        if (depth == 0 && c == '!' && token_byte(scanner, at + 1) != '=') *bang = at;
        if (c && strchr("()[]{}", c) && !bracket_match(open, &depth, c)) break;
        if (quote_begins(scanner, at, &quote)) at = inner_end(search, &quote);
        else if (c == '#') at = token_line_end(scanner, at);
        else at++;
    }
    return fail_at(search, at);
}

int field_end(Scanner *scanner, int at, int limit, int *bang, int *colon)
{
    Search search = {.scanner = scanner, .limit = limit};
    return field_search(&search, at, bang, colon);
}

static int format_try(Scanner *scanner, const Quote *quote, bool one_line)
{
    Search search = {.scanner = scanner, .limit = scanner->length, .one_line = one_line, .reached = quote->inside};
    if (scanner->patience <= 0) return -1;
    int end = format_search(&search, quote);
    if (end < 0) scanner->patience -= search.reached - quote->inside;
    return end;
}

int format_end(Scanner *scanner, const Quote *quote)
{
    int end = format_try(scanner, quote, !quote->triple);
    if (end < 0) end = quote_plain_end(scanner, quote, scanner->length);
    return end < 0 && !quote->triple ? format_try(scanner, quote, false) : end;
}

/* What Python 3.11 stumbles over, going through a field byte by byte. */
typedef struct Stumble {
    char open[PY_DEPTH_MAX];
    int  depth;
    char quote;      /* within a string of this mark; 0: outside */
    bool triple;
} Stumble;

static int stumble_string(Stumble *stumble, const char *text, int at, int limit)
{
    char c = text[at];
    bool three = at + 2 < limit && text[at + 1] == c && text[at + 2] == c;
    if (!stumble->quote) {
        stumble->quote = c;
        stumble->triple = three;
        return at + (three ? 3 : 1);
    }
    bool closes = stumble->quote == c && (three || !stumble->triple);
    if (closes) stumble->quote = 0;
    return at + (closes && stumble->triple ? 3 : 1);
}

static bool stumble_bracket(Stumble *stumble, Scanner *scanner, int at)
{
    char c = scanner->text[at];
    Span here = {at, at + 1};
    if (strchr("([{", c)) {
        if (stumble->depth == PY_DEPTH_MAX) return token_fault(scanner, here, "f-string: too many nested parenthesis");
        stumble->open[stumble->depth++] = c;
        return true;
    }
    if (!stumble->depth) return token_fault(scanner, here, "f-string: unmatched '%c'", c);
    char open = stumble->open[--stumble->depth], partner = c == ')' ? '(' : c == ']' ? '[' : '{';
    if (open == partner) return true;
    return token_fault(scanner, here, "f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", c, open);
}

static bool field_stops(const Stumble *stumble, const char *text, int at)
{
    if (stumble->depth || stumble->quote) return false;
    return text[at] == '}' || text[at] == ':' || (text[at] == '!' && text[at + 1] != '=');
}

bool field_refuse(Scanner *scanner, int start, int limit)
{
    Stumble stumble = {.depth = 0};
    for (int at = start + 1; at < limit && !field_stops(&stumble, scanner->text, at);) {
        char c = scanner->text[at];
        Span here = {at, at + 1};
        if (c == '\\') return token_fault(scanner, here, "f-string expression part cannot include a backslash");
        if (c == '\'' || c == '"') {
            at = stumble_string(&stumble, scanner->text, at, limit);
            continue;
        }
        if (!stumble.quote && c == '#') return token_fault(scanner, here, "f-string expression part cannot include '#'");
        if (!stumble.quote && c && strchr("()[]{}", c) && !stumble_bracket(&stumble, scanner, at)) return false;
        at++;
    }
    Span field = {start, limit};
    if (stumble.quote) return token_fault(scanner, field, "f-string: unterminated string");
    if (stumble.depth) return token_fault(scanner, field, "f-string: unmatched '%c'", stumble.open[stumble.depth - 1]);
    return token_fault(scanner, field, "f-string: expecting '}'");
}
