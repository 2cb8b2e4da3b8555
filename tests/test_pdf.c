#include "paint/export.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "paint_scenes.h"
#include "painting.h"

static bool has(const Text *pdf, const char *word)
{
    const size_t length = strlen(word);
    for (size_t i = 0; i + length <= pdf->length; i++)
        if (!memcmp(pdf->bytes + i, word, length)) return true;
    return false;
}

static void it_is_a_pdf(void **state)
{
    (void)state;
    const Scene scene = units_scene(&arena);
    const Text pdf = painted(&scene, "x.pdf", 0);
    assert_memory_equal(pdf.bytes, "%PDF-1.", 7);
    assert_memory_equal(pdf.bytes + pdf.length - 6, "%%EOF\n", 6);
}

static void same_scene_same_bytes(void **state)
{
    (void)state;
    const Scene scenes[] = {units_scene(&arena), text_scene(&arena, 0xFFFFFF, 0), shapes_scene(&arena)};
    for (int i = 0; i < 3; i++) {
        const Text first = painted(&scenes[i], "x.pdf", 0), again = painted(&scenes[i], "x.pdf", 0);
        assert_int_equal(first.length, again.length);
        assert_memory_equal(first.bytes, again.bytes, first.length);
    }
}

/* Only when the tool is there: its text is what a reader can search and copy. */
static void text_can_be_copied(void **state)
{
    (void)state;
    if (system("command -v pdftotext >/dev/null 2>&1")) skip();
    const Scene scene = text_scene(&arena, 0xFFFFFF, 0);
    const Text pdf = painted(&scene, "x.pdf", 0);
    FILE *file = fopen("test_pdf_text.pdf", "wb");
    assert_non_null(file);
    fwrite(pdf.bytes, 1, pdf.length, file);
    fclose(file);
    FILE *tool = popen("pdftotext -layout test_pdf_text.pdf -", "r");
    char text[4096] = "";
    const size_t length = fread(text, 1, sizeof text - 1, tool);
    assert_int_equal(pclose(tool), 0);
    text[length] = 0;
    assert_non_null(strstr(text, "Dense 16 \xC2\xB7 relu, AVAToy"));
    assert_non_null(strstr(text, "48 params = 2\xC3\x97" "16 + 16"));
    assert_non_null(strstr(text, "(None, 3, 16)"));
    assert_non_null(strstr(text, "a < b & \"c\" > d"));
    assert_non_null(strstr(text, "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E Flatten"));
}

static void text_is_no_picture(void **state)
{
    (void)state;
    const Scene scene = text_scene(&arena, 0xFFFFFF, 0);
    const Text pdf = painted(&scene, "x.pdf", 0);
    assert_false(has(&pdf, "/Subtype /Image"));
    assert_true(pdf.length < 60000);
}

static void the_page_follows_dpi(void **state)
{
    (void)state;
    const Scene scene = units_scene(&arena);
    const ExportOptions options = {.scale = 2, .dpi = 288};   /* 480 x 360 pixels at 288 a inch: 120 x 90 points */
    Text small = {.arena = &arena};
    const Text plain = painted(&scene, "x.pdf", 0);
    assert_true(EXPORT_pdf.write(&small, &scene, fonts, &options));
    if (!has(&plain, "MediaBox")) skip();
    assert_true(has(&plain, "MediaBox [ 0 0 240 180 ]"));
    assert_true(has(&small, "MediaBox [ 0 0 120 90 ]"));
}

static void strange_scenes_make_a_pdf(void **state)
{
    (void)state;
    const Scene scene = strange_scene(&arena);
    const Text pdf = painted(&scene, "x.pdf", 0);
    assert_memory_equal(pdf.bytes, "%PDF-1.", 7);
}

static void long_texts_and_titles_are_whole(void **state)
{
    (void)state;
    Scene scene;
    scene_open(&scene, &arena, (Rect){0, 0, 400, 400}, rgb(0xFFFFFF, 255));
    char *text = arena_take(&arena, 5001);
    for (int i = 0; i < 5000; i++) text[i] = (char)('a' + i % 26);
    scene.title = text;
    mark_text(&scene, (Point){0, 20}, ALIGN_LEFT, FONT_TEXT, 3, rgb(0, 255), text);
    const Text pdf = painted(&scene, "x.pdf", 0);
    assert_true(pdf.length > 1000);
}

static void without_memory_it_is_refused(void **state)
{
    (void)state;
    Arena small;
    arena_open(&small, 1000);
    const Scene scene = units_scene(&arena);
    const ExportOptions options = {.scale = 1};
    Text out = {.arena = &small};
    assert_false(EXPORT_pdf.write(&out, &scene, fonts, &options));
    arena_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_pdf),
        cmocka_unit_test(same_scene_same_bytes),
        cmocka_unit_test(text_can_be_copied),
        cmocka_unit_test(text_is_no_picture),
        cmocka_unit_test(the_page_follows_dpi),
        cmocka_unit_test(strange_scenes_make_a_pdf),
        cmocka_unit_test(long_texts_and_titles_are_whole),
        cmocka_unit_test(without_memory_it_is_refused),
    };
    return cmocka_run_group_tests(tests, painting_setup, painting_teardown);
}
