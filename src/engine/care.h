/*
 * care.h - what is done for a modem so that it works and keeps its SIM. For src/engine.
 */
#ifndef METERPOST_ENGINE_CARE_H
#define METERPOST_ENGINE_CARE_H

#include "engine.h"

/* What a state of the worker says about the PIN. A try is noted in the open transaction and
 * leaves after the commit; a PIN that was refused never goes out again by itself, and
 * after two of which nobody knows the outcome none does. */
bool care_pin(struct engine *en, struct modem *m, const struct wire_state *s,
              struct err *e);

/* ladder.c: what is tried with a modem that is ill for long, a step after the other. */
bool ladder_climb(struct engine *en, struct modem *m, int64_t now_ms, struct err *e);
/* After the commit. */
void ladder_act(struct modem *m);

/* asking.c: give a question to a modem, which has none; its step is running then. */
bool asking_send(struct engine *en, struct modem *m, int64_t step,
                 enum wire_question question, const char *code, struct err *e);
bool asking_answered(struct engine *en, struct modem *m, const struct wire_answer *a,
                     struct err *e);
/* The worker is gone: there will be no answer. */
bool asking_lost(struct engine *en, struct modem *m, struct err *e);
/* Ask what is left on its SIM, when it is time; look at its last day. */
bool asking_credit(struct engine *en, struct modem *m, struct err *e);

/* loopback.c: send a text to a modem of ours, for `actor`. FAIL_REJECT when it has no
 * number or nothing can send it. */
bool loopback_start(struct engine *en, struct modem *m, const char *actor, int64_t now_ms,
                    int64_t *step, struct err *e);
/* Send one when it is time; see what became of it. */
bool loopback_watch(struct engine *en, struct modem *m, int64_t now_ms, struct err *e);
/* Something came in over it. */
void loopback_heard(struct engine *en, struct modem *m);

/* voice.c: what became of a message of this number. */
void voice_note(struct modem *m, const struct wire_result *r, const char *number);
/* It says by itself now why nothing left: it is not mute. */
void voice_explained(struct modem *m);
/* A mute modem may be given one of this priority, to see whether it leaves; and is. */
bool voice_may_try(const struct modem *m, int priority, int64_t now_ms);
void voice_tries(struct modem *m, int64_t now_ms);

/* Do what operators asked for. */
bool stage_care(struct engine *en, int at_most, int *done, struct err *e);

#endif
