#include "app/facts.h"

#include <string.h>

#include "engine/activation.h"

static const int64_t TERMS_MAX = 1 << 20;

/* ---- names ---- */

int facts_maker(const Plan *plan, int tensor)
{
    for (int s = 0; s < plan->n_steps; s++)
        if (tensor >= plan->steps[s].first && tensor < plan->steps[s].first + plan->steps[s].node->n_out) return s;
    return -1;
}

static bool among(const int *list, int n, int tensor)
{
    for (int i = 0; i < n; i++)
        if (list[i] == tensor) return true;
    return false;
}

static const char *tensor_name(const Plan *plan, int tensor)
{
    if (among(plan->inputs, plan->n_inputs, tensor)) return "x";
    if (among(plan->outputs, plan->n_outputs, tensor)) return "y";
    const int step = facts_maker(plan, tensor);
    return step >= 0 ? plan->steps[step].node->layer->name : "x";
}

const char *facts_index(Arena *arena, const Shape *shape, int64_t k)
{
    Text text = {.arena = arena};
    int64_t index[SHAPE_RANK_MAX] = {0};
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
        if (shape->dim[axis] < 1) return "";
        index[axis] = k % shape->dim[axis];
        k /= shape->dim[axis];
    }
    text_put_char(&text, '[');
    for (int axis = 1; axis < shape->rank; axis++) text_print(&text, "%s%lld", axis > 1 ? ", " : "", (long long)index[axis]);
    text_put_char(&text, ']');
    return text_string(&text);
}

const char *facts_unit_name(Arena *arena, const Plan *plan, int tensor, int64_t k)
{
    return arena_print(arena, "%s%s", tensor_name(plan, tensor), facts_index(arena, &plan->tensors[tensor].shape, k));
}

const char *facts_explain(Arena *arena, const Plan *plan, const PlanStep *step, int output, int64_t k, ExplainTopic topic)
{
    const Node *node = step->node;
    TensorSpec *in = ARENA_ARRAY(arena, node->n_in, TensorSpec);
    for (int i = 0; i < node->n_in; i++) in[i] = plan->tensors[step->from[i]];
    const Trace trace = {.layer = node->layer, .call = &node->call, .in = in, .n_in = node->n_in, .out = &plan->tensors[step->first],
                         .n_out = node->n_out, .output = output, .k = k};
    Text text = {.arena = arena};
    if (node->layer->kind->explain) node->layer->kind->explain(&trace, topic, &text);
    return text_string(&text);
}

/* ---- numbers ---- */

static double number_at(const Snapshot *snapshot, int tensor, int64_t k, bool *known)
{
    const Run *run = &snapshot->run;
    *known = run->plan && run->tensors && run->tensors[tensor].data;
    return *known ? (double)run->tensors[tensor].data[k] : 0;
}

static TermNumbers numbers_of(const PlanStep *step, const Snapshot *snapshot, const Term *term)
{
    TermNumbers numbers = {.input = 1, .weight = 1};
    if (term->input >= 0) numbers.input = number_at(snapshot, step->from[term->input], term->from, &numbers.has_input);
    numbers.has_weight = snapshot->run.plan && term_weight_number(&snapshot->run.table, step->node->layer, term, &numbers.weight);
    if (!numbers.has_weight) numbers.weight = term->scale;
    return numbers;
}

TermNumbers facts_term(const UnitFacts *facts, const Snapshot *snapshot, int64_t i)
{
    return numbers_of(facts->step, snapshot, &facts->terms[i]);
}

/* ---- what is seen ---- */

static bool looks_at(const UnitFacts *facts, const Term *term, int tensor)
{
    const PlanStep *step = facts->step;
    return term->input >= 0 && term->input < step->node->n_linked && term->from >= 0 && step->from[term->input] == tensor;
}

static int64_t count_distinct(Arena *arena, const UnitFacts *facts, int tensor, int64_t size)
{
    const Term *terms = facts->terms;
    unsigned char *seen = arena_take(arena, (size_t)(size / 8 + 1));
    int64_t count = 0;
    for (int64_t i = 0; i < facts->all_terms; i++) {
        const int64_t from = terms[i].from;
        if (!looks_at(facts, &terms[i], tensor) || from >= size || seen[from / 8] & 1 << from % 8) continue;
        seen[from / 8] |= (unsigned char)(1 << from % 8);
        count++;
    }
    return count;
}

/* A tensor that comes in twice (as query and value, say) counts once, masks that Keras finds by itself not at all. */
static void find_seen(UnitFacts *facts, Arena *arena, const Plan *plan)
{
    for (int i = 0; i < facts->step->node->n_linked; i++) {
        const int tensor = facts->step->from[i];
        const Shape *shape = &plan->tensors[tensor].shape;
        const int64_t size = shape_size(shape), batch = shape->rank ? shape->dim[0] : 1;
        if (among(facts->step->from, i, tensor)) continue;
        facts->seen += count_distinct(arena, facts, tensor, size);
        facts->of += batch ? size / batch : 0;
    }
}

const Shape *facts_flattened(const Plan *plan, int tensor)
{
    const int maker = facts_maker(plan, tensor);
    if (maker < 0 || strcmp(plan->steps[maker].node->layer->kind->name, "Flatten") != 0) return NULL;
    return &plan->tensors[plan->steps[maker].from[0]].shape;
}

typedef struct Range { int64_t n, first, last; } Range;

/* The values of from / inner % outer that the terms touch. */
static Range range_of(Arena *arena, const UnitFacts *facts, int64_t inner, int64_t outer)
{
    const Term *terms = facts->terms;
    unsigned char *seen = arena_take(arena, (size_t)outer);
    Range range = {0, outer, -1};
    for (int64_t i = 0; i < facts->all_terms; i++) {
        if (!looks_at(facts, &terms[i], facts->step->from[0])) continue;
        const int64_t at = terms[i].from / inner % outer;
        range.n += !seen[at];
        seen[at] = 1;
        if (at < range.first) range.first = at;
        if (at > range.last) range.last = at;
    }
    return range;
}

static bool has_one_tensor(const PlanStep *step)
{
    for (int i = 1; i < step->node->n_linked; i++)
        if (step->from[i] != step->from[0]) return false;
    return true;
}

static void find_rows(UnitFacts *facts, Arena *arena, const Plan *plan)
{
    const int tensor = facts->step->from[0];
    const Shape *shape = &plan->tensors[tensor].shape;
    if (shape->rank == 2 && facts_flattened(plan, tensor)) shape = facts_flattened(plan, tensor);
    if (shape->rank < 3 || shape->rank > 4 || !has_one_tensor(facts->step)) return;
    const bool channels_first = value_is_text(layer_arg(facts->step->node->layer, "data_format"), "channels_first");
    const int axis = channels_first ? 2 : 1;
    const Range rows = range_of(arena, facts, shape_span_size(shape, axis + 1, shape->rank), shape->dim[axis]);
    facts->all_rows = shape->dim[axis];
    facts->rows = rows.n, facts->first_row = rows.first, facts->last_row = rows.last;
    if (shape->rank != 4) return;
    const int64_t inner = shape_span_size(shape, axis + 2, shape->rank);
    const Range columns = range_of(arena, facts, inner, shape->dim[axis + 1]);
    facts->all_columns = shape->dim[axis + 1];
    facts->columns = columns.n, facts->first_column = columns.first, facts->last_column = columns.last;
}

static void find_sum(UnitFacts *facts, const Snapshot *snapshot)
{
    facts->n_terms = facts->all_terms;
    for (int64_t i = 0; i < facts->all_terms; i++) {
        const TermNumbers numbers = facts_term(facts, snapshot, i);
        facts->sum += numbers.input * numbers.weight;
        facts->has_weights |= numbers.has_weight && numbers.has_input;
    }
    const Term *last = facts->all_terms ? &facts->terms[facts->all_terms - 1] : NULL;
    if (!last || last->input >= 0 || last->weight < 0) return;
    facts->has_bias = true;
    facts->bias = facts_term(facts, snapshot, --facts->n_terms).weight;
}

static bool is_copy(const UnitFacts *facts, const Pick *pick)
{
    const Term *term = facts->terms;
    if (facts->all_terms != 1 || facts->rule == TRACE_DEPENDS || term->input < 0 || term->weight >= 0 || term->scale < 1 || term->scale > 1)
        return false;
    return layer_activation(facts->step->node->layer) == &ACTIVATION_LINEAR && pick->tensor == facts->step->first + facts->output;
}

static void find_sharing(UnitFacts *facts, const Plan *plan, int64_t k)
{
    const Shape *out = &plan->tensors[facts->step->first].shape;
    facts->applied = 1;
    if (!facts->step->node->layer->kind->rowwise || out->rank < 3) return;
    facts->applied = shape_span_size(out, 1, out->rank - 1);
    facts->own_row = k / out->dim[out->rank - 1] % facts->applied;
}

bool facts_find(UnitFacts *facts, Arena *arena, const Snapshot *snapshot, const Pick *pick)
{
    const Plan *plan = &snapshot->plan;
    *facts = (UnitFacts){.applied = 1};
    if (pick->type != PICK_UNIT || pick->tensor < 0 || pick->tensor >= plan->n_tensors) return false;
    if (pick->k < 0 || pick->k >= shape_size(&plan->tensors[pick->tensor].shape)) return false;
    facts->name = facts_unit_name(arena, plan, pick->tensor, pick->k);
    facts->value = number_at(snapshot, pick->tensor, pick->k, &facts->has_value);
    if (pick->step < 0 || pick->step >= plan->n_steps || !plan->steps[pick->step].node->n_in) return true;
    facts->step = &plan->steps[pick->step];
    facts->row = facts->step->row >= 0 ? &plan->layers[facts->step->row] : NULL;
    if (!snapshot->run.plan) return true;
    const int output = pick->tensor - facts->step->first;
    facts->output = output > 0 && output < facts->step->node->n_out ? output : 0;
    facts->rule = layer_rule(facts->step->node->layer);
    const int64_t n = run_trace(&snapshot->run, pick->step, facts->output, pick->k, NULL, 0);
    if (n < 0 || n > TERMS_MAX) return false;
    facts->terms = ARENA_ARRAY(arena, n, Term);
    facts->all_terms = run_trace(&snapshot->run, pick->step, facts->output, pick->k, facts->terms, n);
    find_seen(facts, arena, plan);
    find_rows(facts, arena, plan);
    find_sum(facts, snapshot);
    facts->copies = is_copy(facts, pick);
    find_sharing(facts, plan, pick->k);
    return true;
}
