/* Pictures in files, compared with a tolerance: other releases of FreeType shade letters a little differently. */
#ifndef SHAPEFLOW_TESTS_IMAGE_H
#define SHAPEFLOW_TESTS_IMAGE_H

#include "paint/pixels.h"

/* A PNG; its data is for free(). False when there is no such file. */
bool image_read(Pixels *, const char *path);
bool images_alike(const Pixels *, const Pixels *);

#endif
