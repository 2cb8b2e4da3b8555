#include "app/refit.h"

#include <string.h>

static const int64_t NUMBERS_MAX = 512;

typedef struct Refit {
    const Tensor *old;
    Shape         shape;        /* the new one */
    int64_t       written;      /* numbers so far */
} Refit;

static const ReadArray *array_shown(const Snapshot *snapshot)
{
    const Reading *reading = &snapshot->reading;
    const int i = reading->n_input_arrays ? reading->input_arrays[0] : -1;
    return i >= 0 && reading->arrays[i].numbers && reading->arrays[i].tensor.data ? &reading->arrays[i] : NULL;
}

/* The old number at an index of the new shape; beyond it counting goes on. */
static double number_at(const Refit *refit, const int64_t *index)
{
    int64_t flat = 0;
    for (int axis = 0; axis < refit->shape.rank; axis++) {
        if (index[axis] >= refit->old->shape.dim[axis]) return (double)(refit->written + 1);
        flat = flat * refit->old->shape.dim[axis] + index[axis];
    }
    return (double)refit->old->data[flat];
}

static void level_put(Refit *refit, Text *text, int64_t *index, int axis)
{
    if (axis == refit->shape.rank) {
        text_print(text, "%.7g", number_at(refit, index));
        refit->written++;
        return;
    }
    text_put_char(text, '[');
    for (index[axis] = 0; index[axis] < refit->shape.dim[axis]; index[axis]++) {
        if (index[axis]) text_put(text, ", ");
        level_put(refit, text, index, axis + 1);
    }
    text_put_char(text, ']');
}

/* The nested list inside the array's expression. */
static Span list_in(const Snapshot *snapshot, Span span)
{
    int start = span.start, end = span.end;
    while (start < end && snapshot->text[start] != '[') start++;
    while (end > start && snapshot->text[end - 1] != ']') end--;
    return start < end ? (Span){start, end} : SPAN_NONE;
}

static void edit_insert(Edits *edits, Edit edit)
{
    edits->edit = arena_grow(edits->arena, edits->edit, (size_t)edits->n, &edits->capacity, (size_t)edits->n + 1, sizeof edit);
    int at = edits->n++;
    for (; at > 0 && edits->edit[at - 1].span.start > edit.span.start; at--) edits->edit[at] = edits->edit[at - 1];
    edits->edit[at] = edit;
}

void refit_input(const Snapshot *snapshot, int axis, int64_t size, Edits *edits)
{
    int64_t index[SHAPE_RANK_MAX];
    const ReadArray *array = array_shown(snapshot);
    if (!array || size < 1 || axis < 0 || axis >= array->tensor.shape.rank) return;
    Refit refit = {.old = &array->tensor, .shape = array->tensor.shape};
    refit.shape.dim[axis] = size;
    const Span list = list_in(snapshot, array->span);
    if (shape_size(&refit.shape) > NUMBERS_MAX || !span_known(list)) return;
    Text text = {.arena = edits->arena};
    level_put(&refit, &text, index, 0);
    edit_insert(edits, (Edit){.span = list, .code = text_string(&text)});
}
