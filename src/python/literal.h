/* What number and string literals mean. */
#ifndef SHAPEFLOW_PYTHON_LITERAL_H
#define SHAPEFLOW_PYTHON_LITERAL_H

#include "python/quote.h"
#include "python/tree.h"

/* Fills type, is_float, integer, too_large, number_value from the literal at node->span. False: fault. */
bool literal_number(Scanner *, PyNode *);

/* The characters that stand in [at, end) of a string literal, escapes read, line ends as \n, closed with a 0 that is not
 * counted. NULL: fault. */
const char *literal_decode(Scanner *, const Quote *, int at, int end, size_t *length);

#endif
