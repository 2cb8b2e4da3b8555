/* Keras code written of a model and read again: is it the same model? */
#ifndef SHAPEFLOW_TESTS_WRITTEN_AGAIN_H
#define SHAPEFLOW_TESTS_WRITTEN_AGAIN_H

#include "engine/model.h"

/* What differs: rows, shapes and counts, what to_json() says, or the text written of it. NULL = nothing. */
const char *written_again_problem(Arena *, const Model *);
/* The same, minding the text alone: of models whose rows come in an order that only their file knows. */
const char *written_text_problem(Arena *, const Model *);

#endif
