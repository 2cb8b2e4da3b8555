#include "paint/fonts.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "paint/face.h"
#include "paint/glyphs.h"
#include "paint/utf8.h"

static const char *const FILES[FACES] = {
    [FONT_TEXT] = "Inter-Regular.otf", [FONT_TEXT_MEDIUM] = "Inter-Medium.otf", [FONT_TEXT_BOLD] = "Inter-SemiBold.otf",
    [FONT_CODE] = "JetBrainsMono-Regular.ttf", [FONT_CODE_BOLD] = "JetBrainsMono-SemiBold.ttf",
    [FACE_STAND_IN] = "MPLUS1-Regular.otf", [FACE_STAND_IN_MEDIUM] = "MPLUS1-Regular.otf", [FACE_STAND_IN_BOLD] = "MPLUS1-Regular.otf",
};

struct Fonts {
    FT_Library library;
    char      *path[FACES];
    Face      *face[FACES];
    bool       tried[FACES];
    Glyphs    *glyphs;
};

static char *path_join(const char *folder, const char *file)
{
    const size_t size = strlen(folder) + strlen(file) + 2;
    char *path = malloc(size);
    if (path) snprintf(path, size, "%s/%s", folder, file);
    return path;
}

static bool find_files(Fonts *fonts, const char *folder, char *err, size_t err_size)
{
    for (int i = 0; i < FACES; i++) {
        fonts->path[i] = path_join(folder, FILES[i]);
        if (fonts->path[i] && access(fonts->path[i], R_OK) == 0) continue;
        snprintf(err, err_size, "%s/%s: %s", folder, FILES[i], strerror(errno));
        return false;
    }
    return true;
}

Fonts *fonts_open(const char *folder, char *err, size_t err_size)
{
    Fonts *fonts = calloc(1, sizeof *fonts);
    if (fonts && !FT_Init_FreeType(&fonts->library) && (fonts->glyphs = glyphs_open())) {
        if (find_files(fonts, folder, err, err_size)) return fonts;
    } else {
        snprintf(err, err_size, "%s: %s", folder, strerror(ENOMEM));
    }
    fonts_close(fonts);
    return NULL;
}

void fonts_close(Fonts *fonts)
{
    if (!fonts) return;
    glyphs_close(fonts->glyphs);
    for (int i = 0; i < FACES; i++) {
        face_close(fonts->face[i]);
        free(fonts->path[i]);
    }
    if (fonts->library) FT_Done_FreeType(fonts->library);
    free(fonts);
}

const char *fonts_path(const Fonts *fonts, int face)
{
    return face >= 0 && face < FACES ? fonts->path[face] : NULL;
}

static Face *face_of(Fonts *fonts, int which)
{
    if (!fonts->tried[which]) fonts->face[which] = face_open(fonts->library, fonts->path[which]);
    fonts->tried[which] = true;
    return fonts->face[which];
}

/* ---- letters ---- */

Letters letters_of(Fonts *fonts, Font font, const char *text, size_t length)
{
    return (Letters){.fonts = fonts, .font = font < FONT_COUNT ? font : FONT_TEXT, .at = text, .end = text + length, .last_face = -1};
}

static const int STAND_IN[FONT_COUNT] = {
    [FONT_TEXT] = FACE_STAND_IN, [FONT_TEXT_MEDIUM] = FACE_STAND_IN_MEDIUM, [FONT_TEXT_BOLD] = FACE_STAND_IN_BOLD,
    [FONT_CODE] = FACE_STAND_IN, [FONT_CODE_BOLD] = FACE_STAND_IN_BOLD,
};

/* The first face that has the character: its own, the one that stands in, the other family's. */
static int face_with(Fonts *fonts, Font font, uint32_t character, uint32_t *glyph, float *advance)
{
    const int order[] = {(int)font, STAND_IN[font], font < FONT_CODE ? FONT_CODE : FONT_TEXT};
    for (int i = 0; i < 3; i++) {
        Face *face = face_of(fonts, order[i]);
        if (face && (*glyph = face_glyph(face, character, advance))) return order[i];
    }
    Face *own = face_of(fonts, (int)font);
    *glyph = 0;
    *advance = 0;
    if (own) face_glyph(own, 0xFFFD, advance);
    return (int)font;
}

static bool is_control(uint32_t character) { return character < ' ' || character == 0x7F; }

bool letters_next(Letters *letters, Letter *letter)
{
    if (letters->at >= letters->end) return false;
    const uint32_t character = utf8_character(letters->at, letters->end, &letter->bytes);
    letters->at += letter->bytes;
    letter->character = character;
    letter->face = face_with(letters->fonts, letters->font, is_control(character) ? ' ' : character, &letter->glyph, &letter->advance);
    if (letter->face == letters->last_face)
        letters->x += face_kern(letters->fonts->face[letter->face], letters->last, character);
    letter->x = letters->x;
    letters->x += letter->advance;
    letters->last = character;
    letters->last_face = letters->fonts->face[letter->face] ? letter->face : -1;
    return true;
}

static float text_width(void *fonts, Font font, float size, const char *text, size_t length)
{
    Letters letters = letters_of(fonts, font, text, length);
    for (Letter letter; letters_next(&letters, &letter);) continue;
    return letters.x * size;
}

Measure fonts_measure(Fonts *fonts)
{
    return (Measure){.width = text_width, .fonts = fonts};
}

float text_start(Fonts *fonts, const Mark *mark)
{
    if (mark->align == ALIGN_LEFT) return mark->a.x;
    const float width = text_width(fonts, (Font)mark->font, mark->size, mark->text, strlen(mark->text));
    return mark->a.x - (mark->align == ALIGN_CENTRE ? width / 2 : width);
}

const Glyph *fonts_glyph(Fonts *fonts, int face, uint32_t glyph, float pixels, int quarter)
{
    static const Glyph nothing = {0};
    Face *open = face >= 0 && face < FACES ? face_of(fonts, face) : NULL;
    if (!open || !(pixels > 0)) return &nothing;
    return glyphs_find(fonts->glyphs, open->type, face, glyph, pixels, quarter);
}
