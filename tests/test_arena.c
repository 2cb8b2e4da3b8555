#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void memory_is_zeroed_and_apart(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    char *a = arena_take(&arena, 100), *b = arena_take(&arena, 200000);
    for (int i = 0; i < 100; i++) assert_int_equal(a[i], 0);
    memset(a, 1, 100);
    for (int i = 0; i < 200000; i++) assert_int_equal(b[i], 0);
    assert_int_equal((uintptr_t)a % 16, 0);
    assert_int_equal((uintptr_t)b % 16, 0);
    arena_close(&arena);
}

static void the_limit_leaves_to_the_try(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 1000);
    ArenaTry attempt;
    volatile int taken = 0;
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) {
        for (;;) {
            arena_take(&arena, 100);
            taken++;
        }
    }
    arena_try_end(&arena, &attempt);
    assert_int_equal(taken, 8);   /* 112 bytes each, rounded up to 16 */
    assert_null(arena.escape);
    arena_close(&arena);
}

static void a_product_beyond_size_t_is_no_memory(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    ArenaTry attempt;
    volatile bool left = true;
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) {
        arena_array(&arena, SIZE_MAX / 2, 4);
        left = false;
    }
    arena_try_end(&arena, &attempt);
    assert_true(left);
    arena_close(&arena);
}

static void reset_begins_again(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    char *text = arena_print(&arena, "%d and %s", 4, "five");
    assert_string_equal(text, "4 and five");
    arena_take(&arena, 1000000);
    arena_reset(&arena);
    assert_int_equal(arena.taken, 0);
    assert_int_equal(*(char *)arena_take(&arena, 16), 0);
    arena_close(&arena);
}

static void release_gives_back_what_came_after_the_mark(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    char *kept = arena_copy(&arena, "kept", 4);
    ArenaMark mark = arena_mark(&arena);
    char *first = arena_take(&arena, 100);
    arena_take(&arena, 1000000);
    arena_release(&arena, mark);
    assert_int_equal(arena.taken, mark.taken);
    assert_ptr_equal(arena_take(&arena, 100), first);
    assert_string_equal(kept, "kept");
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_apart),
        cmocka_unit_test(the_limit_leaves_to_the_try),
        cmocka_unit_test(a_product_beyond_size_t_is_no_memory),
        cmocka_unit_test(reset_begins_again),
        cmocka_unit_test(release_gives_back_what_came_after_the_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
