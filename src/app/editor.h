/* The code pane: caret, selection, keys and mouse over a text. */
#ifndef SHAPEFLOW_APP_EDITOR_H
#define SHAPEFLOW_APP_EDITOR_H

#include "app/buffer.h"
#include "app/input.h"
#include "app/platform.h"
#include "app/rows.h"
#include "app/scroll_bar.h"
#include "python/tree.h"
#include "scene/theme.h"

enum { COMPOSE_BYTES = 256 };

typedef enum DragUnit { DRAG_NOTHING, DRAG_CHARACTERS, DRAG_WORDS, DRAG_LINES } DragUnit;

typedef struct Editor {
    Buffer    buffer;
    Selection selection;
    float     goal_x;              /* where up and down aim; < 0 = at the caret */
    float     scroll;              /* points that have gone above the pane */
    char      compose[COMPOSE_BYTES];
    DragUnit  drag;
    Selection drag_from;           /* the word or line the drag began on */

    Arena     layout;              /* rows and tokens of one version at one width */
    Rows      rows;
    PyTokens  tokens;
    uint64_t  laid_version;
    float     laid_width;
    float     scale;               /* of the type */
    bool      bare;                /* a field: no line numbers, no syntax */
    const char *note;              /* shown under the line of byte note_at; NULL = none */
    int       note_at;
} Editor;

extern const float EDITOR_SIZE, EDITOR_PITCH;    /* of the type and the rows, at scale 1 */

void editor_open(Editor *, jmp_buf *escape, const char *text, size_t length);   /* escape: see buffer_open */
void editor_close(Editor *);
/* Another text; the history begins anew. */
void editor_load(Editor *, const char *text, size_t length);

/* Rows and tokens for the pane's width; must follow every change before editor_input or editor_draw.
 * note is borrowed until the next layout. */
void editor_layout(Editor *, const Measure *, Rect area, float scale, const char *note, int note_at);

/* Whether the input was for the editor. area: the pane, where pointer inputs are looked at. */
bool editor_input(Editor *, const Input *, Rect area, const Platform *, double seconds);

bool editor_undo(Editor *);
bool editor_redo(Editor *);
void editor_cut(Editor *, const Platform *);
void editor_copy(const Editor *, const Platform *);
void editor_paste(Editor *, const Platform *);
void editor_select_all(Editor *);
void editor_insert(Editor *, const char *text, double seconds);
void editor_apply(Editor *, const Edits *);
void editor_reveal(Editor *, Rect area, int at);      /* scrolls so that a byte is seen */

float editor_height(const Editor *);                   /* of all rows, in points */
float editor_gutter(const Editor *);                   /* of the line numbers */
ScrollBar editor_bar(const Editor *, Rect area);
Rect  editor_caret(const Editor *, Rect area);         /* for input methods */
int   editor_place(const Editor *, Rect area, Point);  /* the byte nearest to a point */
int   editor_line_at(const Editor *, Rect area, Point);   /* from 1; 0 = beside the text */

/* What is shown beside the text itself. */
typedef struct EditorLook {
    const Theme *theme;
    bool         focused;
    bool         bar_lit;                 /* the pointer is on the scroll bar */
    const Span  *lit;     int n_lit;      /* lines of what is hovered or focused elsewhere */
    const Span  *dimmed;  int n_dimmed;   /* no part of the model */
    const Span  *faults;  int n_faults;   /* underlined */
} EditorLook;
void editor_draw(const Editor *, Scene *, Rect area, const EditorLook *);

#endif
