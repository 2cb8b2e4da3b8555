#include "app/icon.h"

#include "scene/theme.h"

const float ICON_POINTS = 128;

static const Point UNITS[] = {{30, 26}, {30, 45}, {30, 64}, {30, 83}, {30, 102}}, OUTPUTS[] = {{98, 50}, {98, 78}};
static const int ROWS[] = {0, 0, 1, 2, 2};   /* the hue of each unit */
static const Colour VALUES[] = {{0xEB, 0xD3, 0xBF, 255}, {0xDD, 0xB0, 0x8A, 255}, {0xFB, 0xFA, 0xF7, 255}, {0xD1, 0x95, 0x5F, 255}, {0xB3, 0x58, 0x06, 255}};

enum { N_UNITS = sizeof UNITS / sizeof *UNITS, N_OUTPUTS = sizeof OUTPUTS / sizeof *OUTPUTS };

void icon_draw(Scene *scene)
{
    const Theme *theme = &THEME_LIGHT;
    mark_rect(scene, (Rect){0, 0, ICON_POINTS, ICON_POINTS}, 24, theme->ground);
    for (int i = 0; i < N_UNITS; i++)
        for (int o = 0; o < N_OUTPUTS; o++) mark_wire(scene, UNITS[i], OUTPUTS[o], theme->row[ROWS[i]], 3);
    for (int i = 0; i < N_UNITS; i++) mark_circle(scene, UNITS[i], 8, VALUES[i], theme->row[ROWS[i]], 4);
    mark_circle(scene, OUTPUTS[0], 12, theme->negative, theme->ink, 4);
    mark_circle(scene, OUTPUTS[1], 12, VALUES[1], theme->ink, 4);
}

static uint32_t *pixels_on(Arena *arena, Fonts *fonts, int size, Colour ground)
{
    Scene scene;
    const Pixels pixels = {.data = arena_array(arena, (size_t)size * (size_t)size, sizeof(uint32_t)), .width = size, .height = size, .stride = size};
    scene_open(&scene, arena, (Rect){0, 0, ICON_POINTS, ICON_POINTS}, ground);
    icon_draw(&scene);
    pixels_clear(&pixels, ground);
    pixels_draw(&pixels, fonts, &scene, 0, scene.n_marks, (float)size / ICON_POINTS, NULL);
    return pixels.data;
}

static uint32_t channel(uint32_t pixel, int shift) { return pixel >> shift & 0xFF; }

/* What black and white shine through by as much is clear; the rest of the colour is what stands on black. */
static uint32_t clear_of(uint32_t on_black, uint32_t on_white)
{
    const uint32_t alpha = 255 - (channel(on_white, 8) - channel(on_black, 8));
    uint32_t pixel = alpha << 24;
    if (!alpha) return 0;
    for (int shift = 0; shift < 24; shift += 8) {
        const uint32_t full = channel(on_black, shift) * 255 / alpha;
        pixel |= (full < 255 ? full : 255) << shift;
    }
    return pixel;
}

uint32_t *icon_pixels(Arena *arena, Fonts *fonts, int size)
{
    uint32_t *on_black = pixels_on(arena, fonts, size, (Colour){0, 0, 0, 255});
    const uint32_t *on_white = pixels_on(arena, fonts, size, (Colour){255, 255, 255, 255});
    for (int i = 0; i < size * size; i++) on_black[i] = clear_of(on_black[i], on_white[i]);
    return on_black;
}
