/* numpy. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "keras/code/array_functions.h"
#include "keras/code/array_make.h"
#include "keras/code/module.h"
#include "keras/npy.h"

/* ---- np.load ---- */

enum { FILE_BYTES_MAX = 64 << 20, LOADED_MAX = 2 << 20 };

static bool is_beside(const char *path)
{
    return *path && *path != '/' && !strstr(path, "..");
}

static void *file_bytes(Evaluator *ev, const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    fclose(file);
    if (size < 0 || size > FILE_BYTES_MAX) return NULL;
    char *bytes = arena_array(ev->arena, (size_t)size + 1, 1);
    file = fopen(path, "rb");
    if (!file) return NULL;
    *length = fread(bytes, 1, (size_t)size, file);
    fclose(file);
    return bytes;
}

static Value load_call(Evaluator *ev, const Given *given)
{
    const Value not_read = unknown_here(ev, "cause.not_known_file");
    const char *folder = ev->options ? ev->options->folder : NULL;
    size_t length;
    if (!folder || given->arg[0]->kind != VALUE_STRING || !is_beside(given->arg[0]->string.bytes)) return not_read;
    const void *bytes = file_bytes(ev, arena_print(ev->arena, "%s/%s", folder, given->arg[0]->string.bytes), &length);
    Tensor tensor;
    Error error = error_make(ev);
    if (!bytes || !npy_read(ev->arena, bytes, length, LOADED_MAX, &tensor, &error)) return not_read;
    const int64_t n = shape_size(&tensor.shape);
    pay(ev, n / 8);
    double *numbers = n <= LOADED_MAX && tensor.data ? ARENA_ARRAY(ev->arena, n, double) : NULL;
    for (int64_t i = 0; numbers && i < n; i++) numbers[i] = (double)tensor.data[i];
    return value_array(ev, tensor.shape, tensor.dtype, numbers);
}

static const Native numpy_natives[] = {
    {.name = "load", .params = "file *rest **more", .call = load_call},
    {0}};

static const ModuleConstant numpy_constants[] = {
    {"newaxis", VALUE_IS_NONE}, {"pi", VALUE_IS_FLOAT(3.141592653589793)}, {"e", VALUE_IS_FLOAT(2.718281828459045)},
    {"inf", VALUE_IS_FLOAT(HUGE_VAL)}, {"nan", VALUE_IS_FLOAT(NAN)}, {0}};

static bool numpy_find(Evaluator *ev, const char *name, Value *out)
{
    const Native *function = array_function(name);
    (void)ev;
    if (function) *out = value_native(function);
    return function || dtype_class(name, out);
}

static const ModuleClass numpy_classes[] = {{"ndarray", &CLASS_NDARRAY}, {0}};
static const ModuleTable numpy_table = {.path = "numpy", .natives = numpy_natives, .constants = numpy_constants, .classes = numpy_classes,
                                        .submodules = " random linalg ", .find = numpy_find, .open = true};

static const ModuleTable random_table = {.path = "numpy.random", .natives = RANDOM_FUNCTIONS, .open = true};
static const ModuleTable linalg_table = {.path = "numpy.linalg", .open = true};

const ModuleTable *const NUMPY_MODULES[] = {&numpy_table, &random_table, &linalg_table, NULL};
