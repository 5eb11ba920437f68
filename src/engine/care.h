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

/* Do what operators asked for. */
bool stage_care(struct engine *en, int at_most, int *done, struct err *e);

#endif
