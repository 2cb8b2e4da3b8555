/* Sliding windows: how many places one has along each axis, and which cells it sees there. For convolutions and pooling. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_WINDOW_H
#define SHAPEFLOW_ENGINE_LAYERS_WINDOW_H

#include "engine/shape.h"

/* Depth, height, width; axes that a kind lacks come first, 1 long and 1 wide. */
enum { WINDOW_AXES = 3 };

typedef enum WindowPadding {
    WINDOW_VALID, WINDOW_SAME, WINDOW_CAUSAL,
    WINDOW_CENTRED   /* same; where steps leave cells over, the first ones are left out too: TensorFlow in 3D */
} WindowPadding;

typedef struct WindowAxis {
    int64_t in, out;                   /* cells, and places of the window */
    int64_t size, stride, dilation;    /* taps, cells from place to place, cells from tap to tap */
    int64_t before;                    /* cells of padding before the first; negative: cells left out */
} WindowAxis;

typedef struct Window {
    WindowAxis axis[WINDOW_AXES];
} Window;

/* Taps [first, end) that fall on cells. */
typedef struct WindowTaps {
    int64_t first, end;
} WindowTaps;

/* Cells from the first tap's to the last one's, both included. */
int64_t window_reach(int64_t size, int64_t dilation);

/* Places along an axis of `in` cells: what Keras' compute_conv_output_shape says; 0 or less where the window does not
 * fit, DIM_NONE for unknown `in`. One that does not move has one place. */
int64_t window_places(int64_t in, int64_t size, int64_t stride, int64_t dilation, WindowPadding);

/* in is known. */
WindowAxis window_axis(int64_t in, int64_t size, int64_t stride, int64_t dilation, WindowPadding);

WindowTaps window_taps(const WindowAxis *, int64_t place);

/* The cell under a tap; it may lie outside [0, in). */
int64_t window_cell(const WindowAxis *, int64_t place, int64_t tap);

/* A window at one place, tap by tap, the last axis fastest; only taps that fall on cells. */
typedef struct WindowWalk {
    const Window *window;
    int64_t       place[WINDOW_AXES], tap[WINDOW_AXES], cell[WINDOW_AXES];
    WindowTaps    taps[WINDOW_AXES];
} WindowWalk;

bool    window_walk(WindowWalk *, const Window *, const int64_t place[WINDOW_AXES]);   /* false: no tap falls on a cell */
bool    window_walk_next(WindowWalk *);
int64_t window_walk_count(const WindowWalk *);
int64_t window_walk_tap(const WindowWalk *);   /* the tap's index among all of the window */

/* Taps that fall on cells, over all places; DIM_NONE where counting would take too long. */
int64_t window_count_taps(const Window *);

/* Taps of the whole window, and its places. */
int64_t window_size(const Window *);
int64_t window_count(const Window *);

#endif
