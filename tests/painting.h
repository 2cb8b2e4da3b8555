/* Fonts and memory for the tests of painters, there from the first test of a group to the last. */
#ifndef SHAPEFLOW_TESTS_PAINTING_H
#define SHAPEFLOW_TESTS_PAINTING_H

#include "paint/export.h"

extern Fonts *fonts;
extern Arena arena;

int painting_setup(void **state);
int painting_teardown(void **state);

/* A scene as a file of that ending has it; fails the test when it cannot be written. */
Text painted(const Scene *, const char *ending, double dpi);

#endif
