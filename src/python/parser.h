/* The parser's own state, and how its rules (parse_...) take tokens, make nodes and give up. */
#ifndef SHAPEFLOW_PYTHON_PARSER_H
#define SHAPEFLOW_PYTHON_PARSER_H

#include <setjmp.h>

#include "python/line.h"
#include "python/tree.h"

typedef enum FunctionKind { FUNCTION_NONE, FUNCTION_PLAIN, FUNCTION_ASYNC } FunctionKind;

/* What stands around the code being parsed. */
typedef struct Scope {
    FunctionKind function;
    bool         in_class;        /* directly: the nearest scope is a class */
    bool         in_group;        /* in an except* block, out of which nothing may jump */
    int          loops;
} Scope;

typedef struct Indent {
    int column, tabless;   /* as in Line */
} Indent;

typedef struct Parser {
    Scanner   scanner;
    Line     *line;          /* the tokens being parsed: logical, or what stands in a field of an f-string */
    Line      logical;
    int       at;            /* the next token of line */
    int       failed_at;     /* where the last rule failed: an index into its line */
    int       furthest;      /* the furthest a rule of this statement failed at: an index into logical */
    int       half_not;      /* a "not" behind an expression: Python has looked for the "in" after it */
    int       last_end;      /* the byte after the token taken last */
    int       depth;         /* rules within rules */
    int       formats;       /* f-strings being read: faults within them say so */
    int       fields;        /* their fields within one another */
    bool      quiet;         /* trying: faults are not told, so that they need not be explained */
    int64_t   curiosity;     /* tokens that may still be read to explain a fault of this line */
    Scope     scope;
    Indent    block, outer;  /* the block being read, and the one around it */
    int       blocks;        /* blocks within blocks */
    int       line_end;      /* the end of the logical line before the one at hand */
    bool      line_kept;     /* the line at hand is no part of what failed */
    bool      waits;         /* the statement has an await, a yield or an async for */
    bool      future_over;   /* from __future__ import may not stand here any more */
    bool      broken;        /* a clause that starts at broken_start failed, the statement before it is good */
    int       broken_start;
    jmp_buf  *escape;        /* where parser_fail goes */
    Fault     fault;         /* why the rule just tried failed */
    Fault     late;          /* what only Python's compiler refuses: told when the line parses */
} Parser;

typedef struct List {
    PyNode *first, **end;
    int     n;
} List;

void list_put(List *, PyNode *);

typedef struct NameSet {
    const char **slot;
    size_t       n, capacity;
} NameSet;

bool name_set_add(Arena *, NameSet *, const char *name);   /* false: it is in already */

/* Calls rule; false where it failed: parser->fault says why, and line, token and depth are as before the call. */
bool parser_try(Parser *, void (*rule)(Parser *, void *), void *context);

/* The rule's node; NULL where it fails, or where enough has been tried in this line to explain its fault. Then nothing was
 * taken, and no fault within it is told. */
PyNode *parser_attempt(Parser *, PyNode *(*rule)(Parser *));

_Noreturn void parser_fail(Parser *, Span at, const char *format, ...) __attribute__((format(printf, 3, 4)));
_Noreturn void parser_fail_as(Parser *, const char *exception, Span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void           parser_fail_late(Parser *, Span at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void           parser_raise_late(Parser *);   /* at the end of a line that parsed: what its compilation would refuse */
_Noreturn void parser_fail_here(Parser *);                      /* "invalid syntax" at the next token */
_Noreturn void parser_fail_again(Parser *);                     /* what parser->fault says */
_Noreturn void parser_fail_scanner(Parser *);                   /* what scanner->fault says */

const Token *parser_peek(const Parser *);
const Token *parser_peek_at(const Parser *, int ahead);
bool         parser_at(const Parser *, TokenCode);
bool         parser_at_word(const Parser *, const char *soft_keyword);
const Token *parser_take(Parser *);
bool         parser_accept(Parser *, TokenCode);
const Token *parser_expect(Parser *, TokenCode);

void parser_enter(Parser *);   /* a rule that can contain itself begins; fails when it is too deep */
void parser_leave(Parser *);

/* A node that starts at the next token, or at a byte; node_end closes it behind the last token. */
PyNode *node_begin(Parser *, PyType);
PyNode *node_begin_at(Parser *, PyType, int start);
PyNode *node_end(Parser *, PyNode *);

const char *parser_text(Parser *, Span);        /* a copy */
PyNode     *parse_name(Parser *, PyType);       /* a TOKEN_NAME as node->name, at = its place */

/* expression.c */
PyNode *parse_expression(Parser *);             /* conditional, lambda */
PyNode *parse_named_expression(Parser *);       /* also name := value */
PyNode *parse_disjunction(Parser *);
PyNode *parse_bitwise_or(Parser *);
PyNode *parse_star_expressions(Parser *);       /* also *a, and tuples without parentheses */
PyNode *parse_star_named_expression(Parser *);
PyNode *parse_yield_or_star(Parser *);
PyNode *parse_lambda(Parser *);
bool    expression_begins(const Token *);

/* atom.c, call.c, string.c, comprehension.c, parameter.c, pattern.c */
PyNode *parse_primary(Parser *);
PyNode *parse_atom(Parser *);
PyNode *parse_strings(Parser *);
void    parse_arguments(Parser *, PyNode *call);                   /* behind "(": up to and with ")" */
void    parse_parameters(Parser *, PyNode *function, TokenCode end);   /* up to the token `end`, which stays */
PyNode *parse_comprehension(Parser *, PyNode *element, int start, PyComprehensionKind);   /* up to the bracket, which stays */
bool    comprehension_begins(const Parser *);
PyNode *parse_patterns(Parser *);

/* target.c */
PyNode     *parse_targets(Parser *);                  /* of for: up to "in" */
const PyNode *target_fault(const PyNode *, PyType statement);    /* what cannot be assigned to or deleted; NULL: nothing */
const char *expression_kind(const PyNode *);          /* Python's word for it: "function call" */

bool fault_explained(const Fault *);   /* more than "invalid syntax" */

/* fault.c: Python's explanations of common mistakes. Each returns where there is no such mistake. */
void fault_two_expressions(Parser *, int first, const PyNode *);    /* "Perhaps you forgot a comma?" behind an expression */
void fault_assignment_within(Parser *, const PyNode *);             /* a = b or a := b where neither may stand */
void fault_argument(Parser *, int first, const PyNode *);           /* f(a.b=1) */
void fault_exception_list(Parser *, const PyNode *first);           /* except A, B: */
void fault_pair(Parser *, const PyNode *key);                       /* {a}, {a:}, {a: *b} */
_Noreturn void fault_double_star(Parser *);                         /* (**a) */
void fault_empty_subscript(Parser *, const PyNode *value);          /* (a[]): two expressions */
void fault_elements(Parser *, const PyNode *first, int end);        /* [a, b for ...] */
void fault_targets(Parser *, int first);                            /* for a b in, for f() in */
void fault_lone_star(Parser *, const PyNode *);                     /* x = *a: only Python's compiler refuses it */
void fault_starred_target(Parser *, const PyNode *);                /* *a = x, [*a, *b] = x: as well */

/* check.c: the statement so far, in the scope at hand. */
void check_waiting(Parser *, const PyNode *);

/* statement.c, compound.c, match.c */
void    parse_simple_statements(Parser *, List *);   /* up to the end of the line */
PyNode *parse_compound(Parser *);                    /* NULL: the line does not begin like a compound statement */
void    parse_type_parameters(Parser *);
bool    match_begins(const Parser *);
PyNode *parse_match(Parser *);

/* block.c */
void    parser_next_line(Parser *);
Span    line_place(const Parser *);                     /* where the line at hand begins, or the text ends */
bool    line_is_misplaced(const Parser *);              /* in a column between its block's and the one around it */
void    check_line(Parser *);                          /* fails where the tokens of the line at hand are broken */
void    check_indentation(Parser *);                   /* fails where the line is not in the column of its block */
void    parse_statement_line(Parser *, List *);        /* never fails: what does not parse is PY_BAD */
/* From the colon on. The header is what the owner holds so far (NULL: nothing); what: "'for' statement". */
PyNode *parse_block(Parser *, const PyNode *owner, const char *what, Scope inside);
PyNode *parse_indented(Parser *, const char *what, int number, void (*line)(Parser *, List *));

/* Does the line at hand go on with a statement of the block's column? */
bool clause_begins(const Parser *, TokenCode word);

/* A further clause of a statement. Where it fails the statement ends before it, and becomes no PY_BAD itself. */
bool parse_clause(Parser *, PyNode *(*rule)(Parser *), PyNode **node);

#endif
