#include "keras/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct TextCase {
    const char *json, *wanted;
} TextCase;

static const TextCase VALUE_CASES[] = {
    {"null", "None"},
    {" [1, 1.0, -0, 1e3, true, false] ", "[1, 1.0, 0, 1000.0, True, False]"},
    {"[NaN, Infinity, -Infinity]", "[nan, inf, -inf]"},
    {"{}", "{}"},
    {"[]", "[]"},
    {"{\"a\": {\"b\": [null]}, \"c\": \"d\"}", "{'a': {'b': [None]}, 'c': 'd'}"},
    {"{\"a\": 1, \"b\": 2, \"a\": 3}", "{'a': 3, 'b': 2}"},
    {"\"\\\"\\\\\\/\\n\\u0041\"", "'\"\\\\/\\nA'"},
    {"\"\\u65e5\\ud83d\\ude00\"", "'日😀'"},
    {"\"日本\"", "'日本'"},
    {"\"\\ud83d!\"", "'\xEF\xBF\xBD!'"},
    {"99999999999999999999", "9223372036854775807"},
    {"\xEF\xBB\xBF[1]", "[1]"},
};

static void values_are_what_python_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VALUE_CASES / sizeof *VALUE_CASES; i++) {
        Arena arena;
        arena_open(&arena, 0);
        Error err = {.arena = &arena};
        Value value;
        if (!json_read(&arena, VALUE_CASES[i].json, strlen(VALUE_CASES[i].json), &value, &err))
            fail_msg("%s: %s", VALUE_CASES[i].json, err.message);
        assert_string_equal(value_repr_text(&arena, &value), VALUE_CASES[i].wanted);
        arena_close(&arena);
    }
}

static const TextCase FAULT_CASES[] = {
    {"", "Expecting value: line 1 column 1 (char 0)"},
    {"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
    {"{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"},
    {"{\"a\":1", "Expecting ',' delimiter: line 1 column 7 (char 6)"},
    {"{\"a\":1,}", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"},
    {"[1,]", "Expecting value: line 1 column 4 (char 3)"},
    {"[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"},
    {"\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"},
    {"\"a\\x\"", "Invalid \\escape: line 1 column 3 (char 2)"},
    {"\"\\u12\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"},
    {"\"a\tb\"", "Invalid control character at: line 1 column 3 (char 2)"},
    {"tru", "Expecting value: line 1 column 1 (char 0)"},
    {"01", "Extra data: line 1 column 2 (char 1)"},
    {"1.", "Extra data: line 1 column 2 (char 1)"},
    {"-", "Expecting value: line 1 column 1 (char 0)"},
    {"[1]\n\n x", "Extra data: line 3 column 2 (char 6)"},
    {"[\"é\", x]", "Expecting value: line 1 column 7 (char 6)"},
    {"\"\xff\"", "'utf-8' codec can't decode byte 0xff in position 1"},
    {"\"\xe6\x97", "'utf-8' codec can't decode byte 0xe6 in position 1"},
};

static void faults_are_told_in_pythons_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FAULT_CASES / sizeof *FAULT_CASES; i++) {
        Arena arena;
        arena_open(&arena, 0);
        Error err = {.arena = &arena};
        Value value;
        assert_false(json_read(&arena, FAULT_CASES[i].json, strlen(FAULT_CASES[i].json), &value, &err));
        assert_string_equal(err.message, FAULT_CASES[i].wanted);
        arena_close(&arena);
    }
}

static void depth_and_keys_are_limited(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    Error err = {.arena = &arena};
    Value value;
    char *deep = malloc(1000000);
    memset(deep, '[', 1000000);
    assert_false(json_read(&arena, deep, 1000000, &value, &err));
    assert_non_null(strstr(err.message, "Too many lists and objects in one another"));
    free(deep);
    Text many = {.arena = &arena};
    for (int i = 0; i <= JSON_KEYS_MAX; i++) text_print(&many, "%s\"k%d\": 0", i ? ", " : "{", i);
    text_put(&many, "}");
    err = (Error){.arena = &arena};
    assert_false(json_read(&arena, many.bytes, many.length, &value, &err));
    assert_non_null(strstr(err.message, "Too many keys"));
    arena_close(&arena);
}

static void values_know_their_place(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    Error err = {.arena = &arena};
    Value value;
    const char *text = " {\"units\": [16, null]}";
    assert_true(json_read(&arena, text, strlen(text), &value, &err));
    const Value *units = dict_find(value.dict, "units");
    assert_int_equal(value.span.start, 1);
    assert_int_equal(units->span.start, 11);
    assert_int_equal(units->list->items[1].span.end, 21 - 1);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_what_python_reads),
        cmocka_unit_test(faults_are_told_in_pythons_words),
        cmocka_unit_test(depth_and_keys_are_limited),
        cmocka_unit_test(values_know_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
