/* Opening the configuration of a large model, from the start of the program to the shapes of all layers: medians of processor
 * time, which other programs do not disturb.
 * Usage: bench_open [ROUNDS] */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS_MOST = 101 };
static const double GOAL = 50;

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double milliseconds(struct timeval time)
{
    return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

/* A program with its output in a file: milliseconds; negative when it fails. */
static double run(const char *program, const char *argument, const char *path, const char *to)
{
    int status;
    struct rusage used;
    const pid_t child = fork();
    if (child == 0) {
        const int file = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (file < 0 || dup2(file, 1) < 0) _exit(1);
        execlp(program, program, argument, path, (char *)NULL);
        _exit(1);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child || status) return -1;
    return milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
}

static double median_milliseconds(const char *config, int rounds)
{
    double times[ROUNDS_MOST];
    for (int i = 0; i < rounds; i++) {
        times[i] = run(PROGRAM, "shapes", config, "/dev/null");
        if (times[i] < 0) return -1;
    }
    qsort(times, (size_t)rounds, sizeof *times, by_value);
    return times[rounds / 2];
}

int main(int argc, char **argv)
{
    char config[] = "/tmp/shapeflow-bench-XXXXXX.json";
    int rounds = argc > 1 ? atoi(argv[1]) : 21;
    rounds = rounds < 1 ? 1 : rounds > ROUNDS_MOST ? ROUNDS_MOST : rounds;
    const int file = mkstemps(config, 5);
    if (file < 0) return 1;
    close(file);
    const bool unpacked = run("gzip", "-dc", SOURCE_DIR "/tests/bench/models/efficientnet_v2l.json.gz", config) >= 0;
    const double ms = unpacked ? median_milliseconds(config, rounds) : -1;
    unlink(config);
    if (ms < 0) return puts("opening: EfficientNetV2L could not be read"), 1;
    puts("opening a configuration (processor time)");
    printf("  %-40s %10.2f ms   under %.0f ms: %s\n", "EfficientNetV2L, 0.96 MB, to shapes", ms, GOAL, ms < GOAL ? "met" : "MISSED");
    return 0;
}
