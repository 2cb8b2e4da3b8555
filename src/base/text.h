/* A string that grows in an arena. */
#ifndef SHAPEFLOW_BASE_TEXT_H
#define SHAPEFLOW_BASE_TEXT_H

#include "base/arena.h"

typedef struct Text {
    Arena *arena;
    char  *bytes;      /* closed with a 0; NULL while empty */
    size_t length, capacity;
} Text;

void text_put(Text *, const char *string);
void text_put_bytes(Text *, const char *bytes, size_t length);
void text_put_char(Text *, char);
void text_print(Text *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "" for an empty text. */
const char *text_string(const Text *);

#endif
