#include "scene/counts.h"

#include <math.h>

#include "scene/columns_draw.h"
#include "scene/number.h"
#include "scene/say.h"

#define CAPTIONS_FROM 700.0F   /* narrower canvases have no names beside the counts */

enum { COUNT_ROWS = 3 };

/* ---- what they say ---- */

static int64_t count_of(const Heading *heading, int row)
{
    return row == 0 ? heading->activations : row == 1 ? heading->connections : heading->params;
}

/* "48 / 96 / 48": the last as arithmetic where it fits. */
static const char *count_line(Arena *arena, const Heading *heading, const char *sum)
{
    Text text = {.arena = arena};
    for (int r = 0; r < COUNT_ROWS; r++) {
        if (count_of(heading, r) < 0) continue;
        text_print(&text, "%s%s", text.length ? " / " : "", sum && r == 2 ? sum : count_text(arena, count_of(heading, r)));
    }
    return text_string(&text);
}

static float text_width(const View *view, const Layout *layout, const char *text)
{
    return measure_width(view->measure, FONT_CODE, layout->type.small, text);
}

/* Of unknown rows, connections are told when the numbers are there: room is kept for them. */
static int64_t count_kept(const Heading *heading, int row)
{
    const int64_t count = count_of(heading, row);
    return row == 1 && count < 0 && heading->params >= 0 ? 10000 : count;
}

float counts_width(const Layout *layout, const View *view, Arena *arena, int column)
{
    const Heading *heading = &layout->heading[column];
    float widest = 0, all = 0;
    for (int r = 0; r < COUNT_ROWS; r++) {
        if (count_kept(heading, r) < 0) continue;
        const float width = text_width(view, layout, count_text(arena, count_kept(heading, r)));
        widest = fmaxf(widest, width);
        all += width + (all > 0 ? text_width(view, layout, " / ") : 0);
    }
    return layout->one_count_line ? all : widest;
}

/* ---- their names ---- */

static const char *const CAPTIONS[COUNT_ROWS] = {"picture.activations", "picture.connections", "picture.parameters"};

static bool has_captions(const Layout *layout) { return layout->has_counts && layout->area.w > CAPTIONS_FROM && !layout->one_count_line; }

float counts_captions(const Layout *layout, const View *view, Arena *arena)
{
    float width = 0;
    if (!has_captions(layout)) return 0;
    for (int r = 0; r < COUNT_ROWS; r++)
        width = fmaxf(width, measure_width(view->measure, FONT_TEXT, layout->type.small, say(view, arena, CAPTIONS[r], NULL)));
    return width + 24;
}

/* ---- drawing ---- */

/* "2×16 + 16 = 48" in the line of parameters, when it fits. */
static const char *count_shown(Scene *scene, const Chart *chart, int column, int row)
{
    const Layout *layout = &chart->layout;
    const Heading *heading = &layout->heading[column];
    const int64_t count = count_of(heading, row);
    if (count < 0) return NULL;
    const float room = layout->place[column].counts_room;
    const char *sum = row == 2 ? heading->sum : NULL;
    if (sum && text_width(chart->view, layout, sum) <= room) return sum;
    const char *text = count_text(scene->arena, count);
    return text_width(chart->view, layout, text) <= room ? text : NULL;
}

static void count_draw(Scene *scene, const Chart *chart, int column, int row, float y)
{
    const char *text = count_shown(scene, chart, column, row);
    const Theme *theme = chart->view->theme;
    if (!text) return;
    mark_text(scene, (Point){chart->layout.place[column].centre, y}, ALIGN_CENTRE, FONT_CODE,
              chart->layout.type.small, count_of(&chart->layout.heading[column], row) ? theme->ink : theme->dim, text);
}

/* Where three lines are too many. */
static void count_line_draw(Scene *scene, const Chart *chart, int column, float y)
{
    const Layout *layout = &chart->layout;
    const Place *place = &layout->place[column];
    const char *line = count_line(scene->arena, &layout->heading[column], layout->heading[column].sum);
    if (text_width(chart->view, layout, line) > place->counts_room) line = count_line(scene->arena, &layout->heading[column], NULL);
    if (text_width(chart->view, layout, line) > place->counts_room) return;
    mark_text(scene, (Point){place->centre, y}, ALIGN_CENTRE, FONT_CODE, layout->type.small, chart->view->theme->ink, line);
}

const char *counts_sentence(const Layout *layout)
{
    if (!layout->has_counts || has_captions(layout)) return NULL;
    return layout->one_count_line ? "picture.count_line" : "picture.count_lines";
}

/* Captions stay on the left while columns pass under them. */
static bool under_captions(const Chart *chart, int column)
{
    const Layout *layout = &chart->layout;
    const bool scrolls = layout->page.w > layout->body.w + 1;
    return scrolls && layout->area.w > CAPTIONS_FROM && layout->place[column].centre < layout->area.x + layout->type.small * 12;
}

void column_counts_draw(Scene *scene, const Chart *chart, int column)
{
    const Layout *layout = &chart->layout;
    if (under_captions(chart, column) && !column_on_page(chart, 0)) return;
    const float top = layout->counts_top + 4;
    if (!layout->has_counts || chart->columns.lanes[chart->columns.column[column].depth] > 1) return;
    if (layout->one_count_line) {
        count_line_draw(scene, chart, column, top + layout->count_height * 0.8F);
        return;
    }
    for (int r = 0; r < COUNT_ROWS; r++) count_draw(scene, chart, column, r, top + layout->count_height * ((float)r + 0.8F));
}

void captions_draw(Scene *scene, const Chart *chart)
{
    const Layout *layout = &chart->layout;
    const float size = layout->type.small, top = layout->counts_top + 4, width = counts_captions(layout, chart->view, scene->arena);
    if (!layout->has_counts) return;
    mark_rect(scene, (Rect){layout->area.x + 16, layout->counts_top - 2, layout->area.w - 32, 1}, 0, chart->view->theme->rule);
    if (!has_captions(layout)) return;
    mark_rect(scene, (Rect){layout->area.x, top, width, layout->count_height * COUNT_ROWS + 4}, 0, chart->view->theme->ground);
    for (int r = 0; r < COUNT_ROWS; r++)
        mark_text(scene, (Point){layout->area.x + 16, top + layout->count_height * ((float)r + 0.8F)}, ALIGN_LEFT, FONT_TEXT, size,
                  chart->view->theme->dim, say(chart->view, scene->arena, CAPTIONS[r], NULL));
}

void counts_draw(Scene *scene, const Chart *chart)
{
    for (int c = 0; c < chart->columns.n; c++) column_counts_draw(scene, chart, c);
    captions_draw(scene, chart);
}
