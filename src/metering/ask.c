#include "meterpost/metering/ask.h"

#include "answer.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/profile.h"
#include "meterpost/metering/round.h"
#include "meterpost/render/mustache.h"
#include "meterpost/sms/outbox.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whom a question goes to, and what the fields of its text are. */
struct target {
    char name[KEY_MAX]; /* of the meter, or of the concentrator when all of it is asked */
    char address[WORD_MAX], password[WORD_MAX];
    int port;
    int64_t meter_id;       /* 0: the whole concentrator */
    char phone[PHONE_MAX];  /* "" when there is no way by text message */
    char profile[WORD_MAX]; /* who speaks at that number */
    bool in_use;
};

static const char *const actions[] = {
    [REQUEST_READ] = "read",
    [REQUEST_RELAY] = "relay",
};

/* ---- who is asked ---- */

static bool
target_meter(struct store *s, const struct meter *m, struct target *t, struct err *e)
{
    struct concentrator k;
    bool found;

    *t = (struct target){
        .port = m->port, .meter_id = m->id, .in_use = m->id != 0 && m->until == 0};
    text_copy(t->name, sizeof(t->name), m->meter);
    text_copy(t->address, sizeof(t->address), m->address);
    text_copy(t->password, sizeof(t->password), m->password);
    text_copy(t->phone, sizeof(t->phone), m->phone);
    text_copy(t->profile, sizeof(t->profile), m->profile);
    if (m->phone[0] != '\0' || m->concentrator_id == 0)
        return true;
    if (!concentrator_by_id(s, m->concentrator_id, &k, &found, e))
        return false;
    if (found && k.until == 0) {
        text_copy(t->phone, sizeof(t->phone), k.phone);
        text_copy(t->profile, sizeof(t->profile), k.profile);
    }
    return true;
}

static bool
target_of(struct store *s, const struct request *r, struct target *t, struct err *e)
{
    struct concentrator k;
    struct meter m;
    bool found;

    *t = (struct target){0};
    if (r->meter_id != 0)
        return meter_by_id(s, r->meter_id, &m, &found, e) &&
               (!found || target_meter(s, &m, t, e));
    if (!concentrator_by_id(s, r->concentrator_id, &k, &found, e))
        return false;
    t->in_use = found && k.until == 0;
    if (!found)
        return true;
    text_copy(t->name, sizeof(t->name), k.concentrator);
    text_copy(t->address, sizeof(t->address), k.address);
    text_copy(t->phone, sizeof(t->phone), k.phone);
    text_copy(t->profile, sizeof(t->profile), k.profile);
    return true;
}

/* The text of the profile for this action; NULL with a sentence in *e. */
static const char *
template_of(const struct profiles *profiles, const struct target *t, const char *action,
            struct err *e)
{
    const struct profile *profile;
    const char *text = NULL;

    if (!t->in_use)
        err_set(e, FAIL_REJECT, "'%s' is not in use any more", t->name);
    else if (t->phone[0] == '\0')
        err_set(e, FAIL_REJECT, "'%s' has no phone and no concentrator", t->name);
    else if ((profile = profiles_find(profiles, t->profile)) == NULL)
        err_set(e, FAIL_REJECT, "'%s' has the profile '%s', which is not loaded", t->name,
                t->profile);
    else if ((text = profile_request(profile, action)) == NULL)
        err_set(e, FAIL_REJECT, "the profile '%s' has no request '%s'", t->profile, action);
    return text;
}

/* ---- asking ---- */

/* The utility's clock in pieces, two digits each but for the year: what meters that are
 * set by text want is in their own order. */
static void
add_clock(json_t *view, utc_t now)
{
    struct tm tm;
    clock_local(now, &tm);
    const struct {
        const char *name;
        int value;
    } fields[] = {
        {"year", tm.tm_year + 1900}, {"yy", tm.tm_year % 100}, {"month", tm.tm_mon + 1},
        {"day", tm.tm_mday},         {"hour", tm.tm_hour},     {"minute", tm.tm_min},
        {"second", tm.tm_sec},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        json_object_set_new(view, fields[i].name, json_sprintf("%02d", fields[i].value));
}

static json_t *
view_of(const struct request *r, const struct target *t, utc_t now)
{
    char time[TIME_TEXT_MAX];
    json_t *view = json_pack("{s:s, s:s, s:s, s:s, s:I}", "meter", t->name, "address",
                             t->address, "password", t->password, "now",
                             clock_iso(now, time), "order", (json_int_t)r->id);

    json_object_set_new(view, "port",
                        t->port == 0 ? json_string("") : json_integer(t->port));
    add_clock(view, now);
    return view;
}

/* The text to send, to be freed; NULL when the template is wrong. */
static char *
render(const char *template, const struct request *r, const struct target *t, utc_t now,
       struct err *e)
{
    const struct mustache_how how = {.plain = true, .strict = true};
    struct mustache *m;
    json_t *view;
    char *text = NULL;

    if (!mustache_compile(t->profile, template, strlen(template), &m, e))
        return NULL;
    view = view_of(r, t, now);
    if (!mustache_render(m, view, &how, &text, NULL, e))
        text = NULL;
    json_decref(view);
    mustache_destroy(m);
    return text;
}

static bool
queue_text(struct store *s, const struct request *r, const struct target *t,
           const char *text, utc_t now, struct err *e)
{
    char key[OUTBOX_KEY_MAX];

    snprintf(key, sizeof(key), "request %" PRId64 " %d", r->id, r->attempts + 1);
    return outbox_add(
        s,
        &(struct outbox_new){.key = key,
                             .kind = r->kind == REQUEST_RELAY ? OUT_VERIFY : OUT_REQUEST,
                             .number = t->phone,
                             .text = text,
                             .expires_at = r->expires_at,
                             .meter_id = t->meter_id,
                             .request_id = r->id},
        now, NULL, e);
}

/* Ask a question that waits. What the profile cannot say is given up at once: FAIL_REJECT
 * never travels further than here. */
static bool
ask(struct store *s, const struct conf *conf, const struct profiles *profiles,
    struct request *r, utc_t now, struct err *e)
{
    const char *template;
    struct target t;
    char *text;
    bool queued;

    if (!target_of(s, r, &t, e))
        return false;
    template = template_of(profiles, &t, actions[r->kind], e);
    text = template != NULL ? render(template, r, &t, now, e) : NULL;
    queued = text != NULL && queue_text(s, r, &t, text, now, e);
    free(text);
    if (!queued)
        return e->kind == FAIL_REJECT && answer_never(s, r, e->text, e);
    r->state = REQUEST_ASKED;
    r->attempts++;
    r->next_at = now + answer_wait_s(conf, profiles_find(profiles, t.profile));
    return request_save(s, r, e);
}

/* ---- what is due ---- */

/* The time for an answer runs from when the message left, not from when it was queued. */
static bool
settle_late(struct store *s, const struct conf *conf, const struct profiles *profiles,
            struct request *r, utc_t now, struct err *e)
{
    static const char *const waits[] = {"queued", "sending", NULL};
    static const char *const lost[] = {"failed", "expired", "undelivered", "cancelled",
                                       NULL};
    struct target t;
    int wait_s;
    char state[MESSAGE_STATE_MAX] = "", reason[REQUEST_WHY_MAX];
    utc_t sent_at = 0;
    bool found;

    if (!target_of(s, r, &t, e) || !request_message(s, r->id, state, &sent_at, &found, e))
        return false;
    wait_s = answer_wait_s(conf, profiles_find(profiles, t.profile));
    snprintf(reason, sizeof(reason), "no answer within %d minutes", wait_s / MINUTE_S);
    for (int i = 0; lost[i] != NULL; i++) {
        if (strcmp(state, lost[i]) == 0)
            snprintf(reason, sizeof(reason), "the message to it was not sent: %s", state);
    }
    for (int i = 0; waits[i] != NULL; i++) {
        if (strcmp(state, waits[i]) == 0)
            sent_at = now;
    }
    if (sent_at + wait_s <= now)
        return answer_missed(s, conf, r, reason, now, e);
    r->next_at = sent_at + wait_s;
    return request_save(s, r, e);
}

static bool
settle_request(struct store *s, const struct conf *conf, const struct profiles *profiles,
               struct request *r, utc_t now, struct err *e)
{
    utc_t open;

    if (now >= r->expires_at)
        return answer_never(s, r,
                            r->attempts > 0 ? "no answer in time" : "not asked in time", e);
    if (r->state == REQUEST_ASKED)
        return settle_late(s, conf, profiles, r, now, e);
    open = r->round_id != 0 ? window_next(conf->reading.window, now) : now;
    if (open == now)
        return ask(s, conf, profiles, r, now, e);
    r->next_at = open;
    return request_save(s, r, e);
}

/* A round that lacks nothing, or whose time is over. */
static bool
close_one_round(struct store *s, utc_t now, bool *closed, struct err *e)
{
    struct round round;

    if (!round_next_complete(s, &round, closed, e))
        return false;
    if (!*closed) {
        if (!round_next_to_close(s, &round, closed, e))
            return false;
        *closed = *closed && round.closes_at <= now;
    }
    return !*closed || metering_round_close(s, &round, now, e);
}

bool
metering_ask_due(struct store *s, const struct conf *conf, const struct profiles *profiles,
                 utc_t now, int at_most, int *done, struct err *e)
{
    struct request r;
    bool found;

    for (*done = 0; *done < at_most; ++*done) {
        if (!request_next_due(s, now, &r, &found, e))
            return false;
        if (!found)
            break;
        if (!settle_request(s, conf, profiles, &r, now, e))
            return err_in(e, "request=%" PRId64, r.id);
    }
    for (; *done < at_most; ++*done) {
        if (!close_one_round(s, now, &found, e))
            return false;
        if (!found)
            return true;
    }
    return true;
}

bool
metering_next_due(struct store *s, utc_t *when, bool *found, struct err *e)
{
    struct round round;
    bool closes;

    if (!request_next_at(s, when, found, e) || !round_next_to_close(s, &round, &closes, e))
        return false;
    if (closes && (!*found || round.closes_at < *when))
        *when = round.closes_at;
    *found = *found || closes;
    return true;
}

/* ---- on demand ---- */

bool
metering_read_now(struct store *s, const struct profiles *profiles, const struct meter *m,
                  const char *actor, utc_t now, int64_t *request_id, struct err *e)
{
    struct request r = {.kind = REQUEST_READ,
                        .meter_id = m->id,
                        .channel = REQUEST_BY_SMS,
                        .created_at = now,
                        .next_at = now,
                        .expires_at = now + DAY_S};
    struct request open;
    struct target t;
    bool found;

    if (!target_meter(s, m, &t, e))
        return false;
    if (template_of(profiles, &t, actions[REQUEST_READ], e) == NULL)
        return false;
    if (!request_open_of(s, REQUEST_READ, m->id, 0, 0, &open, &found, e))
        return false;
    if (found) {
        *request_id = open.id;
        if (open.state != REQUEST_WAITING || open.next_at <= now)
            return true;
        open.next_at = now;
        return request_save(s, &open, e);
    }
    snprintf(r.key, sizeof(r.key), "read %" PRId64 " %" PRId64, m->id, now);
    text_clip(r.actor, sizeof(r.actor), actor);
    return request_add(s, &r, request_id, &found, e);
}
