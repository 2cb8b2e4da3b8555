#include "app/strings.h"

#include <stdlib.h>
#include <string.h>

enum { VALUES_MAX = 10 };

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const StringEntry *)a)->id, ((const StringEntry *)b)->id);
}

static int count_lines(const char *text)
{
    int n = 1;
    for (; *text; text++) n += *text == '\n';
    return n;
}

static char *trim(char *start, char *end)
{
    while (start < end && (*start == ' ' || *start == '\t')) start++;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r')) end--;
    *end = 0;
    return start;
}

static bool entry_read(StringEntry *entry, char *line, char *end)
{
    char *equals = memchr(line, '=', (size_t)(end - line));
    if (*line == '#' || !equals) return false;
    entry->sentence = trim(equals + 1, end);
    entry->id = trim(line, equals);
    return *entry->id != 0;
}

void strings_read(Strings *strings, Arena *arena, char *text)
{
    *strings = (Strings){.entries = ARENA_ARRAY(arena, count_lines(text), StringEntry)};
    for (char *line = text; line;) {
        char *end = line + strcspn(line, "\n");
        char *next = *end ? end + 1 : NULL;
        if (entry_read(&strings->entries[strings->n], line, end)) strings->n++;
        line = next;
    }
    qsort(strings->entries, (size_t)strings->n, sizeof(StringEntry), compare_entries);
}

const char *strings_say(const Strings *strings, const char *id)
{
    if (!strings->n) return id;
    const StringEntry key = {.id = id};
    const StringEntry *found = bsearch(&key, strings->entries, (size_t)strings->n, sizeof key, compare_entries);
    return found ? found->sentence : id;
}

const char *strings_fill_values(const Strings *strings, Arena *arena, const char *id, const char *const *values, int n)
{
    Text text = {.arena = arena};
    sentence_put(&text, strings_say(strings, id), values, n);
    return text_string(&text);
}

const char *strings_fill(const Strings *strings, Arena *arena, const char *id, ...)
{
    const char *values[VALUES_MAX];
    int n = 0;
    va_list list;
    va_start(list, id);
    for (const char *value; n < VALUES_MAX && (value = va_arg(list, const char *));) values[n++] = value;
    va_end(list);
    return strings_fill_values(strings, arena, id, values, n);
}
