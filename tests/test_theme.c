#include "scene/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const Theme *const THEMES[] = {&THEME_LIGHT, &THEME_DARK, &THEME_PRINT};
enum { N_THEMES = sizeof THEMES / sizeof *THEMES };

static uint32_t hex(Colour c) { return (uint32_t)c.r << 16 | (uint32_t)c.g << 8 | c.b; }

static void assert_contrast(const Theme *theme, const char *what, Colour a, Colour b, float least)
{
    if (colour_contrast(a, b) < least)
        fail_msg("%s, %s: #%06X on #%06X is %.2f, not %.1f", theme->name, what, hex(a), hex(b), (double)colour_contrast(a, b), (double)least);
}

static Colour over(Colour top, Colour below)
{
    const float a = (float)top.a / 255;
    return (Colour){(uint8_t)((float)top.r * a + (float)below.r * (1 - a)), (uint8_t)((float)top.g * a + (float)below.g * (1 - a)),
                    (uint8_t)((float)top.b * a + (float)below.b * (1 - a)), 255};
}

static void the_colours_are_those_of_the_design(void **state)
{
    (void)state;
    const struct { const Theme *theme; uint32_t ground, positive, negative, rows[ROW_HUES], rest[6]; } table[] = {
        {&THEME_LIGHT, 0xFBFAF7, 0xB35806, 0x542788, {0x0072B2, 0x00876C, 0xC43C7A, 0x8A6D00, 0x5C5C5C},
         {0x1F2328, 0x6B7280, 0xE3E0D8, 0xFFFFFF, 0xF6F4EE, 0x0B6E99}},
        {&THEME_DARK, 0x14171C, 0xF1A340, 0x998EC3, {0x56B4E9, 0x2BC79A, 0xF08DB8, 0xE6C229, 0xB8BDC6},
         {0xE8EAED, 0x9AA3AF, 0x2C323B, 0x1B1F26, 0x12151A, 0x5BC0EB}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const Theme *t = table[i].theme;
        const Colour rest[] = {t->ink, t->dim, t->rule, t->panel, t->code_ground, t->accent};
        assert_int_equal(hex(t->ground), table[i].ground);
        assert_int_equal(hex(t->positive), table[i].positive);
        assert_int_equal(hex(t->negative), table[i].negative);
        for (int h = 0; h < ROW_HUES; h++) assert_int_equal(hex(t->row[h]), table[i].rows[h]);
        for (int r = 0; r < 6; r++) assert_int_equal(hex(rest[r]), table[i].rest[r]);
    }
}

static void text_has_four_and_a_half_to_one(void **state)
{
    (void)state;
    for (int i = 0; i < N_THEMES; i++) {
        const Theme *t = THEMES[i];
        const Colour grounds[] = {t->ground, t->panel, t->code_ground};
        for (int g = 0; g < 3; g++) {
            const Colour inks[] = {t->ink, t->dim, t->accent, t->error, t->keyword, t->string, t->number, t->comment};
            for (size_t k = 0; k < sizeof inks / sizeof *inks; k++)
                assert_contrast(t, "text", colour_text(t, inks[k], grounds[g]), grounds[g], 4.5F);
            for (int h = 0; h < ROW_HUES; h++) assert_contrast(t, "row label", colour_text(t, t->row[h], grounds[g]), grounds[g], 4.5F);
        }
        assert_contrast(t, "ink", t->ink, t->ground, 4.5F);
        assert_contrast(t, "dim", t->dim, t->ground, 4.5F);
        assert_contrast(t, "accent", t->accent, t->ground, 4.5F);
        assert_contrast(t, "on accent", t->on_accent, t->accent, 4.5F);
        assert_contrast(t, "ink on selection", t->ink, t->selection, 4.5F);
        assert_contrast(t, "error", t->error, t->ground, 4.5F);
    }
}

static void edges_and_lit_wires_have_three_to_one(void **state)
{
    (void)state;
    for (int i = 0; i < N_THEMES; i++) {
        const Theme *t = THEMES[i];
        assert_contrast(t, "positive wire", t->positive, t->ground, 3);
        assert_contrast(t, "negative wire", t->negative, t->ground, 3);
        assert_contrast(t, "plain unit", t->dim, t->ground, 3);
        for (int h = 0; h < ROW_HUES; h++) {
            const Colour panel = over(colour_fade(t->row[h], t->row_stripe_alpha), t->ground);
            assert_contrast(t, "unit of a row", t->row[h], t->ground, 3);
            assert_contrast(t, "unit on its panel", t->row[h], panel, 3);
        }
    }
}

static void numbers_on_any_cell_can_be_read(void **state)
{
    (void)state;
    for (int i = 0; i < N_THEMES; i++)
        for (int v = -100; v <= 100; v++)
            for (int ramp = 0; ramp < 2; ramp++) {
                const Colour cell = value_colour(THEMES[i], v, 100, ramp);
                assert_contrast(THEMES[i], "number in a cell", colour_on(THEMES[i], cell), cell, 4.5F);
            }
}

static void the_scale_grows_from_nothing_to_the_full_colour(void **state)
{
    (void)state;
    for (int i = 0; i < N_THEMES; i++) {
        const Theme *t = THEMES[i];
        assert_int_equal(hex(value_colour(t, 0, 5, false)), hex(t->panel));
        assert_int_equal(hex(value_colour(t, 5, 5, false)), hex(t->positive));
        assert_int_equal(hex(value_colour(t, -5, 5, false)), hex(t->negative));
        assert_int_equal(hex(value_colour(t, 99, 5, false)), hex(t->positive));
        assert_int_equal(hex(value_colour(t, 5, 5, true)), hex(t->ink));
        for (int v = 1; v <= 50; v++)
            assert_true(colour_contrast(value_colour(t, v, 50, false), t->panel) >= colour_contrast(value_colour(t, v - 1, 50, false), t->panel));
    }
}

static void mixing_ends_where_it_should(void **state)
{
    (void)state;
    const Colour a = THEME_LIGHT.positive, b = THEME_LIGHT.negative;
    assert_int_equal(hex(colour_mix(a, b, 0)), hex(a));
    assert_int_equal(hex(colour_mix(a, b, 1)), hex(b));
    assert_int_equal(colour_mix((Colour){0, 0, 0, 255}, (Colour){255, 255, 255, 255}, 0.5F).r, 188);   /* half the light */
    assert_int_equal(colour_fade((Colour){1, 2, 3, 200}, 0.5F).a, 100);
}

static void themes_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(theme_find("dark"), &THEME_DARK);
    assert_ptr_equal(theme_find("print"), &THEME_PRINT);
    assert_null(theme_find("sepia"));
    assert_true(theme_find("print")->print);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_colours_are_those_of_the_design),
        cmocka_unit_test(text_has_four_and_a_half_to_one),
        cmocka_unit_test(edges_and_lit_wires_have_three_to_one),
        cmocka_unit_test(numbers_on_any_cell_can_be_read),
        cmocka_unit_test(the_scale_grows_from_nothing_to_the_full_colour),
        cmocka_unit_test(mixing_ends_where_it_should),
        cmocka_unit_test(themes_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
