#include <math.h>
#include <string.h>

#include "paint/raster.h"

/* The first pixel whose middle lies in cell `index` of `n` over [start, start + length). */
static int cell_start(float start, float length, int n, int index)
{
    return (int)ceilf(start + length * (float)index / (float)n - 0.5f);
}

/* The cell under the middle of pixel `at`. */
static int cell_under(float start, float length, int n, int at)
{
    const float cell = ((float)at + 0.5f - start) * (float)n / length;
    return cell < 0 ? 0 : cell >= (float)n ? n - 1 : (int)cell;
}

/* A row of pixels of one row of cells. */
static void cells_row(const Canvas *canvas, const Colour *cells, int columns, const Rect *rect, int y, float opacity)
{
    const int left = (int)fmaxf(ceilf(rect->x - 0.5f), (float)canvas->clip.left);
    const int right = (int)fminf(ceilf(rect->x + rect->w - 0.5f), (float)canvas->clip.right);
    for (int x = left; x < right;) {
        const int cell = cell_under(rect->x, rect->w, columns, x);
        int next = cell_start(rect->x, rect->w, columns, cell + 1);
        if (next <= x) next = x + 1;
        Colour colour = cells[cell];
        colour.a = (uint8_t)((float)colour.a * opacity + 0.5f);
        raster_span(canvas, y, x, next < right ? next : right, ink_of(colour));
        x = next;
    }
}

/* Cells [from, to) along one side that fall into pixel `at`. */
typedef struct Range { int from, to; } Range;

static Range cells_in(float start, float length, int n, int at)
{
    const double each = (double)n / (double)length, from = ((double)at - (double)start) * each, to = from + each;
    const int first = from <= 0 ? 0 : from >= n ? n - 1 : (int)from, last = to >= n ? n : (int)to;
    return (Range){first, last > first ? last : first + 1};
}

/* Cells smaller than pixels: their mean, so that none is lost. */
static Colour mean_of(const Mark *mark, Range columns, Range rows, float opacity)
{
    uint64_t r = 0, g = 0, b = 0, a = 0;
    for (int y = rows.from; y < rows.to; y++)
        for (int x = columns.from; x < columns.to; x++) {
            const Colour colour = mark->cells[(size_t)y * (size_t)mark->columns + (size_t)x];
            r += (uint64_t)colour.r * colour.a;
            g += (uint64_t)colour.g * colour.a;
            b += (uint64_t)colour.b * colour.a;
            a += colour.a;
        }
    const uint64_t n = (uint64_t)(rows.to - rows.from) * (uint64_t)(columns.to - columns.from);
    if (!a) return (Colour){0};
    return (Colour){(uint8_t)((r + a / 2) / a), (uint8_t)((g + a / 2) / a), (uint8_t)((b + a / 2) / a), (uint8_t)((float)a / (float)n * opacity + 0.5f)};
}

static void means_row(const Canvas *canvas, const Mark *mark, const Rect *rect, int y)
{
    const int left = (int)fmaxf(ceilf(rect->x - 0.5f), (float)canvas->clip.left);
    const int right = (int)fminf(ceilf(rect->x + rect->w - 0.5f), (float)canvas->clip.right);
    const Range rows = cells_in(rect->y, rect->h, mark->rows, y);
    for (int x = left; x < right; x++)
        raster_span(canvas, y, x, x + 1, ink_of(mean_of(mark, cells_in(rect->x, rect->w, mark->columns, x), rows, mark->opacity)));
}

static void cells_grid(const Canvas *canvas, const Mark *mark, const Rect *rect, float width)
{
    const Ink ink = ink_of(mark->stroke);
    if (rect->w < (float)mark->columns * width * 2 || rect->h < (float)mark->rows * width * 2) return;
    for (int i = 1; i < mark->columns; i++) {
        const float x = snapped(rect->x + rect->w * (float)i / (float)mark->columns, width);
        raster_rect(canvas, (Rect){x - width / 2, rect->y, width, rect->h}, ink);
    }
    for (int i = 1; i < mark->rows; i++) {
        const float y = snapped(rect->y + rect->h * (float)i / (float)mark->rows, width);
        raster_rect(canvas, (Rect){rect->x, y - width / 2, rect->w, width}, ink);
    }
}

void raster_cells(const Canvas *canvas, const Mark *mark, Rect rect, float grid)
{
    const int top = (int)fmaxf(ceilf(rect.y - 0.5f), (float)canvas->clip.top);
    const int bottom = (int)fminf(ceilf(rect.y + rect.h - 0.5f), (float)canvas->clip.bottom);
    const bool small = (float)mark->columns > rect.w || (float)mark->rows > rect.h;
    for (int y = top; y < bottom; y++) {
        const size_t row = (size_t)cell_under(rect.y, rect.h, mark->rows, y) * (size_t)mark->columns;
        if (small) means_row(canvas, mark, &rect, y);
        else cells_row(canvas, mark->cells + row, mark->columns, &rect, y, mark->opacity);
    }
    if (!mark->stroke.a) return;
    const float width = snapped_width(grid);
    cells_grid(canvas, mark, &rect, width);
    raster_frame(canvas, rect_snapped(rect, width), width, ink_of(mark->stroke));
}
