/* A file that holds a model, in whatever form, as code. */
#ifndef SHAPEFLOW_APP_DOCUMENT_H
#define SHAPEFLOW_APP_DOCUMENT_H

#include "base/text.h"

typedef struct Document {
    const char *path;      /* as given; NULL = the built-in question */
    const char *name;      /* "flatten_question.py", "<stdin>" */
    const char *folder;    /* for what is read beside it */
    const char *text;      /* the code */
    size_t      length;
} Document;

typedef enum DocumentFault { DOCUMENT_GOOD, DOCUMENT_MISSING /* errno says why */, DOCUMENT_UNKNOWN_FORM } DocumentFault;

DocumentFault document_open(Document *, Arena *, const char *path);
DocumentFault document_question(Document *, Arena *, const char *resources);

#endif
