/* posting_money.c - everything that moves a customer's account and is no bill. */
#include "posting.h"

#include "meterpost/store/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
ledger_channel_account(const char *channel, char name[LEDGER_NAME_MAX])
{
    static const struct {
        const char *channel, *name;
    } own[] = {{"cash", "Cash:till"}, {"bank", "Bank:main"}, {"cheque", "Bank:cheques"},
               {"cash:", "Cash:"},    {"agent:", "Agent:"},  {"bank:", "Bank:"}};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        size_t n = strlen(own[i].channel);

        if (own[i].channel[n - 1] == ':' && strncmp(own[i].channel, channel, n) == 0) {
            snprintf(name, LEDGER_NAME_MAX, "%s%s", own[i].name, channel + n);
            return;
        }
        if (strcmp(own[i].channel, channel) == 0) {
            snprintf(name, LEDGER_NAME_MAX, "%s", own[i].name);
            return;
        }
    }
    snprintf(name, LEDGER_NAME_MAX, "MobileMoney:%s", channel);
}

bool
posting_channel(struct store *s, const char *channel, int64_t *id, struct err *e)
{
    char name[LEDGER_NAME_MAX];

    ledger_channel_account(channel, name);
    return ledger_account_put(s, name, LEDGER_ASSET, 0, id, e);
}

/* Where a payment lies on our side of the books: the account's receivable, or suspense. */
static bool
holder_id(struct store *s, const struct account *a, const char *channel, int64_t *id,
          struct err *e)
{
    char name[LEDGER_NAME_MAX];

    if (a != NULL)
        return posting_receivable(s, a, id, e);
    snprintf(name, sizeof(name), "Suspense:%s", channel);
    return ledger_account_put(s, name, LEDGER_LIABILITY, 0, id, e);
}

/* ---- payments ---- */

/* A payment as credit of an account, or (reversal) as a debt again. */
static bool
payment_item(struct store *s, const struct account *a, const struct ledger_payment *p,
             enum item_kind kind, int seq, utc_t at, int64_t *id, struct err *e)
{
    const struct payment *pay = p->payment;
    bool credit = kind == ITEM_PAYMENT;
    struct item item = {.account_id = a->id,
                        .kind = kind,
                        .amount = {credit ? -pay->amount.minor : pay->amount.minor},
                        .at = at,
                        .payment_id = pay->id};
    int n;

    n = snprintf(item.key, sizeof(item.key), "%s %s %s", item_kind_name(kind), pay->channel,
                 pay->reference);
    if (seq > 0)
        snprintf(item.key + n, sizeof(item.key) - (size_t)n, " @%d", seq);
    snprintf(item.memo, sizeof(item.memo), "%s %s", pay->channel, pay->reference);
    return item_add(s, &item, id, e);
}

bool
ledger_post_payment(struct store *s, const struct account *a,
                    const struct ledger_payment *p, struct err *e)
{
    const struct payment *pay = p->payment;
    char key[LEDGER_KEY_MAX], memo[LEDGER_MEMO_MAX];
    struct ledger_entry entry = {.key = key,
                                 .posted_at = pay->received_at,
                                 .kind = "payment",
                                 .memo = memo,
                                 .payment_id = pay->id};
    int64_t id;

    snprintf(key, sizeof(key), "payment %s %s", pay->channel, pay->reference);
    snprintf(memo, sizeof(memo), "%s %s", pay->channel, pay->reference);
    if (!posting_channel(s, pay->channel, &entry.debit_id, e) ||
        !holder_id(s, a, pay->channel, &entry.credit_id, e) ||
        !posting_move(s, &entry, pay->amount, e))
        return false;
    return a == NULL ||
           (payment_item(s, a, p, ITEM_PAYMENT, 0, pay->received_at, &id, e) &&
            allocate_account(s, a->id, p->policy, p->bill_id, pay->received_at, e));
}

/* What the payment had closed on `a` is open again, and it is credit no more. */
static bool
take_back(struct store *s, const struct account *a, const struct ledger_payment *p, int seq,
          utc_t at, const char *reason, struct err *e)
{
    struct allocation pair = {.amount = p->payment->amount};
    struct item credit;
    bool found;

    if (!item_of_payment(s, p->payment->id, &credit, &found, e))
        return false;
    if (!found || credit.account_id != a->id)
        return err_set(e, FAIL_FATAL, "payment=%" PRId64 " has no item on account %s",
                       p->payment->id, a->account);
    pair.credit_id = credit.id;
    return allocate_undo(s, credit.id, at, reason, e) &&
           payment_item(s, a, p, ITEM_REVERSAL, seq, at, &pair.debit_id, e) &&
           allocation_add(s, &pair, at, reason, e) &&
           allocate_account(s, a->id, p->policy, 0, at, e);
}

bool
ledger_move_payment(struct store *s, const struct account *from, const struct account *to,
                    const struct ledger_payment *p, int seq, utc_t at, const char *reason,
                    struct err *e)
{
    const struct payment *pay = p->payment;
    char key[LEDGER_KEY_MAX];
    struct ledger_entry entry = {.key = key,
                                 .posted_at = at,
                                 .kind = to == NULL ? "reversal" : "assign",
                                 .memo = reason,
                                 .payment_id = pay->id};
    int64_t id;

    snprintf(key, sizeof(key), "%s %s %s @%d", entry.kind, pay->channel, pay->reference,
             seq);
    if (!holder_id(s, from, pay->channel, &entry.debit_id, e) ||
        !(to == NULL ? posting_channel(s, pay->channel, &entry.credit_id, e)
                     : posting_receivable(s, to, &entry.credit_id, e)) ||
        !posting_move(s, &entry, pay->amount, e) ||
        (from != NULL && !take_back(s, from, p, seq, at, reason, e)))
        return false;
    return to == NULL || (payment_item(s, to, p, ITEM_PAYMENT, seq, at, &id, e) &&
                          allocate_account(s, to->id, p->policy, p->bill_id, at, e));
}

/* ---- documents with a ledger account of their own ---- */

static const struct against {
    enum item_kind kind;
    const char *name;
    enum ledger_type type;
} against[] = {
    {ITEM_OPENING, "Equity:Opening", LEDGER_EQUITY},
    {ITEM_FEE, "Income:LateFees", LEDGER_INCOME},
    {ITEM_WAIVER, "Income:LateFees", LEDGER_INCOME},
    {ITEM_WRITEOFF, "Expense:BadDebt", LEDGER_EXPENSE},
    {ITEM_RECOVERY, "Expense:BadDebt", LEDGER_EXPENSE},
    {ITEM_CHARGE, "Accrued:prepaid", LEDGER_LIABILITY},
};

static bool
deposit_id(struct store *s, const struct account *a, int64_t *id, struct err *e)
{
    char name[LEDGER_NAME_MAX];

    snprintf(name, sizeof(name), "Deposits:%s", a->account);
    return ledger_account_put(s, name, LEDGER_LIABILITY, a->id, id, e);
}

static bool
against_id(struct store *s, const struct account *a, enum item_kind kind, int64_t *id,
           struct err *e)
{
    if (kind == ITEM_DEPOSIT)
        return deposit_id(s, a, id, e);
    for (size_t i = 0; i < sizeof(against) / sizeof(against[0]); i++) {
        if (against[i].kind == kind)
            return ledger_account_put(s, against[i].name, against[i].type, 0, id, e);
    }
    return err_set(e, FAIL_FATAL, "no posting for an item of kind %s",
                   item_kind_name(kind));
}

bool
ledger_post_item(struct store *s, const struct account *a, struct item *item, struct err *e)
{
    struct ledger_entry entry = {.key = item->key,
                                 .posted_at = item->at,
                                 .kind = item_kind_name(item->kind),
                                 .memo = item->memo,
                                 .bill_id = item->bill_id};

    item->account_id = a->id;
    return posting_receivable(s, a, &entry.debit_id, e) &&
           against_id(s, a, item->kind, &entry.credit_id, e) &&
           posting_move(s, &entry, item->amount, e) && item_add(s, item, &item->id, e) &&
           allocate_account(s, a->id, ALLOCATE_OLDEST, item->bill_id, item->at, e);
}

bool
ledger_post_opening(struct store *s, const struct account *a, struct money balance,
                    utc_t at, struct err *e)
{
    struct item item = {.kind = ITEM_OPENING,
                        .amount = balance,
                        .at = at,
                        .memo = "balance when the account was imported"};

    snprintf(item.key, sizeof(item.key), "opening %s", a->account);
    return balance.minor == 0 || ledger_post_item(s, a, &item, e);
}

bool
ledger_post_deposit(struct store *s, const struct account *a, const char *channel,
                    struct money amount, const char *key, utc_t at, struct err *e)
{
    struct ledger_entry entry = {
        .key = key, .posted_at = at, .kind = "deposit", .memo = channel};

    return posting_channel(s, channel, &entry.debit_id, e) &&
           deposit_id(s, a, &entry.credit_id, e) && posting_move(s, &entry, amount, e);
}

bool
ledger_deposit_of(struct store *s, const struct account *a, struct money *out,
                  struct err *e)
{
    char name[LEDGER_NAME_MAX];

    snprintf(name, sizeof(name), "Deposits:%s", a->account);
    if (!ledger_name_balance(s, name, 0, out, e))
        return false;
    out->minor = -out->minor;
    return true;
}
