#include "app/ui.h"

#include <string.h>

#include "app/command.h"

static const float BUTTON_SIZE = 14;

Ui ui_begin(const App *app, Scene *scene)
{
    return (Ui){.app = app, .scene = scene, .theme = app_theme(app), .s = app->page.scale};
}

const char *ui_say(const Ui *ui, const char *id)
{
    return strings_say(ui->app->strings, id);
}

const char *ui_fill(const Ui *ui, const char *id, ...)
{
    const char *values[10];
    int n = 0;
    va_list list;
    va_start(list, id);
    for (const char *value; n < 10 && (value = va_arg(list, const char *));) values[n++] = value;
    va_end(list);
    return strings_fill_values(ui->app->strings, ui->scene->arena, id, values, n);
}

/* ---- text ---- */

float ui_baseline(const Ui *ui, float y, float size)
{
    return y + size * ui->s * 0.36f;
}

float ui_width(const Ui *ui, Font font, float size, const char *text)
{
    return measure_width(&ui->app->measure, font, size * ui->s, text);
}

float ui_text(const Ui *ui, float x, float y, Align align, Style style, const char *text)
{
    mark_text(ui->scene, (Point){x, ui_baseline(ui, y, style.size)}, align, style.font, style.size * ui->s, style.colour, text);
    return ui_width(ui, style.font, style.size, text);
}

float ui_text_fit(const Ui *ui, float x, float y, float width, Style style, const char *text)
{
    if (width <= 0) return 0;
    return ui_text(ui, x, y, ALIGN_LEFT, style, measure_fit(&ui->app->measure, ui->scene->arena, style.font, style.size * ui->s, text, width));
}

/* The bytes of one line: as many words as fit, at least one. */
static size_t line_length(const Ui *ui, const char *text, float width, Style style)
{
    const Measure *measure = &ui->app->measure;
    size_t good = 0, at = 0;
    while (text[at] && text[at] != '\n') {
        at += strspn(text + at, " ");
        at += strcspn(text + at, " \n");
        if (measure->width(measure->fonts, style.font, style.size * ui->s, text, at) > width && good) return good;
        good = at;
    }
    return at;
}

int ui_paragraph(const Ui *ui, float x, float y, float width, float pitch, int most, Style style, const char *text)
{
    int lines = 0;
    while (*text && lines < most) {
        const size_t length = line_length(ui, text, width, style);
        const bool last = lines == most - 1;
        const char *line = last ? text : arena_copy(ui->scene->arena, text, length);
        ui_text_fit(ui, x, y + (float)lines * pitch, width + 1, style, line);
        lines++;
        text += length;
        text += strspn(text, " \n");
    }
    return lines;
}

/* ---- widgets ---- */

static Pick widget(const Ui *ui, Rect area, const char *id, const char *label)
{
    (void)ui;
    return (Pick){.type = PICK_WIDGET, .layer = -1, .step = -1, .tensor = -1, .k = -1, .from = -1, .weight = -1, .id = id, .label = label, .area = area};
}

void ui_ground(const Ui *ui, Rect area, Colour colour)
{
    const int pick = scene_pick(ui->scene, widget(ui, area, "page", NULL));
    mark_rect(ui->scene, area, 0, colour)->pick = pick;
}

void ui_hot(const Ui *ui, Rect area, const char *id, const char *label)
{
    const int pick = scene_pick(ui->scene, widget(ui, area, id, label));
    mark_rect(ui->scene, area, 0, (Colour){0})->pick = pick;
}

bool ui_hovered(const Ui *ui, const char *id)
{
    const Pick *hover = &ui->app->gaze.hover.pick;
    return hover->type == PICK_WIDGET && hover->id && strcmp(hover->id, id) == 0;
}

/* "Undo (Ctrl+Z)". */
static const char *command_label(const Ui *ui, const char *id)
{
    const Command *command = command_find(id);
    const char *name = ui_say(ui, id), *keys = command ? command_keys(command, ui->scene->arena) : "";
    return *keys ? arena_print(ui->scene->arena, "%s (%s)", name, keys) : name;
}

static bool enabled(const Ui *ui, const char *id)
{
    const Command *command = command_find(id);
    return !command || command_can(ui->app, command);
}

float ui_link(const Ui *ui, float right, float y, const char *id, const char *text, bool on)
{
    const bool lit = on || ui_hovered(ui, id);
    const Colour colour = !enabled(ui, id) ? colour_fade(ui->theme->dim, 0.6f) : lit ? ui->theme->accent : ui->theme->ink;
    const float width = ui_width(ui, FONT_TEXT_MEDIUM, 15, text), reach = width < 12 * ui->s ? 12 * ui->s : 8 * ui->s;
    ui_hot(ui, (Rect){right - width - reach, y - 16 * ui->s, width + 2 * reach, 32 * ui->s}, id, command_label(ui, id));
    return ui_text(ui, right, y, ALIGN_RIGHT, (Style){FONT_TEXT_MEDIUM, 15, colour}, text);
}

float ui_button_width(const Ui *ui, const char *label)
{
    return ui_width(ui, FONT_TEXT_MEDIUM, BUTTON_SIZE, label) + 28 * ui->s;
}

void ui_button(const Ui *ui, Rect area, const char *id, const char *label, bool primary)
{
    const Theme *theme = ui->theme;
    const bool able = enabled(ui, id), hovered = able && ui_hovered(ui, id);
    const Colour ground = primary ? theme->accent : hovered ? theme->selection : theme->panel;
    const Colour ink = !able ? theme->dim : primary ? theme->on_accent : theme->ink;
    const int pick = scene_pick(ui->scene, widget(ui, area, id, label));
    mark_box(ui->scene, area, 6 * ui->s, ground, primary ? theme->accent : theme->rule, 1)->pick = pick;
    ui_text(ui, area.x + area.w / 2, area.y + area.h / 2, ALIGN_CENTRE, (Style){FONT_TEXT_MEDIUM, BUTTON_SIZE, ink}, label);
}

void ui_switch(const Ui *ui, Point centre, const char *id, float slide)
{
    const float w = 52 * ui->s, h = 26 * ui->s, r = h / 2;
    const Rect area = {centre.x - w / 2, centre.y - h / 2, w, h};
    const Colour track = colour_mix(ui->theme->dim, ui->theme->accent, slide);
    const int pick = scene_pick(ui->scene, widget(ui, area, id, command_label(ui, id)));
    mark_rect(ui->scene, area, r, enabled(ui, id) ? track : ui->theme->rule)->pick = pick;
    mark_circle(ui->scene, (Point){area.x + r + slide * (w - h), centre.y}, r - 3 * ui->s, ui->theme->panel, (Colour){0}, 0);
}
