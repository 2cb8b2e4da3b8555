/* Lines that look like statements though a bracket or a string is open: most likely it was never closed. */
#ifndef SHAPEFLOW_PYTHON_SUSPECT_H
#define SHAPEFLOW_PYTHON_SUSPECT_H

#include "python/token.h"

/* `at` is the first byte of the line that is no space. */
bool suspect_begins(const Scanner *, int at);
bool suspect_certain(const Scanner *, int at);   /* with a word that stands nowhere else */

#endif
