#include <ctype.h>
#include <string.h>

#include "engine/layer.h"

struct NameCount {
    const char *stem;
    int         given;
};

void builder_make(Builder *builder, Arena *arena)
{
    *builder = (Builder){
        .arena = arena,
        .scope = "",
        .floatx = DTYPE_FLOAT32,
        .image_data_format = "channels_last",
        .dtype_policy = VALUE_IS_TEXT("float32"),
    };
}

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 128; }

/* Keras' two rules: an underscore before a capital that begins a word of small letters (not at the start),
 * and between a small letter and a capital. */
static bool breaks_before(const char *name, size_t i)
{
    if (i == 0 || !is_upper(name[i])) return false;
    return is_lower(name[i - 1]) || is_lower(name[i + 1]);
}

const char *snake_case(Arena *arena, const char *class_name)
{
    Text word = {.arena = arena}, snake = {.arena = arena};
    for (const char *p = class_name; *p; p++)
        if (is_word(*p)) text_put_char(&word, *p);
    const char *name = text_string(&word);
    for (size_t i = 0; name[i]; i++) {
        if (breaks_before(name, i)) text_put_char(&snake, '_');
        text_put_char(&snake, (char)(is_upper(name[i]) ? name[i] - 'A' + 'a' : name[i]));
    }
    return text_string(&snake);
}

bool snake_case_is(const char *class_name, const char *snake)
{
    for (size_t i = 0; class_name[i]; i++) {
        if (breaks_before(class_name, i) && *snake++ != '_') return false;
        if (*snake++ != tolower((unsigned char)class_name[i])) return false;
    }
    return !*snake;
}

static struct NameCount *count_of(Builder *builder, const char *stem)
{
    for (size_t i = 0; i < builder->n_names; i++)
        if (strcmp(builder->names[i].stem, stem) == 0) return &builder->names[i];
    builder->names = arena_grow(builder->arena, builder->names, builder->n_names, &builder->names_capacity,
                                builder->n_names + 1, sizeof *builder->names);
    struct NameCount *count = &builder->names[builder->n_names++];
    count->stem = stem;
    return count;
}

const char *builder_name(Builder *builder, const char *class_name)
{
    if (builder->quiet) return class_name;
    const char *stem = snake_case(builder->arena, class_name);
    struct NameCount *count = count_of(builder, stem);
    builder->named++;
    if (count->given++ == 0) return stem;
    return arena_print(builder->arena, "%s_%d", stem, count->given - 1);
}

int builder_legacy_number(Builder *builder, const LayerKind *kind, const char *class_name)
{
    if (builder->depth || builder->quiet) return -1;
    return count_of(builder, arena_print(builder->arena, "%s %s", kind->operation ? "operation" : "layer", class_name))->given++;
}

void builder_skip_names(Builder *builder, const char *class_name, int n)
{
    count_of(builder, snake_case(builder->arena, class_name))->given += n;
    builder->named += n;
}

NameCounts builder_names(const Builder *builder)
{
    int *given = ARENA_ARRAY(builder->arena, builder->n_names + 1, int);
    for (size_t i = 0; i < builder->n_names; i++) given[i] = builder->names[i].given;
    return (NameCounts){given, builder->n_names};
}

NameCounts builder_names_sum(const Builder *builder, NameCounts a, NameCounts b, int sign)
{
    int *given = ARENA_ARRAY(builder->arena, builder->n_names + 1, int);
    for (size_t i = 0; i < builder->n_names; i++)
        given[i] = (i < a.n ? a.given[i] : 0) + sign * (i < b.n ? b.given[i] : 0);
    return (NameCounts){given, builder->n_names};
}

NameCounts builder_names_since(const Builder *builder, NameCounts before)
{
    return builder_names_sum(builder, builder_names(builder), before, -1);
}

void builder_repeat_names(Builder *builder, NameCounts counts)
{
    for (size_t i = 0; i < counts.n; i++) {
        builder->names[i].given += counts.given[i];
        builder->named += counts.given[i];
    }
}
