#include "app/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/feed.h"
#include "app/files.h"

static const char *const SUMMARY_OPTIONS[] = {"--style", "--line-length", "--expand-nested", "--show-trainable", NULL};
static const char *const PREDICT_OPTIONS[] = {"--input", "--layer", "--seed", "-o", NULL};
static const char *const RENDER_OPTIONS[] = {"-o", "--size", "--scale", "--dpi", "--theme", "--lang", "--focus", "--panels", NULL};
static const char *const CODE_OPTIONS[] = {"--to", "-o", NULL};
static const char *const CONVERT_OPTIONS[] = {"-o", NULL};
static const char *const NO_OPTIONS[] = {NULL};

static const Subcommand SUBCOMMANDS[] = {
    {.name = "summary", .help = "help.summary", .options = SUMMARY_OPTIONS, .run = cli_summary},
    {.name = "shapes", .help = "help.shapes", .options = NO_OPTIONS, .run = cli_shapes},
    {.name = "predict", .help = "help.predict", .options = PREDICT_OPTIONS, .run = cli_predict},
    {.name = "render", .help = "help.render", .options = RENDER_OPTIONS, .needs_output = true, .draws = true, .run = cli_render},
    {.name = "code", .help = "help.code", .options = CODE_OPTIONS, .run = cli_code},
    {.name = "convert", .help = "help.convert", .options = CONVERT_OPTIONS, .needs_output = true, .run = cli_convert},
};
enum { N_SUBCOMMANDS = sizeof SUBCOMMANDS / sizeof *SUBCOMMANDS };

const Subcommand *subcommand_find(const char *name)
{
    for (int i = 0; i < N_SUBCOMMANDS; i++)
        if (strcmp(SUBCOMMANDS[i].name, name) == 0) return &SUBCOMMANDS[i];
    return NULL;
}

bool cli_wants(int argc, char **argv)
{
    return argc > 0 && (subcommand_find(argv[0]) || (argv[0][0] == '-' && argv[0][1]));
}

static ExitCode print(const Text *text)
{
    const char *string = text_string(text);
    return fwrite(string, 1, text->length, stdout) == text->length && fflush(stdout) == 0 ? EXIT_DONE : EXIT_UNREADABLE;
}

static ExitCode print_help(const CommandLine *line)
{
    Text text = {.arena = line->arena};
    text_print(&text, "%s\n\n", strings_say(&line->strings, "help.program"));
    text_print(&text, "shapeflow [FILE]\n  %s\n", strings_say(&line->strings, "help.window"));
    for (int i = 0; i < N_SUBCOMMANDS; i++) {
        const Subcommand *each = &SUBCOMMANDS[i];
        text_print(&text, "shapeflow %s FILE%s\n  %s\n", each->name, each->needs_output ? " -o OUT" : "", strings_say(&line->strings, each->help));
    }
    text_print(&text, "\n%s\n", strings_say(&line->strings, "help.closing"));
    return print(&text);
}

static ExitCode print_subcommand_help(const CommandLine *line)
{
    Text text = {.arena = line->arena};
    options_help(&text, &line->strings, line->subcommand);
    return print(&text);
}

ExitCode cli_run(CommandLine *line, int argc, char **argv)
{
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) return print_help(line);
    if (strcmp(argv[0], "--version") == 0) return puts("shapeflow " PROGRAM_VERSION) < 0 ? EXIT_UNREADABLE : EXIT_DONE;
    line->subcommand = subcommand_find(argv[0]);
    if (!line->subcommand) {
        complain(line, "usage.unknown", argv[0], NULL);
        return EXIT_USAGE;
    }
    if (!options_read(line, argc - 1, argv + 1)) return EXIT_USAGE;
    if (line->options.help) return print_subcommand_help(line);
    return line->subcommand->run(line);
}

/* ---- for the subcommands ---- */

static bool document_take(CommandLine *line, Document *document)
{
    const DocumentFault fault = document_open(document, line->arena, line->options.file);
    if (fault == DOCUMENT_MISSING) complain(line, "file.unreadable", line->options.file, strerror(errno), NULL);
    if (fault == DOCUMENT_UNKNOWN_FORM) complain(line, "file.unknown_form", line->options.file, NULL);
    return fault == DOCUMENT_GOOD;
}

/* The words of a file that could not be read as a model at all; a model that Keras refuses is another matter. */
static bool is_unreadable(const Error *error)
{
    if (!error->set || !error->cause) return false;
    return strncmp(error->cause, "json.", 5) == 0 || strncmp(error->cause, "archive.", 8) == 0;
}

/* Python's words and ours. */
static const char *words_of(const CommandLine *line, const Error *error)
{
    if (!error->cause) return error->message;
    const char *cause = strings_fill_values(&line->strings, line->arena, error->cause, error->value, CAUSE_VALUES);
    return *error->message ? arena_print(line->arena, "%s\n%s", error->message, cause) : cause;
}

static bool code_take(CommandLine *line, Document *document)
{
    Error err = {.arena = line->arena};
    if (document_to_code(document, line->arena, &err)) return true;
    complain(line, "file.unreadable", line->options.file, words_of(line, &err), NULL);
    return false;
}

static const char *sentence_or_empty(const CommandLine *line, const char *id)
{
    return id ? strings_say(&line->strings, id) : "";
}

/* Reads again with the switch where --flatten wants it; the text stays as it is where there is nothing to switch. */
static void switch_flatten(CommandLine *line, Snapshot *snapshot)
{
    const bool on = line->options.flatten == FLATTEN_SWITCH_ON;
    const char *why = NULL;
    const FlattenState state = flatten_state(&snapshot->reading, &why);
    if (state == (on ? FLATTEN_ON : FLATTEN_OFF)) return;
    size_t length;
    char *text = snapshot_switched(snapshot, on, line->arena, &length, &why);
    if (!text) {
        complain(line, "flatten.kept", sentence_or_empty(line, why), NULL);
        return;
    }
    const ReadOptions how = {.model = line->options.model, .folder = arena_copy(line->arena, snapshot->how.folder, strlen(snapshot->how.folder))};
    snapshot_close(snapshot);
    snapshot_open(snapshot, text, length, &how);
}

static void snapshot_take(Snapshot *snapshot, const Document *document, const ReadOptions *how)
{
    switch (document->form) {
    case FORM_CODE: snapshot_open(snapshot, document->text, document->length, how); return;
    case FORM_JSON: snapshot_open_json(snapshot, document->text, document->length); return;
    case FORM_ARCHIVE: snapshot_open_archive(snapshot, document->text, document->length); return;
    }
}

bool cli_open(CommandLine *line, Document *document, Snapshot *snapshot, ExitCode *code)
{
    *code = EXIT_UNREADABLE;
    if (!document_take(line, document)) return false;
    const FlattenChoice flatten = line->options.flatten;
    const bool switched = flatten == FLATTEN_SWITCH_ON || flatten == FLATTEN_SWITCH_OFF;
    if ((switched || line->subcommand->draws) && !code_take(line, document)) return false;
    const ReadOptions how = {.model = line->options.model, .folder = document->folder};
    snapshot_take(snapshot, document, &how);
    if (!snapshot->failed && switched) switch_flatten(line, snapshot);
    if (!snapshot->failed && !is_unreadable(&snapshot->reading.error)) return true;
    if (snapshot->failed) complain(line, "file.too_large", document->name, NULL);
    else complain(line, "file.unreadable", line->options.file, words_of(line, &snapshot->reading.error), NULL);
    snapshot_close(snapshot);
    return false;
}

static bool is_of_file(const Error *fault) { return fault->cause && strncmp(fault->cause, "archive.", 8) == 0; }

bool cli_loaded(CommandLine *line, const Document *document, const Snapshot *snapshot, ExitCode *code)
{
    for (int i = 0; i < snapshot->reading.n_faults; i++) {
        Text report = {.arena = line->arena};
        const Error *fault = &snapshot->reading.faults[i];
        if (!is_of_file(fault)) continue;
        reading_report(&snapshot->reading, fault, &report);
        fprintf(stderr, "%s: %s%s\n", document->name, text_string(&report),
                strings_fill_values(&line->strings, line->arena, fault->cause, fault->value, CAUSE_VALUES));
        *code = EXIT_UNREADABLE;
        return false;
    }
    return true;
}

static bool input_read(CommandLine *line, int i, Tensor *tensor, ExitCode *code)
{
    Error err = {.arena = line->arena};
    const FeedFault fault = feed_read(line->arena, line->options.inputs[i], tensor, &err);
    *code = fault == FEED_UNREADABLE ? EXIT_UNREADABLE : EXIT_USAGE;
    if (fault != FEED_GOOD) complain(line, "input.unreadable", line->options.inputs[i], err.message, NULL);
    return fault == FEED_GOOD;
}

static bool input_fits(CommandLine *line, const Snapshot *snapshot, int i, Tensor *tensor)
{
    bool unbatched;
    const KerasTensor *wanted = snapshot->plan.model->inputs[i];
    if (!snapshot_takes(snapshot, i, &tensor->shape, &unbatched)) {
        complain(line, "input.misfit", wanted->name, shape_text(line->arena, &wanted->spec.shape), shape_text(line->arena, &tensor->shape), NULL);
        return false;
    }
    if (unbatched) tensor->shape = shape_with(&tensor->shape, 0, 1);
    tensor->dtype = wanted->spec.dtype;
    return true;
}

bool cli_feed(CommandLine *line, Snapshot *snapshot, ExitCode *code)
{
    Tensor given[OPTION_INPUTS];
    const int n = line->options.n_inputs;
    const int wanted = snapshot->plan.model ? snapshot->plan.model->n_inputs : 0;
    *code = EXIT_USAGE;
    if (n && n != wanted) {
        complain(line, "input.count", arena_print(line->arena, "%d", wanted), arena_print(line->arena, "%d", n), NULL);
        return false;
    }
    for (int i = 0; i < n; i++)
        if (!input_read(line, i, &given[i], code) || !input_fits(line, snapshot, i, &given[i])) return false;
    snapshot_run(snapshot, given, n, line->options.seeded ? line->options.seed : snapshot->reading.seed);
    return true;
}

ExitCode cli_put(const CommandLine *line, const Text *text)
{
    if (!line->options.output) return print(text);
    if (file_write(line->arena, line->options.output, text_string(text), text->length)) return EXIT_DONE;
    complain(line, "file.unwritable", line->options.output, strerror(errno), NULL);
    return EXIT_UNREADABLE;
}
