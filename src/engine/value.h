/* What an argument can be: Python's plain data, layers and symbolic tensors, and objects told only by name.
 * The reader's own kinds (functions, modules, arrays ...) are objects too: one type serves text, JSON and engine. */
#ifndef SHAPEFLOW_ENGINE_VALUE_H
#define SHAPEFLOW_ENGINE_VALUE_H

#include "base/error.h"
#include "engine/tensor.h"

typedef struct Layer Layer;
typedef struct KerasTensor KerasTensor;

typedef enum ValueKind {
    VALUE_NONE, VALUE_BOOL, VALUE_INT, VALUE_FLOAT, VALUE_STRING,
    VALUE_TUPLE, VALUE_LIST, VALUE_DICT,
    VALUE_LAYER,     /* a layer or a model */
    VALUE_TENSOR,    /* a symbolic tensor */
    VALUE_CONFIG,    /* an initializer, regularizer, constraint, activation function ...: class and arguments */
    VALUE_OBJECT,    /* anything else, with its printed form */
    VALUE_UNKNOWN    /* could not be told without running Python */
} ValueKind;

typedef struct Value Value;

typedef struct ValueString {
    const char *bytes;   /* UTF-8, closed with a 0 */
    size_t      length;
} ValueString;

typedef struct ValueList {    /* shared, as Python's lists are */
    Arena *arena;
    Value *items;
    size_t n, capacity;
} ValueList;

typedef struct ValueDict {    /* keys[i] belongs to values[i], in order of insertion */
    ValueList keys, values;
} ValueDict;

/* Something Keras makes from a class and arguments: HeNormal(seed=3), L2(0.01), MaxNorm(3), SGD(...). */
typedef struct ValueConfig {
    const char *module;       /* "keras.initializers" */
    const char *class_name;   /* "HeNormal"; for functions their name: "relu" */
    bool        function;     /* a plain function (keras.activations.relu) rather than an object */
    ValueDict   arguments;    /* keyword -> value, defaults filled in, in the order of get_config() */
    bool        custom;       /* not one that Keras ships */
    bool        class_itself; /* the class, not an object of it: initializers.HeNormal without () */
    const char *type_name;    /* "keras.src.initializers.random_initializers.HeNormal", as type(x) says; NULL = class_name */
} ValueConfig;

/* A kind of object. What it cannot tell is NULL. */
typedef struct ObjectKind {
    const char *type_name;                              /* as in "<class 'type_name'>" */
    void (*repr)(const void *object, Text *);           /* repr(x) */
    void (*str)(const void *object, Text *);            /* str(x); NULL = repr(x) */
    bool (*integer)(const void *object, int64_t *);     /* int(x) of a NumPy integer and the like */
    bool (*number)(const void *object, double *);       /* float(x) of a NumPy scalar */
    bool (*numbers)(const void *object, Arena *, Tensor *);   /* of an array whose numbers are known */
    bool   callable;                                    /* a function or class */
    bool (*items)(Arena *, const void *object, ValueList *);   /* what iterating gives; NULL = it cannot be iterated */
    bool (*array)(Arena *, const void *object, Tensor *);      /* shape, type and, where they are known, numbers of an array */
} ObjectKind;

typedef struct ValueUnknown {
    const char *reason;   /* id of a sentence in assets/strings */
    const char *name;     /* what stands for {0}: "len(labels)" */
    Span        origin;   /* where the not knowing began */
} ValueUnknown;

struct Value {
    ValueKind kind;
    Span      span;       /* where it was written; SPAN_NONE for defaults */
    union {
        bool                boolean;
        int64_t             integer;    /* saturated */
        double              number;
        ValueString         string;
        ValueList          *list;       /* tuple and list */
        ValueDict          *dict;
        Layer              *layer;
        KerasTensor        *tensor;
        ValueConfig        *config;
        struct { const ObjectKind *kind; void *data; } object;
        const ValueUnknown *unknown;
    };
};

#define NO_SPAN .span = {-1, -1}
#define VALUE_IS_NONE  {.kind = VALUE_NONE, NO_SPAN}
#define VALUE_IS_TRUE  {.kind = VALUE_BOOL, NO_SPAN, .boolean = true}
#define VALUE_IS_FALSE {.kind = VALUE_BOOL, NO_SPAN, .boolean = false}
#define VALUE_IS_INT(n)    {.kind = VALUE_INT, NO_SPAN, .integer = (n)}
#define VALUE_IS_FLOAT(x)  {.kind = VALUE_FLOAT, NO_SPAN, .number = (x)}
#define VALUE_IS_TEXT(s)   {.kind = VALUE_STRING, NO_SPAN, .string = {(s), sizeof(s) - 1}}

Value value_none(void);
Value value_bool(bool);
Value value_int(int64_t);
Value value_float(double);
Value value_string(Arena *, const char *bytes, size_t length);
Value value_list(Arena *, ValueKind tuple_or_list, size_t capacity);
Value value_ints(Arena *, ValueKind tuple_or_list, const int64_t *, int n);
Value value_dict(Arena *);
Value value_layer(Layer *);
Value value_tensor(KerasTensor *);
Value value_shape(Arena *, const Shape *);    /* a tuple, None where unknown */

void list_add(ValueList *, Value);
void dict_set(Arena *, ValueDict *, Value key, Value);
const Value *dict_find(const ValueDict *, const char *key);   /* NULL when absent */

bool value_is_int(const Value *);              /* int, not bool */
bool value_is_plain_number(const Value *);     /* int, float or bool */
bool value_is_number(const Value *);           /* int, float, bool, or a scalar of NumPy */
double value_number(const Value *);            /* of one of these */
/* An int or what NumPy has for one (no bool, no float): what counts where Keras takes int or np.integer. */
bool value_integer(const Value *, int64_t *);
bool value_is_array(const Value *);
bool value_is_nest(const Value *);             /* a list, tuple or dict */
/* tuple(x): items of a list, tuple, dict, string or what else can be iterated. False when it cannot be. */
bool value_items_of(Arena *, const Value *, Value *list);
bool value_callable(const Value *);            /* Python's callable(x) */
bool value_truth(const Value *);               /* Python's bool(x) */
bool value_equal(const Value *, const Value *);   /* Python's == for plain data; identity for the rest */
bool value_is_text(const Value *, const char *);  /* the very string */
bool value_known(const Value *);               /* nothing in it is VALUE_UNKNOWN */
const char *value_class_name(const Value *);   /* without the module, as in "'Dense' object is not iterable" */
const char *value_type(const Value *);         /* "int", "NoneType", "tuple" ... as in "<class 'int'>" */

/* Python's repr() and str(). Floats as Python prints them: shortest that reads back. */
void value_repr(Text *, const Value *);
void value_str(Text *, const Value *);
const char *value_repr_text(Arena *, const Value *);
const char *value_str_text(Arena *, const Value *);
void number_repr(Text *, double);

#endif
