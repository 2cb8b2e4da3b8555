#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "paint/pixels.h"

/* Bytes outside the arena: libpng is closed before any arena memory is asked for. */
typedef struct Sink {
    unsigned char *bytes;
    size_t length, capacity;
} Sink;

static void sink_put(png_structp png, png_bytep data, size_t length)
{
    Sink *sink = png_get_io_ptr(png);
    if (sink->capacity - sink->length < length) {
        const size_t grown = sink->capacity * 2 + length + 4096;
        unsigned char *bytes = realloc(sink->bytes, grown);
        if (!bytes) png_error(png, "no memory");
        sink->bytes = bytes;
        sink->capacity = grown;
    }
    memcpy(sink->bytes + sink->length, data, length);
    sink->length += length;
}

static void sink_flush(png_structp png) { (void)png; }

static void say_nothing(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static _Noreturn void give_up(png_structp png, png_const_charp message)
{
    (void)message;
    png_longjmp(png, 1);
}

static void write_rows(png_structp png, const Pixels *pixels, unsigned char *row)
{
    for (int y = 0; y < pixels->height; y++) {
        const uint32_t *from = pixels->data + (ptrdiff_t)y * pixels->stride;
        for (int x = 0; x < pixels->width; x++) {
            row[3 * x] = (unsigned char)(from[x] >> 16);
            row[3 * x + 1] = (unsigned char)(from[x] >> 8);
            row[3 * x + 2] = (unsigned char)from[x];
        }
        png_write_row(png, row);
    }
}

static bool encode(Sink *sink, const Pixels *pixels, double dpi, unsigned char *row)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, give_up, say_nothing);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return false;
    }
    png_set_write_fn(png, sink, sink_put, sink_flush);
    png_set_compression_level(png, 6);
    png_set_IHDR(png, info, (png_uint_32)pixels->width, (png_uint_32)pixels->height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    const double per_metre = dpi / 0.0254;
    if (per_metre >= 1 && per_metre < 1e9) png_set_pHYs(png, info, (png_uint_32)(per_metre + 0.5), (png_uint_32)(per_metre + 0.5), PNG_RESOLUTION_METER);
    png_write_info(png, info);
    write_rows(png, pixels, row);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return true;
}

/* The encoder's bytes are given back before an arena without memory is left. */
static bool hand_over(Text *out, const Sink *sink)
{
    ArenaTry attempt;
    arena_try_begin(out->arena, &attempt);
    const bool fits = setjmp(attempt.here) == 0;
    if (fits) text_put_bytes(out, (const char *)sink->bytes, sink->length);
    arena_try_end(out->arena, &attempt);
    return fits;
}

bool png_write(Text *out, const Pixels *pixels, double dpi)
{
    if (pixels->width <= 0 || pixels->height <= 0) return false;
    Sink sink = {0};
    unsigned char *row = malloc((size_t)pixels->width * 3);
    const bool done = row && encode(&sink, pixels, dpi, row) && hand_over(out, &sink);
    free(row);
    free(sink.bytes);
    return done;
}
