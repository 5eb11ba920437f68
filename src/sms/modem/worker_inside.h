/*
 * worker_inside.h - what worker.c and sending.c share of a worker.
 */
#ifndef METERPOST_SMS_MODEM_WORKER_INSIDE_H
#define METERPOST_SMS_MODEM_WORKER_INSIDE_H

#include "announced.h"
#include "meterpost/base/log.h"
#include "modem.h"
#include "sms/settle.h"
#include "worker.h"

struct worker {
    int sock;
    const char *name;
    struct wire_setup setup;
    struct modem *modem; /* NULL while there is none: stopped */
    struct announced *announced;
    struct wire_state state, told;
    struct trouble trouble, undead;
    int64_t alive_ms, walk_ms, look_ms, gone_ms; /* when next */
    int64_t again_ms; /* opened again, while a SIM may be changed; 0: not by itself */
    int64_t open_ms;  /* since when the modem is there */
    int64_t full_ms;  /* since when no place is free; 0: there is one */
    bool rang;        /* there are new messages, which no walk has seen */
    bool ended;
    enum worker_end end;
    struct settle settle;
    struct wire queue[WIRE_IN_FLIGHT_MAX]; /* SENDs that have not begun, a ring */
    size_t first, waiting;
};

/* worker.c: end the life, by itself or because the socket or the device failed. */
void worker_leave(struct worker *w, enum worker_end end);
void worker_lost(struct worker *w, const struct err *e);
void worker_fail(struct worker *w, const char *reason);

/* Say a packet; waits as long as the engine is busy, false when it is gone. */
bool worker_say(struct worker *w, struct wire *packet);
void worker_say_state(struct worker *w);
void worker_say_alive(struct worker *w);
void worker_set_health(struct worker *w, enum wire_health health, const char *reason);

/* looking.c: signal, network, memory: told when they changed. */
void worker_look(struct worker *w);
/* Messages may be read: it is known of which SIM they are, or will not be. */
bool looking_knows_sim(const struct worker *w);
/* Something waits to be sent, and does not have to wait for a place to be free. */
bool looking_may_send(const struct worker *w);

/* After a time-out: a state of the library that expects no old answers. */
void worker_renew_if_stale(struct worker *w);

/* calls.c: note that it rang, hang up on who calls, and tell the engine. */
void worker_note_ring(struct worker *w);

/* sending.c: take a SEND in, do the oldest one, give all that has not begun back. */
void sending_take(struct worker *w, const struct wire *packet);
void sending_go_on(struct worker *w);
void sending_give_back(struct worker *w, const char *reason);

/* asking.c: answer an ASK. */
void asking_answer(struct worker *w, const struct wire *packet);

#endif
