/* Text, character by character. */
#ifndef SHAPEFLOW_PAINT_UTF8_H
#define SHAPEFLOW_PAINT_UTF8_H

#include <stdint.h>

/* The character at `text` (before `end`) and how many bytes it takes. Overlong forms, surrogates and sequences cut
 * short become U+FFFD, a byte at a time. */
uint32_t utf8_character(const char *text, const char *end, int *bytes);

#endif
