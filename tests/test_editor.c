#include "app/editor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const Rect AREA = {0, 0, 400, 500};

/* Every character is 10 points wide, those beyond ASCII 20. */
static float fixed_width(void *fonts, Font font, float size, const char *text, size_t length)
{
    (void)fonts, (void)font, (void)size;
    float width = 0;
    for (int at = 0; (size_t)at < length;) width += utf8_next(text, length, &at) < 0x80 ? 10 : 20;
    return width;
}

static const Measure MEASURE = {.width = fixed_width};

static char clipboard[256];

static const char *read_clipboard(void *self, Arena *arena)
{
    (void)self;
    return arena_copy(arena, clipboard, strlen(clipboard));
}

static void write_clipboard(void *self, const char *text)
{
    (void)self;
    strncpy(clipboard, text, sizeof clipboard - 1);
}

static const Platform PLATFORM = {.clipboard_read = read_clipboard, .clipboard_write = write_clipboard};

typedef struct Desk {
    Editor editor;
    double seconds;
} Desk;

static void lay_out(Desk *desk)
{
    editor_layout(&desk->editor, &MEASURE, AREA, 1, NULL, -1);
}

static void open_text(Desk *desk, const char *text)
{
    *desk = (Desk){.seconds = 100};
    editor_open(&desk->editor, NULL, text, strlen(text));
    lay_out(desk);
}

static void give(Desk *desk, Input input)
{
    desk->seconds += 0.1;
    editor_input(&desk->editor, &input, AREA, &PLATFORM, desk->seconds);
    lay_out(desk);
}

static void press_key(Desk *desk, int key, unsigned modifiers)
{
    give(desk, (Input){.type = INPUT_KEY, .key = key, .modifiers = modifiers});
}

static void type(Desk *desk, const char *text)
{
    for (; *text; text++) {
        const char one[2] = {*text, 0};
        if (*text == '\n') press_key(desk, KEY_ENTER, 0);
        else give(desk, (Input){.type = INPUT_TEXT, .text = one});
    }
}

static void click(Desk *desk, float column, float row, int clicks, unsigned modifiers)
{
    const Point at = {AREA.x + editor_gutter(&desk->editor) + column * 10, AREA.y + (row + 0.5f) * EDITOR_PITCH};
    give(desk, (Input){.type = INPUT_PRESS, .at = at, .button = BUTTON_LEFT, .clicks = clicks, .modifiers = modifiers});
}

static void drag(Desk *desk, float column, float row)
{
    const Point at = {AREA.x + editor_gutter(&desk->editor) + column * 10, AREA.y + (row + 0.5f) * EDITOR_PITCH};
    give(desk, (Input){.type = INPUT_MOVE, .at = at});
}

#define assert_text(desk, expected) assert_string_equal((desk)->editor.buffer.text, (expected))

static void assert_selected(const Desk *desk, int anchor, int caret)
{
    assert_int_equal(desk->editor.selection.anchor, anchor);
    assert_int_equal(desk->editor.selection.caret, caret);
}

/* ---- typing and undo ---- */

static void typing_is_one_undo(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "");
    type(&desk, "Dense(4)");
    editor_undo(&desk.editor);
    assert_text(&desk, "");
    editor_redo(&desk.editor);
    assert_text(&desk, "Dense(4)");
    assert_selected(&desk, 8, 8);
    editor_close(&desk.editor);
}

static void a_pause_begins_another_undo(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "");
    type(&desk, "ab");
    desk.seconds += 5;
    type(&desk, "cd");
    editor_undo(&desk.editor);
    assert_text(&desk, "ab");
    editor_undo(&desk.editor);
    assert_text(&desk, "");
    assert_false(editor_undo(&desk.editor));
    editor_close(&desk.editor);
}

static void moving_away_begins_another_undo(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "xy");
    type(&desk, "a");
    press_key(&desk, KEY_RIGHT, 0);
    type(&desk, "b");
    assert_text(&desk, "axby");
    editor_undo(&desk.editor);
    assert_text(&desk, "axy");
    editor_close(&desk.editor);
}

static void erasing_is_one_undo(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "Dense");
    press_key(&desk, KEY_END, 0);
    for (int i = 0; i < 3; i++) press_key(&desk, KEY_BACKSPACE, 0);
    assert_text(&desk, "De");
    editor_undo(&desk.editor);
    assert_text(&desk, "Dense");
    assert_selected(&desk, 5, 5);
    editor_close(&desk.editor);
}

static void typing_replaces_the_selection(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "Dense(16)");
    desk.editor.selection = (Selection){6, 8};
    type(&desk, "4");
    assert_text(&desk, "Dense(4)");
    editor_undo(&desk.editor);
    assert_text(&desk, "Dense(16)");
    assert_selected(&desk, 6, 8);
    editor_close(&desk.editor);
}

static void saving_is_remembered_through_undo(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "a");
    assert_false(buffer_dirty(&desk.editor.buffer));
    type(&desk, "b");
    assert_true(buffer_dirty(&desk.editor.buffer));
    buffer_mark_saved(&desk.editor.buffer);
    type(&desk, "c");
    assert_true(buffer_dirty(&desk.editor.buffer));
    editor_undo(&desk.editor);
    assert_false(buffer_dirty(&desk.editor.buffer));
    editor_undo(&desk.editor);
    type(&desk, "d");
    editor_undo(&desk.editor);
    assert_true(buffer_dirty(&desk.editor.buffer));   /* the saved state lies on a branch that is gone */
    editor_close(&desk.editor);
}

static void several_edits_are_one_undo(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "one two three");
    desk.editor.selection = (Selection){13, 13};
    Edit edit[] = {{{0, 3}, "1"}, {{8, 13}, "3!"}};
    const Edits edits = {.edit = edit, .n = 2};
    editor_apply(&desk.editor, &edits);
    assert_text(&desk, "1 two 3!");
    assert_selected(&desk, 8, 8);
    editor_undo(&desk.editor);
    assert_text(&desk, "one two three");
    editor_redo(&desk.editor);
    assert_text(&desk, "1 two 3!");
    editor_close(&desk.editor);
}

/* ---- indentation ---- */

static void keys_write_as_expected(void **state)
{
    (void)state;
    static const struct { const char *before; int at; int key; unsigned modifiers; const char *after; } cases[] = {
        {"def f():", 8, KEY_ENTER, 0, "def f():\n    "},
        {"    x = 1", 9, KEY_ENTER, 0, "    x = 1\n    "},
        {"Sequential([", 12, KEY_ENTER, 0, "Sequential([\n    "},
        {"a\r\nb", 4, KEY_ENTER, 0, "a\r\nb\r\n"},
        {"x", 0, KEY_TAB, 0, "    x"},
        {"ab", 1, KEY_TAB, 0, "a   b"},
        {"        x", 8, KEY_BACKSPACE, 0, "    x"},
        {"   x", 3, KEY_BACKSPACE, 0, "x"},
        {"    x", 5, KEY_TAB, MOD_SHIFT, "x"},
        {"\tx", 2, KEY_TAB, MOD_SHIFT, "x"},
        {"model.add(Flatten())", 3, '/', MOD_CTRL, "# model.add(Flatten())"},
        {"  # model.add(Flatten())", 3, '/', MOD_CTRL, "  model.add(Flatten())"},
        {"one two", 7, KEY_BACKSPACE, MOD_CTRL, "one "},
        {"one two", 0, KEY_DELETE, MOD_CTRL, " two"},
        {"ab", 1, KEY_DELETE, 0, "a"},
        {"ab", 2, KEY_DELETE, 0, "ab"},
        {"ab", 0, KEY_BACKSPACE, 0, "ab"},
        {"e\xCC\x81x", 3, KEY_BACKSPACE, 0, "x"},                /* an accent goes with its letter */
        {"\xE6\xBC\xA2\xE5\xAD\x97", 6, KEY_BACKSPACE, 0, "\xE6\xBC\xA2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk desk;
        open_text(&desk, cases[i].before);
        desk.editor.selection = (Selection){cases[i].at, cases[i].at};
        press_key(&desk, cases[i].key, cases[i].modifiers);
        assert_text(&desk, cases[i].after);
        editor_close(&desk.editor);
    }
}

static void tab_indents_all_selected_lines(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "a\n\nb\nc");
    desk.editor.selection = (Selection){0, 4};
    press_key(&desk, KEY_TAB, 0);
    assert_text(&desk, "    a\n\n    b\nc");
    press_key(&desk, KEY_TAB, MOD_SHIFT);
    assert_text(&desk, "a\n\nb\nc");
    editor_close(&desk.editor);
}

/* ---- moving ---- */

static void keys_move_the_caret(void **state)
{
    (void)state;
    static const struct { const char *text; int at; int key; unsigned modifiers; int anchor, caret; } cases[] = {
        {"abc", 1, KEY_RIGHT, 0, 2, 2},
        {"abc", 1, KEY_RIGHT, MOD_SHIFT, 1, 2},
        {"abc", 0, KEY_LEFT, 0, 0, 0},
        {"abc", 3, KEY_RIGHT, 0, 3, 3},
        {"a\r\nb", 1, KEY_RIGHT, 0, 3, 3},
        {"a\r\nb", 3, KEY_LEFT, 0, 1, 1},
        {"one two", 0, KEY_RIGHT, MOD_CTRL, 3, 3},
        {"one two", 7, KEY_LEFT, MOD_CTRL, 4, 4},
        {"  x = 1", 7, KEY_HOME, 0, 2, 2},
        {"  x = 1", 2, KEY_HOME, 0, 0, 0},
        {"ab\ncd", 3, KEY_END, 0, 5, 5},
        {"ab\ncd", 4, KEY_HOME, MOD_CTRL, 0, 0},
        {"ab\ncd", 0, KEY_END, MOD_CTRL, 5, 5},
        {"abc\nde\nfgh", 3, KEY_DOWN, 0, 6, 6},
        {"abc\nde\nfgh", 9, KEY_UP, 0, 6, 6},
        {"abc", 1, KEY_UP, 0, 0, 0},
        {"abc", 1, KEY_DOWN, 0, 3, 3},
        {"e\xCC\x81x", 0, KEY_RIGHT, 0, 3, 3},
        {"x\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBDy", 1, KEY_RIGHT, 0, 9, 9},   /* a thumb with its skin colour */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk desk;
        open_text(&desk, cases[i].text);
        desk.editor.selection = (Selection){cases[i].at, cases[i].at};
        press_key(&desk, cases[i].key, cases[i].modifiers);
        assert_selected(&desk, cases[i].anchor, cases[i].caret);
        editor_close(&desk.editor);
    }
}

static void down_keeps_its_column_over_short_lines(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "abcdef\nx\nabcdef");
    desk.editor.selection = (Selection){5, 5};
    press_key(&desk, KEY_DOWN, 0);
    assert_selected(&desk, 8, 8);
    press_key(&desk, KEY_DOWN, 0);
    assert_selected(&desk, 14, 14);
    editor_close(&desk.editor);
}

/* ---- pointer ---- */

static void the_pointer_selects(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "model.add(Dense(16))\nx = 1\n");
    click(&desk, 3.2f, 0, 1, 0);
    assert_selected(&desk, 3, 3);
    drag(&desk, 2, 1);
    assert_selected(&desk, 3, 23);
    click(&desk, 11, 0, 2, 0);
    assert_selected(&desk, 10, 15);
    drag(&desk, 16.5f, 0);
    assert_selected(&desk, 10, 18);
    click(&desk, 1, 0, 3, 0);
    assert_selected(&desk, 0, 21);
    click(&desk, 0, 0, 1, 0);
    click(&desk, 5, 0, 1, MOD_SHIFT);
    assert_selected(&desk, 0, 5);
    editor_close(&desk.editor);
}

static void a_click_beside_the_text_goes_to_its_nearest_place(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "ab\ncd");
    click(&desk, 30, 0, 1, 0);
    assert_selected(&desk, 2, 2);
    click(&desk, 1, 15, 1, 0);
    assert_selected(&desk, 4, 4);
    editor_close(&desk.editor);
}

/* ---- clipboard, input methods ---- */

static void the_clipboard_cuts_and_pastes(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "one two");
    desk.editor.selection = (Selection){0, 4};
    press_key(&desk, 'x', MOD_CTRL);
    assert_text(&desk, "two");
    assert_string_equal(clipboard, "one ");
    press_key(&desk, KEY_END, 0);
    press_key(&desk, 'v', MOD_CTRL);
    assert_text(&desk, "twoone ");
    press_key(&desk, 'a', MOD_CTRL);
    press_key(&desk, 'c', MOD_CTRL);
    assert_string_equal(clipboard, "twoone ");
    editor_close(&desk.editor);
}

static void composed_text_enters_when_it_is_committed(void **state)
{
    (void)state;
    Desk desk;
    open_text(&desk, "# ");
    desk.editor.selection = (Selection){2, 2};
    give(&desk, (Input){.type = INPUT_COMPOSE, .text = "\xE3\x81\x8B"});
    assert_text(&desk, "# ");
    press_key(&desk, KEY_BACKSPACE, 0);   /* is the input method's */
    assert_text(&desk, "# ");
    give(&desk, (Input){.type = INPUT_TEXT, .text = "\xE6\xBC\xA2"});
    assert_text(&desk, "# \xE6\xBC\xA2");
    assert_int_equal(desk.editor.compose[0], 0);
    editor_close(&desk.editor);
}

/* ---- rows ---- */

static void long_lines_go_on_below(void **state)
{
    (void)state;
    Arena arena;
    Rows rows;
    const char *text = "    f(aaaaaaaaaa, bbbbbbbbbb, cccccccccc)\nend";
    arena_open(&arena, 0);
    rows_layout(&rows, &arena, text, strlen(text), &MEASURE, 14, 200, NULL, -1);
    assert_int_equal(rows.n, 4);
    for (int i = 1; i < 3; i++) {
        assert_int_equal(rows.row[i].start, rows.row[i - 1].end);
        assert_false(rows.row[i].first);
        assert_true(rows.row[i].indent > 0);
    }
    assert_true(rows_x(&rows, &rows.row[0], rows.row[0].end) <= 200);
    assert_int_equal(rows.row[3].line, 2);
    for (int at = 0; at <= (int)strlen(text); at++) {
        const Row *row = &rows.row[rows_find(&rows, at)];
        assert_in_range(at, row->start, row->end);
        assert_int_equal(rows_at(&rows, row, rows_x(&rows, row, at)), at);
    }
    arena_close(&arena);
}

static void a_note_stands_under_its_line(void **state)
{
    (void)state;
    Arena arena;
    Rows rows;
    arena_open(&arena, 0);
    rows_layout(&rows, &arena, "a\nprint(b)\nc", 12, &MEASURE, 14, 400, "(1, 4)", 5);
    assert_int_equal(rows.n, 4);
    assert_string_equal(rows.row[2].note, "(1, 4)");
    assert_int_equal(rows_find(&rows, 10), 1);
    assert_int_equal(rows_find(&rows, 11), 3);
    arena_close(&arena);
}

static void any_bytes_can_be_laid_out_and_moved_over(void **state)
{
    (void)state;
    char bytes[400];
    uint32_t seed = 1;
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
        Desk desk = {0};
        editor_open(&desk.editor, NULL, bytes, sizeof bytes);
        lay_out(&desk);
        for (int i = 0; i < 500 && desk.editor.selection.caret < (int)sizeof bytes; i++) press_key(&desk, KEY_RIGHT, 0);
        assert_int_equal(desk.editor.selection.caret, sizeof bytes);
        for (int i = 0; i < 500 && desk.editor.selection.caret > 0; i++) press_key(&desk, KEY_LEFT, 0);
        assert_int_equal(desk.editor.selection.caret, 0);
        press_key(&desk, KEY_DOWN, MOD_SHIFT);
        press_key(&desk, KEY_BACKSPACE, 0);
        editor_undo(&desk.editor);
        assert_memory_equal(desk.editor.buffer.text, bytes, sizeof bytes);
        editor_close(&desk.editor);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typing_is_one_undo),
        cmocka_unit_test(a_pause_begins_another_undo),
        cmocka_unit_test(moving_away_begins_another_undo),
        cmocka_unit_test(erasing_is_one_undo),
        cmocka_unit_test(typing_replaces_the_selection),
        cmocka_unit_test(saving_is_remembered_through_undo),
        cmocka_unit_test(several_edits_are_one_undo),
        cmocka_unit_test(keys_write_as_expected),
        cmocka_unit_test(tab_indents_all_selected_lines),
        cmocka_unit_test(keys_move_the_caret),
        cmocka_unit_test(down_keeps_its_column_over_short_lines),
        cmocka_unit_test(the_pointer_selects),
        cmocka_unit_test(a_click_beside_the_text_goes_to_its_nearest_place),
        cmocka_unit_test(the_clipboard_cuts_and_pastes),
        cmocka_unit_test(composed_text_enters_when_it_is_committed),
        cmocka_unit_test(long_lines_go_on_below),
        cmocka_unit_test(a_note_stands_under_its_line),
        cmocka_unit_test(any_bytes_can_be_laid_out_and_moved_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
