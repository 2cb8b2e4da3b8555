/* Places: of nodes, of tokens, of lines and columns; and the limits on depth and memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "tree_notation.h"

typedef struct Source {
    Arena      *arena;
    const char *text;
    int         checked;
} Source;

static const char *notation(Arena *arena, const PyNode *node)
{
    Text out = {.arena = arena};
    tree_write(&out, node);
    return text_string(&out);
}

static const PyNode *parse(Arena *arena, const char *text)
{
    return python_parse(arena, text, strlen(text));
}

/* Where a slice may stand. */
static const char *function_for(const char *slice)
{
    return strstr(slice, "await") || strstr(slice, "async with") ? "async def f():" : "def f():";
}

/* An expression alone: in parentheses, so that its lines stay joined. */
static const PyNode *parse_slice(Source *source, Span span)
{
    const char *slice = arena_print(source->arena, "%.*s", span.end - span.start, source->text + span.start);
    const PyNode *module = parse(source->arena, arena_print(source->arena, "%s (%s\n)", function_for(slice), slice));
    assert_int_equal(module->list->type, PY_FUNCTION);
    return module->list->list->a;
}

static void check_expression(Source *source, const PyNode *node)
{
    const char *want = notation(source->arena, node);
    assert_string_equal(notation(source->arena, parse_slice(source, node->span)), want);
    assert_string_equal(notation(source->arena, parse_slice(source, node->outer)), want);
    source->checked++;
}

/* A statement alone; an indented one in a loop in a function, where all may stand. */
static void check_statement(Source *source, const PyNode *node)
{
    Span span = node->outer;
    int begin = span.start;
    while (begin > 0 && source->text[begin - 1] != '\n') begin--;
    if (source->text[begin] == '\t') return;
    const char *slice = arena_print(source->arena, "%.*s", span.end - span.start, source->text + span.start);
    if (node->indent) {
        slice = arena_print(source->arena, "%s\n while 1:\n%.*s%s", function_for(slice), node->indent, source->text + begin, slice);
    }
    const PyNode *module = parse(source->arena, slice);
    const PyNode *again = node->indent ? module->list->list->list : module->list;
    assert_string_equal(notation(source->arena, again), notation(source->arena, node));
    source->checked++;
}

/* An elif is an if of its own, but no statement. */
static bool is_statement(const Source *source, const PyNode *node)
{
    if (node->type <= PY_MODULE || node->type >= PY_BAD) return false;
    if (node->type == PY_ALIAS || node->type == PY_WITH_ITEM || node->type == PY_HANDLER || node->type == PY_CASE) return false;
    return source->text[node->span.start] != 'e';
}

static bool stands_alone(PyType type)
{
    switch ((int)type) {
    case PY_FORMAT: case PY_PAIR: case PY_COMPARATOR: case PY_ARG: case PY_SLICE: case PY_STARRED: case PY_CLAUSE:
    case PY_PARAM: case PY_OPAQUE: case PY_PATTERN: case PY_YIELD: case PY_YIELD_FROM: case PY_AWAIT:
        return false;
    }
    return type > PY_BAD;
}

static void check_node(Source *source, const PyNode *node);

static void check_list(Source *source, const PyNode *list)
{
    for (; list; list = list->next) check_node(source, list);
}

static void check_node(Source *source, const PyNode *node)
{
    if (!node) return;
    bool slices = node->type == PY_SUBSCRIPT && node->b->type == PY_TUPLE;
    if (stands_alone(node->type)) check_expression(source, node);
    if (is_statement(source, node)) check_statement(source, node);
    check_node(source, node->a);
    if (!slices) check_node(source, node->b);
    check_node(source, node->c);
    if (node->type == PY_FSTRING) {
        for (const PyNode *part = node->list; part; part = part->next) check_node(source, part->a);
        return;
    }
    check_list(source, node->list);
    check_list(source, node->args);
    check_list(source, node->params);
    check_list(source, node->items);
    check_list(source, node->handlers);
    check_list(source, node->orelse);
    check_list(source, node->final);
    check_list(source, node->decorators);
}

static const char *with_ends(Arena *arena, const char *text, const char *end)
{
    Text out = {.arena = arena};
    for (; *text; text++) {
        if (*text == '\n') text_put(&out, end);
        else text_put_char(&out, *text);
    }
    return text_string(&out);
}

static void every_slice_reads_as_its_node(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    size_t length;
    Source source = {.arena = &arena, .text = data_read(&arena, "python/everything.py", &length)};
    assert_non_null(source.text);
    const PyNode *module = parse(&arena, source.text), *fault;
    assert_int_equal(python_faults(module, &fault, 1), 0);
    check_list(&source, module->list);
    assert_true(source.checked > 500);
    arena_close(&arena);
}

static void line_ends_make_no_difference(void **state)
{
    (void)state;
    static const char *const ENDS[] = {"\r\n", "\r"};
    Arena arena;
    arena_open(&arena, 0);
    size_t length;
    const char *text = data_read(&arena, "python/everything.py", &length);
    const char *want = notation(&arena, parse(&arena, text));
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(notation(&arena, parse(&arena, with_ends(&arena, text, ENDS[i]))), want);
        const char *marked = arena_print(&arena, "\xef\xbb\xbf%s", with_ends(&arena, text, ENDS[i]));
        assert_string_equal(notation(&arena, parse(&arena, marked)), want);
    }
    arena_close(&arena);
}

static void names_and_operators_have_their_own_places(void **state)
{
    (void)state;
    static const char TEXT[] = "@d\ndef f(a, *b): return a.b(c)[0] not  in (d + e)\nimport x.y as z\n";
    Arena arena;
    arena_open(&arena, 0);
    const PyNode *function = parse(&arena, TEXT)->list, *compare = function->list->a, *call = compare->a->a;
    const struct {
        Span        span;
        const char *text;
    } places[] = {
        {function->span, "def f(a, *b): return a.b(c)[0] not  in (d + e)"},
        {function->outer, "@d\ndef f(a, *b): return a.b(c)[0] not  in (d + e)"},
        {function->at, "f"},
        {function->params->next->span, "*b"},
        {function->params->next->at, "b"},
        {compare->list->at, "not  in"},
        {compare->list->a->span, "d + e"},
        {compare->list->a->outer, "(d + e)"},
        {compare->list->a->at, "+"},
        {compare->a->at, "[0]"},
        {call->at, "(c)"},
        {call->a->at, "b"},
        {function->next->list->span, "x.y as z"},
        {function->next->list->at, "z"},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        Span span = places[i].span;
        assert_string_equal(arena_print(&arena, "%.*s", span.end - span.start, TEXT + span.start), places[i].text);
    }
    arena_close(&arena);
}

static void places_count_characters(void **state)
{
    (void)state;
    static const char TEXT[] = "a\n\xc3\xa9\xe3\x81\x82x\r\nb\rc";
    static const int PLACES[][3] = {{0, 1, 1}, {1, 1, 2}, {2, 2, 1}, {4, 2, 2}, {7, 2, 3}, {8, 2, 4}, {10, 3, 1}, {12, 4, 1}, {13, 4, 2}, {99, 4, 2}};
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        int line, column;
        text_place(TEXT, strlen(TEXT), PLACES[i][0], &line, &column);
        assert_int_equal(line, PLACES[i][1]);
        assert_int_equal(column, PLACES[i][2]);
    }
}

static void tokens_are_coloured(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"end", "newline", "indent", "dedent", "name", "keyword", "number", "string", "f", "op", "comment", "bad"};
    static const struct {
        const char *source, *tokens;
    } CASES[] = {
        {"x = 1.5 # c\n", "name:x op:= number:1.5 comment:# c newline:\n end:"},
        {"for i in f'{x}': b'a'", "keyword:for name:i keyword:in f:f'{x}' op:: string:b'a' end:"},
        {"x = 'a\ny", "name:x op:= bad:'a newline:\n name:y end:"},
        {"x = \"\"\"a\nb\ny = 1", "name:x op:= bad:\"\"\"a\nb\n name:y op:= number:1 end:"},
        {"1a + \xc3\x97", "bad:1a op:+ bad:\xc3\x97 end:"},
        {"print \"a\"", "name:print string:\"a\" end:"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Arena arena;
        arena_open(&arena, 0);
        Text out = {.arena = &arena};
        PyTokens tokens = {0};
        python_tokens(&arena, CASES[i].source, strlen(CASES[i].source), &tokens);
        for (size_t k = 0; k < tokens.n; k++) {
            PyToken token = tokens.token[k];
            text_print(&out, "%s%s:%.*s", k ? " " : "", NAMES[token.type], token.span.end - token.span.start,
                       CASES[i].source + token.span.start);
        }
        assert_string_equal(text_string(&out), CASES[i].tokens);
        arena_close(&arena);
    }
}

static const char *repeat(Arena *arena, const char *unit, int times)
{
    Text out = {.arena = arena};
    while (times-- > 0) text_put(&out, unit);
    return text_string(&out);
}

static int height_below(const PyNode *node)
{
    int height = 0;
    const PyNode *lists[] = {node->a, node->b, node->c, node->list, node->args, node->params, node->items, node->handlers,
                             node->orelse, node->final, node->decorators};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (const PyNode *child = lists[i]; child; child = child->next) {
            int below = height_below(child) + 1;
            if (below > height) height = below;
        }
    }
    return height;
}

static void depth_has_a_limit_and_words(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        int         times;
        const char *words;
    } CASES[] = {
        {"(", 201, "too many nested parentheses"},
        {"[", 100000, "too many nested parentheses"},
        {"-", 100000, "too many nested parentheses"},
        {"not ", 100000, "too many nested parentheses"},
        {"lambda: ", 100000, "too many nested parentheses"},
        {"a + ", 100000, "maximum recursion depth exceeded during compilation"},
        {"a.", 100000, "maximum recursion depth exceeded during compilation"},
        {"[0]", 100000, "maximum recursion depth exceeded during compilation"},
        {"f\"{", 100000, "too many nested parentheses"},
        {"x = (\n", 20000, "'(' was never closed"},
        {"if a:\n b\nel", 20000, "invalid syntax"},
        {"\"\"\"\nx = \\", 20000, "unterminated triple-quoted string literal (detected at line 20001)"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Arena arena;
        arena_open(&arena, 0);
        const char *text = repeat(&arena, CASES[i].unit, CASES[i].times);
        size_t before = arena.taken;
        const PyNode *module = parse(&arena, text), *fault = NULL;
        assert_true(python_faults(module, &fault, 1) > 0);
        if (strcmp(fault->text, CASES[i].words) != 0) fprintf(stderr, "%.20s: %s\n", CASES[i].unit, fault->text);
        assert_string_equal(fault->text, CASES[i].words);
        assert_in_range(height_below(module), 0, PY_HEIGHT_MAX);
        assert_in_range(arena.taken - before, 0, 500 * strlen(text) + 100000);
        arena_close(&arena);
    }
}

static void what_python_nests_is_taken(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    const PyNode *fault;
    const char *brackets = arena_print(&arena, "%s1%s", repeat(&arena, "(", 200), repeat(&arena, ")", 200));
    const char *sum = arena_print(&arena, "%s1", repeat(&arena, "1 + ", 900));
    const char *chain = arena_print(&arena, "if a: b\n%s", repeat(&arena, "elif a: b\n", 300));
    const char *list = arena_print(&arena, "x = [%s]", repeat(&arena, "1, ", 50000));
    const char *const texts[] = {brackets, sum, chain, list};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const PyNode *module = parse(&arena, texts[i]);
        assert_int_equal(python_faults(module, &fault, 1), 0);
        assert_int_equal(module->height, height_below(module));
    }
    arena_close(&arena);
}

static void without_memory_it_leaves_to_the_try(void **state)
{
    (void)state;
    Arena files;
    arena_open(&files, 0);
    size_t length;
    const char *text = data_read(&files, "python/everything.py", &length);
    for (size_t limit = 1; limit < 4000000; limit += limit / 8 + 1) {
        Arena arena;
        arena_open(&arena, limit);
        ArenaTry attempt;
        volatile bool done = false;
        arena_try_begin(&arena, &attempt);
        if (setjmp(attempt.here) == 0) {
            python_parse(&arena, text, length);
            done = true;
        }
        arena_try_end(&arena, &attempt);
        assert_true(done || limit < 1000000);
        arena_close(&arena);
    }
    arena_close(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_slice_reads_as_its_node),
        cmocka_unit_test(line_ends_make_no_difference),
        cmocka_unit_test(names_and_operators_have_their_own_places),
        cmocka_unit_test(places_count_characters),
        cmocka_unit_test(tokens_are_coloured),
        cmocka_unit_test(depth_has_a_limit_and_words),
        cmocka_unit_test(what_python_nests_is_taken),
        cmocka_unit_test(without_memory_it_leaves_to_the_try),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
