/* The words of Python: one token at a time out of the text, with no thought for lines and blocks. */
#ifndef SHAPEFLOW_PYTHON_TOKEN_H
#define SHAPEFLOW_PYTHON_TOKEN_H

#include <stdint.h>

#include "base/error.h"

typedef enum TokenCode {
    TOKEN_END,   /* of the logical line; stands before its comment */
    TOKEN_NAME, TOKEN_NUMBER, TOKEN_STRING,
    KEYWORD_FALSE, KEYWORD_NONE, KEYWORD_TRUE, KEYWORD_AND, KEYWORD_AS, KEYWORD_ASSERT, KEYWORD_ASYNC, KEYWORD_AWAIT,
    KEYWORD_BREAK, KEYWORD_CLASS, KEYWORD_CONTINUE, KEYWORD_DEF, KEYWORD_DEL, KEYWORD_ELIF, KEYWORD_ELSE,
    KEYWORD_EXCEPT, KEYWORD_FINALLY, KEYWORD_FOR, KEYWORD_FROM, KEYWORD_GLOBAL, KEYWORD_IF, KEYWORD_IMPORT,
    KEYWORD_IN, KEYWORD_IS, KEYWORD_LAMBDA, KEYWORD_NONLOCAL, KEYWORD_NOT, KEYWORD_OR, KEYWORD_PASS, KEYWORD_RAISE,
    KEYWORD_RETURN, KEYWORD_TRY, KEYWORD_WHILE, KEYWORD_WITH, KEYWORD_YIELD,
    SIGN_OPEN_ROUND, SIGN_CLOSE_ROUND, SIGN_OPEN_SQUARE, SIGN_CLOSE_SQUARE, SIGN_OPEN_CURLY, SIGN_CLOSE_CURLY,
    SIGN_COMMA, SIGN_SEMICOLON, SIGN_COLON, SIGN_NAMED, SIGN_DOT, SIGN_ELLIPSIS, SIGN_ARROW, SIGN_AT,
    SIGN_ASSIGN, SIGN_PLUS, SIGN_MINUS, SIGN_STAR, SIGN_DOUBLE_STAR, SIGN_SLASH, SIGN_DOUBLE_SLASH, SIGN_PERCENT,
    SIGN_AND, SIGN_OR, SIGN_XOR, SIGN_INVERT, SIGN_LSHIFT, SIGN_RSHIFT,
    SIGN_EQ, SIGN_NE, SIGN_LT, SIGN_LE, SIGN_GT, SIGN_GE,
    SIGN_PLUS_ASSIGN, SIGN_MINUS_ASSIGN, SIGN_STAR_ASSIGN, SIGN_POWER_ASSIGN, SIGN_SLASH_ASSIGN,
    SIGN_DOUBLE_SLASH_ASSIGN, SIGN_PERCENT_ASSIGN, SIGN_AT_ASSIGN, SIGN_AND_ASSIGN, SIGN_OR_ASSIGN, SIGN_XOR_ASSIGN,
    SIGN_LSHIFT_ASSIGN, SIGN_RSHIFT_ASSIGN,
    SIGN_DIAMOND, SIGN_BANG   /* no Python of today: <>, and a lone ! ? $ ` */
} TokenCode;

typedef struct Token {
    Span    span;
    uint8_t code;    /* TokenCode */
    uint8_t level;   /* open brackets after it */
} Token;

/* What is wrong with a piece of text, in Python's words. message NULL: nothing. */
typedef struct Fault {
    const char *exception, *message;
    Span        at;
} Fault;

typedef struct Scanner {
    Arena      *arena;
    const char *text;
    int         length;
    int         line, line_at;   /* a line number, from 1, and a byte of that line, at or before the text being read */
    int64_t     patience;        /* bytes that may still be read in vain (looking for ends that may not be there) */
    Fault       fault;
} Scanner;

/* The token that starts at byte `at`, which is neither space nor the end of a line. False: scanner->fault is set. */
bool token_scan(Scanner *, int at, Token *);

/* The first byte from `at` that is no space, tab or form feed. */
int token_skip_space(const Scanner *, int at);

/* The byte after the line end that starts at `at` (LF, CR LF or CR). `at` itself where there is none. */
int token_skip_newline(const Scanner *, int at);

/* The end of the line that `at` is in: its LF or CR, or the end of the text. */
int token_line_end(const Scanner *, int at);

/* Behind the word at `at`, or behind the one byte there. */
int token_word_end(const Scanner *, int at);

/* The line number of a byte at or after scanner->line_at; 0 when there is a fault already and nobody needs to know. */
int token_line(const Scanner *, int at);

/* Sets scanner->fault, unless there is one already; returns false. */
bool token_fault(Scanner *, Span at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The byte at `at`, 0 beyond the end. */
static inline unsigned char token_byte(const Scanner *scanner, int at)
{
    return at < scanner->length ? (unsigned char)scanner->text[at] : 0;
}

/* number.c: the end of the number literal at `at`, which begins with a digit or with a dot and a digit; -1: fault. */
int number_end(Scanner *, int at);

/* name.c */
int       name_end(Scanner *, int at);                     /* of the name at `at`; at: there is none; -1: fault */
TokenCode name_code(const char *name, size_t length);      /* keyword or TOKEN_NAME */
bool      name_byte(unsigned char c);                      /* may a name hold it: letters, digits, _, all beyond ASCII */

#endif
