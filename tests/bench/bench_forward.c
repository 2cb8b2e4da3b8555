/* A model run again and again on one core; with a FOLDER also written there, for others to run: model.json (Keras' config),
 * numbers.json (where input, weights and outputs are) and numbers.bin (float32). Prints JSON.
 * Usage: bench_forward [MODEL.py [FOLDER]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/files.h"
#include "engine/session.h"
#include "keras/reading.h"
#include "keras/write.h"

enum { CALLS_LEAST = 3, CALLS_MOST = 100000 };
static const double WARM_SECONDS = 0.1, SECONDS = 0.4;

typedef struct Bench {
    Arena   arena;
    Reading reading;
    Plan    plan;
    Session session;
    Tensor *inputs;
} Bench;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool bench_open(Bench *bench, const char *path)
{
    size_t length;
    const ReadOptions plain = {0};
    arena_open(&bench->arena, 0);
    const char *text = file_read(&bench->arena, path, &length);
    if (!text) return false;
    keras_read(&bench->reading, &bench->arena, text, length, &plain);
    if (!bench->reading.model) return false;
    plan_make(&bench->plan, &bench->arena, bench->reading.model, NULL, 0, 3, NULL);
    bench->inputs = ARENA_ARRAY(&bench->arena, bench->plan.n_inputs, Tensor);
    for (int i = 0; i < bench->plan.n_inputs; i++) bench->inputs[i] = run_pattern(&bench->arena, &bench->plan, i);
    return session_open(&bench->session, &bench->arena, &bench->plan, RUN_SEED) && session_run(&bench->session, bench->inputs);
}

/* ---- timing ---- */

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void warm_up(Bench *bench)
{
    const double start = now();
    do session_run(&bench->session, bench->inputs);
    while (now() - start < WARM_SECONDS);
}

static double median_seconds(Bench *bench)
{
    static double times[CALLS_MOST];
    int n = 0;
    warm_up(bench);
    const double start = now();
    for (double from = start; n < CALLS_MOST && (n < CALLS_LEAST || from - start < SECONDS); n++) {
        session_run(&bench->session, bench->inputs);
        const double to = now();
        times[n] = to - from;
        from = to;
    }
    qsort(times, (size_t)n, sizeof *times, by_value);
    return times[n / 2];
}

/* ---- writing ---- */

typedef struct Numbers {
    FILE   *file;
    Text    index;
    int64_t written;
} Numbers;

static void put(Numbers *numbers, const char *layer, const char *name, const Tensor *tensor)
{
    const int64_t size = shape_size(&tensor->shape);
    text_print(&numbers->index, "%s\n  {\"layer\": \"%s\", \"name\": \"%s\", \"at\": %lld, \"shape\": [", numbers->written ? "," : "", layer, name, (long long)numbers->written);
    for (int i = 0; i < tensor->shape.rank; i++) text_print(&numbers->index, i ? ", %lld" : "%lld", (long long)tensor->shape.dim[i]);
    text_put(&numbers->index, "]}");
    numbers->written += (int64_t)fwrite(tensor->data, sizeof(float), (size_t)size, numbers->file);
}

static void put_weights(Numbers *numbers, const Bench *bench)
{
    for (int i = 0; i < bench->plan.n_layers; i++) {
        const Layer *layer = bench->plan.layers[i].layer;
        for (int w = 0; w < layer->n_weights; w++)
            put(numbers, layer->name, layer->weights[w].name, &bench->session.run.table.weights[layer->id][w]);
    }
}

static bool write_numbers(Bench *bench, const char *folder)
{
    Arena *arena = &bench->arena;
    const Plan *plan = &bench->plan;
    Numbers numbers = {.file = fopen(path_join(arena, folder, "numbers.bin"), "wb"), .index.arena = arena};
    if (!numbers.file) return false;
    text_put(&numbers.index, "[");
    for (int i = 0; i < plan->n_inputs; i++) put(&numbers, "", "input", &bench->inputs[i]);
    for (int i = 0; i < plan->n_outputs; i++) put(&numbers, "", "output", &bench->session.run.tensors[plan->outputs[i]]);
    put_weights(&numbers, bench);
    text_put(&numbers.index, "\n]\n");
    const bool good = !ferror(numbers.file);
    return fclose(numbers.file) == 0 && good && file_write(arena, path_join(arena, folder, "numbers.json"), numbers.index.bytes, numbers.index.length);
}

static bool write_all(Bench *bench, const char *folder)
{
    Text config = {.arena = &bench->arena};
    write_json(&config, bench->plan.model);
    return file_write(&bench->arena, path_join(&bench->arena, folder, "model.json"), config.bytes, config.length) && write_numbers(bench, folder);
}

/* ---- the answer ---- */

static bool bench_model(const char *path, const char *folder)
{
    Bench bench;
    const bool good = bench_open(&bench, path) && (!folder || write_all(&bench, folder));
    if (good) printf("{\"model\": \"%s\", \"microseconds\": %.2f}\n", file_name(path), median_seconds(&bench) * 1e6);
    else fprintf(stderr, "bench_forward: %s cannot be run\n", path);
    fflush(stdout);
    session_close(&bench.session);
    arena_close(&bench.arena);
    return good;
}

int main(int argc, char **argv)
{
    static const char *const models[] = {"assets/models/flatten_question.py", "tests/bench/models/lenet.py", "tests/bench/models/mlp.py",
                                         "tests/bench/models/mobilenet_v2.py", "tests/bench/models/vgg16.py"};
    if (argc > 1) return !bench_model(argv[1], argc > 2 ? argv[2] : NULL);
    int failures = 0;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char path[512];
        snprintf(path, sizeof path, SOURCE_DIR "/%s", models[i]);
        failures += !bench_model(path, NULL);
    }
    return failures != 0;
}
