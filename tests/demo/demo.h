/*
 * demo.h - one month of a small utility, on the rig: the real programs, an emulated
 * network, a clock that is moved from one event to the next.
 */
#ifndef TESTS_DEMO_H
#define TESTS_DEMO_H

#include "rig.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct demo {
    struct rig *rig;
    bool quiet;               /* no story */
    json_t *village;          /* tests/emulator/village.json */
    json_t *counts;           /* what the last line of --json says */
    char bills[RIG_PATH_MAX]; /* folder of the rendered bills */
    int64_t heard;            /* next entry of the network's record that was not told yet */
    int answers;              /* customers answered */
};

/* ---- story.c */

/* Live through the month. False with *e at the first thing that goes wrong. */
bool story_live(struct demo *d, struct err *e);

/* A line of the story, with the day and hour of the hand clock in front. */
void story_say(struct demo *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Tell at most `most` of the texts that went out since the last time, and pass over the
 * rest. */
bool story_tell_sent(struct demo *d, int most, struct err *e);

/* ---- supply.c: reminders, cuts and restores */

bool supply_live(struct demo *d, struct err *e);

/* ---- people.c */

/* The phone of the n-th customer, from 0. `out` has 24 bytes. */
const char *people_phone(int n, char *out);
/* The account of the n-th customer. `out` has 24 bytes. */
const char *people_account(int n, char *out);
/* Their meter's serial number, "" when there are not so many. */
const char *people_meter(const struct demo *d, int n);
int people_count(const struct demo *d);

/* Write accounts.csv, concentrators.csv and meters.csv into the rig's folder: one household
 * a meter of the village, with the value that the meter shows now as its first reading. */
bool people_write(struct demo *d, struct err *e);

/* ---- tally.c */

/* Count what is in the books and what the network has seen, and compare the two: the
 * numbers of interfaces.md 1 into d->counts, with a digest of readings, bills and texts. */
bool tally_take(struct demo *d, struct err *e);
/* The summary of one page. */
void tally_print(const struct demo *d);

#endif
