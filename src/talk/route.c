#include "meterpost/talk/route.h"
#include "meterpost/base/text.h"

#include "chat.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/log.h"
#include "meterpost/billing/notice.h"
#include "meterpost/billing/receipt.h"
#include "meterpost/billing/take.h"
#include "meterpost/metering/reading.h"
#include "meterpost/relay/work.h"
#include "meterpost/sms/credit.h"
#include "meterpost/sms/loopback.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/registry.h"
#include "meterpost/store/staff.h"
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a route found out about the sender. */
struct sender {
    struct account accounts[PHONE_ACCOUNTS];
    size_t n_accounts;
    const char *why;    /* not heard: a static text */
    struct staff staff; /* id 0: nobody of ours */
    struct phone caller;
};

static bool
finish(struct desk *d, const struct inbox_row *m, enum inbox_state state, const char *kind,
       const char *reason, int64_t account_id, struct err *e)
{
    return inbox_finish(d->store, m->id, state, kind, reason, account_id, 0, 0, d->now, e);
}

/* ---- notices of payments: words of services that a file of conf/payments knows ---- */

static bool
is_payer(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
         struct err *e)
{
    (void)who;
    (void)e;
    *mine = m->sender_kind == PHONE_ALPHA && notices_sender(d->notices, m->sender);
    return true;
}

/* Money that came in is booked, or waits in suspense. */
static bool
book_notice(struct desk *d, const struct inbox_row *m, const struct notice *n,
            struct err *e)
{
    static const char *const said[] = {
        [TAKE_MATCHED] = "booked",
        [TAKE_SUSPENSE] = "booked; nobody's account yet: meterpost suspense",
        [TAKE_REPEATED] = "this receipt was booked before"};
    struct take_new t = {.channel = n->channel,
                         .receipt = n->receipt,
                         .payer = n->payer,
                         .phone = n->phone,
                         .claim = n->claim,
                         .amount = n->amount,
                         .paid_at = n->paid_at,
                         .inbox_id = m->id,
                         .actor = "sms"};
    struct take took;

    if (!take_payment(d->store, d->conf, &t, d->now, &took, e)) {
        if (e->kind != FAIL_REJECT)
            return false;
        return finish(d, m, INBOX_QUARANTINED, "payment", e->text, 0, e);
    }
    return (took.outcome != TAKE_MATCHED ||
            receipt_tell(d->store, d->conf, d->templates, took.payment_id, d->now, e)) &&
           finish(d, m, INBOX_DONE, "payment", said[took.outcome], took.match.account_id,
                  e);
}

static bool
take_notice(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    struct notice_home home = {d->conf->utility.currency, d->conf->decimals,
                               d->conf->utility.country_code};
    struct notice n;

    (void)who;
    if (m->incomplete)
        return finish(d, m, INBOX_QUARANTINED, "payment", "parts of the text are missing",
                      0, e);
    if (!notice_read(d->notices, m->sender, m->text, &home, &n, e))
        return finish(d, m, INBOX_QUARANTINED, "payment", e->text, 0, e);
    switch (n.kind) {
    case NOTICE_RECEIVED: break;
    case NOTICE_PAID_OUT:
        return finish(d, m, INBOX_IGNORED, "payment", "money that went out", 0, e);
    case NOTICE_OTHER:
        return finish(d, m, INBOX_IGNORED, "payment", "tells of no payment", 0, e);
    case NOTICE_UNKNOWN:
        return finish(d, m, INBOX_QUARANTINED, "payment",
                      "no pattern of conf/payments fits this text", 0, e);
    }
    return book_notice(d, m, &n, e);
}

/* ---- texts of ours that show that a modem hears ---- */

static bool
is_loopback(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
            struct err *e)
{
    (void)who;
    return loopback_take(d->store, m->text, d->now, mine, e);
}

static bool
take_own(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    (void)who;
    return finish(d, m, INBOX_IGNORED, "own", "from a modem of ours; never answered", 0, e);
}

/* ---- what the carrier of a modem says about its SIM ---- */

static const struct carrier *
carrier_of(const struct desk *d, const struct inbox_row *m, const struct conf_modem **modem)
{
    *modem = conf_modem_find(d->conf, m->modem);
    return *modem == NULL ? NULL : carriers_find(d->carriers, (*modem)->carrier);
}

static bool
is_carrier(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
           struct err *e)
{
    const struct conf_modem *modem;
    const struct carrier *carrier = carrier_of(d, m, &modem);

    (void)who;
    (void)e;
    *mine = carrier != NULL && m->sender_kind != PHONE_E164 &&
            carrier_is_sender(carrier, m->sender);
    return true;
}

static bool
take_carrier(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    const struct conf_modem *modem;
    const struct carrier *carrier = carrier_of(d, m, &modem);
    struct carrier_said said;
    char told[120] = "";
    struct err why;

    (void)who;
    if (!carrier_read(carrier, m->text, &said, &why))
        return finish(d, m, INBOX_QUARANTINED, "carrier", why.text, 0, e);
    if (said.kind == CARRIER_UNKNOWN || said.kind == CARRIER_OTHER)
        return finish(d, m, INBOX_IGNORED, "carrier", "tells nothing about the SIM", 0, e);
    return credit_take(d->store, d->conf, modem, &said, d->now, told, sizeof(told), e) &&
           finish(d, m, INBOX_DONE, "carrier", told, 0, e);
}

/* ---- services of the network: words and short codes ---- */

static bool
is_service(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
           struct err *e)
{
    (void)d;
    (void)who;
    (void)e;
    *mine = m->sender_kind != PHONE_E164;
    return true;
}

static bool
take_service(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    (void)who;
    return finish(d, m, INBOX_IGNORED, "carrier",
                  "a service of the network; such senders are never answered", 0, e);
}

/* ---- our own modems: a loop, or a test of ours ---- */

static bool
is_own(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
       struct err *e)
{
    (void)who;
    (void)e;
    *mine = false;
    for (int i = 0; i < d->conf->n_modems; i++) {
        if (strcmp(d->conf->modems[i].number, m->sender) == 0)
            *mine = true;
    }
    return true;
}

/* ---- meters and concentrators ---- */

static bool
is_meter(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
         struct err *e)
{
    struct meter meter;
    struct concentrator concentrator;

    (void)who;
    if (!meter_by_phone(d->store, m->sender, &meter, mine, e))
        return false;
    return *mine || concentrator_by_phone(d->store, m->sender, &concentrator, mine, e);
}

static bool
take_meter(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    struct relay relay = desk_relay(d);
    struct metering_outcome outcome;
    char why[ERR_TEXT_MAX];
    bool aside = false;

    (void)who;
    if (!metering_take_reply(d->store, d->conf, d->profiles, m, d->now, &outcome, e))
        return false;
    if (outcome.understood) {
        const struct relay_heard heard = {.meter_id = outcome.meter_id,
                                          .inbox_id = m->id,
                                          .kind = outcome.kind,
                                          .relay = outcome.relay,
                                          .order = outcome.order,
                                          .sent_at = outcome.sent_at,
                                          .word = outcome.reason};

        if (!relay_hear(&relay, &heard, &aside, why, e))
            return false;
    }
    if (aside)
        text_clip(outcome.reason, sizeof(outcome.reason), why);
    return inbox_finish(d->store, m->id,
                        outcome.understood && !aside ? INBOX_DONE : INBOX_QUARANTINED,
                        outcome.kind, outcome.reason, outcome.account_id, outcome.meter_id,
                        outcome.request_id, d->now, e);
}

/* ---- from here on people write ---- */

/* Nobody's route: whatever becomes of the message, what may be a code is not kept. */
static bool
hides_codes(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
            struct err *e)
{
    (void)who;
    *mine = false;
    return talk_mask(d, m, e);
}

/* ---- what people wrote long ago ---- */

/* A command that lay in the network or in a SIM for days is not what its sender wants now.
 * Meters are served before: their readings carry their time. A service centre that is years
 * behind says nothing about the age. */
static bool
is_old(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
       struct err *e)
{
    utc_t age = m->received_at - m->smsc_at;

    (void)who;
    (void)e;
    *mine = m->smsc_at > 0 && age > d->conf->limits.message_age_s && age < 365 * DAY_S;
    return true;
}

static bool
take_old(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    (void)who;
    return finish(d, m, INBOX_IGNORED, "old", "it is older than limits.message_age", 0, e);
}

/* ---- people who must not be answered ---- */

static bool
is_silenced(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
            struct err *e)
{
    bool staff;

    if (!accounts_by_phone(d->store, m->sender, who->accounts, &who->n_accounts, e) ||
        !staff_by_phone(d->store, m->sender, &who->staff, &staff, e))
        return false;
    if (!staff)
        who->staff.id = 0;
    if (!policy_hear(d, m, staff || who->n_accounts > 0, &who->why, e))
        return false;
    *mine = who->why != NULL;
    return true;
}

static bool
take_silenced(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    return finish(d, m, INBOX_IGNORED, "muted", who->why, 0, e);
}

/* ---- customers, and everybody else, who learns nothing about anybody ---- */

static bool
is_customer(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
            struct err *e)
{
    (void)d;
    (void)m;
    (void)e;
    *mine = who->n_accounts > 0;
    return true;
}

static bool
converse(struct desk *d, const struct inbox_row *m, const struct sender *who,
         const char *kind, bool (*take)(struct chat *c, struct err *e), struct err *e)
{
    struct chat *c = calloc(1, sizeof(*c));
    bool good;

    if (c == NULL)
        return err_set(e, FAIL_RETRY, "not enough memory");
    memcpy(c->accounts, who->accounts, sizeof(c->accounts));
    c->n_accounts = who->n_accounts;
    c->staff = who->staff.id != 0 ? &who->staff : NULL;
    chat_begin(c, d, m);
    good = take(c, e) && finish(d, m, INBOX_DONE, kind, c->said,
                                c->account != NULL  ? c->account->id
                                : c->n_accounts > 0 ? c->accounts[0].id
                                                    : 0,
                                e);
    chat_end(c);
    free(c);
    return good;
}

/* ---- staff: a phone that identifies; what authorises is in staff.c ---- */

static bool
is_staff(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
         struct err *e)
{
    (void)d;
    (void)m;
    (void)e;
    *mine = who->staff.id != 0;
    return true;
}

static bool
take_staff(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    return converse(d, m, who, "staff", staff_take, e);
}

static bool
take_customer(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    return converse(d, m, who, "customer", customer_take, e);
}

static bool
is_anybody(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
           struct err *e)
{
    (void)d;
    (void)m;
    (void)who;
    (void)e;
    *mine = true;
    return true;
}

static bool
take_unknown(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    return converse(d, m, who, "unknown", stranger_take, e);
}

/* ---- a call that nobody took: the caller wants to know the balance. The modem says so, or
 * a text of the network ---- */

/* The first number in a text that is long enough to be somebody's. */
static bool
number_in(const char *text, const char *country_code, struct phone *out)
{
    struct err ignored;

    while (*text != '\0') {
        size_t n = strspn(text, "+0123456789");
        char digits[PHONE_MAX];

        if (n >= 9 && n < sizeof(digits)) {
            snprintf(digits, sizeof(digits), "%.*s", (int)n, text);
            if (phone_parse(digits, country_code, out, &ignored) && out->kind == PHONE_E164)
                return true;
        }
        text += n > 0 ? n : 1;
    }
    return false;
}

static bool
is_call(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
        struct err *e)
{
    bool rang = strcmp(m->kind, INBOX_CALL) == 0;

    *mine = rang;
    if (rang)
        text_copy(who->caller.text, sizeof(who->caller.text), m->sender);
    else if (m->sender_kind == PHONE_E164 || !words_missed_call(d->words, m->text) ||
             !number_in(m->text, d->conf->utility.country_code, &who->caller))
        return true;
    if (!accounts_by_phone(d->store, who->caller.text, who->accounts, &who->n_accounts, e))
        return false;
    *mine = rang || who->n_accounts > 0;
    return true;
}

/* As if the caller had texted for the balance; the answer goes to the registered phone. */
static bool
take_call(struct desk *d, const struct inbox_row *m, struct sender *who, struct err *e)
{
    struct inbox_row *call;
    bool good;

    if (who->n_accounts == 0)
        return finish(d, m, INBOX_IGNORED, INBOX_CALL, "a call of nobody we know", 0, e);
    call = malloc(sizeof(*call));
    if (call == NULL)
        return err_set(e, FAIL_RETRY, "not enough memory");
    *call = *m;
    snprintf(call->sender, sizeof(call->sender), "%s", who->caller.text);
    snprintf(call->text, sizeof(call->text), "1");
    good = policy_hear(d, call, true, &who->why, e) &&
           (who->why != NULL ? take_silenced(d, m, who, e)
                             : converse(d, call, who, "call", customer_take, e));
    free(call);
    return good;
}

/* First match wins. */
static const struct route {
    const char *name;
    bool (*knows)(struct desk *d, const struct inbox_row *m, struct sender *who, bool *mine,
                  struct err *e);
    bool (*take)(struct desk *d, const struct inbox_row *m, struct sender *who,
                 struct err *e);
} routes[] = {
    {"loopback", is_loopback, take_own},
    {"call", is_call, take_call},
    {"carrier", is_carrier, take_carrier},
    {"payment", is_payer, take_notice},
    {"service", is_service, take_service},
    {"own", is_own, take_own},
    {"meter", is_meter, take_meter},
    {"codes", hides_codes, NULL},
    {"old", is_old, take_old},
    {"silenced", is_silenced, take_silenced},
    {"staff", is_staff, take_staff},
    {"customer", is_customer, take_customer},
    {"unknown", is_anybody, take_unknown},
};

bool
talk_route(struct desk *d, const struct inbox_row *m, struct err *e)
{
    struct relay relay = desk_relay(d);
    struct sender who = {0};

    if (!relay_clock_heard(&relay, m->smsc_at, m->received_at, e))
        return false;
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        bool mine = false;

        if (!routes[i].knows(d, m, &who, &mine, e))
            return err_in(e, "inbox=%lld", (long long)m->id);
        if (!mine)
            continue;
        log_debug("talk", "inbox=%lld from %s goes to %s", (long long)m->id,
                  phone_mask(m->sender), routes[i].name);
        return routes[i].take(d, m, &who, e) || err_in(e, "inbox=%lld", (long long)m->id);
    }
    return err_set(e, FAIL_FATAL, "inbox=%lld fits no route", (long long)m->id);
}
