/* What a text's values can be beside Python's plain data: functions, classes, modules ... as VALUE_OBJECT. */
#ifndef SHAPEFLOW_KERAS_CODE_OBJECT_H
#define SHAPEFLOW_KERAS_CODE_OBJECT_H

#include "engine/config.h"
#include "engine/constant.h"
#include "engine/model.h"
#include "python/tree.h"

typedef struct Evaluator Evaluator;
typedef struct Scope Scope;
typedef struct Class Class;
typedef struct Native Native;
typedef struct DataClass DataClass;

extern const ObjectKind OBJECT_FUNCTION, OBJECT_NATIVE, OBJECT_METHOD, OBJECT_CLASS, OBJECT_MODULE, OBJECT_RANGE, OBJECT_SET,
    OBJECT_ITERATOR, OBJECT_PARTIAL, OBJECT_SUPER, OBJECT_DESCRIPTOR, OBJECT_OPERATION, OBJECT_BYTES, OBJECT_UNBOUND;

/* def and lambda. */
typedef struct Function {
    const PyNode *node;        /* PY_FUNCTION or PY_LAMBDA */
    const char   *name;        /* "build", "Net.call": as Python's messages say it, __qualname__ */
    Scope        *closure;
    Value        *defaults;    /* one for each parameter, in order; unset ones are VALUE_NONE */
    const Class  *owner;       /* the class in whose body it stands, for super() */
    const struct Function *outer;   /* the function it was made in; NULL = none */
    bool          generator;   /* has a yield */
    bool          abstract;
    Scope        *locals;      /* names its body binds; NULL until the first call */
    Scope        *attributes;  /* set by the text; NULL = none */
} Function;

/* A function bound to its first argument. */
typedef struct Method {
    Value self, function;
} Method;

/* Arguments of a native function, bound by its signature. */
enum { GIVEN_MAX = 16 };

typedef struct Given {
    const Native   *native;
    const Value    *self;               /* of a method; else NULL */
    const Value    *arg[GIVEN_MAX];     /* in the signature's order; NULL = not given */
    const Value    *rest;  int n_rest;  /* "*rest" */
    ValueDict      *more;               /* "**more" */
    const Argument *written; int n_written;
    Span            span;               /* the call */
} Given;

/* A function of Python, NumPy or Keras. params: "x y? *rest **more"; '?' = may be missing, '|' = keywords only from here.
 * A leading '!' says that it takes unknown values; for the others an unknown argument makes the result unknown. */
struct Native {
    const char *name;
    const char *params;
    Value     (*call)(Evaluator *, const Given *);
    const void *data;          /* what tells natives with the same `call` apart */
    const char *title;         /* as messages name it: "Trainer.compile"; NULL = name */
};

/* What makes instances of a class that is not the text's own. */
typedef Value (*Construct)(Evaluator *, const Class *, const Argument *, int n, Span);

typedef enum ClassFamily {     /* what instances of the text's own classes are made from */
    CLASS_PLAIN, CLASS_EXCEPTION, CLASS_MODEL, CLASS_LAYER, CLASS_UNKNOWN
} ClassFamily;

struct Class {
    const char         *name, *module;
    const Class *const *bases; int n_bases;
    const Class *const *order; int n_order;   /* where attributes are looked for, itself first: of the text's own classes */
    Construct           construct;     /* NULL = an instance with attributes */
    ClassFamily         family;
    const LayerKind    *layer;         /* keras.layers.Dense */
    const ConfigKind   *config;        /* keras.initializers.HeNormal */
    const void         *data;          /* what tells classes with the same `construct` apart */
    const Native       *methods;       /* of classes that are not the text's; the last has no name */
    Scope              *attributes;    /* of the text's own classes; NULL = none */
    const PyNode       *node;          /* of the text's own classes */
    int                 depth;         /* of bases over bases */
    ObjectKind          instance;      /* the kind of its instances */
    const DataClass    *dataclass;   /* NULL = it is none */
    const char *const  *fields; int n_fields;   /* of a named tuple */
};

typedef struct Instance {
    const Class *class;
    Scope       *attributes;
    Layer       *layer;        /* of a subclassed layer or model, once super().__init__() ran */
    Model       *model;        /* of a subclassed model */
    Value        args;         /* of an exception: a tuple */
    Value        plain;        /* the list, dictionary, number ... that it is too; None = it is none */
    const Argument *given; int n_given;   /* of the call() being made by the text; NULL = the engine calls */
    NameCounts   names;        /* automatic names that one run of its call() takes */
    bool         own_built;    /* the text's build() has run */
    bool         gives_none;   /* call() returns nothing */
} Instance;

typedef struct Module {
    const char *path;          /* "keras.layers" */
} Module;

typedef struct Range {
    int64_t start, stop, step, n;
} Range;

/* What next() has yet to give; made whole at once, for nothing is ever executed twice. */
typedef struct Iterator {
    const char  *type_name;
    ValueList   *items;        /* NULL: those of the range, which may be endless */
    const Range *range;
    size_t       next;
} Iterator;

typedef struct Partial {
    Value     function;
    Argument *args; int n;
} Partial;

typedef struct Super {
    const Class *after;        /* look in the bases of this one */
    Value        self;
} Super;

typedef enum DescriptorKind { DESCRIPTOR_PROPERTY, DESCRIPTOR_CACHED, DESCRIPTOR_STATIC, DESCRIPTOR_CLASS } DescriptorKind;
typedef struct Descriptor {
    DescriptorKind kind;
    Value          function, setter;   /* setter: None = it cannot be set */
} Descriptor;

Value value_object(const ObjectKind *, const void *data);
Value value_native(const Native *);
Value value_class(const Class *);
Value value_module(Arena *, const char *path);
Value value_method(Arena *, Value self, Value function);
Value value_text(Arena *, const char *);            /* a string that ends where its bytes do */
Value value_pair(Arena *, Value, Value);            /* a tuple of two */
Value value_bytes(Arena *, const char *bytes, size_t length);
Value value_set(Arena *);
Value value_range(Arena *, int64_t start, int64_t stop, int64_t step);
Value value_iterator(Arena *, const char *type_name, ValueList *items);
bool  iterator_next(Iterator *, Value *out);        /* false at its end */

bool value_is(const Value *, const ObjectKind *);
Instance *value_instance(const Value *);            /* NULL when it is none */
const Class *value_as_class(const Value *);         /* NULL when it is none */
Value value_plain(Value);                           /* of an instance that is a list, number ... too, that; else itself */
Value value_partial(Arena *, Value function, const Argument *, int n);
Value value_descriptor(Arena *, DescriptorKind, Value function, Value setter);
Instance *instance_make(Arena *, const Class *);
Value value_of_instance(const Instance *);
ValueList *value_items(const Value *);              /* of a list, tuple or set; NULL for others */
bool set_add(ValueList *, Value);                   /* false when it was there */

int64_t range_item(const Range *, int64_t i);

void instance_repr(const void *instance, Text *);   /* of the text's own classes, and what is like them */

bool class_is(const Class *, const Class *base);
bool class_own(const Class *);                      /* made by the text */
/* The object kind of a class' instances, for the text's own classes. */
void class_instance_kind(Class *, Arena *);

#endif
