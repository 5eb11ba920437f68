/*
 * ticket.h - rows of service: complaints and other matters that a person must look at,
 * outages, and claims to have paid. All functions run in the transaction of the caller.
 */
#ifndef METERPOST_STORE_TICKET_H
#define METERPOST_STORE_TICKET_H

#include "meterpost/base/clock.h"
#include "meterpost/base/phone.h"
#include "meterpost/store/registry.h"
#include "meterpost/store/store.h"

#define TICKET_MAX      16  /* bytes of a ticket's number with NUL */
#define TICKET_TEXT_MAX 701 /* bytes of what was written with NUL */

struct ticket {
    int64_t id;
    char ticket[TICKET_MAX]; /* digits */
    int64_t account_id;      /* 0: nobody's */
    char number[PHONE_MAX];
    char kind[WORD_MAX]; /* complaint, supply, paid, plan, phone, stop */
    char text[TICKET_TEXT_MAX];
    bool closed;
    char answer[TICKET_TEXT_MAX];
    int64_t inbox_id;
    utc_t created_at, closed_at;
};

/* Open one; its number is worked out and written into t->ticket. */
bool ticket_add(struct store *s, struct ticket *t, struct err *e);
bool ticket_by_number(struct store *s, const char *ticket, struct ticket *out, bool *found,
                      struct err *e);
/* The newest open one of an account and kind; the newest of a phone in any state. */
bool ticket_open_of(struct store *s, int64_t account_id, const char *kind,
                    struct ticket *out, bool *found, struct err *e);
bool ticket_newest(struct store *s, const char *number, struct ticket *out, bool *found,
                   struct err *e);
bool ticket_close(struct store *s, int64_t id, const char *answer, const char *actor,
                  utc_t now, struct err *e);

/* How many accounts of a group told since then that they have no supply. */
bool ticket_count_supply(struct store *s, int64_t group_id, utc_t since, int64_t *count,
                         struct err *e);

#define OUTAGE_CAUSE_MAX 121

/* Of an outage (flags.h): what people who ask are told of it. */
struct outage {
    char cause[OUTAGE_CAUSE_MAX];
    utc_t since, expected_at; /* expected_at 0: nobody knows */
};

/* What is known of the outage of a group that is on: "" is every commodity, 0 no time. */
bool outage_tell(struct store *s, int64_t group_id, const char *commodity,
                 utc_t expected_at, struct err *e);
/* One that is on at `now` for meters of a commodity in that group, or in one above it. */
bool outage_of(struct store *s, int64_t group_id, const char *commodity, utc_t now,
               struct outage *out, bool *found, struct err *e);

/* A customer says that he has paid: it holds a cut for a day. */
bool paid_claim_add(struct store *s, int64_t account_id, const char *reference,
                    int64_t inbox_id, utc_t now, struct err *e);
/* How the account is held then: the receipt stands for the %s. */
#define PAID_HOLD "says that %s was paid"
/* The account that said last, since then, that this receipt is theirs; 0: none did. */
bool paid_claim_of(struct store *s, const char *reference, utc_t since, int64_t *account_id,
                   struct err *e);
/* The receipt is on the account: tickets that wait for it are closed. */
bool paid_claim_settle(struct store *s, int64_t account_id, const char *reference,
                       utc_t now, struct err *e);
/* Was there one of this account since then? */
bool paid_claim_since(struct store *s, int64_t account_id, utc_t since, bool *found,
                      struct err *e);

#endif
