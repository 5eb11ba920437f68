#include "meterpost/billing/statement.h"

#include "meterpost/base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN_RECEIPT '#' /* begins those that we make where a bank gives none */

/* An entry as it is kept: its texts stand one behind the other. */
struct statement_kept {
    struct money amount;
    utc_t on;
    unsigned line;
    uint32_t texts; /* where they begin */
    unsigned times; /* its receipt stands in the file for the n-th time; 1: once */
};

enum { RECEIPT, PAYER, PHONE, CLAIM };

void
statements_free(struct statements *s)
{
    free(s->list);
    free(s->kept);
    free(s->texts);
    *s = (struct statements){0};
}

struct statement *
statements_open(struct statements *s, unsigned line)
{
    struct statement *list;

    if (s->count == STATEMENTS_MAX)
        return NULL;
    list = reallocarray(s->list, s->count + 1, sizeof(*list));
    if (list == NULL)
        return NULL;
    s->list = list;
    list[s->count] = (struct statement){.line = line, .first = s->n_entries};
    return &list[s->count++];
}

/* ---- entries ---- */

/* FNV-1a, 64 bits: no secret, only the same for the same. */
static uint64_t
mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *b = bytes;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ b[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t
mix_text(uint64_t hash, const char *text)
{
    return mix(hash, text, strlen(text) + 1);
}

/* Who pays the same twice in a day, and whose bank gives no receipt, has paid twice where
 * two statements say so. */
static void
own_receipt(const struct statement *from, const struct statement_entry *x,
            char out[PAYMENT_REFERENCE_MAX])
{
    uint64_t hash = UINT64_C(14695981039346656037);

    hash = mix_text(mix_text(hash, from->account), from->id);
    hash = mix(hash, &x->amount.minor, sizeof(x->amount.minor));
    hash = mix(hash, &x->on, sizeof(x->on));
    hash = mix_text(mix_text(hash, x->payer), x->claim);
    snprintf(out, PAYMENT_REFERENCE_MAX, "%c%016" PRIx64, OWN_RECEIPT, hash);
}

static bool
grow(void **list, size_t *room, size_t wanted, size_t of)
{
    size_t more = *room + *room / 2 + wanted;
    void *fresh = reallocarray(*list, more, of);

    if (fresh == NULL)
        return false;
    *list = fresh;
    *room = more;
    return true;
}

static bool
keep_text(struct statements *s, const char *text)
{
    size_t n = strlen(text) + 1;

    if (s->used + n > s->size && !grow((void **)&s->texts, &s->size, n + 4096, 1))
        return false;
    memcpy(s->texts + s->used, text, n);
    s->used += n;
    return true;
}

bool
statements_add(struct statements *s, const struct statement_entry *x)
{
    char own[PAYMENT_REFERENCE_MAX];
    const char *receipt = x->receipt;
    size_t start = s->used;

    if (s->count == 0 || s->n_entries == STATEMENT_ENTRIES_MAX ||
        (s->n_entries == s->room &&
         !grow((void **)&s->kept, &s->room, 64, sizeof(*s->kept))))
        return false;
    if (*receipt == '\0') {
        own_receipt(&s->list[s->count - 1], x, own);
        receipt = own;
    }
    if (!keep_text(s, receipt) || !keep_text(s, x->payer) || !keep_text(s, x->phone) ||
        !keep_text(s, x->claim))
        return false;
    s->kept[s->n_entries++] =
        (struct statement_kept){x->amount, x->on, x->line, (uint32_t)start, 1};
    s->list[s->count - 1].count++;
    return true;
}

static const char *
text_of(const struct statements *s, size_t i, int which)
{
    const char *text = s->texts + s->kept[i].texts;

    while (which-- > 0)
        text += strlen(text) + 1;
    return text;
}

void
statements_entry(const struct statements *s, size_t i, struct statement_entry *out)
{
    const struct statement_kept *k = &s->kept[i];
    size_t room = sizeof(out->receipt);
    char tail[16] = "";

    *out = (struct statement_entry){.line = k->line, .amount = k->amount, .on = k->on};
    if (k->times > 1)
        snprintf(tail, sizeof(tail), "/%u", k->times);
    text_clip(out->receipt, room - strlen(tail), text_of(s, i, RECEIPT));
    text_copy(out->receipt + strlen(out->receipt), room - strlen(out->receipt), tail);
    text_copy(out->payer, sizeof(out->payer), text_of(s, i, PAYER));
    text_copy(out->phone, sizeof(out->phone), text_of(s, i, PHONE));
    text_copy(out->claim, sizeof(out->claim), text_of(s, i, CLAIM));
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

static bool
sum_up(const struct statements *s, struct statement *one, struct err *e)
{
    for (size_t i = 0; i < one->count; i++) {
        struct money m = s->kept[one->first + i].amount;
        bool out = m.minor < 0;

        m.minor = out ? -m.minor : m.minor;
        if (!money_add(out ? &one->out : &one->in, m, e))
            return false;
    }
    return true;
}

static void
check_balance(const char *file, int decimals, const struct statements *s,
              struct statement *one, struct problems *p)
{
    char want[AMOUNT_TEXT_MAX], got[AMOUNT_TEXT_MAX];
    struct money sum;
    struct err e;

    if (!one->has_opening || !one->has_closing) {
        problems_add(p, file, one->line, 1,
                     "statement %s has no %s balance: is the file "
                     "cut short?",
                     one->id, one->has_opening ? "closing" : "opening");
        return;
    }
    if (!sum_up(s, one, &e)) {
        problems_add(p, file, one->line, 1, "%s", e.text);
        return;
    }
    sum.minor = one->opening.minor + one->in.minor - one->out.minor;
    if (sum.minor != one->closing.minor)
        problems_add(p, file, one->line, 1,
                     "statement %s: opening balance and entries are %s, but it closes with "
                     "%s: is the file cut short?",
                     one->id, decimal_print(sum.minor, decimals, false, got),
                     decimal_print(one->closing.minor, decimals, false, want));
}

/* By all that tells two entries of one receipt apart. */
static int
compare_rest(const struct statements *s, size_t x, size_t y)
{
    const struct statement_kept *a = &s->kept[x], *b = &s->kept[y];
    int order = (a->amount.minor > b->amount.minor) - (a->amount.minor < b->amount.minor);

    if (order == 0)
        order = (a->on > b->on) - (a->on < b->on);
    if (order == 0)
        order = strcmp(text_of(s, x, PAYER), text_of(s, y, PAYER));
    return order != 0 ? order : strcmp(text_of(s, x, CLAIM), text_of(s, y, CLAIM));
}

static int
compare_receipts(const void *a, const void *b, void *context)
{
    const struct statements *s = context;
    size_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = strcmp(text_of(s, x, RECEIPT), text_of(s, y, RECEIPT));

    if (order == 0)
        order = compare_rest(s, x, y);
    return order != 0 ? order : (x > y) - (x < y);
}

/* The same receipt a second time in one file is another payment: banks number batches. A
 * line that is repeated keeps it, and is booked once; but what a bank signs with its
 * balances it means, and who gives no receipt may well pay the same again. */
static bool
number_receipts(struct statements *s)
{
    bool table = s->count > 0 && s->list[0].account[0] == '\0';
    uint32_t *order = calloc(s->n_entries + 1, sizeof(*order));

    if (order == NULL)
        return false;
    for (size_t i = 0; i < s->n_entries; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, s->n_entries, sizeof(*order), compare_receipts, s);
    for (size_t i = 1; i < s->n_entries; i++) {
        size_t x = order[i], before = order[i - 1];
        const char *receipt = text_of(s, x, RECEIPT);
        bool same = table && *receipt != OWN_RECEIPT && compare_rest(s, x, before) == 0;

        if (strcmp(receipt, text_of(s, before, RECEIPT)) == 0)
            s->kept[x].times = s->kept[before].times + !same;
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
