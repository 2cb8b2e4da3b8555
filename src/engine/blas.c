#include "engine/blas.h"

#include <cblas.h>
#include <limits.h>
#include <string.h>

#include "engine/lanes.h"

static bool fits(int64_t n)
{
    return n > 0 && n < INT_MAX;
}

/* The right matrix row by row; else column by column. */
static bool lies_along(const Matmul *product)
{
    return product->right_column_step == 1 && product->right_row_step >= product->columns;
}

bool blas_takes(const Matmul *product)
{
    const bool plain = product->left.lines <= 1 && product->left.pieces <= 1;
    const bool whole = lies_along(product) || (product->right_row_step == 1 && product->right_column_step >= product->inner);
    return lanes_here() == LANES_PLAIN && plain && whole && fits(product->rows) && fits(product->inner) && fits(product->columns) &&
           fits(product->left.step) && fits(product->right_row_step) && fits(product->right_column_step) && fits(product->out_step);
}

static void begin_rows(const Matmul *product)
{
    const size_t bytes = (size_t)product->columns * sizeof(float);
    for (int64_t row = 0; row < product->rows; row++) {
        float *out = product->out + row * product->out_step;
        if (product->bias) memcpy(out, product->bias, bytes);
        else memset(out, 0, bytes);
    }
}

void blas_run(const Matmul *product)
{
    const bool along = lies_along(product);
    const int64_t step = along ? product->right_row_step : product->right_column_step;
    begin_rows(product);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, along ? CblasNoTrans : CblasTrans, (int)product->rows, (int)product->columns,
                (int)product->inner, 1.0F, product->left.data, (int)product->left.step, product->right, (int)step, 1.0F, product->out,
                (int)product->out_step);
}
