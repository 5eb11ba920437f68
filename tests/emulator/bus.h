/*
 * bus.h - an emulated RS-485 line: a pty under a name that stays, with meters on it, paced
 * to the speed that the other end has set.
 *
 * In the village's file:
 *   "buses": {"rs485-1": {"echo": true, "meters": [
 *     {"serial": "000000000101", "protocol": "dlt645-2007", "address": "000000000101",
 *      "password": "000000", "button": 1, "split": 8}]}}
 * `serial` is a meter of "meters", which may have a phone as well. Beside the faults of
 * wire.h a meter may have "mode" and "z" (IEC 62056-21).
 */
#ifndef EMULATOR_BUS_H
#define EMULATOR_BUS_H

#include "emulator.h"

#include <jansson.h>

struct bus;

/* All that the village's file has; emu->buses. FAIL_REJECT names what is wrong. */
bool buses_start(struct emulator *emu, const json_t *file, struct err *e);
void buses_stop(struct emulator *emu);

/* The control's {"do": "bus", "bus": NAME, "meter": SERIAL, FAULT: n ...}: set faults of
 * one meter, or "echo" of the bus; {"press": true} presses the button. The answer tells how
 * it is. */
bool buses_command(struct emulator *emu, const json_t *request, json_t *answer,
                   struct err *e);

#endif
