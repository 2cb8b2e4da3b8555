/* A table in box-drawing characters, laid out cell for cell as Python's rich library prints it to a pipe. */
#ifndef SHAPEFLOW_KERAS_TABLE_H
#define SHAPEFLOW_KERAS_TABLE_H

#include "base/text.h"

enum { TABLE_COLUMNS_MAX = 5 };

typedef enum TableAlign { TABLE_LEFT, TABLE_RIGHT, TABLE_CENTER } TableAlign;

typedef struct TableColumn {
    const char *name;
    TableAlign  align;
    int         width;     /* asked for, without the space on both sides; shrunk until the table fits */
} TableColumn;

typedef struct TableRow {
    const char *cell[TABLE_COLUMNS_MAX];
} TableRow;

typedef struct Table {
    Arena      *arena;
    int         width;     /* of a printed line */
    int         screen;    /* what is beyond this column is cut off */
    TableColumn column[TABLE_COLUMNS_MAX];   int n_columns;
    TableRow   *rows;      size_t n_rows, rows_capacity;
} Table;

TableRow *table_add(Table *);
void table_print(Text *, const Table *);

/* Wrapped at `width`; words longer than that are broken. Closed with a line end. */
void paragraph_print(Text *, const char *text, int width);

/* How many terminal cells a UTF-8 text takes: two for East Asian characters and pictures, none for combining marks. */
int cells_count(const char *text, size_t length);

#endif
