/* verb_money.c - bills and payments. */
#include "meterpost/base/conf.h"
#include "meterpost/billing/cash.h"
#include "meterpost/billing/payment.h"
#include "meterpost/billing/receipt.h"
#include "meterpost/billing/run.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/morning.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#define CLOCK_BEHIND_S (10 * MINUTE_S) /* of the network's */
#define PREVIEW_MS     2000            /* the engine does nothing else meanwhile */

static struct billing
billing_of(struct desk *d)
{
    return (struct billing){.store = d->store,
                            .conf = d->conf,
                            .tariffs = d->tariffs,
                            .templates = d->templates,
                            .policy = d->policy,
                            .now = d->now};
}

bool
job_bill_slice(struct desk *d, struct job *job, int budget_ms, struct err *e)
{
    struct billing b = billing_of(d);

    return billing_run_slice(&b, job, budget_ms, 0, e);
}

/* What a run would do, for as many accounts as the time allows; the caller undoes it. */
static bool
preview(struct desk *d, int64_t id, json_t *answer, struct err *e)
{
    struct billing b = billing_of(d);
    struct job job;
    json_t *result;
    bool found;

    if (!job_get(d->store, id, &job, &found, e))
        return false;
    job.careful = true;
    if (!billing_run_slice(&b, &job, PREVIEW_MS, 0, e))
        return false;
    if ((result = json_loads(job.result, 0, NULL)) != NULL)
        json_object_update(answer, result);
    json_decref(result);
    json_object_set_new(answer, "looked_at", json_integer(job.done));
    json_object_set_new(answer, "of", json_integer(job.total));
    return true;
}

/* A bill carries its date: while nobody knows the time none is issued. */
static bool
clock_is_sure(struct desk *d, json_t *answer, bool *sure, struct err *e)
{
    struct relay r = desk_relay(d);
    char why[PLACE_MAX];
    bool doubt;

    if (!relay_flag_now(&r, FLAG_CLOCK, &doubt, why, e))
        return false;
    *sure = !doubt;
    if (doubt) {
        json_object_set_new(answer, "outcome", json_string("refused"));
        json_object_set_new(
            answer, "reason",
            json_sprintf("nobody has confirmed the clock: %s. Look at it, then "
                         "`meterpost relay flag clock off`",
                         why));
    }
    return true;
}

/* Bills have dates: none is issued while the network knows of a later time than we do. */
static bool
clock_allows(struct desk *d, bool *allows, json_t *answer, struct err *e)
{
    char text[200], network[TIME_TEXT_MAX], ours[TIME_TEXT_MAX];
    utc_t at;

    if (!store_network_time(d->store, &at, e))
        return false;
    *allows = at <= d->now + CLOCK_BEHIND_S;
    if (*allows)
        return clock_is_sure(d, answer, allows, e);
    snprintf(text, sizeof(text),
             "the clock is wrong: it says %.16s, the network said %.16s already; set it "
             "(timedatectl), then try again",
             clock_iso(d->now, ours), clock_iso(at, network));
    json_object_set_new(answer, "outcome", json_string("refused"));
    json_object_set_new(answer, "reason", json_string(text));
    return true;
}

bool
verb_bill_issue(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct billing b = billing_of(d);
    const char *month, *account;
    bool allows;
    int64_t id;

    if (!clock_allows(d, &allows, answer, e))
        return false;
    if (!allows)
        return true;

    if (!argument_text_or(arguments, "month", "", &month, e) ||
        !argument_text_or(arguments, "account", "", &account, e) ||
        !billing_run_start(&b, month, account, actor, &id, e))
        return false;
    if (json_is_true(json_object_get(arguments, "dry_run")))
        return preview(d, id, answer, e);
    json_object_set_new(answer, "job", json_integer(id));
    return audit_add(d->store, d->now, actor, "cli", "bill.issue",
                     *account == '\0' ? "all accounts" : account, month, e);
}

/* ---- payments ---- */

static bool
read_payment(struct desk *d, const json_t *arguments, struct payment_new *out,
             struct account *account, struct err *e)
{
    const char *number, *amount, *paid_at;
    bool found;

    if (!argument_text(arguments, "account", &number, e) ||
        !argument_text(arguments, "amount", &amount, e) ||
        !argument_text_or(arguments, "channel", "cash", &out->channel, e) ||
        !argument_text_or(arguments, "reference", "", &out->reference, e) ||
        !argument_text_or(arguments, "payer", NULL, &out->payer, e) ||
        !argument_text_or(arguments, "paid_at", NULL, &paid_at, e) ||
        !decimal_parse(amount, d->conf->decimals, &out->amount.minor, e) ||
        (paid_at != NULL && !clock_parse(paid_at, &out->paid_at, e)) ||
        !account_by_name(d->store, number, account, &found, e))
        return false;
    out->account_id = account->id;
    return found || err_set(e, FAIL_REJECT, "there is no account '%.60s'", number);
}

static bool
answer_payment(struct desk *d, const struct payment_posted *p, const struct account *a,
               json_t *answer, struct err *e)
{
    char amount[AMOUNT_TEXT_MAX], text[AMOUNT_TEXT_MAX];
    struct money balance;

    if (!account_balance(d->store, a->id, &balance, e))
        return false;
    decimal_print(p->payment.amount.minor, d->conf->decimals, false, amount);
    decimal_print(balance.minor, d->conf->decimals, false, text);
    json_object_set_new(answer, "payment", json_integer(p->payment.id));
    json_object_set_new(answer, "account", json_string(a->account));
    json_object_set_new(answer, "amount", json_string(amount));
    json_object_set_new(answer, "channel", json_string(p->payment.channel));
    json_object_set_new(answer, "reference", json_string(p->payment.reference));
    json_object_set_new(answer, "repeated", json_boolean(p->repeated));
    json_object_set_new(answer, "balance", json_string(text));
    return true;
}

bool
verb_pay_add(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
             struct err *e)
{
    struct payment_new new = {
        .actor = actor, .policy = (enum allocation_policy)d->conf->billing.allocation};
    struct payment_posted posted;
    struct account account = {0};
    char subject[80], detail[120];

    if (!read_payment(d, arguments, &new, &account, e) ||
        !cash_guard(d->store, new.channel, new.amount, e) ||
        !payment_post(d->store, &new, d->now, &posted, e) ||
        (!posted.repeated && !cash_commission(d->store, &posted.payment, e)) ||
        !answer_payment(d, &posted, &account, answer, e))
        return false;
    if (posted.repeated)
        return true;
    snprintf(subject, sizeof(subject), "account %s", account.account);
    snprintf(detail, sizeof(detail), "payment=%lld %s %s", (long long)posted.payment.id,
             posted.payment.channel, posted.payment.reference);
    return receipt_tell(d->store, d->conf, d->templates, posted.payment.id, d->now, e) &&
           audit_add(d->store, d->now, actor, "cli", "pay.add", subject, detail, e);
}
