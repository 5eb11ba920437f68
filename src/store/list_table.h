/* list_table.h - the entries behind list.h; for src/store alone. */
#ifndef METERPOST_SRC_STORE_LIST_TABLE_H
#define METERPOST_SRC_STORE_LIST_TABLE_H

#define LIST_COLUMNS_MAX 24

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
 * absent is NULL. */
struct list {
    const char *name;
    const char *sql;
    struct {
        const char *key;
        enum column_form form;
    } columns[LIST_COLUMNS_MAX];
};

const struct list *list_find(const char *name);

#endif
