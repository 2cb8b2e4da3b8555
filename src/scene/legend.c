#include "scene/legend.h"

#include <math.h>

#include "scene/columns_draw.h"
#include "scene/counts.h"
#include "scene/number.h"
#include "scene/say.h"

enum { SCALE_CELLS = 41 };

/* Where the next piece stands; pieces that do not fit are left out. */
typedef struct Pen {
    Scene       *scene;
    const Chart *chart;
    float        x, y, end, size;
} Pen;

static float pen_width(const Pen *pen, const char *text)
{
    return measure_width(pen->chart->view->measure, FONT_TEXT, pen->size, text);
}

static void pen_text(Pen *pen, Font font, const char *text)
{
    mark_text(pen->scene, (Point){pen->x, pen->y}, ALIGN_LEFT, font, pen->size, pen->chart->view->theme->dim, text);
    pen->x += measure_width(pen->chart->view->measure, font, pen->size, text);
}

/* A bar from `low` to `high` in the colours of the scale. */
static void pen_bar(Pen *pen, double low, Scale scale)
{
    const Theme *theme = pen->chart->view->theme;
    Colour *cells = ARENA_ARRAY(pen->scene->arena, SCALE_CELLS, Colour);
    for (int i = 0; i < SCALE_CELLS; i++)
        cells[i] = value_colour(theme, low + (scale.extent - low) * i / (SCALE_CELLS - 1), scale.extent, scale.ramp);
    const Rect bar = {pen->x, pen->y - pen->size * 0.8F, pen->size * 9, pen->size * 0.85F};
    mark_cells(pen->scene, bar, SCALE_CELLS, 1, cells);
    mark_box(pen->scene, bar, 1, (Colour){0}, theme->dim, 1);
    if (low < 0) mark_rect(pen->scene, (Rect){bar.x + bar.w / 2 - 0.5F, bar.y - 2, 1, bar.h + 4}, 0, theme->ink);
    pen->x += bar.w;
}

static void pen_scale(Pen *pen)
{
    const double extent = pen->chart->view->extent;
    Arena *arena = pen->scene->arena;
    pen_text(pen, FONT_CODE, number_text(arena, -extent, 2));
    pen->x += 6;
    const float from = pen->x;
    pen_bar(pen, -extent, (Scale){extent, false});
    mark_text(pen->scene, (Point){(from + pen->x) / 2, pen->y + pen->size}, ALIGN_CENTRE, FONT_CODE, pen->size,
              pen->chart->view->theme->dim, "0");
    pen->x += 6;
    pen_text(pen, FONT_CODE, number_text(arena, extent, 2));
    pen->x += 22;
}

static void pen_ramp(Pen *pen)
{
    const char *text = say(pen->chart->view, pen->scene->arena, pen->chart->view->theme == &THEME_DARK ? "picture.ramp_bright" : "picture.ramp_dark", NULL);
    if (pen->x + pen_width(pen, text) + pen->size * 10 > pen->end) return;
    pen_text(pen, FONT_CODE, "0");
    pen->x += 6;
    pen_bar(pen, 0, (Scale){1, true});
    pen->x += 6;
    pen_text(pen, FONT_TEXT, text);
    pen->x += 22;
}

static void pen_sign(Pen *pen, const char *id, Colour colour, bool dashed)
{
    const char *text = say(pen->chart->view, pen->scene->arena, id, NULL);
    if (pen->x + pen_width(pen, text) + 30 > pen->end) return;
    const float y = pen->y - pen->size * 0.36F;
    mark_line(pen->scene, (Point){pen->x, y}, (Point){pen->x + 22, y}, colour, 2.5F)->dashed = dashed;
    pen->x += 28;
    pen_text(pen, FONT_TEXT, text);
    pen->x += 18;
}

static void pen_sentence(Pen *pen, const char *id)
{
    const char *text = say(pen->chart->view, pen->scene->arena, id, NULL);
    if (pen->x + pen_width(pen, text) > pen->end) return;
    pen_text(pen, FONT_TEXT, text);
    pen->x += 22;
}

static void pen_sample(Pen *pen, int64_t sample, int64_t samples)
{
    Arena *arena = pen->scene->arena;
    const char *text = say(pen->chart->view, arena, "picture.sample", count_text(arena, sample + 1), count_text(arena, samples), NULL);
    if (pen->x + pen_width(pen, text) > pen->end) return;
    pen_text(pen, FONT_TEXT_MEDIUM, text);
    pen->x += 22;
}

typedef struct Shown { bool numbers, ramp, none, none_rows; int64_t samples; } Shown;

static Shown shown_find(const Chart *chart)
{
    Shown shown = {0};
    for (int c = 0; c < chart->columns.n; c++) {
        const Column *column = &chart->columns.column[c];
        if (column->shape.rank && column->shape.dim[0] == DIM_NONE) shown.none = true;
        for (int i = 1; i < column->shape.rank; i++) shown.none_rows |= column->shape.dim[i] == DIM_NONE;
        if (column->input && column->batch > shown.samples) shown.samples = column->batch;
        if (!chart_tensor(chart, c) || !column_on_page(chart, c)) continue;
        if (chart_scale(chart, c).ramp) shown.ramp = true;
        else shown.numbers = true;
    }
    return shown;
}

void legend_draw(Scene *scene, const Chart *chart, Rect strip, bool signs)
{
    const Layout *layout = &chart->layout;
    const Theme *theme = chart->view->theme;
    if (strip.h <= 0) return;
    const Shown shown = shown_find(chart);
    Pen pen = {.scene = scene, .chart = chart, .x = strip.x + 16, .size = layout->type.small,
               .y = strip.y + strip.h * 0.45F, .end = strip.x + strip.w - 12};
    if (shown.numbers) pen_scale(&pen);
    if (shown.ramp) pen_ramp(&pen);
    if (counts_sentence(&chart->layout)) pen_sentence(&pen, counts_sentence(&chart->layout));
    if (signs) {
        pen_sign(&pen, "picture.positive_weight", theme->positive, false);
        pen_sign(&pen, "picture.negative_weight", theme->negative, theme->print);
    }
    if (chart->variant->run && !chart->variant->run->complete && chart->variant->run->why_not)
        pen_sentence(&pen, chart->variant->run->why_not);
    if (shown.samples > 1) pen_sample(&pen, chart->sample, shown.samples);
    if (shown.none_rows) pen_sentence(&pen, "picture.none_rows");
    if (shown.none) pen_sentence(&pen, "picture.none_axis");
}
