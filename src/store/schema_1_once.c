/*
 * Database version 1: what is never changed is never replaced either. INSERT OR REPLACE
 * deletes the row that has the id or a unique key already, and runs no delete trigger for
 * it unless its connection asks for recursive triggers: so each insert into a table of this
 * kind looks for such a row first. Never edited after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

#define NEVER_TWO(table, name, same)                                                       \
    "CREATE TRIGGER " table name " BEFORE INSERT ON " table                                \
    " WHEN EXISTS (SELECT 1 FROM " table " WHERE " same ")"                                \
    " BEGIN SELECT RAISE(ABORT, 'a row of " table " is never replaced'); END;"
#define SAME(column)         column " = NEW." column
#define ONE_ID(table)        NEVER_TWO(table, "_no_replace", SAME("id"))
#define ONE_KEY(table, same) NEVER_TWO(table, "_no_replace_key", same)
#define BOTH(a, b)           "(" SAME(a) " AND " SAME(b) ")"

/* clang-format off */
static const char once[] =
    ONE_KEY("tariff_version", BOTH("tariff", "hash"))
    ONE_KEY("bill", SAME("key") " OR " SAME("number")
            " OR (" SAME("series") " AND " SAME("year") " AND " SAME("seq") ")")
    ONE_KEY("bill_line", BOTH("bill_id", "line"))
    ONE_KEY("payment", BOTH("channel", "reference"))
    ONE_KEY("payment_event", BOTH("payment_id", "seq"))
    ONE_KEY("statement_file", BOTH("bank_account", "statement"))
    ONE_KEY("ledger_entry", SAME("key"))
    ONE_KEY("ledger_close", SAME("month") " OR " SAME("until_at"))
    ONE_KEY("item", SAME("key"))
    ONE_KEY("order_approval", BOTH("order_id", "person"))
    ONE_ID("payment_event")
    ONE_ID("statement_file")
    ONE_ID("ledger_close")
    ONE_ID("item")
    ONE_ID("allocation")
    ONE_ID("factor")
    ONE_ID("consent")
    ONE_ID("order_approval")
    ONE_ID("order_event");
/* clang-format on */

const char *const schema_1_once[] = {once, NULL};
