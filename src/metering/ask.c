#include "meterpost/metering/ask.h"

#include "answer.h"
#include "ask_text.h"
#include "channel.h"
#include "meterpost/base/text.h"
#include "meterpost/bus/job.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/round.h"
#include "meterpost/metering/wire.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/attempts.h"
#include "schedule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- asking ---- */

/* Another modem than the one that had no luck, where there is one. */
static bool
queue_text(const struct asking *a, const struct request *r, const struct target *t,
           const char *text, int64_t *id, struct err *e)
{
    char key[OUTBOX_KEY_MAX], avoid[MODEM_NAME_MAX];

    if (!attempt_last_device(a->store, r->id, avoid, e))
        return false;
    snprintf(key, sizeof(key), "request %" PRId64 " %d", r->id, r->attempts + 1);
    return outbox_add(
        a->store,
        &(struct outbox_new){.key = key,
                             .kind = r->kind == REQUEST_RELAY ? OUT_VERIFY : OUT_REQUEST,
                             .number = t->phone,
                             .text = text,
                             .expires_at = r->expires_at,
                             .meter_id = t->meter_id,
                             .request_id = r->id,
                             .avoid = avoid},
        a->now, id, e);
}

/* What the profile cannot say is given up at once: FAIL_REJECT never travels further. */
static bool
ask_by_sms(const struct asking *a, struct request *r, struct err *e)
{
    const char *template;
    struct target t;
    int64_t outbox_id;
    char *text;
    bool queued;

    if (!target_of(a->store, r, &t, e))
        return false;
    template = target_template(a->profiles, &t, r->kind, e);
    text = template != NULL ? target_render(template, r->id, &t, NULL, a->now, e) : NULL;
    queued = text != NULL && queue_text(a, r, &t, text, &outbox_id, e) &&
             channel_asked(
                 a, r, outbox_id, text,
                 a->now + answer_wait_s(a->conf, profiles_find(a->profiles, t.profile)), e);
    free(text);
    if (queued)
        return true;
    return e->kind == FAIL_REJECT &&
           answer_given_up(a->store, a->conf, r, e->text, a->now, e);
}

static bool
ask(const struct asking *a, struct request *r, struct err *e)
{
    static bool (*const ways[])(const struct asking *, struct request *, struct err *) = {
        [REQUEST_BY_SMS] = ask_by_sms,
        [REQUEST_BY_BUS] = wire_ask,
        [REQUEST_BY_CUSTOMER] = channel_ask_customer,
    };

    return ways[r->channel](a, r, e);
}

/* ---- what is due ---- */

/* A message that cannot leave (no network, no credit) does not hold up a meter that there
 * is another way to, longer than all tries by this one would take. */
static bool
is_stuck(const struct asking *a, const struct request *r, const char *state, int wait_s,
         bool *stuck, struct err *e)
{
    struct attempt attempt;
    bool open;

    *stuck = false;
    if (strcmp(state, "queued") != 0 && strcmp(state, "sending") != 0)
        return true;
    if (!attempt_open(a->store, r->id, &attempt, &open, e))
        return false;
    if (!open || a->now < attempt.asked_at + (utc_t)wait_s * a->conf->reading.attempts)
        return true;
    return channel_has_next(a->store, a->conf, r, stuck, e);
}

/* The time for an answer runs from when the message left, not from when it was queued. */
static bool
settle_late(const struct asking *a, struct request *r, struct err *e)
{
    static const char *const waits[] = {"queued", "sending", NULL};
    static const char *const lost[] = {"failed", "expired", "undelivered", "cancelled",
                                       NULL};
    char state[MESSAGE_STATE_MAX] = "", reason[REQUEST_WHY_MAX];
    struct target t;
    utc_t sent_at = 0;
    int wait_s;
    bool found;

    if (!target_of(a->store, r, &t, e) ||
        !request_message(a->store, r->id, state, &sent_at, &found, e))
        return false;
    wait_s = answer_wait_s(a->conf, profiles_find(a->profiles, t.profile));
    if (!is_stuck(a, r, state, wait_s, &found, e))
        return false;
    if (found)
        return answer_given_up(a->store, a->conf, r, "the message to it does not leave",
                               a->now, e);
    snprintf(reason, sizeof(reason), "no answer within %d minutes", wait_s / MINUTE_S);
    for (int i = 0; lost[i] != NULL; i++) {
        if (strcmp(state, lost[i]) == 0)
            snprintf(reason, sizeof(reason), "the message to it was not sent: %s", state);
    }
    for (int i = 0; waits[i] != NULL; i++) {
        if (strcmp(state, waits[i]) == 0)
            sent_at = a->now;
    }
    if (sent_at + wait_s <= a->now)
        return answer_missed(a->store, a->conf, r, reason, a->now, e);
    r->next_at = sent_at + wait_s;
    return request_save(a->store, r, e);
}

static bool
settle_request(const struct asking *a, struct request *r, struct err *e)
{
    utc_t open;

    if (a->now >= r->expires_at)
        return answer_never(a->store, a->conf, r,
                            r->attempts > 0 ? "no answer in time" : "not asked in time",
                            a->now, e);
    if (r->state == REQUEST_ASKED)
        return settle_late(a, r, e);
    open = answer_window_next(r, a->now);
    if (open == a->now)
        return ask(a, r, e);
    r->next_at = open;
    return request_save(a->store, r, e);
}

/* A round that lacks nothing, or whose time is over. */
static bool
close_one_round(struct store *s, const struct conf *conf, utc_t now, bool *closed,
                struct err *e)
{
    struct round round;

    if (!round_next_complete(s, &round, closed, e))
        return false;
    if (!*closed) {
        if (!round_next_to_close(s, &round, closed, e))
            return false;
        *closed = *closed && round.closes_at <= now;
    }
    return !*closed || metering_round_close(s, conf, &round, now, e);
}

bool
metering_ask_due(struct store *s, const struct conf *conf, const struct profiles *profiles,
                 const struct templates *templates, utc_t now, int at_most, int *done,
                 struct err *e)
{
    const struct asking a = {s, conf, profiles, templates, now};
    struct request r;
    bool found;

    *done = 0;
    if (!schedule_run(s, conf, now, done, e))
        return false;
    for (; *done < at_most; ++*done) {
        if (!request_next_due(s, now, &r, &found, e))
            return false;
        if (!found)
            break;
        if (!settle_request(&a, &r, e))
            return err_in(e, "request=%" PRId64, r.id);
    }
    for (; *done < at_most; ++*done) {
        if (!close_one_round(s, conf, now, &found, e))
            return false;
        if (!found)
            return true;
    }
    return true;
}

bool
metering_next_due(struct store *s, const struct conf *conf, utc_t now, utc_t *when,
                  bool *found, struct err *e)
{
    struct round round;
    bool closes, planned;
    utc_t plan;

    if (!request_next_at(s, when, found, e) || !round_next_to_close(s, &round, &closes, e))
        return false;
    if (closes && (!*found || round.closes_at < *when))
        *when = round.closes_at;
    *found = *found || closes;
    if (!schedule_next(s, conf, now, &plan, &planned, e))
        return false;
    if (planned && (!*found || plan < *when))
        *when = plan;
    *found = *found || planned;
    return true;
}

/* ---- on demand ---- */

/* One of meter and concentrator is 0. What is open is asked now instead. */
static bool
ask_now(struct store *s, const struct profiles *profiles, int64_t meter_id,
        int64_t concentrator_id, const char *actor, utc_t now, int64_t *request_id,
        struct err *e)
{
    struct request r = {.kind = REQUEST_READ,
                        .meter_id = meter_id,
                        .concentrator_id = concentrator_id,
                        .channel = REQUEST_BY_SMS,
                        .created_at = now,
                        .next_at = now,
                        .expires_at = now + DAY_S};
    struct request open;
    struct target t;
    bool found;

    if (!target_of(s, &r, &t, e) || target_template(profiles, &t, REQUEST_READ, e) == NULL)
        return false;
    if (!request_open_of(s, REQUEST_READ, meter_id, concentrator_id, 0, &open, &found, e))
        return false;
    if (found) {
        *request_id = open.id;
        if (open.state != REQUEST_WAITING || open.next_at <= now)
            return true;
        open.next_at = now;
        open.window[0] = '\0';
        return request_save(s, &open, e);
    }
    snprintf(r.key, sizeof(r.key), "read %s%" PRId64 " %" PRId64,
             meter_id != 0 ? "" : "all ", meter_id + concentrator_id, now);
    text_clip(r.actor, sizeof(r.actor), actor);
    return request_add(s, &r, request_id, &found, e);
}

bool
metering_read_now(struct store *s, const struct profiles *profiles, const struct meter *m,
                  const char *actor, utc_t now, int64_t *request_id, struct err *e)
{
    if (m->phone[0] == '\0' && m->concentrator_id == 0 && bus_reaches(m))
        return metering_read_by_wire(s, m, actor, now, request_id, e);
    return ask_now(s, profiles, m->id, 0, actor, now, request_id, e);
}

bool
metering_read_concentrator(struct store *s, const struct profiles *profiles,
                           const struct concentrator *c, const char *actor, utc_t now,
                           int64_t *request_id, struct err *e)
{
    int64_t devices;

    if (!meters_behind_count(s, c->id, 0, &devices, e))
        return false;
    if (devices == 0)
        return err_set(e, FAIL_REJECT, "nothing is behind concentrator %s",
                       c->concentrator);
    return ask_now(s, profiles, 0, c->id, actor, now, request_id, e);
}

bool
metering_ask_for(struct store *s, const struct meter *m, enum request_cause cause,
                 const char *actor, utc_t now, int64_t *request_id, struct err *e)
{
    return metering_ask_later(s, m, cause, actor, now, now, request_id, e);
}

bool
metering_ask_later(struct store *s, const struct meter *m, enum request_cause cause,
                   const char *actor, utc_t now, utc_t when, int64_t *request_id,
                   struct err *e)
{
    struct request r = {.kind = REQUEST_READ,
                        .cause = cause,
                        .meter_id = m->id,
                        .channel = REQUEST_BY_SMS,
                        .created_at = now,
                        .next_at = when,
                        .expires_at = when + DAY_S};
    char day[TIME_TEXT_MAX];
    struct request open;
    bool found;

    *request_id = 0;
    if (m->phone[0] == '\0' && m->concentrator_id == 0) {
        if (m->bus[0] == '\0')
            return true; /* somebody must go there */
        r.channel = REQUEST_BY_BUS;
    }
    if (!request_open_of(s, REQUEST_READ, m->id, 0, 0, &open, &found, e))
        return false;
    if (found) {
        *request_id = open.id;
        return true;
    }
    snprintf(r.key, sizeof(r.key), "%s %" PRId64 " %s", request_cause_name(cause), m->id,
             clock_date(now, day));
    text_clip(r.actor, sizeof(r.actor), actor);
    return request_add(s, &r, request_id, &found, e);
}

bool
metering_ask_account(struct store *s, int64_t account_id, enum request_cause cause,
                     const char *actor, utc_t now, struct err *e)
{
    struct meter meters[ACCOUNT_METERS];
    int64_t request_id;
    size_t n;

    if (!meters_of_account(s, account_id, meters, &n, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!metering_ask_for(s, &meters[i], cause, actor, now, &request_id, e))
            return false;
    }
    return true;
}

bool
metering_take_customer_reading(struct store *s, const struct conf *conf,
                               const struct meter *m, struct reading *r, struct err *e)
{
    struct answer answer = {REQUEST_READ, r->taken_at, r->inbox_id, r->received_at, conf};

    r->source = SOURCE_CUSTOMER;
    r->quality = QUALITY_ACTUAL;
    if (!metering_reading_add(s, conf, m, 0, r, e))
        return false;
    if (r->status == READING_REJECTED)
        return true;
    return round_meter_came(s, m->id, r->status == READING_HELD, r->received_at, e) &&
           answer_meter(s, m->id, &answer, &r->request_id, e);
}
