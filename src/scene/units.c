#include "scene/units.h"

#include <math.h>
#include <string.h>

#include "scene/number.h"
#include "scene/say.h"

#define SHEET 4.0F

enum { SHEETS = 2 };

/* ---- panels ---- */

static Rect grown(Rect r, float by) { return (Rect){r.x - by, r.y - by, r.w + 2 * by, r.h + 2 * by}; }

static void sheets_draw(Scene *scene, const Chart *chart, Rect panel)
{
    const Colour colour = colour_fade(chart->view->theme->dim, 0.32F);
    for (int i = SHEETS; i > 0; i--) {
        const float by = SHEET * (float)i, right = panel.x + panel.w + by, top = panel.y - by;
        mark_line(scene, (Point){panel.x + by, top}, (Point){right, top}, colour, 1);
        mark_line(scene, (Point){right, top}, (Point){right, top + panel.h}, colour, 1);
        mark_line(scene, (Point){right, top + panel.h}, (Point){right - SHEET, top + panel.h}, colour, 1);
        mark_line(scene, (Point){panel.x + by, top}, (Point){panel.x + by, top + SHEET}, colour, 1);
    }
    mark_box(scene, panel, 0, (Colour){0}, colour, 1);
}

/* Row identity stays on a panel that is drawn behind a whole group; what was copied has it on each unit only. */
/* From its first to its last unit, wherever they are on their way. */
static Rect group_rect(const Chart *chart, int column, int64_t group)
{
    const Block *block = &chart->layout.place[column].block;
    Rect all = chart_rect(chart, (Unit){column, group * block->per + block->per - 1});
    for (int64_t i = 0; i < block->abreast && i < block->per; i++) all = rect_joined(all, chart_rect(chart, (Unit){column, group * block->per + i}));
    return all;
}

void groups_draw(Scene *scene, const Chart *chart, int column, float opacity)
{
    const Place *place = &chart->layout.place[column];
    const Theme *theme = chart->view->theme;
    const float pad = place->block.area.x - place->panel.x, alpha = theme->row_stripe_alpha * opacity;
    if (place->block.form != BLOCK_UNITS || place->block.groups < 2) return;
    for (int64_t g = 0; g < place->block.groups; g++) {
        const Colour hue = chart_hue_colour(chart, chart_hue(chart, (Unit){column, g * place->block.per}));
        mark_rect(scene, grown(group_rect(chart, column, g), pad), fminf(pad, 9), colour_fade(hue, alpha));
    }
}

/* The sheets behind are the other samples: the next one comes to the front. */
static void sheets_pick(Scene *scene, const Chart *chart, int column, Rect panel)
{
    const Column *at = &chart->columns.column[column];
    if (at->batch < 2) return;
    const int64_t next = (chart->sample + 1) % at->batch;
    const float depth = SHEET * SHEETS;
    Pick pick = chart_pick(chart, (Unit){column, 0});
    pick.k = next * chart->layout.place[column].block.size;
    pick.label = say(chart->view, scene->arena, "picture.sample", count_text(scene->arena, next + 1), count_text(scene->arena, at->batch), NULL);
    pick.area = (Rect){panel.x + panel.w, panel.y - depth, depth, panel.h};
    mark_rect(scene, pick.area, 0, (Colour){0})->pick = scene_pick(scene, pick);
    pick.area = (Rect){panel.x, panel.y - depth, panel.w + depth, depth};
    mark_rect(scene, pick.area, 0, (Colour){0})->pick = scene_pick(scene, pick);
}

void panels_draw(Scene *scene, const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    const Column *at = &chart->columns.column[column];
    if (at->fault || !block->size || chart->twin) return;
    const Rect sheet = grown(chart->layout.place[column].panel, 3);
    if (at->shape.rank && at->shape.dim[0] == DIM_NONE && (at->input || at->result)) {
        sheets_draw(scene, chart, sheet);
        sheets_pick(scene, chart, column, sheet);
    }
    groups_draw(scene, chart, column, 1);
}

/* ---- units ---- */

/* How the numbers of a column are written: alike in all its units. */
typedef struct Figures {
    int   decimals;
    float size;        /* of type; 0 = they do not fit */
} Figures;

static float widest(const Chart *chart, int column, int decimals)
{
    float width = 0;
    const int64_t n = chart->layout.place[column].block.size;
    for (int64_t e = 0; e < n; e++) {
        double value;
        if (!chart_value(chart, (Unit){column, e}, &value)) continue;
        const char *text = number_text(chart->arena, value, decimals);
        width = fmaxf(width, measure_width(chart->view->measure, FONT_CODE_BOLD, 1, text));
    }
    return width;
}

/* Two decimals where they fit, else one; never smaller than the small type (a little under it on low canvases). */
static Figures figures_find(const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    const float small = chart->layout.type.small, room = block->unit_w - block->unit * 0.2F;
    if (chart->quiet || block->unit < small * 1.35F) return (Figures){0, 0};
    for (int decimals = 2; decimals > 0; decimals--) {
        const float width = widest(chart, column, decimals);
        const float size = fminf(fminf(small * 1.35F, block->unit * 0.75F), width > 0 ? room / width : 0);
        if (size >= type_least(chart->layout.type)) return (Figures){decimals, size};
    }
    return (Figures){0, 0};
}

static void value_draw(Scene *scene, const Chart *chart, Rect at, Colour fill, double value, Figures figures)
{
    if (!(figures.size > 0)) return;
    const char *text = number_text(scene->arena, value, figures.decimals);
    mark_text(scene, (Point){at.x + at.w / 2, at.y + at.h / 2 + figures.size * 0.36F}, ALIGN_CENTRE, FONT_CODE_BOLD,
              figures.size, colour_on(chart->view->theme, fill), text);
}

static int unit_pick(Scene *scene, const Chart *chart, Unit unit)
{
    Pick pick = chart_pick(chart, unit);
    pick.label = chart_label(chart, unit);
    return scene_pick(scene, pick);
}

/* A circle, or a pill where the number needs it. */
static Mark *outline_draw(Scene *scene, Rect at, Colour fill, Colour stroke, float width)
{
    if (at.w - at.h < 0.01F) return mark_circle(scene, rect_centre(at), at.w / 2, fill, stroke, width);
    return mark_box(scene, at, at.h / 2, fill, stroke, width);
}

static void unit_draw(Scene *scene, const Chart *chart, Unit unit, Scale scale, Figures figures)
{
    const Theme *theme = chart->view->theme;
    const Rect at = chart_rect(chart, unit);
    double value;
    const bool known = chart_value(chart, unit, &value);
    const Colour fill = known ? value_colour(theme, value, scale.extent, scale.ramp) : theme->ground;
    const float edge = at.h > 24 ? 2 : at.h > 10 ? 1.5F : fmaxf(at.h * 0.14F, 0.6F);
    const Colour border = chart_hue_colour(chart, chart_hue(chart, unit));
    const int pick = unit_pick(scene, chart, unit);
    outline_draw(scene, (Rect){at.x + edge / 2, at.y + edge / 2, at.w - edge, at.h - edge}, fill,
                 known ? border : colour_fade(border, 0.5F), edge)->pick = pick;
    if (known) value_draw(scene, chart, at, fill, value, figures);
}

void units_draw(Scene *scene, const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    if (!block->size) {   /* its shape is all that is known */
        mark_box(scene, block->area, 8, chart->view->theme->panel, chart->view->theme->dim, 1);
        return;
    }
    if (block->form == BLOCK_CELLS) {
        cells_draw(scene, chart, column);
        return;
    }
    const Scale scale = chart_scale(chart, column);
    const Figures figures = figures_find(chart, column);
    for (int64_t e = 0; e < block->size; e++) unit_draw(scene, chart, (Unit){column, e}, scale, figures);
}

void unit_ring(Scene *scene, const Chart *chart, Unit unit, Colour colour, float width)
{
    const Rect at = chart_rect(chart, unit);
    if (chart->layout.place[unit.column].block.form == BLOCK_UNITS)
        outline_draw(scene, grown(at, 0.5F), (Colour){0}, colour, width);
    else
        mark_box(scene, grown(at, at.w < 6 ? 2 : 0.5F), 1, (Colour){0}, colour, fminf(width, 2));
}

/* ---- labels ---- */

static const char *letter_of(const Chart *chart, int column)
{
    const Column *at = &chart->columns.column[column];
    int inputs = 0, results = 0;
    for (int c = 0; c < chart->columns.n; c++) {
        inputs += chart->columns.column[c].input;
        results += chart->columns.column[c].result;
    }
    if (at->input) return inputs == 1 ? "x" : "";
    return results == 1 ? "y" : "";
}

/* Beside the block: inputs have their labels on the left, results on the right. */
static void label_beside(Scene *scene, const Chart *chart, int column, float y, Colour colour, Font font, const char *text)
{
    const Rect panel = chart->layout.place[column].panel;
    const bool left = chart->columns.column[column].input;
    const float size = chart->layout.type.small * 1.08F;
    const Point at = {left ? panel.x - 12 : panel.x + panel.w + 18, y + size * 0.36F};
    mark_text(scene, at, left ? ALIGN_RIGHT : ALIGN_LEFT, font, size, colour, text);
}

/* Every so many-th is said where there is no room for all. */
static int64_t label_step(float pitch, float room)
{
    static const int round[] = {1, 2, 5};
    for (int64_t ten = 1, i = 0;; i = (i + 1) % 3, ten *= i ? 1 : 10)
        if (pitch * (float)(round[i] * ten) >= room || ten > 100000) return round[i] * ten;
}

static void labels_of_rows(Scene *scene, const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    const Theme *theme = chart->view->theme;
    const char *letter = letter_of(chart, column);
    const int64_t step = label_step(block->slot, chart->layout.type.small * 1.4F);
    for (int64_t g = 0; g < block->groups; g += step) {
        const Rect group = block_group(block, g);
        const Colour hue = chart_hue_colour(chart, chart_hue(chart, (Unit){column, g * block->per}));
        label_beside(scene, chart, column, group.y + group.h / 2, colour_text(theme, hue, theme->ground), FONT_CODE_BOLD,
                     arena_print(scene->arena, "%s[%lld]", letter, (long long)g));
    }
}

/* What softmax gives: a bar and a percentage beside each label. */
static void shares_draw(Scene *scene, const Chart *chart, int column)
{
    const Place *place = &chart->layout.place[column];
    const Theme *theme = chart->view->theme;
    const float size = chart->layout.type.small, high = size * 0.7F, whole = size * 4.6F;
    const char *last = arena_print(scene->arena, "%s[%lld]", letter_of(chart, column), (long long)place->block.size - 1);
    const float x = place->panel.x + place->panel.w + 18 + measure_width(chart->view->measure, FONT_CODE, size * 1.08F, last) + 8;
    if (x + whole + size * 4.4F > chart->layout.page.x + chart->layout.page.w) return;
    for (int64_t e = 0; e < place->block.size; e++) {
        double value;
        if (!chart_value(chart, (Unit){column, e}, &value) || !(value >= 0) || value > 1.001) continue;
        const Rect at = block_unit(&place->block, e);
        const float y = at.y + at.h / 2, bar = fmaxf(whole * (float)value, 1.5F);
        mark_rect(scene, (Rect){x, y - high / 2, bar, high}, fminf(2, bar / 2), theme->accent);
        mark_text(scene, (Point){x + bar + 6, y + size * 0.36F}, ALIGN_LEFT, FONT_CODE, size, theme->dim,
                  arena_print(scene->arena, "%.1f%%", 100 * value));
    }
}

static void labels_of_units(Scene *scene, const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    const char *letter = letter_of(chart, column);
    const bool scalar = !chart->columns.column[column].sample.rank;
    if (block->size > 1 && block->pitch < chart->layout.type.small * 1.15F) return;
    for (int64_t e = 0; e < block->size; e++) {
        const Rect at = block_unit(block, e);
        const char *text = scalar ? letter : arena_print(scene->arena, "%s[%lld]", letter, (long long)e);
        label_beside(scene, chart, column, at.y + at.h / 2, chart->view->theme->dim, FONT_CODE, text);
    }
    if (column_is_share(&chart->columns.column[column], chart->variant->plan)) shares_draw(scene, chart, column);
}

static int64_t copy_step(const Block *block, float room)
{
    const int64_t twos = 4, tens = 5;
    const bool even = block->size % 8 == 0;
    int64_t step = even ? twos : tens;
    while ((float)step * block->area.h / (float)block->size < room && step < block->size) step *= 2;
    return step;
}

/* 0, 8, 16 ... 47 left of a column that has lost its rows. */
static void labels_of_copies(Scene *scene, const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    const Theme *theme = chart->view->theme;
    const float size = chart->layout.type.small;
    const int64_t step = copy_step(block, size * 2.4F), last = block->size - 1;
    const float x = chart->layout.place[column].panel.x - 5;
    for (int64_t e = 0; e <= last; e = e == last ? e + 1 : e + step < last ? e + step : last) {
        const Rect at = block_unit(block, e);
        const float y = at.y + at.h / 2 + size * 0.36F;
        if (e == last && e % step && block_unit(block, last / step * step).y + size * 1.3F > at.y) break;
        const char *text = arena_print(scene->arena, "%lld", (long long)e);
        const float width = measure_width(chart->view->measure, FONT_CODE, size, text);
        mark_rect(scene, (Rect){x - width - 2, y - size * 0.86F, width + 4, size * 1.08F}, 3, colour_fade(theme->ground, 0.86F));
        mark_text(scene, (Point){x, y}, ALIGN_RIGHT, FONT_CODE, size, theme->dim, text);
    }
}

/* "16 of 64", where there is no room for more. */
static const char *aggregation_short(Scene *scene, const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    if (block->shown_maps == block->maps) return "";
    return say(chart->view, scene->arena, "picture.maps_short", count_text(scene->arena, block->shown_maps), count_text(scene->arena, block->maps), NULL);
}

static const char *aggregation_said(Scene *scene, const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    Arena *arena = scene->arena;
    if (block->shown_maps < block->maps)
        return say(chart->view, arena, "picture.maps_page", count_text(arena, block->first_map),
                   count_text(arena, block->first_map + block->shown_maps - 1), count_text(arena, block->maps), NULL);
    const int64_t rows = (block->rows + block->cell_rows - 1) / block->cell_rows;
    const int64_t columns = (block->columns + block->cell_columns - 1) / block->cell_columns;
    return say(chart->view, arena, "picture.cells_join", count_text(arena, size_multiply(rows, columns)), NULL);
}

static void aggregation_draw(Scene *scene, const Chart *chart, int column)
{
    const Place *place = &chart->layout.place[column];
    const float size = chart->layout.type.small;
    const float room = fmaxf(place->reach, place->right - place->left), y = place->block.area.y + place->block.area.h + size * 1.4F;
    const char *text = aggregation_said(scene, chart, column);
    if (measure_width(chart->view->measure, FONT_TEXT, size, text) > room) text = aggregation_short(scene, chart, column);
    const bool fits = measure_width(chart->view->measure, FONT_TEXT, size, text) <= room && y <= place->room.y + place->room.h + 4;
    if (fits) mark_text(scene, (Point){place->centre, y}, ALIGN_CENTRE, FONT_TEXT, size, chart->view->theme->dim, text);
}

void labels_draw(Scene *scene, const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    const Column *at = &chart->columns.column[column];
    if (!block->size || at->fault) return;
    if (block_aggregates(block)) aggregation_draw(scene, chart, column);
    const bool beside = (at->input || at->result) && !chart->layout.place[column].beside, copies = chart->hue[column] && !at->layer->kind->elementwise;
    if (at->sample.rank == 1 && copies && !at->result && block->size > 1 && (block->form == BLOCK_UNITS || block->columns == 1))
        labels_of_copies(scene, chart, column);
    else if (beside && block->form == BLOCK_UNITS && block->groups > 1) labels_of_rows(scene, chart, column);
    else if (beside && block->form == BLOCK_UNITS) labels_of_units(scene, chart, column);
}
