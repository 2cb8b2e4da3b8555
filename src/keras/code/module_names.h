/* What Keras' modules hold beside what is known of them: any other name is a mistake. */
#ifndef SHAPEFLOW_KERAS_CODE_MODULE_NAMES_H
#define SHAPEFLOW_KERAS_CODE_MODULE_NAMES_H

extern const char KERAS_LOSS_NAMES[], KERAS_METRIC_NAMES[], KERAS_CALLBACK_NAMES[], KERAS_UTILITY_NAMES[], KERAS_OPERATION_NAMES[];

#endif
