#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "app/files.h"

/* What each folder may include beside itself and the C library. */
static const struct { const char *folder, *may[6]; } LAYERS[] = {
    {"base", {NULL}},
    {"python", {"base", NULL}},
    {"engine", {"base", NULL}},
    {"keras", {"base", "python", "engine", NULL}},
    {"scene", {"base", "engine", NULL}},
    {"paint", {"base", "scene", NULL}},
    {"app", {"base", "python", "engine", "keras", "scene"}},
};
enum { N_LAYERS = sizeof LAYERS / sizeof *LAYERS };

/* Foreign headers and the only folders (or file beginnings) that may use them. */
static const struct { const char *header, *folder; } FOREIGN[] = {
    {"SDL", "app"}, {"cairo", "paint"}, {"png.h", "paint"}, {"ft2build.h", "paint"}, {"freetype", "paint"}, {"hb", "paint"}, {"cJSON", "keras"},
    {"hdf5", "keras"}, {"zip", "keras"}, {"cblas", "engine"}};

/* Of app/, only these know SDL: the rest is the same in a window, a test and an export. */
static const char *const SDL_FILES[] = {"window", "screen", "dialog", "files.c"};

static Arena arena;
static int faults;

static bool starts(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

static bool may_include(const char *folder, const char *header)
{
    for (int i = 0; i < N_LAYERS; i++) {
        if (strcmp(LAYERS[i].folder, folder) != 0) continue;
        if (starts(header, folder) && header[strlen(folder)] == '/') return true;
        if (strcmp(folder, "app") == 0 && starts(header, "paint/")) return true;
        for (int m = 0; m < 6 && LAYERS[i].may[m]; m++)
            if (starts(header, LAYERS[i].may[m]) && header[strlen(LAYERS[i].may[m])] == '/') return true;
    }
    return false;
}

static void fault(const char *path, const char *header)
{
    print_error("%s includes %s\n", path, header);
    faults++;
}

static void check_foreign(const char *folder, const char *path, const char *header)
{
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++)
        if (starts(header, FOREIGN[i].header) && strcmp(FOREIGN[i].folder, folder) != 0) fault(path, header);
    if (!starts(header, "SDL") || strcmp(folder, "app") != 0) return;
    for (size_t i = 0; i < sizeof SDL_FILES / sizeof *SDL_FILES; i++)
        if (starts(file_name(path), SDL_FILES[i])) return;
    fault(path, header);
}

static void check_line(const char *folder, const char *path, const char *line)
{
    char header[256];
    if (sscanf(line, "#include \"%255[^\"]\"", header) == 1 && !may_include(folder, header)) fault(path, header);
    if (sscanf(line, "#include <%255[^>]>", header) == 1) check_foreign(folder, path, header);
}

static int check_folder(const char *folder, const char *path)
{
    int files = 0;
    DIR *listing = opendir(path);
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing));) {
        if (entry->d_name[0] == '.') continue;
        const char *child = path_join(&arena, path, entry->d_name);
        struct stat info;
        assert_int_equal(stat(child, &info), 0);
        if (S_ISDIR(info.st_mode)) {
            files += check_folder(folder, child);
            continue;
        }
        size_t length;
        char *text = file_read(&arena, child, &length);
        assert_non_null(text);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) check_line(folder, child, line);
        files++;
    }
    closedir(listing);
    return files;
}

static void folders_include_only_what_stands_below_them(void **state)
{
    (void)state;
    arena_open(&arena, 0);
    for (int i = 0; i < N_LAYERS; i++) assert_true(check_folder(LAYERS[i].folder, path_join(&arena, SOURCE_DIR "/src", LAYERS[i].folder)) > 1);
    assert_int_equal(faults, 0);
    arena_close(&arena);
}

static void a_wrong_include_is_noticed(void **state)
{
    (void)state;
    faults = 0;
    check_line("engine", "engine/x.c", "#include \"keras/reading.h\"");
    check_line("scene", "scene/x.c", "#include <SDL.h>");
    check_line("app", "app/editor.c", "#include <SDL.h>");
    check_line("base", "base/x.c", "#include \"engine/shape.h\"");
    assert_int_equal(faults, 4);
    check_line("app", "app/window.c", "#include <SDL.h>");
    check_line("keras", "keras/x.c", "#include \"engine/shape.h\"");
    check_line("keras", "keras/x.c", "#include <string.h>");
    assert_int_equal(faults, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_include_only_what_stands_below_them),
        cmocka_unit_test(a_wrong_include_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
