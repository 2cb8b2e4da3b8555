/* x[i], x[a:b], x[..., None], x[mask]: parts of arrays. */
#include "keras/code/array.h"
#include "keras/code/array_functions.h"
#include "keras/code/slice.h"

/* One axis of the result: where it comes from. */
typedef struct Axis {
    int64_t n;            /* DIM_NONE = not known */
    int64_t start, step;  /* offsets in the source's numbers */
    const int64_t *picks; /* offsets of chosen items; NULL = start + i * step */
} Axis;

typedef struct View {
    Evaluator   *ev;
    const Array *array;
    Axis         axes[SHAPE_RANK_MAX];
    int          rank, source;      /* axes of the result; axes of the source used up */
    int64_t      offset;
    bool         vague;             /* which numbers is not known */
} View;

static int64_t stride(const View *view, int axis)
{
    return shape_span_size(&view->array->shape, axis + 1, view->array->shape.rank);
}

static void add_axis(View *view, Axis axis)
{
    if (view->rank == SHAPE_RANK_MAX) raise_error(view->ev, "IndexError", "too many axes");
    view->axes[view->rank++] = axis;
}

static int64_t source_dim(const View *view)
{
    if (view->source >= view->array->shape.rank)
        raise_error(view->ev, "IndexError", "too many indices for array: array is %d-dimensional, but %d were indexed",
                    view->array->shape.rank, view->source + 1);
    return view->array->shape.dim[view->source];
}

static void take_all(View *view)
{
    const int64_t n = source_dim(view);
    add_axis(view, (Axis){.n = n, .step = stride(view, view->source++)});
}

static void take_slice(View *view, const SliceParts *slice)
{
    const int64_t n = source_dim(view), step = stride(view, view->source);
    const bool whole = slice->start.kind == VALUE_NONE && slice->stop.kind == VALUE_NONE && slice->step.kind == VALUE_NONE;
    if (whole) { take_all(view); return; }
    if (!slice_known(slice)) {
        view->vague = true;
        add_axis(view, (Axis){.n = DIM_NONE});
    } else if (n == DIM_NONE) {
        int64_t stop;
        const bool from_start = slice->start.kind == VALUE_NONE && slice->step.kind == VALUE_NONE;
        const bool few = from_start && value_integer(&slice->stop, &stop) && stop >= 0;
        add_axis(view, (Axis){.n = few ? stop : DIM_NONE});
    } else {
        const SliceRange range = slice_range(view->ev, slice, n);
        add_axis(view, (Axis){.n = range.n, .start = range.start * step, .step = range.step * step});
    }
    view->source++;
}

static void take_one(View *view, int64_t index)
{
    const int64_t n = source_dim(view);
    if (n != DIM_NONE && (index < -n || index >= n))
        raise_error(view->ev, "IndexError", "index %lld is out of bounds for axis %d with size %lld", (long long)index, view->source,
                    (long long)n);
    if (n != DIM_NONE) view->offset += (index < 0 ? index + n : index) * stride(view, view->source);
    view->source++;
}

/* A mask, or a list of indices: along one axis. */
static void take_picked(View *view, const Array *picks)
{
    const int64_t n = source_dim(view), count = shape_size(&picks->shape), step = stride(view, view->source);
    const bool mask = picks->dtype == DTYPE_BOOL, told = picks->numbers && n != DIM_NONE && picks->shape.rank == 1;
    int64_t *offsets = told ? ARENA_ARRAY(view->ev->arena, count, int64_t) : NULL, made = 0;
    for (int64_t i = 0; told && i < count; i++) {
        const double x = picks->numbers[i];
        if (mask && !(x > 0)) continue;
        const double at = mask ? (double)i : x < 0 ? x + (double)n : x;
        if (at < 0 || at >= (double)n) raise_error(view->ev, "IndexError", "index %.0f is out of bounds for axis %d", x, view->source);
        offsets[made++] = (int64_t)at * step;
    }
    pay(view->ev, told ? count / 4 : 0);
    if (!told) view->vague = true;
    view->source += mask ? picks->shape.rank : 1;
    if (told) { add_axis(view, (Axis){.n = made, .picks = offsets}); return; }
    for (int i = 0; i < (mask ? 1 : picks->shape.rank); i++) add_axis(view, (Axis){.n = mask ? DIM_NONE : picks->shape.dim[i]});
}

static void take(View *view, Value index, int rest)
{
    int64_t at;
    if (index.kind == VALUE_NONE) add_axis(view, (Axis){.n = 1});
    else if (value_is(&index, &CONSTANT_SLICE)) take_slice(view, index.object.data);
    else if (value_is(&index, &CONSTANT_ELLIPSIS)) { while (view->array->shape.rank - view->source > rest) take_all(view); }
    else if (index.kind == VALUE_BOOL) raise_error(view->ev, "IndexError", "unsupported index");
    else if (value_integer(&index, &at)) take_one(view, at);
    else if (array_of(&index)) take_picked(view, array_of(&index));
    else if (value_items(&index)) {
        const Array *picks = array_from(view->ev, index, DTYPE_NONE);
        if (picks) take_picked(view, picks);
    } else if (index.kind == VALUE_UNKNOWN) { view->vague = true; take_one(view, 0); }
    else raise_error(view->ev, "IndexError", "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or "
                     "boolean arrays are valid indices");
}

/* How many axes of the source the indices from `from` on use. */
static int axes_used(const ValueList *indices, size_t from)
{
    int n = 0;
    for (size_t i = from; i < indices->n; i++)
        n += indices->items[i].kind != VALUE_NONE && !value_is(&indices->items[i], &CONSTANT_ELLIPSIS);
    return n;
}

static void view_make(View *view, Value index)
{
    if (index.kind == VALUE_TUPLE) {
        for (size_t i = 0; i < index.list->n; i++) take(view, index.list->items[i], axes_used(index.list, i + 1));
    } else {
        take(view, index, 0);
    }
    while (view->source < view->array->shape.rank) take_all(view);
}

static Shape view_shape(const View *view)
{
    Shape shape = {.rank = view->rank};
    for (int i = 0; i < view->rank; i++) shape.dim[i] = view->axes[i].n;
    return shape;
}

static int64_t view_offset(const View *view, int64_t k)
{
    int64_t offset = view->offset;
    for (int i = view->rank; i-- > 0;) {
        const Axis *axis = &view->axes[i];
        const int64_t at = k % axis->n;
        offset += axis->picks ? axis->picks[at] : axis->start + at * axis->step;
        k /= axis->n;
    }
    return offset;
}

static bool view_told(const View *view, const Shape *shape)
{
    return view->array->numbers && !view->vague && shape_known(shape);
}

static Value view_array(const View *view)
{
    Evaluator *ev = view->ev;
    const Shape shape = view_shape(view);
    const Value out = value_array(ev, shape, view->array->dtype, NULL);
    Array *array = array_of(&out);
    if (!view_told(view, &shape)) return out;
    const int64_t n = shape_size(&shape);
    pay(ev, n / 4);
    array->numbers = ARENA_ARRAY(ev->arena, n, double);
    if (view->array->places) array->places = ARENA_ARRAY(ev->arena, n, Span);
    for (int64_t k = 0; k < n; k++) {
        const int64_t from = view_offset(view, k);
        array->numbers[k] = view->array->numbers[from];
        if (array->places) array->places[k] = view->array->places[from];
    }
    return out;
}

Value array_item(Evaluator *ev, Value value, Value index)
{
    View view = {.ev = ev, .array = array_of(&value)};
    if (index.kind == VALUE_STRING) return unknown_here(ev, "cause.not_known_object");
    view_make(&view, index);
    if (view.rank) return view_array(&view);
    if (!view.array->numbers || view.vague) return unknown_here(ev, "cause.not_known_numbers");
    Value out = value_scalar(ev, view.array->dtype, view.array->numbers[view.offset]);
    if (view.array->places) out.span = view.array->places[view.offset];
    return out;
}

void array_set(Evaluator *ev, Value value, Value index, Value with)
{
    Array *array = array_of(&value);
    View view = {.ev = ev, .array = array};
    if (index.kind == VALUE_STRING) return;
    view_make(&view, index);
    const Shape shape = view_shape(&view);
    const Array *given = array_from(ev, with, DTYPE_NONE);
    const int64_t n = shape_size(&shape), m = given ? shape_size(&given->shape) : DIM_NONE;
    const bool fits = m == 1 || m == n;
    array->places = NULL;
    if (!view_told(&view, &shape) || !given || !given->numbers || !fits) { array->numbers = NULL; return; }
    pay(ev, n / 4);
    for (int64_t k = 0; k < n; k++) array->numbers[view_offset(&view, k)] = given->numbers[m == 1 ? 0 : k];
}
