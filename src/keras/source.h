/* What stands around a place in a text: its line, its statement, its list, names in use; and the putting together of edits. */
#ifndef SHAPEFLOW_KERAS_SOURCE_H
#define SHAPEFLOW_KERAS_SOURCE_H

#include "keras/edit.h"

/* ---- lines ---- */

int line_begin(const Reading *, int at);
int line_end(const Reading *, int at);           /* where the line's end characters stand, or the text's end */
int line_after(const Reading *, int at);         /* the next line's first byte */
const char *line_break(const Reading *, int at); /* "\r\n" or "\n", as the line has it, else the first one */
bool is_blank(const Reading *, int from, int to);    /* nothing but spaces and tabs */
/* Nothing else on the lines of span: blanks before, blanks or a comment after. */
bool stands_alone(const Reading *, Span);
/* The blanks at the beginning of the line. */
const char *indentation(const Reading *, Arena *, int at);
int skip_blanks(const Reading *, int at);        /* spaces and tabs */

const char *source_copy(const Reading *, Arena *, Span);
bool has_byte(const Reading *, Span, char);

/* ---- nodes ---- */

/* The innermost node of the type with this very span (parentheses around it aside); NULL when there is none. */
const PyNode *source_node(const Reading *, PyType, Span);
/* The innermost statement that holds the span, and the block (a list of statements) it stands in. */
const PyNode *source_statement(const Reading *, Span, const PyNode **block);
/* The call whose function stands at span: Dense(4)(x), features(x). */
const PyNode *source_application(const Reading *, Span function);
/* The innermost list literal that holds the span as an item. */
const PyNode *source_list(const Reading *, Span item);

bool is_simple_name(const PyNode *);
/* Whether a name is read anywhere in [from, to). */
bool name_is_used(const Reading *, const char *name, int from, int to);

/* ---- edits ---- */

/* Sorted in; code is copied. Of edits at one place those added first come first. */
void edits_add(Edits *, Span, const char *code);

const Place *layer_place(const Reading *, const Layer *, const char **why);
/* The place of the constructor call at span, from the tree alone; false when no call stands there. */
bool place_at(const Reading *, Arena *, Span call, Place *);
const ArgumentPlace *argument_of(const Place *, const char *param);

/* code with the prefix that the layer at `like` has ("layers."), and names that it needs imported. */
const char *code_as(const Reading *, const Place *like, const char *code, Edits *);

/* The name NumPy goes by in the text ("np"); an import is added where there is none. */
const char *numpy_name(const Reading *, Edits *);

#endif
