#include "keras/npy.h"

#include <math.h>
#include <string.h>

/* An array file: the magic, the version, the header's length, the header (a Python dict), the numbers. */
enum { MAGIC_BYTES = 6, HEADER_BYTES_MAX = 1 << 16, HEADER_ALIGNMENT = 64 };

static const char MAGIC[] = "\x93NUMPY";

typedef struct NumberType {
    char   kind;      /* as in '<f4' */
    int    bytes;
    Dtype  dtype;
    double (*number)(uint64_t bits);
} NumberType;

static double half_number(uint64_t bits)
{
    const int exponent = (int)(bits >> 10 & 31);
    const double fraction = (double)(bits & 1023), sign = bits >> 15 & 1 ? -1.0 : 1.0;
    if (exponent == 31) return bits & 1023 ? (double)NAN : sign * (double)INFINITY;
    if (exponent == 0) return sign * ldexp(fraction, -24);
    return sign * ldexp(1024.0 + fraction, exponent - 25);
}

static double single_number(uint64_t bits)
{
    const uint32_t word = (uint32_t)bits;
    float number;
    memcpy(&number, &word, sizeof number);
    return (double)number;
}

static double double_number(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static double bool_number(uint64_t bits) { return bits ? 1.0 : 0.0; }
static double unsigned_number(uint64_t bits) { return (double)bits; }
static double signed_1_number(uint64_t bits) { return (double)(int8_t)bits; }
static double signed_2_number(uint64_t bits) { return (double)(int16_t)bits; }
static double signed_4_number(uint64_t bits) { return (double)(int32_t)bits; }
static double signed_8_number(uint64_t bits) { return (double)(int64_t)bits; }

static const NumberType TYPES[] = {
    {'f', 4, DTYPE_FLOAT32, single_number},  {'f', 8, DTYPE_FLOAT64, double_number},
    {'f', 2, DTYPE_FLOAT16, half_number},    {'b', 1, DTYPE_BOOL, bool_number},
    {'i', 1, DTYPE_INT8, signed_1_number},   {'i', 2, DTYPE_INT16, signed_2_number},
    {'i', 4, DTYPE_INT32, signed_4_number},  {'i', 8, DTYPE_INT64, signed_8_number},
    {'u', 1, DTYPE_UINT8, unsigned_number},  {'u', 2, DTYPE_UINT16, unsigned_number},
    {'u', 4, DTYPE_UINT32, unsigned_number}, {'u', 8, DTYPE_UINT64, unsigned_number},
};

/* ---- the header ---- */

typedef struct Header {
    const char *at, *end;      /* what is left of the dict's text */
    char        descr[8];
    const NumberType *type;
    bool        big_endian, fortran_order;
    bool        has_descr, has_order, has_shape;
    Shape       shape;
} Header;

static void skip_blanks(Header *header)
{
    while (header->at < header->end && memchr(" \t\r\n", *header->at, 4)) header->at++;
}

static bool take(Header *header, char c)
{
    skip_blanks(header);
    if (header->at == header->end || *header->at != c) return false;
    header->at++;
    return true;
}

static bool take_word(Header *header, const char *word)
{
    const size_t length = strlen(word);
    skip_blanks(header);
    if ((size_t)(header->end - header->at) < length || memcmp(header->at, word, length) != 0) return false;
    header->at += length;
    return true;
}

/* A string without escapes, cut to what fits: no key and no type known here is longer. */
static bool take_string(Header *header, char *string, size_t size)
{
    skip_blanks(header);
    const char *begin = header->at;
    if (begin == header->end || (*begin != '\'' && *begin != '"')) return false;
    const char *close = memchr(begin + 1, *begin, (size_t)(header->end - begin - 1));
    if (!close) return false;
    size_t length = (size_t)(close - begin - 1);
    if (length >= size) length = size - 1;
    memcpy(string, begin + 1, length);
    string[length] = 0;
    header->at = close + 1;
    return true;
}

/* Saturates; Python 2 wrote an L after it. */
static bool take_size(Header *header, int64_t *size)
{
    skip_blanks(header);
    const char *begin = header->at;
    *size = 0;
    for (; header->at < header->end && *header->at >= '0' && *header->at <= '9'; header->at++)
        *size = *size > (INT64_MAX - 9) / 10 ? INT64_MAX : *size * 10 + (*header->at - '0');
    if (header->at == begin) return false;
    if (header->at < header->end && *header->at == 'L') header->at++;
    return true;
}

static bool take_shape(Header *header)
{
    Shape *shape = &header->shape;
    *shape = (Shape){0};
    if (!take(header, '(')) return false;
    while (!take(header, ')')) {
        if (shape->rank == SHAPE_RANK_MAX || !take_size(header, &shape->dim[shape->rank])) return false;
        shape->rank++;
        if (take(header, ',')) continue;
        return take(header, ')');
    }
    return true;
}

static bool take_order(Header *header)
{
    header->fortran_order = take_word(header, "True");
    return header->fortran_order || take_word(header, "False");
}

static bool refuse_descr(Header *header, Error *err)
{
    if (strchr(header->descr, 'O')) {
        error_set(err, "ValueError", "Object arrays cannot be loaded when allow_pickle=False");
        return error_cause(err, "npy.objects", NULL);
    }
    error_set(err, "ValueError", "descr is not a valid dtype descriptor: '%s'", header->descr);
    return error_cause(err, "npy.type", header->descr, NULL);
}

static bool find_type(Header *header, Error *err)
{
    const char *code = header->descr;
    header->big_endian = *code == '>';
    if (*code && strchr("<>=|", *code)) code++;
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        if (code[0] != TYPES[i].kind || code[1] != '0' + TYPES[i].bytes || code[2]) continue;
        header->type = &TYPES[i];
        return true;
    }
    return refuse_descr(header, err);
}

static bool refuse_header(Error *err, const char *what)
{
    error_set(err, "ValueError", "%s", what);
    return error_cause(err, "npy.header", NULL);
}

/* A list where the type should be tells the fields of records. */
static bool take_descr(Header *header, Error *err)
{
    if (!take_string(header, header->descr, sizeof header->descr)) {
        error_set(err, "ValueError", "descr is not a valid dtype descriptor");
        return error_cause(err, "npy.records", NULL);
    }
    header->has_descr = true;
    return find_type(header, err);
}

static bool take_entry(Header *header, Error *err)
{
    char key[16];
    if (!take_string(header, key, sizeof key) || !take(header, ':')) return refuse_header(err, "Cannot parse header");
    if (strcmp(key, "descr") == 0) return take_descr(header, err);
    if (strcmp(key, "fortran_order") == 0) {
        header->has_order = take_order(header);
        return header->has_order || refuse_header(err, "fortran_order is not a valid bool");
    }
    if (strcmp(key, "shape") == 0) {
        header->has_shape = take_shape(header);
        return header->has_shape || refuse_header(err, "shape is not valid");
    }
    return refuse_header(err, "Header does not contain the correct keys");
}

static bool read_dict(Header *header, Error *err)
{
    if (!take(header, '{')) return refuse_header(err, "Header is not a dictionary");
    while (!take(header, '}')) {
        if (!take_entry(header, err)) return false;
        if (take(header, ',')) continue;
        if (take(header, '}')) break;
        return refuse_header(err, "Cannot parse header");
    }
    if (!header->has_descr || !header->has_order || !header->has_shape)
        return refuse_header(err, "Header does not contain the correct keys");
    return true;
}

static uint64_t little_endian(const unsigned char *bytes, int n)
{
    uint64_t bits = 0;
    for (int i = 0; i < n; i++) bits |= (uint64_t)bytes[i] << 8 * i;
    return bits;
}

static uint64_t big_endian(const unsigned char *bytes, int n)
{
    uint64_t bits = 0;
    for (int i = 0; i < n; i++) bits = bits << 8 | bytes[i];
    return bits;
}

/* Finds where the dict stands, and *numbers, where the numbers begin. */
static bool read_preamble(const unsigned char *bytes, size_t length, Header *header, size_t *numbers, Error *err)
{
    if (length < MAGIC_BYTES + 2 || memcmp(bytes, MAGIC, MAGIC_BYTES) != 0) {
        error_set(err, "ValueError", "the magic string is not correct; expected b'\\x93NUMPY'");
        return error_cause(err, "npy.magic", NULL);
    }
    const int version = bytes[MAGIC_BYTES], width = version == 1 ? 2 : 4;
    if (version < 1 || version > 3 || bytes[MAGIC_BYTES + 1] != 0) {
        error_set(err, "ValueError", "we only support format version (1,0), (2,0), and (3,0), not (%d, %d)", version,
                  bytes[MAGIC_BYTES + 1]);
        return error_cause(err, "npy.header", NULL);
    }
    const size_t begin = (size_t)(MAGIC_BYTES + 2 + width);
    if (length < begin) return refuse_header(err, "EOF: reading array header length");
    const uint64_t size = little_endian(bytes + MAGIC_BYTES + 2, width);
    if (size > HEADER_BYTES_MAX) return refuse_header(err, "Header info length is large and may not be safe to load securely.");
    if (size > length - begin) return refuse_header(err, "EOF: reading array header");
    header->at = (const char *)bytes + begin;
    header->end = header->at + size;
    *numbers = begin + (size_t)size;
    return true;
}

/* ---- the numbers ---- */

static bool refuse_size(const Header *header, int64_t count, int64_t limit, Error *err)
{
    Arena *arena = err ? err->arena : NULL;
    if (!arena) return false;
    const char *shape = shape_text(arena, &header->shape);
    error_set(err, "MemoryError", "Unable to allocate an array with shape %s", shape);
    return error_cause(err, "npy.size", arena_print(arena, "%lld", (long long)count),
                       arena_print(arena, "%lld", (long long)limit), NULL);
}

static bool refuse_short(const Header *header, int64_t count, int64_t there, Error *err)
{
    Arena *arena = err ? err->arena : NULL;
    if (!arena) return false;
    error_set(err, "ValueError",
              "Failed to read all data for array. Expected %s = %lld elements, could only read %lld elements. "
              "(file seems not fully written?)",
              shape_text(arena, &header->shape), (long long)count, (long long)there);
    return error_cause(err, "npy.short", arena_print(arena, "%lld", (long long)count),
                       arena_print(arena, "%lld", (long long)there), NULL);
}

static float number_at(const Header *header, const unsigned char *bytes)
{
    const int n = header->type->bytes;
    return (float)header->type->number(header->big_endian ? big_endian(bytes, n) : little_endian(bytes, n));
}

/* How far apart in the file neighbours along each axis stand, in elements. */
static void file_strides(const Header *header, int64_t *stride)
{
    int64_t step = 1;
    for (int i = 0; i < header->shape.rank; i++) {
        const int axis = header->fortran_order ? i : header->shape.rank - 1 - i;
        stride[axis] = step;
        step *= header->shape.dim[axis];
    }
}

/* Steps `index` to the next element in row-major order, and *from to its place in the file. */
static void step(const Shape *shape, const int64_t *stride, int64_t *index, int64_t *from)
{
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
        *from += stride[axis];
        if (++index[axis] < shape->dim[axis]) return;
        *from -= index[axis] * stride[axis];
        index[axis] = 0;
    }
}

static void read_numbers(const Header *header, const unsigned char *bytes, int64_t count, float *data)
{
    int64_t stride[SHAPE_RANK_MAX] = {0}, index[SHAPE_RANK_MAX] = {0}, from = 0;
    if (!count) return;    /* axes beside one of none may be of any length */
    file_strides(header, stride);
    for (int64_t k = 0; k < count; k++) {
        data[k] = number_at(header, bytes + from * header->type->bytes);
        step(&header->shape, stride, index, &from);
    }
}

bool npy_read(Arena *arena, const void *bytes, size_t length, int64_t numbers_max, Tensor *out, Error *err)
{
    Header header = {0};
    size_t begin = 0;
    if (!read_preamble(bytes, length, &header, &begin, err) || !read_dict(&header, err)) return false;
    const int64_t count = shape_size(&header.shape);
    if (count > numbers_max || (uint64_t)count > SIZE_MAX / sizeof(float)) return refuse_size(&header, count, numbers_max, err);
    const int64_t there = (int64_t)((length - begin) / (size_t)header.type->bytes);
    if (there < count) return refuse_short(&header, count, there, err);
    *out = (Tensor){.shape = header.shape, .dtype = header.type->dtype, .data = ARENA_ARRAY(arena, count, float)};
    read_numbers(&header, (const unsigned char *)bytes + begin, count, out->data);
    return true;
}

/* ---- writing ---- */

static void put_number(Text *text, float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    for (int i = 0; i < 4; i++) text_put_char(text, (char)(bits >> 8 * i & 255));
}

void npy_write(Text *text, const Tensor *tensor)
{
    Text dict = {.arena = text->arena};
    text_put(&dict, "{'descr': '<f4', 'fortran_order': False, 'shape': ");
    shape_print(&dict, &tensor->shape);
    text_put(&dict, ", }");
    while ((MAGIC_BYTES + 4 + dict.length + 1) % HEADER_ALIGNMENT) text_put_char(&dict, ' ');
    text_put_char(&dict, '\n');
    text_put_bytes(text, MAGIC, MAGIC_BYTES);
    text_put_bytes(text, "\1\0", 2);
    text_put_char(text, (char)(dict.length & 255));
    text_put_char(text, (char)(dict.length >> 8));
    text_put_bytes(text, dict.bytes, dict.length);
    const int64_t count = shape_size(&tensor->shape);
    for (int64_t k = 0; k < count; k++) put_number(text, tensor->data[k]);
}
