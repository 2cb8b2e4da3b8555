#include "scene/strands.h"

#include <math.h>

#include "scene/number.h"
#include "scene/say.h"
#include "scene/units.h"

#define LIT_WIDTH_MIN 0.8F
#define LIT_WIDTH 2.2F
#define VEIL 0.65F          /* leaves 35 % */
#define CABLE_STEP 3.0F
#define GAP_CLEAR 20.0F
#define TURN 26.0F          /* width of the rise to a cable ... */
#define TURN_CLEAR 3.0F     /* ... which keeps so far from the next column */

enum { MAPS_RANK = 3, MAP_TERMS_LOOKED_AT = 60000, MAP_PAIRS = 2500 };

static const Block *block_of(const Chart *chart, int column) { return &chart->layout.place[column].block; }

/* ---- ends ---- */

/* What stands in the middle of a block leaves it at its edge, at their own height; of maps side by side each has its edge. */
static Rect edge_rect(const Chart *chart, Unit unit)
{
    Rect at = chart_rect(chart, unit);
    const Block *block = block_of(chart, unit.column);
    if ((block->form == BLOCK_UNITS && block->abreast == 1) || chart->along > 0 || !block_shows(block, unit.e)) return at;
    const Rect map = block->form == BLOCK_UNITS ? block->area : block_map(block, block_map_of(block, unit.e));
    at.x = map.x;
    at.w = map.w;
    return at;
}

static Point strand_out(const Chart *chart, Unit unit)
{
    const Rect at = edge_rect(chart, unit);
    return (Point){at.x + at.w, at.y + at.h / 2};
}

static Point strand_in(const Chart *chart, Unit unit)
{
    const Rect at = edge_rect(chart, unit);
    return (Point){at.x, at.y + at.h / 2};
}

/* ---- one wire ---- */

typedef struct Stroke {
    Colour colour;
    float  width;
    int    pick;
    bool   dashed;
} Stroke;

static void stroke_set(Mark *mark, Stroke stroke)
{
    mark->pick = stroke.pick;
    mark->dashed = stroke.dashed;
}

/* Each edge that passes over other columns has its own height in the cable. */
static float cable_height(const Chart *chart, int from, int to)
{
    const Edge *edge = columns_edge(&chart->columns, from, to);
    const int most = (int)fmaxf(chart->layout.cable_top / CABLE_STEP - 1, 1);
    return chart->layout.page.y + 2 + CABLE_STEP * (float)(edge && edge->cable >= 0 ? edge->cable % most : 0);
}

static void run_straight(Scene *scene, Point *from, float x, Stroke stroke)
{
    const Point to = {x, from->y};
    if (fabsf(x - from->x) < 0.5F) return;
    stroke_set(mark_line(scene, *from, to, stroke.colour, stroke.width), stroke);
    *from = to;
}

/* Where several columns stand at one depth, wires turn only beside them, so that they cross none of their headings. */
static void keep_clear(Scene *scene, const Chart *chart, int from, int to, Point *a, Point *b, Stroke stroke)
{
    const Columns *columns = &chart->columns;
    const Place *left = &chart->layout.place[from], *right = &chart->layout.place[to];
    if (chart->along > 0) return;
    if (columns->lanes[columns->column[from].depth] > 1) run_straight(scene, a, fmaxf(left->right, a->x), stroke);
    if (columns->lanes[columns->column[to].depth] > 1) run_straight(scene, b, fminf(right->left, b->x), stroke);
}

/* Past columns in between a wire goes up, along the top of the page and down again. */
static void route(Scene *scene, const Chart *chart, int from, int to, Point a, Point b, Stroke stroke)
{
    const int passed = chart->columns.column[to].depth - chart->columns.column[from].depth;
    keep_clear(scene, chart, from, to, &a, &b, stroke);
    if (passed <= 1) {
        stroke_set(mark_wire(scene, a, b, stroke.colour, stroke.width), stroke);
        return;
    }
    const Place *left = &chart->layout.place[from], *right = &chart->layout.place[to];
    const float y = cable_height(chart, from, to), most = chart->layout.gap - TURN_CLEAR;
    const Point up = {fminf(fmaxf(left->panel.x + left->panel.w, a.x) + TURN, left->right + most), y};
    const Point down = {fmaxf(fminf(right->panel.x, b.x) - TURN, right->left - most), y};
    stroke_set(mark_wire(scene, a, up, stroke.colour, stroke.width), stroke);
    stroke_set(mark_line(scene, up, down, stroke.colour, stroke.width), stroke);
    stroke_set(mark_wire(scene, down, b, stroke.colour, stroke.width), stroke);
}

static void wire_draw(Scene *scene, const Chart *chart, const Wire *wire, int column, Stroke stroke)
{
    route(scene, chart, wire->from.column, column, strand_out(chart, wire->from), strand_in(chart, (Unit){column, wire->to}), stroke);
}

static bool wire_shows(const Chart *chart, const Wire *wire, int column)
{
    return block_shows(block_of(chart, wire->from.column), wire->from.e) && block_shows(block_of(chart, column), wire->to);
}

const char *wire_label(const Chart *chart, const Wire *wire, int column)
{
    Text text = {.arena = chart->arena};
    text_put(&text, chart->columns.column[wire->from.column].name);
    text_put(&text, chart_index(chart, wire->from));
    text_put(&text, " \xE2\x86\x92 ");
    text_put(&text, chart->columns.column[column].name);
    text_put(&text, chart_index(chart, (Unit){column, wire->to}));
    if (wire->weighted) {
        text_put(&text, ": ");
        text_put(&text, number_text(chart->arena, (double)wire->strength, 2));
    }
    return text_string(&text);
}

static int wire_pick(Scene *scene, const Chart *chart, const Wire *wire, int column)
{
    Pick pick = chart_pick(chart, (Unit){column, wire->to});
    const Pick from = chart_pick(chart, wire->from);
    pick.type = PICK_WIRE;
    pick.from = from.k;
    pick.weight = wire->weight;
    pick.area = (Rect){0};
    pick.label = wire_label(chart, wire, column);
    return scene_pick(scene, pick);
}

/* ---- the static picture ---- */

static float faintness(int64_t n)
{
    if (n <= 120) return 0.55F;
    if (n <= WIRES_EACH) return 0.55F - 0.17F * (float)(n - 120) / (WIRES_EACH - 120);
    return fmaxf(0.1F, 0.34F * sqrtf((float)WIRES_EACH / (float)n));
}

/* In the narrow gaps of an overview wires lie on each other. */
static float clearness(const Chart *chart)
{
    return chart->layout.gap > 0 ? fmaxf(fminf(chart->layout.gap / GAP_CLEAR, 1), 0.06F) : 1;
}

/* Wires grow with the type of large canvases. */
static float thickness(const Chart *chart, float width) { return width * fmaxf(chart->layout.type.small / 13, 1); }

static void draw_each(Scene *scene, const Chart *chart, const Wires *wires, float alpha)
{
    const float width = thickness(chart, wires->n > WIRES_EACH ? 0.7F : 1.1F);
    const bool picked = wires->n <= WIRES_EACH;
    for (int64_t i = 0; i < wires->n; i++) {
        const Wire *wire = &wires->wire[i];
        if (!wire_shows(chart, wire, wires->column)) continue;
        const Colour hue = chart_hue_colour(chart, chart_hue(chart, wire->from));
        wire_draw(scene, chart, wire, wires->column,
                  (Stroke){.colour = colour_fade(hue, alpha), .width = width,
                           .dashed = chart->view->theme->print && wire->strength < 0,
                           .pick = picked ? wire_pick(scene, chart, wire, wires->column) : -1});
    }
}

/* A band from the whole of one panel to the whole of the other, one for each source. */
static void draw_bands(Scene *scene, const Chart *chart, int column, float alpha)
{
    const Rect to = chart->layout.place[column].panel;
    for (int e = chart->columns.first_edge[column]; e < chart->columns.first_edge[column + 1]; e++) {
        const Edge *edge = &chart->columns.edge[e];
        const Rect from = chart->layout.place[edge->from].panel;
        if (chart->columns.column[column].depth > chart->columns.column[edge->from].depth + 1) continue;
        Mark *band = scene_add(scene, MARK_BAND);
        band->a = (Point){from.x + from.w, from.y};
        band->c = (Point){from.x + from.w, from.y + from.h};
        band->b = (Point){to.x, to.y};
        band->d = (Point){to.x, to.y + to.h};
        band->fill = colour_fade(chart->view->theme->dim, alpha);
    }
}

static int first_source(const Chart *chart, int column)
{
    const int e = chart->columns.first_edge[column];
    return e < chart->columns.first_edge[column + 1] ? chart->columns.edge[e].from : -1;
}

/* ---- from maps to maps ---- */

static bool drawn_as_maps(const Chart *chart, int column)
{
    return block_of(chart, column)->form == BLOCK_CELLS && chart->columns.column[column].sample.rank >= MAPS_RANK;
}

/* The maps of the source that the middle of a map is computed from. */
static int64_t maps_seen(const Chart *chart, int column, int source, int64_t map, bool *seen)
{
    const Block *block = block_of(chart, column), *from_block = block_of(chart, source);
    int64_t n;
    const int64_t e = block_element(block, map, block->rows / 2, block->columns / 2);
    const Term *terms = e < 0 ? NULL : chart_all_terms(chart, (Unit){column, e}, MAP_TERMS_LOOKED_AT, &n);
    for (int64_t i = 0; i < from_block->shown_maps; i++) seen[i] = false;
    if (!terms) return 0;
    for (int64_t i = 0; i < n; i++) {
        const Unit from = chart_from(chart, (Unit){column, e}, &terms[i]);
        if (from.column != source || !block_shows(from_block, from.e)) continue;
        seen[block_map_of(from_block, from.e) - from_block->first_map] = true;
    }
    return n;
}

static Point map_edge(Rect map, float share) { return (Point){map.x + map.w * share, map.y + map.h / 2}; }

static void draw_maps(Scene *scene, const Chart *chart, int column, int source, float opacity)
{
    const Block *block = block_of(chart, column), *from = block_of(chart, source);
    bool *seen = ARENA_ARRAY(chart->arena, from->shown_maps + 1, bool);
    const int64_t pairs = block->shown_maps * from->shown_maps, stride = pairs > MAP_PAIRS ? pairs / WIRES_EACH | 1 : 1;
    const float alpha = opacity * (pairs > MAP_PAIRS ? 0.2F : faintness(pairs * 2));
    int64_t looked = 0, pair = 0;
    if (stride > 1) draw_bands(scene, chart, column, opacity * 0.09F);
    for (int64_t m = block->first_map; m < block->first_map + block->shown_maps && looked < 4 * MAP_TERMS_LOOKED_AT; m++) {
        looked += maps_seen(chart, column, source, m, seen) + from->shown_maps;
        for (int64_t s = 0; s < from->shown_maps; s++) {
            if (!seen[s] || pair++ % stride) continue;
            route(scene, chart, source, column, map_edge(block_map(from, from->first_map + s), 1), map_edge(block_map(block, m), 0),
                  (Stroke){.colour = colour_fade(chart->view->theme->dim, alpha), .width = 1, .pick = -1});
        }
    }
}

bool strands_between_maps(const Chart *chart, int column)
{
    if (!drawn_as_maps(chart, column)) return false;
    for (int e = chart->columns.first_edge[column]; e < chart->columns.first_edge[column + 1]; e++)
        if (!drawn_as_maps(chart, chart->columns.edge[e].from)) return false;
    return true;
}

static void draw_all_maps(Scene *scene, const Chart *chart, int column, float opacity)
{
    for (int e = chart->columns.first_edge[column]; e < chart->columns.first_edge[column + 1]; e++)
        draw_maps(scene, chart, column, chart->columns.edge[e].from, opacity);
}

/* Nothing is known of what is inside: an arrow from panel to panel. */
static void draw_opaque_edge(Scene *scene, const Chart *chart, const Edge *edge, float opacity)
{
    const Rect from = chart->layout.place[edge->from].panel, to = chart->layout.place[edge->to].panel;
    route(scene, chart, edge->from, edge->to, map_edge(from, 1), map_edge(to, 0),
          (Stroke){.colour = colour_fade(chart->view->theme->dim, opacity * 0.6F), .width = 2.5F, .pick = -1, .dashed = true});
}

static bool has_wires(const Wires *wires, int from)
{
    for (int64_t i = 0; i < wires->n; i++)
        if (wires->wire[i].from.column == from) return true;
    return false;
}

/* What feeds a layer without being a term of its outputs (the first state of an LSTM). */
static void draw_opaque(Scene *scene, const Chart *chart, const Wires *wires, float opacity)
{
    if (wires->sampled) return;
    for (int e = chart->columns.first_edge[wires->column]; e < chart->columns.first_edge[wires->column + 1]; e++)
        if (!has_wires(wires, chart->columns.edge[e].from)) draw_opaque_edge(scene, chart, &chart->columns.edge[e], opacity);
}

void strands_draw(Scene *scene, const Chart *chart, const Wires *wires, float opacity)
{
    if (strands_between_maps(chart, wires->column)) {
        draw_all_maps(scene, chart, wires->column, opacity);
        return;
    }
    draw_opaque(scene, chart, wires, opacity);
    if (!wires->n) return;
    opacity *= clearness(chart);
    if (wires->total <= WIRES_FAINT) {
        draw_each(scene, chart, wires, opacity * faintness(wires->n));
        return;
    }
    draw_bands(scene, chart, wires->column, opacity * 0.09F);
    if (!wires->partly) draw_each(scene, chart, wires, opacity * 0.22F);
}

/* Lines at the foot of the gap, on a ground of their own. */
static void count_lines_draw(Scene *scene, const Chart *chart, const char *const lines[2], Point foot)
{
    const float size = chart->layout.type.small;
    const Theme *theme = chart->view->theme;
    for (int i = 0; i < 2; i++) {
        const float width = measure_width(chart->view->measure, FONT_TEXT, size, lines[i]);
        const Point at = {foot.x, foot.y - (float)(1 - i) * size * 1.35F};
        mark_rect(scene, (Rect){at.x - width / 2 - 3, at.y - size, width + 6, size * 1.35F}, 3, colour_fade(theme->ground, 0.88F));
        mark_text(scene, at, ALIGN_CENTRE, FONT_TEXT, size, theme->dim, lines[i]);
    }
}

static bool is_fully_drawn(const Chart *chart, const Wires *wires)
{
    return wires->total <= WIRES_FAINT || strands_between_maps(chart, wires->column);
}

void strands_count_draw(Scene *scene, const Chart *chart, const Wires *wires)
{
    const int from = first_source(chart, wires->column);
    if (from < 0 || is_fully_drawn(chart, wires)) return;
    const View *view = chart->view;
    const Rect a = chart->layout.place[from].panel, b = chart->layout.place[wires->column].panel;
    const float left = a.x + a.w, room = b.x - left - 12, size = chart->layout.type.small;
    const char *total = count_text(scene->arena, wires->total), *drawn = count_text(scene->arena, wires->n);
    const char *id = wires->partly ? "picture.none_drawn" : wires->sampled ? "picture.sample_drawn" : "picture.strongest_drawn";
    const char *lines[2] = {say(view, scene->arena, "picture.connections_count", total, NULL), say(view, scene->arena, id, drawn, NULL)};
    for (int i = 0; i < 2; i++)
        if (measure_width(view->measure, FONT_TEXT, size, lines[i]) > room) {
            lines[0] = say(view, scene->arena, wires->partly ? "picture.none_drawn" : "picture.drawn_of", drawn, NULL);
            lines[1] = total;
        }
    if (!wires->partly && measure_width(view->measure, FONT_TEXT, size, lines[0]) > room) lines[0] = arena_print(scene->arena, "%s /", drawn);
    for (int i = 0; i < 2; i++)
        if (measure_width(view->measure, FONT_TEXT, size, lines[i]) > room) return;
    count_lines_draw(scene, chart, lines, (Point){left + 6 + room / 2, chart->layout.page.y + chart->layout.page.h - size * 2});
}

/* ---- lit ---- */

static Colour sign_colour(const Chart *chart, const Wire *wire)
{
    const Theme *theme = chart->view->theme;
    if (!wire->weighted) return chart_hue_colour(chart, chart_hue(chart, wire->from));
    return wire->strength < 0 ? theme->negative : theme->positive;
}

static Stroke lit_stroke(const Chart *chart, const Wire *wire, float strongest)
{
    const float share = wire->weighted && strongest > 0 ? fabsf(wire->strength) / strongest : 0.4F;
    return (Stroke){.colour = sign_colour(chart, wire), .width = thickness(chart, LIT_WIDTH_MIN + LIT_WIDTH * share), .pick = -1,
                    .dashed = chart->view->theme->print && wire->weighted && wire->strength < 0};
}

void strands_draw_lit(Scene *scene, const Chart *chart, const Wires *wires)
{
    const float alpha = wires->n > 2000 ? 0.35F : wires->n > 300 ? 0.6F : 0.85F;
    for (int64_t i = 0; i < wires->n; i++) {
        Stroke stroke = lit_stroke(chart, &wires->wire[i], wires->strongest);
        stroke.colour = colour_fade(stroke.colour, alpha);
        if (wires->n > 300) stroke.width *= 0.6F;
        if (wires->n <= WIRES_EACH) stroke.pick = wire_pick(scene, chart, &wires->wire[i], wires->column);
        wire_draw(scene, chart, &wires->wire[i], wires->column, stroke);
    }
}

void strands_draw_followers(Scene *scene, const Chart *chart, const Wires *wires)
{
    for (int64_t i = 0; i < wires->n; i++) {
        if (!wire_shows(chart, &wires->wire[i], wires->column)) continue;
        Stroke stroke = lit_stroke(chart, &wires->wire[i], wires->strongest);
        stroke.colour = colour_fade(stroke.colour, 0.4F);
        stroke.width *= 0.6F;
        wire_draw(scene, chart, &wires->wire[i], wires->column, stroke);
    }
}

void strands_veil(Scene *scene, const Chart *chart, int column)
{
    const Rect to = block_of(chart, column)->area, page = chart->layout.page;
    for (int e = chart->columns.first_edge[column]; e < chart->columns.first_edge[column + 1]; e++) {
        const Rect from = block_of(chart, chart->columns.edge[e].from)->area;
        const float left = from.x + from.w;
        const Rect between = {left, page.y, to.x - left, page.h};
        if (between.w <= 0) continue;
        mark_rect(scene, between, 0, colour_fade(chart->view->theme->ground, VEIL));
        mark_clip(scene, between);   /* panels keep their tint */
        groups_draw(scene, chart, column, VEIL);
        groups_draw(scene, chart, chart->columns.edge[e].from, VEIL);
        mark_unclip(scene);
    }
}

void strand_badge(Scene *scene, const Chart *chart, const Wire *wire, int column, int64_t times)
{
    const Theme *theme = chart->view->theme;
    const Point a = strand_out(chart, wire->from), b = strand_in(chart, (Unit){column, wire->to});
    const float size = chart->layout.type.small;
    const char *text = arena_print(scene->arena, "\xC3\x97%s", count_text(scene->arena, times));
    const float width = measure_width(chart->view->measure, FONT_CODE_BOLD, size, text) + size;
    const Point at = {(a.x + b.x) / 2, (a.y + b.y) / 2};
    mark_rect(scene, (Rect){at.x - width / 2, at.y - size * 0.75F, width, size * 1.5F}, size * 0.75F, theme->accent);
    mark_text(scene, (Point){at.x, at.y + size * 0.36F}, ALIGN_CENTRE, FONT_CODE_BOLD, size, theme->on_accent, text);
}
