/*
 * fittings.h - what hangs on accounts, meters and collectors, each from a time to a time:
 * the points where supply is taken, seals, the pulses of a collector's ports, notes.
 *
 * As in registry.h: "" and 0 stand for what is not known, nothing is deleted, and all
 * functions run in the transaction of the caller.
 */
#ifndef METERPOST_STORE_FITTINGS_H
#define METERPOST_STORE_FITTINGS_H

#include "meterpost/store/audit.h"
#include "meterpost/store/registry.h"

#define METER_SEALS     8   /* at most, on one meter at a time     */
#define COLLECTOR_PORTS 64  /* at most, of one collector           */
#define NOTE_MAX        501 /* bytes with NUL: of a note           */

struct point { /* where supply is taken, whoever lives there */
    int64_t id;
    char point[KEY_MAX];
    char address[PLACE_MAX];
    char location[WORD_MAX]; /* "-1.2921,36.8219" */
    int phases;              /* 1 to 3; 0: not known */
    char note[PLACE_MAX];
    utc_t since, until;
};

bool point_by_name(struct store *s, const char *name, struct point *out, bool *found,
                   struct err *e);
bool point_add(struct store *s, const struct point *p, int64_t *id, struct err *e);
/* Write all but name and times. */
bool point_update(struct store *s, const struct point *p, struct err *e);
bool point_close(struct store *s, int64_t id, utc_t now, struct err *e);
/* How many meters hang there now. */
bool point_count(struct store *s, int64_t id, int64_t *meters, struct err *e);

/* The seals on a meter now, oldest first. */
bool seals_of_meter(struct store *s, int64_t meter_id, char out[METER_SEALS][KEY_MAX],
                    size_t *n, struct err *e);
/* Put one on; FAIL_REJECT when it is on another meter. Take one off. */
bool seal_add(struct store *s, int64_t meter_id, const char *seal, utc_t now,
              struct err *e);
bool seal_close(struct store *s, int64_t meter_id, const char *seal, utc_t now,
                struct err *e);

struct port_pulses {
    int port; /* from 1 */
    int64_t pulse_constant;
};

/* From `now` on a port has this pulse constant (0: none). */
bool port_set(struct store *s, int64_t collector_id, const struct port_pulses *p, utc_t now,
              struct err *e);
/* The constant of a port now, 0 when nothing is known. */
bool port_pulses(struct store *s, int64_t collector_id, int port, int64_t *constant,
                 struct err *e);

bool note_add(struct store *s, int64_t account_id, utc_t at, const char *actor,
              const char *text, struct err *e);

#endif
