/*
 * registry.h - one row of the registry by hand, with the columns, the readers and the
 * checks that files have (import.h): added, changed, closed; and what happens at a meter's
 * place: people move in and out, a meter is exchanged for another.
 *
 * Nothing is deleted: what ends is closed with a time. All functions run in the open
 * transaction, which the caller undoes on failure. FAIL_REJECT says in a sentence what does
 * not fit. `kind` is one of import.h but "readings", `name` the value of its first column.
 */
#ifndef METERPOST_METERING_REGISTRY_H
#define METERPOST_METERING_REGISTRY_H

#include "meterpost/metering/import.h"
#include "meterpost/store/registry.h"

#include <jansson.h>

#define REGISTRY_DIFF_MAX 1000 /* bytes with NUL: of what changed, in words */

/* Add a row; `fields` is {column: text}. A meter may come without an account: it lies in
 * the cupboard. */
bool registry_add(const struct import_context *context, const char *kind, const char *name,
                  const json_t *fields, struct err *e);

/* Change the named columns of a row, from `at` on where the column is dated (group, parent,
 * tariff, phones, seals, pulses); "" empties one. `diff` gets before and after of each
 * ("group: T1 -> T2"), "" when nothing is new; secrets are left out. */
bool registry_set(const struct import_context *context, const char *kind, const char *name,
                  const json_t *fields, utc_t at, char diff[REGISTRY_DIFF_MAX],
                  struct err *e);

/* The row with all its columns as text, in or out of use; NULL with *e when it is not
 * there. */
json_t *registry_get(const struct import_context *context, const char *kind,
                     const char *name, struct err *e);

/* Close it at `at`. Refused, with the reason in `why` and *done false, while something
 * hangs on it: an account with meters or a balance, a meter at an account, a concentrator
 * or collector with meters, a group that is not empty. */
bool registry_close(const struct import_context *context, const char *kind,
                    const char *name, utc_t at, bool *done, char why[ERR_TEXT_MAX],
                    struct err *e);

/* What a meter showed in the moment that it stopped serving somebody. */
struct last_reading {
    struct quantity value;
    bool missing;     /* nobody looked: it is estimated, and marked so */
    bool rolled_over; /* it passed its end since it was read before */
    bool force;       /* also when it is less than one before       */
};

struct move {
    const char *account; /* who comes, or goes */
    const char *meter;   /* NULL: the only one there is at the account that goes */
    struct last_reading reading;
    utc_t at;
};

/* Somebody takes over a meter from `at` on. Where somebody else had it, for them it ends
 * there with the same reading. */
bool registry_move_in(const struct import_context *context, const struct move *m,
                      struct err *e);
/* Somebody leaves: the meter stays where it is and runs on nobody's account. */
bool registry_move_out(const struct import_context *context, const struct move *m,
                       struct err *e);

struct exchange {
    const char *old, *new; /* new NULL: it stays, and its transformers are others */
    struct last_reading old_reading;
    struct quantity new_reading; /* of another meter */
    int64_t multiplier_milli;    /* of the new one; 0: as the old one's */
    int digits;                  /* of the new one; 0: as the old one's */
    utc_t at;
};

/* The new meter hangs from `at` on where the old one did, which is out of use from then on:
 * both readings are of the same instant. A new meter that is not in the registry is added
 * with profile, phone, address, group ... of the old one. Readings that came after `at`
 * under the old number are the new one's: *moved of them. A meter that stays goes on from
 * its reading with another multiplier. */
bool registry_exchange(const struct import_context *context, const struct exchange *x,
                       int *moved, struct err *e);

#endif
