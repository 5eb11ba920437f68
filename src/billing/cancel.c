#include "meterpost/billing/cancel.h"

#include "issue.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/billing/recompute.h"
#include "meterpost/store/vee.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CANCELLED_MAX 36 /* bills of one account at a time */
#define MONTH_LENGTH  (BILLING_MONTH_MAX - 1)

/* The month that a bill is for: its key ends in it. */
static const char *
month_of(const struct bill *b)
{
    size_t n = strlen(b->key);

    return n < MONTH_LENGTH ? b->key : b->key + n - MONTH_LENGTH;
}

/* ---- the credit note ---- */

static bool
number_credit(const struct billing *b, struct bill *credit, struct err *e)
{
    struct tm tm;

    clock_local(b->now, &tm);
    credit->year = tm.tm_year + 1900;
    text_copy(credit->series, sizeof(credit->series), BILLING_CREDITS);
    return bill_number_next(b->store, credit->series, credit->year, &credit->seq, e) &&
           (billing_number(b->conf->billing.credit_format, credit->series, credit->year,
                           credit->seq, credit->number, e) ||
            err_in(e, "billing.credit_format"));
}

/* What the bill was computed to, the other way. */
static bool
post_reversed(const struct billing *b, const struct bill *bill, const struct bill *credit,
              struct err *e)
{
    struct quote *q = malloc(sizeof(*q));
    struct account a;
    bool found, ok = q != NULL;

    if (!ok)
        return err_set(e, FAIL_RETRY, "out of memory");
    ok = account_by_id(b->store, bill->account_id, &a, &found, e) &&
         billing_recompute(b->store, bill, q, e);
    for (int i = 0; ok && i < q->n_lines; i++)
        q->lines[i].amount.minor = -q->lines[i].amount.minor;
    if (ok) {
        q->total.minor = -q->total.minor;
        q->rounding.minor = -q->rounding.minor;
        ok = ledger_post_bill(b->store, &a, q, credit, e);
    }
    free(q);
    return ok;
}

static bool
write_reversed(const struct billing *b, const struct bill *bill, const struct bill *credit,
               struct err *e)
{
    struct bill_line *lines = calloc(BILL_LINES_MAX, sizeof(*lines));
    bool ok;
    int n;

    if (lines == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    ok = bill_lines(b->store, bill->id, lines, &n, e);
    for (int i = 0; ok && i < n; i++) {
        lines[i].amount.minor = -lines[i].amount.minor;
        ok = bill_line_add(b->store, credit->id, i + 1, &lines[i], e);
    }
    free(lines);
    return ok;
}

/* Why, in the place of the use. */
static bool
write_reason(const struct bill *bill, const char *reason, char out[BILL_USAGE_MAX],
             struct err *e)
{
    json_t *o = json_pack("{s:s, s:s}", "credits", bill->number, "reason", reason);
    char *text = json_dumps(o, JSON_COMPACT);
    bool fits = text != NULL && text_copy(out, BILL_USAGE_MAX, text);

    free(text);
    json_decref(o);
    return fits || err_set(e, FAIL_REJECT, "the reason is too long, or no text");
}

static bool
credit_add(const struct billing *b, const struct bill *bill, const char *reason,
           const char *actor, struct bill *credit, struct err *e)
{
    *credit = *bill;
    credit->credit = true;
    credit->corrects_id = bill->id;
    credit->issued_at = credit->due_at = b->now;
    credit->total.minor = -bill->total.minor;
    credit->rounding.minor = -bill->rounding.minor;
    snprintf(credit->key, sizeof(credit->key), "credit %s %s", bill->number,
             month_of(bill));
    text_clip(credit->actor, sizeof(credit->actor), actor);
    return write_reason(bill, reason, credit->usage, e) &&
           account_balance(b->store, bill->account_id, &credit->balance_before, e) &&
           number_credit(b, credit, e) && bill_add(b->store, credit, &credit->id, e) &&
           write_reversed(b, bill, credit, e) && post_reversed(b, bill, credit, e) &&
           trueup_settle(b->store, bill->id, b->now, e);
}

/* ---- which ---- */

static bool
find_bill(const struct billing *b, const char *number, struct bill *bill, struct err *e)
{
    struct bill credit;
    bool found, taken_back;

    if (!bill_by_number(b->store, number, bill, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no bill %.40s", number);
    if (bill->credit)
        return err_set(e, FAIL_REJECT,
                       "%s is a credit note: to undo it, bill the account again",
                       bill->number);
    if (!bill_credit_of(b->store, bill->id, &credit, &taken_back, e))
        return false;
    return !taken_back || err_set(e, FAIL_REJECT, "bill %s was taken back before, by %s",
                                  bill->number, credit.number);
}

static void
note_cancelled(const struct billing *b, const struct bill *bill, const struct bill *credit,
               json_t *answer)
{
    char total[AMOUNT_TEXT_MAX];

    decimal_print(bill->total.minor, b->conf->decimals, false, total);
    json_array_append_new(json_object_get(answer, "cancelled"),
                          json_pack("{s:s, s:s, s:s}", "bill", bill->number, "credit",
                                    credit->number, "total", total));
}

/* Take back the bills of the account from the newest to this one. months[] are theirs. */
static bool
take_back(const struct billing *b, const struct billing_cancel *c, const struct bill *bill,
          char months[CANCELLED_MAX][BILLING_MONTH_MAX], int *n, json_t *answer,
          struct err *e)
{
    struct bill newest, credit;
    bool found;

    for (*n = 0; *n < CANCELLED_MAX; ++*n) {
        if (!bill_newest(b->store, bill->account_id, &newest, &found, e))
            return false;
        if (newest.id != bill->id && !c->with_later)
            return err_set(e, FAIL_REJECT,
                           "bill %s stands on the readings of %s: take it back first, or "
                           "say --with-later",
                           newest.number, bill->number);
        if (!credit_add(b, &newest, c->reason, c->actor, &credit, e))
            return false;
        note_cancelled(b, &newest, &credit, answer);
        text_clip(months[*n], BILLING_MONTH_MAX, month_of(&newest));
        if (newest.id == bill->id) {
            ++*n;
            return true;
        }
    }
    return err_set(e, FAIL_REJECT, "more than %d bills stand on bill %s", CANCELLED_MAX - 1,
                   bill->number);
}

/* ---- again ---- */

static bool
bill_again(const struct billing *b, const struct billing_cancel *c, const char *month,
           struct draft *d, int64_t *known, json_t *answer, struct err *e)
{
    enum draft_outcome outcome;
    struct billing_month m;
    char total[AMOUNT_TEXT_MAX];
    bool told;

    if (!billing_month(b->conf, month, b->now, &m, e) || !draft_make(b, &m, d, &outcome, e))
        return false;
    if (outcome != DRAFT_READY)
        return err_set(
            e, FAIL_REJECT,
            "there would be no bill for %s: %s. Mend that first, or say --no-bill", month,
            d->reason);
    if (!draft_keep_tariffs(b, d, known, e) || !draft_issue(b, d, c->actor, &told, e))
        return false;
    decimal_print(d->bill.total.minor, b->conf->decimals, false, total);
    json_array_append_new(json_object_get(answer, "issued"),
                          json_pack("{s:s, s:s, s:s}", "bill", d->bill.number, "month",
                                    m.month, "total", total));
    return true;
}

static bool
bill_all_again(const struct billing *b, const struct billing_cancel *c, int64_t account_id,
               char months[CANCELLED_MAX][BILLING_MONTH_MAX], int n, json_t *answer,
               struct err *e)
{
    struct draft *d = malloc(sizeof(*d));
    int64_t *known = calloc(b->tariffs->count + 1, sizeof(*known));
    bool found, ok = d != NULL && known != NULL;

    if (!ok)
        err_set(e, FAIL_RETRY, "out of memory");
    ok = ok && account_by_id(b->store, account_id, &d->account, &found, e);
    while (ok && n-- > 0)
        ok = bill_again(b, c, months[n], d, known, answer, e);
    free(d);
    free(known);
    return ok;
}

bool
billing_cancel(const struct billing *b, const struct billing_cancel *c, json_t *answer,
               struct err *e)
{
    char months[CANCELLED_MAX][BILLING_MONTH_MAX];
    struct bill bill;
    int n;

    if (c->reason == NULL || c->reason[0] == '\0')
        return err_set(e, FAIL_REJECT, "a bill is taken back for a reason: say which");
    json_object_set_new(answer, "cancelled", json_array());
    json_object_set_new(answer, "issued", json_array());
    return find_bill(b, c->number, &bill, e) &&
           take_back(b, c, &bill, months, &n, answer, e) &&
           (c->no_bill || bill_all_again(b, c, bill.account_id, months, n, answer, e));
}
