/* Numbers as they stand on the page: few digits, a true minus sign. */
#ifndef SHAPEFLOW_SCENE_NUMBER_H
#define SHAPEFLOW_SCENE_NUMBER_H

#include <stdint.h>

#include "base/text.h"

/* "0.06", "−1.90", "12.5", "1.2e+06"; whole numbers below a million without decimals; "NaN", "∞", "−∞". */
const char *number_text(Arena *, double value, int decimals);

/* "100,352"; "?" when negative (unknown). */
const char *count_text(Arena *, int64_t count);

/* Plain digits, at the end of a text. Thousands of labels are made for a frame, so not by printf. */
void count_put(Text *, int64_t count);

/* The least of 1, 1.5, 2, 3, 4, 5, 6, 8 x 10^n that is at least `value`; 1 for what is not above 0. */
double number_round_up(double value);

#endif
