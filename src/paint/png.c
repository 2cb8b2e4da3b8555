#include <png.h>
#include <stdlib.h>

#include "paint/export.h"
#include "paint/pixels.h"
#include "paint/png.h"
#include "paint/sink.h"

static void put(png_structp png, png_bytep data, size_t length)
{
    if (!sink_put(png_get_io_ptr(png), data, length)) png_error(png, "no memory");
}

static void flush(png_structp png) { (void)png; }

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

/* What is encoded, row by row: 3 bytes a pixel, or 4 with alpha. */
typedef struct Image {
    int    width, height, channels;
    double dpi;
    const void *source;
    void (*row)(const void *source, int y, unsigned char *bytes);
} Image;

static void set_dpi(png_structp png, png_infop info, double dpi)
{
    const double per_metre = dpi / 0.0254;
    if (!(per_metre >= 1) || !(per_metre < 1e9)) return;
    png_set_pHYs(png, info, (png_uint_32)(per_metre + 0.5), (png_uint_32)(per_metre + 0.5), PNG_RESOLUTION_METER);
}

static bool encode(Sink *sink, const Image *image, unsigned char *row)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, give_up, say_nothing);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return false;
    }
    png_set_write_fn(png, sink, put, flush);
    png_set_compression_level(png, 6);
    png_set_IHDR(png, info, (png_uint_32)image->width, (png_uint_32)image->height, 8, image->channels == 4 ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    set_dpi(png, info, image->dpi);
    png_write_info(png, info);
    for (int y = 0; y < image->height; y++) {
        image->row(image->source, y, row);
        png_write_row(png, row);
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return true;
}

static bool write_image(Text *out, const Image *image)
{
    if (image->width <= 0 || image->height <= 0) return false;
    Sink sink = {0};
    unsigned char *row = malloc((size_t)image->width * (size_t)image->channels);
    const bool done = row && encode(&sink, image, row);
    free(row);
    return sink_hand_over(&sink, out) && done;
}

static void pixel_row(const void *source, int y, unsigned char *bytes)
{
    const Pixels *pixels = source;
    const uint32_t *from = pixels->data + (ptrdiff_t)y * pixels->stride;
    for (int x = 0; x < pixels->width; x++, bytes += 3) {
        bytes[0] = (unsigned char)(from[x] >> 16);
        bytes[1] = (unsigned char)(from[x] >> 8);
        bytes[2] = (unsigned char)from[x];
    }
}

bool png_write(Text *out, const Pixels *pixels, double dpi)
{
    return write_image(out, &(Image){pixels->width, pixels->height, 3, dpi, pixels, pixel_row});
}

static void cell_row(const void *source, int y, unsigned char *bytes)
{
    const Mark *mark = source;
    const Colour *from = mark->cells + (size_t)y * (size_t)mark->columns;
    for (int x = 0; x < mark->columns; x++, bytes += 4) {
        bytes[0] = from[x].r;
        bytes[1] = from[x].g;
        bytes[2] = from[x].b;
        bytes[3] = (unsigned char)((float)from[x].a * mark->opacity + 0.5f);
    }
}

bool png_write_cells(Text *out, const Mark *cells)
{
    return write_image(out, &(Image){cells->columns, cells->rows, 4, 0, cells, cell_row});
}

/* ---- as a file format ---- */

enum { LARGEST_SIDE = 30000, LARGEST_AREA = 400000000 };

static bool size_fits(double width, double height)
{
    return width >= 1 && height >= 1 && width <= LARGEST_SIDE && height <= LARGEST_SIDE && width * height <= LARGEST_AREA;
}

static bool write_scene(Text *out, const Scene *scene, Fonts *fonts, const ExportOptions *options)
{
    const double width = (double)scene->page.w * (double)options->scale + 0.5, height = (double)scene->page.h * (double)options->scale + 0.5;
    if (!size_fits(width, height)) return false;
    Pixels pixels = {.width = (int)width, .height = (int)height, .stride = (int)width};
    pixels.data = malloc((size_t)pixels.width * (size_t)pixels.height * sizeof *pixels.data);
    if (!pixels.data) return false;
    pixels_clear(&pixels, scene->ground);
    pixels_draw(&pixels, fonts, scene, 0, scene->n_marks, options->scale, NULL);
    const bool done = png_write(out, &pixels, options->dpi);
    free(pixels.data);
    return done;
}

const Exporter EXPORT_png = {".png", write_scene};
