#include <ctype.h>
#include <string.h>

#include "keras/code_writer.h"
#include "keras/legacy.h"

static const char *const RESERVED[] = {
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield", "keras", "layers", "ops", "model",
};

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof RESERVED / sizeof *RESERVED; i++)
        if (strcmp(RESERVED[i], name) == 0) return true;
    return false;
}

static bool is_taken(const CodeWriter *writer, const char *name)
{
    for (size_t i = 0; i < writer->n_taken; i++)
        if (strcmp(writer->taken[i], name) == 0) return true;
    return false;
}

static const char *identifier(Arena *arena, const char *name)
{
    Text text = {.arena = arena};
    if (!*name || isdigit((unsigned char)*name)) text_put_char(&text, '_');
    for (; *name; name++) text_put_char(&text, isalnum((unsigned char)*name) ? *name : '_');
    return text_string(&text);
}

const char *variable_new(CodeWriter *writer, const char *wanted)
{
    const char *stem = identifier(writer->arena, wanted), *name = stem;
    if (is_reserved(name)) stem = name = arena_print(writer->arena, "%s_", name);
    for (int i = 1; is_taken(writer, name); i++) name = arena_print(writer->arena, "%s_%d", stem, i);
    writer->taken = arena_grow(writer->arena, writer->taken, writer->n_taken, &writer->taken_capacity, writer->n_taken + 1,
                               sizeof *writer->taken);
    writer->taken[writer->n_taken++] = name;
    return name;
}

void variable_bind(CodeWriter *writer, const void *thing, const char *variable)
{
    writer->things = arena_grow(writer->arena, writer->things, writer->n_things, &writer->things_capacity, writer->n_things + 1,
                                sizeof *writer->things);
    writer->things[writer->n_things++] = (NamedThing){thing, variable};
}

const char *variable_of(const CodeWriter *writer, const void *thing)
{
    for (size_t i = writer->n_things; i-- > 0;)
        if (writer->things[i].thing == thing) return writer->things[i].variable;
    return NULL;
}

/* ---- automatic names ---- */

static NameUse *use_of(CodeWriter *writer, const char *stem)
{
    for (size_t i = 0; i < writer->n_uses; i++)
        if (strcmp(writer->uses[i].stem, stem) == 0) return &writer->uses[i];
    writer->uses = arena_grow(writer->arena, writer->uses, writer->n_uses, &writer->uses_capacity, writer->n_uses + 1, sizeof(NameUse));
    writer->uses[writer->n_uses] = (NameUse){stem, 0};
    return &writer->uses[writer->n_uses++];
}

void name_use(CodeWriter *writer, const char *stem) { use_of(writer, stem)->given++; }

static NameUse *next_use(CodeWriter *writer, const Layer *layer, const char *name)
{
    const char *stem = layer->kind->stem ? layer->kind->stem : snake_case(writer->arena, layer->class_name);
    NameUse *use = use_of(writer, stem);
    const char *next = use->given ? arena_print(writer->arena, "%s_%d", stem, use->given) : stem;
    return strcmp(next, name) == 0 ? use : NULL;
}

bool name_is_next(CodeWriter *writer, const Layer *layer) { return next_use(writer, layer, layer->name) != NULL; }

bool name_is_automatic(CodeWriter *writer, const Layer *layer, const char *name)
{
    NameUse *use = next_use(writer, layer, name);
    if (use) use->given++;
    return use != NULL;
}

const char *public_class(const Layer *layer)
{
    return strcmp(layer->class_name, "GroupedQueryAttention") == 0 ? "GroupQueryAttention" : layer->class_name;
}
