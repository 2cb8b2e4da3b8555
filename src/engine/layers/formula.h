/* The pieces of formulae that explain layers: products of sizes, indices of cells. Symbols and numbers only. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_FORMULA_H
#define SHAPEFLOW_ENGINE_LAYERS_FORMULA_H

#include "engine/layer.h"
#include "engine/layers/volume.h"
#include "engine/layers/window.h"

/* "5×5". */
void formula_sizes(Text *, const int64_t *, int n);

/* "5×5×1×8 + 8 = 208": a layer's weights in order; nothing when there are none. */
void formula_weights(Text *, const Layer *);

/* An integer with the minus sign of mathematics. */
void formula_integer(Text *, int64_t);
/* A number as short as it can be, likewise. */
void formula_number(Text *, double);

/* As the page shows numbers: "−0.57". */
void formula_value(Text *, double);

/* A sum told in numbers, zeroed but for text; only its beginning is told: "0.52·0.10 + −0.31·0.20 + …". */
typedef struct FormulaSum {
    Text *text;
    int   n;
} FormulaSum;
void formula_add_product(FormulaSum *, double a, double b);

/* The terms of element k of a run, at most so many of them; how many there are in all. */
enum { FORMULA_TERMS_MAX = 4096 };
int64_t formula_terms(const Forward *, int64_t k, Term **);
/* "e^0.02 / (e^0.02 + e^0.19)" over the terms. */
void formula_softmax(const Forward *, int64_t k, Text *);

/* "x[2, 0, 1]": element k, without the batch axis; "x" where there is no other. */
void formula_element(Text *, const char *name, const Shape *, int64_t k);

/* "9", "i", "9+i", "9+2·i", "i−1": the cell under tap i of a window that starts at `start`. */
void formula_cell(Text *, int64_t start, int64_t dilation, char tap);

/* A window at a place, as formulae tell it. */
typedef struct WindowFormula {
    Window window;
    Place  place;
    int    axes;             /* the last so many are told */
    bool   channels_first;
} WindowFormula;

/* "x[9+i, 10+j, 0]": the cell under each tap; channel is a number or a letter. */
void formula_under_taps(Text *, const WindowFormula *, const char *channel);
/* "W[i, j, 0, 2]": the kernel's number for each tap; rest: its further axes. */
void formula_kernel(Text *, const WindowFormula *, const char *name, const char *rest);
/* "x[18…19, 20…21, 0]": all cells under the window. */
void formula_under_window(Text *, const WindowFormula *);

/* One axis of a shape: "(28 − 5)/1 + 1 = 24", with brackets where the division leaves a rest; nothing when it is plain. */
void formula_places(Text *, const WindowAxis *, WindowPadding);

/* The axes of the output told by `one`, joined by commas, what repeats told once. */
typedef void FormulaAxis(Text *, const Trace *, int axis);
void formula_axes(Text *, int n, FormulaAxis *one, const Trace *);

#endif
