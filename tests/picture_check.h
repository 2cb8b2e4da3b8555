/* What holds of every picture, checked on the marks of a studio; a check that fails ends the test. */
#ifndef SHAPEFLOW_TESTS_PICTURE_CHECK_H
#define SHAPEFLOW_TESTS_PICTURE_CHECK_H

#include "picturing.h"

/* Models of every kind that is drawn in a way of its own. */
extern const char *const PICTURED[];
extern const int N_PICTURED;

/* A text with these words is drawn. */
bool picture_says(const Scene *, const char *words);

/* These draw the view first; `name` says which picture it was. */

/* Nothing is seen outside the area, clips and groups are closed. */
void picture_check_inside(Studio *, const char *name);
/* No text that is seen stands on another. */
void picture_check_texts(Studio *, const char *name);
/* Blocks of units stand clear of each other, and of titles. */
void picture_check_blocks(Studio *, const char *name);
/* Zoomed out, all units are seen. */
void picture_check_overview(Studio *, const char *name);

#endif
