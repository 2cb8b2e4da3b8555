/* Colours and sizes of visual.md: light, dark, print. */
#ifndef SHAPEFLOW_SCENE_THEME_H
#define SHAPEFLOW_SCENE_THEME_H

#include "scene/mark.h"

enum { ROW_HUES = 5 };

/* WCAG 2.2 AA. */
#define CONTRAST_TEXT 4.5F
#define CONTRAST_EDGE 3.0F

typedef struct Theme {
    const char *name;
    Colour ground, positive, negative, row[ROW_HUES];
    Colour ink, dim, rule, panel, code_ground, accent, on_accent;
    Colour selection;         /* a line or row that is hovered or focused */
    Colour error;
    Colour keyword, string, number, comment;   /* syntax */
    float  row_stripe_alpha;  /* of the panels behind row groups */
    bool   print;             /* negative wires are dashed, grey-safe */
} Theme;

extern const Theme THEME_LIGHT, THEME_DARK, THEME_PRINT;
const Theme *theme_find(const char *name);

Colour colour_mix(Colour a, Colour b, float t);        /* in linear light */
Colour colour_fade(Colour, float alpha);
float  colour_contrast(Colour, Colour);                /* WCAG 2 ratio */
Colour colour_on(const Theme *, Colour ground);        /* ink or paper, whichever reads better */
Colour colour_text(const Theme *, Colour wanted, Colour ground);   /* wanted, as much darker (lighter) as text needs */

/* A cell's fill for `value` on a scale of +-`extent` (diverging around the ground), or 0..extent on the ink ramp. */
Colour value_colour(const Theme *, double value, double extent, bool ramp);

#endif
