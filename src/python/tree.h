/* Python source as a tree: every node has its span in the text. Knows nothing of Keras. */
#ifndef SHAPEFLOW_PYTHON_TREE_H
#define SHAPEFLOW_PYTHON_TREE_H

#include <stdint.h>

#include "base/error.h"

/* Field use by type is in the comment: a, b, c are children, list is a child list (linked by `next`), name a string. */
typedef enum PyType {
    /* statements */
    PY_MODULE,        /* list = statements */
    PY_EXPR,          /* a = expression */
    PY_ASSIGN,        /* list = targets, a = value */
    PY_AUG_ASSIGN,    /* a target, op, b value */
    PY_ANN_ASSIGN,    /* a target, b annotation, c value or NULL */
    PY_PRINT,         /* Python 2's print statement: list = expressions, a = file after >> or NULL */
    PY_IMPORT,        /* list of PY_ALIAS */
    PY_IMPORT_FROM,   /* name = module ("" for dots only), number = leading dots, list of PY_ALIAS ("*" too) */
    PY_ALIAS,         /* name = "keras.layers", text = asname or NULL */
    PY_IF,            /* a test, list body, orelse; an elif is a PY_IF in orelse whose span begins with "elif" */
    PY_WHILE,         /* a test, list body, orelse */
    PY_FOR,           /* a target, b iterable, list body, orelse */
    PY_TRY,           /* list body, handlers (PY_HANDLER), orelse, final */
    PY_HANDLER,       /* a type or NULL, name or NULL, list body; number = 1 for except* */
    PY_WITH,          /* items (PY_WITH_ITEM: a expr, b target or NULL), list body */
    PY_WITH_ITEM,
    PY_FUNCTION,      /* name, params (PY_PARAM), a = returns or NULL, list body, decorators */
    PY_CLASS,         /* name, args (PY_ARG), list body, decorators */
    PY_RETURN,        /* a or NULL */
    PY_RAISE,         /* a, b (from) or NULL */
    PY_ASSERT,        /* a test, b message or NULL */
    PY_DELETE,        /* list of targets */
    PY_GLOBAL, PY_NONLOCAL,   /* list of PY_NAME */
    PY_PASS, PY_BREAK, PY_CONTINUE,
    PY_MATCH,         /* a subject, list of PY_CASE: a pattern, b guard, list body */
    PY_CASE,          /* a is a PY_OPAQUE: its a = the PY_PATTERN, its list = the PY_NAME it binds */
    PY_TYPE_ALIAS,    /* name, a value */
    PY_BAD,           /* not understood: text = Python's own words, name = its exception ("SyntaxError", "IndentationError",
                       * "TabError"), span = the logical line or block, at = the place (it may be in the next line) */
    /* expressions */
    PY_NAME,          /* name */
    PY_NUMBER,        /* is_float, integer (saturated) or number; imaginary is kept as PY_OPAQUE */
    PY_STRING,        /* text, length: decoded; is_bytes; adjacent literals joined */
    PY_FSTRING,       /* list of PY_STRING and PY_FORMAT */
    PY_FORMAT,        /* a = expression, name = conversion ("r") or NULL, b = format spec (PY_FSTRING) or NULL */
    PY_NONE, PY_TRUE, PY_FALSE, PY_ELLIPSIS,
    PY_TUPLE, PY_LIST, PY_SET,   /* list */
    PY_DICT,          /* list of PY_PAIR: a key (NULL for **), b value */
    PY_PAIR,
    PY_UNARY,         /* op, a */
    PY_BINARY,        /* a op b */
    PY_BOOL_OP,       /* op (and, or), list */
    PY_COMPARE,       /* a, list of PY_COMPARATOR: op, a */
    PY_COMPARATOR,
    PY_CONDITION,     /* a if b else c: a = body, b = test, c = orelse */
    PY_LAMBDA,        /* params, a = body */
    PY_CALL,          /* a = function, args (PY_ARG); at = the parentheses */
    PY_ARG,           /* name = keyword or NULL, number = stars (0, 1, 2), a = value */
    PY_ATTRIBUTE,     /* a . name; at = the name's span */
    PY_SUBSCRIPT,     /* a [ b ]; at = the brackets */
    PY_SLICE,         /* a : b : c, each or NULL */
    PY_STARRED,       /* * a */
    PY_COMPREHENSION, /* op: PY_LIST, PY_SET, PY_DICT, or PY_GENERATOR kind in number; a element (b value of dict), list of PY_CLAUSE */
    PY_CLAUSE,        /* a target, b iterable, list = conditions */
    PY_NAMED,         /* name := a */
    PY_AWAIT, PY_YIELD, PY_YIELD_FROM,   /* a or NULL */
    PY_PARAM,         /* name, a = default or NULL, b = annotation or NULL, number: see PyParamKind */
    PY_OPAQUE,        /* understood as syntax, kept only as a span */
    PY_PATTERN        /* number: see PyPatternKind */
} PyType;

typedef enum PyOp {
    PY_OP_NONE, PY_ADD, PY_SUB, PY_MUL, PY_DIV, PY_FLOOR_DIV, PY_MOD, PY_POW, PY_MATMUL, PY_LSHIFT, PY_RSHIFT,
    PY_BIT_OR, PY_BIT_XOR, PY_BIT_AND, PY_INVERT, PY_NOT, PY_PLUS, PY_MINUS, PY_AND, PY_OR,
    PY_EQ, PY_NE, PY_LT, PY_LE, PY_GT, PY_GE, PY_IS, PY_IS_NOT, PY_IN, PY_NOT_IN
} PyOp;

typedef enum PyParamKind { PY_POSITIONAL_ONLY, PY_POSITIONAL, PY_VAR_POSITIONAL, PY_KEYWORD_ONLY, PY_VAR_KEYWORD } PyParamKind;
typedef enum PyPatternKind {
    PY_PATTERN_VALUE,       /* a = a literal, or a.b */
    PY_PATTERN_CAPTURE,     /* name, or NULL for _ */
    PY_PATTERN_SEQUENCE,    /* list of patterns */
    PY_PATTERN_STAR,        /* in a sequence: name, or NULL for *_ */
    PY_PATTERN_MAPPING,     /* list of PY_PAIR: a key, b pattern; name = what ** binds, or NULL */
    PY_PATTERN_CLASS,       /* a = the class, args (PY_ARG with patterns) */
    PY_PATTERN_OR,          /* list of patterns */
    PY_PATTERN_AS           /* a as name */
} PyPatternKind;
typedef enum PyComprehensionKind { PY_COMP_LIST, PY_COMP_SET, PY_COMP_DICT, PY_COMP_GENERATOR } PyComprehensionKind;

typedef struct PyNode PyNode;
struct PyNode {
    PyType      type;
    PyOp        op;
    Span        span;      /* all of the node; parentheses around an expression are not in it, those of a tuple are */
    Span        outer;     /* with those parentheses, and with the decorators; = span where there are none */
    Span        at;        /* the place of: the name (of a name, attribute, argument, parameter, function, class, handler,
                            * alias: the name it binds), the operator ("not in" whole; of an assignment the first =, of a
                            * condition the if), the brackets of a call or subscript, the fault; none elsewhere */
    PyNode     *next;      /* the next in its list */
    PyNode     *a, *b, *c, *list;
    PyNode     *args, *params, *items, *handlers, *orelse, *final, *decorators;
    const char *name;
    const char *text;
    size_t      length;
    int64_t     integer;
    double      number_value;
    int         number;
    bool        is_float, is_bytes, too_large /* integer saturated */, trailing_comma /* of a list or call */, is_async;
    int         indent;    /* bytes of indentation of a statement's line */
    int         height;    /* levels of nodes below this one: at most PY_HEIGHT_MAX, so a reader may recurse */
};

/* Deeper nesting than PY_DEPTH_MAX is "too many nested parentheses", more blocks in one another than PY_INDENT_MAX
 * "too many levels of indentation", a longer chain (a + b + c ..., elif, elif ...) than PY_HEIGHT_MAX Python's "maximum
 * recursion depth exceeded during compilation". */
enum { PY_DEPTH_MAX = 200, PY_INDENT_MAX = 100, PY_HEIGHT_MAX = 2500 };

/* Never fails: what is not understood is PY_BAD. text need not be closed with a 0 and may be any bytes;
 * invalid UTF-8, NUL bytes and mixed line ends are told as PY_BAD or taken as Python takes them. */
PyNode *python_parse(Arena *, const char *text, size_t length);

/* Of a child list: how many, and the n-th from 0; NULL past its end. */
int node_count(const PyNode *first);
const PyNode *node_nth(const PyNode *first, int n);

/* All PY_BAD of a tree in order of the text. */
int python_faults(const PyNode *module, const PyNode **faults, int cap);

/* Tokens for colouring: what the code pane needs, one pass over the text, no tree. */
typedef enum PyTokenType {
    PY_TOKEN_END, PY_TOKEN_NEWLINE, PY_TOKEN_INDENT, PY_TOKEN_DEDENT, PY_TOKEN_NAME, PY_TOKEN_KEYWORD, PY_TOKEN_NUMBER,
    PY_TOKEN_STRING, PY_TOKEN_FSTRING, PY_TOKEN_OP, PY_TOKEN_COMMENT, PY_TOKEN_BAD
} PyTokenType;

typedef struct PyToken {
    PyTokenType type;
    Span        span;
} PyToken;

typedef struct PyTokens { PyToken *token; size_t n, capacity; } PyTokens;
void python_tokens(Arena *, const char *text, size_t length, PyTokens *);   /* comments included */

/* Line and column of a byte, both from 1; columns count characters, not bytes. */
void text_place(const char *text, size_t length, int at, int *line, int *column);

#endif
