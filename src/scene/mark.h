/* The display list: what is on the page, in points, top left is 0,0. No SDL, no Cairo. */
#ifndef SHAPEFLOW_SCENE_MARK_H
#define SHAPEFLOW_SCENE_MARK_H

#include <stdint.h>

#include "base/text.h"

typedef struct Colour { uint8_t r, g, b, a; } Colour;
typedef struct Point { float x, y; } Point;
typedef struct Rect { float x, y, w, h; } Rect;

typedef enum Font {
    FONT_TEXT,          /* Inter Regular */
    FONT_TEXT_MEDIUM,   /* Inter Medium */
    FONT_TEXT_BOLD,     /* Inter SemiBold */
    FONT_CODE,          /* JetBrains Mono Regular */
    FONT_CODE_BOLD,     /* JetBrains Mono SemiBold */
    FONT_COUNT          /* M PLUS 1 stands in for characters these lack */
} Font;

typedef enum Align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT } Align;

typedef enum MarkType {
    MARK_RECT,     /* rect, radius, fill, stroke */
    MARK_CIRCLE,   /* rect.x, y = centre, radius, fill, stroke */
    MARK_LINE,     /* a to b, stroke */
    MARK_CURVE,    /* a cubic from a to b with control points c, d; stroke */
    MARK_POLYGON,  /* points[n_points], closed, convex, fill */
    MARK_TEXT,     /* text at a (baseline; a.x by align), font, size, fill */
    MARK_CELLS,    /* a map of columns x rows colours filling rect, nearest neighbour
                      (the mean, where cells are smaller than pixels); grid lines in stroke when width > 0 */
    MARK_CLIP,     /* what follows is drawn inside rect only, until MARK_UNCLIP; clips nest */
    MARK_UNCLIP,
    MARK_GROUP,    /* begins a named group (title for SVG's <title>); opacity multiplies what is inside */
    MARK_UNGROUP,
    MARK_BAND      /* a filled band between two vertical extents: from a.x, a.y..c.y to b.x, b.y..d.y, with smooth
                      horizontal tangents; fill */
} MarkType;

enum { DASH_ON = 5, DASH_OFF = 3 };

typedef struct Mark {
    uint8_t     type;      /* MarkType */
    uint8_t     font, align;
    bool        dashed;    /* DASH_ON points of line, DASH_OFF without */
    int32_t     pick;      /* index in scene->picks, -1 = not to be picked */
    Colour      fill, stroke;   /* a = 0: none */
    float       width;     /* of the stroke */
    float       radius, size, opacity;   /* opacity: of a group */
    Rect        rect;
    Point       a, b, c, d;
    const char *text;      /* UTF-8; of groups: the title */
    const Point  *points;  int n_points;
    const Colour *cells;   int columns, rows;   /* row-major */
} Mark;

/* What a mark stands for: answers hover, clicks and keyboard focus. Fields that do not apply are -1. */
typedef enum PickType {
    PICK_NONE, PICK_UNIT /* one number of a tensor */, PICK_WIRE, PICK_LAYER, PICK_SHAPE /* dim `k` of a shape shown */,
    PICK_ARGUMENT /* of a layer's title or arguments: text = the parameter */, PICK_WEIGHT /* a cell of the weight matrix */,
    PICK_CODE_LINE, PICK_SUMMARY_ROW, PICK_WIDGET /* id = the command or widget */, PICK_INSERT /* a gap between columns */,
    PICK_COUNT
} PickType;

typedef struct Pick {
    PickType    type;
    int         variant;   /* 0 = the model shown, 1 = the other one of a comparison */
    int         layer;     /* row in plan->layers; -1 = the input when `tensor` tells it */
    int         step;      /* in plan->steps */
    int         tensor;    /* in plan->tensors */
    int64_t     k;         /* element, row-major, batch axis included; line number; dim index */
    int64_t     from;      /* PICK_WIRE: the element it comes from; PICK_WEIGHT: index in the weight */
    int         weight;    /* index in layer->weights */
    const char *id;        /* PICK_WIDGET, PICK_ARGUMENT */
    const char *label;     /* for people who hear the page: "dense_1, unit 2: 0.95" */
    Rect        area;      /* where it is; at least 24 x 24 for things clicked */
    size_t      depth;     /* set by scene_pick: marks below it */
} Pick;

typedef struct Scene {
    Arena  *arena;
    Mark   *marks;  size_t n_marks, marks_capacity;
    Pick   *picks;  size_t n_picks, picks_capacity;
    size_t  n_still;     /* marks [0, n_still) change rarely (static wires): painted once and kept */
    uint64_t still_hash; /* scene_hash of those; 0 = not looked for yet */
    Rect    page;        /* size in points */
    Colour  ground;
    const char *title;   /* for exports: alt text */
} Scene;

void scene_open(Scene *, Arena *, Rect page, Colour ground);

void  scene_reserve(Scene *, size_t marks, size_t picks);   /* room for so many more */
Mark *scene_add(Scene *, MarkType);   /* zeroed, pick -1; the pointer lives until the next add */
int   scene_pick(Scene *, Pick);      /* index */

/* The usual ones; each returns the mark for further settings (pick, dashed ...). Text and titles are copied, cells are not. */
Mark *mark_rect(Scene *, Rect, float radius, Colour fill);
Mark *mark_box(Scene *, Rect, float radius, Colour fill, Colour stroke, float width);
Mark *mark_circle(Scene *, Point centre, float radius, Colour fill, Colour stroke, float width);
Mark *mark_line(Scene *, Point from, Point to, Colour, float width);
Mark *mark_wire(Scene *, Point from, Point to, Colour, float width);   /* horizontal tangents */
Mark *mark_text(Scene *, Point, Align, Font, float size, Colour, const char *);
Mark *mark_cells(Scene *, Rect, int columns, int rows, const Colour *);
void  mark_clip(Scene *, Rect);
void  mark_unclip(Scene *);
void  mark_group(Scene *, const char *title, float opacity);
void  mark_ungroup(Scene *);

/* Over all fields of marks [from, to), pointers by what they point to. */
uint64_t scene_hash(const Scene *, size_t from, size_t to);

/* Topmost pick at a point, -1 = none. Marks drawn later are above; a wire is hit within 4 points, the nearest of several.
 * A pick is also hit by its area: the only way for one without marks or with text only, and for small things the reach
 * around them (of overlapping areas the smaller, then the nearer one; never over a mark that is hit itself). */
int scene_pick_at(const Scene *, Point);

/* The place at t in 0..1 on a MARK_CURVE; the edges of a MARK_BAND as curves. */
typedef enum BandEdge { BAND_TOP, BAND_BOTTOM } BandEdge;
Point curve_at(const Mark *curve, float t);
Mark  band_edge(const Mark *band, BandEdge);

/* Text is measured by whoever has the fonts: advances in points. */
typedef struct Measure {
    float (*width)(void *fonts, Font, float size, const char *text, size_t length);
    void  *fonts;
} Measure;
float measure_width(const Measure *, Font, float size, const char *text);
/* The longest prefix that fits, with "…" where cut. */
const char *measure_fit(const Measure *, Arena *, Font, float size, const char *text, float width);

#endif
