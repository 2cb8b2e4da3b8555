/* The sentences shown to people, by id: assets/strings/LANGUAGE.txt, one "id = sentence with {0}" a line. */
#ifndef SHAPEFLOW_APP_STRINGS_H
#define SHAPEFLOW_APP_STRINGS_H

#include "base/sentence.h"

typedef struct StringEntry {
    const char *id, *sentence;
} StringEntry;

typedef struct Strings {
    StringEntry *entries;   /* sorted by id */
    int          n;
} Strings;

/* text is cut in place and must outlive the strings. Lines that are no "id = sentence" are passed over. */
void strings_read(Strings *, Arena *, char *text);

/* The id itself where there is no such sentence, so that a gap is seen and nothing breaks. */
const char *strings_say(const Strings *, const char *id);

/* With values put in; the list closes with NULL: strings_fill(s, arena, "unit.sees", "16", "48", NULL). */
const char *strings_fill(const Strings *, Arena *, const char *id, ...);
const char *strings_fill_values(const Strings *, Arena *, const char *id, const char *const *values, int n);

#endif
