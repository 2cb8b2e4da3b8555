/* Any bytes as an array file: read or refused, and what was read is written and read alike. */
#include <stdlib.h>
#include <string.h>

#include "keras/npy.h"

enum { NUMBERS_MAX = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    arena_open(&arena, 0);
    Error err = {.arena = &arena};
    Tensor tensor, again;
    if (npy_read(&arena, data, size, NUMBERS_MAX, &tensor, &err)) {
        Text text = {.arena = &arena};
        npy_write(&text, &tensor);
        if (!npy_read(&arena, text.bytes, text.length, NUMBERS_MAX, &again, &err)) abort();
        if (!shape_equal(&tensor.shape, &again.shape)) abort();
        if (memcmp(tensor.data, again.data, (size_t)shape_size(&tensor.shape) * sizeof(float)) != 0) abort();
    } else if (!err.set) {
        abort();
    }
    arena_close(&arena);
    return 0;
}
