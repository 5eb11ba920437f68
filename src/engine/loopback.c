/*
 * loopback.c - does a modem hear? One of which nothing was heard for a while gets a text
 * from us. What was sent and did not come back makes it deaf, as bad as any other illness:
 * the ladder is climbed, with another text after each step, until anything comes in.
 */
#include "care.h"

#include "meterpost/sms/loopback.h"
#include "meterpost/store/modem_care.h"

#define WAIT_MS      900000 /* from the network to us; slow ones take minutes */
#define WAIT_DEAF_MS 120000 /* between two steps of the ladder */

/* The modem that sends the text; NULL when it cannot now: then nothing is learnt. */
static struct modem *
sender_of(struct engine *en, struct modem *m)
{
    struct modem *via =
        m->conf->loopback_from[0] == '\0' ? m : modems_find(en, m->conf->loopback_from);

    return via != NULL && via->conf != NULL && worker_is_ready(&via->worker) ? via : NULL;
}

bool
loopback_start(struct engine *en, struct modem *m, const char *actor, int64_t now_ms,
               int64_t *step, struct err *e)
{
    struct ear *ear = &m->turn.ear;
    struct modem *via = sender_of(en, m);

    if (m->conf->number[0] == '\0')
        return err_set(e, FAIL_REJECT, "its number is not known: set `number` of modem %s",
                       m->worker.child.name);
    if (via == NULL)
        return err_set(e, FAIL_REJECT, "the modem that sends the text is not ready");
    if (!loopback_send(en->desk->store, m->conf, via->worker.child.name, actor,
                       en->desk->now, step, e))
        return false;
    ear->step = *step;
    ear->since_ms = now_ms;
    ear->sent = false;
    ear->at = en->desk->now;
    return true;
}

/* When there was the last test is on file; one that failed is made again. */
static bool
remember(struct engine *en, struct modem *m, struct err *e)
{
    struct modem_care last;
    bool found;

    if (!modem_care_last(en->desk->store, m->worker.child.name, "loop", &last, &found, e))
        return false;
    m->turn.ear.known = true;
    m->turn.ear.at = !found || last.state == CARE_FAILED ? 0 : last.asked_at;
    return true;
}

static bool
is_due(const struct engine *en, const struct modem *m)
{
    const struct ear *ear = &m->turn.ear;
    utc_t last = ear->at > ear->heard_at ? ear->at : ear->heard_at;

    if (ear->deaf) /* once after each step of the ladder */
        return ear->tried != m->turn.tried;
    return en->desk->now - last >= m->conf->loopback_s;
}

static void
lost(struct modem *m)
{
    struct ear *ear = &m->turn.ear;

    if (!ear->deaf)
        log_warn(m->worker.child.name,
                 "registered, but its test message did not come: deaf");
    ear->step = 0;
    ear->deaf = true;
    ear->tried = m->turn.tried;
}

/* A test is under way. */
static bool
follow(struct engine *en, struct modem *m, int64_t now_ms, struct err *e)
{
    struct store *s = en->desk->store;
    struct ear *ear = &m->turn.ear;
    struct modem_care c;
    enum loopback_way way;
    bool found;

    if (!modem_care_get(s, ear->step, &c, &found, e))
        return false;
    if (!found || c.state != CARE_RUNNING) { /* it came, or the engine began anew */
        ear->step = 0;
        return true;
    }
    if (!loopback_way(s, ear->step, &way, e))
        return false;
    if (way == LOOPBACK_FAILED) {
        ear->step = 0;
        return modem_care_end(s, c.id, CARE_FAILED, "the test message could not be sent",
                              en->desk->now, e);
    }
    if (way == LOOPBACK_SENT && !ear->sent) {
        ear->sent = true;
        ear->since_ms = now_ms;
    }
    if (!ear->sent || now_ms - ear->since_ms < (ear->deaf ? WAIT_DEAF_MS : WAIT_MS))
        return true;
    lost(m);
    return modem_care_end(s, c.id, CARE_FAILED, "sent, and not heard", en->desk->now, e);
}

bool
loopback_watch(struct engine *en, struct modem *m, int64_t now_ms, struct err *e)
{
    int64_t step;

    if (m->conf == NULL)
        return true;
    if (m->turn.ear.step != 0)
        return follow(en, m, now_ms, e);
    if (m->conf->loopback_s == 0)
        return true;
    if (!m->turn.ear.known && !remember(en, m, e))
        return false;
    if (m->turn.restart || !is_due(en, m) || !worker_is_ready(&m->worker) ||
        sender_of(en, m) == NULL)
        return true;
    m->turn.ear.tried = m->turn.tried;
    return loopback_start(en, m, "engine", now_ms, &step, e);
}

void
loopback_heard(struct engine *en, struct modem *m)
{
    if (m->turn.ear.deaf)
        log_info(m->worker.child.name, "hears again");
    m->turn.ear.deaf = false;
    m->turn.ear.heard_at = en->desk->now;
}
