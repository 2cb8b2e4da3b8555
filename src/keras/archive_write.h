/* A model as a .keras archive, laid out as Keras saves it. */
#ifndef SHAPEFLOW_KERAS_ARCHIVE_WRITE_H
#define SHAPEFLOW_KERAS_ARCHIVE_WRITE_H

#include "engine/model.h"

/* Weights without numbers get those of their initializers with the seed. The same model gives the same bytes, so the archive
 * tells no time. A subclassed model is written as the functional model of its calls. Refuses, with a cause "archive. ...",
 * what has too many numbers. */
bool write_archive(Text *, const Model *, int64_t seed, Error *);

#endif
