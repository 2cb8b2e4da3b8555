/* A proposal on its way from a fault to edits that mend it. */
#ifndef SHAPEFLOW_KERAS_FIX_PARTS_H
#define SHAPEFLOW_KERAS_FIX_PARTS_H

#include "keras/edit_parts.h"

/* So many faults of one text are mended together at most. */
enum { FAULTS_MENDED = 3 };

typedef struct Proposal {
    const Reading *reading;
    Arena         *arena;
    const Fix     *fix;
    Place          place;       /* of the layer at fault */
    bool           has_place;
    TextFix        text;
} Proposal;

/* The bytes of span as the edits will leave them, on one line. */
const char *changed_text(const Proposal *, Span);

/* Reads the text with the edits: is it accepted? Where only the next fault is in the way, its mending is taken in. */
bool proposal_works(Proposal *, const ReadOptions *, int depth);
bool fix_is_new(const TextFix *, int n, const char *label);

/* What a guess looks at. */
typedef struct Scene {
    const PyNode *call;         /* the constructor call of the layer at fault; NULL = none */
    const PyNode *application;  /* the call of that layer, or of a model: Dense(4)(x) */
    const PyNode *named;        /* the call that raised, where it is no layer's: Sequential(...), Model(...) */
    Span          at;           /* the bytes at fault */
} Scene;

/* Makes edits and says what part of the text to show; variant counts from 0. False when there is no such change. */
typedef bool Guess(Proposal *, const Scene *, int variant, Span *shown);

/* Of graphs and of what stands around the call at fault. */
Guess guess_inputs, guess_outputs, guess_input_shape, guess_own_layer, guess_call, guess_turned_list, guess_adds, guess_name, guess_drop_statement;

/* Of tensors. */
Guess guess_input_of_shape, guess_layers_alone, guess_keras_function, guess_transpose, guess_concatenate, guess_padding, guess_first_input;

/* Changes of the kind that mends what beginners write: those better than any proposal of the engine, those to try when none of
 * its proposals works, the taking out of what is at fault, the mending of a
 * second fault, and a change that leaves a second fault to mend. */
typedef enum GuessKind { GUESS_FIRST, GUESS_CHANGE, GUESS_DROP, GUESS_NEXT, GUESS_BOTH } GuessKind;
int fixes_guess(const Reading *, const ReadOptions *, Arena *, GuessKind, TextFix *, int cap);

#endif
