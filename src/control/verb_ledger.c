/* verb_ledger.c - the books: months, fees, write-off, deposits, what becomes of payments.
 */
#include "meterpost/base/conf.h"
#include "meterpost/billing/charge.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/billing/payment.h"
#include "meterpost/store/audit.h"
#include "verb_books.h"
#include "verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what these verbs share ---- */

bool
books_account(struct desk *d, const json_t *arguments, struct account *a, struct err *e)
{
    const char *name;
    bool found;

    return argument_text(arguments, "account", &name, e) &&
           account_by_name(d->store, name, a, &found, e) &&
           (found || err_set(e, FAIL_REJECT, "there is no account '%.60s'", name));
}

bool
books_amount(struct desk *d, const json_t *arguments, const char *key, struct money *out,
             struct err *e)
{
    const char *text;

    return argument_text(arguments, key, &text, e) &&
           decimal_parse(text, d->conf->decimals, &out->minor, e) &&
           ((out->minor <= MONEY_LIMIT && out->minor >= -MONEY_LIMIT) ||
            err_set(e, FAIL_REJECT, "the amount is too large"));
}

bool
books_number(const json_t *arguments, const char *key, int64_t *out, struct err *e)
{
    const char *text;
    char *end;

    if (!argument_text(arguments, key, &text, e))
        return false;
    *out = strtoll(text, &end, 10);
    return (*end == '\0' && *out > 0) ||
           err_set(e, FAIL_REJECT, "%s: expected a whole number, got '%.40s'", key, text);
}

void
books_set_money(struct desk *d, json_t *answer, const char *key, struct money m)
{
    char text[AMOUNT_TEXT_MAX];

    json_object_set_new(
        answer, key, json_string(decimal_print(m.minor, d->conf->decimals, false, text)));
}

bool
books_done(struct desk *d, const char *actor, const char *action, const struct account *a,
           struct money amount, const char *detail, json_t *answer, struct err *e)
{
    char subject[60], text[240], number[AMOUNT_TEXT_MAX];
    struct money balance;

    if (!account_balance(d->store, a->id, &balance, e))
        return false;
    json_object_set_new(answer, "account", json_string(a->account));
    books_set_money(d, answer, "amount", amount);
    books_set_money(d, answer, "balance", balance);
    snprintf(subject, sizeof(subject), "account %s", a->account);
    snprintf(text, sizeof(text), "%s %.160s",
             decimal_print(amount.minor, d->conf->decimals, false, number), detail);
    return audit_add(d->store, d->now, actor, "cli", action, subject, text, e);
}

/* What is wrong with the file is the answer; the caller undoes what was written. */
void
books_problems(const struct problems *p, json_t *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < p->count; i++) {
        const struct problem *one = &p->at[i];

        json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:s}", "file", one->file,
                                              "line", (int)one->line, "column",
                                              (int)one->column, "text", one->text));
    }
    json_object_set_new(answer, "outcome", json_string("failed"));
    json_object_set_new(answer, "problems", list);
    json_object_set_new(answer, "more_problems", json_integer((json_int_t)p->left_out));
}

/* ---- months ---- */

bool
verb_ledger_close(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    const char *month;
    char first[16];
    struct ledger_closed closed;
    utc_t start;

    if (!argument_text(arguments, "month", &month, e))
        return false;
    snprintf(first, sizeof(first), "%.7s-01", month);
    if (strlen(month) != 7 || !clock_parse(first, &start, e))
        return err_set(e, FAIL_REJECT, "expected a month such as 2026-10, got '%.40s'",
                       month);
    if (!ledger_close_month(d->store, month, clock_month_start(start, 1), actor, d->now,
                            &closed, e))
        return false;
    json_object_set_new(answer, "month", json_string(month));
    json_object_set_new(answer, "entries", json_integer(closed.entries));
    books_set_money(d, answer, "debits", closed.debits);
    return audit_add(d->store, d->now, actor, "cli", "ledger.close", "ledger", month, e);
}

/* ---- fees, write-off ---- */

bool
verb_fee_run(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
             struct err *e)
{
    int64_t id;

    (void)arguments;
    if (d->conf->late_fee.fixed.minor == 0 && d->conf->late_fee.percent_micro == 0)
        return err_set(e, FAIL_REJECT,
                       "the settings have no late fee: late_fee.fixed, "
                       "late_fee.percent");
    if (!job_add(d->store, LATE_FEE_JOB, "{}", actor, d->now, &id, e))
        return false;
    json_object_set_new(answer, "job", json_integer(id));
    return audit_add(d->store, d->now, actor, "cli", "fee.run", "all accounts", "", e);
}

bool
job_late_fee_slice(struct desk *d, struct job *job, int budget_ms, struct err *e)
{
    return late_fee_slice(d->store, d->conf, d->now, job, budget_ms, e);
}

bool
verb_fee_add(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
             struct err *e)
{
    const char *memo, *key;
    char own[40];
    struct account a;
    struct money amount;
    int64_t seq;

    if (!books_account(d, arguments, &a, e) ||
        !books_amount(d, arguments, "amount", &amount, e) ||
        !argument_text(arguments, "reason", &memo, e) ||
        !argument_text_or(arguments, "key", "", &key, e))
        return false;
    if (*key == '\0') {
        if (!bill_number_next(d->store, "fee", 0, &seq, e))
            return false;
        snprintf(own, sizeof(own), "%" PRId64, seq);
        key = own;
    }
    return charge_fee(d->store, &a, amount, key, memo, d->now, e) &&
           books_done(d, actor, "fee.add", &a, amount, memo, answer, e);
}

bool
verb_fee_waive(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
               struct err *e)
{
    const char *reason;
    struct money amount;
    struct account a;
    struct item item;
    int64_t id;
    bool found;

    return books_number(arguments, "item", &id, e) &&
           argument_text(arguments, "reason", &reason, e) &&
           charge_waive(d->store, id, reason, d->now, &amount, e) &&
           item_by_id(d->store, id, &item, &found, e) &&
           account_by_id(d->store, item.account_id, &a, &found, e) &&
           books_done(d, actor, "fee.waive", &a, amount, reason, answer, e);
}

typedef bool money_off(struct store *s, const struct account *a, const char *reason,
                       utc_t now, struct money *amount, struct err *e);

static bool
with_reason(struct desk *d, const char *actor, const char *action, money_off *run,
            const json_t *arguments, json_t *answer, struct err *e)
{
    const char *reason;
    struct account a;
    struct money amount;

    return books_account(d, arguments, &a, e) &&
           argument_text(arguments, "reason", &reason, e) &&
           run(d->store, &a, reason, d->now, &amount, e) &&
           books_done(d, actor, action, &a, amount, reason, answer, e);
}

bool
verb_ledger_writeoff(struct desk *d, const char *actor, const json_t *arguments,
                     json_t *answer, struct err *e)
{
    return with_reason(d, actor, "ledger.writeoff", charge_write_off, arguments, answer, e);
}

bool
verb_ledger_recover(struct desk *d, const char *actor, const json_t *arguments,
                    json_t *answer, struct err *e)
{
    return with_reason(d, actor, "ledger.recover", charge_recover, arguments, answer, e);
}

/* ---- deposits ---- */

typedef bool deposit_verb(struct store *s, const struct account *a, const char *channel,
                          struct money amount, const char *receipt, utc_t now,
                          struct err *e);

static bool
deposit(struct desk *d, const char *actor, const char *action, deposit_verb *run,
        const json_t *arguments, json_t *answer, struct err *e)
{
    const char *channel, *receipt;
    struct money amount, held;
    struct account a;

    if (!books_account(d, arguments, &a, e) ||
        !books_amount(d, arguments, "amount", &amount, e) ||
        !argument_text_or(arguments, "channel", "cash", &channel, e) ||
        !argument_text_or(arguments, "reference", "", &receipt, e) ||
        !run(d->store, &a, channel, amount, receipt, d->now, e) ||
        !ledger_deposit_of(d->store, &a, &held, e))
        return false;
    books_set_money(d, answer, "held", held);
    return books_done(d, actor, action, &a, amount, channel, answer, e);
}

bool
verb_deposit_add(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    return deposit(d, actor, "deposit.add", deposit_take, arguments, answer, e);
}

bool
verb_deposit_refund(struct desk *d, const char *actor, const json_t *arguments,
                    json_t *answer, struct err *e)
{
    return deposit(d, actor, "deposit.refund", deposit_refund, arguments, answer, e);
}

bool
verb_deposit_use(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    struct account a;
    struct money used;

    return books_account(d, arguments, &a, e) &&
           deposit_use(d->store, &a, d->now, &used, e) &&
           books_done(d, actor, "deposit.use", &a, used, "for what is owed", answer, e);
}
