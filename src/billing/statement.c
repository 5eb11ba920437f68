#include "meterpost/billing/statement.h"

#include "meterpost/base/text.h"
#include "meterpost/billing/receipt.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
statements_free(struct statements *s)
{
    free(s->list);
    free(s->entries);
    *s = (struct statements){0};
}

struct statement *
statements_open(struct statements *s, unsigned line)
{
    struct statement *list = reallocarray(s->list, s->count + 1, sizeof(*list));

    if (list == NULL || s->count == STATEMENTS_MAX)
        return NULL;
    s->list = list;
    list[s->count] = (struct statement){.line = line, .first = s->n_entries};
    return &list[s->count++];
}

struct statement_entry *
statements_add(struct statements *s, unsigned line)
{
    if (s->count == 0 || s->n_entries == STATEMENT_ENTRIES_MAX)
        return NULL;
    if (s->n_entries == s->room) {
        size_t room = s->room * 2 + 64;
        struct statement_entry *list = reallocarray(s->entries, room, sizeof(*list));

        if (list == NULL)
            return NULL;
        s->entries = list;
        s->room = room;
    }
    s->list[s->count - 1].count++;
    s->entries[s->n_entries] = (struct statement_entry){.line = line};
    return &s->entries[s->n_entries++];
}

/* FNV-1a, 64 bits: no secret, only the same for the same. */
static uint64_t
mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *b = bytes;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ b[i]) * UINT64_C(1099511628211);
    return hash;
}

void
statement_own_receipt(struct statement_entry *e)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    hash = mix(hash, &e->amount.minor, sizeof(e->amount.minor));
    hash = mix(hash, &e->on, sizeof(e->on));
    hash = mix(hash, e->payer, strlen(e->payer) + 1);
    hash = mix(hash, e->claim, strlen(e->claim) + 1);
    snprintf(e->receipt, sizeof(e->receipt), "#%016" PRIx64, hash);
}

enum statement_form
statement_form_of(const char *text)
{
    const char *start = text + strspn(text, " \t\r\n");

    if (*start == '<')
        return STATEMENT_CAMT053;
    if (strncmp(start, "{1:", 3) == 0 || strncmp(start, ":20:", 4) == 0 ||
        strstr(text, "\n:20:") != NULL)
        return STATEMENT_MT940;
    return STATEMENT_CSV;
}

/* ---- checks ---- */

static void
check_balance(const char *file, int decimals, const struct statements *s,
              const struct statement *one, struct problems *p)
{
    char want[AMOUNT_TEXT_MAX], got[AMOUNT_TEXT_MAX];
    struct money sum = one->opening;
    struct err e;

    if (!one->has_opening || !one->has_closing) {
        problems_add(p, file, one->line, 1,
                     "statement %s has no %s balance: is the file "
                     "cut short?",
                     one->id, one->has_opening ? "closing" : "opening");
        return;
    }
    for (size_t i = 0; i < one->count; i++) {
        if (!money_add(&sum, s->entries[one->first + i].amount, &e)) {
            problems_add(p, file, one->line, 1, "%s", e.text);
            return;
        }
    }
    if (sum.minor != one->closing.minor)
        problems_add(p, file, one->line, 1,
                     "statement %s: opening balance and entries are %s, but it closes with "
                     "%s: is the file cut short?",
                     one->id, decimal_print(sum.minor, decimals, false, got),
                     decimal_print(one->closing.minor, decimals, false, want));
}

static int
compare_receipts(const void *a, const void *b, void *context)
{
    const struct statement_entry *list = context, *x = &list[*(const size_t *)a],
                                 *y = &list[*(const size_t *)b];
    int order = strcmp(x->receipt, y->receipt);

    return order != 0 ? order : (x > y) - (x < y);
}

/* The same receipt a second time in one file is another payment: banks number batches. */
static bool
number_receipts(struct statements *s)
{
    size_t *order = calloc(s->n_entries + 1, sizeof(*order));
    char last[PAYMENT_REFERENCE_MAX] = "", tail[12];
    int times = 0;

    if (order == NULL)
        return false;
    for (size_t i = 0; i < s->n_entries; i++)
        order[i] = i;
    qsort_r(order, s->n_entries, sizeof(*order), compare_receipts, s->entries);
    for (size_t i = 0; i < s->n_entries; i++) {
        char *receipt = s->entries[order[i]].receipt;

        times = strcmp(receipt, last) == 0 ? times + 1 : 1;
        snprintf(last, sizeof(last), "%s", receipt);
        if (times == 1)
            continue;
        snprintf(tail, sizeof(tail), "/%d", times);
        snprintf(receipt + strnlen(receipt, PAYMENT_REFERENCE_MAX - strlen(tail) - 1),
                 strlen(tail) + 1, "%s", tail);
    }
    free(order);
    return true;
}

bool
statements_check(const char *file, int decimals, struct statements *s, struct problems *p)
{
    size_t before = problems_total(p);

    if (s->count == 0)
        problems_add(p, file, 0, 0, "there is no statement in the file");
    for (size_t i = 0; i < s->count; i++)
        check_balance(file, decimals, s, &s->list[i], p);
    if (!number_receipts(s))
        problems_add(p, file, 0, 0, "out of memory");
    return problems_total(p) == before;
}

/* ---- booking ---- */

struct booking {
    struct store *s;
    const struct conf *conf;
    const struct statement_order *order;
    utc_t now;
    struct statement_booked *out;
    struct problems *p;
};

static bool
book_entry(struct booking *b, const struct statement_entry *x, struct err *e)
{
    struct phone phone;
    struct err ignored;
    bool has_phone =
        x->phone[0] != '\0' &&
        phone_parse(x->phone, b->conf->utility.country_code, &phone, &ignored) &&
        phone.kind == PHONE_E164;
    struct take_new t = {.channel = b->order->channel,
                         .receipt = x->receipt,
                         .payer = x->payer,
                         .phone = has_phone ? phone.text : "",
                         .claim = x->claim,
                         .amount = x->amount,
                         .paid_at = x->on,
                         .actor = b->order->actor};
    struct take took;

    b->out->entries++;
    if (x->amount.minor <= 0) {
        b->out->out++;
        return true;
    }
    if (!take_payment(b->s, b->conf, &t, b->now, &took, e)) {
        if (e->kind != FAIL_REJECT)
            return false;
        problems_add(b->p, b->order->file, x->line, 1, "%s", e->text);
        return true;
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

/* Closing of one is opening of the next. */
static bool
check_chain(struct booking *b, const struct statement *one, struct err *e)
{
    char ended[AMOUNT_TEXT_MAX], begins[AMOUNT_TEXT_MAX], day[TIME_TEXT_MAX];
    struct money closing;
    utc_t closed_on;
    bool found;
    int decimals = b->conf->decimals;

    if (b->order->accept_gap)
        return true;
    if (!statement_newest(b->s, one->account, &closing, &closed_on, &found, e))
        return false;
    if (found && closing.minor != one->opening.minor)
        problems_add(b->p, b->order->file, one->line, 1,
                     "statement %s begins with %s, but the one before it ended with %s on "
                     "%s: is one missing between them? --accept-gap takes it all the same",
                     one->id, decimal_print(one->opening.minor, decimals, false, begins),
                     decimal_print(closing.minor, decimals, false, ended),
                     clock_date(closed_on, day));
    return true;
}

static bool
book_one(struct booking *b, const struct statements *list, const struct statement *one,
         struct err *e)
{
    struct statement_note note = {one->account,   one->id,        one->opening,
                                  one->closing,   one->closed_on, (int64_t)one->count,
                                  b->order->actor};
    bool added = true, bank = one->account[0] != '\0';

    if (bank && one->currency[0] != '\0' &&
        strcmp(one->currency, b->conf->utility.currency) != 0) {
        problems_add(b->p, b->order->file, one->line, 1, "statement %s is in %s, not in %s",
                     one->id, one->currency, b->conf->utility.currency);
        return true;
    }
    if (bank &&
        (!statement_known(b->s, &note, &added, e) || (!added && !check_chain(b, one, e))))
        return false;
    if (bank && !statement_note_add(b->s, &note, b->now, &added, e))
        return false;
    for (size_t i = 0; i < one->count; i++) {
        if (!book_entry(b, &list->entries[one->first + i], e))
            return false;
    }
    return true;
}

bool
statements_book(struct store *s, const struct conf *conf, const struct statement_order *o,
                const struct statements *list, utc_t now, struct statement_booked *out,
                struct problems *p, struct err *e)
{
    struct booking b = {s, conf, o, now, out, p};

    *out = (struct statement_booked){0};
    for (size_t i = 0; i < list->count; i++) {
        if (!book_one(&b, list, &list->list[i], e))
            return false;
    }
    return problems_none(p) || problems_err(p, e);
}
