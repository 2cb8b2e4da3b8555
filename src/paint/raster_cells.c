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
    for (int y = top; y < bottom; y++) {
        const Colour *row = mark->cells + (size_t)cell_under(rect.y, rect.h, mark->rows, y) * (size_t)mark->columns;
        cells_row(canvas, row, mark->columns, &rect, y, mark->opacity);
    }
    if (!mark->stroke.a) return;
    const float width = snapped_width(grid);
    cells_grid(canvas, mark, &rect, width);
    raster_frame(canvas, rect_snapped(rect, width), width, ink_of(mark->stroke));
}
