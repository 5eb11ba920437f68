/*
 * care.c - PINs, and what operators asked for a modem.
 *
 * A SIM locks itself at the third wrong PIN. So a try is written down before the worker
 * gets the PIN: whatever is killed afterwards, the next engine knows of it. One that was
 * refused is not tried again until the configuration has another or an operator resets the
 * modem; with two tries on file that did not open the SIM nothing but a reset helps.
 */
#include "care.h"

#include "meterpost/base/text.h"
#include "meterpost/sms/alarm.h"
#include "meterpost/store/modem_care.h"
#include "meterpost/store/modem_row.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define TRIES_MAX  2  /* the third wrong one locks the SIM */
#define PATIENCE_S 30 /* with a modem that is asked something and does not run */

/* ---- the PIN ---- */

static void
pin_digest(const struct modem *m, uint8_t out[PIN_DIGEST])
{
    char text[CONF_NAME_MAX + sizeof(m->pin) + 2];
    int n = snprintf(text, sizeof(text), "%s %s", m->worker.child.name, m->pin);

    crypto_hash_sha256(out, (const unsigned char *)text, (unsigned long long)n);
    sodium_memzero(text, sizeof(text));
}

/* Why it must not be tried; "" when it may. */
static void
weigh_pin(const struct modem *m, const struct modem_pin *last, const uint8_t *digest,
          char *why, size_t size)
{
    const char *name = m->worker.child.name;
    bool same = memcmp(last->digest, digest, PIN_DIGEST) == 0;

    *why = '\0';
    if (m->pin[0] == '\0')
        snprintf(why, size, "the SIM asks for its PIN: set `pin` of this modem");
    else if (same && last->refused)
        snprintf(why, size,
                 "the SIM refused this PIN: correct `pin`, or `meterpost modem reset %s`",
                 name);
    else if (last->tries >= TRIES_MAX)
        snprintf(why, size,
                 "%d PINs tried in vain, the next may lock the SIM: "
                 "`meterpost modem reset %s`",
                 last->tries, name);
}

static bool
give_pin(struct engine *en, struct modem *m, struct err *e)
{
    struct wire *out = &m->turn.pin;
    struct modem_pin last;
    uint8_t digest[PIN_DIGEST];
    bool found;

    if (!modem_pin_get(en->desk->store, m->worker.child.name, &last, &found, e))
        return false;
    memset(out, 0, sizeof(*out));
    out->kind = WIRE_PIN;
    m->turn.has_pin = true;
    pin_digest(m, digest);
    weigh_pin(m, &last, digest, out->u.pin.reason, sizeof(out->u.pin.reason));
    if (out->u.pin.reason[0] != '\0')
        return true;
    text_clip(out->u.pin.pin, sizeof(out->u.pin.pin), m->pin);
    memcpy(last.digest, digest, sizeof(last.digest));
    last.tries++;
    last.refused = false;
    last.tried_at = en->desk->now;
    return modem_pin_save(en->desk->store, m->worker.child.name, &last, e);
}

static bool
pin_refused(struct engine *en, struct modem *m, struct err *e)
{
    struct modem_pin last;
    bool found;

    if (!modem_pin_get(en->desk->store, m->worker.child.name, &last, &found, e))
        return false;
    last.refused = true;
    return !found || modem_pin_save(en->desk->store, m->worker.child.name, &last, e);
}

bool
care_pin(struct engine *en, struct modem *m, const struct wire_state *s, struct err *e)
{
    switch ((enum wire_pin_state)s->pin) {
    case WIRE_PIN_ASKED: return s->health != WIRE_STARTING || give_pin(en, m, e);
    case WIRE_PIN_REFUSED: return pin_refused(en, m, e);
    case WIRE_PIN_OPEN: return modem_pin_clear(en->desk->store, m->worker.child.name, e);
    case WIRE_PIN_UNKNOWN: break;
    }
    return true;
}

/* ---- wishes ---- */

/* Everything that was learnt about it counts no more. */
static bool
do_reset(struct engine *en, struct modem *m, const struct modem_care *c, struct err *e)
{
    m->turn.restart = true;
    m->turn.ear.deaf = false;
    memset(&m->turn.voice, 0, sizeof(m->turn.voice));
    m->settle_fell = false;
    m->worker.setup.settle_auto = m->conf->settle_percent == SETTLE_AUTO;
    return modem_row_settle_again(en->desk->store, m->worker.child.name, e) &&
           modem_care_end(en->desk->store, c->id, CARE_DONE, "starts again", en->desk->now,
                          e);
}

/* A modem that is not there cannot be asked; one that is busy is asked later. */
static bool
do_ask(struct engine *en, struct modem *m, const struct modem_care *c,
       enum wire_question question, const char *code, struct err *e)
{
    if (m->worker.child.life == CHILD_RUNNING && m->turn.asking == 0)
        return asking_send(en, m, c->id, question, code, e);
    if (m->worker.child.life == CHILD_RUNNING || en->desk->now - c->asked_at < PATIENCE_S)
        return true;
    return modem_care_end(en->desk->store, c->id, CARE_FAILED,
                          *m->worker.child.why != '\0' ? m->worker.child.why
                                                       : "it does not run",
                          en->desk->now, e);
}

static bool
do_test(struct engine *en, struct modem *m, const struct modem_care *c, struct err *e)
{
    return do_ask(en, m, c, WIRE_ASK_LOOK, "", e);
}

static bool
do_topup(struct engine *en, struct modem *m, const struct modem_care *c, struct err *e)
{
    return do_ask(en, m, c, WIRE_ASK_USSD, c->reason, e);
}

/* The text is a step of its own; this one tells whether it could be queued. */
static bool
do_loopback(struct engine *en, struct modem *m, const struct modem_care *c, struct err *e)
{
    enum care_state state = CARE_DONE;
    char answer[40] = "";
    struct err why;
    int64_t step;

    if (m->turn.ear.step != 0)
        return true; /* one at a time */
    if (!loopback_start(en, m, "operator", clock_mono_ms(), &step, &why)) {
        if (why.kind != FAIL_REJECT) {
            *e = why;
            return false;
        }
        state = CARE_FAILED;
    } else {
        snprintf(answer, sizeof(answer), "loop %lld", (long long)step);
    }
    return modem_care_end(en->desk->store, c->id, state,
                          state == CARE_FAILED ? why.text : answer, en->desk->now, e);
}

static const struct wish {
    const char *step;
    bool (*run)(struct engine *en, struct modem *m, const struct modem_care *c,
                struct err *e);
} wishes[] = {
    {"reset", do_reset},  {"test", do_test},         {"topup", do_topup},
    {"credit", do_topup}, {"loopback", do_loopback},
};

static bool
do_wish(struct engine *en, const struct modem_care *c, struct err *e)
{
    struct modem *m = modems_find(en, c->modem);

    if (m == NULL || m->conf == NULL)
        return modem_care_end(en->desk->store, c->id, CARE_FAILED,
                              "there is no modem of this name", en->desk->now, e);
    for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
        if (strcmp(wishes[i].step, c->step) == 0)
            return wishes[i].run(en, m, c, e);
    }
    return modem_care_end(en->desk->store, c->id, CARE_FAILED, "nobody knows how",
                          en->desk->now, e);
}

#define FULL_MS 600000 /* it should have been drained long before */

/* Messages that cannot be deleted keep the others out. */
static bool
watch_memory(struct engine *en, struct modem *m, int64_t now_ms, struct err *e)
{
    const struct wire_state *s = &m->worker.state;
    struct store *store = en->desk->store;
    char text[ALARM_TEXT_MAX];
    const struct alarm_new alarm = {
        .kind = "full", .subject = m->worker.child.name, .text = text};
    bool was = m->full_ms != 0;

    if (m->worker.child.life != CHILD_RUNNING || s->sim_size <= 0 ||
        s->sim_used < s->sim_size) {
        m->full_ms = 0;
        return !was || alarm_clear(store, "full", m->worker.child.name, en->desk->now, e);
    }
    if (!was)
        m->full_ms = now_ms;
    if (now_ms - m->full_ms < FULL_MS)
        return true;
    m->full_ms = now_ms; /* said again only after as long */
    snprintf(text, sizeof(text),
             "The memory of modem %s is full (%d messages) and does not empty: nothing "
             "comes in. meterpost modem reset %s, or change the SIM",
             m->worker.child.name, (int)s->sim_used, m->worker.child.name);
    return alarm_raise(store, en->desk->conf, &alarm, en->desk->now, NULL, e);
}

/* What nobody but us knows of its health. */
static bool
tell_health(struct engine *en, struct modem *m, struct err *e)
{
    return m->turn.told == NULL || strcmp(m->turn.told, modem_health(m)) == 0 ||
           modem_note(en, m, e);
}

bool
stage_care(struct engine *en, int at_most, int *done, struct err *e)
{
    struct modem_care c = {0};
    int64_t now_ms = clock_mono_ms();
    bool found;

    for (int i = 0; i < en->n_modems; i++) {
        struct modem *m = en->modems[i];

        if (!ladder_climb(en, m, now_ms, e) || !loopback_watch(en, m, now_ms, e) ||
            !asking_credit(en, m, e) || !watch_memory(en, m, now_ms, e) ||
            !tell_health(en, m, e))
            return false;
    }
    for (*done = 0; *done < at_most; (*done)++) {
        if (!modem_care_next_asked(en->desk->store, c.id, &c, &found, e))
            return false;
        if (!found)
            return true;
        if (!do_wish(en, &c, e))
            return false;
    }
    return true;
}
