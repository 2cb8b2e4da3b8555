/* Pictures for tests: a Sequential model from one line, its numbers, fonts, sentences and a view of it. */
#ifndef SHAPEFLOW_TESTS_PICTURING_H
#define SHAPEFLOW_TESTS_PICTURING_H

#include "building.h"
#include "paint/fonts.h"
#include "scene/view.h"

#define QUESTION     "3,2 | Dense 16 | Activation 'relu' | Flatten | Dense 4"
#define QUESTION_OFF "3,2 | Dense 16 | Activation 'relu' | Dense 4"

/* One model with its numbers. */
typedef struct Shown {
    Made    made;
    Plan    plan;
    Run     run;
    Variant variant;
} Shown;

/* "3,2 | Dense 16 | Conv2D 8 (5,5) padding='same'": the input's shape without the batch axis ("?" = None; empty = no
 * Input), then layers with their arguments; or "NAME.json", of tests/data/scene. A refused model keeps its sound layers and the fault. */
void shown_open(Shown *, const char *line);
void shown_open_filled(Shown *, const char *line, int64_t fill, bool numbers);
/* With so many samples in the batch. */
void shown_open_batch(Shown *, const char *line, int64_t samples);
/* What model.to_json() says; without numbers, shapes and wires are all there is. */
void shown_open_json(Shown *, const char *json, bool numbers);
void shown_close(Shown *);

typedef struct Studio {
    Arena   arena;      /* of the scene */
    Arena   words;
    Fonts  *fonts;
    Measure measure;
    struct Strings *strings;
    View    view;
    Scene   scene;
    Shown   shown;      /* by studio_show */
    bool    showing;
} Studio;

void studio_open(Studio *);
void studio_close(Studio *);
/* For a group of tests: *state is the studio. */
int studio_setup(void **state);
int studio_teardown(void **state);

/* A view of a model that the studio keeps until it is closed or shows another. */
void studio_show(Studio *, const char *line, float width, float height);

/* A view of `now` in the light theme, nothing looked at, the colour scale that fits. */
void studio_look(Studio *, const Shown *now, float width, float height);
/* Draws studio->view into studio->scene, the whole arena begun anew. */
void studio_draw(Studio *);
void studio_png(Studio *, const char *path, float scale);

#endif
