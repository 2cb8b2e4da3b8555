/* The pointer: what it is over, what a click does, what is dragged. */
#ifndef SHAPEFLOW_APP_POINTING_H
#define SHAPEFLOW_APP_POINTING_H

#include "app/app.h"

/* The pointer no longer counts, until it moves. */
void pointing_rest(App *);
/* What lies under the pointer, after the page changed below it. */
void pointing_again(App *);
void pointing_input(App *, const Input *);

/* The scroll bar that is held or under the pointer: DRAG_CODE_BAR, DRAG_SUMMARY_BAR, or DRAG_NONE. */
DragKind pointing_bar(const App *);

/* What is under the pointer, looked for anew. */
void pointing_look(App *, Point);

/* Gives the keyboard's focus to a unit or layer, and pans so that it is seen. */
void pointing_focus(App *, const Pick *);

/* Pans and scrolls to a step of the plan, -1 = the input; the focus stays. */
void pointing_follow(App *, int step);

/* The layer (row of the shown plan) written on a line of the code, -1 = none. */
int pointing_layer_of_line(const App *, int line);

#endif
