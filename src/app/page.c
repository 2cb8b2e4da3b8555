#include "app/page.h"

#include <math.h>
#include <string.h>

static const float BAR = 57, FOLDED = 14, EDGE = 8, CAPTION = 50, SIDE_LEAST = 170, CANVAS_LEAST = 600, INSPECTOR_LEAST = 92, FITS_WIDE = 780, FITS_HIGH = 480;

bool panels_read(const char *list, unsigned *panels)
{
    static const struct { const char *name; unsigned panels; } names[] = {
        {"all", PANELS_ALL}, {"none", 0}, {"bar", PANEL_BAR}, {"code", PANEL_CODE}, {"summary", PANEL_SUMMARY}, {"inspector", PANEL_INSPECTOR}};
    *panels = 0;
    while (*list) {
        const size_t length = strcspn(list, ",");
        size_t i = 0;
        while (i < sizeof names / sizeof *names && (strlen(names[i].name) != length || memcmp(names[i].name, list, length) != 0)) i++;
        if (i == sizeof names / sizeof *names) return false;
        *panels |= names[i].panels;
        list += length + (list[length] == ',');
    }
    return true;
}

bool rect_holds(Rect rect, Point point)
{
    return point.x >= rect.x && point.x < rect.x + rect.w && point.y >= rect.y && point.y < rect.y + rect.h;
}

Rect rect_inset(Rect rect, float x, float y)
{
    return (Rect){rect.x + x, rect.y + y, rect.w - 2 * x, rect.h - 2 * y};
}

static float between(float value, float low, float high)
{
    if (value > high) value = high;
    return value < low ? low : value;
}

static float side_width(const Page *page, const Settings *settings)
{
    if (!(page->panels & (PANEL_CODE | PANEL_SUMMARY))) return 0;
    if (settings->code_folded) return FOLDED * page->scale;
    return between(settings->code_width * page->scale, SIDE_LEAST * page->scale, page->all.w - CANVAS_LEAST * page->scale);
}

static float inspector_height(const Page *page, const Settings *settings)
{
    if (!(page->panels & PANEL_INSPECTOR)) return 0;
    if (settings->inspector_folded) return FOLDED * page->scale;
    return between(settings->inspector_height * page->scale, INSPECTOR_LEAST * page->scale, page->all.h * 0.6f);
}

/* Summary right below the code where both fit, else at the bottom with its share at most; each below its caption. */
static void side_layout(Page *page, const Settings *settings, float code_height, float summary_height)
{
    const float caption = CAPTION * page->scale;
    const Rect side = page->side;
    const bool code = page->panels & PANEL_CODE, summary = page->panels & PANEL_SUMMARY;
    if (!summary) {
        page->code = (Rect){side.x, side.y + caption, side.w, side.h - caption};
        return;
    }
    float table = summary_height + caption;
    const float most = code ? side.h * settings->summary_share : side.h;
    const float wanted = code ? caption + code_height : 0;
    if (wanted + table > side.h && table > most) table = side.h - wanted > most ? side.h - wanted : most;
    const float top = wanted + table > side.h ? side.h - table : wanted;
    if (code) page->code = (Rect){side.x, side.y + caption, side.w, top - caption};
    page->summary = (Rect){side.x, side.y + top + caption, side.w, side.h - top - caption};
    if (code) page->summary_edge = (Rect){side.x, side.y + top - EDGE / 2, side.w, EDGE};
}

float page_scale(Rect all, const Settings *settings)
{
    const float most = fminf(all.w / FITS_WIDE, all.h / FITS_HIGH);
    return fminf(settings->scale, fmaxf(most, 1));
}

void page_layout(Page *page, Rect all, unsigned panels, const Settings *settings, float code_height, float summary_height)
{
    *page = (Page){.all = all, .scale = page_scale(all, settings), .panels = panels};
    const float bar = panels & PANEL_BAR ? BAR * page->scale : 0;
    const float side = side_width(page, settings), low = inspector_height(page, settings);
    page->bar = (Rect){all.x, all.y, all.w, bar};
    page->side = (Rect){all.x, all.y + bar, side, all.h - bar};
    page->canvas = (Rect){all.x + side, all.y + bar, all.w - side, all.h - bar - low};
    page->inspector = (Rect){all.x + side, all.y + all.h - low, all.w - side, low};
    if (side > 0) page->side_edge = (Rect){all.x + side - EDGE / 2, all.y + bar, EDGE, all.h - bar};
    if (low > 0) page->inspector_edge = (Rect){all.x + side, page->inspector.y - EDGE / 2, all.w - side, EDGE};
    if (side > 0 && settings->code_folded) page->side_edge = page->side;
    else if (side > 0) side_layout(page, settings, code_height, summary_height);
    if (low > 0 && settings->inspector_folded) page->inspector_edge = page->inspector;
}
