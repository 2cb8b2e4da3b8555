/* Strips, matrices and heat maps: one mark for each map, row hues at its edge. */
#include "scene/units.h"

#include <math.h>
#include <string.h>

#include "scene/number.h"

enum { SHADES = 128, PICKED_CELLS = 300 };

/* Colours of a scale, made once for a column: index 0 ... SHADES - 1 for -extent ... extent. */
typedef struct Palette {
    Colour shade[2 * SHADES + 1];
    Colour empty;
    double extent;
} Palette;

static void palette_make(Palette *palette, const Theme *theme, Scale scale)
{
    palette->extent = scale.extent;
    palette->empty = theme->ground;
    for (int i = -SHADES; i <= SHADES; i++)
        palette->shade[i + SHADES] = value_colour(theme, i, SHADES, scale.ramp);
}

static Colour palette_colour(const Palette *palette, double value)
{
    if (!(palette->extent > 0) || isnan(value)) return palette->empty;
    const double share = fmax(-1, fmin(1, value / palette->extent));
    return palette->shade[(int)lround(share * SHADES) + SHADES];
}

/* ---- what the cells hold ---- */

/* The number of each drawn cell of the maps shown, map after map: of several that share a cell the largest by size, NAN
 * where none is computed. */
typedef struct Held {
    float   *value;
    int64_t  per_map;
    int     *cell_of_row, *cell_of_column;
} Held;

static int *shares(Arena *arena, int64_t n, int parts)
{
    int *share = ARENA_ARRAY(arena, n, int);
    for (int64_t i = 0; i < n; i++) share[i] = (int)(((double)i + 0.5) * parts / (double)n);
    return share;
}

static float number_of(const Chart *chart, Unit unit, const float *numbers)
{
    double value = (double)NAN;
    if (numbers) return numbers[unit.e];
    return chart_value(chart, unit, &value) ? (float)value : NAN;
}

static void hold(float *cell, float value)
{
    if (isnan(*cell) || fabsf(value) > fabsf(*cell)) *cell = value;
}

/* One place of all maps of a lead: they lie side by side in memory. */
static void hold_place(const Chart *chart, int column, const Held *held, int64_t lead, int64_t place, const float *numbers)
{
    const Block *block = &chart->layout.place[column].block;
    const int64_t per = block->rows_are_maps ? block->shape.dim[1] : block->rows * block->columns;
    const int64_t at = (int64_t)held->cell_of_row[place / block->columns] * block->cell_columns + held->cell_of_column[place % block->columns];
    const int64_t first = block->first_map - lead * block->channels, end = first + block->shown_maps;
    for (int64_t channel = first > 0 ? first : 0; channel < block->channels && channel < end; channel++) {
        const int64_t e = (lead * per + place) * block->channels + channel;
        if (e < block->size) hold(&held->value[(channel - first) * held->per_map + at], number_of(chart, (Unit){column, e}, numbers));
    }
}

static Held cells_hold(const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    Held held = {.per_map = (int64_t)block->cell_rows * block->cell_columns};
    const int64_t n = held.per_map * block->shown_maps;
    held.value = ARENA_ARRAY(chart->arena, n, float);
    for (int64_t i = 0; i < n; i++) held.value[i] = NAN;
    if (!chart_tensor(chart, column)) return held;
    held.cell_of_row = shares(chart->arena, block->rows, block->cell_rows);
    held.cell_of_column = shares(chart->arena, block->columns, block->cell_columns);
    const float *numbers = chart_numbers(chart, column);
    const int64_t per = block->rows_are_maps ? block->shape.dim[1] : block->rows * block->columns;
    const int64_t last = (block->first_map + block->shown_maps - 1) / block->channels;
    for (int64_t lead = block->first_map / block->channels; lead <= last; lead++)
        for (int64_t place = 0; place < per; place++) hold_place(chart, column, &held, lead, place, numbers);
    return held;
}

static Colour *map_colours(const Chart *chart, const Block *block, int64_t map, const Held *held, const Palette *palette)
{
    Colour *cells = ARENA_ARRAY(chart->arena, held->per_map, Colour);
    const float *value = held->value + (map - block->first_map) * held->per_map;
    for (int64_t i = 0; i < held->per_map; i++) cells[i] = palette_colour(palette, (double)value[i]);
    return cells;
}

/* ---- edges ---- */

/* Row identity of the rows of a map as a stripe at its left edge; runs of the same row are one rectangle. */
static void stripe_draw(Scene *scene, const Chart *chart, int column, int64_t map)
{
    const Block *block = &chart->layout.place[column].block;
    const Rect at = block_map(block, map);
    int64_t from = 0;
    for (int64_t r = 1; r <= block->rows; r++) {
        const int64_t e = block_element(block, map, from, 0), next = r < block->rows ? block_element(block, map, r, 0) : -1;
        if (e < 0) break;
        const uint8_t hue = chart_hue(chart, (Unit){column, e});
        if (next >= 0 && chart_hue(chart, (Unit){column, next}) == hue) continue;
        const float y = at.y + at.h * (float)from / (float)block->rows, h = at.h * (float)(r - from) / (float)block->rows;
        if (hue != HUE_NONE) mark_rect(scene, (Rect){at.x - 4, y, 3, h}, 0, chart_hue_colour(chart, hue));
        from = r;
    }
}

/* Empty ends of a wrapped strip show the ground. */
static void map_edge_draw(Scene *scene, const Chart *chart, Rect at)
{
    const Colour edge = colour_mix(chart->view->theme->rule, chart->view->theme->dim, 0.85F);
    mark_box(scene, (Rect){at.x - 0.5F, at.y - 0.5F, at.w + 1, at.h + 1}, 1, (Colour){0}, edge, 1);
}

/* ---- numbers in cells ---- */

static float figure_size(const Chart *chart, int column, Rect cell, int decimals)
{
    const Block *block = &chart->layout.place[column].block;
    float width = 0;
    for (int64_t e = 0; e < block->size; e++) {
        double value;
        if (!block_shows(block, e) || !chart_value(chart, (Unit){column, e}, &value)) continue;
        width = fmaxf(width, measure_width(chart->view->measure, FONT_CODE, 1, number_text(chart->arena, value, decimals)));
    }
    return width > 0 ? fminf(chart->layout.type.small * 1.2F, cell.w * (block->columns > 1 ? 0.76F : 0.9F) / width) : 0;
}

static void figures_draw(Scene *scene, const Chart *chart, int column, const Palette *palette)
{
    const Block *block = &chart->layout.place[column].block;
    const float small = chart->layout.type.small;
    const Rect cell = block_unit(block, block_element(block, block->first_map, 0, 0));
    if (cell.w < small * 1.4F || cell.h < small * 1.2F || block_aggregates(block)) return;
    int decimals = 2;
    float size = figure_size(chart, column, cell, decimals);
    if (size < type_least(chart->layout.type)) size = figure_size(chart, column, cell, decimals = 1);
    if (size < type_least(chart->layout.type)) return;
    for (int64_t e = 0; e < block->size; e++) {
        double value;
        if (!block_shows(block, e) || !chart_value(chart, (Unit){column, e}, &value)) continue;
        const Rect at = block_unit(block, e);
        mark_text(scene, (Point){at.x + at.w / 2, at.y + at.h / 2 + size * 0.36F}, ALIGN_CENTRE, FONT_CODE, size,
                  colour_on(chart->view->theme, palette_colour(palette, value)), number_text(scene->arena, value, decimals));
    }
}

/* ---- picks ---- */

/* One pick for the map; picture_pick_at tells its cells apart. Few cells have a pick each. */
static void cells_pick(Scene *scene, const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    const float cell = block->map_w / (float)block->columns;
    if (block->size > PICKED_CELLS || cell < 2) return;
    for (int64_t e = 0; e < block->size; e++) {
        if (!block_shows(block, e)) continue;
        Pick pick = chart_pick(chart, (Unit){column, e});
        pick.label = chart_label(chart, (Unit){column, e});
        mark_rect(scene, pick.area, 0, (Colour){0})->pick = scene_pick(scene, pick);
    }
}

static int map_pick(Scene *scene, const Chart *chart, int column, int64_t map)
{
    const Block *block = &chart->layout.place[column].block;
    Pick pick = chart_pick(chart, (Unit){column, block_element(block, map, 0, 0)});
    pick.area = block_map(block, map);
    pick.label = arena_print(scene->arena, "%s, %lld \xC3\x97 %lld", chart->columns.column[column].name,
                             (long long)block->rows, (long long)block->columns);
    return scene_pick(scene, pick);
}

void cells_draw(Scene *scene, const Chart *chart, int column)
{
    const Block *block = &chart->layout.place[column].block;
    const Scale scale = chart_scale(chart, column);
    Palette palette;
    palette_make(&palette, chart->view->theme, scale);
    const Held held = cells_hold(chart, column);
    for (int64_t m = block->first_map; m < block->first_map + block->shown_maps; m++) {
        const Rect at = block_map(block, m);
        const Colour *colours = map_colours(chart, block, m, &held, &palette);
        Mark *mark = mark_cells(scene, at, block->cell_columns, block->cell_rows, colours);
        mark->pick = map_pick(scene, chart, column, m);
        map_edge_draw(scene, chart, at);
        if (chart->columns.column[column].sample.rank <= 2) stripe_draw(scene, chart, column, m);
    }
    figures_draw(scene, chart, column, &palette);
    cells_pick(scene, chart, column);
}
