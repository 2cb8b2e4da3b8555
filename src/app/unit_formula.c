#include "app/unit_formula.h"

#include <math.h>
#include <string.h>

#include "engine/activation.h"
#include "scene/number.h"

static const float SIZE = 14;

enum { LEAST_TERMS = 3, CHAIN_MAX = 8 };

static const char *number(const UnitFormula *f, double value) { return number_text(f->arena, value, 2); }
static const Layer *layer_of(const UnitFormula *f) { return f->facts->step->node->layer; }

static float width_of(const UnitFormula *f, const char *text)
{
    return measure_width(&f->app->measure, FONT_CODE, SIZE * f->app->page.scale, text);
}

/* ---- what comes out ---- */

static void put_value(const UnitFormula *f, Text *text, int tensor, const char *before)
{
    const Tensor *numbers = &f->snapshot->run.tensors[tensor];
    if (numbers->data && f->pick->k < shape_size(&numbers->shape)) text_print(text, "  %s  %s", before, number(f, (double)numbers->data[f->pick->k]));
}

/* Steps folded into the column, from the unit's own on: "  →  relu  →  0.00", or "  →  …  →  relu  →  0.00" in brief. */
static void put_folded(const UnitFormula *f, Text *text)
{
    const Plan *plan = &f->snapshot->plan;
    int chain[CHAIN_MAX], n = 0;
    for (int tensor = f->pick->tensor; n < CHAIN_MAX && tensor != f->facts->step->first + f->facts->output; n++) {
        chain[n] = facts_maker(plan, tensor);
        if (chain[n] < 0 || !plan->steps[chain[n]].node->n_in) return;
        tensor = plan->steps[chain[n]].from[0];
    }
    if (f->brief && n > 1) {
        text_put(text, "  →  …");
        n = 1;
    }
    while (n-- > 0) {
        text_print(text, "  →  %s", plan->steps[chain[n]].node->layer->name);
        put_value(f, text, plan->steps[chain[n]].first, "→");
    }
}

static const char *activation_name(const UnitFormula *f)
{
    const Activation *activation = layer_activation(layer_of(f));
    return activation == &ACTIVATION_LINEAR || strcmp(activation->name, "linear") == 0 ? NULL : activation->name;
}

/* An activation of one number stands in the formula already. */
static bool is_activation(const UnitFormula *f)
{
    return f->facts->rule == TRACE_SUM && f->facts->all_terms == 1 && !f->facts->has_weights && activation_name(f);
}

/* "  =  −0.57", or with an activation "  =  −0.57  →  relu  →  0.00". */
static const char *result_text(const UnitFormula *f)
{
    Text text = {.arena = f->arena};
    const char *own = is_activation(f) || layer_of(f)->kind->elementwise ? NULL : activation_name(f);
    const int tensor = f->facts->step->first + f->facts->output;
    if (own && f->facts->rule == TRACE_SUM) text_print(&text, "  =  %s", number(f, f->facts->sum));
    if (own) text_print(&text, "  →  %s", own);
    put_value(f, &text, tensor, own ? "→" : "=");
    put_folded(f, &text);
    return text_string(&text);
}

/* ---- terms ---- */

/* What stands around and between terms. */
typedef struct Notation {
    const char *before, *between, *after;
} Notation;

/* Of how many inputs the sum is the mean; 0 = it is none. */
static int64_t mean_of(const UnitFacts *facts)
{
    const double scale = facts->all_terms ? facts->terms[0].scale : 1, n = round(1 / scale);
    if (facts->has_weights || !(n >= 2 && n <= 1e6) || fabs(scale * n - 1) > 1e-6) return 0;
    for (int64_t i = 0; i < facts->all_terms; i++)
        if (facts->terms[i].input < 0 || fabs(facts->terms[i].scale - scale) > 1e-9) return 0;
    return (int64_t)n;
}

static Notation notation_of(const UnitFormula *f)
{
    const int64_t n = mean_of(f->facts);
    if (f->facts->rule == TRACE_MAX) return (Notation){"max(", ", ", ")"};
    if (is_activation(f)) return (Notation){arena_print(f->arena, "%s(", activation_name(f)), ", ", ")"};
    if (n && f->facts->all_terms > 1) return (Notation){"(", " + ", arena_print(f->arena, ")/%lld", (long long)n)};
    return (Notation){"", " + ", ""};
}

static bool is_negated(const Term *term) { return term->input >= 0 && term->weight < 0 && term->scale >= -1 && term->scale <= -1; }

static const char *term_text(const UnitFormula *f, const Notation *notation, int64_t i)
{
    const TermNumbers numbers = facts_term(f->facts, f->snapshot, i);
    const Term *term = &f->facts->terms[i];
    if (!numbers.has_input) return number(f, numbers.weight);
    if (is_negated(term) && i) return number(f, numbers.input);
    const bool plain = !numbers.has_weight && term->scale >= 1 && term->scale <= 1;
    if (plain || notation->after[0]) return number(f, numbers.input);
    return arena_print(f->arena, "%s·%s", number(f, numbers.input), number(f, numbers.weight));
}

static const char *between(const UnitFormula *f, const Notation *notation, int64_t i)
{
    return is_negated(&f->facts->terms[i]) ? " − " : notation->between;
}

static const char *rest_text(const UnitFormula *f, const Notation *notation, int64_t more)
{
    Text text = {.arena = f->arena};
    if (more > 0) text_print(&text, "%s… %s", notation->between, app_fill(f->app, f->arena, "unit.more", count_text(f->arena, more), NULL));
    text_put(&text, notation->after);
    if (f->facts->has_bias) text_print(&text, " + %s", number(f, f->facts->bias));
    text_put(&text, result_text(f));
    return text_string(&text);
}

/* As many terms as fit before what must stand at the end. */
static void put_terms(UnitFormula *f, Text *text)
{
    const UnitFacts *facts = f->facts;
    const Notation notation = notation_of(f);
    const int64_t first = f->app->first_term < facts->n_terms ? f->app->first_term : 0;
    int64_t i = first;
    text_put(text, notation.before);
    if (first) text_print(text, "…%s", notation.between);
    for (; i < facts->n_terms; i++) {
        const char *term = arena_print(f->arena, "%s%s", i > first ? between(f, &notation, i) : "", term_text(f, &notation, i));
        const char *rest = rest_text(f, &notation, facts->n_terms - i - 1);
        if (i > first && width_of(f, text_string(text)) + width_of(f, term) + width_of(f, rest) > f->width) break;
        text_put(text, term);
    }
    text_put(text, rest_text(f, &notation, facts->n_terms - i));
    f->n_terms = facts->n_terms;
    f->terms_shown = i - first;
}

/* ---- all of it ---- */

static bool has_terms(const UnitFacts *facts)
{
    return facts->all_terms && !facts->copies && facts->rule != TRACE_DEPENDS;
}

static void put_worked(const UnitFormula *f, Text *text)
{
    if (!f->facts->output) run_numbers(&f->snapshot->run, f->pick->step, f->pick->k, f->arena, text);
}

/* Where the last sum outside brackets goes on: " + "; 0 = nowhere. */
static size_t last_addition(const char *text, size_t length)
{
    size_t last = 0;
    int depth = 0;
    for (size_t i = 0; i < length; i++) {
        depth += (text[i] == '(') - (text[i] == ')');
        if (!depth && strncmp(text + i, " + ", 3) == 0) last = i;
    }
    return last;
}

/* As much of a sum as there is room for; nothing where it cannot be cut. */
static void cut_worked(const UnitFormula *f, Text *worked)
{
    const float room = f->width - width_of(f, "= ") - width_of(f, result_text(f));
    const char *text = text_string(worked), *cut = text;
    for (size_t length = worked->length; length && width_of(f, cut) > room;) {
        length = last_addition(text, length);
        cut = length ? arena_print(f->arena, "%.*s + …", (int)length, text) : "";
    }
    *worked = (Text){.arena = f->arena};
    text_put(worked, cut);
}

/* "= max(0, x)  =  relu(0.41)", with what comes out. */
static const char *numbers_after(UnitFormula *f, const char *rule)
{
    Text text = {.arena = f->arena}, worked = {.arena = f->arena};
    const char *sign = *rule ? "  =  " : "= ";
    if (*rule) text_print(&text, "= %s", rule);
    put_worked(f, &worked);
    if (f->brief) cut_worked(f, &worked);
    if (!worked.length && has_terms(f->facts)) {
        text_put(&text, sign);
        put_terms(f, &text);
        return text_string(&text);
    }
    if (worked.length) text_print(&text, "%s%s", sign, text_string(&worked));
    text_put(&text, result_text(f));
    return text_string(&text);
}

static bool fits(const UnitFormula *f, const char *text)
{
    if (f->n_terms) return f->terms_shown >= LEAST_TERMS || f->terms_shown == f->n_terms;
    return width_of(f, text) <= f->width;
}

/* Where the pane is narrow the numbers go before the rule. */
const char *unit_formula_text(UnitFormula *f)
{
    if (!f->facts->step || !f->facts->has_value) return "";
    const char *rule = facts_explain(f->arena, &f->snapshot->plan, f->facts->step, f->facts->output, f->pick->k, EXPLAIN_RULE);
    const char *whole = numbers_after(f, rule);
    if (fits(f, whole)) return whole;
    const char *numbers = numbers_after(f, "");
    if (fits(f, numbers)) return numbers;
    f->brief = true;
    return numbers_after(f, "");
}
