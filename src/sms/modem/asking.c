/* asking.c - what the engine asks beside messages: how it is now, and USSD codes. */
#include "meterpost/base/clock.h"
#include "worker_inside.h"

#include <stdio.h>

static void
look(struct worker *w, struct wire_answer *a)
{
    worker_look(w);
    a->good = !w->ended && w->state.health == WIRE_READY;
    snprintf(a->text, sizeof(a->text), "%s", w->state.reason);
}

static void
ussd(struct worker *w, const char *code, struct wire_answer *a)
{
    struct err e;

    a->good = modem_ussd(w->modem, code, a->text, sizeof(a->text), &e);
    if (!a->good)
        snprintf(a->text, sizeof(a->text), "%s", e.text);
}

void
asking_answer(struct worker *w, const struct wire *packet)
{
    const struct wire_ask *q = &packet->u.ask;
    struct wire answer = {.kind = WIRE_ANSWER, .u.answer.id = q->id};

    if (w->modem == NULL)
        snprintf(answer.u.answer.text, sizeof(answer.u.answer.text), "%s", w->state.reason);
    else if (q->question == WIRE_ASK_USSD)
        ussd(w, q->code, &answer.u.answer);
    else
        look(w, &answer.u.answer);
    worker_say(w, &answer);
    if (w->modem != NULL)
        worker_renew_if_stale(w);
}
