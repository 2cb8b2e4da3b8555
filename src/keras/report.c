/* A fault as the command line tells it: where, what, and the line with a caret under it. */
#include <string.h>

#include "keras/reading.h"

static Span line_of(const Reading *reading, int at)
{
    Span line = {at, at};
    while (line.start > 0 && reading->text[line.start - 1] != '\n' && reading->text[line.start - 1] != '\r') line.start--;
    while ((size_t)line.end < reading->length && reading->text[line.end] != '\n' && reading->text[line.end] != '\r') line.end++;
    return line;
}

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

/* Of a long line only what is near the fault is shown: JSON often is one line. */
enum { NEAR = 60, LINE_MAX = 200 };

static Span near(const Reading *reading, Span line, Span at)
{
    if (line.end - line.start <= LINE_MAX) return line;
    Span part = {at.start - NEAR > line.start ? at.start - NEAR : line.start, at.start + NEAR < line.end ? at.start + NEAR : line.end};
    while (!begins_character(reading->text[part.start])) part.start++;
    while (part.end < line.end && !begins_character(reading->text[part.end])) part.end++;
    return part;
}

/* Tabs stay tabs, so that the caret stands under its character whatever a tab is wide. */
static void put_blanks(Text *out, const Reading *reading, int from, int to)
{
    for (int i = from; i < to; i++) {
        const char c = reading->text[i];
        if (c == '\t') text_put_char(out, '\t');
        else if (begins_character(c)) text_put_char(out, ' ');
    }
}

static void put_caret(Text *out, const Reading *reading, Span line, Span at)
{
    const int end = at.end < line.end ? at.end : line.end;
    text_put(out, "    ");
    put_blanks(out, reading, line.start, at.start);
    text_put_char(out, '^');
    bool first = true;
    for (int i = at.start; i < end; i++) {
        if (!begins_character(reading->text[i])) continue;
        if (!first) text_put_char(out, '~');
        first = false;
    }
    text_put_char(out, '\n');
}

void reading_report(const Reading *reading, const Error *error, Text *out)
{
    const Span at = span_known(error->at) ? error->at : error->span;
    int line, column;
    if (!span_known(at) || (size_t)at.start > reading->length) {
        text_print(out, "%s\n", error->message);
        return;
    }
    text_place(reading->text, reading->length, at.start, &line, &column);
    text_print(out, "line %d, column %d: %s\n", line, column, error->message);
    const Span shown = near(reading, line_of(reading, at.start), at);
    text_put(out, "    ");
    text_put_bytes(out, reading->text + shown.start, (size_t)(shown.end - shown.start));
    text_put_char(out, '\n');
    put_caret(out, reading, shown, at);
}
