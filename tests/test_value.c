#include "engine/value.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/nest.h"
#include "making.h"

static void floats_print_as_python_prints_them(void **state)
{
    (void)state;
    static const struct { double x; const char *text; } CASES[] = {
        {0.0, "0.0"}, {-0.0, "-0.0"}, {1.0, "1.0"}, {-0.1, "-0.1"}, {0.3, "0.3"}, {1.0 / 3, "0.3333333333333333"}, {2.5, "2.5"},
        {1e-4, "0.0001"}, {1e-5, "1e-05"}, {1.5e-7, "1.5e-07"}, {1e15, "1000000000000000.0"}, {1e16, "1e+16"},
        {123456789012345680.0, "1.2345678901234568e+17"}, {1e22, "1e+22"}, {1.7976931348623157e308, "1.7976931348623157e+308"},
        {5e-324, "5e-324"}, {100.0, "100.0"}, {9007199254740993.0, "9007199254740992.0"}, {0.1 + 0.2, "0.30000000000000004"},
        {INFINITY, "inf"}, {-INFINITY, "-inf"}, {NAN, "nan"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Value value = value_float(CASES[i].x);
        assert_string_equal(value_repr_text(&made.arena, &value), CASES[i].text);
    }
}

static void strings_print_in_the_quotes_python_takes(void **state)
{
    (void)state;
    static const struct { const char *bytes, *repr; } CASES[] = {
        {"relu", "'relu'"}, {"it's", "\"it's\""}, {"a\"b'c", "'a\"b\\'c'"}, {"a\\b\n\t\x01", "'a\\\\b\\n\\t\\x01'"}, {"", "''"}, {"größe", "'größe'"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Value value = text_value(CASES[i].bytes);
        assert_string_equal(value_repr_text(&made.arena, &value), CASES[i].repr);
        assert_string_equal(value_str_text(&made.arena, &value), CASES[i].bytes);
    }
}

static void containers_print_as_in_python(void **state)
{
    (void)state;
    Value list = value_list(&made.arena, VALUE_LIST, 0), dict = value_dict(&made.arena);
    list_add(list.list, value_int(1));
    list_add(list.list, value_none());
    list_add(list.list, TUPLE(&made, 4));
    dict_set(&made.arena, dict.dict, text_value("a"), value_bool(true));
    dict_set(&made.arena, dict.dict, text_value("b"), list);
    dict_set(&made.arena, dict.dict, text_value("a"), value_bool(false));
    assert_string_equal(value_repr_text(&made.arena, &dict), "{'a': False, 'b': [1, None, (4,)]}");
    assert_true(value_is_text(&dict.dict->keys.items[0], "a"));
    assert_non_null(dict_find(dict.dict, "b"));
    assert_null(dict_find(dict.dict, "c"));
}

static void a_list_that_holds_itself_ends(void **state)
{
    (void)state;
    Value list = value_list(&made.arena, VALUE_LIST, 0);
    list_add(list.list, list);
    assert_non_null(strstr(value_repr_text(&made.arena, &list), "..."));
    assert_false(value_known(&list));
    Value other = value_list(&made.arena, VALUE_LIST, 0);
    list_add(other.list, other);
    assert_false(value_equal(&list, &other));
    assert_true(nest_leaves(&made.arena, &list).list->n < 10);
}

static void layers_and_tensors_print_as_keras_prints_them(void **state)
{
    (void)state;
    const Value layer = value_layer(MAKE(&made, "Dense", argument(NULL, value_int(4))));
    assert_string_equal(value_repr_text(&made.arena, &layer), "<Dense name=dense, built=False>");
    assert_string_equal(value_type(&layer), "keras.src.layers.core.dense.Dense");
    const Value tensor = value_tensor(MAKE(&made, "InputLayer", argument(NULL, TUPLE(&made, 4)))->calls[0]->out[0]);
    assert_string_equal(value_repr_text(&made.arena, &tensor),
                        "<KerasTensor shape=(None, 4), dtype=float32, sparse=False, ragged=False, name=keras_tensor>");
}

static void equality_and_truth_are_pythons(void **state)
{
    (void)state;
    const Value one = value_int(1), yes = value_bool(true), real = value_float(1.0), two = value_int(2), text = text_value("1");
    assert_true(value_equal(&one, &yes));
    assert_true(value_equal(&one, &real));
    assert_false(value_equal(&one, &two));
    assert_false(value_equal(&one, &text));
    const Value a = TUPLE(&made, 1, 2), b = TUPLE(&made, 1, 2), empty = value_list(&made.arena, VALUE_LIST, 0), none = value_none();
    const Value nothing = text_value(""), nan = value_float(NAN);
    assert_true(value_equal(&a, &b));
    assert_false(value_equal(&nan, &nan));
    assert_true(value_truth(&one) && value_truth(&a) && value_truth(&nan));
    assert_false(value_truth(&empty) || value_truth(&none) || value_truth(&nothing));
}

static void nests_flatten_by_sorted_key_and_come_back(void **state)
{
    (void)state;
    Value dict = value_dict(&made.arena), list = value_list(&made.arena, VALUE_LIST, 0);
    list_add(list.list, value_int(3));
    list_add(list.list, value_none());
    dict_set(&made.arena, dict.dict, text_value("b"), list);
    dict_set(&made.arena, dict.dict, text_value("a"), value_int(1));
    const Value leaves = nest_leaves(&made.arena, &dict);
    assert_string_equal(value_repr_text(&made.arena, &leaves), "[1, 3, None]");
    const Value packed = nest_pack(&made.arena, &dict, leaves.list->items);
    assert_true(value_equal(&packed, &dict));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(floats_print_as_python_prints_them),
        MADE_TEST(strings_print_in_the_quotes_python_takes),
        MADE_TEST(containers_print_as_in_python),
        MADE_TEST(a_list_that_holds_itself_ends),
        MADE_TEST(layers_and_tensors_print_as_keras_prints_them),
        MADE_TEST(equality_and_truth_are_pythons),
        MADE_TEST(nests_flatten_by_sorted_key_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
