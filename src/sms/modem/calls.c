/* calls.c - somebody rings at the modem: a call is an arrival like a text. */
#include "meterpost/base/clock.h"
#include "worker_inside.h"

/* Hang up, and tell who it was. */
static void
take_call(struct worker *w)
{
    struct wire packet = {.kind = WIRE_ARRIVED,
                          .u.arrived = {.arrival = WIRE_CALL,
                                        .alphabet = WIRE_GSM7,
                                        .ref = -1,
                                        .tp_status = -1,
                                        .smsc_time = clock_now()}};
    struct wire_arrived *a = &packet.u.arrived;

    if (!modem_called(w->modem, a->number, sizeof(a->number)))
        return;
    modem_hang_up(w->modem);
    a->token = ++w->announced->last_token;
    worker_say(w, &packet);
}

/* It may ring in the middle of any call of the library. */
void
worker_note_ring(struct worker *w)
{
    w->rang = modem_rang(w->modem) || w->rang;
    take_call(w);
}
