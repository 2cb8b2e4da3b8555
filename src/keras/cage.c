#include "keras/cage.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* ---- limits ---- */

/* Narrower limits that hold already stay. */
static bool limit(__typeof__(RLIMIT_AS) what, rlim_t most)
{
    struct rlimit held;
    if (getrlimit(what, &held) != 0) return false;
    const rlim_t least = held.rlim_max < most ? held.rlim_max : most;
    return setrlimit(what, &(struct rlimit){.rlim_cur = least, .rlim_max = least}) == 0;
}

/* The sanitizers' shadow takes more addresses than any limit. */
static bool limit_all(const CageLimits *limits)
{
    return (SANITIZED || limit(RLIMIT_AS, limits->bytes)) && limit(RLIMIT_CPU, (rlim_t)limits->seconds) && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_FSIZE, 0);
}

/* ---- the kernel's filter ---- */

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#else
#define MACHINE AUDIT_ARCH_AARCH64
#endif

#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define ALLOW_CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), ALLOW

static bool lock_up(int out)
{
    struct sock_filter filter[] = {
        FIELD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        FIELD(nr),
        ALLOW_CALL(brk), ALLOW_CALL(mmap), ALLOW_CALL(munmap), ALLOW_CALL(mremap), ALLOW_CALL(mprotect), ALLOW_CALL(madvise),
        ALLOW_CALL(futex), ALLOW_CALL(sched_yield), ALLOW_CALL(clock_gettime), ALLOW_CALL(gettimeofday), ALLOW_CALL(getpid),
        ALLOW_CALL(gettid), ALLOW_CALL(getrandom), ALLOW_CALL(rt_sigreturn), ALLOW_CALL(rt_sigprocmask), ALLOW_CALL(exit),
        ALLOW_CALL(exit_group),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_write, 1, 0), REFUSE,
        FIELD(args[0]), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)out, 0, 1), ALLOW, REFUSE,
    };
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#else

/* Elsewhere the limits must do: no file can be opened or written once no handle is left to give. */
static bool lock_up(int out)
{
    (void)out;
    return limit(RLIMIT_NOFILE, 0) && limit(RLIMIT_NPROC, 0);
}

#endif

/* ---- the child ---- */

bool cage_put(int out, const void *bytes, size_t length)
{
    for (const char *at = bytes; length;) {
        const ssize_t put = write(out, at, length);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        at += put;
        length -= (size_t)put;
    }
    return true;
}

/* The first byte of the answer says that the door is shut. */
static void work_caged(const CageLimits *limits, CageWork *work, const void *task, int out)
{
    if (limit_all(limits) && lock_up(out) && cage_put(out, "", 1)) work(task, out);
    _exit(0);
}

/* ---- the caller ---- */

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A child that waits computes nothing, so that the time of its processor says nothing. */
static bool is_ready(const Cage *cage)
{
    for (;;) {
        const int64_t left = cage->deadline - milliseconds();
        if (left <= 0) return false;
        const int found = poll(&(struct pollfd){.fd = cage->answer, .events = POLLIN}, 1, (int)left);
        if (found > 0) return true;
        if (found < 0 && errno != EINTR) return false;
    }
}

bool cage_take(const Cage *cage, void *bytes, size_t length)
{
    for (char *at = bytes; length;) {
        const ssize_t got = is_ready(cage) ? read(cage->answer, at, length) : 0;
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        length -= (size_t)got;
    }
    return true;
}

void cage_close(Cage *cage)
{
    close(cage->answer);
    kill(cage->child, SIGKILL);
    while (waitpid(cage->child, NULL, 0) < 0 && errno == EINTR) continue;
}

static bool is_shut(Cage *cage)
{
    char shut;
    if (cage_take(cage, &shut, 1)) return true;
    cage_close(cage);
    return false;
}

bool cage_open(Cage *cage, const CageLimits *limits, CageWork *work, const void *task)
{
    int ends[2];
    if (pipe(ends) != 0) return false;
    *cage = (Cage){.answer = ends[0], .deadline = milliseconds() + (int64_t)limits->patience * 1000, .child = fork()};
    if (cage->child == 0) work_caged(limits, work, task, ends[1]);
    close(ends[1]);
    if (cage->child > 0) return is_shut(cage);
    close(ends[0]);
    return false;
}
