/* Numbers as categories: what Discretization and CategoryEncoding share. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_CATEGORIES_H
#define SHAPEFLOW_ENGINE_LAYERS_CATEGORIES_H

#include "engine/layers/params.h"

typedef enum CategoriesMode { CATEGORIES_INT, CATEGORIES_ONE_HOT, CATEGORIES_MULTI_HOT, CATEGORIES_COUNT } CategoriesMode;

typedef struct Categories {
    CategoriesMode mode;
    int64_t        depth;
    Tensor         boundaries;   /* of bins; no data = not known */
    bool           binned;       /* a category is the bin that a number falls into; else the number itself */
} Categories;

/* The names of the modes, closed with NULL. */
extern const char *const CATEGORIES_MODES[];
bool categories_find_mode(const Value *, CategoriesMode *);
/* (batch, n, 1) is encoded without its last axis. */
bool categories_drop_last(const Categories *, const Shape *in);
/* The axis counted over, whichever Keras leaves out of the shape. */
int  categories_axis(const Shape *in);

bool    categories_compute(const Layer *);
void    categories_forward(const Forward *);
int64_t categories_trace(const Trace *, Term *, int64_t cap);
void    categories_explain(const Trace *, ExplainTopic, Text *);
void    categories_numbers(const Forward *, int64_t k, Text *);

#define CATEGORIES_KIND                                                                                             \
    .forward = categories_forward, .trace = categories_trace, .explain = categories_explain, .numbers = categories_numbers, \
    .rule = TRACE_DEPENDS, .computes = categories_compute

#endif
