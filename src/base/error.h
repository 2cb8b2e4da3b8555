/* What went wrong, in Keras' own words, where in the text, the plain cause, and what would mend it. */
#ifndef SHAPEFLOW_BASE_ERROR_H
#define SHAPEFLOW_BASE_ERROR_H

#include "base/arena.h"

/* Bytes [start, end) of the text. start < 0: no place. */
typedef struct Span {
    int start, end;
} Span;

#define SPAN_NONE ((Span){-1, -1})

static inline bool span_known(Span span) { return span.start >= 0; }

/* A proposal of the engine, which knows layers but no text; keras/fix turns it into edits and tries them. */
typedef enum FixKind {
    FIX_INSERT_BEFORE,   /* code = a layer, put before the layer at fault: "Flatten()" */
    FIX_REPLACE_LAYER,   /* code = a layer instead of the layer at fault */
    FIX_REMOVE_LAYER,
    FIX_ARGUMENT,        /* argument `name` of the layer at fault becomes `code` */
    FIX_REMOVE_ARGUMENT, /* argument `name` goes */
    FIX_RENAME_ARGUMENT, /* argument `name` is called `code` */
    FIX_REPLACE_TEXT     /* the bytes of `span` become `code` */
} FixKind;

typedef struct Fix {
    FixKind     kind;
    Span        span;
    const char *name, *code;
} Fix;

enum { ERROR_FIXES = 6, CAUSE_VALUES = 4 };

typedef struct Error {
    Arena      *arena;       /* for the words below; set by the owner, everything else starts zeroed */
    bool        set;
    const char *exception;   /* Python's class: "ValueError" */
    const char *message;     /* str(e), byte for byte as Keras prints it, the bold escapes left out */
    Span        span;        /* the statement or call that raised: its line is the traceback's last */
    Span        at;          /* the very bytes to underline (an argument, a name); may be the same */
    const char *layer_class, *layer_name;   /* NULL when no layer is at fault, or not yet named */
    Span        layer_span;  /* that layer's constructor call */
    const char *cause;       /* id of a sentence in assets/strings ("cause.reshape_total"); NULL = none */
    const char *value[CAUSE_VALUES];        /* what stands for {0}, {1} ... in that sentence */
    Fix         fix[ERROR_FIXES];
    int         n_fixes;
} Error;

/* Both return false, so that a check reads: return error_set(err, "ValueError", "...", ...).
 * A second fault never replaces the first. err may be NULL (nobody asks). */
bool error_set(Error *, const char *exception, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The plain cause of a fault just set; values end with NULL: error_cause(err, "cause.rank", "4", "3", NULL). */
bool error_cause(Error *, const char *id, ...);

/* name and code are copied. */
bool error_fix(Error *, FixKind, const char *name, const char *code);
/* The bytes of a span become code. */
bool error_fix_at(Error *, Span, const char *code);

#endif
