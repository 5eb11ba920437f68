/* encoding.h - files that other programs wrote, in whatever encoding. */
#ifndef METERPOST_CLI_ENCODING_H
#define METERPOST_CLI_ENCODING_H

#include "meterpost/base/err.h"

#include <stddef.h>

/* The n bytes of `path` (a NUL stands behind them) as a new UTF-8 text. They are in the
 * encoding `given`; NULL: what a byte order mark or an XML declaration says, else UTF-8.
 * NULL with FAIL_REJECT when they are not, or hold a NUL. */
char *encoding_to_utf8(const char *path, const char *bytes, size_t n, const char *given,
                       struct err *e);

#endif
