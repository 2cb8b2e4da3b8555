/* The receptive field of a unit: a box on each map it looks at. */
#include "scene/emphasis.h"

static bool is_grid(const Chart *chart, int column)
{
    return chart->layout.place[column].block.form == BLOCK_CELLS && chart->columns.column[column].sample.rank >= 2 &&
           !chart->layout.place[column].block.rows_are_maps;
}

static void field_add(Field *field, int64_t row, int64_t col)
{
    if (!field->n++) {
        field->row[0] = field->row[1] = row;
        field->col[0] = field->col[1] = col;
        return;
    }
    if (row < field->row[0]) field->row[0] = row;
    if (row > field->row[1]) field->row[1] = row;
    if (col < field->col[0]) field->col[0] = col;
    if (col > field->col[1]) field->col[1] = col;
}

void fields_find(Emphasis *emphasis, const Chart *chart)
{
    emphasis->fields = ARENA_ARRAY(chart->arena, chart->columns.n + 1, Field *);
    if (emphasis->n_lit != 1 || emphasis->one_wire || emphasis->unit.column != emphasis->lit[0].column) return;
    const Wires *wires = &emphasis->lit[0];
    for (int64_t i = 0; i < wires->n; i++) {
        const Unit from = wires->wire[i].from;
        const Block *block = &chart->layout.place[from.column].block;
        if (!is_grid(chart, from.column)) continue;
        Field **fields = &emphasis->fields[from.column];
        if (!*fields) *fields = ARENA_ARRAY(chart->arena, block->maps, Field);
        int64_t map, row, col;
        block_place(block, from.e, &map, &row, &col);
        field_add(&(*fields)[map], row, col);
    }
}

static bool fills_box(const Field *field)
{
    return field->n > 1 && (field->row[1] - field->row[0] + 1) * (field->col[1] - field->col[0] + 1) == field->n;
}

bool field_has(const Emphasis *emphasis, const Chart *chart, const Wire *wire)
{
    const Field *fields = emphasis->fields[wire->from.column];
    return fields && fills_box(&fields[block_map_of(&chart->layout.place[wire->from.column].block, wire->from.e)]);
}

static Rect field_rect(const Block *block, int64_t map, const Field *field)
{
    const Rect a = block_unit(block, block_element(block, map, field->row[0], field->col[0]));
    const Rect b = block_unit(block, block_element(block, map, field->row[1], field->col[1]));
    return (Rect){a.x - 0.5F, a.y - 0.5F, b.x + b.w - a.x + 1, b.y + b.h - a.y + 1};
}

/* The box and two lines from its corners to the unit, as a magnifying glass is drawn. */
static void field_draw(Scene *scene, const Chart *chart, Rect box, Rect unit, float alpha)
{
    const Colour colour = chart->view->theme->accent;
    mark_line(scene, (Point){box.x + box.w, box.y}, (Point){unit.x, unit.y}, colour_fade(colour, alpha), 1.5F);
    mark_line(scene, (Point){box.x + box.w, box.y + box.h}, (Point){unit.x, unit.y + unit.h}, colour_fade(colour, alpha), 1.5F);
    mark_box(scene, box, 0, (Colour){0}, colour, 2);
}

void fields_draw(Scene *scene, const Chart *chart, const Emphasis *emphasis)
{
    for (int c = 0; emphasis->fields && c < chart->columns.n; c++) {
        const Block *block = &chart->layout.place[c].block;
        if (!emphasis->fields[c]) continue;
        const Rect unit = chart_rect(chart, emphasis->unit);
        const float alpha = block->shown_maps > 8 ? 0.35F : 0.9F;
        for (int64_t m = block->first_map; m < block->first_map + block->shown_maps; m++)
            if (fills_box(&emphasis->fields[c][m]))
                field_draw(scene, chart, field_rect(block, m, &emphasis->fields[c][m]), unit, alpha);
    }
}
