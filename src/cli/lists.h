/* lists.h - what pages share with the lists; for src/cli alone. */
#ifndef METERPOST_SRC_CLI_LISTS_H
#define METERPOST_SRC_CLI_LISTS_H

#include "cli.h"
#include "table.h"

/* Number of columns before the one without a key. */
size_t columns_count(const struct column *columns);

/* The columns of the list that a command prints ("bill list"). */
const struct column *list_columns(const char *words);

/* Subject (the first argument), --state, --from, --to, --limit as far as the command has
 * them. */
bool list_filter_read(struct cli *c, struct list_filter *f, struct err *e);

#endif
