#include "app/editor.h"

#include <string.h>

const float EDITOR_SIZE = 14, EDITOR_PITCH = 25;

static const int INDENT = 4;

void editor_open(Editor *editor, jmp_buf *escape, const char *text, size_t length)
{
    *editor = (Editor){.goal_x = -1, .scale = 1};
    arena_open(&editor->layout, 0);
    editor->layout.escape = escape;
    buffer_open(&editor->buffer, escape, text, length);
}

void editor_close(Editor *editor)
{
    buffer_close(&editor->buffer);
    arena_close(&editor->layout);
}

void editor_load(Editor *editor, const char *text, size_t length)
{
    const float scale = editor->scale;
    jmp_buf *escape = editor->layout.escape;
    editor_close(editor);
    editor_open(editor, escape, text, length);
    editor->scale = scale;
}

/* ---- geometry ---- */

static float pitch(const Editor *editor) { return EDITOR_PITCH * editor->scale; }
static float size(const Editor *editor) { return EDITOR_SIZE * editor->scale; }

float editor_gutter(const Editor *editor)
{
    if (editor->bare) return 8 * editor->scale;
    int lines = editor->rows.n ? editor->rows.row[editor->rows.n - 1].line : 1, digits = 2;
    for (; lines > 99; lines /= 10) digits++;
    return ((float)digits * 8 + 26) * editor->scale;
}

float editor_height(const Editor *editor)
{
    return (float)editor->rows.n * pitch(editor);
}

ScrollBar editor_bar(const Editor *editor, Rect area)
{
    return (ScrollBar){area, editor->scroll, editor_height(editor), editor->scale};
}

void editor_layout(Editor *editor, const Measure *measure, Rect area, float scale, const char *note, int note_at)
{
    const Buffer *buffer = &editor->buffer;
    editor->scale = scale;
    const float width = area.w - editor_gutter(editor) - (editor->bare ? 8 : 12) * scale;
    const bool same_note = note == editor->note || (note && editor->note && strcmp(note, editor->note) == 0);
    if (editor->rows.n && editor->laid_version == buffer->version && editor->laid_width == width && same_note &&
        note_at == editor->note_at && editor->rows.size == size(editor)) return;
    arena_reset(&editor->layout);
    editor->tokens = (PyTokens){0};
    editor->note = note ? arena_copy(&editor->layout, note, strlen(note)) : NULL;
    editor->note_at = note_at;
    rows_layout(&editor->rows, &editor->layout, buffer->text, buffer->length, measure, size(editor), width, editor->note, note_at);
    if (!editor->bare) python_tokens(&editor->layout, buffer->text, buffer->length, &editor->tokens);
    editor->laid_version = buffer->version;
    editor->laid_width = width;
}

static void scroll_clamp(Editor *editor, Rect area)
{
    const float most = editor_height(editor) - area.h;
    if (editor->scroll > most) editor->scroll = most;
    if (editor->scroll < 0) editor->scroll = 0;
}

void editor_reveal(Editor *editor, Rect area, int at)
{
    const float top = (float)rows_find(&editor->rows, at) * pitch(editor);
    if (editor->scroll > top) editor->scroll = top;
    if (editor->scroll < top + pitch(editor) - area.h) editor->scroll = top + pitch(editor) - area.h;
    scroll_clamp(editor, area);
}

static const Row *row_at(const Editor *editor, Rect area, Point point)
{
    int row = (int)((point.y - area.y + editor->scroll) / pitch(editor));
    if (row >= editor->rows.n) row = editor->rows.n - 1;
    if (row < 0 || point.y < area.y - editor->scroll) row = 0;
    while (row > 0 && editor->rows.row[row].note) row--;
    return &editor->rows.row[row];
}

int editor_place(const Editor *editor, Rect area, Point point)
{
    return rows_at(&editor->rows, row_at(editor, area, point), point.x - area.x - editor_gutter(editor));
}

int editor_line_at(const Editor *editor, Rect area, Point point)
{
    const float y = point.y - area.y + editor->scroll;
    if (y < 0 || y >= editor_height(editor)) return 0;
    return row_at(editor, area, point)->line;
}

Rect editor_caret(const Editor *editor, Rect area)
{
    const int index = rows_find(&editor->rows, editor->selection.caret);
    const float x = rows_x(&editor->rows, &editor->rows.row[index], editor->selection.caret);
    return (Rect){area.x + editor_gutter(editor) + x, area.y - editor->scroll + (float)index * pitch(editor), 2, pitch(editor)};
}

/* ---- selection ---- */

static int first(const Editor *editor)
{
    const Selection *s = &editor->selection;
    return s->anchor < s->caret ? s->anchor : s->caret;
}

static int last(const Editor *editor)
{
    const Selection *s = &editor->selection;
    return s->anchor < s->caret ? s->caret : s->anchor;
}

static void caret_move(Editor *editor, int to, unsigned modifiers)
{
    editor->selection.caret = to;
    if (!(modifiers & MOD_SHIFT)) editor->selection.anchor = to;
    editor->goal_x = -1;
}

static void caret_move_rows(Editor *editor, int by, unsigned modifiers)
{
    const Rows *rows = &editor->rows;
    const int now = rows_find(rows, editor->selection.caret);
    const float x = editor->goal_x >= 0 ? editor->goal_x : rows_x(rows, &rows->row[now], editor->selection.caret);
    int to = now + by;
    const int way = by < 0 ? -1 : 1;
    while (to >= 0 && to < rows->n && rows->row[to].note) to += way;
    if (to < 0) caret_move(editor, 0, modifiers);
    else if (to >= rows->n) caret_move(editor, (int)editor->buffer.length, modifiers);
    else caret_move(editor, rows_at(rows, &rows->row[to], x), modifiers);
    editor->goal_x = x;
}

void editor_select_all(Editor *editor)
{
    editor->selection = (Selection){0, (int)editor->buffer.length};
}

/* ---- changes ---- */

bool editor_undo(Editor *editor)
{
    editor->goal_x = -1;
    return buffer_undo(&editor->buffer, &editor->selection);
}

bool editor_redo(Editor *editor)
{
    editor->goal_x = -1;
    return buffer_redo(&editor->buffer, &editor->selection);
}

void editor_apply(Editor *editor, const Edits *edits)
{
    editor->goal_x = -1;
    buffer_apply(&editor->buffer, edits, &editor->selection);
}

void editor_insert(Editor *editor, const char *text, double seconds)
{
    editor->goal_x = -1;
    buffer_type(&editor->buffer, first(editor), last(editor), text, (int)strlen(text), &editor->selection, seconds);
}

static void replace(Editor *editor, int start, int end, const char *bytes, int n)
{
    editor->goal_x = -1;
    buffer_replace(&editor->buffer, start, end, bytes, n, &editor->selection);
}

static void erase(Editor *editor, int start, int end, double seconds)
{
    editor->goal_x = -1;
    if (start < end) buffer_type(&editor->buffer, start, end, "", 0, &editor->selection, seconds);
}

static void erase_back(Editor *editor, unsigned modifiers, double seconds)
{
    const Buffer *buffer = &editor->buffer;
    if (first(editor) < last(editor)) {
        replace(editor, first(editor), last(editor), "", 0);
        return;
    }
    const int at = editor->selection.caret, line = buffer_line_start(buffer, at);
    int from = modifiers & MOD_CTRL ? buffer_previous_word(buffer, at) : buffer_previous(buffer, at);
    const bool in_indent = at > line && (int)strspn(buffer->text + line, " ") >= at - line;
    if (in_indent && !(modifiers & MOD_CTRL)) from = line + (at - line - 1) / INDENT * INDENT;
    erase(editor, from, at, seconds);
}

static void erase_forward(Editor *editor, unsigned modifiers, double seconds)
{
    const Buffer *buffer = &editor->buffer;
    const int at = editor->selection.caret;
    if (first(editor) < last(editor)) replace(editor, first(editor), last(editor), "", 0);
    else erase(editor, at, modifiers & MOD_CTRL ? buffer_next_word(buffer, at) : buffer_next(buffer, at), seconds);
}

static const char *line_ending(const Buffer *buffer)
{
    const char *newline = memchr(buffer->text, '\n', buffer->length);
    return newline && newline > buffer->text && newline[-1] == '\r' ? "\r\n" : "\n";
}

/* A new line indented as the one before, and once more after an opening bracket or colon. */
static void break_line(Editor *editor, double seconds)
{
    const Buffer *buffer = &editor->buffer;
    const int at = first(editor), line = buffer_line_start(buffer, at);
    int indent = (int)strspn(buffer->text + line, " \t");
    if (indent > at - line) indent = at - line;
    int before = at;
    while (before > line && buffer->text[before - 1] == ' ') before--;
    const char open = before > line ? buffer->text[before - 1] : 0;
    Text text = {.arena = &editor->layout};
    text_put(&text, line_ending(buffer));
    text_put_bytes(&text, buffer->text + line, (size_t)indent);
    if (open == ':' || open == '(' || open == '[' || open == '{') text_put(&text, "    ");
    editor_insert(editor, text_string(&text), seconds);
}

/* ---- indentation and comments of whole lines ---- */

/* An edit of one line; no edit where there is nothing to do. */
typedef bool (*LineEdit)(const Buffer *, int line, Edit *);

static bool line_indent(const Buffer *buffer, int line, Edit *edit)
{
    *edit = (Edit){.span = {line, line}, .code = "    "};
    return buffer_line_end(buffer, line) > line;
}

static bool line_outdent(const Buffer *buffer, int line, Edit *edit)
{
    int n = (int)strspn(buffer->text + line, " ");
    if (n > INDENT) n = INDENT;
    if (!n && buffer->text[line] == '\t') n = 1;
    *edit = (Edit){.span = {line, line + n}, .code = ""};
    return n > 0;
}

static int text_of_line(const Buffer *buffer, int line)
{
    return line + (int)strspn(buffer->text + line, " \t");
}

static bool line_comment(const Buffer *buffer, int line, Edit *edit)
{
    const int at = text_of_line(buffer, line);
    *edit = (Edit){.span = {at, at}, .code = "# "};
    return at < buffer_line_end(buffer, line);
}

static bool line_uncomment(const Buffer *buffer, int line, Edit *edit)
{
    const int at = text_of_line(buffer, line);
    *edit = (Edit){.span = {at, at + (buffer->text[at + 1] == ' ' ? 2 : 1)}, .code = ""};
    return buffer->text[at] == '#';
}

static void lines_edit(Editor *editor, LineEdit line_edit)
{
    const Buffer *buffer = &editor->buffer;
    Edits edits = {.arena = &editor->layout};
    int line = buffer_line_start(buffer, first(editor));
    const int end = last(editor);
    for (;;) {
        Edit edit;
        if (line_edit(buffer, line, &edit)) {
            edits.edit = arena_grow(edits.arena, edits.edit, (size_t)edits.n, &edits.capacity, (size_t)edits.n + 1, sizeof edit);
            edits.edit[edits.n++] = edit;
        }
        const char *newline = memchr(buffer->text + line, '\n', buffer->length - (size_t)line);
        if (!newline || newline - buffer->text + 1 >= end) break;
        line = (int)(newline - buffer->text) + 1;
    }
    editor_apply(editor, &edits);
}

static void indent(Editor *editor, unsigned modifiers, double seconds)
{
    const Buffer *buffer = &editor->buffer;
    const int line = buffer_line_start(buffer, first(editor));
    if (modifiers & MOD_SHIFT) lines_edit(editor, line_outdent);
    else if (memchr(buffer->text + first(editor), '\n', (size_t)(last(editor) - first(editor)))) lines_edit(editor, line_indent);
    else editor_insert(editor, &"    "[(first(editor) - line) % INDENT], seconds);
}

static void comment_toggle(Editor *editor)
{
    const Buffer *buffer = &editor->buffer;
    const int at = text_of_line(buffer, buffer_line_start(buffer, first(editor)));
    lines_edit(editor, buffer->text[at] == '#' ? line_uncomment : line_comment);
}

/* ---- clipboard ---- */

void editor_copy(const Editor *editor, const Platform *platform)
{
    if (first(editor) == last(editor) || !platform->clipboard_write) return;
    Arena arena;
    arena_open(&arena, 0);
    platform->clipboard_write(platform->self, arena_copy(&arena, editor->buffer.text + first(editor), (size_t)(last(editor) - first(editor))));
    arena_close(&arena);
}

void editor_cut(Editor *editor, const Platform *platform)
{
    editor_copy(editor, platform);
    if (first(editor) < last(editor)) replace(editor, first(editor), last(editor), "", 0);
}

void editor_paste(Editor *editor, const Platform *platform)
{
    const char *text = platform->clipboard_read ? platform->clipboard_read(platform->self, &editor->layout) : NULL;
    if (text) replace(editor, first(editor), last(editor), text, (int)strlen(text));
}

/* ---- keys ---- */

/* To the first character of the line, then to its very start. */
static int line_home(const Buffer *buffer, int at)
{
    const int line = buffer_line_start(buffer, at), text = text_of_line(buffer, line);
    return at == text ? line : text;
}

static bool move_key(Editor *editor, const Input *input, Rect area)
{
    const Buffer *buffer = &editor->buffer;
    const unsigned modifiers = input->modifiers;
    const bool word = modifiers & MOD_CTRL, selected = first(editor) < last(editor) && !(modifiers & MOD_SHIFT);
    const int at = editor->selection.caret, page = (int)(area.h / pitch(editor)) - 1;
    switch (input->key) {
    case KEY_LEFT: caret_move(editor, selected ? first(editor) : word ? buffer_previous_word(buffer, at) : buffer_previous(buffer, at), modifiers); return true;
    case KEY_RIGHT: caret_move(editor, selected ? last(editor) : word ? buffer_next_word(buffer, at) : buffer_next(buffer, at), modifiers); return true;
    case KEY_UP: caret_move_rows(editor, -1, modifiers); return true;
    case KEY_DOWN: caret_move_rows(editor, 1, modifiers); return true;
    case KEY_PAGE_UP: caret_move_rows(editor, -page, modifiers); return true;
    case KEY_PAGE_DOWN: caret_move_rows(editor, page, modifiers); return true;
    case KEY_HOME: caret_move(editor, word ? 0 : line_home(buffer, at), modifiers); return true;
    case KEY_END: caret_move(editor, word ? (int)buffer->length : buffer_line_end(buffer, at), modifiers); return true;
    }
    return false;
}

static bool control_key(Editor *editor, const Input *input, const Platform *platform)
{
    if (!(input->modifiers & MOD_CTRL)) return false;
    switch (input->key) {
    case 'a': editor_select_all(editor); return true;
    case 'c': editor_copy(editor, platform); return true;
    case 'x': editor_cut(editor, platform); return true;
    case 'v': editor_paste(editor, platform); return true;
    case '/': comment_toggle(editor); return true;
    }
    return false;
}

static bool edit_key(Editor *editor, const Input *input, double seconds)
{
    switch (input->key) {
    case KEY_BACKSPACE: erase_back(editor, input->modifiers, seconds); return true;
    case KEY_DELETE: erase_forward(editor, input->modifiers, seconds); return true;
    case KEY_ENTER: break_line(editor, seconds); return true;
    case KEY_TAB: indent(editor, input->modifiers, seconds); return true;
    }
    return false;
}

static bool key(Editor *editor, const Input *input, Rect area, const Platform *platform, double seconds)
{
    if (input->modifiers & MOD_ALT) return false;
    return move_key(editor, input, area) || control_key(editor, input, platform) ||
           (!(input->modifiers & MOD_CTRL && input->key == KEY_ENTER) && edit_key(editor, input, seconds));
}

/* ---- pointer ---- */

static Selection unit_at(const Editor *editor, int at, DragUnit unit)
{
    const Buffer *buffer = &editor->buffer;
    Selection found = {at, at};
    if (unit == DRAG_WORDS) buffer_word_at(buffer, at, &found.anchor, &found.caret);
    if (unit != DRAG_LINES) return found;
    const int end = buffer_line_end(buffer, at);
    return (Selection){buffer_line_start(buffer, at), buffer_next(buffer, end)};
}

static bool press(Editor *editor, const Input *input, Rect area)
{
    if (input->button != BUTTON_LEFT) return false;
    const int at = editor_place(editor, area, input->at);
    editor->drag = input->clicks >= 3 ? DRAG_LINES : input->clicks == 2 ? DRAG_WORDS : DRAG_CHARACTERS;
    editor->goal_x = -1;
    if (editor->drag == DRAG_CHARACTERS) caret_move(editor, at, input->modifiers);
    else editor->selection = unit_at(editor, at, editor->drag);
    editor->drag_from = editor->drag == DRAG_CHARACTERS ? (Selection){editor->selection.anchor, editor->selection.anchor} : editor->selection;
    return true;
}

static bool drag(Editor *editor, const Input *input, Rect area)
{
    if (!editor->drag) return false;
    const Selection from = editor->drag_from, to = unit_at(editor, editor_place(editor, area, input->at), editor->drag);
    if (to.caret <= from.anchor) editor->selection = (Selection){from.caret, to.anchor};
    else editor->selection = (Selection){from.anchor, to.caret > from.caret ? to.caret : from.caret};
    if (editor->drag == DRAG_CHARACTERS) editor->selection = (Selection){from.anchor, to.caret};
    editor_reveal(editor, area, editor->selection.caret);
    return true;
}

static bool wheel(Editor *editor, const Input *input, Rect area)
{
    editor->scroll -= input->by.y * 3 * pitch(editor);
    scroll_clamp(editor, area);
    return true;
}

static bool compose(Editor *editor, const Input *input)
{
    const size_t length = strlen(input->text);
    if (length < sizeof editor->compose) memcpy(editor->compose, input->text, length + 1);
    return true;
}

bool editor_input(Editor *editor, const Input *input, Rect area, const Platform *platform, double seconds)
{
    switch (input->type) {
    case INPUT_KEY: return editor->compose[0] || key(editor, input, area, platform, seconds);
    case INPUT_TEXT: editor->compose[0] = 0; editor_insert(editor, input->text, seconds); return true;
    case INPUT_COMPOSE: return compose(editor, input);
    case INPUT_PRESS: return press(editor, input, area);
    case INPUT_MOVE: return drag(editor, input, area);
    case INPUT_RELEASE: editor->drag = DRAG_NOTHING; return false;
    case INPUT_WHEEL: return wheel(editor, input, area);
    case INPUT_LEAVE: case INPUT_FOCUS: case INPUT_DROP: case INPUT_RESIZE: case INPUT_CHOSEN: case INPUT_CLOSE: return false;
    }
    return false;
}
