#include "meterpost/billing/ledger.h"

#include "posting.h"

#include <stdio.h>
#include <string.h>

bool
posting_move(struct store *s, struct ledger_entry *entry, struct money amount,
             struct err *e)
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

bool
posting_receivable(struct store *s, const struct account *a, int64_t *id, struct err *e)
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
           posting_move(s, &entry, amount, e);
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

/* What the bill, or credit note, leaves open on the account. */
static bool
open_bill(struct store *s, const struct bill *b, struct err *e)
{
    struct item corrected, item = {.account_id = b->account_id,
                                   .kind = b->credit ? ITEM_CREDIT : ITEM_BILL,
                                   .amount = b->total,
                                   .at = b->issued_at,
                                   .due_at = b->credit ? b->issued_at : b->due_at,
                                   .bill_id = b->id};
    int64_t id, first = 0;
    bool found = false;

    if (b->total.minor == 0)
        return true;
    snprintf(item.key, sizeof(item.key), "bill %s", b->number);
    snprintf(item.memo, sizeof(item.memo), "bill %s", b->number);
    if (!item_add(s, &item, &id, e) ||
        (b->corrects_id != 0 && !item_of_bill(s, b->corrects_id, &corrected, &found, e)))
        return false;
    if (found && b->total.minor < 0)
        first = b->corrects_id;
    return allocate_account(s, b->account_id, ALLOCATE_OLDEST, first, b->issued_at, e);
}

/* One entry a code, and one for the rounding. */
static bool
post_codes(struct store *s, const struct quote *q, const struct bill *b, int64_t debit,
           struct err *e)
{
    struct money posted = q->rounding;

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
    return q->rounding.minor == 0 || post_part(s, b, debit, "Income:rounding",
                                               LEDGER_INCOME, "(rounding)", q->rounding, e);
}

bool
ledger_post_bill(struct store *s, const struct account *a, const struct quote *q,
                 const struct bill *b, struct err *e)
{
    int64_t debit;

    return posting_receivable(s, a, &debit, e) && post_codes(s, q, b, debit, e) &&
           open_bill(s, b, e);
}
