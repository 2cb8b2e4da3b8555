#include "paint/glyphs.h"

#include <stdlib.h>
#include <string.h>

#include FT_OUTLINE_H

enum { SLOTS = 8192, SLOTS_USED = 6000, COVERAGE_BYTES = 8 << 20, LARGEST = 1024 * 64 };

typedef struct Slot {
    uint64_t key;       /* 0 = free */
    Glyph    glyph;
} Slot;

struct Glyphs {
    Slot     slot[SLOTS];
    int      used;
    size_t   bytes;
    Glyph    missing;
};

Glyphs *glyphs_open(void)
{
    return calloc(1, sizeof(Glyphs));
}

static void forget_all(Glyphs *glyphs)
{
    for (int i = 0; i < SLOTS; i++) free((void *)(uintptr_t)glyphs->slot[i].glyph.coverage);
    memset(glyphs, 0, sizeof *glyphs);
}

void glyphs_close(Glyphs *glyphs)
{
    if (!glyphs) return;
    forget_all(glyphs);
    free(glyphs);
}

static Slot *slot_of(Glyphs *glyphs, uint64_t key)
{
    uint64_t at = key * 0x9E3779B97F4A7C15u >> 32;
    while (glyphs->slot[at % SLOTS].key && glyphs->slot[at % SLOTS].key != key) at++;
    return &glyphs->slot[at % SLOTS];
}

static uint8_t *copy_rows(const FT_Bitmap *bitmap)
{
    uint8_t *copy = malloc((size_t)bitmap->width * bitmap->rows);
    for (unsigned y = 0; copy && y < bitmap->rows; y++)
        memcpy(copy + (size_t)y * bitmap->width, bitmap->buffer + (ptrdiff_t)y * bitmap->pitch, bitmap->width);
    return copy;
}

/* How much bolder than its file a face is drawn, in ems. */
static const float BOLDER[FACES] = {[FACE_STAND_IN_MEDIUM] = 0.016f, [FACE_STAND_IN_BOLD] = 0.034f};

/* Hinted along y only (stems stand where they are, x-height and baseline meet the pixel rows), so advances stay the font's own. */
static Glyph render(FT_Face face, uint32_t number, FT_F26Dot6 size, int quarter, float bolder)
{
    if (FT_Set_Char_Size(face, 0, size, 72, 72) || FT_Load_Glyph(face, number, FT_LOAD_TARGET_LIGHT | FT_LOAD_NO_BITMAP)) return (Glyph){0};
    FT_GlyphSlot slot = face->glyph;
    if (slot->format != FT_GLYPH_FORMAT_OUTLINE) return (Glyph){0};
    if (bolder > 0) FT_Outline_EmboldenXY(&slot->outline, (FT_Pos)((float)size * bolder), (FT_Pos)((float)size * bolder / 2));
    FT_Outline_Translate(&slot->outline, quarter * 16, 0);
    if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) || !slot->bitmap.width || !slot->bitmap.rows) return (Glyph){0};
    return (Glyph){.width = (int)slot->bitmap.width, .height = (int)slot->bitmap.rows, .left = slot->bitmap_left, .top = slot->bitmap_top,
                   .coverage = copy_rows(&slot->bitmap)};
}

const Glyph *glyphs_find(Glyphs *glyphs, FT_Face face, int which, uint32_t number, float pixels, int quarter)
{
    const int size = pixels * 64 < LARGEST ? (int)(pixels * 64 + 0.5f) : LARGEST;
    if (size < 1) return &glyphs->missing;
    const uint64_t key = 1 | (uint64_t)(quarter & 3) << 1 | (uint64_t)which << 3 | (uint64_t)size << 8 | (uint64_t)number << 32;
    Slot *slot = slot_of(glyphs, key);
    if (slot->key) return &slot->glyph;
    if (glyphs->used == SLOTS_USED || glyphs->bytes > COVERAGE_BYTES) {
        forget_all(glyphs);
        slot = slot_of(glyphs, key);
    }
    *slot = (Slot){key, render(face, number, size, quarter & 3, BOLDER[which])};
    glyphs->used++;
    glyphs->bytes += (size_t)slot->glyph.width * (size_t)slot->glyph.height;
    return &slot->glyph;
}
