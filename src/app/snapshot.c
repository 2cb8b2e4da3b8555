#include "app/snapshot.h"

#include <string.h>

#include "app/weight_files.h"
#include "keras/archive.h"
#include "keras/json.h"
#include "keras/weights.h"

static const size_t ARENA_BYTES_MAX = (size_t)3 << 30;

static const char *copy_or_null(Arena *arena, const char *string)
{
    return string ? arena_copy(arena, string, strlen(string)) : NULL;
}

static void understand_code(Snapshot *snapshot, const Snapshot *before, const ReadOptions *how)
{
    Arena *arena = &snapshot->arena;
    snapshot->how = (ReadOptions){.model = copy_or_null(arena, how->model), .folder = copy_or_null(arena, how->folder)};
    keras_read(&snapshot->reading, arena, snapshot->text, snapshot->length, &snapshot->how);
    weight_files_load(&snapshot->reading, arena, snapshot->how.folder, before ? &before->files : NULL, &snapshot->files);
}

static void reading_begin(Snapshot *snapshot)
{
    Reading *reading = &snapshot->reading;
    *reading = (Reading){.text = snapshot->text, .length = snapshot->length, .shown = -1, .seed = RUN_SEED, .seed_span = SPAN_NONE,
                         .print_shape = SPAN_NONE, .model_end = SPAN_NONE, .error.arena = &snapshot->arena};
    builder_make(&reading->builder, &snapshot->arena);
}

static bool understand_json(Snapshot *snapshot)
{
    Reading *reading = &snapshot->reading;
    reading_begin(snapshot);
    return json_read_model(&reading->builder, snapshot->text, snapshot->length, &reading->model, &reading->error);
}

static void understand_archive(Snapshot *snapshot, const char *bytes)
{
    Archive archive;
    Error err = {.arena = &snapshot->arena};
    Reading *reading = &snapshot->reading;
    const bool opened = archive_read_model(&snapshot->arena, bytes, snapshot->length, &archive, &err);
    snapshot->text = opened ? archive.config : "";
    snapshot->length = opened ? archive.config_length : 0;
    if (opened && understand_json(snapshot)) weights_give(&snapshot->arena, reading->model, &archive, &reading->error);
    if (opened) return;
    reading_begin(snapshot);
    reading->error = err;
}

typedef enum Form { CODE, JSON, ARCHIVE } Form;

static void understand(Snapshot *snapshot, Form form, const char *text, const Snapshot *before, const ReadOptions *how)
{
    Arena *arena = &snapshot->arena;
    if (form != ARCHIVE) snapshot->text = arena_copy(arena, text, snapshot->length);
    switch (form) {
    case CODE: understand_code(snapshot, before, how); break;
    case JSON: understand_json(snapshot); break;
    case ARCHIVE: understand_archive(snapshot, text); break;
    }
    const Reading *reading = &snapshot->reading;
    const Error *error = reading->error.set ? &reading->error : NULL;
    snapshot->plan.error = error;
    if (reading->model) plan_make(&snapshot->plan, arena, reading->model, NULL, 0, PATTERN_LENGTH, error);
}

static void open_form(Snapshot *snapshot, Form form, const char *text, size_t length, const Snapshot *before, const ReadOptions *how)
{
    *snapshot = (Snapshot){.length = length};
    arena_open(&snapshot->arena, ARENA_BYTES_MAX);
    ArenaTry attempt;
    arena_try_begin(&snapshot->arena, &attempt);
    if (setjmp(attempt.here) == 0) understand(snapshot, form, text, before, how);
    else snapshot->failed = true;
    arena_try_end(&snapshot->arena, &attempt);
}

void snapshot_open(Snapshot *snapshot, const char *text, size_t length, const ReadOptions *how)
{
    snapshot_open_after(snapshot, NULL, text, length, how);
}

void snapshot_open_after(Snapshot *snapshot, const Snapshot *before, const char *text, size_t length, const ReadOptions *how)
{
    open_form(snapshot, CODE, text, length, before, how);
}

void snapshot_close(Snapshot *snapshot)
{
    weight_files_release(&snapshot->files);
    arena_close(&snapshot->arena);
    *snapshot = (Snapshot){0};
}

void snapshot_open_json(Snapshot *snapshot, const char *text, size_t length)
{
    open_form(snapshot, JSON, text, length, NULL, NULL);
}

void snapshot_open_archive(Snapshot *snapshot, const char *bytes, size_t length)
{
    open_form(snapshot, ARCHIVE, bytes, length, NULL, NULL);
}

bool snapshot_good(const Snapshot *snapshot)
{
    return !snapshot->failed && snapshot->plan.model && !snapshot->reading.error.set;
}

/* ---- numbers ---- */

static bool dims_fit(const int64_t *wanted, const int64_t *given, int n)
{
    for (int i = 0; i < n; i++)
        if (given[i] < 1 || (wanted[i] != DIM_NONE && wanted[i] != given[i])) return false;
    return true;
}

bool snapshot_takes(const Snapshot *snapshot, int i, const Shape *given, bool *unbatched)
{
    const Shape *wanted = &snapshot->plan.model->inputs[i]->spec.shape;
    *unbatched = given->rank == wanted->rank - 1;
    if (*unbatched) return dims_fit(wanted->dim + 1, given->dim, given->rank);
    return given->rank == wanted->rank && dims_fit(wanted->dim, given->dim, given->rank);
}

/* The text's own arrays, when it has one with numbers for every input. */
static Tensor *inputs_of_text(Snapshot *snapshot, int n)
{
    const Reading *reading = &snapshot->reading;
    if (reading->n_input_arrays != n) return NULL;
    Tensor *inputs = ARENA_ARRAY(&snapshot->arena, n, Tensor);
    for (int i = 0; i < n; i++) {
        bool unbatched;
        if (reading->input_arrays[i] < 0) return NULL;
        inputs[i] = reading->arrays[reading->input_arrays[i]].tensor;
        if (!inputs[i].data || !snapshot_takes(snapshot, i, &inputs[i].shape, &unbatched)) return NULL;
        if (unbatched) inputs[i].shape = shape_with(&inputs[i].shape, 0, 1);
    }
    return inputs;
}

static Tensor *inputs_given(Snapshot *snapshot, const Tensor *given, int n)
{
    Tensor *inputs = ARENA_ARRAY(&snapshot->arena, n, Tensor);
    if (n) memcpy(inputs, given, (size_t)n * sizeof *inputs);
    return inputs;
}

static void plan_for(Snapshot *snapshot, const Tensor *inputs, int n)
{
    Shape *shapes = ARENA_ARRAY(&snapshot->arena, n, Shape);
    for (int i = 0; i < n; i++) shapes[i] = inputs[i].shape;
    plan_make(&snapshot->plan, &snapshot->arena, snapshot->reading.model, shapes, n, PATTERN_LENGTH, snapshot->plan.error);
}

static void compute(Snapshot *snapshot, const Tensor *given, int n_given, int64_t seed)
{
    const int n = snapshot->plan.model->n_inputs;
    snapshot->inputs = n_given ? inputs_given(snapshot, given, n_given) : inputs_of_text(snapshot, n);
    snapshot->source = n_given ? SOURCE_GIVEN : snapshot->inputs ? SOURCE_TEXT : SOURCE_PATTERN;
    if (snapshot->inputs) plan_for(snapshot, snapshot->inputs, n);
    if (!snapshot->plan.n_steps) {
        snapshot->inputs = NULL;
        return;
    }
    plan_open(&snapshot->plan, &snapshot->arena);
    if (!snapshot->inputs) {
        snapshot->inputs = ARENA_ARRAY(&snapshot->arena, n, Tensor);
        for (int i = 0; i < n; i++) snapshot->inputs[i] = run_pattern(&snapshot->arena, &snapshot->plan, i);
    }
    run_forward(&snapshot->run, &snapshot->arena, &snapshot->plan, snapshot->inputs, seed);
}

void snapshot_run(Snapshot *snapshot, const Tensor *given, int n, int64_t seed)
{
    if (snapshot->failed || !snapshot->plan.model) return;
    ArenaTry attempt;
    arena_try_begin(&snapshot->arena, &attempt);
    if (setjmp(attempt.here) == 0) compute(snapshot, given, n, seed);
    else snapshot->failed = true;
    arena_try_end(&snapshot->arena, &attempt);
}

char *snapshot_switched(const Snapshot *snapshot, bool on, Arena *arena, size_t *length, const char **why)
{
    Edits edits = {.arena = arena};
    *why = NULL;
    if (snapshot->failed || !edit_flatten(&snapshot->reading, on, &edits, why)) return NULL;
    return edits_apply(&edits, snapshot->text, snapshot->length, length);
}
