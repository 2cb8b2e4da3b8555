/* Padding, cropping and resizing as Keras has them, case by case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "layer_cases.h"

#define CLASSES(X) \
    X(ZeroPadding1D) X(ZeroPadding2D) X(ZeroPadding3D) X(Cropping1D) X(Cropping2D) X(Cropping3D) \
    X(UpSampling1D) X(UpSampling2D) X(UpSampling3D) X(Resizing) X(CenterCrop) X(Rescaling) X(RandomBrightness) \
    X(RandomContrast) X(RandomCrop) X(RandomErasing) X(RandomFlip) X(RandomGaussianBlur) X(RandomGrayscale) \
    X(RandomHue) X(RandomRotation) X(RandomSaturation) X(RandomSharpness) X(RandomTranslation) \
    X(RandomZoom)

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
