/* typing and collections.abc: what stands in annotations. */
#include "keras/code/module_python.h"

#include "keras/code/builtin.h"
#include "keras/code/exception.h"

static const ModuleClass typing_classes[] = {
    {"NamedTuple", &CLASS_NAMED_TUPLE}, {"List", &CLASS_LIST}, {"Tuple", &CLASS_TUPLE}, {"Dict", &CLASS_DICT}, {"Set", &CLASS_SET},
    {"Any", &CLASS_OBJECT}, {"Optional", &CLASS_OBJECT}, {"Union", &CLASS_OBJECT}, {"Callable", &CLASS_CALLABLE},
    {"Sequence", &CLASS_SEQUENCE}, {"Iterable", &CLASS_ITERABLE}, {"Mapping", &CLASS_MAPPING}, {"Generic", &CLASS_OBJECT},
    {"Protocol", &CLASS_OBJECT}, {"TypedDict", &CLASS_DICT}, {"Type", &CLASS_TYPE}, {"Literal", &CLASS_OBJECT}, {"Final", &CLASS_OBJECT},
    {"ClassVar", &CLASS_OBJECT}, {"FrozenSet", &CLASS_FROZENSET}, {"Text", &CLASS_STR}, {0}};

static Value cast_call(Evaluator *ev, const Given *given)
{
    (void)ev;
    return *given->arg[1];
}

static const Native typing_natives[] = {
    {.name = "cast", .params = "!typ val", .call = cast_call},
    {.name = "TypeVar", .params = "!*args **more", .call = give_unknown, .data = "cause.not_known_object"},
    {.name = "overload", .params = "!f", .call = give_first},
    {.name = "final", .params = "!f", .call = give_first},
    {.name = "runtime_checkable", .params = "!f", .call = give_first},
    {0}};
const ModuleTable MODULE_TYPING = {.path = "typing", .natives = typing_natives, .classes = typing_classes, .open = true};
static const ModuleClass abstract_classes[] = {
    {"Iterable", &CLASS_ITERABLE}, {"Sequence", &CLASS_SEQUENCE}, {"Mapping", &CLASS_MAPPING}, {"MutableMapping", &CLASS_MAPPING},
    {"MutableSequence", &CLASS_SEQUENCE}, {"Callable", &CLASS_CALLABLE}, {0}};
const ModuleTable MODULE_COLLECTIONS_ABC = {.path = "collections.abc", .classes = abstract_classes, .open = true};
