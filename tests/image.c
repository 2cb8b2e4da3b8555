#include "image.h"

#include <png.h>
#include <stdlib.h>

enum { FAR = 40, FAR_IN = 1000, SUM_IN = 4 };   /* one pixel in FAR_IN may be far off, one in SUM_IN by one */

bool image_read(Pixels *picture, const char *path)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(&image, path)) return false;
    image.format = PNG_FORMAT_BGRA;
    *picture = (Pixels){malloc(PNG_IMAGE_SIZE(image)), (int)image.width, (int)image.height, (int)image.width};
    return picture->data && png_image_finish_read(&image, NULL, picture->data, 0, NULL);
}

static int difference(uint32_t a, uint32_t b)
{
    int most = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        const int d = abs((int)(a >> shift & 255) - (int)(b >> shift & 255));
        if (d > most) most = d;
    }
    return most;
}

bool images_alike(const Pixels *a, const Pixels *b)
{
    const int64_t n = (int64_t)a->width * a->height;
    int64_t far = 0, sum = 0;
    if (a->width != b->width || a->height != b->height) return false;
    for (int64_t i = 0; i < n; i++) {
        const int d = difference(a->data[i], b->data[i]);
        far += d > FAR;
        sum += d;
    }
    return far * FAR_IN <= n && sum * SUM_IN <= n;
}
