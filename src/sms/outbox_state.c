/* clang-format off */
/*
 * The life of an outgoing message:
 *
 *    outbox_add             ┌─────────┐
 *         │  ┌── not_now ───┤         ├── refused ──► FAILED
 *         ▼  ▼              │         │
 *       QUEUED ─── take ───►│ SENDING ├── sent ──► SENT ──┬── arrived ──► DELIVERED
 *        │  ▲               │         │                   └── lost ─────► UNDELIVERED
 *        │  └ repeat ┐      │         ├── doubt, restart ──┐
 *        │           │      └─────────┘                    │
 *        │       IN_DOUBT ◄────────────────────────────────┘
 *        └── expire ──► EXPIRED    cancel ──► CANCELLED    refused ──► FAILED
 *
 * SENDING is committed before the modem hears of the message. What is found SENDING when the
 * engine starts, or when a worker died, may have left: it is in doubt, and its kind decides
 * whether it goes again.
 */
/* clang-format on */
#include "meterpost/sms/outbox.h"

#define NO OUTBOX_STATES
#define Q  OUTBOX_QUEUED
#define S  OUTBOX_SENDING
#define OK OUTBOX_SENT
#define D  OUTBOX_DELIVERED
#define U  OUTBOX_UNDELIVERED
#define F  OUTBOX_FAILED
#define E  OUTBOX_EXPIRED
#define C  OUTBOX_CANCELLED
#define B  OUTBOX_IN_DOUBT

/* clang-format off */
static const enum outbox_state after[OUTBOX_STATES][OUTBOX_EVENTS] = {
    /*                       take sent not_now refused doubt arrived lost expire cancel restart repeat */
    [OUTBOX_QUEUED]      = { S,   NO,  NO,     F,      NO,   NO,     NO,  E,     C,     NO,     NO },
    [OUTBOX_SENDING]     = { NO,  OK,  Q,      F,      B,    NO,     NO,  NO,    NO,    B,      NO },
    [OUTBOX_SENT]        = { NO,  NO,  NO,     NO,     NO,   D,      U,   NO,    NO,    NO,     NO },
    [OUTBOX_DELIVERED]   = { NO,  NO,  NO,     NO,     NO,   NO,     NO,  NO,    NO,    NO,     NO },
    [OUTBOX_UNDELIVERED] = { NO,  NO,  NO,     NO,     NO,   NO,     NO,  NO,    NO,    NO,     NO },
    [OUTBOX_FAILED]      = { NO,  NO,  NO,     NO,     NO,   NO,     NO,  NO,    NO,    NO,     NO },
    [OUTBOX_EXPIRED]     = { NO,  NO,  NO,     NO,     NO,   NO,     NO,  NO,    NO,    NO,     NO },
    [OUTBOX_CANCELLED]   = { NO,  NO,  NO,     NO,     NO,   NO,     NO,  NO,    NO,    NO,     NO },
    [OUTBOX_IN_DOUBT]    = { NO,  NO,  NO,     NO,     NO,   NO,     NO,  NO,    NO,    NO,     Q  },
};
/* clang-format on */

enum outbox_state
outbox_after(enum outbox_state now, enum outbox_event event)
{
    return after[now][event];
}

const char *
outbox_event_name(enum outbox_event event)
{
    switch (event) {
    case EVENT_TAKE: return "take";
    case EVENT_SENT: return "sent";
    case EVENT_NOT_NOW: return "not_now";
    case EVENT_REFUSED: return "refused";
    case EVENT_DOUBT: return "doubt";
    case EVENT_ARRIVED: return "arrived";
    case EVENT_LOST: return "lost";
    case EVENT_EXPIRE: return "expire";
    case EVENT_CANCEL: return "cancel";
    case EVENT_RESTART: return "restart";
    case EVENT_REPEAT: return "repeat";
    case OUTBOX_EVENTS: break;
    }
    return "?";
}
