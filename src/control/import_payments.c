/*
 * import_payments.c - a file of payments: what a bank, an agent or a mobile-money service
 * says has come in.
 *
 * A receipt that was booked before is no fault: statements overlap. An account that nobody
 * has is none either: the money is there and waits in suspense. Everything else that is
 * wrong is told with its line, and then nothing of the file is kept.
 */
#include "meterpost/base/conf.h"
#include "meterpost/base/csv.h"
#include "meterpost/billing/payment.h"
#include "meterpost/billing/receipt.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANNEL_DEFAULT "import"

enum { DATE, AMOUNT, ACCOUNT, REFERENCE, CHANNEL, PAYER, COLUMNS };

static const char *const names[COLUMNS] = {
    [DATE] = "date",           [AMOUNT] = "amount",   [ACCOUNT] = "account",
    [REFERENCE] = "reference", [CHANNEL] = "channel", [PAYER] = "payer"};
#define REQUIRED (REFERENCE + 1)

struct seen {
    char channel[PAYMENT_CHANNEL_MAX], reference[PAYMENT_REFERENCE_MAX];
    unsigned line;
};

struct import {
    struct desk *d;
    const char *actor, *file;
    struct problems *problems;
    size_t at[COLUMNS]; /* field of each column; SIZE_MAX: the file has none */
    struct csv_row row; /* the one at hand */
    struct seen *seen;  /* a row of the file each; sorted only at the end */
    size_t n_seen, size_seen;
    struct payments_import *out;
};

static bool
fault(struct import *im, size_t field, const char *why)
{
    const struct csv_field *at = &im->row.at[field];

    return problems_add(im->problems, im->file, at->line, at->column, "%s", why);
}

static const char *
field_of(const struct import *im, int column)
{
    return im->at[column] == SIZE_MAX ? "" : im->row.at[im->at[column]].text;
}

/* ---- the header ---- */

static void
take_name(struct import *im, size_t field)
{
    const char *name = im->row.at[field].text, *near;
    char why[160];

    for (int i = 0; i < COLUMNS; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        if (im->at[i] != SIZE_MAX)
            fault(im, field, "the column is there twice");
        im->at[i] = field;
        return;
    }
    near = nearest_word(name, names, COLUMNS);
    snprintf(why, sizeof(why), "there is no column '%.60s'%s%s%s", name,
             near == NULL ? "" : ": is '", near == NULL ? "" : near,
             near == NULL ? "" : "' meant?");
    fault(im, field, why);
}

static bool
read_header(struct import *im)
{
    size_t before = problems_total(im->problems);

    for (int i = 0; i < COLUMNS; i++)
        im->at[i] = SIZE_MAX;
    for (size_t i = 0; i < im->row.count; i++)
        take_name(im, i);
    for (int i = 0; i < REQUIRED; i++) {
        if (im->at[i] == SIZE_MAX)
            problems_add(im->problems, im->file, 1, 1, "the column '%s' is missing",
                         names[i]);
    }
    return problems_total(im->problems) == before;
}

/* ---- a row ---- */

/* The fields as a payment; what is wrong with them is told. */
static bool
read_row(struct import *im, struct payment_new *out)
{
    size_t before = problems_total(im->problems);
    const char *channel = field_of(im, CHANNEL);
    struct err e;

    *out = (struct payment_new){.actor = im->actor,
                                .channel = *channel == '\0' ? CHANNEL_DEFAULT : channel,
                                .reference = field_of(im, REFERENCE),
                                .payer = field_of(im, PAYER)};
    if (!clock_parse(field_of(im, DATE), &out->paid_at, &e))
        fault(im, im->at[DATE], e.text);
    else if (out->paid_at > im->d->now)
        fault(im, im->at[DATE], "expected a day that is not in the future");
    if (!decimal_parse(field_of(im, AMOUNT), im->d->conf->decimals, &out->amount.minor, &e))
        fault(im, im->at[AMOUNT], e.text);
    else if (out->amount.minor <= 0)
        fault(im, im->at[AMOUNT], "expected an amount above zero");
    if (*out->reference == '\0')
        fault(im, im->at[REFERENCE], "expected the number of the receipt");
    return problems_total(im->problems) == before;
}

static bool
note_seen(struct import *im, const struct payment_new *p, struct err *e)
{
    struct seen *one;

    if (im->n_seen == im->size_seen) {
        size_t more = im->size_seen * 2 + 256;
        struct seen *list = reallocarray(im->seen, more, sizeof(*list));

        if (list == NULL)
            return err_set(e, FAIL_RETRY, "out of memory");
        im->seen = list;
        im->size_seen = more;
    }
    one = &im->seen[im->n_seen++];
    snprintf(one->channel, sizeof(one->channel), "%s", p->channel);
    snprintf(one->reference, sizeof(one->reference), "%s", p->reference);
    one->line = im->row.at[0].line;
    return true;
}

/* False when the store failed; what the store refuses is a fault of the row. */
static bool
book_row(struct import *im, struct payment_new *p, struct err *e)
{
    struct payment_posted posted;
    struct account account;
    bool found;

    if (!account_by_name(im->d->store, field_of(im, ACCOUNT), &account, &found, e))
        return false;
    p->account_id = found ? account.id : 0;
    if (!found) /* what was written tells whose it may be */
        p->claim = field_of(im, ACCOUNT);
    if (!payment_post(im->d->store, p, im->d->now, &posted, e)) {
        if (e->kind != FAIL_REJECT)
            return false;
        fault(im, im->at[REFERENCE], e->text);
        return true;
    }
    im->out->existing += posted.repeated;
    im->out->rows += !posted.repeated;
    im->out->suspense += !posted.repeated && !found;
    return posted.repeated || (money_add(&im->out->total, p->amount, e) &&
                               receipt_tell(im->d->store, im->d->conf, im->d->templates,
                                            posted.payment.id, im->d->now, e));
}

/* ---- the file ---- */

static int
compare_seen(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    int order = strcmp(x->reference, y->reference);

    if (order == 0)
        order = strcmp(x->channel, y->channel);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static void
tell_twice(struct import *im)
{
    if (im->n_seen == 0)
        return;
    qsort(im->seen, im->n_seen, sizeof(*im->seen), compare_seen);
    for (size_t i = 1; i < im->n_seen; i++) {
        const struct seen *one = &im->seen[i - 1], *two = &im->seen[i];

        if (strcmp(one->reference, two->reference) == 0 &&
            strcmp(one->channel, two->channel) == 0)
            problems_add(im->problems, im->file, two->line, 1,
                         "the receipt %s stands in line %u already", two->reference,
                         one->line);
    }
}

static bool
read_rows(struct import *im, struct csv *csv, struct err *e)
{
    struct payment_new p;

    if (!csv_next(csv, &im->row, im->problems)) {
        problems_add(im->problems, im->file, 0, 0, "the file has no line with columns");
        return true;
    }
    if (!read_header(im))
        return true;
    while (csv_next(csv, &im->row, im->problems)) {
        if (!read_row(im, &p))
            continue;
        if (!note_seen(im, &p, e) || !book_row(im, &p, e))
            return false;
    }
    tell_twice(im);
    return true;
}

bool
import_payments(struct desk *d, const char *actor, const char *file, const char *text,
                struct payments_import *out, struct problems *p, struct err *e)
{
    struct import im = {.d = d, .actor = actor, .file = file, .problems = p, .out = out};
    struct csv *csv = csv_open(file, text, strlen(text));
    bool good;

    *out = (struct payments_import){0};
    if (csv == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    good = read_rows(&im, csv, e);
    csv_close(csv);
    free(im.seen);
    if (!problems_none(p))
        return problems_err(p, e);
    return good;
}
