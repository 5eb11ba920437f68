/*
 * emulator.h - what the parts of the emulator share: the loop, the modems, the network and
 * the village behind it.
 */
#ifndef EMULATOR_EMULATOR_H
#define EMULATOR_EMULATOR_H

#include "loop.h"
#include "meterpost/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define MODEMS_MAX 64
#define BUSES_MAX  8

struct modem;
struct network;
struct village;
struct control;
struct bus;

struct emulator {
    const char *dir; /* of the links to the modems */
    struct loop *loop;
    struct village *village;
    struct network *network;
    struct modem *modems[MODEMS_MAX];
    size_t n_modems;
    struct bus *buses[BUSES_MAX];
    size_t n_buses;
    struct control *control; /* NULL: nobody asked for one */
    uint64_t dice;           /* what was drawn from the seed so far */
};

/* The command line. */
struct options {
    const char *dir, *village, *control; /* control NULL: none */
    const char *modems[MODEMS_MAX];      /* NAME:NUMBER */
    size_t n_modems;
    const char *faults[MODEMS_MAX]; /* NAME.KNOB=VALUE, on top of the village's */
    size_t n_faults;
    uint64_t seed; /* of everything that is random */
};

/* Bring everything up in a zeroed struct. emulator_stop() also after a failure. */
bool emulator_start(struct emulator *emu, const struct options *o, struct err *e);
void emulator_stop(struct emulator *emu);

/* A number from 0 to `below` - 1, drawn from the seed; 0 when `below` is 0. */
unsigned emulator_roll(struct emulator *emu, unsigned below);

/* By its name or its number; NULL when there is none. */
struct modem *emulator_modem(const struct emulator *emu, const char *name_or_number);

#endif
