/* Widgets made of marks. Drawing one is all there is to it: its pick names the command that a click runs. */
#ifndef SHAPEFLOW_APP_UI_H
#define SHAPEFLOW_APP_UI_H

#include "app/app.h"

typedef struct Ui {
    const App   *app;
    Scene       *scene;
    const Theme *theme;
    float        s;          /* points for one point at scale 1 */
} Ui;

typedef struct Style {
    Font   font;
    float  size;             /* at scale 1 */
    Colour colour;
} Style;

Ui ui_begin(const App *, Scene *);

/* The baseline that centres type of a size on y. */
float ui_baseline(const Ui *, float y, float size);
float ui_width(const Ui *, Font, float size, const char *text);

/* Text with its middle at y; returns its width. */
float ui_text(const Ui *, float x, float y, Align, Style, const char *text);
/* The same, cut to a width with an ellipsis. */
float ui_text_fit(const Ui *, float x, float y, float width, Style, const char *text);
/* Lines broken at spaces; the top line's middle is at y. Returns the number of lines, at most `most`, the last one cut. */
int   ui_paragraph(const Ui *, float x, float y, float width, float pitch, int most, Style, const char *text);

/* A pane's ground, which nothing below shines or is picked through. */
void  ui_ground(const Ui *, Rect, Colour);
/* An area without marks of its own that answers to the pointer. */
void  ui_hot(const Ui *, Rect, const char *id, const char *label);
bool  ui_hovered(const Ui *, const char *id);

/* Each runs the command `id`; dimmed when it cannot. */
float ui_link(const Ui *, float right, float y, const char *id, const char *label, bool on);   /* its width */
void  ui_button(const Ui *, Rect, const char *id, const char *label, bool primary);
void  ui_switch(const Ui *, Point centre, const char *id, float slide /* 0 off ... 1 on */);
float ui_button_width(const Ui *, const char *label);

const char *ui_say(const Ui *, const char *id);
/* The sentence with values, closed with NULL. */
const char *ui_fill(const Ui *, const char *id, ...);

#endif
