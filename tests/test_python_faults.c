/* Faults in Python's own words and places, and what stays around them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "tree_notation.h"

static char *unescape(char *escaped)
{
    char *to = escaped;
    for (const char *from = escaped; *from; from++) {
        const char *known = *from == '\\' ? strchr("n\nt\tr\r\\\\", from[1]) : NULL;
        *to++ = known ? known[1] : *from;
        if (known) from++;
    }
    *to = 0;
    return escaped;
}

static const char *first_fault(Arena *arena, const char *source, const char **place)
{
    size_t length = strlen(source);
    const PyNode *fault = NULL;
    int n = python_faults(python_parse(arena, source, length), &fault, 1), line, column;
    *place = "";
    if (!n) return "ok";
    text_place(source, length, fault->at.start, &line, &column);
    *place = arena_print(arena, "%d:%d", line, column);
    return arena_print(arena, "%s: %s", fault->name, fault->text);
}

/* faults.txt: source, place and words as CPython 3.11 gives them. Without a column the line alone is compared: there Python
 * points at what follows, and we at the thing itself. */
static void words_and_places_are_pythons(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    size_t length;
    char *data = data_read(&arena, "python/faults.txt", &length);
    assert_non_null(data);
    int checked = 0, wrong = 0;
    for (char *rest = data, *source; (source = strtok_r(rest, "\n", &rest)); checked++) {
        char *place = strchr(source, '\t');
        *place++ = 0;
        char *words = strchr(place, '\t');
        *words++ = 0;
        const char *our_place, *ours = first_fault(&arena, unescape(source), &our_place);
        bool same_place = strncmp(place, our_place, strlen(place)) == 0;
        if (same_place && strcmp(ours, words) == 0) continue;
        fprintf(stderr, "%s\n  Python: %s %s\n  ours:   %s %s\n", source, place, words, our_place, ours);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    assert_true(checked > 400);
    arena_close(&arena);
}

typedef struct Recovery {
    const char *source;
    const char *spans;   /* of the PY_BAD, each in < > */
    const char *good;    /* the statements of the module that stay, by their text's first line, separated by | */
} Recovery;

static void put_first_line(Text *out, const char *text)
{
    text_put_bytes(out, text, strcspn(text, "\n"));
}

static void what_is_bad_is_one_node_and_the_rest_stays(void **state)
{
    (void)state;
    static const Recovery CASES[] = {
        {"a = 1\nb = f(\nc = 3\n", "<b = f(>", "a = 1|c = 3"},
        {"m.add(f(4)\nm.add(g(5))\nm.add(h(6))\n", "<m.add(f(4)>", "m.add(g(5))|m.add(h(6))"},
        {"m = Sequential([\n    Dense(4),\n    Dense(5\n\nm.compile(1)\n", "<m = Sequential([\n    Dense(4),\n    Dense(5>", "m.compile(1)"},
        {"f(\na = 1,\nb = c(2),\n)\n", "", "f("},
        {"x = [\n(a, b), (c, d) = load()\n", "<x = [>", "(a, b), (c, d) = load()"},
        {"x = (\nprint y\n", "<x = (>", "print y"},
        {"def f():\n    x = g(\n    y = 3\n    return y\nz = 4\n", "<x = g(>", "def f():|z = 4"},
        {"if a:\n    x = g(\nelse:\n    y\n", "<x = g(>", "if a:"},
        {"x = 'abc\ny = 2\n", "<x = 'abc>", "y = 2"},
        {"x = [\n    D('relu),\n    D(5),\n]\ny\n", "<x = [\n    D('relu),\n    D(5),\n]>", "y"},
        {"x = (1, 2]\ny\n", "<x = (1, 2]>", "y"},
        {"x = \"\"\"abc\ndoc text\ny = 2\n", "<x = \"\"\"abc\ndoc text>", "y = 2"},
        {"for i in range(3)\n    a\n    b\nc\n", "<for i in range(3)\n    a\n    b>", "c"},
        {"for i in x:\na\n", "<for i in x:>", "a"},
        {"if a:\n  b\nelif = c:\n  d\nelse:\n  e\nf\n", "<elif = c:\n  d\nelse:\n  e>", "if a:|f"},
        {"try:\n  a\nexcept X Y:\n  b\nfinally:\n  c\nd\n", "<except X Y:\n  b\nfinally:\n  c>", "try:|d"},
        {"try:\n  a\nb\n", "<try:\n  a>", "b"},
        {"try:\n  a = = b\nc\n", "<a = = b>", "try:|c"},
        {"a\n  b\n  c\nd\n", "<b\n  c>", "a|d"},
        {"for a in b:\n    c\n  d\ne\n", "<d>", "for a in b:|e"},
        {"match a:\n  case 1: b\n  case = 2: c\n  case 3: d\ne\n", "<case = 2: c\n  case 3: d>", "match a:|e"},
        {"@a\nb = 1\nc\n", "<@a\nb = 1>", "c"},
        {"a\nb \xc3\x97 c\nd\n", "<b \xc3\x97 c>", "a|d"},
        {"a\n\xff = 1\nd # \xff\n", "<\xff = 1>", "a|d # \xff"},
        {"def f():\n  def g(\n  a = 1\n  b = 2\n", "<def g(>", "def f():"},
        {"x = (\ndef f():\n  return 1\ny = )\n", "<x = (><y = )>", "def f():"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Arena arena;
        arena_open(&arena, 0);
        Text spans = {.arena = &arena}, good = {.arena = &arena};
        const char *source = CASES[i].source;
        const PyNode *module = python_parse(&arena, source, strlen(source)), *faults[8];
        int n = python_faults(module, faults, 8);
        for (int k = 0; k < n; k++) {
            Span span = faults[k]->span;
            text_print(&spans, "<%.*s>", span.end - span.start, source + span.start);
        }
        for (const PyNode *node = module->list; node; node = node->next) {
            if (node->type == PY_BAD) continue;
            if (good.length) text_put(&good, "|");
            put_first_line(&good, source + node->span.start);
        }
        assert_string_equal(text_string(&spans), CASES[i].spans);
        assert_string_equal(text_string(&good), CASES[i].good);
        arena_close(&arena);
    }
}

static void a_bad_line_knows_its_indentation(void **state)
{
    (void)state;
    static const char TEXT[] = "def f():\n    for i in x:\n    a\n\tb = = c\n";
    Arena arena;
    arena_open(&arena, 0);
    const PyNode *faults[2];
    assert_int_equal(python_faults(python_parse(&arena, TEXT, strlen(TEXT)), faults, 2), 2);
    assert_int_equal(faults[0]->indent, 4);
    assert_int_equal(faults[1]->indent, 1);
    assert_string_equal(faults[1]->name, "TabError");
    arena_close(&arena);
}

static const char LESSON[] =
    "import numpy as np\n"
    "from keras.layers import Activation, Dense, Flatten\n"
    "from keras.models import Sequential\n"
    "\n"
    "model = Sequential()\n"
    "model.add(Dense(16, input_shape=(3, 2)))  # 48 weights\n"
    "for units in [4, 5]:\n"
    "    model.add(Dense(units, name=f'dense_{units}'))\n"
    "if True:\n"
    "    model.add(Flatten())\n"
    "x = np.array([[[1, 2], [3, 4]]])\n"
    "print(model.predict(x).shape)\n";

static int statements_before(const PyNode *module, int at)
{
    int n = 0;
    for (const PyNode *node = module->list; node; node = node->next) n += node->type != PY_BAD && node->span.end <= at;
    return n;
}

/* The text is typed from its beginning, and every line above the caret is as good as in the end. */
static void typing_at_the_end_leaves_the_lines_above(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    const PyNode *whole = python_parse(&arena, LESSON, strlen(LESSON));
    for (size_t typed = 0; typed < strlen(LESSON); typed++) {
        const PyNode *part = python_parse(&arena, LESSON, typed);
        size_t above = typed;
        while (above > 0 && LESSON[above - 1] != '\n') above--;
        for (const PyNode *a = whole->list, *b = part->list; a && a->span.end < (int)above; a = a->next, b = b->next) {
            assert_non_null(b);
            bool still_open = a->next == NULL || a->next->span.start > (int)above;
            assert_true(b->type == a->type || still_open);
        }
    }
    arena_close(&arena);
}

/* A bracket or quote that was just typed anywhere takes no more than its own statement away. */
static void typing_in_the_middle_leaves_the_other_lines(void **state)
{
    (void)state;
    static const char *const TYPED[] = {"(", "[", "{", "f(", "\"", "x = [", "def f(", "if x:", "1 +", ")", "'a", "lambda x:", "@"};
    Arena arena;
    arena_open(&arena, 0);
    const int good = statements_before(python_parse(&arena, LESSON, strlen(LESSON)), (int)strlen(LESSON));
    for (const char *line = LESSON; *line; line += strcspn(line, "\n") + 1) {
        for (size_t i = 0; i < sizeof TYPED / sizeof *TYPED; i++) {
            if (*line == ' ') continue;
            const char *text = arena_print(&arena, "%.*s%s\n%s", (int)(line - LESSON), LESSON, TYPED[i], line);
            const PyNode *module = python_parse(&arena, text, strlen(text));
            assert_in_range(statements_before(module, (int)strlen(text)), good - 1, good + 1);
        }
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_places_are_pythons),
        cmocka_unit_test(what_is_bad_is_one_node_and_the_rest_stays),
        cmocka_unit_test(a_bad_line_knows_its_indentation),
        cmocka_unit_test(typing_at_the_end_leaves_the_lines_above),
        cmocka_unit_test(typing_in_the_middle_leaves_the_other_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
