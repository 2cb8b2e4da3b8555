/* The page as a whole: its first look, drawn the same every time, and every command on every document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/command.h"
#include "driving.h"

static void the_question_opens_and_explains_an_output(void **state)
{
    Driven *d = *state;
    assert_true(driven_shows(d, "flatten_question.py"));
    assert_true(driven_shows(d, "(None, 48)"));
    assert_true(driven_shows(d, "244"));
    assert_true(driven_shows(d, "(1, 4)"));       /* what the print line prints */
    assert_true(driven_shows(d, "y[1]"));
    assert_true(driven_shows(d, "sees 48 of 48 inputs: every row."));
}

static void every_document_fits_every_window(void **state)
{
    (void)state;
    static const char *const texts[] = {NULL, DRIVEN_CNN, "", "import keras\n", "model = Sequential([Dens(4)])", "model = Sequential([Input((28, 28)), Conv2D(2, 3)])\n"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (int s = 0; s < DRIVEN_N_SIZES; s++) {
            Driven d;
            driven_open(&d, texts[t], DRIVEN_SIZES[s][0], DRIVEN_SIZES[s][1]);
            const Scene *scene = app_scene(&d.app);
            for (size_t i = 0; i < scene->n_picks; i++) {
                const Pick *pick = &scene->picks[i];
                if (pick->type != PICK_WIDGET) continue;
                const Rect a = pick->area;
                assert_true(a.x >= -1 && a.y >= -1 && a.x + a.w <= DRIVEN_SIZES[s][0] + 1 && a.y + a.h <= DRIVEN_SIZES[s][1] + 1);
                if (a.w < 24 || a.h < 24) fail_msg("%s is only %.0f x %.0f", pick->id, (double)a.w, (double)a.h);
            }
            driven_close(&d);
        }
}

static void drawing_twice_gives_the_same(void **state)
{
    Driven *d = *state;
    Arena arena;
    Scene again;
    arena_open(&arena, 0);
    scene_open(&again, &arena, d->app.page.all, app_theme(&d->app)->ground);
    app_draw(&d->app, &again);
    const Scene *scene = app_scene(&d->app);
    assert_int_equal(again.n_marks, scene->n_marks);
    assert_true(scene_hash(&again, 0, again.n_marks) == scene_hash(scene, 0, scene->n_marks));
    arena_close(&arena);
}

static void same_as_drawn_anew(Driven *d)
{
    Arena arena;
    Scene again;
    arena_open(&arena, 0);
    scene_open(&again, &arena, d->app.page.all, app_theme(&d->app)->ground);
    app_draw(&d->app, &again);
    const Scene *scene = app_scene(&d->app);
    assert_int_equal(again.n_marks, scene->n_marks);
    assert_int_equal(again.n_picks, scene->n_picks);
    assert_int_equal(again.n_still, scene->n_still);
    assert_true(scene_hash(&again, 0, again.n_marks) == scene_hash(scene, 0, scene->n_marks));
    if (scene->still_hash) assert_true(scene->still_hash == scene_hash(&again, 0, again.n_still));
    arena_close(&arena);
}

/* Still marks are kept while only the pointer moves; whatever is done, the page is as if drawn from nothing. */
static void what_is_kept_is_what_would_be_drawn(void **state)
{
    (void)state;
    static const int keys[] = {'c', 'w', KEY_TAB, KEY_DOWN, KEY_RIGHT, KEY_PAGE_DOWN, KEY_PAGE_DOWN, KEY_ESCAPE, '+', 't', 'f', 'c', 'w', 'f', KEY_F6, KEY_F6, '0'};
    static const char *const texts[] = {NULL, DRIVEN_CNN, "from keras import *\nfrom keras.layers import *\nmodel = Sequential([Input((40,)), Dense(60), Dense(60)])\n"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        Driven d;
        uint32_t seed = 7;
        driven_open(&d, texts[t], 1280, 720);
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            driven_key(&d, keys[k], 0);
            same_as_drawn_anew(&d);
            for (int i = 0; i < 6; i++) {
                seed = seed * 1664525 + 1013904223;
                driven_move(&d, (Point){(float)(seed >> 8 & 1023) * 1.25f, (float)(seed >> 18 & 1023) * 0.7f});
                same_as_drawn_anew(&d);
            }
            driven_wait(&d, 0.7);
            same_as_drawn_anew(&d);
        }
        driven_close(&d);
    }
}

static void an_idle_window_asks_for_nothing(void **state)
{
    Driven *d = *state;
    driven_wait(d, 2);
    assert_true(app_wait(&d->app) < 0);
    driven_move(d, driven_unit(d, "dense_1", 1));
    assert_true(app_wait(&d->app) < 0);
}

static void every_command_survives_every_document(void **state)
{
    (void)state;
    static const char *const texts[] = {NULL, "", "model = Sequential([Dens(4)])", "model = Sequential([Input((28, 28)), Conv2D(2, 3)])\n", DRIVEN_CNN};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (int i = 0; i < COMMAND_COUNT; i++) {
            Driven d;
            driven_open(&d, texts[t], 1280, 720);
            for (int twice = 0; twice < 2; twice++) {
                command_run(&d.app, COMMANDS[i].id);
                driven_wait(&d, 0.3);
            }
            driven_close(&d);
        }
}

static void keys_are_not_taken_twice(void **state)
{
    (void)state;
    for (int i = 0; i < COMMAND_COUNT; i++)
        for (int j = 0; j < i; j++) {
            const Command *a = &COMMANDS[i], *b = &COMMANDS[j];
            assert_false(a->key && a->key == b->key && a->modifiers == b->modifiers && strcmp(a->id, b->id) != 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRIVEN_TEST(the_question_opens_and_explains_an_output),
        cmocka_unit_test(every_document_fits_every_window),
        DRIVEN_TEST(drawing_twice_gives_the_same),
        cmocka_unit_test(what_is_kept_is_what_would_be_drawn),
        DRIVEN_TEST(an_idle_window_asks_for_nothing),
        cmocka_unit_test(every_command_survives_every_document),
        cmocka_unit_test(keys_are_not_taken_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
