/* Exceptions on their way, and the limits. */
#include <stdarg.h>

#include "keras/code/evaluator.h"
#include "keras/code/exception.h"

void catch_begin(Evaluator *ev, Catch *catch)
{
    catch->outer = ev->catch;
    catch->scope = ev->scope;
    catch->active = ev->active;
    catch->span = ev->span;
    catch->nesting = ev->nesting;
    catch->calls = ev->calls;
    catch->doubt = ev->doubt;
    catch->loop_steps = ev->loop_steps;
    catch->function = ev->function;
    catch->item = ev->item;
    catch->call = ev->call;
    catch->display = ev->display;
    catch->yielded = ev->yielded;
    catch->loops = ev->loops;
    catch->beside = ev->beside;
    catch->following = ev->following;
    ev->catch = catch;
}

void catch_end(Evaluator *ev, Catch *catch)
{
    ev->catch = catch->outer;
    ev->scope = catch->scope;
    ev->active = catch->active;
    ev->span = catch->span;
    ev->nesting = catch->nesting;
    ev->calls = catch->calls;
    ev->doubt = catch->doubt;
    ev->loop_steps = catch->loop_steps;
    ev->function = catch->function;
    ev->item = catch->item;
    ev->call = catch->call;
    ev->display = catch->display;
    ev->yielded = catch->yielded;
    ev->loops = catch->loops;
    ev->beside = catch->beside;
    ev->following = catch->following;
}

static _Noreturn void leave(Evaluator *ev)
{
    longjmp(ev->catch->here, 1);
}

Error error_make(const Evaluator *ev)
{
    return (Error){.arena = ev->arena, .span = SPAN_NONE, .at = SPAN_NONE, .layer_span = SPAN_NONE};
}

static void raise_made(Evaluator *ev, const Error *error)
{
    ev->raised = (Raised){.error = *error, .limit = ev->steps > STEPS_MAX};
    Error *raised = &ev->raised.error;
    if (!span_known(raised->span)) raised->span = ev->span;
    if (!span_known(raised->at)) raised->at = span_known(raised->layer_span) ? raised->layer_span : raised->span;
    ev->raised.exception = exception_make(ev, exception_class(error->exception), error->message);
}

void raise_fault(Evaluator *ev, const Error *error)
{
    raise_made(ev, error);
    leave(ev);
}

void raise_error(Evaluator *ev, const char *exception, const char *format, ...)
{
    Error error = error_make(ev);
    va_list list;
    va_start(list, format);
    error.message = arena_vprint(ev->arena, format, list);
    va_end(list);
    error.set = true;
    error.exception = exception;
    raise_fault(ev, &error);
}

void raise_value(Evaluator *ev, Value exception)
{
    const Instance *instance = value_instance(&exception);
    Error error = error_make(ev);
    error.set = true;
    error.exception = instance->class->name;
    error.message = text_of(ev, exception);
    raise_made(ev, &error);
    ev->raised.exception = exception;
    leave(ev);
}

void raise_again(Evaluator *ev)
{
    leave(ev);
}

void raise_limit(Evaluator *ev, const char *what)
{
    Error error = error_make(ev);
    error_set(&error, "LimitReached", "%s", what);
    error_cause(&error, "cause.limit", what, NULL);
    raise_made(ev, &error);
    ev->raised.limit = true;
    leave(ev);
}

void pay(Evaluator *ev, int64_t steps)
{
    ev->steps += steps;
    ev->loop_steps += steps;
    if (ev->steps > STEPS_MAX) raise_limit(ev, "steps");
}

void pay_items(Evaluator *ev, int64_t n)
{
    if (n > ITEMS_MAX) raise_error(ev, "MemoryError", "%s", "");
    pay(ev, n / 4);
}
