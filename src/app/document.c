#include "app/document.h"

#include <stdbool.h>
#include <string.h>

#include "app/files.h"
#include "keras/archive.h"
#include "keras/json.h"
#include "keras/write.h"

static bool begins(const Document *document, const char *magic)
{
    return document->length >= strlen(magic) && memcmp(document->text, magic, strlen(magic)) == 0;
}

static DocumentForm form_of(const Document *document)
{
    const size_t blank = strspn(document->text, " \t\r\n");
    if (begins(document, "PK\3\4") || begins(document, "\x89HDF") || file_ends_with(document->path, ".keras")) return FORM_ARCHIVE;
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
    return document->form != FORM_ARCHIVE && memchr(document->text, 0, document->length) ? DOCUMENT_UNKNOWN_FORM : DOCUMENT_GOOD;
}

static const char *name_as_code(Arena *arena, const char *name)
{
    const char *dot = strrchr(name, '.');
    return arena_print(arena, "%.*s.py", dot ? (int)(dot - name) : (int)strlen(name), name);
}

/* The model as JSON. */
static bool config_take(const Document *document, Arena *arena, const char **text, size_t *length, Error *err)
{
    Archive archive;
    *text = document->text;
    *length = document->length;
    if (document->form != FORM_ARCHIVE) return true;
    if (!archive_read_model(arena, document->text, document->length, &archive, err)) return false;
    *text = archive.config;
    *length = archive.config_length;
    return true;
}

bool document_to_code(Document *document, Arena *arena, Error *err)
{
    Model *model;
    Builder builder;
    size_t length;
    const char *text;
    Text code = {.arena = arena};
    if (document->form == FORM_CODE) return true;
    builder_make(&builder, arena);
    if (!config_take(document, arena, &text, &length, err) || !json_read_model(&builder, text, length, &model, err)) return false;
    write_keras(&code, model, document->form == FORM_ARCHIVE ? document->name : NULL);
    *document = (Document){.name = name_as_code(arena, document->name), .folder = document->folder, .text = text_string(&code), .length = code.length};
    return true;
}

DocumentFault document_question(Document *document, Arena *arena, const char *resources)
{
    const DocumentFault fault = document_open(document, arena, path_join(arena, resources, "assets/models/flatten_question.py"));
    document->path = NULL;
    return fault;
}
