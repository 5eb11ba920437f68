/*
 * engine.h - the one long-lived writer: what it holds, and the turn that it takes again and
 * again. For src/engine alone.
 *
 * A turn (pipeline.c) runs its stages in one transaction. What they want done in the world
 * is noted in the `turn` of each modem and done after the commit (modems_after_commit): a
 * message goes to its worker, a stored one is forgotten by the SIM. When the commit fails
 * nothing of it happens, and the packets of the turn are handled again in the next one.
 */
#ifndef METERPOST_ENGINE_ENGINE_H
#define METERPOST_ENGINE_ENGINE_H

#include "loop.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/log.h"
#include "meterpost/control/backup.h"
#include "meterpost/sms/bucket.h"
#include "meterpost/store/fence.h"
#include "meterpost/store/modem_row.h"
#include "meterpost/talk/desk.h"
#include "worker.h"

#include <jansson.h>
#include <limits.h>

#define STOP_MS        4000 /* for workers to finish; a clean stop takes less than 5 s */
#define STOP_KILLED_MS 500  /* for the kernel to end those that did not */
#define OWED_MAX       (2 * WORKER_QUEUE)
#define STAGES_MAX     16

/* A message that a worker has. */
struct airborne {
    int64_t outbox;
    int priority;
    char number[PHONE_MAX];
};

/* Whether a modem hears (loopback.c). */
struct ear {
    bool known;   /* `at` was read from the store */
    bool deaf;    /* a text that was sent to it did not come */
    bool sent;    /* the text under way has left */
    int64_t step; /* of its care that waits for that text; 0: none does */
    int64_t since_ms;
    int tried;          /* steps of the ladder, at the last text */
    utc_t at, heard_at; /* the last text of ours, and of anybody */
};

/* Whether what it sends leaves (voice.c). */
struct voice {
    int failed;             /* messages in a row, by itself */
    char number[PHONE_MAX]; /* of the last of them */
    char why[2 * MODEM_WORD_MAX];
    bool mute;
    int tried;      /* steps of the ladder, at the last try */
    int64_t try_ms; /* when one may try again */
};

/* What a turn has noted for one modem; of no effect until the commit. */
struct modem_turn {
    struct airborne air[WIRE_IN_FLIGHT_MAX];
    int n_air;
    utc_t day;                            /* start of the day of */
    int64_t day_parts;                    /* parts given to it since then */
    bool over;                            /* what a dead worker had is settled */
    struct wire send[WIRE_IN_FLIGHT_MAX]; /* WIRE_SEND */
    int n_send;
    bool has_pin;
    struct wire pin; /* WIRE_PIN */
    bool restart;    /* it shall begin again */
    bool radio;      /* with its radio off and on */
    bool power;      /* after its supply was off and on */
    unsigned rungs;  /* of the ladder (ladder.c) that are behind it, a bit each */
    int tried;       /* steps that were made on them */
    bool relieved;   /* its spare has its routes */
    struct ear ear;
    struct voice voice;
    const char *told; /* its health, as on file */
    bool has_ask;
    struct wire ask; /* WIRE_ASK */
    int64_t asking;  /* step of its care that waits for an ANSWER; 0: none does */
    utc_t credit_next, expiry_next; /* looked at again */
    uint64_t forget[WORKER_QUEUE];
    int n_forget;
};

struct modem {
    const struct conf_modem *conf; /* NULL: not in the configuration any more */
    struct worker worker;
    char pin[sizeof(((struct wire_pin *)0)->pin)];
    struct airborne air[WIRE_IN_FLIGHT_MAX]; /* as committed */
    int n_air;
    uint64_t owed[OWED_MAX]; /* FORGETs that did not go out yet */
    int n_owed;
    struct bucket bucket;
    utc_t day;         /* start of the day of */
    int64_t day_parts; /* parts given to it since then */
    unsigned rungs;    /* of the ladder, since it was well */
    int tried;
    bool relieved; /* its spare has its routes */
    struct ear ear;
    struct voice voice;
    const char *told; /* its health, as on file */
    int64_t asking;
    utc_t credit_next, expiry_next;
    int64_t full_ms;  /* since when its memory is full; 0: it is not */
    bool settle_fell; /* shorter waits led to trouble: never again by itself */
    int64_t ill_ms;   /* since when it takes nothing; 0: it does */
    struct modem_turn turn;
};

struct server;
struct bus;

struct engine {
    const char *config; /* path */
    char worker_path[PATH_MAX], bus_worker_path[PATH_MAX];
    struct desk *desk;
    int lock; /* descriptor of the lock file */
    int loop;
    struct watch signals, ticks;
    struct bus *buses[CONF_BUSES_MAX]; /* first n_buses, each of its own */
    int n_buses;
    struct modem *modems[CONF_MODEMS_MAX]; /* first n_modems, each of its own */
    int n_modems;
    struct server *server;
    utc_t since;
    bool stopping, reload, due, worked;
    int64_t fed_ms;          /* the watchdog of systemd */
    int told_ready;          /* modems, as systemd knows */
    int64_t stop_ms;         /* not later than this, once stopping */
    int64_t rest_until_ms;   /* after a commit that failed */
    struct trouble turns;    /* that failed */
    struct trouble unrouted; /* messages that no modem may send */
    struct trouble rows;     /* of a stage, that have to wait */
    struct trouble stages[STAGES_MAX];
    bool send_waits;             /* something due waits for a modem, not for the clock */
    utc_t send_next;             /* something due waits until then; 0: nothing does */
    struct outbox_due look_from; /* where the look for what to send goes on */
    int64_t look_rest_ms;        /* not at everything before then */
    struct backup_work *backup;  /* in the making; NULL: none */
    struct fence fence; /* as of this turn: while it is up nothing cuts or restores */
    int64_t noted_ms;   /* what was seen of the database */
    bool over_ceiling;  /* of the month's cost: only what is urgent goes */
};

/* engine.c: start what the list in it names; run until stopped; end. *en is zeroed, but for
 * worker_path: "" looks for the worker beside this program. */
bool engine_open(struct engine *en, const char *config, struct err *e);
void engine_run(struct engine *en);
void engine_close(struct engine *en);

/* One round: wait at most timeout_ms, take a turn when there is one to take, answer
 * clients. False when the engine has stopped. */
bool engine_round(struct engine *en, int timeout_ms);

/* reload.c: read all that people write again: a bad file leaves everything as it is, and is
 * said in the log. */
void engine_reload(struct engine *en);
/* Is the file of settings another one than the last time? Then that is in the audit; in the
 * open transaction. */
bool settings_note(struct engine *en, struct err *e);

/* pipeline.c: one turn. *done pieces of work were done. False: nothing of it happened. */
bool engine_turn(struct engine *en, int *done, struct err *e);

/* modems.c */
bool modems_configure(struct engine *en, struct err *e);
struct modem *modems_find(struct engine *en, const char *name);
/* As in the table of modems: what the worker says, or "deaf" or "mute"; and why, "" for
 * one that is well. */
const char *modem_health(const struct modem *m);
const char *modem_reason(const struct modem *m);
/* Write both down. */
bool modem_note(struct engine *en, struct modem *m, struct err *e);
/* It has been of no use for a while: others take its routes. */
bool modem_is_ill(const struct modem *m, int64_t now_ms);
void modems_reap(struct engine *en);
void modems_supervise(struct engine *en, int64_t now_ms);
void modems_stop(struct engine *en);
bool modems_all_rest(const struct engine *en);
void modems_begin_turn(struct engine *en);
void modems_after_commit(struct engine *en);
void modems_close(struct engine *en);

/* The stages that are more than a call of another folder. */
bool stage_receive(struct engine *en, int at_most, int *done, struct err *e);
bool stage_send(struct engine *en, int at_most, int *done, struct err *e);

/* Priority of what goes even when the month's money is spent, and never as a trial. */
#define URGENT_MOST 30

/* route.c: the modem whose message this is now, free or not. NULL: none has a route. */
struct modem *route_best(struct engine *en, const struct outbox_due *m, int64_t now_ms);
/* It could be given a message if pace and daily limit allow; it has had its day. */
bool route_is_free(const struct modem *m);
bool route_day_is_over(const struct modem *m);

/* What a modem is used with: of enum outbox_how (meterpost/sms/outbox.h). */
unsigned send_how(const struct modem *m);

/* A modem is given (1) or gives back (-1) a part: its day and its money. */
bool send_count(struct engine *en, struct modem *m, int parts, struct err *e);

/* server.c: the control socket. */
bool server_open(struct engine *en, struct err *e);
void server_serve(struct engine *en); /* after a turn */
void server_close(struct server *s);

/* status.c: what only the engine knows, put into the answer of the verb `status`. */
void engine_status(struct engine *en, json_t *answer);

#endif
