#include "meterpost/sms/alarm.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/outbox.h"

#include <stdio.h>

/* A number that cannot be sent to must not hold up what raised the alarm. */
static bool
tell(struct store *s, const struct conf *c, int64_t id, const char *text, utc_t now,
     struct err *e)
{
    char key[OUTBOX_KEY_MAX];

    for (int i = 0; i < c->alarms.n_phones; i++) {
        struct outbox_new m = {
            .key = key, .kind = OUT_ALARM, .number = c->alarms.phones[i], .text = text};

        snprintf(key, sizeof(key), "alarm %lld %s", (long long)id, m.number);
        if (!outbox_add(s, &m, now, NULL, e)) {
            if (e->kind != FAIL_REJECT)
                return false;
            log_error("alarm", "%s", e->text);
        }
    }
    return true;
}

bool
alarm_raise(struct store *s, const struct conf *c, const struct alarm_new *a, utc_t now,
            bool *is_new, struct err *e)
{
    struct alarm_row row, known;
    int64_t id, told;
    bool found;

    text_clip(row.kind, sizeof(row.kind), a->kind);
    text_clip(row.subject, sizeof(row.subject), a->subject);
    text_clip(row.text, sizeof(row.text), a->text);
    row.raised_at = now;
    if (is_new != NULL)
        *is_new = false;
    if (!alarm_row_find(s, row.kind, row.subject, now - c->alarms.quiet_s, &known, &found,
                        e))
        return false;
    if (found)
        return alarm_row_again(s, known.id, row.text, now, e);
    if (is_new != NULL)
        *is_new = true;
    log_error("alarm", "%s %s: %s", row.kind, row.subject, row.text);
    if (!alarm_row_add(s, &row, &id, e))
        return false;
    if (a->is_quiet) /* nobody is to be told of it: as good as seen */
        return alarm_seen(s, id, "", now, &told, e);
    return tell(s, c, id, row.text, now, e);
}

bool
alarm_clear(struct store *s, const char *kind, const char *subject, utc_t now,
            struct err *e)
{
    bool was_open;

    if (!alarm_row_clear(s, kind, subject, now, &was_open, e))
        return false;
    if (was_open)
        log_info("alarm", "%s %s: all is well again", kind, subject);
    return true;
}
