/* Numbers that a text takes from files beside it: model.load_weights('lenet.keras'). */
#ifndef SHAPEFLOW_APP_WEIGHT_FILES_H
#define SHAPEFLOW_APP_WEIGHT_FILES_H

#include "keras/reading.h"

/* Gives them to the models of the reading. A file that cannot be read or does not fit is a fault at its line; the model
 * stands as it is then, as nothing is known of the numbers. */
void weight_files_load(Reading *, Arena *, const char *folder);

#endif
