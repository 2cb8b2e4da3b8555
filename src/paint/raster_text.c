#include "paint/raster.h"

/* Perceived brightness, 0..255. */
static int brightness(Colour colour) { return (54 * colour.r + 183 * colour.g + 19 * colour.b) >> 8; }

/* Mixing sRGB numbers as if they were light makes bright text on dark thin: half-covered pixels are lifted, more for bright ink. */
static void lift_table(uint8_t table[256], Colour colour)
{
    const int lift = 24 + brightness(colour) * 72 / 255;
    for (int i = 0; i < 256; i++) table[i] = (uint8_t)(i + (i * (255 - i) * lift >> 16));
}

void raster_glyph(const Canvas *canvas, const Glyph *glyph, int x, int y, Colour colour)
{
    if (!glyph->coverage) return;
    const Box *clip = &canvas->clip;
    const int left = x + glyph->left, top = y - glyph->top;
    const int from = left < clip->left ? clip->left : left, to = left + glyph->width > clip->right ? clip->right : left + glyph->width;
    const int first = top < clip->top ? clip->top : top, last = top + glyph->height > clip->bottom ? clip->bottom : top + glyph->height;
    const Ink ink = ink_of(colour);
    uint8_t lifted[256];
    lift_table(lifted, colour);
    for (int row = first; row < last; row++) {
        const uint8_t *coverage = glyph->coverage + (ptrdiff_t)(row - top) * glyph->width - left;
        uint32_t *pixels = canvas->data + (ptrdiff_t)row * canvas->stride;
        for (int i = from; i < to; i++) {
            const uint32_t covered = lifted[coverage[i]];
            if (covered) blend(&pixels[i], ink.channels, ink.alpha * (covered + (covered >> 7)) >> 8);
        }
    }
}
