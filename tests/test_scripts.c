/* Whole scripts as people write them (data/scripts/NAME.py), against the layers that Keras makes of them (NAME.txt: name, class,
 * parameters, and the shape of the last output where Keras tells it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "engine/plan.h"
#include "keras/reading.h"

static const char *row(Arena *arena, const PlanLayer *layer)
{
    Text text = {.arena = arena};
    text_print(&text, "%s %s %lld", layer->layer->name, layer->layer->class_name, (long long)layer->params.all);
    if (layer->n_out) text_print(&text, " %s", shape_text(arena, &layer->out[layer->n_out - 1].shape));
    return text_string(&text);
}

static void check_rows(Arena *arena, const char *name, const Plan *plan, const char *wanted)
{
    int i = 0;
    for (const char *line = wanted; *line; line += strcspn(line, "\n") + 1, i++) {
        if (i == plan->n_layers) fail_msg("%s: %d rows, Keras has more: %s", name, i, line);
        const char *got = row(arena, &plan->layers[i]);
        const size_t n = strcspn(line, "\n");
        if (strncmp(got, line, n) != 0) fail_msg("%s: %s\nKeras: %.*s", name, got, (int)n, line);
    }
    if (i != plan->n_layers) fail_msg("%s: %d rows, Keras: %d", name, plan->n_layers, i);
}

static void check_script(const char *name)
{
    Arena arena;
    Reading reading;
    Plan plan;
    size_t length, rows_length;
    arena_open(&arena, 0);
    const char *code = data_read(&arena, arena_print(&arena, "scripts/%s.py", name), &length);
    const char *wanted = data_read(&arena, arena_print(&arena, "scripts/%s.txt", name), &rows_length);
    assert_non_null(code);
    assert_non_null(wanted);
    keras_read(&reading, &arena, code, length, NULL);
    if (reading.error.set) fail_msg("%s: %s", name, reading.error.message);
    assert_non_null(reading.model);
    plan_make(&plan, &arena, reading.model, NULL, 0, 3, NULL);
    check_rows(&arena, name, &plan, wanted);
    arena_close(&arena);
}

static void scripts_make_what_keras_makes(void **state)
{
    (void)state;
    static const char *const names[] = {
        "branches_zip", "builder_class", "config_dict", "custom_linear", "decorator_builder", "dense_net", "exceptions_and_conditions",
        "functional_subclass", "gan_pair", "operators_graph", "resnet_blocks", "rnn_options", "seq2seq", "shared_and_lambda",
        "siamese", "subclass_conv_skip", "subclass_lists", "transformer_block", "unet_lists", "vae_parts"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) check_script(names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(scripts_make_what_keras_makes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
