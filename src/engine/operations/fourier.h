/* The discrete Fourier transform of any length. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_FOURIER_H
#define SHAPEFLOW_ENGINE_OPERATIONS_FOURIER_H

#include <stdint.h>

#include "base/arena.h"

typedef struct Complex {
    double re, im;
} Complex;

/* What lasts over transforms of one length. */
typedef struct Fourier {
    int64_t  length;
    Complex *turn;      /* e^(±2πi·j/length) for each j */
    Complex *from, *to; /* room for one transform */
    Complex *part;      /* room for one of each residue */
} Fourier;

/* sign: −1 forth, +1 back (without the division by length). False where the length has too large a prime factor. */
bool fourier_make(Fourier *, Arena *, int64_t length, int sign);
/* In place; elements stand `step` apart. */
void fourier_run(const Fourier *, Complex *x, int64_t step);
/* e^(2πi·j/n), exact at the quarters. */
Complex fourier_turn(int64_t j, int64_t n);

#endif
