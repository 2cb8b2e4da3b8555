/* The text's own input when the input's shape is changed in the picture: it grows or shrinks along, else Keras would refuse it. */
#ifndef SHAPEFLOW_APP_REFIT_H
#define SHAPEFLOW_APP_REFIT_H

#include "app/snapshot.h"

/* Adds to edits, in order of the text, what makes the array shown as input 0 `size` long along `axis` (batch axis 0).
 * Nothing where there is no literal array, or it would become long. Old numbers stay, new ones go on counting. */
void refit_input(const Snapshot *, int axis, int64_t size, Edits *);

#endif
