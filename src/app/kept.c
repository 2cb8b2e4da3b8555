#include "app/kept.h"

#include <string.h>

enum { SPARE_MARKS = 4096, SPARE_PICKS = 1024 };

/* Whether two views differ in nothing but what the pointer looks at. */
static bool alike(const View *a, const View *b)
{
    View x, y;
    memcpy(&x, a, sizeof x);   /* padding too */
    memcpy(&y, b, sizeof y);
    memset(&x.hover, 0, sizeof x.hover);
    memset(&y.hover, 0, sizeof y.hover);
    x.outgoing = y.outgoing = false;
    return memcmp(&x, &y, sizeof x) == 0;
}

static bool holds(const Kept *kept, Rect page, const View *view, unsigned version)
{
    const Rect *old = &kept->scene.page;
    return kept->picture && kept->version == version && old->w == page.w && old->h == page.h && alike(&kept->view, view);
}

/* Room for what comes over it, so that the still marks need not be moved for a few more. */
static void renew(Kept *kept, Arena *arena, Rect page, const View *view, unsigned version)
{
    Scene scene;
    arena_reset(arena);
    scene_open(&scene, arena, page, view->theme->ground);
    kept->picture = picture_begin(&scene, view);
    if (kept->picture) scene_reserve(&scene, kept->live + SPARE_MARKS, kept->live + SPARE_PICKS);
    if (scene.n_still) scene.still_hash = scene_hash(&scene, 0, scene.n_still);
    kept->scene = scene;
    kept->mark = arena_mark(arena);
    kept->version = version;
    memcpy(&kept->view, view, sizeof *view);
}

void kept_draw(Kept *kept, Scene *scene, Arena *arena, Rect page, const View *view, unsigned version)
{
    if (kept->picture && scene->n_marks > kept->scene.n_marks) kept->live = scene->n_marks - kept->scene.n_marks;
    if (holds(kept, page, view, version)) arena_release(arena, kept->mark);
    else renew(kept, arena, page, view, version);
    *scene = kept->scene;
    picture_finish(scene, kept->picture, &view->hover, view->outgoing);
}
