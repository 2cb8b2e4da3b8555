/* operator. */
#include "keras/code/module_python.h"

static const PyOp op_add = PY_ADD, op_mul = PY_MUL, op_sub = PY_SUB, op_div = PY_DIV, op_floor = PY_FLOOR_DIV;
static Value operator_call(Evaluator *ev, const Given *given)
{
    return binary(ev, *(const PyOp *)given->native->data, *given->arg[0], *given->arg[1]);
}
static const Native operator_natives[] = {
    {.name = "add", .params = "a b", .call = operator_call, .data = &op_add},
    {.name = "mul", .params = "a b", .call = operator_call, .data = &op_mul},
    {.name = "sub", .params = "a b", .call = operator_call, .data = &op_sub},
    {.name = "truediv", .params = "a b", .call = operator_call, .data = &op_div},
    {.name = "floordiv", .params = "a b", .call = operator_call, .data = &op_floor},
    {0}};
const ModuleTable MODULE_OPERATOR = {.path = "operator", .natives = operator_natives, .open = true};
