/* The program's own picture: three rows of inputs, wired into two outputs. */
#ifndef SHAPEFLOW_APP_ICON_H
#define SHAPEFLOW_APP_ICON_H

#include "paint/pixels.h"

extern const float ICON_POINTS;   /* its page is so wide and high */

/* On a ground of the scene's own colour, which shows at the rounded corners. */
void icon_draw(Scene *);

/* size x size pixels 0xAARRGGBB with clear corners, not multiplied by alpha. */
uint32_t *icon_pixels(Arena *, Fonts *, int size);

#endif
