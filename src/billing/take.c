#include "meterpost/billing/take.h"

#include "meterpost/store/ledger.h"
#include "posting.h"

#define HANDOVER_S (60 * DAY_S) /* a deposit slip comes on a statement within so long */

static const char *
or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* The receipt is there: the same amount is the same payment, wherever it lies now. */
static bool
check_same(const struct payment *there, const struct take_new *t, struct err *e)
{
    return there->amount.minor == t->amount.minor ||
           err_set(
               e, FAIL_REJECT,
               "receipt %s of %s was booked before with another amount: look at it with "
               "`meterpost pay list %s`",
               t->receipt, t->channel, t->receipt);
}

/* Our own money on its way from a till or an agent to the bank. */
static bool
is_handed_over(struct store *s, const struct take_new *t, utc_t now, bool *is,
               struct err *e)
{
    int64_t id;

    return posting_channel(s, t->channel, &id, e) &&
           ledger_handed_over(s, id, t->amount, now - HANDOVER_S, t->receipt,
                              or_empty(t->claim), is, e);
}

bool
take_payment(struct store *s, const struct conf *conf, const struct take_new *t, utc_t now,
             struct take *out, struct err *e)
{
    struct match_question q = {
        .claim = or_empty(t->claim), .phone = or_empty(t->phone), .amount = t->amount};
    struct payment there;
    struct payment_posted posted;
    bool found;

    *out = (struct take){.outcome = TAKE_REPEATED};
    if (!payment_by_reference(s, t->channel, t->receipt, &there, &found, e))
        return false;
    if (found) {
        out->payment_id = there.id;
        return check_same(&there, t, e);
    }
    if (!match_payment(s, conf, &q, &out->match, e))
        return false;
    if (out->match.account_id == 0) {
        if (!is_handed_over(s, t, now, &found, e))
            return false;
        if (found)
            return true;
    }
    if (!payment_post(s,
                      &(struct payment_new){
                          .account_id = out->match.account_id,
                          .bill_id = out->match.bill_id,
                          .amount = t->amount,
                          .channel = t->channel,
                          .reference = t->receipt,
                          .payer = t->payer,
                          .claim = t->claim,
                          .paid_at = t->paid_at > now ? now : t->paid_at,
                          .inbox_id = t->inbox_id,
                          .actor = t->actor,
                          .policy = (enum allocation_policy)conf->billing.allocation,
                      },
                      now, &posted, e))
        return false;
    out->payment_id = posted.payment.id;
    out->outcome = out->match.account_id != 0 ? TAKE_MATCHED : TAKE_SUSPENSE;
    return true;
}
