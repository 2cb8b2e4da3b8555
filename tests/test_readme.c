/* README.md and the manual page say what the program says: its keys, commands, layers, formats, paths and pictures are made anew and compared.
 * Where they differ, README-got.md or NAME-got.png is saved, to be looked at and, when it is right, put in the old one's place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/command.h"
#include "app/files.h"
#include "app/sheet.h"
#include "engine/layer.h"
#include "image.h"
#include "paint/export.h"

enum { WIDTH = 160, PATH_MOST = 200 };

typedef struct Readme {
    Arena   arena;
    Strings strings;
    char   *text;
} Readme;

static char *tree_file(Arena *arena, const char *path)
{
    size_t length;
    return file_read(arena, path_join(arena, SOURCE_DIR, path), &length);
}

/* Commands stand in the text as a reader types them: in the source folder, with the program on the path. */
static int open_readme(void **state)
{
    Readme *readme = calloc(1, sizeof *readme);
    arena_open(&readme->arena, 0);
    strings_read(&readme->strings, &readme->arena, tree_file(&readme->arena, "assets/strings/en.txt"));
    readme->text = tree_file(&readme->arena, "README.md");
    const char *program = file_folder(&readme->arena, PROGRAM);
    setenv("PATH", arena_print(&readme->arena, "%s:%s", program, getenv("PATH")), 1);
    setenv("COLUMNS", "80", 1);
    *state = readme;
    return readme->text ? 0 : 1;
}

static int close_readme(void **state)
{
    Readme *readme = *state;
    arena_close(&readme->arena);
    free(readme);
    return 0;
}

/* ---- lines ---- */

/* The next line without its end; NULL after the last. */
static const char *line_next(Arena *arena, const char **at)
{
    if (!**at) return NULL;
    const size_t length = strcspn(*at, "\n");
    const char *line = arena_copy(arena, *at, length);
    *at += length + ((*at)[length] == '\n');
    return line;
}

static bool begins(const char *line, const char *with) { return strncmp(line, with, strlen(with)) == 0; }

static void skip_while(Arena *arena, const char **at, const char *beginning)
{
    const char *before = *at;
    for (const char *line; (line = line_next(arena, at)) && begins(line, beginning);) before = *at;
    *at = before;
}

/* ---- what stands there by rights ---- */

static void put_keys(Text *out, Readme *readme)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (COMMANDS[i].key && !COMMANDS[i].hidden)
            text_print(out, "| %s | %s |\n", command_keys(&COMMANDS[i], &readme->arena), strings_say(&readme->strings, COMMANDS[i].id));
    for (int i = 0; i < MOVE_KEY_COUNT; i++) text_print(out, "| %s | %s |\n", MOVE_KEYS[i].keys, strings_say(&readme->strings, MOVE_KEYS[i].id));
}

static void put_layers(Text *out)
{
    const LayerKind *const *kinds;
    const int n = layer_kinds(&kinds);
    size_t column = 0;
    int listed = 0;
    for (int i = 0; i < n; i++) {
        if (kinds[i]->operation) continue;
        const size_t length = strlen(kinds[i]->name) + 2;
        const bool turns = column + length > WIDTH;
        text_print(out, "%s%s", !listed++ ? "" : turns ? ",\n" : ", ", kinds[i]->name);
        column = turns ? length : column + length;
    }
    text_put(out, "\n");
}

static void put_formats(Text *out)
{
#define X(name) &EXPORT_##name,
    static const Exporter *const all[] = {EXPORTERS(X)};
#undef X
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) text_print(out, "%s`%s`", i ? ", " : "", all[i]->suffix);
}

static void put_answer(Text *out, Readme *readme, const char *command)
{
    char buffer[4096];
    FILE *pipe = popen(arena_print(&readme->arena, "cd '%s' && %s", SOURCE_DIR, command), "r");
    assert_non_null(pipe);
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, pipe));) text_print(out, "%.*s", (int)got, buffer);
    pclose(pipe);
}

static void put_console(Text *out, Readme *readme, const char **at)
{
    for (const char *line; (line = line_next(&readme->arena, at)) && !begins(line, "```");) {
        if (!begins(line, "$ ")) continue;
        text_print(out, "%s\n", line);
        put_answer(out, readme, line + 2);
    }
    text_put(out, "```\n");
}

static void put_line(Text *out, Readme *readme, const char *line, const char **at)
{
    static const char formats[] = "Those there are: ";
    const char *list = strstr(line, formats);
    if (list) {
        text_print(out, "%.*s", (int)(list - line) + (int)strlen(formats), line);
        put_formats(out);
        text_print(out, "%s\n", strstr(list, ". "));
        return;
    }
    text_print(out, "%s\n", line);
    if (strcmp(line, "| key | does |") == 0) {
        text_print(out, "%s\n", line_next(&readme->arena, at));
        put_keys(out, readme);
        skip_while(&readme->arena, at, "|");
    } else if (strcmp(line, "```console") == 0) put_console(out, readme, at);
    else if (begins(line, "Layers that are drawn")) {
        text_put(out, "\n");
        put_layers(out);
        const char *rest = strstr(*at + 1, "\n\n");
        assert_non_null(rest);
        *at = rest + 1;
    }
}

static void save(const char *name, const char *bytes, size_t length)
{
    FILE *file = fopen(name, "wb");
    if (!file) return;
    fwrite(bytes, 1, length, file);
    fclose(file);
    print_message("saved %s\n", name);
}

static void it_says_what_the_program_says(void **state)
{
    Readme *readme = *state;
    Text out = {.arena = &readme->arena};
    const char *at = readme->text;
    for (const char *line; (line = line_next(&readme->arena, &at));) put_line(&out, readme, line, &at);
    if (strcmp(text_string(&out), readme->text) == 0) return;
    save("README-got.md", out.bytes, out.length);
    fail_msg("README.md says other things than the program");
}

/* ---- code and paths ---- */

static void code_shown_stands_in_its_file(void **state)
{
    Readme *readme = *state;
    int shown = 0;
    for (const char *at = readme->text; (at = strstr(at, "\nFrom `")); at++) {
        const char *path = at + 7, *code = strstr(at, "```c\n") + 5;
        const char *source = tree_file(&readme->arena, arena_copy(&readme->arena, path, strcspn(path, "`")));
        assert_non_null(source);
        const char *piece = arena_copy(&readme->arena, code, (size_t)(strstr(code, "```") - code));
        if (!strstr(source, piece)) fail_msg("not in %.*s: %s", (int)strcspn(path, "`"), path, piece);
        shown++;
    }
    assert_true(shown >= 2);
}

static void paths_named_are_there(void **state)
{
    Readme *readme = *state;
    int named = 0;
    for (const char *at = readme->text; (at = strpbrk(at, "`\" (")); ) {
        at++;
        if (!begins(at, "src/") && !begins(at, "assets/") && !begins(at, "tests/")) continue;
        const char *path = arena_copy(&readme->arena, at, strcspn(at, "`\" )\n"));
        if (access(path_join(&readme->arena, SOURCE_DIR, path), F_OK)) fail_msg("there is no %s", path);
        named++;
    }
    assert_true(named > 10);
}

/* ---- the manual page ---- */

/* troff's "\\-" is a minus. */
static char *without_escapes(Arena *arena, const char *text)
{
    char *plain = arena_copy(arena, text, strlen(text)), *to = plain;
    for (const char *from = plain; *from; from++)
        if (!(from[0] == '\\' && from[1] == '-')) *to++ = *from;
    *to = 0;
    return plain;
}

static void the_manual_names_every_option(void **state)
{
    static const char *const subcommands[] = {"summary", "shapes", "predict", "render", "code", "convert"};
    Readme *readme = *state;
    Arena *arena = &readme->arena;
    const char *manual = without_escapes(arena, tree_file(arena, "assets/desktop/shapeflow.1"));
    int named = 0;
    for (size_t i = 0; i < sizeof subcommands / sizeof *subcommands; i++) {
        Text help = {.arena = arena};
        put_answer(&help, readme, arena_print(arena, "shapeflow %s --help", subcommands[i]));
        for (const char *at = text_string(&help); (at = strstr(at, "\n  -")); named++) {
            at += 3;
            const char *option = arena_copy(arena, at, strcspn(at, " "));
            if (!strstr(manual, option)) fail_msg("the manual does not tell %s of %s", option, subcommands[i]);
        }
        assert_non_null(strstr(manual, subcommands[i]));
    }
    assert_true(named > 20);
}

/* ---- pictures ---- */

/* "shapeflow render ... -o assets/pictures/NAME.png ..." */
static void picture_is_as_drawn(Readme *readme, const char *command)
{
    Arena *arena = &readme->arena;
    Pixels want = {0}, got = {0};
    const char *path = strstr(command, "-o ") + 3;
    const int length = (int)strcspn(path, " ");
    const char *name = file_name(arena_copy(arena, path, (size_t)length));
    const char *fresh = arena_print(arena, "%s/%.*s-got.png", getcwd(arena_take(arena, PATH_MOST), PATH_MOST), (int)strlen(name) - 4, name);
    const char *drawing = arena_print(arena, "cd '%s' && %.*s '%s' %s", SOURCE_DIR, (int)(path - command), command, fresh, path + length);
    assert_int_equal(system(drawing), 0);
    assert_true(image_read(&got, fresh));
    const bool same = image_read(&want, path_join(arena, SOURCE_DIR, arena_copy(arena, path, (size_t)length))) && images_alike(&got, &want);
    free(got.data);
    free(want.data);
    if (!same) fail_msg("%s shows something else than %s; made anew by: %s", name, fresh, command);
    unlink(fresh);
}

static void pictures_are_as_drawn(void **state)
{
    Readme *readme = *state;
    int drawn = 0;
    const char *at = readme->text;
    for (const char *line; (line = line_next(&readme->arena, &at));)
        if (begins(line, "shapeflow render ") && strstr(line, "-o assets/pictures/")) {
            picture_is_as_drawn(readme, line);
            drawn++;
        }
    assert_int_equal(drawn, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_the_program_says),
        cmocka_unit_test(code_shown_stands_in_its_file),
        cmocka_unit_test(paths_named_are_there),
        cmocka_unit_test(the_manual_names_every_option),
        cmocka_unit_test(pictures_are_as_drawn),
    };
    return cmocka_run_group_tests(tests, open_readme, close_readme);
}
