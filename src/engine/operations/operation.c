/* keras.ops as functions: names, binding of arguments, the call. */
#include "engine/operations/operation.h"

#include <string.h>

#include "engine/binding.h"
#include "engine/layer_parts.h"
#include "engine/operations/operand.h"

/* Functions that are another's. */
static const char *const ALIASES[][2] = {
    {"abs", "absolute"}, {"conj", "conjugate"}, {"swish", "silu"}, {"hard_swish", "hard_silu"}, {"bitwise_not", "bitwise_invert"},
};

static const char *own_name(const char *function)
{
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (strcmp(ALIASES[i][0], function) == 0) return ALIASES[i][1];
    return function;
}

/* Whether the snake-cased class name is `name`: small letters the same, underscores left out. */
static bool is_snake_of(const char *class_name, const char *name)
{
    for (; *class_name; class_name++, name++) {
        const bool capital = *class_name >= 'A' && *class_name <= 'Z';
        if (capital && *name == '_') name++;
        if (*name != (capital ? *class_name - 'A' + 'a' : *class_name)) return false;
    }
    return !*name;
}

static bool is_function_of(const LayerKind *kind, const char *name)
{
    return kind->function ? strcmp(kind->function, name) == 0 : is_snake_of(kind->name, name);
}

const LayerKind *operation_find(const char *function_name)
{
    const LayerKind *const *kinds;
    const int n = layer_kinds(&kinds);
    function_name = own_name(function_name);
    for (int i = 0; i < n; i++)
        if (kinds[i]->operation && is_function_of(kinds[i], function_name)) return kinds[i];
    return NULL;
}

const LayerKind *operation_class_find(const char *class_name)
{
    const LayerKind *const *kinds;
    const int n = layer_kinds(&kinds);
    for (int i = 0; i < n; i++)
        if (kinds[i]->operation && strcmp(kinds[i]->name, class_name) == 0) return kinds[i];
    return NULL;
}

/* ---- the function's parameters ---- */

typedef struct Function {
    const LayerKind *kind;
    const ParamSpec *call;   int n_call;
    ParamSpec       *params; int n;
} Function;

static const ParamSpec *param_named(const ParamSpec *params, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(params[i].name, name) == 0) return &params[i];
    return NULL;
}

/* What stands after *operands can only be given by name. */
static void add_param(Function *function, const ParamSpec *param)
{
    const ParamSpec *last = function->n ? &function->params[function->n - 1] : NULL;
    function->params[function->n] = *param;
    function->params[function->n++].keyword_only = last && (last->variadic || last->keyword_only);
}

static void add_in_order(Function *function)
{
    const LayerKind *kind = function->kind;
    for (const char *const *name = kind->order; *name; name++) {
        const ParamSpec *param = param_named(function->call, function->n_call, *name);
        add_param(function, param ? param : param_named(kind->params, kind->n_params, *name));
    }
}

static Function function_of(Arena *arena, const LayerKind *kind)
{
    Function function = {.kind = kind};
    function.call = kind_call_params(kind, &function.n_call);
    function.params = ARENA_ARRAY(arena, function.n_call + kind->n_params, ParamSpec);
    if (kind->order) {
        add_in_order(&function);
        return function;
    }
    for (int i = 0; i < function.n_call; i++) add_param(&function, &function.call[i]);
    for (int i = 0; i < kind->n_params; i++) add_param(&function, &kind->params[i]);
    return function;
}

/* ---- the call ---- */

static int param_place(const Function *function, const char *name)
{
    for (int i = 0; i < function->n; i++)
        if (strcmp(function->params[i].name, name) == 0) return i;
    return -1;
}

/* What goes to call(), by position, but for what it takes by keyword alone. */
static int call_arguments(const Function *function, const Bound *bound, const Argument *given, Argument *out)
{
    int n = 0;
    for (int i = 0; i < function->n_call; i++) {
        const int at = param_place(function, function->call[i].name);
        if (at < 0) continue;
        const Value *value = &bound->values[at];
        for (size_t j = 0; function->call[i].variadic && j < value->list->n; j++)
            out[n++] = (Argument){.value = value->list->items[j], .span = SPAN_NONE};
        if (function->call[i].variadic || (function->call[i].keyword_only && bound->from[at] < 0)) continue;
        out[n++] = (Argument){
            .keyword = function->call[i].keyword_only ? function->call[i].name : NULL, .value = *value,
            .span = bound->from[at] < 0 ? SPAN_NONE : given[bound->from[at]].span,
        };
    }
    return n;
}

static int made_arguments(const Function *function, const Bound *bound, const Argument *given, Argument *out)
{
    int n = 0;
    for (int i = 0; i < function->kind->n_params; i++) {
        const char *name = function->kind->params[i].name;
        const int at = param_place(function, name);
        if (at >= 0 && bound->from[at] >= 0)
            out[n++] = (Argument){.keyword = name, .value = bound->values[at], .span = given[bound->from[at]].span};
    }
    return n;
}

Node *operation_node(Builder *builder, const LayerKind *kind, const Argument *args, int n, Span span, Error *err)
{
    Arena *arena = builder->arena;
    const Function function = function_of(arena, kind);
    const Signature signature = {
        .name = kind->function ? kind->function : snake_case(arena, kind->name), .params = function.params, .n_params = function.n,
    };
    Bound bound;
    if (!bind_call(arena, &signature, args, n, &bound, err)) return NULL;
    Argument *given = ARENA_ARRAY(arena, function.n + n, Argument);
    const int made = made_arguments(&function, &bound, args, given);
    Layer *operation = layer_make(builder, kind, given, made, span, err);
    if (!operation) return NULL;
    return layer_call(builder, operation, given, call_arguments(&function, &bound, args, given), span, err);
}

KerasTensor *operation_apply(Builder *builder, const char *function_name, const Argument *args, int n, Error *err)
{
    const LayerKind *kind = operation_find(function_name);
    Node *node = kind ? operation_node(builder, kind, args, n, SPAN_NONE, err) : NULL;
    return node ? node->out[0] : NULL;
}

/* ---- arguments ---- */

const ParamSpec OPERATION_X[1] = {{.name = "x", .type = PARAM_TENSORS, .required = true}};

const Value *operation_arg(const Layer *layer, const char *name)
{
    for (int i = 0; i < layer->kind->n_params; i++)
        if (strcmp(layer->kind->params[i].name, name) == 0) return &layer->args[i];
    return NULL;
}

int operation_ints(const Value *value, int64_t *out, int cap)
{
    if (value->kind == VALUE_BOOL || value_is_int(value)) {
        out[0] = value->kind == VALUE_BOOL ? value->boolean : value->integer;
        return 1;
    }
    if (value_integer(value, out)) return 1;
    if (value->kind != VALUE_LIST && value->kind != VALUE_TUPLE) return -1;
    if (value->list->n > (size_t)cap) return -1;
    for (size_t i = 0; i < value->list->n; i++)
        if (!value_integer(&value->list->items[i], &out[i])) return -1;
    return (int)value->list->n;
}

Dtype operation_dtype(const Layer *layer, Dtype otherwise)
{
    const Value *dtype = operation_arg(layer, "dtype");
    const Dtype named = dtype && dtype->kind == VALUE_STRING ? dtype_find(dtype->string.bytes) : DTYPE_NONE;
    return named == DTYPE_NONE ? otherwise : named;
}

int operation_axes(const Value *axis, int rank, int *out, Error *err)
{
    const bool list = axis->kind == VALUE_TUPLE || axis->kind == VALUE_LIST;
    const size_t n = list ? axis->list->n : 1;
    for (size_t i = 0; i < n; i++) {
        const int at = axis_canonical(list ? &axis->list->items[i] : axis, rank, err);
        if (at < 0) return -1;
        if (i < SHAPE_RANK_MAX) out[i] = at;
    }
    return n < SHAPE_RANK_MAX ? (int)n : SHAPE_RANK_MAX;
}
