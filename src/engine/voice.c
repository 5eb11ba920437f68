/*
 * voice.c - does what a modem sends leave? One that says it is registered and fails
 * message after message by itself is mute: as ill as any other, its messages go to the
 * others and the ladder is climbed. After each step of it, and now and then, one message
 * that is not urgent may try again; the first that leaves makes it well.
 */
#include "care.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>

#define FAILED_MAX 4      /* sends in a row; a batch that fails as one is enough */
#define TRY_MS     300000 /* between two tries of one that is mute */
#define CODES_OWN  300    /* +CMS ERRORs from here on are of modem and SIM (TS 27.005) */

/* What a network says of one number says nothing of the modem; of several it does. */
static bool
is_its_own(const struct voice *v, const struct wire_result *r, const char *number)
{
    return r->code <= 0 || r->code >= CODES_OWN || strcmp(v->number, number) != 0;
}

void
voice_note(struct modem *m, const struct wire_result *r, const char *number)
{
    struct voice *v = &m->turn.voice;

    if (r->outcome == WIRE_SENT) {
        if (v->mute)
            log_info(m->worker.child.name, "what it sends leaves again");
        memset(v, 0, sizeof(*v));
        return;
    }
    if ((r->outcome != WIRE_NOT_NOW && r->outcome != WIRE_IN_DOUBT) ||
        !worker_is_ready(&m->worker) || !is_its_own(v, r, number))
        return;
    v->failed++;
    text_clip(v->number, sizeof(v->number), number);
    snprintf(v->why, sizeof(v->why), "%d messages in a row failed: %.80s", v->failed,
             r->reason);
    if (v->failed < FAILED_MAX || v->mute)
        return;
    v->mute = true;
    voice_tries(m, clock_mono_ms());
    log_warn(m->worker.child.name, "registered, but %s", v->why);
}

void
voice_explained(struct modem *m)
{
    enum wire_health health = (enum wire_health)m->worker.state.health;

    if (health == WIRE_NO_NETWORK || health == WIRE_STOPPED)
        memset(&m->turn.voice, 0, sizeof(m->turn.voice));
}

bool
voice_may_try(const struct modem *m, int priority, int64_t now_ms)
{
    const struct voice *v = &m->turn.voice;

    return v->mute && worker_is_ready(&m->worker) && !m->turn.restart &&
           m->turn.n_air == 0 && priority > URGENT_MOST &&
           (v->tried != m->turn.tried || now_ms >= v->try_ms);
}

void
voice_tries(struct modem *m, int64_t now_ms)
{
    m->turn.voice.tried = m->turn.tried;
    m->turn.voice.try_ms = now_ms + TRY_MS;
}
