/*
 * payments.h - money that came in, once by its receipt: channel and reference together are
 * the key. Insert-only.
 */
#ifndef METERPOST_STORE_PAYMENTS_H
#define METERPOST_STORE_PAYMENTS_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/registry.h"

#define PAYMENT_CHANNEL_MAX   33  /* bytes with NUL: "cash", "bank", "mpesa" */
#define PAYMENT_REFERENCE_MAX 65  /* bytes with NUL */
#define PAYMENT_CLAIM_MAX     121 /* bytes with NUL */
#define PAYMENT_REASON_MAX    161 /* bytes with NUL */

struct payment {
    int64_t id;
    char channel[PAYMENT_CHANNEL_MAX];
    char reference[PAYMENT_REFERENCE_MAX];
    int64_t account_id; /* 0: nobody's yet */
    struct money amount;
    utc_t paid_at, received_at;
    char payer[PERSON_MAX];        /* as the channel names who paid; may be "" */
    char claim[PAYMENT_CLAIM_MAX]; /* whose bill it pays, as the payer wrote it */
    int64_t inbox_id;              /* the message that told of it; 0: none */
    char actor[ACTOR_MAX];
};

/* *added is false when this receipt is there already: then *id names that row and nothing
 * was written. */
bool payment_add(struct store *s, const struct payment *p, int64_t *id, bool *added,
                 struct err *e);

bool payment_by_reference(struct store *s, const char *channel, const char *reference,
                          struct payment *out, bool *found, struct err *e);

/* By the number of its receipt alone, capital or small, of whatever channel: the newest. */
bool payment_by_receipt(struct store *s, const char *reference, struct payment *out,
                        bool *found, struct err *e);

/* What one person booked by one channel since a time. */
bool payment_sum_by(struct store *s, const char *channel, const char *actor, utc_t since,
                    struct money *out, struct err *e);

bool payment_by_id(struct store *s, int64_t id, struct payment *out, bool *found,
                   struct err *e);

/* What became of a payment after it was booked: insert-only, the last one counts. */
struct payment_event {
    int64_t payment_id;
    int seq;      /* from 1 */
    bool reverse; /* the money is gone again; else it was given to another account */
    int64_t from_id, to_id; /* accounts; 0: suspense, and with `reverse` none */
    utc_t at;
    char reason[PAYMENT_REASON_MAX];
    char actor[ACTOR_MAX];
};

/* FAIL_REJECT when that seq is there. */
bool payment_event_add(struct store *s, const struct payment_event *v, struct err *e);
/* The last one. */
bool payment_event_newest(struct store *s, int64_t payment_id, struct payment_event *out,
                          bool *found, struct err *e);

/* Note a statement of a bank, so that it is taken once. *added false: it was. */
struct statement_note {
    const char *bank_account, *statement;
    struct money opening, closing;
    utc_t closed_on;
    int64_t entries;
    struct money in, out; /* sums of the entries, both above zero */
    struct money file_in; /* of all statements of its file */
    int64_t ledger_id;    /* of the channel that it is booked by */
    const char *actor;
};
bool statement_note_add(struct store *s, const struct statement_note *n, utc_t now,
                        bool *added, struct err *e);
bool statement_known(struct store *s, const struct statement_note *n, bool *known,
                     struct err *e);
/* Where the last statement of a bank account ended that was closed on that day or before.
 */
bool statement_before(struct store *s, const char *bank_account, utc_t day,
                      struct money *closing, utc_t *closed_on, bool *found, struct err *e);
/* With what the first one begins that was closed after that day. */
bool statement_after(struct store *s, const char *bank_account, utc_t day,
                     struct money *opening, bool *found, struct err *e);

/* The newest payments that an account got in from < t <= to and still had then, newest
 * first, at most `most`. */
bool payments_of_account(struct store *s, int64_t account_id, utc_t from, utc_t to,
                         struct payment *out, int most, int *n, struct err *e);

#endif
