#include "picture_check.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scene/block.h"

enum { CLIPS = 16, TEXTS = 4000, TENSORS = 2048 };

const char *const PICTURED[] = {
    QUESTION,
    QUESTION_OFF,
    "1 | Dense 1",
    "784 | Dense 128 'relu' | Dense 10 'softmax'",
    "100,16 | Dense 16 'relu' | Dense 4",
    "3,512 | Dense 40 | Flatten | Dense 3",
    "28,28,1 | Conv2D 8 5 activation='relu' | MaxPooling2D 2 | Conv2D 16 5 | MaxPooling2D 2 | Flatten | Dense 64 'relu' | Dense 10 'softmax'",
    "3,4,5,2 | Conv3D 2 2 | Flatten | Dense 3",
    "6,4 | Conv1D 5 3 | Dropout 0.5 | GlobalAveragePooling1D | Dense 2",
    "8,8,40 | Conv2D 70 3 | Flatten | Dense 5",
    "?,2 | Dense 16 | Activation 'relu' | Dense 4",
    "1000000 | Dense 1000000 | Dense 3",
    "3,2 | Dense 16 'relu' | Reshape (7,7)",
    "residual_dense_loop.json",
    "inception_block.json",
    "highway_layers.json",
    "lstm_states.json",
    "two_inputs_mlp.json",
    "merges_all.json",
    "nested_sequentials.json",
    "siamese_distance.json",
    "dense_net_block.json",
    "attention_cross_heads.json",
    "ten_inputs.json",
    "ten_outputs.json",
    "3,0 | Dense 4 | Flatten | Dense 2",
    "20 | Dense 100000 'relu' | Dense 3",
    "2,3,4,5,2 | Dense 3 'relu' | Flatten | Dense 2",
    "4 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8 | Dense 8",
};
const int N_PICTURED = sizeof PICTURED / sizeof *PICTURED;

bool picture_says(const Scene *scene, const char *words)
{
    for (size_t i = 0; i < scene->n_marks; i++)
        if (scene->marks[i].type == MARK_TEXT && strstr(scene->marks[i].text, words)) return true;
    return false;
}

static Rect mark_bounds(const Mark *m, const Measure *measure)
{
    switch ((MarkType)m->type) {
    case MARK_RECT: case MARK_CELLS: return m->rect;
    case MARK_CIRCLE: return (Rect){m->rect.x - m->radius, m->rect.y - m->radius, 2 * m->radius, 2 * m->radius};
    case MARK_LINE: case MARK_CURVE: case MARK_BAND: {
        const float x = fminf(m->a.x, m->b.x), y = fminf(m->a.y, m->b.y);
        return (Rect){x, y, fmaxf(m->a.x, m->b.x) - x, fmaxf(m->a.y, m->b.y) - y};
    }
    case MARK_TEXT: {
        const float w = measure_width(measure, (Font)m->font, m->size, m->text);
        const float x = m->a.x - (m->align == ALIGN_CENTRE ? w / 2 : m->align == ALIGN_RIGHT ? w : 0);
        return (Rect){x, m->a.y - m->size * 0.72F, w, m->size * 0.72F};
    }
    case MARK_POLYGON: case MARK_CLIP: case MARK_UNCLIP: case MARK_GROUP: case MARK_UNGROUP: break;
    }
    return (Rect){0};
}

static Rect meet(Rect a, Rect b)
{
    const float x = fmaxf(a.x, b.x), y = fmaxf(a.y, b.y);
    return (Rect){x, y, fminf(a.x + a.w, b.x + b.w) - x, fminf(a.y + a.h, b.y + b.h) - y};
}

static bool inside(Rect a, Rect of)
{
    const float slack = 1;
    return a.x >= of.x - slack && a.y >= of.y - slack && a.x + a.w <= of.x + of.w + slack && a.y + a.h <= of.y + of.h + slack;
}

void picture_check_inside(Studio *studio, const char *name)
{
    Rect clip[CLIPS];
    int depth = 0, groups = 0;
    clip[0] = (Rect){-1e6F, -1e6F, 2e6F, 2e6F};
    studio_draw(studio);
    for (size_t i = 0; i < studio->scene.n_marks; i++) {
        const Mark *m = &studio->scene.marks[i];
        if (i == studio->scene.n_still) assert_int_equal(depth + groups, 0);
        groups += (m->type == MARK_GROUP) - (m->type == MARK_UNGROUP);
        if (m->type == MARK_CLIP) {
            clip[depth + 1] = meet(clip[depth], m->rect);
            depth++;
        } else if (m->type == MARK_UNCLIP) {
            depth--;
        } else if (m->type != MARK_GROUP && m->type != MARK_UNGROUP) {
            const Rect at = mark_bounds(m, &studio->measure), seen = meet(at, clip[depth]);
            if (seen.w < 0 || seen.h < 0) continue;
            if (!inside(seen, studio->view.area))
                fail_msg("%s: mark %zu (type %d %s) at %g,%g %gx%g is outside", name, i, m->type, m->text ? m->text : "", (double)at.x,
                         (double)at.y, (double)at.w, (double)at.h);
        }
    }
    assert_int_equal(depth, 0);
    assert_int_equal(groups, 0);
}

/* Texts that are seen: their own bounds cut by the clips around them; those cut off do not count. */
static size_t texts_seen(const Studio *studio, Rect *at, size_t *which, size_t cap)
{
    Rect clip[CLIPS];
    int depth = 0;
    size_t n = 0;
    clip[0] = studio->view.area;
    for (size_t i = 0; i < studio->scene.n_marks && n < cap; i++) {
        const Mark *m = &studio->scene.marks[i];
        if (m->type == MARK_CLIP) {
            clip[depth + 1] = meet(clip[depth], m->rect);
            depth++;
        }
        if (m->type == MARK_UNCLIP) depth--;
        if (m->type != MARK_TEXT) continue;
        at[n] = meet(mark_bounds(m, &studio->measure), clip[depth]);
        which[n] = i;
        if (at[n].w > 0 && at[n].h > 0) n++;
    }
    return n;
}

void picture_check_texts(Studio *studio, const char *name)
{
    static Rect at[TEXTS];
    static size_t which[TEXTS];
    studio_draw(studio);
    const size_t n = texts_seen(studio, at, which, TEXTS);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < a; b++) {
            const Rect both = meet(at[a], at[b]);
            if (both.w > 1.5F && both.h > 1.5F)
                fail_msg("%s: \"%s\" and \"%s\" at %g,%g", name, studio->scene.marks[which[b]].text, studio->scene.marks[which[a]].text,
                         (double)both.x, (double)both.y);
        }
}

/* Where the units of each tensor stand; w = 0: nowhere. Sheets of the batch are picked as units of another sample. */
static void blocks_find(const Scene *scene, Rect *block)
{
    for (int t = 0; t < TENSORS; t++) block[t] = (Rect){0};
    for (size_t i = 0; i < scene->n_picks; i++) {
        const Pick *pick = &scene->picks[i];
        const bool sheet = pick->label && strstr(pick->label, "sample");
        if (pick->type != PICK_UNIT || pick->tensor < 0 || pick->tensor >= TENSORS || sheet) continue;
        Rect *at = &block[pick->tensor];
        *at = at->w > 0 ? rect_joined(*at, pick->area) : pick->area;
    }
}

static bool overlap(Rect a, Rect b)
{
    const Rect both = meet(a, b);
    return both.w > 0.5F && both.h > 0.5F;
}

void picture_check_blocks(Studio *studio, const char *name)
{
    static Rect block[TENSORS], text[TEXTS];
    static size_t which[TEXTS];
    studio_draw(studio);
    blocks_find(&studio->scene, block);
    const size_t n = texts_seen(studio, text, which, TEXTS);
    for (int t = 0; t < TENSORS; t++) {
        if (!(block[t].w > 0)) continue;
        for (int u = 0; u < t; u++)
            if (overlap(block[t], block[u])) fail_msg("%s: tensors %d and %d at %g,%g", name, u, t, (double)block[t].x, (double)block[t].y);
        for (size_t i = 0; i < n; i++) {
            const Mark *mark = &studio->scene.marks[which[i]];
            if (mark->font == FONT_TEXT_BOLD && overlap(text[i], block[t])) fail_msg("%s: \"%s\" stands on tensor %d", name, mark->text, t);
        }
    }
}

void picture_check_overview(Studio *studio, const char *name)
{
    studio->view.zoom = picture_zoom_least(&studio->view);
    picture_check_texts(studio, name);
    picture_check_blocks(studio, name);
    for (size_t i = 0; i < studio->scene.n_picks; i++) {
        const Pick *pick = &studio->scene.picks[i];
        const Rect area = studio->view.area;
        if (pick->type == PICK_UNIT && (pick->area.x < area.x - 1 || pick->area.x + pick->area.w > area.x + area.w + 1))
            fail_msg("%s: %s is not seen", name, pick->label);
    }
}
