#include "meterpost/billing/payment.h"

#include "meterpost/base/text.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/store/bills.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/ticket.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The next number of our own receipts. */
static bool
own_reference(struct store *s, utc_t now, char out[PAYMENT_REFERENCE_MAX], struct err *e)
{
    struct tm tm;
    int64_t seq;

    clock_local(now, &tm);
    if (!bill_number_next(s, "receipt", tm.tm_year + 1900, &seq, e))
        return false;
    snprintf(out, PAYMENT_REFERENCE_MAX, "R%d-%06" PRId64, tm.tm_year + 1900, seq);
    return true;
}

static bool
copy_checked(char *to, size_t size, const char *from, const char *what, struct err *e)
{
    size_t n = strlen(from);

    if (!utf8_valid(from, n) || !text_copy(to, size, from))
        return err_set(e, FAIL_REJECT, "%s: expected UTF-8 of at most %zu bytes", what,
                       size - 1);
    return true;
}

static bool
payment_fill(struct store *s, const struct payment_new *p, utc_t now, struct payment *out,
             struct err *e)
{
    bool named = p->reference != NULL && p->reference[0] != '\0';

    *out = (struct payment){.account_id = p->account_id,
                            .amount = p->amount,
                            .paid_at = p->paid_at != 0 ? p->paid_at : now,
                            .received_at = now,
                            .inbox_id = p->inbox_id};
    if (p->amount.minor <= 0)
        return err_set(e, FAIL_REJECT, "a payment must be above zero");
    if (p->amount.minor > MONEY_LIMIT)
        return err_set(e, FAIL_REJECT, "the amount is too large");
    if (p->channel[0] == '\0')
        return err_set(e, FAIL_REJECT, "a payment needs a channel such as cash");
    if (out->paid_at > now + DAY_S)
        return err_set(e, FAIL_REJECT, "a payment cannot be dated in the future");
    return copy_checked(out->channel, sizeof(out->channel), p->channel, "channel", e) &&
           copy_checked(out->payer, sizeof(out->payer), p->payer == NULL ? "" : p->payer,
                        "payer", e) &&
           copy_checked(out->claim, sizeof(out->claim), p->claim == NULL ? "" : p->claim,
                        "account as the payer wrote it", e) &&
           copy_checked(out->actor, sizeof(out->actor), p->actor, "actor", e) &&
           (named ? copy_checked(out->reference, sizeof(out->reference), p->reference,
                                 "reference", e)
                  : own_reference(s, now, out->reference, e));
}

/* The receipt is there: it must say the same. */
static bool
check_repeated(struct store *s, struct payment *p, struct err *e)
{
    struct payment there;
    bool found;

    if (!payment_by_reference(s, p->channel, p->reference, &there, &found, e))
        return false;
    if (there.amount.minor != p->amount.minor || there.account_id != p->account_id)
        return err_set(
            e, FAIL_REJECT,
            "receipt %s of %s was booked before, with another %s: look at it with "
            "`meterpost pay list`",
            p->reference, p->channel,
            there.amount.minor != p->amount.minor ? "amount" : "account");
    *p = there;
    return true;
}

static bool
find_account(struct store *s, int64_t id, struct account *a, struct err *e)
{
    bool found;

    return account_by_id(s, id, a, &found, e) &&
           (found || err_set(e, FAIL_REJECT, "there is no such account"));
}

/* Whoever texted that this receipt was paid, and was held for it, was right. */
static bool
settle_claim(struct store *s, const struct account *a, const struct payment *p, utc_t now,
             struct err *e)
{
    char hold[PLACE_MAX];
    struct account freed = *a;

    if (!paid_claim_settle(s, a->id, p->reference, now, e))
        return false;
    snprintf(hold, sizeof(hold), PAID_HOLD, p->reference);
    if (strcasecmp(a->hold, hold) != 0)
        return true;
    freed.hold[0] = '\0';
    freed.hold_until = 0;
    return account_update(s, &freed, e);
}

static bool
post_to_account(struct store *s, const struct payment *p, const struct payment_new *new,
                struct err *e)
{
    struct ledger_payment post = {p, new->policy, new->bill_id};
    struct account a;

    if (p->account_id == 0)
        return ledger_post_payment(s, NULL, &post, e);
    return find_account(s, p->account_id, &a, e) && ledger_post_payment(s, &a, &post, e) &&
           settle_claim(s, &a, p, p->received_at, e);
}

bool
payment_post(struct store *s, const struct payment_new *p, utc_t now,
             struct payment_posted *out, struct err *e)
{
    bool added;

    memset(out, 0, sizeof(*out));
    if (!payment_fill(s, p, now, &out->payment, e) ||
        !payment_add(s, &out->payment, &out->payment.id, &added, e))
        return false;
    out->repeated = !added;
    return added ? post_to_account(s, &out->payment, p, e)
                 : check_repeated(s, &out->payment, e);
}

/* ---- later ---- */

bool
payment_where(struct store *s, const struct payment *p, struct payment_place *out,
              struct err *e)
{
    struct payment_event last;
    bool found;

    if (!payment_event_newest(s, p->id, &last, &found, e))
        return false;
    *out = (struct payment_place){.account_id = p->account_id};
    if (found)
        *out = (struct payment_place){last.to_id, last.reverse, last.seq};
    return true;
}

/* The payment to change, and where it is. */
static bool
find_payment(struct store *s, const struct payment_change *c, struct payment *p,
             struct payment_place *at, struct err *e)
{
    bool found;

    if (c->reason == NULL || *c->reason == '\0')
        return err_set(e, FAIL_REJECT, "say why: a reason is kept with the change");
    if (!payment_by_id(s, c->payment_id, p, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no payment %" PRId64, c->payment_id);
    if (!payment_where(s, p, at, e))
        return false;
    return !at->reversed ||
           err_set(e, FAIL_REJECT, "payment %" PRId64 " was reversed before", p->id);
}

/* `to` NULL: reverse. */
static bool
change(struct store *s, const struct payment_change *c, const struct payment *p,
       const struct payment_place *at, const struct account *to, utc_t now, struct err *e)
{
    struct ledger_payment post = {p, c->policy, c->bill_id};
    struct payment_event v = {.payment_id = p->id,
                              .seq = at->seq + 1,
                              .reverse = to == NULL,
                              .from_id = at->account_id,
                              .to_id = to == NULL ? 0 : to->id,
                              .at = now};
    struct account from;

    if (at->account_id != 0 && !find_account(s, at->account_id, &from, e))
        return false;
    return copy_checked(v.reason, sizeof(v.reason), c->reason, "reason", e) &&
           copy_checked(v.actor, sizeof(v.actor), c->actor, "actor", e) &&
           payment_event_add(s, &v, e) &&
           ledger_move_payment(s, at->account_id == 0 ? NULL : &from, to, &post, v.seq, now,
                               v.reason, e) &&
           (to == NULL || settle_claim(s, to, p, now, e));
}

bool
payment_assign(struct store *s, const struct payment_change *c, utc_t now, struct err *e)
{
    struct payment_place at;
    struct payment p;
    struct account to;

    if (!find_payment(s, c, &p, &at, e) || !find_account(s, c->account_id, &to, e))
        return false;
    if (at.account_id == to.id)
        return err_set(e, FAIL_REJECT, "payment %" PRId64 " is on account %s already", p.id,
                       to.account);
    return change(s, c, &p, &at, &to, now, e);
}

bool
payment_reverse(struct store *s, const struct payment_change *c, utc_t now, struct err *e)
{
    struct payment_place at;
    struct payment p;

    return find_payment(s, c, &p, &at, e) && change(s, c, &p, &at, NULL, now, e);
}
