#include "answer.h"

#include "meterpost/base/text.h"
#include "meterpost/store/rounds.h"

/* A question that was never asked is only answered by what is newer than itself. */
static bool
answers(const struct request *r, const struct answer *a)
{
    return r->attempts > 0 || a->taken_at >= r->created_at;
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
    return request_save(s, r, e);
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
answer_never(struct store *s, struct request *r, const char *reason, struct err *e)
{
    r->state = REQUEST_FAILED;
    text_clip(r->reason, sizeof(r->reason), reason);
    return request_save(s, r, e) && round_meters_missing(s, r->id, e);
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
    utc_t again = now + pause_s(&conf->reading, r->attempts);

    if (r->round_id != 0)
        again = window_next(conf->reading.window, again);
    if (r->attempts >= conf->reading.attempts || again >= r->expires_at)
        return answer_never(s, r, reason, e);
    r->state = REQUEST_WAITING;
    r->next_at = again;
    text_clip(r->reason, sizeof(r->reason), reason);
    return request_save(s, r, e);
}
