/*
 * outbox.h (store) - the rows of what goes out by text message: whole messages and their
 * parts, and the delivery reports that came back.
 *
 * Only statements live here. What may follow what is decided in meterpost/sms/outbox.h,
 * which is what the rest of the program calls; here a step is made only when the row is
 * still in the state that it starts from.
 */
#ifndef METERPOST_STORE_OUTBOX_H
#define METERPOST_STORE_OUTBOX_H

#include "meterpost/base/clock.h"
#include "meterpost/base/phone.h"
#include "meterpost/store/store.h"

#define OUTBOX_KEY_MAX 200 /* bytes with NUL */
#define OUTBOX_TEXT_MAX                                                                    \
    4800 /* bytes of UTF-8 with NUL: ten parts of three-byte characters */
#define MODEM_NAME_MAX 64

enum outbox_state {
    OUTBOX_QUEUED,
    OUTBOX_SENDING,     /* committed before the modem heard of it */
    OUTBOX_SENT,        /* the network took it */
    OUTBOX_DELIVERED,   /* the phone confirmed it */
    OUTBOX_UNDELIVERED, /* the network gave up */
    OUTBOX_FAILED,      /* it certainly did not leave, and never will */
    OUTBOX_EXPIRED,     /* it certainly did not leave in time */
    OUTBOX_CANCELLED,   /* withdrawn before it left */
    OUTBOX_IN_DOUBT,    /* it may have left */
    OUTBOX_STATES
};

/* What a message is for: it decides priority, validity and what doubt means. */
enum outbox_kind {
    OUT_RESTORE, /* switch a supply on */
    OUT_CUT,     /* switch a supply off */
    OUT_VERIFY,  /* ask a meter for its relay state */
    OUT_ALARM,   /* to staff */
    OUT_ANSWER,  /* to staff who asked */
    OUT_TEST,    /* to a modem of ours: does it hear? */
    OUT_RECEIPT,
    OUT_REPLY, /* to a customer who asked */
    OUT_NOTICE,
    OUT_BILL,
    OUT_REQUEST, /* ask a meter for its reading */
    OUT_KINDS
};

struct outbox_row {
    int64_t id;
    char key[OUTBOX_KEY_MAX];
    enum outbox_kind kind;
    int priority; /* smaller goes first */
    char number[PHONE_MAX];
    char text[OUTBOX_TEXT_MAX];
    int alphabet; /* enum wire_alphabet */
    int segments;
    int concat_ref; /* 0..255, the same in all parts */
    int ref_bits;   /* of the header of its parts, 8 or 16; 0 = none has left */
    enum outbox_state state;
    char modem[MODEM_NAME_MAX]; /* that has it or had it; "" = none yet */
    char via[MODEM_NAME_MAX];   /* the only one that may have it; "" = any */
    char avoid[MODEM_NAME_MAX]; /* better another than this one; "" = none */
    utc_t queued_at, next_at, expires_at;
    int attempts, repeated;
    utc_t sent_at, delivered_at;                        /* 0 = not (yet) */
    int64_t account_id, meter_id, request_id, inbox_id; /* 0 = none */
};

/* A part has the states queued, sending, sent, delivered, undelivered and in_doubt. */
struct outbox_part {
    int64_t outbox_id;
    int part; /* from 1 */
    enum outbox_state state;
    char modem[MODEM_NAME_MAX];
    int ref; /* TP-MR 0..255, -1 unknown */
    utc_t sent_at;
};

/* What a step changes beside the state. NULL, 0 and false leave a column as it is. */
struct outbox_change {
    const char *modem;
    utc_t next_at, sent_at, delivered_at;
    bool one_more_attempt, one_more_repeat;
    int code;          /* of the network or modem */
    const char *error; /* in words */
};

struct outbox_report {
    uint8_t dedup[32];
    const char *modem, *number;
    int ref, tp_status;
    utc_t arrived_at;
};

const char *outbox_state_name(enum outbox_state state);
bool outbox_state_parse(const char *word, enum outbox_state *out);
const char *outbox_kind_name(enum outbox_kind kind);
bool outbox_kind_parse(const char *word, enum outbox_kind *out);

/* Add a message and its parts, queued. *added is false when the key was there already: then
 * *id names that row and nothing was written. */
bool outbox_row_add(struct store *s, const struct outbox_row *m, int64_t *id, bool *added,
                    struct err *e);

/* The row of a key. */
bool outbox_row_by_key(struct store *s, const char *key, int64_t *id, bool *found,
                       struct err *e);

bool outbox_row_get(struct store *s, int64_t id, struct outbox_row *out, bool *found,
                    struct err *e);

/* From state `from` to state `to`. FAIL_REJECT when the row is not in `from`. */
bool outbox_row_step(struct store *s, int64_t id, enum outbox_state from,
                     enum outbox_state to, const struct outbox_change *c, struct err *e);

/* What is due (queued, next_at <= now < expires_at), best first; `row` returns false to
 * stop. No other statement of this kind may run meanwhile. */
struct outbox_due {
    int64_t id;
    int priority;
    utc_t next_at;
    enum outbox_kind kind;
    char number[PHONE_MAX];
    int attempts, repeated;
    char last[MODEM_NAME_MAX]; /* that had it at the last attempt; "" = none */
    bool begun;                /* and sent a part of it: the rest must follow there */
    char via[MODEM_NAME_MAX];  /* the only one that may have it; "" = any */
};
struct outbox_look {
    utc_t now;
    int most_priority;       /* of those that are looked at */
    int limit;               /* rows */
    struct outbox_due after; /* begin behind this one; all zero: at the best */
};
bool outbox_row_each_due(struct store *s, const struct outbox_look *look,
                         bool (*row)(const struct outbox_due *m, void *context),
                         void *context, struct err *e);

/* True when an older message to that number, as urgent as this one or more, was tried and
 * goes again at *until: this one must not overtake it. */
bool outbox_row_is_behind(struct store *s, const struct outbox_due *m, bool *is,
                          utc_t *until, struct err *e);

/* The header that all of its parts have from now on. */
bool outbox_row_set_ref_bits(struct store *s, int64_t id, int ref_bits, struct err *e);

/* Not before `when`: a message that is queued. */
bool outbox_row_postpone(struct store *s, int64_t id, utc_t when, struct err *e);

/* The first queued message that expired; any message `sending` at `modem` (NULL: at all)
 * with an id above `after`. */
bool outbox_row_next_expired(struct store *s, utc_t now, int64_t *id, bool *found,
                             struct err *e);
bool outbox_row_next_sending(struct store *s, const char *modem, int64_t after, int64_t *id,
                             bool *found, struct err *e);

/* Earliest next_at or expires_at of what is queued; *found is false when nothing is. */
bool outbox_row_next_at(struct store *s, utc_t *when, bool *found, struct err *e);

/* The newest row of all; 0: there is none. */
bool outbox_row_last(struct store *s, int64_t *id, struct err *e);

/* Messages of a kind to a number that were queued at or after `since`: against floods. */
bool outbox_row_count_to(struct store *s, const char *number, enum outbox_kind kind,
                         utc_t since, int64_t *count, struct err *e);

/* The first part in a state, by number; and how many parts there are in it. */
bool outbox_part_first(struct store *s, int64_t id, enum outbox_state state,
                       struct outbox_part *out, bool *found, struct err *e);
bool outbox_part_in_state(struct store *s, int64_t id, enum outbox_state state,
                          int64_t *count, struct err *e);

/* From `from` to `to`; modem "", ref -1 and sent_at 0 leave the column as it is.
 * FAIL_REJECT when the part is not in `from`. */
bool outbox_part_step(struct store *s, const struct outbox_part *p, enum outbox_state to,
                      struct err *e);
/* All parts of a message that are in `from`. */
bool outbox_part_step_all(struct store *s, int64_t id, enum outbox_state from,
                          enum outbox_state to, struct err *e);

/* All parts are queued as if none had ever left; *count of them had. */
bool outbox_part_rewind(struct store *s, int64_t id, int64_t *count, struct err *e);

/* The newest part that was sent to `number` over `modem` under this reference and has no
 * final report yet. */
bool outbox_part_by_ref(struct store *s, const char *modem, const char *number, int ref,
                        struct outbox_part *out, bool *found, struct err *e);
bool outbox_part_set_report(struct store *s, const struct outbox_part *p, int tp_status,
                            struct err *e);

/* Keep a report. *added is false when it came before. */
bool outbox_report_add(struct store *s, const struct outbox_report *r, int64_t *id,
                       bool *added, struct err *e);
bool outbox_report_match(struct store *s, int64_t id, int64_t outbox_id, struct err *e);
/* A report that came for this part before anybody knew its reference. */
bool outbox_report_waiting(struct store *s, const struct outbox_part *p, const char *number,
                           int64_t *id, int *tp_status, bool *found, struct err *e);

#endif
