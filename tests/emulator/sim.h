/*
 * sim.h - the memories in which a modem keeps messages, and the lock in front of them.
 */
#ifndef EMULATOR_SIM_H
#define EMULATOR_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PIN_MAX          9 /* bytes, NUL included */
#define PIN_TRIES        3
#define PUK              "12345678" /* of every SIM here */
#define PUK_TRIES        10
#define MEMORY_SLOTS_MAX 10000

/* As AT+CMGL numbers them. */
enum slot_state { SLOT_UNREAD, SLOT_READ, SLOT_UNSENT, SLOT_SENT };

struct slot {
    uint8_t *pdu; /* NULL: free */
    size_t size;
    enum slot_state state;
};

struct memory {
    const char *name; /* "SM", "ME" */
    struct slot *slots;
    size_t n_slots; /* 0: the modem has no such memory */
    size_t used;
};

enum { MEMORY_SM, MEMORY_ME, MEMORIES };

struct sim {
    bool present;
    char pin[PIN_MAX]; /* "": none is asked */
    bool locked;       /* the PIN was not given since power came on */
    int pin_tries, puk_tries;
    struct memory memories[MEMORIES];
};

void sim_init(struct sim *s, size_t sm_slots, size_t me_slots);
void sim_finish(struct sim *s);

/* More or fewer slots. Messages in slots that are no more are thrown away. */
void memory_resize(struct memory *m, size_t n_slots);

/* Keep a copy of n octets in the lowest free slot; its number from 1, 0 when all are full.
 */
size_t memory_store(struct memory *m, const uint8_t *pdu, size_t n, enum slot_state state);

/* Slot `number` (from 1) when it is in use, else NULL. */
struct slot *memory_slot(struct memory *m, size_t number);
void memory_erase(struct memory *m, size_t number);

/* Power comes on: a SIM with a PIN is locked again. */
void sim_power(struct sim *s);

/* Messages can be read and sent. */
bool sim_ready(const struct sim *s);

/* Right PIN: true. A wrong one costs a try. */
bool sim_unlock(struct sim *s, const char *pin);
/* Right PUK sets a new PIN and unlocks. */
bool sim_unblock(struct sim *s, const char *puk, const char *new_pin);

#endif
