/* enum: classes whose attributes are members. */
#ifndef SHAPEFLOW_KERAS_CODE_MODULE_ENUM_H
#define SHAPEFLOW_KERAS_CODE_MODULE_ENUM_H

#include "keras/code/evaluator.h"

extern const Class CLASS_ENUM;

/* Makes members of what stands in the body of the class. */
void enum_members(Evaluator *, Class *);
/* Members by name, in order, those that repeat a value too; NULL when the class has none. */
const ValueDict *enum_dict(const Class *);
ValueList *enum_items(Evaluator *, const Class *);                              /* each once */
Value enum_find(Evaluator *, const Class *, const Argument *, int n);           /* Color(1) */
_Noreturn void enum_raise(Evaluator *, const Class *, const char *name);        /* Color.PURPLE */

#endif
