/*
 * tariffs.h - the tariff files that bills were computed by, kept word for word: a bill
 * names its version, so that it can be computed again after the file has changed.
 */
#ifndef METERPOST_STORE_TARIFFS_H
#define METERPOST_STORE_TARIFFS_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

#define TARIFF_HASH_MAX 65 /* bytes with NUL: SHA-256 in hex */

/* Keep `body` as a version of `tariff`; *id names it. A body that is kept already is not
 * written again. valid_from 0: from the beginning. */
bool tariff_version_put(struct store *s, const char *tariff, utc_t valid_from,
                        const char *body, utc_t now, int64_t *id, struct err *e);

/* The name and body of a version as a new text for free(); *body NULL when there is none.
 */
bool tariff_version_body(struct store *s, int64_t id, char **body, struct err *e);

#endif
