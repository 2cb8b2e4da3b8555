/* A sentence of assets/strings with its values put in. */
#ifndef SHAPEFLOW_BASE_SENTENCE_H
#define SHAPEFLOW_BASE_SENTENCE_H

#include "base/text.h"

/* "{0} of {1}" becomes "16 of 48"; "{0|parameter|parameters}" chooses by whether value 0 is "1".
 * A place without a value is left empty; "{{" is a brace. */
void sentence_put(Text *, const char *sentence, const char *const *values, int n);

#endif
