/* Logical lines: tokens up to the end of a statement's line, brackets joined, with the column they begin in. */
#ifndef SHAPEFLOW_PYTHON_LINE_H
#define SHAPEFLOW_PYTHON_LINE_H

#include "python/token.h"

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
    int    suspect, suspect_n;   /* the first line within brackets that looks like a statement, and the tokens before
                                  * it; -1: none */
    Span   suspect_open;         /* the innermost bracket open there */
} Line;

/* The next logical line from line->next on; the token array is used again. */
void line_read(Scanner *, Line *);

/* Ends the line before its suspect, as if the bracket open there were never closed. */
void line_cut(Scanner *, Line *);

/* The tokens in [at, end), which lie within brackets: line ends mean nothing there. */
void line_read_within(Scanner *, Line *, int at, int end);

#endif
