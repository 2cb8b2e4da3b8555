/* Small scenes that hold every kind of mark, for the tests of the painters. */
#ifndef SHAPEFLOW_PAINT_SCENES_H
#define SHAPEFLOW_PAINT_SCENES_H

#include <math.h>

#include "scene/mark.h"

static inline Colour rgb(uint32_t value, uint8_t alpha)
{
    return (Colour){(uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value, alpha};
}

/* Three rows of units, a Flatten column, faint and strong wires. */
static inline Scene units_scene(Arena *arena)
{
    static const uint32_t hue[] = {0x0072B2, 0x00876C, 0xC43C7A};
    Scene scene;
    scene_open(&scene, arena, (Rect){0, 0, 240, 180}, rgb(0xFBFAF7, 255));
    scene.title = "Flatten: 3 x 4 & 12";
    mark_group(&scene, "wires", 1);
    for (int i = 0; i < 12; i++) mark_wire(&scene, (Point){40, 20 + 13 * (float)i}, (Point){120, 27 + 11.5f * (float)i}, rgb(hue[i / 4], 150), 1.3f);
    for (int k = 0; k < 4; k++)
        for (int i = 0; i < 12; i++) mark_wire(&scene, (Point){120, 27 + 11.5f * (float)i}, (Point){200, 30 + 40 * (float)k}, rgb(hue[i / 4], 30), 1);
    for (int i = 0; i < 12; i++)
        mark_wire(&scene, (Point){120, 27 + 11.5f * (float)i}, (Point){200, 70}, rgb(i % 2 ? 0xB35806 : 0x542788, 204), 0.6f + 0.2f * (float)i);
    mark_ungroup(&scene);
    for (int row = 0; row < 3; row++) mark_rect(&scene, (Rect){26, 12 + 52 * (float)row, 28, 54}, 8, rgb(hue[row], 24));
    for (int i = 0; i < 12; i++) {
        const int unit = scene_pick(&scene, (Pick){.type = PICK_UNIT, .label = "dense, unit <1>: 0.5"});
        mark_circle(&scene, (Point){40, 20 + 13 * (float)i}, 5.5f, rgb(0xFFFFFF, 255), rgb(hue[i / 4], 255), 1.5f)->pick = unit;
        mark_circle(&scene, (Point){120, 27 + 11.5f * (float)i}, 5, rgb(i % 3 ? 0xFFFFFF : 0xCF9B66, 255), rgb(hue[i / 4], 255), 1.5f);
    }
    for (int k = 0; k < 4; k++) mark_circle(&scene, (Point){200, 30 + 40 * (float)k}, 15, rgb(0x6A4296, 255), rgb(0x1F2328, 255), k == 1 ? 3 : 1.5f);
    for (int k = 0; k < 4; k++) mark_text(&scene, (Point){200, 34 + 40 * (float)k}, ALIGN_CENTRE, FONT_CODE_BOLD, 11, rgb(0xFFFFFF, 255), "\xE2\x88\x92" "1.9");
    return scene;
}

/* Every font, alignment and a few awkward characters. */
static inline Scene text_scene(Arena *arena, uint32_t ground, uint32_t ink)
{
    static const char *const lines[] = {"Dense 16 \xC2\xB7 relu, AVAToy", "48 params = 2\xC3\x97" "16 + 16", "sees 48 of 48 inputs", "    input_shape=(3, 2)))", "(None, 3, 16)"};
    Scene scene;
    scene_open(&scene, arena, (Rect){0, 0, 240, 180}, rgb(ground, 255));
    for (Font font = FONT_TEXT; font < FONT_COUNT; font++) mark_text(&scene, (Point){8, 20 + 22 * (float)font}, ALIGN_LEFT, font, 14, rgb(ink, 255), lines[font]);
    mark_text(&scene, (Point){232, 130}, ALIGN_RIGHT, FONT_TEXT, 13, rgb(ink, 150), "a < b & \"c\" > d");
    mark_text(&scene, (Point){120, 150}, ALIGN_CENTRE, FONT_TEXT_MEDIUM, 15, rgb(ink, 255), "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E Flatten");
    mark_text(&scene, (Point){8, 172}, ALIGN_LEFT, FONT_TEXT, 9.5f, rgb(ink, 255), "100,352 connections, 600 strongest drawn");
    return scene;
}

/* Cells, bands, polygons, boxes, dashes, clips, faded groups, arrows. */
static inline Scene shapes_scene(Arena *arena)
{
    static const Point triangle[] = {{180, 100}, {200, 112}, {180, 124}};
    Scene scene;
    scene_open(&scene, arena, (Rect){0, 0, 240, 180}, rgb(0xFFFFFF, 255));
    Colour *cells = arena_array(arena, 64, sizeof *cells);
    for (int i = 0; i < 64; i++) cells[i] = rgb(0x010101 * (uint32_t)(255 - i * 4), i % 9 ? 255 : 90);
    Mark *map = mark_cells(&scene, (Rect){10, 10, 64, 64}, 8, 8, cells);
    map->stroke = rgb(0xE3E0D8, 255);
    map->width = 1;
    mark_cells(&scene, (Rect){84, 10.3f, 9.5f, 150}, 1, 64, cells);
    mark_box(&scene, (Rect){110, 10, 50, 24}, 6, rgb(0xF6F4EE, 255), rgb(0x6B7280, 255), 1);
    mark_box(&scene, (Rect){170, 10, 50, 24}, 0, rgb(0, 0), rgb(0xB35806, 255), 2);
    Mark *band = scene_add(&scene, MARK_BAND);
    *band = (Mark){.type = MARK_BAND, .pick = -1, .fill = rgb(0x0072B2, 60), .a = {110, 50}, .c = {110, 80}, .b = {170, 60}, .d = {170, 150}};
    Mark *polygon = scene_add(&scene, MARK_POLYGON);
    *polygon = (Mark){.type = MARK_POLYGON, .pick = -1, .fill = rgb(0x1F2328, 255), .points = triangle, .n_points = 3};
    mark_wire(&scene, (Point){10, 90}, (Point){74, 150}, rgb(0x542788, 255), 1.5f)->dashed = true;
    mark_line(&scene, (Point){10, 160}, (Point){74, 160}, rgb(0x1F2328, 255), 1);
    mark_line(&scene, (Point){180, 50}, (Point){220, 50}, rgb(0x6B7280, 255), 1.5f);
    mark_line(&scene, (Point){212, 44}, (Point){220, 50}, rgb(0x6B7280, 255), 1.5f);
    mark_line(&scene, (Point){212, 56}, (Point){220, 50}, rgb(0x6B7280, 255), 1.5f);
    mark_clip(&scene, (Rect){175, 70, 50, 20});
    mark_group(&scene, "clipped & faded", 0.5f);
    mark_circle(&scene, (Point){200, 80}, 20, rgb(0xC43C7A, 255), rgb(0, 0), 0);
    mark_ungroup(&scene);
    mark_unclip(&scene);
    Mark *loop = scene_add(&scene, MARK_CURVE);
    *loop = (Mark){.type = MARK_CURVE, .pick = -1, .stroke = rgb(0x00876C, 255), .width = 2.5f, .a = {120, 165}, .c = {240, 120}, .d = {240, 175}, .b = {140, 172}};
    return scene;
}

/* Every kind of mark with every kind of number and bytes that are no text; more is closed than was opened. */
static inline Scene strange_scene(Arena *arena)
{
    static const float strange[] = {NAN, INFINITY, -INFINITY, 1e30f, -1, 0, 1e-30f, 12.345678f};
    static const char *const texts[] = {NULL, "\x01\xFF]]><![CDATA[ &#0; \xEF\xBF\xBF", "\x01\xFF\t\xE6\x97"};
    static const Colour cells[4] = {{0}};
    Scene scene;
    scene_open(&scene, arena, (Rect){0, 0, 400, 400}, rgb(0xFFFFFF, 255));
    scene.title = "\xFF\x01<&>\"\xED\xA0\x80";
    mark_unclip(&scene);
    mark_ungroup(&scene);
    for (int i = 0; i < 2000; i++) {
        const float x = strange[i % 8], y = strange[i / 8 % 8], z = strange[i / 64 % 8];
        Mark *mark = scene_add(&scene, (MarkType)(i % (MARK_BAND + 1)));
        mark->rect = (Rect){x, y, z, 10};
        mark->a = (Point){x, 5};
        mark->b = (Point){y, z};
        mark->c = mark->d = (Point){z, 9};
        mark->text = texts[i % 3];
        mark->size = z;
        mark->width = x;
        mark->radius = y;
        mark->opacity = 1;
        mark->cells = cells;
        mark->columns = mark->rows = 2;
        mark->fill = mark->stroke = rgb(0x123456, (uint8_t)i);
    }
    return scene;
}

#endif
