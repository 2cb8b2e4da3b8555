/* Recurrent layers against what Keras says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "layer_cases.h"

#define CLASSES(X) X(SimpleRNN) X(LSTM) X(GRU) X(RNN) X(Bidirectional) X(ConvLSTM1D) X(ConvLSTM2D) X(ConvLSTM3D)

#define X(name) \
    static void name##_as_keras(void **state) { (void)state; check_layer_cases(#name); }
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
