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

/* One stretch of one meter in a group. */
struct group_meter {
    int64_t meter_id, account_id; /* account 0: none */
    char meter[KEY_MAX], commodity[WORD_MAX];
    bool is_check_meter;
    int digits;
    int64_t multiplier_milli;
    utc_t installed_at, removed_at; /* removed_at 0: still there; installed_at 0: nowhere */
    struct quantity initial, final;
    utc_t joined_at, left_at; /* the group; 0: always, and still there */
};

/* Each of the meters that hung in the group or in one below it at some time of from <= t <
 * to; check meters only of the group itself. Stops when `take` says false; that may use
 * the store, but not this function. */
typedef bool group_meter_fn(const struct group_meter *m, void *context, struct err *e);
bool group_meters_each(struct store *s, int64_t group_id, utc_t from, utc_t to,
                       group_meter_fn *take, void *context, struct err *e);

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

/* How many readings of a meter since a time bear a flag ("tamper"). */
bool reading_count_flag(struct store *s, int64_t meter_id, const char *flag, utc_t since,
                        int64_t *count, struct err *e);

#endif
