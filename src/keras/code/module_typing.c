/* typing: what stands in annotations. */
#include "keras/code/module_python.h"

#include "keras/code/builtin.h"
#include "keras/code/exception.h"

static const ModuleClass typing_classes[] = {
    {"NamedTuple", &CLASS_NAMED_TUPLE}, {"List", &CLASS_LIST}, {"Tuple", &CLASS_TUPLE}, {"Dict", &CLASS_DICT}, {"Set", &CLASS_SET},
    {"Any", &CLASS_OBJECT}, {"Optional", &CLASS_OBJECT}, {"Union", &CLASS_OBJECT}, {"Callable", &CLASS_OBJECT},
    {"Sequence", &CLASS_OBJECT}, {"Iterable", &CLASS_OBJECT}, {"Mapping", &CLASS_OBJECT}, {0}};
const ModuleTable MODULE_TYPING = {.path = "typing", .classes = typing_classes, .open = true};
