/* predict: the forward pass in numbers. */
#include <errno.h>
#include <string.h>

#include "app/cli.h"
#include "app/feed.h"
#include "app/files.h"
#include "keras/npy.h"

static void say_source(CommandLine *line, const Snapshot *snapshot)
{
    const Reading *reading = &snapshot->reading;
    if (snapshot->source == SOURCE_PATTERN) {
        complain(line, "input.pattern", shape_text(line->arena, &snapshot->inputs[0].shape), NULL);
        return;
    }
    if (snapshot->source != SOURCE_TEXT) return;
    int row, column;
    const ReadArray *array = &reading->arrays[reading->input_arrays[0]];
    text_place(snapshot->text, snapshot->length, array->span.start, &row, &column);
    complain(line, "input.of_text", array->variable, arena_print(line->arena, "%d", row), NULL);
}

/* Tensors of the model's outputs, or of every call of one layer. */
static int tensors_asked(const CommandLine *line, const Snapshot *snapshot, int *tensors, int cap)
{
    const Plan *plan = &snapshot->plan;
    int n = 0;
    if (!line->options.layer) {
        for (int i = 0; i < plan->n_outputs && n < cap; i++) tensors[n++] = plan->outputs[i];
        return n;
    }
    const int row = plan_find(plan, line->options.layer);
    for (int s = 0; row >= 0 && s < plan->n_steps; s++)
        for (int o = 0; plan->steps[s].row == row && o < plan->steps[s].node->n_out && n < cap; o++) tensors[n++] = plan->steps[s].first + o;
    return n;
}

static bool all_computed(const Snapshot *snapshot, const int *tensors, int n)
{
    for (int i = 0; i < n; i++)
        if (!snapshot->run.tensors || !snapshot->run.tensors[tensors[i]].data) return false;
    return n > 0;
}

static ExitCode npy_put(CommandLine *line, const Snapshot *snapshot, const int *tensors, int n)
{
    const char *path = line->options.output;
    for (int i = 0; i < n; i++) {
        Text bytes = {.arena = line->arena};
        npy_write(&bytes, &snapshot->run.tensors[tensors[i]]);
        if (n > 1) path = arena_print(line->arena, "%.*s_%d.npy", (int)(strlen(line->options.output) - strlen(".npy")), line->options.output, i);
        if (file_write(line->arena, path, bytes.bytes, bytes.length)) continue;
        complain(line, "file.unwritable", path, strerror(errno), NULL);
        return EXIT_UNREADABLE;
    }
    return EXIT_DONE;
}

static ExitCode json_put(CommandLine *line, const Snapshot *snapshot, const int *tensors, int n)
{
    Text text = {.arena = line->arena};
    if (n > 1) text_put_char(&text, '[');
    for (int i = 0; i < n; i++) {
        if (i) text_put(&text, ", ");
        feed_print(&text, &snapshot->run.tensors[tensors[i]]);
    }
    text_put(&text, n > 1 ? "]\n" : "\n");
    return cli_put(line, &text);
}

static ExitCode answer(CommandLine *line, const Document *document, const Snapshot *snapshot)
{
    enum { TENSORS_MAX = 256 };
    int tensors[TENSORS_MAX];
    const char *layer = line->options.layer;
    if (layer && snapshot_good(snapshot) && plan_find(&snapshot->plan, layer) < 0) {
        complain(line, "layer.unknown", layer, NULL);
        return EXIT_USAGE;
    }
    const int n = tensors_asked(line, snapshot, tensors, TENSORS_MAX);
    if (!all_computed(snapshot, tensors, n)) {
        if (!snapshot_good(snapshot)) cli_report(line, document, snapshot);
        else complain(line, "numbers.none", strings_say(&line->strings, snapshot->run.why_not ? snapshot->run.why_not : "numbers.unknown"), NULL);
        return EXIT_REFUSED;
    }
    say_source(line, snapshot);
    const bool npy = line->options.output && file_ends_with(line->options.output, ".npy");
    const ExitCode code = npy ? npy_put(line, snapshot, tensors, n) : json_put(line, snapshot, tensors, n);
    return code == EXIT_DONE && !snapshot_good(snapshot) ? EXIT_REFUSED : code;
}

ExitCode cli_predict(CommandLine *line)
{
    Document document;
    Snapshot snapshot;
    ExitCode code;
    if (!cli_open(line, &document, &snapshot, &code)) return code;
    if (cli_loaded(line, &document, &snapshot, &code) && cli_feed(line, &snapshot, &code)) code = answer(line, &document, &snapshot);
    snapshot_close(&snapshot);
    return code;
}
