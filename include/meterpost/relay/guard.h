/*
 * guard.h - may supply be cut? One pure function over everything that is known, which
 * gives every reason against it, not the first.
 *
 * The ten guards of every order to cut, and one before them that asks whether it still is
 * the same meter at the same account. They are asked when a cut is proposed, when it is
 * approved, and again in the transaction that hands the command to the modem or the wire.
 * What an order is for decides which of them hold: money is no question when the house
 * burns.
 */
#ifndef METERPOST_RELAY_GUARD_H
#define METERPOST_RELAY_GUARD_H

#include "meterpost/base/amount.h"
#include "meterpost/billing/policy.h"
#include "meterpost/store/orders.h"

enum guard {
    GUARD_IDENTITY, /* the same meter, phone and account as when it was proposed */
    GUARD_DEBT,     /* 1 owed now, more than the least debt; nothing in suspense */
    GUARD_NOTICE,   /* 2 told in time, at the right number */
    GUARD_FEED,     /* 3 payments are known up to now, none is in flight */
    GUARD_DISPUTE,  /* 4 no dispute, plan or promise; the last bill is no estimate */
    GUARD_PERSON,   /* 5 not protected; no moratorium, no season */
    GUARD_HOURS,    /* 6 weekday and hour; not before a day on which nobody restores; nor
                       proposed when it would expire before the next of them */
    GUARD_APPROVAL, /* 7 a second person, fresh; size of the batch */
    GUARD_REACH,    /* 8 the meter was heard lately, its relay is known */
    GUARD_OUTAGE,   /* 9 its feeder has supply */
    GUARD_LIMITS,   /* 10 pace, kill switch, maintenance, clock */
    GUARDS
};

enum guard_phase { PHASE_PROPOSE, PHASE_APPROVE, PHASE_HAND };

/* What is known when it is asked. "" and 0: not so, or not known. */
struct guard_facts {
    enum guard_phase phase;
    enum order_cause cause;
    utc_t now;

    /* identity */
    bool account_closed, meter_gone, moved, number_changed;
    bool names_another; /* a text from its phone is of another meter */
    bool no_way;        /* neither from afar nor by a technician */
    bool by_hand;       /* by a technician: the meter need not be heard */
    bool other_order;   /* the meter has another order that is not over */
    bool dead_restore;  /* a copy of the last restore may still act */

    /* 1 */
    struct money owed, least, suspense; /* owed: overdue, not disputed, not planned */
    int unpaid;                         /* bills that are overdue */

    /* 2 */
    utc_t notice_at;       /* delivered */
    utc_t final_at;        /* the last warning delivered */
    bool notice_elsewhere; /* to a number that is not the account's any more */

    /* 3 */
    utc_t feed_at;
    int feed_max_age_s;
    bool in_flight; /* somebody says that he has paid */

    /* 4 */
    bool disputed, plan, promise;
    char hold[PLACE_MAX];
    bool bill_exception;
    int estimates, estimates_max; /* bills in a row without a reading */

    /* 5 */
    char protected_for[WORD_MAX];
    utc_t protected_until;
    char moratorium[PLACE_MAX];
    utc_t weather_at, heat_at; /* of the newest forecast, and heat advisory */
    int low_tenths;            /* of a degree Celsius, forecast then */
    char class[WORD_MAX];

    /* 7 */
    int approvals, approvals_needed;
    bool approved_by_proposer;
    utc_t expires_at; /* of the order, or of one proposed now */
    int64_t batch_size, batch_max;

    /* 8 */
    utc_t heard_at;
    int silent_max_s;
    char relay[WORD_MAX];
    bool can_look; /* there is a request for the state of the relay */

    /* 9 */
    char outage[KEY_MAX];

    /* 10 */
    int64_t sent_hour, sent_day, sent_group;
    int64_t max_hour, max_day, max_group;
    int64_t failures, failures_max; /* in a row */
    char killed[PLACE_MAX];         /* why */
    bool maintenance, clock_in_doubt;
};

#define GUARD_WHY_MAX     161
#define GUARD_REASONS_MAX 48

struct guard_reason {
    enum guard guard;
    bool waits; /* it may be over in an hour; else the order is dead */
    char why[GUARD_WHY_MAX];
};

struct guard_result {
    struct guard_reason at[GUARD_REASONS_MAX];
    int n; /* 0: it may be cut */
};

/* "debt", "notice" ... for logs and lists. */
const char *guard_name(enum guard guard);

/* All reasons against a cut. `policy` has the law of the place, and the utility's hours. */
void guard_ask(const struct guard_facts *f, const struct policy *policy, int decimals,
               struct guard_result *out);

/* One of the guards objects. */
bool guard_objects(const struct guard_result *r, enum guard guard);
/* There are reasons, and none of them kills the order. */
bool guard_only_waits(const struct guard_result *r);
/* What the guards saw when none objected, for the record: "2,855.69 overdue in 1 bill;
 * notice of 2026-11-17; ...". */
const char *guard_evidence(const struct guard_facts *f, int decimals, char *out,
                           size_t size);
/* "debt: ...; hours: ..."; "all guards pass" without reasons. */
const char *guard_print(const struct guard_result *r, char *out, size_t size);

#endif
