/* list_table.h - the entries behind list.h; for src/store alone. */
#ifndef METERPOST_SRC_STORE_LIST_TABLE_H
#define METERPOST_SRC_STORE_LIST_TABLE_H

/* Seconds as people set them: "6h", "30m", "90s". */
#define INTERVAL_OF(s)                                                                     \
    "CASE WHEN " s " % 3600 = 0 THEN (" s " / 3600) || 'h' WHEN " s " % 60 = 0 THEN (" s   \
    " / 60) || 'm' ELSE " s " || 's' END"

/* Tariff or class of an account as they are now: others may be planned. */
#define CONTRACT_NOW(column, account)                                                      \
    "(SELECT c." column " FROM contract c WHERE c.account_id = " account                   \
    " AND c.valid_from <= $7 ORDER BY c.valid_from DESC LIMIT 1)"

/* The newest accepted value of what is billed of a meter "m", by its index: a column of
 * the reading "r". */
#define NEWEST_TOTAL(column)                                                               \
    "(SELECT " column " FROM reading r WHERE r.meter_id = m.id AND r.register ="           \
    " CASE m.commodity WHEN 'electricity' THEN '1-0:1.8.0' WHEN 'water' THEN '8-0:1.0.0'"  \
    " WHEN 'gas' THEN '7-0:3.0.0' ELSE '6-0:1.0.0' END AND r.status <> 'superseded'"       \
    " AND r.status = 'accepted' ORDER BY r.taken_at DESC, r.id DESC LIMIT 1)"

#define LIST_COLUMNS_MAX 40

enum column_form {
    COLUMN_TEXT,
    COLUMN_INT,
    COLUMN_BOOL,
    COLUMN_MONEY,    /* minor units */
    COLUMN_QUANTITY, /* thousandths */
    COLUMN_RATE,     /* millionths */
    COLUMN_TIME,     /* ISO 8601 with zone */
    COLUMN_DATE,     /* ISO 8601 day of the utility's zone */
    COLUMN_WORDS,    /* words between commas: an array */
};

/* Parameters of every list: $1 subject, $2 state, $3 from, $4 to, $5 id, $6 limit; what is
 * absent is NULL. Where a list wants it, $7 is now. */
struct list {
    const char *name;
    const char *sql;
    struct {
        const char *key;
        enum column_form form;
    } columns[LIST_COLUMNS_MAX];
};

/* NULL when there is no such list. */
const struct list *list_find(const char *name);

/* list_money.c: the lists of the books. */
const struct list *list_find_money(const char *name);
/* list_export.c: the lists "accounts.export", "meters.export" ..., with all that a file to
 * import has. */
const struct list *list_find_export(const char *name);
/* list_registry.c */
const struct list *list_find_registry(const char *name);

/* list_reading.c: how reading went. */
const struct list *list_find_reading(const char *name);

/* list_relay.c: orders and arrears. */
const struct list *list_find_relay(const char *name);

/* list_vee.c: the lists of validation; NULL when it is none of them. */
const struct list *list_find_vee(const char *name);

/* list_bus.c: wires. */
const struct list *list_find_bus(const char *name);

/* list_farm.c: modems and alarms. */
const struct list *list_find_farm(const char *name);

/* list_report.c: what reports are made of. */
const struct list *list_find_report(const char *name);

/* list_talk.c: staff, and what people wrote. */
const struct list *list_find_talk(const char *name);

/* Whose it is, found by an index, as an OR over several tables is not: `id` is meter $1, or
 * hangs at account $1; `id` is account $1. */
#define METER_MEANT(id)                                                                    \
    id " IN (SELECT id FROM meter WHERE meter = $1 UNION ALL SELECT n.meter_id"            \
       " FROM installation n JOIN account c ON c.id = n.account_id"                        \
       " WHERE c.account = $1 AND n.removed_at IS NULL)"
#define ACCOUNT_MEANT(id) id " IN (SELECT id FROM account WHERE account = $1)"

/* How much an account owes: what was debited to its receivable less what was credited. */
#define SUM_OF(side, account)                                                              \
    "(SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_account l"                       \
    " JOIN ledger_entry e ON e." side " = l.id"                                            \
    " WHERE l.account_id = " account " AND l.type = 'asset')"
#define BALANCE_OF(account) SUM_OF("debit_id", account) " - " SUM_OF("credit_id", account)

#endif
