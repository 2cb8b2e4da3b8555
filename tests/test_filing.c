/* Files opened, saved and exported, and what is unsaved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/files.h"
#include "app/filing.h"
#include "driving.h"

static void nothing_unsaved_is_lost_without_asking(void **state)
{
    Driven *d = *state;
    driven_put_caret(d, "Dense(4");
    driven_type(d, "0");
    app_update(&d->app, &(Input){.type = INPUT_CLOSE}, 1002);
    assert_false(d->app.done);
    assert_int_equal(d->app.sheet, SHEET_GUARD);
    driven_key(d, KEY_ESCAPE, 0);
    assert_int_equal(d->app.sheet, SHEET_NONE);
    app_update(&d->app, &(Input){.type = INPUT_CLOSE}, 1003);
    driven_click(d, driven_widget(d, "guard.discard"));
    assert_true(d->app.done);
}

static void an_unchanged_text_closes_at_once(void **state)
{
    Driven *d = *state;
    app_update(&d->app, &(Input){.type = INPUT_CLOSE}, 1002);
    assert_true(d->app.done);
}

static void a_text_is_saved_and_opened_again(void **state)
{
    Driven *d = *state;
    size_t length;
    const char *path = "/tmp/shapeflow-test-app.py";
    unlink(path);
    driven_put_caret(d, "Dense(4");
    driven_type(d, "2");
    driven_key(d, 's', MOD_CTRL);
    assert_ptr_equal(d->app.field.kind, &FIELD_SAVE);
    driven_key(d, 'a', MOD_CTRL);
    driven_type(d, path);
    driven_key(d, KEY_ENTER, 0);
    assert_null(d->app.field.kind);
    assert_string_equal(file_read(&d->arena, path, &length), driven_text(d));
    assert_false(buffer_dirty(&d->app.editor.buffer));
    assert_true(driven_shows(d, "shapeflow-test-app.py"));
    app_update(&d->app, &(Input){.type = INPUT_DROP, .text = SOURCE_DIR "/assets/models/flatten_question.py"}, 1003);
    assert_true(driven_shows(d, "(None, 4)"));
    app_update(&d->app, &(Input){.type = INPUT_DROP, .text = path}, 1004);
    assert_true(driven_shows(d, "(None, 42)"));
    app_update(&d->app, &(Input){.type = INPUT_DROP, .text = "/none/at/all.py"}, 1005);
    assert_true(driven_shows(d, "(None, 42)"));
    assert_true(driven_shows(d, "all.py"));
    unlink(path);
}

static void a_view_is_exported(void **state)
{
    Driven *d = *state;
    size_t length;
    driven_key(d, 'e', 0);
    assert_ptr_equal(d->app.menu.kind, &MENU_EXPORT);
    driven_key(d, KEY_DOWN, 0);
    driven_key(d, KEY_ENTER, 0);
    assert_ptr_equal(d->app.field.kind, &FIELD_EXPORT);
    driven_key(d, 'a', MOD_CTRL);
    driven_type(d, "/tmp/shapeflow-test-app.svg\n");
    const char *svg = file_read(&d->arena, "/tmp/shapeflow-test-app.svg", &length);
    assert_non_null(svg);
    assert_non_null(strstr(svg, "Dense"));
    unlink("/tmp/shapeflow-test-app.svg");
}

static bool dialog_that_fails(void *self, bool save, const char *title, const char *suggested)
{
    (void)save, (void)title, (void)suggested;
    ++*(int *)self;
    return true;
}

static bool dialog_that_is_not_there(void *self, bool save, const char *title, const char *suggested)
{
    (void)self, (void)save, (void)title, (void)suggested;
    return false;
}

static void a_path_field_stands_in_for_a_dialog_that_cannot_be_shown(void **state)
{
    (void)state;
    Driven d;
    int asked = 0;
    driven_open(&d, NULL, 1280, 720);
    d.app.settings.own_dialogs = false;
    d.app.platform = (Platform){.self = &asked, .file_ask = dialog_that_fails};
    filing_ask_export(&d.app, ".pdf");
    assert_int_equal(asked, 1);
    assert_null(d.app.field.kind);
    app_update(&d.app, &(Input){.type = INPUT_CHOSEN, .text = ""}, 1003);
    assert_true(d.app.field.kind == &FIELD_EXPORT);
    assert_non_null(strstr(d.app.field.line.buffer.text, ".pdf"));
    driven_key(&d, KEY_ESCAPE, 0);
    driven_key(&d, 'o', MOD_CTRL);
    assert_true(d.app.field.kind == &FIELD_OPEN);
    assert_int_equal(asked, 1);
    driven_close(&d);
}

static void without_a_dialog_program_that_is_said_once(void **state)
{
    Driven *d = *state;
    d->app.settings.own_dialogs = false;
    d->app.platform.file_ask = dialog_that_is_not_there;
    driven_key(d, 'o', MOD_CTRL);
    assert_ptr_equal(d->app.field.kind, &FIELD_OPEN);
    assert_true(driven_shows(d, "zenity"));
    driven_key(d, KEY_ESCAPE, 0);
    driven_wait(d, 5);
    driven_key(d, 'o', MOD_CTRL);
    assert_false(driven_shows(d, "zenity"));
}

/* A file of the tests' own, saved from the question; the notice of it is gone. */
static const char *saved_file(Driven *d)
{
    static const char path[] = "/tmp/shapeflow-test-filing.py";
    unlink(path);
    assert_true(filing_save_as(&d->app, path));
    driven_wait(d, 5);
    return path;
}

static void write_outside(Driven *d, const char *path, const char *text)
{
    assert_true(file_write(&d->arena, path, text, strlen(text)));
}

#define OTHER_TEXT "from keras import *\nfrom keras.layers import *\nmodel = Sequential([Input((3, 2)), Dense(7)])\n"

static void an_unchanged_text_follows_its_file(void **state)
{
    Driven *d = *state;
    const char *path = saved_file(d);
    write_outside(d, path, OTHER_TEXT);
    app_update(&d->app, &(Input){.type = INPUT_FOCUS}, d->seconds);
    assert_string_equal(driven_text(d), OTHER_TEXT);
    assert_false(buffer_dirty(&d->app.editor.buffer));
    assert_true(driven_shows(d, "(None, 3, 7)"));
    assert_true(driven_shows(d, "changed by another program"));
    driven_key(d, 'z', MOD_CTRL);
    assert_non_null(strstr(driven_text(d), "Flatten()"));
    unlink(path);
}

static void what_another_program_wrote_is_not_lost_unasked(void **state)
{
    Driven *d = *state;
    size_t length;
    const char *path = saved_file(d);
    driven_key(d, 'f', 0);
    write_outside(d, path, OTHER_TEXT);
    driven_key(d, 's', MOD_CTRL);
    assert_int_equal(d->app.sheet, SHEET_CHANGED);
    assert_string_equal(file_read(&d->arena, path, &length), OTHER_TEXT);
    driven_key(d, 'c', 0);      /* Cancel */
    assert_int_equal(d->app.sheet, SHEET_NONE);
    driven_key(d, 's', MOD_CTRL);
    driven_key(d, KEY_ENTER, 0);
    assert_string_equal(file_read(&d->arena, path, &length), driven_text(d));
    write_outside(d, path, OTHER_TEXT);
    driven_key(d, 'f', 0);
    driven_key(d, 's', MOD_CTRL);
    driven_click(d, driven_widget(d, "disk.load"));
    assert_string_equal(driven_text(d), OTHER_TEXT);
    unlink(path);
}

static void a_notice_outlives_the_key_that_brought_it(void **state)
{
    Driven *d = *state;
    const char *path = saved_file(d);
    driven_key(d, 's', MOD_CTRL);
    assert_true(driven_shows(d, "Saved"));
    driven_key(d, KEY_OTHER, 0);        /* Ctrl let go */
    assert_true(driven_shows(d, "Saved"));
    driven_wait(d, 5);
    assert_false(driven_shows(d, "Saved"));
    unlink(path);
}

static void another_file_is_written_over_when_named_twice(void **state)
{
    Driven *d = *state;
    size_t length;
    const char *other = "/tmp/shapeflow-test-other.py";
    write_outside(d, other, OTHER_TEXT);
    driven_key(d, 's', MOD_CTRL | MOD_SHIFT);
    driven_key(d, 'a', MOD_CTRL);
    driven_type(d, other);
    driven_key(d, KEY_ENTER, 0);
    assert_ptr_equal(d->app.field.kind, &FIELD_SAVE);
    assert_true(driven_shows(d, "There is such a file"));
    assert_string_equal(file_read(&d->arena, other, &length), OTHER_TEXT);
    driven_key(d, KEY_ENTER, 0);
    assert_null(d->app.field.kind);
    assert_string_equal(file_read(&d->arena, other, &length), driven_text(d));
    unlink(other);
}

static void a_file_that_cannot_be_written_keeps_its_text(void **state)
{
    Driven *d = *state;
    size_t length;
    const char *path = saved_file(d);
    const char *before = file_read(&d->arena, path, &length);
    driven_key(d, 'f', 0);
    assert_int_equal(chmod(path, 0444), 0);
    driven_key(d, 's', MOD_CTRL);
    assert_true(driven_shows(d, "cannot write"));
    assert_true(buffer_dirty(&d->app.editor.buffer));
    assert_string_equal(file_read(&d->arena, path, &length), before);
    unlink(path);
}

static void sheets_answer_to_the_letters_of_their_buttons(void **state)
{
    Driven *d = *state;
    driven_key(d, 'f', 0);
    driven_key(d, 'q', MOD_CTRL);
    assert_int_equal(d->app.sheet, SHEET_GUARD);
    driven_key(d, 'c', 0);
    assert_int_equal(d->app.sheet, SHEET_NONE);
    driven_key(d, 'q', MOD_CTRL);
    driven_key(d, 'd', 0);
    assert_true(d->app.done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRIVEN_TEST(nothing_unsaved_is_lost_without_asking),
        DRIVEN_TEST(an_unchanged_text_closes_at_once),
        DRIVEN_TEST(a_text_is_saved_and_opened_again),
        DRIVEN_TEST(a_view_is_exported),
        cmocka_unit_test(a_path_field_stands_in_for_a_dialog_that_cannot_be_shown),
        DRIVEN_TEST(without_a_dialog_program_that_is_said_once),
        DRIVEN_TEST(an_unchanged_text_follows_its_file),
        DRIVEN_TEST(what_another_program_wrote_is_not_lost_unasked),
        DRIVEN_TEST(a_notice_outlives_the_key_that_brought_it),
        DRIVEN_TEST(another_file_is_written_over_when_named_twice),
        DRIVEN_TEST(a_file_that_cannot_be_written_keeps_its_text),
        DRIVEN_TEST(sheets_answer_to_the_letters_of_their_buttons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
