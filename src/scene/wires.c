#include "scene/wires.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Terms of one unit that are looked at in the static picture. */
enum { UNIT_TERMS = 4096, OUTGOING_LOOKED_AT = 2000000 };

typedef struct Collector {
    const Chart *chart;
    Wires       *wires;
    size_t       capacity;
    Term        *term;       /* of one unit at a time */
    int64_t      n_term, term_capacity;
} Collector;

static void wire_keep(Collector *collector, Wire wire)
{
    Wires *wires = collector->wires;
    wires->wire = arena_grow(collector->chart->arena, wires->wire, (size_t)wires->n, &collector->capacity,
                             (size_t)wires->n + 1, sizeof(Wire));
    wires->wire[wires->n++] = wire;
}

static bool wire_of(const Collector *collector, Unit to, const Term *term, Wire *wire)
{
    double weight = 0;
    const Unit from = chart_from(collector->chart, to, term);
    if (from.column < 0) return false;
    const bool weighted = chart_weight(collector->chart, to.column, term, &weight);
    *wire = (Wire){.from = from, .to = to.e, .child = term->child, .weight = term->weight, .at = term->at,
                   .weighted = weighted, .strength = (float)weight};
    return true;
}

/* Fills collector->term with up to `most` terms of a unit; returns how many the unit has. */
static int64_t terms_fetch(Collector *collector, Unit unit, int64_t most)
{
    if (!collector->term) {
        collector->term_capacity = 256;
        collector->term = ARENA_ARRAY(collector->chart->arena, collector->term_capacity, Term);
    }
    const int64_t have = chart_terms(collector->chart, unit, collector->term, collector->term_capacity);
    collector->n_term = have < collector->term_capacity ? have : collector->term_capacity;
    if (have <= collector->term_capacity || collector->term_capacity >= most) return have;
    collector->term_capacity = have < most ? have : most;
    collector->term = ARENA_ARRAY(collector->chart->arena, collector->term_capacity, Term);
    collector->n_term = collector->term_capacity;
    const int64_t again = chart_terms(collector->chart, unit, collector->term, collector->term_capacity);
    if (again < collector->n_term) collector->n_term = again;
    return have;
}

static void unit_collect(Collector *collector, Unit to)
{
    Wire wire;
    for (int64_t i = 0; i < collector->n_term; i++) {
        if (!wire_of(collector, to, &collector->term[i], &wire)) continue;
        collector->wires->strongest = fmaxf(collector->wires->strongest, fabsf(wire.strength));
        wire_keep(collector, wire);
    }
}

static int64_t inputs_among(const Collector *collector)
{
    int64_t n = 0;
    for (int64_t i = 0; i < collector->n_term; i++) n += collector->term[i].input >= 0;
    return n;
}

/* The value that `most` of n values are not below (quickselect). */
static float threshold(float *value, int64_t n, int64_t most)
{
    int64_t low = 0, high = n - 1;
    while (low < high) {
        const float pivot = value[low + (high - low) / 2];
        int64_t i = low, j = high;
        while (i <= j) {
            while (value[i] > pivot) i++;
            while (value[j] < pivot) j--;
            if (i > j) break;
            const float moved = value[i];
            value[i++] = value[j];
            value[j--] = moved;
        }
        if (most - 1 <= j) high = j;
        else if (most - 1 >= i) low = i;
        else break;
    }
    return value[most - 1];
}

/* Which wires are kept: those above `least`, and of those at it as many as there is room for, evenly taken, since
 * copies are all alike. */
typedef struct Sieve {
    float   least;
    int64_t at, room, passed;   /* at least: how many, how many are kept, how many went by */
} Sieve;

static Sieve sieve_make(float *strength, int64_t n, int64_t most)
{
    Sieve sieve = {.least = -1};
    if (n <= most || most <= 0) return sieve;
    int64_t above = 0;
    sieve.least = threshold(strength, n, most);
    for (int64_t i = 0; i < n; i++) {
        above += strength[i] > sieve.least;
        sieve.at += strength[i] == sieve.least;
    }
    sieve.room = most - above;
    return sieve;
}

static bool sieve_keeps(Sieve *sieve, float strength)
{
    if (strength != sieve->least) return strength > sieve->least;
    sieve->passed++;
    return sieve->passed * sieve->room / sieve->at > (sieve->passed - 1) * sieve->room / sieve->at;
}

/* The outputs that are looked at: every stride-th. */
typedef struct Walk {
    Collector collector;
    int       column;
    int64_t   size, stride;
    float    *strength;   /* of every wire */
    size_t    n, capacity;
} Walk;

static void strengths_find(Walk *walk)
{
    Arena *arena = walk->collector.chart->arena;
    Wires *wires = walk->collector.wires;
    for (int64_t e = 0; e < walk->size; e += walk->stride) {
        const int64_t all = terms_fetch(&walk->collector, (Unit){walk->column, e}, UNIT_TERMS);
        const Collector *collector = &walk->collector;
        walk->strength = arena_grow(arena, walk->strength, walk->n, &walk->capacity, walk->n + (size_t)collector->n_term, sizeof(float));
        for (int64_t i = 0; i < collector->n_term; i++) {
            double weight = 0;
            if (collector->term[i].input < 0) continue;
            chart_weight(collector->chart, walk->column, &collector->term[i], &weight);
            walk->strength[walk->n++] = fabsf((float)weight);
            wires->strongest = fmaxf(wires->strongest, fabsf((float)weight));
        }
        wires->total = size_add(wires->total, inputs_among(collector) + (all - collector->n_term));
    }
}

static void strongest_keep(Walk *walk, int64_t most)
{
    Sieve sieve = sieve_make(walk->strength, (int64_t)walk->n, most);
    for (int64_t e = 0; e < walk->size; e += walk->stride) {
        terms_fetch(&walk->collector, (Unit){walk->column, e}, UNIT_TERMS);
        for (int64_t i = 0; i < walk->collector.n_term; i++) {
            Wire wire;
            double weight = 0;
            const Term *term = &walk->collector.term[i];
            if (term->input < 0) continue;
            chart_weight(walk->collector.chart, walk->column, term, &weight);
            if (!sieve_keeps(&sieve, fabsf((float)weight))) continue;
            if (wire_of(&walk->collector, (Unit){walk->column, e}, term, &wire)) wire_keep(&walk->collector, wire);
        }
    }
}

static int64_t true_count(const Chart *chart, int column, int64_t found, bool sampled)
{
    const int64_t told = chart->layout.heading ? chart->layout.heading[column].connections : -1;
    return sampled && told >= 0 ? told : found;
}

void wires_collect(Wires *wires, const Chart *chart, int column, int64_t most, int64_t looked_at)
{
    *wires = (Wires){.column = column};
    const Column *at = &chart->columns.column[column];
    Walk walk = {.collector = {.chart = chart, .wires = wires}, .column = column,
                 .size = at->size};
    if (walk.size <= 0) return;
    const int64_t per = terms_fetch(&walk.collector, (Unit){column, 0}, UNIT_TERMS);
    if (!per) return;
    walk.stride = walk.size / (looked_at / (per > UNIT_TERMS ? UNIT_TERMS : per) + 1) + 1;
    wires->partly = per > UNIT_TERMS;
    wires->sampled = wires->partly || walk.stride > 1;
    strengths_find(&walk);
    if (walk.stride > 1) wires->total = size_multiply(wires->total, walk.stride);
    wires->total = true_count(chart, column, wires->total, wires->sampled);
    strongest_keep(&walk, wires->total > WIRES_FAINT && most > WIRES_EACH ? WIRES_EACH : most);
}

void wires_into(Wires *wires, const Chart *chart, int column, int64_t from, int64_t to)
{
    *wires = (Wires){.column = column};
    Collector collector = {.chart = chart, .wires = wires};
    for (int64_t e = from; e < to && wires->n < WIRES_LIT; e++) {
        wires->total = size_add(wires->total, terms_fetch(&collector, (Unit){column, e}, WIRES_LIT));
        unit_collect(&collector, (Unit){column, e});
    }
}

void wires_between(Wires *wires, const Chart *chart, Unit unit, int column)
{
    const Column *at = &chart->columns.column[column];
    const int64_t size = at->size;
    *wires = (Wires){.column = column};
    Collector collector = {.chart = chart, .wires = wires};
    int64_t looked = 0;
    for (int64_t e = 0; e < size && looked < OUTGOING_LOOKED_AT && wires->n < WIRES_LIT; e++) {
        Wire wire;
        terms_fetch(&collector, (Unit){column, e}, WIRES_LIT);
        looked += collector.n_term + 1;
        for (int64_t i = 0; i < collector.n_term; i++) {
            if (!wire_of(&collector, (Unit){column, e}, &collector.term[i], &wire)) continue;
            if (wire.from.column != unit.column || wire.from.e != unit.e) continue;
            wires->strongest = fmaxf(wires->strongest, fabsf(wire.strength));
            wire_keep(&collector, wire);
        }
    }
    wires->total = wires->n;
}

static int compare_weight(const void *a, const void *b)
{
    const Wire *x = a, *y = b;
    if (x->child != y->child) return x->child < y->child ? -1 : 1;
    if (x->weight != y->weight) return x->weight < y->weight ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

void wires_sharing(Wires *wires, const Chart *chart, const Wires *all, const Wires *lit)
{
    *wires = (Wires){.column = all->column, .strongest = all->strongest};
    if (!lit->n) return;
    Wire *sorted = ARENA_ARRAY(chart->arena, lit->n, Wire);
    memcpy(sorted, lit->wire, (size_t)lit->n * sizeof *sorted);
    qsort(sorted, (size_t)lit->n, sizeof *sorted, compare_weight);
    Collector collector = {.chart = chart, .wires = wires};
    for (int64_t i = 0; i < all->n; i++) {
        const Wire *wire = &all->wire[i];
        if (wire->weight < 0) continue;
        const Wire *found = bsearch(wire, sorted, (size_t)lit->n, sizeof *sorted, compare_weight);
        bool itself = false;
        for (int64_t k = 0; found && all->column == lit->column && k < lit->n && !itself; k++)
            itself = lit->wire[k].to == wire->to && lit->wire[k].from.e == wire->from.e;
        if (found && !itself) wire_keep(&collector, *wire);
    }
    wires->total = wires->n;
}
