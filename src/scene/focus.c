#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scene/split.h"

static const Pick NOTHING = {.type = PICK_NONE, .layer = -1, .step = -1, .tensor = -1, .k = -1, .from = -1, .weight = -1};

/* What a move is asked for and what came out. */
typedef struct Asked {
    const char *text;
    const Pick *from;
    int         dx, dy, by;
    Pick        found;
} Asked;

static bool has_units(const Chart *chart, int column) { return chart->layout.place[column].block.size > 0; }

/* A column's first unit, or the layer itself when it has none. */
static Pick column_pick(const Chart *chart, int column)
{
    if (has_units(chart, column)) return chart_pick(chart, (Unit){column, 0});
    const Column *at = &chart->columns.column[column];
    return (Pick){.type = PICK_LAYER, .variant = chart->which, .layer = at->row, .step = at->step, .tensor = at->tensor,
                  .k = -1, .from = -1, .weight = -1, .area = chart->layout.place[column].heading};
}

/* ---- by name ---- */

/* "[1,2]" within a sample; -1 when it is no such index. */
static int64_t read_index(const Shape *sample, const char *text)
{
    int64_t e = 0;
    if (!*text) return sample->rank ? -1 : 0;
    for (int i = 0; i < sample->rank; i++) {
        char *end;
        if (*text != (i ? ',' : '[')) return -1;
        const long long at = strtoll(text + 1, &end, 10);
        if (end == text + 1 || at < 0 || at >= sample->dim[i]) return -1;
        e = e * sample->dim[i] + at;
        text = end;
    }
    return sample->rank && !strcmp(text, "]") ? e : -1;
}

static void find(const Chart *charts, int n, void *given)
{
    Asked *asked = given;
    const size_t length = strcspn(asked->text, "[");
    const int c = columns_find(&charts[0].columns, charts[0].variant->plan, asked->text, length);
    (void)n;
    if (c < 0 || !has_units(&charts[0], c)) return;
    const int64_t e = read_index(&charts[0].columns.column[c].sample, asked->text + length);
    if (e >= 0) asked->found = chart_pick(&charts[0], (Unit){c, e});
}

Pick picture_find_unit(const View *view, const char *text)
{
    Asked asked = {.text = text, .found = NOTHING};
    charts_visit(view, find, &asked);
    return asked.found;
}

/* ---- to the neighbour ---- */

static Pick nearest_in_column(const Chart *chart, int column, float y)
{
    const Block *block = &chart->layout.place[column].block;
    const int64_t n = block->size < 4096 ? block->size : 4096;
    int64_t best = 0;
    float distance = INFINITY;
    for (int64_t i = 0; i < n; i++) {   /* evenly over the block when there are more */
        const int64_t e = n == block->size ? i : (int64_t)((double)i / (double)n * (double)block->size);
        const Rect at = block_unit(block, e);
        const float d = fabsf(at.y + at.h / 2 - y);
        if (block_shows(block, e) && d < distance - 0.01F) {
            distance = d;
            best = e;
        }
    }
    return chart_pick(chart, (Unit){column, best});
}

static float middle(const Chart *chart, int column)
{
    const Rect panel = chart->layout.place[column].panel;
    return panel.y + panel.h / 2;
}

/* The column nearest in height at the next depth that has units. */
static int column_beside(const Chart *chart, int column, int dx, float y)
{
    for (int depth = chart->columns.column[column].depth + dx; depth >= 0 && depth < chart->columns.n_depths; depth += dx) {
        int best = -1;
        for (int c = 0; c < chart->columns.n; c++) {
            if (chart->columns.column[c].depth != depth || !has_units(chart, c)) continue;
            if (best < 0 || fabsf(middle(chart, c) - y) < fabsf(middle(chart, best) - y)) best = c;
        }
        if (best >= 0) return best;
    }
    return -1;
}

static Pick beside(const Chart *chart, Unit unit, int dx)
{
    const Rect at = chart_rect(chart, unit);
    const float y = at.y + at.h / 2;
    const int c = column_beside(chart, unit.column, dx, y);
    return c < 0 ? chart_pick(chart, unit) : nearest_in_column(chart, c, y);
}

/* Past the last unit of a sample comes the next sample of the batch. */
static Pick along_units(const Chart *chart, Unit unit, int dy)
{
    Pick pick = chart_pick(chart, unit);
    const Column *column = &chart->columns.column[unit.column];
    const int64_t size = chart->layout.place[unit.column].block.size;
    if (pick.k + dy < 0 || pick.k + dy >= size * column->batch) return pick;
    pick.k += dy;
    pick.area = chart_rect(chart, (Unit){unit.column, pick.k % size});
    return pick;
}

/* The cell beside it, on the next map when the map ends; -1 at the end of the block. */
static int64_t next_cell(const Block *block, int64_t e, int dx, int dy)
{
    int64_t map, row, column;
    block_place(block, e, &map, &row, &column);
    const int64_t inside = block_element(block, map, row + dy, column + dx);
    if (inside >= 0) return inside;
    const int64_t place = (map - block->first_map) % block->across + dx;
    const int64_t next = map + dx + dy * block->across;
    if (place < 0 || place >= block->across) return -1;
    const int64_t row_there = dy > 0 ? 0 : dy < 0 ? block->rows - 1 : row;
    const int64_t column_there = dx > 0 ? 0 : dx < 0 ? block->columns - 1 : column;
    return block_element(block, next, row_there, column_there);
}

static void move(const Chart *charts, int n, void *given)
{
    Asked *asked = given;
    const Chart *chart = &charts[asked->from->variant > 0 && n > 1];
    const Unit unit = chart_unit_of(chart, asked->from);
    if (unit.column < 0) {
        if (chart->columns.n) asked->found = column_pick(chart, 0);
        return;
    }
    const Block *block = &chart->layout.place[unit.column].block;
    if (block->form == BLOCK_UNITS) {
        asked->found = asked->dx ? beside(chart, unit, asked->dx) : along_units(chart, unit, asked->dy);
        return;
    }
    const int64_t e = next_cell(block, unit.e, asked->dx, asked->dy);
    if (e >= 0) asked->found = chart_pick(chart, (Unit){unit.column, e});
    else if (asked->dx) asked->found = beside(chart, unit, asked->dx);
    else asked->found = along_units(chart, unit, (int)(asked->dy > 0 ? block->size - unit.e : -unit.e - 1));
}

Pick picture_focus_move(const View *view, Pick from, int dx, int dy)
{
    Asked asked = {.from = &from, .dx = dx, .dy = dy, .found = from};
    charts_visit(view, move, &asked);
    return asked.found;
}

/* ---- to the next layer ---- */

static int column_of(const Chart *chart, const Pick *pick)
{
    const Unit unit = chart_unit_of(chart, pick);
    if (unit.column >= 0) return unit.column;
    return pick->type == PICK_NONE ? -1 : columns_of_row(&chart->columns, pick->layer);
}

static void step_layer(const Chart *charts, int n, void *given)
{
    Asked *asked = given;
    int which = asked->from->variant > 0 && n > 1;
    int c = column_of(&charts[which], asked->from);
    asked->found = NOTHING;
    if (c < 0) {
        which = asked->by > 0 ? 0 : n - 1;
        c = asked->by > 0 ? 0 : charts[which].columns.n - 1;
    } else {
        c += asked->by;
    }
    if (c >= charts[which].columns.n && which + 1 < n) {
        which++;
        c = 0;
    } else if (c < 0 && which > 0) {
        which--;
        c = charts[which].columns.n - 1;
    }
    if (c >= 0 && c < charts[which].columns.n) asked->found = column_pick(&charts[which], c);
}

Pick picture_focus_layer(const View *view, Pick from, int by)
{
    Asked asked = {.from = &from, .by = by, .found = NOTHING};
    charts_visit(view, step_layer, &asked);
    return asked.found;
}
