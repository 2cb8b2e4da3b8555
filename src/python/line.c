#include "python/line.h"

#include <string.h>

#include "python/quote.h"
#include "python/suspect.h"
#include "python/tree.h"

typedef struct Bracket {
    char mark;
    Span at;
} Bracket;

typedef struct Reading {
    Scanner *scanner;
    Line    *line;
    Bracket  open[PY_DEPTH_MAX];
    int      depth, excess;   /* brackets open; those beyond the deepest allowed */
    int      base;            /* brackets around all of it */
} Reading;

enum { TAB = 8 };

static void token_put(Scanner *scanner, Line *line, Token token)
{
    size_t n = (size_t)line->n;
    line->token = arena_grow(scanner->arena, line->token, n, &line->capacity, n + 2, sizeof *line->token);
    line->token[line->n++] = token;
    line->token[line->n] = (Token){.span = {token.span.end, token.span.end}};
}

static void line_end_at(Scanner *scanner, Line *line, Span at)
{
    line->token = arena_grow(scanner->arena, line->token, (size_t)line->n, &line->capacity, (size_t)line->n + 1,
                             sizeof *line->token);
    line->token[line->n] = (Token){.span = at, .code = TOKEN_END};
}

/* Indentation of the physical line at `at`: returns its first byte that is no space. */
static int indentation_read(const Scanner *scanner, int at, int *column, int *tabless)
{
    *column = *tabless = 0;
    for (;; at++) {
        unsigned char c = token_byte(scanner, at);
        if (c == ' ') ++*column, ++*tabless;
        else if (c == '\t') *column = (*column / TAB + 1) * TAB, ++*tabless;
        else if (c == '\f') *column = *tabless = 0;
        else return at;
    }
}

static bool line_is_blank(const Scanner *scanner, int at)
{
    unsigned char c = token_byte(scanner, at);
    return at >= scanner->length || c == '#' || c == '\n' || c == '\r';
}

/* Sets begin, number, indentation; returns the first byte of the first token, or the length of the text. */
static int line_begin(Scanner *scanner, Line *line)
{
    int begin = line->next;
    for (;;) {
        int at = indentation_read(scanner, begin, &line->column, &line->tabless);
        if (!line_is_blank(scanner, at) || at >= scanner->length) {
            line->begin = begin;
            line->indent = at - begin;
            line->number = token_line(scanner, begin);
            scanner->line = line->number;
            scanner->line_at = begin;
            return at;
        }
        begin = token_skip_newline(scanner, token_line_end(scanner, at));
    }
}

static bool bracket_open(Reading *reading, Token *token)
{
    if (reading->depth + reading->base >= PY_DEPTH_MAX) {
        reading->excess++;
        return token_fault(reading->scanner, token->span, "too many nested parentheses");
    }
    reading->open[reading->depth++] = (Bracket){reading->scanner->text[token->span.start], token->span};
    return true;
}

/* After a fault brackets are taken as they come: one closes the nearest of its kind, or whatever is open. */
static void bracket_drop(Reading *reading, char partner)
{
    int depth = reading->depth;
    while (depth > 0 && reading->open[depth - 1].mark != partner) depth--;
    reading->depth = depth > 0 ? depth - 1 : reading->depth > 0 ? reading->depth - 1 : 0;
}

static bool bracket_mismatch(Reading *reading, Span at, char mark, Bracket open)
{
    Scanner *scanner = reading->scanner;
    int line = token_line(scanner, open.at.start);
    if (line == token_line(scanner, at.start)) {
        return token_fault(scanner, at, "closing parenthesis '%c' does not match opening parenthesis '%c'", mark,
                           open.mark);
    }
    return token_fault(scanner, at, "closing parenthesis '%c' does not match opening parenthesis '%c' on line %d",
                       mark, open.mark, line);
}

static bool bracket_close(Reading *reading, Token *token)
{
    char mark = reading->scanner->text[token->span.start], partner = mark == ')' ? '(' : mark == ']' ? '[' : '{';
    if (reading->excess > 0) return reading->excess--, true;
    if (reading->depth == 0) return token_fault(reading->scanner, token->span, "unmatched '%c'", mark);
    Bracket open = reading->open[reading->depth - 1];
    bracket_drop(reading, partner);
    return open.mark == partner || bracket_mismatch(reading, token->span, mark, open);
}

static bool bracket_follow(Reading *reading, Token *token)
{
    switch (token->code) {
    case SIGN_OPEN_ROUND: case SIGN_OPEN_SQUARE: case SIGN_OPEN_CURLY: return bracket_open(reading, token);
    case SIGN_CLOSE_ROUND: case SIGN_CLOSE_SQUARE: case SIGN_CLOSE_CURLY: return bracket_close(reading, token);
    }
    return true;
}

/* A physical line begins at `at` within brackets. True: read no further, the brackets are taken as never closed. */
static bool suspect_stops(Reading *reading, int at)
{
    Line *line = reading->line;
    const Scanner *scanner = reading->scanner;
    if (line->certain.at >= 0 || reading->base || !reading->depth) return false;
    int column, tabless, first = indentation_read(scanner, at, &column, &tabless);
    if (column > line->column || !suspect_begins(scanner, first)) return false;
    const Suspect suspect = {at, line->n, reading->open[reading->depth - 1].at};
    if (line->suspect.at < 0) line->suspect = suspect;
    if (suspect_certain(scanner, first)) line->certain = suspect;
    return scanner->fault.message || scanner->patience <= 0;
}

typedef enum Step { STEP_TOKEN, STEP_LINE, STEP_END, STEP_FAULT } Step;

/* Goes over what is no token: space, comments, joined lines. */
static Step space_pass(Reading *reading, int *at)
{
    Scanner *scanner = reading->scanner;
    *at = token_skip_space(scanner, *at);
    int end = token_byte(scanner, *at) == '#' ? token_line_end(scanner, *at) : *at;
    if (end >= scanner->length) return STEP_END;
    int next = token_skip_newline(scanner, end);
    if (next > end) {
        if (reading->depth + reading->base == 0) return STEP_END;
        *at = next;
        return STEP_LINE;
    }
    if (token_byte(scanner, *at) != '\\') return STEP_TOKEN;
    next = token_skip_newline(scanner, *at + 1);
    if (next == *at + 1 && next < scanner->length) return STEP_TOKEN;
    if (next < scanner->length) return *at = next, STEP_LINE;
    token_fault(scanner, (Span){*at, *at + 1}, "unexpected EOF while parsing");
    return STEP_FAULT;
}

int line_open_text_end(const Scanner *scanner, int column, int at)
{
    if (scanner->patience <= 0) return scanner->length;
    for (;;) {
        at = token_skip_newline(scanner, token_line_end(scanner, at));
        int indentation, tabless, first = indentation_read(scanner, at, &indentation, &tabless);
        if (at >= scanner->length || (indentation <= column && suspect_begins(scanner, first))) return at;
    }
}

/* Where reading goes on after a fault at `at`; scanner->fault keeps the first. */
static int fault_pass(Reading *reading, int at, bool *stop)
{
    Scanner *scanner = reading->scanner;
    Quote quote;
    if (!quote_read(scanner, at, &quote)) return token_word_end(scanner, at);
    if (!quote.triple) return token_line_end(scanner, at);
    *stop = true;
    return line_open_text_end(scanner, reading->line->column, at);
}

static bool token_read(Reading *reading, int *at)
{
    Token token;
    if (!token_scan(reading->scanner, *at, &token)) return false;
    bool fits = bracket_follow(reading, &token);
    token.level = (uint8_t)(reading->depth + reading->base);
    token_put(reading->scanner, reading->line, token);
    if (fits) *at = token.span.end;
    return fits;
}

/* Tokens from `at` to the end of the logical line; returns where it stopped. */
static int tokens_read(Reading *reading, int at)
{
    for (bool stop = false; !stop;) {
        Step step = space_pass(reading, &at);
        if (step == STEP_END) return at;
        if (step == STEP_LINE) stop = suspect_stops(reading, at);
        if (step == STEP_FAULT || (step == STEP_TOKEN && !token_read(reading, &at))) at = fault_pass(reading, at, &stop);
    }
    return at;
}

void line_cut(Scanner *scanner, Line *line, Suspect suspect)
{
    scanner->patience -= line->next - suspect.at;
    if (line->fault.at.start >= suspect.at) line->fault = (Fault){0};
    line->n = suspect.tokens;
    line->open = suspect.open;
    line->next = suspect.at;
    line->suspect.at = line->certain.at = -1;
    int end = line->token[line->n - 1].span.end;
    line_end_at(scanner, line, (Span){end, end});
}

static void line_reset(Scanner *scanner, Line *line)
{
    scanner->fault = (Fault){0};
    line->n = 0;
    line->open = SPAN_NONE;
    line->suspect.at = line->certain.at = -1;
}

static int line_after(const Scanner *scanner, int at)
{
    bool begins = at > 0 && (scanner->text[at - 1] == '\n' || scanner->text[at - 1] == '\r');
    return begins ? at : token_skip_newline(scanner, token_line_end(scanner, at));
}

void line_read(Scanner *scanner, Line *line)
{
    line_reset(scanner, line);
    Reading reading = {.scanner = scanner, .line = line};
    int at;
    do {
        at = tokens_read(&reading, line_begin(scanner, line));
        line->next = line_after(scanner, at);
    } while (line->n == 0 && !scanner->fault.message && line->next < scanner->length);
    line->fault = scanner->fault;
    line->ends_text = line->n == 0 && !line->fault.message;
    if (reading.depth) line->open = reading.open[reading.depth - 1].at;
    line_end_at(scanner, line, (Span){at, at});
    if ((reading.depth || line->fault.message) && line->suspect.at >= 0) line_cut(scanner, line, line->suspect);
}

void line_read_within(Scanner *scanner, Line *line, int at, int end)
{
    Scanner inner = *scanner;
    inner.length = end;
    line_reset(&inner, line);
    Reading reading = {.scanner = &inner, .line = line, .base = 1};
    int stop = tokens_read(&reading, at);
    scanner->patience = inner.patience;
    line->fault = inner.fault;
    if (reading.depth) line->open = reading.open[reading.depth - 1].at;
    line_end_at(scanner, line, (Span){stop, stop});
}
