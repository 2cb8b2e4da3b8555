/* Pooling as Keras has it, case by case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "layer_cases.h"

#define CLASSES(X) \
    X(MaxPooling1D) X(MaxPooling2D) X(MaxPooling3D) X(AveragePooling1D) X(AveragePooling2D) \
    X(AveragePooling3D) X(GlobalMaxPooling1D) X(GlobalMaxPooling2D) X(GlobalMaxPooling3D) \
    X(GlobalAveragePooling1D) X(GlobalAveragePooling2D) X(GlobalAveragePooling3D) X(AdaptiveMaxPooling1D) \
    X(AdaptiveMaxPooling2D) X(AdaptiveMaxPooling3D) X(AdaptiveAveragePooling1D) X(AdaptiveAveragePooling2D) \
    X(AdaptiveAveragePooling3D)

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
