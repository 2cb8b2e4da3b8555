/* A file that holds a model, in whatever form. */
#ifndef SHAPEFLOW_APP_DOCUMENT_H
#define SHAPEFLOW_APP_DOCUMENT_H

#include "base/error.h"
#include "base/text.h"

typedef enum DocumentForm { FORM_CODE, FORM_JSON /* model.to_json() */, FORM_ARCHIVE /* .keras, .h5 */ } DocumentForm;

typedef struct Document {
    const char *path;      /* as given; NULL = the built-in question */
    const char *name;      /* "flatten_question.py", "<stdin>" */
    const char *folder;    /* for what is read beside it */
    DocumentForm form;
    const char *text;      /* as it stands in the file */
    size_t      length;
} Document;

typedef enum DocumentFault { DOCUMENT_GOOD, DOCUMENT_MISSING /* errno says why */, DOCUMENT_UNKNOWN_FORM } DocumentFault;

DocumentFault document_open(Document *, Arena *, const char *path);
/* A model in another form becomes code that builds it; it has no path then, so that saving does not overwrite the model.
 * False with err where the file tells no model. */
bool document_to_code(Document *, Arena *, Error *);

DocumentFault document_question(Document *, Arena *, const char *resources);

#endif
