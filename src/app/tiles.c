#include "app/tiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = 64, CLIPS_MAX = 16 };

static const uint64_t SEED = UINT64_C(0xcbf29ce484222325), PRIME = UINT64_C(0x100000001b3);

bool tiles_open(Tiles *tiles, int width, int height)
{
    const int columns = (width + TILE - 1) / TILE, rows = (height + TILE - 1) / TILE;
    const size_t n = (size_t)columns * (size_t)rows;
    *tiles = (Tiles){.columns = columns, .rows = rows, .width = width, .height = height};
    tiles->hash = calloc(n, sizeof(uint64_t));
    tiles->next = calloc(n, sizeof(uint64_t));
    if (tiles->hash && tiles->next) return true;
    tiles_close(tiles);
    return false;
}

void tiles_close(Tiles *tiles)
{
    free(tiles->hash);
    free(tiles->next);
    *tiles = (Tiles){0};
}

void tiles_forget(Tiles *tiles)
{
    if (tiles->hash) memset(tiles->hash, 0, (size_t)tiles->columns * (size_t)tiles->rows * sizeof(uint64_t));
}

/* ---- where a mark is ---- */

static Rect spanning(const Point *points, int n)
{
    float left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
    for (int i = 0; i < n; i++) {
        left = fminf(left, points[i].x), right = fmaxf(right, points[i].x);
        top = fminf(top, points[i].y), bottom = fmaxf(bottom, points[i].y);
    }
    return (Rect){left, top, right - left, bottom - top};
}

static Rect text_bounds(const Mark *mark, const Measure *measure)
{
    const float width = measure_width(measure, (Font)mark->font, mark->size, mark->text);
    const float left = mark->align == ALIGN_LEFT ? 0 : mark->align == ALIGN_CENTRE ? width / 2 : width;
    return (Rect){mark->a.x - left, mark->a.y - mark->size * 1.2f, width, mark->size * 1.7f};
}

static Rect bounds_of(const Mark *mark, const Measure *measure)
{
    const Point corners[4] = {mark->a, mark->b, mark->c, mark->d};
    Rect rect = {0};
    switch ((MarkType)mark->type) {
    case MARK_RECT: case MARK_CELLS: rect = mark->rect; break;
    case MARK_CIRCLE: rect = (Rect){mark->rect.x - mark->radius, mark->rect.y - mark->radius, 2 * mark->radius, 2 * mark->radius}; break;
    case MARK_LINE: rect = spanning(corners, 2); break;
    case MARK_CURVE: case MARK_BAND: rect = spanning(corners, 4); break;
    case MARK_POLYGON: rect = spanning(mark->points, mark->n_points); break;
    case MARK_TEXT: rect = text_bounds(mark, measure); break;
    case MARK_CLIP: case MARK_UNCLIP: case MARK_GROUP: case MARK_UNGROUP: break;
    }
    const float edge = mark->width / 2 + 2;
    return (Rect){rect.x - edge, rect.y - edge, rect.w + 2 * edge, rect.h + 2 * edge};
}

static Rect common(Rect a, Rect b)
{
    const float left = fmaxf(a.x, b.x), top = fmaxf(a.y, b.y);
    return (Rect){left, top, fmaxf(0, fminf(a.x + a.w, b.x + b.w) - left), fmaxf(0, fminf(a.y + a.h, b.y + b.h) - top)};
}

/* ---- hashing ---- */

/* Picks are renumbered when others come and go; they do not show. */
static uint64_t look_of(const Mark *mark)
{
    Mark bare = *mark;
    bare.pick = -1;
    const Scene alone = {.marks = &bare, .n_marks = 1};
    return scene_hash(&alone, 0, 1);
}

static void touch(Tiles *tiles, Rect rect, uint64_t look)
{
    int left = (int)floorf(rect.x / TILE), top = (int)floorf(rect.y / TILE);
    int right = (int)floorf((rect.x + rect.w) / TILE), bottom = (int)floorf((rect.y + rect.h) / TILE);
    if (left < 0) left = 0;
    if (top < 0) top = 0;
    if (right >= tiles->columns) right = tiles->columns - 1;
    if (bottom >= tiles->rows) bottom = tiles->rows - 1;
    for (int row = top; row <= bottom; row++)
        for (int column = left; column <= right; column++) {
            uint64_t *hash = &tiles->next[row * tiles->columns + column];
            *hash = (*hash ^ look) * PRIME;
        }
}

typedef struct Walk {
    Rect     clip[CLIPS_MAX + 1];
    uint64_t group[CLIPS_MAX + 1];   /* what the marks inside inherit */
    int      clips, groups;
} Walk;

static bool nesting(Walk *walk, const Mark *mark)
{
    switch ((MarkType)mark->type) {
    case MARK_CLIP:
        walk->clips++;
        if (walk->clips <= CLIPS_MAX) walk->clip[walk->clips] = common(walk->clip[walk->clips - 1], mark->rect);
        return true;
    case MARK_UNCLIP: walk->clips -= walk->clips > 0; return true;
    case MARK_GROUP:
        walk->groups++;
        if (walk->groups <= CLIPS_MAX) walk->group[walk->groups] = (walk->group[walk->groups - 1] ^ (uint64_t)(mark->opacity * 1000)) * PRIME;
        return true;
    case MARK_UNGROUP: walk->groups -= walk->groups > 0; return true;
    case MARK_RECT: case MARK_CIRCLE: case MARK_LINE: case MARK_CURVE: case MARK_POLYGON: case MARK_TEXT: case MARK_CELLS: case MARK_BAND: break;
    }
    return false;
}

static int least(int a, int b) { return a < b ? a : b; }

static void hash_all(Tiles *tiles, const Scene *scene, size_t from, const Measure *measure, float px)
{
    Walk walk = {.clip = {scene->page}, .group = {SEED}};
    for (size_t i = from; i < scene->n_marks; i++) {
        const Mark *mark = &scene->marks[i];
        if (nesting(&walk, mark)) continue;
        const Rect clip = walk.clip[least(walk.clips, CLIPS_MAX)], seen = common(clip, bounds_of(mark, measure));
        if (seen.w <= 0 || seen.h <= 0) continue;
        const uint64_t place = (uint64_t)(clip.x * 7 + clip.y * 31 + clip.w * 127 + clip.h * 8191);
        touch(tiles, (Rect){seen.x * px, seen.y * px, seen.w * px, seen.h * px}, look_of(mark) ^ walk.group[least(walk.groups, CLIPS_MAX)] ^ place);
    }
}

/* ---- what changed ---- */

static Rect joined(Rect a, Rect b)
{
    const float left = fminf(a.x, b.x), top = fminf(a.y, b.y);
    return (Rect){left, top, fmaxf(a.x + a.w, b.x + b.w) - left, fmaxf(a.y + a.h, b.y + b.h) - top};
}

static bool adjoins(Rect a, Rect b)
{
    return a.x <= b.x + b.w && b.x <= a.x + a.w && a.y <= b.y + b.h && b.y <= a.y + a.h;
}

static void dirty_add(Dirty *dirty, Rect rect)
{
    for (int i = 0; i < dirty->n; i++)
        if (adjoins(dirty->rect[i], rect)) {
            dirty->rect[i] = joined(dirty->rect[i], rect);
            return;
        }
    if (dirty->n < DIRTY_RECTS) dirty->rect[dirty->n++] = rect;
    else dirty->rect[DIRTY_RECTS - 1] = joined(dirty->rect[DIRTY_RECTS - 1], rect);
}

/* Joining may have made neighbours of others. */
static void dirty_settle(Dirty *dirty)
{
    for (int i = 0; i < dirty->n; i++)
        for (int j = i + 1; j < dirty->n; j++) {
            if (!adjoins(dirty->rect[i], dirty->rect[j])) continue;
            dirty->rect[i] = joined(dirty->rect[i], dirty->rect[j]);
            dirty->rect[j] = dirty->rect[--dirty->n];
            i = -1;
            break;
        }
}

static void runs_of_row(const Tiles *tiles, int row, Dirty *dirty)
{
    const uint64_t *old = tiles->hash + row * tiles->columns, *new = tiles->next + row * tiles->columns;
    for (int column = 0; column < tiles->columns; column++) {
        const int start = column;
        while (column < tiles->columns && old[column] != new[column]) column++;
        if (column == start) continue;
        const int right = least(column * TILE, tiles->width), bottom = least((row + 1) * TILE, tiles->height);
        dirty_add(dirty, (Rect){(float)(start * TILE), (float)(row * TILE), (float)(right - start * TILE), (float)(bottom - row * TILE)});
    }
}

void tiles_compare(Tiles *tiles, const Scene *scene, size_t from, const Measure *measure, float px_per_pt, Dirty *dirty)
{
    const size_t n = (size_t)tiles->columns * (size_t)tiles->rows;
    for (size_t i = 0; i < n; i++) tiles->next[i] = SEED;
    hash_all(tiles, scene, from, measure, px_per_pt);
    dirty->n = 0;
    for (int row = 0; row < tiles->rows; row++) runs_of_row(tiles, row, dirty);
    dirty_settle(dirty);
    uint64_t *old = tiles->hash;
    tiles->hash = tiles->next;
    tiles->next = old;
}
