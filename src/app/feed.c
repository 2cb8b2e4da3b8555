#include "app/feed.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/files.h"
#include "engine/run.h"
#include "keras/npy.h"

/* ---- nested lists ---- */

typedef struct ListReader {
    Arena      *arena;
    const char *at, *end;
    Shape       shape;
    int64_t     counts[SHAPE_RANK_MAX];   /* items so far of the list open at each depth */
    bool        known[SHAPE_RANK_MAX];    /* a list of that depth has been closed: its length is the rule */
    float      *data;
    size_t      n, capacity;
    Error      *err;
} ListReader;

static bool malformed(ListReader *reader, const char *what)
{
    return error_set(reader->err, "ValueError", "%s", what);
}

static void skip_space(ListReader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at)) reader->at++;
}

static bool word_take(ListReader *reader, const char *word)
{
    const size_t length = strlen(word);
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0) return false;
    reader->at += length;
    return true;
}

static bool number_read(ListReader *reader)
{
    char *end;
    double number;
    if (word_take(reader, "NaN")) number = (double)NAN;
    else if (word_take(reader, "true")) number = 1;
    else if (word_take(reader, "false")) number = 0;
    else {
        number = strtod(reader->at, &end);
        if (end == reader->at || end > reader->end) return malformed(reader, "a number or a list was expected");
        reader->at = end;
    }
    reader->data = arena_grow(reader->arena, reader->data, reader->n, &reader->capacity, reader->n + 1, sizeof(float));
    reader->data[reader->n++] = (float)number;
    return true;
}

static bool list_close(ListReader *reader, int depth)
{
    const int64_t count = reader->counts[depth];
    if (reader->known[depth] && reader->shape.dim[depth] != count) return malformed(reader, "the lists of one level differ in length");
    reader->known[depth] = true;
    reader->shape.dim[depth] = count;
    return true;
}

/* Every number stands equally deep. */
static bool leaf_read(ListReader *reader, int depth)
{
    if (reader->shape.rank < 0) reader->shape.rank = depth;
    if (reader->shape.rank != depth) return malformed(reader, "numbers and lists are mixed on one level");
    return number_read(reader);
}

static bool value_read(ListReader *reader, int depth)
{
    skip_space(reader);
    if (!word_take(reader, "[")) return leaf_read(reader, depth);
    if (depth == SHAPE_RANK_MAX) return malformed(reader, "the list is nested too deeply");
    if (reader->shape.rank >= 0 && depth >= reader->shape.rank) return malformed(reader, "numbers and lists are mixed on one level");
    reader->counts[depth] = 0;
    skip_space(reader);
    if (word_take(reader, "]")) return malformed(reader, "a list is empty");
    for (;;) {
        if (!value_read(reader, depth + 1)) return false;
        reader->counts[depth]++;
        skip_space(reader);
        if (word_take(reader, "]")) return list_close(reader, depth);
        if (!word_take(reader, ",")) return malformed(reader, "',' or ']' was expected");
    }
}

bool feed_parse(Arena *arena, const char *text, size_t length, Tensor *tensor, Error *err)
{
    ListReader reader = {.arena = arena, .at = text, .end = text + length, .shape.rank = -1, .err = err};
    if (!value_read(&reader, 0)) return false;
    skip_space(&reader);
    if (reader.at != reader.end) return malformed(&reader, "something follows the list");
    *tensor = (Tensor){.shape = reader.shape, .dtype = DTYPE_FLOAT32, .data = reader.data};
    return true;
}

/* ---- files ---- */

FeedFault feed_read(Arena *arena, const char *value, Tensor *tensor, Error *err)
{
    const bool npy = file_ends_with(value, ".npy");
    if (!npy && !file_ends_with(value, ".json"))
        return feed_parse(arena, value, strlen(value), tensor, err) ? FEED_GOOD : FEED_MALFORMED;
    size_t length;
    const char *bytes = file_read(arena, value, &length);
    if (!bytes) {
        error_set(err, "OSError", "%s", strerror(errno));
        return FEED_UNREADABLE;
    }
    const bool read = npy ? npy_read(arena, bytes, length, RUN_NUMBERS_MAX, tensor, err) : feed_parse(arena, bytes, length, tensor, err);
    return read ? FEED_GOOD : FEED_UNREADABLE;
}

static void number_print(Text *text, double number)
{
    if (isnan(number)) text_put(text, "NaN");
    else if (isinf(number)) text_put(text, number < 0 ? "-Infinity" : "Infinity");
    else text_print(text, "%.9g", number);
}

static const float *level_print(Text *text, const Shape *shape, int axis, const float *data)
{
    if (axis == shape->rank) {
        number_print(text, (double)*data);
        return data + 1;
    }
    text_put_char(text, '[');
    for (int64_t i = 0; i < shape->dim[axis]; i++) {
        if (i) text_put(text, ", ");
        data = level_print(text, shape, axis + 1, data);
    }
    text_put_char(text, ']');
    return data;
}

void feed_print(Text *text, const Tensor *tensor)
{
    level_print(text, &tensor->shape, 0, tensor->data);
}
