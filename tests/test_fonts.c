#include "paint/fonts.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static Fonts *fonts;

static int open_fonts(void **state)
{
    (void)state;
    char err[300];
    fonts = fonts_open(SOURCE_DIR "/fonts", err, sizeof err);
    return fonts ? 0 : -1;
}

static int close_fonts(void **state)
{
    (void)state;
    fonts_close(fonts);
    return 0;
}

static float width(Font font, float size, const char *text)
{
    const Measure measure = fonts_measure(fonts);
    return measure_width(&measure, font, size, text);
}

static bool near(float a, float b) { return fabsf(a - b) < 0.01f; }

static void a_missing_folder_is_told(void **state)
{
    (void)state;
    char err[300] = "";
    assert_null(fonts_open("/nowhere/fonts", err, sizeof err));
    assert_non_null(strstr(err, "/nowhere/fonts/Inter-Regular.otf"));
}

static void advances_are_the_fonts_own(void **state)
{
    (void)state;
    /* JetBrains Mono: 600 of 1000 units; Inter's tabular digits: 1744 of 2816. */
    assert_true(near(width(FONT_CODE, 20, "(None, 48)"), 10 * 12));
    assert_true(near(width(FONT_CODE_BOLD, 20, "->"), 2 * 12));
    assert_true(near(width(FONT_CODE, 15, ""), 0));
}

static void digits_have_one_width(void **state)
{
    (void)state;
    for (Font font = FONT_TEXT; font < FONT_COUNT; font++)
        for (char digit = '0'; digit <= '9'; digit++) {
            const char text[] = {digit, digit, '.', digit, 0};
            assert_true(near(width(font, 100, text), width(font, 100, "00.0")));
        }
}

static void widths_grow_with_the_size(void **state)
{
    (void)state;
    const float one = width(FONT_TEXT, 1, "Total params");
    for (float size = 0.5f; size < 50; size *= 1.7f) assert_true(fabsf(width(FONT_TEXT, size, "Total params") - one * size) < 0.001f * size);
}

static void pairs_are_kerned(void **state)
{
    (void)state;
    assert_true(width(FONT_TEXT, 100, "AV") < width(FONT_TEXT, 100, "A") + width(FONT_TEXT, 100, "V") - 2);
    assert_true(near(width(FONT_CODE, 100, "AV"), 120));
}

static void other_scripts_stand_in(void **state)
{
    (void)state;
    Letters letters = letters_of(fonts, FONT_TEXT, "a\xE6\x97\xA5", 4);
    Letter letter;
    assert_true(letters_next(&letters, &letter));
    assert_int_equal(letter.face, FONT_TEXT);
    assert_true(letters_next(&letters, &letter));
    assert_int_equal(letter.face, FACE_STAND_IN);
    assert_int_equal(letter.character, 0x65E5);
    assert_int_equal(letter.bytes, 3);
    assert_int_not_equal(letter.glyph, 0);
    assert_false(letters_next(&letters, &letter));
}

static void what_is_shown_has_glyphs(void **state)
{
    (void)state;
    static const char shown[] = "\xE2\x88\x92\xC2\xB7\xC3\x97\xCE\xA3\xE2\x80\xA6\xE2\x86\x92\xE2\x94\x82\xE2\x94\x81\xE2\x95\x87\xE2\x9C\x93";
    for (Font font = FONT_TEXT; font < FONT_COUNT; font++) {
        Letters letters = letters_of(fonts, font, shown, strlen(shown));
        for (Letter letter; letters_next(&letters, &letter);)
            if (!letter.glyph) fail_msg("U+%04X in font %d", letter.character, font);
    }
}

/* What stands between quotation marks on lines that are no comments. */
static void check_signs(const char *path, const char *line)
{
    bool quoted = false;
    if (strncmp(line + strspn(line, " "), "/*", 2) == 0) return;
    for (const char *at = line; *at && *at != '\n'; at++) {
        if (*at == '"') quoted = !quoted;
        if (!quoted || !(*at & 0x80) || (*at & 0xC0) == 0x80) continue;
        Letters letters = letters_of(fonts, FONT_CODE, at, strcspn(at, "\"\n"));
        Letter letter;
        if (letters_next(&letters, &letter) && !letter.glyph) fail_msg("%s: U+%04X has no glyph", path, letter.character);
    }
}

static int check_folder(const char *folder)
{
    DIR *listing = opendir(folder);
    int n = 0;
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing));) {
        char path[1200], line[2000];
        const size_t length = strlen(entry->d_name);
        if (length < 3 || strcmp(entry->d_name + length - 2, ".c") != 0) continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        while (fgets(line, sizeof line, file)) check_signs(path, line);
        fclose(file);
        n++;
    }
    closedir(listing);
    return n;
}

static void formulae_have_glyphs(void **state)
{
    (void)state;
    assert_true(check_folder(SOURCE_DIR "/src/engine") > 10);
    assert_true(check_folder(SOURCE_DIR "/src/engine/layers") > 50);
    assert_true(check_folder(SOURCE_DIR "/src/engine/operations") > 10);
}

static void broken_bytes_become_one_sign_each(void **state)
{
    (void)state;
    static const struct { const char *bytes; int letters; } cases[] = {
        {"\xFF", 1}, {"\xC3", 1}, {"\xE6\x97", 2}, {"\xC0\x80", 2}, {"\xED\xA0\x80", 3}, {"\xF4\x90\x80\x80", 4}, {"\x80\x80", 2}, {"a\xE6z", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Letters letters = letters_of(fonts, FONT_TEXT, cases[i].bytes, strlen(cases[i].bytes));
        int n = 0, bytes = 0;
        for (Letter letter; letters_next(&letters, &letter); n++) bytes += letter.bytes;
        assert_int_equal(n, cases[i].letters);
        assert_int_equal(bytes, strlen(cases[i].bytes));
        assert_true(isfinite(width(FONT_TEXT, 20, cases[i].bytes)));
    }
}

static const Glyph *glyph_of(char character, float pixels, int quarter)
{
    Letters letters = letters_of(fonts, FONT_TEXT, &character, 1);
    Letter letter;
    assert_true(letters_next(&letters, &letter));
    return fonts_glyph(fonts, letter.face, letter.glyph, pixels, quarter);
}

static double ink(const Glyph *glyph)
{
    double sum = 0;
    for (int i = 0; i < glyph->width * glyph->height; i++) sum += glyph->coverage[i] / 255.0;
    return sum;
}

static void glyphs_have_ink_and_stand_on_the_line(void **state)
{
    (void)state;
    const Glyph glyph = *glyph_of('H', 40, 0);
    assert_in_range(glyph.height, 28, 31);
    assert_int_equal(glyph.top, glyph.height);
    assert_true(ink(&glyph) > 100);
}

static void a_quarter_moves_the_ink_and_keeps_it(void **state)
{
    (void)state;
    const double whole = ink(glyph_of('l', 20, 0));
    for (int quarter = 1; quarter < 4; quarter++) assert_true(fabs(ink(glyph_of('l', 20, quarter)) - whole) < 0.5);
}

static void extreme_sizes_are_bounded(void **state)
{
    (void)state;
    static const float sizes[] = {0, -1, NAN, INFINITY, 1e-9f, 1e9f, 3e38f};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const Glyph *glyph = glyph_of('W', sizes[i], 1);
        assert_in_range(glyph->width, 0, 2000);
        assert_in_range(glyph->height, 0, 2000);
    }
}

static void the_cache_forgets_and_finds_again(void **state)
{
    (void)state;
    const double before = ink(glyph_of('g', 17, 2));
    for (int i = 0; i < 7000; i++) glyph_of((char)('!' + i % 90), 8 + (float)(i / 90) / 8, i & 3);
    for (int i = 0; i < 40; i++) glyph_of('W', 900 + (float)i, 0);
    assert_true(fabs(ink(glyph_of('g', 17, 2)) - before) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_folder_is_told),
        cmocka_unit_test(advances_are_the_fonts_own),
        cmocka_unit_test(digits_have_one_width),
        cmocka_unit_test(widths_grow_with_the_size),
        cmocka_unit_test(pairs_are_kerned),
        cmocka_unit_test(other_scripts_stand_in),
        cmocka_unit_test(what_is_shown_has_glyphs),
        cmocka_unit_test(formulae_have_glyphs),
        cmocka_unit_test(broken_bytes_become_one_sign_each),
        cmocka_unit_test(glyphs_have_ink_and_stand_on_the_line),
        cmocka_unit_test(a_quarter_moves_the_ink_and_keeps_it),
        cmocka_unit_test(extreme_sizes_are_bounded),
        cmocka_unit_test(the_cache_forgets_and_finds_again),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
