/* Where everything of one model stands in an area: columns from left to right, headings pinned above, counts below.
 *
 * Zooming lays the picture out again in a larger room instead of magnifying it: type keeps its size, cells grow until
 * they are units with numbers. */
#ifndef SHAPEFLOW_SCENE_LAYOUT_H
#define SHAPEFLOW_SCENE_LAYOUT_H

#include "scene/block.h"
#include "scene/heading.h"

typedef struct Place {
    Rect  room;      /* offered to the block */
    Rect  heading;
    Rect  panel;     /* the block with its padding: wires end and begin here */
    Block block;
    float centre;
    float left, right;   /* of the widest that stands at its depth: wires keep clear of headings between */
    float reach;         /* the width that words below may take ... */
    float counts_room;   /* ... and the counts at the foot; 0 = there is no room for them */
    bool  upper;         /* its heading stands in the upper of two tiers */
    bool  beside;        /* its heading stands at the left or, of a result, at the right: lanes are too low for one above */
} Place;

typedef struct Layout {
    Rect    area;         /* what is seen of the picture */
    Rect    body;         /* of that, between headings and counts: blocks are clipped to it */
    Rect    page;         /* the whole body, zoomed and panned */
    Type    type;
    Heading *heading;     /* as columns */
    Place   *place;
    bool    has_counts;   /* the three counts below ... */
    bool    one_count_line;   /* ... in one line where the area is low */
    float   counts_top;
    float   count_height; /* of a line of the counts */
    float   cable_top;    /* skips run above this line of the page */
    float   gap;          /* between depths */
    float   frame_title;  /* height of the strip in which a nested model's name stands */
    float   frames_top;   /* below the cables: the strips of frames over the whole height */
    float   needed;       /* the width at which all can be read */
} Layout;

/* How far the picture can be zoomed out: to where all of it is seen; 1 when it is anyway. */
float layout_zoom_least(const Layout *);

/* Sizes of type for a canvas. */
Type layout_type(const View *, Rect area);
/* The least that numbers in units may have: not under 13 points but where all type is. */
float type_least(Type);

typedef struct LayoutHints {
    const int64_t *show;  /* an element of each column that must be on its page of maps; NULL = none */
    Point pan;
} LayoutHints;

void layout_make(Layout *, Arena *, const View *, const Variant *, const Columns *, Rect area, const LayoutHints *);

/* Moves columns to given centres (NAN: stays), so that two models stand column under column. */
void layout_align(Layout *, int n, const float *centre);

/* view->pan, kept inside what there is to see. */
Point layout_pan(const Layout *, Point wanted);

#endif
