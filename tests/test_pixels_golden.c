/* Scenes with every kind of mark look as they did. One that differs is saved as NAME-got.png and NAME-want.png, to be
 * looked at and, when it is right, copied to tests/golden/paint/NAME.png. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image.h"
#include "paint_scenes.h"
#include "painting.h"

static void save(const char *name, const char *what, const Pixels *picture)
{
    char path[300];
    Text out = {.arena = &arena};
    snprintf(path, sizeof path, "%s-%s.png", name, what);
    FILE *file = fopen(path, "wb");
    if (!file || !png_write(&out, picture, 96)) return;
    fwrite(out.bytes, 1, out.length, file);
    fclose(file);
    print_message("saved %s\n", path);
}

static bool is_golden(const char *name, const Scene *scene, float scale)
{
    char path[300];
    snprintf(path, sizeof path, "%s/tests/golden/paint/%s.png", SOURCE_DIR, name);
    Pixels got = {.width = (int)(scene->page.w * scale), .height = (int)(scene->page.h * scale)}, want = {0};
    got.stride = got.width;
    got.data = calloc((size_t)got.width * (size_t)got.height, sizeof *got.data);
    pixels_clear(&got, scene->ground);
    pixels_draw(&got, fonts, scene, 0, scene->n_marks, scale, NULL);
    const bool same = image_read(&want, path) && images_alike(&got, &want);
    if (!same) save(name, "got", &got);
    if (!same && want.data) save(name, "want", &want);
    free(got.data);
    free(want.data);
    return same;
}

static void pictures_look_as_before(void **state)
{
    (void)state;
    const Scene units = units_scene(&arena), light = text_scene(&arena, 0xFBFAF7, 0x1F2328), dark = text_scene(&arena, 0x14171C, 0xE8EAED), shapes = shapes_scene(&arena);
    const struct { const char *name; const Scene *scene; float scale; } cases[] = {
        {"units", &units, 1}, {"units-2x", &units, 2}, {"text-light", &light, 1}, {"text-dark", &dark, 1}, {"shapes", &shapes, 1}, {"shapes-1.25x", &shapes, 1.25f},
    };
    int same = 0, n = sizeof cases / sizeof *cases;
    for (int i = 0; i < n; i++) same += is_golden(cases[i].name, cases[i].scene, cases[i].scale);
    assert_int_equal(same, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pictures_look_as_before)};
    return cmocka_run_group_tests(tests, painting_setup, painting_teardown);
}
