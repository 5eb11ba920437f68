/*
 * store_private.h - the open database and its kept statements; for store.c and stmt.c.
 */
#ifndef METERPOST_STORE_STORE_PRIVATE_H
#define METERPOST_STORE_STORE_PRIVATE_H

#include "stmt.h"

#include <sqlite3.h>

#define KEPT_MAX       2048 /* statements; a power of two. The program has some 350 */
#define PARAMETERS_MAX 40

struct stmt {
    const char *sql; /* its address is the key */
    sqlite3_stmt *q;
    struct store *store;
    int bind_code;              /* the first bind that failed, or SQLITE_OK */
    int at[PARAMETERS_MAX + 1]; /* SQLite's index of $n */
};

struct audit_key;

struct store {
    sqlite3 *db;
    bool in_transaction;
    struct audit_key *audit; /* that the audit is signed with; NULL: none (audit_key.c) */
    struct stmt kept[KEPT_MAX];
};

/* What SQLite's code means, as an error: "what: SQLite's text". Always false. */
bool store_failed(struct store *s, int code, const char *what, struct err *e);

/* Meters `m` that have a switch: it is told, it was heard of, or an order was given. */
#define HAS_SWITCH                                                                         \
    "(m.has_relay = 1 OR m.relay <> 'unknown'"                                             \
    " OR EXISTS (SELECT 1 FROM supply x WHERE x.meter_id = m.id))"

#endif
