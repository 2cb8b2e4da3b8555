#include "scene/emphasis.h"

#include "scene/units.h"

/* ---- finding ---- */

static bool is_looked_at(const Pick *pick)
{
    return pick->type == PICK_UNIT || pick->type == PICK_WIRE || pick->type == PICK_WEIGHT;
}

static const Pick *looked_at(const View *view)
{
    if (is_looked_at(&view->hover)) return &view->hover;
    return is_looked_at(&view->focus) ? &view->focus : NULL;
}

/* The unit a pick of this or the paired chart leads to. */
static Unit unit_here(const Chart *chart, const Pick *pick)
{
    Pick asked = *pick;
    if (asked.type == PICK_WEIGHT) asked.type = PICK_WIRE;
    if (pick->variant == chart->which) return chart_unit_of(chart, &asked);
    if (!chart->pair) return UNIT_NONE;
    const Unit there = chart_unit_of(chart->pair, &asked);
    return there.column < 0 ? UNIT_NONE : chart_match(chart->pair, there, chart);
}

static Wires *lit_add(Emphasis *emphasis, const Chart *chart)
{
    if (!emphasis->lit) emphasis->lit = ARENA_ARRAY(chart->arena, chart->columns.n + 1, Wires);
    return &emphasis->lit[emphasis->n_lit++];
}

/* The wire of a pick among those into its unit: by source element, or by weight. */
static const Wire *wire_of_pick(const Chart *chart, const Wires *wires, const Pick *pick)
{
    for (int64_t i = 0; i < wires->n; i++) {
        const Wire *wire = &wires->wire[i];
        if (pick->type == PICK_WEIGHT && wire->weight == pick->weight && wire->at == pick->from) return wire;
        if (pick->type == PICK_WIRE && chart_pick(chart, wire->from).k == pick->from) return wire;
    }
    return NULL;
}

static void light_wire(Emphasis *emphasis, const Chart *chart, const Pick *pick)
{
    Wires *wires = &emphasis->lit[0];
    const Wire *wire = pick->variant == chart->which ? wire_of_pick(chart, wires, pick) : NULL;
    if (!wire) return;
    Wire *one = ARENA_NEW(chart->arena, Wire);
    *one = *wire;
    wires->wire = one;
    wires->n = wires->total = 1;
    emphasis->one_wire = true;
}

static void light_outgoing(Emphasis *emphasis, const Chart *chart)
{
    for (int c = emphasis->unit.column + 1; c < chart->columns.n; c++) {
        if (columns_edge(&chart->columns, emphasis->unit.column, c)) wires_between(lit_add(emphasis, chart), chart, emphasis->unit, c);
    }
}

/* Lit wires are as wide as they are strong among all of their column. */
static void strengths_share(Emphasis *emphasis, const Wires *of_columns)
{
    for (int i = 0; i < emphasis->n_lit; i++) {
        Wires *lit = &emphasis->lit[i];
        if (of_columns[lit->column].strongest > lit->strongest) lit->strongest = of_columns[lit->column].strongest;
    }
}

static void light_progress(Emphasis *emphasis, const Chart *chart)
{
    if (chart->lit_column < 0) return;
    wires_into(lit_add(emphasis, chart), chart, chart->lit_column, chart->lit_from, chart->lit_to);
}

/* What a shared layer's weights do in its other calls. */
static void calls_find(Emphasis *emphasis, const Chart *chart, const Wires *of_columns)
{
    const Column *at = &chart->columns.column[emphasis->unit.column];
    if (!at->shared) return;
    emphasis->calls = ARENA_ARRAY(chart->arena, chart->columns.n + 1, Wires);
    for (int c = 0; c < chart->columns.n; c++) {
        const Column *other = &chart->columns.column[c];
        if (c == emphasis->unit.column || other->layer != at->layer || other->output != at->output) continue;
        wires_sharing(&emphasis->calls[emphasis->n_calls++], chart, &of_columns[c], &emphasis->lit[0]);
    }
}

void emphasis_find(Emphasis *emphasis, const Chart *chart, const Wires *of_columns)
{
    *emphasis = (Emphasis){.unit = UNIT_NONE};
    const Pick *pick = looked_at(chart->view);
    if (pick) emphasis->unit = unit_here(chart, pick);
    const int column = emphasis->unit.column;
    if (column < 0) light_progress(emphasis, chart);
    else if (chart->view->outgoing) light_outgoing(emphasis, chart);
    else {
        wires_into(lit_add(emphasis, chart), chart, column, emphasis->unit.e, emphasis->unit.e + 1);
        if (pick->type != PICK_UNIT) light_wire(emphasis, chart, pick);
        wires_sharing(&emphasis->followers, chart, &of_columns[column], &emphasis->lit[0]);
        calls_find(emphasis, chart, of_columns);
    }
    strengths_share(emphasis, of_columns);
    fields_find(emphasis, chart);
}

/* ---- drawing ---- */

/* Wires that a box on a map stands for are not drawn one by one. */
static Wires without_fields(const Emphasis *emphasis, const Chart *chart, const Wires *wires)
{
    Wires rest = *wires;
    rest.wire = ARENA_ARRAY(chart->arena, wires->n + 1, Wire);
    rest.n = 0;
    for (int64_t i = 0; i < wires->n; i++)
        if (!field_has(emphasis, chart, &wires->wire[i])) rest.wire[rest.n++] = wires->wire[i];
    return rest;
}

static bool is_map(const Chart *chart, int column)
{
    return chart->layout.place[column].block.form == BLOCK_CELLS && chart->columns.column[column].sample.rank > 2;
}

void emphasis_draw_below(Scene *scene, const Chart *chart, const Emphasis *emphasis)
{
    for (int i = 0; i < emphasis->n_lit; i++)
        if (emphasis->lit[i].n) strands_veil(scene, chart, emphasis->lit[i].column);
    for (int i = 0; i < emphasis->n_calls; i++) strands_veil(scene, chart, emphasis->calls[i].column);
    for (int i = 0; i < emphasis->n_calls; i++)
        if (!is_map(chart, emphasis->calls[i].column)) strands_draw_followers(scene, chart, &emphasis->calls[i]);
    if (emphasis->followers.n && !is_map(chart, emphasis->followers.column))
        strands_draw_followers(scene, chart, &emphasis->followers);
    for (int i = 0; i < emphasis->n_lit; i++) {
        const Wires rest = without_fields(emphasis, chart, &emphasis->lit[i]);
        strands_draw_lit(scene, chart, &rest);
    }
}

/* The same unit in the layer's other calls. */
static void calls_ring(Scene *scene, const Chart *chart, const Emphasis *emphasis)
{
    for (int i = 0; i < emphasis->n_calls; i++) {
        const Unit unit = {emphasis->calls[i].column, emphasis->unit.e};
        const Block *block = &chart->layout.place[unit.column].block;
        if (unit.e < block->size && block_shows(block, unit.e)) unit_ring(scene, chart, unit, chart->view->theme->accent, 2);
    }
}

static int64_t copies_of(const Emphasis *emphasis)
{
    int64_t n = emphasis->followers.n + 1;
    for (int i = 0; i < emphasis->n_calls; i++) n += emphasis->calls[i].n;
    return n;
}

void emphasis_draw_above(Scene *scene, const Chart *chart, const Emphasis *emphasis)
{
    calls_ring(scene, chart, emphasis);
    if (emphasis->unit.column >= 0 && !emphasis->one_wire)
        unit_ring(scene, chart, emphasis->unit, chart->view->theme->ink, 3);
    fields_draw(scene, chart, emphasis);
    if (emphasis->one_wire && copies_of(emphasis) > 1)
        strand_badge(scene, chart, &emphasis->lit[0].wire[0], emphasis->lit[0].column, copies_of(emphasis));
}
