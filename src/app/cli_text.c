/* summary, shapes, code: what is told in text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/cli.h"
#include "app/files.h"
#include "keras/summary.h"
#include "keras/write.h"

enum { FIXES_SHOWN = ERROR_FIXES, COLUMNS_DEFAULT = 80 };

/* ---- refusals ---- */

static const char *cause_of(const CommandLine *line, const Error *error)
{
    return error->cause ? strings_fill_values(&line->strings, line->arena, error->cause, error->value, CAUSE_VALUES) : NULL;
}

static int fix_labels(const CommandLine *line, const Snapshot *snapshot, const char **labels)
{
    TextFix fixes[FIXES_SHOWN];
    const int n = fixes_find(&snapshot->reading, &snapshot->how, line->arena, fixes, FIXES_SHOWN);
    for (int i = 0; i < n; i++) labels[i] = fixes[i].label;
    return n;
}

void cli_report(const CommandLine *line, const Document *document, const Snapshot *snapshot)
{
    const Error *error = &snapshot->reading.error;
    if (!error->set) {
        complain(line, "model.none", document->name, NULL);
        return;
    }
    Text report = {.arena = line->arena};
    const char *labels[FIXES_SHOWN], *cause = cause_of(line, error);
    reading_report(&snapshot->reading, error, &report);
    if (cause) text_print(&report, "%s\n", cause);
    const int n = fix_labels(line, snapshot, labels);
    for (int i = 0; i < n; i++) text_print(&report, "%s\n", strings_fill(&line->strings, line->arena, "report.fix", labels[i], NULL));
    fprintf(stderr, "%s: %s", document->name, text_string(&report));
}

/* ---- summary ---- */

static int columns_of_terminal(void)
{
    const char *told = getenv("COLUMNS");
    const int columns = told ? atoi(told) : 0;
    if (columns > 0) return columns;
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return COLUMNS_DEFAULT;
}

ExitCode cli_summary(CommandLine *line)
{
    Document document;
    Snapshot snapshot;
    ExitCode code;
    const Options *options = &line->options;
    if (!cli_open(line, &document, &snapshot, &code)) return code;
    code = snapshot_good(&snapshot) ? EXIT_DONE : EXIT_REFUSED;
    if (code == EXIT_DONE) {
        Text text = {.arena = line->arena};
        summary_print(&text, &snapshot.plan, &(SummaryOptions){
            .plain = options->plain, .line_length = options->line_length, .columns = columns_of_terminal(),
            .expand_nested = options->expand_nested, .show_trainable = options->show_trainable});
        code = cli_put(line, &text);
    } else cli_report(line, &document, &snapshot);
    snapshot_close(&snapshot);
    return code;
}

/* ---- shapes ---- */

static void shapes_of(const CommandLine *line, const Snapshot *snapshot, Text *text)
{
    ShapesFault fault = {0};
    const char *labels[FIXES_SHOWN];
    const Error *error = &snapshot->reading.error;
    if (error->set) {
        fault.cause = cause_of(line, error);
        fault.fixes = labels;
        fault.n_fixes = fix_labels(line, snapshot, labels);
        const Span at = span_known(error->at) ? error->at : error->span;
        const Span place = span_known(error->layer_span) ? error->layer_span : at;
        if (span_known(place)) text_place(snapshot->text, snapshot->length, place.start, &fault.line, &fault.column);
    }
    shapes_print(text, &snapshot->plan, &fault);
}

ExitCode cli_shapes(CommandLine *line)
{
    Document document;
    Snapshot snapshot;
    ExitCode code;
    if (!cli_open(line, &document, &snapshot, &code)) return code;
    const bool good = snapshot_good(&snapshot);
    Text text = {.arena = line->arena};
    if (good || snapshot.reading.error.set) shapes_of(line, &snapshot, &text);
    code = cli_put(line, &text);
    if (!good) cli_report(line, &document, &snapshot);
    snapshot_close(&snapshot);
    return good ? code : EXIT_REFUSED;
}

/* ---- code ---- */

static bool torch_write(const CommandLine *line, const Snapshot *snapshot, Text *text)
{
    Error err = {.arena = line->arena};
    if (write_torch(text, &snapshot->plan, &err)) return true;
    complain(line, "pytorch.refused", cause_of(line, &err), NULL);
    return false;
}

ExitCode cli_code(CommandLine *line)
{
    Document document;
    Snapshot snapshot;
    ExitCode code;
    Text text = {.arena = line->arena};
    if (!cli_open(line, &document, &snapshot, &code)) return code;
    code = EXIT_REFUSED;
    if (!snapshot_good(&snapshot)) cli_report(line, &document, &snapshot);
    else if (!line->options.torch) write_keras(&text, snapshot.plan.model, NULL), code = cli_put(line, &text);
    else if (torch_write(line, &snapshot, &text)) code = cli_put(line, &text);
    snapshot_close(&snapshot);
    return code;
}
