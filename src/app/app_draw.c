/* The page: the picture first, because its still marks are kept, then the panes over it. */
#include <string.h>

#include "app/app.h"
#include "app/bar.h"
#include "app/command.h"
#include "app/inspector.h"
#include "app/pointing.h"
#include "app/sheet.h"
#include "app/summary_pane.h"
#include "app/ui.h"

enum { LIT_MAX = 4, FAULTS_MAX = 64 };

static void canvas_draw(const App *app, Scene *scene)
{
    View view;
    if (!app->study.shown) return;
    app_view(app, &view);
    picture_draw(scene, &view);
}

/* ---- the code pane ---- */

static Span span_of_layer(const Snapshot *snapshot, int layer)
{
    if (layer < 0 || layer >= snapshot->plan.n_rows) return SPAN_NONE;
    const Layer *found = snapshot->plan.layers[layer].layer;
    if (found->place < 0 || found->place >= snapshot->reading.n_places) return found->span;
    return snapshot->reading.places[found->place].statement;
}

static int faults_of(const App *app, Span *spans)
{
    const Snapshot *now = app->study.now;
    int n = 0;
    if (!now || now->failed) return 0;
    const Error *error = &now->reading.error;
    if (error->set && span_known(span_known(error->at) ? error->at : error->span)) spans[n++] = span_known(error->at) ? error->at : error->span;
    for (int i = 0; i < now->reading.n_faults && n < FAULTS_MAX; i++)
        if (span_known(now->reading.faults[i].at)) spans[n++] = now->reading.faults[i].at;
    return n;
}

static void code_draw(const App *app, Scene *scene)
{
    Span lit[LIT_MAX], faults[FAULTS_MAX];
    const Snapshot *now = app->study.now;
    EditorLook look = {.theme = app_theme(app), .focused = app->attention == ATTENTION_CODE && !app->field.kind,
                       .bar_lit = pointing_bar(app) == DRAG_CODE_BAR, .lit = lit, .faults = faults};
    if (!study_stale(&app->study) && now && !now->failed) {
        lit[look.n_lit] = span_of_layer(now, summary_lit(app));
        if (span_known(lit[look.n_lit])) look.n_lit++;
    }
    if (now && !now->failed) look.dimmed = now->reading.dimmed, look.n_dimmed = now->reading.n_dimmed;
    look.n_faults = faults_of(app, faults);
    editor_draw(&app->editor, scene, app->page.code, &look);
}

static void caption_draw(const Ui *ui, Rect below, const char *id)
{
    ui_text(ui, below.x + 24 * ui->s, below.y - 19 * ui->s, ALIGN_LEFT, (Style){FONT_TEXT_BOLD, 13, ui->theme->dim}, ui_say(ui, id));
}

static void fold_draw(const Ui *ui, Rect side)
{
    ui_hot(ui, side, "view.code", ui_say(ui, "view.code"));
    mark_line(ui->scene, (Point){side.x + side.w / 2, side.y + side.h / 2 - 12 * ui->s}, (Point){side.x + side.w / 2, side.y + side.h / 2 + 12 * ui->s},
              ui->theme->dim, 3 * ui->s);
}

static void side_draw(const App *app, Scene *scene)
{
    const Ui ui = ui_begin(app, scene);
    const Rect side = app->page.side;
    if (side.w <= 0) return;
    ui_ground(&ui, side, ui.theme->code_ground);
    mark_line(scene, (Point){side.x + side.w, side.y}, (Point){side.x + side.w, side.y + side.h}, ui.theme->rule, 1);
    if (app->settings.code_folded) fold_draw(&ui, side);
    if (app->page.code.h > 0) {
        caption_draw(&ui, app->page.code, "code.caption");
        code_draw(app, scene);
    }
    if (app->page.summary.h > 0) {
        caption_draw(&ui, app->page.summary, "summary.caption");
        summary_draw(app, scene);
    }
}

/* ---- over everything ---- */

static void notice_draw(const App *app, Scene *scene)
{
    const Ui ui = ui_begin(app, scene);
    if (!app->notice[0]) return;
    const float most = app->page.canvas.w - 40 * ui.s, wanted = ui_width(&ui, FONT_TEXT_MEDIUM, 14, app->notice) + 32 * ui.s;
    const float w = wanted < most ? wanted : most, h = 34 * ui.s;
    const Rect box = {app->page.canvas.x + (app->page.canvas.w - w) / 2, app->page.canvas.y + app->page.canvas.h - h - 14 * ui.s, w, h};
    mark_box(scene, box, h / 2, ui.theme->ink, (Colour){0}, 0);
    ui_text_fit(&ui, box.x + 16 * ui.s, box.y + h / 2, w - 30 * ui.s, (Style){FONT_TEXT_MEDIUM, 14, ui.theme->ground}, app->notice);
}

/* Says what is under the pointer: what a button does, or the unit's own words. */
static void tooltip_draw(const App *app, Scene *scene)
{
    const Ui ui = ui_begin(app, scene);
    const Pick *hover = &app->gaze.hover.pick;
    if (hover->type == PICK_NONE || !hover->label || !*hover->label || app->drag != DRAG_NONE) return;
    if (app->field.kind || app->menu.kind || app->sheet != SHEET_NONE) return;
    const char *text = hover->label;
    if (ui_hovered(&ui, "flatten.toggle") && app->study.state == FLATTEN_NOTHING && app->study.why) text = ui_say(&ui, app->study.why);
    const float w = ui_width(&ui, FONT_TEXT, 13, text) + 20 * ui.s, h = 26 * ui.s;
    Rect box = {app->pointer.x + 14 * ui.s, app->pointer.y + 18 * ui.s, w, h};
    if (box.x + w > app->page.all.w - 6) box.x = app->page.all.w - 6 - w;
    if (box.x < 6) box.x = 6;
    if (box.y + h > app->page.all.h - 6) box.y = app->pointer.y - h - 10 * ui.s;
    mark_box(scene, box, 5 * ui.s, ui.theme->panel, ui.theme->rule, 1);
    ui_text(&ui, box.x + 10 * ui.s, box.y + h / 2, ALIGN_LEFT, (Style){FONT_TEXT, 13, ui.theme->ink}, text);
}

void app_draw_panes(const App *app, Scene *scene)
{
    scene->title = app->name;
    side_draw(app, scene);
    inspector_draw(app, scene);
    bar_draw(app, scene);
    field_draw(app, scene);
    menu_draw(app, scene);
    notice_draw(app, scene);
    sheet_draw(app, scene);
    tooltip_draw(app, scene);
}

void app_draw(const App *app, Scene *scene)
{
    canvas_draw(app, scene);
    app_draw_panes(app, scene);
}
