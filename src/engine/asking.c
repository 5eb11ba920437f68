/*
 * asking.c - questions to a modem beside messages: how it is, and what USSD codes bring.
 * Each is a step of its care, running until the worker answers; one at a time.
 */
#include "care.h"

#include "meterpost/base/text.h"
#include "meterpost/sms/credit.h"
#include "meterpost/store/modem_care.h"

#include <stdio.h>
#include <string.h>

#define AGAIN_S HOUR_S /* after a question for the credit that had no answer */

bool
asking_send(struct engine *en, struct modem *m, int64_t step, enum wire_question question,
            const char *code, struct err *e)
{
    struct modem_turn *t = &m->turn;

    memset(&t->ask, 0, sizeof(t->ask));
    t->ask.kind = WIRE_ASK;
    t->ask.u.ask.id = step;
    t->ask.u.ask.question = (uint8_t)question;
    text_clip(t->ask.u.ask.code, sizeof(t->ask.u.ask.code), code);
    t->has_ask = true;
    t->asking = step;
    return modem_care_run(en->desk->store, step, e);
}

/* Credit that nobody could read is kept as it was said. */
static bool
take_credit(struct engine *en, struct modem *m, const char *text, char *told, size_t size,
            struct err *e)
{
    const struct carrier *carrier = carriers_find(en->desk->carriers, m->conf->carrier);
    struct carrier_said said;
    struct err why;

    text_clip(told, size, text);
    if (carrier == NULL)
        return true;
    if (!carrier_read(carrier, text, &said, &why) || said.kind == CARRIER_UNKNOWN) {
        log_warn(m->worker.child.name, "no pattern of carrier %s fits its answer: %s",
                 m->conf->carrier, text);
        return true;
    }
    if (said.kind == CARRIER_OTHER)
        return true;
    return credit_take(en->desk->store, en->desk->conf, m->conf, &said, en->desk->now, told,
                       size, e);
}

/* The others ask the modem itself. */
static bool
asks_carrier(const struct modem_care *c)
{
    return strcmp(c->step, "topup") == 0 || strcmp(c->step, "credit") == 0;
}

bool
asking_answered(struct engine *en, struct modem *m, const struct wire_answer *a,
                struct err *e)
{
    struct store *s = en->desk->store;
    char told[160];
    struct modem_care c;
    bool found;

    if (a->id != m->turn.asking || a->id == 0)
        return true;
    m->turn.asking = 0;
    if (!modem_care_get(s, a->id, &c, &found, e) || !found)
        return !found;
    text_clip(told, sizeof(told), a->text);
    if (a->good && m->conf != NULL && asks_carrier(&c) &&
        !take_credit(en, m, a->text, told, sizeof(told), e))
        return false;
    return modem_care_end(s, c.id, a->good ? CARE_DONE : CARE_FAILED, told, en->desk->now,
                          e);
}

bool
asking_lost(struct engine *en, struct modem *m, struct err *e)
{
    int64_t step = m->turn.asking;

    m->turn.asking = 0;
    return step == 0 ||
           modem_care_end(en->desk->store, step, CARE_FAILED,
                          "the modem went away before it answered", en->desk->now, e);
}

/* ---- the credit, by itself ---- */

/* Next time; kept so that an engine that starts again does not ask again. */
static bool
note_next(struct engine *en, struct modem *m, struct modem_credit *credit, struct err *e)
{
    int every = m->conf->credit_every_s;

    credit->next_at = en->desk->now + every;
    m->turn.credit_next = credit->next_at;
    return modem_credit_save(en->desk->store, m->worker.child.name, credit, e);
}

static bool
ask_credit(struct engine *en, struct modem *m, const char *code, struct err *e)
{
    struct store *s = en->desk->store;
    struct modem_credit credit;
    int64_t step;

    if (!modem_credit_get(s, m->worker.child.name, &credit, e))
        return false;
    m->turn.credit_next = credit.next_at;
    if (credit.next_at > en->desk->now)
        return true;
    return note_next(en, m, &credit, e) &&
           modem_care_add(s, m->worker.child.name, "credit", CARE_RUNNING, "engine", code,
                          en->desk->now, &step, e) &&
           asking_send(en, m, step, WIRE_ASK_USSD, code, e);
}

bool
asking_credit(struct engine *en, struct modem *m, struct err *e)
{
    const struct carrier *carrier;
    utc_t now = en->desk->now;

    if (m->conf == NULL)
        return true;
    if (now >= m->turn.expiry_next) {
        m->turn.expiry_next = clock_day_start(now, 1);
        if (!credit_watch_expiry(en->desk->store, en->desk->conf, m->conf, now, e))
            return false;
    }
    if (m->conf->credit_every_s == 0 || now < m->turn.credit_next || m->turn.asking != 0 ||
        !worker_is_ready(&m->worker))
        return true;
    carrier = carriers_find(en->desk->carriers, m->conf->carrier);
    if (carrier == NULL || *carrier_balance_code(carrier) == '\0')
        return true;
    return ask_credit(en, m, carrier_balance_code(carrier), e);
}
