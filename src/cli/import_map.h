/* import_map.h - for src/cli alone. */
#ifndef METERPOST_SRC_CLI_IMPORT_MAP_H
#define METERPOST_SRC_CLI_IMPORT_MAP_H

#include "meterpost/base/err.h"

#include <stddef.h>

/* The same file with our names for its columns: `map` is "ours=theirs;ours=theirs"; with
 * nothing before the '=' the column is left out. A new text for the caller to free; NULL
 * with FAIL_REJECT. Lines stay where they are unless a value has line feeds. */
char *import_map(const char *file, const char *text, size_t n, const char *map,
                 struct err *e);

#endif
