#include "sim.h"

#include "buf.h"
#include "meterpost/base/text.h"

#include <stdlib.h>
#include <string.h>

void
memory_resize(struct memory *m, size_t n_slots)
{
    for (size_t i = n_slots; i < m->n_slots; i++)
        memory_erase(m, i + 1);
    m->slots = must_realloc(m->slots, (n_slots + 1) * sizeof(*m->slots));
    if (n_slots > m->n_slots)
        memset(m->slots + m->n_slots, 0, (n_slots - m->n_slots) * sizeof(*m->slots));
    m->n_slots = n_slots;
}

void
sim_init(struct sim *s, size_t sm_slots, size_t me_slots)
{
    *s = (struct sim){.present = true, .pin_tries = PIN_TRIES, .puk_tries = PUK_TRIES};
    s->memories[MEMORY_SM].name = "SM";
    s->memories[MEMORY_ME].name = "ME";
    memory_resize(&s->memories[MEMORY_SM], sm_slots);
    memory_resize(&s->memories[MEMORY_ME], me_slots);
}

void
sim_finish(struct sim *s)
{
    for (int i = 0; i < MEMORIES; i++) {
        memory_resize(&s->memories[i], 0);
        free(s->memories[i].slots);
        s->memories[i].slots = NULL;
    }
}

size_t
memory_store(struct memory *m, const uint8_t *pdu, size_t n, enum slot_state state)
{
    for (size_t i = 0; i < m->n_slots && m->used < m->n_slots; i++) {
        struct slot *slot = &m->slots[i];

        if (slot->pdu != NULL)
            continue;
        slot->pdu = must_calloc(n, 1);
        memcpy(slot->pdu, pdu, n);
        slot->size = n;
        slot->state = state;
        m->used++;
        return i + 1;
    }
    return 0;
}

struct slot *
memory_slot(struct memory *m, size_t number)
{
    if (number < 1 || number > m->n_slots || m->slots[number - 1].pdu == NULL)
        return NULL;
    return &m->slots[number - 1];
}

void
memory_erase(struct memory *m, size_t number)
{
    struct slot *slot = memory_slot(m, number);

    if (slot == NULL)
        return;
    free(slot->pdu);
    *slot = (struct slot){0};
    m->used--;
}

void
sim_power(struct sim *s)
{
    s->locked = s->pin[0] != '\0';
}

bool
sim_ready(const struct sim *s)
{
    return s->present && !s->locked;
}

bool
sim_unlock(struct sim *s, const char *pin)
{
    if (s->pin_tries == 0)
        return false;
    if (strcmp(pin, s->pin) != 0) {
        s->pin_tries--;
        return false;
    }
    s->pin_tries = PIN_TRIES;
    s->locked = false;
    return true;
}

bool
sim_unblock(struct sim *s, const char *puk, const char *new_pin)
{
    if (s->puk_tries == 0)
        return false;
    if (strcmp(puk, PUK) != 0) {
        s->puk_tries--;
        return false;
    }
    if (!text_copy(s->pin, sizeof(s->pin), new_pin))
        return false;
    s->pin_tries = PIN_TRIES;
    s->puk_tries = PUK_TRIES;
    s->locked = false;
    return true;
}
