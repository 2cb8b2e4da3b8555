/* A test that makes things: `made` is opened before it and closed after it. */
#ifndef SHAPEFLOW_TESTS_MAKING_H
#define SHAPEFLOW_TESTS_MAKING_H

#include "building.h"

extern Made made;

int making_open(void **state);
int making_close(void **state);
#define MADE_TEST(test) cmocka_unit_test_setup_teardown(test, making_open, making_close)

#endif
