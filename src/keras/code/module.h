/* The modules a text may import, as tables. Every other module is unknown. */
#ifndef SHAPEFLOW_KERAS_CODE_MODULE_H
#define SHAPEFLOW_KERAS_CODE_MODULE_H

#include "keras/code/evaluator.h"
#include "keras/code/suggest.h"

typedef struct ModuleConstant {
    const char *name;
    Value       value;
} ModuleConstant;

typedef struct ModuleClass {
    const char  *name;
    const Class *class;
} ModuleClass;

typedef struct ModuleTable {
    const char           *path;         /* "keras.layers" */
    const Native         *natives;      /* the last has no name; NULL = none */
    const ModuleConstant *constants;    /* the same */
    const ModuleClass    *classes;      /* the same */
    const char           *submodules;   /* " layers models " */
    const char           *opaque;       /* names there are, whose use tells nothing of the model: " Adam SGD " */
    bool (*find)(Evaluator *, const char *name, Value *out);
    void (*offer)(Nearest *);
    bool  open;                         /* other names are unknown, not missing */
} ModuleTable;

extern const ModuleTable *const KERAS_MODULES[], *const NUMPY_MODULES[];   /* closed with NULL */

/* The path as our tables have it: "tensorflow.keras.layers.core" is "keras.layers". */
const char *module_canonical(Arena *, const char *path);
bool module_exists(const char *canonical_path);
bool module_attribute(Evaluator *, const Module *, const char *name, Value *out);
/* Of a module, of its canonical path. */
bool module_find(Evaluator *, const char *path, const char *name, Value *out);
_Noreturn void module_raise(Evaluator *, const Module *, const char *name);
void module_offer_names(Nearest *, const char *path);

bool module_optimizer_name(const char *name);    /* "adam", as compile() takes it */

/* A name that lecture notes use without importing it: np, layers, Dense. Only in texts that import nothing of Keras. */
bool module_implied(Evaluator *, const char *name, Span, Value *out);
/* The fault's cause is a missing import: says so, with the import as the fix. */
bool module_import_fix(Evaluator *, const char *name, Error *);

#endif
