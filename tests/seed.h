/* seed.h - chance that repeats itself: METERPOST_SEED=n plays another game. */
#ifndef METERPOST_TESTS_SEED_H
#define METERPOST_TESTS_SEED_H

#include <stdlib.h>

static inline unsigned
seed_random(unsigned otherwise)
{
    const char *given = getenv("METERPOST_SEED");
    unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10) : otherwise;

    srandom(seed);
    return seed;
}

#endif
