#include "app/filing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/disk.h"
#include "app/files.h"
#include "app/pointing.h"
#include "paint/export.h"

/* ---- showing ---- */

/* A good first look: the focus on an output, so that the picture says at once what it sees. */
static void focus_first(App *app)
{
    const Snapshot *shown = app->study.shown;
    View view;
    if (!shown || !shown->plan.n_outputs || !shown->run.complete) return;
    app_view(app, &view);
    const Plan *plan = &shown->plan;
    const Shape *out = &plan->tensors[plan->outputs[0]].shape;
    for (int i = plan->n_layers - 1; i >= 0; i--) {
        Text unit = {.arena = &app->frame};
        text_print(&unit, "%s[", plan->layers[i].layer->name);
        for (int axis = 1; axis < out->rank; axis++) text_print(&unit, "%s%d", axis > 1 ? "," : "", out->dim[axis] > 1 ? 1 : 0);
        text_put(&unit, "]");
        const Pick pick = picture_find_unit(&view, text_string(&unit));
        if (pick.type != PICK_NONE && !rect_holds(app->page.canvas, (Point){pick.area.x + pick.area.w, pick.area.y})) return;   /* far to the right */
        if (pick.type != PICK_NONE) {
            look_set(&app->gaze.focus, &pick);
            return;
        }
    }
}

static void start_over(App *app)
{
    app->read_version = 0;
    study_close(&app->study);
    look_clear(&app->gaze.hover);
    look_clear(&app->gaze.focus);
    playback_stop(&app->playback);
    app->motion.running = false;
    app->zoom = 1;
    app->pan = (Point){0, 0};
    app->summary_scroll = 0;
    app->attention = ATTENTION_CANVAS;
    app->editor.scroll = 0;
    app_read(app);
    app_layout(app);
    focus_first(app);
    app->stale = true;
}

static void folder_note(App *app, const char *folder)
{
    char *absolute = realpath(folder, NULL);
    snprintf(app->folder, sizeof app->folder, "%s", absolute ? absolute : folder);
    free(absolute);
}

void filing_show(App *app, const Document *document)
{
    char *absolute = document->path && strcmp(document->path, "-") != 0 ? realpath(document->path, NULL) : NULL;
    snprintf(app->path, sizeof app->path, "%s", absolute ? absolute : "");
    free(absolute);
    snprintf(app->name, sizeof app->name, "%s", document->name);
    folder_note(app, document->folder);
    editor_load(&app->editor, document->text, document->length);
    disk_remember(app);
    if (app->kept && app->path[0]) settings_remember(&app->settings, app->path);
    start_over(app);
}

void filing_show_model(App *app, const char *variable)
{
    snprintf(app->model, sizeof app->model, "%s", variable);
    start_over(app);
}

/* ---- opening ---- */

static void open_now(App *app, const char *path)
{
    Arena arena;
    Document document;
    app_memory(app, &arena);
    const DocumentFault fault = document_open(&document, &arena, path);
    Error err = {.arena = &arena};
    if (fault == DOCUMENT_GOOD && !document_to_code(&document, &arena, &err)) app_say(app, "file.unreadable", path, err.message, NULL);
    else if (fault == DOCUMENT_GOOD) {
        app->model[0] = 0;
        filing_show(app, &document);
    } else if (fault == DOCUMENT_MISSING) app_say(app, "file.unreadable", path, strerror(errno), NULL);
    else app_say(app, "file.unknown_form", file_name(path), NULL);
    arena_close(&arena);
}

static bool uses_dialogs(const App *app)
{
    return !app->settings.own_dialogs && !app->dialogless && app->platform.file_ask;
}

/* Where the desktop has none, that is said once; a field of our own serves as well. */
static bool dialog_shown(App *app, bool save, const char *title, const char *suggested)
{
    if (!uses_dialogs(app)) return false;
    if (app->platform.file_ask(app->platform.self, save, title, suggested)) return true;
    app->dialogless = true;
    app_say(app, "dialog.none", NULL);
    return false;
}

static void ask_open_now(App *app)
{
    app->asking = ASKING_OPEN;
    if (dialog_shown(app, false, strings_say(app->strings, "file.open"), app->path[0] ? app->path : app->folder)) return;
    Arena arena;
    app_memory(app, &arena);
    field_open(app, &FIELD_OPEN, NULL, (Rect){0}, arena_print(&arena, "%s/", app->folder));
    arena_close(&arena);
}

static void question_now(App *app)
{
    Arena arena;
    Document document;
    app_memory(app, &arena);
    if (document_question(&document, &arena, app->resources) == DOCUMENT_GOOD) filing_show(app, &document);
    arena_close(&arena);
}

/* What was waiting for the answer about unsaved changes. */
static void go_on(App *app)
{
    const Pending pending = app->pending;
    app->pending = PENDING_NOTHING;
    app->sheet = SHEET_NONE;
    switch (pending) {
    case PENDING_NOTHING: break;
    case PENDING_QUIT: app->done = true; break;
    case PENDING_OPEN: open_now(app, app->pending_path); break;
    case PENDING_ASK_OPEN: ask_open_now(app); break;
    case PENDING_QUESTION: question_now(app); break;
    }
}

static void guarded(App *app, Pending pending)
{
    app->pending = pending;
    if (buffer_dirty(&app->editor.buffer)) app->sheet = SHEET_GUARD;
    else go_on(app);
}

void filing_open(App *app, const char *path)
{
    snprintf(app->pending_path, sizeof app->pending_path, "%s", path);
    guarded(app, PENDING_OPEN);
}

void filing_ask_open(App *app) { guarded(app, PENDING_ASK_OPEN); }
void filing_question(App *app) { guarded(app, PENDING_QUESTION); }
void filing_quit(App *app) { guarded(app, PENDING_QUIT); }

void filing_guard_discard(App *app)
{
    go_on(app);
}

void filing_guard_save(App *app)
{
    app->sheet = SHEET_NONE;
    if (filing_save(app)) go_on(app);
}

/* ---- saving ---- */

bool filing_save_as(App *app, const char *path)
{
    Arena arena;
    app_memory(app, &arena);
    const Buffer *buffer = &app->editor.buffer;
    const bool done = file_write(&arena, path, buffer->text, buffer->length);
    if (done) {
        char *absolute = realpath(path, NULL);
        snprintf(app->path, sizeof app->path, "%s", absolute ? absolute : path);
        free(absolute);
        snprintf(app->name, sizeof app->name, "%s", file_name(path));
        folder_note(app, file_folder(&arena, app->path));
        buffer_mark_saved(&app->editor.buffer);
        disk_remember(app);
        if (app->kept) settings_remember(&app->settings, app->path);
        app_say(app, "file.saved", app->name, NULL);
    } else app_say(app, "file.unwritable", path, strerror(errno), NULL);
    arena_close(&arena);
    if (done) go_on(app);
    return done;
}

static void ask_path(App *app, Asking asking, const FieldKind *kind, const char *title, const char *suggested)
{
    app->asking = asking;
    if (dialog_shown(app, true, title, suggested)) return;
    field_open(app, kind, NULL, (Rect){0}, suggested);
}

void filing_ask_save(App *app)
{
    Arena arena;
    app_memory(app, &arena);
    const char *path = app->path[0] ? app->path : path_join(&arena, app->folder, app->name[0] == '<' ? "untitled.py" : app->name);
    ask_path(app, ASKING_SAVE, &FIELD_SAVE, strings_say(app->strings, "file.save_as"), path);
    arena_close(&arena);
}

bool filing_save(App *app)
{
    if (disk_changed(app)) {
        app->sheet = SHEET_CHANGED;
        return false;
    }
    if (app->path[0]) return filing_save_as(app, app->path);
    filing_ask_save(app);
    return false;
}

void filing_overwrite(App *app)
{
    app->sheet = SHEET_NONE;
    filing_save_as(app, app->path);
}

void filing_load(App *app)
{
    app->sheet = SHEET_NONE;
    disk_load(app);
    go_on(app);
}

/* ---- exporting ---- */

bool filing_export(App *app, const char *path)
{
    Arena arena;
    const Exporter *exporter = exporter_find(path);
    if (!exporter) {
        app_say(app, "export.form", path, NULL);
        return false;
    }
    app_memory(app, &arena);
    Scene scene;
    Text bytes = {.arena = &arena};
    const Look hover = app->gaze.hover;
    look_clear(&app->gaze.hover);
    app->printed = true;
    scene_open(&scene, &arena, app->page.all, app_theme(app)->ground);
    app_draw(app, &scene);
    app->gaze.hover = hover;
    app->printed = false;
    bool done = exporter->write(&bytes, &scene, app->measure.fonts, &(ExportOptions){.scale = 2, .dpi = 192});
    done = done && file_write(&arena, path, text_string(&bytes), bytes.length);
    if (done) app_say(app, "file.saved", file_name(path), NULL);
    else app_say(app, "file.unwritable", path, strerror(errno), NULL);
    arena_close(&arena);
    return done;
}

void filing_ask_export(App *app, const char *suffix)
{
    Arena arena;
    app_memory(app, &arena);
    const char *name = app->name[0] == '<' ? "model" : app->name;
    const size_t stem = file_ends_with(name, ".py") ? strlen(name) - 3 : strlen(name);
    const char *path = arena_print(&arena, "%s/%.*s%s", app->folder, (int)stem, name, suffix);
    app->export_suffix = suffix;
    ask_path(app, ASKING_EXPORT, &FIELD_EXPORT, strings_say(app->strings, "menu.export"), path);
    arena_close(&arena);
}

static void ask_again(App *app, Asking asking)
{
    app->dialogless = true;
    switch (asking) {
    case ASKING_NOTHING: break;
    case ASKING_OPEN: ask_open_now(app); break;
    case ASKING_SAVE: filing_ask_save(app); break;
    case ASKING_EXPORT: filing_ask_export(app, app->export_suffix); break;
    }
}

void filing_chosen(App *app, const char *path)
{
    const Asking asking = app->asking;
    app->asking = ASKING_NOTHING;
    if (path && !*path) {
        ask_again(app, asking);
        return;
    }
    if (!path) {
        app->pending = PENDING_NOTHING;
        return;
    }
    switch (asking) {
    case ASKING_NOTHING: break;
    case ASKING_OPEN: open_now(app, path); break;
    case ASKING_SAVE: filing_save_as(app, path); break;
    case ASKING_EXPORT: filing_export(app, path); break;
    }
}

/* ---- what a crash left behind ---- */

void filing_look_for_lost(App *app)
{
    Arena arena;
    Recovered recovered;
    app_memory(app, &arena);
    if (autosave_find(&arena, &recovered)) {
        snprintf(app->pending_path, sizeof app->pending_path, "%s", recovered.path);
        app->sheet = SHEET_RECOVER;
    }
    arena_close(&arena);
}

void filing_recover(App *app)
{
    Arena arena;
    Recovered recovered;
    app_memory(app, &arena);
    app->sheet = SHEET_NONE;
    if (autosave_find(&arena, &recovered)) {
        const char *name = *recovered.path ? file_name(recovered.path) : strings_say(app->strings, "file.untitled");
        const Document document = {.path = *recovered.path ? recovered.path : NULL, .name = name, .text = recovered.text, .length = recovered.length,
                                   .folder = *recovered.path ? file_folder(&arena, recovered.path) : "."};
        filing_show(app, &document);
        app->editor.buffer.saved = -1;
        unlink(recovered.file);
    }
    arena_close(&arena);
}

void filing_forget(App *app)
{
    Arena arena;
    Recovered recovered;
    app_memory(app, &arena);
    app->sheet = SHEET_NONE;
    if (autosave_find(&arena, &recovered)) unlink(recovered.file);
    arena_close(&arena);
}
