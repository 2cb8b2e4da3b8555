/* Recorded facts of a layer class (data/layers/<Class>.json, from Keras itself) against the engine.
 *
 *     static void dense_as_keras(void **state) { (void)state; check_layer_cases("Dense"); }
 *
 * Every case of the class is built and run; the cmocka test fails with a list of what differs, one line for each case.
 * Checked are
 * - output shapes, parameter counts (all, trainable, frozen), the order of weights;
 * - output numbers, to 1e-5 relative and 1e-6 absolute of the largest number in the output; a session gives the same bytes;
 * - refusals: the message of a ValueError, and that there is one for every other exception;
 * - the trace, on concrete shapes: terms name inputs and weights that are there; where the rule is a sum (or a maximum), the
 *   terms with the run's numbers, then the activation, give the outputs that forward gives; connections are counted right;
 * - the layer's program, written as code again and read, is the same model;
 * - what the layer says of its outputs (explain_check.h). */
#ifndef SHAPEFLOW_TESTS_LAYER_CASES_H
#define SHAPEFLOW_TESTS_LAYER_CASES_H

#include "engine/run.h"

void check_layer_cases(const char *class_name);

/* The trace property alone, for every step of a finished run; false with a line in `problems`. */
bool check_traces(Arena *, const Run *, Text *problems);

#endif
