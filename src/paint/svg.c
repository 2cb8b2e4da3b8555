#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paint/export.h"
#include "paint/painter.h"
#include "paint/svg_text.h"

enum { STYLE_BYTES = 320, MANY_MARKS = 20000, VECTOR_CELLS = 1024 };

/* Neighbours of one style share a <g>; elements inside carry geometry only. */
typedef struct SvgPainter {
    Text        *out;
    Fonts       *fonts;
    const Scene *scene;
    char         style[STYLE_BYTES];   /* of the open <g>; "" = none is open */
    int          places;               /* decimals of coordinates */
    int          clips;                /* made so far, for their ids */
} SvgPainter;

static void close_style(SvgPainter *svg)
{
    if (svg->style[0]) text_put(svg->out, "</g>\n");
    svg->style[0] = 0;
}

static void open_style(SvgPainter *svg, const char *style)
{
    if (!strcmp(svg->style, style)) return;
    close_style(svg);
    snprintf(svg->style, sizeof svg->style, "%s", style);
    text_print(svg->out, "<g%s>\n", style);
}

/* ` fill="#1f2328" fill-opacity=".5"` */
static int add_paint(char *style, int used, const char *what, Colour colour)
{
    char *at = style + used;
    const size_t room = (size_t)(STYLE_BYTES - used);
    if (!colour.a) return used + snprintf(at, room, " %s=\"none\"", what);
    used += snprintf(at, room, " %s=\"#%02x%02x%02x\"", what, colour.r, colour.g, colour.b);
    if (colour.a < 255) used += snprintf(style + used, (size_t)(STYLE_BYTES - used), " %s-opacity=\"%.3g\"", what, colour.a / 255.0);
    return used;
}

static int add_stroke(char *style, int used, const Mark *mark)
{
    if (!mark->stroke.a) return used;
    char width[SVG_NUMBER];
    used = add_paint(style, used, "stroke", mark->stroke);
    svg_number(width, mark->width, 3);
    used += snprintf(style + used, (size_t)(STYLE_BYTES - used), " stroke-width=\"%s\"", width);
    if (mark->dashed) used += snprintf(style + used, (size_t)(STYLE_BYTES - used), " stroke-dasharray=\"%d %d\"", DASH_ON, DASH_OFF);
    if (stroke_is_round(mark)) used += snprintf(style + used, (size_t)(STYLE_BYTES - used), " stroke-linecap=\"round\"");
    return used;
}

/* What is said aloud of the element: its pick's label, as its <title>. */
static const char *label_of(const SvgPainter *svg, const Mark *mark)
{
    const Scene *scene = svg->scene;
    if (mark->pick < 0 || (size_t)mark->pick >= scene->n_picks || scene->picks[mark->pick].type != PICK_UNIT) return NULL;
    return scene->picks[mark->pick].label;
}

static void put_element(Text *out, const char *name, const char *text)
{
    text_print(out, "<%s>", name);
    svg_escape(out, text);
    text_print(out, "</%s>\n", name);
}

static void end_element(SvgPainter *svg, const Mark *mark, const char *name)
{
    const char *label = label_of(svg, mark);
    if (!label) {
        text_put(svg->out, "/>\n");
        return;
    }
    text_put(svg->out, ">");
    put_element(svg->out, "title", label);
    text_print(svg->out, "</%s>\n", name);
}

/* ---- shapes ---- */

static void put_attribute(SvgPainter *svg, const char *name, float value)
{
    char number[SVG_NUMBER];
    svg_number(number, value, svg->places);
    text_print(svg->out, " %s=\"%s\"", name, number);
}

static void put_rect(SvgPainter *svg, const Rect *rect)
{
    put_attribute(svg, "x", rect->x);
    put_attribute(svg, "y", rect->y);
    put_attribute(svg, "width", rect->w);
    put_attribute(svg, "height", rect->h);
}

static void put_box(SvgPainter *svg, const Mark *mark)
{
    text_put(svg->out, "<rect");
    put_rect(svg, &mark->rect);
    if (mark->radius > 0) put_attribute(svg, "rx", fminf(mark->radius, fminf(mark->rect.w, mark->rect.h) / 2));
    end_element(svg, mark, "rect");
}

static void put_circle(SvgPainter *svg, const Mark *mark)
{
    text_put(svg->out, "<circle");
    put_attribute(svg, "cx", mark->rect.x);
    put_attribute(svg, "cy", mark->rect.y);
    put_attribute(svg, "r", mark->radius);
    end_element(svg, mark, "circle");
}

static void put_points(SvgPainter *svg, const char *command, const Point *points, int n)
{
    SvgPath path = {.out = svg->out, .places = svg->places};
    svg_path_command(&path, command);
    for (int i = 0; i < n; i++) svg_path_point(&path, points[i]);
    svg_path_end(&path);
}

static void put_polygon(SvgPainter *svg, const Mark *mark)
{
    text_put(svg->out, "<path d=\"");
    put_points(svg, "M", mark->points, mark->n_points);
    text_put(svg->out, "z\"");
    end_element(svg, mark, "path");
}

static void put_band(SvgPainter *svg, const Mark *mark)
{
    const Mark top = band_edge(mark, BAND_TOP), bottom = band_edge(mark, BAND_BOTTOM);
    text_put(svg->out, "<path d=\"");
    put_points(svg, "M", &top.a, 1);
    put_points(svg, "C", (Point[]){top.c, top.d, top.b}, 3);
    put_points(svg, "L", &bottom.b, 1);
    put_points(svg, "C", (Point[]){bottom.d, bottom.c, bottom.a}, 3);
    text_put(svg->out, "z\"");
    end_element(svg, mark, "path");
}

static void paint_shape(void *self, const Mark *mark)
{
    SvgPainter *svg = self;
    char style[STYLE_BYTES];
    const int used = add_paint(style, 0, "fill", mark->fill);
    if (mark->type == MARK_RECT || mark->type == MARK_CIRCLE) add_stroke(style, used, mark);
    open_style(svg, style);
    if (mark->type == MARK_RECT) put_box(svg, mark);
    else if (mark->type == MARK_CIRCLE) put_circle(svg, mark);
    else if (mark->type == MARK_BAND) put_band(svg, mark);
    else put_polygon(svg, mark);
}

/* A wire is relative to its start, the shortest way to say it: hundreds of thousands may follow. */
static void paint_stroke(void *self, const Mark *mark)
{
    SvgPainter *svg = self;
    char style[STYLE_BYTES];
    add_stroke(style, add_paint(style, 0, "fill", (Colour){0}), mark);
    open_style(svg, style);
    const Point a = mark->a;
    const Point from_a[] = {{mark->c.x - a.x, mark->c.y - a.y}, {mark->d.x - a.x, mark->d.y - a.y}, {mark->b.x - a.x, mark->b.y - a.y}};
    text_put(svg->out, "<path d=\"");
    put_points(svg, "M", &a, 1);
    if (mark->type == MARK_CURVE) put_points(svg, "c", from_a, 3);
    else put_points(svg, "l", &from_a[2], 1);
    text_put(svg->out, "\"");
    end_element(svg, mark, "path");
}

/* ---- text ---- */

/* Said once at the root; code says its own. */
#define TEXT_FAMILY " font-family=\"Inter,'Helvetica Neue',Arial,'M PLUS 1','Hiragino Sans','Noto Sans CJK JP',sans-serif\""
#define CODE_FAMILY " font-family=\"'JetBrains Mono',Menlo,Consolas,'DejaVu Sans Mono','M PLUS 1',monospace\""

static void paint_text(void *self, const Mark *mark)
{
    static const char *const weights[] = {"", " font-weight=\"500\"", " font-weight=\"600\"", "", " font-weight=\"600\""};
    static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    SvgPainter *svg = self;
    const int font = mark->font < FONT_COUNT ? mark->font : FONT_TEXT;
    char style[STYLE_BYTES], size[SVG_NUMBER];
    svg_number(size, mark->size, 3);
    const int used = add_paint(style, 0, "fill", mark->fill);
    snprintf(style + used, (size_t)(STYLE_BYTES - used), "%s font-size=\"%s\"%s%s", font >= FONT_CODE ? CODE_FAMILY : "", size, weights[font],
             anchors[mark->align <= ALIGN_RIGHT ? mark->align : ALIGN_LEFT]);
    open_style(svg, style);
    text_put(svg->out, "<text");
    put_attribute(svg, "x", mark->a.x);
    put_attribute(svg, "y", mark->a.y);
    if (mark->text[0] == ' ' || strstr(mark->text, "  ")) text_put(svg->out, " xml:space=\"preserve\"");
    text_put(svg->out, ">");
    svg_escape(svg->out, mark->text);
    text_put(svg->out, "</text>\n");
}

/* ---- cells ---- */

static bool same_colour(Colour a, Colour b) { return !memcmp(&a, &b, sizeof a); }

static bool is_opaque(const Mark *mark)
{
    for (int i = 0; i < mark->columns * mark->rows; i++)
        if (mark->cells[i].a < 255) return false;
    return mark->opacity >= 1;
}

/* In units of cells: one path a run of equal neighbours. Opaque ones reach below those drawn after them: no seams. */
static void put_cell_runs(SvgPainter *svg, const Mark *mark)
{
    const bool opaque = is_opaque(mark);
    for (int y = 0; y < mark->rows; y++) {
        const Colour *row = mark->cells + (size_t)y * (size_t)mark->columns;
        for (int x = 0, run; x < mark->columns; x += run) {
            for (run = 1; x + run < mark->columns && same_colour(row[x], row[x + run]);) run++;
            if (!row[x].a) continue;
            char paint[STYLE_BYTES];
            const char *right = opaque && x + run < mark->columns ? ".5" : "", *below = opaque && y + 1 < mark->rows ? ".5" : "";
            add_paint(paint, 0, "fill", (Colour){row[x].r, row[x].g, row[x].b, (uint8_t)((float)row[x].a * mark->opacity + 0.5f)});
            text_print(svg->out, "<path%s d=\"M%d %dh%d%sv1%sh-%d%sz\"/>\n", paint, x, y, run, right, below, run, right);
        }
    }
}

static void put_cell_paths(SvgPainter *svg, const Mark *mark)
{
    const double wide = (double)mark->rect.w / mark->columns, high = (double)mark->rect.h / mark->rows;
    text_print(svg->out, "<g shape-rendering=\"crispEdges\" transform=\"matrix(%.6g 0 0 %.6g %.6g %.6g)\">\n", wide, high, (double)mark->rect.x, (double)mark->rect.y);
    put_cell_runs(svg, mark);
    text_put(svg->out, "</g>\n");
}

static void put_cell_image(SvgPainter *svg, const Mark *mark)
{
    const bool enlarged = mark->rect.w >= (float)mark->columns && mark->rect.h >= (float)mark->rows;
    text_put(svg->out, "<image xmlns:xlink=\"http://www.w3.org/1999/xlink\" preserveAspectRatio=\"none\"");
    if (enlarged) text_put(svg->out, " image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\"");
    put_rect(svg, &mark->rect);
    text_put(svg->out, " xlink:href=\"data:image/png;base64,");
    svg_image(svg->out, mark);
    text_put(svg->out, "\"/>\n");
}

static void put_grid(SvgPainter *svg, const Mark *mark)
{
    char style[STYLE_BYTES];
    add_stroke(style, add_paint(style, 0, "fill", (Colour){0}), mark);
    open_style(svg, style);
    SvgPath path = {.out = svg->out, .places = svg->places};
    text_put(svg->out, "<path d=\"");
    for (int i = 0; i <= mark->columns; i++) {
        svg_path_command(&path, "M");
        svg_path_point(&path, (Point){mark->rect.x + mark->rect.w * (float)i / (float)mark->columns, mark->rect.y});
        svg_path_command(&path, "v");
        svg_path_number(&path, mark->rect.h);
    }
    for (int i = 0; i <= mark->rows; i++) {
        svg_path_command(&path, "M");
        svg_path_point(&path, (Point){mark->rect.x, mark->rect.y + mark->rect.h * (float)i / (float)mark->rows});
        svg_path_command(&path, "h");
        svg_path_number(&path, mark->rect.w);
    }
    svg_path_end(&path);
    text_put(svg->out, "\"/>\n");
}

static void paint_cells(void *self, const Mark *mark)
{
    SvgPainter *svg = self;
    const char *label = label_of(svg, mark);
    close_style(svg);
    text_put(svg->out, "<g>");
    if (label) put_element(svg->out, "title", label);
    if ((int64_t)mark->columns * mark->rows <= VECTOR_CELLS) put_cell_paths(svg, mark);
    else put_cell_image(svg, mark);
    if (mark->stroke.a) put_grid(svg, mark);
    close_style(svg);
    text_put(svg->out, "</g>\n");
}

/* ---- frames ---- */

static void paint_clip(void *self, const Rect *rect)
{
    SvgPainter *svg = self;
    close_style(svg);
    if (!rect) {
        text_put(svg->out, "</g>\n");
        return;
    }
    svg->clips++;
    text_print(svg->out, "<clipPath id=\"shapeflow-clip-%d\"><rect", svg->clips);
    put_rect(svg, rect);
    text_print(svg->out, "/></clipPath>\n<g clip-path=\"url(#shapeflow-clip-%d)\">\n", svg->clips);
}

static void paint_group(void *self, const Mark *mark)
{
    SvgPainter *svg = self;
    close_style(svg);
    if (!mark) {
        text_put(svg->out, "</g>\n");
        return;
    }
    text_put(svg->out, "<g>\n");
    if (mark->text && mark->text[0]) put_element(svg->out, "title", mark->text);
}

/* What the page is, and its outermost groups by name. */
static void put_description(Text *out, const Scene *scene)
{
    Text names = {.arena = out->arena};
    int depth = 0;
    for (size_t i = 0; i < scene->n_marks; i++) {
        const Mark *mark = &scene->marks[i];
        if (mark->type == MARK_UNGROUP) depth -= depth > 0;
        if (mark->type != MARK_GROUP || depth++ || !mark->text || !mark->text[0]) continue;
        if (names.length) text_put(&names, "; ");
        text_put(&names, mark->text);
    }
    if (scene->title) put_element(out, "title", scene->title);
    if (names.length) put_element(out, "desc", names.bytes);
}

static void paint_begin(void *self, const Scene *scene)
{
    SvgPainter *svg = self;
    svg->scene = scene;
    put_description(svg->out, scene);
    char style[STYLE_BYTES];
    add_paint(style, 0, "fill", scene->ground);
    text_print(svg->out, "<rect width=\"100%%\" height=\"100%%\"%s/>\n", style);
}

static bool paint_close(void *self)
{
    close_style(self);
    return true;
}

/* CSS pixels a point: 1 without dpi, else so that the size on paper is that of the PNG. */
static double pixels_per_point(const ExportOptions *options)
{
    const double factor = options->dpi > 0 ? 96 * (double)options->scale / options->dpi : 1;
    return factor > 1e-3 && factor < 1e3 ? factor : 1;
}

static void put_root(Text *out, const Scene *scene, const ExportOptions *options)
{
    const double w = (double)scene->page.w, h = (double)scene->page.h, factor = pixels_per_point(options);
    text_print(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.6g\" height=\"%.6g\" viewBox=\"0 0 %.6g %.6g\" role=\"img\"", w * factor, h * factor, w, h);
    if (scene->title) {
        text_put(out, " aria-label=\"");
        svg_escape(out, scene->title);
        text_put(out, "\"");
    }
    text_put(out, TEXT_FAMILY " style=\"font-variant-numeric:tabular-nums;font-variant-ligatures:none\">\n");
}

static bool write_scene(Text *out, const Scene *scene, Fonts *fonts, const ExportOptions *options)
{
    if (!(scene->page.w > 0) || !(scene->page.h > 0) || !(scene->page.w < PAINT_FARTHEST) || !(scene->page.h < PAINT_FARTHEST)) return false;
    SvgPainter self = {.out = out, .fonts = fonts, .places = scene->n_marks > MANY_MARKS ? 1 : 2};
    const Painter painter = {.self = &self, .begin = paint_begin, .shape = paint_shape, .stroke = paint_stroke, .text = paint_text,
                             .cells = paint_cells, .clip = paint_clip, .group = paint_group, .close = paint_close};
    put_root(out, scene, options);
    painter_draw(&painter, scene, 0, scene->n_marks);
    text_put(out, "</svg>\n");
    return true;
}

const Exporter EXPORT_svg = {".svg", write_scene};
