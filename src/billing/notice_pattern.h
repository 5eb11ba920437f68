/* notice_pattern.h - the patterns of notices: the one file of billing that knows PCRE2. */
#ifndef METERPOST_SRC_BILLING_NOTICE_PATTERN_H
#define METERPOST_SRC_BILLING_NOTICE_PATTERN_H

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
