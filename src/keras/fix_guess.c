#include <stdlib.h>
#include <string.h>

#include "engine/activation.h"
#include "keras/fix_parts.h"

enum { GUESSES_SHOWN = 2 };

/* Each try reads the whole text again. */
static const int TRIES[] = {[GUESS_FIRST] = 40, [GUESS_CHANGE] = 40, [GUESS_DROP] = 40, [GUESS_NEXT] = 10, [GUESS_BOTH] = 6};

static const char *callee(const PyNode *call)
{
    return call && (call->a->type == PY_NAME || call->a->type == PY_ATTRIBUTE) ? call->a->name : "";
}

static bool is_positional(const PyNode *arg) { return !arg->name && arg->number == 0; }

static int positional_count(const PyNode *call)
{
    int n = 0;
    for (const PyNode *arg = call->args; arg; arg = arg->next) n += is_positional(arg);
    return n;
}

static void put_at(Proposal *p, int at, const char *code) { edits_add(&p->text.edits, (Span){at, at}, code); }

static const char *copy(const Proposal *p, Span span) { return source_copy(p->reading, p->arena, span); }

static const Layer *layer_before_fault(const Reading *reading)
{
    const int good = reading->model ? model_good_layers(reading->model) : 0;
    return good > 0 && good <= reading->model->n_layers ? reading->model->layers[good - 1] : NULL;
}

/* ---- LSTM(8) before another LSTM: return_sequences=True ---- */

static bool has_sequences(const LayerKind *kind)
{
    for (int i = 0; i < kind->n_params; i++)
        if (strcmp(kind->params[i].name, "return_sequences") == 0) return true;
    return false;
}

/* The constructor of a recurrent layer, or of the one in a Bidirectional. */
static const PyNode *recurrent_call(const Proposal *p, const Layer *layer, const Place *place)
{
    const PyNode *call = source_node(p->reading, PY_CALL, place->call);
    if (!call || has_sequences(layer->kind)) return call;
    const PyNode *inner = strcmp(layer->kind->name, "Bidirectional") == 0 && call->args ? call->args->a : NULL;
    return inner && inner->type == PY_CALL ? inner : NULL;
}

static bool return_sequences(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const char *why, *message = p->reading->error.message;
    const Layer *before = layer_before_fault(p->reading);
    const Place *place = before ? layer_place(p->reading, before, &why) : NULL;
    const PyNode *call = place && variant == 0 ? recurrent_call(p, before, place) : NULL;
    (void)scene;
    if (!call || !message || !strstr(message, "expected ndim=3, found ndim=2")) return false;
    for (const PyNode *arg = call->args; arg; arg = arg->next)
        if (arg->name && strcmp(arg->name, "return_sequences") == 0) return false;
    put_at(p, call->args ? node_nth(call->args, node_count(call->args) - 1)->span.end : call->at.end - 1,
           call->args ? ", return_sequences=True" : "return_sequences=True");
    *shown = place->call;
    return true;
}

/* ---- a class where a layer belongs: Flatten -> Flatten() ---- */

static const char *required_code(Arena *arena, const LayerKind *kind)
{
    Text text = {.arena = arena};
    for (int i = 0; i < kind->n_params; i++) {
        if (!kind->params[i].required) continue;
        if (!kind->params[i].example) return NULL;
        text_print(&text, "%s%s", text.length ? ", " : "", kind->params[i].example);
    }
    return text_string(&text);
}

static bool is_name(const PyNode *node) { return node->type == PY_NAME || node->type == PY_ATTRIBUTE; }

/* Names among the arguments of the call that raised, or in the list it was given. */
static const PyNode *named_item(const Scene *scene, int n)
{
    const PyNode *arg = scene->named ? scene->named->args : NULL;
    if (!arg || arg->name) return NULL;
    if (arg->a->type != PY_LIST) return n == 0 && is_name(arg->a) ? arg->a : NULL;
    for (const PyNode *item = arg->a->list; item; item = item->next)
        if (is_name(item) && n-- == 0) return item;
    return NULL;
}

static bool call_class(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *name = named_item(scene, variant);
    if (!name) return false;
    const LayerKind *kind = layer_kind_find(name->name);
    const char *args = kind ? required_code(p->arena, kind) : NULL;
    if (!args) return call_class(p, scene, variant + 1, shown);
    put_at(p, name->outer.end, arena_print(p->arena, "(%s)", args));
    *shown = name->outer;
    return true;
}

/* keras.activations.relu -> Activation('relu') */
static bool wrap_function(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *name = named_item(scene, variant);
    if (!name || !p->reading->n_places) return false;
    if (!activation_find(name->name)) return wrap_function(p, scene, variant + 1, shown);
    const char *code = arena_print(p->arena, "Activation('%s')", name->name);
    edits_add(&p->text.edits, name->outer, code_as(p->reading, &p->reading->places[0], code, &p->text.edits));
    *shown = name->outer;
    return true;
}

/* ---- numbers of the wrong type: 32.0 and '32' -> 32 ---- */

static const char *whole_number(Arena *arena, const PyNode *value)
{
    if (value->type == PY_NUMBER && value->is_float && value->number_value == (double)(int64_t)value->number_value && value->number_value < 1e9)
        return arena_print(arena, "%lld", (long long)value->number_value);
    if (value->type != PY_STRING || !value->length || value->length > 9 || strspn(value->text, "0123456789") != value->length) return NULL;
    return arena_copy(arena, value->text, value->length);
}

static bool whole_argument(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *arg = scene->call ? node_nth(scene->call->args, variant) : NULL;
    const char *code = arg && arg->a ? whole_number(p->arena, arg->a) : NULL;
    if (!arg) return false;
    if (!code) return whole_argument(p, scene, variant + 1, shown);
    edits_add(&p->text.edits, arg->a->span, code);
    *shown = scene->call->span;
    return true;
}

/* ---- tensors: lists where single ones belong and the other way round ---- */

/* Add()(a, b) -> Add()([a, b]) */
static bool list_tensors(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *call = scene->application;
    if (variant || !call || positional_count(call) < 2) return false;
    put_at(p, call->args->outer.start, "[");
    put_at(p, node_nth(call->args, positional_count(call) - 1)->outer.end, "]");
    *shown = call->span;
    return true;
}

static const PyNode *list_argument(const PyNode *call)
{
    const PyNode *arg = call ? call->args : NULL;
    return arg && is_positional(arg) && arg->a->type == PY_LIST && arg->a->list ? arg->a : NULL;
}

/* Dense(2)([a]) -> Dense(2)(a) */
static bool unlist_tensors(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *list = variant ? NULL : list_argument(scene->application);
    if (!list) return false;
    edits_add(&p->text.edits, list->outer, copy(p, (Span){list->list->outer.start, node_nth(list->list, node_count(list->list) - 1)->outer.end}));
    *shown = scene->application->span;
    return true;
}

/* Attention()(x) -> Attention()([x, x]), MultiHeadAttention(...)(x) -> (x, x) */
static bool repeat_tensor(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *call = scene->application, *arg = call ? call->args : NULL;
    if (variant > 1 || !arg || arg->next || !is_positional(arg)) return false;
    const PyNode *tensor = arg->a->type == PY_LIST && node_count(arg->a->list) == 1 ? arg->a->list : arg->a;
    const char *text = copy(p, tensor->outer);
    edits_add(&p->text.edits, arg->span, arena_print(p->arena, variant ? "%s, %s" : "[%s, %s]", text, text));
    *shown = call->span;
    return true;
}

/* Dense(3, x) -> Dense(3)(x), Flatten(x)() -> Flatten()(x) */
static bool take_tensor_out(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *call = scene->call, *last = call ? node_nth(call->args, node_count(call->args) - 1) : NULL;
    if (variant || !last || !is_positional(last) || last->a->type != PY_NAME) return false;
    const int from = last == call->args ? call->at.start + 1 : node_nth(call->args, node_count(call->args) - 2)->span.end;
    const PyNode *whole = scene->application && !scene->application->args ? scene->application : call;
    const char *head = copy(p, (Span){call->span.start, from});
    edits_add(&p->text.edits, whole->span, arena_print(p->arena, "%s)(%s)", head, last->a->name));
    *shown = whole->span;
    return true;
}

/* x(Flatten()) -> Flatten()(x) */
static bool turn_call(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *call = scene->named, *arg = call ? call->args : NULL;
    if (variant || !arg || arg->next || call->a->type != PY_NAME || arg->a->type != PY_CALL) return false;
    edits_add(&p->text.edits, call->span, arena_print(p->arena, "%s(%s)", copy(p, arg->a->span), call->a->name));
    *shown = call->span;
    return true;
}

/* ---- arguments of constructors ---- */

/* Permute(2, 1) -> Permute((2, 1)) */
static bool tuple_arguments(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *call = scene->call;
    if (variant || !call || positional_count(call) < 2) return false;
    put_at(p, call->args->outer.start, "(");
    put_at(p, node_nth(call->args, positional_count(call) - 1)->outer.end, ")");
    *shown = call->span;
    return true;
}

/* Bidirectional(LSTM(8), return_sequences=True) -> Bidirectional(LSTM(8, return_sequences=True)) */
static bool hand_to_wrapped(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *outer = scene->call, *inner = outer && outer->args ? outer->args->a : NULL;
    const PyNode *arg = inner && inner->type == PY_CALL ? node_nth(outer->args->next, variant) : NULL;
    if (!arg || !arg->name) return false;
    const char *text = copy(p, arg->span);
    const PyNode *before = node_nth(outer->args, variant);
    put_at(p, inner->at.end - 1, inner->args ? arena_print(p->arena, ", %s", text) : text);
    edits_add(&p->text.edits, (Span){before->span.end, arg->span.end}, "");
    *shown = outer->span;
    return true;
}

static bool drop_argument(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const int n = scene->call ? node_count(scene->call->args) : 0;
    const PyNode *arg = variant < n ? node_nth(scene->call->args, n - 1 - variant) : NULL;
    if (!arg) return false;
    const PyNode *before = n - 1 - variant ? node_nth(scene->call->args, n - 2 - variant) : NULL;
    edits_add(&p->text.edits, before ? (Span){before->span.end, arg->span.end}
                                     : (Span){arg->span.start, arg->next ? arg->next->span.start : arg->span.end}, "");
    *shown = scene->call->span;
    return true;
}

/* ---- models ---- */

/* Sequential(Dense(4)) -> Sequential([Dense(4)]) */
static bool list_layers(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *call = scene->named;
    if (variant || !call || strcmp(callee(call), "Sequential") != 0 || !positional_count(call) || call->args->a->type == PY_LIST) return false;
    put_at(p, call->args->outer.start, "[");
    put_at(p, node_nth(call->args, positional_count(call) - 1)->outer.end, "]");
    *shown = call->span;
    return true;
}

/* Model(outputs, inputs) -> Model(inputs, outputs) */
static bool swap_ends(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *call = scene->named;
    if (variant || !call || strcmp(callee(call), "Model") != 0 || positional_count(call) < 2) return false;
    const PyNode *first = call->args, *second = first->next;
    edits_add(&p->text.edits, first->span, copy(p, second->span));
    edits_add(&p->text.edits, second->span, copy(p, first->span));
    *shown = call->span;
    return true;
}

/* Model(input=x, output=y) -> Model(inputs=x, outputs=y) */
static bool plural_ends(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *call = scene->named;
    if (variant || !call || strcmp(callee(call), "Model") != 0) return false;
    for (const PyNode *arg = call->args; arg; arg = arg->next) {
        if (!arg->name || (strcmp(arg->name, "input") != 0 && strcmp(arg->name, "output") != 0)) continue;
        put_at(p, arg->span.start + (int)strlen(arg->name), "s");
    }
    *shown = call->span;
    return p->text.edits.n > 0;
}

/* ---- taking things out ---- */

/* None, a function or a tensor among layers. */
static bool drop_item(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const Place place = {.form = PLACE_ITEM, .call = scene->at, .statement = scene->at};
    if (variant || !span_known(scene->at) || !source_list(p->reading, scene->at)) return false;
    *shown = SPAN_NONE;
    return place_remove(p->reading, &place, &p->text.edits);
}

/* A Flatten or pooling that leaves no rows for the layer at fault. */
static bool drop_before(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const char *why;
    (void)scene;
    const Layer *before = layer_before_fault(p->reading);
    if (variant || !before || (strcmp(before->kind->name, "Flatten") != 0 && strncmp(before->kind->name, "Global", 6) != 0)) return false;
    const Place *place = layer_place(p->reading, before, &why);
    if (!place || place->times > 1) return false;
    *shown = SPAN_NONE;
    p->text.label = arena_print(p->arena, "\xE2\x88\x92 %s", copy(p, place->call));
    return place_remove(p->reading, place, &p->text.edits);
}

static bool drop_layer(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    if (variant || !scene->call || !p->has_place) return false;
    *shown = SPAN_NONE;
    p->text.label = arena_print(p->arena, "\xE2\x88\x92 %s", copy(p, p->place.call));
    return place_remove(p->reading, &p->place, &p->text.edits);
}

/* ---- trying them in turn ---- */

static Guess *const FIRST[] = {return_sequences, NULL};
static Guess *const CHANGE[] = {guess_first_input, guess_inputs, guess_outputs, guess_own_layer, guess_input_shape, guess_call, guess_turned_list, guess_adds, call_class, wrap_function, whole_argument, list_tensors, unlist_tensors, repeat_tensor, take_tensor_out, turn_call,
                                list_layers, tuple_arguments, hand_to_wrapped, plural_ends, swap_ends, drop_before, guess_name,
                                guess_input_of_shape, guess_layers_alone, guess_keras_function, guess_transpose, guess_concatenate, guess_padding, NULL};
static Guess *const DROP[] = {drop_argument, drop_item, drop_layer, guess_drop_statement, NULL};
static Guess *const *const GUESSES[] = {[GUESS_FIRST] = FIRST, [GUESS_CHANGE] = CHANGE, [GUESS_DROP] = DROP, [GUESS_NEXT] = CHANGE, [GUESS_BOTH] = CHANGE};

static Scene scene_of(const Reading *reading, const Proposal *p)
{
    const Error *error = &reading->error;
    Scene scene = {.at = error->at};
    if (p->has_place) scene.call = source_node(reading, PY_CALL, p->place.call);
    if (scene.call) scene.application = source_application(reading, scene.call->span);
    if (span_known(error->span)) scene.named = source_node(reading, PY_CALL, error->span);
    const bool model = strcmp(callee(scene.named), "Sequential") == 0 || strcmp(callee(scene.named), "Model") == 0;
    if (!scene.application && scene.named && scene.named->a->type == PY_NAME && !model) scene.application = scene.named;
    return scene;
}

typedef struct Trial {
    const Reading     *reading;
    const ReadOptions *options;
    Arena             *arena;
    TextFix           *fixes;
    int                n, cap, tries, depth;     /* depth: of faults mended together */
} Trial;

static bool try_guess(Trial *trial, Guess *guess, int variant)
{
    Proposal p = {.reading = trial->reading, .arena = trial->arena, .text.edits.arena = trial->arena};
    Span shown = SPAN_NONE;
    p.has_place = place_at(trial->reading, trial->arena, trial->reading->error.layer_span, &p.place);
    const Scene scene = scene_of(trial->reading, &p);
    if (!guess(&p, &scene, variant, &shown)) return false;
    if (span_known(shown)) p.text.label = changed_text(&p, shown);
    if (!p.text.label) p.text.label = arena_print(trial->arena, "\xE2\x88\x92 %s", copy(&p, scene.at));
    trial->tries++;
    if (fix_is_new(trial->fixes, trial->n, p.text.label) && proposal_works(&p, trial->options, trial->depth) &&
        fix_is_new(trial->fixes, trial->n, p.text.label))
        trial->fixes[trial->n++] = p.text;
    return true;
}

int fixes_guess(const Reading *reading, const ReadOptions *options, Arena *arena, GuessKind kind, TextFix *fixes, int cap)
{
    Trial trial = {.reading = reading, .options = options, .arena = arena, .fixes = fixes, .cap = cap < GUESSES_SHOWN ? cap : GUESSES_SHOWN, .depth = kind == GUESS_BOTH ? 0 : FAULTS_MENDED};
    for (Guess *const *guess = GUESSES[kind]; *guess; guess++)
        for (int variant = 0; trial.n < trial.cap && trial.tries < TRIES[kind]; variant++)
            if (!try_guess(&trial, *guess, variant)) break;
    return trial.n;
}
