/* morning.h - the counts that an operator's day begins with. */
#ifndef METERPOST_STORE_MORNING_H
#define METERPOST_STORE_MORNING_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

struct morning {
    int64_t payments; /* that came in since `from` */
    struct money paid;
    int64_t suspense; /* payments of no account, ever */
    struct money suspended;
    utc_t suspense_since;  /* the oldest of them; 0: none */
    int64_t failed;        /* messages that went out since `from` and did not arrive */
    int64_t relay_unknown; /* meters with a relay at an account whose state is not known */
    int64_t relay_open;
    int64_t accounts_billed, accounts_open; /* bills with a period that ends in the month */
    int64_t overdue;                        /* accounts that owe what is past its day */
    struct money overdue_sum;
};

/* Since `from`; `month` is the start of the month whose bills are meant. */
bool store_morning(struct store *s, utc_t from, utc_t month, utc_t now, struct morning *out,
                   struct err *e);

/* What waits for people: orders to cut and restore, and customers. */
struct morning_orders {
    int64_t proposed; /* orders that wait for a second person */
    struct money proposed_sum;
    int64_t proposed_batch; /* the oldest batch of them; 0: none is in a batch */
    int64_t to_cut;         /* accounts with supply that came to the stage of being cut */
    int64_t cuts_open;      /* approved, and not over */
    int64_t in_doubt;       /* nobody knows whether they acted */
    int64_t cuts, failed;   /* that ended since `from` */
    int64_t restores;       /* since `from`, proven */
    int64_t restores_open;  /* not proven yet */
    int64_t restores_late;  /* for longer than they may take */
    utc_t restores_since;   /* the oldest that is open; 0: none */
    int64_t field;          /* technicians who have not answered */
    int64_t tickets;        /* customers who wait for an answer */
    utc_t tickets_since;    /* the oldest; 0: none */
};

/* Restores whose reason came before `late` are late. */
bool store_morning_orders(struct store *s, utc_t from, utc_t late, utc_t now,
                          struct morning_orders *out, struct err *e);

/* The newest time that a service centre stamped on a message that came in; 0: there is
 * none. A clock that is behind it is wrong: it has no battery, and no time server. */
bool store_network_time(struct store *s, utc_t *at, struct err *e);

/* One thing that has the words of a search in it. */
struct found {
    const char *kind; /* account, meter, phone, bill, payment, message */
    char key[64];     /* what to give to the command that shows it */
    char text[200];
};

/* Accounts by number, name, address; meters; phones; bills; payments by reference; at most
 * `most` of each, until `row` is false. `text` is what a person typed. */
bool store_find(struct store *s, const char *text, int most,
                bool (*row)(const struct found *f, void *context), void *context,
                struct err *e);

#endif
