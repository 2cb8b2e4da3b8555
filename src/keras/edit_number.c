#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/run.h"
#include "keras/edit_parts.h"

/* No more numbers than this are written into a text. */
enum { NUMBERS_MAX = 4096, NUMBERS_ON_A_LINE = 24 };

/* ---- numbers as code ---- */

/* The shortest that reads back to the same float. */
static void put_float(Text *text, float number)
{
    char digits[32];
    for (int precision = 1; precision <= 9; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, (double)number);
        if (strtof(digits, NULL) == number) break;
    }
    const Value value = value_float(strtod(digits, NULL));
    value_repr(text, &value);
}

static bool is_whole(double number) { return number == (double)(int64_t)number && number > -1e15 && number < 1e15; }

/* A whole number stays an int among ints. */
static const char *number_code(Arena *arena, double number, bool among_ints)
{
    Text text = {.arena = arena};
    if (among_ints && is_whole(number)) text_print(&text, "%lld", (long long)number);
    else number_repr(&text, number);
    return text_string(&text);
}

typedef struct Printer {
    Text        text;
    const Tensor *tensor;
    const char *row_break;     /* between rows of a large array; NULL = all on one line */
    bool        ints;          /* whole numbers without a point */
    int64_t     next;
} Printer;

static void put_nested(Printer *printer, int axis)
{
    if (axis == printer->tensor->shape.rank) {
        const float number = printer->tensor->data[printer->next++];
        if (printer->ints && is_whole((double)number)) text_print(&printer->text, "%lld", (long long)number);
        else put_float(&printer->text, number);
        return;
    }
    const bool rows = axis < printer->tensor->shape.rank - 1;
    text_put_char(&printer->text, '[');
    for (int64_t i = 0; i < printer->tensor->shape.dim[axis]; i++) {
        if (i) text_put(&printer->text, rows && printer->row_break ? printer->row_break : ", ");
        put_nested(printer, axis + 1);
    }
    text_put_char(&printer->text, ']');
}

static const char *array_code(Arena *arena, const char *numpy, const Tensor *tensor, const char *row_break, bool ints)
{
    const bool large = shape_size(&tensor->shape) > NUMBERS_ON_A_LINE;
    Printer printer = {.text.arena = arena, .tensor = tensor, .row_break = large ? row_break : NULL, .ints = ints};
    text_print(&printer.text, "%s.array(", numpy);
    put_nested(&printer, 0);
    text_put_char(&printer.text, ')');
    return text_string(&printer.text);
}

static Tensor with_number(Arena *arena, const Tensor *tensor, int64_t at, double number)
{
    const int64_t n = shape_size(&tensor->shape);
    Tensor copy = {.shape = tensor->shape, .dtype = tensor->dtype, .data = ARENA_ARRAY(arena, n, float)};
    memcpy(copy.data, tensor->data, (size_t)n * sizeof(float));
    copy.data[at] = (float)number;
    return copy;
}

static bool written_as_int(const Reading *reading, Span span)
{
    for (int i = span.start; i < span.end; i++)
        if (strchr(".eEn", reading->text[i])) return false;
    return true;
}

/* ---- lines at the end of the model ---- */

static Span model_statement(const Reading *reading)
{
    const PyNode *block, *statement = NULL;
    const int end = reading->model_end.end;
    if (span_known(reading->model_end) && end > 0) statement = source_statement(reading, (Span){end - 1, end}, &block);
    return statement ? statement->span : SPAN_NONE;
}

static const char *row_break(const Reading *reading, Arena *arena, int at, int column)
{
    return arena_print(arena, ",%s%s%*s", line_break(reading, at), indentation(reading, arena, at), column, "");
}

/* ---- the input shown ---- */

static bool name_free(const Reading *reading, const char *name) { return !name_is_used(reading, name, 0, (int)reading->length); }

static const char *free_name(const Reading *reading, Arena *arena, int i, int n)
{
    const char *name = n == 1 ? "x" : arena_print(arena, "x%d", i + 1);
    for (int more = 1; !name_free(reading, name); more++) name = arena_print(arena, n == 1 ? "x_%d" : "x_%d_%d", more, i + 1);
    return name;
}

static bool can_be_written(const Tensor *shown, const char **why)
{
    *why = "edit.no_numbers";
    if (!shown->data || !shape_known(&shown->shape)) return false;
    *why = "edit.too_many_numbers";
    return shape_size(&shown->shape) <= NUMBERS_MAX;
}

static void add_array_line(const Reading *reading, Span statement, const char *name, const char *numpy, const Tensor *shown, Edits *edits)
{
    const char *rows = row_break(reading, edits->arena, statement.start, (int)(strlen(name) + strlen(numpy)) + 11);
    const char *code = array_code(edits->arena, numpy, shown, rows, true);
    line_following(reading, statement, arena_print(edits->arena, "%s = %s", name, code), edits);
}

/* Several inputs are told apart by a call of the model on them. */
static bool add_arrays(const Reading *reading, int i, const Tensor *shown, int64_t k, double number, Edits *edits, const char **why)
{
    const Span statement = model_statement(reading);
    const int n = reading->model->n_inputs;
    *why = "edit.no_place";
    if (!span_known(statement)) return false;
    const char *numpy = numpy_name(reading, edits);
    Text names = {.arena = edits->arena};
    for (int input = 0; input < n; input++) {
        const Tensor tensor = input == i ? with_number(edits->arena, &shown[input], k, number) : shown[input];
        const char *name = free_name(reading, edits->arena, input, n);
        if (!can_be_written(&shown[input], why)) return false;
        add_array_line(reading, statement, name, numpy, &tensor, edits);
        text_print(&names, "%s%s", input ? ", " : "", name);
    }
    if (n > 1)
        line_following(reading, statement, arena_print(edits->arena, "%s.predict([%s])", reading->models[reading->shown].variable,
                                                       text_string(&names)), edits);
    return true;
}

bool edit_input(const Reading *reading, int i, const Tensor *shown, int64_t k, double number, Edits *edits, const char **why)
{
    *why = "edit.no_place";
    if (!reading->model || i < 0 || i >= reading->n_input_arrays) return false;
    if (!can_be_written(&shown[i], why) || k < 0 || k >= shape_size(&shown[i].shape)) return false;
    const int index = reading->input_arrays[i];
    if (index < 0) return add_arrays(reading, i, shown, k, number, edits, why);
    const ReadArray *array = &reading->arrays[index];
    const Span place = array->numbers ? array->numbers[k] : SPAN_NONE;
    if (span_known(place)) {
        edits_add(edits, place, number_code(edits->arena, number, written_as_int(reading, place)));
        return true;
    }
    *why = "edit.no_numbers";
    if (!array->tensor.data || !span_known(array->span)) return false;
    const Tensor tensor = with_number(edits->arena, &array->tensor, k, number);
    const char *rows = row_break(reading, edits->arena, array->span.start, array->span.start - line_begin(reading, array->span.start) + 10);
    edits_add(edits, array->span, array_code(edits->arena, numpy_name(reading, edits), &tensor, rows, true));
    return true;
}

/* ---- weights ---- */

static const WeightPlace *weights_of(const Reading *reading, const Layer *layer)
{
    for (int i = reading->n_weights; i-- > 0;)
        if (reading->weights[i].layer == layer) return &reading->weights[i];
    return NULL;
}

/* Of a list literal the item, else what the reading knows. */
static Span array_span(const Reading *reading, const WeightPlace *place, int weight)
{
    const PyNode *block, *statement = source_statement(reading, place->statement, &block);
    const PyNode *call = statement && statement->type == PY_EXPR ? statement->a : NULL;
    const PyNode *list = call && call->type == PY_CALL && call->args ? call->args->a : NULL;
    if (!list || list->type != PY_LIST) return place->arrays[weight];
    const PyNode *item = list->list;
    while (item && weight-- > 0) item = item->next;
    return item ? item->outer : SPAN_NONE;
}

static bool change_weight(const Reading *reading, const WeightPlace *place, const Tensor *tensor, int weight, int64_t at, double number,
                          Edits *edits)
{
    if (weight >= place->n_arrays) return false;
    const Span *numbers = place->numbers[weight];
    if (numbers && span_known(numbers[at])) {
        edits_add(edits, numbers[at], number_code(edits->arena, number, written_as_int(reading, numbers[at])));
        return true;
    }
    const Span array = array_span(reading, place, weight);
    if (!span_known(array)) return false;
    const Tensor changed = with_number(edits->arena, tensor, at, number);
    edits_add(edits, array, array_code(edits->arena, numpy_name(reading, edits), &changed, NULL, false));
    return true;
}

static const char *weights_line(const Reading *reading, const char *path, const Tensor *weights, int n, int indent_at, Edits *edits)
{
    Arena *arena = edits->arena;
    Text line = {.arena = arena};
    const char *numpy = numpy_name(reading, edits);
    const char *between = arena_print(arena, ",%s%s    ", line_break(reading, indent_at), indentation(reading, arena, indent_at));
    text_print(&line, "%s.%s.set_weights([", reading->models[reading->shown].variable, path);
    for (int i = 0; i < n; i++) {
        const char *rows = row_break(reading, arena, indent_at, 4 + (int)strlen(numpy) + 8);
        text_put(&line, i ? between : between + 1);
        text_put(&line, array_code(arena, numpy, &weights[i], rows, false));
    }
    text_put(&line, "])");
    return text_string(&line);
}

/* Every weight of the layer in the order of set_weights, *which among them; NULL where numbers are missing or too many. */
static Tensor *all_weights(Arena *arena, const Layer *layer, const WeightTable *table, WeightRef ref, int n, int *which, const char **why)
{
    WeightRef *refs = ARENA_ARRAY(arena, n, WeightRef);
    Tensor *weights = ARENA_ARRAY(arena, n, Tensor);
    int64_t total = 0;
    layer_weights(layer, refs, n);
    *which = -1;
    *why = "edit.no_numbers";
    for (int i = 0; i < n; i++) {
        const Tensor *own = refs[i].layer->id < table->n ? table->weights[refs[i].layer->id] : NULL;
        if (!own || !own[refs[i].index].data) return NULL;
        weights[i] = own[refs[i].index];
        total = size_add(total, shape_size(&weights[i].shape));
        if (refs[i].layer == ref.layer && refs[i].index == ref.index) *which = i;
    }
    *why = "edit.too_many_numbers";
    return total <= NUMBERS_MAX ? weights : NULL;
}

bool edit_weight(const Reading *reading, const Layer *layer, const WeightTable *table, WeightRef ref, int64_t at, double number,
                 Edits *edits, const char **why)
{
    const int n = layer_weights(layer, NULL, 0);
    const Home home = layer_home(reading, edits->arena, layer);
    int which;
    Tensor *weights = all_weights(edits->arena, layer, table, ref, n, &which, why);
    if (!weights) return false;
    *why = "edit.no_place";
    if (which < 0 || at < 0 || at >= shape_size(&weights[which].shape)) return false;
    const WeightPlace *place = weights_of(reading, layer);
    if (place && change_weight(reading, place, &weights[which], which, at, number, edits)) return true;
    const Span statement = model_statement(reading);
    if (!home.model || !span_known(statement)) return false;
    weights[which] = with_number(edits->arena, &weights[which], at, number);
    line_following(reading, statement, weights_line(reading, home.path, weights, n, statement.start, edits), edits);
    return true;
}
