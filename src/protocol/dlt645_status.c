/*
 * dlt645_status.c - bits of DL/T 645 that are words: status words and error bytes.
 */
#include "protocol/dlt645_private.h"

#include <stdio.h>

struct bits {
    unsigned mask, equals;
    const char *text;
    const char *event; /* that it is to those who keep the meter; NULL: none */
};

#define BIT(n)    (1u << (n))
#define IF_SET(n) BIT(n), BIT(n)
#define BITS_END                                                                           \
    {                                                                                      \
        0, 0, NULL, NULL                                                                   \
    }

static const struct bits word_1[] = {
    {IF_SET(1), "demand by intervals", NULL},
    {IF_SET(2), "clock battery low", "battery-low"},
    {IF_SET(3), "outage battery low", "battery-low"},
    {IF_SET(4), "active power reversed", "reversed"},
    {IF_SET(5), "reactive power reversed", NULL},
    BITS_END,
};

static const struct bits word_3[] = {
    {BIT(4), 0, "relay closed", NULL},
    {IF_SET(4), "relay open", NULL},
    {IF_SET(6), "commanded open", NULL},
    {IF_SET(7), "warns of a trip", NULL},
    {BIT(1) | BIT(2), BIT(1), "auxiliary supply", NULL},
    {BIT(1) | BIT(2), BIT(2), "battery supply", NULL},
    {IF_SET(3), "programming allowed", NULL},
    {BIT(8) | BIT(9), BIT(8), "prepaid energy", NULL},
    {BIT(8) | BIT(9), BIT(9), "prepaid money", NULL},
    {IF_SET(12), "power kept on", NULL},
    {IF_SET(13), "authenticated", NULL},
    {IF_SET(14), "account opened here", NULL},
    {IF_SET(15), "account opened from afar", NULL},
    BITS_END,
};

static const struct bits phase_word[] = {
    {IF_SET(0), "voltage lost", "power-lost"},
    {IF_SET(1), "voltage low", NULL},
    {IF_SET(2), "voltage high", NULL},
    {IF_SET(3), "current lost", "current-lost"},
    {IF_SET(4), "current high", NULL},
    {IF_SET(5), "overload", "power-limit"},
    {IF_SET(6), "flow reversed", "reversed"},
    {IF_SET(7), "phase broken", "power-lost"},
    {IF_SET(8), "current broken", "current-lost"},
    BITS_END,
};

static const struct bits no_bits[] = {BITS_END};

static const struct bits *const words[] = {
    no_bits, word_1, no_bits, word_3, phase_word, phase_word, phase_word, no_bits,
};

#define WORDS      (sizeof(words) / sizeof(words[0]))
#define RELAY_WORD 3

void
dlt645_status_read(unsigned word, unsigned bits, struct frame_value *v, struct frame *f)
{
    if (word >= WORDS)
        return;
    for (const struct bits *b = words[word]; b->text != NULL; b++) {
        bool is_so = (bits & b->mask) == b->equals;

        if (is_so)
            value_note(v, "%s", b->text);
        if (b->event != NULL)
            frame_event(f, b->event, is_so);
    }
    if (word == RELAY_WORD)
        f->relay = bits & BIT(4) ? FRAME_RELAY_OPEN : FRAME_RELAY_CLOSED;
}

static const struct bits errors_2007[] = {
    {IF_SET(0), "other error", NULL},
    {IF_SET(1), "no such data", NULL},
    {IF_SET(2), "wrong password or not authorised", NULL},
    {IF_SET(3), "baud rate cannot be changed", NULL},
    {IF_SET(4), "too many yearly zones", NULL},
    {IF_SET(5), "too many daily slots", NULL},
    {IF_SET(6), "too many tariffs", NULL},
    BITS_END,
};

static const struct bits errors_1997[] = {
    {IF_SET(0), "illegal data", NULL},
    {IF_SET(1), "illegal identifier", NULL},
    {IF_SET(2), "wrong password", NULL},
    {IF_SET(4), "too many yearly zones", NULL},
    {IF_SET(5), "too many daily slots", NULL},
    {IF_SET(6), "too many tariffs", NULL},
    BITS_END,
};

void
dlt645_error_print(enum dlt645_edition edition, unsigned bits, struct frame *f)
{
    const struct bits *b = edition == DLT645_2007 ? errors_2007 : errors_1997;
    const char *between = ": ";
    size_t used = (size_t)snprintf(f->exception, sizeof(f->exception), "%02X", bits);

    for (; b->text != NULL && used < sizeof(f->exception); b++) {
        if ((bits & b->mask) != b->equals)
            continue;
        used += (size_t)snprintf(f->exception + used, sizeof(f->exception) - used, "%s%s",
                                 between, b->text);
        between = ", ";
    }
}
