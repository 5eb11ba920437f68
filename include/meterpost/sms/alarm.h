/*
 * alarm.h - what a person must look at: written down, and told to those who are on duty.
 *
 * A thing that is wrong is one alarm for as long as it is wrong, however often it is
 * raised: `kind` and `subject` name it. The first time a text message of the kind `alarm`
 * goes to each of alarms.phones; what comes back within alarms.quiet of being well is the
 * same alarm and is not told again. Whoever raises one clears it when all is well.
 *
 * No function here begins or commits a transaction; all need an open one.
 */
#ifndef METERPOST_SMS_ALARM_H
#define METERPOST_SMS_ALARM_H

#include "meterpost/base/conf.h"
#include "meterpost/store/alarms.h"

struct alarm_new {
    const char *kind;    /* in a word: "modem", "credit", "backup" */
    const char *subject; /* what it is about: a modem's name, a meter; "" = the whole */
    const char *text;    /* what is wrong and what to do, in one sentence; it is cut to
                            ALARM_TEXT_MAX */
    bool is_quiet;       /* written down for those who look, and not told */
};

/* *is_new is true when nobody knew of it yet; it may be NULL. */
bool alarm_raise(struct store *s, const struct conf *c, const struct alarm_new *a,
                 utc_t now, bool *is_new, struct err *e);

/* All is well: nothing to do when no such alarm stands. */
bool alarm_clear(struct store *s, const char *kind, const char *subject, utc_t now,
                 struct err *e);

#endif
