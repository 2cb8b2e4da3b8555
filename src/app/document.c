#include "app/document.h"

#include <stdbool.h>
#include <string.h>

#include "app/files.h"

/* .keras archives begin with PK, .h5 with \x89HDF; neither is text. */
static bool is_text(const char *bytes, size_t length)
{
    return length < 4 || (memcmp(bytes, "PK\3\4", 4) != 0 && memcmp(bytes, "\x89HDF", 4) != 0);
}

DocumentFault document_open(Document *document, Arena *arena, const char *path)
{
    const bool piped = strcmp(path, "-") == 0;
    *document = (Document){.path = path, .name = piped ? "<stdin>" : file_name(path), .folder = piped ? "." : file_folder(arena, path)};
    document->text = file_read(arena, path, &document->length);
    if (!document->text) return DOCUMENT_MISSING;
    return is_text(document->text, document->length) ? DOCUMENT_GOOD : DOCUMENT_UNKNOWN_FORM;
}

DocumentFault document_question(Document *document, Arena *arena, const char *resources)
{
    const DocumentFault fault = document_open(document, arena, path_join(arena, resources, "assets/models/flatten_question.py"));
    document->path = NULL;
    return fault;
}
