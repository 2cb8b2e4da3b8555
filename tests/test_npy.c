#include "keras/npy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct File {
    unsigned char bytes[512];
    size_t        length;
} File;

/* version 1 has two bytes for the header's length, 2 and 3 have four. */
static File make_file(int version, const char *dict, const void *numbers, size_t length)
{
    File file = {.bytes = "\x93NUMPY"};
    const size_t size = strlen(dict), width = version == 1 ? 2 : 4, begin = 8 + width;
    file.bytes[6] = (unsigned char)version;
    for (size_t i = 0; i < width; i++) file.bytes[8 + i] = (unsigned char)(size >> 8 * i);
    memcpy(file.bytes + begin, dict, size);
    memcpy(file.bytes + begin + size, numbers, length);
    file.length = begin + size + length;
    return file;
}

static bool read_file(Arena *arena, const File *file, Tensor *tensor, Error *err)
{
    *err = (Error){.arena = arena};
    return npy_read(arena, file->bytes, file->length, 1000, tensor, err);
}

typedef struct TypeCase {
    const char *dict;
    const char *numbers;
    size_t      length;
    int         rank;
    int64_t     dim[3];
    Dtype       dtype;
    float       wanted[6];
} TypeCase;

#define BYTES(s) s, sizeof(s) - 1

static const TypeCase TYPE_CASES[] = {
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", BYTES("\0\0\x80\x3f\0\0\0\xc0"), 1, {2}, DTYPE_FLOAT32, {1, -2}},
    {"{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", BYTES("\x3f\x80\0\0\xc0\0\0\0"), 1, {2}, DTYPE_FLOAT32, {1, -2}},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", BYTES("\0\0\0\0\0\0\xf8\x3f"), 1, {1}, DTYPE_FLOAT64, {1.5f}},
    {"{'descr': '>f8', 'fortran_order': False, 'shape': (1,)}", BYTES("\x3f\xf8\0\0\0\0\0\0"), 1, {1}, DTYPE_FLOAT64, {1.5f}},
    {"{'descr': '<f2', 'fortran_order': False, 'shape': (4,)}", BYTES("\0\x3c\xff\x7b\x01\0\0\xbe"), 1, {4}, DTYPE_FLOAT16,
     {1, 65504, 5.9604645e-8f, -1.5f}},
    {"{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", BYTES("\0\1"), 1, {2}, DTYPE_BOOL, {0, 1}},
    {"{'descr': '|i1', 'fortran_order': False, 'shape': (2,)}", BYTES("\x7f\x80"), 1, {2}, DTYPE_INT8, {127, -128}},
    {"{'descr': '<i2', 'fortran_order': False, 'shape': (2,)}", BYTES("\x01\0\xff\xff"), 1, {2}, DTYPE_INT16, {1, -1}},
    {"{'descr': '>i4', 'fortran_order': False, 'shape': (2,)}", BYTES("\0\0\x01\0\xff\xff\xff\xfe"), 1, {2}, DTYPE_INT32, {256, -2}},
    {"{'descr': '<i8', 'fortran_order': False, 'shape': (1,)}", BYTES("\xfd\xff\xff\xff\xff\xff\xff\xff"), 1, {1}, DTYPE_INT64, {-3}},
    {"{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", BYTES("\xff\x80"), 1, {2}, DTYPE_UINT8, {255, 128}},
    {"{'descr': '<u2', 'fortran_order': False, 'shape': (1,)}", BYTES("\xff\xff"), 1, {1}, DTYPE_UINT16, {65535}},
    {"{'descr': '<u4', 'fortran_order': False, 'shape': (1,)}", BYTES("\0\0\0\x80"), 1, {1}, DTYPE_UINT32, {2147483648.0f}},
    {"{'descr': '<u8', 'fortran_order': False, 'shape': (1,)}", BYTES("\0\0\0\0\0\0\0\x80"), 1, {1}, DTYPE_UINT64, {9223372036854775808.0f}},
    {"{'descr': '|u1', 'fortran_order': False, 'shape': ()}", BYTES("\x07"), 0, {0}, DTYPE_UINT8, {7}},
    {"{'descr': '|u1', 'fortran_order': False, 'shape': (0, 3)}", BYTES(""), 2, {0, 3}, DTYPE_UINT8, {0}},
    {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}", BYTES("\1\2\3\4\5\6"), 2, {2, 3}, DTYPE_UINT8, {1, 2, 3, 4, 5, 6}},
    {"{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3)}", BYTES("\1\2\3\4\5\6"), 2, {2, 3}, DTYPE_UINT8, {1, 3, 5, 2, 4, 6}},
    {"{'descr': '>i2', 'fortran_order': True, 'shape': (1, 2, 2)}", BYTES("\0\1\0\2\0\3\0\4"), 3, {1, 2, 2}, DTYPE_INT16, {1, 3, 2, 4}},
    {"{\"shape\": (2L, 1L), \"fortran_order\": False, \"descr\": \"|u1\"}  \n", BYTES("\1\2"), 2, {2, 1}, DTYPE_UINT8, {1, 2}},
};

static void every_type_is_read_as_floats(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TYPE_CASES / sizeof *TYPE_CASES; i++) {
        const TypeCase *c = &TYPE_CASES[i];
        for (int version = 1; version <= 3; version++) {
            Arena arena;
            arena_open(&arena, 0);
            Error err;
            Tensor tensor;
            const File file = make_file(version, c->dict, c->numbers, c->length);
            if (!read_file(&arena, &file, &tensor, &err)) fail_msg("%s: %s", c->dict, err.message);
            assert_int_equal(tensor.dtype, c->dtype);
            assert_int_equal(tensor.shape.rank, c->rank);
            for (int axis = 0; axis < c->rank; axis++) assert_int_equal(tensor.shape.dim[axis], c->dim[axis]);
            for (int k = 0; k < shape_size(&tensor.shape); k++)
                if (tensor.data[k] != c->wanted[k]) fail_msg("%s: number %d is %g", c->dict, k, (double)tensor.data[k]);
            arena_close(&arena);
        }
    }
}

static void halves_know_infinity_and_nan(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    Error err;
    Tensor tensor;
    const File file = make_file(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (3,)}", "\0\x7c\0\xfc\0\x7e", 6);
    assert_true(read_file(&arena, &file, &tensor, &err));
    assert_true(isinf(tensor.data[0]) && tensor.data[0] > 0);
    assert_true(isinf(tensor.data[1]) && tensor.data[1] < 0);
    assert_true(isnan(tensor.data[2]));
    arena_close(&arena);
}

typedef struct RefusedCase {
    const char *dict, *message, *cause;
} RefusedCase;

static const RefusedCase REFUSED_CASES[] = {
    {"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "Object arrays cannot be loaded", "npy.objects"},
    {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "descr is not a valid dtype descriptor: '<c8'", "npy.type"},
    {"{'descr': '<U5', 'fortran_order': False, 'shape': (1,)}", "descr is not a valid", "npy.type"},
    {"{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}", "descr is not a valid", "npy.type"},
    {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "descr is not a valid", "npy.records"},
    {"{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "fortran_order is not a valid bool", "npy.header"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "shape is not valid", "npy.header"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}", "shape is not valid", "npy.header"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}", "shape is not valid", "npy.header"},
    {"{'descr': '<f4', 'shape': (1,)}", "Header does not contain the correct keys", "npy.header"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", "Header does not contain the correct keys", "npy.header"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", "Cannot parse header", "npy.header"},
    {"{'descr", "Cannot parse header", "npy.header"},
    {"hello", "Header is not a dictionary", "npy.header"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1001,)}", "Unable to allocate", "npy.size"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807)}", "Unable to allocate", "npy.size"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "Unable to allocate", "npy.size"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "Failed to read all data for array. Expected (3,) = 3 elements, "
                                                                "could only read 1 elements.", "npy.short"},
};

static void hostile_headers_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED_CASES / sizeof *REFUSED_CASES; i++) {
        const RefusedCase *c = &REFUSED_CASES[i];
        Arena arena;
        arena_open(&arena, 1 << 20);
        Error err;
        Tensor tensor;
        const File file = make_file(1, c->dict, "\0\0\0\0", 4);
        assert_false(read_file(&arena, &file, &tensor, &err));
        if (!err.message || !strstr(err.message, c->message)) fail_msg("%s: %s", c->dict, err.message);
        assert_string_equal(err.cause, c->cause);
        arena_close(&arena);
    }
}

static void no_prefix_of_a_file_is_taken_for_one(void **state)
{
    (void)state;
    const File whole = make_file(2, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "\0\0\0\0", 4);
    for (size_t length = 0; length < whole.length; length++) {
        Arena arena;
        arena_open(&arena, 0);
        Error err = {.arena = &arena};
        Tensor tensor;
        assert_false(npy_read(&arena, whole.bytes, length, 1000, &tensor, &err));
        assert_true(err.set);
        arena_close(&arena);
    }
}

static void versions_of_the_future_are_refused(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    Error err;
    Tensor tensor;
    const File file = make_file(4, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "\0\0\0\0", 4);
    assert_false(read_file(&arena, &file, &tensor, &err));
    assert_string_equal(err.message, "we only support format version (1,0), (2,0), and (3,0), not (4, 0)");
    arena_close(&arena);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    static float numbers[] = {0, -1.5f, 3.4028235e38f, 1e-45f, 7, 0.1f};
    const Shape shapes[] = {SHAPE(6), SHAPE(2, 3), SHAPE(1, 2, 3, 1)};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        Arena arena;
        arena_open(&arena, 0);
        Error err = {.arena = &arena};
        Text text = {.arena = &arena};
        Tensor tensor = {.shape = shapes[i], .dtype = DTYPE_FLOAT32, .data = numbers}, again;
        npy_write(&text, &tensor);
        assert_int_equal((text.length - sizeof numbers) % 64, 0);
        assert_true(npy_read(&arena, text.bytes, text.length, 6, &again, &err));
        assert_true(shape_equal(&again.shape, &shapes[i]));
        assert_memory_equal(again.data, numbers, sizeof numbers);
        arena_close(&arena);
    }
}

static void the_header_is_numpys_own(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    Text text = {.arena = &arena};
    float number = 1;
    const Tensor tensor = {.shape = SHAPE(1), .dtype = DTYPE_FLOAT32, .data = &number};
    npy_write(&text, &tensor);
    static const char WANTED[] = "\x93NUMPY\1\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
    assert_memory_equal(text.bytes, WANTED, sizeof WANTED - 1);
    assert_int_equal(text.length, 128 + 4);
    assert_int_equal(text.bytes[127], '\n');
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read_as_floats),
        cmocka_unit_test(halves_know_infinity_and_nan),
        cmocka_unit_test(hostile_headers_are_refused),
        cmocka_unit_test(no_prefix_of_a_file_is_taken_for_one),
        cmocka_unit_test(versions_of_the_future_are_refused),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(the_header_is_numpys_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
