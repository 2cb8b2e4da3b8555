/* The program's picture: in the window and as the desktop's file it is one drawing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/files.h"
#include "app/icon.h"
#include "paint/export.h"

typedef struct Fixture {
    Arena  arena;
    Fonts *fonts;
} Fixture;

static int open_fonts(void **state)
{
    static Fixture fixture;
    char fault[256];
    arena_open(&fixture.arena, 0);
    fixture.fonts = fonts_open(SOURCE_DIR "/fonts", fault, sizeof fault);
    *state = &fixture;
    return fixture.fonts ? 0 : -1;
}

static int close_fonts(void **state)
{
    Fixture *fixture = *state;
    fonts_close(fixture->fonts);
    arena_close(&fixture->arena);
    return 0;
}

static void test_desktops_file_is_the_same_drawing(void **state)
{
    Fixture *fixture = *state;
    Scene scene;
    Text drawn = {.arena = &fixture->arena};
    scene_open(&scene, &fixture->arena, (Rect){0, 0, ICON_POINTS, ICON_POINTS}, (Colour){0});
    scene.title = "shapeflow";
    icon_draw(&scene);
    assert_true(EXPORT_svg.write(&drawn, &scene, fixture->fonts, &(ExportOptions){.scale = 1, .dpi = 96}));
    size_t length;
    const char *kept = file_read(&fixture->arena, SOURCE_DIR "/assets/desktop/shapeflow.svg", &length);
    assert_non_null(kept);
    if (length != drawn.length || memcmp(kept, text_string(&drawn), length) != 0) {
        file_write(&fixture->arena, "icon-drawn.svg", text_string(&drawn), drawn.length);
        fail_msg("assets/desktop/shapeflow.svg is not what icon_draw makes, which is kept as icon-drawn.svg");
    }
}

static void test_corners_are_clear_and_the_middle_is_not(void **state)
{
    enum { SIZE = 64 };
    Fixture *fixture = *state;
    const uint32_t *pixels = icon_pixels(&fixture->arena, fixture->fonts, SIZE);
    const int corners[] = {0, SIZE - 1, SIZE * (SIZE - 1), SIZE * SIZE - 1};
    for (int i = 0; i < 4; i++) assert_int_equal(pixels[corners[i]], 0);
    assert_int_equal(pixels[3 * SIZE + SIZE / 2], 0xFFFBFAF7);     /* the ground */
    assert_int_equal(pixels[25 * SIZE + 49], 0xFF542788);          /* the upper output */
    int partly = 0;
    for (int i = 0; i < SIZE * SIZE; i++) partly += pixels[i] >> 24 > 0 && pixels[i] >> 24 < 255;
    assert_in_range(partly, 8, 200);   /* smooth corners, and nothing else is seen through */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_desktops_file_is_the_same_drawing),
        cmocka_unit_test(test_corners_are_clear_and_the_middle_is_not),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
