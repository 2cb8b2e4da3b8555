/* Code compiled once for each width of vectors, and which width this machine has. */
#ifndef SHAPEFLOW_ENGINE_LANES_H
#define SHAPEFLOW_ENGINE_LANES_H

/* X(NAME, attributes of the function, floats in a vector). */
#if defined(__x86_64__) && defined(__GNUC__)
#define LANES(X) \
    X(PLAIN, , 4) \
    X(AVX2, __attribute__((target("avx2,fma"))), 8) \
    X(AVX512, __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), 16)
#else
#define LANES(X) X(PLAIN, , 4)
#endif

typedef enum LaneWidth {
#define X(NAME, attributes, floats) LANES_##NAME,
    LANES(X)
#undef X
} LaneWidth;

LaneWidth lanes_here(void);

#endif
