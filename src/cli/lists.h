/* lists.h - what pages share with the lists; for src/cli alone. */
#ifndef METERPOST_SRC_CLI_LISTS_H
#define METERPOST_SRC_CLI_LISTS_H

#include "cli.h"
#include "table.h"

/* A command that prints one list of the store. */
struct list_view {
    const char *words; /* of the command */
    const char *list;  /* of store/list.h */
    const char *state; /* only these rows; NULL: as --state says */
    struct column columns[TABLE_COLUMNS_MAX];
};

/* list_bus.c: wires. */
extern const struct list_view views_bus[];
extern const size_t views_bus_count;

/* list_relay.c: orders and arrears. */
extern const struct list_view views_relay[];
extern const size_t views_relay_count;

/* list_farm.c: modems and alarms. */
extern const struct list_view views_farm[];
extern const size_t views_farm_count;
/* list_talk.c: staff, and what people wrote. */
extern const struct list_view views_talk[];
extern const size_t views_talk_count;

/* Number of columns before the one without a key. */
size_t columns_count(const struct column *columns);

/* The columns of the list that a command prints ("bill list"). */
const struct column *list_columns(const char *words);

/* Rows of JSON as the user asked: a table, CSV or JSON. */
void print_array(const struct cli *c, const struct column *columns, size_t n,
                 const json_t *rows);

/* Subject (the first argument), --state, --from, --to, --limit as far as the command has
 * them. */
bool list_filter_read(struct cli *c, struct list_filter *f, struct err *e);

#endif
