#include "keras/code/module.h"

#include <ctype.h>
#include <string.h>

#include "keras/code/module_python.h"
#include "keras/code/registry.h"

static const ModuleTable *const python_modules[] = {
    &MODULE_ABC, &MODULE_ARGPARSE, &MODULE_COLLECTIONS, &MODULE_COLLECTIONS_ABC, &MODULE_CONTEXTLIB, &MODULE_COPY, &MODULE_DATACLASSES,
    &MODULE_ENUM, &MODULE_FUNCTOOLS, &MODULE_ITERTOOLS, &MODULE_JSON, &MODULE_MATH, &MODULE_OPERATOR, &MODULE_OS, &MODULE_OS_PATH,
    &MODULE_RANDOM, &MODULE_STRING, &MODULE_SYS, &MODULE_TYPES, &MODULE_TYPING, NULL};

static const ModuleTable *const *const families[] = {python_modules, KERAS_MODULES, NUMPY_MODULES};
enum { N_FAMILIES = sizeof families / sizeof *families };

/* ---- paths ---- */

/* Where Keras has lived. */
static const char *const keras_roots[] = {
    "tensorflow.compat.v1.keras", "tensorflow.compat.v2.keras", "tensorflow.python.keras", "tensorflow.contrib.keras",
    "tensorflow.keras", "tf_keras", "keras_core", "keras.api._v2.keras", "keras.api", "keras.src", "keras",
};

/* Old places of what is elsewhere now. */
static const struct { const char *old, *path; } moved[] = {
    {"keras.engine", "keras"},
    {"keras.legacy", "keras"},
    {"keras.utils", "keras.utils"},
    {"keras.preprocessing.sequence", "keras.utils"},
    {"keras.preprocessing", "keras.preprocessing"},
    {"keras.applications", "keras.applications"},
    {"keras.layers", "keras.layers"},
    {"keras.models", "keras.models"},
    {"keras.optimizers", "keras.optimizers"},
    {"keras.losses", "keras.losses"},
    {"keras.metrics", "keras.metrics"},
    {"keras.callbacks", "keras.callbacks"},
    {"keras.activations", "keras.activations"},
    {"keras.initializers", "keras.initializers"},
    {"keras.regularizers", "keras.regularizers"},
    {"keras.constraints", "keras.constraints"},
    {"keras.backend", "keras.backend"},
    {"keras.ops", "keras.ops"},
    {"keras.wrappers", "keras.wrappers"},
    {"keras.saving", "keras.saving"},
    {"tensorflow.compat.v1", "tensorflow"},
    {"tensorflow.compat.v2", "tensorflow"},
    {"numpy.core", "numpy"},
};

static bool under(const char *path, const char *root)
{
    const size_t n = strlen(root);
    return strncmp(path, root, n) == 0 && (path[n] == 0 || path[n] == '.');
}

const char *module_canonical(Arena *arena, const char *path)
{
    for (size_t i = 0; i < sizeof keras_roots / sizeof *keras_roots; i++) {
        if (!under(path, keras_roots[i])) continue;
        path = arena_print(arena, "keras%s", path + strlen(keras_roots[i]));
        break;
    }
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++)
        if (under(path, moved[i].old)) return moved[i].path;
    return path;
}

static const ModuleTable *table_find(const char *path)
{
    for (size_t f = 0; f < N_FAMILIES; f++)
        for (const ModuleTable *const *table = families[f]; *table; table++)
            if (strcmp((*table)->path, path) == 0) return *table;
    return NULL;
}

bool module_exists(const char *path)
{
    return table_find(path) != NULL;
}

/* ---- attributes ---- */

static bool word_in(const char *words, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = words; at && (at = strstr(at, word)); at += n)
        if (at > words && at[-1] == ' ' && at[n] == ' ' && n) return true;
    return false;
}

static bool table_constant(const ModuleTable *table, const char *name, Value *out)
{
    for (const ModuleConstant *constant = table->constants; constant && constant->name; constant++) {
        if (strcmp(constant->name, name) != 0) continue;
        *out = constant->value;
        out->span = SPAN_NONE;
        return true;
    }
    for (const ModuleClass *class = table->classes; class && class->name; class++) {
        if (strcmp(class->name, name) != 0) continue;
        *out = value_class(class->class);
        return true;
    }
    return false;
}

bool module_find(Evaluator *ev, const char *path, const char *name, Value *out)
{
    const ModuleTable *table = table_find(path);
    if (!table) return false;
    if (native_find(table->natives, name, out) || table_constant(table, name, out)) return true;
    if (word_in(table->submodules, name)) {
        *out = value_module(ev->arena, module_canonical(ev->arena, arena_print(ev->arena, "%s.%s", path, name)));
        return true;
    }
    if (table->find && table->find(ev, name, out)) return true;
    if (!table->open && !word_in(table->opaque, name)) return false;
    *out = unknown(ev, "cause.not_known_object", arena_print(ev->arena, "%s.%s", path, name), ev->span);
    return true;
}

bool module_attribute(Evaluator *ev, const Module *module, const char *name, Value *out)
{
    if (module_find(ev, module->path, name, out)) return true;
    if (strcmp(name, "__name__") == 0) { *out = value_text(ev->arena, module->path); return true; }
    if (strcmp(name, "__version__") != 0) return false;
    *out = value_string(ev->arena, "3.15.1", 6);
    return true;
}

static void offer_words(Nearest *nearest, Arena *arena, const char *words)
{
    for (const char *at = words; at && *at;) {
        const size_t n = strcspn(at, " ");
        if (n) nearest_offer(nearest, arena_copy(arena, at, n));
        at += n + (at[n] == ' ');
    }
}

static void offer_table(Nearest *nearest, const ModuleTable *table)
{
    for (const Native *native = table->natives; native && native->name; native++) nearest_offer(nearest, native->name);
    for (const ModuleClass *class = table->classes; class && class->name; class++) nearest_offer(nearest, class->name);
    for (const ModuleConstant *c = table->constants; c && c->name; c++) nearest_offer(nearest, c->name);
    if (table->offer) table->offer(nearest);
}

void module_offer_names(Nearest *nearest, const char *path)
{
    const ModuleTable *table = table_find(path);
    if (table) offer_table(nearest, table);
}

void module_raise(Evaluator *ev, const Module *module, const char *name)
{
    const ModuleTable *table = table_find(module->path);
    Nearest nearest = nearest_begin(name);
    Error error = error_make(ev);
    error_set(&error, "AttributeError", "module '%s' has no attribute '%s'", module->path, name);
    error.at = ev->span;
    if (table) {
        offer_table(&nearest, table);
        offer_words(&nearest, ev->arena, table->submodules);
        offer_words(&nearest, ev->arena, table->opaque);
    }
    suggest(&nearest, ev->span, &error);
    raise_fault(ev, &error);
}

/* ---- names used without an import ---- */

static const struct { const char *name, *path; } usual_modules[] = {
    {"np", "numpy"}, {"numpy", "numpy"}, {"tf", "tensorflow"}, {"tensorflow", "tensorflow"}, {"keras", "keras"},
    {"layers", "keras.layers"}, {"models", "keras.models"}, {"K", "keras.backend"}, {"ops", "keras.ops"},
    {"activations", "keras.activations"}, {"optimizers", "keras.optimizers"}, {"regularizers", "keras.regularizers"},
    {"initializers", "keras.initializers"}, {"losses", "keras.losses"}, {"datasets", "keras.datasets"}, {"math", "math"},
};
static const char *const usual_homes[] = {"keras.layers", "keras.models", "keras"};

static const char *usual_module(const char *name)
{
    for (size_t i = 0; i < sizeof usual_modules / sizeof *usual_modules; i++)
        if (strcmp(usual_modules[i].name, name) == 0) return usual_modules[i].path;
    return NULL;
}

static const char *usual_home(Evaluator *ev, const char *name, Value *out)
{
    for (size_t i = 0; i < sizeof usual_homes / sizeof *usual_homes; i++) {
        if (!isupper((unsigned char)*name) || !module_find(ev, usual_homes[i], name, out)) continue;
        if (out->kind != VALUE_UNKNOWN) return usual_homes[i];
    }
    return NULL;
}

bool module_implied(Evaluator *ev, const char *name, Span span, Value *out)
{
    if (registry_imports_keras(ev)) return false;
    const char *path = usual_module(name);
    if (path) *out = value_module(ev->arena, path);
    else if (!usual_home(ev, name, out)) return false;
    note(ev, "note.import", name, NULL, span);
    scope_set(ev->globals, name, *out);
    return true;
}

static const char *import_line(Evaluator *ev, const char *name)
{
    Value found;
    const char *path = usual_module(name), *home = path ? NULL : usual_home(ev, name, &found);
    if (home) return arena_print(ev->arena, "from %s import %s\n", home, name);
    if (!path) return NULL;
    const char *dot = strrchr(path, '.');
    if (dot && strcmp(dot + 1, name) == 0) return arena_print(ev->arena, "from %.*s import %s\n", (int)(dot - path), path, name);
    if (strcmp(path, name) == 0) return arena_print(ev->arena, "import %s\n", path);
    return arena_print(ev->arena, "import %s as %s\n", path, name);
}

bool module_import_fix(Evaluator *ev, const char *name, Error *error)
{
    const char *line = import_line(ev, name);
    if (!line) return false;
    const int at = registry_import_place(ev);
    error_cause(error, "cause.import", name, NULL);
    error_fix_at(error, (Span){at, at}, line);
    return true;
}
