/* item_owed.h - what is owed, as a condition of SQL; for src/store alone. */
#ifndef METERPOST_SRC_STORE_ITEM_OWED_H
#define METERPOST_SRC_STORE_ITEM_OWED_H

/* Items of which something is to be paid; `i` is "" or a table with its dot. Written so
 * that SQLite reads the index item_open, which holds the account, the due day and the sum,
 * and not the items one by one in the order of their sums. */
#define ITEM_OWED(i) i "open_minor <> 0 AND +" i "open_minor > 0"

#endif
