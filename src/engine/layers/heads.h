/* What MultiHeadAttention and GroupedQueryAttention share: projections of query, key and value to heads, softmax(q·kᵗ/√d)·v in
 * each head, and a projection back. After the projections a tensor is (batch, ..., heads, width); attention runs over `axes` of it. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_HEADS_H
#define SHAPEFLOW_ENGINE_LAYERS_HEADS_H

#include "engine/layers/layers.h"
#include "engine/layers/params.h"

enum { HEADS_ALL_AXES = -1 };

typedef struct HeadsConfig {
    int64_t heads, key_value_heads;      /* fewer of these are shared by several query heads */
    int64_t key_width, value_width;
    int64_t window;                      /* 0 = none: only keys nearer than this are seen */
    bool    use_bias, use_gate, grouped;
    Shape   output;                      /* output_shape= without batch and steps; rank 0 = the query's last axis */
    int     axes[SHAPE_RANK_MAX], n_axes;   /* HEADS_ALL_AXES until build */
    int     query, key, gate, value, back;   /* places in layer->children; gate -1 = none */
} HeadsConfig;

#define HEADS_WEIGHTS \
    PARAM_WITH("kernel_initializer", PARAM_INITIALIZER, VALUE_IS_TEXT("glorot_uniform")), \
    PARAM_WITH("bias_initializer", PARAM_INITIALIZER, VALUE_IS_TEXT("zeros")), PARAM("kernel_regularizer", PARAM_REGULARIZER), \
    PARAM("bias_regularizer", PARAM_REGULARIZER), PARAM("activity_regularizer", PARAM_REGULARIZER), \
    PARAM("kernel_constraint", PARAM_CONSTRAINT), PARAM("bias_constraint", PARAM_CONSTRAINT), \
    PARAM_WITH("use_gate", PARAM_BOOL, VALUE_IS_FALSE), PARAM("seed", PARAM_SEED)
#define HEADS_BIAS    PARAM_WITH("use_bias", PARAM_BOOL, VALUE_IS_TRUE)
#define HEADS_DROPOUT PARAM_WITH("dropout", PARAM_FLOAT, VALUE_IS_FLOAT(0.0))
#define HEADS_FLASH   {.name = "flash_attention", .type = PARAM_ANY, .unsaved = true}

/* Of call(). */
enum { HEADS_CALL_QUERY, HEADS_CALL_VALUE, HEADS_CALL_KEY, HEADS_CALL_QUERY_MASK, HEADS_CALL_VALUE_MASK, HEADS_CALL_KEY_MASK,
       HEADS_CALL_ATTENTION_MASK, HEADS_CALL_SCORES, HEADS_CALL_TRAINING, HEADS_CALL_CAUSAL, HEADS_CALL };
extern const ParamSpec HEADS_CALL_PARAMS[HEADS_CALL];

/* The key is the value where none is given. */
int heads_key(const Call *);

/* ---- make ---- */

HeadsConfig *heads_config_new(Maker *);
/* A positive int (True counts as 1); 0 otherwise. */
int64_t heads_positive(const Value *);
bool heads_read_weights(Maker *, HeadsConfig *);
bool heads_read_window(Maker *, HeadsConfig *);
/* Flash attention drops nothing. */
bool heads_check_flash(Maker *);

/* ---- of the kind ---- */

bool heads_build(Builder *, Layer *, const Call *, const TensorSpec *in, int n_in, Error *);
bool heads_infer(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);
bool heads_infer_numbers(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);
void heads_forward(const Forward *);
int64_t heads_trace(const Trace *, Term *, int64_t cap);
void heads_explain(const Trace *, ExplainTopic, Text *);
void heads_numbers(const Forward *, int64_t k, Text *);

#define HEADS_KIND \
    .call_params = HEADS_CALL_PARAMS, .n_call_params = HEADS_CALL, .make = make, .build = heads_build, .infer = heads_infer, \
    .infer_numbers = heads_infer_numbers, .forward = heads_forward, .trace = heads_trace, .explain = heads_explain, \
    .numbers = heads_numbers, .rule = TRACE_DEPENDS, .keeps_mask = true

#endif
