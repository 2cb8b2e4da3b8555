#include "app/document.h"

#include <stdbool.h>
#include <string.h>

#include "app/files.h"
#include "keras/json.h"
#include "keras/write.h"

/* .keras archives begin with PK, .h5 with \x89HDF; neither is text. */
static bool is_text(const char *bytes, size_t length)
{
    return length < 4 || (memcmp(bytes, "PK\3\4", 4) != 0 && memcmp(bytes, "\x89HDF", 4) != 0);
}

static DocumentForm form_of(const Document *document)
{
    const size_t blank = strspn(document->text, " \t\r\n");
    if (file_ends_with(document->path, ".json")) return FORM_JSON;
    return strcmp(document->path, "-") == 0 && document->text[blank] == '{' ? FORM_JSON : FORM_CODE;
}

DocumentFault document_open(Document *document, Arena *arena, const char *path)
{
    const bool piped = strcmp(path, "-") == 0;
    *document = (Document){.path = path, .name = piped ? "<stdin>" : file_name(path), .folder = piped ? "." : file_folder(arena, path)};
    document->text = file_read(arena, path, &document->length);
    if (!document->text) return DOCUMENT_MISSING;
    document->form = form_of(document);
    return is_text(document->text, document->length) ? DOCUMENT_GOOD : DOCUMENT_UNKNOWN_FORM;
}

static const char *name_as_code(Arena *arena, const char *name)
{
    const char *dot = strrchr(name, '.');
    return arena_print(arena, "%.*s.py", dot ? (int)(dot - name) : (int)strlen(name), name);
}

bool document_to_code(Document *document, Arena *arena, Error *err)
{
    Model *model;
    Builder builder;
    Text code = {.arena = arena};
    if (document->form == FORM_CODE) return true;
    builder_make(&builder, arena);
    if (!json_read_model(&builder, document->text, document->length, &model, err)) return false;
    write_keras(&code, model, NULL);
    *document = (Document){.name = name_as_code(arena, document->name), .folder = document->folder, .text = text_string(&code), .length = code.length};
    return true;
}

DocumentFault document_question(Document *document, Arena *arena, const char *resources)
{
    const DocumentFault fault = document_open(document, arena, path_join(arena, resources, "assets/models/flatten_question.py"));
    document->path = NULL;
    return fault;
}
