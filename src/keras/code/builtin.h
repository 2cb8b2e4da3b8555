/* Python's builtins. */
#ifndef SHAPEFLOW_KERAS_CODE_BUILTIN_H
#define SHAPEFLOW_KERAS_CODE_BUILTIN_H

#include "keras/code/evaluator.h"
#include "keras/code/suggest.h"

/* Types whose instances are plain data. */
extern const Class CLASS_INT, CLASS_FLOAT, CLASS_STR, CLASS_BOOL, CLASS_LIST, CLASS_TUPLE, CLASS_DICT, CLASS_SET,
    CLASS_FROZENSET, CLASS_BYTES, CLASS_TYPE, CLASS_NONE, CLASS_FUNCTION, CLASS_RANGE;
extern const Class CLASS_ABC;              /* abc.ABC */
/* What isinstance asks of any value: collections.abc. */
extern const Class CLASS_ITERABLE, CLASS_SEQUENCE, CLASS_MAPPING, CLASS_CALLABLE;
/* A base that the reader knows nothing of: its instances have unknown attributes. */
extern const Class CLASS_NOT_KNOWN;
extern const Class CLASS_NAMED_TUPLE;      /* typing.NamedTuple */

bool builtin_find(const char *name, Value *out);
void builtin_offer_names(Nearest *);
const Native *builtin_nothing(void);       /* takes anything, gives None */
Value print_call(Evaluator *, const Given *);
Value leave_program(Evaluator *, const Given *);    /* exit() */

/* Of a class of Python's or from its modules: its instances are plain data. */
bool class_is_plain(const Class *);
/* The class of a value; NULL when it has none that could be named. */
const Class *class_of(Evaluator *, const Value *);
bool native_attribute(Evaluator *, Value, const char *name, Value *out);

/* float(x) of a number or NumPy scalar; raises for others. */
double float_of(Evaluator *, Value);

#endif
