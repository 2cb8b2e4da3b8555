/* What layers share that merge a list of tensors: checks, broadcasting, masks. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_MERGE_H
#define SHAPEFLOW_ENGINE_LAYERS_MERGE_H

#include "engine/layer.h"

/* Tensors of the list; the flat inputs behind them are masks. */
int merge_count(const Call *, int n_in);

/* Keras' input_shape of build(): a tuple of a lone tensor, else a list of tuples. */
bool merge_is_list(const Value *input_shape);

/* Merge.build: a list, the same batch size, shapes that broadcast. */
bool merge_build(Builder *, Layer *, const Call *, const TensorSpec *in, int n_in, Error *);
bool merge_infer(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);
bool merge_infer_numbers(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);

/* The mask of the output where every input has one: any of them. */
KerasTensor *merge_mask(Builder *, Layer *, Node *, KerasTensor *const *in_masks, Error *);

/* The element of an input that element k of the output is made with. */
int64_t merge_index(const Shape *in, const Shape *out, int64_t k);
/* An input repeated to the shape of the output: its own numbers where nothing is to repeat. */
const float *merge_spread(const float *x, const Shape *in, const Shape *out, Arena *scratch);

/* "a[1, 2]": the element of input i that element k is made with. */
void merge_put_input(const Trace *, int i, Text *);
/* "1, 2": where element k is, without the batch axis. */
void merge_put_place(const Shape *, int64_t k, Text *);

#endif
