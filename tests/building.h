/* Small models made without a text, for tests: arguments by position, then name and value pairs. */
#ifndef SHAPEFLOW_TESTS_BUILDING_H
#define SHAPEFLOW_TESTS_BUILDING_H

#include "engine/model.h"

typedef struct Made {
    Arena   arena;
    Builder builder;
    Error   error;
} Made;

void made_open(Made *);
void made_close(Made *);

/* One argument as written; keyword NULL = positional. */
Argument argument(const char *keyword, Value);
Value text_value(const char *);
Value ints_value(Arena *, int n, const int64_t *);   /* a tuple; DIM_NONE becomes None */

#define TUPLE(made, ...) \
    ints_value(&(made)->arena, (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[]){__VA_ARGS__})

/* class(args...); NULL when it is refused (made->error says how). */
Layer *make_layer(Made *, const char *class_name, const Argument *, int n);
#define MAKE(made, class_name, ...) \
    make_layer((made), (class_name), (Argument[]){__VA_ARGS__}, (int)(sizeof((Argument[]){__VA_ARGS__}) / sizeof(Argument)))

/* model.add(layer) */
bool add_layer(Made *, Model *, Layer *);

#endif
