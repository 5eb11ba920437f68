/*
 * vee.h - rows that validation and estimation look at: limits of their own for some meters,
 * the history of a register, what else is known that bears on a reading.
 */
#ifndef METERPOST_STORE_VEE_H
#define METERPOST_STORE_VEE_H

#include "meterpost/store/readings.h"
#include "meterpost/store/registry.h"

#define VEE_NAME_MAX  25 /* bytes with NUL: of a limit or a rule */
#define VEE_VALUE_MAX 16 /* bytes with NUL */

/* ---- limits of their own ---- */

struct vee_override {
    int64_t id;
    char class[WORD_MAX]; /* of customers; "" when it is for a meter */
    int64_t meter_id;     /* 0 when it is for a class */
    char name[VEE_NAME_MAX], value[VEE_VALUE_MAX];
    char reason[READING_WHY_MAX], actor[ACTOR_MAX];
    utc_t since, until; /* until 0: without end */
};

bool vee_override_add(struct store *s, const struct vee_override *o, int64_t *id,
                      struct err *e);
/* *ended is false when there is none of that id in force. */
bool vee_override_end(struct store *s, int64_t id, utc_t now, bool *ended, struct err *e);

/* Those in force at t for a meter and for the class of its account (0: none), the wider
 * first, so that the later ones win. */
typedef void vee_override_fn(const struct vee_override *o, void *context);
bool vee_overrides_of(struct store *s, int64_t meter_id, int64_t account_id, utc_t t,
                      vee_override_fn *take, void *context, struct err *e);

/* ---- a register and its past ---- */

struct reading_brief {
    int64_t id;
    struct quantity value;
    utc_t taken_at;
    char quality;
    char flags[FLAGS_MAX];
};

/* The accepted readings of a register before t, newest first, at most `most`. *news is true
 * when nothing is there at t and after, and what was last before is an actual reading that
 * was accepted: most readings are so, and need no further look. */
bool reading_history(struct store *s, int64_t meter_id, const char *obis, utc_t t, int most,
                     struct reading_brief *out, int *n, bool *news, struct err *e);

/* The last one of quality A or F before t. */
bool reading_last_actual(struct store *s, int64_t meter_id, const char *obis, utc_t t,
                         struct reading *out, bool *found, struct err *e);

/* The last held one in from < t < to, and the first. */
bool reading_held_before(struct store *s, int64_t meter_id, const char *obis, utc_t from,
                         utc_t to, struct reading *out, bool *found, struct err *e);
bool reading_held_after(struct store *s, int64_t meter_id, const char *obis, utc_t from,
                        struct reading *out, bool *found, struct err *e);

/* The first accepted estimate in from < t <= to. */
bool reading_estimate_in(struct store *s, int64_t meter_id, const char *obis, utc_t from,
                         utc_t to, struct reading *out, bool *found, struct err *e);

/* Since when the register has shown nothing but this value, as read before t; 0: not. */
bool reading_unchanged(struct store *s, int64_t meter_id, const char *obis, utc_t t,
                       struct quantity value, utc_t *since, struct err *e);

/* Tariff registers 1-0:1.8.1 to 1-0:1.8.4 and the total, of exactly t and not rejected: how
 * many there are and their sum; has_total false without the total. */
struct reading_parts {
    int n;
    struct quantity sum, total;
    bool has_total;
};
bool reading_parts_at(struct store *s, int64_t meter_id, utc_t t, struct reading_parts *out,
                      struct err *e);

/* Of a load profile what lies in from < t <= to and is not rejected. */
struct reading_intervals {
    int64_t n;
    utc_t first, last; /* of these; when n > 0 */
    struct quantity sum;
};
bool reading_intervals(struct store *s, int64_t meter_id, const char *obis, utc_t from,
                       utc_t to, struct reading_intervals *out, struct err *e);

/* How many registers of tariffs and of reactive energy were read at t, not rejected. */
bool reading_siblings_at(struct store *s, int64_t meter_id, utc_t t, int64_t *n,
                         struct err *e);

/* Another meter in use of the same group or concentrator whose last reading lies below
 * `value` by no more than `most`: the nearest. */
bool reading_fits(struct store *s, const struct meter *m, const char *obis, utc_t t,
                  struct quantity value, int64_t most, char name[KEY_MAX], bool *found,
                  struct err *e);

/* What customers of the account's class and commodity use a day, by actual readings in
 * from <= t <= to; false in *found when there are none. */
bool class_use_per_day(struct store *s, int64_t account_id, const char *obis, utc_t from,
                       utc_t to, int64_t *milli, bool *found, struct err *e);

/* Meters at an account before `to`, and how many of them sent a reading that came in from
 * <= t < to: accepted, or only held ones. */
struct reading_day {
    int64_t expected, read, held;
};
bool reading_day_count(struct store *s, utc_t from, utc_t to, struct reading_day *out,
                       struct err *e);

/* ---- bills on what was replaced ---- */

/* Note the bills that end on reading old_id; *bills says how many. */
bool trueup_add(struct store *s, int64_t old_id, int64_t new_id, utc_t now, int64_t *bills,
                struct err *e);
/* Does a bill end on a reading that was replaced, and no bill has set it right? */
bool trueup_open(struct store *s, int64_t bill_id, bool *open, struct err *e);
/* A further bill, or a credit note, has set this one right. */
bool trueup_settle(struct store *s, int64_t bill_id, utc_t now, struct err *e);

/* The held reading with the lowest id above `after`, of a meter or account (NULL: of any).
 */
bool reading_next_held(struct store *s, const char *subject, int64_t after,
                       struct reading *out, bool *found, struct err *e);

/* ---- replay ---- */

/* The first reading taken since `since` that a meter or a person told, with an id above
 * `after`. */
bool reading_next(struct store *s, int64_t after, utc_t since, struct reading *out,
                  bool *found, struct err *e);

#endif
