/* Numbers as they stand on a page: few digits, a true minus sign. */
#ifndef SHAPEFLOW_BASE_NUMBER_H
#define SHAPEFLOW_BASE_NUMBER_H

#include <stdint.h>

#include "base/text.h"

/* "0.06", "−1.90", "12.5", "1.2e+06"; whole numbers below a million without decimals; "NaN", "∞", "−∞". */
const char *number_text(Arena *, double value, int decimals);

/* "100,352"; "?" when negative (unknown). */
const char *count_text(Arena *, int64_t count);

/* Plain digits, at the end of a text. Thousands of labels are made for a frame, so not by printf. */
void count_put(Text *, int64_t count);

#endif
