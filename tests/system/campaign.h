/*
 * campaign.h - what the network remembers beside what the store says, at the end of a
 * campaign of faults.
 */
#ifndef TESTS_CAMPAIGN_H
#define TESTS_CAMPAIGN_H

#include "meterpost/store/store.h"
#include "rig/rig.h"

#define CAMPAIGN_TEXT_MAX 600

/* A text that was sent to one of our modems. */
struct injected {
    char text[CAMPAIGN_TEXT_MAX];
    int parts, lost;
    int whole, broken; /* rows of the inbox: all of it, with parts missing */
};

/* What became of all of them. */
struct tally {
    int sent, delivered, undelivered, doubted, refused, expired; /* rows of the outbox */
    int repeated; /* rows that went again, marked */
    int twice;    /* copies in the network beyond the first of a row */
};

/* Expect (Criterion) that each row of the outbox and the network's record agree. */
void campaign_expect_sent(struct rig *r, struct store *s, struct tally *t);

/* Expect that each of these is in the inbox once, as far as the network carried it. */
void campaign_expect_received(struct store *s, struct injected *all, int n);

#endif
