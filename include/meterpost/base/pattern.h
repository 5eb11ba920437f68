/*
 * pattern.h - regular expressions of the files that people write, bounded in time and
 * memory. The text is UTF-8, upper and lower case are the same.
 */
#ifndef METERPOST_BASE_PATTERN_H
#define METERPOST_BASE_PATTERN_H

#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct pattern; /* opaque: compiled */

/* Compile; NULL with the fault in *e. */
struct pattern *pattern_create(const char *text, struct err *e);
void pattern_destroy(struct pattern *p); /* takes NULL */

/* True when the pattern has a group of this name. */
bool pattern_has(const struct pattern *p, const char *group);

/* One try; *fits. The groups stay readable until the next try. FAIL_REJECT when the match
 * ran into its limit. */
bool pattern_match(struct pattern *p, const char *text, bool *fits, struct err *e);

/* The text of a group of the last match, "" where it took no part. False: does not fit. */
bool pattern_group(const struct pattern *p, const char *group, char *out, size_t size);

#endif
