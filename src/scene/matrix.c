#include "scene/matrix.h"

#include <math.h>

#include "scene/number.h"
#include "scene/say.h"

enum { MATRIX_TERMS = 2000000, MATRIX_PICKS = 4000, MATRIX_BLOCKS = 128 };

#define STRIPE 5.0F

/* The matrix of one column: rows are the elements of its source, columns its own. */
typedef struct Matrix {
    const Chart *chart;
    int          column, source;
    int64_t      rows, columns;
    Rect         area;             /* of the cells */
    int          cell_rows, cell_columns;
    Wires        wires;            /* every connection */
    int64_t      weights;          /* distinct ones */
} Matrix;

/* ---- which ---- */

static bool has_matrix(const Chart *chart, int column)
{
    const Column *at = &chart->columns.column[column];
    if (at->step < 0 || at->input || !at->layer->n_weights || at->layer->kind->rule != TRACE_SUM) return false;
    return columns_source(&chart->columns, chart->variant->plan, column, 0) >= 0 && chart->layout.place[column].block.size > 0;
}

/* The one asked for, else the one looked at, else the last that has one. */
static int column_chosen(const Chart *chart, const Emphasis *emphasis)
{
    if (emphasis->unit.column >= 0 && has_matrix(chart, emphasis->unit.column)) return emphasis->unit.column;
    for (int c = 0; c < chart->columns.n; c++)
        if (chart->view->matrix_step >= 0 && chart->columns.column[c].step == chart->view->matrix_step && has_matrix(chart, c)) return c;
    for (int c = chart->columns.n - 1; c >= 0; c--)
        if (has_matrix(chart, c)) return c;
    return -1;
}

/* ---- geometry ---- */

/* Cells as large as fit, at most three times as long as wide. */
static void matrix_place(Matrix *matrix, Rect room)
{
    const float w = fminf(room.w / (float)matrix->columns, 44), h = fminf(room.h / (float)matrix->rows, 44);
    const float cell_w = fminf(w, h * 3), cell_h = fminf(h, w * 3);
    const float width = fmaxf(cell_w * (float)matrix->columns, 8), height = fmaxf(cell_h * (float)matrix->rows, 8);
    matrix->area = (Rect){room.x + (room.w - width) / 2, room.y + (room.h - height) / 2, width, height};
    matrix->cell_columns = (int)fminf((float)matrix->columns, fmaxf(width * 2, 1));
    matrix->cell_rows = (int)fminf((float)matrix->rows, fmaxf(height * 2, 1));
}

static Rect cell_of(const Matrix *matrix, int64_t row, int64_t column)
{
    const double w = (double)matrix->area.w / (double)matrix->columns, h = (double)matrix->area.h / (double)matrix->rows;
    return (Rect){(float)((double)matrix->area.x + w * (double)column), (float)((double)matrix->area.y + h * (double)row), (float)w, (float)h};
}

static Rect cell_of_wire(const Matrix *matrix, const Wire *wire) { return cell_of(matrix, wire->from.e, wire->to); }

/* ---- drawing ---- */

static void cells_fill(Scene *scene, const Matrix *matrix)
{
    const Theme *theme = matrix->chart->view->theme;
    const int64_t n = (int64_t)matrix->cell_rows * matrix->cell_columns;
    Colour *cells = ARENA_ARRAY(scene->arena, n, Colour);
    float *held = ARENA_ARRAY(scene->arena, n, float);
    for (int64_t i = 0; i < n; i++) cells[i] = theme->code_ground;
    for (int64_t i = 0; i < matrix->wires.n; i++) {
        const Wire *wire = &matrix->wires.wire[i];
        if (wire->from.column != matrix->source) continue;
        const int64_t at = wire->from.e * matrix->cell_rows / matrix->rows * matrix->cell_columns + wire->to * matrix->cell_columns / matrix->columns;
        if (cells[at].a == 255 && held[at] != 0 && fabsf(held[at]) >= fabsf(wire->strength)) continue;
        held[at] = wire->strength;
        cells[at] = value_colour(theme, (double)wire->strength, (double)matrix->wires.strongest, false);
    }
    Mark *mark = mark_cells(scene, matrix->area, matrix->cell_columns, matrix->cell_rows, cells);
    const float cell = fminf(matrix->area.w / (float)matrix->columns, matrix->area.h / (float)matrix->rows);
    if (cell >= 5) {
        mark->stroke = theme->rule;
        mark->width = 0.5F;
    }
    mark_box(scene, (Rect){matrix->area.x - 0.5F, matrix->area.y - 0.5F, matrix->area.w + 1, matrix->area.h + 1}, 0, (Colour){0}, theme->dim, 1);
}

/* Where the elements of the same row end. */
static int64_t run_end(const Chart *chart, int column, int64_t from, int64_t n)
{
    const uint8_t hue = chart_hue(chart, (Unit){column, from});
    int64_t end = from + 1;
    while (end < n && chart_hue(chart, (Unit){column, end}) == hue) end++;
    return end;
}

/* Row hues of inputs at the left, of outputs on top. */
static void stripes_draw(Scene *scene, const Matrix *matrix)
{
    const Chart *chart = matrix->chart;
    for (int64_t r = 0, end; r < matrix->rows; r = end) {
        const uint8_t hue = chart_hue(chart, (Unit){matrix->source, r});
        end = run_end(chart, matrix->source, r, matrix->rows);
        const float y = cell_of(matrix, r, 0).y, h = cell_of(matrix, end, 0).y - y;
        if (hue != HUE_NONE) mark_rect(scene, (Rect){matrix->area.x - STRIPE - 2, y, STRIPE, h}, 0, chart_hue_colour(chart, hue));
    }
    for (int64_t c = 0, end; c < matrix->columns; c = end) {
        const uint8_t hue = chart_hue(chart, (Unit){matrix->column, c});
        end = run_end(chart, matrix->column, c, matrix->columns);
        const float x = cell_of(matrix, 0, c).x, w = cell_of(matrix, 0, end).x - x;
        if (hue != HUE_NONE) mark_rect(scene, (Rect){x, matrix->area.y - STRIPE - 2, w, STRIPE}, 0, chart_hue_colour(chart, hue));
    }
}

/* A frame around the part of the matrix that one row of outputs uses: the same block again and again. */
static void blocks_frame(Scene *scene, const Matrix *matrix)
{
    const Chart *chart = matrix->chart;
    const int64_t copies = column_copies(&chart->columns.column[matrix->column]);
    if (copies < 2 || copies > MATRIX_BLOCKS) return;
    const int64_t per = matrix->columns / copies;
    int64_t *low = ARENA_ARRAY(scene->arena, copies, int64_t), *high = ARENA_ARRAY(scene->arena, copies, int64_t);
    for (int64_t g = 0; g < copies; g++) low[g] = INT64_MAX, high[g] = -1;
    for (int64_t i = 0; i < matrix->wires.n; i++) {
        const Wire *wire = &matrix->wires.wire[i];
        const int64_t g = wire->to / per;
        if (wire->from.e < low[g]) low[g] = wire->from.e;
        if (wire->from.e > high[g]) high[g] = wire->from.e;
    }
    for (int64_t g = 0; g < copies; g++) {
        if (high[g] < 0) continue;
        const Rect a = cell_of(matrix, low[g], g * per), b = cell_of(matrix, high[g], g * per + per - 1);
        const Colour hue = chart_hue_colour(chart, chart_hue(chart, (Unit){matrix->column, g * per}));
        mark_box(scene, (Rect){a.x, a.y, b.x + b.w - a.x, b.y + b.h - a.y}, 0, (Colour){0}, hue, 2);
    }
}

static void numbers_draw(Scene *scene, const Matrix *matrix)
{
    const Chart *chart = matrix->chart;
    const float size = type_least(chart->layout.type);
    const Rect cell = cell_of(matrix, 0, 0);
    if (cell.w < size * 3.2F || cell.h < size * 1.2F) return;
    for (int64_t i = 0; i < matrix->wires.n; i++) {
        const Wire *wire = &matrix->wires.wire[i];
        const Rect at = cell_of_wire(matrix, wire);
        const Colour fill = value_colour(chart->view->theme, (double)wire->strength, (double)matrix->wires.strongest, false);
        if (wire->weighted)
            mark_text(scene, (Point){at.x + at.w / 2, at.y + at.h / 2 + size * 0.36F}, ALIGN_CENTRE, FONT_CODE, size,
                      colour_on(chart->view->theme, fill), number_text(scene->arena, (double)wire->strength, 2));
    }
}

static void picks_add(Scene *scene, const Matrix *matrix)
{
    const Chart *chart = matrix->chart;
    if (matrix->wires.n > MATRIX_PICKS) return;
    for (int64_t i = 0; i < matrix->wires.n; i++) {
        const Wire *wire = &matrix->wires.wire[i];
        Pick pick = chart_pick(chart, (Unit){matrix->column, wire->to});
        if (wire->weight < 0) continue;
        pick.type = PICK_WEIGHT;
        pick.weight = wire->weight;
        pick.from = wire->at;
        pick.area = cell_of_wire(matrix, wire);
        pick.label = wire_label(chart, wire, matrix->column);
        mark_rect(scene, pick.area, 0, (Colour){0})->pick = scene_pick(scene, pick);
    }
}

/* What is lit beside is lit here: a unit's column, a weight's cells. */
static void lit_draw(Scene *scene, const Matrix *matrix, const Emphasis *emphasis)
{
    const Theme *theme = matrix->chart->view->theme;
    if (emphasis->unit.column != matrix->column || emphasis->n_lit != 1 || emphasis->lit[0].column != matrix->column) return;
    if (!emphasis->one_wire) {
        const Rect top = cell_of(matrix, 0, emphasis->unit.e);
        mark_box(scene, (Rect){top.x - 1, matrix->area.y - 1, fmaxf(top.w, 1) + 2, matrix->area.h + 2}, 1, (Colour){0}, theme->ink, 2);
        return;
    }
    for (int64_t i = 0; i < emphasis->followers.n; i++)
        mark_box(scene, cell_of_wire(matrix, &emphasis->followers.wire[i]), 0, (Colour){0}, theme->accent, 2);
    mark_box(scene, cell_of_wire(matrix, &emphasis->lit[0].wire[0]), 0, (Colour){0}, theme->ink, 3);
}

/* ---- words ---- */

static const char *nature(const Matrix *matrix, Arena *arena)
{
    const View *view = matrix->chart->view;
    const int64_t used = matrix->wires.n, weights = matrix->weights;
    if (weights > 0 && used > weights)
        return say(view, arena, "picture.matrix_tied", count_text(arena, weights), count_text(arena, used / weights), NULL);
    if (used < size_multiply(matrix->rows, matrix->columns)) return say(view, arena, "picture.matrix_sparse", count_text(arena, used), NULL);
    return say(view, arena, "picture.matrix_full", count_text(arena, used), NULL);
}

static void words_draw(Scene *scene, const Matrix *matrix, Rect room)
{
    const Chart *chart = matrix->chart;
    const View *view = chart->view;
    const Type type = chart->layout.type;
    const char *title = say(view, scene->arena, "picture.matrix", chart->columns.column[matrix->column].name,
                            count_text(scene->arena, matrix->rows), count_text(scene->arena, matrix->columns), NULL);
    const char *lines[] = {title, nature(matrix, scene->arena)};
    const Font fonts[] = {FONT_TEXT_BOLD, FONT_TEXT};
    const Colour inks[] = {view->theme->ink, view->theme->dim};
    for (int i = 0; i < 2; i++) {
        const float size = i ? type.small : type.title, y = room.y + 10 + type.title + (float)i * type.title * 1.45F;
        mark_text(scene, (Point){room.x + room.w / 2, y}, ALIGN_CENTRE, fonts[i], size, inks[i],
                  measure_fit(view->measure, scene->arena, fonts[i], size, lines[i], room.w - 24));
    }
}

/* ---- all ---- */

/* Numbers in the weight tensors that connections use (no biases). */
static int64_t weights_used(const Matrix *matrix)
{
    const Layer *layer = matrix->chart->columns.column[matrix->column].layer;
    bool seen[8] = {false};
    int64_t n = 0;
    for (int64_t i = 0; i < matrix->wires.n; i++) {
        const Wire *wire = &matrix->wires.wire[i];
        if (wire->child >= 0 || wire->weight < 0 || wire->weight >= layer->n_weights || wire->weight >= 8 || seen[wire->weight]) continue;
        seen[wire->weight] = true;
        n = size_add(n, shape_size(&layer->weights[wire->weight].shape));
    }
    return n;
}

static bool matrix_collect(Matrix *matrix)
{
    const Chart *chart = matrix->chart;
    const int64_t told = chart->layout.heading[matrix->column].connections;
    matrix->source = columns_source(&chart->columns, chart->variant->plan, matrix->column, 0);
    matrix->rows = chart->layout.place[matrix->source].block.size;
    matrix->columns = chart->layout.place[matrix->column].block.size;
    if (told < 0 || told > MATRIX_TERMS || matrix->rows <= 0) return false;
    wires_into(&matrix->wires, chart, matrix->column, 0, matrix->columns);
    matrix->weights = weights_used(matrix);
    return matrix->wires.n > 0;
}

void matrix_draw(Scene *scene, const Chart *chart, Rect room, const Emphasis *emphasis)
{
    Matrix matrix = {.chart = chart, .column = column_chosen(chart, emphasis)};
    mark_rect(scene, (Rect){room.x, room.y + 12, 1, room.h - 24}, 0, chart->view->theme->rule);
    if (matrix.column < 0 || !matrix_collect(&matrix)) {
        mark_text(scene, rect_centre(room), ALIGN_CENTRE, FONT_TEXT, chart->layout.type.small, chart->view->theme->dim,
                  measure_fit(chart->view->measure, scene->arena, FONT_TEXT, chart->layout.type.small,
                              say(chart->view, scene->arena, "picture.no_matrix", NULL), room.w - 24));
        return;
    }
    const float head = chart->layout.type.title * 3.2F + 26;
    matrix_place(&matrix, (Rect){room.x + 24, room.y + head, room.w - 40, room.h - head - 16});
    words_draw(scene, &matrix, room);
    cells_fill(scene, &matrix);
    stripes_draw(scene, &matrix);
    numbers_draw(scene, &matrix);
    blocks_frame(scene, &matrix);
    picks_add(scene, &matrix);
    lit_draw(scene, &matrix, emphasis);
}
