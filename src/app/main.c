#include <stdio.h>

#include "app/cli.h"
#include "app/files.h"
#include "app/window.h"

static bool strings_open(Strings *strings, Arena *arena, const char *resources)
{
    size_t length;
    char *text = file_read(arena, path_join(arena, resources, "assets/strings/en.txt"), &length);
    if (text) strings_read(strings, arena, text);
    return text;
}

static ExitCode run(Arena *arena, int argc, char **argv)
{
    CommandLine line = {.arena = arena, .resources = folder_of_resources(arena)};
    if (!line.resources || !strings_open(&line.strings, arena, line.resources)) {
        fputs("shapeflow: assets/ not found beside the program or in its prefix\n", stderr);
        return EXIT_UNREADABLE;
    }
    if (cli_wants(argc, argv)) return cli_run(&line, argc, argv);
    if (argc <= 1) return window_run(&line, argc ? argv[0] : NULL);
    complain(&line, "usage.two_files", argv[0], argv[1], NULL);
    return EXIT_USAGE;
}

static ExitCode run_within_memory(Arena *arena, int argc, char **argv)
{
    ArenaTry attempt;
    volatile ExitCode code = EXIT_UNREADABLE;
    arena_try_begin(arena, &attempt);
    if (setjmp(attempt.here) == 0) code = run(arena, argc, argv);
    else fputs("shapeflow: out of memory\n", stderr);
    arena_try_end(arena, &attempt);
    return code;
}

int main(int argc, char **argv)
{
    Arena arena;
    arena_open(&arena, 0);
    const ExitCode code = run_within_memory(&arena, argc - 1, argv + 1);
    arena_close(&arena);
    return (int)code;
}
