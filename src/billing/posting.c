#include "meterpost/billing/ledger.h"

#include "meterpost/store/ledger.h"

#include <stdio.h>
#include <string.h>

/* Move `amount` from the credit to the debit account; a negative one the other way. */
static bool
post(struct store *s, struct ledger_entry *entry, struct money amount, struct err *e)
{
    int64_t swap = entry->debit_id;

    if (amount.minor == 0)
        return true;
    entry->amount = amount;
    if (amount.minor < 0) {
        entry->debit_id = entry->credit_id;
        entry->credit_id = swap;
        entry->amount.minor = -amount.minor;
    }
    return ledger_entry_add(s, entry, NULL, e);
}

static bool
receivable(struct store *s, const struct account *a, int64_t *id, struct err *e)
{
    char name[LEDGER_NAME_MAX];

    snprintf(name, sizeof(name), "Receivable:%s", a->account);
    return ledger_account_put(s, name, LEDGER_ASSET, a->id, id, e);
}

/* ---- bills ---- */

/* One entry of a bill, against the ledger account `name`. */
static bool
post_part(struct store *s, const struct bill *b, int64_t debit, const char *name,
          enum ledger_type type, const char *code, struct money amount, struct err *e)
{
    char key[LEDGER_KEY_MAX], memo[LEDGER_MEMO_MAX];
    struct ledger_entry entry = {.key = key,
                                 .posted_at = b->issued_at,
                                 .debit_id = debit,
                                 .kind = "bill",
                                 .memo = memo,
                                 .bill_id = b->id};

    snprintf(key, sizeof(key), "bill %s %s", b->number, code);
    snprintf(memo, sizeof(memo), "bill %s", b->number);
    return ledger_account_put(s, name, type, 0, &entry.credit_id, e) &&
           post(s, &entry, amount, e);
}

static bool
post_code(struct store *s, const struct bill *b, int64_t debit,
          const struct quote_line *line, struct money amount, struct err *e)
{
    char name[LEDGER_NAME_MAX];

    snprintf(name, sizeof(name), "%s:%s", line->tax ? "TaxPayable" : "Income", line->code);
    return post_part(s, b, debit, name, line->tax ? LEDGER_LIABILITY : LEDGER_INCOME,
                     line->code, amount, e);
}

/* Sum of the lines with the code of line `at`; *first is false when an earlier line has it.
 */
static bool
sum_of_code(const struct quote *q, int at, bool *first, struct money *sum, struct err *e)
{
    *first = true;
    sum->minor = 0;
    for (int i = 0; i < q->n_lines; i++) {
        if (strcmp(q->lines[i].code, q->lines[at].code) != 0)
            continue;
        if (i < at)
            *first = false;
        if (!money_add(sum, q->lines[i].amount, e))
            return false;
    }
    return true;
}

bool
ledger_post_bill(struct store *s, const struct account *a, const struct quote *q,
                 const struct bill *b, struct err *e)
{
    struct money posted = q->rounding;
    int64_t debit;

    if (!receivable(s, a, &debit, e))
        return false;
    for (int i = 0; i < q->n_lines; i++) {
        struct money sum;
        bool first;

        if (!sum_of_code(q, i, &first, &sum, e))
            return false;
        if (!first)
            continue;
        if (!post_code(s, b, debit, &q->lines[i], sum, e) || !money_add(&posted, sum, e))
            return false;
    }
    if (posted.minor != b->total.minor)
        return err_set(e, FAIL_FATAL, "bill %s: its ledger entries are not its total",
                       b->number);
    return post_part(s, b, debit, "Income:rounding", LEDGER_INCOME, "(rounding)",
                     q->rounding, e);
}

/* ---- payments ---- */

/* Where the money lies that came by a channel. */
static void
channel_account(const char *channel, char name[LEDGER_NAME_MAX])
{
    static const struct {
        const char *channel, *name;
    } own[] = {{"cash", "Cash:till"}, {"bank", "Bank:main"}, {"cheque", "Bank:cheques"}};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (strcmp(own[i].channel, channel) == 0) {
            snprintf(name, LEDGER_NAME_MAX, "%s", own[i].name);
            return;
        }
    }
    snprintf(name, LEDGER_NAME_MAX, "MobileMoney:%s", channel);
}

bool
ledger_post_payment(struct store *s, const struct account *a, const struct payment *p,
                    struct err *e)
{
    char key[LEDGER_KEY_MAX], name[LEDGER_NAME_MAX], memo[LEDGER_MEMO_MAX];
    struct ledger_entry entry = {.key = key,
                                 .posted_at = p->received_at,
                                 .kind = "payment",
                                 .memo = memo,
                                 .payment_id = p->id};

    channel_account(p->channel, name);
    if (!ledger_account_put(s, name, LEDGER_ASSET, 0, &entry.debit_id, e))
        return false;
    snprintf(name, sizeof(name), "Suspense:%s", p->channel);
    if (a != NULL && !receivable(s, a, &entry.credit_id, e))
        return false;
    if (a == NULL && !ledger_account_put(s, name, LEDGER_LIABILITY, 0, &entry.credit_id, e))
        return false;
    snprintf(key, sizeof(key), "payment %s %s", p->channel, p->reference);
    snprintf(memo, sizeof(memo), "%s %s", p->channel, p->reference);
    return post(s, &entry, p->amount, e);
}

bool
ledger_post_opening(struct store *s, const struct account *a, struct money balance,
                    utc_t at, struct err *e)
{
    char key[LEDGER_KEY_MAX];
    struct ledger_entry entry = {
        .key = key, .posted_at = at, .kind = "opening", .memo = "opening balance"};

    snprintf(key, sizeof(key), "opening %s", a->account);
    return receivable(s, a, &entry.debit_id, e) &&
           ledger_account_put(s, "Equity:Opening", LEDGER_EQUITY, 0, &entry.credit_id, e) &&
           post(s, &entry, balance, e);
}
