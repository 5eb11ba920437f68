/* channel.h - one way after the other to the same reading; for src/metering alone. */
#ifndef METERPOST_SRC_METERING_CHANNEL_H
#define METERPOST_SRC_METERING_CHANNEL_H

#include "meterpost/base/conf.h"
#include "meterpost/store/requests.h"

struct profiles;
struct templates;

/* What asking needs. */
struct asking {
    struct store *store;
    const struct conf *conf;
    const struct profiles *profiles;
    const struct templates *templates; /* NULL: customers are not asked */
    utc_t now;
};

/* The question was put: note the attempt, and wait until `until`. */
bool channel_asked(const struct asking *a, struct request *r, int64_t outbox_id,
                   const char *text, utc_t until, struct err *e);

/* Ask by the wire that the meter is on. */
bool wire_ask(const struct asking *a, struct request *r, struct err *e);

/* Ask the customer to text what the meter shows. */
bool channel_ask_customer(const struct asking *a, struct request *r, struct err *e);

/* Is there a way after the present one to the meter that is asked? Of a concentrator each
 * meter has its own: false. */
bool channel_has_next(struct store *s, const struct conf *conf, const struct request *r,
                      bool *has, struct err *e);

/* The way after the present one in the order of conf->reading.fallback that there is to
 * this meter: the question waits for it now, for each meter of a concentrator on its own.
 * *moved is false when there is none. */
bool channel_next(struct store *s, const struct conf *conf, struct request *r,
                  const char *reason, utc_t now, bool *moved, struct err *e);

#endif
