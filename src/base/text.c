#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void text_reserve(Text *text, size_t more)
{
    const size_t need = text->length + more + 1;
    if (need > text->capacity) text->bytes = arena_grow(text->arena, text->bytes, text->length, &text->capacity, need, 1);
}

void text_put_bytes(Text *text, const char *bytes, size_t length)
{
    if (!length) return;
    text_reserve(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = 0;
}

void text_put(Text *text, const char *string)
{
    text_put_bytes(text, string, strlen(string));
}

void text_put_char(Text *text, char c)
{
    text_reserve(text, 1);
    text->bytes[text->length++] = c;
    text->bytes[text->length] = 0;
}

void text_print(Text *text, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    const size_t room = text->capacity - text->length;
    const int length = vsnprintf(room ? text->bytes + text->length : NULL, room, format, list);
    if (length > 0) {
        text_reserve(text, (size_t)length);
        if ((size_t)length >= room) vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    va_end(list);
}

const char *text_string(const Text *text)
{
    return text->bytes ? text->bytes : "";
}
