#include "engine/layers/window.h"

int64_t window_reach(int64_t size, int64_t dilation)
{
    return size_add(size_multiply(size - 1, dilation), 1);
}

static int64_t divide_down(int64_t a, int64_t b)
{
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

int64_t window_places(int64_t in, int64_t size, int64_t stride, int64_t dilation, WindowPadding padding)
{
    if (in == DIM_NONE) return DIM_NONE;
    const int64_t reach = padding == WINDOW_VALID ? window_reach(size, dilation) : 1;
    if (!stride) return in < reach ? 0 : 1;
    return divide_down(in - reach, stride) + 1;
}

/* TensorFlow's "same": the odd cell of padding goes after. */
static int64_t padding_before(int64_t in, int64_t out, int64_t reach, int64_t stride)
{
    if (out <= 0) return 0;
    return (size_add(size_multiply(out - 1, stride), reach) - in) / 2;
}

WindowAxis window_axis(int64_t in, int64_t size, int64_t stride, int64_t dilation, WindowPadding padding)
{
    WindowAxis axis = {.in = in, .size = size, .stride = stride, .dilation = dilation};
    axis.out = window_places(in, size, stride, dilation, padding);
    const int64_t reach = window_reach(size, dilation);
    if (padding == WINDOW_SAME || padding == WINDOW_CENTRED) axis.before = padding_before(in, axis.out, reach, stride);
    if (padding == WINDOW_SAME && axis.before < 0) axis.before = 0;
    if (padding == WINDOW_CAUSAL) axis.before = reach - 1;
    return axis;
}

int64_t window_cell(const WindowAxis *axis, int64_t place, int64_t tap)
{
    return size_add(size_multiply(place, axis->stride), size_multiply(tap, axis->dilation)) - axis->before;
}

WindowTaps window_taps(const WindowAxis *axis, int64_t place)
{
    const int64_t start = window_cell(axis, place, 0);
    int64_t first = start < 0 ? (-start + axis->dilation - 1) / axis->dilation : 0;
    int64_t end = start < axis->in ? (axis->in - 1 - start) / axis->dilation + 1 : 0;
    if (end > axis->size) end = axis->size;
    if (first > end) first = end;
    return (WindowTaps){first, end};
}

int64_t window_size(const Window *window)
{
    int64_t n = 1;
    for (int i = 0; i < WINDOW_AXES; i++) n = size_multiply(n, window->axis[i].size);
    return n;
}

int64_t window_count(const Window *window)
{
    int64_t n = 1;
    for (int i = 0; i < WINDOW_AXES; i++) n = size_multiply(n, window->axis[i].out);
    return n;
}

static void set_cell(WindowWalk *walk, int axis)
{
    walk->cell[axis] = window_cell(&walk->window->axis[axis], walk->place[axis], walk->tap[axis]);
}

bool window_walk(WindowWalk *walk, const Window *window, const int64_t place[WINDOW_AXES])
{
    *walk = (WindowWalk){.window = window};
    for (int i = 0; i < WINDOW_AXES; i++) {
        walk->place[i] = place[i];
        walk->taps[i] = window_taps(&window->axis[i], place[i]);
        if (walk->taps[i].first == walk->taps[i].end) return false;
        walk->tap[i] = walk->taps[i].first;
        set_cell(walk, i);
    }
    return true;
}

bool window_walk_next(WindowWalk *walk)
{
    for (int i = WINDOW_AXES - 1; i >= 0; i--) {
        walk->tap[i]++;
        const bool within = walk->tap[i] < walk->taps[i].end;
        if (!within) walk->tap[i] = walk->taps[i].first;
        set_cell(walk, i);
        if (within) return true;
    }
    return false;
}

int64_t window_walk_count(const WindowWalk *walk)
{
    int64_t n = 1;
    for (int i = 0; i < WINDOW_AXES; i++) n = size_multiply(n, walk->taps[i].end - walk->taps[i].first);
    return n;
}

int64_t window_walk_tap(const WindowWalk *walk)
{
    int64_t index = 0;
    for (int i = 0; i < WINDOW_AXES; i++) index = size_add(size_multiply(index, walk->window->axis[i].size), walk->tap[i]);
    return index;
}

/* Longer axes than this with padding are not counted. */
enum { COUNT_MAX = 1 << 20 };

static int64_t count_axis(const WindowAxis *axis)
{
    if (axis->out <= 0) return 0;
    const int64_t last = window_cell(axis, axis->out - 1, axis->size - 1);
    if (!axis->before && last < axis->in) return size_multiply(axis->out, axis->size);
    if (axis->out > COUNT_MAX) return DIM_NONE;
    int64_t n = 0;
    for (int64_t place = 0; place < axis->out; place++) {
        const WindowTaps taps = window_taps(axis, place);
        n += taps.end - taps.first;
    }
    return n;
}

int64_t window_count_taps(const Window *window)
{
    int64_t n = 1;
    for (int i = 0; i < WINDOW_AXES; i++) n = dim_multiply(n, count_axis(&window->axis[i]));
    return n;
}
