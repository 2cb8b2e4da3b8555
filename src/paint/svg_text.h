/* The words of SVG: numbers, paths, escaped text, images. */
#ifndef SHAPEFLOW_PAINT_SVG_TEXT_H
#define SHAPEFLOW_PAINT_SVG_TEXT_H

#include "scene/mark.h"

enum { SVG_NUMBER = 24 };

/* As short as it can be said with so many decimals: "12.5", "-.25". Returns the length. */
int svg_number(char number[SVG_NUMBER], float value, int places);

/* Text for elements and attributes; what XML does not allow becomes U+FFFD. */
void svg_escape(Text *, const char *text);

/* Commands and numbers of a path, no separator more than needed; nothing is in `out` before svg_path_end. */
typedef struct SvgPath {
    Text *out;
    int   places;
    char  bytes[256];
    int   used;
    bool  number;    /* the last thing was one */
} SvgPath;

void svg_path_command(SvgPath *, const char *letter);
void svg_path_number(SvgPath *, float);
void svg_path_point(SvgPath *, Point);
void svg_path_end(SvgPath *);

/* The cells as a PNG in base64, with their opacity. */
void svg_image(Text *, const Mark *cells);

#endif
