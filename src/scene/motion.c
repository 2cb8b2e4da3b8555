#include "scene/motion.h"

#include <string.h>

Kinship motion_kinship(const Chart *chart, int column, const Chart *other)
{
    const int there = chart_match_column(chart, column, other);
    const Block *block = &chart->layout.place[column].block;
    if (there >= 0) return block->size == other->layout.place[there].block.size ? KIN_SAME : KIN_OTHER;
    if (!chart->hue[column] || !block->size) return KIN_NONE;
    return chart_match(chart, (Unit){column, 0}, other).column >= 0 ? KIN_COPY : KIN_NONE;
}

bool motion_wires_stay(const Chart *chart, int column, const Chart *other)
{
    const int there = chart_match_column(chart, column, other);
    if (motion_kinship(chart, column, other) != KIN_SAME) return false;
    const int first = chart->columns.first_edge[column], n = chart->columns.first_edge[column + 1] - first;
    const int other_first = other->columns.first_edge[there];
    if (other->columns.first_edge[there + 1] - other_first != n) return false;
    for (int i = 0; i < n; i++) {
        const int from = chart->columns.edge[first + i].from;
        if (motion_kinship(chart, from, other) != KIN_SAME) return false;
        if (chart_match_column(chart, from, other) != other->columns.edge[other_first + i].from) return false;
    }
    return true;
}

static float between(float a, float b, float t) { return a + (b - a) * t; }

static Rect rect_between(Rect a, Rect b, float t)
{
    return (Rect){between(a.x, b.x, t), between(a.y, b.y, t), between(a.w, b.w, t), between(a.h, b.h, t)};
}

static void block_move(Block *block, const Block *to, float t)
{
    if (block->form != to->form || block->maps != to->maps || block->across != to->across || block->columns != to->columns) return;
    block->area = rect_between(block->area, to->area, t);
    block->map_w = between(block->map_w, to->map_w, t);
    block->map_h = between(block->map_h, to->map_h, t);
    block->step_x = between(block->step_x, to->step_x, t);
    block->step_y = between(block->step_y, to->step_y, t);
}

Chart motion_moved(const Chart *chart, const Chart *other, float along)
{
    Chart moved = *chart;
    moved.twin = NULL;
    moved.layout.place = ARENA_ARRAY(chart->arena, chart->columns.n + 1, Place);
    memcpy(moved.layout.place, chart->layout.place, (size_t)chart->columns.n * sizeof(Place));
    for (int c = 0; c < chart->columns.n; c++) {
        const int there = chart_match_column(chart, c, other);
        if (there < 0) continue;
        Place *place = &moved.layout.place[c];
        const Place *to = &other->layout.place[there];
        place->heading = rect_between(place->heading, to->heading, along);
        place->panel = rect_between(place->panel, to->panel, along);
        place->centre = between(place->centre, to->centre, along);
        if (place->block.form == BLOCK_CELLS) block_move(&place->block, &to->block, along);
    }
    return moved;
}
