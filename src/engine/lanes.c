#include "engine/lanes.h"

#if defined(__x86_64__) && defined(__GNUC__)
LaneWidth lanes_here(void)
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw"))
        return LANES_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return LANES_AVX2;
    return LANES_PLAIN;
}
#else
LaneWidth lanes_here(void)
{
    return LANES_PLAIN;
}
#endif
