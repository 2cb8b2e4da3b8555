/* Python's special methods of plain data: [1].__len__(), 'a'.__add__('b'). */
#ifndef SHAPEFLOW_KERAS_CODE_PROTOCOL_H
#define SHAPEFLOW_KERAS_CODE_PROTOCOL_H

#include "keras/code/evaluator.h"

/* Bound to the value; false for those the value does not have. */
bool protocol_attribute(Evaluator *, Value, const char *name, Value *out);
/* The same of a class of such values, and its ordinary methods: str.upper, list.append. */
bool plain_class_attribute(Evaluator *, const Class *, const char *name, Value *out);

#endif
