/* answer.h - what closes a question; for src/metering alone. */
#ifndef METERPOST_SRC_METERING_ANSWER_H
#define METERPOST_SRC_METERING_ANSWER_H

#include "meterpost/base/conf.h"
#include "meterpost/metering/profile.h"
#include "meterpost/store/requests.h"

struct answer {
    enum request_kind kind;
    utc_t taken_at;   /* of what came */
    int64_t inbox_id; /* message that brought it; 0: none */
    utc_t now;
    const struct conf *conf; /* for what the attempt cost; NULL: nothing */
};

/* Something came for a meter: close its open questions that were asked, or that want
 * nothing newer. *id is the first of them; it stays as it is when there is none. */
bool answer_meter(struct store *s, int64_t meter_id, const struct answer *a, int64_t *id,
                  struct err *e);

/* The same for a concentrator, whose questions stay open while meters of their round are
 * still expected: then they get `wait_s` more. */
bool answer_concentrator(struct store *s, int64_t concentrator_id, const struct answer *a,
                         int wait_s, int64_t *id, struct err *e);

/* No use came of a question that was asked: ask again later, or give this way up. */
bool answer_missed(struct store *s, const struct conf *conf, struct request *r,
                   const char *reason, utc_t now, struct err *e);

/* Seconds that an answer may take: as the profile says, else (also for NULL) as the
 * settings do. */
int answer_wait_s(const struct conf *conf, const struct profile *profile);

/* This way is closed: take the next one that the settings name, or give up. */
bool answer_given_up(struct store *s, const struct conf *conf, struct request *r,
                     const char *reason, utc_t now, struct err *e);

/* Give up at once, and write the meters of its round off. */
bool answer_never(struct store *s, const struct conf *conf, struct request *r,
                  const char *reason, utc_t now, struct err *e);

/* `t` when a question may be put then, else the next time that it may: within its window,
 * to customers by day. */
utc_t answer_window_next(const struct request *r, utc_t t);

#endif
