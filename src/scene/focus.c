#include "scene/chart.h"

#include <stdlib.h>
#include <string.h>

/* ---- by name ---- */

/* "[1,2]" within a sample; -1 when it is no such index. */
static int64_t read_index(const Shape *sample, const char *text)
{
    int64_t e = 0;
    if (!*text) return sample->rank ? -1 : 0;
    for (int i = 0; i < sample->rank; i++) {
        char *end;
        if (*text != (i ? ',' : '[')) return -1;
        const long long at = strtoll(text + 1, &end, 10);
        if (end == text + 1 || at < 0 || at >= sample->dim[i]) return -1;
        e = e * sample->dim[i] + at;
        text = end;
    }
    return sample->rank && !strcmp(text, "]") ? e : -1;
}

static const Pick NOTHING = {.type = PICK_NONE, .layer = -1, .step = -1, .tensor = -1, .k = -1, .from = -1, .weight = -1};

static Pick find_in(const Chart *chart, const char *text)
{
    const size_t length = strcspn(text, "[");
    const int c = columns_find(&chart->columns, text, length);
    if (c < 0 || chart->columns.column[c].tensor < 0 || shape_size(&chart->columns.column[c].sample) <= 0) return NOTHING;
    const int64_t e = read_index(&chart->columns.column[c].sample, text + length);
    return e < 0 ? NOTHING : chart_pick(chart, (Unit){c, e});
}

Pick picture_find_unit(const View *view, const char *text)
{
    Arena arena;
    ArenaTry attempt;
    volatile Pick found = NOTHING;
    arena_open(&arena, 0);
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0 && view->now.plan) {
        Chart chart;
        chart_make(&chart, &arena, view, &view->now, 0, view->area);
        found = find_in(&chart, text);
    }
    arena_try_end(&arena, &attempt);
    arena_close(&arena);
    return found;
}
