/* What the rest of the evaluator asks of data classes. */
#ifndef SHAPEFLOW_KERAS_CODE_MODULE_DATACLASSES_H
#define SHAPEFLOW_KERAS_CODE_MODULE_DATACLASSES_H

#include "keras/code/evaluator.h"

bool dataclass_frozen(const Class *);
bool dataclass_names(Evaluator *, const Class *, Value *names);    /* of its fields, as a tuple */
bool field_attribute(Evaluator *, const Value *, const char *name, Value *out);    /* f.name, of dataclasses.fields(...) */

#endif
