/* Calls of functions that are not the text's own: arguments bound by their signature. */
#include <string.h>

#include "keras/code/evaluator.h"

typedef struct Signature {
    struct { const char *name; int length; bool optional, keyword_only; } param[GIVEN_MAX];
    int  n, positional;
    bool rest, more, takes_unknown;
} Signature;

static void signature_add(Signature *signature, const char *name, int length, bool keyword_only)
{
    if (length > 1 && name[0] == '*' && name[1] == '*') { signature->more = true; return; }
    if (name[0] == '*') { signature->rest = true; return; }
    const bool optional = name[length - 1] == '?';
    const int i = signature->n++;
    signature->param[i].name = name;
    signature->param[i].length = optional ? length - 1 : length;
    signature->param[i].optional = optional;
    signature->param[i].keyword_only = keyword_only;
    if (!keyword_only) signature->positional = signature->n;
}

static void signature_read(const char *params, Signature *signature)
{
    *signature = (Signature){0};
    bool keyword_only = false;
    if (*params == '!') signature->takes_unknown = *params++;
    while (*params) {
        const int length = (int)strcspn(params, " ");
        if (*params == '|') keyword_only = true;
        else if (length) signature_add(signature, params, length, keyword_only || signature->rest);
        params += length;
        while (*params == ' ') params++;
    }
}

static int signature_index(const Signature *signature, const char *keyword)
{
    for (int i = 0; i < signature->n; i++) {
        const bool same = strncmp(signature->param[i].name, keyword, (size_t)signature->param[i].length) == 0;
        if (same && keyword[signature->param[i].length] == 0) return i;
    }
    return -1;
}

static const char *title_of(const Native *native)
{
    return native->title ? native->title : native->name;
}

static void given_positional(Evaluator *ev, const Signature *signature, Given *given)
{
    Value *rest = ARENA_ARRAY(ev->arena, given->n_written, Value);
    int i = 0;
    for (int a = 0; a < given->n_written; a++) {
        if (given->written[a].keyword) continue;
        if (i < signature->positional) given->arg[i++] = &given->written[a].value;
        else rest[given->n_rest++] = given->written[a].value;
    }
    given->rest = rest;
    if (signature->rest || !given->n_rest) return;
    raise_error(ev, "TypeError", "%s() takes %d positional argument%s but %d %s given", title_of(given->native),
                signature->positional, signature->positional == 1 ? "" : "s", signature->positional + given->n_rest,
                signature->positional + given->n_rest == 1 ? "was" : "were");
}

static void given_keywords(Evaluator *ev, const Signature *signature, Given *given)
{
    given->more = value_dict(ev->arena).dict;
    for (int a = 0; a < given->n_written; a++) {
        const Argument *arg = &given->written[a];
        if (!arg->keyword) continue;
        const int i = signature_index(signature, arg->keyword);
        const char *name = title_of(given->native);
        if (i < 0 && !signature->more)
            raise_error(ev, "TypeError", "%s() got an unexpected keyword argument '%s'", name, arg->keyword);
        if (i < 0) dict_set(ev->arena, given->more, value_text(ev->arena, arg->keyword), arg->value);
        else if (given->arg[i]) raise_error(ev, "TypeError", "%s() got multiple values for argument '%s'", name, arg->keyword);
        else given->arg[i] = &arg->value;
    }
}

static void given_check(Evaluator *ev, const Signature *signature, const Given *given)
{
    for (int i = 0; i < signature->n; i++)
        if (!signature->param[i].optional && !given->arg[i])
            raise_error(ev, "TypeError", "%s() missing 1 required positional argument: '%.*s'", title_of(given->native),
                        signature->param[i].length, signature->param[i].name);
}

static const Value *unknown_argument(const Value *self, const Argument *args, int n)
{
    if (self && self->kind == VALUE_UNKNOWN) return self;
    for (int i = 0; i < n; i++)
        if (args[i].value.kind == VALUE_UNKNOWN) return &args[i].value;
    return NULL;
}

Value native_call(Evaluator *ev, const Native *native, const Value *self, const Argument *args, int n)
{
    Signature signature;
    signature_read(native->params, &signature);
    const Value *blocked = unknown_argument(self, args, n);
    if (blocked && !signature.takes_unknown) return *blocked;
    Given given = {.native = native, .self = self, .written = args, .n_written = n, .span = ev->span};
    given_positional(ev, &signature, &given);
    given_keywords(ev, &signature, &given);
    given_check(ev, &signature, &given);
    return native->call(ev, &given);
}

bool native_find(const Native *natives, const char *name, Value *out)
{
    for (; natives && natives->name; natives++) {
        if (strcmp(natives->name, name) != 0) continue;
        *out = value_native(natives);
        return true;
    }
    return false;
}

bool method_find(Evaluator *ev, const Native *methods, Value self, const char *name, Value *out)
{
    if (!native_find(methods, name, out)) return false;
    *out = value_method(ev->arena, self, *out);
    return true;
}

Value give_none(Evaluator *ev, const Given *given)
{
    (void)ev, (void)given;
    return value_none();
}

Value give_self(Evaluator *ev, const Given *given)
{
    (void)ev;
    return *given->self;
}

Value give_first(Evaluator *ev, const Given *given)
{
    (void)ev;
    return given->arg[0] ? *given->arg[0] : value_none();
}

Value give_unknown(Evaluator *ev, const Given *given)
{
    return unknown_here(ev, given->native->data);
}
