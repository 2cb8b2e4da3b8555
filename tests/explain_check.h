/* What layers say of their outputs, held against the numbers.
 * - the rule is there, its brackets match, and so do those of the numbers;
 * - the numbers, each as exact as it is written, make the output;
 * - the parameters told add up to those there are;
 * - an output that is no sum changes with no input that its trace leaves out. */
#ifndef SHAPEFLOW_TESTS_EXPLAIN_CHECK_H
#define SHAPEFLOW_TESTS_EXPLAIN_CHECK_H

#include "engine/run.h"

/* input: what the run was made from. False with a line in `problems`. */
bool check_explanations(Arena *, const Run *, const Tensor *input, Text *problems);

#endif
