/* Start to first picture and memory, next to a bare SDL window that opens the same fonts; on the display there is, or Xvfb.
 * Usage: bench_window [ROUNDS] */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <SDL.h>

#include "app/files.h"
#include "app/window.h"
#include "paint/pixels.h"

enum { ROUNDS_MOST = 51, MEMORY_GOAL = 64 };
static const double RATIO_GOAL = 1.5;

typedef struct Took {
    double milliseconds;
    long   kilobytes;       /* resident when the picture was there */
} Took;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static long resident(void)
{
    long pages = 0, all;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%ld %ld", &all, &pages) != 2) pages = 0;
    if (file) fclose(file);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

/* ---- what a child does ---- */

/* The picture is on the display. What closing takes does not count. */
static void tell(void)
{
    dprintf(3, "%f %ld\n", now(), resident());
    _exit(0);
}

static int show_shapeflow(void)
{
    Arena arena;
    size_t length;
    arena_open(&arena, 0);
    CommandLine line = {.arena = &arena, .resources = SOURCE_DIR};
    char *text = file_read(&arena, SOURCE_DIR "/assets/strings/en.txt", &length);
    if (!text) return 1;
    strings_read(&line.strings, &arena, text);
    return (int)window_show_once(&line, NULL, tell);
}

static int show_bare(void)
{
    char fault[256];
    Arena arena;
    Scene scene;
    arena_open(&arena, 0);
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    if (SDL_Init(SDL_INIT_VIDEO)) return 1;
    SDL_Window *window = SDL_CreateWindow("bare", 0, 0, 1600, 900, 0);
    SDL_Surface *surface = window ? SDL_GetWindowSurface(window) : NULL;
    Fonts *fonts = fonts_open(SOURCE_DIR "/fonts", fault, sizeof fault);
    if (!surface || !fonts) return 1;
    const Pixels pixels = {.data = surface->pixels, .width = surface->w, .height = surface->h, .stride = surface->pitch / 4};
    scene_open(&scene, &arena, (Rect){0, 0, 1600, 900}, (Colour){255, 255, 255, 255});
    for (int i = 0; i < FONT_COUNT; i++) mark_text(&scene, (Point){20, 40 + 40 * (float)i}, ALIGN_LEFT, (Font)i, 16, (Colour){0, 0, 0, 255}, "shapeflow");
    pixels_clear(&pixels, scene.ground);
    pixels_draw(&pixels, fonts, &scene, 0, scene.n_marks, 1, NULL);
    SDL_UpdateWindowSurface(window);
    tell();
    return 0;
}

/* ---- measuring ---- */

static int by_time(const void *a, const void *b)
{
    const double x = ((const Took *)a)->milliseconds, y = ((const Took *)b)->milliseconds;
    return (x > y) - (x < y);
}

/* A new process, so that loading the program counts; it says when its picture was there. */
static Took run_once(char *program, const char *what)
{
    int ends[2];
    Took took = {-1, 0};
    double shown;
    if (pipe(ends)) return took;
    const double start = now();
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 3);
        execl("/proc/self/exe", program, what, (char *)NULL);
        _exit(1);
    }
    close(ends[1]);
    FILE *answer = fdopen(ends[0], "r");
    if (answer && fscanf(answer, "%lf %ld", &shown, &took.kilobytes) == 2) took.milliseconds = shown - start;
    if (answer) fclose(answer);
    waitpid(child, NULL, 0);
    return took;
}

static Took median(Took *took, int rounds)
{
    qsort(took, (size_t)rounds, sizeof *took, by_time);
    return took[rounds / 2];
}

/* By turns, so that other work on the machine counts alike for both. */
static void measure(char *program, int rounds, Took *ours, Took *bare)
{
    Took mine[ROUNDS_MOST], theirs[ROUNDS_MOST];
    run_once(program, "shapeflow");
    run_once(program, "bare");
    for (int i = 0; i < rounds; i++) {
        mine[i] = run_once(program, "shapeflow");
        theirs[i] = run_once(program, "bare");
    }
    *ours = median(mine, rounds);
    *bare = median(theirs, rounds);
}

static const char *met(bool good) { return good ? "met" : "missed"; }

static void report(const Took *ours, const Took *bare)
{
    const double ratio = ours->milliseconds / bare->milliseconds;
    puts("start to first picture, 1600x900");
    printf("  %-40s %9.2f ms\n", "bare SDL window with the same fonts", bare->milliseconds);
    printf("  %-40s %9.2f ms\n", "shapeflow", ours->milliseconds);
    printf("  %-40s %9.2f      goal %g: %s\n", "shapeflow / bare", ratio, RATIO_GOAL, met(ratio <= RATIO_GOAL));
    printf("  %-40s %9.2f MB   goal %d MB: %s\n", "resident memory", (double)ours->kilobytes / 1024, MEMORY_GOAL, met(ours->kilobytes < MEMORY_GOAL * 1024));
}

static int be_child(const char *what)
{
    _exit(strcmp(what, "bare") == 0 ? show_bare() : show_shapeflow());
}

static pid_t start_display(void)
{
    int ends[2];
    char number[16] = "";
    if (getenv("DISPLAY") || pipe(ends)) return 0;
    const pid_t server = fork();
    if (server == 0) {
        dup2(ends[1], 3);
        if (!freopen("/dev/null", "w", stderr)) _exit(1);
        execlp("Xvfb", "Xvfb", "-displayfd", "3", "-screen", "0", "1920x1080x24", "-noreset", (char *)NULL);
        _exit(1);
    }
    close(ends[1]);
    const ssize_t got = read(ends[0], number + 1, sizeof number - 2);
    number[0] = ':';
    number[got > 0 ? strcspn(number, "\n") : 0] = 0;
    setenv("DISPLAY", number, 1);
    return server;
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "bare") == 0 || strcmp(argv[1], "shapeflow") == 0)) return be_child(argv[1]);
    int rounds = argc > 1 ? atoi(argv[1]) : 15;
    if (rounds < 1 || rounds > ROUNDS_MOST) rounds = 15;
    setenv("XDG_CONFIG_HOME", "/tmp/shapeflow-bench", 1);
    setenv("XDG_STATE_HOME", "/tmp/shapeflow-bench", 1);
    const pid_t server = start_display();
    Took ours, bare;
    measure(argv[0], rounds, &ours, &bare);
    if (ours.milliseconds < 0 || bare.milliseconds < 0) puts("no display, no Xvfb");
    else report(&ours, &bare);
    if (server > 0) kill(server, SIGTERM);
    return 0;
}
