#include "app/bar.h"

#include "app/ui.h"

static const float LEFT = 24, TITLE = 20, NAME = 14.5f;

static float middle(const App *app)
{
    return app->page.bar.y + app->page.bar.h / 2;
}

static float width(const App *app, Font font, float size, const char *text)
{
    return measure_width(&app->measure, font, size * app->page.scale, text);
}

static const char *model_name(const App *app)
{
    const Reading *reading = &app->study.shown->reading;
    return app->study.shown->failed || reading->shown < 0 || reading->n_models < 2 ? NULL : reading->models[reading->shown].variable;
}

static const char *document_name(const App *app, Arena *arena)
{
    return buffer_dirty(&app->editor.buffer) ? arena_print(arena, "• %s", app->name) : app->name;
}

static const char *const LINKS[] = {"help.keys", "menu.export", "theme.next", "matrix.toggle", "compare.toggle"};
enum { LINK_HELP, LINK_EXPORT, LINK_THEME, LINK_MATRIX, LINK_COMPARE, N_LINKS };

static const char *link_label(const App *app, int i)
{
    return i == LINK_HELP ? "?" : strings_say(app->strings, LINKS[i]);
}

static float links_width(const App *app)
{
    float sum = LEFT * app->page.scale;
    for (int i = 0; i < N_LINKS; i++) sum += width(app, FONT_TEXT_MEDIUM, 15, link_label(app, i)) + 28 * app->page.scale;
    return sum;
}

static float switch_width(const App *app)
{
    return width(app, FONT_TEXT_BOLD, 15, "Flatten") + width(app, FONT_TEXT_BOLD, 15, "off") + 110 * app->page.scale;
}

static float model_width(const App *app)
{
    const char *name = app->study.shown ? model_name(app) : NULL;
    return name ? width(app, FONT_CODE, NAME, name) + 34 * app->page.scale : 0;
}

Rect bar_file(const App *app)
{
    Arena scratch;
    app_memory(app, &scratch);
    const float s = app->page.scale, x = LEFT * s + width(app, FONT_TEXT_BOLD, TITLE, "shapeflow") + 6 * s;
    const float room = app->page.bar.w - x - links_width(app) - switch_width(app) - model_width(app) - 24 * s;
    const float wanted = width(app, FONT_TEXT, NAME, document_name(app, &scratch)) + 34 * s;
    arena_close(&scratch);
    return (Rect){x, middle(app) - 16 * s, wanted < room ? wanted : room, 32 * s};
}

Rect bar_model(const App *app)
{
    const Rect file = bar_file(app);
    const float s = app->page.scale;
    return (Rect){file.x + file.w + 8 * s, file.y, model_width(app), file.h};
}

/* A small triangle: something drops down here. */
static void chevron_draw(const Ui *ui, Point at)
{
    const float r = 3.5f * ui->s;
    mark_line(ui->scene, (Point){at.x - r, at.y - r / 2}, (Point){at.x, at.y + r / 2}, ui->theme->dim, 1.5f * ui->s);
    mark_line(ui->scene, (Point){at.x, at.y + r / 2}, (Point){at.x + r, at.y - r / 2}, ui->theme->dim, 1.5f * ui->s);
}

static void drop_draw(const Ui *ui, Rect area, const char *id, Font font, const char *text)
{
    ui_hot(ui, area, id, ui_say(ui, id));
    if (ui_hovered(ui, id)) mark_rect(ui->scene, area, 6 * ui->s, ui->theme->selection);
    const float y = area.y + area.h / 2;
    const float w = ui_text_fit(ui, area.x + 6 * ui->s, y, area.w - 26 * ui->s, (Style){font, NAME, ui->theme->dim}, text);
    const float drawn = w < area.w - 26 * ui->s ? w : area.w - 26 * ui->s;
    chevron_draw(ui, (Point){area.x + drawn + 16 * ui->s, y + 1 * ui->s});
}

static void name_draw(const Ui *ui)
{
    const App *app = ui->app;
    ui_text(ui, LEFT * ui->s, middle(app), ALIGN_LEFT, (Style){FONT_TEXT_BOLD, TITLE, ui->theme->ink}, "shapeflow");
    drop_draw(ui, bar_file(app), "menu.file", FONT_TEXT, document_name(app, ui->scene->arena));
    if (app->study.shown && model_name(app)) drop_draw(ui, bar_model(app), "menu.model", FONT_CODE, model_name(app));
}

/* Which side the switch is on: that of the text, or during the animation on its way there. */
static float slide_of(const App *app)
{
    const float on = app->study.state == FLATTEN_ON ? 1 : 0, t = motion_progress(&app->motion, app->seconds);
    return app->motion.running ? on * t + (1 - on) * (1 - t) : on;
}

static void switch_draw(const Ui *ui, float x)
{
    const App *app = ui->app;
    const float y = middle(app);
    const bool on = app->study.state == FLATTEN_ON, nothing = app->study.state == FLATTEN_NOTHING;
    const Colour ink = nothing ? ui->theme->dim : ui->theme->ink;
    x += ui_text(ui, x, y, ALIGN_LEFT, (Style){FONT_TEXT_BOLD, 15, ink}, "Flatten") + 14 * ui->s;
    ui_switch(ui, (Point){x + 26 * ui->s, y}, "flatten.toggle", slide_of(app));
    x += 64 * ui->s;
    const Style state = {FONT_TEXT_BOLD, 15, on ? ui->theme->accent : ui->theme->dim};
    const float w = ui_text(ui, x, y, ALIGN_LEFT, state, ui_say(ui, on ? "switch.on" : "switch.off"));
    ui_text(ui, x + w + 15 * ui->s, y, ALIGN_LEFT, (Style){FONT_TEXT, 13, ui->theme->dim}, "F");
}

static bool link_on(const App *app, int i)
{
    return (i == LINK_MATRIX && app->matrix) || (i == LINK_COMPARE && app->compare);
}

static void links_draw(const Ui *ui)
{
    const Rect bar = ui->app->page.bar;
    float right = bar.x + bar.w - 24 * ui->s;
    for (int i = 0; i < N_LINKS; i++)
        right -= ui_link(ui, right, middle(ui->app), LINKS[i], link_label(ui->app, i), link_on(ui->app, i)) + 28 * ui->s;
}

Rect bar_export(const App *app)
{
    const Rect bar = app->page.bar;
    const float s = app->page.scale, w = 90 * s;
    return (Rect){bar.x + bar.w - w - 40 * s, middle(app) - 16 * s, w, 32 * s};
}

/* In the middle of the bar while there is room, else between the name and the links. */
static float switch_left(const Ui *ui)
{
    const App *app = ui->app;
    const Rect model = bar_model(app), bar = app->page.bar;
    const float w = switch_width(app), wanted = bar.x + (bar.w - w) / 2 - bar.w * 0.01f;
    const float most = bar.x + bar.w - links_width(app) - w, least = model.x + model.w + 16 * ui->s;
    const float left = wanted > most ? most : wanted;
    return left < least ? least : left;
}

void bar_draw(const App *app, Scene *scene)
{
    const Ui ui = ui_begin(app, scene);
    const Rect bar = app->page.bar;
    if (bar.h <= 0) return;
    ui_ground(&ui, bar, ui.theme->panel);
    mark_line(scene, (Point){bar.x, bar.y + bar.h}, (Point){bar.x + bar.w, bar.y + bar.h}, ui.theme->rule, 1);
    name_draw(&ui);
    if (app->study.shown) switch_draw(&ui, switch_left(&ui));
    links_draw(&ui);
}
