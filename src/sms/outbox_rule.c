/*
 * outbox_rule.c - what each kind of message is given: who goes first, in which hours, for
 * how long, and what doubt about it means. Only what does no harm twice is repeated.
 */
#include "meterpost/sms/outbox.h"

#include <stddef.h>

/* Hours and validity are those of the configuration; see outbox_rules_set(). */
#define WORTH(kind) offsetof(struct conf_validity, kind##_s)
#define HOURS(kind) offsetof(struct conf_hours, kind)
#define REPEATS_MAX 3 /* of a message that may have left and does no harm twice */
#define AT_ONCE     SIZE_MAX
#define AS_IT_IS    SIZE_MAX

static struct outbox_rule rules[OUT_KINDS] = {
    [OUT_RESTORE] = {10, 10 * MINUTE_S, 5, DOUBT_STAYS, true},
    [OUT_CUT] = {20, 10 * MINUTE_S, 5, DOUBT_STAYS, true},
    [OUT_VERIFY] = {20, 10 * MINUTE_S, 5, DOUBT_REPEAT, false},
    [OUT_ALARM] = {30, 6 * HOUR_S, 360, DOUBT_REPEAT, true},
    [OUT_ANSWER] = {40, HOUR_S, 60, DOUBT_REPEAT, false},
    [OUT_TEST] = {45, 30 * MINUTE_S, 30, DOUBT_STAYS, false},
    [OUT_RECEIPT] = {50, 3 * DAY_S, 1440, DOUBT_REPEAT, false},
    [OUT_REPLY] = {60, HOUR_S, 60, DOUBT_REPEAT, false},
    [OUT_NOTICE] = {70, 3 * DAY_S, 1440, DOUBT_ONCE, true},
    [OUT_BILL] = {80, 7 * DAY_S, 4320, DOUBT_ONCE, true},
    [OUT_REQUEST] = {90, 6 * HOUR_S, 60, DOUBT_REPEAT, false},
};

static const struct {
    size_t worth, hours;
} settings[OUT_KINDS] = {
    [OUT_RESTORE] = {WORTH(restore), AT_ONCE},
    [OUT_CUT] = {WORTH(cut), AT_ONCE},
    [OUT_VERIFY] = {WORTH(verify), AT_ONCE},
    [OUT_ALARM] = {WORTH(alarm), HOURS(alarm)},
    [OUT_ANSWER] = {WORTH(answer), HOURS(answer)},
    [OUT_TEST] = {AS_IT_IS, AT_ONCE},
    [OUT_RECEIPT] = {WORTH(receipt), HOURS(receipt)},
    [OUT_REPLY] = {WORTH(reply), HOURS(reply)},
    [OUT_NOTICE] = {WORTH(notice), HOURS(notice)},
    [OUT_BILL] = {WORTH(bill), HOURS(bill)},
    [OUT_REQUEST] = {WORTH(request), HOURS(request)},
};

const struct outbox_rule *
outbox_rule(enum outbox_kind kind)
{
    return &rules[kind];
}

bool
outbox_may_repeat(enum outbox_kind kind, int repeated)
{
    switch (outbox_rule(kind)->doubt) {
    case DOUBT_REPEAT: return repeated < REPEATS_MAX;
    case DOUBT_ONCE: return repeated < 1;
    case DOUBT_STAYS: break;
    }
    return false;
}

void
outbox_rules_set(const struct conf *c)
{
    for (int i = 0; i < OUT_KINDS; i++) {
        const char *worth = (const char *)&c->validity + settings[i].worth;

        if (settings[i].worth != AS_IT_IS)
            rules[i].valid_s = *(const int *)(const void *)worth;
    }
}

struct day_window
outbox_hours(const struct conf *c, enum outbox_kind kind)
{
    const char *hours = (const char *)&c->hours + settings[kind].hours;

    if (settings[kind].hours == AT_ONCE)
        return (struct day_window){0, MINUTES_A_DAY};
    return *(const struct day_window *)(const void *)hours;
}
