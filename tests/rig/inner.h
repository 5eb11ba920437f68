/* inner.h - what the files of the rig share. */
#ifndef TESTS_RIG_INNER_H
#define TESTS_RIG_INNER_H

#include "rig.h"

#include <stdio.h>
#include <sys/types.h>

struct rig {
    char dir[RIG_PATH_MAX];
    char village[RIG_PATH_MAX];
    char profiles[RIG_PATH_MAX]; /* folder */
    const char *modems[RIG_MODEMS_MAX];
    const char *settings; /* of each modem; "": none */
    unsigned seed;
    bool by_hand;
    pid_t emulator, engine; /* 0: not running */
    int control;            /* socket of the emulator, -1 */
    FILE *answers;          /* the same, to read lines; NULL */
};

/* Start a program whose output goes to these descriptors; it dies when we do. pid, -1. */
pid_t process_start(const char *const argv[], int out, int err);

/* Wait for its end at most max_ms and take its status as rig_output has it. False: it still
 * runs. */
bool process_wait(pid_t pid, int max_ms, int *status);

/* SIGKILL and wait. */
void process_kill(pid_t pid);

#endif
