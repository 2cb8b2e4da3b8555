#include <inttypes.h>
#include <string.h>

#include "engine/layers/spatial.h"
#include "keras/torch_code.h"

enum { AXES = 3 };

/* What a window does along each of its axes. */
typedef struct Windows {
    int     axes;
    int64_t size[AXES], stride[AXES], dilation[AXES], reach[AXES];
    int64_t places[AXES];          /* of the input, DIM_NONE when unknown */
    TorchPad pads[AXES];
    bool    same, known;           /* known: pads are */
    bool    centred;               /* cells that windows do not reach are left over at both sides */
} Windows;

static Arena *arena_of(const TorchStep *step) { return step->code->file->arena; }

/* TensorFlow's "same": the odd cell of padding goes after. */
static void same_pads(Windows *windows, int i)
{
    const int64_t n = windows->places[i], stride = windows->stride[i];
    int64_t more = windows->reach[i] - 1;
    if (stride > 1 && n == DIM_NONE) windows->known = false;
    if (stride > 1) more = ((n + stride - 1) / stride - 1) * stride + windows->reach[i] - n;
    if (more < 0 && !windows->centred) more = 0;
    windows->pads[i] = (TorchPad){.before = more / 2, .after = more - more / 2};
}

/* TensorFlow's windows over volumes, but for convolutions with the channels first or in groups. */
static bool is_centred(const TorchStep *step, const char *size)
{
    if (kind_axes(step->layer->kind) != 3) return false;
    return strcmp(size, "pool_size") == 0 || (!torch_is(step, "data_format", "channels_first") && torch_int(step, "groups", 0) == 1);
}

static Windows windows_of(const TorchStep *step, const char *size)
{
    Windows windows = {.axes = kind_axes(step->layer->kind), .known = true, .same = torch_is(step, "padding", "same"),
                       .centred = is_centred(step, size)};
    const Shape shape = torch_shape(step);
    for (int i = 0; i < windows.axes; i++) {
        const int64_t dilation = torch_int(step, "dilation_rate", i);
        windows.size[i] = torch_int(step, size, i);
        windows.stride[i] = torch_int(step, "strides", i);
        windows.dilation[i] = dilation ? dilation : 1;
        windows.reach[i] = (windows.size[i] - 1) * windows.dilation[i] + 1;
        windows.places[i] = shape.dim[i + 2];
        if (windows.same) same_pads(&windows, i);
    }
    return windows;
}

static bool all_are(const int64_t *ints, int n, int64_t value)
{
    for (int i = 0; i < n; i++)
        if (ints[i] != value) return false;
    return true;
}

static bool pads_are_even(const Windows *windows)
{
    for (int i = 0; i < windows->axes; i++)
        if (windows->pads[i].before != windows->pads[i].after || windows->pads[i].before < 0) return false;
    return true;
}

static void befores(const Windows *windows, int64_t *before)
{
    for (int i = 0; i < windows->axes; i++) before[i] = windows->pads[i].before;
}

static void put_unless(const TorchStep *step, Text *text, const char *name, const int64_t *ints, int n, int64_t usual)
{
    if (!all_are(ints, n, usual)) text_print(text, ", %s=%s", name, torch_ints(arena_of(step), ints, n));
}

static const char *tuple_text(const TorchStep *step, const int64_t *ints, int n)
{
    Text text = {.arena = arena_of(step)};
    for (int i = 0; i < n; i++) text_print(&text, "%s%" PRId64, i ? ", " : "(", ints[i]);
    text_put(&text, n == 1 ? ",)" : ")");
    return text.bytes;
}

const char *torch_pads(Arena *arena, int axes, const TorchPad *pads)
{
    Text text = {.arena = arena};
    for (int i = axes; i-- > 0;) text_print(&text, "%s%" PRId64 ", %" PRId64, text.length ? ", " : "", pads[i].before, pads[i].after);
    return text_string(&text);
}

void torch_pad(TorchStep *step, int axes, const TorchPad *pads, const char *value)
{
    const char *text = torch_pads(arena_of(step), axes, pads);
    if (value) torch_item(step, "nn.ConstantPad%dd((%s), %s)", axes, text, value);
    else torch_item(step, "nn.ZeroPad%dd((%s))", axes, text);
    if (value) torch_inline(step, "F.pad($, (%s), value=%s)", text, value);
    else torch_inline(step, "F.pad($, (%s))", text);
}

/* Around the places before the windows are laid, when the module cannot do it itself. */
static void pad_same(TorchStep *step, const Windows *windows, const char *value)
{
    Arena *arena = arena_of(step);
    if (windows->known) {
        torch_pad(step, windows->axes, windows->pads, value);
        return;
    }
    torch_use(step, HELPER_SAME_PAD);
    torch_module(step, "_pad", arena_print(arena, "SamePad(%s, %s%s%s)", tuple_text(step, windows->reach, windows->axes),
                                           tuple_text(step, windows->stride, windows->axes), value ? ", " : "", value ? value : ""), NULL);
}

/* ---- convolution ---- */

static void put_padding(TorchStep *step, Text *text, const Windows *windows)
{
    int64_t before[AXES] = {0};
    const bool causal = torch_is(step, "padding", "causal");
    if (causal) {
        torch_pad(step, 1, &(TorchPad){.before = windows->reach[0] - 1}, NULL);
    } else if (windows->same && all_are(windows->stride, windows->axes, 1)) {
        if (!all_are(windows->reach, windows->axes, 1)) text_put(text, ", padding='same'");
    } else if (windows->same && windows->known && pads_are_even(windows)) {
        befores(windows, before);
        put_unless(step, text, "padding", before, windows->axes, 0);
    } else if (windows->same) {
        pad_same(step, windows, NULL);
    }
}

/* Everything of a convolution behind its channels: "3, stride=2, padding='same'". */
static const char *window_arguments(TorchStep *step, const Windows *windows)
{
    Text text = {.arena = arena_of(step)};
    text_put(&text, torch_ints(arena_of(step), windows->size, windows->axes));
    put_unless(step, &text, "stride", windows->stride, windows->axes, 1);
    put_padding(step, &text, windows);
    put_unless(step, &text, "dilation", windows->dilation, windows->axes, 1);
    return text.bytes;
}

static const char *conv_constructor(const TorchStep *step, int64_t in, int64_t out, const char *window, int64_t groups, bool bias)
{
    Text text = {.arena = arena_of(step)};
    text_print(&text, "nn.Conv%dd(%" PRId64 ", %" PRId64 ", %s", kind_axes(step->layer->kind), in, out, window);
    if (groups != 1) text_print(&text, ", groups=%" PRId64, groups);
    text_put(&text, bias ? ")" : ", bias=False)");
    return text.bytes;
}

static const char *const KERNEL_ORDER[AXES] = {"2, 1, 0", "3, 2, 0, 1", "4, 3, 0, 1, 2"};
/* The same of (places, channels, multiplier). */
static const char *const DEPTH_ORDER[AXES] = {"1, 2, 0", "2, 3, 0, 1", "3, 4, 0, 1, 2"};

static const char *kernel_note(const TorchStep *step, const char *kernel)
{
    return arena_print(arena_of(step), "weight = %s.transpose(%s)", kernel, KERNEL_ORDER[kind_axes(step->layer->kind) - 1]);
}

bool torch_conv(TorchStep *step)
{
    torch_take(step, torch_channels(step));
    const Windows windows = windows_of(step, "kernel_size");
    const char *window = window_arguments(step, &windows);
    torch_module(step, "", conv_constructor(step, torch_shape(step).dim[1], torch_int(step, "filters", 0), window, torch_int(step, "groups", 0),
                                            torch_flag(step, "use_bias")), kernel_note(step, "kernel"));
    return torch_activate_by(step);
}

static void depthwise(TorchStep *step, const char *suffix, const char *kernel, bool bias, const char *further)
{
    const Windows windows = windows_of(step, "kernel_size");
    const int64_t channels = torch_shape(step).dim[1], out = channels * torch_int(step, "depth_multiplier", 0);
    const char *window = window_arguments(step, &windows);
    const char *note = arena_print(arena_of(step), "weight = %s.transpose(%s).reshape(%" PRId64 ", 1, %s)%s", kernel, DEPTH_ORDER[windows.axes - 1], out,
                                   windows.axes == 1 ? "-1" : arena_print(arena_of(step), "%" PRId64 ", %" PRId64, windows.size[0], windows.size[1]), further);
    torch_module(step, suffix, conv_constructor(step, channels, out, window, channels, bias), note);
}

bool torch_depthwise(TorchStep *step)
{
    torch_take(step, torch_channels(step));
    depthwise(step, "", "kernel", torch_flag(step, "use_bias"), "");
    return torch_activate_by(step);
}

bool torch_separable(TorchStep *step)
{
    torch_take(step, torch_channels(step));
    const int64_t between = torch_shape(step).dim[1] * torch_int(step, "depth_multiplier", 0);
    depthwise(step, "_depthwise", "depthwise_kernel", false, "");
    torch_module(step, "_pointwise", conv_constructor(step, between, torch_int(step, "filters", 0), "1", 1, torch_flag(step, "use_bias")),
                 kernel_note(step, "pointwise_kernel"));
    return torch_activate_by(step);
}

/* ---- transposed ---- */

/* Of the places that all windows cover, `before` go at the start; so many more (or fewer, negative) stay at the end than PyTorch's
 * padding of both sides leaves. */
static int64_t transpose_ends(const TorchStep *step, const Windows *windows, int i, int64_t *before)
{
    const bool given = torch_arg(step, "output_padding")->kind != VALUE_NONE;
    const int64_t reach = windows->reach[i], stride = windows->stride[i], more = given ? torch_int(step, "output_padding", i) : 0;
    const int64_t whole = given ? reach - reach % 2 - more : reach - stride;
    int64_t length = reach > stride ? reach : stride;     /* of a lone place */
    if (given) length = (windows->same ? reach % 2 : reach) + more;
    else if (windows->same) length = stride;
    *before = windows->same && whole > 0 ? whole / 2 : 0;
    return length - (reach - 2 * *before);
}

bool torch_conv_transpose(TorchStep *step)
{
    torch_take(step, torch_channels(step));
    Text text = {.arena = arena_of(step)};
    const Windows windows = windows_of(step, "kernel_size");
    int64_t before[AXES] = {0}, after[AXES] = {0};
    TorchPad cut[AXES] = {{0}};
    bool cuts = false;
    for (int i = 0; i < windows.axes; i++) {
        after[i] = transpose_ends(step, &windows, i, &before[i]);
        if (after[i] < 0) cut[i].after = after[i], after[i] = 0, cuts = true;
        if (after[i] >= windows.stride[i] && after[i] >= windows.dilation[i]) cut[i].after = after[i], after[i] = 0, cuts = true;
    }
    text_print(&text, "nn.ConvTranspose%dd(%" PRId64 ", %" PRId64 ", %s", windows.axes, torch_shape(step).dim[1], torch_int(step, "filters", 0),
               torch_ints(arena_of(step), windows.size, windows.axes));
    put_unless(step, &text, "stride", windows.stride, windows.axes, 1);
    put_unless(step, &text, "padding", before, windows.axes, 0);
    put_unless(step, &text, "output_padding", after, windows.axes, 0);
    put_unless(step, &text, "dilation", windows.dilation, windows.axes, 1);
    text_put(&text, torch_flag(step, "use_bias") ? ")" : ", bias=False)");
    torch_module(step, "", text.bytes, kernel_note(step, "kernel"));
    if (cuts) torch_pad(step, windows.axes, cut, NULL);
    return torch_activate_by(step);
}

/* ---- pooling ---- */

static bool is_average(const TorchStep *step)
{
    for (const char *c = step->layer->kind->name; *c; c++)
        if (*c == 'A' && c[1] == 'v') return true;
    return false;
}

/* Windows that go over the end only, where PyTorch's ceil_mode counts as many of them. */
static bool ceil_does(const Windows *windows)
{
    for (int i = 0; i < windows->axes; i++) {
        const int64_t over = windows->places[i] - windows->size[i], stride = windows->stride[i];
        if (windows->pads[i].before || over < 0 || (over + stride - 1) / stride + 1 != (windows->places[i] + stride - 1) / stride) return false;
    }
    return true;
}

static bool pads_are_small(const Windows *windows)
{
    for (int i = 0; i < windows->axes; i++)
        if (windows->pads[i].before * 2 > windows->size[i]) return false;
    return true;
}

/* The mean over cells that are there: the padded cells' sum by the count of those not added. */
static bool average_padded(TorchStep *step, const Windows *windows)
{
    if (!windows->known) return false;
    const char *size = torch_ints(arena_of(step), windows->size, windows->axes), *stride = torch_ints(arena_of(step), windows->stride, windows->axes);
    const char *pads = torch_pads(arena_of(step), windows->axes, windows->pads);
    torch_apply(step, "F.avg_pool%dd(F.pad($, (%s)), %s, %s) / F.avg_pool%dd(F.pad(torch.ones_like($), (%s)), %s, %s)", windows->axes,
                pads, size, stride, windows->axes, pads, size, stride);
    return true;
}

bool torch_pool(TorchStep *step)
{
    torch_take(step, torch_channels(step));
    Text text = {.arena = arena_of(step)};
    Windows windows = windows_of(step, "pool_size");
    const bool average = is_average(step), even = windows.known && pads_are_even(&windows) && pads_are_small(&windows);
    int64_t before[AXES] = {0};
    befores(&windows, before);
    text_print(&text, "nn.%sPool%dd(%s", average ? "Avg" : "Max", windows.axes, torch_ints(arena_of(step), windows.size, windows.axes));
    if (memcmp(windows.size, windows.stride, sizeof windows.size) != 0)
        text_print(&text, ", stride=%s", torch_ints(arena_of(step), windows.stride, windows.axes));
    if (even && !all_are(before, windows.axes, 0)) {
        text_print(&text, ", padding=%s%s", torch_ints(arena_of(step), before, windows.axes), average ? ", count_include_pad=False" : "");
    } else if (!even && windows.known && ceil_does(&windows)) {
        text_put(&text, ", ceil_mode=True");
    } else if (!even && average) {
        return average_padded(step, &windows);
    } else if (!even) {
        pad_same(step, &windows, "float('-inf')");
    }
    text_put_char(&text, ')');
    torch_module(step, "", text.bytes, NULL);
    return true;
}

bool torch_adaptive_pool(TorchStep *step)
{
    torch_take(step, torch_channels(step));
    const int axes = kind_axes(step->layer->kind);
    int64_t size[AXES] = {0};
    for (int i = 0; i < axes; i++) size[i] = torch_int(step, "output_size", i);
    torch_module(step, "", arena_print(arena_of(step), "nn.Adaptive%sPool%dd(%s)", is_average(step) ? "Avg" : "Max", axes, torch_ints(arena_of(step), size, axes)), NULL);
    return true;
}

/* "2, 3": the places' axes, the first of them `from`. */
static const char *places_text(const TorchStep *step, int from)
{
    Text text = {.arena = arena_of(step)};
    const int axes = kind_axes(step->layer->kind);
    for (int i = 0; i < axes; i++) text_print(&text, "%s%d", i ? ", " : axes > 1 ? "(" : "", from + i);
    text_put(&text, axes > 1 ? ")" : "");
    return text_string(&text);
}

bool torch_global_pool(TorchStep *step)
{
    const bool first = torch_channels(step) == LAYOUT_KERAS, keep = torch_flag(step, "keepdims"), average = is_average(step);
    const bool pooled = first || (torch_has(step, LAYOUT_TORCH) && !torch_has(step, LAYOUT_KERAS));
    torch_take(step, pooled && !first ? LAYOUT_TORCH : LAYOUT_KERAS);
    if (pooled) torch_item(step, "nn.Adaptive%sPool%dd(1)", average ? "Avg" : "Max", kind_axes(step->layer->kind));
    if (pooled && !keep) torch_item(step, "nn.Flatten()");
    torch_inline(step, "$.%s(dim=%s%s)", average ? "mean" : "amax", places_text(step, pooled ? 2 : 1), keep ? ", keepdim=True" : "");
    if (!pooled) step->code->sequence = false;
    if (!keep) step->layout = LAYOUT_KERAS;
    return true;
}
