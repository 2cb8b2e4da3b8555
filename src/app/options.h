/* The command line as a value: one table of subcommands, one of options. */
#ifndef SHAPEFLOW_APP_OPTIONS_H
#define SHAPEFLOW_APP_OPTIONS_H

#include <stdint.h>

#include "app/strings.h"

enum { OPTION_INPUTS = 16 };

/* What the process ends with. */
typedef enum ExitCode { EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, EXIT_UNREADABLE } ExitCode;

typedef enum FlattenChoice { FLATTEN_AS_WRITTEN, FLATTEN_SWITCH_ON, FLATTEN_SWITCH_OFF, FLATTEN_BOTH } FlattenChoice;

typedef struct Options {
    const char   *file;              /* NULL = the Flatten question */
    bool          help;
    const char   *model;             /* NULL = the text's own choice */
    FlattenChoice flatten;
    bool          plain, expand_nested, show_trainable;
    int           line_length;       /* 0 = from the terminal */
    const char   *inputs[OPTION_INPUTS];
    int           n_inputs;
    const char   *layer;
    bool          seeded;
    int64_t       seed;
    const char   *output;            /* NULL = standard output */
    int           width, height;     /* in points */
    double        scale, dpi;        /* dpi 0 = not told */
    const char   *theme, *language, *focus, *panels;
    bool          torch;
} Options;

typedef struct Subcommand Subcommand;
typedef struct CommandLine CommandLine;

struct Subcommand {
    const char        *name;
    const char        *help;         /* id of a sentence */
    const char *const *options;      /* names, closed with NULL */
    bool               needs_output;
    bool               draws;        /* takes --flatten both */
    ExitCode         (*run)(CommandLine *);
};

/* What a subcommand works with. */
struct CommandLine {
    Arena            *arena;
    const char       *resources;     /* folder with assets/ and fonts/ */
    Strings           strings;
    const Subcommand *subcommand;
    Options           options;
};

/* False with a report on standard error when the words are no use of the subcommand. */
bool options_read(CommandLine *, int argc, char **argv);

void options_help(Text *, const Strings *, const Subcommand *);

/* "shapeflow: ..." on standard error. Values close with NULL. */
void complain(const CommandLine *, const char *id, ...);

#endif
