/* schedule.h - what is asked without anybody saying so; for src/metering alone. */
#ifndef METERPOST_SRC_METERING_SCHEDULE_H
#define METERPOST_SRC_METERING_SCHEDULE_H

#include "meterpost/base/conf.h"
#include "meterpost/store/store.h"

/* Start the rounds of the settings that are due, and ask meters that were silent for too
 * long. *done steps were made. A round that cannot start is logged; its turn is over. */
bool schedule_run(struct store *s, const struct conf *conf, utc_t now, int *done,
                  struct err *e);

/* The earliest of what they plan; *found is false when nothing is planned. */
bool schedule_next(struct store *s, const struct conf *conf, utc_t now, utc_t *when,
                   bool *found, struct err *e);

#endif
