/*
 * control.h - how tests and the demo talk to the emulator.
 *
 * A unix stream socket; one JSON object a line in, one JSON object a line out, in order.
 * "do" names the command; an answer without "error" is a success. Modems are named by name
 * or number, times are ISO 8601, what is in [] may be left out.
 *
 *   {"do": "inject", "from", "to": modem, "text" [, "encoding": "auto|gsm7|ucs2|8bit",
 *    "ref_bits": 8|16, "class": 0, "time", "order": [2, 1]]}   -> {"parts", "lost",
 *    "repeated"}; any "from": the sender may be spoofed
 *   {"do": "inject", "to": modem, "pdu": hex}      stored as it is, service centre first
 *   {"do": "sent" [, "since": 0, "limit": 1000]}   -> {"next", "sent": [{"id", "modem",
 * "from", "to", "text", "parts", "lost", "repeats", "good", "bad", "encoding", "report",
 * "class", "time"}]}
 *   {"do": "meter", "meter": serial [, "value", "relay", "silent", "broken", "delay_ms"]}
 *   {"do": "meters"}                               -> {"meters": [...]}
 *   {"do": "push", "meter": serial, "to": modem}   it sends what its kind pushes
 *   {"do": "fault", "modem" [, any of fault_knobs[], "pin"]}  -> {"faults": {...}}
 *   {"do": "network" [, any of network_knobs[]]}   -> {"faults": {...}}
 *   {"do": "unplug", "modem" [, "again_ms"]}       it comes back by itself after so long
 *   {"do": "replug", "modem" [, "as": "ttyUSB1"]}  -> {"device"}, a new port in the folder
 *   {"do": "fill", "modem"}                        -> {"stored"}; SM is full of old
 * messages
 *   {"do": "heal", "modem"}                        no fault any more, and plugged in
 *   {"do": "sim", "modem"}                         -> {"messages": [{"memory", "number",
 * ...}]}
 *   {"do": "modems"}, {"do": "idle"}, {"do": "stats"}, {"do": "help"}
 */
#ifndef EMULATOR_CONTROL_H
#define EMULATOR_CONTROL_H

#include "emulator.h"
#include "meterpost/base/err.h"

#include <jansson.h>

struct control; /* opaque */

/* Listen at `path`; a socket that a dead emulator left there is replaced. */
struct control *control_open(struct emulator *emu, const char *path, struct err *e);
void control_close(struct control *c);

/* Run one command; the answer is the caller's, {"error": ...} where it failed. */
json_t *control_run(struct emulator *emu, const json_t *request);

#endif
