/*
 * dump.h - a whole utility as files of text, one a table, and back into an empty database:
 * for another machine, another program, or thirty years in a safe.
 *
 * "<table>.jsonl": the first line is an array of column names, each further line a row:
 * numbers, texts, null, and {"hex": "..."} for bytes. "manifest.json" has the version and
 * the number of rows of each table.
 */
#ifndef METERPOST_STORE_DUMP_H
#define METERPOST_STORE_DUMP_H

#include "meterpost/store/store.h"

#include <jansson.h>

/* Write all tables into the folder, which is made; as they are at one moment. *manifest is
 * a new object, also written. */
bool dump_write(struct store *s, const char *folder, json_t **manifest, struct err *e);

/* Fill the empty database `s` (STORE_WRITE, just made) with what the folder holds, in one
 * transaction, rows and numbers as they were. FAIL_REJECT names file and line. */
bool dump_read(struct store *s, const char *folder, json_t **manifest, struct err *e);

#endif
