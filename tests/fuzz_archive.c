/* Any bytes as a model's archive: told as a stream, received, and given to the model it describes. */
#include <stdlib.h>
#include <string.h>

#include "keras/archive.h"
#include "keras/container.h"
#include "keras/json.h"
#include "keras/weights.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

typedef struct Pipe {
    Text   text;
    size_t taken;
} Pipe;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool put(void *to, const void *bytes, size_t length)
{
    text_put_bytes(&((Pipe *)to)->text, bytes, length);
    return true;
}

static bool take(void *from, void *bytes, size_t length)
{
    Pipe *pipe = from;
    if (length > pipe->text.length - pipe->taken) return false;
    if (length) memcpy(bytes, pipe->text.bytes + pipe->taken, length);
    pipe->taken += length;
    return true;
}

static void give(Arena *arena, const Archive *archive)
{
    Builder builder;
    Model *model;
    Error err = {.arena = arena};
    builder_make(&builder, arena);
    if (!archive->config) return;
    if (json_read_model(&builder, archive->config, archive->config_length, &model, &err)) weights_give(arena, model, archive, &err);
}

static void receive(Arena *arena, Pipe *pipe)
{
    Archive archive;
    Error err = {.arena = arena};
    if (archive_receive(arena, &(Source){.take = take, .from = pipe}, &archive, &err)) give(arena, &archive);
    else if (!err.set) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    ArenaTry attempt;
    arena_open(&arena, ARENA_BYTES);
    Pipe pipe = {.text.arena = &arena};
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) {
        container_send(data, size, &(Sink){.put = put, .to = &pipe});
        receive(&arena, &pipe);
    }
    arena_try_end(&arena, &attempt);
    arena_close(&arena);
    return 0;
}
