/* The process that reads archives: it ends, takes no more than it may, and is not used without a lock on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "hostile.h"
#include "keras/cage.h"

static void hang(const void *task, int out)
{
    (void)task, (void)out;
    for (volatile int i = 0;; i++) continue;
}

static void sleep_on(const void *task, int out)
{
    (void)task, (void)out;
    volatile int lock = 1;
    for (;;) syscall(SYS_futex, &lock, 0, 1, NULL, NULL, 0);
}

static void eat(const void *task, int out)
{
    (void)task;
    enum { MEGABYTE = 1 << 20 };
    for (int i = 0; i < 4096; i++) {
        char *bytes = malloc(MEGABYTE);
        if (!bytes) return;
        memset(bytes, 1, MEGABYTE);
    }
    cage_put(out, "x", 1);
}

static void a_reader_that_never_ends_is_ended(void **state)
{
    (void)state;
    static CageWork *const works[] = {hang, sleep_on};
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        Cage cage;
        char byte;
        assert_true(cage_open(&cage, &(CageLimits){.bytes = (size_t)1 << 32, .seconds = 1, .patience = 3}, works[i], NULL));
        assert_false(cage_take(&cage, &byte, 1));
        cage_close(&cage);
        assert_int_equal(waitpid(cage.child, NULL, 0), -1);
    }
}

static void a_reader_that_eats_memory_gets_none(void **state)
{
    (void)state;
    Cage cage;
    char byte;
#if defined(__SANITIZE_ADDRESS__)
    skip();
#endif
    assert_true(cage_open(&cage, &(CageLimits){.bytes = (size_t)1 << 30, .seconds = 20, .patience = 60}, eat, NULL));
    assert_false(cage_take(&cage, &byte, 1));
    cage_close(&cage);
}

#ifdef __linux__

/* As a system without seccomp would answer. */
static bool lose_seccomp(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 22),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void without_seccomp_nothing_is_opened(void **state)
{
    (void)state;
    const char *path = hostile_archive("good.keras", hostile_store("good.h5", hostile_kernel_and_bias));
    assert_true(hostile_fate(path).good);
    const pid_t child = fork();
    if (child == 0) {
        if (!lose_seccomp()) _exit(2);
        const Fate fate = hostile_fate(path);
        _exit(!fate.good && strcmp(fate.cause, "archive.no_cage") == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_that_never_ends_is_ended),
        cmocka_unit_test(a_reader_that_eats_memory_gets_none),
#ifdef __linux__
        cmocka_unit_test(without_seccomp_nothing_is_opened),
#endif
    };
    return cmocka_run_group_tests(tests, hostile_open, hostile_close);
}
