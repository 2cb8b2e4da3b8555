#include "scene/theme.h"

#include <math.h>
#include <string.h>

#define RGB(hex) {(uint8_t)((hex) >> 16), (uint8_t)((hex) >> 8 & 255), (uint8_t)((hex) & 255), 255}

const Theme THEME_LIGHT = {
    .name = "light", .ground = RGB(0xFBFAF7), .positive = RGB(0xB35806), .negative = RGB(0x542788),
    .row = {RGB(0x0072B2), RGB(0x00876C), RGB(0xC43C7A), RGB(0x8A6D00), RGB(0x5C5C5C)},
    .ink = RGB(0x1F2328), .dim = RGB(0x6B7280), .rule = RGB(0xE3E0D8), .panel = RGB(0xFFFFFF),
    .code_ground = RGB(0xF6F4EE), .accent = RGB(0x0B6E99), .on_accent = RGB(0xFFFFFF),
    .selection = RGB(0xD6E2E4), .error = RGB(0xB42318),
    .keyword = RGB(0x7A3E9D), .string = RGB(0x2E6B34), .number = RGB(0x0B5E84), .comment = RGB(0x6B7280),
    .row_stripe_alpha = 0.09F,
};

const Theme THEME_DARK = {
    .name = "dark", .ground = RGB(0x14171C), .positive = RGB(0xF1A340), .negative = RGB(0x998EC3),
    .row = {RGB(0x56B4E9), RGB(0x2BC79A), RGB(0xF08DB8), RGB(0xE6C229), RGB(0xB8BDC6)},
    .ink = RGB(0xE8EAED), .dim = RGB(0x9AA3AF), .rule = RGB(0x2C323B), .panel = RGB(0x1B1F26),
    .code_ground = RGB(0x12151A), .accent = RGB(0x5BC0EB), .on_accent = RGB(0x0E1116),
    .selection = RGB(0x1E323D), .error = RGB(0xFF8A80),
    .keyword = RGB(0xC99BE8), .string = RGB(0x8CCF93), .number = RGB(0x7CC8F0), .comment = RGB(0x9AA3AF),
    .row_stripe_alpha = 0.12F,
};

const Theme THEME_PRINT = {
    .name = "print", .ground = RGB(0xFFFFFF), .positive = RGB(0xB35806), .negative = RGB(0x542788),
    .row = {RGB(0x0072B2), RGB(0x00876C), RGB(0xC43C7A), RGB(0x8A6D00), RGB(0x5C5C5C)},
    .ink = RGB(0x000000), .dim = RGB(0x4A4A4A), .rule = RGB(0xD0D0D0), .panel = RGB(0xFFFFFF),
    .code_ground = RGB(0xFFFFFF), .accent = RGB(0x0A5678), .on_accent = RGB(0xFFFFFF),
    .selection = RGB(0xE6E6E6), .error = RGB(0xA01710),
    .keyword = RGB(0x5B2A7B), .string = RGB(0x1F5026), .number = RGB(0x0A4A68), .comment = RGB(0x4A4A4A),
    .row_stripe_alpha = 0.07F, .print = true,
};

const Theme *theme_find(const char *name)
{
    const Theme *const themes[] = {&THEME_LIGHT, &THEME_DARK, &THEME_PRINT};
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++)
        if (!strcmp(themes[i]->name, name)) return themes[i];
    return NULL;
}

/* IEC 61966-2-1, in [0, 1]. */
static float to_linear(uint8_t channel)
{
    const float c = (float)channel / 255.0F;
    return c <= 0.04045F ? c / 12.92F : powf((c + 0.055F) / 1.055F, 2.4F);
}

static uint8_t from_linear(float light)
{
    const float c = light <= 0.0031308F ? light * 12.92F : 1.055F * powf(light, 1 / 2.4F) - 0.055F;
    return (uint8_t)(c <= 0 ? 0 : c >= 1 ? 255 : c * 255 + 0.5F);
}

static uint8_t mix_channel(uint8_t a, uint8_t b, float t)
{
    return a == b ? a : from_linear(to_linear(a) * (1 - t) + to_linear(b) * t);
}

Colour colour_mix(Colour a, Colour b, float t)
{
    return (Colour){mix_channel(a.r, b.r, t), mix_channel(a.g, b.g, t), mix_channel(a.b, b.b, t),
                    (uint8_t)((float)a.a * (1 - t) + (float)b.a * t + 0.5F)};
}

Colour colour_fade(Colour colour, float alpha)
{
    colour.a = (uint8_t)((float)colour.a * alpha + 0.5F);
    return colour;
}

static float luminance(Colour c)
{
    return 0.2126F * to_linear(c.r) + 0.7152F * to_linear(c.g) + 0.0722F * to_linear(c.b);
}

float colour_contrast(Colour a, Colour b)
{
    const float one = luminance(a), two = luminance(b);
    return (fmaxf(one, two) + 0.05F) / (fminf(one, two) + 0.05F);
}

static Colour better(Colour a, Colour b, Colour ground)
{
    return colour_contrast(a, ground) >= colour_contrast(b, ground) ? a : b;
}

/* Ink and paper alone leave middle tones with 3.9:1; black and white never go under 4.58:1. */
Colour colour_on(const Theme *theme, Colour ground)
{
    const Colour black = RGB(0x000000), white = RGB(0xFFFFFF);
    const Colour own = better(theme->ink, theme->ground, ground);
    return colour_contrast(own, ground) >= CONTRAST_TEXT ? own : better(black, white, ground);
}

Colour colour_text(const Theme *theme, Colour wanted, Colour ground)
{
    for (int i = 0; i < 10; i++) {
        const Colour colour = colour_mix(wanted, theme->ink, (float)i / 10);
        if (colour_contrast(colour, ground) >= CONTRAST_TEXT) return colour;
    }
    return theme->ink;
}

/* In sRGB, not in light: equal steps of the value look like equal steps. */
static Colour tint(Colour from, Colour to, float share)
{
    return (Colour){(uint8_t)((float)from.r + ((float)to.r - (float)from.r) * share + 0.5F),
                    (uint8_t)((float)from.g + ((float)to.g - (float)from.g) * share + 0.5F),
                    (uint8_t)((float)from.b + ((float)to.b - (float)from.b) * share + 0.5F), 255};
}

Colour value_colour(const Theme *theme, double value, double extent, bool ramp)
{
    if (!(extent > 0) || isnan(value)) return theme->panel;
    const float share = powf((float)fmin(fabs(value) / extent, 1), ramp ? 1 : 0.8F);
    return tint(theme->panel, ramp ? theme->ink : value < 0 ? theme->negative : theme->positive, share);
}
