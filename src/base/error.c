#include "base/error.h"

#include <stdarg.h>
#include <string.h>

bool error_set(Error *err, const char *exception, const char *format, ...)
{
    if (!err || err->set) return false;
    va_list list;
    va_start(list, format);
    err->message = arena_vprint(err->arena, format, list);
    va_end(list);
    err->set = true;
    err->exception = exception;
    err->span = err->at = err->layer_span = SPAN_NONE;
    return false;
}

static const char *copy(const Error *err, const char *string)
{
    return string ? arena_copy(err->arena, string, strlen(string)) : NULL;
}

bool error_cause(Error *err, const char *id, ...)
{
    if (!err || !err->set || err->cause) return false;
    va_list list;
    va_start(list, id);
    err->cause = copy(err, id);
    for (int i = 0; i < CAUSE_VALUES; i++) {
        const char *value = va_arg(list, const char *);
        if (!value) break;
        err->value[i] = copy(err, value);
    }
    va_end(list);
    return false;
}

bool error_fix(Error *err, FixKind kind, const char *name, const char *code)
{
    if (!err || !err->set || err->n_fixes == ERROR_FIXES) return false;
    err->fix[err->n_fixes++] = (Fix){.kind = kind, .span = SPAN_NONE, .name = copy(err, name), .code = copy(err, code)};
    return false;
}

bool error_fix_at(Error *err, Span span, const char *code)
{
    const int n = err ? err->n_fixes : 0;
    error_fix(err, FIX_REPLACE_TEXT, NULL, code);
    if (err && err->n_fixes > n) err->fix[n].span = span;
    return false;
}
