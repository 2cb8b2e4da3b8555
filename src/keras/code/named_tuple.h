/* Named tuples: typing.NamedTuple and collections.namedtuple. */
#ifndef SHAPEFLOW_KERAS_CODE_NAMED_TUPLE_H
#define SHAPEFLOW_KERAS_CODE_NAMED_TUPLE_H

#include "keras/code/evaluator.h"

extern const Native NAMED_TUPLE;     /* collections.namedtuple(...) */

/* Gives an instance the tuple of its fields; base is the class that names them. */
void named_tuple_fill(Evaluator *, Instance *, const Class *base, const Argument *, int n);
bool named_tuple_attribute(Evaluator *, const Class *, const char *name, Value *out);    /* P._fields, P._make */
const char *named_tuple_repr(Evaluator *, const Instance *);     /* NULL when it is none */

#endif
