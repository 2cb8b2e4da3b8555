/* Files opened, saved and exported, and what is unsaved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRIVEN_TEST(nothing_unsaved_is_lost_without_asking),
        DRIVEN_TEST(an_unchanged_text_closes_at_once),
        DRIVEN_TEST(a_text_is_saved_and_opened_again),
        DRIVEN_TEST(a_view_is_exported),
        cmocka_unit_test(a_path_field_stands_in_for_a_dialog_that_cannot_be_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
