/* Which unit of one model is the same in another: object constancy of a toggle, linked hover of a comparison. */
#include "scene/chart.h"

#include <string.h>

enum { COPIES_FOLLOWED = 16 };

static bool same_name(const Column *a, const Column *b)
{
    return a->input == b->input && a->output == b->output && (a->input || !strcmp(a->name, b->name));
}

/* Inputs are told apart by their order, layers by name and by which of their calls it is. */
int chart_match_column(const Chart *chart, int column, const Chart *other)
{
    const Column *wanted = &chart->columns.column[column];
    int before = 0;
    for (int c = 0; c < column; c++) before += same_name(&chart->columns.column[c], wanted);
    for (int c = 0; c < other->columns.n; c++)
        if (same_name(&other->columns.column[c], wanted) && before-- == 0) return c;
    return -1;
}

/* (3, 4) and (4): the last axis stays, rows join into one or come apart. */
static int64_t match_element(const Shape *from, const Shape *to, int64_t e)
{
    const int64_t size = shape_size(to), from_size = shape_size(from);
    if (size == from_size) return e;
    if (size <= 0 || !from->rank || !to->rank) return -1;
    const int64_t last = to->dim[to->rank - 1];
    if (from->dim[from->rank - 1] != last) return -1;
    if (size < from_size) return e % size;
    const int64_t rows = size / last;
    return from_size == last ? rows / 2 * last + e : e;
}

Unit chart_match(const Chart *chart, Unit unit, const Chart *other)
{
    for (int i = 0; i < COPIES_FOLLOWED && unit.column >= 0; i++) {
        const int c = chart_match_column(chart, unit.column, other);
        if (c >= 0) {
            const int64_t e = match_element(&chart->columns.column[unit.column].sample, &other->columns.column[c].sample, unit.e);
            return e < 0 ? UNIT_NONE : (Unit){c, e};
        }
        Term term;
        if (!chart->hue[unit.column] || chart_terms(chart, unit, &term, 1) != 1) return UNIT_NONE;
        unit = chart_from(chart, unit, &term);
    }
    return UNIT_NONE;
}
