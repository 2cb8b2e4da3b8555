#include "keras/archive_write.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "engine/lora.h"
#include "engine/run.h"
#include "keras/hdf5_write.h"
#include "keras/store_path.h"
#include "keras/write.h"

/* What loads the archive is the Keras whose facts the engine has. */
static const char METADATA[] = "{\"keras_version\": \"3.15.1\", \"date_saved\": \"1980-01-01@00:00:00\"}";

static bool refuse(Error *err, const char *cause, const char *value)
{
    error_set(err, "MemoryError", "%s", "");
    return error_cause(err, cause, value, NULL);
}

/* ---- the numbers ---- */

static int64_t count_numbers(const StorePlaces *places)
{
    int64_t numbers = 0;
    for (int i = 0; i < places->n; i++)
        for (int k = 0; k < places->items[i].layer->n_weights; k++)
            numbers = size_add(numbers, shape_size(&places->items[i].layer->weights[k].shape));
    return numbers;
}

/* With LoRA's product added. */
static const float *merged_kernel(Arena *arena, const Layer *layer, int64_t seed)
{
    Tensor *all = ARENA_ARRAY(arena, layer->n_weights, Tensor);
    for (int i = 0; i < layer->n_weights; i++) all[i] = weight_numbers(arena, &layer->weights[i], seed);
    return lora_kernel(arena, layer, all);
}

static LayerGroup group_of(Arena *arena, const StorePlace *place, int64_t seed)
{
    WeightSpec **weights;
    const int n = place_weights(arena, place->layer, &weights);
    Tensor *arrays = ARENA_ARRAY(arena, n, Tensor);
    for (int i = 0; i < n; i++) arrays[i] = weight_numbers(arena, weights[i], seed);
    if (place->layer->lora && n) arrays[0].data = (float *)merged_kernel(arena, place->layer, seed);
    return (LayerGroup){.path = place->path, .name = place->layer->name, .arrays = arrays, .n = n};
}

static LayerGroup *groups_of(Arena *arena, const StorePlaces *places, int64_t seed)
{
    LayerGroup *groups = ARENA_ARRAY(arena, places->n, LayerGroup);
    for (int i = 0; i < places->n; i++) groups[i] = group_of(arena, &places->items[i], seed);
    return groups;
}

/* ---- the container ---- */

/* 1 January 1980, the first day that a zip archive can tell. */
enum { FIRST_DAY = 1 << 5 | 1, ALL_MAY_READ = 0644 };

static bool member_add(zip_t *zip, const char *name, const void *bytes, size_t length)
{
    zip_source_t *source = zip_source_buffer(zip, bytes, length, 0);
    const zip_int64_t index = source ? zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (source && index < 0) zip_source_free(source);
    return index >= 0 && zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0) == 0
        && zip_file_set_dostime(zip, (zip_uint64_t)index, 0, FIRST_DAY, 0) == 0
        && zip_file_set_external_attributes(zip, (zip_uint64_t)index, 0, ZIP_OPSYS_UNIX, (zip_uint32_t)ALL_MAY_READ << 16) == 0;
}

/* The archive put together, in a source that is to be freed; NULL when there is no memory. */
static zip_source_t *zip_members(const Text *config, const void *store, size_t length)
{
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL);
    if (!target) return NULL;
    zip_source_keep(target);
    zip_t *zip = zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    if (!zip) zip_source_free(target);
    const bool good = zip && member_add(zip, "metadata.json", METADATA, strlen(METADATA)) &&
                      member_add(zip, "config.json", config->bytes, config->length) && member_add(zip, "model" ".weights.h5", store, length);
    if (good && zip_close(zip) == 0) return target;
    if (zip) zip_discard(zip);
    zip_source_free(target);
    return NULL;
}

static int64_t source_length(zip_source_t *source)
{
    zip_stat_t about;
    zip_stat_init(&about);
    return zip_source_stat(source, &about) == 0 && (about.valid & ZIP_STAT_SIZE) ? (int64_t)about.size : -1;
}

static bool source_read(zip_source_t *source, char *bytes, size_t length)
{
    if (zip_source_open(source) != 0) return false;
    const bool good = zip_source_read(source, bytes, length) == (zip_int64_t)length;
    zip_source_close(source);
    return good;
}

/* All memory of foreign handles is malloc's: what is taken from the arena is taken while somebody stands by to free it. */
static bool put_source(Text *text, zip_source_t *source, int64_t length)
{
    ArenaTry attempt;
    Arena *arena = text->arena;
    volatile bool good = false;
    arena_try_begin(arena, &attempt);
    if (setjmp(attempt.here) == 0) {
        char *bytes = arena_take(arena, (size_t)length + 1);
        good = source_read(source, bytes, (size_t)length);
        *text = (Text){.arena = arena, .bytes = bytes, .length = (size_t)length, .capacity = (size_t)length + 1};
    }
    arena_try_end(arena, &attempt);
    return good;
}

static bool put_archive(Text *text, const Text *config, const void *store, size_t length)
{
    zip_source_t *source = zip_members(config, store, length);
    if (!source) return false;
    const int64_t whole = source_length(source);
    const bool good = whole > 0 && put_source(text, source, whole);
    zip_source_free(source);
    return good;
}

/* ---- the model ---- */

bool write_archive(Text *text, const Model *model, int64_t seed, Error *err)
{
    Text config = {.arena = text->arena};
    StorePlaces places = {.arena = text->arena};
    write_json(&config, model);
    store_places_written(&places, model);
    if (count_numbers(&places) > RUN_NUMBERS_MAX) return refuse(err, "archive.too_many", NULL);
    const LayerGroup *groups = groups_of(text->arena, &places, seed);
    size_t length = 0;
    void *store = hdf5_write(groups, places.n, &length);
    const bool good = store && put_archive(text, &config, store, length);
    free(store);
    return good || refuse(err, "archive.memory", NULL);
}
