/* dataclasses. */
#include "keras/code/module_python.h"

#include <string.h>

static const Native dataclass_natives[] = {
    {.name = "dataclass", .params = "!f? **more", .call = give_first},
    {.name = "asdict", .params = "x", .call = give_first},
    {0}};
static Value field_call(Evaluator *ev, const Given *given)
{
    if (given->arg[0]) return *given->arg[0];
    return given->arg[1] ? call(ev, *given->arg[1], NULL, 0) : value_none();
}
static const Native field_native = {.name = "field", .params = "!| default? default_factory? **more", .call = field_call};
static bool dataclasses_find(Evaluator *ev, const char *name, Value *out)
{
    (void)ev;
    if (strcmp(name, "field") != 0) return false;
    *out = value_native(&field_native);
    return true;
}
const ModuleTable MODULE_DATACLASSES = {.path = "dataclasses", .natives = dataclass_natives, .find = dataclasses_find, .open = true};
