#include "app/screen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A surface that takes longer than this for one full page is worth trying a texture for. */
static const double SLOW_SECONDS = 0.008;
enum { TRIES = 6 };

static double now(void)
{
    return (double)SDL_GetPerformanceCounter() / (double)SDL_GetPerformanceFrequency();
}

/* ---- the window's surface ---- */

static bool is_native(const SDL_Surface *surface)
{
    const uint32_t format = surface->format->format;
    return format == SDL_PIXELFORMAT_RGB888 || format == SDL_PIXELFORMAT_ARGB8888;
}

static bool surface_page(Screen *screen)
{
    SDL_Surface *surface = SDL_GetWindowSurface(screen->window);
    if (!surface) return false;
    screen->page = (Pixels){.width = surface->w, .height = surface->h, .stride = surface->w};
    if (is_native(surface)) {
        screen->page.data = surface->pixels;
        screen->page.stride = surface->pitch / 4;
        return true;
    }
    screen->own = calloc((size_t)surface->w * (size_t)surface->h, sizeof(uint32_t));
    screen->page.data = screen->own;
    return screen->own;
}

/* Where the surface has another format than ours. */
static void surface_convert(Screen *screen)
{
    SDL_Surface *surface = SDL_GetWindowSurface(screen->window);
    if (!screen->own || !surface) return;
    SDL_ConvertPixels(screen->page.width, screen->page.height, SDL_PIXELFORMAT_ARGB8888, screen->page.data, screen->page.stride * 4,
                      surface->format->format, surface->pixels, surface->pitch);
}

static bool surface_present(Screen *screen, const SDL_Rect *rects, int n)
{
    surface_convert(screen);
    return SDL_UpdateWindowSurfaceRects(screen->window, rects, n) == 0;
}

/* ---- a streaming texture ---- */

static bool texture_page(Screen *screen)
{
    int width, height;
    SDL_GetWindowSizeInPixels(screen->window, &width, &height);
    screen->texture = SDL_CreateTexture(screen->renderer, SDL_PIXELFORMAT_ARGB8888, SDL_TEXTUREACCESS_STREAMING, width, height);
    screen->own = calloc((size_t)width * (size_t)height, sizeof(uint32_t));
    screen->page = (Pixels){.data = screen->own, .width = width, .height = height, .stride = width};
    return screen->texture && screen->own;
}

static bool texture_present(Screen *screen, const SDL_Rect *rects, int n)
{
    const Pixels *page = &screen->page;
    for (int i = 0; i < n; i++)
        if (SDL_UpdateTexture(screen->texture, &rects[i], page->data + (size_t)rects[i].y * (size_t)page->stride + rects[i].x, page->stride * 4)) return false;
    SDL_RenderClear(screen->renderer);
    SDL_RenderCopy(screen->renderer, screen->texture, NULL, NULL);
    SDL_RenderPresent(screen->renderer);
    return true;
}

/* ---- either ---- */

static bool present(Screen *screen, const SDL_Rect *rects, int n)
{
    return screen->renderer ? texture_present(screen, rects, n) : surface_present(screen, rects, n);
}

static void page_close(Screen *screen)
{
    if (screen->texture) SDL_DestroyTexture(screen->texture);
    free(screen->own);
    free(screen->still.data);
    tiles_close(&screen->tiles);
    screen->texture = NULL;
    screen->own = NULL;
    screen->still.data = NULL;
    screen->still_known = false;
}

bool screen_resize(Screen *screen)
{
    page_close(screen);
    if (screen->renderer ? !texture_page(screen) : !surface_page(screen)) return false;
    screen->still = (Pixels){.width = screen->page.width, .height = screen->page.height, .stride = screen->page.width};
    screen->still.data = malloc((size_t)screen->still.width * (size_t)screen->still.height * sizeof(uint32_t));
    return screen->still.data && tiles_open(&screen->tiles, screen->page.width, screen->page.height);
}

static double time_once(Screen *screen)
{
    const SDL_Rect all = {0, 0, screen->page.width, screen->page.height};
    const double start = now();
    if (!present(screen, &all, 1)) return 1e9;
    return now() - start;
}

/* The best of a few, so that a busy moment does not count against it. */
static double time_to_present(Screen *screen)
{
    double best = 1e9;
    for (int i = 0; i < TRIES && best > SLOW_SECONDS; i++) best = fmin(best, time_once(screen));
    return best;
}

/* Only where the first picture was slow is a renderer worth the time it takes to start; not before that picture is there. */
static void choose(Screen *screen)
{
    screen->chosen = true;
    if (screen->first < SLOW_SECONDS) return;
    const double surface = fmin(screen->first, time_to_present(screen));
    if (surface < SLOW_SECONDS) return;
    screen->renderer = SDL_CreateRenderer(screen->window, -1, SDL_RENDERER_ACCELERATED | SDL_RENDERER_PRESENTVSYNC);
    if (screen->renderer && screen_resize(screen) && time_to_present(screen) < surface) return;
    if (screen->renderer) SDL_DestroyRenderer(screen->renderer);
    screen->renderer = NULL;
    screen->texture = NULL;
    screen_resize(screen);
}

void screen_open(Screen *screen, SDL_Window *window)
{
    *screen = (Screen){.window = window};
}

void screen_close(Screen *screen)
{
    page_close(screen);
    if (screen->renderer) SDL_DestroyRenderer(screen->renderer);
    screen->renderer = NULL;
}

void screen_expose(Screen *screen)
{
    tiles_forget(&screen->tiles);
}

/* ---- painting ---- */

static void paint_still(Screen *screen, Fonts *fonts, const Scene *scene, float px_per_pt)
{
    const uint64_t marks = scene->still_hash ? scene->still_hash : scene_hash(scene, 0, scene->n_still);
    const uint64_t hash = marks ^ (uint64_t)scene->ground.r << 48 ^ (uint64_t)scene->ground.g << 40;
    if (screen->still_known && screen->still_hash == hash) return;
    pixels_clear(&screen->still, scene->ground);
    pixels_draw(&screen->still, fonts, scene, 0, scene->n_still, px_per_pt, NULL);
    screen->still_hash = hash;
    screen->still_known = true;
    tiles_forget(&screen->tiles);
}

static void copy_still(const Screen *screen, const SDL_Rect *rect)
{
    for (int y = rect->y; y < rect->y + rect->h; y++)
        memcpy(screen->page.data + (size_t)y * (size_t)screen->page.stride + rect->x,
               screen->still.data + (size_t)y * (size_t)screen->still.stride + rect->x, (size_t)rect->w * sizeof(uint32_t));
}

static bool paint(Screen *screen, Fonts *fonts, const Scene *scene, float px_per_pt)
{
    Dirty dirty;
    SDL_Rect rects[DIRTY_RECTS];
    const Measure measure = fonts_measure(fonts);
    paint_still(screen, fonts, scene, px_per_pt);
    tiles_compare(&screen->tiles, scene, scene->n_still, &measure, px_per_pt, &dirty);
    for (int i = 0; i < dirty.n; i++) {
        const Rect *d = &dirty.rect[i];
        rects[i] = (SDL_Rect){(int)d->x, (int)d->y, (int)d->w, (int)d->h};
        copy_still(screen, &rects[i]);
        pixels_draw(&screen->page, fonts, scene, scene->n_still, scene->n_marks, px_per_pt, d);
    }
    const double start = now();
    const bool shown = dirty.n == 0 || present(screen, rects, dirty.n);
    if (screen->first <= 0) screen->first = now() - start;
    return shown;
}

bool screen_show(Screen *screen, Fonts *fonts, const Scene *scene, float px_per_pt)
{
    if (!screen->chosen && screen->first > 0) choose(screen);
    return screen->page.data && paint(screen, fonts, scene, px_per_pt);
}
