/* The state of one reading, and the ways into the evaluator: expressions, statements, calls, attributes, exceptions.
 *
 * A Python exception leaves by longjmp to the innermost Catch, so that code that evaluates has no error path of its own.
 * Nothing outside the arena is held while anything is evaluated. */
#ifndef SHAPEFLOW_KERAS_CODE_EVALUATOR_H
#define SHAPEFLOW_KERAS_CODE_EVALUATOR_H

#include <setjmp.h>

#include "keras/code/object.h"
#include "keras/code/scope.h"
#include "keras/reading.h"

/* Limits, so that no text can hang or fill the machine. */
enum {
    STEPS_MAX = 10000000,       /* nodes evaluated, and items made, in all */
    LOOP_STEPS_MAX = 3000000,   /* in one outermost loop: training loops are given up there */
    NESTING_MAX = 3000,         /* C calls of the evaluator inside one another */
    YIELDS_MAX = 2000,          /* of one generator: longer ones are taken to have no end, and left there */
    CALLS_MAX = 250,            /* functions of the text inside one another */
    LAYER_STEPS = 150,          /* what making or calling a layer counts for */
    ITEMS_MAX = 1 << 20,        /* of a list, and characters of a string */
    MEMORY_MAX = 192 << 20      /* bytes of the arena */
};

/* An exception on its way. */
typedef struct Raised {
    Value exception;            /* an instance of an exception class */
    Error error;                /* as the learner is told */
    bool  limit;                /* a limit of ours was reached: no except clause catches it */
} Raised;

/* The statements being executed, innermost first. */
typedef struct Active {
    int                  statement;   /* see trail.h */
    const PyNode        *node;
    const struct Active *outer;
} Active;

typedef struct Catch {
    jmp_buf       here;
    struct Catch *outer;
    Scope        *scope;
    const Active *active;
    Span          span;
    int           nesting, calls, doubt, loops, following, beside;
    int64_t       loop_steps;
    const Function *function;
    const PyNode *item, *call;
    ValueList    *display, *yielded;
} Catch;

typedef struct Trail Trail;
typedef struct Places Places;
typedef struct Registry Registry;
typedef struct Classes Classes;
typedef struct Subclasses Subclasses;

struct Evaluator {
    Reading           *reading;
    Arena             *arena;
    Builder           *builder;
    const ReadOptions *options;
    Scope             *globals, *scope;
    const Function    *function;      /* being called; NULL outside */
    Catch             *catch;
    Raised             raised;
    const Active      *active;
    Span               span;          /* of the call or name being evaluated: where an exception is raised */
    int                nesting, calls;
    int64_t            steps, loop_steps;
    int                doubt;         /* inside branches whose condition is not known */
    int                doubt_layers;  /* layers made before the outermost of them */
    const void       **doubted;       /* containers changed inside them */
    size_t             n_doubted, doubted_capacity;
    Value              doubtful_result;   /* returned in such a branch of the function being called; else None */
    int                following;     /* call() of the text's own layers being followed, one inside the other */
    NameCounts         once;          /* names taken while a call() is followed that its next run will not take: of what is built */
    bool               marking;       /* only for model.build(): Keras runs nothing there */
    int                beside;        /* inside arguments of what is no part of the model: missing names are no refusal there */
    bool               defers_annotations;   /* from __future__ import annotations */
    bool               broken;        /* something was not understood or not followed: names may be missing for that */
    const PyNode      *item;          /* the item of a display being evaluated */
    const PyNode      *call;          /* the call whose arguments are known, and which is running */
    ValueList         *yielded;       /* by the generator being run; NULL outside */
    ValueList         *display;       /* a list display inside Sequential(...), as far as it is evaluated */
    int                loops;         /* loops around the statement being executed */
    Raised             handled;       /* what the except clause being executed has caught */
    Value              environment;   /* os.environ: a dictionary once it is asked for */
    size_t             notes_capacity;
    Trail             *trail;
    Places            *places;
    Registry          *registry;
    Classes           *classes;
    Subclasses        *subclasses;
};

/* ---- exceptions ---- */

void catch_begin(Evaluator *, Catch *);   /* then: if (setjmp(c.here) == 0) {...; catch_end} else {catch_end; ev->raised} */
void catch_end(Evaluator *, Catch *);

_Noreturn void raise_error(Evaluator *, const char *exception, const char *format, ...) __attribute__((format(printf, 3, 4)));
_Noreturn void raise_fault(Evaluator *, const Error *);      /* of the engine; places are filled in */
_Noreturn void raise_value(Evaluator *, Value exception);
_Noreturn void raise_again(Evaluator *);
_Noreturn void raise_limit(Evaluator *, const char *what);
Error error_make(const Evaluator *);                         /* for the engine to fill in */

/* Pays for work; leaves when the text has used up what it may. */
void pay(Evaluator *, int64_t steps);
/* The same for something of n items, which must not be too many. */
void pay_items(Evaluator *, int64_t n);

/* ---- the tree ---- */

Value evaluate(Evaluator *, const PyNode *);

typedef enum Flow { FLOW_NEXT, FLOW_BREAK, FLOW_CONTINUE, FLOW_RETURN } Flow;
/* *result is what was returned. */
Flow execute(Evaluator *, const PyNode *statements, Value *result);
void assign(Evaluator *, const PyNode *target, Value);

/* ---- names ---- */

Value name_value(Evaluator *, const PyNode *name);
void name_bind(Evaluator *, const char *name, Value);
bool name_known(const Evaluator *, const char *name, Value *);

/* ---- values ---- */

Value call(Evaluator *, Value callee, const Argument *, int n);
Value call_one(Evaluator *, Value callee, Value argument);
bool  attribute_find(Evaluator *, Value, const char *name, Value *out);
Value attribute(Evaluator *, Value, const char *name);           /* raises AttributeError */
void  attribute_set(Evaluator *, Value object, const char *name, Value);
void  attribute_delete(Evaluator *, Value object, const char *name);
ValueList *iterate(Evaluator *, Value);                          /* items of anything iterable */
/* Refuses (RecursionError) what is nested too deep or too large to be gone through whole. */
void  walkable(Evaluator *, const Value *);
bool  truth(Evaluator *, Value);                                 /* raises for arrays of several */
Value unary(Evaluator *, PyOp, Value);
Value binary(Evaluator *, PyOp, Value, Value);
Value compare(Evaluator *, PyOp, Value, Value);
Value subscript(Evaluator *, Value, Value index);
void  subscript_set(Evaluator *, Value, Value index, Value);
void  subscript_delete(Evaluator *, Value, Value index);
const char *text_of(Evaluator *, Value);                         /* str(x) */
const char *repr_of(Evaluator *, Value);
const char *type_of(const Value *);                              /* "int", "Dense" */
int64_t whole_of(Evaluator *, Value);                            /* an int where Python wants one */
int64_t index_of(Evaluator *, Value, const char *what);          /* the same, of an index */

/* ---- what is not known ---- */

/* reason: "cause.not_known_module"; name: the code that is not known. */
Value unknown(Evaluator *, const char *reason, const char *name, Span origin);
/* The same of what is being evaluated, told by its source. */
Value unknown_here(Evaluator *, const char *reason);
/* The source of a node, short enough to be shown. */
const char *source_text(const Evaluator *, Span);
/* What calling something unknown gives. */
Value unknown_call(Evaluator *, Value callee, const PyNode *call);
/* An unknown value that gets a name: from now on it is told by where the name was given. */
Value unknown_named(Evaluator *, Value, const PyNode *source);
/* A fault that stops nothing: for the code pane. */
void fault_add(Evaluator *, const Error *);
void note(Evaluator *, const char *id, const char *value, const char *second, Span);

/* ---- functions ---- */

Value function_make(Evaluator *, const PyNode *);
Value function_call(Evaluator *, Function *, const Argument *, int n);
/* Puts every parameter into the scope; raises TypeError as Python does. */
void  function_bind(Evaluator *, const Function *, const Argument *, int n, Scope *);
Value native_call(Evaluator *, const Native *, const Value *self, const Argument *, int n);
/* Of a table closed with a nameless one; NULL = an empty one. */
bool  native_find(const Native *, const char *name, Value *out);
bool  method_find(Evaluator *, const Native *, Value self, const char *name, Value *out);   /* bound */
/* What natives can be that do nothing for the model. */
Value give_none(Evaluator *, const Given *);
Value give_self(Evaluator *, const Given *);
Value give_first(Evaluator *, const Given *);      /* the first argument, or None */
Value give_unknown(Evaluator *, const Given *);    /* data: the reason */
Value class_statement(Evaluator *, const PyNode *);
/* type(name, bases, body). */
Value class_make(Evaluator *, const char *name, const ValueList *bases, const ValueDict *body);
Value class_call(Evaluator *, const Class *, const Argument *, int n);
Value class_new(Evaluator *, const Class *, const Argument *, int n);    /* what object.__new__ gives */
bool  class_attribute(Evaluator *, const Class *, const char *name, Value *out, const Class **owner);
/* What super() finds: in the order of the class, behind another. */
bool  class_attribute_after(Evaluator *, const Class *, const Class *after, const char *name, Value *out);
bool  instance_of(Evaluator *, const Value *, const Value *class_or_tuple);

#endif
