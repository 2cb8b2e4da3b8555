#include "paint/export.h"

#include <ctype.h>
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

static const char *svg_of(const Scene *scene)
{
    const Text out = painted(scene, "x.svg", 0);
    return text_string(&out);
}

/* ---- a small checker of well-formed XML: names the byte where it is not ---- */

typedef struct Checker { const char *start, *at; const char *open[200]; int depth; const char *fault; } Checker;

static bool fail_at(Checker *check, const char *why)
{
    if (!check->fault) check->fault = why;
    return false;
}

static bool check_characters(Checker *check, const char *end)
{
    while (check->at < end) {
        const unsigned char c = (unsigned char)*check->at;
        if (c == '<') return fail_at(check, "bare <");
        if (c < ' ' && c != '\n' && c != '\t') return fail_at(check, "control character");
        if (c == '&') {
            static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
            bool known = false;
            for (int i = 0; i < 4; i++) known |= !strncmp(check->at, entities[i], strlen(entities[i]));
            if (!known) return fail_at(check, "bare &");
        }
        int more = c < 0x80 ? 0 : c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xF0 && c < 0xF5 ? 3 : -1;
        if (more < 0) return fail_at(check, "not UTF-8");
        for (check->at++; more; more--, check->at++)
            if (((unsigned char)*check->at & 0xC0) != 0x80) return fail_at(check, "not UTF-8");
    }
    return true;
}

static size_t name_length(const char *at)
{
    size_t n = 0;
    while (isalnum((unsigned char)at[n]) || at[n] == '-' || at[n] == ':') n++;
    return n;
}

static bool check_attributes(Checker *check)
{
    while (*check->at == ' ') {
        const size_t length = name_length(++check->at);
        check->at += length;
        if (!length || check->at[0] != '=' || check->at[1] != '"') return fail_at(check, "attribute");
        check->at += 2;
        const char *end = strchr(check->at, '"');
        if (!end || !check_characters(check, end)) return fail_at(check, "attribute value");
        check->at = end + 1;
    }
    return true;
}

static bool check_tag(Checker *check)
{
    const bool closing = check->at[1] == '/';
    const char *name = check->at + 1 + closing;
    const size_t length = name_length(name);
    check->at = name + length;
    if (!length) return fail_at(check, "tag name");
    if (closing) {
        if (!check->depth || strncmp(check->open[--check->depth], name, length) || name_length(check->open[check->depth]) != length) return fail_at(check, "closing tag");
    } else {
        if (!check_attributes(check)) return false;
        if (*check->at == '/') check->at++;
        else if (check->depth == 200) return fail_at(check, "too deep");
        else check->open[check->depth++] = name;
    }
    return *check->at++ == '>' ? true : fail_at(check, "tag end");
}

static void assert_well_formed(const char *svg)
{
    Checker check = {.start = svg, .at = svg};
    while (*check.at && !check.fault) {
        const char *next = strchr(check.at, '<');
        if (next == check.at) check_tag(&check);
        else check_characters(&check, next ? next : check.at + strlen(check.at));
    }
    if (!check.fault && check.depth) check.fault = "something is left open";
    if (check.fault) fail_msg("%s at byte %td: %.60s", check.fault, check.at - check.start, check.at);
}

static void the_checker_finds_faults(void **state)
{
    (void)state;
    static const char *const faults[] = {"<a>", "<a></b>", "<a>&</a>", "<a b=c/>", "<a b=\"<\"/>", "</a>", "<a>\x01</a>", "<a>\xFF</a>"};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        Checker check = {.start = faults[i], .at = faults[i]};
        while (*check.at && !check.fault) {
            const char *next = strchr(check.at, '<');
            if (next == check.at) check_tag(&check);
            else check_characters(&check, next ? next : check.at + strlen(check.at));
        }
        assert_true(check.fault || check.depth);
    }
}

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word)) n++;
    return n;
}

static void scenes_are_well_formed(void **state)
{
    (void)state;
    const Scene scenes[] = {units_scene(&arena), text_scene(&arena, 0xFFFFFF, 0), shapes_scene(&arena)};
    for (int i = 0; i < 3; i++) assert_well_formed(svg_of(&scenes[i]));
}

static void same_scene_same_bytes(void **state)
{
    (void)state;
    const Scene scene = units_scene(&arena), again = units_scene(&arena);
    assert_string_equal(svg_of(&scene), svg_of(&again));
}

static void it_says_what_it_shows(void **state)
{
    (void)state;
    const Scene scene = units_scene(&arena);
    const char *svg = svg_of(&scene);
    assert_non_null(strstr(svg, "role=\"img\" aria-label=\"Flatten: 3 x 4 &amp; 12\""));
    assert_non_null(strstr(svg, "<title>Flatten: 3 x 4 &amp; 12</title>"));
    assert_non_null(strstr(svg, "<desc>wires</desc>"));
    assert_non_null(strstr(svg, "<g>\n<title>wires</title>"));
    assert_int_equal(count(svg, "<title>dense, unit &lt;1&gt;: 0.5</title>"), 12);
    assert_non_null(strstr(svg, "viewBox=\"0 0 240 180\""));
}

static void text_is_text(void **state)
{
    (void)state;
    const Scene scene = text_scene(&arena, 0xFFFFFF, 0);
    const char *svg = svg_of(&scene);
    assert_int_equal(count(svg, "<text "), 8);
    assert_non_null(strstr(svg, ">a &lt; b &amp; &quot;c&quot; &gt; d</text>"));
    assert_non_null(strstr(svg, "xml:space=\"preserve\">    input_shape=(3, 2)))</text>"));
    assert_non_null(strstr(svg, "text-anchor=\"end\""));
    assert_non_null(strstr(svg, "text-anchor=\"middle\""));
    assert_non_null(strstr(svg, "monospace"));
    assert_non_null(strstr(svg, "sans-serif"));
    assert_non_null(strstr(svg, "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E Flatten</text>"));
}

static void it_is_plain(void **state)
{
    (void)state;
    const Scene scenes[] = {units_scene(&arena), text_scene(&arena, 0xFFFFFF, 0), shapes_scene(&arena)};
    for (int i = 0; i < 3; i++) {
        const char *svg = svg_of(&scenes[i]);
        assert_null(strstr(svg, "<script"));
        assert_null(strstr(svg, "<filter"));
        assert_null(strstr(svg, "<foreignObject"));
        assert_null(strstr(svg, "nan"));
    }
}

static void wires_share_their_style(void **state)
{
    (void)state;
    Scene scene;
    scene_open(&scene, &arena, (Rect){0, 0, 400, 400}, rgb(0xFFFFFF, 255));
    for (int i = 0; i < 100; i++) mark_wire(&scene, (Point){10, 10}, (Point){210, 0.5f * (float)i}, rgb(0x0072B2, 51), 1);
    const char *svg = svg_of(&scene);
    assert_int_equal(count(svg, "stroke=\"#0072b2\" stroke-opacity=\"0.2\" stroke-width=\"1\""), 1);
    assert_int_equal(count(svg, "<path d=\""), 100);
    assert_non_null(strstr(svg, "<path d=\"M10 10c100 0 100-9.5 200-9.5\"/>"));
}

static void large_maps_become_images(void **state)
{
    (void)state;
    Scene scene;
    scene_open(&scene, &arena, (Rect){0, 0, 400, 400}, rgb(0xFFFFFF, 255));
    Colour *cells = arena_array(&arena, 64 * 64, sizeof *cells);
    mark_cells(&scene, (Rect){0, 0, 20, 20}, 3, 2, cells + 6);
    mark_cells(&scene, (Rect){100, 0, 128, 128}, 64, 64, cells);
    const char *svg = svg_of(&scene);
    assert_well_formed(svg);
    assert_int_equal(count(svg, "xlink:href=\"data:image/png;base64,iVBORw0KGgo"), 1);
}

static void paper_size_follows_dpi(void **state)
{
    (void)state;
    const Scene scene = units_scene(&arena);
    const Text out = painted(&scene, "x.svg", 192);
    assert_non_null(strstr(text_string(&out), "width=\"120\" height=\"90\" viewBox=\"0 0 240 180\""));
}

static void strange_scenes_stay_well_formed(void **state)
{
    (void)state;
    const Scene scene = strange_scene(&arena);
    const char *svg = svg_of(&scene);
    assert_well_formed(svg);
    assert_null(strstr(svg, "nan"));
    assert_null(strstr(svg, "inf"));
}

static void a_page_without_size_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"x.svg", "x.pdf", "x.png"};
    static const float sizes[] = {0, -5, NAN, INFINITY};
    const ExportOptions options = {.scale = 1, .dpi = 96};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 4; k++) {
            Scene scene;
            Text out = {.arena = &arena};
            scene_open(&scene, &arena, (Rect){0, 0, sizes[k], 100}, rgb(0, 255));
            assert_false(exporter_find(names[i])->write(&out, &scene, fonts, &options));
        }
}

/* ---- finding a format, and the trace ---- */

static void formats_are_found_by_suffix(void **state)
{
    (void)state;
    assert_ptr_equal(exporter_find("a/b.svg"), &EXPORT_svg);
    assert_ptr_equal(exporter_find("FIGURE.PDF"), &EXPORT_pdf);
    assert_ptr_equal(exporter_find("x.y.png"), &EXPORT_png);
    assert_ptr_equal(exporter_find(".txt"), &EXPORT_txt);
    assert_null(exporter_find("svg"));
    assert_null(exporter_find("a.svgz"));
    assert_null(exporter_find(""));
}

static void the_trace_reads_as_a_picture(void **state)
{
    (void)state;
    Scene scene;
    scene_open(&scene, &arena, (Rect){0, 0, 100, 50.25f}, rgb(0xFBFAF7, 255));
    scene.title = "two \"units\"";
    mark_group(&scene, "input", 0.5f);
    const int unit = scene_pick(&scene, (Pick){.type = PICK_UNIT, .label = "input[0]: 1"});
    mark_circle(&scene, (Point){10, -0.04f}, 5, rgb(0xFFFFFF, 255), rgb(0x0072B2, 255), 1.5f)->pick = unit;
    mark_clip(&scene, (Rect){0, 0, 10, 10});
    mark_wire(&scene, (Point){1.25f, 2}, (Point){-3.5f, 4}, rgb(0, 255), 1)->dashed = true;
    mark_unclip(&scene);
    mark_ungroup(&scene);
    mark_text(&scene, (Point){1, 2}, ALIGN_RIGHT, FONT_CODE_BOLD, 12, rgb(0, 255), "a\n\"b\"");
    const Colour cells[] = {{0, 0, 0, 255}, {0, 0, 0, 255}, {1, 1, 1, 255}, {2, 2, 2, 128}};
    mark_cells(&scene, (Rect){0, 0, 4, 4}, 2, 2, cells);
    const Text out = painted(&scene, "x.txt", 0);
    assert_string_equal(text_string(&out),
                        "page 100 50.3 #fbfaf7 \"two \\\"units\\\"\"\n"
                        "group \"input\" 50%\n"
                        "  circle 10 0 radius 5 fill #ffffff80 stroke #0072b280 1.5 @ \"input[0]: 1\"\n"
                        "  clip 0 0 10 10\n"
                        "    wire 1.3 2 -3.5 4 stroke #00000080 1 dashed\n"
                        "text \"a\\x0a\\\"b\\\"\" 1 2 right code-bold 12 fill #000000\n"
                        "cells 0 0 4 4 2x2\n"
                        "  row #000000x2\n"
                        "  row #010101 #02020280\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checker_finds_faults),
        cmocka_unit_test(scenes_are_well_formed),
        cmocka_unit_test(same_scene_same_bytes),
        cmocka_unit_test(it_says_what_it_shows),
        cmocka_unit_test(text_is_text),
        cmocka_unit_test(it_is_plain),
        cmocka_unit_test(wires_share_their_style),
        cmocka_unit_test(large_maps_become_images),
        cmocka_unit_test(paper_size_follows_dpi),
        cmocka_unit_test(strange_scenes_stay_well_formed),
        cmocka_unit_test(a_page_without_size_is_refused),
        cmocka_unit_test(formats_are_found_by_suffix),
        cmocka_unit_test(the_trace_reads_as_a_picture),
    };
    return cmocka_run_group_tests(tests, painting_setup, painting_teardown);
}
