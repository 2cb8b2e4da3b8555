/* Every kind of layer with arguments that nobody would write: it is refused with words, or works; and never crashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "engine/run.h"

enum { SEEDS = 4000, ARGUMENTS_MAX = 16, TERMS = 32, NUMBERS_MAX = 1000000 };

typedef struct Swarm {
    Made     made;
    uint64_t seed;
} Swarm;

static uint64_t pick(Swarm *swarm, uint64_t n)
{
    swarm->seed = swarm->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (swarm->seed >> 33) % n;
}

static Layer *any_layer(Swarm *, int depth);

static Value any_text(Swarm *swarm)
{
    static const char *const WORDS[] = {"relu", "same", "valid", "causal", "channels_first", "glorot_uniform", "l2", "max_norm", "", "x", "float16",
                                        "int32", "softmax", "concat", "nearest", "glu", "orthogonal", "abc,cd->abd", "a,b->c"};
    return text_value(WORDS[pick(swarm, sizeof WORDS / sizeof *WORDS)]);
}

static Value any_value(Swarm *swarm, int depth)
{
    Value list;
    switch (pick(swarm, depth > 2 ? 7 : 10)) {
    case 0: return value_none();
    case 1: return value_bool(pick(swarm, 2));
    case 2:
    case 3: return value_int((int64_t)pick(swarm, 6));
    case 4: return value_int(pick(swarm, 2) ? -(int64_t)pick(swarm, 3) : INT64_C(1) << pick(swarm, 63));
    case 5: return value_float((double)pick(swarm, 7) / 4 - 0.5);
    case 6: return any_text(swarm);
    case 7: {
        Layer *layer = any_layer(swarm, depth + 1);
        return layer ? value_layer(layer) : value_int(2);
    }
    default:
        list = value_list(&swarm->made.arena, pick(swarm, 2) ? VALUE_LIST : VALUE_TUPLE, 4);
        for (uint64_t n = pick(swarm, 5); n > 0; n--) list_add(list.list, any_value(swarm, depth + 1));
        return list;
    }
}

/* What a required argument mostly is, so that many layers come out right. */
static Value likely_value(Swarm *swarm, const ParamSpec *param, int depth)
{
    Layer *layer = param->type == PARAM_LAYER && depth < 3 ? any_layer(swarm, depth + 1) : NULL;
    if (pick(swarm, 4) == 0) return any_value(swarm, depth + 1);
    if (layer) return value_layer(layer);
    return param->type == PARAM_FLOAT ? value_float(0.5) : value_int((int64_t)pick(swarm, 4) + 1);
}

static Layer *any_layer(Swarm *swarm, int depth)
{
    const LayerKind *const *kinds;
    const LayerKind *kind = NULL;
    const int n_kinds = layer_kinds(&kinds);
    Argument args[ARGUMENTS_MAX];
    int n = 0;
    kind = kinds[pick(swarm, (uint64_t)n_kinds)];
    for (int i = 0; i < kind->n_params && n < ARGUMENTS_MAX; i++) {
        if (kind->params[i].required ? pick(swarm, 20) == 0 : pick(swarm, 3) > 0) continue;
        args[n++] = argument(kind->params[i].name, kind->params[i].required ? likely_value(swarm, &kind->params[i], depth) : any_value(swarm, depth + 1));
    }
    swarm->made.error = (Error){.arena = &swarm->made.arena};
    Layer *layer = layer_make(&swarm->made.builder, kind, args, n, SPAN_NONE, &swarm->made.error);
    if (!layer && !(swarm->made.error.set && swarm->made.error.message && swarm->made.error.exception))
        fail_msg("%s is refused without a word", kind->name);
    return layer;
}

static KerasTensor *any_input(Swarm *swarm)
{
    Shape shape = {.rank = (int)pick(swarm, 5) + 1};
    for (int i = 0; i < shape.rank; i++) shape.dim[i] = pick(swarm, 8) ? (int64_t)pick(swarm, 7) + 1 : pick(swarm, 2) ? DIM_NONE : 0;
    if (pick(swarm, 5)) shape.dim[0] = DIM_NONE;
    const Argument args[] = {argument("batch_shape", value_shape(&swarm->made.arena, &shape)), argument("dtype", text_value(pick(swarm, 6) ? "float32" : "int32"))};
    return make_layer(&swarm->made, "InputLayer", args, 2)->calls[0]->out[0];
}

static Model *any_model(Swarm *swarm, Layer *layer)
{
    Made *made = &swarm->made;
    Value in = value_list(&made->arena, VALUE_LIST, 2), out = value_list(&made->arena, VALUE_LIST, 2);
    Argument args[2];
    int n = 0;
    for (uint64_t more = pick(swarm, 4) ? 1 : 2; more > 0; more--) list_add(in.list, value_tensor(any_input(swarm)));
    if (pick(swarm, 3)) args[n++] = argument(NULL, in.list->n == 1 ? in.list->items[0] : in);
    else for (size_t i = 0; i < in.list->n; i++) args[n++] = argument(NULL, in.list->items[i]);
    made->error = (Error){.arena = &made->arena};
    Node *node = layer_call(&made->builder, layer, args, n, SPAN_NONE, &made->error);
    if (!node && !made->error.set) fail_msg("a call of %s is refused without a word", layer->kind->name);
    for (int i = 0; node && i < node->n_out; i++) list_add(out.list, value_tensor(node->out[i]));
    return node ? functional_make(&made->builder, in, out, NULL, SPAN_NONE, &made->error) : NULL;
}

static void check_terms(Swarm *swarm, const Run *run, int at, int output)
{
    const PlanStep *step = &run->plan->steps[at];
    const int64_t size = shape_size(&run->plan->tensors[step->first + output].shape);
    for (int i = 0; size && i < 3; i++) {
        Term terms[TERMS];
        const int64_t n = run_trace(run, at, output, (int64_t)pick(swarm, (uint64_t)size), terms, TERMS);
        for (int64_t k = 0; k < n && k < TERMS; k++) {
            if (terms[k].input < 0) continue;
            const int tensor = terms[k].input < step->node->n_in ? step->from[terms[k].input] : -1;
            if (tensor < 0 || terms[k].from < 0 || terms[k].from >= shape_size(&run->plan->tensors[tensor].shape))
                fail_msg("%s has a term that is not there", step->node->layer->kind->name);
        }
    }
}

static bool run_any(Swarm *swarm, const Model *model)
{
    Arena *arena = &swarm->made.arena;
    Plan plan;
    Run run;
    Tensor inputs[2];
    plan_make(&plan, arena, model, NULL, 0, 3, NULL);
    if (!plan.n_steps || plan.numbers > NUMBERS_MAX) return false;
    for (int i = 0; i < plan.n_inputs; i++) {
        if (plan.inputs[i] >= plan.n_tensors) return false;
        inputs[i] = run_pattern(arena, &plan, i);
    }
    run_forward(&run, arena, &plan, inputs, RUN_SEED);
    for (int i = 0; run.complete && i < plan.n_steps; i++)
        for (int output = 0; output < plan.steps[i].node->n_out; output++) check_terms(swarm, &run, i, output);
    return run.complete;
}

static void no_argument_breaks_a_layer(void **state)
{
    (void)state;
    int computed = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        Swarm swarm = {.seed = seed * 7919 + 13};
        made_open(&swarm.made);
        Layer *layer = any_layer(&swarm, 0);
        Model *model = layer ? any_model(&swarm, layer) : NULL;
        if (model) computed += run_any(&swarm, model);
        made_close(&swarm.made);
    }
    assert_true(computed > SEEDS / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_argument_breaks_a_layer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
