/* What stands inside a nested model shown open is changed in place, as what stands outside is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/summary_pane.h"
#include "driving.h"

#define HEAD "import keras\nfrom keras import layers\n"
#define NESTED(inner) HEAD "inner = keras.Sequential([" inner "])\ni = keras.Input((3, 2))\nx = inner(i)\nmodel = keras.Model(i, layers.Dense(5)(x))\n"
#define BEFORE "layers.Dense(4, name='first'), layers.Dense(3, name='second')"

static int open_nested(void **state)
{
    static Driven driven;
    driven_open(&driven, NESTED(BEFORE), 1600, 900);
    *state = &driven;
    return 0;
}

static int close_nested(void **state)
{
    driven_close(*state);
    return 0;
}

static int row_of(const Driven *driven, const char *name)
{
    const Plan *plan = &driven->app.study.shown->plan;
    for (int i = 0; i < plan->n_rows; i++)
        if (strcmp(plan->layers[i].layer->name, name) == 0) return i;
    fail_msg("no row %s", name);
    return -1;
}

static Point middle(const Pick *pick)
{
    assert_non_null(pick);
    return (Point){pick->area.x + pick->area.w / 2, pick->area.y + pick->area.h / 2};
}

static void write_over(Driven *driven, const char *text)
{
    driven_key(driven, 'a', MOD_CTRL);
    driven_type(driven, text);
    driven_key(driven, KEY_ENTER, 0);
}

static void test_units_in_the_title_are_clicked_and_changed(void **state)
{
    Driven *driven = *state;
    driven_click(driven, middle(driven_find(driven, PICK_ARGUMENT, row_of(driven, "first"), -1)));
    assert_ptr_equal(driven->app.field.kind, &FIELD_ARGUMENT);
    write_over(driven, "6");
    assert_string_equal(driven_text(driven), NESTED("layers.Dense(6, name='first'), layers.Dense(3, name='second')"));
    driven_key(driven, 'z', MOD_CTRL);
    assert_string_equal(driven_text(driven), NESTED(BEFORE));
}

static void test_last_dimension_of_the_shape_is_the_units(void **state)
{
    Driven *driven = *state;
    driven_click(driven, middle(driven_find(driven, PICK_SHAPE, row_of(driven, "second"), 2)));
    write_over(driven, "7");
    assert_string_equal(driven_text(driven), NESTED("layers.Dense(4, name='first'), layers.Dense(7, name='second')"));
}

static void test_weight_is_written_by_the_path_to_its_layer(void **state)
{
    Driven *driven = *state;
    const Pick weight = {.type = PICK_WEIGHT, .layer = row_of(driven, "second"), .step = -1, .tensor = -1, .k = -1, .from = 1, .weight = 0};
    assert_true(field_open_at(&driven->app, &weight));
    write_over(driven, "0.5");
    assert_non_null(strstr(driven_text(driven), "model.layers[1].layers[1].set_weights(["));
    const Snapshot *now = driven->app.study.now;
    assert_true(snapshot_good(now));
    const int id = now->plan.layers[row_of(driven, "second")].layer->id;
    assert_true(now->run.table.weights[id][0].data[1] == 0.5f);
}

static void test_delete_takes_out_the_layer_in_focus(void **state)
{
    Driven *driven = *state;
    driven_click(driven, middle(driven_find(driven, PICK_LAYER, row_of(driven, "second"), -1)));
    driven_key(driven, KEY_DELETE, 0);
    assert_string_equal(driven_text(driven), NESTED("layers.Dense(4, name='first')"));
}

static void test_layers_change_places_inside(void **state)
{
    Driven *driven = *state;
    driven_click(driven, middle(driven_find(driven, PICK_LAYER, row_of(driven, "second"), -1)));
    driven_key(driven, KEY_LEFT, MOD_ALT);
    assert_string_equal(driven_text(driven), NESTED("layers.Dense(3, name='second'), layers.Dense(4, name='first')"));
}

/* Between first and second a layer goes inside; on the model's left it goes before the model. */
static void insert_before(Driven *driven, const char *name, const char *code)
{
    const Pick *gap = driven_find(driven, PICK_INSERT, row_of(driven, name), -1);
    assert_non_null(gap);
    const Pick target = *gap;
    field_open(&driven->app, &FIELD_INSERT, &target, (Rect){0}, code);
    driven_key(driven, KEY_ENTER, 0);
}

static void test_gaps_inside_and_before_the_model_are_told_apart(void **state)
{
    Driven *driven = *state;
    insert_before(driven, "second", "ReLU()");
    assert_string_equal(driven_text(driven), NESTED("layers.Dense(4, name='first'), layers.ReLU(), layers.Dense(3, name='second')"));
    driven_key(driven, 'z', MOD_CTRL);
    insert_before(driven, "first", "ReLU()");
    assert_string_equal(driven_text(driven), HEAD "inner = keras.Sequential([" BEFORE "])\ni = keras.Input((3, 2))\n"
                                                  "x = inner(layers.ReLU()(i))\nmodel = keras.Model(i, layers.Dense(5)(x))\n");
}

static void test_focus_inside_stays_when_the_text_changes(void **state)
{
    Driven *driven = *state;
    driven_click(driven, middle(driven_find(driven, PICK_LAYER, row_of(driven, "second"), -1)));
    assert_int_equal(summary_lit(&driven->app), row_of(driven, "second"));
    driven_click(driven, middle(driven_find(driven, PICK_ARGUMENT, row_of(driven, "first"), -1)));
    write_over(driven, "6");
    driven_move(driven, (Point){2, 2});
    assert_int_equal(driven->app.gaze.focus.pick.layer, row_of(driven, "second"));
}

#define NESTED_TEST(test) cmocka_unit_test_setup_teardown(test, open_nested, close_nested)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NESTED_TEST(test_units_in_the_title_are_clicked_and_changed),
        NESTED_TEST(test_last_dimension_of_the_shape_is_the_units),
        NESTED_TEST(test_weight_is_written_by_the_path_to_its_layer),
        NESTED_TEST(test_delete_takes_out_the_layer_in_focus),
        NESTED_TEST(test_layers_change_places_inside),
        NESTED_TEST(test_gaps_inside_and_before_the_model_are_told_apart),
        NESTED_TEST(test_focus_inside_stays_when_the_text_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
