#include "app/scroll_bar.h"

#include <math.h>

static const float LEAST = 24, WIDTH = 4, WIDTH_LIT = 8, MIDDLE = 9, REACH = 16;

static bool needed(const ScrollBar *bar)
{
    return bar->all > bar->area.h + 1;
}

static float thumb_height(const ScrollBar *bar)
{
    return fminf(fmaxf(bar->area.h * bar->area.h / bar->all, LEAST * bar->scale), bar->area.h);
}

static float thumb_top(const ScrollBar *bar)
{
    const float share = fminf(fmaxf(bar->scroll / (bar->all - bar->area.h), 0), 1);
    return bar->area.y + share * (bar->area.h - thumb_height(bar));
}

/* The pane's very edge is left to the pane's own width. */
bool scroll_bar_holds(const ScrollBar *bar, Point at)
{
    const float right = bar->area.x + bar->area.w - 4 * bar->scale;
    return needed(bar) && at.x >= right - REACH * bar->scale && at.x < right && at.y >= bar->area.y && at.y < bar->area.y + bar->area.h;
}

float scroll_bar_grip(const ScrollBar *bar, float y)
{
    const float grip = y - thumb_top(bar), height = thumb_height(bar);
    return grip >= 0 && grip <= height ? grip : height / 2;
}

float scroll_bar_at(const ScrollBar *bar, float grip, float y)
{
    const float way = bar->area.h - thumb_height(bar);
    if (!needed(bar) || way <= 0) return 0;
    return fminf(fmaxf((y - grip - bar->area.y) / way, 0), 1) * (bar->all - bar->area.h);
}

static void thumb_draw(Scene *scene, const ScrollBar *bar, float width, Colour colour)
{
    if (!needed(bar)) return;
    const float middle = bar->area.x + bar->area.w - MIDDLE * bar->scale, w = width * bar->scale;
    mark_rect(scene, (Rect){middle - w / 2, thumb_top(bar), w, thumb_height(bar)}, w / 2, colour);
}

void scroll_bar_draw(Scene *scene, const Theme *theme, const ScrollBar *bar)
{
    thumb_draw(scene, bar, WIDTH, colour_fade(theme->dim, 0.4f));
}

void scroll_bar_draw_lit(Scene *scene, const Theme *theme, const ScrollBar *bar)
{
    thumb_draw(scene, bar, WIDTH_LIT, colour_fade(theme->dim, 0.8f));
}
