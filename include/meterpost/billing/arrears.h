/*
 * arrears.h - how old the debts of an account are, and what is due to be done about them.
 *
 * Ages count from the day a bill was due, not from its issue. What is disputed or part of a
 * plan that is kept stands apart and is no reason for anything. Ageing and the choice of
 * the stage are pure; the rest reads and writes in the open transaction.
 */
#ifndef METERPOST_BILLING_ARREARS_H
#define METERPOST_BILLING_ARREARS_H

#include "meterpost/base/conf.h"
#include "meterpost/billing/policy.h"
#include "meterpost/store/arrears.h"
#include "meterpost/store/items.h"

#define ARREARS_BUCKETS 6 /* not due, 1-30, 31-60, 61-90, 91-120, more days */

struct arrears_debt {
    struct money open;
    utc_t due_at;
    bool is_bill, disputed, planned;
};

struct arrears {
    struct money bucket[ARREARS_BUCKETS]; /* without what is disputed or planned */
    struct money disputed, planned;
    struct money credit;  /* that nothing has used yet; above zero */
    struct money overdue; /* of the buckets from 1 day on, less the credit; 0 at least */
    int unpaid;           /* bills of it */
    utc_t oldest_due;     /* of it; 0: nothing is overdue */
    int age_days;
};

/* The bucket of a debt that is that many days past its due day. */
int arrears_bucket(int age_days);

/* Age what is open at `now`. Debts first due more than `months` before count as disputed:
 * no reason to cut (0: all count). Pure. */
void arrears_age(const struct arrears_debt *debts, int n, struct money credit, utc_t now,
                 int months, struct arrears *out);

/* The same for an account as it stands. */
bool arrears_of(struct store *s, const struct policy *policy, int64_t account_id, utc_t now,
                struct arrears *out, struct err *e);

/* When the message of a step counts as delivered by the rule of its stage; 0: it does not.
 * `reports`: its modem asks for reports. Pure. */
utc_t arrears_delivered_at(const struct arrears_step *t, enum conf_delivered rule,
                           bool reports, int after_s);
/* The same for a step on file: its stage and its modem are looked up in the settings. */
utc_t arrears_step_delivered(const struct conf *conf, const struct arrears_step *t);

/* The least debt that is chased. */
struct money arrears_least(const struct conf *conf, const struct conf_stage *stage);

#endif
