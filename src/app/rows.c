#include "app/rows.h"

#include <string.h>

#include "app/buffer.h"

enum { TAB_COLUMNS = 4, HANGING_COLUMNS = 4 };

/* x after the character at *at, which moves on. */
static float advance(const Rows *rows, float x, int *at)
{
    const int start = *at;
    const uint32_t c = utf8_next(rows->text, rows->length, at);
    if (c == '\t') {
        const float stop = (float)TAB_COLUMNS * rows->column;
        return stop * (float)((int)(x / stop + 0.001f) + 1);
    }
    if (c < 0x7F) return x + rows->column;
    if (utf8_combines(c)) return x;
    return x + rows->measure->width(rows->measure->fonts, FONT_CODE, rows->size, rows->text + start, (size_t)(*at - start));
}

static void row_add(Rows *rows, Arena *arena, Row row)
{
    rows->row = arena_grow(arena, rows->row, (size_t)rows->n, &rows->capacity, (size_t)rows->n + 1, sizeof(Row));
    rows->row[rows->n++] = row;
}

static float indent_of(const Rows *rows, int start, int end, float width)
{
    float x = 0;
    int at = start;
    while (at < end && (rows->text[at] == ' ' || rows->text[at] == '\t')) x = advance(rows, x, &at);
    x += (float)HANGING_COLUMNS * rows->column;
    return x < width / 2 ? x : 0;
}

static bool may_break_after(char c)
{
    return c == ' ' || c == ',' || c == '(' || c == '[' || c == '{' || c == '.' || c == '/';
}

/* The end of the row that begins at start: all that fits, up to the last good place to break. */
static int row_end(const Rows *rows, int start, int end, float indent, float width)
{
    float x = indent;
    int at = start, good = start;
    while (at < end) {
        const int before = at;
        x = advance(rows, x, &at);
        if (x > width && before > start) return good > start ? good : before;
        if (may_break_after(rows->text[before])) good = at;
    }
    return end;
}

static void line_layout(Rows *rows, Arena *arena, int start, int end, int line, float width)
{
    const float hanging = indent_of(rows, start, end, width);
    float indent = 0;
    bool first = true;
    do {
        const int stop = row_end(rows, start, end, indent, width);
        row_add(rows, arena, (Row){.start = start, .end = stop, .line = line, .first = first, .indent = indent});
        start = stop;
        indent = hanging;
        first = false;
    } while (start < end);
}

void rows_layout(Rows *rows, Arena *arena, const char *text, size_t length, const Measure *measure, float size, float width,
                 const char *note, int note_at)
{
    *rows = (Rows){.text = text, .length = length, .measure = measure, .size = size};
    rows->column = measure_width(measure, FONT_CODE, size, "0");
    int start = 0, line = 1;
    for (;;) {
        const char *newline = memchr(text + start, '\n', length - (size_t)start);
        const int next = newline ? (int)(newline - text) + 1 : (int)length;
        int end = newline ? next - 1 : next;
        if (end > start && text[end - 1] == '\r') end--;
        line_layout(rows, arena, start, end, line, width);
        if (note && note_at >= start && (note_at < next || !newline))
            row_add(rows, arena, (Row){.start = end, .end = end, .line = line, .note = note});
        if (!newline) return;
        start = next;
        line++;
    }
}

int rows_find(const Rows *rows, int at)
{
    int low = 0, high = rows->n - 1;
    while (low < high) {   /* the last row that begins at or before `at` */
        const int middle = (low + high + 1) / 2;
        if (rows->row[middle].start <= at) low = middle;
        else high = middle - 1;
    }
    while (low > 0 && rows->row[low].note) low--;
    return low;
}

float rows_x(const Rows *rows, const Row *row, int at)
{
    float x = row->indent;
    for (int i = row->start; i < at && i < row->end;) x = advance(rows, x, &i);
    return x;
}

int rows_at(const Rows *rows, const Row *row, float x)
{
    float left = row->indent;
    for (int at = row->start; at < row->end;) {
        int next = at;
        const float right = advance(rows, left, &next);
        if (x < (left + right) / 2) return at;
        left = right;
        at = next;
    }
    return row->end;
}
