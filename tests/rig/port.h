/*
 * port.h - the serial port of an emulated modem, byte for byte, for tests that are their
 * own terminal.
 */
#ifndef TESTS_RIG_PORT_H
#define TESTS_RIG_PORT_H

#include "rig.h"

/* The port `name` of the rig, not blocking; -1 when there is none. Close it. */
int port_open(const struct rig *r, const char *name);

/* What comes within wait_ms of real time, up to and with `end`; "" for `end` is: all of it.
 * Valid until the next call. */
const char *port_hear(int port, const char *end, int wait_ms);

/* False when not all bytes could be said. */
bool port_say(int port, const char *bytes);

#endif
