/* Characters beyond ASCII: UTF-8, and what may stand in a name. */
#ifndef SHAPEFLOW_PYTHON_LETTER_H
#define SHAPEFLOW_PYTHON_LETTER_H

#include <stdbool.h>
#include <stdint.h>

bool letter_starts_name(uint32_t letter);      /* letters beyond ASCII only */
bool letter_continues_name(uint32_t letter);
bool letter_invisible(uint32_t letter);

/* The bytes of the UTF-8 character at text[at] (1 to 4) and its number; 0 where there is none. */
int letter_read(const char *text, int length, int at, uint32_t *letter);

/* Writes 1 to 4 bytes, returns how many. A number that is no character (a lone surrogate) becomes U+FFFD. */
int letter_write(uint32_t letter, char bytes[4]);

#endif
