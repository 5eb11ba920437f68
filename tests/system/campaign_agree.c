#include "campaign.h"

#include "meterpost/store/inbox.h"
#include "meterpost/store/outbox.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 1700

static struct err e;

/* ---- what went out ---- */

static const char *
key_of(const char *number, const char *text)
{
    static char key[LINE_MAX_BYTES];

    snprintf(key, sizeof(key), "%s|%s", number, text);
    return key;
}

static void
add(json_t *all, const char *key, const char *what, json_int_t n)
{
    json_t *one = json_object_get(all, key);

    if (one == NULL) {
        one = json_object();
        json_object_set_new(all, key, one);
    }
    json_object_set_new(one, what,
                        json_integer(json_integer_value(json_object_get(one, what)) + n));
}

static json_int_t
get(const json_t *one, const char *what)
{
    return json_integer_value(json_object_get(one, what));
}

/* {"number|text": {"copies", "good", "bad"}} */
static json_t *
network_record(struct rig *r)
{
    json_t *answer = rig_ask(r, &e, "{s:s, s:i}", "do", "sent", "limit", 1000000);
    json_t *all = json_object();
    const json_t *one;
    size_t i;

    cr_assert_not_null(answer, "%s", e.text);
    json_array_foreach (json_object_get(answer, "sent"), i, one) {
        const char *key = key_of(json_string_value(json_object_get(one, "to")),
                                 json_string_value(json_object_get(one, "text")));

        add(all, key, "copies", 1);
        add(all, key, "good", get(one, "good"));
        add(all, key, "bad", get(one, "bad"));
    }
    json_decref(answer);
    return all;
}

static bool
says_sent(enum outbox_state state)
{
    return state == OUTBOX_SENT || state == OUTBOX_DELIVERED || state == OUTBOX_UNDELIVERED;
}

static void
count_row(const struct outbox_row *m, struct tally *t)
{
    t->sent += m->state == OUTBOX_SENT;
    t->delivered += m->state == OUTBOX_DELIVERED;
    t->undelivered += m->state == OUTBOX_UNDELIVERED;
    t->doubted += m->state == OUTBOX_IN_DOUBT;
    t->refused += m->state == OUTBOX_FAILED;
    t->expired += m->state == OUTBOX_EXPIRED;
    t->repeated += m->repeated > 0;
}

/* {"number|text": {"least", "most", "delivered", "undelivered"}}: how often it left, as the
 * store says. The same text to the same number may be several rows. */
static json_t *
store_record(struct store *s, struct tally *t)
{
    static struct outbox_row m;
    json_t *all = json_object();
    bool found;

    for (int64_t id = 1; outbox_row_get(s, id, &m, &found, &e) && found; id++) {
        const char *key = key_of(m.number, m.text);

        count_row(&m, t);
        cr_expect(m.state != OUTBOX_QUEUED && m.state != OUTBOX_SENDING,
                  "outbox=%lld '%.40s' is still %s", (long long)id, m.text,
                  outbox_state_name(m.state));
        add(all, key, "least", says_sent(m.state));
        add(all, key, "most",
            (says_sent(m.state) || m.state == OUTBOX_IN_DOUBT) + m.repeated);
        add(all, key, "delivered", m.state == OUTBOX_DELIVERED);
        add(all, key, "undelivered", m.state == OUTBOX_UNDELIVERED);
    }
    return all;
}

void
campaign_expect_sent(struct rig *r, struct store *s, struct tally *t)
{
    json_t *network = network_record(r), *ours = store_record(s, t), *one;
    const char *key;

    json_object_foreach (ours, key, one) {
        const json_t *there = json_object_get(network, key);
        json_int_t copies = get(there, "copies");

        cr_expect(copies >= get(one, "least"), "'%.60s' is on file as sent and never left",
                  key);
        cr_expect(copies <= get(one, "most"), "'%.60s' went %d times, on file are %d", key,
                  (int)copies, (int)get(one, "most"));
        cr_expect(get(one, "delivered") == 0 || get(there, "good") > 0,
                  "'%.60s' is on file as delivered and was not", key);
        cr_expect(get(one, "undelivered") == 0 || get(there, "bad") > 0,
                  "'%.60s' is on file as undelivered and was not reported so", key);
        if (copies > get(one, "least"))
            t->twice += (int)(copies - get(one, "least"));
        json_object_del(network, key);
    }
    json_object_foreach (network, key, one)
        cr_expect(false, "'%.60s' left and is not on file", key);
    json_decref(network);
    json_decref(ours);
}

/* ---- what came in ---- */

/* "in 17 in 17 ...": each part of a text names it. */
static struct injected *
find(struct injected *all, int n, const char *text)
{
    const char *at = strstr(text, "in ");
    int i;

    for (; at != NULL; at = strstr(at + 1, "in ")) {
        char end;

        if (sscanf(at, "in %d%c", &i, &end) == 2 && end == ' ' && i >= 0 && i < n)
            return &all[i];
    }
    return NULL;
}

static bool
is_carriers(const char *text)
{
    return strncmp(text, "Your balance is low", 19) == 0 ||
           strncmp(text, "Old message", 11) == 0;
}

void
campaign_expect_received(struct store *s, struct injected *all, int n)
{
    static struct inbox_row m;
    bool found;

    for (int64_t id = 1; inbox_row_get(s, id, &m, &found, &e) && found; id++) {
        struct injected *one = find(all, n, m.text);

        cr_expect(m.state != INBOX_NEW, "inbox=%lld waits", (long long)id);
        cr_expect(one != NULL || is_carriers(m.text), "inbox=%lld is '%.60s' (%s)",
                  (long long)id, m.text, m.reason);
        if (one == NULL)
            continue;
        if (m.incomplete)
            one->broken++;
        else
            one->whole += strcmp(m.text, one->text) == 0;
    }
    for (int i = 0; i < n; i++) {
        const struct injected *one = &all[i];

        if (one->lost == 0)
            cr_expect(one->whole == 1 && one->broken == 0,
                      "'%.20s' of %d parts is there %d times whole, %d times with gaps",
                      one->text, one->parts, one->whole, one->broken);
        else
            cr_expect(one->whole == 0 && one->broken == (one->lost < one->parts),
                      "'%.20s' lost %d of %d parts and is there %d + %d times", one->text,
                      one->lost, one->parts, one->whole, one->broken);
    }
}
