#include "app/scroll_bar.h"

#include <math.h>

static const float LEAST = 24, WIDTH = 4, RIGHT = 7;

void scroll_bar_draw(Scene *scene, const Theme *theme, Rect area, float scroll, float all)
{
    if (all <= area.h + 1) return;
    const float height = fminf(fmaxf(area.h * area.h / all, LEAST), area.h);
    const float share = fminf(fmaxf(scroll / (all - area.h), 0), 1);
    mark_rect(scene, (Rect){area.x + area.w - RIGHT, area.y + share * (area.h - height), WIDTH, height}, WIDTH / 2, colour_fade(theme->dim, 0.4f));
}
