/* The forward pass step by step: every stop shows something new, and the way back is the way there. */
#include "app/playback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "picturing.h"

static const char *const MODELS[] = {QUESTION, QUESTION_OFF, "20,4 | Dense 3 | Dense 2", "nested_sequentials.json", "nested_ensemble.json", "nested_two_deep.json"};
enum { N_MODELS = sizeof MODELS / sizeof *MODELS, STOPS = 200 };

static uint64_t picture_at(Studio *studio, float progress)
{
    studio->view.progress = progress;
    studio_draw(studio);
    return scene_hash(&studio->scene, 0, studio->scene.n_marks);
}

/* Inputs have no stop of their own to show: they are there from the start. */
static bool is_input(const Playback *playback, const Plan *plan)
{
    return !plan->steps[playback_at(playback, plan)].node->n_in;
}

static void every_stop_shows_something_new(void **state)
{
    Studio *studio = *state;
    for (int m = 0; m < N_MODELS; m++) {
        Playback playback = {.progress = 0};
        studio_show(studio, MODELS[m], 1400, 800);
        const Plan *plan = &studio->shown.plan;
        uint64_t last = picture_at(studio, 0);
        for (int i = 0; i < STOPS; i++) {
            playback_step(&playback, plan, 1);
            if (playback.progress < 0) break;
            const uint64_t now = picture_at(studio, playback.progress);
            if (now == last && !is_input(&playback, plan)) fail_msg("%s: nothing new at %g", MODELS[m], (double)playback.progress);
            if (plan->steps[playback_at(&playback, plan)].opened) fail_msg("%s: %g is a nested model's own step", MODELS[m], (double)playback.progress);
            last = now;
        }
        assert_true(playback.progress < 0);
    }
}

static void the_way_back_has_the_same_stops(void **state)
{
    Studio *studio = *state;
    for (int m = 0; m < N_MODELS; m++) {
        float stop[STOPS];
        int n = 0;
        Playback playback = {.progress = 0};
        studio_show(studio, MODELS[m], 900, 600);
        for (; playback.progress >= 0 && n < STOPS; n++) {
            stop[n] = playback.progress;
            playback_step(&playback, &studio->shown.plan, 1);
        }
        playback.progress = stop[--n];
        while (n > 0) {
            playback_step(&playback, &studio->shown.plan, -1);
            assert_float_equal(playback.progress, stop[--n], 1e-3);
        }
        playback_step(&playback, &studio->shown.plan, -1);
        assert_float_equal(playback.progress, 0, 1e-3);
    }
}

static void scrubbing_ends_at_the_last_stop(void **state)
{
    Studio *studio = *state;
    for (int m = 0; m < N_MODELS; m++) {
        Playback scrubbed = {.progress = -1};
        studio_show(studio, MODELS[m], 900, 600);
        playback_scrub(&scrubbed, &studio->shown.plan, 1);
        assert_true(scrubbed.progress > 0);
        playback_step(&scrubbed, &studio->shown.plan, 1);
        assert_true(scrubbed.progress < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stop_shows_something_new),
        cmocka_unit_test(the_way_back_has_the_same_stops),
        cmocka_unit_test(scrubbing_ends_at_the_last_stop),
    };
    return cmocka_run_group_tests(tests, studio_setup, studio_teardown);
}
