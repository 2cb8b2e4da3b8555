/* What constructors and activations take, in Keras' order, and what they take for what is not said (data/signatures.json: for each
 * argument its name, the repr() of its default if it has one, and "keyword" where it has no place in the order). */
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "engine/activation.h"
#include "engine/config.h"

static cJSON *signatures;
static Arena arena;

/* ---- one argument ---- */

static const char *item_text(const cJSON *list, int i)
{
    const cJSON *item = cJSON_GetArrayItem(list, i);
    return item ? item->valuestring : NULL;
}

static bool is_default(const ParamSpec *param, const char *wanted)
{
    Value written = param->fallback;
    if (!wanted || !*wanted) return param->required;
    return !param->required && strcmp(value_repr_text(&arena, &written), wanted) == 0;
}

static bool check_param(const char *name, const ParamSpec *param, const cJSON *wanted)
{
    const char *argument = item_text(wanted, 0), *keyword = item_text(wanted, 2);
    if (strcmp(param->name, argument) != 0) print_error("%s: %s, Keras %s\n", name, param->name, argument);
    else if (!is_default(param, item_text(wanted, 1)))
        print_error("%s: %s=%s, Keras %s\n", name, argument, value_repr_text(&arena, &param->fallback), item_text(wanted, 1));
    else if (param->keyword_only != (keyword != NULL)) print_error("%s: %s has another place\n", name, argument);
    else return true;
    return false;
}

static bool is_listed(const cJSON *wanted, const char *name)
{
    const cJSON *argument;
    cJSON_ArrayForEach(argument, wanted) if (strcmp(item_text(argument, 0), name) == 0) return true;
    return false;
}

/* What a constructor hands on through **kwargs is not listed, and can only be given by its name. */
static bool check_params(const char *name, const ParamSpec *params, int n, const cJSON *wanted)
{
    const cJSON *next = wanted->child;
    for (int i = 0; i < n; i++) {
        if (params[i].keyword_only && !is_listed(wanted, params[i].name)) continue;
        if (!next) print_error("%s: %s is too much\n", name, params[i].name);
        if (!next || !check_param(name, &params[i], next)) return false;
        next = next->next;
    }
    if (next) print_error("%s: takes %d of %d arguments\n", name, n, cJSON_GetArraySize(wanted));
    return !next;
}

/* ---- all of a module ---- */

typedef bool Check(const cJSON *);

static void check_module(const char *module, Check *check, int least)
{
    const cJSON *item, *all = cJSON_GetObjectItemCaseSensitive(signatures, module);
    int bad = 0;
    cJSON_ArrayForEach(item, all) bad += !check(item);
    assert_true(cJSON_GetArraySize(all) >= least);
    if (bad) fail_msg("%d of keras.%s differ", bad, module);
}

static bool check_layer(const cJSON *wanted)
{
    const LayerKind *kind = layer_kind_find(wanted->string);
    if (!kind) print_error("there is no %s\n", wanted->string);
    return kind && check_params(wanted->string, kind->params, kind->n_params, wanted);
}

static void layers_take_what_keras_takes(void **state)
{
    (void)state;
    check_module("layers", check_layer, 130);
}

/* The first argument is what flows through. What tells an axis, or has no default, is told to the operation of that name. */
static bool check_activation(const cJSON *wanted)
{
    const Activation *activation = activation_find(wanted->string);
    if (!activation) print_error("there is no %s\n", wanted->string);
    if (activation && (activation->apply_axis || activation->halves || activation->opaque)) return true;
    cJSON *others = cJSON_Duplicate(wanted, true);
    cJSON_DeleteItemFromArray(others, 0);
    const bool good = activation && check_params(wanted->string, activation->params, activation->n_params, others);
    cJSON_Delete(others);
    return good;
}

static void activations_take_what_keras_takes(void **state)
{
    (void)state;
    check_module("activations", check_activation, 32);
}

static bool check_config(const char *module, const cJSON *wanted)
{
    const ConfigKind *kind = config_find(module, wanted->string);
    if (!kind) print_error("there is no %s.%s\n", module, wanted->string);
    return kind && check_params(wanted->string, kind->params, kind->n_params, wanted);
}

static bool check_initializer(const cJSON *wanted) { return check_config("keras.initializers", wanted); }
static bool check_regularizer(const cJSON *wanted) { return check_config("keras.regularizers", wanted); }
static bool check_constraint(const cJSON *wanted) { return check_config("keras.constraints", wanted); }

static void configs_take_what_keras_takes(void **state)
{
    (void)state;
    check_module("initializers", check_initializer, 30);
    check_module("regularizers", check_regularizer, 8);
    check_module("constraints", check_constraint, 8);
}

static int open_signatures(void **state)
{
    (void)state;
    size_t length;
    arena_open(&arena, 0);
    const char *text = data_read(&arena, "signatures.json", &length);
    signatures = text ? cJSON_ParseWithLength(text, length) : NULL;
    return signatures ? 0 : -1;
}

static int close_signatures(void **state)
{
    (void)state;
    cJSON_Delete(signatures);
    arena_close(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_take_what_keras_takes),
        cmocka_unit_test(activations_take_what_keras_takes),
        cmocka_unit_test(configs_take_what_keras_takes),
    };
    return cmocka_run_group_tests(tests, open_signatures, close_signatures);
}
