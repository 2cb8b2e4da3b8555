/* What layers over maps (1D, 2D, 3D) share: their rank, and refusals that Python itself raises. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_SPATIAL_H
#define SHAPEFLOW_ENGINE_LAYERS_SPATIAL_H

#include "engine/layer.h"

/* A default that is a tuple: VALUE_IS_TUPLE(2, VALUE_IS_INT(1), VALUE_IS_INT(1)). At file scope only. */
#define VALUE_IS_TUPLE(count, ...) \
    {.kind = VALUE_TUPLE, NO_SPAN, .list = &(ValueList){.items = (Value[]){__VA_ARGS__}, .n = (count), .capacity = (count)}}
#define VALUE_IS_ONES_2 VALUE_IS_TUPLE(2, VALUE_IS_INT(1), VALUE_IS_INT(1))
#define VALUE_IS_ONES_3 VALUE_IS_TUPLE(3, VALUE_IS_INT(1), VALUE_IS_INT(1), VALUE_IS_INT(1))
#define VALUE_IS_TWOS_2 VALUE_IS_TUPLE(2, VALUE_IS_INT(2), VALUE_IS_INT(2))
#define VALUE_IS_TWOS_3 VALUE_IS_TUPLE(3, VALUE_IS_INT(2), VALUE_IS_INT(2), VALUE_IS_INT(2))

extern const char *const PADDING_CHOICES[], *const CAUSAL_CHOICES[], *const DATA_FORMAT_CHOICES[];

#define DATA_FORMAT {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES}

/* The digit in the class name. */
int kind_axes(const LayerKind *);

/* (depth, height, width) from the values of the axes there are; the others get `fill`. */
void spread_axes(const int64_t *values, int n, int64_t fill, int64_t out[3]);

/* `self.argument <op> 0` of a constructor, in *holds; anything but a number is Python's TypeError. */
bool maker_compare(Maker *, const char *param, const char *op, double with, bool *holds);

/* self.input_spec = InputSpec(ndim=...). */
void layer_expect_rank(Builder *, Layer *, int ndim);

/* "[2 1 2]", "[None 28 28 1]": a NumPy array of sizes as Python prints it. */
void print_array(Text *, const int64_t *values, int n);

#endif
