/* The code pane's marks. */
#include <string.h>

#include "app/editor.h"

typedef struct Pen {
    const Editor     *editor;
    Scene            *scene;
    const EditorLook *look;
    Rect              area;
    float             left;      /* of the text */
    float             pitch, size;
} Pen;

static float row_top(const Pen *pen, int row)
{
    return pen->area.y - pen->editor->scroll + (float)row * pen->pitch;
}

static float baseline(const Pen *pen, float top)
{
    return top + pen->pitch / 2 + pen->size * 0.36f;
}

static void rows_seen(const Pen *pen, int *from, int *to)
{
    const Editor *editor = pen->editor;
    *from = (int)(editor->scroll / pen->pitch);
    *to = (int)((editor->scroll + pen->area.h) / pen->pitch) + 1;
    if (*from < 0) *from = 0;
    if (*to > editor->rows.n) *to = editor->rows.n;
}

/* ---- behind the text ---- */

static bool overlaps(Span span, int start, int end)
{
    return span.start < end && span.end > start;
}

static bool row_lit(const Pen *pen, const Row *row)
{
    if (row->note) return false;
    for (int i = 0; i < pen->look->n_lit; i++)
        if (overlaps(pen->look->lit[i], row->start, row->end)) return true;
    return false;
}

static void band_draw(const Pen *pen, int row, Colour colour)
{
    const float margin = 10 * pen->editor->scale;
    mark_rect(pen->scene, (Rect){pen->area.x + margin, row_top(pen, row), pen->area.w - 2 * margin, pen->pitch + 0.5f}, 4, colour);
}

static void selection_draw(const Pen *pen, int index, const Row *row)
{
    const Selection *s = &pen->editor->selection;
    const int from = s->anchor < s->caret ? s->anchor : s->caret, to = s->anchor < s->caret ? s->caret : s->anchor;
    if (row->note || from >= to || !overlaps((Span){from, to}, row->start, row->end + 1)) return;
    const Rows *rows = &pen->editor->rows;
    const float left = rows_x(rows, row, from > row->start ? from : row->start);
    const float right = to > row->end ? rows_x(rows, row, row->end) + rows->column / 2 : rows_x(rows, row, to);
    mark_rect(pen->scene, (Rect){pen->left + left, row_top(pen, index), right - left, pen->pitch}, 2,
              colour_fade(pen->look->theme->accent, 0.28f));
}

/* ---- the text ---- */

static Colour token_colour(const Theme *theme, PyTokenType type)
{
    switch (type) {
    case PY_TOKEN_KEYWORD: return theme->keyword;
    case PY_TOKEN_NUMBER: return theme->number;
    case PY_TOKEN_STRING: case PY_TOKEN_FSTRING: return theme->string;
    case PY_TOKEN_COMMENT: return theme->comment;
    case PY_TOKEN_BAD: return theme->error;
    case PY_TOKEN_END: case PY_TOKEN_NEWLINE: case PY_TOKEN_INDENT: case PY_TOKEN_DEDENT: case PY_TOKEN_NAME: case PY_TOKEN_OP: break;
    }
    return theme->ink;
}

static bool dimmed_at(const Pen *pen, int at)
{
    for (int i = 0; i < pen->look->n_dimmed; i++)
        if (at >= pen->look->dimmed[i].start && at < pen->look->dimmed[i].end) return true;
    return false;
}

static void piece_draw(const Pen *pen, int index, const Row *row, int start, int end, Colour colour)
{
    const Editor *editor = pen->editor;
    const char *text = editor->buffer.text;
    while (start < end) {   /* tabs and spaces are places, not marks */
        start += (int)strspn(text + start, " \t");
        if (start >= end) return;
        const int length = (int)strcspn(text + start, "\t");
        const int stop = start + length < end ? start + length : end;
        const char *copy = arena_copy(pen->scene->arena, text + start, (size_t)(stop - start));
        const Point at = {pen->left + rows_x(&editor->rows, row, start), baseline(pen, row_top(pen, index))};
        mark_text(pen->scene, at, ALIGN_LEFT, FONT_CODE, pen->size, colour, copy);
        start = stop;
    }
}

static size_t first_token(const PyTokens *tokens, int at)
{
    size_t low = 0, high = tokens->n;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (tokens->token[middle].span.end <= at) low = middle + 1;
        else high = middle;
    }
    return low;
}

static int least(int a, int b) { return a < b ? a : b; }
static int most(int a, int b) { return a > b ? a : b; }

static void row_text_draw(const Pen *pen, int index, const Row *row)
{
    const PyTokens *tokens = &pen->editor->tokens;
    const Theme *theme = pen->look->theme;
    int at = row->start;
    for (size_t i = first_token(tokens, row->start); i < tokens->n && tokens->token[i].span.start < row->end; i++) {
        const PyToken *token = &tokens->token[i];
        const int start = most(token->span.start, row->start), end = least(token->span.end, row->end);
        if (end <= start) continue;
        if (at < start) piece_draw(pen, index, row, at, start, theme->ink);
        piece_draw(pen, index, row, start, end, dimmed_at(pen, start) ? theme->dim : token_colour(theme, token->type));
        at = end;
    }
    if (at < row->end) piece_draw(pen, index, row, at, row->end, theme->ink);
}

static void note_draw(const Pen *pen, int index, const Row *row)
{
    mark_text(pen->scene, (Point){pen->left, baseline(pen, row_top(pen, index))}, ALIGN_LEFT, FONT_CODE_BOLD, pen->size,
              pen->look->theme->accent, row->note);
}

static void number_draw(const Pen *pen, int index, const Row *row)
{
    if (!row->first || row->note || pen->editor->bare) return;
    const float small = 13 * pen->editor->scale;
    mark_text(pen->scene, (Point){pen->left - 12 * pen->editor->scale, baseline(pen, row_top(pen, index))}, ALIGN_RIGHT, FONT_CODE, small,
              colour_fade(pen->look->theme->dim, 0.75f), arena_print(pen->scene->arena, "%d", row->line));
}

/* ---- over the text ---- */

static void wave_draw(const Pen *pen, float left, float right, float y)
{
    const float step = 3 * pen->editor->scale;
    for (float x = left; x < right; x += 2 * step) {
        mark_line(pen->scene, (Point){x, y + step / 2}, (Point){x + step, y - step / 2}, pen->look->theme->error, 1.4f);
        mark_line(pen->scene, (Point){x + step, y - step / 2}, (Point){x + 2 * step, y + step / 2}, pen->look->theme->error, 1.4f);
    }
}

static void faults_draw(const Pen *pen, int index, const Row *row)
{
    const Rows *rows = &pen->editor->rows;
    for (int i = 0; i < pen->look->n_faults; i++) {
        const Span span = pen->look->faults[i];
        const bool at_end = span.start >= row->end && span.start <= row->end + 1 && span.end <= span.start + 1;
        if (!overlaps(span, row->start, row->end) && !at_end) continue;
        const float left = rows_x(rows, row, most(span.start, row->start));
        float right = rows_x(rows, row, least(span.end, row->end));
        if (right < left + rows->column) right = left + rows->column;
        wave_draw(pen, pen->left + left, pen->left + right, row_top(pen, index) + pen->pitch - 3 * pen->editor->scale);
    }
}

static void caret_draw(const Pen *pen)
{
    const Editor *editor = pen->editor;
    const Rect caret = editor_caret(editor, pen->area);
    const float inset = 3 * editor->scale;
    float x = caret.x;
    if (editor->compose[0]) {
        const Rows *rows = &editor->rows;
        const float width = measure_width(rows->measure, FONT_CODE, pen->size, editor->compose);
        const char *text = arena_copy(pen->scene->arena, editor->compose, strlen(editor->compose));
        mark_rect(pen->scene, (Rect){x, caret.y, width, caret.h}, 0, pen->look->theme->code_ground);
        mark_text(pen->scene, (Point){x, baseline(pen, caret.y)}, ALIGN_LEFT, FONT_CODE, pen->size, pen->look->theme->ink, text);
        mark_line(pen->scene, (Point){x, caret.y + caret.h - inset}, (Point){x + width, caret.y + caret.h - inset}, pen->look->theme->ink, 1);
        x += width;
    }
    mark_rect(pen->scene, (Rect){x - 1, caret.y + inset, 2, caret.h - 2 * inset}, 0, pen->look->theme->accent);
}

void editor_draw(const Editor *editor, Scene *scene, Rect area, const EditorLook *look)
{
    const Pen pen = {.editor = editor, .scene = scene, .look = look, .area = area, .left = area.x + editor_gutter(editor),
                     .pitch = EDITOR_PITCH * editor->scale, .size = EDITOR_SIZE * editor->scale};
    int from, to;
    rows_seen(&pen, &from, &to);
    mark_clip(scene, area);
    for (int i = from; i < to; i++)
        if (row_lit(&pen, &editor->rows.row[i])) band_draw(&pen, i, look->theme->selection);
    for (int i = from; i < to; i++) {
        const Row *row = &editor->rows.row[i];
        selection_draw(&pen, i, row);
        if (row->note) note_draw(&pen, i, row);
        else row_text_draw(&pen, i, row);
        number_draw(&pen, i, row);
        faults_draw(&pen, i, row);
    }
    if (look->focused) caret_draw(&pen);
    const ScrollBar bar = editor_bar(editor, area);
    if (look->bar_lit) scroll_bar_draw_lit(scene, look->theme, &bar);
    else scroll_bar_draw(scene, look->theme, &bar);
    mark_unclip(scene);
}
