#include "paint/svg_text.h"

#include <string.h>

#include "paint/png.h"
#include "paint/utf8.h"

int svg_number(char number[SVG_NUMBER], float value, int places)
{
    static const int64_t tens[] = {1, 10, 100, 1000};
    const int64_t unit = tens[places], scaled = (int64_t)((double)value * (double)unit + (value < 0 ? -0.5 : 0.5));
    uint64_t rest = (uint64_t)(scaled < 0 ? -scaled : scaled);
    char digits[SVG_NUMBER];
    int n = 0, length = 0, decimals = places;
    for (; decimals && rest % 10 == 0; decimals--) rest /= 10;
    for (; rest || n < decimals; rest /= 10) digits[n++] = (char)('0' + rest % 10);
    if (scaled < 0) number[length++] = '-';
    if (!n) number[length++] = '0';
    while (n) {
        if (n-- == decimals) number[length++] = '.';
        number[length++] = digits[n];
    }
    number[length] = 0;
    return length;
}

/* Characters XML 1.0 allows. */
static bool is_allowed(uint32_t character)
{
    return character >= ' ' ? character != 0xFFFE && character != 0xFFFF : character == '\t' || character == '\n' || character == '\r';
}

static const char *entity_of(char c)
{
    return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : NULL;
}

void svg_escape(Text *out, const char *text)
{
    const char *const end = text + strlen(text);
    for (int bytes; text < end; text += bytes) {
        const uint32_t character = utf8_character(text, end, &bytes);
        const char *entity = entity_of(*text);
        if (entity) text_put(out, entity);
        else if (!is_allowed(character) || (bytes == 1 && character == 0xFFFD)) text_put(out, "\xEF\xBF\xBD");
        else text_put_bytes(out, text, (size_t)bytes);
    }
}

/* ---- paths ---- */

static void make_room(SvgPath *path)
{
    if (path->used + SVG_NUMBER + 2 <= (int)sizeof path->bytes) return;
    text_put_bytes(path->out, path->bytes, (size_t)path->used);
    path->used = 0;
}

void svg_path_command(SvgPath *path, const char *letter)
{
    make_room(path);
    path->bytes[path->used++] = *letter;
    path->number = false;
}

void svg_path_number(SvgPath *path, float value)
{
    make_room(path);
    char number[SVG_NUMBER];
    const int length = svg_number(number, value, path->places);
    if (path->number && number[0] != '-') path->bytes[path->used++] = ' ';
    memcpy(path->bytes + path->used, number, (size_t)length);
    path->used += length;
    path->number = true;
}

void svg_path_point(SvgPath *path, Point point)
{
    svg_path_number(path, point.x);
    svg_path_number(path, point.y);
}

void svg_path_end(SvgPath *path)
{
    text_put_bytes(path->out, path->bytes, (size_t)path->used);
    path->used = 0;
    path->number = false;
}

/* ---- images ---- */

static void put_base64(Text *out, const unsigned char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        const size_t n = length - i < 3 ? length - i : 3;
        const uint32_t group = (uint32_t)bytes[i] << 16 | (n > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (n > 2 ? bytes[i + 2] : 0);
        const char four[4] = {digits[group >> 18], digits[group >> 12 & 63], n > 1 ? digits[group >> 6 & 63] : '=', n > 2 ? digits[group & 63] : '='};
        text_put_bytes(out, four, 4);
    }
}

void svg_image(Text *out, const Mark *cells)
{
    Text png = {.arena = out->arena};
    if (png_write_cells(&png, cells)) put_base64(out, (const unsigned char *)png.bytes, png.length);
}
