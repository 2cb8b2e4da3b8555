#include "python/token.h"

#include <string.h>

#include "python/quote.h"

static const struct {
    char    sign[4];
    uint8_t code;
} SIGNS[] = {   /* the longer before the shorter */
    {"**=", SIGN_POWER_ASSIGN}, {"//=", SIGN_DOUBLE_SLASH_ASSIGN}, {"<<=", SIGN_LSHIFT_ASSIGN},
    {">>=", SIGN_RSHIFT_ASSIGN}, {"...", SIGN_ELLIPSIS},
    {"**", SIGN_DOUBLE_STAR}, {"//", SIGN_DOUBLE_SLASH}, {"<<", SIGN_LSHIFT}, {">>", SIGN_RSHIFT}, {"==", SIGN_EQ},
    {"!=", SIGN_NE}, {"<=", SIGN_LE}, {">=", SIGN_GE}, {"<>", SIGN_DIAMOND}, {"->", SIGN_ARROW}, {":=", SIGN_NAMED},
    {"+=", SIGN_PLUS_ASSIGN}, {"-=", SIGN_MINUS_ASSIGN}, {"*=", SIGN_STAR_ASSIGN}, {"/=", SIGN_SLASH_ASSIGN},
    {"%=", SIGN_PERCENT_ASSIGN}, {"@=", SIGN_AT_ASSIGN}, {"&=", SIGN_AND_ASSIGN}, {"|=", SIGN_OR_ASSIGN},
    {"^=", SIGN_XOR_ASSIGN},
    {"(", SIGN_OPEN_ROUND}, {")", SIGN_CLOSE_ROUND}, {"[", SIGN_OPEN_SQUARE}, {"]", SIGN_CLOSE_SQUARE},
    {"{", SIGN_OPEN_CURLY}, {"}", SIGN_CLOSE_CURLY}, {",", SIGN_COMMA}, {";", SIGN_SEMICOLON}, {":", SIGN_COLON},
    {".", SIGN_DOT}, {"@", SIGN_AT}, {"=", SIGN_ASSIGN}, {"+", SIGN_PLUS}, {"-", SIGN_MINUS}, {"*", SIGN_STAR},
    {"/", SIGN_SLASH}, {"%", SIGN_PERCENT}, {"&", SIGN_AND}, {"|", SIGN_OR}, {"^", SIGN_XOR}, {"~", SIGN_INVERT},
    {"<", SIGN_LT}, {">", SIGN_GT}, {"!", SIGN_BANG},
    {"?", SIGN_BANG}, {"$", SIGN_BANG}, {"`", SIGN_BANG},
};

bool token_fault(Scanner *scanner, Span at, const char *format, ...)
{
    if (scanner->fault.message) return false;
    va_list list;
    va_start(list, format);
    scanner->fault = (Fault){"SyntaxError", arena_vprint(scanner->arena, format, list), at};
    va_end(list);
    return false;
}

int token_skip_space(const Scanner *scanner, int at)
{
    for (; at < scanner->length; at++) {
        char c = scanner->text[at];
        if (c != ' ' && c != '\t' && c != '\f') break;
    }
    return at;
}

int token_skip_newline(const Scanner *scanner, int at)
{
    if (token_byte(scanner, at) == '\r') at += token_byte(scanner, at + 1) == '\n' ? 2 : 1;
    else if (token_byte(scanner, at) == '\n') at++;
    return at;
}

int token_line_end(const Scanner *scanner, int at)
{
    while (at < scanner->length && scanner->text[at] != '\n' && scanner->text[at] != '\r') at++;
    return at;
}

int token_word_end(const Scanner *scanner, int at)
{
    int end = at + 1;
    while (name_byte(token_byte(scanner, at)) && name_byte(token_byte(scanner, end))) end++;
    return end;
}

int token_line(const Scanner *scanner, int at)
{
    if (scanner->fault.message) return 0;
    int line = scanner->line;
    for (int end = token_line_end(scanner, scanner->line_at); end < at && end < scanner->length;) {
        int next = token_skip_newline(scanner, end);
        if (next <= at) line++;
        end = token_line_end(scanner, next);
    }
    return line;
}

static uint8_t sign_find(const Scanner *scanner, int at, int *length)
{
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
        const char *sign = SIGNS[i].sign;
        if (sign[0] != scanner->text[at]) continue;
        size_t n = strlen(sign);
        if (n > (size_t)(scanner->length - at) || memcmp(sign, scanner->text + at, n) != 0) continue;
        *length = (int)n;
        return SIGNS[i].code;
    }
    return TOKEN_END;
}

static bool number_begins(const Scanner *scanner, int at)
{
    unsigned char c = token_byte(scanner, at), next = token_byte(scanner, at + 1);
    return (c >= '0' && c <= '9') || (c == '.' && next >= '0' && next <= '9');
}

static bool sign_scan(Scanner *scanner, int at, Token *token)
{
    int length = 0;
    uint8_t code = sign_find(scanner, at, &length);
    if (code) {
        *token = (Token){.span = {at, at + length}, .code = code};
        return true;
    }
    unsigned char c = token_byte(scanner, at);
    Span here = {at, at + 1};
    const Span next = {at + 1, at + 2};
    if (c == '\\') return token_fault(scanner, next, "unexpected character after line continuation character");
    if (c == 0) return token_fault(scanner, here, "source code string cannot contain null bytes");
    return token_fault(scanner, here, "invalid non-printable character U+%04X", c);
}

static bool span_token(int at, int end, TokenCode code, Token *token)
{
    if (end < 0) return false;
    *token = (Token){.span = {at, end}, .code = (uint8_t)code};
    return true;
}

bool token_scan(Scanner *scanner, int at, Token *token)
{
    Quote quote;
    if (quote_read(scanner, at, &quote)) return span_token(at, string_end(scanner, at), TOKEN_STRING, token);
    if (number_begins(scanner, at)) return span_token(at, number_end(scanner, at), TOKEN_NUMBER, token);
    if (!name_byte(token_byte(scanner, at))) return sign_scan(scanner, at, token);
    int end = name_end(scanner, at);
    if (end < 0) return false;
    return span_token(at, end, name_code(scanner->text + at, (size_t)(end - at)), token);
}
