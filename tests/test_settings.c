#include "app/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/autosave.h"
#include "app/files.h"
#include "app/page.h"

static char home[64];
static Arena arena;

static int own_home(void **state)
{
    (void)state;
    strcpy(home, "/tmp/shapeflow-test-XXXXXX");
    if (!mkdtemp(home)) return 1;
    arena_open(&arena, 0);
    setenv("XDG_CONFIG_HOME", path_join(&arena, home, "config"), 1);
    setenv("XDG_STATE_HOME", path_join(&arena, home, "state"), 1);
    return 0;
}

static int leave_home(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", home);
    const int status = system(command);
    arena_close(&arena);
    return status;
}

static void settings_come_back(void **state)
{
    (void)state;
    Settings written = SETTINGS_DEFAULT, read;
    strcpy(written.theme, "dark");
    written.scale = 1.25f;
    written.code_folded = true;
    written.width = 1280;
    settings_remember(&written, "/home/a/first.py");
    settings_remember(&written, "/home/a/second = x.py");
    assert_true(settings_save(&written, &arena));
    settings_load(&read, &arena);
    assert_string_equal(read.theme, "dark");
    assert_true(read.scale == 1.25f);
    assert_true(read.code_folded);
    assert_int_equal(read.width, 1280);
    assert_string_equal(read.recent[0], "/home/a/second = x.py");
    assert_string_equal(read.recent[1], "/home/a/first.py");
    assert_string_equal(read.recent[2], "");
}

static void nonsense_leaves_the_defaults(void **state)
{
    (void)state;
    char text[] = "scale = 1000\nwidth = many\nheight\ncode_width = nan\nunknown = 3\n\n = \ntheme = a name that is much too long for it\n";
    Settings settings;
    settings_read(&settings, text);
    assert_true(settings.scale == SETTINGS_DEFAULT.scale);
    assert_int_equal(settings.width, SETTINGS_DEFAULT.width);
    assert_true(settings.code_width == SETTINGS_DEFAULT.code_width);
    assert_true(strlen(settings.theme) < sizeof settings.theme);
}

static void recent_files_move_to_the_front_once(void **state)
{
    (void)state;
    Settings settings = SETTINGS_DEFAULT;
    char path[16];
    for (int i = 0; i < 12; i++) {
        snprintf(path, sizeof path, "/%d.py", i);
        settings_remember(&settings, path);
    }
    settings_remember(&settings, "/8.py");
    assert_string_equal(settings.recent[0], "/8.py");
    assert_string_equal(settings.recent[1], "/11.py");
    assert_string_equal(settings.recent[RECENT_MAX - 1], "/4.py");
    for (int i = 1; i < RECENT_MAX; i++) assert_string_not_equal(settings.recent[i], "/8.py");
}

static void files_are_replaced_whole(void **state)
{
    (void)state;
    size_t length;
    const char *path = path_join(&arena, home, "a.py"), *link = path_join(&arena, home, "link.py");
    assert_true(file_write(&arena, path, "one", 3));
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink(path, link), 0);
    assert_true(file_write(&arena, link, "two two", 7));
    struct stat info;
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_string_equal(file_read(&arena, path, &length), "two two");
    assert_int_equal(length, 7);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_false(file_write(&arena, path_join(&arena, home, "none/a.py"), "x", 1));
    assert_null(file_read(&arena, path_join(&arena, home, "none.py"), &length));
}

/* ---- autosave ---- */

static void what_a_dead_program_left_is_found(void **state)
{
    (void)state;
    Recovered recovered;
    assert_false(autosave_find(&arena, &recovered));
    const char *file = path_join(&arena, folder_of_state(&arena), "unsaved-999999999");
    assert_true(file_write(&arena, file, "/home/a/m.py\nx = 1\n", 19));
    assert_true(autosave_find(&arena, &recovered));
    assert_string_equal(recovered.path, "/home/a/m.py");
    assert_string_equal(recovered.text, "x = 1\n");
    assert_int_equal(recovered.length, 6);
    unlink(file);
}

static void unsaved_text_is_kept_within_five_seconds(void **state)
{
    (void)state;
    Buffer buffer;
    Selection selection = {0, 0};
    Autosave autosave = {.due = -1};
    const char *file = arena_print(&arena, "%s/unsaved-%ld", folder_of_state(&arena), (long)getpid());
    buffer_open(&buffer, NULL, "", 0);
    autosave_tick(&autosave, &buffer, "", 10);
    assert_true(autosave.due < 0);
    buffer_replace(&buffer, 0, 0, "abc", 3, &selection);
    autosave_tick(&autosave, &buffer, "", 11);
    assert_true(autosave.due > 11 && autosave.due <= 16);
    buffer_replace(&buffer, 3, 3, "d", 1, &selection);
    autosave_tick(&autosave, &buffer, "", 13);
    assert_true(autosave.due <= 16);   /* typing on does not put it off */
    autosave_tick(&autosave, &buffer, "", 16);
    size_t length;
    assert_string_equal(file_read(&arena, file, &length), "\nabcd");
    buffer_mark_saved(&buffer);
    autosave_tick(&autosave, &buffer, "", 17);
    assert_false(file_exists(file));
    buffer_close(&buffer);
}

/* ---- the page ---- */

static bool inside(Rect inner, Rect outer)
{
    return inner.w >= 0 && inner.h >= 0 && inner.x >= outer.x - 0.01f && inner.y >= outer.y - 0.01f &&
           inner.x + inner.w <= outer.x + outer.w + 0.01f && inner.y + inner.h <= outer.y + outer.h + 0.01f;
}

static void panes_stay_apart_at_every_size(void **state)
{
    (void)state;
    static const float sizes[][2] = {{960, 600}, {1280, 720}, {1600, 900}, {3840, 2160}}, scales[] = {1, 1.5f};
    for (int i = 0; i < 4; i++)
        for (int s = 0; s < 2; s++)
            for (int fold = 0; fold < 4; fold++) {
                Page page;
                Settings settings = SETTINGS_DEFAULT;
                settings.scale = scales[s];
                settings.code_folded = fold & 1;
                settings.inspector_folded = fold & 2;
                const Rect all = {0, 0, sizes[i][0], sizes[i][1]};
                page_layout(&page, all, PANELS_ALL, &settings, 450, 170);
                const Rect panes[] = {page.bar, page.side, page.canvas, page.inspector};
                float covered = 0;
                for (int p = 0; p < 4; p++) {
                    assert_true(inside(panes[p], all));
                    covered += panes[p].w * panes[p].h;
                }
                assert_true(covered > all.w * all.h * 0.999f && covered < all.w * all.h * 1.001f);
                assert_true(page.canvas.w >= 560 && page.canvas.h >= 240);
                if (fold & 1) continue;
                assert_true(inside(page.code, page.side) && inside(page.summary, page.side));
                assert_true(page.code.h > 60 && page.summary.h > 60);
                assert_true(page.code.y + page.code.h <= page.summary.y);
            }
}

static void panels_are_read_by_name(void **state)
{
    (void)state;
    static const struct { const char *list; bool good; unsigned panels; } cases[] = {
        {"all", true, PANELS_ALL}, {"none", true, 0}, {"code,summary", true, PANEL_CODE | PANEL_SUMMARY}, {"bar", true, PANEL_BAR},
        {"code,", true, PANEL_CODE}, {"codes", false, 0}, {"code,x", false, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned panels;
        assert_int_equal(panels_read(cases[i].list, &panels), cases[i].good);
        if (cases[i].good) assert_int_equal(panels, cases[i].panels);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_come_back),
        cmocka_unit_test(nonsense_leaves_the_defaults),
        cmocka_unit_test(recent_files_move_to_the_front_once),
        cmocka_unit_test(files_are_replaced_whole),
        cmocka_unit_test(what_a_dead_program_left_is_found),
        cmocka_unit_test(unsaved_text_is_kept_within_five_seconds),
        cmocka_unit_test(panes_stay_apart_at_every_size),
        cmocka_unit_test(panels_are_read_by_name),
    };
    return cmocka_run_group_tests(tests, own_home, leave_home);
}
