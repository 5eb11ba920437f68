#include "meterpost/billing/charge.h"

#include "meterpost/base/text.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/store/arrears.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

/* ---- late fees ---- */

#define PERCENT_PER ((int128)100 * 1000000) /* millionths of a percent in one whole */

bool
late_fee_of(const struct conf_late_fee *f, struct money open, struct money *out,
            struct err *e)
{
    out->minor = 0;
    if (open.minor <= 0 || open.minor < f->min_debt.minor)
        return true;
    if (!round_divide((int128)open.minor * f->percent_micro, PERCENT_PER, ROUND_HALF_UP,
                      &out->minor, e) ||
        !money_add(out, f->fixed, e))
        return false;
    if (f->cap.minor > 0 && out->minor > f->cap.minor)
        *out = f->cap;
    return true;
}

static bool
account_of(struct store *s, int64_t id, struct account *a, struct err *e)
{
    bool found;

    return account_by_id(s, id, a, &found, e) &&
           (found || err_set(e, FAIL_REJECT, "there is no such account"));
}

static bool
text_fits(char *to, size_t size, const char *from, const char *what, struct err *e)
{
    return text_copy(to, size, from) ||
           err_set(e, FAIL_REJECT, "%s: at most %zu bytes", what, size - 1);
}

/* What is complained about, or paid in parts as agreed, costs nothing. */
static bool
is_set_apart(struct store *s, const struct item *bill, bool *apart, struct err *e)
{
    struct dispute d = {.id = 0};
    bool found;

    if (!plan_covers(s, bill->account_id, bill->id, apart, e))
        return false;
    while (!*apart) {
        if (!dispute_next_open(s, bill->account_id, d.id, &d, &found, e))
            return false;
        if (!found)
            return true;
        *apart = d.item_id == 0 || d.item_id == bill->id;
    }
    return true;
}

bool
charge_late_fee(struct store *s, const struct conf *conf, const struct item *bill,
                utc_t now, struct money *charged, struct err *e)
{
    struct item there, fee = {.kind = ITEM_FEE, .at = now, .due_at = now};
    struct account a;
    bool found, apart;

    charged->minor = 0;
    if (bill->kind != ITEM_BILL || bill->due_at + conf->late_fee.after_s >= now)
        return true;
    snprintf(fee.key, sizeof(fee.key), "late fee %s", bill->key);
    snprintf(fee.memo, sizeof(fee.memo), "late fee for %.100s", bill->memo);
    if (!item_by_key(s, fee.key, &there, &found, e) ||
        !late_fee_of(&conf->late_fee, bill->open, &fee.amount, e) ||
        !is_set_apart(s, bill, &apart, e))
        return false;
    if (found || apart || fee.amount.minor == 0)
        return true;
    *charged = fee.amount;
    return account_of(s, bill->account_id, &a, e) && ledger_post_item(s, &a, &fee, e);
}

struct fee_run {
    int64_t charged;
    struct money sum;
};

static void
fee_run_read(const struct job *job, struct fee_run *r)
{
    json_t *o = json_loads(job->result, 0, NULL);

    *r = (struct fee_run){
        .charged = json_integer_value(json_object_get(o, "charged")),
        .sum = {json_integer_value(json_object_get(o, "minor"))},
    };
    json_decref(o);
}

static void
fee_run_write(struct job *job, const struct conf *conf, const struct fee_run *r)
{
    char sum[AMOUNT_TEXT_MAX];

    snprintf(job->result, sizeof(job->result),
             "{\"charged\": %" PRId64 ", \"minor\": %" PRId64 ", \"sum\": \"%s\"}",
             r->charged, r->sum.minor,
             decimal_print(r->sum.minor, conf->decimals, false, sum));
}

bool
late_fee_slice(struct store *s, const struct conf *conf, utc_t now, struct job *job,
               int budget_ms, struct err *e)
{
    int64_t until = clock_mono_ms() + budget_ms;
    struct fee_run r;
    struct money one;
    struct item bill;
    bool found;

    fee_run_read(job, &r);
    do {
        if (!item_next_overdue(s, job->cursor, now - conf->late_fee.after_s, &bill, &found,
                               e))
            return false;
        if (!found) {
            job->state = JOB_DONE;
            break;
        }
        if (!charge_late_fee(s, conf, &bill, now, &one, e) || !money_add(&r.sum, one, e))
            return false;
        r.charged += one.minor > 0;
        job->cursor = bill.id;
        job->done++;
    } while (clock_mono_ms() < until);
    fee_run_write(job, conf, &r);
    return true;
}

bool
charge_fee(struct store *s, const struct account *a, struct money amount, const char *key,
           const char *memo, utc_t now, struct err *e)
{
    struct item fee = {.kind = ITEM_FEE, .amount = amount, .at = now, .due_at = now};

    if (amount.minor <= 0)
        return err_set(e, FAIL_REJECT, "a fee must be above zero");
    snprintf(fee.key, sizeof(fee.key), "fee %s", key);
    return text_fits(fee.memo, sizeof(fee.memo), memo, "what the fee is for", e) &&
           ledger_post_item(s, a, &fee, e);
}

/* Close exactly this debt with that credit, whatever had closed the debt before. */
static bool
close_debt(struct store *s, const struct item *debt, const struct item *credit,
           struct account *a, struct err *e)
{
    struct allocation pair = {debt->id, 0, {-credit->amount.minor}};
    struct item made = *credit;

    if (!allocate_undo(s, debt->id, credit->at, credit->memo, e))
        return false;
    made.bill_id = 0;
    if (!ledger_post_item(s, a, &made, e) ||
        !allocate_undo(s, made.id, credit->at, credit->memo, e) ||
        !allocate_undo(s, debt->id, credit->at, credit->memo, e))
        return false;
    pair.credit_id = made.id;
    return allocation_add(s, &pair, credit->at, credit->memo, e) &&
           allocate_account(s, a->id, ALLOCATE_OLDEST, 0, credit->at, e);
}

bool
charge_waive(struct store *s, int64_t item_id, const char *reason, utc_t now,
             struct money *waived, struct err *e)
{
    struct item fee, there, waiver = {.kind = ITEM_WAIVER, .at = now};
    struct account a;
    bool found;

    if (*reason == '\0')
        return err_set(e, FAIL_REJECT, "say why: a waiver keeps its reason");
    if (!item_by_id(s, item_id, &fee, &found, e))
        return false;
    if (!found || fee.kind != ITEM_FEE)
        return err_set(e, FAIL_REJECT, "item %" PRId64 " is no fee", item_id);
    snprintf(waiver.key, sizeof(waiver.key), "waiver %" PRId64, fee.id);
    if (!item_by_key(s, waiver.key, &there, &found, e))
        return false;
    if (found)
        return err_set(e, FAIL_REJECT, "this fee was waived before");
    waiver.amount.minor = -fee.amount.minor;
    *waived = fee.amount;
    return text_fits(waiver.memo, sizeof(waiver.memo), reason, "reason", e) &&
           account_of(s, fee.account_id, &a, e) && close_debt(s, &fee, &waiver, &a, e);
}

/* ---- write-off ---- */

/* A number in front of what may come several times on one account. */
static bool
numbered_key(struct store *s, const struct account *a, const char *word, utc_t now,
             char key[ITEM_KEY_MAX], struct err *e)
{
    struct tm tm;
    int64_t seq;

    clock_local(now, &tm);
    if (!bill_number_next(s, word, tm.tm_year + 1900, &seq, e))
        return false;
    snprintf(key, ITEM_KEY_MAX, "%s %d-%06" PRId64 " %s", word, tm.tm_year + 1900, seq,
             a->account);
    return true;
}

bool
charge_write_off(struct store *s, const struct account *a, const char *reason, utc_t now,
                 struct money *amount, struct err *e)
{
    struct item item = {.kind = ITEM_WRITEOFF, .at = now};

    if (*reason == '\0')
        return err_set(e, FAIL_REJECT, "say why: a write-off keeps its reason");
    if (!account_balance(s, a->id, amount, e))
        return false;
    if (amount->minor <= 0)
        return err_set(e, FAIL_REJECT, "account %s owes nothing", a->account);
    item.amount.minor = -amount->minor;
    return text_fits(item.memo, sizeof(item.memo), reason, "reason", e) &&
           numbered_key(s, a, "writeoff", now, item.key, e) &&
           ledger_post_item(s, a, &item, e);
}

bool
charge_recover(struct store *s, const struct account *a, const char *reason, utc_t now,
               struct money *amount, struct err *e)
{
    struct item item = {.kind = ITEM_RECOVERY, .at = now, .due_at = now};
    struct money credit, lost;

    if (!account_balance(s, a->id, &credit, e) || !items_lost(s, a->id, &lost, e))
        return false;
    if (lost.minor <= 0)
        return err_set(e, FAIL_REJECT, "nothing of account %s is written off", a->account);
    if (credit.minor >= 0)
        return err_set(e, FAIL_REJECT, "account %s has no credit", a->account);
    amount->minor = -credit.minor < lost.minor ? -credit.minor : lost.minor;
    item.amount = *amount;
    return text_fits(item.memo, sizeof(item.memo), reason, "reason", e) &&
           numbered_key(s, a, "recovery", now, item.key, e) &&
           ledger_post_item(s, a, &item, e);
}

/* ---- deposits ---- */

static bool
deposit_move(struct store *s, const struct account *a, const char *channel,
             struct money amount, const char *receipt, utc_t now, struct err *e)
{
    char key[ITEM_KEY_MAX];

    if (*receipt == '\0') {
        if (!numbered_key(s, a, "deposit", now, key, e))
            return false;
    } else {
        snprintf(key, sizeof(key), "deposit %.32s %.64s", channel, receipt);
    }
    return ledger_post_deposit(s, a, channel, amount, key, now, e);
}

bool
deposit_take(struct store *s, const struct account *a, const char *channel,
             struct money amount, const char *receipt, utc_t now, struct err *e)
{
    if (amount.minor <= 0 || amount.minor > MONEY_LIMIT)
        return err_set(e, FAIL_REJECT, "a deposit must be above zero");
    return deposit_move(s, a, channel, amount, receipt, now, e);
}

bool
deposit_refund(struct store *s, const struct account *a, const char *channel,
               struct money amount, const char *receipt, utc_t now, struct err *e)
{
    struct money held;

    if (amount.minor <= 0)
        return err_set(e, FAIL_REJECT, "what is given back must be above zero");
    if (!ledger_deposit_of(s, a, &held, e))
        return false;
    if (amount.minor > held.minor)
        return err_set(e, FAIL_REJECT, "account %s has no deposit of that much",
                       a->account);
    return deposit_move(s, a, channel, (struct money){-amount.minor}, receipt, now, e);
}

bool
deposit_use(struct store *s, const struct account *a, utc_t now, struct money *used,
            struct err *e)
{
    struct item item = {.kind = ITEM_DEPOSIT, .at = now, .memo = "deposit used"};
    struct money held, owed;

    if (!ledger_deposit_of(s, a, &held, e) || !account_balance(s, a->id, &owed, e))
        return false;
    used->minor = held.minor < owed.minor ? held.minor : owed.minor;
    if (used->minor <= 0)
        return err_set(e, FAIL_REJECT, "account %s %s", a->account,
                       held.minor <= 0 ? "has no deposit" : "owes nothing");
    item.amount.minor = -used->minor;
    return numbered_key(s, a, "deposit-used", now, item.key, e) &&
           ledger_post_item(s, a, &item, e);
}
