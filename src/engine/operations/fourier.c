#include "engine/operations/fourier.h"

#include <math.h>

/* No prime factor above this: a step costs its square. */
static const int64_t PRIME_MAX = 4096;

Complex fourier_turn(int64_t j, int64_t n)
{
    static const Complex quarters[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    const double angle = 2 * 3.14159265358979323846 * (double)j / (double)n;
    return 4 * j % n == 0 ? quarters[4 * j / n % 4] : (Complex){cos(angle), sin(angle)};
}

static Complex product(Complex a, Complex b)
{
    return (Complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static int64_t smallest_factor(int64_t n)
{
    for (int64_t p = 2; p * p <= n; p++)
        if (n % p == 0) return p;
    return n;
}

bool fourier_make(Fourier *f, Arena *arena, int64_t length, int sign)
{
    int64_t largest = 1;
    for (int64_t rest = length; rest > 1; rest /= largest) largest = smallest_factor(rest);
    if (length < 1 || largest > PRIME_MAX) return false;
    *f = (Fourier){.length = length, .turn = ARENA_ARRAY(arena, length, Complex), .from = ARENA_ARRAY(arena, length, Complex),
                   .to = ARENA_ARRAY(arena, length, Complex), .part = ARENA_ARRAY(arena, largest, Complex)};
    for (int64_t j = 0; j < length; j++) {
        f->turn[j] = fourier_turn(j, length);
        f->turn[j].im *= sign;
    }
    return true;
}

/* Element k of the parts, which are `length` long, makes elements k, k + length, ... of the whole. */
static void join(const Fourier *f, Complex *whole, int64_t parts, int64_t length, int64_t k)
{
    const int64_t n = parts * length, step = f->length / n;
    for (int64_t r = 0; r < parts; r++) f->part[r] = product(whole[r * length + k], f->turn[r * k % n * step]);
    for (int64_t q = 0; q < parts; q++) {
        Complex sum = {0, 0};
        for (int64_t r = 0; r < parts; r++) {
            const Complex turned = product(f->part[r], f->turn[r * q % parts * (f->length / parts)]);
            sum.re += turned.re, sum.im += turned.im;
        }
        whole[q * length + k] = sum;
    }
}

/* Every element of `from` that is `step` on goes into the transform `to` of n: one part for each residue, then joined. */
static void transform(const Fourier *f, const Complex *from, int64_t step, Complex *to, int64_t n)
{
    if (n == 1) {
        *to = *from;
        return;
    }
    const int64_t parts = smallest_factor(n), length = n / parts;
    for (int64_t r = 0; r < parts; r++) transform(f, from + r * step, step * parts, to + r * length, length);
    for (int64_t k = 0; k < length; k++) join(f, to, parts, length, k);
}

void fourier_run(const Fourier *f, Complex *x, int64_t step)
{
    for (int64_t i = 0; i < f->length; i++) f->from[i] = x[i * step];
    transform(f, f->from, 1, f->to, f->length);
    for (int64_t i = 0; i < f->length; i++) x[i * step] = f->to[i];
}
