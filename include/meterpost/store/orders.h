/*
 * orders.h (store) - rows of orders to cut and restore supply, who approved them and what
 * became of them; and how the supply of each meter should be.
 *
 * Only statements live here: what may follow what is decided in meterpost/relay/state.h.
 * Approvals and events are insert-only; the table itself refuses a cut that nobody but its
 * proposer approved, and a second open order for a meter. All functions run in the
 * transaction of the caller.
 */
#ifndef METERPOST_STORE_ORDERS_H
#define METERPOST_STORE_ORDERS_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/registry.h"

#define ORDER_REASON_MAX 201 /* bytes with NUL, as all of these */
#define ORDER_NOTE_MAX   401

enum order_action { ORDER_CUT, ORDER_RESTORE };

/* Why: it decides which guards hold, and only arrears end by themselves with a payment. */
enum order_cause {
    CAUSE_ARREARS,
    CAUSE_CUSTOMER, /* asked for it */
    CAUSE_THEFT,
    CAUSE_SAFETY,
    CAUSE_OPERATOR,
    ORDER_CAUSES
};

enum order_state {
    ORDER_PROPOSED,
    ORDER_APPROVED, /* by a second person */
    ORDER_QUEUED,   /* being prepared: the relay is looked at, the command waits */
    ORDER_SENT,
    ORDER_ACKNOWLEDGED, /* the meter has answered the command */
    ORDER_ARMED,        /* close allowed: the customer must press a button */
    ORDER_VERIFIED,     /* a separate look has shown the relay as it should be */
    ORDER_IN_DOUBT,     /* it may have acted */
    ORDER_FAILED,
    ORDER_EXPIRED,
    ORDER_CANCELLED,
    ORDER_STATES
};

enum order_way { WAY_SMS, WAY_BUS, WAY_FIELD };

struct order {
    int64_t id, batch_id, meter_id, account_id, installation_id;
    char serial[KEY_MAX], number[PHONE_MAX]; /* as they were when it was proposed */
    enum order_action action;
    enum order_cause cause;
    enum order_state state;
    enum order_way way;
    char reason[ORDER_REASON_MAX];
    struct money amount; /* owed when it was proposed */
    int age_days;        /* of the oldest of it */
    bool by_sheet;       /* the proposer proved it with a code of a sheet alone */
    char proposed_by[ACTOR_MAX];
    utc_t proposed_at, expires_at; /* expires_at 0: never */
    utc_t approved_at, sent_at, acknowledged_at;
    utc_t power_at; /* when the relay was first seen as it should be */
    utc_t finished_at;
    utc_t since;                        /* the reason holds: a restore's payment */
    utc_t next_at;                      /* when it is looked at again */
    int64_t outbox_id, check_outbox_id; /* last command, last question */
    int64_t job_id, check_job_id;       /* the same by wire */
    utc_t check_at;                     /* 0: no answer is waited for */
    int checks, tries;                  /* tries: commands that may have left */
    utc_t dead_at;                      /* no copy of a command acts from then on */
    utc_t late_check_at;                /* not done before a look after then */
    int alarmed;
    char note[ORDER_NOTE_MAX];
};

const char *order_state_name(enum order_state state);
const char *order_action_name(enum order_action action);
const char *order_cause_name(enum order_cause cause);
bool order_cause_parse(const char *word, enum order_cause *out);

bool order_batch_add(struct store *s, const char *proposed_by, const char *note, utc_t now,
                     int64_t *id, struct err *e);

/* FAIL_REJECT when the meter has an open order. */
bool order_add(struct store *s, const struct order *o, int64_t *id, struct err *e);
bool order_by_id(struct store *s, int64_t id, struct order *out, bool *found,
                 struct err *e);
/* Write all but what names it: meter, account, action, cause, reason, proposer. */
bool order_save(struct store *s, const struct order *o, struct err *e);

bool order_open_of(struct store *s, int64_t meter_id, struct order *out, bool *found,
                   struct err *e);
/* The order whose command this message is. */
bool order_of_outbox(struct store *s, int64_t outbox_id, struct order *out, bool *found,
                     struct err *e);
/* The newest order of an action for a meter that was sent. */
bool order_newest_sent(struct store *s, int64_t meter_id, enum order_action action,
                       struct order *out, bool *found, struct err *e);
/* Orders of a batch in the order of their ids, above `after`. */
bool order_next_of_batch(struct store *s, int64_t batch_id, int64_t after,
                         struct order *out, bool *found, struct err *e);
/* Open orders that want a look at `now`, restores first: next_at has come, or the message
 * of the command has got further than the order knows. Above `after` among its kind. */
bool order_next_due(struct store *s, utc_t now, const struct order *after,
                    struct order *out, bool *found, struct err *e);
/* The earliest next_at of all that are open; 0: none. */
bool order_next_at(struct store *s, utc_t *when, struct err *e);

bool order_event_add(struct store *s, int64_t order_id, utc_t at, const char *event,
                     enum order_state state, const char *actor, const char *note,
                     struct err *e);

/* *added is false when that person has approved it already. */
bool order_approval_add(struct store *s, int64_t order_id, const char *person, utc_t at,
                        const char *note, bool *added, struct err *e);
/* How many people; and the one who was last (ACTOR_MAX bytes). */
bool order_approvals(struct store *s, int64_t order_id, int64_t *count, char *last,
                     struct err *e);

/* Cuts that were sent since `since`: of all (group 0), or of meters of one group. */
bool order_cuts_since(struct store *s, utc_t since, int64_t group_id, int64_t *count,
                      struct err *e);
/* Of the newest finished cuts that were sent from afar, how many failed in a row. */
bool order_failures_in_row(struct store *s, int64_t *count, struct err *e);
/* Orders of a batch that were sent; and those of them that are proven. */
bool order_batch_progress(struct store *s, int64_t batch_id, int64_t *all, int64_t *sent,
                          int64_t *proven, struct err *e);

/* Cuts for arrears that were proven since `since`, and after how many of them the customer
 * had paid, so that a restore was ordered, within_s seconds later. */
bool orders_paid_soon(struct store *s, utc_t since, int64_t within_s, int64_t *cuts,
                      int64_t *paid, struct err *e);

/* ---- how supply should be ---- */

struct supply {
    int64_t meter_id;
    bool open; /* wanted off */
    char cause[WORD_MAX];
    int64_t order_id;
    utc_t since, asked_at, alarmed_at;
};

bool supply_of(struct store *s, int64_t meter_id, struct supply *out, bool *found,
               struct err *e);
/* It is weighed anew after that. */
bool supply_set(struct store *s, const struct supply *w, struct err *e);
/* Meters that should be off for arrears, in the order of their ids, above `after`, on whose
 * account something has changed since they were weighed (supply_weighed). */
bool supply_next_changed(struct store *s, int64_t after, struct supply *out, bool *found,
                         struct err *e);
bool supply_weighed(struct store *s, int64_t meter_id, struct err *e);
/* Meters without an open order, in the order of their ids, above `after`. */
enum supply_list {
    /* They report another state than they should have, and were not told of. Where no order
     * ever was (order_id is 0 then) they should be on, unless they are prepaid. */
    SUPPLY_WRONG,
    SUPPLY_RIGHT, /* they were told of, and stand right again */
    /* They should be off and were not looked at since `before`, or they had an order once
     * and are in a round that began since they were looked at. */
    SUPPLY_UNSEEN,
};
bool supply_next(struct store *s, enum supply_list list, int64_t after, utc_t before,
                 struct supply *out, bool *found, struct err *e);
/* The next time at which SUPPLY_UNSEEN or a second look of the money has one, when
 * looks are `every_s` apart; 0: never. */
bool supply_next_at(struct store *s, int64_t every_s, utc_t *when, struct err *e);

#endif
