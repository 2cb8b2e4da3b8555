#include "app/playback.h"

#include <math.h>

const double PLAYBACK_SECONDS = 0.7;

enum { ROWS_SHOWN = 8 };    /* with more rows a layer is one stop */

/* Rows of the output that one stop each computes. */
static int stops_of(const Plan *plan, int step)
{
    const PlanStep *s = &plan->steps[step];
    const Shape *out = &plan->tensors[s->first].shape;
    if (!s->node->layer->kind->rowwise || out->rank != 3 || out->dim[1] > ROWS_SHOWN) return 1;
    return (int)out->dim[1];
}

static float end_of(const Plan *plan) { return (float)plan->n_steps; }

/* A nested model's own step comes when all inside of it is done: nothing is left to show. */
static int step_from(const Plan *plan, int step)
{
    while (step < plan->n_steps && plan->steps[step].opened) step++;
    return step;
}

static int step_before(const Plan *plan, int step)
{
    while (step > 0 && plan->steps[step - 1].opened) step--;
    return step - 1;
}

static bool is_end(const Plan *plan, float progress) { return step_from(plan, (int)(progress + 0.001f)) >= plan->n_steps; }

static bool at_end(const Playback *playback, const Plan *plan) { return is_end(plan, playback->progress); }

/* The stops stand at every whole step and, inside a step of n rows, at every n-th. */
static float next_stop(const Plan *plan, float progress)
{
    const int step = step_from(plan, (int)(progress + 0.001f));
    if (step >= plan->n_steps) return end_of(plan);
    const float n = (float)stops_of(plan, step), gone = progress > (float)step ? progress - (float)step : 0;
    return (float)step + (floorf(gone * n + 0.01f) + 1) / n;
}

static float previous_stop(const Plan *plan, float progress)
{
    const int step = step_before(plan, (int)ceilf(progress - 0.001f));
    if (step < 0) return 0;
    const float n = (float)stops_of(plan, step), gone = progress < (float)step + 1 ? progress - (float)step : 1;
    const float rows = ceilf(gone * n - 0.01f) - 1;
    return rows > 0 ? (float)step + rows / n : (float)step_before(plan, step) + 1;
}

void playback_stop(Playback *playback)
{
    *playback = (Playback){.progress = -1};
}

void playback_step(Playback *playback, const Plan *plan, int by)
{
    if (!plan->n_steps) return;
    if (playback->progress < 0) playback->progress = by > 0 ? 0 : end_of(plan);
    if (by > 0 && at_end(playback, plan)) playback_stop(playback);
    else playback->progress = by > 0 ? next_stop(plan, playback->progress) : previous_stop(plan, playback->progress);
}

void playback_toggle(Playback *playback, const Plan *plan, double seconds)
{
    if (!plan->n_steps) return;
    if (playback->progress < 0 || at_end(playback, plan)) playback->progress = 0;
    playback->playing = !playback->playing;
    playback->next_at = seconds + PLAYBACK_SECONDS;
}

void playback_scrub(Playback *playback, const Plan *plan, float share)
{
    if (!plan->n_steps) return;
    const float wanted = (share < 0 ? 0 : share > 1 ? 1 : share) * end_of(plan);
    float stop = 0;
    while (!is_end(plan, stop) && next_stop(plan, stop) <= wanted + 0.001f) stop = next_stop(plan, stop);
    *playback = (Playback){.progress = stop};
}

bool playback_tick(Playback *playback, const Plan *plan, double seconds)
{
    if (!playback->playing || seconds < playback->next_at) return false;
    playback_step(playback, plan, 1);
    playback->next_at = seconds + PLAYBACK_SECONDS;
    if (playback->progress < 0 || at_end(playback, plan)) playback->playing = false;
    return true;
}

int playback_at(const Playback *playback, const Plan *plan)
{
    if (playback->progress < 0.001f || !plan->n_steps) return -1;
    const int step = (int)ceilf(playback->progress - 0.001f) - 1;
    return step < plan->n_steps ? step : plan->n_steps - 1;
}

int playback_row(const Playback *playback, const Plan *plan)
{
    const int step = playback_at(playback, plan);
    const int n = step < 0 ? 1 : stops_of(plan, step);
    return n == 1 ? -1 : (int)((playback->progress - (float)step) * (float)n + 0.5f) - 1;
}
