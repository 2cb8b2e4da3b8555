/* The app driven without a window: inputs in, marks and picks out. */
#ifndef SHAPEFLOW_TESTS_DRIVING_H
#define SHAPEFLOW_TESTS_DRIVING_H

#include "app/app.h"
#include "paint/fonts.h"

typedef struct Driven {
    App      app;
    Arena    arena;
    Strings  strings;
    Fonts   *fonts;
    double   seconds;
    char     clipboard[4096];
} Driven;

/* Windows small and large, in points. */
enum { DRIVEN_N_SIZES = 4 };
extern const float DRIVEN_SIZES[DRIVEN_N_SIZES][2];

extern const char DRIVEN_CNN[];    /* the code of a small convolutional model */

/* With a text, or NULL for the Flatten question; nothing is written to disk but what is saved on purpose. */
void driven_open(Driven *, const char *text, float width, float height);
void driven_close(Driven *);

/* A test whose *state is a Driven with the Flatten question in a window of 1600 x 900. */
int driven_open_question(void **state);
int driven_close_question(void **state);
#define DRIVEN_TEST(test) cmocka_unit_test_setup_teardown(test, driven_open_question, driven_close_question)

void driven_wait(Driven *, double seconds);
void driven_key(Driven *, int key, unsigned modifiers);
void driven_type(Driven *, const char *text);      /* as text, a new line as Enter */
void driven_put_caret(Driven *, const char *after);   /* a text that stands in the code once; the code has the keyboard then */
void driven_move(Driven *, Point);
void driven_press(Driven *, Point);                /* and holds */
void driven_release(Driven *, Point);
void driven_click(Driven *, Point);
void driven_wheel(Driven *, Point, float by);

/* Where a widget, a layer's row, a unit is on the page; fails the test where it is not. */
Point driven_widget(Driven *, const char *id);
Point driven_unit(Driven *, const char *layer, int64_t k);    /* layer NULL = the input */
const Pick *driven_find(Driven *, PickType, int layer, int64_t k);   /* NULL = there is none */

/* Whether a text stands on the page, as a whole mark or as part of one. */
bool driven_shows(Driven *, const char *text);

const char *driven_text(const Driven *);           /* the document */

#endif
