/* reply_name.c - what a reply and the relay that it tells of are called. */
#include "meterpost/metering/profile.h"

const char *
reply_kind_name(enum reply_kind kind)
{
    switch (kind) {
    case REPLY_UNKNOWN: return "unknown";
    case REPLY_READING: return "reading";
    case REPLY_RELAY: return "relay";
    case REPLY_ACK: return "ack";
    case REPLY_ALARM: return "alarm";
    case REPLY_NOTICE: return "notice";
    case REPLY_ERROR: return "error";
    }
    return "unknown";
}

const char *
reply_relay_name(enum reply_relay relay)
{
    switch (relay) {
    case REPLY_RELAY_NONE: return "";
    case REPLY_RELAY_CLOSED: return "closed";
    case REPLY_RELAY_OPEN: return "open";
    case REPLY_RELAY_ARMED: return "armed";
    }
    return "";
}
