/* The text and what follows from it: typing, the last good model, faults and fixes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "driving.h"

static void typing_changes_the_picture(void **state)
{
    Driven *d = *state;
    driven_put_caret(d, "Dense(4");
    driven_key(d, KEY_BACKSPACE, 0);
    driven_type(d, "5");
    assert_true(driven_shows(d, "(None, 5)"));
    assert_true(driven_shows(d, "(1, 5)"));
    driven_key(d, 'z', MOD_CTRL);
    driven_key(d, 'z', MOD_CTRL);
    assert_true(driven_shows(d, "(None, 4)"));
}

static void letters_are_text_in_the_code_and_commands_beside_it(void **state)
{
    Driven *d = *state;
    driven_put_caret(d, "print y.shape");
    const size_t length = strlen(driven_text(d));
    driven_type(d, "ftcw 0-+?");
    assert_int_equal(strlen(driven_text(d)), length + 9);
    assert_string_equal(d->app.settings.theme, "light");
    assert_int_equal(d->app.sheet, SHEET_NONE);
    driven_key(d, KEY_ESCAPE, 0);
    driven_key(d, 't', 0);
    assert_string_equal(d->app.settings.theme, "dark");
    assert_int_equal(strlen(driven_text(d)), length + 9);
}

static void while_typing_the_last_good_model_stays(void **state)
{
    Driven *d = *state;
    driven_put_caret(d, "model.add(Dense(4)");
    driven_key(d, KEY_BACKSPACE, 0);      /* a bracket is never closed */
    assert_true(study_faulty(&d->app.study));
    assert_true(study_stale(&d->app.study));
    assert_true(driven_shows(d, "(None, 48)"));
    driven_wait(d, 3);
    assert_true(driven_shows(d, "(None, 48)"));
    assert_true(driven_shows(d, "never closed"));
    driven_type(d, ")");
    assert_false(study_faulty(&d->app.study));
    assert_false(driven_shows(d, "never closed"));
}

static void a_refused_model_is_drawn_up_to_its_fault(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, DRIVEN_CNN, 1600, 900);
    driven_put_caret(&d, "Input((12, 12");
    for (int i = 0; i < 3; i++) driven_key(&d, KEY_DELETE, 0);
    assert_true(study_stale(&d.app.study));
    driven_wait(&d, 2);
    assert_false(study_stale(&d.app.study));
    assert_true(driven_shows(&d, "expected min_ndim=4, found ndim=3"));
    assert_true(driven_shows(&d, "Line 5"));
    assert_true(driven_shows(&d, "refused"));
    driven_close(&d);
}

static void a_fix_is_one_key_away(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, DRIVEN_CNN, 1600, 900);
    driven_put_caret(&d, "Input((12, 12");
    for (int i = 0; i < 3; i++) driven_key(&d, KEY_DELETE, 0);
    driven_wait(&d, 2);
    assert_true(study_faulty(&d.app.study));
    driven_key(&d, KEY_ENTER, MOD_ALT);
    assert_false(study_faulty(&d.app.study));
    driven_key(&d, 'z', MOD_CTRL);
    assert_true(study_faulty(&d.app.study));
    driven_close(&d);
}

static void a_fault_without_a_model_is_not_taken_for_an_empty_text(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, "model = Sequential([Dens(4)])", 1280, 720);
    assert_false(driven_shows(&d, "Write the first layer"));
    driven_close(&d);
    driven_open(&d, "", 1280, 720);
    assert_true(driven_shows(&d, "Write the first layer"));
    driven_close(&d);
}

static void one_of_several_models_is_chosen(void **state)
{
    (void)state;
    Driven d;
    driven_open(&d, "a = Sequential([Input((2,)), Dense(3)])\nb = Sequential([Input((2,)), Dense(5)])\n", 1600, 900);
    assert_true(driven_shows(&d, "(None, 5)"));
    driven_click(&d, driven_widget(&d, "menu.model"));
    driven_key(&d, KEY_DOWN, 0);
    driven_key(&d, KEY_ENTER, 0);
    assert_true(driven_shows(&d, "(None, 3)"));
    driven_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRIVEN_TEST(typing_changes_the_picture),
        DRIVEN_TEST(letters_are_text_in_the_code_and_commands_beside_it),
        DRIVEN_TEST(while_typing_the_last_good_model_stays),
        cmocka_unit_test(a_refused_model_is_drawn_up_to_its_fault),
        cmocka_unit_test(a_fix_is_one_key_away),
        cmocka_unit_test(a_fault_without_a_model_is_not_taken_for_an_empty_text),
        cmocka_unit_test(one_of_several_models_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
