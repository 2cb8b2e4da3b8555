/* Edits until edit.c is there: none is possible. Whoever brings edit.c takes this file out. */
#include <string.h>

#include "keras/edit.h"

static bool none(const char **why)
{
    if (why) *why = "edit.impossible";
    return false;
}

bool edit_argument(const Reading *r, const Layer *l, const char *p, const char *c, Edits *e, const char **why) { (void)r, (void)l, (void)p, (void)c, (void)e; return none(why); }
bool edit_remove_argument(const Reading *r, const Layer *l, const char *p, Edits *e, const char **why) { (void)r, (void)l, (void)p, (void)e; return none(why); }
bool edit_insert_layer(const Reading *r, const Layer *l, const char *c, Edits *e, const char **why) { (void)r, (void)l, (void)c, (void)e; return none(why); }
bool edit_remove_layer(const Reading *r, const Layer *l, Edits *e, const char **why) { (void)r, (void)l, (void)e; return none(why); }
bool edit_move_layer(const Reading *r, const Layer *l, int by, Edits *e, const char **why) { (void)r, (void)l, (void)by, (void)e; return none(why); }
bool edit_input(const Reading *r, int i, const Tensor *t, int64_t k, double n, Edits *e, const char **why) { (void)r, (void)i, (void)t, (void)k, (void)n, (void)e; return none(why); }
bool edit_flatten(const Reading *r, bool on, Edits *e, const char **why) { (void)r, (void)on, (void)e; return none(why); }

bool edit_weight(const Reading *r, const Layer *l, const Tensor *t, int i, int64_t at, double n, Edits *e, const char **why)
{
    (void)r, (void)l, (void)t, (void)i, (void)at, (void)n, (void)e;
    return none(why);
}

FlattenState flatten_state(const Reading *reading, const char **why)
{
    (void)reading;
    none(why);
    return FLATTEN_NOTHING;
}

char *edits_apply(const Edits *edits, const char *text, size_t length, size_t *new_length)
{
    Text out = {.arena = edits->arena};
    int at = 0;
    for (int i = 0; i < edits->n; i++) {
        text_put_bytes(&out, text + at, (size_t)(edits->edit[i].span.start - at));
        text_put(&out, edits->edit[i].code);
        at = edits->edit[i].span.end;
    }
    text_put_bytes(&out, text + at, length - (size_t)at);
    *new_length = out.length;
    return out.bytes;
}

int fixes_find(const Reading *reading, const ReadOptions *how, Arena *arena, TextFix *fixes, int cap)
{
    (void)reading, (void)how, (void)arena, (void)fixes, (void)cap;
    return 0;
}
