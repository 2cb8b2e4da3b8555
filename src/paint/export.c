#include "paint/export.h"

#include <string.h>
#include <strings.h>

const Exporter *exporter_find(const char *path)
{
#define X(name) &EXPORT_##name,
    static const Exporter *const all[] = {EXPORTERS(X)};
#undef X
    const size_t length = strlen(path);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const size_t end = strlen(all[i]->suffix);
        if (length >= end && !strcasecmp(path + length - end, all[i]->suffix)) return all[i];
    }
    return NULL;
}
