/*
 * device.h - what devices report of themselves beside their readings: the words that
 * profiles and frames have for it ("battery-low", "tamper", "reversed", "power-lost"), the
 * rules that they set off, and the alarms that people can list.
 */
#ifndef METERPOST_METERING_DEVICE_H
#define METERPOST_METERING_DEVICE_H

#include "meterpost/base/conf.h"
#include "meterpost/store/readings.h"
#include "meterpost/store/registry.h"
#include "meterpost/store/requests.h"

/* Words with commas between to what the rules know, for the flags of a reading that came
 * with them: "battery-low,reversed" gives "battery,tamper". Other words leave none. */
void device_flags(const char *words, char flags[FLAGS_MAX]);

/* Raise an alarm for each of the words: kind is the word, subject what reports it ("meter
 * 1042"). Those that want somebody soon (tamper, a fault) are told, the others listed. */
bool device_alarms(struct store *s, const struct conf *conf, const char *subject,
                   const char *words, utc_t now, struct err *e);

/* The device could have said these words and did not: such alarms end. */
bool device_well(struct store *s, const char *subject, const char *words, utc_t now,
                 struct err *e);

/* What a stored reading of a billed register makes one do: one that is held is asked for
 * once more (where the settings want that), one without its siblings after a day, use
 * although supply is off is an alarm and is asked for again. `cause` is why this one was
 * asked: no question follows on one of the same cause. */
bool device_follow(struct store *s, const struct conf *conf, const struct meter *m,
                   const struct reading *r, enum request_cause cause, utc_t now,
                   struct err *e);

#endif
