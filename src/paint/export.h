/* A scene as a file: the formats of `render`. */
#ifndef SHAPEFLOW_PAINT_EXPORT_H
#define SHAPEFLOW_PAINT_EXPORT_H

#include "paint/fonts.h"

typedef struct ExportOptions {
    float  scale;     /* pixels per point for .png */
    double dpi;       /* written into .png, and points to physical size elsewhere */
} ExportOptions;

typedef struct Exporter {
    const char *suffix;     /* ".svg" */
    bool (*write)(Text *, const Scene *, Fonts *, const ExportOptions *);
} Exporter;

#define EXPORTERS(X) X(svg) X(pdf) X(png) X(txt)
#define X(name) extern const Exporter EXPORT_##name;
EXPORTERS(X)
#undef X

/* By the end of a file name; NULL when there is none. */
const Exporter *exporter_find(const char *path);

#endif
