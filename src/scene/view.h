/* The model's picture: what is looked at, and how. */
#ifndef SHAPEFLOW_SCENE_VIEW_H
#define SHAPEFLOW_SCENE_VIEW_H

#include "engine/run.h"
#include "scene/theme.h"

/* One model with its numbers, as the canvas sees it. */
typedef struct Variant {
    const Plan *plan;
    const Run  *run;          /* run->complete may be false: shapes and wires without numbers */
    const Shape *input_shape; /* shown for the first column when there is no plan step */
} Variant;

typedef struct View {
    Rect         area;         /* of the canvas on the page */
    const Theme *theme;
    const Measure *measure;
    float        scale;        /* user scale of type, 1 */
    float        zoom;         /* 1 = fits, where that can be read; less = an overview */
    Point        pan;          /* in points, of the zoomed picture */
    Variant      now;
    Variant      before;       /* of an animation: where the cells come from; plan NULL = none */
    float        t;            /* 0 = before ... 1 = now, already eased */
    bool         reduced_motion;
    Variant      other;        /* of a comparison, stacked below; plan NULL = none */
    double       extent;       /* of the colour scale; fixed over both variants of a toggle or comparison */
    Pick         hover, focus; /* type PICK_NONE = none */
    bool         outgoing;     /* Shift: the unit's outgoing wires instead */
    bool         matrix;       /* the weight matrix beside the wires */
    int          matrix_step;  /* of which Dense, -1 = the focused or last one */
    float        progress;     /* of the forward pass, in steps with Dense's rows as fractions; < 0 = all shown */
    bool         faulty;       /* the text has a fault, told beside the canvas: where there is nothing to draw, no first step is proposed */
    bool         dimmed;       /* the last good model, while the text has a fault */
    bool         editable;     /* shapes and arguments show that they can be changed */
    const char *(*say)(void *strings, const char *id);   /* assets/strings */
    void        *strings;
} View;

/* The canvas alone. Leaves the still marks first (scene->n_still). */
void picture_draw(Scene *, const View *);

/* The same in two steps: all still marks, which hover and outgoing do not change, and what goes over them. So the first
 * step can be kept while only these change: the scene is put back to how it was after it, the arena too. NULL where
 * nothing is still (a toggle in flight, the dimmed last good model): then all of it is drawn. */
typedef struct Picture Picture;
Picture *picture_begin(Scene *, const View *);
void picture_finish(Scene *, Picture *, const Pick *hover, bool outgoing);

/* What is under the pointer: scene_pick_at, and inside a heat map or strip (one mark) the very cell. The label stands in
 * the arena. A unit's pick: `tensor` and `k` say the number shown; `step` and `layer` the layer whose terms
 * (run_trace(step, .., k)) are its wires; elementwise layers folded into the column come between the two. */
Pick picture_pick_at(const View *, const Scene *, Arena *, Point);

/* Where the picture is panned to: the allowed place nearest to view->pan at which `shown` is inside the area
 * (PICK_NONE: nothing in particular). To be asked after each drag, zoom and move of the focus. */
Point picture_pan(const View *, const Pick *shown);
/* The pan with which zooming to `zoom` leaves what is at `fixed` in its place. */
Point picture_zoom_pan(const View *, Point fixed, float zoom);

/* The strip below a picture that is wider than its area, for the widget "canvas.scroll" of a variant. */
typedef struct Overview {
    Rect  track, seen;      /* all of the picture, and what of it is in the area */
    float scale;            /* of the track to the picture */
} Overview;
bool picture_overview(const View *, int variant, Overview *);   /* false: all is seen */

/* The least zoom that makes sense: all is seen then; 1 when it is anyway. */
float picture_zoom_least(const View *);

/* Largest |value| over the variants, a round number: for view->extent. */
double picture_extent(const Variant *, int n);

/* Picks made without a scene have no label; their area is where they are drawn. */

/* Where keyboard focus goes from `from` (PICK_NONE: the first unit): dx, dy one of -1, 0, 1; Tab: next = layer. */
Pick picture_focus_move(const View *, Pick from, int dx, int dy);
Pick picture_focus_layer(const View *, Pick from, int by);

/* "dense_1[2]" or "dense_1[1,2]" (without the batch axis), "input[0,1]"; PICK_NONE when there is no such unit. */
Pick picture_find_unit(const View *, const char *text);

#endif
