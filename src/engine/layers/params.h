/* Rows of argument tables in few words. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_PARAMS_H
#define SHAPEFLOW_ENGINE_LAYERS_PARAMS_H

#include "engine/layer.h"

#define PARAM(word, kind)            {.name = word, .type = kind}
#define PARAM_WITH(word, kind, init) {.name = word, .type = kind, .fallback = init}
#define PARAM_NEEDED(word, kind, code) {.name = word, .type = kind, .required = true, .example = code}

/* A table's two members of a LayerKind. */
#define PARAMS_OF(table) .params = table, .n_params = (int)(sizeof table / sizeof *table)

#endif
