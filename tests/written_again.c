#include "written_again.h"

#include <string.h>

#include "keras/reading.h"
#include "keras/summary.h"
#include "keras/write.h"

static const char *code_of(Arena *arena, const Model *model)
{
    Text text = {.arena = arena};
    write_keras(&text, model, NULL);
    return text_string(&text);
}

static const char *json_of(Arena *arena, const Model *model)
{
    Text text = {.arena = arena};
    write_json(&text, model);
    return text_string(&text);
}

static const char *shapes_of(Arena *arena, const Model *model)
{
    Plan plan;
    Text text = {.arena = arena};
    plan_make(&plan, arena, model, NULL, 0, 3, NULL);
    shapes_print(&text, &plan, NULL);
    return text_string(&text);
}

static const char *difference(Arena *arena, const char *what, const char *before, const char *after, const char *code)
{
    size_t at = 0;
    while (before[at] && before[at] == after[at]) at++;
    if (!before[at] && !after[at]) return NULL;
    const size_t from = at > 40 ? at - 40 : 0;
    return arena_print(arena, "other %s: ...%.120s... became ...%.120s... in\n%s", what, before + from, after + from, code);
}

static const char *problem_of(Arena *arena, const char *code, const Model **again)
{
    Reading *reading = ARENA_NEW(arena, Reading);
    keras_read(reading, arena, code, strlen(code), NULL);
    if (reading->error.set || !reading->model)
        return arena_print(arena, "%s\n%s", reading->error.set ? reading->error.message : "no model", code);
    *again = reading->model;
    return difference(arena, "code", code, code_of(arena, *again), code);
}

const char *written_text_problem(Arena *arena, const Model *model)
{
    const Model *again;
    return problem_of(arena, code_of(arena, model), &again);
}

const char *written_again_problem(Arena *arena, const Model *model)
{
    const Model *again;
    const char *code = code_of(arena, model), *problem = problem_of(arena, code, &again);
    if (!problem) problem = difference(arena, "shapes", shapes_of(arena, model), shapes_of(arena, again), code);
    if (!problem) problem = difference(arena, "JSON", json_of(arena, model), json_of(arena, again), code);
    return problem;
}
