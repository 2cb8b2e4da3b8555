#include "painting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

Fonts *fonts;
Arena arena;

int painting_setup(void **state)
{
    (void)state;
    char err[300];
    arena_open(&arena, 0);
    fonts = fonts_open(SOURCE_DIR "/fonts", err, sizeof err);
    return fonts ? 0 : -1;
}

int painting_teardown(void **state)
{
    (void)state;
    fonts_close(fonts);
    arena_close(&arena);
    return 0;
}

Text painted(const Scene *scene, const char *ending, double dpi)
{
    const ExportOptions options = {.scale = 1, .dpi = dpi};
    Text out = {.arena = &arena};
    assert_true(exporter_find(ending)->write(&out, scene, fonts, &options));
    return out;
}
