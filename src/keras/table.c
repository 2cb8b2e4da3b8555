#include "keras/table.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { PADDING = 2 };   /* a space on each side of a cell */

typedef struct Piece {
    const char *bytes;
    size_t      length;
} Piece;

typedef struct Pieces {
    Arena *arena;
    Piece *item;
    size_t n, capacity;
} Pieces;

typedef struct Rule {
    const char *left, *line, *divider, *right;
} Rule;

static const Rule TOP = {"┏", "━", "┳", "┓"}, HEAD = {"┡", "━", "╇", "┩"}, BETWEEN = {"├", "─", "┼", "┤"},
                  BOTTOM = {"└", "─", "┴", "┘"};

static void pieces_add(Pieces *pieces, const char *bytes, size_t length)
{
    pieces->item = arena_grow(pieces->arena, pieces->item, pieces->n, &pieces->capacity, pieces->n + 1, sizeof(Piece));
    pieces->item[pieces->n++] = (Piece){bytes, length};
}

/* ---- wrapping: words move to the next line whole, with the blanks that follow them ---- */

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at)) at++;
    return at;
}

static const char *skip_word(const char *at, const char *end)
{
    while (at < end && !is_blank(*at)) at++;
    return at;
}

static int cells_between(const char *from, const char *to) { return cells_count(from, (size_t)(to - from)); }

static const char *next_character(const char *at, const char *end)
{
    for (at++; at < end && (*at & 0xC0) == 0x80;) at++;
    return at;
}

/* The first bytes that fill no more than `cells`, combining marks with their character. */
static const char *take_cells(const char *at, const char *end, int cells)
{
    while (at < end) {
        const char *next = next_character(at, end);
        cells -= cells_between(at, next);
        if (cells < 0) return at;
        at = next;
    }
    return at;
}

typedef struct Wrap {
    Pieces     *lines;
    const char *line;    /* where the line in the making begins */
    int         used;    /* cells in it */
    int         width;
} Wrap;

static void break_at(Wrap *wrap, const char *at)
{
    if (at == wrap->line) return;
    pieces_add(wrap->lines, wrap->line, (size_t)(at - wrap->line));
    wrap->line = at;
}

typedef void LongWord(Wrap *, const char *word, const char *end);

/* Cut off later, when the line is fitted. */
static void keep_long_word(Wrap *wrap, const char *word, const char *end)
{
    break_at(wrap, word);
    wrap->used = cells_between(word, end);
}

static void fold_long_word(Wrap *wrap, const char *word, const char *end)
{
    while (word < end) {
        break_at(wrap, word);
        const char *next = take_cells(word, end, wrap->width);
        if (next == word) next = next_character(word, end);
        wrap->used = cells_between(word, next);
        word = next;
    }
}

static void place_word(Wrap *wrap, const char *word, const char *bare_end, const char *end, LongWord *long_word)
{
    const int bare = cells_between(word, bare_end);
    if (bare <= wrap->width - wrap->used) {
        wrap->used += cells_between(word, end);
    } else if (bare > wrap->width) {
        long_word(wrap, word, end);
    } else if (wrap->used) {
        break_at(wrap, word);
        wrap->used = cells_between(word, end);
    }
}

static void wrap_line(Pieces *lines, Piece text, int width, LongWord *long_word)
{
    const char *end = text.bytes + text.length;
    Wrap wrap = {.lines = lines, .line = text.bytes, .width = width};
    for (const char *at = text.bytes; at < end;) {
        const char *word = at, *bare_end = skip_word(skip_blanks(at, end), end);
        at = skip_blanks(bare_end, end);
        place_word(&wrap, word, bare_end, at, long_word);
    }
    pieces_add(lines, wrap.line, (size_t)(end - wrap.line));
}

static void wrap_text(Pieces *lines, const char *text, int width, LongWord *long_word)
{
    for (const char *at = text;;) {
        const size_t length = strcspn(at, "\n");
        wrap_line(lines, (Piece){at, length}, width, long_word);
        if (!at[length]) return;
        at += length + 1;
    }
}

static Piece without_blank_end(Piece piece)
{
    while (piece.length && is_blank(piece.bytes[piece.length - 1])) piece.length--;
    return piece;
}

static int characters_count(Piece line)
{
    int n = 0;
    for (size_t i = 0; i < line.length; i++) n += (line.bytes[i] & 0xC0) != 0x80;
    return n;
}

/* Blanks beyond the width go; rich counts characters here, not cells. */
static Piece without_excess(Piece line, int width)
{
    for (int excess = characters_count(line) - width; excess > 0 && line.length && is_blank(line.bytes[line.length - 1]); excess--)
        line.length--;
    return line;
}

/* What is too long loses its end to an ellipsis. */
static Piece ellipsize(Arena *arena, Piece line, int width)
{
    if (cells_count(line.bytes, line.length) <= width) return line;
    const char *end = take_cells(line.bytes, line.bytes + line.length, width - 1);
    const int half = width - 1 - cells_between(line.bytes, end);   /* of a wide character that does not fit */
    const char *cut = arena_print(arena, "%.*s%*s…", (int)(end - line.bytes), line.bytes, half, "");
    return (Piece){cut, strlen(cut)};
}

/* ---- the table ---- */

TableRow *table_add(Table *table)
{
    table->rows = arena_grow(table->arena, table->rows, table->n_rows, &table->rows_capacity, table->n_rows + 1,
                             sizeof(TableRow));
    return &table->rows[table->n_rows++];
}

/* Columns with their padding give way evenly, from the left, until the table is as wide as asked. */
static void fit_columns(const Table *table, int *width)
{
    int total = 0, left = table->n_columns;
    for (int i = 0; i < table->n_columns; i++) total += width[i] = table->column[i].width + PADDING;
    int excess = total - (table->width - (table->n_columns + 1));
    for (int i = 0; i < table->n_columns && excess > 0; i++) {
        const int less = (int)rint((double)excess / left--);   /* halves to even, as Python rounds */
        const int taken = less < width[i] ? less : width[i];
        width[i] -= taken;
        excess -= taken;
    }
}

static void put_blanks(Text *text, int n)
{
    for (int i = 0; i < n; i++) text_put_char(text, ' ');
}

static void put_aligned(Text *text, Piece line, TableAlign align, int width)
{
    const int space = width - cells_count(line.bytes, line.length);
    const int before = align == TABLE_RIGHT ? space : align == TABLE_CENTER ? space / 2 : 0;
    put_blanks(text, before);
    text_put_bytes(text, line.bytes, line.length);
    put_blanks(text, space - before);
}

static void put_line(Text *text, const Table *table, const Text *line)
{
    const char *bytes = text_string(line), *end = bytes + line->length;
    const char *cut = take_cells(bytes, end, table->screen);
    text_put_bytes(text, bytes, (size_t)(cut - bytes));
    if (cut < end) put_blanks(text, table->screen - cells_between(bytes, cut));
    text_put_char(text, '\n');
}

static void put_rule(Text *text, const Table *table, const int *width, const Rule *rule)
{
    Text line = {.arena = table->arena};
    text_put(&line, rule->left);
    for (int i = 0; i < table->n_columns; i++) {
        if (i) text_put(&line, rule->divider);
        for (int k = 0; k < width[i]; k++) text_put(&line, rule->line);
    }
    text_put(&line, rule->right);
    put_line(text, table, &line);
}

typedef struct CellLines {
    Pieces lines;
    int    inner;     /* cells between the padding */
    int    skip;      /* empty lines above */
} CellLines;

static void wrap_cell(CellLines *cell, Arena *arena, const char *content, TableAlign align, int width)
{
    *cell = (CellLines){.lines.arena = arena, .inner = width > PADDING ? width - PADDING : 0};
    if (!cell->inner) return;
    wrap_text(&cell->lines, content ? content : "", cell->inner, keep_long_word);
    for (size_t i = 0; i < cell->lines.n; i++) {
        Piece *line = &cell->lines.item[i];
        *line = without_excess(*line, cell->inner);
        *line = ellipsize(arena, align == TABLE_LEFT ? *line : without_blank_end(*line), cell->inner);
    }
}

static void put_cell(Text *text, const CellLines *cell, int number, TableAlign align, int width)
{
    const int index = number - cell->skip;
    if (index < 0 || (size_t)index >= cell->lines.n) {
        put_blanks(text, width);
        return;
    }
    text_put_char(text, ' ');
    put_aligned(text, cell->lines.item[index], align, cell->inner);
    text_put_char(text, ' ');
}

static int row_height(const CellLines *cells, int n)
{
    size_t height = 1;
    for (int i = 0; i < n; i++)
        if (cells[i].lines.n > height) height = cells[i].lines.n;
    return (int)height;
}

static void put_cells(Text *text, const Table *table, const int *width, const CellLines *cells, const char *edge)
{
    const int height = row_height(cells, table->n_columns);
    for (int number = 0; number < height; number++) {
        Text line = {.arena = table->arena};
        text_put(&line, edge);
        for (int i = 0; i < table->n_columns; i++) {
            put_cell(&line, &cells[i], number, table->column[i].align, width[i]);
            text_put(&line, edge);
        }
        put_line(text, table, &line);
    }
}

/* Titles stand at the bottom of their cells. */
static void put_head(Text *text, const Table *table, const int *width)
{
    CellLines cells[TABLE_COLUMNS_MAX];
    for (int i = 0; i < table->n_columns; i++)
        wrap_cell(&cells[i], table->arena, table->column[i].name, table->column[i].align, width[i]);
    const int height = row_height(cells, table->n_columns);
    for (int i = 0; i < table->n_columns; i++) cells[i].skip = height - (int)cells[i].lines.n;
    put_cells(text, table, width, cells, "┃");
}

static void put_row(Text *text, const Table *table, const int *width, const TableRow *row)
{
    CellLines cells[TABLE_COLUMNS_MAX];
    for (int i = 0; i < table->n_columns; i++)
        wrap_cell(&cells[i], table->arena, row->cell[i], table->column[i].align, width[i]);
    put_cells(text, table, width, cells, "│");
}

void table_print(Text *text, const Table *table)
{
    assert(table->n_columns <= TABLE_COLUMNS_MAX);
    int width[TABLE_COLUMNS_MAX];
    fit_columns(table, width);
    put_rule(text, table, width, &TOP);
    put_head(text, table, width);
    put_rule(text, table, width, &HEAD);
    for (size_t i = 0; i < table->n_rows; i++) {
        if (i) put_rule(text, table, width, &BETWEEN);
        put_row(text, table, width, &table->rows[i]);
    }
    put_rule(text, table, width, &BOTTOM);
}

void paragraph_print(Text *text, const char *content, int width)
{
    Pieces lines = {.arena = text->arena};
    wrap_text(&lines, content, width, fold_long_word);
    for (size_t i = 0; i < lines.n; i++) {
        const Piece line = without_excess(lines.item[i], width);
        const char *end = take_cells(line.bytes, line.bytes + line.length, width);
        text_put_bytes(text, line.bytes, (size_t)(end - line.bytes));
        text_put_char(text, '\n');
    }
}
