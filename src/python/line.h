/* Logical lines: tokens up to the end of a statement's line, brackets joined, with the column they begin in. */
#ifndef SHAPEFLOW_PYTHON_LINE_H
#define SHAPEFLOW_PYTHON_LINE_H

#include "python/token.h"

/* A line within brackets that looks like a statement: maybe they were never closed. */
typedef struct Suspect {
    int  at;       /* where it begins; -1: there is none */
    int  tokens;   /* of the logical line before it */
    Span open;     /* the innermost bracket open there */
} Suspect;

typedef struct Line {
    Token *token;            /* n of them, then a TOKEN_END */
    size_t capacity;
    int    n;
    int    begin;            /* of the physical line it starts on */
    int    next;             /* where the next logical line may start */
    int    number;           /* line number, from 1 */
    int    column, tabless;  /* indentation with tabs to every 8th column, and with tabs of one */
    int    indent;           /* in bytes */
    bool   ends_text;        /* no tokens, and none will come */
    Fault  fault;            /* what the tokens themselves are broken by; then they end before it */
    Span   open;             /* a bracket that is not closed in this line; unknown where all are */
    Suspect suspect;         /* the first; then the first that begins with a word which only begins statements */
    Suspect certain;
} Line;

/* The next logical line from line->next on; the token array is used again. */
void line_read(Scanner *, Line *);

/* Ends the line before a suspect of its own, as if the bracket open there were never closed. */
void line_cut(Scanner *, Line *, Suspect);

/* The tokens in [at, end), which lie within brackets: line ends mean nothing there. */
void line_read_within(Scanner *, Line *, int at, int end);

/* Where an unclosed triple quote at `at`, in a statement of this column, is taken to end: at the next line that looks like a
 * statement. */
int line_open_text_end(const Scanner *, int column, int at);

#endif
