#include "scene/mark.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const Colour INK = {0, 0, 0, 255};

static Arena arena;

static Scene scene_of_page(void)
{
    Scene scene;
    scene_open(&scene, &arena, (Rect){0, 0, 400, 300}, (Colour){255, 255, 255, 255});
    return scene;
}

static int open_arena(void **state)
{
    (void)state;
    arena_open(&arena, 0);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static int pick_at(Scene *scene, float x, float y, float w, float h)
{
    return scene_pick(scene, (Pick){.type = PICK_UNIT, .area = {x, y, w, h}});
}

static void marks_start_zeroed_and_unpicked(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    for (int i = 0; i < 1000; i++) {
        const Mark *mark = scene_add(&scene, MARK_RECT);
        assert_int_equal(mark->pick, -1);
        assert_int_equal(mark->type, MARK_RECT);
        assert_null(mark->text);
    }
    assert_int_equal(scene.n_marks, 1000);
}

static void text_is_copied(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    char word[] = "dense";
    mark_text(&scene, (Point){0, 0}, ALIGN_LEFT, FONT_TEXT, 12, INK, word);
    mark_group(&scene, word, 1);
    word[0] = 'x';
    assert_string_equal(scene.marks[0].text, "dense");
    assert_string_equal(scene.marks[1].text, "dense");
}

static void wires_leave_and_arrive_level(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    const Mark *wire = mark_wire(&scene, (Point){10, 20}, (Point){110, 220}, INK, 1);
    assert_true(wire->c.y == 20 && wire->d.y == 220 && wire->c.x == 60 && wire->d.x == 60);
    const Point middle = curve_at(wire, 0.5f);
    assert_true(fabsf(middle.x - 60) < 1e-4f && fabsf(middle.y - 120) < 1e-4f);
}

/* ---- hash ---- */

static Scene small_scene(void)
{
    Scene scene = scene_of_page();
    Point *points = arena_array(&arena, 3, sizeof *points);
    points[1] = (Point){5, 5};
    points[2] = (Point){0, 5};
    Colour *cells = arena_array(&arena, 4, sizeof *cells);
    mark_box(&scene, (Rect){1, 2, 3, 4}, 5, INK, INK, 1);
    mark_text(&scene, (Point){1, 1}, ALIGN_CENTRE, FONT_CODE, 12, INK, "48");
    mark_cells(&scene, (Rect){0, 0, 10, 10}, 2, 2, cells);
    Mark *polygon = scene_add(&scene, MARK_POLYGON);
    polygon->points = points;
    polygon->n_points = 3;
    return scene;
}

static void same_scene_same_hash(void **state)
{
    (void)state;
    const Scene a = small_scene(), b = small_scene();
    assert_int_equal(scene_hash(&a, 0, a.n_marks), scene_hash(&b, 0, b.n_marks));
}

typedef void (*Change)(Scene *);
static void change_x(Scene *s) { s->marks[0].rect.x += 0.001f; }
static void change_radius(Scene *s) { s->marks[0].radius = 4; }
static void change_fill(Scene *s) { s->marks[0].fill.a = 254; }
static void change_pick(Scene *s) { s->marks[0].pick = 3; }
static void change_text(Scene *s) { s->marks[1].text = "49"; }
static void change_align(Scene *s) { s->marks[1].align = ALIGN_LEFT; }
static void change_font(Scene *s) { s->marks[1].font = FONT_TEXT; }
static void change_dash(Scene *s) { s->marks[1].dashed = true; }
static void change_cells(Scene *s) { ((Colour *)(uintptr_t)s->marks[2].cells)[3].g = 1; }
static void change_shape_of_cells(Scene *s) { s->marks[2].columns = 4; s->marks[2].rows = 1; }
static void change_points(Scene *s) { ((Point *)(uintptr_t)s->marks[3].points)[2].y = 6; }
static void change_order(Scene *s) { const Mark first = s->marks[0]; s->marks[0] = s->marks[1]; s->marks[1] = first; }
static void change_ground(Scene *s) { s->ground.r = 7; }

static void every_field_is_in_the_hash(void **state)
{
    (void)state;
    static const Change changes[] = {change_x, change_radius, change_fill, change_pick, change_text, change_align, change_font, change_dash,
                                     change_cells, change_shape_of_cells, change_points, change_order, change_ground};
    const Scene plain = small_scene();
    const uint64_t hash = scene_hash(&plain, 0, plain.n_marks);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        Scene scene = small_scene();
        changes[i](&scene);
        assert_int_not_equal(hash, scene_hash(&scene, 0, scene.n_marks));
    }
}

/* ---- picking ---- */

static void the_later_mark_is_above(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    const int under = pick_at(&scene, 0, 0, 100, 100), over = pick_at(&scene, 50, 50, 100, 100);
    mark_rect(&scene, (Rect){0, 0, 100, 100}, 0, INK)->pick = under;
    mark_rect(&scene, (Rect){50, 50, 100, 100}, 0, INK)->pick = over;
    assert_int_equal(scene_pick_at(&scene, (Point){10, 10}), under);
    assert_int_equal(scene_pick_at(&scene, (Point){75, 75}), over);
    assert_int_equal(scene_pick_at(&scene, (Point){120, 120}), over);
    assert_int_equal(scene_pick_at(&scene, (Point){300, 10}), -1);
}

static void marks_without_pick_hide_nothing(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    const int unit = pick_at(&scene, 0, 0, 100, 100);
    mark_circle(&scene, (Point){50, 50}, 20, INK, INK, 1)->pick = unit;
    mark_rect(&scene, (Rect){0, 0, 400, 300}, 0, INK);
    assert_int_equal(scene_pick_at(&scene, (Point){50, 50}), unit);
}

static void wires_are_hit_within_four_points(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    const int straight = scene_pick(&scene, (Pick){.type = PICK_WIRE}), curved = scene_pick(&scene, (Pick){.type = PICK_WIRE});
    mark_line(&scene, (Point){10, 10}, (Point){110, 10}, INK, 1)->pick = straight;
    mark_wire(&scene, (Point){10, 100}, (Point){210, 200}, INK, 1)->pick = curved;
    assert_int_equal(scene_pick_at(&scene, (Point){50, 13.9f}), straight);
    assert_int_equal(scene_pick_at(&scene, (Point){50, 14.1f}), -1);
    assert_int_equal(scene_pick_at(&scene, (Point){115, 10}), -1);
    assert_int_equal(scene_pick_at(&scene, (Point){110, 150}), curved);
    assert_int_equal(scene_pick_at(&scene, (Point){113, 148}), curved);
    assert_int_equal(scene_pick_at(&scene, (Point){60, 150}), -1);   /* inside its box, beside the curve */
}

static void of_several_wires_the_nearest(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    int wire[3];
    for (int i = 0; i < 3; i++) {
        wire[i] = scene_pick(&scene, (Pick){.type = PICK_WIRE});
        mark_wire(&scene, (Point){0, 100 + 3 * (float)i}, (Point){200, 100 + 3 * (float)i}, INK, 1)->pick = wire[i];
    }
    for (int i = 0; i < 3; i++) assert_int_equal(scene_pick_at(&scene, (Point){90, 100.4f + 3 * (float)i}), wire[i]);
}

static void units_lie_over_their_wires(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    const int wire = scene_pick(&scene, (Pick){.type = PICK_WIRE});
    mark_wire(&scene, (Point){50, 50}, (Point){250, 50}, INK, 1)->pick = wire;
    const int unit = pick_at(&scene, 38, 38, 24, 24);
    mark_circle(&scene, (Point){50, 50}, 6, INK, INK, 1)->pick = unit;
    assert_int_equal(scene_pick_at(&scene, (Point){52, 50}), unit);
    assert_int_equal(scene_pick_at(&scene, (Point){60, 50}), unit);
    assert_int_equal(scene_pick_at(&scene, (Point){64, 50}), wire);
}

static void small_units_each_answer_for_themselves(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    const int layer = scene_pick(&scene, (Pick){.type = PICK_LAYER, .area = {20, 0, 80, 300}});
    mark_rect(&scene, (Rect){20, 0, 80, 300}, 0, INK)->pick = layer;
    int unit[20];
    for (int i = 0; i < 20; i++) {
        const float y = 20 + 9 * (float)i;
        unit[i] = pick_at(&scene, 48, y - 12, 24, 24);
        mark_circle(&scene, (Point){60, y}, 4, INK, INK, 1)->pick = unit[i];
    }
    for (int i = 0; i < 20; i++) {
        assert_int_equal(scene_pick_at(&scene, (Point){60, 20 + 9 * (float)i}), unit[i]);
        assert_int_equal(scene_pick_at(&scene, (Point){69, 22 + 9 * (float)i}), unit[i]);   /* beside it: the nearest */
    }
    assert_int_equal(scene_pick_at(&scene, (Point){90, 100}), layer);
}

static void an_area_alone_is_enough(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    const int button = pick_at(&scene, 100, 100, 24, 24);
    mark_rect(&scene, (Rect){100, 100, 24, 24}, 0, INK)->pick = button;
    assert_int_equal(scene_pick_at(&scene, (Point){110, 110}), button);
    const int label = pick_at(&scene, 0, 0, 60, 20);
    mark_text(&scene, (Point){0, 15}, ALIGN_LEFT, FONT_TEXT, 12, INK, "Export")->pick = label;
    assert_int_equal(scene_pick_at(&scene, (Point){30, 5}), label);
    const int sheet = pick_at(&scene, 0, 0, 400, 300);   /* lies over everything before it */
    assert_int_equal(scene_pick_at(&scene, (Point){110, 110}), sheet);
    assert_int_equal(scene_pick_at(&scene, (Point){30, 5}), sheet);
}

static void what_is_clipped_away_is_not_hit(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    const int unit = pick_at(&scene, 0, 0, 100, 100);
    mark_clip(&scene, (Rect){0, 0, 400, 300});
    mark_clip(&scene, (Rect){0, 0, 50, 50});
    mark_rect(&scene, (Rect){0, 0, 100, 100}, 0, INK)->pick = unit;
    scene.picks[unit].area = (Rect){0};
    mark_unclip(&scene);
    mark_unclip(&scene);
    mark_unclip(&scene);
    assert_int_equal(scene_pick_at(&scene, (Point){40, 40}), unit);
    assert_int_equal(scene_pick_at(&scene, (Point){60, 60}), -1);
}

static void polygons_bands_and_cells_are_hit(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    const Point corners[] = {{0, 0}, {20, 10}, {0, 20}};
    const Colour cells[4] = {{0}};
    int pick[3];
    for (int i = 0; i < 3; i++) pick[i] = scene_pick(&scene, (Pick){.type = PICK_UNIT});
    Mark *polygon = scene_add(&scene, MARK_POLYGON);
    polygon->points = corners;
    polygon->n_points = 3;
    polygon->pick = pick[0];
    Mark *band = scene_add(&scene, MARK_BAND);
    *band = (Mark){.type = MARK_BAND, .pick = pick[1], .fill = INK, .a = {100, 100}, .c = {100, 120}, .b = {200, 200}, .d = {200, 260}};
    mark_cells(&scene, (Rect){300, 0, 40, 40}, 2, 2, cells)->pick = pick[2];
    assert_int_equal(scene_pick_at(&scene, (Point){5, 10}), pick[0]);
    assert_int_equal(scene_pick_at(&scene, (Point){18, 2}), -1);
    assert_int_equal(scene_pick_at(&scene, (Point){150, 165}), pick[1]);
    assert_int_equal(scene_pick_at(&scene, (Point){150, 145}), -1);
    assert_int_equal(scene_pick_at(&scene, (Point){320, 20}), pick[2]);
}

static void strange_numbers_are_never_hit(void **state)
{
    (void)state;
    Scene scene = scene_of_page();
    const int pick = scene_pick(&scene, (Pick){.type = PICK_UNIT, .area = {NAN, 0, NAN, 10}});
    mark_circle(&scene, (Point){NAN, 0}, 1e30f, INK, INK, INFINITY)->pick = pick;
    mark_wire(&scene, (Point){NAN, 0}, (Point){INFINITY, 1e38f}, INK, NAN)->pick = pick;
    mark_rect(&scene, (Rect){0, 0, 10, 10}, 0, INK)->pick = 99;   /* no such pick */
    scene_add(&scene, MARK_POLYGON)->pick = pick;
    assert_int_equal(scene_pick_at(&scene, (Point){5, 5}), -1);
    assert_int_equal(scene_pick_at(&scene, (Point){NAN, NAN}), -1);
}

/* ---- measuring: every character is half as wide as the size ---- */

static float half_wide(void *fonts, Font font, float size, const char *text, size_t length)
{
    (void)fonts;
    (void)font;
    int characters = 0;
    for (size_t i = 0; i < length; i++) characters += ((unsigned char)text[i] & 0xC0) != 0x80;
    return (float)characters * size / 2;
}

static void text_is_cut_to_fit(void **state)
{
    (void)state;
    static const struct { const char *text; float width; const char *fits; } cases[] = {
        {"dense_1", 70, "dense_1"}, {"dense_1", 69, "dense\xE2\x80\xA6"}, {"dense_1", 20, "d\xE2\x80\xA6"}, {"dense_1", 19, "\xE2\x80\xA6"},
        {"dense_1", 10, "\xE2\x80\xA6"}, {"dense_1", 9, ""}, {"", 0, ""}, {"dense_1", -5, ""}, {"dense_1", NAN, ""},
        {"\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", 25, "\xE6\x97\xA5\xE2\x80\xA6"},
        {"\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", 19, "\xE2\x80\xA6"},
    };
    const Measure measure = {.width = half_wide};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(measure_fit(&measure, &arena, FONT_TEXT, 20, cases[i].text, cases[i].width), cases[i].fits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_start_zeroed_and_unpicked),
        cmocka_unit_test(text_is_copied),
        cmocka_unit_test(wires_leave_and_arrive_level),
        cmocka_unit_test(same_scene_same_hash),
        cmocka_unit_test(every_field_is_in_the_hash),
        cmocka_unit_test(the_later_mark_is_above),
        cmocka_unit_test(marks_without_pick_hide_nothing),
        cmocka_unit_test(wires_are_hit_within_four_points),
        cmocka_unit_test(of_several_wires_the_nearest),
        cmocka_unit_test(units_lie_over_their_wires),
        cmocka_unit_test(small_units_each_answer_for_themselves),
        cmocka_unit_test(an_area_alone_is_enough),
        cmocka_unit_test(what_is_clipped_away_is_not_hit),
        cmocka_unit_test(polygons_bands_and_cells_are_hit),
        cmocka_unit_test(strange_numbers_are_never_hit),
        cmocka_unit_test(text_is_cut_to_fit),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
