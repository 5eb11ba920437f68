/*
 * terminal.h - a pty that looks like a modem's serial port, under a name that stays.
 */
#ifndef EMULATOR_TERMINAL_H
#define EMULATOR_TERMINAL_H

#include "meterpost/base/err.h"

#include <stdbool.h>

/* A new pty in raw mode; `link` becomes a symbolic link to its slave. The slave is held
 * open too, so that the port outlives its users as a serial port does. */
bool terminal_open(const char *link, int *master, int *slave, struct err *e);
void terminal_close(const char *link, int *master, int *slave);

/* Lift TIOCEXCL: on a serial port it ends when its setter closes, on a held pty it would
 * stay and shut out the next user who is not root. */
void terminal_share(int slave);

#endif
