/* What stands above a column: title, shape, parameters; as pieces, since each number and word can be picked. */
#ifndef SHAPEFLOW_SCENE_HEADING_H
#define SHAPEFLOW_SCENE_HEADING_H

#include "scene/columns.h"

/* Sizes of type, in points. */
typedef struct Type {
    float title, shape, small;   /* small: never under 13 unless the canvas is very low */
    int   lines;                 /* of the longest title; 0 = one */
    bool  terse;                 /* no notes: there is no room for them */
} Type;

typedef struct Piece {
    const char *text;
    PickType    pick;    /* PICK_NONE, PICK_SHAPE (k = dim) or PICK_ARGUMENT (id = parameter) */
    int         row;     /* of the layer it belongs to */
    int         step;
    int64_t     k;
    const char *id;
} Piece;

typedef struct Line {
    Piece *piece;  int n;
    float  width;
} Line;

typedef struct Heading {
    Line        title, shape;
    Line       *titles;       /* the title broken into lines */
    int         n_titles;
    const char *note;         /* "48 params"; NULL = nothing */
    const char *copies;       /* "×3": how often the same weights are used; NULL = once */
    const char *sum;          /* "2×16 + 16 = 48" */
    bool        brief;        /* nothing but the beginning of the title */
    float       width;        /* of the widest line of title and shape */
    float       full_width;   /* with the note */
    int64_t     activations, connections, params;   /* -1 = unknown, or nothing to say */
} Heading;

void heading_make(Heading *, Arena *, const View *, const Variant *, const Columns *, int column, Type);

/* Breaks the title where it is wider than `room`; never narrower than the shape, into TITLE_LINES at most. */
enum { TITLE_LINES = 3 };
void heading_wrap(Heading *, Arena *, const View *, Type, float room);

/* Leaves the class and its first argument, broken to `room`: where there is no room for more. */
void heading_shorten(Heading *, Arena *, const View *, Type, float room);

/* How often a layer's weights are used side by side (rows of a Dense), 1 = once. */
int64_t column_copies(const Column *);

void heading_draw(Scene *, const View *, const Heading *, const Column *, int variant, Rect, Type);

/* Title, shape and note are this high: with the longest title, with this one. */
float heading_height(Type);
float heading_own_height(const Heading *, Type);

#endif
