/*
 * die.h - an engine that kills itself at one of its commits, by die_at_commit.c: it does so
 * while the file `die` of the rig's folder says where, as "3 before" or "1 behind".
 */
#ifndef TESTS_SYSTEM_DIE_H
#define TESTS_SYSTEM_DIE_H

#include "rig/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline bool
die_at(struct rig *rig, int commit, const char *where, struct err *e)
{
    char text[40];

    snprintf(text, sizeof(text), "%d %s\n", commit, where);
    return rig_write(rig, "die", text, e);
}

static inline void
die_no_more(struct rig *rig)
{
    char path[RIG_PATH_MAX];

    unlink(rig_path(rig, "die", path));
}

static inline bool
die_engine_start(struct rig *rig, struct err *e)
{
    const char *options = getenv("ASAN_OPTIONS");
    char all[200], before[150], path[RIG_PATH_MAX];
    bool started;

    snprintf(before, sizeof(before), "%s", options == NULL ? "" : options);
    snprintf(all, sizeof(all), "%s:verify_asan_link_order=0", before);
    setenv("ASAN_OPTIONS", all, 1);
    setenv("LD_PRELOAD", BIN "/tests/libdie_at_commit.so", 1);
    setenv("METERPOST_DIE", rig_path(rig, "die", path), 1);
    started = rig_engine_start(rig, e);
    unsetenv("LD_PRELOAD");
    if (options == NULL)
        unsetenv("ASAN_OPTIONS");
    else
        setenv("ASAN_OPTIONS", before, 1);
    return started;
}

#endif
