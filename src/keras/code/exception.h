/* Python's exception classes. */
#ifndef SHAPEFLOW_KERAS_CODE_EXCEPTION_H
#define SHAPEFLOW_KERAS_CODE_EXCEPTION_H

#include "keras/code/object.h"

extern const Class CLASS_BASE_EXCEPTION, CLASS_EXCEPTION_ROOT, CLASS_OBJECT;

const Class *exception_class(const char *name);    /* Exception itself for one not known */
bool exception_class_find(const char *name, const Class **);
_Noreturn void raise_key(Evaluator *, Value key);     /* KeyError */
Value exception_make(Evaluator *, const Class *, const char *message);

#endif
