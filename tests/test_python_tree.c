#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tree_notation.h"

typedef struct Case {
    const char *source, *tree;
} Case;

static void check(const Case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Arena arena;
        arena_open(&arena, 0);
        Text out = {.arena = &arena};
        const PyNode *module = python_parse(&arena, cases[i].source, strlen(cases[i].source));
        tree_write_list(&out, module->list);
        assert_string_equal(text_string(&out), cases[i].tree);
        arena_close(&arena);
    }
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof *(cases))

static void expressions_have_pythons_precedence(void **state)
{
    (void)state;
    static const Case CASES[] = {
        {"1 + 2 * 3", "(expr (+ 1 (* 2 3)))"},
        {"-2 ** -2", "(expr (- (** 2 (- 2))))"},
        {"2 ** 3 ** 4", "(expr (** 2 (** 3 4)))"},
        {"a - b - c", "(expr (- (- a b) c))"},
        {"(a, b)", "(expr (tuple a b))"},
        {"a < b <= c", "(expr (compare a (< b) (<= c)))"},
        {"not a in b or c is not d and e not in f",
         "(expr (or (not (compare a (in b))) (and (compare c (is not d)) (compare e (not in f)))))"},
        {"a | b ^ c & d << e", "(expr (| a (^ b (& c (<< d e)))))"},
        {"a if b else c if d else e", "(expr (cond a b (cond c d e)))"},
        {"lambda x, *y, z=1, **w: x", "(expr (lambda x params[(param 1 x) (param 2 y) (param 3 z 1) (param 4 w)]))"},
        {"x.y[1:2, ::3](z)", "(expr (call (sub (dot y x) (tuple (slice 1 2) (slice - - 3))) (arg z)))"},
        {"[x for x in y if x if z]", "(expr (comp x (clause x y x z)))"},
        {"{a: b for a, b in c}", "(expr (comp 2 a b (clause (tuple a b) c)))"},
        {"f(x for x in y)", "(expr (call f (arg (comp 3 x (clause x y)))))"},
        {"f(a, *b, c=1, **d)", "(expr (call f (arg a) (arg 1 b) (arg c 1) (arg 2 d)))"},
        {"(x := 5)", "(expr (named x 5))"},
        {"{1, *a}, {1: 2, **b}, {}", "(expr (tuple (set 1 (star a)) (dict (pair 1 2) (pair b)) (dict)))"},
        {"a @ b // c % d", "(expr (% (// (@ a b) c) d))"},
        {"await_ = ...", "(= await_ ...)"},
    };
    CHECK(CASES);
}

static void literals_have_pythons_values(void **state)
{
    (void)state;
    static const Case CASES[] = {
        {"0xFF, 0o17, 0b101, 1_000, 00", "(expr (tuple 255 15 5 1000 0))"},
        {"1., .5, 1e3, 1_0.5E-1", "(expr (tuple 1f 0.5f 1000f 1.05f))"},
        {"9223372036854775807, 9223372036854775808", "(expr (tuple 9223372036854775807 huge))"},
        {"'a\\n\\x41\\u00e9\\101' \"b\"", "(expr 'a\nA\xc3\xa9" "Ab')"},
        {"b'\\xff' rb'\\n'", "(expr b'\xff\\n')"},
        {"'''a\r\nb'''", "(expr 'a\nb')"},
        {"f'a{b!r:>{c}}d' 'e'", "(expr (f 'a' (format r b (f '>' (format c))) 'de'))"},
        {"f\"{x[\"a\"]}{{}}\"", "(expr (f (format (sub x 'a')) '{}'))"},
        {"f'{x = }'", "(expr (f 'x = ' (format r x)))"},
    };
    CHECK(CASES);
}

static void statements_of_one_line(void **state)
{
    (void)state;
    static const Case CASES[] = {
        {"a = b = c, d", "(= a b (tuple c d))"},
        {"a += 1; b: int = 2", "(aug += a 1) (ann b int 2)"},
        {"import a.b as c, d", "(import (alias a.b 'c') (alias d))"},
        {"from ..a.b import (c as d, e,)", "(from 2 a.b (alias c 'd') (alias e))"},
        {"from . import *", "(from 1  (alias *))"},
        {"del a, b[0]", "(del a (sub b 0))"},
        {"assert a, b", "(assert a b)"},
        {"raise A from b", "(raise A b)"},
        {"print y.shape", "(print (dot shape y))"},
        {"print \"a\", b,", "(print 'a' b)"},
        {"print >>f, x", "(print f x)"},
        {"print", "(print)"},
        {"print (x)", "(expr (call print (arg x)))"},
        {"print(x, end='')", "(expr (call print (arg x) (arg end '')))"},
        {"type X = int", "(type X int)"},
        {"type = 3", "(= type 3)"},
    };
    CHECK(CASES);
}

static void statements_with_blocks(void **state)
{
    (void)state;
    static const Case CASES[] = {
        {"if a:\n  b\nelif c: d\nelse:\n  e\n", "(if a (expr b) else[(if c (expr d) else[(expr e)])])"},
        {"for a, b in c:\n\tpass\nelse: d", "(for (tuple a b) c (pass) else[(expr d)])"},
        {"while a: break", "(while a (break))"},
        {"try:\n a\nexcept B as c:\n d\nexcept:\n e\nelse:\n f\nfinally:\n g",
         "(try (expr a) (except c B (expr d)) (except (expr e)) else[(expr f)] finally[(expr g)])"},
        {"with a as b, c: d", "(with items[(item a b) (item c)] (expr d))"},
        {"with (a as b, c,):\n  d", "(with items[(item a b) (item c)] (expr d))"},
        {"with (a, b) as c: d", "(with items[(item (tuple a b) c)] (expr d))"},
        {"@a.b\n@c(1)\nclass D(E, m=F):\n  x = 1",
         "(class D (arg E) (arg m F) (= x 1) decorators[(dot b a) (call c (arg 1))])"},
        {"async def f(a, /, b: int = 1, *, c) -> d:\n  return await a",
         "(def async f d params[(param a) (param 1 b 1 int) (param 3 c)] (return (await a)))"},
        {"match a, b:\n  case [1, x] if x: c\n  case _: d",
         "(match (tuple a b) (case (opaque (pattern 2 (pattern 1) (pattern 1 x)) x) x (expr c)) (case (opaque (pattern 1)) (expr d)))"},
        {"match a:\n  case P(-1, k=b.c) | {'d': [*e], **f} as g: h",
         "(match a (case (opaque (pattern 7 g (pattern 6 (pattern 5 P (arg (pattern (- 1))) (arg k (pattern (dot c b)))) "
         "(pattern 4 f (pair 'd' (pattern 2 (pattern 3 e)))))) e f g) (expr h)))"},
        {"match = 1\nmatch(x)\nmatch[x]", "(= match 1) (expr (call match (arg x))) (expr (sub match x))"},
    };
    CHECK(CASES);
}

static void what_does_not_parse_is_one_node_and_the_rest_stays(void **state)
{
    (void)state;
    static const Case CASES[] = {
        {"a = 1\nb = (\nc = 3\n", "(= a 1) (bad SyntaxError ''(' was never closed') (= c 3)"},
        {"model.add(Dense(4)\nmodel.add(Dense(5))", "(bad SyntaxError ''(' was never closed') (expr (call (dot add model) (arg (call Dense (arg 5)))))"},
        {"f(\na = 1,\nb = 2)\n", "(expr (call f (arg a 1) (arg b 2)))"},
        {"x = 'abc\ny = 2", "(bad SyntaxError 'unterminated string literal (detected at line 1)') (= y 2)"},
        {"for i in range(3)\n  a\nb", "(bad SyntaxError 'expected ':'') (expr b)"},
        {"for i in range(3):\na", "(bad IndentationError 'expected an indented block after 'for' statement on line 1') (expr a)"},
        {"if a:\n  b\nelif c d:\n  e\nelse:\n  f\ng", "(if a (expr b)) (bad SyntaxError 'invalid syntax') (expr g)"},
        {"a\n  b\n  c\nd", "(expr a) (bad IndentationError 'unexpected indent') (expr d)"},
        {"def f():\n  a\n  b = = c\n  d\ne", "(def f (expr a) (bad SyntaxError 'invalid syntax') (expr d)) (expr e)"},
    };
    CHECK(CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_have_pythons_precedence),
        cmocka_unit_test(literals_have_pythons_values),
        cmocka_unit_test(statements_of_one_line),
        cmocka_unit_test(statements_with_blocks),
        cmocka_unit_test(what_does_not_parse_is_one_node_and_the_rest_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
