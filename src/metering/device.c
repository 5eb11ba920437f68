#include "meterpost/metering/device.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/ask.h"
#include "meterpost/metering/check.h"
#include "meterpost/sms/alarm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where no row fits, the word itself is said and nobody is called. */
static const struct word {
    const char *word, *flag; /* flag: a rule of check.h; "" for none */
    bool is_told;
    const char *says;
} words[] = {
    {"tamper", "tamper", true, "reports tampering: inspect it"},
    {"seal-broken", "tamper", true, "has a broken seal: inspect it"},
    {"reversed", "tamper", true, "counts backwards: look at its wires or pipes"},
    {"current-lost", "tamper", true, "has voltage but no current: inspect its wires"},
    {"device-fault", "fault", true, "reports a fault: look at it"},
    {"meter-fault", "fault", true, "reports a fault: look at it"},
    {"circuit-fault", "fault", true, "reports a fault of its circuit: look at it"},
    {"memory-card", "fault", false, "reports a fault of its memory card: change it"},
    {"battery-low", "battery", false, "has a low battery: change it"},
    {"power-lost", "power", false, "reports that supply was lost"},
    {"reset", "reset", false, "was reset"},
    {"overflow", "overflow", false, "reports that a register overflowed"},
    {"digit-lost", "", false, "sent a value with a digit that is none"},
    {"bad-value", "", false, "sent a value that is no number: read it again"},
    {"value-absent", "", false, "has no value for a register"},
    {"meter-down", "", false, "does not reach a meter behind it"},
    {"credit-low", "", false, "has little credit left"},
    {"credit-none", "", false, "has no credit left"},
    {"sim-credit-low", "", true, "has a SIM with little credit: top it up"},
};

static const struct word *
word_find(const char *name)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].word, name) == 0)
            return &words[i];
    }
    return NULL;
}

void
device_flags(const char *list, char flags[FLAGS_MAX])
{
    char name[ALARM_KIND_MAX];
    struct text all;

    text_init(&all, flags, FLAGS_MAX);
    while (text_next_word(&list, name, sizeof(name))) {
        const struct word *w = word_find(name);

        if (w != NULL && w->flag[0] != '\0' && !check_has_flag(flags, w->flag))
            text_addf(&all, "%s%s", all.used > 0 ? "," : "", w->flag);
    }
}

bool
device_alarms(struct store *s, const struct conf *conf, const char *subject,
              const char *list, utc_t now, struct err *e)
{
    char name[ALARM_KIND_MAX], text[ALARM_TEXT_MAX];

    while (text_next_word(&list, name, sizeof(name))) {
        const struct word *w = word_find(name);
        struct alarm_new alarm = {name, subject, text, w == NULL || !w->is_told};

        if (w != NULL)
            snprintf(text, sizeof(text), "%s %s", subject, w->says);
        else
            snprintf(text, sizeof(text), "%s reports: %s", subject, name);
        if (!alarm_raise(s, conf, &alarm, now, NULL, e))
            return false;
    }
    return true;
}

bool
device_well(struct store *s, const char *subject, const char *list, utc_t now,
            struct err *e)
{
    char name[ALARM_KIND_MAX];

    while (text_next_word(&list, name, sizeof(name))) {
        if (!alarm_clear(s, name, subject, now, e))
            return false;
    }
    return true;
}

/* ---- what follows from a reading ---- */

static bool
raise_after_cut(struct store *s, const struct conf *conf, const struct meter *m, utc_t now,
                struct err *e)
{
    char subject[ALARM_SUBJECT_MAX], text[ALARM_TEXT_MAX];
    struct alarm_new alarm = {"after-cut", subject, text, false};

    snprintf(subject, sizeof(subject), "meter %s", m->meter);
    snprintf(text, sizeof(text),
             "meter %s counts although supply is off: the relay failed or is bypassed",
             m->meter);
    return alarm_raise(s, conf, &alarm, now, NULL, e);
}

bool
device_follow(struct store *s, const struct conf *conf, const struct meter *m,
              const struct reading *r, enum request_cause cause, utc_t now, struct err *e)
{
    int64_t request_id;

    if (r->status == READING_REJECTED)
        return true;
    if (check_has_flag(r->flags, "after-cut"))
        return raise_after_cut(s, conf, m, now, e) &&
               (cause == REQUEST_FOR_CUT ||
                metering_ask_for(s, m, REQUEST_FOR_CUT, "engine", now, &request_id, e));
    if (r->status == READING_ACCEPTED && check_has_flag(r->flags, "sibling") &&
        conf->reading.reread && cause != REQUEST_FOR_SIBLING)
        return metering_ask_later(s, m, REQUEST_FOR_SIBLING, "engine", now, now + DAY_S,
                                  &request_id, e);
    if (r->status != READING_HELD || !conf->reading.reread || cause == REQUEST_FOR_HELD)
        return true;
    return metering_ask_for(s, m, REQUEST_FOR_HELD, "engine", now, &request_id, e);
}
