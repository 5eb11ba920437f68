/*
 * alarms.h - rows of what people must be told: what it is, since when, how often it was
 * seen, until when. Whom it is told to is decided in meterpost/sms/alarm.h.
 */
#ifndef METERPOST_STORE_ALARMS_H
#define METERPOST_STORE_ALARMS_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

#define ALARM_KIND_MAX    32
#define ALARM_SUBJECT_MAX 96
#define ALARM_TEXT_MAX    300

struct alarm_row {
    int64_t id;
    char kind[ALARM_KIND_MAX];
    char subject[ALARM_SUBJECT_MAX];
    char text[ALARM_TEXT_MAX];
    utc_t raised_at, last_at, cleared_at; /* cleared_at 0: it stands */
    int64_t count;                        /* times that it was seen */
};

/* The one of this kind and subject that stands, or was cleared at or after `since`; the
 * newest. */
bool alarm_row_find(struct store *s, const char *kind, const char *subject, utc_t since,
                    struct alarm_row *out, bool *found, struct err *e);

/* Add one that stands: kind, subject, text, raised_at count. */
bool alarm_row_add(struct store *s, const struct alarm_row *a, int64_t *id, struct err *e);

/* It was seen again: one more, with this text, and it stands (again). */
bool alarm_row_again(struct store *s, int64_t id, const char *text, utc_t now,
                     struct err *e);

/* It is well again. *was_open is false when none of this kind and subject stood. */
bool alarm_row_clear(struct store *s, const char *kind, const char *subject, utc_t now,
                     bool *was_open, struct err *e);

/* ---- who of the staff on call has heard of it ---- */

struct alarm_group {
    int64_t count;
    int64_t first_id;          /* the oldest of them */
    char text[ALARM_TEXT_MAX]; /* of the oldest */
    utc_t oldest_told_at;      /* when the first of them was told; 0: none was */
    utc_t last_told_at;        /* when the people of the next level were told of any; 0 */
};

/* Alarms that stand, that nobody has seen, and of which those of `level` were the last to
 * hear, at `before` or earlier (level 0: nobody was; `before` does not count). */
bool alarm_unseen(struct store *s, int level, utc_t before, struct alarm_group *out,
                  struct err *e);
/* The same: now those of the next level know. */
bool alarm_told(struct store *s, int level, utc_t before, utc_t now, struct err *e);
/* Somebody has seen it (0: all that stand). *count of them. */
bool alarm_seen(struct store *s, int64_t id, const char *who, utc_t now, int64_t *count,
                struct err *e);

/* How many stand. */
bool alarm_row_count_open(struct store *s, int64_t *count, struct err *e);

#endif
