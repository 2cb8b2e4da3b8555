#include "app/motion.h"

const double MOTION_SECONDS = 0.6;

static double linear(const Motion *motion, double seconds)
{
    const double t = (seconds - motion->began) / MOTION_SECONDS;
    return t < 0 ? 0 : t > 1 ? 1 : t;
}

void motion_begin(Motion *motion, double seconds)
{
    *motion = (Motion){.running = true, .began = seconds};
}

void motion_turn(Motion *motion, double seconds)
{
    const double gone = linear(motion, seconds);
    *motion = (Motion){.running = true, .began = seconds - (1 - gone) * MOTION_SECONDS};
}

bool motion_tick(Motion *motion, double seconds)
{
    if (motion->running && linear(motion, seconds) >= 1) motion->running = false;
    return motion->running;
}

float motion_progress(const Motion *motion, double seconds)
{
    if (!motion->running) return 1;
    const double t = linear(motion, seconds);
    return (float)(t < 0.5 ? 4 * t * t * t : 1 - 4 * (1 - t) * (1 - t) * (1 - t));   /* symmetric, so that turning does not jump */
}
