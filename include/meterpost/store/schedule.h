/* schedule.h - rows of what the settings plan: when it is due next. */
#ifndef METERPOST_STORE_SCHEDULE_H
#define METERPOST_STORE_SCHEDULE_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

#define SCHEDULE_SPEC_MAX 100 /* bytes with NUL */

struct schedule {
    char name[40];
    char spec[SCHEDULE_SPEC_MAX]; /* what next_at was worked out from */
    utc_t next_at;
};

bool schedule_get(struct store *s, const char *name, struct schedule *out, bool *found,
                  struct err *e);
/* Add it, or write spec and next_at. */
bool schedule_put(struct store *s, const struct schedule *p, struct err *e);

#endif
