#include "channel.h"

#include "answer.h"
#include "meterpost/base/text.h"
#include "meterpost/render/template.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/attempts.h"
#include "meterpost/store/rounds.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- asking ---- */

bool
channel_asked(const struct asking *a, struct request *r, int64_t outbox_id,
              const char *text, utc_t until, struct err *e)
{
    struct attempt attempt = {.request_id = r->id,
                              .number = r->attempts + 1,
                              .channel = r->channel,
                              .asked_at = a->now,
                              .outbox_id = outbox_id};

    r->state = REQUEST_ASKED;
    r->attempts++;
    r->tries++;
    r->next_at = until;
    return attempt_add(a->store, &attempt, text, strlen(text), e) &&
           request_save(a->store, r, e);
}

/* The account's first phone, and what it is told. NULL with *e when there is no way. */
static char *
customer_text(const struct asking *a, const struct meter *m, const struct account *who,
              struct err *e)
{
    const struct conf_utility *u = &a->conf->utility;
    json_t *view;
    char *text = NULL;

    if (a->templates == NULL) {
        err_set(e, FAIL_REJECT, "there are no templates to ask the customer with");
        return NULL;
    }
    view =
        json_pack("{s:{s:s, s:s}, s:s, s:s, s:s}", "utility", "name", u->name, "phone",
                  u->phone, "account", who->account, "name", who->name, "meter", m->meter);
    if (!templates_render(a->templates, who->language, "self-read.sms", view, &text, e))
        text = NULL;
    json_decref(view);
    return text;
}

static bool
send_to_customer(const struct asking *a, struct request *r, struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    char key[OUTBOX_KEY_MAX], *text;
    int64_t outbox_id;
    struct account who;
    struct meter m;
    bool found, good;
    size_t n;

    if (!meter_by_id(a->store, r->meter_id, &m, &found, e) ||
        !account_by_id(a->store, m.at.account_id, &who, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "the meter hangs at no account");
    if (!account_phones(a->store, who.id, phones, &n, e))
        return false;
    if (n == 0)
        return err_set(e, FAIL_REJECT, "account %s has no phone", who.account);
    text = customer_text(a, &m, &who, e);
    if (text == NULL)
        return false;
    snprintf(key, sizeof(key), "request %" PRId64 " %d", r->id, r->attempts + 1);
    good = outbox_add(a->store,
                      &(struct outbox_new){.key = key,
                                           .kind = OUT_NOTICE,
                                           .number = phones[0].number,
                                           .text = text,
                                           .expires_at = r->expires_at,
                                           .account_id = who.id,
                                           .meter_id = m.id,
                                           .request_id = r->id},
                      a->now, &outbox_id, e) &&
           channel_asked(a, r, outbox_id, text, r->expires_at, e);
    free(text);
    return good;
}

bool
channel_ask_customer(const struct asking *a, struct request *r, struct err *e)
{
    if (send_to_customer(a, r, e))
        return true;
    return e->kind == FAIL_REJECT &&
           answer_given_up(a->store, a->conf, r, e->text, a->now, e);
}

/* ---- the next way ---- */

static bool
is_open(struct store *s, const struct meter *m, const struct request *r,
        enum request_channel channel, bool *open, struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    size_t n = 0;

    if (channel == REQUEST_BY_CUSTOMER && r->kind == REQUEST_READ && r->round_id != 0 &&
        m->at.account_id != 0 && !account_phones(s, m->at.account_id, phones, &n, e))
        return false;
    *open = (channel == REQUEST_BY_SMS &&
             (m->phone[0] != '\0' || (m->concentrator_id != 0 && r->meter_id != 0))) ||
            (channel == REQUEST_BY_BUS && m->bus[0] != '\0' && m->address[0] != '\0') ||
            (channel == REQUEST_BY_CUSTOMER && n > 0);
    return true;
}

/* What follows the present way, for one meter. */
static bool
find_next(struct store *s, const struct conf *conf, const struct meter *m,
          const struct request *r, enum request_channel *next, bool *found, struct err *e)
{
    static const enum request_channel channels[] = {
        [CONF_CHANNEL_SMS] = REQUEST_BY_SMS,
        [CONF_CHANNEL_BUS] = REQUEST_BY_BUS,
        [CONF_CHANNEL_CUSTOMER] = REQUEST_BY_CUSTOMER,
    };
    const struct conf_reading *how = &conf->reading;
    int i = 0;

    *found = false;
    for (int at = 0; at < how->n_fallback; at++) {
        if (channels[how->fallback[at]] == r->channel)
            i = at + 1;
    }
    for (; i < how->n_fallback && !*found; i++) {
        *next = channels[how->fallback[i]];
        if (*next != r->channel && !is_open(s, m, r, *next, found, e))
            return false;
    }
    return true;
}

bool
channel_has_next(struct store *s, const struct conf *conf, const struct request *r,
                 bool *has, struct err *e)
{
    enum request_channel next;
    struct meter m;

    *has = false;
    if (r->meter_id == 0)
        return true;
    return meter_by_id(s, r->meter_id, &m, has, e) &&
           (!*has || find_next(s, conf, &m, r, &next, has, e));
}

static bool
move_request(struct store *s, struct request *r, enum request_channel next,
             const char *reason, utc_t now, struct err *e)
{
    snprintf(r->reason, sizeof(r->reason), "%.150s; next by %s", reason,
             request_channel_name(next));
    r->channel = next;
    r->tries = 0;
    r->state = REQUEST_WAITING;
    r->next_at = now;
    return request_save(s, r, e);
}

/* A meter that its concentrator did not give gets a question of its own. */
static bool
split_meter(struct store *s, const struct conf *conf, const struct request *r,
            int64_t meter_id, const char *reason, utc_t now, bool *moved, struct err *e)
{
    struct request own = {.kind = r->kind,
                          .cause = r->cause,
                          .meter_id = meter_id,
                          .round_id = r->round_id,
                          .created_at = now,
                          .next_at = now,
                          .expires_at = r->expires_at};
    bool found, added;
    struct meter m;

    if (!meter_by_id(s, meter_id, &m, &found, e) ||
        !find_next(s, conf, &m, r, &own.channel, &found, e))
        return false;
    if (!found)
        return true;
    *moved = true;
    snprintf(own.key, sizeof(own.key), "round %" PRId64 " meter %" PRId64, r->round_id,
             meter_id);
    snprintf(own.reason, sizeof(own.reason), "%.150s; next by %s", reason,
             request_channel_name(own.channel));
    memcpy(own.window, r->window, sizeof(own.window));
    memcpy(own.actor, r->actor, sizeof(own.actor));
    return request_add(s, &own, &own.id, &added, e) &&
           (!added || request_save(s, &own, e)) &&
           round_set_request(s, r->round_id, meter_id, own.id, e);
}

bool
channel_next(struct store *s, const struct conf *conf, struct request *r,
             const char *reason, utc_t now, bool *moved, struct err *e)
{
    enum request_channel next;
    int64_t meter_id = 0;
    struct meter m;
    bool found;

    *moved = false;
    if (r->meter_id != 0) {
        if (!meter_by_id(s, r->meter_id, &m, &found, e) ||
            !find_next(s, conf, &m, r, &next, moved, e))
            return false;
        return !*moved || move_request(s, r, next, reason, now, e);
    }
    for (found = r->round_id != 0; found;) {
        bool one = false;

        if (!round_next_expected(s, r->id, meter_id, &meter_id, &found, e))
            return false;
        if (found && !split_meter(s, conf, r, meter_id, reason, now, &one, e))
            return false;
    }
    return true;
}
