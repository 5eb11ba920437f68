/* inside.h - what the files of src/relay have in common. */
#ifndef METERPOST_SRC_RELAY_INSIDE_H
#define METERPOST_SRC_RELAY_INSIDE_H

#include "meterpost/metering/target.h"
#include "meterpost/relay/order.h"
#include "meterpost/relay/state.h"
#include "meterpost/relay/work.h"
#include "meterpost/store/arrears.h"

#define ENGINE "engine"

/* No copy of a command acts later than this after it was handed out: to the modem (60 s),
 * its answer (150 s), the validity in the network (300 s), and a margin (reliability.md
 * B4). */
#define SMS_DEAD_S  600
#define LINE_DEAD_S 120
/* A service centre's clock and ours may differ by that: an answer that was sent earlier
 * than its question is of another one. */
#define CLOCKS_DIFFER_S 60

/* ---- way.c: how a meter is reached ---- */

struct way {
    enum order_way way;       /* WAY_FIELD: nothing reaches it */
    char number[PHONE_MAX];   /* the phone, or "bus:ADDRESS" of a wire */
    char known_by[PHONE_MAX]; /* that of the way that comes first: whichever is taken */
    struct target target;
    const char *cut, *restore, *look; /* templates by SMS; NULL: it cannot */
    bool arms; /* the restore only allows to close: a button does it */
    bool can_look;
};

/* The way that an order takes now; `o` NULL: the one that comes first. */
bool way_of(const struct relay *r, const struct meter *m, const struct order *o,
            struct way *out, struct err *e);

/* The way of an order did not lead there: it takes the next; *fresh is false when all were
 * tried, or there is no other. */
bool way_turn(const struct relay *r, struct order *o, bool *fresh, struct err *e);
bool way_is_only(const struct relay *r, const struct order *o, bool *only, struct err *e);

/* ---- facts.c ---- */

/* All that the guards ask about; `o` NULL: nothing was proposed yet. */
bool facts_gather(const struct relay *r, const struct meter *m, const struct order *o,
                  enum guard_phase phase, enum order_cause cause, struct guard_facts *out,
                  struct err *e);
/* Ask the guards. */
bool facts_ask(const struct relay *r, const struct meter *m, const struct order *o,
               enum guard_phase phase, enum order_cause cause, struct guard_result *out,
               struct err *e);

/* ---- step.c ---- */

/* The only way from state to state: writes the order and its event. FAIL_FATAL for a step
 * that the table does not have. */
bool step_order(const struct relay *r, struct order *o, enum order_event event,
                const char *actor, const char *note, struct err *e);
/* Note something that changes no state. */
bool step_note(const struct relay *r, struct order *o, const char *event, const char *note,
               struct err *e);
bool step_load(const struct relay *r, int64_t id, struct order *o, struct err *e);
/* The meter of an order; it is in the registry for ever. */
bool step_meter(const struct relay *r, const struct order *o, struct meter *m,
                struct err *e);

/* ---- command.c: what goes to the meter ---- */

/* Put the command into the outbox, or on the wire; the order is queued. */
bool command_queue(const struct relay *r, struct order *o, const struct meter *m,
                   struct err *e);
/* Ask how the relay stands; the answer is waited for. */
bool command_look(const struct relay *r, struct order *o, const struct meter *m,
                  struct err *e);
/* Take back a command that has not left; *done false: it has. */
bool command_withdraw(const struct relay *r, const struct order *o, const char *why,
                      bool *done, struct err *e);
/* The guards of a cut, in the transaction that hands it out. When it may not, `why` says
 * so, and *dead whether the order is. */
#define COMMAND_WHY_MAX 401
bool command_may(const struct relay *r, struct order *o, const struct meter *m, bool *may,
                 bool *dead, char why[COMMAND_WHY_MAX], struct err *e);
/* What that means for the order. */
bool command_held(const struct relay *r, struct order *o, bool dead, const char *why,
                  struct err *e);
/* The command is handed out now: from here on it may have acted. */
bool command_leaves(const struct relay *r, struct order *o, struct err *e);

/* ---- look.c: what answers mean ---- */

bool look_seen(const struct relay *r, struct order *o, const struct meter *m,
               const char *relay, utc_t seen_at, struct err *e);
/* The command certainly did not leave: again later, with a rest. */
bool look_unsent(const struct relay *r, struct order *o, const char *why, struct err *e);
/* The same, and it was the way that failed: at once by the next, when there is one. */
bool look_unreached(const struct relay *r, struct order *o, const char *why, struct err *e);

/* ---- advance.c ---- */

bool advance_order(const struct relay *r, struct order *o, struct err *e);
/* Seconds until the n-th try, from 1. */
int advance_rest_s(enum order_action action, int n);
/* When an order is looked at again: after its rest; a restore also when somebody must hear
 * of it. */
utc_t advance_again_at(const struct relay *r, const struct order *o);

/* ---- tell.c: what people are told ---- */

/* Text `template` to the first phone of the account of the order; nothing without phone. */
bool tell_customer(const struct relay *r, const struct order *o, const char *template,
                   struct err *e);
/* Raise an alarm about a meter, by its serial; `text` NULL: all is well again. */
bool tell_alarm(const struct relay *r, const char *kind, const char *subject,
                const char *text, struct err *e);

/* ---- supply.c ---- */

/* Restores of who has paid; *done of them. */
bool supply_paid(const struct relay *r, int at_most, int *done, struct err *e);
/* What reports otherwise than it should be; looks at what is off. */
bool supply_compare(const struct relay *r, int at_most, int *done, struct err *e);
bool supply_want(const struct relay *r, const struct order *o, bool open, struct err *e);

/* ---- field.c ---- */

bool field_send_open(const struct relay *r, int at_most, int *done, struct err *e);
/* A technician shall do what the order wants; once an order and action. */
bool field_ask(const struct relay *r, const struct order *o, const char *why,
               struct err *e);

/* Whoever was to go there need not any more: the order is over. */
bool field_end(const struct relay *r, const struct order *o, struct err *e);

/* ---- flag.c ---- */

/* The name behind the colon of "staff:amina". */
const char *person_of(const char *actor);

#endif
