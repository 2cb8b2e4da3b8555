/* random: what it gives is not told. */
#include "keras/code/module_python.h"

static const Native random_natives[] = {
    {.name = "seed", .params = "!*args", .call = give_none},
    {.name = "shuffle", .params = "!*args", .call = give_none},
    {.name = "random", .params = "", .call = give_unknown, .data = "cause.not_known_random"},
    {.name = "choice", .params = "!*args", .call = give_unknown, .data = "cause.not_known_random"},
    {.name = "randint", .params = "!*args", .call = give_unknown, .data = "cause.not_known_random"},
    {.name = "uniform", .params = "!*args", .call = give_unknown, .data = "cause.not_known_random"},
    {.name = "sample", .params = "!*args **more", .call = give_unknown, .data = "cause.not_known_random"},
    {0}};
const ModuleTable MODULE_RANDOM = {.path = "random", .natives = random_natives, .open = true};
