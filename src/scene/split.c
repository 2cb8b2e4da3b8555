#include "scene/split.h"

#include <math.h>

#define LEGEND_FROM 380.0F    /* canvases lower than this have none */

/* Beside a wide model, below a narrow one. */
static void matrix_split(Rect *model, Rect *matrix)
{
    if (model->w > model->h * 1.2F) {
        const float w = fminf(model->w * 0.4F, model->h * 1.2F);
        *matrix = (Rect){model->x + model->w - w, model->y, w, model->h};
        model->w -= w;
        return;
    }
    const float h = model->h * 0.42F;
    *matrix = (Rect){model->x, model->y + model->h - h, model->w, h};
    model->h -= h;
}

Split split_make(const View *view)
{
    Split split = {.model = {view->area}};
    Rect *area = &split.model[0];
    const float line = layout_type(view, view->area).small * 2.15F;
    if (view->area.h > LEGEND_FROM * view->scale) {
        area->h -= line;
        split.legend = (Rect){area->x, area->y + area->h, area->w, line};
    }
    if (view->other.plan) {
        area->h = floorf(area->h / 2);
        split.model[1] = *area;
        split.model[1].y += area->h;
    }
    for (int i = 0; view->matrix && i < (view->other.plan ? 2 : 1); i++) matrix_split(&split.model[i], &split.matrix[i]);
    return split;
}

/* The model with fewer columns stands under (over) the same columns of the other, when it has no others. */
static void charts_align(Chart *chart, const Chart *to)
{
    float *centre = ARENA_ARRAY(chart->arena, chart->columns.n + 1, float);
    if (chart->columns.n > to->columns.n) return;
    for (int c = 0; c < chart->columns.n; c++) {
        const int there = chart_match_column(chart, c, to);
        if (there < 0) return;
        centre[c] = to->layout.place[there].centre;
        if (c && !(centre[c] > centre[c - 1])) return;
    }
    layout_align(&chart->layout, chart->columns.n, centre);
}

int charts_make(Chart chart[2], Arena *arena, const View *view)
{
    const Split split = split_make(view);
    chart_make(&chart[0], arena, view, &view->now, 0, split.model[0]);
    if (!view->other.plan) return 1;
    chart_make(&chart[1], arena, view, &view->other, 1, split.model[1]);
    charts_align(&chart[0], &chart[1]);
    charts_align(&chart[1], &chart[0]);
    chart[0].pair = &chart[1];
    chart[1].pair = &chart[0];
    return 2;
}

bool charts_visit(const View *view, ChartWork work, void *given)
{
    Arena arena;
    ArenaTry attempt;
    volatile bool done = false;
    if (!view->now.plan) return false;
    arena_open(&arena, 0);
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) {
        Chart charts[2];
        work(charts, charts_make(charts, &arena, view), given);
        done = true;
    }
    arena_try_end(&arena, &attempt);
    arena_close(&arena);
    return done;
}
