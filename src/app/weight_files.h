/* Numbers that a text takes from files beside it: model.load_weights('lenet.keras'). */
#ifndef SHAPEFLOW_APP_WEIGHT_FILES_H
#define SHAPEFLOW_APP_WEIGHT_FILES_H

#include "keras/reading.h"

/* One file as it was read, shared by all readings that need its numbers. */
typedef struct WeightFile WeightFile;

typedef struct WeightFiles {
    WeightFile **files;  int n;  size_t capacity;
} WeightFiles;

/* Gives their numbers to the models of the reading; numbers set further down in the text hold. A file that cannot be read or does
 * not fit is a fault at its line; the model stands as it is then, as nothing is known of the numbers. `files`, empty before, keeps
 * the memory that the numbers stand in; a file that `before` has (NULL = nobody) is not read again while it stands unchanged. */
void weight_files_load(Reading *, Arena *, const char *folder, const WeightFiles *before, WeightFiles *files);
void weight_files_release(WeightFiles *);

#endif
