/*
 * table.h - rows of JSON as an aligned table, as CSV or as JSON; and pages of named
 * values. For src/cli alone.
 */
#ifndef METERPOST_SRC_CLI_TABLE_H
#define METERPOST_SRC_CLI_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 16
#define CELL_MAX          400 /* bytes of one cell, NUL included */

enum cell {
    CELL_TEXT,
    CELL_NUMBER,   /* to the right */
    CELL_MONEY,    /* to the right, with a comma every three digits */
    CELL_TIME,     /* day and minute of an ISO time */
    CELL_STATE,    /* a word; on a terminal a bad one is red too */
    CELL_SENTENCE, /* goes on in the line below where it would be cut */
};

struct column {
    const char *key;
    const char *header;
    enum cell cell;
    bool flexible; /* made narrower when the line would be too long */
};

/* Columns of the terminal that a text takes; wide characters take two, marks none. */
size_t width_of(const char *text);

/* Copy at most `columns` of the text; "…" at the end when some was cut. Line feeds and tabs
 * become spaces. `out` has CELL_MAX bytes. */
void width_clip(const char *text, size_t columns, char *out);

/* The text of a value as a cell shows it. `out` has CELL_MAX bytes. */
void cell_text(const json_t *value, enum cell cell, char *out);

/* A header and a line a row, no line longer than `line` columns while the flexible ones can
 * give; on a terminal its width counts instead of `line`. Columns of which every cell is
 * empty are left out. */
void table_print(FILE *to, const struct column *columns, size_t n, const json_t *rows,
                 size_t line, bool colour);

/* "name   value" lines for those columns of one object that are not empty. */
void page_print(FILE *to, const struct column *columns, size_t n, const json_t *object,
                size_t line, bool colour);

/* A row as CSV (RFC 4180); arrays are joined with ';'. */
void csv_row_print(FILE *to, const json_t *row);
void csv_header_print(FILE *to, const json_t *row);

/* The text, and blanks up to so many columns. */
void pad_print(FILE *to, const char *text, size_t columns);

/* True when the stream is a terminal that wants colours. */
bool colour_wanted(FILE *to);

#endif
