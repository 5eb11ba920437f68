/*
 * loss.h - rows that balances are computed from: groups, their meters, and what a register
 * showed near an instant.
 */
#ifndef METERPOST_STORE_LOSS_H
#define METERPOST_STORE_LOSS_H

#include "meterpost/store/readings.h"
#include "meterpost/store/registry.h"

/* The first group with an id above `after`, of a kind or code (each NULL: of any). */
bool group_next(struct store *s, const char *kind, const char *code, int64_t after,
                struct group *out, bool *found, struct err *e);

struct meter_frozen { /* an actual, accepted reading of exactly this instant */
    bool known;
    utc_t at;
    struct quantity value;
};

/* One stretch of one meter in a group. */
struct group_meter {
    int64_t meter_id, account_id; /* account 0: none */
    char meter[KEY_MAX], commodity[WORD_MAX];
    bool is_check_meter;
    int digits;
    int64_t multiplier_milli;
    utc_t installed_at, removed_at; /* removed_at 0: still there; installed_at 0: nowhere */
    struct quantity initial, final;
    utc_t joined_at, left_at;        /* the group; 0: always, and still there */
    struct meter_frozen first, last; /* at `from` and `to`, where there are such readings */
};

/* Each of the meters that hung in the group, or in one that was below it then, at some time
 * of from <= t < to; check meters only of the group itself. `obis` is the register whose
 * frozen readings are wanted; NULL: none. Stops when `take` says false; that may use the
 * store, but not this function. */
typedef bool group_meter_fn(const struct group_meter *m, void *context, struct err *e);
bool group_meters_each(struct store *s, int64_t group_id, const char *obis, utc_t from,
                       utc_t to, group_meter_fn *take, void *context, struct err *e);

/* What the supply meter of a group counts, else most of its meters; "" when it has none. */
bool group_commodity(struct store *s, int64_t group_id, char out[WORD_MAX], struct err *e);

/* The accepted readings next to an instant, before it (or at it: then no other is looked
 * for) and after it. */
struct reading_around {
    bool has_before, has_after;
    struct quantity before, after;
    utc_t before_at, after_at;
    char before_quality, after_quality;
    bool rolled; /* the one after passed the register's end */
};
bool reading_around(struct store *s, int64_t meter_id, const char *obis, utc_t at,
                    struct reading_around *out, struct err *e);

/* ---- what hints look at ---- */

/* The values of a register before t that people read, newest first. */
bool readings_by_people(struct store *s, int64_t meter_id, const char *obis, utc_t t,
                        int64_t *milli, int most, int *n, struct err *e);
/* The account is charged as it uses, and nothing was paid in from <= t < to. */
bool account_idle_prepaid(struct store *s, int64_t account_id, utc_t from, utc_t to,
                          bool *idle, struct err *e);
/* How often its supply was restored in from <= t < to. */
bool account_restores(struct store *s, int64_t account_id, utc_t from, utc_t to,
                      int64_t *count, struct err *e);

/* How often a meter reported since a time that somebody tampered with it, beside its
 * readings; and how many seals were taken off it since, where it has none now. */
bool meter_tamper_reports(struct store *s, int64_t meter_id, utc_t since, int64_t *reports,
                          int64_t *seals_off, struct err *e);

/* How many readings of a meter since a time bear a flag ("tamper"). */
bool reading_count_flag(struct store *s, int64_t meter_id, const char *flag, utc_t since,
                        int64_t *count, struct err *e);

#endif
