/* Blocks, line by line, and what becomes of lines that do not parse. */
#include <string.h>

#include "python/parser.h"
#include "python/quote.h"

enum { CURIOSITY_LEAST = 1000, CURIOSITY_TIMES = 4 };

void parser_next_line(Parser *parser)
{
    Line *line = parser->line = &parser->logical;
    if (line->token) parser->line_end = line->token[line->n].span.start;
    line_read(&parser->scanner, line);
    parser->at = parser->furthest = 0;
    parser->curiosity = CURIOSITY_LEAST + CURIOSITY_TIMES * (int64_t)line->n;
}

/* Fails where the tokens of the line at hand are broken. */
void check_line(Parser *parser)
{
    if (!parser->logical.fault.message) return;
    parser->scanner.fault = parser->logical.fault;
    parser_fail_scanner(parser);
}

/* At the end of the text Python stands where the last line ended, or behind the last line where that is not ended. */
Span line_place(const Parser *parser)
{
    const Scanner *scanner = &parser->scanner;
    const Line *line = &parser->logical;
    bool whole = scanner->length && token_skip_newline(scanner, scanner->length - 1) == scanner->length;
    int end = whole ? parser->line_end : scanner->length;
    return line->ends_text ? (Span){end, end} : line->token[0].span;
}

bool line_is_misplaced(const Parser *parser)
{
    const Line *line = &parser->logical;
    if (!parser->blocks || line->ends_text) return false;
    return line->column < parser->block.column && line->column > parser->outer.column;
}

static bool line_is_deeper(const Parser *parser, Indent indent)
{
    return !parser->logical.ends_text && parser->logical.column > indent.column;
}

/* What a line at the place of `what` needs: deeper than the block it is in. */
PyNode *parse_indented(Parser *parser, const char *what, int number, void (*line)(Parser *, List *))
{
    if (!line_is_deeper(parser, parser->block)) {
        parser->line_kept = true;
        parser_fail_as(parser, "IndentationError", line_place(parser),
                       "expected an indented block after %s on line %d", what, number);
    }
    if (parser->blocks >= PY_INDENT_MAX) {
        int begin = parser->logical.begin;
        parser_fail_as(parser, "IndentationError", (Span){begin, begin + 1}, "too many levels of indentation");
    }
    const Indent around = parser->outer, outer = parser->block;
    List list = {0};
    parser->outer = outer;
    parser->block = (Indent){parser->logical.column, parser->logical.tabless};
    parser->blocks++;
    while (line_is_deeper(parser, outer) && !parser->broken) line(parser, &list);
    parser->blocks--;
    parser->block = outer;
    parser->outer = around;
    return list.first;
}

static PyNode *parse_body(Parser *parser, const char *what)
{
    List list = {0};
    int number = parser->logical.number;
    if (parser_at(parser, TOKEN_END)) {
        parser_raise_late(parser);
        parser_next_line(parser);
        return parse_indented(parser, what, number, parse_statement_line);
    }
    parse_simple_statements(parser, &list);
    parser_next_line(parser);
    return list.first;
}

PyNode *parse_block(Parser *parser, const PyNode *owner, const char *what, Scope inside)
{
    const Scope outer = parser->scope;
    if (parser_at(parser, TOKEN_END)) parser_fail(parser, parser_peek(parser)->span, "expected ':'");
    parser_expect(parser, SIGN_COLON);
    if (owner) check_waiting(parser, owner);
    parser->scope = inside;
    PyNode *body = parse_body(parser, what);
    parser->scope = outer;
    return body;
}

/* Also where its first token is broken. */
static int line_start(const Line *line)
{
    return line->begin + line->indent;
}

typedef struct Clause {
    PyNode *(*rule)(Parser *);
    PyNode *node;
} Clause;

static void clause_run(Parser *parser, void *context)
{
    Clause *clause = context;
    check_line(parser);
    clause->node = clause->rule(parser);
}

bool parse_clause(Parser *parser, PyNode *(*rule)(Parser *), PyNode **node)
{
    Clause clause = {.rule = rule};
    int start = line_start(&parser->logical);
    if (parser_try(parser, clause_run, &clause)) return *node = clause.node, true;
    parser->broken = true;
    parser->broken_start = start;
    return false;
}

bool clause_begins(const Parser *parser, TokenCode word)
{
    const Line *line = &parser->logical;
    return !parser->broken && line->n && line->column == parser->block.column && line->token[0].code == word;
}

/* Python tells of an open bracket where the parser gave up in a later line, or at the very end. */
static void blame_open_bracket(Parser *parser, Fault *fault)
{
    Line *line = &parser->logical;
    bool within = line->certain.at >= 0 && parser->furthest >= line->certain.tokens;
    if (within) line_cut(&parser->scanner, line, line->certain);
    if (within || !span_known(line->open) || line->fault.message) return;
    bool same_line = parser->furthest < line->n &&
                     line->token[parser->furthest].span.start <= token_line_end(&parser->scanner, line->open.start);
    if (same_line) return;
    char mark = parser->scanner.text[line->open.start];
    *fault = (Fault){"SyntaxError", arena_print(parser->scanner.arena, "'%c' was never closed", mark), line->open};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\r' || c == '\n';
}

static int line_text_end(const Parser *parser)
{
    const Line *line = &parser->logical;
    int end = line->token[line->n].span.start;
    while (end > line->begin && is_blank(parser->scanner.text[end - 1])) end--;
    return end;
}

static int indentation_before(const Parser *parser, int start)
{
    int begin = start;
    while (begin > 0 && is_blank(parser->scanner.text[begin - 1]) && !quote_line_breaks(&parser->scanner, begin - 1)) begin--;
    return start - begin;
}

/* A clause left over by a statement that does not parse. */
static bool is_clause(const Parser *parser, int column)
{
    const Line *line = &parser->logical;
    if (line->column != column || !line->n) return false;
    TokenCode code = (TokenCode)line->token[0].code;
    return code == KEYWORD_ELIF || code == KEYWORD_ELSE || code == KEYWORD_EXCEPT || code == KEYWORD_FINALLY;
}

static int skip_broken_block(Parser *parser, int end, int column)
{
    while (line_is_deeper(parser, (Indent){.column = column}) || is_clause(parser, column)) {
        end = line_text_end(parser);
        parser_next_line(parser);
    }
    return end;
}

/* Takes the line at hand (which failed, or the line after it did) and all that belongs to it. */
static void put_bad(Parser *parser, List *list, int start, int column)
{
    Fault fault = parser->fault;
    int end = parser->line_end;
    PyNode *node = node_begin_at(parser, PY_BAD, start);
    node->indent = indentation_before(parser, start);
    if (!parser->line_kept) {
        blame_open_bracket(parser, &fault);
        end = line_text_end(parser);
        parser_next_line(parser);
        end = skip_broken_block(parser, end, column);
    }
    node->span.end = node->outer.end = parser->last_end = end;
    node->name = fault.exception;
    node->text = fault.message;
    node->length = strlen(fault.message);
    node->at = fault.at;
    list_put(list, node);
    parser->line_kept = parser->broken = false;
}

void check_indentation(Parser *parser)
{
    const Line *line = &parser->logical;
    const Indent block = parser->block;
    const int text = line->begin + line->indent;
    const Span whole = {line->begin, text}, last = {text > line->begin ? text - 1 : text, text};
    const int end = token_line_end(&parser->scanner, text);
    bool mixed = (line->column == block.column && line->tabless != block.tabless) ||
                 (line->column > block.column && line->tabless <= block.tabless);
    if (mixed) parser_fail_as(parser, "TabError", whole, "inconsistent use of tabs and spaces in indentation");
    if (line->column > block.column) parser_fail_as(parser, "IndentationError", last, "unexpected indent");
    if (line->column < block.column) {
        parser_fail_as(parser, "IndentationError", (Span){end, end},
                       "unindent does not match any outer indentation level");
    }
}

static void statement_run(Parser *parser, void *context)
{
    List *list = context;
    check_indentation(parser);
    check_line(parser);
    int indent = parser->logical.indent;
    PyNode *compound = parse_compound(parser);
    if (compound) {
        parser->future_over = true;
        compound->indent = indent;
        list_put(list, compound);
        return;
    }
    parse_simple_statements(parser, list);
    parser_next_line(parser);
}

void parse_statement_line(Parser *parser, List *list)
{
    List mine = {0};
    const Line *line = &parser->logical;
    int start = line_start(line);
    int column = line->column < parser->block.column ? line->column : parser->block.column;
    bool done = parser_try(parser, statement_run, &mine);
    if (done && mine.first) list_put(list, mine.first);
    if (!done) put_bad(parser, list, start, column);
    if (parser->broken) put_bad(parser, list, parser->broken_start, column);
}
