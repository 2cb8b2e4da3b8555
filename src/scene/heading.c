#include "scene/heading.h"

#include <math.h>
#include <string.h>

#include "engine/activation.h"
#include "scene/number.h"
#include "scene/say.h"

#define DOT " \xC2\xB7 "
#define TIMES "\xC3\x97"
#define TITLE_LEADING 1.22F

static void line_add(Line *line, Arena *arena, Piece piece)
{
    Piece *grown = ARENA_ARRAY(arena, line->n + 1, Piece);
    if (line->n) memcpy(grown, line->piece, (size_t)line->n * sizeof *grown);
    grown[line->n++] = piece;
    line->piece = grown;
}

static void line_measure(Line *line, const View *view, Font font, float size)
{
    line->width = 0;
    for (int i = 0; i < line->n; i++) line->width += measure_width(view->measure, font, size, line->piece[i].text);
}

/* ---- title ---- */

static void explain(const Plan *plan, int step, ExplainTopic topic, Text *text)
{
    const Node *node = plan->steps[step].node;
    const LayerKind *kind = node->layer->kind;
    if (!kind->explain || !node->n_out) return;
    TensorSpec *in = ARENA_ARRAY(text->arena, node->n_in + 1, TensorSpec);
    for (int i = 0; i < node->n_in; i++)
        if (plan->steps[step].from[i] >= 0) in[i] = plan->tensors[plan->steps[step].from[i]];
    const Trace trace = {.layer = node->layer, .call = &node->call, .in = in, .n_in = node->n_in,
                         .out = &plan->tensors[plan->steps[step].first], .n_out = node->n_out};
    kind->explain(&trace, topic, text);
}

/* "8 · 5×5": each part names the parameter in its place of the constructor. */
static void title_add_arguments(Line *line, Arena *arena, const Plan *plan, int step)
{
    const PlanStep *at = &plan->steps[step];
    const LayerKind *kind = at->node->layer->kind;
    Text text = {.arena = arena};
    explain(plan, step, EXPLAIN_TITLE, &text);
    const char *part = text_string(&text);
    for (int i = 0; *part; i++) {
        const char *end = strstr(part, DOT);
        const size_t length = end ? (size_t)(end - part) : strlen(part);
        line_add(line, arena, (Piece){.text = i ? DOT : " "});
        line_add(line, arena, (Piece){.text = arena_copy(arena, part, length), .row = at->row, .step = step,
                                      .pick = i < kind->n_params ? PICK_ARGUMENT : PICK_NONE,
                                      .id = i < kind->n_params ? kind->params[i].name : NULL});
        part += length + (end ? strlen(DOT) : 0);
    }
}

static const char *activation_of(const Layer *layer)
{
    const Activation *activation = layer->kind->activation ? layer->kind->activation(layer) : NULL;
    return activation && strcmp(activation->name, "linear") ? activation->name : NULL;
}

/* Wrappers say the activation of what they wrap. */
static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    return length >= tail && !strcmp(text + length - tail, end);
}

static void title_add_activation(Line *line, Arena *arena, const PlanStep *at, int step)
{
    const char *name = at->node->layer->kind->operation ? NULL : activation_of(at->node->layer);
    if (!name || ends_with(line->piece[line->n - 1].text, name)) return;
    line_add(line, arena, (Piece){.text = DOT});
    line_add(line, arena, (Piece){.text = name, .pick = PICK_ARGUMENT, .row = at->row, .step = step, .id = "activation"});
}

static void title_add_fold(Line *line, Arena *arena, const Plan *plan, int step)
{
    const PlanStep *at = &plan->steps[step];
    if (activation_of(at->node->layer) && at->node->layer->kind->n_params &&
        at->node->layer->kind->params[0].type == PARAM_ACTIVATION) {
        title_add_activation(line, arena, at, step);
        return;
    }
    line_add(line, arena, (Piece){.text = DOT});
    line_add(line, arena, (Piece){.text = at->node->layer->class_name});
    title_add_arguments(line, arena, plan, step);
}

static bool one_input(const Columns *columns)
{
    int n = 0;
    for (int c = 0; c < columns->n; c++) n += columns->column[c].input;
    return n == 1;
}

static void title_make(Line *line, Arena *arena, const View *view, const Plan *plan, const Columns *columns, int c)
{
    const Column *column = &columns->column[c];
    if (column->fault || (column->input && !one_input(columns))) {
        line_add(line, arena, (Piece){.text = column->name});
    } else if (column->input) {
        line_add(line, arena, (Piece){.text = say(view, arena, "picture.input", NULL)});
    } else {
        line_add(line, arena, (Piece){.text = column->layer->class_name});
    }
    if (column->step < 0 || column->input) return;
    if (column->output) {
        line_add(line, arena, (Piece){.text = arena_print(arena, " [%d]", column->output)});
        return;
    }
    title_add_arguments(line, arena, plan, column->step);
    title_add_activation(line, arena, &plan->steps[column->step], column->step);
    for (int i = 0; i < column->n_folds; i++) title_add_fold(line, arena, plan, column->fold[i]);
}

/* ---- shape ---- */

static void shape_make(Line *line, Arena *arena, const Column *column)
{
    const Shape *shape = &column->shape;
    if (column->fault || (!shape->rank && column->tensor < 0)) return;
    line_add(line, arena, (Piece){.text = "("});
    for (int i = 0; i < shape->rank; i++) {
        if (i) line_add(line, arena, (Piece){.text = ", "});
        const char *dim = shape->dim[i] == DIM_NONE ? "None" : arena_print(arena, "%lld", (long long)shape->dim[i]);
        line_add(line, arena, (Piece){.text = dim, .pick = PICK_SHAPE, .row = column->row, .step = column->step, .k = i});
    }
    line_add(line, arena, (Piece){.text = shape->rank == 1 ? ",)" : ")"});
}

/* ---- counts ---- */

int64_t column_copies(const Column *column)
{
    if (!column->layer || !column->layer->kind->rowwise || !column->layer->n_weights || column->sample.rank < 2) return 1;
    return shape_span_size(&column->sample, 0, column->sample.rank - 1);
}

static bool rows_known(const Column *column)
{
    for (int i = 1; i + 1 < column->shape.rank; i++)
        if (column->shape.dim[i] == DIM_NONE) return false;
    return true;
}

/* In how many columns of the picture the layer is called. */
static int calls_of(const Columns *columns, const Column *column)
{
    int n = 0;
    for (int c = 0; c < columns->n && column->shared; c++)
        n += columns->column[c].layer == column->layer && columns->column[c].output == column->output;
    return n > 1 ? n : 1;
}

static void note_make(Heading *heading, Arena *arena, const View *view, const Columns *columns, const Column *column)
{
    const char *params = count_text(arena, heading->params);
    const int64_t rows = column_copies(column), copies = size_multiply(rows, calls_of(columns, column));
    if (heading->params < 0) return;
    if (copies > 1 && heading->params > 0) heading->copies = arena_print(arena, TIMES "%s", count_text(arena, copies));
    if (!rows_known(column) && column->layer->kind->rowwise && heading->params > 0)
        heading->note = say(view, arena, "picture.params_every_row", params, NULL);
    else if (rows > 1)
        heading->note = say(view, arena, "picture.params_rows", params, count_text(arena, rows), NULL);
    else
        heading->note = say(view, arena, "picture.params", params, NULL);
    if (column->shared && heading->params > 0) heading->note = say(view, arena, "picture.shared_layer", heading->note, NULL);
}

static float badge_width(const View *view, const Heading *heading, float size)
{
    return heading->copies ? measure_width(view->measure, FONT_CODE_BOLD, size, heading->copies) + size * 1.5F : 0;
}

/* Layers folded into a column may have weights too (BatchNormalization). */
static int64_t folded_params(const Plan *plan, const Column *column)
{
    int64_t sum = 0;
    for (int i = 0; i < column->n_folds; i++) {
        const int row = plan->steps[column->fold[i]].row;
        if (row >= 0) sum = size_add(sum, plan->layers[row].params.all);
    }
    return sum;
}

static void counts_make(Heading *heading, Arena *arena, const Plan *plan, const Column *column)
{
    heading->activations = heading->connections = heading->params = -1;
    if (column->fault) return;
    if (column->tensor >= 0) heading->activations = column->size;
    if (column->row < 0 || column->input || column->output) return;
    const PlanLayer *row = &plan->layers[column->row];
    heading->params = size_add(row->params.all, folded_params(plan, column));
    if (row->connections >= 0) heading->connections = row->connections / (row->n_calls > 1 ? row->n_calls : 1);
    if (column->step < 0 || !row->params.all || heading->params != row->params.all) return;
    Text text = {.arena = arena};
    explain(plan, column->step, EXPLAIN_PARAMS, &text);
    heading->sum = text.length ? text_string(&text) : NULL;
}

void heading_make(Heading *heading, Arena *arena, const View *view, const Variant *variant, const Columns *columns, int c,
                  Type type)
{
    const Column *column = &columns->column[c];
    *heading = (Heading){0};
    title_make(&heading->title, arena, view, variant->plan, columns, c);
    shape_make(&heading->shape, arena, column);
    counts_make(heading, arena, variant->plan, column);
    note_make(heading, arena, view, columns, column);
    line_measure(&heading->title, view, FONT_TEXT_BOLD, type.title);
    line_measure(&heading->shape, view, FONT_CODE_BOLD, type.shape);
    heading_wrap(heading, arena, view, type, INFINITY);
}

float heading_height(Type type)
{
    const float more = type.lines > 1 ? (float)(type.lines - 1) * type.title * TITLE_LEADING : 0;
    return type.title * 1.3F + more + type.shape * 1.5F + type.small * (type.terse ? 0.4F : 1.7F);
}

float heading_own_height(const Heading *heading, Type type)
{
    type.lines = heading->n_titles;
    if (heading->brief) return type.title * (1.3F + TITLE_LEADING * (float)(type.lines - 1));
    return heading_height(type);
}

/* ---- titles of several lines ---- */

static bool separates(const Piece *piece) { return !strcmp(piece->text, " ") || !strcmp(piece->text, DOT); }

/* "GlobalAverage" + "Pooling2D": the longest beginning within room that ends before a capital; 0 = there is none. */
static size_t camel_break(const View *view, Type type, const char *word, float room)
{
    size_t best = 0;
    for (size_t i = 1; word[i]; i++) {
        const bool capital = word[i] >= 'A' && word[i] <= 'Z' && word[i - 1] >= 'a' && word[i - 1] <= 'z';
        if (capital && view->measure->width(view->measure->fonts, FONT_TEXT_BOLD, type.title, word, i) <= room) best = i;
    }
    return best;
}

/* Lines as they are filled, one piece after another. */
typedef struct Filling {
    Arena      *arena;
    const View *view;
    Type        type;
    float       room;
    Line        line[TITLE_LINES];
    int         n;
    bool        full;     /* more lines would be needed */
} Filling;

static float title_width(const Filling *filling, const char *text)
{
    return measure_width(filling->view->measure, FONT_TEXT_BOLD, filling->type.title, text);
}

static void fill_put(Filling *filling, Piece piece)
{
    Line *line = &filling->line[filling->n];
    line_add(line, filling->arena, piece);
    line->width += title_width(filling, piece.text);
}

static void fill_break(Filling *filling)
{
    if (filling->n + 1 == TITLE_LINES) filling->full = true;
    else filling->n++;
}

/* A word alone on its line that is still too wide is broken inside. */
static void fill_word(Filling *filling, Piece piece)
{
    while (!filling->line[filling->n].n && title_width(filling, piece.text) > filling->room) {
        const size_t at = camel_break(filling->view, filling->type, piece.text, filling->room);
        Piece head = piece;
        if (!at || filling->n + 1 == TITLE_LINES) break;
        head.text = arena_copy(filling->arena, piece.text, at);
        fill_put(filling, head);
        fill_break(filling);
        piece.text += at;
    }
    fill_put(filling, piece);
}

/* A class and its first argument stay together where a line holds both. */
static float word_width(const Filling *filling, const Line *title, int i)
{
    const float alone = title_width(filling, title->piece[i].text);
    if (i + 2 >= title->n || strcmp(title->piece[i + 1].text, " ") != 0) return alone;
    const float both = alone + title_width(filling, " ") + title_width(filling, title->piece[i + 2].text);
    return both <= filling->room ? both : alone;
}

static void fill_line(Filling *filling, const Line *title)
{
    for (int i = 0; i < title->n; i++) {
        const Piece *piece = &title->piece[i];
        if (!separates(piece) || i + 1 == title->n) {
            fill_word(filling, *piece);
            continue;
        }
        const float next = title_width(filling, piece->text) + word_width(filling, title, i + 1);
        if (filling->line[filling->n].width + next > filling->room) fill_break(filling);
        if (filling->line[filling->n].n) fill_put(filling, *piece);
    }
}

void heading_wrap(Heading *heading, Arena *arena, const View *view, Type type, float room)
{
    Filling filling;
    for (float width = fmaxf(room, heading->shape.width);; width *= 1.2F) {
        filling = (Filling){.arena = arena, .view = view, .type = type, .room = width};
        fill_line(&filling, &heading->title);
        if (!filling.full) break;
    }
    heading->n_titles = filling.n + 1;
    heading->titles = ARENA_ARRAY(arena, heading->n_titles, Line);
    heading->width = heading->shape.width;
    for (int i = 0; i < heading->n_titles; i++) {
        heading->titles[i] = filling.line[i];
        heading->width = fmaxf(heading->width, filling.line[i].width);
    }
    heading->full_width = heading->width;
    if (heading->note)
        heading->full_width = fmaxf(heading->width, measure_width(view->measure, FONT_TEXT, type.small, heading->note) +
                                                        badge_width(view, heading, type.small));
}

void heading_shorten(Heading *heading, Arena *arena, const View *view, Type type, float room)
{
    const bool argument = heading->title.n > 2 && !strcmp(heading->title.piece[1].text, " ");
    heading->title.n = argument ? 3 : heading->title.n ? 1 : 0;
    heading->shape = (Line){0};
    heading->note = NULL;
    heading->brief = true;
    heading_wrap(heading, arena, view, type, room);
}

/* ---- drawing ---- */

typedef struct LineStyle {
    Font   font;
    float  size;
    Colour colour;
} LineStyle;

static int piece_pick(Scene *scene, const Piece *piece, const Column *column, int variant, Rect area)
{
    if (piece->pick == PICK_NONE) return -1;
    const float grow_x = area.w < 24 ? (24 - area.w) / 2 : 0, grow_y = area.h < 24 ? (24 - area.h) / 2 : 0;
    return scene_pick(scene, (Pick){
        .type = piece->pick, .variant = variant, .layer = piece->row, .step = piece->step, .tensor = column->tensor,
        .k = piece->k, .from = -1, .weight = -1, .id = piece->id,
        .label = arena_print(scene->arena, "%s %s %s", column->name, piece->id ? piece->id : "shape", piece->text),
        .area = {area.x - grow_x, area.y - grow_y, area.w + 2 * grow_x, area.h + 2 * grow_y}});
}

/* A dotted line under what can be changed. */
static void piece_underline(Scene *scene, Point at, float width, Colour colour)
{
    for (float x = at.x; x + 2 <= at.x + width + 1; x += 4)
        mark_rect(scene, (Rect){x, at.y, 2, 1}, 0, colour);
}

static void line_draw(Scene *scene, const View *view, const Line *line, const Column *column, int variant, Point centre,
                      float room, LineStyle style)
{
    if (line->width > room) {
        Text whole = {.arena = scene->arena};
        for (int i = 0; i < line->n; i++) text_put(&whole, line->piece[i].text);
        const char *cut = measure_fit(view->measure, scene->arena, style.font, style.size, text_string(&whole), room);
        mark_text(scene, centre, ALIGN_CENTRE, style.font, style.size, style.colour, cut);
        return;
    }
    float x = centre.x - line->width / 2;
    for (int i = 0; i < line->n; i++) {
        const Piece *piece = &line->piece[i];
        const float width = measure_width(view->measure, style.font, style.size, piece->text);
        const Rect area = {x, centre.y - style.size, width, style.size * 1.3F};
        const int pick = piece_pick(scene, piece, column, variant, area);
        mark_text(scene, (Point){x, centre.y}, ALIGN_LEFT, style.font, style.size, style.colour, piece->text)->pick = pick;
        const bool batch = piece->pick == PICK_SHAPE && piece->k == 0;
        if (view->editable && pick >= 0 && !batch)
            piece_underline(scene, (Point){x, centre.y + style.size * 0.22F}, width, colour_fade(style.colour, 0.55F));
        x += width;
    }
}

/* A round mark with "×3" beside the note. */
static void copies_draw(Scene *scene, const View *view, const Heading *heading, Point right, float size)
{
    const float width = measure_width(view->measure, FONT_CODE_BOLD, size, heading->copies) + size;
    const Rect pill = {right.x + size * 0.5F, right.y - size * 1.08F, width, size * 1.45F};
    mark_rect(scene, pill, pill.h / 2, view->theme->accent);
    mark_text(scene, (Point){pill.x + width / 2, right.y}, ALIGN_CENTRE, FONT_CODE_BOLD, size, view->theme->on_accent,
              heading->copies);
}

static void note_draw(Scene *scene, const View *view, const Heading *heading, Point centre, float room, float size)
{
    const float badge = badge_width(view, heading, size);
    const char *note = heading->note;
    if (!note) return;
    if (measure_width(view->measure, FONT_TEXT, size, note) + badge > room)
        note = say(view, scene->arena, "picture.params", count_text(scene->arena, heading->params), NULL);
    const float width = measure_width(view->measure, FONT_TEXT, size, note);
    if (width + badge > room) return;
    const float left = centre.x - (width + badge) / 2;
    mark_text(scene, (Point){left, centre.y}, ALIGN_LEFT, FONT_TEXT, size, view->theme->dim, note);
    if (heading->copies) copies_draw(scene, view, heading, (Point){left + width, centre.y}, size);
}

void heading_draw(Scene *scene, const View *view, const Heading *heading, const Column *column, int variant, Rect area,
                  Type type)
{
    const Theme *theme = view->theme;
    const float x = area.x + area.w / 2;
    const LineStyle title = {FONT_TEXT_BOLD, type.title, column->fault ? theme->error : theme->ink};
    float y = area.y + type.title;
    for (int i = 0; i < heading->n_titles; i++, y += type.title * TITLE_LEADING)
        line_draw(scene, view, &heading->titles[i], column, variant, (Point){x, y}, area.w, title);
    if (heading->brief) return;
    const float own = heading_own_height(heading, type), note = type.terse ? 0 : type.small * 1.6F;
    if (area.h < own - note - 1) return;
    y += type.shape * 1.5F - type.title * TITLE_LEADING;
    line_draw(scene, view, &heading->shape, column, variant, (Point){x, y}, area.w,
              (LineStyle){FONT_CODE_BOLD, type.shape, colour_text(theme, theme->accent, theme->ground)});
    if (!type.terse && area.h > own - 1) note_draw(scene, view, heading, (Point){x, y + type.small * 1.6F}, area.w, type.small);
}
