/* PNG of cells, with their opacity: pictures inside other formats. */
#ifndef SHAPEFLOW_PAINT_PNG_H
#define SHAPEFLOW_PAINT_PNG_H

#include "scene/mark.h"

bool png_write_cells(Text *, const Mark *cells);

#endif
