/*
 * outbox.h - what goes out by text message, and what may become of it.
 *
 * Whoever has something to say calls outbox_add() inside the transaction that holds the
 * reason. The engine takes, sends and settles: it alone calls the rest.
 *
 * No function here begins or commits a transaction; all but the pure ones need an open one.
 */
#ifndef METERPOST_SMS_OUTBOX_H
#define METERPOST_SMS_OUTBOX_H

#include "meterpost/base/clock.h"
#include "meterpost/base/conf.h"
#include "meterpost/sms/wire.h"
#include "meterpost/store/outbox.h"

/* ---- for everybody ---- */

struct outbox_new {
    const char *key; /* the reason: "bill 2026-000017", "request 41 2"; the same twice is
                        one message */
    enum outbox_kind kind;
    const char *number;   /* "+254700000001" or a short code */
    const char *text;     /* UTF-8, at most SEGMENTS_MAX parts; to a meter perhaps data */
    const char *language; /* of the text: may be written plainly (translit.h); or NULL */
    utc_t not_before;     /* 0 = now */
    utc_t expires_at;     /* not sent any more from then on; 0 = as its kind has it */
    int64_t account_id, meter_id, request_id, inbox_id; /* what it is about; 0 = none */
    const char
        *avoid; /* a modem that had no luck: another one, where there is one; or NULL */
    const char *via; /* the only modem that may send it; or NULL */
};

#define OUTBOX_DATA "hex:"

/* People write data for meters that speak binary as "hex:0103 0000 0002". True for such a
 * text; *digits gets the digits alone, `size` bytes. */
bool outbox_is_data(const char *text, char *digits, size_t size);

/* Queue a message: its alphabet, parts and priority are worked out here. *id names the row,
 * also when the key was there already (then nothing is written). `id` may be NULL.
 * FAIL_REJECT for a number that nobody can be reached under and for a text that is too long
 * or not UTF-8. */
bool outbox_add(struct store *s, const struct outbox_new *m, utc_t now, int64_t *id,
                struct err *e);

/* Withdraw a message that has not left. *done is false when it is too late. */
bool outbox_cancel(struct store *s, int64_t id, const char *reason, bool *done,
                   struct err *e);

/* What a kind of message is given and what doubt about it means. */
enum outbox_doubt {
    DOUBT_REPEAT, /* goes again: twice does no harm */
    DOUBT_ONCE,   /* goes once more, marked as repeated */
    DOUBT_STAYS,  /* never goes again by itself: the meter is asked instead */
};
struct outbox_rule {
    int priority;    /* smaller goes first */
    int valid_s;     /* default time until it expires */
    int network_min; /* how long the network may keep it for a phone that is off */
    enum outbox_doubt doubt;
    bool report; /* ask for a delivery report */
};
const struct outbox_rule *outbox_rule(enum outbox_kind kind);
/* May a message of this kind that may have left, and went again so often, go again? */
bool outbox_may_repeat(enum outbox_kind kind, int repeated);

/* Take over the validity of each kind, as the time zone is taken over: for the whole
 * process. Whoever reads a configuration does it (desk_load()). */
void outbox_rules_set(const struct conf *c);

/* The hours in which messages of a kind leave. */
struct day_window outbox_hours(const struct conf *c, enum outbox_kind kind);

/* ---- the state machine (outbox_state.c has the picture) ---- */

enum outbox_event {
    EVENT_TAKE,    /* a modem gets it */
    EVENT_SENT,    /* the network took the last part */
    EVENT_NOT_NOW, /* it certainly did not leave; later perhaps */
    EVENT_REFUSED, /* it certainly did not leave, and never will */
    EVENT_DOUBT,   /* it may have left */
    EVENT_ARRIVED, /* every part was reported as delivered */
    EVENT_LOST,    /* a part was reported as given up */
    EVENT_EXPIRE,  /* its time is over */
    EVENT_CANCEL,  /* withdrawn */
    EVENT_RESTART, /* found `sending` when the engine starts or a worker died */
    EVENT_REPEAT,  /* goes again after doubt */
    OUTBOX_EVENTS
};

/* The state after an event; OUTBOX_STATES when that event may not happen in `now`. */
enum outbox_state outbox_after(enum outbox_state now, enum outbox_event event);
const char *outbox_event_name(enum outbox_event event);

/* ---- for the engine ---- */

/* What a modem is used with. */
enum outbox_how {
    OUTBOX_REPORTS = 1, /* it asks for delivery reports at all */
    OUTBOX_LONG_REF = 2 /* parts are held together by 16 bits */
};

/* Give message `id` to `modem`: it is `sending` now, and *out is its next part, the first
 * one again when it had begun on another modem. Commit before the packet leaves. `how`: of
 * enum outbox_how. */
bool outbox_take(struct store *s, int64_t id, const char *modem, unsigned how, utc_t now,
                 struct wire_send *out, struct err *e);

/* What the modem says became of a part. *more is true when the next part shall follow: it
 * is `sending` already and in *next. A RESULT that fits no part in the air is FAIL_REJECT.
 */
bool outbox_result(struct store *s, const char *modem, unsigned how,
                   const struct wire_result *r, utc_t now, struct wire_send *next,
                   bool *more, struct err *e);

/* The part in *w never reached the worker: its message is queued again, due at once. */
bool outbox_not_handed(struct store *s, const char *modem, const struct wire_send *w,
                       utc_t now, struct err *e);

/* Message `id` is queued and can never be sent, for a reason of our own. */
bool outbox_refuse(struct store *s, int64_t id, const char *reason, struct err *e);

/* All that was `sending` at `modem` (NULL: at any) may have left. *count messages. */
bool outbox_modem_lost(struct store *s, const char *modem, utc_t now, int *count,
                       struct err *e);

/* Queued messages whose time is over, at most at_most of them. */
bool outbox_expire(struct store *s, utc_t now, int at_most, int *done, struct err *e);

/* A delivery report; `country_code` brings its number into our spelling. */
bool outbox_report(struct store *s, const char *modem, const char *country_code,
                   const struct wire_arrived *a, const uint8_t dedup[32], utc_t now,
                   struct err *e);

#endif
