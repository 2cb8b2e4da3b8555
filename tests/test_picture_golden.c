/* The question's pictures as text. A picture that differs is saved as NAME-got.txt, to be looked at and, when it is
 * right, copied to tests/golden/scene/NAME.txt. */
#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "paint/export.h"
#include "picturing.h"

typedef struct Album {
    Studio studio;
    Shown  on, off;
} Album;

static void show_on(Album *album) { studio_look(&album->studio, &album->on, 900, 560); }
static void show_off(Album *album) { studio_look(&album->studio, &album->off, 900, 560); }

/* Toggle and comparison have the scale of both. */
static void show_both(Album *album)
{
    const Variant both[] = {album->on.variant, album->off.variant};
    show_on(album);
    album->studio.view.extent = picture_extent(both, 2);
}

static void show_hover(Album *album)
{
    show_off(album);
    album->studio.view.hover = picture_find_unit(&album->studio.view, "dense_1[1,2]");
}

static void show_half(Album *album)
{
    show_both(album);
    album->studio.view.before = album->off.variant;
    album->studio.view.t = 0.5F;
}

static void show_compare(Album *album)
{
    show_both(album);
    album->studio.view.other = album->off.variant;
    album->studio.view.focus = picture_find_unit(&album->studio.view, "dense_1[2]");
}

static void show_matrix(Album *album)
{
    show_off(album);
    album->studio.view.matrix = true;
    album->studio.view.theme = &THEME_DARK;
}

static void show_progress(Album *album)
{
    show_off(album);
    album->studio.view.progress = 3.34F;
    album->studio.view.theme = &THEME_PRINT;
}

/* Same words, places within a tenth and a bit: the last digit printed depends on the compiler. */
static bool same_text(const char *a, const char *b)
{
    bool quoted = false;
    while (*a && *b) {
        char *after_a, *after_b;
        quoted ^= *a == '"';
        if (*a == *b && (quoted || !isdigit((unsigned char)*a))) {
            a++;
            b++;
            continue;
        }
        if (quoted) return false;
        const double x = strtod(a, &after_a), y = strtod(b, &after_b);
        if (after_a == a || after_b == b || fabs(x - y) > 0.11) return false;
        a = after_a;
        b = after_b;
    }
    return *a == *b;
}

static char *file_text(Arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    char *text = arena_take(arena, (size_t)size + 1);
    const bool read = fread(text, 1, (size_t)size, file) == (size_t)size;
    fclose(file);
    return read ? text : NULL;
}

static bool is_golden(Album *album, const char *name)
{
    char path[400];
    Studio *studio = &album->studio;
    Text got = {.arena = &studio->words};
    studio_draw(studio);
    if (!EXPORT_txt.write(&got, &studio->scene, studio->fonts, &(ExportOptions){.scale = 1, .dpi = 96})) return false;
    snprintf(path, sizeof path, "%s/tests/golden/scene/%s.txt", SOURCE_DIR, name);
    const char *want = file_text(&studio->words, path);
    if (want && same_text(text_string(&got), want)) return true;
    snprintf(path, sizeof path, "%s-got.txt", name);
    FILE *file = fopen(path, "wb");
    if (file) {
        fwrite(got.bytes, 1, got.length, file);
        fclose(file);
        print_message("saved %s\n", path);
    }
    return false;
}

static void pictures_are_as_before(void **state)
{
    (void)state;
    const struct { const char *name; void (*show)(Album *); } cases[] = {
        {"on", show_on}, {"off", show_off}, {"hover", show_hover}, {"half", show_half},
        {"compare", show_compare}, {"matrix", show_matrix}, {"progress", show_progress},
    };
    Album album;
    int same = 0, n = sizeof cases / sizeof *cases;
    studio_open(&album.studio);
    shown_open(&album.on, QUESTION);
    shown_open(&album.off, QUESTION_OFF);
    for (int i = 0; i < n; i++) {
        cases[i].show(&album);
        same += is_golden(&album, cases[i].name);
    }
    shown_close(&album.off);
    shown_close(&album.on);
    studio_close(&album.studio);
    assert_int_equal(same, n);
}

static void the_comparison_can_fail(void **state)
{
    (void)state;
    assert_true(same_text("rect 1 2.1 #00ff00", "rect 1 2.2 #00ff00"));
    assert_false(same_text("rect 1 2.1", "rect 1 2.4"));
    assert_false(same_text("rect 1", "rect 1 2"));
    assert_false(same_text("text \"a\"", "text \"b\""));
    assert_false(same_text("text \"0.10\"", "text \"0.14\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_as_before),
        cmocka_unit_test(the_comparison_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
