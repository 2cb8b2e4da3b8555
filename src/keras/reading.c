#include "keras/reading.h"

#include <string.h>

#include "engine/run.h"
#include "keras/code/evaluator.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_follow.h"
#include "keras/code/keras_model.h"
#include "keras/code/keras_subclass.h"
#include "keras/code/places.h"
#include "keras/code/registry.h"
#include "keras/code/trail.h"

static Evaluator *evaluator_make(Reading *reading, Arena *arena, const ReadOptions *options)
{
    Evaluator *ev = ARENA_NEW(arena, Evaluator);
    ev->reading = reading;
    ev->arena = arena;
    ev->builder = &reading->builder;
    ev->options = options;
    ev->span = SPAN_NONE;
    ev->doubtful_result = value_none();
    ev->globals = ev->scope = scope_make(arena, NULL);
    ev->trail = trail_make(ev);
    ev->places = places_make(ev);
    ev->registry = registry_make(ev);
    ev->classes = classes_make(ev);
    ev->subclasses = subclasses_make(ev);
    return ev;
}

/* ---- faults ---- */

static Error syntax_error(Arena *arena, const PyNode *bad)
{
    Error error = {.arena = arena};
    error_set(&error, bad->name ? bad->name : "SyntaxError", "%s", bad->text);
    error.span = error.at = bad->at;
    return error;
}

/* A text with such a fault is refused by Python as a whole, whatever the rest says. */
static void find_syntax_faults(Reading *reading, Arena *arena)
{
    const int n = python_faults(reading->tree, NULL, 0);
    const PyNode **bad = ARENA_ARRAY(arena, n + 1, const PyNode *);
    python_faults(reading->tree, bad, n);
    reading->faults = ARENA_ARRAY(arena, n + 1, Error);
    for (int i = 0; i < n; i++) reading->faults[reading->n_faults++] = syntax_error(arena, bad[i]);
    if (n) reading->error = reading->faults[0];
}

static void keep_raised(Evaluator *ev)
{
    Reading *reading = ev->reading;
    const Error *error = &ev->raised.error;
    if (strcmp(error->exception, "SystemExit") == 0 || strcmp(error->exception, "KeyboardInterrupt") == 0) return;
    if (ev->raised.limit) {
        note(ev, "note.limit", NULL, NULL, error->span);
        return;
    }
    if (reading->error.set) fault_add(ev, error);
    else reading->error = *error;
    functional_draft(ev);
}

/* ---- the whole text ---- */

static void run(Evaluator *ev)
{
    Catch catch;
    Value result;
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) {
        execute(ev, ev->reading->tree->list, &result);
        catch_end(ev, &catch);
        return;
    }
    catch_end(ev, &catch);
    keep_raised(ev);
}

/* ---- a text whose model is built by others ---- */

static int required_params(const Function *function)
{
    int n = 0;
    for (const PyNode *param = function->node->params; param; param = param->next)
        n += !param->a && param->number != PY_VAR_POSITIONAL && param->number != PY_VAR_KEYWORD;
    return n;
}

static bool sounds_like_building(const char *name)
{
    return strstr(name, "model") || strstr(name, "build") || strstr(name, "net") || strstr(name, "create");
}

static bool call_succeeds(Evaluator *ev, Function *function, const Argument *args, int n)
{
    Catch catch;
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) {
        function_call(ev, function, args, n);
        catch_end(ev, &catch);
        return true;
    }
    catch_end(ev, &catch);
    return false;
}

/* KerasClassifier(build_fn=create_model): called here as the wrapper would, with what is not known where it must give something. */
static void call_builder(Evaluator *ev, Function *function)
{
    const int n = required_params(function);
    Argument *args = ARENA_ARRAY(ev->arena, n + 1, Argument);
    const PyNode *param = function->node->params;
    for (int i = 0; i < n; i++, param = param->next) {
        args[i] = (Argument){.value = unknown(ev, "cause.not_known_function", param->name, param->span), .span = param->span};
        if (param->number == PY_KEYWORD_ONLY) args[i].keyword = param->name;
    }
    if (!call_succeeds(ev, function, args, n) && n) keep_raised(ev);
}

static void call_builders(Evaluator *ev)
{
    const size_t names = ev->globals->n;
    for (int n = 0; n <= 2; n++)
        for (size_t i = 0; i < names && !registry_has_model(ev); i++) {
            const Binding *binding = &ev->globals->bindings[i];
            if (binding->deleted || !value_is(&binding->value, &OBJECT_FUNCTION) || ev->reading->error.set) continue;
            Function *function = binding->value.object.data;
            if (function->locals || required_params(function) != n || !sounds_like_building(binding->name)) continue;
            call_builder(ev, function);
        }
}

static void finish(Evaluator *ev)
{
    subclasses_finish(ev);
    registry_finish(ev);
    places_finish(ev);
    trail_dim(ev);
}

static void read_all(Reading *reading, Arena *arena, const ReadOptions *options)
{
    reading->tree = python_parse(arena, reading->text, reading->length);
    find_syntax_faults(reading, arena);
    builder_make(&reading->builder, arena);
    Evaluator *ev = evaluator_make(reading, arena, options);
    reading->builder.follow = follow_call;
    reading->builder.again = follow_again;
    reading->builder.follower = ev;
    run(ev);
    if (!reading->error.set && !registry_has_model(ev)) call_builders(ev);
    finish(ev);
}

static size_t smaller(size_t a, size_t b) { return a && a < b ? a : b; }

void keras_read(Reading *reading, Arena *arena, const char *text, size_t length, const ReadOptions *options)
{
    *reading = (Reading){.text = text, .length = length, .shown = -1, .print_shape = SPAN_NONE, .seed = RUN_SEED,
                         .seed_span = SPAN_NONE, .model_end = SPAN_NONE};
    const size_t limit = arena->limit;
    ArenaTry attempt;
    arena->limit = smaller(limit, arena->taken + MEMORY_MAX);
    arena_try_begin(arena, &attempt);
    if (setjmp(attempt.here) == 0) {
        read_all(reading, arena, options);
        arena_try_end(arena, &attempt);
        arena->limit = limit;
        return;
    }
    arena_try_end(arena, &attempt);
    arena->limit = limit;
    reading->shown = -1;
    reading->model = NULL;
    reading->n_models = reading->n_dimmed = reading->n_input_arrays = 0;
    reading->error = (Error){.arena = arena, .set = true, .exception = "MemoryError", .message = "", .cause = "cause.memory",
                             .span = SPAN_NONE, .at = SPAN_NONE, .layer_span = SPAN_NONE};
}
