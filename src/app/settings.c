#include "app/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/files.h"
#include "app/strings.h"

const Settings SETTINGS_DEFAULT = {
    .theme = "light", .scale = 1, .code_width = 392, .inspector_height = 132, .summary_share = 0.5f, .width = 1600, .height = 900};

typedef enum SettingType { SETTING_NUMBER, SETTING_WHOLE, SETTING_SWITCH, SETTING_WORD } SettingType;

typedef struct SettingSpec {
    const char *key;
    SettingType type;
    size_t      offset;
    double      low, high;
} SettingSpec;

#define AT(field) offsetof(Settings, field)
static const SettingSpec SPECS[] = {
    {"theme", SETTING_WORD, AT(theme), 0, 0},
    {"scale", SETTING_NUMBER, AT(scale), 0.5, 4},
    {"code_width", SETTING_NUMBER, AT(code_width), 100, 4000},
    {"inspector_height", SETTING_NUMBER, AT(inspector_height), 60, 2000},
    {"summary_share", SETTING_NUMBER, AT(summary_share), 0.1, 0.9},
    {"code_folded", SETTING_SWITCH, AT(code_folded), 0, 0},
    {"inspector_folded", SETTING_SWITCH, AT(inspector_folded), 0, 0},
    {"reduced_motion", SETTING_SWITCH, AT(reduced_motion), 0, 0},
    {"own_dialogs", SETTING_SWITCH, AT(own_dialogs), 0, 0},
    {"width", SETTING_WHOLE, AT(width), 960, 16384},
    {"height", SETTING_WHOLE, AT(height), 600, 16384},
};
enum { N_SPECS = sizeof SPECS / sizeof *SPECS };

static void number_take(const SettingSpec *spec, void *place, const char *value)
{
    char *end;
    const double number = strtod(value, &end);
    if (end == value || !(number >= spec->low && number <= spec->high)) return;
    if (spec->type == SETTING_WHOLE) *(int *)place = (int)number;
    else *(float *)place = (float)number;
}

static void setting_take(Settings *settings, const SettingSpec *spec, const char *value)
{
    void *place = (char *)settings + spec->offset;
    switch (spec->type) {
    case SETTING_NUMBER: case SETTING_WHOLE: number_take(spec, place, value); break;
    case SETTING_SWITCH: *(bool *)place = strcmp(value, "yes") == 0; break;
    case SETTING_WORD: snprintf(place, sizeof settings->theme, "%s", value); break;
    }
}

static void line_take(Settings *settings, int *recent, const char *key, const char *value)
{
    for (int i = 0; i < N_SPECS; i++)
        if (strcmp(SPECS[i].key, key) == 0) setting_take(settings, &SPECS[i], value);
    if (strcmp(key, "recent") == 0 && *recent < RECENT_MAX && strlen(value) < PATH_BYTES) strcpy(settings->recent[(*recent)++], value);
}

void settings_read(Settings *settings, char *text)
{
    int recent = 0;
    *settings = SETTINGS_DEFAULT;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *equals = strstr(line, " = ");
        if (!equals) continue;
        *equals = 0;
        line_take(settings, &recent, line, equals + 3);
    }
}

static void setting_put(const Settings *settings, const SettingSpec *spec, Text *text)
{
    const void *place = (const char *)settings + spec->offset;
    switch (spec->type) {
    case SETTING_NUMBER: text_print(text, "%s = %g\n", spec->key, (double)*(const float *)place); break;
    case SETTING_WHOLE: text_print(text, "%s = %d\n", spec->key, *(const int *)place); break;
    case SETTING_SWITCH: text_print(text, "%s = %s\n", spec->key, *(const bool *)place ? "yes" : "no"); break;
    case SETTING_WORD: text_print(text, "%s = %s\n", spec->key, (const char *)place); break;
    }
}

void settings_write(const Settings *settings, Text *text)
{
    for (int i = 0; i < N_SPECS; i++) setting_put(settings, &SPECS[i], text);
    for (int i = 0; i < RECENT_MAX && settings->recent[i][0]; i++) text_print(text, "recent = %s\n", settings->recent[i]);
}

void settings_load(Settings *settings, Arena *arena)
{
    size_t length;
    const char *folder = folder_of_settings(arena);
    char *text = folder ? file_read(arena, path_join(arena, folder, "settings.txt"), &length) : NULL;
    *settings = SETTINGS_DEFAULT;
    if (text) settings_read(settings, text);
}

bool settings_save(const Settings *settings, Arena *arena)
{
    Text text = {.arena = arena};
    const char *folder = folder_of_settings(arena);
    settings_write(settings, &text);
    return folder && file_write(arena, path_join(arena, folder, "settings.txt"), text_string(&text), text.length);
}

void settings_remember(Settings *settings, const char *path)
{
    if (strlen(path) >= PATH_BYTES || strchr(path, '\n')) return;
    int at = 0;
    while (at < RECENT_MAX - 1 && settings->recent[at][0] && strcmp(settings->recent[at], path) != 0) at++;
    memmove(settings->recent[1], settings->recent[0], (size_t)at * PATH_BYTES);
    snprintf(settings->recent[0], PATH_BYTES, "%s", path);
}
