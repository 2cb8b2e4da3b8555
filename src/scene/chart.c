#include "scene/chart.h"

#include <math.h>
#include <string.h>

#include "scene/number.h"
#include "scene/scale.h"

enum { HUES_MAX = 1 << 16, COPY_DEPTH = 64 };

/* ---- units and picks ---- */

static int64_t sample_size(const Chart *chart, int column) { return chart->columns.column[column].size; }

/* Batch axes that do not follow the input's keep to what they have. */
static int64_t sample_in(const Chart *chart, int column)
{
    const int64_t batch = chart->columns.column[column].batch;
    return batch > 0 ? chart->sample % batch : 0;
}

static int64_t to_tensor(const Chart *chart, Unit unit)
{
    return sample_in(chart, unit.column) * sample_size(chart, unit.column) + unit.e;
}

Unit chart_unit_of(const Chart *chart, const Pick *pick)
{
    if (pick->type != PICK_UNIT && pick->type != PICK_WIRE) return UNIT_NONE;
    if (pick->tensor < 0 || pick->tensor >= chart->variant->plan->n_tensors) return UNIT_NONE;
    const int c = chart->columns.by_tensor[pick->tensor];
    const int64_t size = c < 0 ? 0 : sample_size(chart, c);
    if (size <= 0 || pick->k < 0 || pick->k / size >= chart->columns.column[c].batch) return UNIT_NONE;
    return (Unit){c, pick->k % size};
}

Pick chart_pick(const Chart *chart, Unit unit)
{
    const Column *column = &chart->columns.column[unit.column];
    return (Pick){.type = PICK_UNIT, .variant = chart->which, .layer = column->row, .step = column->step,
                  .tensor = column->tensor, .k = to_tensor(chart, unit), .from = -1, .weight = -1,
                  .area = chart_rect(chart, unit)};
}

const char *chart_index(const Chart *chart, Unit unit)
{
    const Shape *sample = &chart->columns.column[unit.column].sample;
    int64_t index[SHAPE_RANK_MAX], rest = unit.e;
    for (int i = sample->rank - 1; i >= 0; i--) {
        index[i] = rest % sample->dim[i];
        rest /= sample->dim[i];
    }
    Text text = {.arena = chart->arena};
    for (int i = 0; i < sample->rank; i++) {
        text_put_char(&text, i ? ',' : '[');
        count_put(&text, index[i]);
    }
    if (sample->rank) text_put_char(&text, ']');
    return text_string(&text);
}

const char *chart_label(const Chart *chart, Unit unit)
{
    const Column *column = &chart->columns.column[unit.column];
    Text text = {.arena = chart->arena};
    double value;
    text_put(&text, column->name);
    text_put(&text, chart_index(chart, unit));
    if (chart_value(chart, unit, &value)) {
        text_put(&text, ": ");
        text_put(&text, number_text(chart->arena, value, 2));
    }
    return text_string(&text);
}

static float between(float a, float b, float t) { return a + (b - a) * t; }

Rect chart_rect(const Chart *chart, Unit unit)
{
    const Rect own = block_unit(&chart->layout.place[unit.column].block, unit.e);
    if (!chart->twin || chart->along <= 0) return own;
    const Unit match = chart_match(chart, unit, chart->twin);
    if (match.column < 0) return own;
    const Rect far = block_unit(&chart->twin->layout.place[match.column].block, match.e);
    const float t = chart->along;
    return (Rect){between(own.x, far.x, t), between(own.y, far.y, t), between(own.w, far.w, t), between(own.h, far.h, t)};
}

/* ---- numbers ---- */

const Tensor *chart_tensor(const Chart *chart, int column)
{
    const Run *run = chart->variant->run;
    const int tensor = chart->columns.column[column].tensor;
    if (!run || !run->tensors || tensor < 0 || !run->tensors[tensor].data) return NULL;
    return &run->tensors[tensor];
}

const float *chart_numbers(const Chart *chart, int column)
{
    const Stage *stage = &chart->stage[column];
    const Tensor *tensor = chart_tensor(chart, column);
    if (!tensor || stage->done < sample_size(chart, column) || stage->now != chart->columns.column[column].tensor) return NULL;
    return tensor->data + sample_in(chart, column) * sample_size(chart, column);
}

bool chart_value(const Chart *chart, Unit unit, double *value)
{
    const Run *run = chart->variant->run;
    const Stage *stage = &chart->stage[unit.column];
    const int tensor = unit.e < stage->done ? stage->now : stage->before;
    if (!run || !run->tensors || tensor < 0 || !run->tensors[tensor].data) return false;
    *value = (double)run->tensors[tensor].data[to_tensor(chart, unit)];
    return true;
}

Scale chart_scale(const Chart *chart, int column)
{
    Scale *scale = &chart->scale[column];
    if (!(scale->extent > 0)) *scale = scale_find(chart->variant->run, chart->columns.column[column].tensor, chart->view->extent);
    return *scale;
}

/* ---- terms ---- */

int64_t chart_terms(const Chart *chart, Unit unit, Term *terms, int64_t cap)
{
    const Column *column = &chart->columns.column[unit.column];
    if (!chart->variant->run || column->step < 0 || column->input || !column->layer->kind->trace) return 0;
    const int64_t n = run_trace(chart->variant->run, column->step, column->output, to_tensor(chart, unit), terms, cap);
    return n < 0 ? 0 : n;
}

Term *chart_all_terms(const Chart *chart, Unit unit, int64_t most, int64_t *n)
{
    Term few[1];
    *n = chart_terms(chart, unit, few, 0);
    if (*n > most) *n = most;
    if (!*n) return NULL;
    Term *terms = ARENA_ARRAY(chart->arena, *n, Term);
    const int64_t written = chart_terms(chart, unit, terms, *n);
    if (written < *n) *n = written;
    return terms;
}

Unit chart_from(const Chart *chart, Unit to, const Term *term)
{
    if (term->input < 0 || term->from < 0) return UNIT_NONE;
    const int c = columns_source(&chart->columns, chart->variant->plan, to.column, term->input);
    const int64_t size = c < 0 ? 0 : sample_size(chart, c);
    if (size <= 0 || term->from / size != sample_in(chart, c)) return UNIT_NONE;
    return (Unit){c, term->from % size};
}

bool chart_weight(const Chart *chart, int column, const Term *term, double *weight)
{
    const Run *run = chart->variant->run;
    const Layer *layer = chart->columns.column[column].layer;
    return run && term->child < layer->n_children && term_weight_number(&run->table, layer, term, weight);
}

/* ---- row identity ---- */

static bool is_copy(const Chart *chart, Unit unit)
{
    Term term[2];
    if (chart_terms(chart, unit, term, 2) != 1) return false;
    return term[0].input >= 0 && term[0].weight < 0 && term[0].scale == 1.0;
}

/* Every element of the column is one element of another, unchanged (Flatten, Reshape ...). */
static bool chart_copies(const Chart *chart, int column)
{
    const int64_t size = sample_size(chart, column);
    const Column *at = &chart->columns.column[column];
    if (size <= 0 || at->step < 0 || at->input || at->layer->kind->rule != TRACE_SUM) return false;
    return is_copy(chart, (Unit){column, 0}) && is_copy(chart, (Unit){column, size / 2}) && is_copy(chart, (Unit){column, size - 1});
}

/* Rows of the first axis. */
static uint8_t row_hue(const Chart *chart, Unit unit)
{
    const Shape *sample = &chart->columns.column[unit.column].sample;
    if (sample->rank < 2) return HUE_NONE;
    return (uint8_t)(unit.e / shape_span_size(sample, 1, sample->rank) % ROW_HUES);
}

static uint8_t copied_hue(const Chart *chart, Unit unit)
{
    Term term;
    if (chart_terms(chart, unit, &term, 1) != 1) return HUE_NONE;
    const Unit from = chart_from(chart, unit, &term);
    return from.column >= 0 && from.column < unit.column ? chart_hue(chart, from) : HUE_NONE;
}

/* In the order of execution, so that a copy's source is always known. */
static void hues_find(Chart *chart)
{
    chart->hue = ARENA_ARRAY(chart->arena, chart->columns.n + 1, uint8_t *);
    for (int c = 0; c < chart->columns.n; c++) {
        const int64_t size = sample_size(chart, c);
        if (size <= 0 || size > HUES_MAX || chart->columns.column[c].sample.rank > 2 || !chart_copies(chart, c)) continue;
        uint8_t *hue = ARENA_ARRAY(chart->arena, size, uint8_t);
        for (int64_t e = 0; e < size; e++) hue[e] = copied_hue(chart, (Unit){c, e});
        chart->hue[c] = hue;
    }
}

uint8_t chart_hue(const Chart *chart, Unit unit)
{
    return chart->hue[unit.column] ? chart->hue[unit.column][unit.e] : row_hue(chart, unit);
}

Colour chart_hue_colour(const Chart *chart, uint8_t hue)
{
    return hue == HUE_NONE ? chart->view->theme->dim : chart->view->theme->row[hue % ROW_HUES];
}

/* ---- what is shown ---- */

/* The sample on top is the focused one. */
static int64_t sample_of(const Chart *chart)
{
    const Pick *focus = &chart->view->focus;
    if (focus->type != PICK_UNIT || focus->variant != chart->which) return 0;
    if (focus->tensor < 0 || focus->tensor >= chart->variant->plan->n_tensors) return 0;
    const int c = chart->columns.by_tensor[focus->tensor];
    if (c < 0) return 0;
    const int64_t size = sample_size(chart, c);
    return size > 0 && focus->k >= 0 ? focus->k / size : 0;
}

/* What must be on its page of maps: the focused unit, else the hovered one. */
static void hints_from(const Chart *chart, const Pick *pick, int64_t *show)
{
    const Unit unit = chart_unit_of(chart, pick);
    if (unit.column >= 0) show[unit.column] = unit.e;
}

/* ---- progress ---- */

static int64_t share_done(const Chart *chart, int step, int64_t size)
{
    const double progress = (double)chart->view->progress - step;
    if (chart->view->progress < 0 || progress >= 1) return size;
    return progress <= 0 ? 0 : (int64_t)(progress * (double)size + 1e-3);
}

/* The steps of a column one after another: its layer, then what is folded into it. */
static Stage stage_of(const Chart *chart, int c)
{
    const Column *column = &chart->columns.column[c];
    const int64_t size = sample_size(chart, c);
    Stage stage = {.now = column->first_tensor, .before = -1, .done = size};
    if (column->step < 0 || column->input) return stage;
    stage.done = share_done(chart, column->step, size);
    for (int i = 0; i < column->n_folds && stage.done == size; i++) {
        const int64_t done = share_done(chart, column->fold[i], size);
        if (!done) break;
        stage = (Stage){.now = chart->variant->plan->steps[column->fold[i]].first, .before = stage.now, .done = done};
    }
    return stage;
}

/* The row that was computed last. */
static void light_find(Chart *chart, int c)
{
    const Column *column = &chart->columns.column[c];
    const int64_t size = sample_size(chart, c), done = share_done(chart, column->step, size);
    const double progress = (double)chart->view->progress - column->step;
    if (column->input || !(progress > 0) || progress > 1 || !done) return;
    const int64_t rows = column_copies(column), per = rows > 0 ? size / rows : size;
    chart->lit_column = c;
    chart->lit_from = (done - 1) / per * per;
    chart->lit_to = done;
}

static void stages_find(Chart *chart)
{
    chart->stage = ARENA_ARRAY(chart->arena, chart->columns.n + 1, Stage);
    chart->lit_column = -1;
    for (int c = 0; c < chart->columns.n; c++) {
        chart->stage[c] = stage_of(chart, c);
        if (chart->view->progress >= 0 && chart->columns.column[c].step >= 0) light_find(chart, c);
    }
}

/* ---- making ---- */

void chart_make(Chart *chart, Arena *arena, const View *view, const Variant *variant, int which, Rect area)
{
    *chart = (Chart){.arena = arena, .view = view, .variant = variant, .which = which};
    columns_make(&chart->columns, arena, variant);
    chart->sample = sample_of(chart);
    chart->scale = ARENA_ARRAY(arena, chart->columns.n + 1, Scale);
    int64_t *show = ARENA_ARRAY(arena, chart->columns.n + 1, int64_t);
    for (int c = 0; c < chart->columns.n; c++) show[c] = -1;
    hints_from(chart, &view->focus, show);
    layout_make(&chart->layout, arena, view, variant, &chart->columns, area,
                &(LayoutHints){.show = show, .pan = view->pan});
    stages_find(chart);
    hues_find(chart);
}
