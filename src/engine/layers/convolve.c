/* Convolution as a product: patches (batch·places, taps·channels) times kernel (taps·channels, filters). */
#include "engine/layers/convolve.h"

#include "engine/layers/patches.h"
#include "engine/matmul.h"

/* One tap on each cell: the patches are the cells themselves. */
static bool is_pointwise(const Convolution *conv)
{
    for (int i = 0; i < WINDOW_AXES; i++) {
        const WindowAxis *axis = &conv->window.axis[i];
        if (axis->size != 1 || axis->stride != 1 || axis->in != axis->out) return false;
    }
    return true;
}

/* Taps that lie side by side in a patch. */
static int64_t taps_at_once(const Convolution *conv)
{
    const WindowAxis *width = &conv->window.axis[2];
    return width->dilation == 1 && conv->groups == 1 ? width->size : 1;
}

/* How rows lie, but not where. */
static MatmulLeft left_without_data(const Convolution *conv)
{
    const WindowAxis *axis = conv->window.axis;
    if (is_pointwise(conv)) return (MatmulLeft){.step = conv->channels};
    return (MatmulLeft){.step = axis[2].stride * conv->channels, .lines = conv->batch * axis[0].out * axis[1].out,
                        .pieces = window_size(&conv->window) / taps_at_once(conv)};
}

static MatmulLeft left_of(const Convolution *conv, Arena *scratch)
{
    MatmulLeft left = left_without_data(conv);
    left.data = conv->in;
    if (is_pointwise(conv)) return left;
    const Patches patches = patches_of(&conv->window, conv->batch, conv->channels, conv->in, taps_at_once(conv), scratch);
    left.data = patches.data;
    left.line_at = patches.line_at;
    left.piece_at = patches.tap_at;
    return left;
}

static Matmul product_of(const Convolution *conv, const MatmulLeft *left, int64_t group)
{
    const int64_t channels = conv->channels / conv->groups, filters = conv->filters / conv->groups;
    Matmul product = {
        .rows = conv->batch * window_count(&conv->window), .inner = window_size(&conv->window) * channels, .columns = filters,
        .left = *left, .right = conv->kernel + group * filters, .right_row_step = conv->filters, .right_column_step = 1,
        .packed = conv->packed ? conv->packed[group] : NULL, .bias = conv->bias ? conv->bias + group * filters : NULL,
        .finish = conv->finish, .out = conv->out + group * filters, .out_step = conv->filters,
    };
    if (left->data) product.left.data += group * channels;
    return product;
}

void convolve(const Convolution *conv, Arena *scratch)
{
    if (conv->batch * window_count(&conv->window) <= 0) return;
    const MatmulLeft left = left_of(conv, scratch);
    for (int64_t g = 0; g < conv->groups; g++) {
        const Matmul product = product_of(conv, &left, g);
        matmul(&product, scratch);
    }
}

const float *const *convolve_pack(const Convolution *conv, Arena *arena)
{
    const float **packed = ARENA_ARRAY(arena, conv->groups, const float *);
    const MatmulLeft left = left_without_data(conv);
    for (int64_t g = 0; g < conv->groups; g++) {
        const Matmul product = product_of(conv, &left, g);
        if (matmul_packs(&product)) packed[g] = matmul_pack(&product, arena);
    }
    return packed;
}
