/* String literals as they stand in the text: quotes, escapes, and the fields of f-strings. */
#ifndef SHAPEFLOW_PYTHON_QUOTE_H
#define SHAPEFLOW_PYTHON_QUOTE_H

#include "python/token.h"

/* How a string literal begins. */
typedef struct Quote {
    bool raw, bytes, format, triple;
    char mark;      /* ' or " */
    int  inside;    /* the first byte after the opening quotes */
} Quote;

bool quote_read(const Scanner *, int at, Quote *);   /* false: no string begins here */
bool quote_closes(const Scanner *, const Quote *, int at);
int  quote_length(const Quote *);                    /* 1 or 3 */
bool quote_line_breaks(const Scanner *, int at);
int  quote_skip_escape(const Scanner *, int at);     /* behind the backslash at `at` and what it stands before */

/* The byte after the closing quotes, fields not looked at; -1: there are none before `limit`. */
int quote_plain_end(const Scanner *, const Quote *, int limit);

/* The byte after the closing quotes of the literal at `at`; -1: fault. */
int string_end(Scanner *, int at);

/* The same of an f-string. It may hold its own quotes within its fields (3.12), one of old may not: the new reading first,
 * where it closes on the same line, then the old, then the new over several lines. -1: there are none. */
int format_end(Scanner *, const Quote *);

/* Behind the backslash at `at` in the literal text of an f-string, and behind what it escapes: never a brace. */
int format_skip_escape(const Scanner *, const Quote *, int at);

/* The end of the replacement field of an f-string whose { is at `at`: the byte after its }. -1: it has none before
 * `limit`. *colon is where its format spec begins (the colon), *bang its conversion, -1 without. */
int field_end(Scanner *, int at, int limit, int *bang, int *colon);

/* Why the field whose { is at `at` has no end before `limit`. Sets scanner->fault; returns false. */
bool field_refuse(Scanner *, int at, int limit);

#endif
