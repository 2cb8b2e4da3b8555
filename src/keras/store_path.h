/* Where Keras' store keeps the variables of each layer: paths of attributes, lists counted by class. */
#ifndef SHAPEFLOW_KERAS_STORE_PATH_H
#define SHAPEFLOW_KERAS_STORE_PATH_H

#include "engine/model.h"

typedef struct StorePlace {
    Layer      *layer;
    const char *path;       /* "layers/bidirectional/forward_layer/cell"; "" = the model itself */
} StorePlace;

typedef struct StorePlaces {    /* each layer once, in the order in which Keras walks */
    Arena      *arena;
    StorePlace *items;  int n;  size_t capacity;
} StorePlaces;

void store_places(StorePlaces *, const Model *);
/* The places in an archive that write_archive makes: subclassed models are functional there. */
void store_places_written(StorePlaces *, const Model *);

/* The variables that are kept at the layer's place, a weight that it has adopted before its own; how many. LoRA's factors are none of
 * them: they are kept within the kernel. */
int place_weights(Arena *, const Layer *, WeightSpec ***);

#endif
