/* Layers that make data ready, and SpectralNormalization, as Keras has them, case by case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "layer_cases.h"

#define CLASSES(X) X(Normalization) X(Discretization) X(CategoryEncoding) X(SpectralNormalization)

#define X(name) \
    static void name##_as_keras(void **state) \
    { \
        (void)state; \
        check_layer_cases(#name); \
    }
CLASSES(X)
#undef X

int main(void)
{
    const struct CMUnitTest tests[] = {
#define X(name) cmocka_unit_test(name##_as_keras),
        CLASSES(X)
#undef X
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
