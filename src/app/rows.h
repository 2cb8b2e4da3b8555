/* The code pane's lines as they stand on the page: long lines continue on further rows, results stand between. */
#ifndef SHAPEFLOW_APP_ROWS_H
#define SHAPEFLOW_APP_ROWS_H

#include "scene/mark.h"

typedef struct Row {
    int         start, end;    /* bytes, without the line end */
    int         line;          /* of the text, from 1 */
    bool        first;         /* of its line */
    float       indent;        /* points */
    const char *note;          /* a result shown under a line: no bytes of the text; else NULL */
} Row;

typedef struct Rows {
    const char    *text;   size_t length;
    const Measure *measure;
    float          size, column;    /* of the type, and its advance, in points */
    Row           *row;    int n;
    size_t         capacity;
} Rows;

/* note (NULL = none) stands under the line of byte note_at. */
void rows_layout(Rows *, Arena *, const char *text, size_t length, const Measure *, float size, float width, const char *note, int note_at);

int rows_find(const Rows *, int at);                        /* the row that shows a byte; the later one where it wraps */
float rows_x(const Rows *, const Row *, int at);            /* from the row's left */
int rows_at(const Rows *, const Row *, float x);            /* the place between characters nearest to x */

#endif
