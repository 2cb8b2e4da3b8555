#include <math.h>
#include <string.h>

#include "paint/raster.h"

enum { TILE_WIDTH = 256, TILE_HEIGHT = 48 };

/* Tiles are counted from the polygon's own corner, not the clip's, so a part repaints to the same pixels.
 * Signed area to the right of the edges, one sum a pixel; a running sum along a row is its coverage. */
typedef struct Tile {
    int   left, top, width, height;
    float area[TILE_HEIGHT][TILE_WIDTH + 2];
} Tile;

/* An edge within one row: from x0 to x1 (x0 <= x1, inside the tile), taking `height` of it. */
static void add_within(float *row, float x0, float x1, float height)
{
    const float floor0 = floorf(x0);
    const int first = (int)floor0, last = (int)ceilf(x1);
    if (last <= first + 1) {
        const float right = height * ((x0 + x1) / 2 - floor0);
        row[first] += height - right;
        row[first + 1] += right;
        return;
    }
    const float slope = 1 / (x1 - x0), begin = 1 - (x0 - floor0), end = x1 - (float)last + 1;
    const float area0 = slope * begin * begin / 2, area1 = slope * end * end / 2;
    row[first] += height * area0;
    if (last == first + 2) {
        row[first + 1] += height * (1 - area0 - area1);
    } else {
        const float second = slope * (1.5f - (x0 - floor0));
        row[first + 1] += height * (second - area0);
        for (int x = first + 2; x < last - 1; x++) row[x] += height * slope;
        const float before = second + (float)(last - first - 3) * slope;
        row[last - 1] += height * (1 - before - area1);
    }
    row[last] += height * area1;
}

/* What is left of the tile counts in full from its first pixel, what is right of it not at all. */
static void add_row(float *row, float x0, float x1, float height, float width)
{
    if (x0 > x1) {
        const float swapped = x0;
        x0 = x1;
        x1 = swapped;
    }
    if (x1 <= 0) {
        row[0] += height;
        return;
    }
    if (x0 >= width) return;
    const float whole = x1 - x0;
    if (x0 < 0) {
        row[0] += height * (-x0 / whole);
        height *= x1 / whole;
        x0 = 0;
    }
    if (x1 > width) {
        height *= (width - x0) / (x1 - x0);
        x1 = width;
    }
    add_within(row, x0, x1, height);
}

static void add_edge(Tile *tile, Point a, Point b)
{
    const float sign = a.y < b.y ? 1 : -1;
    const Point up = a.y < b.y ? a : b, down = a.y < b.y ? b : a;
    const float y0 = up.y - (float)tile->top, y1 = down.y - (float)tile->top, x0 = up.x - (float)tile->left;
    if (!(y1 > 0) || !(y0 < (float)tile->height) || !(y1 > y0)) return;
    const float slope = (down.x - up.x) / (y1 - y0);
    const float last = fminf(y1, (float)tile->height);
    for (int row = y0 > 0 ? (int)y0 : 0; (float)row < last; row++) {
        const float from = fmaxf(y0, (float)row), to = fminf(y1, (float)row + 1);
        add_row(tile->area[row], x0 + (from - y0) * slope, x0 + (to - y0) * slope, (to - from) * sign, (float)tile->width);
    }
}

static void paint_tile(const Canvas *canvas, const Tile *tile, Ink ink)
{
    const Box *clip = &canvas->clip;
    for (int y = 0; y < tile->height; y++) {
        if (tile->top + y < clip->top || tile->top + y >= clip->bottom) continue;
        uint32_t *row = canvas->data + (ptrdiff_t)(tile->top + y) * canvas->stride;
        float sum = 0;
        for (int x = 0; x < tile->width && tile->left + x < clip->right; x++) {
            sum += tile->area[y][x];
            const uint32_t coverage = (uint32_t)(fminf(fabsf(sum), 1) * 256 + 0.5f);
            if (coverage && tile->left + x >= clip->left) blend(&row[tile->left + x], ink.channels, ink.alpha * coverage >> 8);
        }
    }
}

static Box bounds_of(const Point *points, int n, float scale)
{
    float left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
    for (int i = 0; i < n; i++) {
        left = fminf(left, points[i].x * scale);
        right = fmaxf(right, points[i].x * scale);
        top = fminf(top, points[i].y * scale);
        bottom = fmaxf(bottom, points[i].y * scale);
    }
    return (Box){(int)floorf(left), (int)floorf(top), (int)ceilf(right), (int)ceilf(bottom)};
}

/* The first tile that reaches into the clip. */
static int first_tile(int start, int size, int clip) { return clip > start ? start + (clip - start) / size * size : start; }

static int least(int a, int b) { return a < b ? a : b; }

void raster_polygon(const Canvas *canvas, const Point *points, int n, float scale, Ink ink)
{
    const Box box = bounds_of(points, n, scale);
    const int right = least(box.right, canvas->clip.right), bottom = least(box.bottom, canvas->clip.bottom);
    Tile tile;
    for (tile.top = first_tile(box.top, TILE_HEIGHT, canvas->clip.top); tile.top < bottom; tile.top += TILE_HEIGHT) {
        for (tile.left = first_tile(box.left, TILE_WIDTH, canvas->clip.left); tile.left < right; tile.left += TILE_WIDTH) {
            tile.height = least(box.bottom - tile.top, TILE_HEIGHT);
            tile.width = least(box.right - tile.left, TILE_WIDTH);
            memset(tile.area, 0, (size_t)tile.height * sizeof tile.area[0]);
            for (int i = 0, j = n - 1; i < n; j = i++)
                add_edge(&tile, (Point){points[j].x * scale, points[j].y * scale}, (Point){points[i].x * scale, points[i].y * scale});
            paint_tile(canvas, &tile, ink);
        }
    }
}
