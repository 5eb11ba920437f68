/*
 * modem_care.h - what was tried with a modem (PINs, and the steps that brought it back) and
 * what it was used for.
 */
#ifndef METERPOST_STORE_MODEM_CARE_H
#define METERPOST_STORE_MODEM_CARE_H

#include "meterpost/base/clock.h"
#include "meterpost/store/outbox.h"
#include "meterpost/store/store.h"

#define PIN_DIGEST 32

struct modem_pin {
    uint8_t digest[PIN_DIGEST]; /* of the PIN that was tried last */
    int tries;                  /* since a SIM was last open */
    bool refused;               /* the last one was; else nobody knows, when tries > 0 */
    utc_t tried_at;
};

/* *found is false when none was ever tried. */
bool modem_pin_get(struct store *s, const char *modem, struct modem_pin *out, bool *found,
                   struct err *e);
bool modem_pin_save(struct store *s, const char *modem, const struct modem_pin *p,
                    struct err *e);
/* A SIM is open, or a person takes the blame: count from the start. */
bool modem_pin_clear(struct store *s, const char *modem, struct err *e);

enum care_state { CARE_ASKED, CARE_RUNNING, CARE_DONE, CARE_FAILED, CARE_STATES };

struct modem_care {
    int64_t id;
    char modem[MODEM_NAME_MAX];
    char step[32];
    enum care_state state;
    char reason[160];
    utc_t asked_at;
};

/* Write a step down. `reason` may be "". *id may be NULL. */
bool modem_care_add(struct store *s, const char *modem, const char *step,
                    enum care_state state, const char *actor, const char *reason, utc_t now,
                    int64_t *id, struct err *e);
/* The first that somebody asked for, above id `after`. */
bool modem_care_next_asked(struct store *s, int64_t after, struct modem_care *out,
                           bool *found, struct err *e);
/* One of them, and when it was asked for. */
bool modem_care_get(struct store *s, int64_t id, struct modem_care *out, bool *found,
                    struct err *e);
/* The last of a step of a modem. */
bool modem_care_last(struct store *s, const char *modem, const char *step,
                     struct modem_care *out, bool *found, struct err *e);
/* It is being done. */
bool modem_care_run(struct store *s, int64_t id, struct err *e);
/* All that was being done when the engine ended failed, for that reason. */
bool modem_care_lost(struct store *s, const char *reason, utc_t now, struct err *e);
bool modem_care_end(struct store *s, int64_t id, enum care_state state, const char *answer,
                    utc_t now, struct err *e);

/* Add to what a modem has used on the day of `now`; both may be below zero. */
bool modem_day_add(struct store *s, const char *modem, utc_t now, int64_t parts,
                   int64_t cost_minor, struct err *e);
/* Parts of one modem since a day. */
bool modem_day_parts(struct store *s, const char *modem, utc_t since, int64_t *parts,
                     struct err *e);
/* What all modems cost since a day. */
bool modem_day_cost(struct store *s, utc_t since, int64_t *cost_minor, struct err *e);

#endif
