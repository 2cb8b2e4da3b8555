#include "python/suspect.h"

#include <string.h>

#include "python/quote.h"

static bool is_statement_word(TokenCode code)
{
    switch ((int)code) {
    case KEYWORD_ASSERT: case KEYWORD_BREAK: case KEYWORD_CLASS: case KEYWORD_CONTINUE: case KEYWORD_DEF: case KEYWORD_DEL:
    case KEYWORD_ELIF: case KEYWORD_EXCEPT: case KEYWORD_FINALLY: case KEYWORD_GLOBAL: case KEYWORD_IMPORT:
    case KEYWORD_NONLOCAL: case KEYWORD_PASS: case KEYWORD_RAISE: case KEYWORD_RETURN: case KEYWORD_TRY: case KEYWORD_WHILE:
    case KEYWORD_WITH:
        return true;
    }
    return false;
}

/* Within an expression these may begin a line as well. */
static bool may_begin_statement(TokenCode code)
{
    return code == KEYWORD_FOR || code == KEYWORD_IF || code == KEYWORD_FROM || code == KEYWORD_ASYNC;
}

static int ascii_name_end(const Scanner *scanner, int at)
{
    while (at < scanner->length && name_byte(token_byte(scanner, at))) at++;
    return at;
}

static bool assigns_here(const Scanner *scanner, int at)
{
    unsigned char before = token_byte(scanner, at - 1), after = token_byte(scanner, at + 1);
    return token_byte(scanner, at) == '=' && after != '=' && !(before && strchr("=<>!:", before));
}

/* a, b = ... and (a, b), c = ...: an equals sign outside of brackets in this line. */
static bool line_assigns(const Scanner *scanner, int at)
{
    int depth = 0;
    for (int end = token_line_end(scanner, at); at < end && depth >= 0; at++) {
        unsigned char c = token_byte(scanner, at);
        Quote quote;
        if (depth == 0 && assigns_here(scanner, at)) return true;
        if (c == '#') return false;
        if (c && strchr("([{", c)) depth++;
        if (c && strchr(")]}", c)) depth--;
        if ((c != '"' && c != '\'') || !quote_read(scanner, at, &quote)) continue;
        at = quote_plain_end(scanner, &quote, end) - 1;
        if (at < 0) return false;
    }
    return false;
}

/* Behind a name: how statements that begin with one go on. */
static bool statement_goes_on(const Scanner *scanner, int at)
{
    at = token_skip_space(scanner, at);
    unsigned char c = token_byte(scanner, at), next = token_byte(scanner, at + 1);
    if (c == '=') return next != '=';
    if (c == '.' || c == '(' || c == '[') return true;
    if (c == ',') return line_assigns(scanner, at);
    return c && strchr("+-*/%@&|^", c) && next == '=';
}

static bool is_print(const Scanner *scanner, int at, int end)
{
    return end - at == 5 && memcmp(scanner->text + at, "print", 5) == 0;
}

bool suspect_begins(const Scanner *scanner, int at)
{
    unsigned char c = token_byte(scanner, at);
    if (c == '@') return true;
    if (c == '(') return line_assigns(scanner, at);
    if (!name_byte(c) || (c >= '0' && c <= '9')) return false;
    int end = ascii_name_end(scanner, at);
    TokenCode code = name_code(scanner->text + at, (size_t)(end - at));
    if (code == KEYWORD_ELSE) return token_byte(scanner, token_skip_space(scanner, end)) == ':';
    if (code != TOKEN_NAME) return is_statement_word(code) || may_begin_statement(code);
    return is_print(scanner, at, end) || statement_goes_on(scanner, end);
}

bool suspect_certain(const Scanner *scanner, int at)
{
    int end = ascii_name_end(scanner, at);
    return is_statement_word(name_code(scanner->text + at, (size_t)(end - at)));
}
