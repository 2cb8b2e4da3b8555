#include <string.h>

#include "paint/export.h"
#include "paint/painter.h"

typedef struct Trace {
    Text        *out;
    const Scene *scene;
    int          depth;
} Trace;

/* One decimal, none when it is 0. */
static void put_number(Text *out, float value)
{
    const int64_t tenths = (int64_t)((double)value * 10 + (value < 0 ? -0.5 : 0.5));
    const int64_t size = tenths < 0 ? -tenths : tenths;
    text_print(out, " %s%lld", tenths < 0 ? "-" : "", (long long)(size / 10));
    if (size % 10) text_print(out, ".%lld", (long long)(size % 10));
}

static void put_point(Text *out, Point p)
{
    put_number(out, p.x);
    put_number(out, p.y);
}

static void put_rect(Text *out, const Rect *rect)
{
    put_number(out, rect->x);
    put_number(out, rect->y);
    put_number(out, rect->w);
    put_number(out, rect->h);
}

static void put_colour(Text *out, Colour colour)
{
    text_print(out, " #%02x%02x%02x", colour.r, colour.g, colour.b);
    if (colour.a < 255) text_print(out, "%02x", colour.a);
}

static void put_quoted(Text *out, const char *text)
{
    text_put(out, " \"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') text_print(out, "\\%c", *text);
        else if ((unsigned char)*text < ' ') text_print(out, "\\x%02x", *text);
        else text_put_char(out, *text);
    }
    text_put(out, "\"");
}

static void begin_line(Trace *trace, const char *name)
{
    for (int i = 0; i < trace->depth; i++) text_put(trace->out, "  ");
    text_put(trace->out, name);
}

static void put_stroke(Text *out, const Mark *mark)
{
    if (!mark->stroke.a) return;
    text_put(out, " stroke");
    put_colour(out, mark->stroke);
    put_number(out, mark->width);
    if (mark->dashed) text_put(out, " dashed");
}

static void put_fill(Text *out, const Mark *mark)
{
    if (!mark->fill.a) return;
    text_put(out, " fill");
    put_colour(out, mark->fill);
}

static void end_line(const Trace *trace, const Mark *mark)
{
    const Scene *scene = trace->scene;
    const bool picked = mark->pick >= 0 && (size_t)mark->pick < scene->n_picks;
    if (picked && scene->picks[mark->pick].label) {
        text_put(trace->out, " @");
        put_quoted(trace->out, scene->picks[mark->pick].label);
    }
    text_put(trace->out, "\n");
}

static void trace_begin(void *self, const Scene *scene)
{
    Trace *trace = self;
    trace->scene = scene;
    text_put(trace->out, "page");
    put_number(trace->out, scene->page.w);
    put_number(trace->out, scene->page.h);
    put_colour(trace->out, scene->ground);
    if (scene->title) put_quoted(trace->out, scene->title);
    text_put(trace->out, "\n");
}

static void trace_shape(void *self, const Mark *mark)
{
    Trace *trace = self;
    Text *out = trace->out;
    begin_line(trace, mark->type == MARK_RECT ? "rect" : mark->type == MARK_CIRCLE ? "circle" : mark->type == MARK_BAND ? "band" : "polygon");
    if (mark->type == MARK_RECT) put_rect(out, &mark->rect);
    if (mark->type == MARK_CIRCLE) put_point(out, (Point){mark->rect.x, mark->rect.y});
    if (mark->type == MARK_POLYGON)
        for (int i = 0; i < mark->n_points; i++) put_point(out, mark->points[i]);
    if (mark->type == MARK_BAND) {
        put_point(out, mark->a);
        put_point(out, mark->c);
        put_point(out, mark->b);
        put_point(out, mark->d);
    }
    if (mark->radius > 0) {
        text_put(out, " radius");
        put_number(out, mark->radius);
    }
    put_fill(out, mark);
    put_stroke(out, mark);
    end_line(trace, mark);
}

static bool is_wire(const Mark *mark)
{
    return mark->c.y == mark->a.y && mark->d.y == mark->b.y && mark->c.x == mark->d.x;
}

static void trace_stroke(void *self, const Mark *mark)
{
    Trace *trace = self;
    const bool curve = mark->type == MARK_CURVE && !is_wire(mark);
    begin_line(trace, curve ? "curve" : mark->type == MARK_CURVE ? "wire" : "line");
    put_point(trace->out, mark->a);
    if (curve) put_point(trace->out, mark->c);
    if (curve) put_point(trace->out, mark->d);
    put_point(trace->out, mark->b);
    put_stroke(trace->out, mark);
    end_line(trace, mark);
}

static void trace_text(void *self, const Mark *mark)
{
    static const char *const aligns[] = {"left", "centre", "right"};
    static const char *const fonts[] = {"text", "medium", "bold", "code", "code-bold"};
    Trace *trace = self;
    begin_line(trace, "text");
    put_quoted(trace->out, mark->text);
    put_point(trace->out, mark->a);
    text_print(trace->out, " %s %s", mark->align <= ALIGN_RIGHT ? aligns[mark->align] : "left", fonts[mark->font < FONT_COUNT ? mark->font : 0]);
    put_number(trace->out, mark->size);
    put_fill(trace->out, mark);
    end_line(trace, mark);
}

/* Cells by rows, equal neighbours as a count. */
static void put_cells(Trace *trace, const Mark *mark)
{
    for (int y = 0; y < mark->rows; y++) {
        const Colour *row = mark->cells + (size_t)y * (size_t)mark->columns;
        begin_line(trace, "  row");
        for (int x = 0, run; x < mark->columns; x += run) {
            for (run = 1; x + run < mark->columns && !memcmp(&row[x], &row[x + run], sizeof *row);) run++;
            put_colour(trace->out, row[x]);
            if (run > 1) text_print(trace->out, "x%d", run);
        }
        text_put(trace->out, "\n");
    }
}

static void trace_cells(void *self, const Mark *mark)
{
    Trace *trace = self;
    begin_line(trace, "cells");
    put_rect(trace->out, &mark->rect);
    text_print(trace->out, " %dx%d", mark->columns, mark->rows);
    if (mark->opacity < 1) text_print(trace->out, " %d%%", (int)(mark->opacity * 100 + 0.5f));
    put_stroke(trace->out, mark);
    end_line(trace, mark);
    put_cells(trace, mark);
}

static void trace_clip(void *self, const Rect *rect)
{
    Trace *trace = self;
    if (!rect) {
        trace->depth--;
        return;
    }
    begin_line(trace, "clip");
    put_rect(trace->out, rect);
    text_put(trace->out, "\n");
    trace->depth++;
}

static void trace_group(void *self, const Mark *mark)
{
    Trace *trace = self;
    if (!mark) {
        trace->depth--;
        return;
    }
    begin_line(trace, "group");
    if (mark->text) put_quoted(trace->out, mark->text);
    if (!(mark->opacity >= 1)) text_print(trace->out, " %d%%", mark->opacity > 0 ? (int)(mark->opacity * 100 + 0.5f) : 0);
    text_put(trace->out, "\n");
    trace->depth++;
}

static bool write_scene(Text *out, const Scene *scene, Fonts *fonts, const ExportOptions *options)
{
    (void)fonts;
    (void)options;
    Trace self = {.out = out};
    const Painter painter = {.self = &self, .begin = trace_begin, .shape = trace_shape, .stroke = trace_stroke, .text = trace_text,
                             .cells = trace_cells, .clip = trace_clip, .group = trace_group};
    return painter_draw(&painter, scene, 0, scene->n_marks);
}

const Exporter EXPORT_txt = {".txt", write_scene};
