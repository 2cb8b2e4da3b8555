/* The window's work without a window: text to scene, repaints, hovering, the switch, exports, at sizes that grow.
 * Each figure is the median of several runs, in milliseconds of one core, so that other work on the machine counts little.
 * Usage: bench_app [ROUNDS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "app/command.h"
#include "app/files.h"
#include "app/tiles.h"
#include "paint/export.h"
#include "paint/pixels.h"

enum { ROUNDS_MOST = 101 };

typedef struct Bench {
    Arena   arena;
    Strings strings;
    Fonts  *fonts;
    App     app;
    Pixels  page, still;
    Tiles   tiles;
    double  seconds;
    int     rounds, round;
    const char *suffix;     /* of the export */
} Bench;

typedef void (*Work)(Bench *);

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(Bench *bench, Work work, int rounds)
{
    double times[ROUNDS_MOST];
    work(bench);
    for (bench->round = 0; bench->round < rounds; bench->round++) {
        const double start = now();
        work(bench);
        times[bench->round] = now() - start;
    }
    qsort(times, (size_t)rounds, sizeof *times, by_value);
    return times[rounds / 2];
}

static void report(Bench *bench, const char *name, Work work, int rounds)
{
    printf("  %-40s %9.2f ms\n", name, median(bench, work, rounds));
    fflush(stdout);
}

static void report_goal(Bench *bench, const char *name, Work work, int rounds, double goal)
{
    const double took = median(bench, work, rounds);
    printf("  %-40s %9.2f ms   goal %g ms: %s\n", name, took, goal, took <= goal ? "met" : "missed");
    fflush(stdout);
}

/* ---- opening ---- */

static void pixels_open(Pixels *pixels, int width, int height)
{
    free(pixels->data);
    *pixels = (Pixels){.data = malloc((size_t)width * (size_t)height * 4), .width = width, .height = height, .stride = width};
    if (!pixels->data) abort();
}

static void open_text(Bench *bench, const char *text, int width, int height)
{
    Document document = {.name = "model.py", .folder = "/tmp", .text = text, .length = text ? strlen(text) : 0};
    if (!text && document_question(&document, &bench->arena, SOURCE_DIR) != DOCUMENT_GOOD) abort();
    app_open(&bench->app, &(AppOptions){.resources = SOURCE_DIR, .strings = &bench->strings, .measure = fonts_measure(bench->fonts), .settings = &SETTINGS_DEFAULT,
                                        .panels = PANELS_ALL, .size = {(float)width, (float)height}}, &document);
    pixels_open(&bench->page, width, height);
    pixels_open(&bench->still, width, height);
    tiles_close(&bench->tiles);
    if (!tiles_open(&bench->tiles, width, height)) abort();
    bench->seconds = 0;
}

/* ---- work ---- */

static void give(Bench *bench, const Input *input)
{
    bench->seconds += 0.001;
    app_update(&bench->app, input, bench->seconds);
}

static void paint_still(Bench *bench, const Scene *scene)
{
    pixels_clear(&bench->still, scene->ground);
    pixels_draw(&bench->still, bench->fonts, scene, 0, scene->n_still, 1, NULL);
}

static void paint_over(Bench *bench, const Scene *scene)
{
    memcpy(bench->page.data, bench->still.data, (size_t)bench->page.height * (size_t)bench->page.stride * 4);
    pixels_draw(&bench->page, bench->fonts, scene, scene->n_still, scene->n_marks, 1, NULL);
}

static void copy_still(Bench *bench, const Rect *rect)
{
    for (int y = (int)rect->y; y < (int)(rect->y + rect->h); y++) {
        const size_t at = (size_t)y * (size_t)bench->page.stride + (size_t)rect->x;
        memcpy(bench->page.data + at, bench->still.data + at, (size_t)rect->w * 4);
    }
}

static void repaint(Bench *bench)
{
    const Scene *scene = app_scene(&bench->app);
    paint_still(bench, scene);
    paint_over(bench, scene);
}

/* Another digit in the last layer's size: read, planned, run, laid out and drawn as marks. */
static void edit(Bench *bench)
{
    const char *at = strstr(bench->app.editor.buffer.text, "Dense(4");
    if (!at) abort();
    const int place = (int)(at - bench->app.editor.buffer.text) + 7;
    bench->app.editor.selection = (Selection){place, place};
    bench->app.attention = ATTENTION_CODE;
    if (bench->round % 2) give(bench, &(Input){.type = INPUT_KEY, .key = KEY_DELETE});
    else give(bench, &(Input){.type = INPUT_TEXT, .text = "2"});
    app_scene(&bench->app);
}

static void edit_to_pixels(Bench *bench)
{
    edit(bench);
    repaint(bench);
}

/* Another unit each time, here and there on the page. */
static Point some_unit(Bench *bench)
{
    const Scene *scene = app_scene(&bench->app);
    size_t n = 0, at = 0;
    for (size_t i = 0; i < scene->n_picks; i++) n += scene->picks[i].type == PICK_UNIT;
    if (!n) abort();
    size_t left = (size_t)bench->round * 37 % n;
    while (scene->picks[at].type != PICK_UNIT || left-- > 0) at++;
    const Rect area = scene->picks[at].area;
    return (Point){area.x + area.w / 2, area.y + area.h / 2};
}

/* As the window does: only the tiles that changed are painted. */
static void show(Bench *bench)
{
    Dirty dirty;
    const Measure measure = fonts_measure(bench->fonts);
    const Scene *scene = app_scene(&bench->app);
    tiles_compare(&bench->tiles, scene, scene->n_still, &measure, 1, &dirty);
    for (int i = 0; i < dirty.n; i++) {
        copy_still(bench, &dirty.rect[i]);
        pixels_draw(&bench->page, bench->fonts, scene, scene->n_still, scene->n_marks, 1, &dirty.rect[i]);
    }
}

/* The pointer goes from unit to unit. */
static void hover(Bench *bench)
{
    give(bench, &(Input){.type = INPUT_MOVE, .at = some_unit(bench)});
    show(bench);
}

/* Nothing is still while it moves: the window clears what it keeps at the first frame only. */
static void animate(Bench *bench)
{
    if (!bench->app.motion.running) {
        command_run(&bench->app, "flatten.toggle");
        bench->seconds += 0.001;
        app_update(&bench->app, NULL, bench->seconds);
        paint_still(bench, app_scene(&bench->app));
    }
    bench->seconds += 0.016;
    app_update(&bench->app, NULL, bench->seconds);
    bench->app.stale = true;
    show(bench);
}

static void export_page(Bench *bench)
{
    Arena arena;
    arena_open(&arena, 0);
    Text out = {.arena = &arena};
    exporter_find(bench->suffix)->write(&out, app_scene(&bench->app), bench->fonts, &(ExportOptions){.scale = 1, .dpi = 96});
    arena_close(&arena);
}

/* ---- the table ---- */

static const double EDIT_GOAL = 16, HOVER_GOAL = 10, FRAME_GOAL = 16;

static void question(Bench *bench)
{
    const int rounds = bench->rounds;
    open_text(bench, NULL, 1920, 1080);
    puts("the question's model, 1920x1080");
    report(bench, "edit: text to scene", edit, rounds);
    report_goal(bench, "edit: text to picture", edit_to_pixels, rounds, EDIT_GOAL);
    app_close(&bench->app);
    open_text(bench, NULL, 1920, 1080);
    report(bench, "full repaint", repaint, rounds);
    report_goal(bench, "hover frame", hover, rounds, HOVER_GOAL);
    report_goal(bench, "switch animation frame", animate, rounds, FRAME_GOAL);
    app_close(&bench->app);
    open_text(bench, NULL, 3840, 2160);
    puts("the question's model, 3840x2160");
    report(bench, "full repaint", repaint, rounds);
    report_goal(bench, "hover frame", hover, rounds, HOVER_GOAL);
    report_goal(bench, "switch animation frame", animate, rounds, FRAME_GOAL);
    app_close(&bench->app);
}

/* depth layers of `units` units each, 1920x1080. */
static void open_deep(Bench *bench, int units, int depth)
{
    char text[512];
    snprintf(text, sizeof text, "from keras import *\nfrom keras.layers import *\nmodel = Sequential([Input((%d,))])\nfor i in range(%d):\n    model.add(Dense(%d))\nmodel.add(Dense(4))\n",
             units, depth, units);
    open_text(bench, text, 1920, 1080);
}

static void wires(Bench *bench, int units, int depth)
{
    static const char *const suffixes[] = {".svg", ".pdf", ".png", ".txt"};
    char name[32];
    open_deep(bench, units, depth);
    printf("%d x %d x %d = %d wires, 1920x1080\n", depth, units, units, depth * units * units);
    report(bench, "edit: text to scene", edit, bench->rounds / 2 + 1);
    app_close(&bench->app);
    open_deep(bench, units, depth);
    report(bench, "full repaint", repaint, bench->rounds / 4 + 1);
    report_goal(bench, "hover frame, wires cached", hover, bench->rounds, HOVER_GOAL);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        bench->suffix = suffixes[i];
        snprintf(name, sizeof name, "export %s", suffixes[i]);
        report(bench, name, export_page, bench->rounds / 8 + 1);
    }
    app_close(&bench->app);
}

int main(int argc, char **argv)
{
    static Bench bench;
    char fault[256];
    size_t length;
    bench.rounds = argc > 1 ? atoi(argv[1]) : 21;
    if (bench.rounds < 1 || bench.rounds > ROUNDS_MOST) bench.rounds = 21;
    arena_open(&bench.arena, 0);
    char *sentences = file_read(&bench.arena, SOURCE_DIR "/assets/strings/en.txt", &length);
    bench.fonts = fonts_open(SOURCE_DIR "/fonts", fault, sizeof fault);
    if (!sentences || !bench.fonts) return 1;
    strings_read(&bench.strings, &bench.arena, sentences);
    question(&bench);
    wires(&bench, 32, 1);
    wires(&bench, 100, 1);
    wires(&bench, 316, 1);    /* a band with a sample of the strongest */
    wires(&bench, 91, 12);    /* each one drawn */
    tiles_close(&bench.tiles);
    free(bench.page.data);
    free(bench.still.data);
    fonts_close(bench.fonts);
    arena_close(&bench.arena);
    return 0;
}
