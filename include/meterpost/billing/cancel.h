/*
 * cancel.h - an issued bill is never edited: a credit note takes it back whole, and a new
 * bill for the same month takes its place.
 */
#ifndef METERPOST_BILLING_CANCEL_H
#define METERPOST_BILLING_CANCEL_H

#include "meterpost/billing/run.h"

struct billing_cancel {
    const char *number; /* of the bill */
    const char *reason; /* in a sentence; kept with the credit note */
    bool with_later; /* take back the later bills of the account, too: they stand on it */
    bool no_bill;    /* do not bill again */
    const char *actor;
};

/* Take back a bill, newest first where there are later ones, and bill the months again,
 * oldest first, in the open transaction. Into *answer: {"cancelled": [{"bill", "credit",
 * "total"}], "issued": [{"bill", "month", "total"}]}. FAIL_REJECT when there is no such
 * bill, when it is no bill or was taken back before, when later ones stand on it, and when
 * a month cannot be billed again: the text says what to do. */
bool billing_cancel(const struct billing *b, const struct billing_cancel *c, json_t *answer,
                    struct err *e);

#endif
