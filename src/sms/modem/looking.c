/* looking.c - how the modem is: signal, network, memory, SIM; and what waits for that. */
#include "meterpost/base/clock.h"
#include "worker_inside.h"

#include <stdio.h>

#define LOOK_MS      60000 /* between two looks at signal and network */
#define LOOK_LOST_MS 10000 /* while there is no network, or no service centre */
#define LOOK_SIM_MS  2000  /* while the SIM has not told its number */
#define SIM_WAIT_MS  60000 /* then messages are read without it */
#define LOOK_FULL_MS 2000  /* while no place is free, and between two walks then */
#define DRAIN_MS     60000 /* so long sends wait for a place to be free */

/* The engine knows a message by its octets and the number of its SIM: one that was read
 * without it would be taken for another one later. */
bool
looking_knows_sim(const struct worker *w)
{
    return w->state.imsi[0] != '\0' || modem_has_no_imsi(w->modem) ||
           clock_mono_ms() - w->open_ms >= SIM_WAIT_MS;
}

/* The network keeps what does not fit, but not for ever: what is there is read and deleted
 * before anything else. */
static void
note_full(struct worker *w)
{
    struct wire_state *s = &w->state;
    bool full = s->sim_size > 0 && s->sim_used >= s->sim_size;

    if (!full && w->full_ms != 0)
        log_info(w->name, "places are free again");
    if (full && w->full_ms == 0)
        log_warn(w->name, "its memory is full: reads and deletes before it sends");
    if (!full)
        w->full_ms = 0;
    else if (w->full_ms == 0)
        w->full_ms = clock_mono_ms();
    if (full && s->health == WIRE_READY && s->reason[0] == '\0')
        snprintf(s->reason, sizeof(s->reason), "its memory is full: nothing more comes in");
}

static int
look_again_ms(const struct worker *w)
{
    if (w->full_ms != 0)
        return LOOK_FULL_MS;
    if (!looking_knows_sim(w))
        return LOOK_SIM_MS;
    if (w->state.health == WIRE_NO_NETWORK || w->state.smsc[0] == '\0')
        return LOOK_LOST_MS;
    return LOOK_MS;
}

bool
looking_may_send(const struct worker *w)
{
    return w->waiting > 0 && (w->full_ms == 0 || clock_mono_ms() - w->full_ms >= DRAIN_MS);
}

void
worker_look(struct worker *w)
{
    struct err e;

    if (modem_look(w->modem, &w->state, &e)) {
        note_full(w);
        worker_say_state(w);
    }
    w->look_ms = clock_mono_ms() + look_again_ms(w);
    if (w->full_ms != 0)
        w->walk_ms = 0;
    worker_renew_if_stale(w);
}
