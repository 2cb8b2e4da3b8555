#include "app/inspector.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/fault_pane.h"
#include "app/sentences.h"
#include "app/ui.h"

static const float TITLE = 30, FORMULA = 63, NOTE = 95, LINE = 22, BUTTON = 17, TRANSPORT = 196, MARGIN = 27;

static Rect text_area(const App *app)
{
    const Rect pane = app->page.inspector;
    const float s = app->page.scale;
    return (Rect){pane.x + MARGIN * s, pane.y, pane.w - (MARGIN * 2 + TRANSPORT) * s, pane.h};
}

/* ---- transport ---- */

static Rect scrub_area(const App *app)
{
    const Rect pane = app->page.inspector;
    const float s = app->page.scale;
    return (Rect){pane.x + pane.w - (TRANSPORT - 14) * s, pane.y + 88 * s, (TRANSPORT - 56) * s, 24 * s};
}

void inspector_scrub(App *app, Point at)
{
    const Rect area = scrub_area(app);
    if (app->study.shown) playback_scrub(&app->playback, &app->study.shown->plan, (at.x - area.x) / area.w);
}

static void triangle_draw(const Ui *ui, Point centre, float size, float way)
{
    Point *points = ARENA_ARRAY(ui->scene->arena, 3, Point);
    points[0] = (Point){centre.x - way * size * 0.8f, centre.y - size};
    points[1] = (Point){centre.x - way * size * 0.8f, centre.y + size};
    points[2] = (Point){centre.x + way * size, centre.y};
    Mark *mark = scene_add(ui->scene, MARK_POLYGON);
    mark->points = points;
    mark->n_points = 3;
    mark->fill = ui->theme->ink;
}

static void bar_draw(const Ui *ui, Point centre, float height)
{
    mark_rect(ui->scene, (Rect){centre.x - 1.25f * ui->s, centre.y - height, 2.5f * ui->s, 2 * height}, 0, ui->theme->ink);
}

static void round_button(const Ui *ui, Point centre, const char *id)
{
    const float r = BUTTON * ui->s;
    const Colour ground = ui_hovered(ui, id) ? ui->theme->selection : colour_mix(ui->theme->panel, ui->theme->rule, 0.5f);
    mark_circle(ui->scene, centre, r, ground, (Colour){0}, 0);
    ui_hot(ui, (Rect){centre.x - r, centre.y - r, 2 * r, 2 * r}, id, ui_say(ui, id));
}

static void scrub_draw(const Ui *ui)
{
    const App *app = ui->app;
    const Plan *plan = &app->study.shown->plan;
    const Rect area = scrub_area(app);
    const float y = area.y + area.h / 2, share = app->playback.progress / (float)plan->n_steps;
    const float x = area.x + area.w * fminf(share, 1);
    mark_line(ui->scene, (Point){area.x, y}, (Point){area.x + area.w, y}, ui->theme->rule, 3 * ui->s);
    mark_line(ui->scene, (Point){area.x, y}, (Point){x, y}, ui->theme->accent, 3 * ui->s);
    mark_circle(ui->scene, (Point){x, y}, 6 * ui->s, ui->theme->accent, (Colour){0}, 0);
    ui_hot(ui, area, "play.scrub", ui_say(ui, "play.scrub"));
}

static void transport_draw(const Ui *ui)
{
    const App *app = ui->app;
    const Rect pane = app->page.inspector;
    const float y = pane.y + 66 * ui->s, right = pane.x + pane.w - 62 * ui->s, gap = 43.5f * ui->s, size = 8 * ui->s;
    if (!app->study.shown || !app->study.shown->plan.n_steps) return;
    const Point back = {right - 2 * gap, y}, play = {right - gap, y}, on = {right, y};
    round_button(ui, back, "play.previous");
    round_button(ui, play, "play.toggle");
    round_button(ui, on, "play.next");
    triangle_draw(ui, (Point){back.x + 2 * ui->s, y}, size, -1);
    bar_draw(ui, (Point){back.x - 6.5f * ui->s, y}, size);
    triangle_draw(ui, (Point){on.x - 2 * ui->s, y}, size, 1);
    bar_draw(ui, (Point){on.x + 6.5f * ui->s, y}, size);
    if (app->playback.playing) {
        bar_draw(ui, (Point){play.x - 4 * ui->s, y}, size);
        bar_draw(ui, (Point){play.x + 4 * ui->s, y}, size);
    } else triangle_draw(ui, play, size, 1);
    if (app->playback.progress >= 0) scrub_draw(ui);
}

/* ---- the text ---- */

static void title_draw(const Ui *ui, Rect area, const char *name, const char *sentence)
{
    const float y = area.y + TITLE * ui->s;
    float x = area.x;
    if (*name) x += ui_text(ui, x, y, ALIGN_LEFT, (Style){FONT_CODE_BOLD, 17, ui->theme->ink}, name) + 10 * ui->s;
    ui_text_fit(ui, x, y, area.x + area.w - x, (Style){FONT_TEXT_BOLD, 15.5f, ui->theme->ink}, sentence);
}

static int lines_of(const App *app)
{
    return (int)((app->page.inspector.h - FORMULA * app->page.scale) / (LINE * app->page.scale));
}

/* A higher pane shows more of a sum; two lines are kept for the note. */
static int formula_lines(const App *app)
{
    const int lines = lines_of(app) - 3;
    return lines > 1 ? lines : 1;
}

static void tell(Sentences *sentences, const App *app, Arena *arena)
{
    const int lines = formula_lines(app);
    const float width = text_area(app).w, ragged = 120 * app->page.scale;   /* what breaking at words leaves empty */
    sentences_find(sentences, app, arena, width + (float)(lines - 1) * (width - ragged));
}

static void lines_draw(const Ui *ui, Rect area, const Sentences *sentences)
{
    const Style code = {FONT_CODE, 14, ui->theme->dim}, text = {FONT_TEXT, 14, ui->theme->dim};
    const float pitch = LINE * ui->s;
    const int used = ui_paragraph(ui, area.x, area.y + FORMULA * ui->s, area.w, pitch, formula_lines(ui->app), code, sentences->formula);
    const int left = lines_of(ui->app) - (used > 1 ? used : 1);
    const float y = used ? NOTE * ui->s + (float)(used - 1) * pitch : FORMULA * ui->s;
    ui_paragraph(ui, area.x, area.y + y, area.w, pitch, left > 1 ? left : 1, text, sentences->note);
}

static void subject_draw(const Ui *ui)
{
    const Rect area = text_area(ui->app);
    Sentences sentences;
    tell(&sentences, ui->app, ui->scene->arena);
    title_draw(ui, area, sentences.name, sentences.title);
    lines_draw(ui, area, &sentences);
}

void inspector_page(App *app, int by)
{
    Arena arena;
    Sentences sentences;
    app_memory(app, &arena);
    tell(&sentences, app, &arena);
    const int64_t page = sentences.terms_shown > 0 ? sentences.terms_shown : 1, next = app->first_term + by * page;
    if (by < 0 || next < sentences.n_terms) app->first_term = next < 0 ? 0 : next;
    arena_close(&arena);
}

static void fold_draw(const Ui *ui, Rect pane)
{
    ui_hot(ui, pane, "view.inspector", ui_say(ui, "view.inspector"));
    mark_line(ui->scene, (Point){pane.x + pane.w / 2 - 12 * ui->s, pane.y + pane.h / 2}, (Point){pane.x + pane.w / 2 + 12 * ui->s, pane.y + pane.h / 2},
              ui->theme->dim, 3 * ui->s);
}

void inspector_draw(const App *app, Scene *scene)
{
    const Ui ui = ui_begin(app, scene);
    const Rect pane = app->page.inspector;
    if (pane.h <= 0) return;
    ui_ground(&ui, pane, ui.theme->panel);
    mark_line(scene, (Point){pane.x, pane.y}, (Point){pane.x + pane.w, pane.y}, ui.theme->rule, 1);
    if (app->settings.inspector_folded) {
        fold_draw(&ui, pane);
        return;
    }
    mark_clip(scene, pane);
    if (study_faulty(&app->study)) fault_pane_draw(app, scene, text_area(app));
    else subject_draw(&ui);
    transport_draw(&ui);
    mark_unclip(scene);
}
