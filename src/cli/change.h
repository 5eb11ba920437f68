/* change.h - what a command that changes one thing is made of; for src/cli alone. */
#ifndef METERPOST_SRC_CLI_CHANGE_H
#define METERPOST_SRC_CLI_CHANGE_H

#include <stddef.h>

#define NAMES_MAX 6

struct named {
    const char *word, *key;
};

struct change {
    const char *words, *verb;
    const char *arguments[4];        /* keys of the arguments, in order */
    struct named options[NAMES_MAX]; /* options and their keys */
    const char *sentence;            /* {key} is from the answer */
};

/* change_relay.c: orders and arrears. */
extern const struct change changes_relay[];
extern const size_t changes_relay_count;

#endif
