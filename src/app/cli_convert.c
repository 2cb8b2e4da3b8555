/* convert: the model in another form. */
#include "app/cli.h"

#include <string.h>

#include "app/files.h"
#include "keras/archive_write.h"
#include "keras/write.h"

typedef bool ConvertWrite(CommandLine *, const Document *, const Snapshot *, Text *);

/* Numbers of an archive stay where they are: code beside it loads them. */
static const char *weights_beside(const CommandLine *line, const Document *document)
{
    const bool beside = strcmp(document->folder, file_folder(line->arena, line->options.output)) == 0;
    return document->form == FORM_ARCHIVE && beside ? document->name : NULL;
}

static bool convert_code(CommandLine *line, const Document *document, const Snapshot *snapshot, Text *text)
{
    write_keras(text, snapshot->plan.model, weights_beside(line, document));
    return true;
}

static bool convert_json(CommandLine *line, const Document *document, const Snapshot *snapshot, Text *text)
{
    (void)line, (void)document;
    write_json(text, snapshot->plan.model);
    return true;
}

static bool convert_archive(CommandLine *line, const Document *document, const Snapshot *snapshot, Text *text)
{
    (void)document;
    Error err = {.arena = line->arena};
    if (write_archive(text, snapshot->plan.model, snapshot->reading.seed, &err)) return true;
    complain(line, "convert.refused", err.cause ? strings_say(&line->strings, err.cause) : err.message, NULL);
    return false;
}

static const struct { const char *suffix; ConvertWrite *write; } FORMS[] = {
    {".py", convert_code}, {".json", convert_json}, {".keras", convert_archive},
};

static ConvertWrite *form_of(const char *path)
{
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
        if (file_ends_with(path, FORMS[i].suffix)) return FORMS[i].write;
    return NULL;
}

static ExitCode convert(CommandLine *line, const Document *document, const Snapshot *snapshot, ConvertWrite *write)
{
    ExitCode code = EXIT_REFUSED;
    Text text = {.arena = line->arena};
    if (!snapshot_good(snapshot)) cli_report(line, document, snapshot);
    else if (cli_loaded(line, document, snapshot, &code) && write(line, document, snapshot, &text)) code = cli_put(line, &text);
    return code;
}

ExitCode cli_convert(CommandLine *line)
{
    Document document;
    Snapshot snapshot;
    ExitCode code;
    ConvertWrite *write = form_of(line->options.output);
    if (!write) {
        complain(line, "usage.convert_form", line->options.output, NULL);
        return EXIT_USAGE;
    }
    if (!cli_open(line, &document, &snapshot, &code)) return code;
    code = convert(line, &document, &snapshot, write);
    snapshot_close(&snapshot);
    return code;
}
