/*
 * csv.h - comma-separated values as RFC 4180 has them, from memory, with the place of
 * every field; and the reverse.
 *
 * Quotes, commas and line ends within quotes, CRLF or LF, a byte order mark in front and
 * empty lines are taken. A row that is not well-formed is reported and left out, and the
 * next one is read: one pass names all that is wrong with a file.
 *
 *     struct csv *csv = csv_open("meters.csv", text, n);
 *     while (csv_next(csv, &row, problems))
 *         ...
 *     csv_close(csv);
 */
#ifndef METERPOST_BASE_CSV_H
#define METERPOST_BASE_CSV_H

#include "meterpost/base/yaml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CSV_FIELDS_MAX 40      /* in a row                      */
#define CSV_ROW_MAX    16384   /* bytes of text in a row        */
#define CSV_ROWS_MAX   1000000 /* in a file, the header counted */

struct csv; /* opaque: a place in a text */

struct csv_field {
    const char *text;      /* without its quotes; valid until the next row */
    unsigned line, column; /* where it begins, from 1, in characters       */
};

struct csv_row {
    size_t count;
    struct csv_field at[CSV_FIELDS_MAX];
};

/* Read n bytes; `file` names them in problems. Neither is copied: both stay until
 * csv_close(). NULL when there is no memory. */
struct csv *csv_open(const char *file, const char *text, size_t n);

/* Before the first row: another character than the comma between fields, and how many lines
 * of the file stand above the text. */
void csv_set(struct csv *c, char separator, unsigned skipped);

/* Takes NULL. */
void csv_close(struct csv *c);

/* The next row that is well-formed and has as many fields as the first one. False at the
 * end, and where the first one is at fault: it names the columns. What is wrong on the way
 * is added to *p: quotes out of place or never closed, bytes that are no UTF-8, control
 * characters, rows of another length, limits. */
bool csv_next(struct csv *c, struct csv_row *row, struct problems *p);

/* Write one field, in quotes where it needs them, after a comma unless it is the `first`
 * of its row. Rows end with "\r\n", which is the caller's to write. */
void csv_put(FILE *to, const char *field, bool first);

#endif
