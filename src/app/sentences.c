#include "app/sentences.h"

#include <stdio.h>
#include <string.h>

#include "app/facts.h"
#include "app/unit_formula.h"
#include "scene/number.h"

typedef struct Teller {
    const App      *app;
    Arena          *arena;
    const Snapshot *snapshot, *twin;
    const Pick     *pick;
    Sentences      *out;
    float           width;
} Teller;

static const char *number(const Teller *t, double value) { return number_text(t->arena, value, 2); }
static const char *count(const Teller *t, int64_t n) { return count_text(t->arena, n); }
static const char *plain(const Teller *t, int64_t n) { return arena_print(t->arena, "%lld", (long long)n); }

/* ---- the title ---- */

/* "rows 2–4", or "row 2" where it is one. */
static const char *range_text(const Teller *t, const char *one, const char *more, int64_t first, int64_t last)
{
    return first == last ? app_fill(t->app, t->arena, one, plain(t, first), NULL) : app_fill(t->app, t->arena, more, plain(t, first), plain(t, last), NULL);
}

static const char *window_text(const Teller *t, const UnitFacts *f)
{
    return arena_print(t->arena, "%s, %s", range_text(t, "unit.row", "unit.rows", f->first_row, f->last_row),
                       range_text(t, "unit.column", "unit.columns", f->first_column, f->last_column));
}

static const char *where_text(const Teller *t, const UnitFacts *f)
{
    if (f->all_rows < 2) return NULL;
    if (f->all_columns > 1 && (f->rows < f->all_rows || f->columns < f->all_columns)) return window_text(t, f);
    if (f->rows == f->all_rows) return app_fill(t->app, t->arena, "unit.every_row", NULL);
    if (f->rows == 1) return app_fill(t->app, t->arena, "unit.one_row", plain(t, f->first_row), NULL);
    return app_fill(t->app, t->arena, "unit.rows", plain(t, f->first_row), plain(t, f->last_row), NULL);
}

static const char *unit_title(const Teller *t, const UnitFacts *f)
{
    if (!f->step) return app_fill(t->app, t->arena, "unit.input", f->has_value ? number(t, f->value) : "?", NULL);
    if (f->copies)
        return app_fill(t->app, t->arena, "unit.copy", facts_unit_name(t->arena, &t->snapshot->plan, f->step->from[f->terms[0].input], f->terms[0].from), NULL);
    const char *where = where_text(t, f);
    return app_fill(t->app, t->arena, where ? "unit.sees_where" : "unit.sees", count(t, f->seen), count(t, f->of), where, NULL);
}

/* ---- the note ---- */

/* "0 and 2", or how many when they are many. */
static const char *other_rows(const Teller *t, const UnitFacts *f)
{
    Text text = {.arena = t->arena};
    int64_t left = f->applied - 1;
    if (left > 4) return count(t, left);
    for (int64_t row = 0; row < f->applied; row++) {
        if (row == f->own_row) continue;
        text_print(&text, "%lld", (long long)row);
        left--;
        if (left == 1) text_print(&text, " %s ", app_fill(t->app, t->arena, "list.and", NULL));
        else if (left > 1) text_put(&text, ", ");
    }
    return text_string(&text);
}

static const char *sharing_note(const Teller *t, const UnitFacts *f)
{
    const char *id = f->applied - 1 > 4 ? "unit.shared_many" : f->applied == 2 ? "unit.shared_two" : "unit.shared";
    return app_fill(t->app, t->arena, id, other_rows(t, f), count(t, f->n_terms), f->step->node->layer->kind->name, count(t, f->applied), NULL);
}

/* "3 × 4", without the batch axis. */
static const char *size_text(const Teller *t, const Shape *shape)
{
    Text text = {.arena = t->arena};
    for (int axis = 1; axis < shape->rank; axis++) text_print(&text, "%s%s", axis > 1 ? " × " : "", count(t, shape->dim[axis]));
    return text_string(&text);
}

/* What this very unit would be with the switch the other way. */
static const char *twin_note(const Teller *t, const UnitFacts *f)
{
    const Shape *rows = f->step->node->n_in ? facts_flattened(&t->snapshot->plan, f->step->from[0]) : NULL;
    if (!rows || !t->twin || !f->row) return NULL;
    const int other = plan_find(&t->twin->plan, f->row->layer->name);
    if (other < 0 || !t->twin->plan.layers[other].n_out) return NULL;
    const Shape *out = &t->twin->plan.layers[other].out[0].shape;
    return app_fill(t->app, t->arena, "unit.without_flatten", count(t, rows->dim[rows->rank - 1]), size_text(t, out), NULL);
}

static const char *shape_note(const Teller *t, const PlanStep *step)
{
    const char *shape = facts_explain(t->arena, &t->snapshot->plan, step, 0, 0, EXPLAIN_SHAPE);
    return *shape ? app_fill(t->app, t->arena, "layer.shape", shape, NULL) : "";
}

static const char *unit_note(const Teller *t, const UnitFacts *f)
{
    if (!f->step) return app_fill(t->app, t->arena, "unit.input_note", NULL);
    if (f->applied > 1 && f->has_weights) return sharing_note(t, f);
    const char *note = f->has_weights ? twin_note(t, f) : NULL;
    return note ? note : shape_note(t, f->step);
}

static const char *formula_of(const Teller *t, const UnitFacts *f)
{
    UnitFormula formula = {.app = t->app, .arena = t->arena, .snapshot = t->snapshot, .pick = t->pick, .facts = f, .width = t->width};
    const char *text = unit_formula_text(&formula);
    t->out->n_terms = formula.n_terms;
    t->out->terms_shown = formula.terms_shown;
    return text;
}

static void tell_unit(const Teller *t)
{
    UnitFacts facts;
    if (!facts_find(&facts, t->arena, t->snapshot, t->pick)) return;
    t->out->name = facts.name;
    t->out->title = unit_title(t, &facts);
    t->out->formula = formula_of(t, &facts);
    t->out->note = unit_note(t, &facts);
}

/* ---- layers, wires, nothing ---- */

static const PlanStep *step_of(const Plan *plan, int row)
{
    for (int s = 0; s < plan->n_steps; s++)
        if (plan->steps[s].row == row) return &plan->steps[s];
    return NULL;
}

static void tell_layer(const Teller *t)
{
    const Plan *plan = &t->snapshot->plan;
    if (t->pick->layer < 0 || t->pick->layer >= plan->n_rows) return;
    const PlanLayer *row = &plan->layers[t->pick->layer];
    const PlanStep *step = step_of(plan, t->pick->layer);
    t->out->name = row->layer->name;
    t->out->title = app_fill(t->app, t->arena, "layer.counts", count(t, row->activations), count(t, row->connections), count(t, row->params.all), NULL);
    if (!step) return;
    const char *params = facts_explain(t->arena, plan, step, 0, 0, EXPLAIN_PARAMS);
    if (*params) t->out->formula = app_fill(t->app, t->arena, "layer.parameters", params, NULL);
    t->out->note = shape_note(t, step);
}

static const char *weight_name(const Teller *t, const Layer *layer, int weight, int64_t at)
{
    const WeightSpec *spec = &layer->weights[weight];
    const Shape batched = shape_with(&spec->shape, 0, 1);
    return arena_print(t->arena, "%s%s", spec->name, facts_index(t->arena, &batched, at));
}

static const Term *wire_term(const UnitFacts *f, int64_t from)
{
    for (int64_t i = 0; i < f->all_terms; i++)
        if (f->terms[i].from == from && f->terms[i].input >= 0) return &f->terms[i];
    return NULL;
}

static void tell_wire(const Teller *t)
{
    UnitFacts facts;
    Pick unit = *t->pick;
    unit.type = PICK_UNIT;
    if (!facts_find(&facts, t->arena, t->snapshot, &unit) || !facts.step) return;
    const Term *term = wire_term(&facts, t->pick->from);
    if (!term) return;
    const char *from = facts_unit_name(t->arena, &t->snapshot->plan, facts.step->from[term->input], term->from);
    const char *to = facts_unit_name(t->arena, &t->snapshot->plan, facts.step->first, t->pick->k);
    t->out->name = arena_print(t->arena, "%s → %s", from, to);
    if (term->weight < 0 || term->child >= 0) return;
    const TermNumbers numbers = facts_term(&facts, t->snapshot, term - facts.terms);
    t->out->title = app_fill(t->app, t->arena, "wire.weight", weight_name(t, facts.step->node->layer, term->weight, term->at), number(t, numbers.weight), NULL);
    t->out->formula = arena_print(t->arena, "%s·%s = %s", number(t, numbers.input), number(t, numbers.weight), number(t, numbers.input * numbers.weight));
    t->out->note = facts.applied > 1 ? app_fill(t->app, t->arena, "wire.shared", count(t, facts.applied), NULL) : app_fill(t->app, t->arena, "wire.single", NULL);
}

static void tell_weight(const Teller *t)
{
    const Plan *plan = &t->snapshot->plan;
    const Pick *pick = t->pick;
    if (pick->layer < 0 || pick->layer >= plan->n_rows || !t->snapshot->run.plan) return;
    const Layer *layer = plan->layers[pick->layer].layer;
    if (pick->weight < 0 || pick->weight >= layer->n_weights || pick->from < 0 || layer->id >= t->snapshot->run.table.n) return;
    const Tensor *tensor = &t->snapshot->run.table.weights[layer->id][pick->weight];
    if (!tensor->data || pick->from >= shape_size(&tensor->shape)) return;
    t->out->name = layer->name;
    t->out->title = app_fill(t->app, t->arena, "wire.weight", weight_name(t, layer, pick->weight, pick->from), number(t, (double)tensor->data[pick->from]), NULL);
}

static void tell_model(const Teller *t)
{
    const Plan *plan = &t->snapshot->plan;
    t->out->title = app_fill(t->app, t->arena, "model.counts", count(t, plan->n_layers), count(t, plan->params.all), NULL);
    t->out->note = app_fill(t->app, t->arena, "model.hint", NULL);
}

static int64_t row_size(const Plan *plan, const PlanStep *step)
{
    const Shape *out = &plan->tensors[step->first].shape;
    return out->dim[out->rank - 1];
}

static void tell_playback(const Teller *t)
{
    const Plan *plan = &t->snapshot->plan;
    const int at = playback_at(&t->app->playback, plan), row = playback_row(&t->app->playback, plan);
    if (at < 0) {
        t->out->title = app_fill(t->app, t->arena, "play.input", NULL);
        return;
    }
    const PlanStep *step = &plan->steps[at];
    t->out->name = step->node->layer->name;
    t->out->title = row >= 0 ? app_fill(t->app, t->arena, "play.row", plain(t, row), NULL)
                             : app_fill(t->app, t->arena, "play.layer", plain(t, at + 1), plain(t, plan->n_steps), NULL);
    t->out->formula = facts_explain(t->arena, plan, step, 0, row > 0 ? row * row_size(plan, step) : 0, EXPLAIN_RULE);
}

void sentences_find(Sentences *sentences, const App *app, Arena *arena, float width)
{
    const Pick *pick = gaze_subject(&app->gaze);
    const Snapshot *snapshot = app_variant(app, pick->variant > 0 ? 1 : 0);
    *sentences = (Sentences){.name = "", .title = "", .formula = "", .note = ""};
    if (!snapshot || !snapshot->plan.model) return;
    const Teller teller = {.app = app, .arena = arena, .snapshot = snapshot, .pick = pick, .out = sentences, .width = width,
                           .twin = pick->variant > 0 ? app->study.shown : app->study.twin};
    if (app->playback.progress >= 0 && pick == &app->gaze.focus.pick) {
        tell_playback(&teller);
        return;
    }
    switch (pick->type) {
    case PICK_UNIT: tell_unit(&teller); break;
    case PICK_LAYER: case PICK_SHAPE: case PICK_ARGUMENT: tell_layer(&teller); break;
    case PICK_WIRE: tell_wire(&teller); break;
    case PICK_WEIGHT: tell_weight(&teller); break;
    case PICK_NONE: case PICK_CODE_LINE: case PICK_SUMMARY_ROW: case PICK_WIDGET: case PICK_INSERT: case PICK_COUNT: break;
    }
    if (!sentences->name[0]) tell_model(&teller);
}
