/* Lists, sets and dictionaries of the text, with what they may cost. */
#ifndef SHAPEFLOW_KERAS_CODE_CONTAINER_H
#define SHAPEFLOW_KERAS_CODE_CONTAINER_H

#include "keras/code/evaluator.h"

extern const Native *const LIST_METHODS, *const TUPLE_METHODS, *const DICT_METHODS, *const SET_METHODS,
    *const RANGE_METHODS;

void dict_put(Evaluator *, ValueDict *, Value key, Value);      /* refuses what cannot be hashed */
const Value *dict_look(Evaluator *, const ValueDict *, const Value *key);
bool dict_remove(ValueDict *, const Value *key);
void dict_update_from(Evaluator *, ValueDict *, Value mapping_or_pairs);
Value dict_copy(Evaluator *, const ValueDict *);
Value set_of(Evaluator *, const ValueList *items);
Value list_of(Evaluator *, ValueKind tuple_or_list, const ValueList *items);   /* a copy */
Value list_repeat(Evaluator *, Value list, int64_t times);
Value list_join(Evaluator *, Value a, Value b);
void list_sort(Evaluator *, ValueList *, const Value *key, bool reverse);

#endif
