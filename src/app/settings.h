/* What a person chose, kept between starts: "key = value" lines under the XDG folders. */
#ifndef SHAPEFLOW_APP_SETTINGS_H
#define SHAPEFLOW_APP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum { RECENT_MAX = 8, PATH_BYTES = 1024 };

typedef struct Settings {
    char  theme[16];               /* light, dark, print */
    float scale;                   /* of type and panes, 1 */
    float code_width;              /* of the code pane, in points at scale 1 */
    float inspector_height;
    float summary_share;           /* of the code pane's height at most */
    bool  code_folded, inspector_folded;
    bool  reduced_motion;
    bool  own_dialogs;             /* a path field instead of the desktop's file dialog */
    int   width, height;           /* of the window, in points */
    char  recent[RECENT_MAX][PATH_BYTES];   /* newest first; "" = none */
} Settings;

extern const Settings SETTINGS_DEFAULT;

/* Unknown keys and values out of range are passed over. */
void settings_read(Settings *, char *text);
void settings_write(const Settings *, Text *);

/* From and to $XDG_CONFIG_HOME/shapeflow/settings.txt. Without a home nothing is kept. */
void settings_load(Settings *, Arena *);
bool settings_save(const Settings *, Arena *);

/* Puts a file at the head of the recent ones. */
void settings_remember(Settings *, const char *path);

#endif
