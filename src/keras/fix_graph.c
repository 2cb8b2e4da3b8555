/* Guesses about graphs: which inputs and outputs a Model has, which layer a call means, what a name stands for. */
#include <ctype.h>
#include <string.h>

#include "keras/fix_parts.h"

enum { NAMES_MAX = 8 };

static const char *copy(const Proposal *p, Span span) { return source_copy(p->reading, p->arena, span); }

static const char *callee(const PyNode *call)
{
    const bool named = call && call->type == PY_CALL && (call->a->type == PY_NAME || call->a->type == PY_ATTRIBUTE);
    return named ? call->a->name : "";
}

static bool is_positional(const PyNode *arg) { return !arg->name && arg->number == 0; }

/* ---- names of the text ---- */

typedef struct Assigned {
    const char   *name;
    const PyNode *value;
} Assigned;

/* name = value, one name to a statement, in order. */
static int assigned_names(const Proposal *p, Assigned *names, int cap, bool (*wanted)(const PyNode *value))
{
    int n = 0;
    for (const PyNode *node = p->reading->tree->list; node; node = node->next) {
        const bool one = node->type == PY_ASSIGN && node->list && !node->list->next && node->list->type == PY_NAME;
        if (!one || !wanted(node->a)) continue;
        if (n == cap) memmove(names, names + 1, (size_t)--n * sizeof *names);
        names[n++] = (Assigned){node->list->name, node->a};
    }
    return n;
}

static bool is_input(const PyNode *value) { return strcmp(callee(value), "Input") == 0; }
static bool is_model(const PyNode *value) { return strcmp(callee(value), "Sequential") == 0 || strcmp(callee(value), "Model") == 0; }
static bool is_call(const PyNode *value) { return value->type == PY_CALL; }

static const PyNode *argument(const PyNode *call, int position, const char *name)
{
    int at = 0;
    for (const PyNode *arg = call->args; arg; arg = arg->next) {
        if (arg->name && strcmp(arg->name, name) == 0) return arg;
        if (is_positional(arg) && at++ == position) return arg;
    }
    return NULL;
}

/* ---- the ends of a Model ---- */

static const char *joined(const Proposal *p, const Assigned *names, int n)
{
    Text text = {.arena = p->arena};
    for (int i = 0; i < n; i++) text_print(&text, "%s%s", i ? ", " : "[", names[i].name);
    text_put_char(&text, ']');
    return text_string(&text);
}

/* Model(b, x) -> Model(a, x), Model([a, b], x) */
bool guess_inputs(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    Assigned names[NAMES_MAX];
    if (strcmp(callee(scene->named), "Model") != 0) return false;
    const int n = assigned_names(p, names, NAMES_MAX, is_input);
    if (variant > n || !n || (variant == n && n == 1)) return false;
    const char *code = variant < n ? names[variant].name : joined(p, names, n);
    const PyNode *arg = argument(scene->named, 0, "inputs");
    if (arg) edits_add(&p->text.edits, arg->a->outer, code);
    else if (scene->named->args) edits_add(&p->text.edits, (Span){scene->named->args->span.start, scene->named->args->span.start},
                                           arena_print(p->arena, "inputs=%s, ", code));
    else return false;
    *shown = scene->named->span;
    return true;
}

/* Model(inputs) -> Model(inputs, x), with the last results first */
bool guess_outputs(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    Assigned names[NAMES_MAX];
    if (strcmp(callee(scene->named), "Model") != 0 || !scene->named->args) return false;
    const PyNode *arg = argument(scene->named, 1, "outputs"), *last = scene->named->args;
    const int n = assigned_names(p, names, NAMES_MAX, is_call) - 1;      /* the Model itself is the last */
    if (variant >= n || (arg && arg->a->type != PY_NONE)) return false;
    while (last->next) last = last->next;
    const char *name = names[n - 1 - variant].name;
    if (arg) edits_add(&p->text.edits, arg->a->outer, name);
    else edits_add(&p->text.edits, (Span){last->span.end, last->span.end}, arena_print(p->arena, last->name ? ", outputs=%s" : ", %s", name));
    *shown = scene->named->span;
    return true;
}

/* ---- an Input of another shape ---- */

/* "(28, 28, 1)" of "...expected shape=(None, 28, 28, 1), ..."; NULL when the words are not there. */
static const char *shape_in(const Proposal *p, const char *words)
{
    const char *message = p->reading->error.message, *at = message ? strstr(message, words) : NULL;
    if (!at) return NULL;
    at += strlen(words);
    const size_t length = strcspn(at, ")");
    const char *inner = strchr(at, ',');
    if (*at != '(' || !inner || inner > at + length) return NULL;
    inner += 1 + (inner[1] == ' ');
    const bool lone = !memchr(inner, ',', length - (size_t)(inner - at));
    return arena_print(p->arena, "(%.*s%s)", (int)(length - (size_t)(inner - at)), inner, lone ? "," : "");
}

/* "(5,)" with the 4 of "expected axis -1 of input shape to have value 4". */
static const char *with_last(const Proposal *p, const char *shape)
{
    static const char words[] = "expected axis -1 of input shape to have value ";
    const char *at = strstr(p->reading->error.message, words), *comma = strrchr(shape, ',');
    if (!at || !comma) return NULL;
    at += sizeof words - 1;
    const int digits = (int)strspn(at, "0123456789");
    if (comma[1] == ')') return arena_print(p->arena, "(%.*s,)", digits, at);
    return arena_print(p->arena, "%.*s, %.*s)", (int)(comma - shape), shape, digits, at);
}

static bool same_without_blanks(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (isspace((unsigned char)*a)) a++;
        while (isspace((unsigned char)*b)) b++;
        if (*a != *b) return false;
        if (!*a) return true;
    }
}

static const PyNode *input_of_shape(const Proposal *p, const PyToken *token, const char *shape)
{
    for (int end = token->span.end; end < (int)p->reading->length && p->reading->text[end] != '\n'; end++) {
        if (p->reading->text[end] != ')') continue;
        const PyNode *call = source_node(p->reading, PY_CALL, (Span){token->span.start, end + 1});
        const PyNode *arg = call ? argument(call, 0, "shape") : NULL;
        const char *lone_channel = arena_print(p->arena, "%.*s, 1)", (int)strlen(shape) - 1, shape);   /* Keras' words leave it out */
        const char *written = arg ? copy(p, arg->a->span) : "";
        if (arg) return same_without_blanks(written, shape) || same_without_blanks(written, lone_channel) ? arg : NULL;
    }
    return NULL;
}

static bool is_token(const Proposal *p, const PyToken *token, const char *name)
{
    const size_t length = (size_t)(token->span.end - token->span.start);
    return token->type == PY_TOKEN_NAME && strlen(name) == length && memcmp(p->reading->text + token->span.start, name, length) == 0;
}

/* What the model takes is what the Input says, or the other way round. */
bool guess_input_shape(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const char *expected = shape_in(p, "expected shape="), *found = shape_in(p, "found shape=");
    if (!found) found = shape_in(p, "but received input with shape ");
    if (!expected && found) expected = with_last(p, found);
    PyTokens tokens = {0};
    (void)scene;
    if (!expected || !found) return false;
    python_tokens(p->arena, p->reading->text, p->reading->length, &tokens);
    for (int way = 0; way < 2; way++)
        for (size_t i = 0; i < tokens.n; i++) {
            const bool is_one = is_token(p, &tokens.token[i], "Input");
            const PyNode *arg = is_one ? input_of_shape(p, &tokens.token[i], way ? expected : found) : NULL;
            if (!arg || variant-- > 0) continue;
            edits_add(&p->text.edits, arg->a->span, way ? found : expected);
            *shown = (Span){tokens.token[i].span.start, arg->span.end + 1};
            return true;
        }
    return false;
}

/* ---- a layer of its own for another shape ---- */

static const char *name_of_call(const Proposal *p, Span call)
{
    Assigned names[NAMES_MAX];
    const int n = assigned_names(p, names, NAMES_MAX, is_call);
    for (int i = 0; i < n; i++)
        if (names[i].value->span.start == call.start && names[i].value->span.end == call.end) return names[i].name;
    return NULL;
}

/* [dense, dense] -> [dense, Dense(4)]: the last use first */
bool guess_own_layer(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const char *name = scene->call && variant < 2 ? name_of_call(p, scene->call->span) : NULL;
    PyTokens tokens = {0};
    if (!name) return false;
    python_tokens(p->arena, p->reading->text, p->reading->length, &tokens);
    for (size_t i = tokens.n; i-- > 0;) {
        const Span use = tokens.token[i].span;
        if (use.start < scene->call->span.end) return false;
        if (!is_token(p, &tokens.token[i], name) || variant-- > 0) continue;
        edits_add(&p->text.edits, use, copy(p, scene->call->span));
        *shown = use;
        return true;
    }
    return false;
}

/* ---- calls ---- */

/* Dense(2)() -> Dense(2)(a); x = Dense(3) that is used as a tensor -> x = Dense(3)(a) */
bool guess_call(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    Assigned inputs[NAMES_MAX], calls[NAMES_MAX];
    const PyNode *call = scene->application, *target = call && !call->args ? call : NULL;
    const int n = assigned_names(p, inputs, NAMES_MAX, is_input), n_calls = assigned_names(p, calls, NAMES_MAX, is_call);
    if (variant >= n || !call) return false;
    const PyNode *arg = call->args && !call->args->next && call->args->a->type == PY_NAME ? call->args->a : NULL;
    for (int i = 0; arg && i < n_calls; i++)
        if (strcmp(calls[i].name, arg->name) == 0 && calls[i].value->a->type != PY_CALL) target = calls[i].value;
    if (!target || is_input(target)) return false;
    if (target == call) edits_add(&p->text.edits, (Span){call->at.start + 1, call->at.start + 1}, inputs[variant].name);
    else edits_add(&p->text.edits, (Span){target->span.end, target->span.end}, arena_print(p->arena, "(%s)", inputs[variant].name));
    *shown = target->span;
    if (target != call) p->text.label = arena_print(p->arena, "%s(%s)", copy(p, target->span), inputs[variant].name), *shown = SPAN_NONE;
    return true;
}

/* join([y, x]) -> join([x, y]) */
bool guess_turned_list(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *arg = scene->application ? scene->application->args : NULL;
    const PyNode *first = arg && is_positional(arg) && arg->a->type == PY_LIST ? arg->a->list : NULL;
    if (variant || !first || !first->next || first->next->next) return false;
    edits_add(&p->text.edits, first->outer, copy(p, first->next->outer));
    edits_add(&p->text.edits, first->next->outer, copy(p, first->outer));
    *shown = scene->application->span;
    return true;
}

/* model.add([a, b]) -> model.add(a), model.add(b) */
bool guess_adds(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const PyNode *call = scene->named, *block;
    const PyNode *list = call && strcmp(callee(call), "add") == 0 && call->args && call->args->a->type == PY_LIST ? call->args->a->list : NULL;
    const PyNode *statement = list ? source_statement(p->reading, call->span, &block) : NULL;
    Text text = {.arena = p->arena};
    if (variant || !statement || statement->span.start != call->span.start) return false;
    const char *lead = copy(p, (Span){call->span.start, call->at.start});
    const char *between = arena_print(p->arena, "%s%s", line_break(p->reading, call->span.start), indentation(p->reading, p->arena, call->span.start));
    for (const PyNode *item = list; item; item = item->next)
        text_print(&text, "%s%s(%s)", item == list ? "" : between, lead, copy(p, item->outer));
    edits_add(&p->text.edits, call->span, text_string(&text));
    *shown = call->span;
    return true;
}

/* ---- names and statements ---- */

/* n_features = 4, before the statement that needs it */
bool guess_name(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const char *message = p->reading->error.message, *end;
    const PyNode *block, *statement = span_known(scene->at) ? source_statement(p->reading, scene->at, &block) : NULL;
    if (variant || !statement || !message || strncmp(message, "name '", 6) != 0) return false;
    end = strchr(message + 6, '\'');
    if (!end) return false;
    p->text.label = arena_print(p->arena, "%.*s = 4", (int)(end - message - 6), message + 6);
    line_before(p->reading, statement->span, p->text.label, &p->text.edits);
    *shown = SPAN_NONE;
    return true;
}

/* model.build((None, 5)), where nothing needs it */
bool guess_drop_statement(Proposal *p, const Scene *scene, int variant, Span *shown)
{
    const Span at = span_known(p->reading->error.span) ? p->reading->error.span : scene->at;
    const PyNode *block, *statement = span_known(at) && !variant ? source_statement(p->reading, at, &block) : NULL;
    if (!statement || (statement->type != PY_EXPR && (statement->type != PY_ASSIGN || is_model(statement->a)))) return false;
    p->text.label = arena_print(p->arena, "\xE2\x88\x92 %.*s", (int)strcspn(copy(p, statement->span), "\r\n"), copy(p, statement->span));
    statement_remove(p->reading, statement->span, &p->text.edits);
    *shown = SPAN_NONE;
    return true;
}
