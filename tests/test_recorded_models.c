/* Every recorded model (data/models/<name>/, from Keras itself), opened in every form it has: shapes and counts, the numbers of
 * the model and of each layer. Its code also prints the summaries that Keras printed. */
#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/snapshot.h"
#include "data_files.h"
#include "keras/json.h"
#include "keras/npy.h"
#include "keras/summary.h"

enum { TENSORS_MAX = 8, MODELS_LEAST = 120 };

/* One recorded model and what is wrong with it. */
typedef struct Recorded {
    Arena       arena;
    const char *name;
    Snapshot    snapshot;
    Text        problems;
} Recorded;

typedef void Check(Recorded *, const char *file);

static char *read_file(Recorded *recorded, const char *file, size_t *length)
{
    return data_read(&recorded->arena, arena_print(&recorded->arena, "models/%s/%s", recorded->name, file), length);
}

static bool problem(Recorded *, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool problem(Recorded *recorded, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_print(&recorded->problems, "%s: %s\n", recorded->name, arena_vprint(&recorded->arena, format, list));
    va_end(list);
    return false;
}

/* False where the model has no such file, or one that does not open. */
static bool open_form(Recorded *recorded, const char *file)
{
    size_t length;
    const char *bytes = read_file(recorded, file, &length), *end = strrchr(file, '.');
    if (!bytes) return false;
    if (strcmp(end, ".py") == 0) snapshot_open(&recorded->snapshot, bytes, length, &(ReadOptions){0});
    else if (strcmp(end, ".json") == 0) snapshot_open_json(&recorded->snapshot, bytes, length);
    else snapshot_open_archive(&recorded->snapshot, bytes, length);
    if (snapshot_good(&recorded->snapshot)) return true;
    problem(recorded, "%s: %s", file, recorded->snapshot.reading.error.set ? recorded->snapshot.reading.error.message : "no model");
    snapshot_close(&recorded->snapshot);
    return false;
}

/* How many models have the file and were checked. */
static int for_every_model(const char *file, Check *check)
{
    Arena arena;
    arena_open(&arena, 0);
    const char **names;
    const int n = data_list(&arena, "models", &names);
    int checked = 0, bad = 0;
    for (int i = 0; i < n; i++) {
        Recorded recorded = {.name = names[i]};
        arena_open(&recorded.arena, 0);
        recorded.problems.arena = &recorded.arena;
        if (open_form(&recorded, file)) {
            check(&recorded, file);
            snapshot_close(&recorded.snapshot);
            checked++;
        }
        bad += recorded.problems.length > 0;
        if (recorded.problems.length) print_error("%s", text_string(&recorded.problems));
        arena_close(&recorded.arena);
    }
    arena_close(&arena);
    if (bad) fail_msg("%s of %d models differs from Keras", file, bad);
    return checked;
}

/* ---- shapes and counts ---- */

/* Read and printed anew, so that only the values count. */
static const char *normal_form(Recorded *recorded, const char *json, size_t length)
{
    Error err = {.arena = &recorded->arena};
    Value value;
    if (!json_read(&recorded->arena, json, length, &value, &err)) fail_msg("%s: %s", recorded->name, err.message);
    return value_repr_text(&recorded->arena, &value);
}

static void check_shapes(Recorded *recorded, const char *file)
{
    size_t length;
    const char *wanted = read_file(recorded, "shapes.json", &length);
    Text text = {.arena = &recorded->arena};
    if (!wanted) return;
    shapes_print(&text, &recorded->snapshot.plan, NULL);
    const char *ours = normal_form(recorded, text.bytes, text.length), *theirs = normal_form(recorded, wanted, length);
    if (strcmp(ours, theirs) != 0) problem(recorded, "%s:\n%s\nKeras:\n%s", file, ours, theirs);
}

static void code_has_the_shapes(void **state)
{
    (void)state;
    assert_true(for_every_model("model.py", check_shapes) >= MODELS_LEAST);
}

static void json_has_the_shapes(void **state)
{
    (void)state;
    assert_true(for_every_model("model.json", check_shapes) > 100);
}

static void archives_have_the_shapes(void **state)
{
    (void)state;
    assert_true(for_every_model("model.keras", check_shapes) > 100);
    assert_true(for_every_model("model.h5", check_shapes) > 20);
}

/* ---- summaries ---- */

typedef struct Style {
    const char    *file;
    SummaryOptions options;
} Style;

static const Style STYLES[] = {
    {"rich.txt", {.columns = 80}},
    {"rich-wide.txt", {.columns = 120}},
    {"rich-120.txt", {.columns = 120, .line_length = 120}},
    {"rich-nested.txt", {.columns = 80, .expand_nested = true}},
    {"rich-trainable.txt", {.columns = 80, .show_trainable = true}},
    {"plain.txt", {.columns = 80, .plain = true}},
};

static void check_summaries(Recorded *recorded, const char *file)
{
    (void)file;
    for (size_t i = 0; i < sizeof STYLES / sizeof *STYLES; i++) {
        size_t length;
        const char *wanted = read_file(recorded, STYLES[i].file, &length);
        Text text = {.arena = &recorded->arena};
        if (!wanted) continue;
        summary_print(&text, &recorded->snapshot.plan, &STYLES[i].options);
        if (strcmp(text_string(&text), wanted) != 0) problem(recorded, "%s\n%s\nKeras:\n%s", STYLES[i].file, text_string(&text), wanted);
    }
}

static void code_has_the_summaries(void **state)
{
    (void)state;
    assert_true(for_every_model("model.py", check_summaries) >= MODELS_LEAST);
}

/* ---- numbers ---- */

static int read_arrays(Recorded *recorded, const char *stem, Tensor *arrays)
{
    int n = 0;
    for (size_t length; n < TENSORS_MAX; n++) {
        const char *bytes = read_file(recorded, arena_print(&recorded->arena, "%s_%d.npy", stem, n), &length);
        if (!bytes && n == 0) bytes = read_file(recorded, arena_print(&recorded->arena, "%s.npy", stem), &length);
        if (!bytes) break;
        assert_true(npy_read(&recorded->arena, bytes, length, 1 << 24, &arrays[n], NULL));
    }
    return n;
}

static bool run_recorded(Recorded *recorded, const char *file)
{
    Tensor inputs[TENSORS_MAX];
    const int n = read_arrays(recorded, "input", inputs);
    if (n == 0) return problem(recorded, "no input");
    snapshot_run(&recorded->snapshot, inputs, n, RUN_SEED);
    return recorded->snapshot.run.complete || problem(recorded, "%s: no numbers", file);
}

/* Small numbers of a layer are told within the precision of its largest: `scale`. */
static bool check_number(Recorded *recorded, const char *what, int64_t i, float got, double wanted, double scale)
{
    const double difference = fabs((double)got - wanted);
    if (difference <= 1e-6 + 1e-5 * fmax(scale, fabs(wanted)) || (isnan(got) && isnan(wanted))) return true;
    return problem(recorded, "%s[%lld] is %.9g, Keras %.9g", what, (long long)i, (double)got, wanted);
}

static void check_output(Recorded *recorded, const char *what, const Tensor *got, const Tensor *wanted)
{
    if (!shape_equal(&got->shape, &wanted->shape)) {
        problem(recorded, "%s has the shape %s", what, shape_text(&recorded->arena, &got->shape));
        return;
    }
    for (int64_t i = 0; i < shape_size(&wanted->shape); i++)
        if (!check_number(recorded, what, i, got->data[i], (double)wanted->data[i], 0)) return;
}

static void check_predictions(Recorded *recorded, const char *file)
{
    Tensor wanted[TENSORS_MAX];
    const int n = read_arrays(recorded, "output", wanted);
    const Snapshot *snapshot = &recorded->snapshot;
    if (!run_recorded(recorded, file)) return;
    if (snapshot->plan.n_outputs != n) problem(recorded, "%d outputs, Keras %d", snapshot->plan.n_outputs, n);
    for (int i = 0; i < n && i < snapshot->plan.n_outputs; i++)
        check_output(recorded, arena_print(&recorded->arena, "output %d", i), &snapshot->run.tensors[snapshot->plan.outputs[i]], &wanted[i]);
}

static void archives_predict(void **state)
{
    (void)state;
    assert_true(for_every_model("model.keras", check_predictions) > 100);
    assert_true(for_every_model("model.h5", check_predictions) > 20);
}

/* ---- the numbers of each layer ---- */

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* Tensors of every call of a layer, in order. */
static int tensors_of(const Snapshot *snapshot, const char *layer, const Tensor **tensors)
{
    const Plan *plan = &snapshot->plan;
    const int row = plan_find(plan, layer);
    int n = 0;
    for (int s = 0; row >= 0 && s < plan->n_steps; s++)
        for (int o = 0; plan->steps[s].row == row && o < plan->steps[s].node->n_out && n < TENSORS_MAX; o++)
            tensors[n++] = &snapshot->run.tensors[plan->steps[s].first + o];
    return n;
}

static double largest(const cJSON *numbers)
{
    double most = 0;
    const cJSON *number;
    cJSON_ArrayForEach(number, numbers) most = fmax(most, fabs(number->valuedouble));
    return most;
}

static void check_layer_output(Recorded *recorded, const char *layer, const Tensor *got, const cJSON *wanted)
{
    const cJSON *data = get(wanted, "data"), *number;
    const double scale = largest(data);
    if (shape_size(&got->shape) != cJSON_GetArraySize(data)) {
        problem(recorded, "%s has the shape %s", layer, shape_text(&recorded->arena, &got->shape));
        return;
    }
    int64_t i = 0;
    cJSON_ArrayForEach(number, data) {
        if (!check_number(recorded, layer, i, got->data[i], number->valuedouble, scale)) return;
        i++;
    }
}

static void check_layer(Recorded *recorded, const cJSON *wanted)
{
    const Tensor *got[TENSORS_MAX];
    const int n = tensors_of(&recorded->snapshot, wanted->string, got), n_wanted = cJSON_IsArray(wanted) ? cJSON_GetArraySize(wanted) : 1;
    if (n != n_wanted) problem(recorded, "%s has %d outputs, Keras %d", wanted->string, n, n_wanted);
    for (int i = 0; i < n && i < n_wanted; i++)
        check_layer_output(recorded, wanted->string, got[i], cJSON_IsArray(wanted) ? cJSON_GetArrayItem(wanted, i) : wanted);
}

static void check_layers(Recorded *recorded, const char *file)
{
    size_t length;
    const char *text = read_file(recorded, "outputs.json", &length);
    if (!text || !run_recorded(recorded, file)) return;
    cJSON *layers = cJSON_ParseWithLength(text, length);
    const cJSON *layer;
    assert_non_null(layers);
    cJSON_ArrayForEach(layer, layers) check_layer(recorded, layer);
    cJSON_Delete(layers);
}

static void layers_of_archives_compute(void **state)
{
    (void)state;
    assert_true(for_every_model("model.keras", check_layers) > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_has_the_shapes),
        cmocka_unit_test(code_has_the_summaries),
        cmocka_unit_test(json_has_the_shapes),
        cmocka_unit_test(archives_have_the_shapes),
        cmocka_unit_test(archives_predict),
        cmocka_unit_test(layers_of_archives_compute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
