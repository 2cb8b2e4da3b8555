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

/* From the numbers directly where all are computed. */
static bool number_of(const Chart *chart, Unit unit, const float *numbers, double *value)
{
    if (!numbers) return chart_value(chart, unit, value);
    *value = (double)numbers[unit.e];
    return true;
}

/* The largest number, by size, of those that share a drawn cell; false when none is computed. */
static bool cell_value(const Chart *chart, int column, int64_t map, const float *numbers, const int64_t row[2],
                       const int64_t col[2], double *largest)
{
    const Block *block = &chart->layout.place[column].block;
    bool any = false;
    for (int64_t r = row[0]; r < row[1]; r++)
        for (int64_t c = col[0]; c < col[1]; c++) {
            double value;
            const int64_t e = block_element(block, map, r, c);
            if (e < 0 || !number_of(chart, (Unit){column, e}, numbers, &value)) continue;
            if (!any || fabs(value) > fabs(*largest)) *largest = value;
            any = true;
        }
    return any;
}

static void part(int64_t whole, int parts, int i, int64_t range[2])
{
    range[0] = whole * i / parts;
    range[1] = whole * (i + 1) / parts;
}

static Colour *map_colours(const Chart *chart, int column, int64_t map, const Palette *palette)
{
    const Block *block = &chart->layout.place[column].block;
    Colour *cells = ARENA_ARRAY(chart->arena, block->cell_rows * block->cell_columns, Colour), *to = cells;
    const float *numbers = chart_numbers(chart, column);
    for (int r = 0; r < block->cell_rows; r++)
        for (int c = 0; c < block->cell_columns; c++) {
            int64_t rows[2], columns[2];
            double value;
            part(block->rows, block->cell_rows, r, rows);
            part(block->columns, block->cell_columns, c, columns);
            *to++ = cell_value(chart, column, map, numbers, rows, columns, &value) ? palette_colour(palette, value) : palette->empty;
        }
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
    return width > 0 ? fminf(chart->layout.type.small * 1.2F, cell.w * 0.9F / width) : 0;
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
    for (int64_t m = block->first_map; m < block->first_map + block->shown_maps; m++) {
        const Rect at = block_map(block, m);
        const Colour *colours = map_colours(chart, column, m, &palette);
        Mark *mark = mark_cells(scene, at, block->cell_columns, block->cell_rows, colours);
        mark->pick = map_pick(scene, chart, column, m);
        map_edge_draw(scene, chart, at);
        if (chart->columns.column[column].sample.rank <= 2) stripe_draw(scene, chart, column, m);
    }
    figures_draw(scene, chart, column, &palette);
    cells_pick(scene, chart, column);
}
