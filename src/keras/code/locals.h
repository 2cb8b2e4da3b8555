/* The names that a function's body binds: they are the function's own, even before they have a value. */
#ifndef SHAPEFLOW_KERAS_CODE_LOCALS_H
#define SHAPEFLOW_KERAS_CODE_LOCALS_H

#include "keras/code/scope.h"
#include "python/tree.h"

/* A scope whose bindings are those names, parameters not among them. */
Scope *locals_find(Arena *, const PyNode *body);

#endif
