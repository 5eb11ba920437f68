/*
 * readings.h - rows of what meters showed. A reading is never changed but in its status,
 * and never deleted; where a better one takes its place it becomes `superseded`.
 */
#ifndef METERPOST_STORE_READINGS_H
#define METERPOST_STORE_READINGS_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/store.h"

#define OBIS_MAX           24  /* bytes with NUL: "1-0:1.8.0" */
#define UNIT_MAX           12  /* bytes with NUL: "kWh" */
#define FLAGS_MAX          121 /* bytes with NUL: words between commas */
#define READING_WHY_MAX    241 /* bytes with NUL */
#define READING_RAW_MAX    81  /* bytes with NUL */
#define QUALITY_ACTUAL     'A'
#define QUALITY_ESTIMATED  'E'
#define QUALITY_SUBSTITUTE 'S'
#define QUALITY_FINAL      'F'

enum reading_source {
    SOURCE_SMS,
    SOURCE_BUS,
    SOURCE_CUSTOMER,
    SOURCE_MANUAL,
    SOURCE_HANDHELD,
    SOURCE_IMPORT,
    SOURCE_ESTIMATE,
};

enum reading_status {
    READING_ACCEPTED,
    READING_HELD,     /* not billed until somebody has looked */
    READING_REJECTED, /* never usable */
    READING_SUPERSEDED,
};

struct reading {
    int64_t id, meter_id;
    char obis[OBIS_MAX]; /* which register */
    struct quantity value;
    char unit[UNIT_MAX];
    utc_t taken_at; /* by the meter's clock, else the service centre's */
    utc_t received_at;
    bool meter_clock;      /* the meter gave the time */
    char quality;          /* A, E, S, F, N */
    char method[UNIT_MAX]; /* of an estimate */
    enum reading_source source;
    enum reading_status status;
    char flags[FLAGS_MAX];
    char reason[READING_WHY_MAX];           /* of a hold, in a sentence */
    int64_t inbox_id, request_id, round_id; /* 0 = none */
    char actor[ACTOR_MAX];
    char raw[READING_RAW_MAX]; /* the number as the meter wrote it */
    int64_t replaces_id;       /* the row that it takes the place of; 0: none */
};

const char *reading_source_name(enum reading_source source);
bool reading_source_parse(const char *word, enum reading_source *out);
const char *reading_status_name(enum reading_status status);

/* Add a row. FAIL_REJECT when the same meter, register, time and value is there. */
bool reading_add(struct store *s, const struct reading *r, int64_t *id, struct err *e);

bool reading_by_id(struct store *s, int64_t id, struct reading *out, bool *found,
                   struct err *e);

/* The last accepted reading of a register with taken_at <= t. */
bool reading_until(struct store *s, int64_t meter_id, const char *obis, utc_t t,
                   struct reading *out, bool *found, struct err *e);

/* The first accepted reading of a register with taken_at >= t. */
bool reading_from(struct store *s, int64_t meter_id, const char *obis, utc_t t,
                  struct reading *out, bool *found, struct err *e);

/* Whatever was read of a register at exactly t and is not superseded: the row of that value
 * before others, an accepted one before others. */
bool reading_at(struct store *s, int64_t meter_id, const char *obis, utc_t t,
                struct quantity value, struct reading *out, bool *found, struct err *e);

/* Replace the flags, too. */
bool reading_set_verdict(struct store *s, int64_t id, enum reading_status status,
                         const char *flags, const char *reason, struct err *e);
/* The first accepted or held one of any register with taken_at > t and an id above `after`.
 */
bool reading_next_after(struct store *s, int64_t meter_id, utc_t t, int64_t after,
                        struct reading *out, bool *found, struct err *e);

bool reading_set_status(struct store *s, int64_t id, enum reading_status status,
                        const char *reason, struct err *e);

#endif
