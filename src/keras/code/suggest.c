#include "keras/code/suggest.h"

void suggest(const Nearest *nearest, Span at, Error *error)
{
    if (!nearest->best) return;
    error_cause(error, "cause.nearest", nearest->name, nearest->best, NULL);
    error_fix_at(error, at, nearest->best);
}
