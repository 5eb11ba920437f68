/*
 * overview.h - how much of everything there is: for `status`, and for whoever waits until
 * nothing is left to do.
 */
#ifndef METERPOST_STORE_OVERVIEW_H
#define METERPOST_STORE_OVERVIEW_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

struct overview {
    int64_t accounts, meters, concentrators; /* in use */
    int64_t outbox_due, outbox_later;        /* queued */
    int64_t outbox_sending, outbox_in_doubt; /* with a modem */
    int64_t outbox_failed;                   /* failed or expired */
    int64_t inbox_new, inbox_quarantined;
    int64_t requests_waiting, requests_asked;
    int64_t readings_held, rounds_running;
    int64_t bills, jobs_running;
    int64_t alarms_open;
    utc_t
        outbox_next; /* when the next of those that are not due yet is; 0: there is none */
};

bool store_overview(struct store *s, utc_t now, struct overview *out, struct err *e);

#endif
