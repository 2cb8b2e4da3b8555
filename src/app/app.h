/* The program in the window: a value that inputs change and that is drawn as marks.
 *
 * Data flows one way: every change, from the keyboard, the picture or a fix, changes the text; the text is read again,
 * and what is drawn follows from it. */
#ifndef SHAPEFLOW_APP_APP_H
#define SHAPEFLOW_APP_APP_H

#include "app/autosave.h"
#include "app/document.h"
#include "app/editor.h"
#include "app/field.h"
#include "app/files.h"
#include "app/gaze.h"
#include "app/kept.h"
#include "app/menu.h"
#include "app/motion.h"
#include "app/page.h"
#include "app/playback.h"
#include "app/settings.h"
#include "app/strings.h"
#include "app/study.h"
#include "scene/view.h"

typedef enum Attention { ATTENTION_CANVAS, ATTENTION_CODE } Attention;   /* which pane has the keyboard */

typedef enum Sheet { SHEET_NONE, SHEET_KEYS, SHEET_GUARD, SHEET_RECOVER, SHEET_CHANGED } Sheet;   /* what covers the page */

/* What was asked for while the text had unsaved changes. */
typedef enum Pending { PENDING_NOTHING, PENDING_QUIT, PENDING_OPEN /* path below */, PENDING_ASK_OPEN, PENDING_QUESTION } Pending;

typedef enum Asking { ASKING_NOTHING, ASKING_OPEN, ASKING_SAVE, ASKING_EXPORT } Asking;   /* what the desktop's dialog is for */

typedef enum DragKind { DRAG_NONE, DRAG_SIDE, DRAG_INSPECTOR, DRAG_SUMMARY, DRAG_CANVAS /* pressed, not moved yet */, DRAG_PAN, DRAG_SCRUB, DRAG_EDITOR, DRAG_CODE_BAR, DRAG_SUMMARY_BAR, DRAG_CANVAS_BAR } DragKind;

typedef struct App {
    Arena           arena;          /* what lives as long as the program */
    const char     *resources;
    const Strings  *strings;
    Measure         measure;
    Platform        platform;
    Settings        settings;
    bool            kept;           /* settings, recent files and autosave are written */
    unsigned        panels;

    char            path[PATH_BYTES];   /* "" = never saved */
    FileStamp       stamp;              /* of the file there, when it was last read or written */
    char            name[256], folder[PATH_BYTES], model[128] /* chosen; "" = the text's own choice */;
    Editor          editor;
    Study           study;
    uint64_t        read_version;   /* of the buffer, when the study was made */
    double          changed_at;     /* seconds; of the last change of the text */

    Page            page;
    Point           size;           /* of the window, in points */
    Attention       attention;
    Gaze            gaze;
    Motion          motion;
    Playback        playback;
    int             followed;       /* the step of the forward pass that was last brought into view */
    bool            compare, matrix;
    float           zoom;
    Point           pan;
    float           summary_scroll;
    int64_t         first_term;     /* of the sum shown in the inspector */
    DragKind        drag;
    Point           drag_from, drag_start;
    Point           pointer;
    bool            pointing;       /* the pointer is in the window, and moved since a key last took the focus */
    unsigned        modifiers;

    Field           field;
    Menu            menu;
    Sheet           sheet;
    Pending         pending;
    Asking          asking;
    bool            dialogless;     /* the desktop's dialog could not be shown: a field of our own instead */
    const char     *export_suffix;  /* asked for */
    char            pending_path[PATH_BYTES];
    char            notice[512];    /* a line that says what was done, or why not; "" = none */
    double          notice_until;
    Autosave        autosave;
    bool            rescued;        /* memory ran out, and the text is kept aside */
    bool            done;           /* the program may end */

    Arena           frame;          /* of the scene below */
    Scene           scene;          /* as last drawn: what pointers point at */
    Kept            kept_scene;
    bool            stale;          /* something changed since */
    bool            printed;        /* drawn into a file: nothing invites to be changed */
    double          seconds;        /* now */
} App;

typedef struct AppOptions {
    const char    *resources;
    const Strings *strings;
    Measure        measure;
    Platform       platform;
    const Settings *settings;
    bool           kept;
    unsigned       panels;
    Point          size;
    const char    *model;       /* NULL = the text's own choice */
    double         seconds;
    jmp_buf       *escape;      /* where to go without memory; NULL = nowhere. What is left then is app_rescue and app_close. */
} AppOptions;

void app_open(App *, const AppOptions *, const Document *);
void app_close(App *);

/* Gives back the memory of all but the text, and keeps the text aside; true when nothing of it is unsaved and lost. */
bool app_rescue(App *);

/* One thing done, or NULL for the passing of time; seconds from any fixed moment. */
void app_update(App *, const Input *, double seconds);

/* How long nothing changes by itself: 0 = draw the next frame now; < 0 = until the next input. */
double app_wait(const App *);

/* The page as it is; makes marks and changes nothing. */
void app_draw(const App *, Scene *);
/* The same without the picture of the model. */
void app_draw_panes(const App *, Scene *);

/* The same, kept for pointers to point at; drawn anew only when something changed. */
const Scene *app_scene(App *);

/* What the window shows round the page. */
Cursor app_cursor(const App *);
const char *app_title(const App *, Arena *);
bool app_typing(const App *, Rect *caret);   /* text goes in here */

/* ---- for the parts of the app ---- */

void app_memory(const App *, Arena *);               /* opens an arena that leaves where the app's own does */
void app_input(App *, const Input *);                /* routes it to who it is for */
const Theme *app_theme(const App *);
void app_view(const App *, View *);
void app_say(App *, const char *id, ...);            /* a notice; values close with NULL */
void app_apply(App *, const Edits *);                /* an edit from the picture: changes the text, and all follows */
void app_read(App *);                                /* the text again, when it changed */
void app_layout(App *);
const Snapshot *app_variant(const App *, int variant);   /* 0 = shown, 1 = the other of a comparison; NULL = none */
const char *app_fill(const App *, Arena *, const char *id, ...);

#endif
