/* reply_name.c - what a reply and the relay that it tells of are called; words that it
 * bears. */
#include "metering/profile_file.h"
#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>

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

void
reply_add_alarm(struct reply *out, const char *word, const char *key, const char *meter)
{
    struct reply_alarm *alarm = &out->alarms[out->n_alarms];

    if (out->n_alarms == REPLY_ALARMS_MAX) /* so many say no more than the first ones */
        return;
    text_clip(alarm->word, sizeof(alarm->word), word);
    text_copy(alarm->key, sizeof(alarm->key), key);
    text_copy(alarm->meter, sizeof(alarm->meter), meter);
    out->n_alarms++;
}

void
reply_add_well(struct reply *out, const char *word)
{
    size_t used = strlen(out->well);

    if (used + strlen(word) + 2 <= sizeof(out->well))
        snprintf(out->well + used, sizeof(out->well) - used, "%s%s", used > 0 ? "," : "",
                 word);
}
