#include "app/study.h"

#include <stdlib.h>

#include "scene/view.h"

/* The other side of the switch is run along only while it is cheap. */
static const int64_t TWIN_NUMBERS_MAX = 4 * 1000 * 1000;

static bool used(const Study *study, const Snapshot *snapshot)
{
    return snapshot == study->now || snapshot == study->shown || snapshot == study->twin || snapshot == study->before;
}

/* Puts a snapshot (or NULL) into a role and closes the one that was there when no other role has it. */
static void assign(Study *study, Snapshot **role, Snapshot *snapshot)
{
    Snapshot *old = *role;
    *role = snapshot;
    study->version++;
    if (!old || used(study, old)) return;
    snapshot_close(old);
    free(old);
}

void study_close(Study *study)
{
    assign(study, &study->now, NULL);
    assign(study, &study->shown, NULL);
    assign(study, &study->twin, NULL);
    assign(study, &study->before, NULL);
}

static Snapshot *snapshot_new(const Study *study, const Snapshot *before, const char *text, size_t length, const ReadOptions *how)
{
    Snapshot *snapshot = malloc(sizeof *snapshot);
    if (!snapshot) return NULL;
    snapshot_open_after(snapshot, before, text, length, how);
    snapshot->arena.escape = study->escape;
    if (!snapshot->failed) snapshot_run(snapshot, NULL, 0, snapshot->reading.seed);
    return snapshot;
}

static void twin_make(Study *study)
{
    const Snapshot *shown = study->shown;
    assign(study, &study->twin, NULL);
    study->state = flatten_state(&shown->reading, &study->why);
    if (study->state == FLATTEN_NOTHING || shown->plan.numbers > TWIN_NUMBERS_MAX) return;
    Arena arena;
    arena_open(&arena, 0);
    arena.escape = study->escape;
    size_t length;
    const char *why;
    const char *text = snapshot_switched(shown, study->state == FLATTEN_OFF, &arena, &length, &why);
    if (text) assign(study, &study->twin, snapshot_new(study, shown, text, length, &shown->how));
    if (study->twin && !snapshot_good(study->twin)) assign(study, &study->twin, NULL);
    arena_close(&arena);
}

static Variant variant_of(const Snapshot *snapshot)
{
    return (Variant){.plan = &snapshot->plan, .run = snapshot->run.plan ? &snapshot->run : NULL};
}

static void show(Study *study, Snapshot *snapshot)
{
    assign(study, &study->shown, snapshot);
    twin_make(study);
    Variant variants[2] = {variant_of(snapshot)};
    if (study->twin) variants[1] = variant_of(study->twin);
    study->extent = picture_extent(variants, study->twin ? 2 : 1);
}

void study_read(Study *study, const char *text, size_t length, const ReadOptions *how)
{
    const Snapshot *before = study->now && study->now->files.n ? study->now : study->shown;
    Snapshot *snapshot = snapshot_new(study, before, text, length, how);
    if (!snapshot) return;
    assign(study, &study->now, snapshot);
    if (snapshot_good(snapshot) || !study->shown) show(study, snapshot);
}

bool study_unsettled(const Study *study)
{
    const Snapshot *now = study->now;
    return study_stale(study) && !now->failed && now->plan.model && now->reading.error.layer_class;
}

void study_settle(Study *study)
{
    if (study_unsettled(study)) show(study, study->now);
}

void study_remember(Study *study)
{
    assign(study, &study->before, study->shown);
}

void study_forget(Study *study)
{
    assign(study, &study->before, NULL);
}

bool study_faulty(const Study *study)
{
    return study->now && !snapshot_good(study->now);
}

bool study_stale(const Study *study)
{
    return study->now != study->shown;
}
