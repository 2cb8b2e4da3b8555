/* Rows of argument tables in few words. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_PARAMS_H
#define SHAPEFLOW_ENGINE_LAYERS_PARAMS_H

#include "engine/layer.h"

#define PARAM(word, kind)            {.name = word, .type = kind}
#define PARAM_WITH(word, kind, ...)  {.name = word, .type = kind, .fallback = __VA_ARGS__}
#define PARAM_NEEDED(word, kind, code) {.name = word, .type = kind, .required = true, .example = code}

#define PARAM_START(word, text)      PARAM_WITH(word, PARAM_INITIALIZER, VALUE_IS_TEXT(text))
#define PARAM_FLAG(word)             PARAM_WITH(word, PARAM_BOOL, VALUE_IS_FALSE)
#define PARAM_BIAS                   PARAM_WITH("use_bias", PARAM_BOOL, VALUE_IS_TRUE)

/* A table's two members of a LayerKind. */
#define PARAMS_OF(table) .params = table, .n_params = (int)(sizeof table / sizeof *table)

#endif
