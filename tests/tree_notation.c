#include "tree_notation.h"

static const char *const TYPE[PY_PATTERN + 1] = {
    [PY_MODULE] = "module", [PY_EXPR] = "expr", [PY_ASSIGN] = "=", [PY_AUG_ASSIGN] = "aug", [PY_ANN_ASSIGN] = "ann",
    [PY_PRINT] = "print", [PY_IMPORT] = "import", [PY_IMPORT_FROM] = "from", [PY_ALIAS] = "alias", [PY_IF] = "if",
    [PY_WHILE] = "while", [PY_FOR] = "for", [PY_TRY] = "try", [PY_HANDLER] = "except", [PY_WITH] = "with",
    [PY_WITH_ITEM] = "item", [PY_FUNCTION] = "def", [PY_CLASS] = "class", [PY_RETURN] = "return", [PY_RAISE] = "raise",
    [PY_ASSERT] = "assert", [PY_DELETE] = "del", [PY_GLOBAL] = "global", [PY_NONLOCAL] = "nonlocal", [PY_PASS] = "pass",
    [PY_BREAK] = "break", [PY_CONTINUE] = "continue", [PY_MATCH] = "match", [PY_CASE] = "case", [PY_TYPE_ALIAS] = "type",
    [PY_BAD] = "bad", [PY_FSTRING] = "f", [PY_FORMAT] = "format", [PY_NONE] = "None", [PY_TRUE] = "True",
    [PY_FALSE] = "False", [PY_ELLIPSIS] = "...", [PY_TUPLE] = "tuple", [PY_LIST] = "list", [PY_SET] = "set",
    [PY_DICT] = "dict", [PY_PAIR] = "pair", [PY_UNARY] = "unary", [PY_BINARY] = "binary", [PY_BOOL_OP] = "bool",
    [PY_COMPARE] = "compare", [PY_COMPARATOR] = "with", [PY_CONDITION] = "cond", [PY_LAMBDA] = "lambda",
    [PY_CALL] = "call", [PY_ARG] = "arg", [PY_ATTRIBUTE] = "dot", [PY_SUBSCRIPT] = "sub", [PY_SLICE] = "slice",
    [PY_STARRED] = "star", [PY_COMPREHENSION] = "comp", [PY_CLAUSE] = "clause", [PY_NAMED] = "named",
    [PY_AWAIT] = "await", [PY_YIELD] = "yield", [PY_YIELD_FROM] = "yield-from", [PY_PARAM] = "param",
    [PY_OPAQUE] = "opaque", [PY_PATTERN] = "pattern",
};

static const char *const OP[] = {
    [PY_OP_NONE] = "", [PY_ADD] = "+", [PY_SUB] = "-", [PY_MUL] = "*", [PY_DIV] = "/", [PY_FLOOR_DIV] = "//",
    [PY_MOD] = "%", [PY_POW] = "**", [PY_MATMUL] = "@", [PY_LSHIFT] = "<<", [PY_RSHIFT] = ">>", [PY_BIT_OR] = "|",
    [PY_BIT_XOR] = "^", [PY_BIT_AND] = "&", [PY_INVERT] = "~", [PY_NOT] = "not", [PY_PLUS] = "+", [PY_MINUS] = "-",
    [PY_AND] = "and", [PY_OR] = "or", [PY_EQ] = "==", [PY_NE] = "!=", [PY_LT] = "<", [PY_LE] = "<=", [PY_GT] = ">",
    [PY_GE] = ">=", [PY_IS] = "is", [PY_IS_NOT] = "is not", [PY_IN] = "in", [PY_NOT_IN] = "not in",
};

static void write_children(Text *out, const char *label, const PyNode *list)
{
    if (!list) return;
    if (label[0]) text_print(out, " %s[", label);
    for (; list; list = list->next) {
        if (out->bytes[out->length - 1] != '[') text_put(out, " ");
        tree_write(out, list);
    }
    if (label[0]) text_put(out, "]");
}

static void write_one(Text *out, const PyNode *node)
{
    if (!node) return;
    text_put(out, " ");
    tree_write(out, node);
}

static void write_string(Text *out, const PyNode *node)
{
    text_put(out, node->is_bytes ? "b'" : "'");
    text_put_bytes(out, node->text, node->length);
    text_put(out, "'");
}

static void write_number(Text *out, const PyNode *node)
{
    if (node->too_large) text_put(out, "huge");
    else if (node->is_float) text_print(out, "%gf", node->number_value);
    else text_print(out, "%lld", (long long)node->integer);
}

static bool write_plain(Text *out, const PyNode *node)
{
    if (node->type == PY_NAME) text_put(out, node->name);
    else if (node->type == PY_NUMBER) write_number(out, node);
    else if (node->type == PY_STRING) write_string(out, node);
    else if (node->type == PY_SLICE && !node->a && !node->b && !node->c) text_put(out, ":");
    else if (!node->a && !node->list && !node->name && (node->type >= PY_NONE && node->type <= PY_ELLIPSIS)) text_put(out, TYPE[node->type]);
    else return false;
    return true;
}

static void write_head(Text *out, const PyNode *node)
{
    bool operator = node->type == PY_UNARY || node->type == PY_BINARY || node->type == PY_BOOL_OP || node->type == PY_COMPARATOR;
    text_put(out, operator ? OP[node->op] : TYPE[node->type]);
    if (node->type == PY_AUG_ASSIGN) text_print(out, " %s=", OP[node->op]);
    if (node->is_async) text_put(out, " async");
    if (node->number) text_print(out, " %d", node->number);
    if (node->name) text_print(out, " %s", node->name);
    if (node->text) text_print(out, " '%s'", node->text);
}

void tree_write(Text *out, const PyNode *node)
{
    if (write_plain(out, node)) return;
    text_put(out, "(");
    write_head(out, node);
    bool slice = node->type == PY_SLICE, list_first = node->type == PY_ASSIGN;
    if (list_first) write_children(out, "", node->list);
    if (slice && !node->a) text_put(out, " -");
    write_one(out, node->a);
    if (slice && !node->b) text_put(out, " -");
    write_one(out, node->b);
    write_one(out, node->c);
    write_children(out, "params", node->params);
    write_children(out, "", node->args);
    write_children(out, "items", node->items);
    if (!list_first) write_children(out, "", node->list);
    write_children(out, "", node->handlers);
    write_children(out, "else", node->orelse);
    write_children(out, "finally", node->final);
    write_children(out, "decorators", node->decorators);
    text_put(out, ")");
}

void tree_write_list(Text *out, const PyNode *list)
{
    for (const PyNode *node = list; node; node = node->next) {
        if (node != list) text_put(out, " ");
        tree_write(out, node);
    }
}
