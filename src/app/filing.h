/* Opening, saving and exporting, and the care that nothing unsaved is lost. */
#ifndef SHAPEFLOW_APP_FILING_H
#define SHAPEFLOW_APP_FILING_H

#include "app/app.h"

/* Shows a document at once: the start of the program. */
void filing_show(App *, const Document *);

/* Opens a file, after asking about unsaved changes. */
void filing_open(App *, const char *path);
/* Asks which file to open; to save to. */
void filing_ask_open(App *);
void filing_ask_save(App *);
void filing_ask_export(App *, const char *suffix);
/* The desktop's dialog has answered; NULL = with nothing. */
void filing_chosen(App *, const char *path);

bool filing_save(App *);                        /* false: not saved (yet) */
bool filing_save_as(App *, const char *path);
bool filing_export(App *, const char *path);
void filing_question(App *);                    /* the built-in document */
void filing_quit(App *);
void filing_show_model(App *, const char *variable);

/* Answers of the sheets. */
void filing_guard_discard(App *);
void filing_guard_save(App *);
void filing_overwrite(App *);
void filing_load(App *);
void filing_recover(App *);
void filing_forget(App *);

/* Offers a text that a crash left behind. */
void filing_look_for_lost(App *);

#endif
