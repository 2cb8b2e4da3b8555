/* Numbers, arguments and layers changed in the picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "driving.h"

static void an_input_is_changed_in_its_place(void **state)
{
    Driven *d = *state;
    driven_click(d, driven_unit(d, NULL, 2));
    assert_ptr_equal(d->app.field.kind, &FIELD_INPUT);
    driven_type(d, "9\n");
    assert_null(d->app.field.kind);
    assert_non_null(strstr(driven_text(d), "[9, 4]"));
    driven_key(d, 'z', MOD_CTRL);
    assert_non_null(strstr(driven_text(d), "[3, 4]"));
}

static void arrows_step_a_number_as_one_undo(void **state)
{
    Driven *d = *state;
    driven_click(d, driven_unit(d, NULL, 2));
    for (int i = 0; i < 5; i++) driven_key(d, KEY_UP, 0);
    assert_non_null(strstr(driven_text(d), "[8, 4]"));
    driven_key(d, KEY_DOWN, 0);
    driven_key(d, KEY_ENTER, 0);
    assert_non_null(strstr(driven_text(d), "[7, 4]"));
    driven_key(d, 'z', MOD_CTRL);
    assert_non_null(strstr(driven_text(d), "[3, 4]"));
    assert_false(buffer_dirty(&d->app.editor.buffer));
}

static void escape_takes_back_what_was_tried(void **state)
{
    Driven *d = *state;
    driven_click(d, driven_unit(d, NULL, 2));
    driven_key(d, KEY_UP, 0);
    assert_non_null(strstr(driven_text(d), "[4, 4]"));
    driven_key(d, KEY_ESCAPE, 0);
    assert_non_null(strstr(driven_text(d), "[3, 4]"));
    assert_null(d->app.field.kind);
}

static void nonsense_in_a_field_is_refused_with_a_reason(void **state)
{
    Driven *d = *state;
    driven_click(d, driven_unit(d, NULL, 2));
    driven_type(d, "abc\n");
    assert_ptr_equal(d->app.field.kind, &FIELD_INPUT);
    assert_true(driven_shows(d, "A number is needed"));
    assert_non_null(strstr(driven_text(d), "[3, 4]"));
}

static void units_and_input_shapes_are_changed_at_the_heading(void **state)
{
    Driven *d = *state;
    const int dense = plan_find(&d->app.study.shown->plan, "dense"), dense_1 = plan_find(&d->app.study.shown->plan, "dense_1");
    const Pick *units = driven_find(d, PICK_SHAPE, dense, 2);
    assert_non_null(units);
    driven_click(d, (Point){units->area.x + units->area.w / 2, units->area.y + units->area.h / 2});
    assert_ptr_equal(d->app.field.kind, &FIELD_DIMENSION);
    driven_type(d, "8\n");
    assert_non_null(strstr(driven_text(d), "Dense(8, input_shape=(3, 2))"));
    const Pick *rows = driven_find(d, PICK_SHAPE, -1, 1);
    assert_non_null(rows);
    driven_click(d, (Point){rows->area.x + rows->area.w / 2, rows->area.y + rows->area.h / 2});
    driven_type(d, "5\n");
    assert_non_null(strstr(driven_text(d), "Dense(8, input_shape=(5, 2))"));
    assert_non_null(strstr(driven_text(d), "x = np.array([[[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]])"));
    assert_false(study_faulty(&d->app.study));
    const Pick *argument = driven_find(d, PICK_ARGUMENT, dense_1, -1);
    assert_non_null(argument);
    driven_click(d, (Point){argument->area.x + argument->area.w / 2, argument->area.y + argument->area.h / 2});
    assert_ptr_equal(d->app.field.kind, &FIELD_ARGUMENT);
    driven_type(d, "7\n");
    assert_non_null(strstr(driven_text(d), "Dense(7)"));
}

static void a_weight_is_written_into_the_text(void **state)
{
    Driven *d = *state;
    driven_key(d, KEY_ESCAPE, 0);
    driven_key(d, 'w', 0);
    const Pick *weight = driven_find(d, PICK_WEIGHT, plan_find(&d->app.study.shown->plan, "dense_1"), -1);
    assert_non_null(weight);
    driven_click(d, (Point){weight->area.x + weight->area.w / 2, weight->area.y + weight->area.h / 2});
    assert_ptr_equal(d->app.field.kind, &FIELD_WEIGHT);
    driven_type(d, "0.5\n");
    assert_non_null(strstr(driven_text(d), "set_weights"));
    assert_false(study_faulty(&d->app.study));
    driven_key(d, 'z', MOD_CTRL);
    assert_null(strstr(driven_text(d), "set_weights"));
}

static void layers_are_put_in_moved_and_taken_out(void **state)
{
    Driven *d = *state;
    const Pick *gap = driven_find(d, PICK_INSERT, plan_find(&d->app.study.shown->plan, "dense_1"), -1);
    assert_non_null(gap);
    driven_click(d, (Point){gap->area.x + gap->area.w / 2, gap->area.y + gap->area.h / 2});
    assert_ptr_equal(d->app.menu.kind, &MENU_INSERT);
    driven_key(d, KEY_DOWN, 0);
    driven_key(d, KEY_ENTER, 0);
    assert_int_equal(d->app.study.shown->plan.n_layers, 5);
    driven_key(d, 'z', MOD_CTRL);
    assert_int_equal(d->app.study.shown->plan.n_layers, 4);
    const Pick *row = driven_find(d, PICK_SUMMARY_ROW, 1, -1);
    driven_click(d, (Point){row->area.x + 40, row->area.y + 10});
    driven_key(d, KEY_DELETE, 0);
    assert_int_equal(d->app.study.shown->plan.n_layers, 3);
    assert_null(strstr(driven_text(d), "model.add(Activation"));
    driven_key(d, 'z', MOD_CTRL);
    row = driven_find(d, PICK_SUMMARY_ROW, 2, -1);
    driven_click(d, (Point){row->area.x + 40, row->area.y + 10});
    driven_key(d, KEY_LEFT, MOD_ALT);
    assert_true(strstr(driven_text(d), "model.add(Flatten())") < strstr(driven_text(d), "model.add(Activation"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRIVEN_TEST(an_input_is_changed_in_its_place),
        DRIVEN_TEST(arrows_step_a_number_as_one_undo),
        DRIVEN_TEST(escape_takes_back_what_was_tried),
        DRIVEN_TEST(nonsense_in_a_field_is_refused_with_a_reason),
        DRIVEN_TEST(units_and_input_shapes_are_changed_at_the_heading),
        DRIVEN_TEST(a_weight_is_written_into_the_text),
        DRIVEN_TEST(layers_are_put_in_moved_and_taken_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
