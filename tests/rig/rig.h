/*
 * rig.h - the whole of Meterpost on a bench: a folder of its own, the emulated modems, the
 * engine, the command line, and a clock that is moved by hand.
 *
 *   struct rig *r = rig_create(&(struct rig_options){.start = "2026-03-01T06:00Z"}, &e);
 *   rig_emulator_start(r, &e) && rig_config(r, "", &e) && rig_engine_start(r, &e)
 *   ... rig_meterpost(r, &answer, &e, "read", "10101001", NULL) ...
 *   rig_wait_idle(r, 5000, &e) && rig_until(r, next_month, 60000, &e)
 *   rig_destroy(r);
 *
 * Everything that was started dies with the rig, and with the process that made it. With
 * METERPOST_RIG_KEEP in the environment the folder stays and its path is printed.
 * Programs are taken from the build folder. One rig at a time in a process.
 */
#ifndef TESTS_RIG_H
#define TESTS_RIG_H

#include "meterpost/base/clock.h"
#include "meterpost/base/err.h"

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define RIG_MODEMS_MAX 16
#define RIG_PATH_MAX   512

struct rig; /* opaque */

struct rig_options {
    const char *village; /* NULL: tests/emulator/village.json                          */
    const char *start;   /* time of the hand clock; NULL: everything lives in real time */
    const char *modems[RIG_MODEMS_MAX]; /* NAME:NUMBER; none: sim1:+254700000100        */
    const char *profiles;               /* a folder; NULL: conf/profiles */
    const char *settings; /* of each modem, before its own: "pin: \"1234\", "; NULL: none */
    unsigned seed;        /* of what is random in the emulator */
};

/* Make the folder and the clock. Sets METERPOST_CLOCK and LC_ALL=C.UTF-8 for this process
 * and those it starts, and this process' zone to Africa/Nairobi. NULL on failure. */
struct rig *rig_create(const struct rig_options *options, struct err *e);
void rig_destroy(struct rig *r); /* takes NULL */

/* The folder, and a file in it: `out` has RIG_PATH_MAX bytes; returns it. */
const char *rig_dir(const struct rig *r);
const char *rig_path(const struct rig *r, const char *name, char *out);
bool rig_write(const struct rig *r, const char *name, const char *text, struct err *e);

/* Another village than that of the options, before the emulator starts. */
void rig_village(struct rig *r, const char *path);

/* ---- programs */

struct rig_output {
    int status; /* of exit; 128 + the signal that ended it */
    char *out, *err;
};

/* Run a program to its end, at most max_ms; it sees /dev/null as its input. True when it
 * ended by itself, however; rig_output_free() then. */
bool rig_run(const struct rig *r, const char *const argv[], int max_ms,
             struct rig_output *out, struct err *e);
void rig_output_free(struct rig_output *out);

/* Start a program that goes on in the background; what it prints goes to the file `log` of
 * the folder. -1 with *e when it cannot be. It dies with this process. */
pid_t rig_start(const struct rig *r, const char *const argv[], const char *log,
                struct err *e);

/* SIGTERM, SIGKILL after max_ms. Its status as in rig_output. */
int rig_stop(pid_t pid, int max_ms);

/* Run `meterpost --config ... --json WORD...`, the list ends with NULL. Its exit status, -1
 * when it did not run (then *e). *answer gets what it printed, NULL when that is no JSON;
 * the caller's. *e gets what it wrote to stderr when the status is not 0. */
int rig_meterpost(const struct rig *r, json_t **answer, struct err *e, ...)
    __attribute__((sentinel));

/* ---- the emulator */

bool rig_emulator_start(struct rig *r, struct err *e);
/* SIGTERM, and wait at most 5 s; false when it then had to be killed or its status is not
 * 0. */
bool rig_emulator_stop(struct rig *r, struct err *e);

/* Ask its control socket (tests/emulator/control.h); `format` and what follows are those of
 * json_pack(). The answer is the caller's; NULL with *e when it is an error. */
json_t *rig_ask(struct rig *r, struct err *e, const char *format, ...);

/* Set one of fault_knobs[] of a modem (tests/emulator/README.md). */
bool rig_fault(struct rig *r, const char *modem, const char *knob, int value,
               struct err *e);

/* A text from `from` to a modem, by name. */
bool rig_inject(struct rig *r, const char *from, const char *modem, const char *text,
                struct err *e);

/* ---- the engine */

/* Write meterpost.yaml: utility, database, run_dir, paths of the source tree and one entry
 * for each modem, and `more` (YAML, whole sections) at the end. */
bool rig_config(const struct rig *r, const char *more, struct err *e);

/* Start meterpostd and wait until it says READY, at most 20 s. Its stderr goes to the file
 * meterpostd.log. */
bool rig_engine_start(struct rig *r, struct err *e);
/* SIGTERM, and wait at most 10 s; false when it then had to be killed or its status is not
 * 0. */
bool rig_engine_stop(struct rig *r, struct err *e);
/* SIGKILL, as a power cut does; its workers die with it. */
void rig_engine_kill(struct rig *r);
bool rig_engine_runs(struct rig *r);

/* ---- time */

/* Move the hand clock. It stands still in between. */
bool rig_clock_set(struct rig *r, utc_t now, struct err *e);

/* Wait until nothing is under way: no message in the air, in a SIM, or due in the engine
 * (`status` says idle), and this twice without a message between. FAIL_RETRY after max_ms
 * of real time, with what was still busy. */
bool rig_wait_idle(struct rig *r, int max_ms, struct err *e);

/* Live up to `target`: move the clock from one due time of the engine to the next, idle at
 * each. max_ms of real time for every stop. */
bool rig_until(struct rig *r, utc_t target, int max_ms, struct err *e);

#endif
