#include "app/fault_pane.h"

#include <stdio.h>
#include <string.h>

#include "app/ui.h"

static const char *const FIX_COMMANDS[ERROR_FIXES] = {"fix.first", "fix.second", "fix.third", "fix.fourth", "fix.fifth", "fix.sixth"};

static int fixes_of(const App *app, Arena *arena, TextFix *fixes)
{
    const Snapshot *now = app->study.now;
    if (!now || now->failed || !now->reading.error.set) return 0;
    return fixes_find(&now->reading, &now->how, arena, fixes, ERROR_FIXES);
}

int fault_fixes(const App *app)
{
    TextFix fixes[ERROR_FIXES];
    Arena arena;
    app_memory(app, &arena);
    const int n = fixes_of(app, &arena, fixes);
    arena_close(&arena);
    return n;
}

void fault_fix(App *app, int index)
{
    TextFix fixes[ERROR_FIXES];
    Arena arena;
    app_memory(app, &arena);
    if (index < fixes_of(app, &arena, fixes)) app_apply(app, &fixes[index].edits);
    arena_close(&arena);
}

static float fixes_draw(const Ui *ui, Rect area, float y)
{
    TextFix fixes[ERROR_FIXES];
    const int n = fixes_of(ui->app, ui->scene->arena, fixes);
    const float height = 28 * ui->s;
    float x = area.x;
    for (int i = 0; i < n; i++) {
        const char *label = arena_print(ui->scene->arena, "%s   Alt+%d", fixes[i].label, i + 1);
        const float width = ui_button_width(ui, label);
        if (x > area.x && x + width > area.x + area.w) break;
        ui_button(ui, (Rect){x, y, width, height}, FIX_COMMANDS[i], label, i == 0);
        x += width + 10 * ui->s;
    }
    return n ? height : 0;
}

static const char *message_of(const Ui *ui, const Snapshot *now)
{
    if (now->failed) return ui_say(ui, "fault.memory");
    if (!now->reading.error.set) return ui_say(ui, "fault.no_model");
    return now->reading.error.message;
}

static const char *place_of(const Ui *ui, const Snapshot *now)
{
    const Error *error = &now->reading.error;
    const Span span = span_known(error->at) ? error->at : error->span;
    int line, column;
    if (now->failed || !error->set || !span_known(span)) return "";
    text_place(now->text, now->length, span.start, &line, &column);
    return ui_fill(ui, "fault.line", arena_print(ui->scene->arena, "%d", line), NULL);
}

void fault_pane_draw(const App *app, Scene *scene, Rect area)
{
    const Ui ui = ui_begin(app, scene);
    const Snapshot *now = app->study.now;
    const Error *error = &now->reading.error;
    const float line = 21 * ui.s;
    const char *place = place_of(&ui, now);
    const bool caused = !now->failed && error->set && error->cause;
    float x = area.x, y = area.y + 26 * ui.s;
    if (*place) x += ui_text(&ui, x, y, ALIGN_LEFT, (Style){FONT_TEXT_BOLD, 14.5f, ui.theme->error}, place) + 10 * ui.s;
    const int most = caused ? 2 : 3;
    y += line * (float)ui_paragraph(&ui, x, y, area.x + area.w - x, line, most, (Style){FONT_TEXT_MEDIUM, 14.5f, ui.theme->ink}, message_of(&ui, now));
    if (caused) {
        const char *cause = strings_fill_values(app->strings, scene->arena, error->cause, error->value, CAUSE_VALUES);
        y += line * (float)ui_paragraph(&ui, area.x, y, area.w, line, 1, (Style){FONT_TEXT, 14, ui.theme->dim}, cause);
    }
    fixes_draw(&ui, area, y - 6 * ui.s);
}
