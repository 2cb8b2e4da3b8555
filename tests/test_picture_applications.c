/* The largest models there are, drawn whole; and written as code that is the same model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "paint/pixels.h"
#include "picture_check.h"
#include "written_again.h"

enum { APPLICATIONS = 20 };

/* Calls work for each recorded model: its name and what its to_json() says. */
static void applications_visit(void (*work)(Arena *, const char *name, const char *json))
{
    Arena list;
    const char **files;
    int visited = 0;
    arena_open(&list, 0);
    const int n = data_list(&list, "applications", &files);
    for (int i = 0; i < n; i++) {
        Arena arena;
        size_t length;
        if (strstr(files[i], ".shapes.") || !strstr(files[i], ".json.gz")) continue;
        arena_open(&arena, 0);
        work(&arena, files[i], data_unpack(&arena, arena_print(&arena, "applications/%s", files[i]), &length));
        arena_close(&arena);
        visited++;
    }
    arena_close(&list);
    assert_true(visited >= APPLICATIONS);
}

static bool has_ink(const Studio *studio)
{
    const int width = (int)studio->scene.page.w, height = (int)studio->scene.page.h;
    uint32_t *data = malloc((size_t)width * (size_t)height * sizeof *data);
    const Pixels pixels = {data, width, height, width};
    size_t other = 0;
    if (!data) abort();
    pixels_clear(&pixels, studio->scene.ground);
    pixels_draw(&pixels, studio->fonts, &studio->scene, 0, studio->scene.n_marks, 1, NULL);
    for (size_t i = 1; i < (size_t)width * (size_t)height; i++) other += data[i] != data[0];
    free(data);
    return other > (size_t)width * (size_t)height / 40;
}

static void draw_whole(Arena *arena, const char *name, const char *json)
{
    Studio studio;
    Shown shown;
    (void)arena;
    studio_open(&studio);
    shown_open_json(&shown, json, false);
    if (shown.plan.error) fail_msg("%s: %s", name, shown.plan.error->message);
    studio_look(&studio, &shown, 900, 560);
    picture_check_inside(&studio, name);
    picture_check_texts(&studio, name);
    picture_check_overview(&studio, name);
    if (!has_ink(&studio)) fail_msg("%s: next to nothing is drawn", name);
    shown_close(&shown);
    studio_close(&studio);
}

static void applications_are_drawn_whole(void **state)
{
    (void)state;
    applications_visit(draw_whole);
}

static void write_again(Arena *arena, const char *name, const char *json)
{
    Shown shown;
    shown_open_json(&shown, json, false);
    const char *problem = written_again_problem(arena, shown.plan.model);
    if (problem) fail_msg("%s: %.2000s", name, problem);
    shown_close(&shown);
}

static void applications_are_the_same_written_as_code(void **state)
{
    (void)state;
    applications_visit(write_again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applications_are_drawn_whole),
        cmocka_unit_test(applications_are_the_same_written_as_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
