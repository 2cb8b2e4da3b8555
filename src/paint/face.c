#include "paint/face.h"

#include <math.h>
#include <stdlib.h>

#include FT_ADVANCES_H
#include <hb-ot.h>

/* Kerning and equal digits, none of the ligatures: "->" stays two characters, as in the code it stands for. */
static const hb_feature_t FEATURES[] = {
    {HB_TAG('t', 'n', 'u', 'm'), 1, 0, (unsigned)-1}, {HB_TAG('k', 'e', 'r', 'n'), 1, 0, (unsigned)-1},
    {HB_TAG('c', 'a', 'l', 't'), 0, 0, (unsigned)-1}, {HB_TAG('l', 'i', 'g', 'a'), 0, 0, (unsigned)-1},
    {HB_TAG('c', 'l', 'i', 'g'), 0, 0, (unsigned)-1},
};

static hb_font_t *shaper_open(const char *path)
{
    hb_blob_t *blob = hb_blob_create_from_file(path);
    hb_face_t *face = hb_face_create(blob, 0);
    hb_font_t *font = hb_font_create(face);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    return font;
}

static hb_buffer_t *shape(Face *face, const uint32_t *characters, int n)
{
    hb_buffer_t *buffer = hb_buffer_create();
    hb_buffer_add_codepoints(buffer, characters, n, 0, n);
    hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, HB_SCRIPT_LATIN);
    hb_shape(face->shaper, buffer, FEATURES, sizeof FEATURES / sizeof *FEATURES);
    return buffer;
}

static void find_digits(Face *face)
{
    uint32_t characters[10];
    for (uint32_t i = 0; i < 10; i++) face->digit[i] = FT_Get_Char_Index(face->type, characters[i] = '0' + i);
    hb_buffer_t *buffer = shape(face, characters, 10);
    unsigned n = 0;
    const hb_glyph_info_t *glyphs = hb_buffer_get_glyph_infos(buffer, &n);
    for (unsigned i = 0; n == 10 && i < 10; i++) face->digit[i] = glyphs[i].codepoint;
    hb_buffer_destroy(buffer);
}

Face *face_open(FT_Library library, const char *path)
{
    Face *face = calloc(1, sizeof *face);
    if (!face) return NULL;
    if (FT_New_Face(library, path, 0, &face->type) || !FT_IS_SCALABLE(face->type)) {
        face_close(face);
        return NULL;
    }
    face->em = face->type->units_per_EM;
    face->shaper = shaper_open(path);
    find_digits(face);
    for (int i = 0; i < FACE_KERNED * FACE_KERNED; i++) face->kern[i / FACE_KERNED][i % FACE_KERNED] = NAN;
    return face;
}

void face_close(Face *face)
{
    if (!face) return;
    if (face->shaper) hb_font_destroy(face->shaper);
    if (face->type) FT_Done_Face(face->type);
    free(face);
}

static float glyph_advance(const Face *face, uint32_t number)
{
    FT_Fixed units = 0;
    if (FT_Get_Advance(face->type, number, FT_LOAD_NO_SCALE, &units)) return 0;
    return (float)units / face->em;
}

static bool is_digit(uint32_t character) { return character >= '0' && character <= '9'; }

uint32_t face_glyph(Face *face, uint32_t character, float *advance)
{
    if (character < FACE_KNOWN && face->known[character]) {
        *advance = face->advance[character];
        return face->number[character];
    }
    const uint32_t number = is_digit(character) ? face->digit[character - '0'] : FT_Get_Char_Index(face->type, character);
    *advance = glyph_advance(face, is_digit(character) ? face->digit[0] : number);   /* some digits are a unit off in their file */
    if (character >= FACE_KNOWN) return number;
    face->known[character] = true;
    face->advance[character] = *advance;
    return face->number[character] = number;
}

static float ask_kern(Face *face, uint32_t left, uint32_t right)
{
    float alone[2];
    face_glyph(face, left, &alone[0]);
    face_glyph(face, right, &alone[1]);
    hb_buffer_t *buffer = shape(face, (uint32_t[]){left, right}, 2);
    unsigned n = 0;
    const hb_glyph_position_t *places = hb_buffer_get_glyph_positions(buffer, &n);
    const float together = n == 2 ? (float)(places[0].x_advance + places[1].x_advance) / face->em : alone[0] + alone[1];
    hb_buffer_destroy(buffer);
    return together - alone[0] - alone[1];
}

static bool is_kerned(uint32_t character) { return character > ' ' && character < ' ' + FACE_KERNED && !is_digit(character); }

float face_kern(Face *face, uint32_t left, uint32_t right)
{
    if (!is_kerned(left) || !is_kerned(right) || FT_IS_FIXED_WIDTH(face->type)) return 0;
    float *kern = &face->kern[left - ' '][right - ' '];
    if (isnan(*kern)) *kern = ask_kern(face, left, right);
    return *kern;
}
