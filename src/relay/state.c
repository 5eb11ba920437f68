/* clang-format off */
/*
 * The life of an order:
 *
 *   PROPOSED ─ approve ─► APPROVED ─ queue ─► QUEUED ─ leave ─► SENT ─ ack ─► ACKNOWLEDGED ─ prove ─► VERIFIED
 *       │                  ▲   │                │ ▲              │                │  └─ arm ─► ARMED ─── prove ───┘
 *       │                  │   │                │ └─ unsent      └──── doubt ─────┴─ doubt ─► IN_DOUBT ─ prove ───┘
 *       │                  └───│──── again ─────│──────────────────────────────────────────────┘ │
 *       └─ expire, cancel ─────┴────────────────┴► EXPIRED, CANCELLED             give_up ─► FAILED
 *
 * SENT is committed before the modem, or the wire, hears of the command. A command that may
 * have left is never sent again before a look has shown that it did not act (`again`). The
 * meter's own answer is not believed alone: only a separate look makes VERIFIED. A restore
 * begins as APPROVED: nobody has to allow it.
 */
/* clang-format on */
#include "meterpost/relay/state.h"

#define NO ORDER_STATES
#define P  ORDER_PROPOSED
#define A  ORDER_APPROVED
#define Q  ORDER_QUEUED
#define S  ORDER_SENT
#define K  ORDER_ACKNOWLEDGED
#define R  ORDER_ARMED
#define V  ORDER_VERIFIED
#define B  ORDER_IN_DOUBT
#define F  ORDER_FAILED
#define E  ORDER_EXPIRED
#define C  ORDER_CANCELLED

/* clang-format off */
static const enum order_state after[ORDER_STATES][ORDER_EVENTS] = {
    /*                       approve queue leave unsent ack  arm  prove doubt again give_up expire cancel turn */
    [ORDER_PROPOSED]     = { A,      NO,   NO,   NO,    NO,  NO,  NO,   NO,   NO,   NO,     E,     C,     NO },
    [ORDER_APPROVED]     = { NO,     Q,    NO,   NO,    NO,  NO,  NO,   NO,   NO,   F,      E,     C,     NO },
    [ORDER_QUEUED]       = { NO,     NO,   S,    A,     NO,  R,   V,    B,    NO,   F,      E,     C,     NO },
    [ORDER_SENT]         = { NO,     NO,   NO,   A,     K,   R,   V,    B,    A,    F,      NO,    NO,    C  },
    [ORDER_ACKNOWLEDGED] = { NO,     NO,   NO,   NO,    K,   R,   V,    B,    A,    F,      NO,    NO,    C  },
    [ORDER_ARMED]        = { NO,     NO,   NO,   NO,    R,   R,   V,    B,    A,    F,      NO,    NO,    C  },
    [ORDER_IN_DOUBT]     = { NO,     NO,   NO,   NO,    K,   R,   V,    B,    A,    F,      NO,    NO,    C  },
    [ORDER_VERIFIED]     = { NO,     NO,   NO,   NO,    NO,  NO,  NO,   NO,   NO,   NO,     NO,    NO,    NO },
    [ORDER_FAILED]       = { NO,     NO,   NO,   NO,    NO,  NO,  NO,   NO,   NO,   NO,     NO,    NO,    NO },
    [ORDER_EXPIRED]      = { NO,     NO,   NO,   NO,    NO,  NO,  NO,   NO,   NO,   NO,     NO,    NO,    NO },
    [ORDER_CANCELLED]    = { NO,     NO,   NO,   NO,    NO,  NO,  NO,   NO,   NO,   NO,     NO,    NO,    NO },
};
/* clang-format on */

enum order_state
order_after(enum order_state now, enum order_event event)
{
    return after[now][event];
}

const char *
order_event_name(enum order_event event)
{
    switch (event) {
    case ORDER_APPROVE: return "approve";
    case ORDER_QUEUE: return "queue";
    case ORDER_LEAVE: return "leave";
    case ORDER_UNSENT: return "unsent";
    case ORDER_ACK: return "ack";
    case ORDER_ARM: return "arm";
    case ORDER_PROVE: return "prove";
    case ORDER_DOUBT: return "doubt";
    case ORDER_AGAIN: return "again";
    case ORDER_GIVE_UP: return "give_up";
    case ORDER_EXPIRE: return "expire";
    case ORDER_CANCEL: return "cancel";
    case ORDER_TURN: return "turn";
    case ORDER_EVENTS: break;
    }
    return "?";
}

bool
order_state_is_final(enum order_state state)
{
    for (int i = 0; i < ORDER_EVENTS; i++) {
        if (after[state][i] != ORDER_STATES)
            return false;
    }
    return true;
}

bool
order_state_is_out(enum order_state state)
{
    return after[state][ORDER_TURN] != ORDER_STATES;
}
