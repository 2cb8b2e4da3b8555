#include "paint/utf8.h"

#include <stdbool.h>

enum { BROKEN = 0xFFFD };

/* Bytes that follow a first byte, -1 = it cannot be first. */
static int following(unsigned char first)
{
    if (first < 0x80) return 0;
    if (first < 0xC2 || first > 0xF4) return -1;
    return first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
}

static bool is_allowed(uint32_t character, int more)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    return character >= least[more] && character <= 0x10FFFF && (character < 0xD800 || character >= 0xE000);
}

uint32_t utf8_character(const char *text, const char *end, int *bytes)
{
    const unsigned char *at = (const unsigned char *)text;
    const int more = following(at[0]);
    *bytes = 1;
    if (more == 0) return at[0];
    if (more < 0 || end - text <= more) return BROKEN;
    uint32_t character = at[0] & (0x3Fu >> more);
    for (int i = 1; i <= more; i++) {
        if ((at[i] & 0xC0) != 0x80) return BROKEN;
        character = character << 6 | (at[i] & 0x3Fu);
    }
    if (!is_allowed(character, more)) return BROKEN;
    *bytes = more + 1;
    return character;
}
