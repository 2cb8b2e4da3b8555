#include "app/snapshot.h"

#include <string.h>

#include "keras/json.h"

static const size_t ARENA_BYTES_MAX = (size_t)3 << 30;

static const char *copy_or_null(Arena *arena, const char *string)
{
    return string ? arena_copy(arena, string, strlen(string)) : NULL;
}

static void understand_code(Snapshot *snapshot, const ReadOptions *how)
{
    Arena *arena = &snapshot->arena;
    snapshot->how = (ReadOptions){.model = copy_or_null(arena, how->model), .folder = copy_or_null(arena, how->folder)};
    keras_read(&snapshot->reading, arena, snapshot->text, snapshot->length, &snapshot->how);
}

static void understand_json(Snapshot *snapshot)
{
    Arena *arena = &snapshot->arena;
    Reading *reading = &snapshot->reading;
    *reading = (Reading){.text = snapshot->text, .length = snapshot->length, .shown = -1, .seed = RUN_SEED, .seed_span = SPAN_NONE,
                         .print_shape = SPAN_NONE, .model_end = SPAN_NONE, .error.arena = arena};
    builder_make(&reading->builder, arena);
    json_read_model(&reading->builder, snapshot->text, snapshot->length, &reading->model, &reading->error);
}

/* how NULL: the text is JSON. */
static void understand(Snapshot *snapshot, const char *text, const ReadOptions *how)
{
    Arena *arena = &snapshot->arena;
    snapshot->text = arena_copy(arena, text, snapshot->length);
    if (how) understand_code(snapshot, how);
    else understand_json(snapshot);
    const Reading *reading = &snapshot->reading;
    const Error *error = reading->error.set ? &reading->error : NULL;
    snapshot->plan.error = error;
    if (reading->model) plan_make(&snapshot->plan, arena, reading->model, NULL, 0, PATTERN_LENGTH, error);
}

void snapshot_open(Snapshot *snapshot, const char *text, size_t length, const ReadOptions *how)
{
    *snapshot = (Snapshot){.length = length};
    arena_open(&snapshot->arena, ARENA_BYTES_MAX);
    ArenaTry attempt;
    arena_try_begin(&snapshot->arena, &attempt);
    if (setjmp(attempt.here) == 0) understand(snapshot, text, how);
    else snapshot->failed = true;
    arena_try_end(&snapshot->arena, &attempt);
}

void snapshot_close(Snapshot *snapshot)
{
    arena_close(&snapshot->arena);
    *snapshot = (Snapshot){0};
}

void snapshot_open_json(Snapshot *snapshot, const char *text, size_t length)
{
    snapshot_open(snapshot, text, length, NULL);
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
