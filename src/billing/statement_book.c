/*
 * Entries of a statement, matched and posted. First everything that would refuse the file
 * is looked for, and nothing written; then the entries are booked in their order, as many
 * at a time as the caller has time for.
 */
#include "meterpost/billing/receipt.h"
#include "meterpost/billing/statement.h"
#include "meterpost/store/payments.h"
#include "posting.h"

#include <string.h>

struct booking {
    struct store *s;
    const struct conf *conf;
    const struct statement_order *order;
    utc_t now;
    struct statement_booked *out;
    struct problems *p;
};

static bool
is_bank(const struct statement *one)
{
    return one->account[0] != '\0';
}

static struct statement_note
note_of(const struct statement *one, const struct statement_order *o)
{
    return (struct statement_note){.bank_account = one->account,
                                   .statement = one->id,
                                   .opening = one->opening,
                                   .closing = one->closing,
                                   .closed_on = one->closed_on,
                                   .entries = (int64_t)one->count,
                                   .in = one->in,
                                   .out = one->out,
                                   .actor = o->actor};
}

/* ---- what would refuse it ---- */

/* How the account stood before statement `i`: by the one before it in the file, or by those
 * that were booked. */
static bool
closing_before(struct booking *b, const struct statements *list, size_t i,
               struct money *closing, utc_t *on, bool *found, struct err *e)
{
    for (size_t k = i; k-- > 0;) {
        if (strcmp(list->list[k].account, list->list[i].account) != 0)
            continue;
        *closing = list->list[k].closing;
        *on = list->list[k].closed_on;
        *found = true;
        return true;
    }
    return statement_before(b->s, list->list[i].account, list->list[i].closed_on, closing,
                            on, found, e);
}

static bool
last_of_account(const struct statements *list, size_t i)
{
    for (size_t k = i + 1; k < list->count; k++) {
        if (strcmp(list->list[k].account, list->list[i].account) == 0)
            return false;
    }
    return true;
}

/* One that comes late must end where a later one, booked before, began. */
static bool
check_next(struct booking *b, const struct statement *one, struct err *e)
{
    char ends[AMOUNT_TEXT_MAX], began[AMOUNT_TEXT_MAX];
    int decimals = b->conf->decimals;
    struct money opening;
    bool found;

    if (!statement_after(b->s, one->account, one->closed_on, &opening, &found, e))
        return false;
    if (found && opening.minor != one->closing.minor)
        problems_add(
            b->p, b->order->file, one->line, 1,
            "statement %s ends with %s, but the one after it began with %s: is one "
            "missing between them? --accept-gap takes it all the same",
            one->id, decimal_print(one->closing.minor, decimals, false, ends),
            decimal_print(opening.minor, decimals, false, began));
    return true;
}

/* Closing of one is opening of the next. */
static bool
check_chain(struct booking *b, const struct statements *list, size_t i, struct err *e)
{
    char ended[AMOUNT_TEXT_MAX], begins[AMOUNT_TEXT_MAX], day[TIME_TEXT_MAX];
    const struct statement *one = &list->list[i];
    struct statement_note note = note_of(one, b->order);
    struct money closing;
    utc_t closed_on;
    bool found, known;
    int decimals = b->conf->decimals;

    if (!statement_known(b->s, &note, &known, e))
        return false;
    if (known || b->order->accept_gap)
        return true;
    if (!closing_before(b, list, i, &closing, &closed_on, &found, e))
        return false;
    if (found && closing.minor != one->opening.minor)
        problems_add(b->p, b->order->file, one->line, 1,
                     "statement %s begins with %s, but the one before it ended with %s on "
                     "%s: is one missing between them? --accept-gap takes it all the same",
                     one->id, decimal_print(one->opening.minor, decimals, false, begins),
                     decimal_print(closing.minor, decimals, false, ended),
                     clock_date(closed_on, day));
    return last_of_account(list, i) ? check_next(b, one, e) : true;
}

/* A receipt that is on file with another amount is another payment, or a forged file. */
static bool
check_entry(struct booking *b, const struct statement_entry *x, struct err *e)
{
    struct payment there;
    bool found;

    if (x->amount.minor <= 0)
        return true;
    if (!payment_by_reference(b->s, b->order->channel, x->receipt, &there, &found, e))
        return false;
    if (found && there.amount.minor != x->amount.minor)
        problems_add(b->p, b->order->file, x->line, 1,
                     "receipt %s of %s was booked before with another amount: look at it "
                     "with `meterpost pay list %s`",
                     x->receipt, b->order->channel, x->receipt);
    return true;
}

bool
statements_book_check(struct store *s, const struct conf *conf,
                      const struct statement_order *o, const struct statements *list,
                      struct problems *p, struct err *e)
{
    struct booking b = {.s = s, .conf = conf, .order = o, .p = p};

    for (size_t i = 0; i < list->count; i++) {
        const struct statement *one = &list->list[i];

        if (is_bank(one) && one->currency[0] != '\0' &&
            strcmp(one->currency, conf->utility.currency) != 0)
            problems_add(p, o->file, one->line, 1, "statement %s is in %s, not in %s",
                         one->id, one->currency, conf->utility.currency);
        else if (is_bank(one) && !check_chain(&b, list, i, e))
            return false;
    }
    for (size_t i = 0; i < list->n_entries; i++) {
        struct statement_entry x;

        statements_entry(list, i, &x);
        if (!check_entry(&b, &x, e))
            return false;
    }
    return problems_none(p) || problems_err(p, e);
}

/* ---- booking ---- */

/* "254700000002 - JANE W": the number that the cell begins with. Masked ones say nothing.
 */
static bool
read_phone(const struct booking *b, const char *cell, struct phone *out)
{
    size_t n = strspn(cell, "+0123456789");
    char number[PHONE_MAX];
    struct err ignored;

    if (n == 0 || n >= sizeof(number) || (cell[n] != '\0' && cell[n] != ' '))
        return false;
    memcpy(number, cell, n);
    number[n] = '\0';
    return phone_parse(number, b->conf->utility.country_code, out, &ignored) &&
           out->kind == PHONE_E164;
}

static void
take_of(struct booking *b, const struct statement_entry *x, struct phone *phone,
        struct take_new *out)
{
    bool has_phone = read_phone(b, x->phone, phone);

    *out = (struct take_new){.channel = b->order->channel,
                             .receipt = x->receipt,
                             .payer = x->payer,
                             .phone = has_phone ? phone->text : "",
                             .claim = x->claim,
                             .amount = x->amount,
                             .paid_at = x->on,
                             .actor = b->order->actor};
}

static bool
book_entry(struct booking *b, const struct statement_entry *x, struct err *e)
{
    struct phone phone;
    struct take_new t;
    struct take took;

    b->out->entries++;
    if (x->amount.minor <= 0) {
        b->out->out++;
        return true;
    }
    take_of(b, x, &phone, &t);
    if (!take_payment(b->s, b->conf, &t, b->now, &took, e)) {
        b->out->refused++; /* nothing was written: it came in meanwhile, and differs */
        return e->kind == FAIL_REJECT;
    }
    b->out->matched += took.outcome == TAKE_MATCHED;
    b->out->suspense += took.outcome == TAKE_SUSPENSE;
    b->out->existing += took.outcome == TAKE_REPEATED;
    if (took.outcome == TAKE_REPEATED)
        return true;
    return money_add(&b->out->total, x->amount, e) &&
           (took.outcome != TAKE_MATCHED ||
            receipt_tell(b->s, b->conf, b->order->templates, took.payment_id, b->now, e));
}

/* With the last entry the statements are on file. */
static bool
note_all(struct booking *b, const struct statements *list, struct err *e)
{
    struct money in = {0};

    for (size_t i = 0; i < list->count; i++) {
        if (is_bank(&list->list[i]) && !money_add(&in, list->list[i].in, e))
            return false;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct statement_note note = note_of(&list->list[i], b->order);
        bool added;

        note.file_in = in;
        if (is_bank(&list->list[i]) &&
            (!posting_channel(b->s, b->order->channel, &note.ledger_id, e) ||
             !statement_note_add(b->s, &note, b->now, &added, e)))
            return false;
    }
    return true;
}

bool
statements_book_some(struct store *s, const struct conf *conf,
                     const struct statement_order *o, const struct statements *list,
                     utc_t now, int budget_ms, size_t *at, struct statement_booked *out,
                     struct err *e)
{
    struct booking b = {.s = s, .conf = conf, .order = o, .now = now, .out = out};
    int64_t until = clock_mono_ms() + budget_ms;

    while (*at < list->n_entries) {
        struct statement_entry x;

        statements_entry(list, (*at)++, &x);
        if (!book_entry(&b, &x, e))
            return false;
        if (budget_ms > 0 && clock_mono_ms() >= until)
            break;
    }
    return *at < list->n_entries || note_all(&b, list, e);
}
