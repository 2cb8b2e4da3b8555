#include "paint/pixels.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "paint_scenes.h"
#include "painting.h"

enum { WIDTH = 120, HEIGHT = 80 };

static const Colour BLACK = {0, 0, 0, 255}, WHITE = {255, 255, 255, 255}, NONE = {0};

static uint32_t buffer[WIDTH * HEIGHT];
static const Pixels pixels = {buffer, WIDTH, HEIGHT, WIDTH};

static Scene page(void)
{
    Scene scene;
    scene_open(&scene, &arena, (Rect){0, 0, WIDTH, HEIGHT}, WHITE);
    return scene;
}

static void draw_scaled(const Scene *scene, float scale)
{
    pixels_clear(&pixels, scene->ground);
    pixels_draw(&pixels, fonts, scene, 0, scene->n_marks, scale, NULL);
}

static void draw(const Scene *scene) { draw_scaled(scene, 1); }

static int red(int x, int y) { return (int)(buffer[y * WIDTH + x] >> 16 & 255); }

/* All ink on the page, in whole pixels of black on white. */
static double ink(void)
{
    double sum = 0;
    for (int i = 0; i < WIDTH * HEIGHT; i++) sum += (255 - (buffer[i] >> 16 & 255)) / 255.0;
    return sum;
}

static void rectangles_cover_by_area(void **state)
{
    (void)state;
    Scene scene = page();
    mark_rect(&scene, (Rect){10.5f, 20, 4, 3.25f}, 0, BLACK);
    draw(&scene);
    assert_in_range(red(10, 20), 126, 129);
    assert_int_equal(red(11, 20), 0);
    assert_in_range(red(14, 21), 126, 129);
    assert_in_range(red(12, 23), 190, 193);
    assert_int_equal(red(9, 20), 255);
    assert_int_equal(red(12, 24), 255);
    assert_true(fabs(ink() - 4 * 3.25) < 0.1);
}

static void circles_have_their_area(void **state)
{
    (void)state;
    for (float radius = 2; radius < 35; radius *= 1.4f) {
        Scene scene = page();
        mark_circle(&scene, (Point){60.3f, 40.7f}, radius, BLACK, NONE, 0);
        draw(&scene);
        const double area = 3.14159265 * (double)radius * (double)radius;
        assert_true(fabs(ink() - area) < 0.02 * area + 0.3);
    }
}

static void rings_have_their_area(void **state)
{
    (void)state;
    for (float width = 0.5f; width < 6; width += 0.5f) {
        Scene scene = page();
        mark_circle(&scene, (Point){60, 40}, 20, NONE, BLACK, width);
        draw(&scene);
        const double area = 2 * 3.14159265 * 20 * (double)width;
        assert_true(fabs(ink() - area) < 0.02 * area + 0.5);
        assert_int_equal(red(60, 40), 255);
    }
}

static void rounded_corners_are_cut(void **state)
{
    (void)state;
    Scene scene = page();
    mark_rect(&scene, (Rect){10, 10, 40, 30}, 8, BLACK);
    draw(&scene);
    assert_true(red(10, 10) > 250);
    assert_int_equal(red(30, 10), 0);
    assert_int_equal(red(10, 25), 0);
    assert_int_equal(red(30, 25), 0);
    assert_true(fabs(ink() - (40 * 30 - (4 - 3.14159265) * 64)) < 2);
}

static void borders_stand_on_whole_pixels(void **state)
{
    (void)state;
    Scene scene = page();
    mark_box(&scene, (Rect){10, 10, 40, 30}, 0, NONE, BLACK, 1);
    mark_line(&scene, (Point){60, 20}, (Point){100, 20}, BLACK, 1);
    draw(&scene);
    for (int x = 62; x < 98; x++) assert_true((red(x, 19) == 0) != (red(x, 20) == 0));
    assert_true((red(9, 25) == 0) != (red(10, 25) == 0));
    assert_true(fabs(ink() - (2 * 40 + 2 * 30 + 40)) < 0.5);
}

static void lines_have_their_area(void **state)
{
    (void)state;
    for (float width = 0.3f; width < 7; width *= 1.5f)
        for (int i = 0; i < 24; i++) {
            const double angle = i * 3.14159265 / 12 + 0.05;
            Scene scene = page();
            mark_line(&scene, (Point){60, 40}, (Point){60 + 35 * (float)cos(angle), 40 + 35 * (float)sin(angle)}, BLACK, width);
            draw(&scene);
            const double cap = width >= 1.5f ? 3.14159265 * (double)width * (double)width / 4 : 0;
            assert_true(fabs(ink() - 35 * (double)width - cap) < 0.04 * 35 * (double)width + 0.8 * (double)width);
        }
}

static void hairlines_are_paler(void **state)
{
    (void)state;
    Scene scene = page();
    mark_wire(&scene, (Point){10, 10.5f}, (Point){110, 10.5f}, BLACK, 0.25f);
    draw(&scene);
    assert_in_range(red(50, 10), 188, 194);
    assert_int_equal(red(50, 11), 255);
}

/* A wire and the chord beside it cross each column once: no gaps, no doubled joints. */
static void wires_are_even(void **state)
{
    (void)state;
    Scene scene = page();
    mark_wire(&scene, (Point){10, 10}, (Point){110, 70}, BLACK, 1);
    draw(&scene);
    for (int x = 12; x < 108; x++) {
        double column = 0;
        for (int y = 0; y < HEIGHT; y++) column += (255 - red(x, y)) / 255.0;
        assert_true(column > 0.93 && column < 1.15 * sqrt(1 + 1.2 * 1.2));   /* in the middle it rises 1.2 a column */
    }
}

static void steep_wires_are_as_good_as_flat_ones(void **state)
{
    (void)state;
    Scene scene = page();
    mark_wire(&scene, (Point){60, 5}, (Point){64, 75}, BLACK, 1);
    draw(&scene);
    for (int y = 7; y < 73; y++) {
        double row = 0;
        for (int x = 0; x < WIDTH; x++) row += (255 - red(x, y)) / 255.0;
        assert_true(row > 0.85 && row < 1.4);
    }
}

static void curves_that_turn_back_are_drawn(void **state)
{
    (void)state;
    Scene scene = page();
    Mark *curve = scene_add(&scene, MARK_CURVE);
    *curve = (Mark){.type = MARK_CURVE, .pick = -1, .stroke = BLACK, .width = 2, .a = {40, 20}, .c = {100, 20}, .d = {100, 60}, .b = {40, 60}};
    draw(&scene);
    assert_true(red(84, 40) < 60 || red(85, 40) < 60);
    assert_true(red(60, 40) == 255);
    assert_true(fabs(ink() - 2 * 106.6) < 2);
}

static void dashes_leave_gaps(void **state)
{
    (void)state;
    Scene scene = page();
    mark_wire(&scene, (Point){4, 20.5f}, (Point){116, 20.5f}, BLACK, 1)->dashed = true;
    draw(&scene);
    assert_true(fabs(ink() - 112.0 * DASH_ON / (DASH_ON + DASH_OFF)) < 5);
    assert_int_equal(red(6, 20), 0);
    assert_int_equal(red(10, 20), 255);
}

static void polygons_and_bands_are_exact(void **state)
{
    (void)state;
    const Point triangle[] = {{10, 10}, {50, 20}, {15, 60}};
    Scene scene = page();
    Mark *polygon = scene_add(&scene, MARK_POLYGON);
    *polygon = (Mark){.type = MARK_POLYGON, .pick = -1, .fill = BLACK, .points = triangle, .n_points = 3};
    draw(&scene);
    assert_true(fabs(ink() - 0.5 * (40 * 50 - 10 * 5)) < 1);
    scene = page();
    Mark *band = scene_add(&scene, MARK_BAND);
    *band = (Mark){.type = MARK_BAND, .pick = -1, .fill = BLACK, .a = {10, 10}, .c = {10, 30}, .b = {110, 40}, .d = {110, 70}};
    draw(&scene);
    assert_true(fabs(ink() - 100 * 25) < 5);
}

static void big_shapes_have_no_seams(void **state)
{
    (void)state;
    enum { SIDE = 700 };
    uint32_t *data = calloc(SIDE * SIDE, sizeof *data);
    const Pixels wide = {data, SIDE, SIDE, SIDE};
    const Point corners[] = {{-3, 1}, {690, 50}, {650, 697}, {20, 640}};
    Scene scene = page();
    Mark *polygon = scene_add(&scene, MARK_POLYGON);
    *polygon = (Mark){.type = MARK_POLYGON, .pick = -1, .fill = BLACK, .points = corners, .n_points = 4};
    pixels_clear(&wide, WHITE);
    pixels_draw(&wide, fonts, &scene, 0, 1, 1, NULL);
    for (int y = 60; y < 630; y++)
        for (int x = 30; x < 640; x++) assert_int_equal(data[y * SIDE + x], 0xFF000000u);
    free(data);
}

static void cells_are_nearest(void **state)
{
    (void)state;
    const Colour cells[] = {{10, 0, 0, 255}, {20, 0, 0, 255}, {30, 0, 0, 255}, {40, 0, 0, 255}, {50, 0, 0, 255}, {60, 0, 0, 255}};
    Scene scene = page();
    mark_cells(&scene, (Rect){10, 10, 30, 20}, 3, 2, cells);
    draw(&scene);
    for (int y = 10; y < 30; y++)
        for (int x = 10; x < 40; x++) assert_int_equal(red(x, y), 10 * (1 + (x - 10) / 10 + 3 * ((y - 10) / 10)));
    assert_int_equal(red(9, 15), 255);
    assert_int_equal(red(40, 15), 255);
}

static void cells_smaller_than_pixels_are_averaged(void **state)
{
    (void)state;
    Colour *cells = arena_array(&arena, 400 * 300, sizeof *cells);
    for (int i = 0; i < 400 * 300; i++) cells[i] = i % 2 ? BLACK : WHITE;
    Scene scene = page();
    mark_cells(&scene, (Rect){10, 10, 50, 30}, 400, 300, cells);
    draw(&scene);
    for (int y = 10; y < 40; y++)
        for (int x = 10; x < 60; x++) assert_in_range(red(x, y), 126, 129);
    assert_true(fabs(ink() - 50 * 30 / 2.0) < 10);
}

static void clips_nest(void **state)
{
    (void)state;
    Scene scene = page();
    mark_clip(&scene, (Rect){10, 10, 50, 50});
    mark_clip(&scene, (Rect){30, 30, 80, 80});
    mark_rect(&scene, (Rect){0, 0, WIDTH, HEIGHT}, 0, BLACK);
    mark_unclip(&scene);
    mark_rect(&scene, (Rect){0, 0, 20, 20}, 0, BLACK);
    mark_unclip(&scene);
    mark_rect(&scene, (Rect){100, 0, 5, 5}, 0, BLACK);
    draw(&scene);
    assert_true(fabs(ink() - (30 * 30 + 10 * 10 + 25)) < 1e-6);
}

static void groups_fade_what_is_inside(void **state)
{
    (void)state;
    Scene scene = page();
    mark_group(&scene, "outer", 0.5f);
    mark_rect(&scene, (Rect){0, 0, 10, 10}, 0, BLACK);
    mark_group(&scene, "inner", 0.5f);
    mark_rect(&scene, (Rect){20, 0, 10, 10}, 0, BLACK);
    mark_cells(&scene, (Rect){60, 0, 10, 10}, 1, 1, &BLACK);
    mark_ungroup(&scene);
    mark_ungroup(&scene);
    mark_rect(&scene, (Rect){40, 0, 10, 10}, 0, BLACK);
    draw(&scene);
    assert_in_range(red(5, 5), 126, 128);
    assert_in_range(red(25, 5), 190, 192);
    assert_in_range(red(65, 5), 190, 192);
    assert_int_equal(red(45, 5), 0);
}

static void a_part_is_drawn_inside_its_clips(void **state)
{
    (void)state;
    Scene scene = page();
    mark_clip(&scene, (Rect){0, 0, 10, 10});
    mark_group(&scene, NULL, 0.5f);
    mark_rect(&scene, (Rect){0, 0, 5, 5}, 0, BLACK);
    const size_t from = scene.n_marks;
    mark_rect(&scene, (Rect){5, 5, 50, 50}, 0, BLACK);
    pixels_clear(&pixels, WHITE);
    pixels_draw(&pixels, fonts, &scene, from, scene.n_marks, 1, NULL);
    assert_true(fabs(ink() - 12.5) < 0.1);
}

static Scene busy_page(void)
{
    Scene scene = page();
    for (int i = 0; i < 20; i++) mark_wire(&scene, (Point){5, (float)(i * 4)}, (Point){110, (float)((i * 13) % 80)}, (Colour){0, 80, 160, 200}, 0.4f + 0.2f * (float)i);
    for (int i = 0; i < 8; i++) mark_circle(&scene, (Point){10 + 13 * (float)i, 20.3f}, 6, WHITE, BLACK, 1.5f);
    mark_text(&scene, (Point){8, 60}, ALIGN_LEFT, FONT_TEXT, 15, BLACK, "dense_1 (None, 3, 16)");
    mark_box(&scene, (Rect){20, 40, 60, 25}, 5, (Colour){200, 0, 0, 100}, BLACK, 1);
    return scene;
}

static void a_dirty_part_repaints_to_the_same_pixels(void **state)
{
    (void)state;
    uint32_t whole[WIDTH * HEIGHT];
    const Scene scene = busy_page();
    draw(&scene);
    memcpy(whole, buffer, sizeof whole);
    const Rect dirty = {33, 17, 41, 29};
    for (int y = 17; y < 46; y++)
        for (int x = 33; x < 74; x++) buffer[y * WIDTH + x] = 0xFFFFFFFFu;
    pixels_draw(&pixels, fonts, &scene, 0, scene.n_marks, 1, &dirty);
    assert_memory_equal(whole, buffer, sizeof whole);
}

static void pixels_stay_opaque(void **state)
{
    (void)state;
    const Scene scene = busy_page();
    draw(&scene);
    for (int i = 0; i < WIDTH * HEIGHT; i++) assert_int_equal(buffer[i] >> 24, 255);
}

static void text_has_ink_where_it_stands(void **state)
{
    (void)state;
    Scene scene = page();
    mark_text(&scene, (Point){60, 40}, ALIGN_RIGHT, FONT_TEXT, 20, BLACK, "HHH");
    draw(&scene);
    double left = 0, right = 0, below = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            const double part = (255 - red(x, y)) / 255.0;
            if (y >= 40) below += part;
            else if (x < 60) left += part;
            else right += part;
        }
    assert_true(left > 100 && right < 1e-9 && below < 1e-9);
}

static void png_repeats_byte_for_byte(void **state)
{
    (void)state;
    const Scene scene = busy_page();
    Text first = {.arena = &arena}, again = {.arena = &arena};
    draw(&scene);
    assert_true(png_write(&first, &pixels, 300));
    draw(&scene);
    assert_true(png_write(&again, &pixels, 300));
    assert_int_equal(first.length, again.length);
    assert_memory_equal(first.bytes, again.bytes, first.length);
    assert_memory_equal(first.bytes, "\x89PNG\r\n\x1A\n", 8);
    bool has_size = false;   /* 300 dpi = 11811 a metre */
    for (size_t i = 0; i + 13 < 100; i++) has_size |= !memcmp(first.bytes + i, "pHYs\0\0\x2E\x23\0\0\x2E\x23\1", 13);
    assert_true(has_size);
}

static void png_without_memory_is_refused(void **state)
{
    (void)state;
    Arena small;
    arena_open(&small, 100);
    Text out = {.arena = &small};
    assert_false(png_write(&out, &pixels, 96));
    assert_false(png_write(&out, &(Pixels){buffer, 0, 0, 0}, 96));
    arena_close(&small);
}

static const float STRANGE[] = {0, -1, 1e-30f, -0.0f, 0.5f, 1e6f, 1e7f, -1e7f, 1e20f, 3e38f, INFINITY, -INFINITY, NAN};
enum { N_STRANGE = sizeof STRANGE / sizeof *STRANGE };

static float strange(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    const uint32_t choice = *seed >> 16;
    return choice % 3 ? (float)(choice % 200) : STRANGE[choice / 3 % N_STRANGE];
}

static void strange_marks_never_crash(void **state)
{
    (void)state;
    static const char *const texts[] = {"", NULL, "\xFF\xFE\x80", "a\tb\nc", "\xE6\x97\xA5", "plain"};
    const Point corners[] = {{0, 0}, {NAN, 5}, {5, INFINITY}};
    const Colour cells[6] = {{0}};
    uint32_t seed = 1;
    for (int round = 0; round < 3000; round++) {
        Scene scene = page();
        for (int i = 0; i < 4; i++) {
            float v[16];
            for (int k = 0; k < 16; k++) v[k] = strange(&seed);
            *scene_add(&scene, MARK_RECT) = (Mark){
                .type = (uint8_t)((seed >> 8) % (MARK_BAND + 1)), .font = (uint8_t)(seed >> 20 & 7), .align = (uint8_t)(seed >> 23 & 3), .dashed = seed >> 30 & 1,
                .fill = BLACK, .stroke = BLACK, .width = v[0], .radius = v[1], .size = v[2], .opacity = v[3], .rect = {v[4], v[5], v[6], v[7]},
                .a = {v[8], v[9]}, .b = {v[10], v[11]}, .c = {v[12], v[13]}, .d = {v[14], v[15]}, .text = texts[(seed >> 12) % 6],
                .points = corners, .n_points = (int)(seed >> 10 & 3), .cells = cells, .columns = (int)(seed >> 9 & 3), .rows = (int)(seed >> 14 & 1) + 1};
        }
        draw_scaled(&scene, round % 2 ? 1 : 3.7f);
        arena_reset(&arena);
    }
    Scene scene = page();
    static const float scales[] = {0, -1, NAN, INFINITY, 1e30f};
    mark_rect(&scene, (Rect){0, 0, 50, 50}, 4, BLACK);
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) draw_scaled(&scene, scales[i]);
    assert_true(ink() < 1e-9);
}

static void deep_nesting_is_counted(void **state)
{
    (void)state;
    Scene scene = page();
    for (int i = 0; i < 1000; i++) mark_clip(&scene, (Rect){0, 0, 50, 50});
    for (int i = 0; i < 1000; i++) mark_group(&scene, "deep", 1);
    mark_rect(&scene, (Rect){0, 0, WIDTH, HEIGHT}, 0, BLACK);
    for (int i = 0; i < 1000; i++) mark_ungroup(&scene);
    for (int i = 0; i < 1001; i++) mark_unclip(&scene);
    mark_rect(&scene, (Rect){70, 0, 10, 10}, 0, BLACK);
    draw(&scene);
    assert_true(fabs(ink() - 2600) < 1e-6);
}

/* ---- faint strokes ---- */

/* n wires of alpha `a` over one another leave (1 - a)^n of the ground, however small a is. */
static void faint_wires_add_up(void **state)
{
    (void)state;
    for (int n = 1; n <= 400; n = n * 3 + 1)
        for (int alpha = 2; alpha < 70; alpha *= 3) {
            Scene scene = page();
            for (int i = 0; i < n; i++) mark_wire(&scene, (Point){10, 40.5f}, (Point){110, 40.5f}, (Colour){0, 0, 0, (uint8_t)alpha}, 1);
            draw(&scene);
            const double left = 255 * pow(1 - alpha / 255.0, n), tolerance = n <= 12 ? 0.5 * n + 0.6 : 1.6;
            assert_true(fabs(red(60, 40) - left) < tolerance);
        }
}

static void faint_colours_mix(void **state)
{
    (void)state;
    Scene scene = page();
    for (int i = 0; i < 400; i++) mark_wire(&scene, (Point){10, 40.5f}, (Point){110, 40.5f}, i % 2 ? (Colour){200, 0, 0, 20} : (Colour){0, 100, 0, 20}, 1);
    draw(&scene);
    assert_in_range(red(60, 40), 98, 102);
    assert_in_range(buffer[40 * WIDTH + 60] >> 8 & 255, 48, 52);
}

static void faint_wires_stay_below_what_follows(void **state)
{
    (void)state;
    Scene scene = page();
    for (int i = 0; i < 50; i++) mark_wire(&scene, (Point){10, 40.5f}, (Point){110, 40.5f}, (Colour){255, 0, 0, 20}, 1);
    mark_rect(&scene, (Rect){50, 30, 20, 20}, 0, BLACK);
    mark_clip(&scene, (Rect){0, 0, 30, HEIGHT});
    for (int i = 0; i < 50; i++) mark_wire(&scene, (Point){10, 20.5f}, (Point){110, 20.5f}, (Colour){0, 0, 0, 20}, 1);
    mark_unclip(&scene);
    draw(&scene);
    assert_int_equal(red(60, 40), 0);
    assert_true(red(20, 20) < 30);
    assert_int_equal(red(40, 20), 255);
}

static void dirty_parts_of_faint_wires_repaint_to_the_same(void **state)
{
    (void)state;
    uint32_t whole[WIDTH * HEIGHT];
    Scene scene = page();
    for (int i = 0; i < 400; i++)
        mark_wire(&scene, (Point){8.3f, (float)(i / 20 * 4)}, (Point){107.7f, (float)(i % 20 * 4)}, rgb(i % 3 ? 0x0072B2 : 0xC43C7A, 14), 0.8f);
    draw(&scene);
    memcpy(whole, buffer, sizeof whole);
    const Rect dirty = {31, 13, 37, 43};
    for (int y = 13; y < 56; y++)
        for (int x = 31; x < 68; x++) buffer[y * WIDTH + x] = 0xFFFFFFFFu;
    pixels_draw(&pixels, fonts, &scene, 0, scene.n_marks, 1, &dirty);
    assert_memory_equal(whole, buffer, sizeof whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rectangles_cover_by_area),
        cmocka_unit_test(circles_have_their_area),
        cmocka_unit_test(rings_have_their_area),
        cmocka_unit_test(rounded_corners_are_cut),
        cmocka_unit_test(borders_stand_on_whole_pixels),
        cmocka_unit_test(lines_have_their_area),
        cmocka_unit_test(hairlines_are_paler),
        cmocka_unit_test(wires_are_even),
        cmocka_unit_test(steep_wires_are_as_good_as_flat_ones),
        cmocka_unit_test(curves_that_turn_back_are_drawn),
        cmocka_unit_test(dashes_leave_gaps),
        cmocka_unit_test(polygons_and_bands_are_exact),
        cmocka_unit_test(big_shapes_have_no_seams),
        cmocka_unit_test(cells_are_nearest),
        cmocka_unit_test(cells_smaller_than_pixels_are_averaged),
        cmocka_unit_test(clips_nest),
        cmocka_unit_test(groups_fade_what_is_inside),
        cmocka_unit_test(a_part_is_drawn_inside_its_clips),
        cmocka_unit_test(a_dirty_part_repaints_to_the_same_pixels),
        cmocka_unit_test(pixels_stay_opaque),
        cmocka_unit_test(text_has_ink_where_it_stands),
        cmocka_unit_test(png_repeats_byte_for_byte),
        cmocka_unit_test(png_without_memory_is_refused),
        cmocka_unit_test(faint_wires_add_up),
        cmocka_unit_test(faint_colours_mix),
        cmocka_unit_test(faint_wires_stay_below_what_follows),
        cmocka_unit_test(dirty_parts_of_faint_wires_repaint_to_the_same),
        cmocka_unit_test(strange_marks_never_crash),
        cmocka_unit_test(deep_nesting_is_counted),
    };
    return cmocka_run_group_tests(tests, painting_setup, painting_teardown);
}
