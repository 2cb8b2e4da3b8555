/* abc. */
#include "keras/code/builtin.h"
#include "keras/code/exception.h"
#include "keras/code/module_python.h"

static Value abstract_call(Evaluator *ev, const Given *given)
{
    Value value = *given->arg[0];
    (void)ev;
    if (value_is(&value, &OBJECT_DESCRIPTOR)) value = ((Descriptor *)value.object.data)->function;
    if (value_is(&value, &OBJECT_FUNCTION)) ((Function *)value.object.data)->abstract = true;
    return *given->arg[0];
}

static const Native abc_natives[] = {
    {.name = "abstractmethod", .params = "!f", .call = abstract_call},
    {0}};
static const ModuleClass abc_classes[] = {{"ABC", &CLASS_ABC}, {"ABCMeta", &CLASS_TYPE}, {0}};
const ModuleTable MODULE_ABC = {.path = "abc", .natives = abc_natives, .classes = abc_classes, .open = true};
