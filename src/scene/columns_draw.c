#include "scene/columns_draw.h"

#include <math.h>
#include <string.h>

#include "scene/say.h"

#define HEADING_LEAST 40.0F   /* narrower ones, where they are cut, say nothing */

enum { FAULT_LINES = 14 };

bool column_on_page(const Chart *chart, int column)
{
    const Place *place = &chart->layout.place[column];
    const Rect area = chart->layout.area;
    const float left = fminf(place->panel.x, place->heading.x), right = fmaxf(place->panel.x + place->panel.w, place->heading.x + place->heading.w);
    return left < area.x + area.w && right > area.x;
}

/* ---- headings ---- */

static float heading_top(const Chart *chart, int column) { return chart->layout.place[column].heading.y; }

static bool stands_alone(const Chart *chart, int column)
{
    return chart->columns.lanes[chart->columns.column[column].depth] == 1;
}

/* A gap between columns. */
typedef struct Gap {
    int   after, before;   /* columns; before -1 = at the end */
    float left, right;
} Gap;

static Point gap_centre(const Chart *chart, const Gap *gap)
{
    const Rect heading = chart->layout.place[gap->after].heading;
    const Type type = chart->layout.type;
    return (Point){(gap->left + gap->right) / 2, heading.y + heading.h - type.small * (type.terse ? 0.4F : 1.7F) - (type.shape + type.title) * 0.3F};
}

static void plus_draw(Scene *scene, Point at, Colour fill, Colour ink)
{
    mark_circle(scene, at, 10, fill, ink, 1.5F);
    mark_line(scene, (Point){at.x - 4.5F, at.y}, (Point){at.x + 4.5F, at.y}, ink, 1.5F);
    mark_line(scene, (Point){at.x, at.y - 4.5F}, (Point){at.x, at.y + 4.5F}, ink, 1.5F);
}

/* Here a layer can be put in. True when the pointer is on it: then a plus stands for the arrow. */
static bool gap_offer(Scene *scene, const Chart *chart, const Gap *gap)
{
    const Column *before = gap->before < 0 ? NULL : &chart->columns.column[gap->before];
    const Pick *hover = &chart->view->hover;
    const float grow = fmaxf(24 - (gap->right - gap->left), 0) / 2;
    const int row = before ? before->row : -1;
    const Pick pick = {
        .type = PICK_INSERT, .variant = chart->which, .layer = row, .step = before ? before->step : -1,
        .tensor = before ? before->tensor : -1, .k = -1, .from = chart->columns.column[gap->after].row, .weight = -1,
        .label = before ? say(chart->view, scene->arena, "picture.insert", before->name, NULL)
                        : say(chart->view, scene->arena, "picture.append", NULL),
        .area = {gap->left - grow, heading_top(chart, gap->after), gap->right - gap->left + 2 * grow, chart->layout.place[gap->after].heading.h}};
    mark_rect(scene, pick.area, 0, (Colour){0})->pick = scene_pick(scene, pick);
    if (hover->type != PICK_INSERT || hover->variant != chart->which || hover->layer != row || hover->from != pick.from) return false;
    plus_draw(scene, gap_centre(chart, gap), chart->view->theme->selection, chart->view->theme->accent);
    return true;
}

/* Beside the last heading, where there is room. */
static void end_offer(Scene *scene, const Chart *chart)
{
    const int last = chart->columns.n - 1;
    if (!chart->view->editable || last < 0 || chart->columns.column[last].owner >= 0 || chart->columns.column[last].fault || !stands_alone(chart, last)) return;
    const float left = chart->layout.place[last].centre + chart->layout.heading[last].width / 2 + 8;
    const Gap gap = {last, -1, left, left + 24};
    if (gap.right > chart->layout.area.x + chart->layout.area.w - 2) return;
    if (!gap_offer(scene, chart, &gap)) plus_draw(scene, gap_centre(chart, &gap), (Colour){0}, colour_fade(chart->view->theme->dim, 0.55F));
}

static void arrow_draw(Scene *scene, const Chart *chart, const Gap *gap)
{
    const float length = fminf(gap->right - gap->left - 12, 24);
    const Point middle = gap_centre(chart, gap);
    const float y = middle.y;
    const Colour colour = chart->view->theme->dim;
    if (length < 8) return;
    const float left = middle.x - length / 2, right = middle.x + length / 2;
    mark_line(scene, (Point){left, y}, (Point){right, y}, colour, 1.5F);
    mark_line(scene, (Point){right - 5, y - 4.5F}, (Point){right, y}, colour, 1.5F);
    mark_line(scene, (Point){right - 5, y + 4.5F}, (Point){right, y}, colour, 1.5F);
}

void arrows_draw(Scene *scene, const Chart *chart)
{
    for (int e = 0; e < chart->columns.n_edges; e++) {
        const int a = chart->columns.edge[e].from, b = chart->columns.edge[e].to;
        const bool adjacent = chart->columns.column[b].depth == chart->columns.column[a].depth + 1 &&
                              chart->layout.place[a].upper == chart->layout.place[b].upper;
        if (!adjacent || !stands_alone(chart, a) || !stands_alone(chart, b)) continue;
        const Gap gap = {a, b, chart->layout.place[a].centre + chart->layout.heading[a].width / 2,
                         chart->layout.place[b].centre - chart->layout.heading[b].width / 2};
        if (gap.right - gap.left < 12) continue;
        if (chart->view->editable && gap_offer(scene, chart, &gap)) continue;
        arrow_draw(scene, chart, &gap);
    }
    end_offer(scene, chart);
}

static bool is_looked_at(const Chart *chart, int column)
{
    const Pick *const picks[] = {&chart->view->hover, &chart->view->focus};
    const Column *at = &chart->columns.column[column];
    for (int i = 0; i < 2; i++) {
        const bool layer = picks[i]->type == PICK_LAYER || picks[i]->type == PICK_SUMMARY_ROW || picks[i]->type == PICK_CODE_LINE;
        if (layer && picks[i]->layer >= 0 && picks[i]->layer == at->row) return true;
        const bool unit = picks[i]->type == PICK_UNIT || picks[i]->type == PICK_WIRE || picks[i]->type == PICK_WEIGHT;
        if (unit && at->shared && picks[i]->layer >= 0 && picks[i]->layer == at->row) return true;
        if (layer && picks[i]->layer < 0 && picks[i]->tensor >= 0 && picks[i]->tensor == at->tensor) return true;
    }
    return false;
}

static void layer_pick(Scene *scene, const Chart *chart, int c)
{
    const Column *column = &chart->columns.column[c];
    const Rect area = chart->layout.place[c].heading;
    const float width = fmaxf(fminf(chart->layout.heading[c].full_width, area.w), 24) + 16;
    const Pick pick = {.type = PICK_LAYER, .variant = chart->which, .layer = column->row, .step = column->step,
                       .tensor = column->tensor, .k = -1, .from = -1, .weight = -1, .label = column->name,
                       .area = {area.x + (area.w - width) / 2, area.y - 4, width, area.h + 4}};
    const Colour fill = is_looked_at(chart, c) ? chart->view->theme->selection : (Colour){0};
    mark_rect(scene, pick.area, 6, fill)->pick = scene_pick(scene, pick);
}

static bool has_heading(const Chart *chart, int column)
{
    return chart->layout.place[column].heading.w > fminf(HEADING_LEAST, chart->layout.heading[column].width) - 1;
}

/* The heading of the lower tier that stands at x, NULL = none. */
static const Place *heading_below(const Chart *chart, float x)
{
    for (int c = 0; c < chart->columns.n; c++) {
        const Place *place = &chart->layout.place[c];
        const bool lower = stands_alone(chart, c) && !place->upper && has_heading(chart, c);
        if (lower && fabsf(x - place->centre) < chart->layout.heading[c].full_width / 2 + 4) return place;
    }
    return NULL;
}

/* From a heading of the upper tier past those of the lower down to its column. */
static void leader_draw(Scene *scene, const Chart *chart, int column)
{
    const Place *place = &chart->layout.place[column], *below;
    const float foot = chart->layout.body.y - 10, head = place->heading.y + place->heading.h, x = place->centre;
    if (!place->upper) return;
    below = heading_below(chart, x);
    const float pause = below ? below->heading.y : foot, on = below ? below->heading.y + below->heading.h : foot;
    mark_line(scene, (Point){x, head}, (Point){x, pause}, chart->view->theme->rule, 1);
    if (on < foot) mark_line(scene, (Point){x, on}, (Point){x, foot}, chart->view->theme->rule, 1);
}

void column_heading_draw(Scene *scene, const Chart *chart, int column)
{
    if (!column_on_page(chart, column)) return;
    layer_pick(scene, chart, column);
    if (!has_heading(chart, column)) return;
    leader_draw(scene, chart, column);
    if (chart->layout.place[column].beside) mark_rect(scene, chart->layout.place[column].heading, 3, colour_fade(chart->view->theme->ground, 0.88F));
    heading_draw(scene, chart->view, &chart->layout.heading[column], &chart->columns.column[column], chart->which,
                 chart->layout.place[column].heading, chart->layout.type);
}

void headings_draw(Scene *scene, const Chart *chart)
{
    for (int c = 0; c < chart->columns.n; c++) column_heading_draw(scene, chart, c);
    arrows_draw(scene, chart);
}

/* ---- faults ---- */

/* The next line of words no wider than room; a word alone is cut. Returns where the next line begins. */
static const char *line_break(const View *view, Arena *arena, const char *text, float size, float room, const char **line)
{
    const char *end = text, *at = text;
    while (*at && *at != '\n') {
        const char *word = at + strcspn(at, " \n");
        if (view->measure->width(view->measure->fonts, FONT_TEXT, size, text, (size_t)(word - text)) > room && end > text) break;
        end = word;
        at = *word == ' ' ? word + 1 : word;
    }
    *line = measure_fit(view->measure, arena, FONT_TEXT, size, arena_copy(arena, text, (size_t)(end - text)), room);
    return *end == ' ' || *end == '\n' ? end + 1 : end;
}

/* Broken into lines; the last ends with dots when there is more. */
static int lines_break(const Chart *chart, Arena *arena, const char *text, float room, int most, const char **lines)
{
    int n = 0;
    while (*text && n < most) {
        const char *next = line_break(chart->view, arena, text, chart->layout.type.small, room, &lines[n++]);
        if (next == text) break;
        text = next;
    }
    if (*text && n) lines[n - 1] = arena_print(arena, "%s \xE2\x80\xA6", lines[n - 1]);
    return n;
}

/* Of what a layer's call raises, Keras wraps its own words in two paragraphs more. */
static const char *own_words(Arena *arena, const char *message)
{
    const char *const wrapping = "Exception encountered when calling";
    const char *blank = strstr(message, "\n\n");
    if (blank && !strncmp(message, wrapping, strlen(wrapping))) message = blank + 2;
    blank = strstr(message, "\n\n");
    return arena_copy(arena, message, blank ? (size_t)(blank - message) : strlen(message));
}

static void fault_arrow(Scene *scene, const Chart *chart, int column, Rect box)
{
    if (column < 1) return;
    const Rect from = chart->layout.place[column - 1].panel;
    const float y = from.y + from.h / 2;
    mark_line(scene, (Point){from.x + from.w + 8, y}, (Point){box.x - 6, box.y + box.h / 2}, chart->view->theme->error, 2)->dashed = true;
}

void fault_draw(Scene *scene, const Chart *chart, int column)
{
    const Rect panel = chart->layout.place[column].panel;
    const Theme *theme = chart->view->theme;
    const Error *error = chart->variant->plan->error;
    const float size = chart->layout.type.small, line = size * 1.4F;
    const char *lines[FAULT_LINES];
    const int most = (int)fmaxf(fminf(panel.h / line - 4, FAULT_LINES), 1);
    const int n = error->message ? lines_break(chart, scene->arena, own_words(scene->arena, error->message), panel.w - 24, most, lines) : 0;
    const float height = line * ((float)n + 1) + 28;
    const Rect box = {panel.x, panel.y + (panel.h - height) / 2, panel.w, height};
    fault_arrow(scene, chart, column, box);
    mark_box(scene, box, 8, colour_fade(theme->error, 0.07F), theme->error, 2);
    mark_text(scene, (Point){box.x + 12, box.y + 12 + size}, ALIGN_LEFT, FONT_TEXT_BOLD, size, theme->error,
              measure_fit(chart->view->measure, scene->arena, FONT_TEXT_BOLD, size, say(chart->view, scene->arena, "picture.fault", NULL), box.w - 24));
    for (int i = 0; i < n; i++)
        mark_text(scene, (Point){box.x + 12, box.y + 14 + size + line * (float)(i + 1)}, ALIGN_LEFT, FONT_TEXT, size, theme->ink, lines[i]);
}

/* ---- what lies outside ---- */

bool overview_find(const Chart *chart, Overview *overview)
{
    const Layout *layout = &chart->layout;
    const Rect track = {layout->area.x + 16, layout->body.y + layout->body.h + 1, layout->area.w - 32, 6};
    const float scale = track.w / layout->page.w;
    if (layout->page.w <= layout->body.w + 1) return false;
    *overview = (Overview){.track = track, .scale = scale,
                           .seen = {track.x + (layout->area.x - layout->page.x) * scale, track.y - 2, layout->area.w * scale, track.h + 4}};
    return true;
}

void minimap_draw(Scene *scene, const Chart *chart)
{
    const Layout *layout = &chart->layout;
    const Theme *theme = chart->view->theme;
    Overview overview;
    if (!overview_find(chart, &overview)) return;
    const Rect track = overview.track;
    const Pick pick = {.type = PICK_WIDGET, .variant = chart->which, .layer = -1, .step = -1, .tensor = -1, .k = -1, .from = -1, .weight = -1,
                       .id = "canvas.scroll", .label = say(chart->view, scene->arena, "canvas.scroll", NULL),
                       .area = {track.x, track.y - 9, track.w, 24}};
    mark_rect(scene, pick.area, 0, (Colour){0})->pick = scene_pick(scene, pick);
    mark_rect(scene, track, 3, theme->rule);
    for (int c = 0; c < chart->columns.n; c++) {
        const float x = track.x + (layout->place[c].centre - layout->page.x) * overview.scale;
        mark_rect(scene, (Rect){x - 1, track.y + 1, 2, track.h - 2}, 0, theme->dim);
    }
    mark_box(scene, overview.seen, 4, colour_fade(theme->accent, 0.2F), theme->accent, 1.5F);
}
