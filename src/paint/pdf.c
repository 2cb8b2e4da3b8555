#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

#include "paint/export.h"
#include "paint/painter.h"
#include "paint/sink.h"
#include "paint/utf8.h"

enum { GLYPHS = 256, TITLE_BYTES = 512 };

/* Cairo's own: how far curves that it flattens, and arcs, may be off. */
#define TOLERANCE 0.1

typedef struct PdfPainter {
    cairo_t           *cairo;
    Fonts             *fonts;
    cairo_font_face_t *face[FACES];
} PdfPainter;

static cairo_status_t put(void *sink, const unsigned char *bytes, unsigned length)
{
    return sink_put(sink, bytes, length) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void set_colour(cairo_t *cairo, Colour colour)
{
    cairo_set_source_rgba(cairo, colour.r / 255.0, colour.g / 255.0, colour.b / 255.0, colour.a / 255.0);
}

/* ---- shapes ---- */

static void trace_round(cairo_t *cairo, const Rect *rect, double radius)
{
    const double x = (double)rect->x, y = (double)rect->y, w = (double)rect->w, h = (double)rect->h;
    const double r = fmin(radius, fmin(w, h) / 2);
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, x + w - r, y + r, r, -M_PI / 2, 0);
    cairo_arc(cairo, x + w - r, y + h - r, r, 0, M_PI / 2);
    cairo_arc(cairo, x + r, y + h - r, r, M_PI / 2, M_PI);
    cairo_arc(cairo, x + r, y + r, r, M_PI, 3 * M_PI / 2);
    cairo_close_path(cairo);
}

static void curve_to(cairo_t *cairo, Point c, Point d, Point b)
{
    cairo_curve_to(cairo, (double)c.x, (double)c.y, (double)d.x, (double)d.y, (double)b.x, (double)b.y);
}

static void trace_band(cairo_t *cairo, const Mark *mark)
{
    const Mark top = band_edge(mark, BAND_TOP), bottom = band_edge(mark, BAND_BOTTOM);
    cairo_move_to(cairo, (double)top.a.x, (double)top.a.y);
    curve_to(cairo, top.c, top.d, top.b);
    cairo_line_to(cairo, (double)bottom.b.x, (double)bottom.b.y);
    curve_to(cairo, bottom.d, bottom.c, bottom.a);
    cairo_close_path(cairo);
}

static void trace_polygon(cairo_t *cairo, const Mark *mark)
{
    for (int i = 0; i < mark->n_points; i++) cairo_line_to(cairo, (double)mark->points[i].x, (double)mark->points[i].y);
    cairo_close_path(cairo);
}

static void trace_shape(cairo_t *cairo, const Mark *mark)
{
    cairo_new_path(cairo);
    if (mark->type == MARK_CIRCLE) cairo_arc(cairo, (double)mark->rect.x, (double)mark->rect.y, (double)mark->radius, 0, 2 * M_PI);
    else if (mark->type == MARK_BAND) trace_band(cairo, mark);
    else if (mark->type == MARK_POLYGON) trace_polygon(cairo, mark);
    else if (mark->radius > 0) trace_round(cairo, &mark->rect, (double)mark->radius);
    else cairo_rectangle(cairo, (double)mark->rect.x, (double)mark->rect.y, (double)mark->rect.w, (double)mark->rect.h);
}

/* Cairo outlines each stroke to know how far it reaches, though a PDF holds the stroke itself: coarsely will do, as long as no
 * stroke is thinner than what counts as nothing. */
static double tolerance_for(cairo_t *cairo, const Mark *mark)
{
    cairo_matrix_t matrix;
    cairo_get_matrix(cairo, &matrix);
    return fmax(TOLERANCE, fabs(matrix.xx) * (double)mark->width);
}

static void stroke_path(cairo_t *cairo, const Mark *mark)
{
    static const double dashes[] = {DASH_ON, DASH_OFF};
    set_colour(cairo, mark->stroke);
    cairo_set_line_width(cairo, (double)mark->width);
    cairo_set_tolerance(cairo, tolerance_for(cairo, mark));
    cairo_set_dash(cairo, dashes, mark->dashed ? 2 : 0, 0);
    cairo_set_line_cap(cairo, stroke_is_round(mark) ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
    cairo_stroke(cairo);
    cairo_set_tolerance(cairo, TOLERANCE);
}

static void paint_shape(void *self, const Mark *mark)
{
    cairo_t *cairo = ((PdfPainter *)self)->cairo;
    const bool outlined = mark->type == MARK_RECT || mark->type == MARK_CIRCLE;
    trace_shape(cairo, mark);
    set_colour(cairo, mark->fill);
    if (mark->fill.a) cairo_fill_preserve(cairo);
    if (outlined && mark->stroke.a) stroke_path(cairo, mark);
    cairo_new_path(cairo);
}

static void paint_stroke(void *self, const Mark *mark)
{
    cairo_t *cairo = ((PdfPainter *)self)->cairo;
    cairo_move_to(cairo, (double)mark->a.x, (double)mark->a.y);
    if (mark->type == MARK_CURVE) curve_to(cairo, mark->c, mark->d, mark->b);
    else cairo_line_to(cairo, (double)mark->b.x, (double)mark->b.y);
    stroke_path(cairo, mark);
}

/* ---- text ---- */

/* Cairo keeps faces longer than the document, so each comes with a library of its own. */
static void close_library(void *library) { FT_Done_FreeType(library); }

static cairo_font_face_t *open_face(const char *path)
{
    static const cairo_user_data_key_t key;
    FT_Library library;
    FT_Face type;
    if (!path || FT_Init_FreeType(&library)) return NULL;
    if (FT_New_Face(library, path, 0, &type)) {
        FT_Done_FreeType(library);
        return NULL;
    }
    cairo_font_face_t *face = cairo_ft_font_face_create_for_ft_face(type, FT_LOAD_NO_HINTING);
    if (cairo_font_face_set_user_data(face, &key, library, close_library) == CAIRO_STATUS_SUCCESS) return face;
    cairo_font_face_destroy(face);
    FT_Done_FreeType(library);
    return NULL;
}

static cairo_font_face_t *face_of(PdfPainter *painter, int which)
{
    if (!painter->face[which]) painter->face[which] = open_face(fonts_path(painter->fonts, which));
    return painter->face[which];
}

/* Glyphs of one face, and the characters they stand for so that text can be searched and copied. */
typedef struct Run {
    int                  face, n;
    cairo_glyph_t        glyph[GLYPHS];
    cairo_text_cluster_t cluster[GLYPHS];
    char                 text[GLYPHS * 4];
    int                  bytes;
} Run;

static int encode(uint32_t character, char bytes[4])
{
    if (character < 0x80) return bytes[0] = (char)character, 1;
    const int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    for (int i = more; i > 0; i--, character >>= 6) bytes[i] = (char)(0x80 | (character & 0x3F));
    bytes[0] = (char)((0xF00u >> (more + 1) & 0xFF) | character);
    return more + 1;
}

static void run_add(Run *run, const Letter *letter, double x, double y)
{
    const int bytes = encode(letter->character < ' ' ? ' ' : letter->character, run->text + run->bytes);
    run->glyph[run->n] = (cairo_glyph_t){letter->glyph, x, y};
    run->cluster[run->n] = (cairo_text_cluster_t){bytes, 1};
    run->bytes += bytes;
    run->n++;
}

static void run_show(Run *run, PdfPainter *painter, const Mark *mark)
{
    cairo_font_face_t *face = run->n ? face_of(painter, run->face) : NULL;
    if (face) {
        cairo_set_font_face(painter->cairo, face);
        cairo_set_font_size(painter->cairo, (double)mark->size);
        set_colour(painter->cairo, mark->fill);
        cairo_show_text_glyphs(painter->cairo, run->text, run->bytes, run->glyph, run->n, run->cluster, run->n, 0);
    }
    run->n = run->bytes = 0;
}

static void paint_text(void *self, const Mark *mark)
{
    PdfPainter *painter = self;
    const double start = (double)text_start(painter->fonts, mark);
    Letters letters = letters_of(painter->fonts, (Font)mark->font, mark->text, strlen(mark->text));
    Run run = {.face = -1};
    for (Letter letter; letters_next(&letters, &letter);) {
        if (run.n == GLYPHS || letter.face != run.face) run_show(&run, painter, mark);
        run.face = letter.face;
        run_add(&run, &letter, start + (double)letter.x * (double)mark->size, (double)mark->a.y);
    }
    run_show(&run, painter, mark);
}

/* ---- cells ---- */

static uint32_t premultiplied(Colour colour, float opacity)
{
    const uint32_t a = (uint32_t)((float)colour.a * opacity + 0.5f);
    return a << 24 | (colour.r * a + 127) / 255 << 16 | (colour.g * a + 127) / 255 << 8 | (colour.b * a + 127) / 255;
}

static cairo_surface_t *image_of(const Mark *mark)
{
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, mark->columns, mark->rows);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) return image;
    const int stride = cairo_image_surface_get_stride(image);
    unsigned char *data = cairo_image_surface_get_data(image);
    for (int y = 0; y < mark->rows; y++)
        for (int x = 0; x < mark->columns; x++) {
            const uint32_t pixel = premultiplied(mark->cells[(size_t)y * (size_t)mark->columns + (size_t)x], mark->opacity);
            memcpy(data + (ptrdiff_t)y * stride + 4 * (ptrdiff_t)x, &pixel, 4);
        }
    cairo_surface_mark_dirty(image);
    return image;
}

static void paint_grid(cairo_t *cairo, const Mark *mark)
{
    const double x = (double)mark->rect.x, y = (double)mark->rect.y, w = (double)mark->rect.w, h = (double)mark->rect.h;
    for (int i = 0; i <= mark->columns; i++) {
        cairo_move_to(cairo, x + w * i / mark->columns, y);
        cairo_rel_line_to(cairo, 0, h);
    }
    for (int i = 0; i <= mark->rows; i++) {
        cairo_move_to(cairo, x, y + h * i / mark->rows);
        cairo_rel_line_to(cairo, w, 0);
    }
    stroke_path(cairo, mark);
}

static void paint_cells(void *self, const Mark *mark)
{
    cairo_t *cairo = ((PdfPainter *)self)->cairo;
    cairo_surface_t *image = image_of(mark);
    cairo_save(cairo);
    cairo_translate(cairo, (double)mark->rect.x, (double)mark->rect.y);
    cairo_scale(cairo, (double)mark->rect.w / mark->columns, (double)mark->rect.h / mark->rows);
    cairo_set_source_surface(cairo, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST);
    cairo_rectangle(cairo, 0, 0, mark->columns, mark->rows);
    cairo_fill(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(image);
    if (mark->stroke.a) paint_grid(cairo, mark);
}

static void paint_clip(void *self, const Rect *rect)
{
    cairo_t *cairo = ((PdfPainter *)self)->cairo;
    if (!rect) {
        cairo_restore(cairo);
        return;
    }
    cairo_save(cairo);
    cairo_rectangle(cairo, (double)rect->x, (double)rect->y, (double)rect->w, (double)rect->h);
    cairo_clip(cairo);
}

/* ---- the document ---- */

static void paint_begin(void *self, const Scene *scene)
{
    cairo_t *cairo = ((PdfPainter *)self)->cairo;
    set_colour(cairo, scene->ground);
    cairo_paint(cairo);
}

/* Inches to points of PDF; a page without dpi has points as they are. */
static double points_per_point(const ExportOptions *options)
{
    const double factor = options->dpi > 0 ? 72 * (double)options->scale / options->dpi : 1;
    return factor > 1e-3 && factor < 1e3 ? factor : 1;
}

/* A title of whole characters, cut when it is too long. */
static void copy_clean(char title[TITLE_BYTES], const char *from)
{
    const char *const end = from + strlen(from);
    int length = 0;
    for (int bytes; from < end && length < TITLE_BYTES - 4; from += bytes) {
        const uint32_t character = utf8_character(from, end, &bytes);
        length += encode(character < ' ' ? ' ' : character, title + length);
    }
    title[length] = 0;
}

/* A fixed date: the same scene gives the same bytes. */
static void describe(cairo_surface_t *surface, const Scene *scene)
{
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, "2000-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "shapeflow");
    char title[TITLE_BYTES];
    copy_clean(title, scene->title ? scene->title : "");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
}

static bool draw(cairo_surface_t *surface, const Scene *scene, Fonts *fonts, double factor)
{
    PdfPainter self = {.cairo = cairo_create(surface), .fonts = fonts};
    const Painter painter = {.self = &self, .begin = paint_begin, .shape = paint_shape, .stroke = paint_stroke, .text = paint_text,
                             .cells = paint_cells, .clip = paint_clip};
    cairo_scale(self.cairo, factor, factor);
    painter_draw(&painter, scene, 0, scene->n_marks);
    cairo_show_page(self.cairo);
    const bool fine = cairo_status(self.cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(self.cairo);
    for (int i = 0; i < FACES; i++)
        if (self.face[i]) cairo_font_face_destroy(self.face[i]);
    return fine;
}

static bool write_scene(Text *out, const Scene *scene, Fonts *fonts, const ExportOptions *options)
{
    if (!(scene->page.w > 0) || !(scene->page.h > 0) || !(scene->page.w < PAINT_FARTHEST) || !(scene->page.h < PAINT_FARTHEST)) return false;
    Sink sink = {0};
    const double factor = points_per_point(options);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(put, &sink, (double)scene->page.w * factor, (double)scene->page.h * factor);
    describe(surface, scene);
    const bool drawn = draw(surface, scene, fonts, factor);
    cairo_surface_finish(surface);
    const bool fine = drawn && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    return sink_hand_over(&sink, out) && fine;
}

const Exporter EXPORT_pdf = {".pdf", write_scene};
