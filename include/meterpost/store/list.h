/*
 * list.h - the lists that people read: one SELECT each, as rows of JSON.
 *
 * A list is an entry of a table in list.c: name, SQL, and for each column how its value is
 * written (decimal strings for money and quantities, ISO times with zone, words). It is
 * meant for the command line and for views; the rules of the business use typed rows.
 */
#ifndef METERPOST_STORE_LIST_H
#define METERPOST_STORE_LIST_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

#include <jansson.h>

struct list_filter {
    const char
        *subject;      /* account, meter, round, number ...: what the list says; or NULL */
    const char *state; /* or NULL */
    utc_t from, to;    /* times from <= t < to; 0 = open */
    int64_t limit;     /* rows; 0 = 1000 */
    int64_t id;        /* one row; 0 = all */
};

/* Called for each row with a new reference that the callee owns. False stops the list. */
typedef bool list_row_fn(json_t *row, void *context);

/* Run the list `name`; `decimals` are those of the currency. FAIL_REJECT when there is no
 * such list. The row is decoded; nothing of SQLite leaves. */
bool list_each(struct store *s, const char *name, const struct list_filter *filter,
               int decimals, list_row_fn *row, void *context, struct err *e);

/* The whole list as a new JSON array; NULL with *e set on failure. */
json_t *list_array(struct store *s, const char *name, const struct list_filter *filter,
                   int decimals, struct err *e);

#endif
