/* verb_pay.c - what becomes of payments after they were booked. */
#include "meterpost/base/conf.h"
#include "meterpost/billing/charge.h"
#include "meterpost/billing/payment.h"
#include "meterpost/billing/receipt.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/bills.h"
#include "verb_books.h"
#include "verbs.h"

#include <inttypes.h>
#include <stdio.h>

static bool
read_change(struct desk *d, const char *actor, const json_t *arguments,
            struct payment_change *c, struct payment *p, struct err *e)
{
    bool found;

    *c = (struct payment_change){
        .actor = actor, .policy = (enum allocation_policy)d->conf->billing.allocation};
    if (!books_number(arguments, "payment", &c->payment_id, e) ||
        !argument_text(arguments, "reason", &c->reason, e) ||
        !payment_by_id(d->store, c->payment_id, p, &found, e))
        return false;
    return found || err_set(e, FAIL_REJECT, "there is no payment %" PRId64, c->payment_id);
}

static bool
finish(struct desk *d, const char *actor, const char *action, const struct account *a,
       const struct payment *p, const struct payment_change *c, json_t *answer,
       struct err *e)
{
    char detail[200], subject[60];

    snprintf(subject, sizeof(subject), "payment %" PRId64, p->id);
    snprintf(detail, sizeof(detail), "payment=%" PRId64 " %s %s: %.80s", p->id, p->channel,
             p->reference, c->reason);
    json_object_set_new(answer, "payment", json_integer(p->id));
    json_object_set_new(answer, "channel", json_string(p->channel));
    json_object_set_new(answer, "reference", json_string(p->reference));
    if (a != NULL)
        return books_done(d, actor, action, a, p->amount, detail, answer, e);
    books_set_money(d, answer, "amount", p->amount);
    return audit_add(d->store, d->now, actor, "cli", action, subject, detail, e);
}

bool
verb_pay_assign(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct payment_change c;
    struct payment p;
    struct account a;

    if (!read_change(d, actor, arguments, &c, &p, e) || !books_account(d, arguments, &a, e))
        return false;
    c.account_id = a.id;
    return payment_assign(d->store, &c, d->now, e) &&
           receipt_tell(d->store, d->conf, d->templates, p.id, d->now, e) &&
           finish(d, actor, "pay.assign", &a, &p, &c, answer, e);
}

/* A bounced cheque costs a fee, once a payment. */
static bool
bounce_fee(struct desk *d, const struct account *a, const struct payment *p,
           const json_t *arguments, json_t *answer, struct err *e)
{
    char key[40], memo[100];
    struct money fee;

    if (json_object_get(arguments, "fee") == NULL)
        return true;
    snprintf(key, sizeof(key), "reversal %" PRId64, p->id);
    snprintf(memo, sizeof(memo), "fee for a payment that came back (%.60s)", p->reference);
    if (!books_amount(d, arguments, "fee", &fee, e) ||
        !charge_fee(d->store, a, fee, key, memo, d->now, e))
        return false;
    books_set_money(d, answer, "fee", fee);
    return true;
}

bool
verb_pay_reverse(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    struct payment_change c;
    struct payment_place at;
    struct payment p;
    struct account a;
    bool found = false;

    if (!read_change(d, actor, arguments, &c, &p, e) ||
        !payment_where(d->store, &p, &at, e) || !payment_reverse(d->store, &c, d->now, e) ||
        (at.account_id != 0 && !account_by_id(d->store, at.account_id, &a, &found, e)))
        return false;
    return (!found || bounce_fee(d, &a, &p, arguments, answer, e)) &&
           finish(d, actor, "pay.reverse", found ? &a : NULL, &p, &c, answer, e);
}
