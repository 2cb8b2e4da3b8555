#include "app/disk.h"

#include <string.h>

#include "app/document.h"

void disk_remember(App *app)
{
    app->stamp = file_stamp(app->path);
}

bool disk_changed(const App *app)
{
    const FileStamp now = file_stamp(app->path);
    return app->path[0] && now.size >= 0 && memcmp(&now, &app->stamp, sizeof now) != 0;
}

/* Only what differs is replaced, so that caret and focus stay where they are. */
static void text_become(App *app, const char *bytes, size_t length)
{
    Buffer *buffer = &app->editor.buffer;
    const size_t shorter = length < buffer->length ? length : buffer->length;
    size_t same = 0, tail = 0;
    while (same < shorter && bytes[same] == buffer->text[same]) same++;
    while (tail < shorter - same && bytes[length - 1 - tail] == buffer->text[buffer->length - 1 - tail]) tail++;
    Selection selection = app->editor.selection;
    if (same + tail < length || same + tail < buffer->length)
        buffer_replace(buffer, (int)same, (int)(buffer->length - tail), bytes + same, (int)(length - same - tail), &selection);
    if ((size_t)app->editor.selection.caret > same || (size_t)app->editor.selection.anchor > same) app->editor.selection = selection;
    buffer_mark_saved(buffer);
}

void disk_load(App *app)
{
    Arena arena;
    Document document;
    app_memory(app, &arena);
    const bool readable = document_open(&document, &arena, app->path) == DOCUMENT_GOOD && document.form == FORM_CODE;
    if (readable) {
        text_become(app, document.text, document.length);
        app_say(app, "disk.loaded", app->name, NULL);
    } else app_say(app, "disk.changed", app->name, NULL);
    disk_remember(app);
    arena_close(&arena);
}

void disk_look(App *app)
{
    if (app->sheet != SHEET_NONE || app->field.kind || !disk_changed(app)) return;
    if (!buffer_dirty(&app->editor.buffer)) disk_load(app);
    else app_say(app, "disk.changed", app->name, NULL);
}
