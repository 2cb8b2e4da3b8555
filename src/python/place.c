#include "python/tree.h"

static bool is_line_end(const char *text, size_t length, size_t at)
{
    if (text[at] == '\n') return true;
    return text[at] == '\r' && (at + 1 >= length || text[at + 1] != '\n');
}

void text_place(const char *text, size_t length, int at, int *line, int *column)
{
    size_t end = at < 0 ? 0 : (size_t)at < length ? (size_t)at : length;
    *line = *column = 1;
    for (size_t i = 0; i < end; i++) {
        bool inside_character = ((unsigned char)text[i] & 0xC0) == 0x80;
        if (is_line_end(text, length, i)) ++*line, *column = 1;
        else if (!inside_character) ++*column;
    }
}
