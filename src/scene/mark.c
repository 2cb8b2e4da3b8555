#include "scene/mark.h"

#include <math.h>
#include <string.h>

static const float WIRE_REACH = 4;   /* points beside a wire that still mean it */
enum { FIRST_MARKS = 256, CURVE_STEPS = 24, CLIP_DEPTH = 32 };

void scene_open(Scene *scene, Arena *arena, Rect page, Colour ground)
{
    *scene = (Scene){.arena = arena, .page = page, .ground = ground};
    scene->marks = arena_grow(arena, NULL, 0, &scene->marks_capacity, FIRST_MARKS, sizeof(Mark));
}

void scene_reserve(Scene *scene, size_t marks, size_t picks)
{
    scene->marks = arena_grow(scene->arena, scene->marks, scene->n_marks, &scene->marks_capacity, scene->n_marks + marks, sizeof(Mark));
    scene->picks = arena_grow(scene->arena, scene->picks, scene->n_picks, &scene->picks_capacity, scene->n_picks + picks, sizeof(Pick));
}

Mark *scene_add(Scene *scene, MarkType type)
{
    scene->marks = arena_grow(scene->arena, scene->marks, scene->n_marks, &scene->marks_capacity, scene->n_marks + 1, sizeof(Mark));
    Mark *mark = &scene->marks[scene->n_marks++];
    *mark = (Mark){.type = (uint8_t)type, .pick = -1};
    return mark;
}

int scene_pick(Scene *scene, Pick pick)
{
    scene->picks = arena_grow(scene->arena, scene->picks, scene->n_picks, &scene->picks_capacity, scene->n_picks + 1, sizeof(Pick));
    pick.depth = scene->n_marks;
    scene->picks[scene->n_picks] = pick;
    return (int)scene->n_picks++;
}

static const char *keep(Scene *scene, const char *text)
{
    return text ? arena_copy(scene->arena, text, strlen(text)) : NULL;
}

Mark *mark_box(Scene *scene, Rect rect, float radius, Colour fill, Colour stroke, float width)
{
    Mark *mark = scene_add(scene, MARK_RECT);
    mark->rect = rect;
    mark->radius = radius;
    mark->fill = fill;
    mark->stroke = stroke;
    mark->width = width;
    return mark;
}

Mark *mark_rect(Scene *scene, Rect rect, float radius, Colour fill)
{
    return mark_box(scene, rect, radius, fill, (Colour){0}, 0);
}

Mark *mark_circle(Scene *scene, Point centre, float radius, Colour fill, Colour stroke, float width)
{
    Mark *mark = mark_box(scene, (Rect){centre.x, centre.y, 0, 0}, radius, fill, stroke, width);
    mark->type = MARK_CIRCLE;
    return mark;
}

Mark *mark_line(Scene *scene, Point from, Point to, Colour colour, float width)
{
    Mark *mark = scene_add(scene, MARK_LINE);
    mark->a = from;
    mark->b = to;
    mark->stroke = colour;
    mark->width = width;
    return mark;
}

Mark *mark_wire(Scene *scene, Point from, Point to, Colour colour, float width)
{
    Mark *mark = mark_line(scene, from, to, colour, width);
    const float middle = from.x + (to.x - from.x) / 2;
    mark->type = MARK_CURVE;
    mark->c = (Point){middle, from.y};
    mark->d = (Point){middle, to.y};
    return mark;
}

Mark *mark_text(Scene *scene, Point at, Align align, Font font, float size, Colour colour, const char *text)
{
    Mark *mark = scene_add(scene, MARK_TEXT);
    mark->a = at;
    mark->align = (uint8_t)align;
    mark->font = (uint8_t)font;
    mark->size = size;
    mark->fill = colour;
    mark->text = keep(scene, text);
    return mark;
}

Mark *mark_cells(Scene *scene, Rect rect, int columns, int rows, const Colour *cells)
{
    Mark *mark = scene_add(scene, MARK_CELLS);
    mark->rect = rect;
    mark->columns = columns;
    mark->rows = rows;
    mark->cells = cells;
    return mark;
}

void mark_clip(Scene *scene, Rect rect)
{
    scene_add(scene, MARK_CLIP)->rect = rect;
}

void mark_unclip(Scene *scene)
{
    scene_add(scene, MARK_UNCLIP);
}

void mark_group(Scene *scene, const char *title, float opacity)
{
    Mark *mark = scene_add(scene, MARK_GROUP);
    mark->text = keep(scene, title);
    mark->opacity = opacity;
}

void mark_ungroup(Scene *scene)
{
    scene_add(scene, MARK_UNGROUP);
}

/* ---- hash ---- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

static uint64_t mix_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    for (; length >= 8; length -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        hash = mix(hash, word);
    }
    uint64_t rest = 0;
    if (length) memcpy(&rest, at, length);
    return mix(hash, rest ^ (uint64_t)length << 56);
}

static uint64_t mix_floats(uint64_t hash, float a, float b)
{
    const float pair[2] = {a, b};
    uint64_t word;
    memcpy(&word, pair, 8);
    return mix(hash, word);
}

static uint64_t mix_colours(uint64_t hash, Colour a, Colour b)
{
    const Colour pair[2] = {a, b};
    uint64_t word;
    memcpy(&word, pair, 8);
    return mix(hash, word);
}

static uint64_t mix_mark(uint64_t hash, const Mark *mark)
{
    hash = mix(hash, (uint64_t)mark->type | (uint64_t)mark->font << 8 | (uint64_t)mark->align << 16
                     | (uint64_t)mark->dashed << 24 | (uint64_t)(uint32_t)mark->pick << 32);
    hash = mix_colours(hash, mark->fill, mark->stroke);
    hash = mix_floats(hash, mark->width, mark->radius);
    hash = mix_floats(hash, mark->size, mark->opacity);
    hash = mix_floats(hash, mark->rect.x, mark->rect.y);
    hash = mix_floats(hash, mark->rect.w, mark->rect.h);
    hash = mix_floats(hash, mark->a.x, mark->a.y);
    hash = mix_floats(hash, mark->b.x, mark->b.y);
    hash = mix_floats(hash, mark->c.x, mark->c.y);
    hash = mix_floats(hash, mark->d.x, mark->d.y);
    if (mark->text) hash = mix_bytes(hash, mark->text, strlen(mark->text) + 1);
    if (mark->points && mark->n_points > 0) hash = mix_bytes(hash, mark->points, (size_t)mark->n_points * sizeof(Point));
    if (mark->cells && mark->columns > 0 && mark->rows > 0)
        hash = mix_bytes(mix(hash, (uint64_t)mark->columns), mark->cells, (size_t)mark->columns * (size_t)mark->rows * sizeof(Colour));
    return hash;
}

uint64_t scene_hash(const Scene *scene, size_t from, size_t to)
{
    uint64_t hash = mix_colours(0x5EED, scene->ground, scene->ground);
    hash = mix_floats(hash, scene->page.w, scene->page.h);
    if (to > scene->n_marks) to = scene->n_marks;
    for (size_t i = from; i < to; i++) hash = mix_mark(hash, &scene->marks[i]);
    return hash;
}

/* ---- curves ---- */

Point curve_at(const Mark *mark, float t)
{
    const float u = 1 - t, a = u * u * u, c = 3 * u * u * t, d = 3 * u * t * t, b = t * t * t;
    return (Point){a * mark->a.x + c * mark->c.x + d * mark->d.x + b * mark->b.x,
                   a * mark->a.y + c * mark->c.y + d * mark->d.y + b * mark->b.y};
}

Mark band_edge(const Mark *band, BandEdge edge)
{
    const Point from = edge == BAND_TOP ? band->a : band->c, to = edge == BAND_TOP ? band->b : band->d;
    const float left = band->a.x, right = band->b.x, middle = left + (right - left) / 2;
    return (Mark){.type = MARK_CURVE, .pick = -1, .a = {left, from.y}, .b = {right, to.y}, .c = {middle, from.y}, .d = {middle, to.y}};
}

static float segment_distance(Point p, Point a, Point b)
{
    const float dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    float t = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypotf(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

static float curve_distance(Point p, const Mark *mark)
{
    float nearest = INFINITY;
    Point from = mark->a;
    for (int i = 1; i <= CURVE_STEPS; i++) {
        const Point to = curve_at(mark, (float)i / CURVE_STEPS);
        nearest = fminf(nearest, segment_distance(p, from, to));
        from = to;
    }
    return nearest;
}

/* ---- picking ---- */

static bool rect_has(const Rect *rect, Point p)
{
    return p.x >= rect->x && p.y >= rect->y && p.x < rect->x + rect->w && p.y < rect->y + rect->h;
}

static bool polygon_has(const Mark *mark, Point p)
{
    bool inside = false;
    for (int i = 0, j = mark->n_points - 1; i < mark->n_points; j = i++) {
        const Point a = mark->points[i], b = mark->points[j];
        if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) inside = !inside;
    }
    return inside;
}

/* Along a band x grows with t, so halving finds the place. */
static bool band_has(const Mark *band, Point p)
{
    const Mark top = band_edge(band, BAND_TOP), bottom = band_edge(band, BAND_BOTTOM);
    const bool rightward = band->b.x > band->a.x;
    if (p.x < fminf(band->a.x, band->b.x) || p.x > fmaxf(band->a.x, band->b.x)) return false;
    float low = 0, high = 1;
    for (int i = 0; i < 16; i++) {
        const float middle = (low + high) / 2;
        if ((curve_at(&top, middle).x < p.x) == rightward) low = middle; else high = middle;
    }
    const float y = curve_at(&top, low).y, other = curve_at(&bottom, low).y;
    return p.y >= fminf(y, other) && p.y <= fmaxf(y, other);
}

static bool near_box(const Mark *mark, Point p, float reach)
{
    return p.x >= fminf(fminf(mark->a.x, mark->b.x), fminf(mark->c.x, mark->d.x)) - reach
        && p.x <= fmaxf(fmaxf(mark->a.x, mark->b.x), fmaxf(mark->c.x, mark->d.x)) + reach
        && p.y >= fminf(fminf(mark->a.y, mark->b.y), fminf(mark->c.y, mark->d.y)) - reach
        && p.y <= fmaxf(fmaxf(mark->a.y, mark->b.y), fmaxf(mark->c.y, mark->d.y)) + reach;
}

static bool is_wire(const Mark *mark) { return mark->type == MARK_LINE || mark->type == MARK_CURVE; }

static float wire_distance(const Mark *mark, Point p)
{
    if (mark->type == MARK_LINE) return segment_distance(p, mark->a, mark->b);
    return near_box(mark, p, fmaxf(WIRE_REACH, mark->width / 2)) ? curve_distance(p, mark) : INFINITY;
}

/* Whether the mark has an outline of its own to be hit; text and groups are hit by their pick's area. */
static bool has_outline(const Mark *mark)
{
    return mark->type != MARK_TEXT && mark->type != MARK_GROUP;
}

static bool mark_has(const Mark *mark, Point p)
{
    switch ((MarkType)mark->type) {
    case MARK_RECT: case MARK_CELLS: return rect_has(&mark->rect, p);
    case MARK_CIRCLE: return hypotf(p.x - mark->rect.x, p.y - mark->rect.y) <= mark->radius + mark->width / 2;
    case MARK_LINE: case MARK_CURVE: return wire_distance(mark, p) <= fmaxf(WIRE_REACH, mark->width / 2);
    case MARK_POLYGON: return polygon_has(mark, p);
    case MARK_BAND: return band_has(mark, p);
    case MARK_TEXT: case MARK_CLIP: case MARK_UNCLIP: case MARK_GROUP: case MARK_UNGROUP: return false;
    }
    return false;
}

/* The best answer so far. wire: its distance, INFINITY when it is no wire. touched: the mark itself was hit, not the area around it. */
typedef struct Found {
    int   pick;
    bool  touched;
    float wire;
} Found;

typedef struct Search {
    const Scene *scene;
    Point p;
    Rect  clip[CLIP_DEPTH];
    int   depth;
    Found found;
} Search;

static void search_clip(Search *search, const Mark *mark)
{
    if (mark->type == MARK_UNCLIP) {
        search->depth -= search->depth > 0;
        return;
    }
    if (search->depth < CLIP_DEPTH) search->clip[search->depth] = mark->rect;
    search->depth++;
}

static bool search_clipped(const Search *search)
{
    for (int i = 0; i < search->depth && i < CLIP_DEPTH; i++)
        if (!rect_has(&search->clip[i], search->p)) return true;
    return false;
}

static void search_mark(Search *search, const Mark *mark)
{
    if (mark->pick < 0 || (size_t)mark->pick >= search->scene->n_picks || !mark_has(mark, search->p)) return;
    if (search_clipped(search)) return;
    const float wire = is_wire(mark) ? wire_distance(mark, search->p) : INFINITY;
    if (is_wire(mark) && wire > search->found.wire && search->found.touched && search->found.wire < INFINITY) return;
    search->found = (Found){mark->pick, true, wire};
}

static float area_size(const Pick *pick) { return pick->area.w * pick->area.h; }

static float area_distance(const Pick *pick, Point p)
{
    return hypotf(pick->area.x + pick->area.w / 2 - p.x, pick->area.y + pick->area.h / 2 - p.y);
}

static bool is_drawn(const Scene *scene, int pick)
{
    for (size_t i = 0; i < scene->n_marks; i++)
        if (scene->marks[i].pick == pick && has_outline(&scene->marks[i])) return true;
    return false;
}

/* Areas of small things overlap: the smaller wins, of equal ones the nearer; a thing without an outline is its area. */
static bool area_wins(const Search *search, const Pick *pick)
{
    const Scene *scene = search->scene;
    const Found *found = &search->found;
    if (found->pick < 0 || found->wire < INFINITY) return true;
    const Pick *best = &scene->picks[found->pick];
    const float size = area_size(pick), other = area_size(best);
    if (size < other || other <= 0) return true;
    if (!found->touched && size <= other) return area_distance(pick, search->p) <= area_distance(best, search->p);
    return !is_drawn(scene, (int)(pick - scene->picks));
}

static void search_area(Search *search, const Pick *pick)
{
    if (!rect_has(&pick->area, search->p) || search_clipped(search) || !area_wins(search, pick)) return;
    search->found = (Found){(int)(pick - search->scene->picks), false, INFINITY};
}

int scene_pick_at(const Scene *scene, Point p)
{
    Search search = {.scene = scene, .p = p, .found = {-1, false, INFINITY}};
    size_t next = 0;
    for (size_t i = 0; i <= scene->n_marks; i++) {
        for (; next < scene->n_picks && scene->picks[next].depth <= i; next++) search_area(&search, &scene->picks[next]);
        if (i == scene->n_marks) break;
        const Mark *mark = &scene->marks[i];
        if (mark->type == MARK_CLIP || mark->type == MARK_UNCLIP) search_clip(&search, mark);
        else search_mark(&search, mark);
    }
    return search.found.pick;
}

/* ---- measuring ---- */

float measure_width(const Measure *measure, Font font, float size, const char *text)
{
    return measure->width(measure->fonts, font, size, text, strlen(text));
}

static bool continues(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

/* The longest prefix of whole characters no wider than `room`, when the whole is wider. */
static size_t prefix_that_fits(const Measure *measure, Font font, float size, const char *text, float room)
{
    size_t fits = 0, low = 0, high = strlen(text);
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        size_t cut = middle;
        while (cut > fits && continues(text[cut])) cut--;
        if (cut > fits && measure->width(measure->fonts, font, size, text, cut) > room) {
            high = cut;
            continue;
        }
        fits = cut;
        low = middle;
    }
    return fits;
}

const char *measure_fit(const Measure *measure, Arena *arena, Font font, float size, const char *text, float width)
{
    static const char dots[] = "\xE2\x80\xA6";
    if (measure_width(measure, font, size, text) <= width) return text;
    const float room = width - measure_width(measure, font, size, dots);
    if (!(room >= 0)) return "";
    const size_t length = prefix_that_fits(measure, font, size, text, room);
    return arena_print(arena, "%.*s%s", (int)length, text, dots);
}
