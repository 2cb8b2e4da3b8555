#include "paint/raster_wash.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    FAINT = 76,                  /* alpha up to which strokes are taken */
    DENSE = 3,                   /* strokes that cover fewer pixels, times their reach, are drawn directly, for less than a settling costs */
    TAKEN_MOST = 1 << 16,        /* that many of the densest cannot overflow a sum */
    COLOURS = 8,
    STRIP_BYTES = 16 << 20,
    KEPT_STEP = DENSITY_UNIT / 256, KEPT_STEPS = 256 * 11
};

struct Wash {
    Stroke   *taken;
    int       n_taken, taken_room;
    Colour    colour[COLOURS];
    int       n_colours;
    Box       reach;                  /* of the strokes taken */
    double    covered;                /* pixels, those of each stroke counted */
    uint32_t *density[COLOURS];       /* of one strip; NULL = not asked for yet */
    size_t    density_room;
    float     kept[KEPT_STEPS + 1];   /* what is left of a pixel under a density */
};

static const Box NOWHERE = {INT_MAX, INT_MAX, INT_MIN, INT_MIN};

Wash *wash_open(void)
{
    Wash *wash = calloc(1, sizeof *wash);
    double left = 1;
    if (wash) wash->reach = NOWHERE;
    for (int i = 0; wash && i <= KEPT_STEPS; i++, left *= 0.99610136947011749) wash->kept[i] = (float)left;   /* e^(-1/256) */
    return wash;
}

void wash_close(Wash *wash)
{
    if (!wash) return;
    free(wash->density[0]);
    free(wash->taken);
    free(wash);
}

/* ---- taking ---- */

static int colour_of(const Wash *wash, Colour colour)
{
    int i = 0;
    while (i < wash->n_colours && (wash->colour[i].r != colour.r || wash->colour[i].g != colour.g || wash->colour[i].b != colour.b)) i++;
    return i;
}

static void reach_out(Box *box, const Stroke *stroke)
{
    const float more = stroke->width + 2;
    for (int i = 0; i < 4; i += stroke->straight ? 3 : 1) {
        const int left = (int)clampf(stroke->p[i].x - more, -1e8f, 1e8f), right = (int)clampf(stroke->p[i].x + more, -1e8f, 1e8f);
        const int top = (int)clampf(stroke->p[i].y - more, -1e8f, 1e8f), bottom = (int)clampf(stroke->p[i].y + more, -1e8f, 1e8f);
        if (left < box->left) box->left = left;
        if (top < box->top) box->top = top;
        if (right > box->right) box->right = right;
        if (bottom > box->bottom) box->bottom = bottom;
    }
}

/* About, by its chord: it must not depend on what is seen, else a part would repaint to other pixels than the whole. */
static double pixels_under(const Stroke *stroke)
{
    const double across = (double)stroke->p[3].x - (double)stroke->p[0].x, down = (double)stroke->p[3].y - (double)stroke->p[0].y;
    return sqrt(across * across + down * down) * ((double)stroke->width + 1);
}

static bool make_room(Wash *wash)
{
    if (wash->n_taken < wash->taken_room) return true;
    const int room = wash->taken_room ? wash->taken_room * 2 : 64;
    Stroke *taken = realloc(wash->taken, (size_t)room * sizeof *taken);
    if (!taken) return false;
    wash->taken = taken;
    wash->taken_room = room;
    return true;
}

bool wash_take(Wash *wash, const Canvas *canvas, const Stroke *stroke)
{
    if (!wash || stroke->colour.a > FAINT || !stroke_is_brushed(stroke)) return false;
    if (wash->n_taken == TAKEN_MOST || colour_of(wash, stroke->colour) == COLOURS) wash_settle(wash, canvas);
    if (!make_room(wash)) return false;
    const int colour = colour_of(wash, stroke->colour);
    if (colour == wash->n_colours) wash->colour[wash->n_colours++] = stroke->colour;
    reach_out(&wash->reach, stroke);
    wash->covered += pixels_under(stroke);
    wash->taken[wash->n_taken++] = *stroke;
    return true;
}

/* ---- settling ---- */

static float kept_under(const Wash *wash, uint64_t density)
{
    if (density >= (uint64_t)KEPT_STEP * KEPT_STEPS) return 0;
    const float *kept = &wash->kept[density / KEPT_STEP];
    return kept[0] + (kept[1] - kept[0]) * (float)(density % KEPT_STEP) * (1.0f / KEPT_STEP);
}

static uint32_t channel(uint32_t under, float kept, float colour)
{
    return (uint32_t)((float)(under & 255) * kept + colour * (1 - kept) + 0.5f);
}

/* The colours of a pixel mix in proportion to their densities. */
static uint32_t settled(const Wash *wash, uint32_t pixel, const uint32_t part[COLOURS], uint64_t density)
{
    const float share = 1 / (float)density, kept = kept_under(wash, density);
    float r = 0, g = 0, b = 0;
    for (int i = 0; i < wash->n_colours; i++) {
        const float weight = (float)part[i] * share;
        r += weight * (float)wash->colour[i].r;
        g += weight * (float)wash->colour[i].g;
        b += weight * (float)wash->colour[i].b;
    }
    return 0xFF000000u | channel(pixel >> 16, kept, r) << 16 | channel(pixel >> 8, kept, g) << 8 | channel(pixel, kept, b);
}

static void settle_row(const Wash *wash, uint32_t *row, size_t start, int width)
{
    for (int x = 0; x < width; x++) {
        uint32_t part[COLOURS];
        uint64_t density = 0;
        for (int i = 0; i < wash->n_colours; i++) density += part[i] = wash->density[i][start + (size_t)x];
        if (density) row[x] = settled(wash, row[x], part, density);
    }
}

/* The strip's densities, all zero. */
static bool make_density(Wash *wash, size_t area)
{
    const size_t need = area * (size_t)wash->n_colours;
    if (need > wash->density_room) {
        free(wash->density[0]);
        wash->density[0] = malloc(need * sizeof(uint32_t));
        wash->density_room = wash->density[0] ? need : 0;
        if (!wash->density[0]) return false;
    }
    for (int i = 1; i < wash->n_colours; i++) wash->density[i] = wash->density[0] + area * (size_t)i;
    memset(wash->density[0], 0, need * sizeof(uint32_t));
    return true;
}

static bool settle_strip(Wash *wash, const Canvas *canvas, const Box *strip)
{
    const int width = strip->right - strip->left, height = strip->bottom - strip->top;
    if (!make_density(wash, (size_t)width * (size_t)height)) return false;
    Brush brush = {.kind = BRUSH_GATHERS, .width = -1};
    for (int i = 0; i < wash->n_taken; i++) {
        const Canvas plane = {.data = wash->density[colour_of(wash, wash->taken[i].colour)], .stride = width, .left = strip->left, .top = strip->top,
                              .clip = *strip, .brush = &brush};
        raster_stroke(&plane, &wash->taken[i]);
    }
    for (int y = 0; y < height; y++)
        settle_row(wash, canvas->data + (ptrdiff_t)(strip->top + y) * canvas->stride + strip->left, (size_t)y * (size_t)width, width);
    return true;
}

static Box common(Box a, const Box *b)
{
    return (Box){a.left > b->left ? a.left : b->left, a.top > b->top ? a.top : b->top,
                 a.right < b->right ? a.right : b->right, a.bottom < b->bottom ? a.bottom : b->bottom};
}

static bool settle_gathered(Wash *wash, const Canvas *canvas)
{
    const Box box = common(wash->reach, &canvas->clip);
    if (box.left >= box.right || box.top >= box.bottom) return true;
    const int fit = (int)(STRIP_BYTES / (sizeof(uint32_t) * (size_t)wash->n_colours * (size_t)(box.right - box.left))), rows = fit > 16 ? fit : 16;
    for (Box strip = box; strip.top < box.bottom; strip.top = strip.bottom) {
        strip.bottom = box.bottom - strip.top > rows ? strip.top + rows : box.bottom;
        if (!settle_strip(wash, canvas, &strip)) return false;
    }
    return true;
}

static bool is_dense(const Wash *wash)
{
    const Box *reach = &wash->reach;
    return wash->covered > DENSE * ((double)reach->right - reach->left) * ((double)reach->bottom - reach->top);
}

void wash_settle(Wash *wash, const Canvas *canvas)
{
    if (!wash || !wash->n_taken) return;
    const bool gathered = is_dense(wash) && settle_gathered(wash, canvas);
    for (int i = 0; i < wash->n_taken && !gathered; i++) raster_stroke(canvas, &wash->taken[i]);
    wash->n_taken = wash->n_colours = 0;
    wash->reach = NOWHERE;
    wash->covered = 0;
}
