#include "meterpost/billing/statement.h"

#include "meterpost/base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN_RECEIPT '#' /* begins those that we make where a bank gives none */

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
    snprintf(e->receipt, sizeof(e->receipt), "%c%016" PRIx64, OWN_RECEIPT, hash);
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

/* By all that tells two entries of one receipt apart. */
static int
compare_rest(const struct statement_entry *x, const struct statement_entry *y)
{
    int order = (x->amount.minor > y->amount.minor) - (x->amount.minor < y->amount.minor);

    if (order == 0)
        order = (x->on > y->on) - (x->on < y->on);
    if (order == 0)
        order = strcmp(x->payer, y->payer);
    return order != 0 ? order : strcmp(x->claim, y->claim);
}

static int
compare_receipts(const void *a, const void *b, void *context)
{
    const struct statement_entry *list = context, *x = &list[*(const size_t *)a],
                                 *y = &list[*(const size_t *)b];
    int order = strcmp(x->receipt, y->receipt);

    if (order == 0)
        order = compare_rest(x, y);
    return order != 0 ? order : (x > y) - (x < y);
}

/* The same receipt a second time in one file is another payment: banks number batches. A
 * line that is repeated keeps it, and is booked once; but
 * what a bank signs with its balances it means, and who gives no receipt may well pay the
 * same again. */
static bool
number_receipts(struct statements *s)
{
    bool table = s->count > 0 && s->list[0].account[0] == '\0';
    size_t *order = calloc(s->n_entries + 1, sizeof(*order));
    char last[PAYMENT_REFERENCE_MAX] = "", tail[12];
    int times = 0;

    if (order == NULL)
        return false;
    for (size_t i = 0; i < s->n_entries; i++)
        order[i] = i;
    qsort_r(order, s->n_entries, sizeof(*order), compare_receipts, s->entries);
    for (size_t i = 0; i < s->n_entries; i++) {
        struct statement_entry *x = &s->entries[order[i]];
        char *receipt = x->receipt;
        bool again = strcmp(receipt, last) == 0;

        if (again && table && *receipt != OWN_RECEIPT &&
            compare_rest(x, &s->entries[order[i - 1]]) == 0) {
            text_copy(receipt, sizeof(x->receipt), s->entries[order[i - 1]].receipt);
            continue;
        }
        times = again ? times + 1 : 1;
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
