#include "keras/code/keras_data.h"

#include "keras/code/array.h"

typedef struct Dataset {
    int64_t train, test;      /* samples */
    Shape   x, y;             /* of a sample; rank 0 for plain labels */
    Dtype   x_dtype, y_dtype;
} Dataset;

static const Dataset mnist = {60000, 10000, {2, {28, 28}}, {0}, DTYPE_UINT8, DTYPE_UINT8};
static const Dataset cifar = {50000, 10000, {3, {32, 32, 3}}, {1, {1}}, DTYPE_UINT8, DTYPE_UINT8};
static const Dataset imdb = {25000, 25000, {0}, {0}, DTYPE_STRING, DTYPE_INT64};
static const Dataset reuters = {8982, 2246, {0}, {0}, DTYPE_STRING, DTYPE_INT64};
static const Dataset boston = {404, 102, {1, {13}}, {0}, DTYPE_FLOAT64, DTYPE_FLOAT64};
static const Dataset california = {16512, 4128, {1, {8}}, {0}, DTYPE_FLOAT32, DTYPE_FLOAT32};

static Value samples(Evaluator *ev, int64_t n, const Shape *of_one, Dtype dtype)
{
    return value_array(ev, shape_with(of_one, 0, n), dtype, NULL);
}

static Value load_data(Evaluator *ev, const Given *given)
{
    const Dataset *set = given->native->data;
    const Value train = value_pair(ev->arena, samples(ev, set->train, &set->x, set->x_dtype), samples(ev, set->train, &set->y, set->y_dtype));
    const Value test = value_pair(ev->arena, samples(ev, set->test, &set->x, set->x_dtype), samples(ev, set->test, &set->y, set->y_dtype));
    return value_pair(ev->arena, train, test);
}

static Value word_index(Evaluator *ev, const Given *given)
{
    (void)given;
    return unknown_here(ev, "cause.not_known_file");
}

#define DATASET(set) \
    static const Native set##_natives[] = { \
        {.name = "load_data", .params = "!*args **more", .call = load_data, .data = &set}, \
        {.name = "get_word_index", .params = "!*args **more", .call = word_index}, {0}};
DATASET(mnist)
DATASET(cifar)
DATASET(imdb)
DATASET(reuters)
DATASET(boston)
DATASET(california)

const ModuleTable DATASET_MODULES[8] = {
    {.path = "keras.datasets.mnist", .natives = mnist_natives},
    {.path = "keras.datasets.fashion_mnist", .natives = mnist_natives},
    {.path = "keras.datasets.cifar10", .natives = cifar_natives},
    {.path = "keras.datasets.cifar100", .natives = cifar_natives},
    {.path = "keras.datasets.imdb", .natives = imdb_natives},
    {.path = "keras.datasets.reuters", .natives = reuters_natives},
    {.path = "keras.datasets.boston_housing", .natives = boston_natives},
    {.path = "keras.datasets.california_housing", .natives = california_natives},
};
