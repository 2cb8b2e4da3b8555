/* The window's pixels on their way to the display: the window's own surface, or a streaming texture where that is quicker. */
#ifndef SHAPEFLOW_APP_SCREEN_H
#define SHAPEFLOW_APP_SCREEN_H

#include <SDL.h>

#include "app/tiles.h"
#include "paint/pixels.h"

typedef struct Screen {
    SDL_Window   *window;
    SDL_Renderer *renderer;      /* NULL = the window's surface */
    SDL_Texture  *texture;
    Pixels        page;          /* what is shown; own memory, or the surface's */
    uint32_t     *own;           /* NULL when the page is the surface's memory */
    Pixels        still;         /* the static wires, painted once */
    uint64_t      still_hash;
    bool          still_known;
    Tiles         tiles;
    double        first;         /* seconds that showing the first picture took; 0 = not shown yet */
    bool          chosen;        /* between the two, by that time */
} Screen;

void screen_open(Screen *, SDL_Window *);   /* screen_resize must follow */
void screen_close(Screen *);

/* At first, and after the window has changed its size. False: no memory, or SDL refuses (SDL_GetError). */
bool screen_resize(Screen *);

/* Paints what changed and shows it. */
bool screen_show(Screen *, Fonts *, const Scene *, float px_per_pt);

/* All of it again: the window was covered. */
void screen_expose(Screen *);

#endif
