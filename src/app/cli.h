/* The subcommands: each reads a file, prints, and needs no display. */
#ifndef SHAPEFLOW_APP_CLI_H
#define SHAPEFLOW_APP_CLI_H

#include "app/document.h"
#include "app/options.h"
#include "app/snapshot.h"

/* A subcommand of that name; NULL when there is none. */
const Subcommand *subcommand_find(const char *name);

/* Runs a subcommand, or prints the help or version; argv without the program's name. */
ExitCode cli_run(CommandLine *, int argc, char **argv);

/* Whether the words are for cli_run: a subcommand, --help, --version, or an option; else they name a file for the window. */
bool cli_wants(int argc, char **argv);

/* ---- for the subcommands ---- */

/* Opens the file of the options, with the Flatten switch where they say. False after a complaint, *code tells. */
bool cli_open(CommandLine *, Document *, Snapshot *, ExitCode *code);
/* Whether all numbers that the text loads from files are there; else after a complaint. */
bool cli_loaded(CommandLine *, const Document *, const Snapshot *, ExitCode *code);
/* With its numbers: --input, --seed. */
bool cli_feed(CommandLine *, Snapshot *, ExitCode *code);
/* Where and why Keras refuses, on standard error. */
void cli_report(const CommandLine *, const Document *, const Snapshot *);
/* To -o or standard output; EXIT_UNREADABLE when that fails. */
ExitCode cli_put(const CommandLine *, const Text *);

ExitCode cli_summary(CommandLine *);
ExitCode cli_shapes(CommandLine *);
ExitCode cli_predict(CommandLine *);
ExitCode cli_render(CommandLine *);
ExitCode cli_code(CommandLine *);
ExitCode cli_convert(CommandLine *);

#endif
