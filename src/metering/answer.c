#include "answer.h"

#include "channel.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/attempts.h"
#include "meterpost/store/rounds.h"

#include <string.h>

/* A question that was never asked is only answered by what is newer than itself. */
static bool
answers(const struct request *r, const struct answer *a)
{
    return r->attempts > 0 || a->taken_at >= r->created_at;
}

/* What became of the try that is under way: where it went, what it cost. A message that has
 * not left and is not needed any more stays here. */
static bool
end_attempt(struct store *s, const struct conf *conf, int64_t request_id, int64_t inbox_id,
            const char *result, utc_t now, struct err *e)
{
    const struct conf_modem *modem;
    struct outbox_row m;
    struct attempt a;
    bool found, done;

    if (!attempt_open(s, request_id, &a, &found, e))
        return false;
    if (!found)
        return true;
    a.ended_at = now;
    a.inbox_id = inbox_id;
    text_clip(a.result, sizeof(a.result), result);
    if (a.outbox_id != 0 && !outbox_row_get(s, a.outbox_id, &m, &found, e))
        return false;
    if (a.outbox_id != 0 && found) {
        text_copy(a.device, sizeof(a.device), m.modem);
        a.segments = m.segments;
        modem = conf == NULL ? NULL : conf_modem_find(conf, m.modem);
        if (modem != NULL && m.sent_at != 0)
            a.cost.minor = modem->segment_cost.minor * m.segments;
        if (m.state == OUTBOX_QUEUED &&
            !outbox_cancel(s, a.outbox_id, "the answer is here", &done, e))
            return false;
    }
    return attempt_end(s, &a, NULL, 0, e);
}

static bool
close_answered(struct store *s, struct request *r, const struct answer *a, int64_t *id,
               struct err *e)
{
    r->state = REQUEST_ANSWERED;
    r->answered_at = a->now;
    r->inbox_id = a->inbox_id;
    r->reason[0] = '\0';
    if (*id == 0)
        *id = r->id;
    return end_attempt(s, a->conf, r->id, a->inbox_id, "answered", a->now, e) &&
           request_save(s, r, e);
}

bool
answer_meter(struct store *s, int64_t meter_id, const struct answer *a, int64_t *id,
             struct err *e)
{
    struct request r = {0};
    bool found;

    for (;;) {
        if (!request_open_of(s, a->kind, meter_id, 0, r.id, &r, &found, e))
            return false;
        if (!found)
            return true;
        if (answers(&r, a) && !close_answered(s, &r, a, id, e))
            return false;
    }
}

bool
answer_concentrator(struct store *s, int64_t concentrator_id, const struct answer *a,
                    int wait_s, int64_t *id, struct err *e)
{
    struct request r = {0};
    int64_t expected;
    bool found;

    for (;;) {
        if (!request_open_of(s, a->kind, 0, concentrator_id, r.id, &r, &found, e))
            return false;
        if (!found)
            return true;
        if (!answers(&r, a))
            continue;
        if (!round_count_expected(s, r.id, &expected, e))
            return false;
        if (*id == 0)
            *id = r.id;
        if (expected == 0) {
            if (!close_answered(s, &r, a, id, e))
                return false;
        } else if (r.state == REQUEST_ASKED) {
            r.next_at = a->now + wait_s;
            if (!request_save(s, &r, e))
                return false;
        }
    }
}

bool
answer_never(struct store *s, const struct conf *conf, struct request *r,
             const char *reason, utc_t now, struct err *e)
{
    static const char moved[] = "; next by "; /* channel.c leaves it so */
    char before[REQUEST_WHY_MAX];
    const char *next;

    text_copy(before, sizeof(before), r->reason);
    next = strstr(before, moved);
    r->state = REQUEST_FAILED;
    if (next != NULL)
        snprintf(r->reason, sizeof(r->reason), "%.*s; by %s: %s", (int)(next - before),
                 before, next + sizeof(moved) - 1, reason);
    else
        text_clip(r->reason, sizeof(r->reason), reason);
    return end_attempt(s, conf, r->id, r->inbox_id, reason, now, e) &&
           request_save(s, r, e) && round_meters_missing(s, r->id, e);
}

bool
answer_given_up(struct store *s, const struct conf *conf, struct request *r,
                const char *reason, utc_t now, struct err *e)
{
    bool moved;

    if (!end_attempt(s, conf, r->id, r->inbox_id, reason, now, e) ||
        !channel_next(s, conf, r, reason, now, &moved, e))
        return false;
    return moved || answer_never(s, conf, r, reason, now, e);
}

utc_t
answer_window_next(const struct request *r, utc_t t)
{
    static const struct day_window by_day = {8 * 60, 20 * 60};
    struct day_window w;
    struct err e;

    if (r->channel == REQUEST_BY_CUSTOMER)
        return window_next(by_day, t);
    return r->window[0] != '\0' && window_parse(r->window, &w, &e) ? window_next(w, t) : t;
}

int
answer_wait_s(const struct conf *conf, const struct profile *profile)
{
    int64_t ms = profile == NULL ? 0 : profile_reply_timeout_ms(profile);

    return ms > 0 ? (int)(ms / 1000) : conf->reading.reply_timeout_s;
}

/* Pause after so many attempts. */
static int
pause_s(const struct conf_reading *conf, int attempts)
{
    int i = attempts - 1;

    if (conf->n_backoff == 0)
        return conf->reply_timeout_s;
    if (i >= conf->n_backoff)
        i = conf->n_backoff - 1;
    return conf->backoff_s[i < 0 ? 0 : i];
}

bool
answer_missed(struct store *s, const struct conf *conf, struct request *r,
              const char *reason, utc_t now, struct err *e)
{
    utc_t again = answer_window_next(r, now + pause_s(&conf->reading, r->tries));

    if (r->tries >= conf->reading.attempts || again >= r->expires_at)
        return answer_given_up(s, conf, r, reason, now, e);
    if (!end_attempt(s, conf, r->id, r->inbox_id, reason, now, e))
        return false;
    r->state = REQUEST_WAITING;
    r->next_at = again;
    text_clip(r->reason, sizeof(r->reason), reason);
    return request_save(s, r, e);
}
