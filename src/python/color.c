/* Tokens for colouring. */
#include <limits.h>

#include "python/line.h"
#include "python/quote.h"
#include "python/tree.h"

static void put(Arena *arena, PyTokens *tokens, PyTokenType type, int start, int end)
{
    tokens->token = arena_grow(arena, tokens->token, tokens->n, &tokens->capacity, tokens->n + 1, sizeof *tokens->token);
    tokens->token[tokens->n++] = (PyToken){type, {start, end}};
}

static PyTokenType type_of(const Scanner *scanner, Token token)
{
    Quote quote;
    if (token.code == TOKEN_NAME) return PY_TOKEN_NAME;
    if (token.code == TOKEN_NUMBER) return PY_TOKEN_NUMBER;
    if (token.code != TOKEN_STRING) return token.code < SIGN_OPEN_ROUND ? PY_TOKEN_KEYWORD : PY_TOKEN_OP;
    quote_read(scanner, token.span.start, &quote);
    return quote.format ? PY_TOKEN_FSTRING : PY_TOKEN_STRING;
}

static int column_of(const Scanner *scanner, int at)
{
    int begin = at;
    while (begin > 0 && !quote_line_breaks(scanner, begin - 1)) begin--;
    return token_skip_space(scanner, begin) - begin;
}

/* What no token fits: a string that is not closed up to the end of its line, or one character. */
static int bad_end(const Scanner *scanner, int at)
{
    Quote quote;
    if (!quote_read(scanner, at, &quote)) return token_word_end(scanner, at);
    return quote.triple ? line_open_text_end(scanner, column_of(scanner, at), at) : token_line_end(scanner, at);
}

static int read_token(Scanner *scanner, int at, PyTokens *tokens)
{
    Token token;
    scanner->fault.message = NULL;
    if (token_scan(scanner, at, &token)) {
        put(scanner->arena, tokens, type_of(scanner, token), at, token.span.end);
        return token.span.end;
    }
    int end = bad_end(scanner, at);
    put(scanner->arena, tokens, PY_TOKEN_BAD, at, end);
    return end;
}

void python_tokens(Arena *arena, const char *text, size_t length, PyTokens *tokens)
{
    int bytes = length < INT_MAX ? (int)length : INT_MAX - 1;
    Scanner scanner = {.arena = arena, .text = text, .length = bytes, .line = 1, .patience = (int64_t)bytes * 8};
    for (int at = 0; (at = token_skip_space(&scanner, at)) < scanner.length;) {
        int next = token_skip_newline(&scanner, at);
        bool comment = token_byte(&scanner, at) == '#';
        if (comment) next = token_line_end(&scanner, at);
        if (next == at) at = read_token(&scanner, at, tokens);
        else put(arena, tokens, comment ? PY_TOKEN_COMMENT : PY_TOKEN_NEWLINE, at, next), at = next;
    }
    put(arena, tokens, PY_TOKEN_END, scanner.length, scanner.length);
}
