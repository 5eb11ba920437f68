/*
 * import.h - the registry and readings from files of comma-separated values, and back.
 *
 * The first row names the columns; interfaces.md 3 lists them by kind. Everything that is
 * wrong with a file is reported with line and column and what was expected instead.
 */
#ifndef METERPOST_METERING_IMPORT_H
#define METERPOST_METERING_IMPORT_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/yaml.h"
#include "meterpost/store/store.h"

#include <stdio.h>

struct profiles;
struct account;
struct bus_kinds;

struct import_context {
    struct store *store;
    const struct conf *conf;
    const struct profiles *profiles;
    const struct bus_kinds *kinds; /* NULL: protocols alone */
    /* Whether there is a tariff of this name: tariffs are the business of billing. */
    bool (*tariff_known)(const char *name, void *tariffs);
    void *tariffs;
    /* Post what an account owes from before: the ledger is the business of billing. */
    bool (*post_opening)(struct store *s, const struct account *a, struct money balance,
                         utc_t at, struct err *e);
    const char *actor;
    utc_t now;
};

struct import_result {
    int64_t rows;         /* added: accounts, meters, readings ... */
    int64_t held;         /* readings that somebody must look at   */
    struct money opening; /* sum of opening balances               */
};

/* "groups", "points", "concentrators", "collectors", "accounts", "meters", "staff",
 * "readings": the order in which they build on one another: index from 0, NULL after the
 * last. */
const char *import_kind_name(size_t index);

/* Add the rows of n bytes of text; `file` names them in problems. Runs in the open
 * transaction, which the caller must undo when the result is false: then either *p has
 * what is wrong with the file, and *e its first fault (FAIL_REJECT), or the store failed
 * and *e says how. What a file would do is seen by undoing a good one as well. */
bool import_text(const struct import_context *context, const char *kind, const char *file,
                 const char *text, size_t n, struct import_result *out, struct problems *p,
                 struct err *e);

/* Write all that is in use of a kind, with the columns that import_text() reads. `decimals`
 * are those of the currency. FAIL_REJECT when there is no such kind. */
bool export_text(struct store *s, const char *kind, int decimals, FILE *to, struct err *e);

#endif
