/*
 * flags.h - what stops or binds orders whatever they are for: the kill switch, maintenance,
 * a moratorium, a clock in doubt; outages of groups; meters that somebody works on.
 * Each is on from a time to a time, with who said so and why. In the transaction of the
 * caller.
 */
#ifndef METERPOST_STORE_FLAGS_H
#define METERPOST_STORE_FLAGS_H

#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/registry.h"

enum flag {
    FLAG_KILL,        /* nothing is cut, nothing is proposed */
    FLAG_MAINTENANCE, /* nothing is cut while people work on the system */
    FLAG_MORATORIUM,  /* winter, heat, a feast, an election, an epidemic */
    FLAG_CLOCK,       /* nobody has confirmed the time since the machine started */
    FLAG_DRY_RUN,     /* all is done but the command itself */
    FLAG_FEED,        /* payments are complete up to `since`: somebody said so */
    FLAG_CHASE,       /* nobody is taken to a stage of arrears */
    FLAGS
};

struct flag_row {
    int64_t id;
    enum flag flag;
    utc_t since, until; /* until 0: on */
    char actor[ACTOR_MAX];
    char reason[PLACE_MAX];
};

const char *flag_name(enum flag flag);
bool flag_parse(const char *word, enum flag *out);

/* The newest row of a flag that is on at `now`. */
bool flag_is_on(struct store *s, enum flag flag, utc_t now, struct flag_row *out, bool *on,
                struct err *e);
/* On until `until` (0: until somebody ends it). */
bool flag_on(struct store *s, enum flag flag, const char *actor, const char *reason,
             utc_t now, utc_t until, struct err *e);
/* *ended is false when it was not on. */
bool flag_off(struct store *s, enum flag flag, const char *actor, utc_t now, bool *ended,
              struct err *e);

/* A forecast that somebody took. */
struct weather {
    utc_t at;
    int64_t low_tenths; /* of a degree Celsius, the lowest in the 24 hours from then */
    bool heat;          /* there is a heat advisory */
};
bool weather_add(struct store *s, const struct weather *w, const char *actor,
                 struct err *e);
bool weather_newest(struct store *s, struct weather *out, bool *found, struct err *e);
/* The newest that had a heat advisory; 0: none. */
bool weather_heat_at(struct store *s, utc_t *at, struct err *e);

/* An outage of the group of a meter, or of one above it; *code gets that group. */
bool outage_over(struct store *s, int64_t group_id, char code[KEY_MAX], bool *found,
                 struct err *e);
bool outage_on(struct store *s, int64_t group_id, const char *actor, const char *reason,
               utc_t now, bool *added, struct err *e);
/* How long in from <= t < to an outage of the group, or of one above it, was on. */
bool outage_seconds(struct store *s, int64_t group_id, utc_t from, utc_t to, utc_t *seconds,
                    struct err *e);
bool outage_off(struct store *s, int64_t group_id, utc_t now, bool *ended, struct err *e);

/* Somebody works at the meter: nothing is switched on. */
bool meter_lock_of(struct store *s, int64_t meter_id, char reason[PLACE_MAX], bool *found,
                   struct err *e);
bool meter_lock_on(struct store *s, int64_t meter_id, const char *actor, const char *reason,
                   utc_t now, bool *added, struct err *e);
bool meter_lock_off(struct store *s, int64_t meter_id, utc_t now, bool *ended,
                    struct err *e);

#endif
