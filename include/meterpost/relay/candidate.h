/*
 * candidate.h - whose supply could be cut for arrears, and why not: what a person reads
 * before a list is proposed.
 */
#ifndef METERPOST_RELAY_CANDIDATE_H
#define METERPOST_RELAY_CANDIDATE_H

#include "meterpost/billing/arrears.h"
#include "meterpost/relay/order.h"

struct relay_candidate {
    struct account account;
    struct meter meter;
    struct arrears arrears;
    char class[WORD_MAX], group[KEY_MAX];
    char stage[WORD_MAX]; /* the last that it came to; "" */
    utc_t notice_at;      /* when the notice was delivered; 0: it was not */
    struct guard_result guards;
};

/* Of all accounts that the run of arrears has brought to a stage of the kind `cut`, each
 * meter that has supply, in the order of accounts; `group` (NULL: all) is the code of a
 * group. `row` returns false to stop; nothing is written. */
bool relay_each_candidate(const struct relay *r, const char *group,
                          bool (*row)(const struct relay_candidate *c, void *context),
                          void *context, struct err *e);

#endif
