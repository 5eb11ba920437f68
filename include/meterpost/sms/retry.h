/*
 * retry.h - when to try again. Pure: nothing sleeps and counts here; a failure computes the
 * next time, and whoever asked stores it.
 */
#ifndef METERPOST_SMS_RETRY_H
#define METERPOST_SMS_RETRY_H

#include "meterpost/base/clock.h"

struct retry_policy {
    int first_s; /* after the first failure; doubles with each further one */
    int most_s;  /* and is never longer than this */
};

/* Seconds to wait after `failures` (1, 2, ...) in a row. */
int retry_wait_s(const struct retry_policy *p, int failures);

/* Time of the next try, or 0 when that would be too late: at `expires_at` or after. */
utc_t retry_at(const struct retry_policy *p, int failures, utc_t now, utc_t expires_at);

#endif
