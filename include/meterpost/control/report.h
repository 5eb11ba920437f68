/*
 * report.h - what managers, accountants and regulators are shown: a report is a table of
 * sections, each a list with its columns and, where it helps, a chart.
 *
 * It is built once as JSON and then written as text, CSV, JSON, or as one HTML page that
 * needs no other file. Only reads.
 */
#ifndef METERPOST_CONTROL_REPORT_H
#define METERPOST_CONTROL_REPORT_H

#include "meterpost/talk/desk.h"

#include <jansson.h>

#define REPORT_COLUMNS_MAX  10
#define REPORT_SECTIONS_MAX 7

enum report_cell { REPORT_TEXT, REPORT_NUMBER, REPORT_MONEY, REPORT_TIME };

struct report_column {
    const char *key, *header;
    enum report_cell cell;
};

struct report_section {
    const char *key, *title;
    const char *list; /* of store/list.h; NULL: `rows` makes them */
    json_t *(*rows)(struct desk *d, utc_t from, utc_t to, struct err *e);
    int64_t most; /* rows */
    struct report_column columns[REPORT_COLUMNS_MAX];
    const char *label, *value, *unit; /* of the chart; unit "": the currency; NULL: none */
};

struct report {
    const char *name, *title, *about;
    bool by_day; /* of a day unless told otherwise, else of a month */
    struct report_section sections[REPORT_SECTIONS_MAX];
};

size_t report_count(void);
const struct report *report_at(size_t i);
const struct report *report_find(const char *name); /* NULL: there is none */

/* {"report", "title", "utility", "currency", "from", "to", "made_at", "sections": {key:
 * rows}}; NULL with *e. */
json_t *report_build(struct desk *d, const struct report *r, utc_t from, utc_t to,
                     struct err *e);

/* The whole as an HTML page: a new text that the caller frees, NULL with *e. */
char *report_html(struct desk *d, const struct report *r, const json_t *built,
                  struct err *e);

/* Thousandths of a value that is a decimal string or an integer; false: it is neither. */
bool report_milli(const json_t *value, int64_t *milli);

/* The text of a value as a reader wants it: money with commas, times without zone. `out`
 * has `size` bytes. */
void report_cell_text(const json_t *value, enum report_cell cell, char *out, size_t size);

/* One text message about the day of `at`. */
bool report_digest(struct desk *d, utc_t at, char *out, size_t size, struct err *e);

/* Write or send what `reports` of the settings plan for now. In the open transaction;
 * files are written by a child process with a connection of its own. *done counts. */
bool report_plan(struct desk *d, int *done, struct err *e);

#endif
