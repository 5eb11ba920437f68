/*
 * reading.h - from what a meter says to readings that are stored: whose it is, whether it
 * can be true, which question it answers.
 */
#ifndef METERPOST_METERING_READING_H
#define METERPOST_METERING_READING_H

#include "meterpost/base/conf.h"
#include "meterpost/store/inbox.h"
#include "meterpost/store/readings.h"
#include "meterpost/store/registry.h"

struct profiles;

/* Check a reading and store it: accepted, held or rejected, with the names of the rules
 * that fired as flags and the reason. *r comes without id, status and reason and goes with
 * them; its flags are what the device said of itself ("tamper,battery"). meter_time is what
 * the meter's clock said (0: nothing): when it can be believed it becomes taken_at. What is
 * here already is not stored again: then the status is rejected and r->id 0. A reading that
 * confirms one that plausibility holds releases it. An actual one takes the place of
 * estimates since the last actual one, and the bills on those are noted. */
bool metering_reading_add(struct store *s, const struct conf *conf, const struct meter *m,
                          utc_t meter_time, struct reading *r, struct err *e);

struct metering_outcome {
    bool is_device;  /* false: the sender is no meter and no concentrator of ours */
    bool understood; /* false: to be put aside for a person, `reason` says why */
    char kind[INBOX_KIND_MAX]; /* reading, relay, ack, alarm, notice, error, unknown */
    char reason[ERR_TEXT_MAX]; /* also where only a part was refused; may be "" */
    int64_t meter_id;          /* 0 when it is a concentrator's */
    int64_t account_id;        /* where that meter hangs, or 0 */
    int64_t request_id;        /* the question that it answers, or 0 */
    int accepted, held, known; /* readings: taken, taken but held, here already */
    char relay[8];             /* closed, open, armed; "" when it says nothing of it */
    char order[24];            /* that it answers, as the text names it; or "" */
    utc_t sent_at;             /* by the service centre, where that can be */
};

/* Take one text from the phone of a meter or concentrator, by its profile: readings, relay
 * states, errors. A meter number in it must be that of the meter on file, or of one behind
 * the concentrator; a value of another meter is refused. Open questions that it answers are
 * closed. False only when the store failed: whatever the text says is in *out. Runs in the
 * open transaction; the inbox row is the caller's to finish. */
bool metering_take_reply(struct store *s, const struct conf *conf,
                         const struct profiles *profiles, const struct inbox_row *m,
                         utc_t now, struct metering_outcome *out, struct err *e);

/* The register that is billed, by commodity: "1-0:1.8.0" for electricity; "" for none. */
const char *metering_main_register(const char *commodity);

#endif
