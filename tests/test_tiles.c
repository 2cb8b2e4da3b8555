#include "app/tiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static float fixed_width(void *fonts, Font font, float size, const char *text, size_t length)
{
    (void)fonts, (void)font, (void)text;
    return size * 0.6f * (float)length;
}

static const Measure MEASURE = {.width = fixed_width};
static const Colour INK = {0, 0, 0, 255};

typedef struct Stage {
    Arena arena;
    Tiles tiles;
    Scene scene;
} Stage;

static void stage_open(Stage *stage)
{
    arena_open(&stage->arena, 0);
    assert_true(tiles_open(&stage->tiles, 1600, 900));
}

static void stage_close(Stage *stage)
{
    tiles_close(&stage->tiles);
    arena_close(&stage->arena);
}

static Scene *begin(Stage *stage)
{
    scene_open(&stage->scene, &stage->arena, (Rect){0, 0, 1600, 900}, INK);
    return &stage->scene;
}

static Dirty compare(Stage *stage)
{
    Dirty dirty;
    tiles_compare(&stage->tiles, &stage->scene, 0, &MEASURE, 1, &dirty);
    return dirty;
}

static bool covers(const Dirty *dirty, Point p)
{
    for (int i = 0; i < dirty->n; i++) {
        const Rect *r = &dirty->rect[i];
        if (p.x >= r->x && p.x < r->x + r->w && p.y >= r->y && p.y < r->y + r->h) return true;
    }
    return false;
}

static void the_first_frame_is_all_new(void **state)
{
    (void)state;
    Stage stage;
    stage_open(&stage);
    begin(&stage);
    const Dirty dirty = compare(&stage);
    assert_int_equal(dirty.n, 1);
    assert_true(dirty.rect[0].w == 1600 && dirty.rect[0].h == 900);
    stage_close(&stage);
}

static void the_same_frame_again_is_clean(void **state)
{
    (void)state;
    Stage stage;
    stage_open(&stage);
    for (int frame = 0; frame < 2; frame++) {
        Scene *scene = begin(&stage);
        mark_text(scene, (Point){100, 100}, ALIGN_LEFT, FONT_TEXT, 14, INK, "Flatten");
        mark_circle(scene, (Point){700, 500}, 20, INK, INK, 1);
        if (frame == 0) compare(&stage);
    }
    assert_int_equal(compare(&stage).n, 0);
    stage_close(&stage);
}

static void a_moved_mark_dirties_where_it_was_and_is(void **state)
{
    (void)state;
    Stage stage;
    stage_open(&stage);
    for (int frame = 0; frame < 2; frame++) {
        Scene *scene = begin(&stage);
        mark_circle(scene, (Point){frame ? 1200.0f : 100.0f, frame ? 800.0f : 100.0f}, 20, INK, INK, 1);
        if (frame == 0) compare(&stage);
    }
    const Dirty dirty = compare(&stage);
    assert_true(covers(&dirty, (Point){100, 100}) && covers(&dirty, (Point){1200, 800}));
    assert_false(covers(&dirty, (Point){700, 400}));
    stage_close(&stage);
}

static void another_pick_number_is_not_seen(void **state)
{
    (void)state;
    Stage stage;
    stage_open(&stage);
    for (int frame = 0; frame < 2; frame++) {
        Scene *scene = begin(&stage);
        mark_circle(scene, (Point){100, 100}, 20, INK, INK, 1)->pick = frame;
        if (frame == 0) compare(&stage);
    }
    assert_int_equal(compare(&stage).n, 0);
    stage_close(&stage);
}

static void a_fading_group_and_a_growing_clip_are_seen(void **state)
{
    (void)state;
    for (int what = 0; what < 2; what++) {
        Stage stage;
        stage_open(&stage);
        for (int frame = 0; frame < 2; frame++) {
            Scene *scene = begin(&stage);
            mark_clip(scene, (Rect){0, 0, what == 0 && frame ? 110.0f : 105.0f, 500});
            mark_group(scene, "group", what == 1 && frame ? 0.5f : 1);
            mark_circle(scene, (Point){100, 100}, 20, INK, INK, 1);
            mark_ungroup(scene);
            mark_unclip(scene);
            if (frame == 0) compare(&stage);
        }
        const Dirty dirty = compare(&stage);
        assert_true(covers(&dirty, (Point){100, 100}));
        stage_close(&stage);
    }
}

static void many_changes_never_overflow(void **state)
{
    (void)state;
    Stage stage;
    stage_open(&stage);
    begin(&stage);
    compare(&stage);
    Scene *scene = begin(&stage);
    for (int i = 0; i < 60; i++) mark_circle(scene, (Point){(float)(i % 10) * 150 + 40, (float)(i / 10) * 150 + 40}, 10, INK, INK, 1);
    const Dirty dirty = compare(&stage);
    assert_in_range(dirty.n, 1, DIRTY_RECTS);
    for (int i = 0; i < 60; i++) assert_true(covers(&dirty, (Point){(float)(i % 10) * 150 + 40, (float)(i / 10) * 150 + 40}));
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_frame_is_all_new),
        cmocka_unit_test(the_same_frame_again_is_clean),
        cmocka_unit_test(a_moved_mark_dirties_where_it_was_and_is),
        cmocka_unit_test(another_pick_number_is_not_seen),
        cmocka_unit_test(a_fading_group_and_a_growing_clip_are_seen),
        cmocka_unit_test(many_changes_never_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
