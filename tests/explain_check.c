#include "explain_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/activation.h"

/* ---- numbers as exact as they are written ---- */

typedef struct Interval {
    double low, high;
} Interval;

static const Interval ANYTHING = {-INFINITY, INFINITY};

typedef struct Reader {
    const char *at;
    bool        known;    /* nothing was met that cannot be computed */
} Reader;

static Interval between(double a, double b) { return (Interval){fmin(a, b), fmax(a, b)}; }

static bool takes(Reader *reader, const char *sign)
{
    while (*reader->at == ' ') reader->at++;
    const size_t n = strlen(sign);
    if (strncmp(reader->at, sign, n) != 0) return false;
    reader->at += n;
    return true;
}

static Interval unknown(Reader *reader)
{
    reader->known = false;
    return ANYTHING;
}

static Interval multiply(Interval a, Interval b)
{
    const double all[] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
    Interval product = {all[0], all[0]};
    for (int i = 1; i < 4; i++) product = (Interval){fmin(product.low, all[i]), fmax(product.high, all[i])};
    return product;
}

static Interval divide(Interval a, Interval b)
{
    return b.low <= 0 && b.high >= 0 ? ANYTHING : multiply(a, between(1 / b.low, 1 / b.high));
}

/* "0.50" is anything from 0.495 to 0.505, "3" is 3. */
static Interval number(Reader *reader)
{
    char *end;
    const char *point = reader->at;
    const double value = strtod(reader->at, &end);
    if (end == reader->at) return unknown(reader);
    while (point < end && *point != '.') point++;
    const char *last = point;
    while (last < end && *last != 'e') last++;
    const double rounding = point == end ? 0 : 0.5 * pow(10, -(double)(last - point - 1)) * (*last == 'e' ? pow(10, atof(last + 1)) : 1);
    reader->at = end;
    return (Interval){value - rounding * 1.001, value + rounding * 1.001};
}

static Interval sum(Reader *);

static Interval bracketed(Reader *reader)
{
    const Interval inside = sum(reader);
    return takes(reader, ")") ? inside : unknown(reader);
}

/* Those that rise or fall all along. */
static Interval applied(Reader *reader)
{
    static const char *const steady[] = {"tanh", "sigmoid", "relu", "elu", "selu", "softplus", "softsign", "hard_sigmoid", "leaky_relu"};
    for (size_t i = 0; i < sizeof steady / sizeof *steady; i++) {
        const char *before = reader->at;
        if (!takes(reader, steady[i]) || !takes(reader, "(")) {
            reader->at = before;
            continue;
        }
        const Interval in = bracketed(reader);
        float ends[] = {(float)in.low, (float)in.high};
        const Activation *activation = activation_find(steady[i]);
        activation->apply(ends, 2, activation->parameters);
        return between((double)ends[0], (double)ends[1]);
    }
    return unknown(reader);
}

static Interval factor(Reader *reader)
{
    if (takes(reader, "−")) return multiply((Interval){-1, -1}, factor(reader));
    if (takes(reader, "(")) return bracketed(reader);
    if (takes(reader, "√")) {
        const Interval in = factor(reader);
        return between(sqrt(fmax(in.low, 0)), sqrt(fmax(in.high, 0)));
    }
    if (takes(reader, "e^")) {
        const Interval in = factor(reader);
        return between(exp(in.low), exp(in.high));
    }
    if (takes(reader, "…")) return unknown(reader);
    return *reader->at >= '0' && *reader->at <= '9' ? number(reader) : applied(reader);
}

static Interval product(Reader *reader)
{
    Interval all = factor(reader);
    while (reader->known) {
        if (takes(reader, "·")) all = multiply(all, factor(reader));
        else if (takes(reader, "/")) all = divide(all, factor(reader));
        else break;
    }
    return all;
}

static Interval sum(Reader *reader)
{
    Interval all = product(reader);
    while (reader->known) {
        const bool adds = takes(reader, "+");
        if (!adds && !takes(reader, "−")) break;
        const Interval next = product(reader);
        all = adds ? (Interval){all.low + next.low, all.high + next.high} : (Interval){all.low - next.high, all.high - next.low};
    }
    return all;
}

/* ---- one layer ---- */

typedef struct Told {
    Arena          *arena;
    const Run      *run;
    int             at;      /* index of the step */
    const PlanStep *step;
    Text           *problems;
} Told;

static bool bad(const Told *told, int64_t k, const char *what, const char *text)
{
    text_print(told->problems, "%s: output %lld: %s: '%s'\n", told->step->node->layer->kind->name, (long long)k, what, text);
    return false;
}

static const char *said(const Told *told, int64_t k, ExplainTopic topic)
{
    const Node *node = told->step->node;
    TensorSpec in[RUN_TRACE_INPUTS];
    for (int i = 0; i < node->n_in; i++) in[i] = told->run->plan->tensors[told->step->from[i]];
    Text text = {.arena = told->arena};
    const Trace trace = {.layer = node->layer, .call = &node->call, .in = in, .n_in = node->n_in,
                         .out = &told->run->plan->tensors[told->step->first], .n_out = node->n_out, .k = k};
    if (node->layer->kind->explain) node->layer->kind->explain(&trace, topic, &text);
    return text_string(&text);
}

static bool brackets_match(const char *text)
{
    char open[64];
    int depth = 0;
    for (; *text; text++) {
        const char *bracket = strchr("([{)]}", *text);
        if (!bracket) continue;
        if (strchr("([{", *text)) {
            if (depth == (int)sizeof open) return false;
            open[depth++] = bracket[3];
        } else if (!depth || open[--depth] != *text) return false;
    }
    return depth == 0;
}

static bool reads_well(const char *text)
{
    return brackets_match(text) && !strchr(text, '{') && !strstr(text, "(null)") && !strstr(text, "nan") && !strstr(text, "[]");
}

static bool check_numbers(const Told *told, int64_t k)
{
    Text text = {.arena = told->arena};
    run_numbers(told->run, told->at, k, told->arena, &text);
    if (!text.length) return true;
    if (!reads_well(text_string(&text))) return bad(told, k, "numbers read badly", text_string(&text));
    const Layer *layer = told->step->node->layer;
    if (layer_activation(layer) != &ACTIVATION_LINEAR && !layer->kind->elementwise) return true;
    Reader reader = {text_string(&text), true};
    const Interval made = sum(&reader);
    const double out = (double)told->run->tensors[told->step->first].data[k], spare = 1e-5 * (1 + fabs(out));
    if (!reader.known || *reader.at || (out >= made.low - spare && out <= made.high + spare)) return true;
    return bad(told, k, "numbers do not make it", arena_print(told->arena, "%s = %g", text_string(&text), out));
}

static bool check_params(const Told *told)
{
    const char *text = said(told, 0, EXPLAIN_PARAMS), *last = strrchr(text, '=');
    const int64_t all = layer_params(told->step->node->layer).all;
    if (!*text) return true;
    if (!last) last = strpbrk(text, "+(") ? NULL : text - 1;
    return (last && atoll(last + 1) == all) || bad(told, 0, "parameters do not add up", text);
}

static bool check_said(const Told *told)
{
    const int64_t size = shape_size(&told->run->tensors[told->step->first].shape), step = size > 40 ? size / 40 : 1;
    for (int64_t k = 0; k < size; k += step) {
        const char *rule = said(told, k, EXPLAIN_RULE);
        if (!*rule || !reads_well(rule)) return bad(told, k, "rule reads badly", rule);
        if (!check_numbers(told, k)) return false;
    }
    return check_params(told);
}

/* ---- what an output does not depend on ---- */

enum { TERMS_MAX = 1 << 16 };

/* The input with every number moved that the terms do not name. */
static Tensor moved(const Told *told, const Tensor *input, const Term *terms, int64_t n, int at)
{
    Tensor other = tensor_make(told->arena, input->shape, input->dtype);
    const int64_t size = shape_size(&input->shape);
    bool *named = arena_take(told->arena, (size_t)size + 1);
    for (int64_t i = 0; i < n; i++)
        if (terms[i].input == at) named[terms[i].from] = true;
    for (int64_t i = 0; i < size; i++) other.data[i] = input->data[i] + (named[i] ? 0 : 0.375F);
    return other;
}

static bool check_rest(const Told *told, const Tensor *input, int64_t k)
{
    const Plan *plan = told->run->plan;
    Term *terms = ARENA_ARRAY(told->arena, TERMS_MAX, Term);
    Tensor *given = ARENA_ARRAY(told->arena, plan->n_inputs, Tensor);
    const int64_t n = run_trace(told->run, told->at, 0, k, terms, TERMS_MAX);
    for (int i = 0; i < plan->n_inputs; i++) {
        int from = -1;
        for (int j = 0; j < told->step->node->n_in; j++)
            if (told->step->from[j] == plan->inputs[i]) from = j;
        const bool plain = from >= 0 && input[i].dtype == DTYPE_FLOAT32;
        given[i] = plain ? moved(told, &input[i], terms, n, from) : input[i];
    }
    Run again;
    run_forward(&again, told->arena, plan, given, RUN_SEED);
    const float before = told->run->tensors[told->step->first].data[k];
    const float *after = again.tensors[told->step->first].data;
    return !after || fabsf(after[k] - before) <= 1e-5F * (1 + fabsf(before)) || bad(told, k, "changes with an input that it does not name", "");
}

static bool check_depends(const Told *told, const Tensor *input)
{
    const int64_t size = shape_size(&told->run->tensors[told->step->first].shape);
    const int64_t some[] = {0, size / 2, size - 1};
    const Layer *layer = told->step->node->layer;
    if (!activation_elementwise(layer_activation(layer)) && !layer->kind->elementwise) return true;
    if (layer_rule(layer) != TRACE_DEPENDS || told->run->plan->n_steps > told->run->plan->n_inputs + 1) return true;
    for (int i = 0; i < 3; i++)
        if (!check_rest(told, input, some[i])) return false;
    return true;
}

bool check_explanations(Arena *arena, const Run *run, const Tensor *input, Text *problems)
{
    for (int i = 0; i < run->plan->n_steps; i++) {
        const PlanStep *step = &run->plan->steps[i];
        const Tensor *out = &run->tensors[step->first];
        const Told told = {.arena = arena, .run = run, .at = i, .step = step, .problems = problems};
        if (!step->node->n_in || step->node->n_in > RUN_TRACE_INPUTS || step->node->layer->kind->operation) continue;
        if (!out->data || !shape_size(&out->shape)) continue;
        if (!check_said(&told) || !check_depends(&told, input)) return false;
    }
    return true;
}
