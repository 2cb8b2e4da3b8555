/* Painting and exporting, medians of processor time, which other programs do not disturb: the question's picture, text, and 1,000 to 100,000 wires beside cairo drawing the same.
 * Usage: bench_paint [ROUNDS] */
#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "paint/export.h"
#include "paint/pixels.h"

enum { WIDTH = 1920, HEIGHT = 1080, ROUNDS_MOST = 101 };

static Fonts *fonts;
static uint32_t *buffer;
static Pixels pixels;
static Arena out_arena;

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

typedef void (*Work)(const Scene *);

static double median(int rounds, Work work, const Scene *scene)
{
    double times[ROUNDS_MOST];
    if (rounds > 1) work(scene);
    for (int i = 0; i < rounds; i++) {
        const double start = now();
        work(scene);
        times[i] = now() - start;
    }
    qsort(times, (size_t)rounds, sizeof *times, by_value);
    return times[rounds / 2];
}

static void paint(const Scene *scene)
{
    pixels_clear(&pixels, scene->ground);
    pixels_draw(&pixels, fonts, scene, 0, scene->n_marks, 1, NULL);
}

static void paint_dirty(const Scene *scene)
{
    const Rect dirty = {900, 400, 60, 60};
    pixels_draw(&pixels, fonts, scene, 0, scene->n_marks, 1, &dirty);
}

static void paint_cairo(const Scene *scene)
{
    cairo_surface_t *surface = cairo_image_surface_create_for_data((unsigned char *)buffer, CAIRO_FORMAT_RGB24, WIDTH, HEIGHT, WIDTH * 4);
    cairo_t *cairo = cairo_create(surface);
    for (size_t i = 0; i < scene->n_marks; i++) {
        const Mark *mark = &scene->marks[i];
        cairo_set_source_rgba(cairo, mark->stroke.r / 255.0, mark->stroke.g / 255.0, mark->stroke.b / 255.0, mark->stroke.a / 255.0);
        cairo_set_line_width(cairo, (double)mark->width);
        cairo_move_to(cairo, (double)mark->a.x, (double)mark->a.y);
        if (mark->type == MARK_CURVE)
            cairo_curve_to(cairo, (double)mark->c.x, (double)mark->c.y, (double)mark->d.x, (double)mark->d.y, (double)mark->b.x, (double)mark->b.y);
        else cairo_line_to(cairo, (double)mark->b.x, (double)mark->b.y);
        cairo_stroke(cairo);
    }
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

static void hash(const Scene *scene)
{
    volatile uint64_t sum = scene_hash(scene, 0, scene->n_marks);
    (void)sum;
}

static void point_at(const Scene *scene)
{
    volatile int pick = scene_pick_at(scene, (Point){700, 500});
    (void)pick;
}

static void export_as(const Scene *scene, const char *name)
{
    const ExportOptions options = {.scale = 1, .dpi = 96};
    Text out = {.arena = &out_arena};
    arena_reset(&out_arena);
    exporter_find(name)->write(&out, scene, fonts, &options);
}

static void export_svg(const Scene *scene) { export_as(scene, "x.svg"); }
static void export_pdf(const Scene *scene) { export_as(scene, "x.pdf"); }
static void export_png(const Scene *scene) { export_as(scene, "x.png"); }
static void export_txt(const Scene *scene) { export_as(scene, "x.txt"); }

/* Two columns of nodes 300 points apart, every one of the left to every one of the right. */
static Scene wires(Arena *arena, int side, MarkType type, uint8_t alpha)
{
    Scene scene;
    scene_open(&scene, arena, (Rect){0, 0, WIDTH, HEIGHT}, (Colour){251, 250, 247, 255});
    for (int i = 0; i < side; i++)
        for (int j = 0; j < side; j++) {
            const float step = 1000 / (float)side;
            const Point from = {800, 40 + step * (float)i}, to = {1100, 40 + step * (float)j};
            Mark *mark = type == MARK_CURVE ? mark_wire(&scene, from, to, (Colour){0, 114, 178, alpha}, 1) : mark_line(&scene, from, to, (Colour){0, 114, 178, alpha}, 1);
            mark->pick = scene_pick(&scene, (Pick){.type = PICK_WIRE});
        }
    return scene;
}

/* As many marks of each kind as the picture of the Flatten question. */
static Scene question(Arena *arena)
{
    Scene scene;
    scene_open(&scene, arena, (Rect){0, 0, WIDTH, HEIGHT}, (Colour){251, 250, 247, 255});
    const Colour ink = {31, 35, 40, 255}, panel = {255, 255, 255, 255}, blue = {0, 114, 178, 110};
    mark_rect(&scene, (Rect){0, 0, WIDTH, 70}, 0, panel);
    mark_rect(&scene, (Rect){0, 70, 450, 1010}, 0, (Colour){246, 244, 238, 255});
    mark_rect(&scene, (Rect){450, 920, 1470, 160}, 0, panel);
    for (int i = 0; i < 6; i++) mark_rect(&scene, (Rect){540 + 360 * (float)(i / 3), 190 + 240 * (float)(i % 3), 70, 200}, 14, (Colour){0, 114, 178, 30});
    for (int i = 0; i < 96; i++) mark_wire(&scene, (Point){575, 220 + 110 * (float)(i / 16)}, (Point){935, 190 + 15 * (float)(i % 48)}, blue, 1.1f);
    for (int i = 0; i < 48; i++) mark_wire(&scene, (Point){935, 190 + 15 * (float)i}, (Point){1300, 200 + 14 * (float)i}, blue, 1.3f);
    for (int i = 0; i < 192; i++) mark_wire(&scene, (Point){1300, 200 + 14 * (float)(i % 48)}, (Point){1680, 280 + 175 * (float)(i / 48)}, blue, 0.5f + (float)(i % 5) / 2);
    for (int i = 0; i < 96; i++) mark_circle(&scene, (Point){i < 48 ? 935 : 1300, 200 + 14 * (float)(i % 48)}, 6.5f, panel, ink, 1.5f);
    for (int i = 0; i < 10; i++) mark_circle(&scene, (Point){i < 6 ? 575 : 1680, 220 + 120 * (float)(i % 6)}, 26, panel, ink, 2);
    for (int i = 0; i < 60; i++) mark_text(&scene, (Point){30 + 500 * (float)(i % 3), 100 + 40 * (float)(i / 3)}, ALIGN_LEFT, i % 2 ? FONT_CODE : FONT_TEXT, 16, ink, "model.add(Dense(16))");
    return scene;
}

static Scene labels(Arena *arena)
{
    Scene scene;
    scene_open(&scene, arena, (Rect){0, 0, WIDTH, HEIGHT}, (Colour){251, 250, 247, 255});
    for (int i = 0; i < 2000; i++)
        mark_text(&scene, (Point){20 + 44 * (float)(i % 42), 20 + 22 * (float)(i / 42)}, ALIGN_CENTRE, FONT_CODE, 13, (Colour){31, 35, 40, 255}, arena_print(arena, "%.2f", i * 0.37 - 300));
    return scene;
}

static double build_time(int rounds)
{
    double times[ROUNDS_MOST];
    Arena arena;
    arena_open(&arena, 0);
    for (int i = 0; i < rounds; i++) {
        arena_reset(&arena);
        const double start = now();
        wires(&arena, 141, MARK_CURVE, 20);
        times[i] = now() - start;
    }
    arena_close(&arena);
    qsort(times, (size_t)rounds, sizeof *times, by_value);
    return times[rounds / 2];
}

/* ---- the report ---- */

static const char *verdict(bool met) { return met ? "met" : "MISSED"; }

static void row(const char *what, double ms) { printf("  %-40s %10.2f ms\n", what, ms); }

static void report_picture(int rounds)
{
    Arena arena;
    arena_open(&arena, 0);
    const Scene few = question(&arena), text = labels(&arena), twenty = wires(&arena, 141, MARK_CURVE, 20);
    puts("painting, 1920x1080 (processor time)");
    row("build 20,000 marks", build_time(rounds));
    row("hash 20,000 marks", median(rounds, hash, &twenty));
    row("pick among 20,000 marks", median(rounds, point_at, &twenty));
    row("question's picture", median(rounds, paint, &few));
    row("question's picture, 60x60 dirty", median(rounds, paint_dirty, &few));
    row("2,000 labels", median(rounds, paint, &text));
    arena_close(&arena);
}

/* Rounds that keep a second or so for what takes long. */
static int rounds_for(int rounds, int wires_drawn)
{
    const int fewer = rounds * 10000 / wires_drawn;
    return fewer < 1 ? 1 : fewer > rounds ? rounds : fewer;
}

static void report_wires(int rounds, int side, MarkType type)
{
    char what[80];
    Arena arena;
    arena_open(&arena, 0);
    const Scene scene = wires(&arena, side, type, 20);
    const double ours = median(rounds, paint, &scene), theirs = median(rounds_for(rounds, side * side), paint_cairo, &scene);
    snprintf(what, sizeof what, "%d %s", side * side, type == MARK_CURVE ? "curves" : "lines");
    printf("  %-40s %10.2f ms %10.2f ms %8.1fx   at least 5x: %s\n", what, ours, theirs, theirs / ours, verdict(theirs >= 5 * ours));
    fflush(stdout);
    arena_close(&arena);
}

static void report_exports(int rounds, int side)
{
    static const struct { const char *name; Work work; double goal; } forms[] = {
        {".svg", export_svg, 0}, {".pdf", export_pdf, 1000}, {".png", export_png, 0}, {".txt", export_txt, 0}};
    Arena arena;
    arena_open(&arena, 0);
    const Scene scene = wires(&arena, side, MARK_CURVE, 110);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char what[80];
        const double ms = median(rounds_for(rounds, side * side) * 2 + 1, forms[i].work, &scene);
        snprintf(what, sizeof what, "%d wires as %s", side * side, forms[i].name);
        printf("  %-40s %10.2f ms", what, ms);
        if (forms[i].goal > 0) printf("   under %.0f ms: %s", forms[i].goal, verdict(ms < forms[i].goal));
        puts("");
        fflush(stdout);
    }
    arena_close(&arena);
}

int main(int argc, char **argv)
{
    static const int sides[] = {32, 100, 316};
    int rounds = argc > 1 ? atoi(argv[1]) : 9;
    rounds = rounds < 1 ? 1 : rounds > ROUNDS_MOST ? ROUNDS_MOST : rounds;
    char err[300];
    fonts = fonts_open(SOURCE_DIR "/fonts", err, sizeof err);
    if (!fonts) return puts(err), 1;
    buffer = calloc((size_t)WIDTH * HEIGHT, sizeof *buffer);
    pixels = (Pixels){buffer, WIDTH, HEIGHT, WIDTH};
    arena_open(&out_arena, 0);
    report_picture(rounds);
    printf("  %-40s %13s %13s %9s\n", "repaint of wires alone", "ours", "cairo", "faster");
    for (int i = 0; i < 3; i++) report_wires(rounds, sides[i], MARK_CURVE);
    for (int i = 0; i < 3; i++) report_wires(rounds, sides[i], MARK_LINE);
    puts("exporting wires alone (processor time)");
    for (int i = 0; i < 3; i++) report_exports(rounds, sides[i]);
    free(buffer);
    arena_close(&out_arena);
    fonts_close(fonts);
    return 0;
}
