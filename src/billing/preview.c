#include "changes.h"
#include "draft.h"
#include "meterpost/base/text.h"
#include "meterpost/store/overview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMED_MAX  200 /* accounts without a bill, and on estimates, that are named */
#define TELL_EVERY 100 /* accounts */

struct preview {
    const struct billing *b;
    struct billing_month month;
    struct draft *draft;
    struct money total;
    struct changes changes;
    json_t *reasons, *without, *estimates;
    int64_t bills, existing, estimated, skipped;
};

static void
count_reason(struct preview *p, enum draft_outcome outcome)
{
    const char *word = draft_outcome_name(outcome);
    json_int_t n = json_integer_value(json_object_get(p->reasons, word));

    p->skipped++;
    json_object_set_new(p->reasons, word, json_integer(n + 1));
    if (json_array_size(p->without) < NAMED_MAX)
        json_array_append_new(p->without, json_pack("{s:s, s:s, s:s, s:s}", "account",
                                                    p->draft->account.account, "name",
                                                    p->draft->account.name, "reason", word,
                                                    "detail", p->draft->reason));
}

/* A bill that stands on an estimate at its end, or on one that it sets right. */
static void
note_estimate(struct preview *p)
{
    const struct draft *d = p->draft;
    json_t *o;

    if (d->bill.basis == BASIS_ACTUAL)
        return;
    p->estimated++;
    if (json_array_size(p->estimates) >= NAMED_MAX)
        return;
    o = json_pack("{s:s, s:s, s:s, s:i}", "account", d->account.account, "name",
                  d->account.name, "basis", bill_basis_name(d->bill.basis), "set_right",
                  d->n_true_ups);
    put_money(o, "total", d->bill.total, p->b->conf->decimals);
    json_array_append_new(p->estimates, o);
}

static bool
note_bill(struct preview *p, struct err *e)
{
    const struct draft *d = p->draft;
    struct change change = {.account_id = d->account.id, .now = d->bill.total};
    struct bill before;
    bool found;

    p->bills++;
    note_estimate(p);
    if (!bill_newest(p->b->store, d->account.id, &before, &found, e) ||
        !money_add(&p->total, d->bill.total, e))
        return false;
    if (found) {
        change.before = before.total;
        changes_note(&p->changes, &change);
    }
    return true;
}

static bool
preview_one(struct preview *p, struct err *e)
{
    enum draft_outcome outcome;

    if (!draft_make(p->b, &p->month, p->draft, &outcome, e))
        return false;
    if (outcome == DRAFT_READY)
        return note_bill(p, e);
    if (outcome == DRAFT_EXISTS)
        p->existing++;
    else if (outcome != DRAFT_NO_METER || p->draft->account.closed_at == 0)
        count_reason(p, outcome);
    return true;
}

static bool
preview_all(struct preview *p, billing_progress *progress, void *context, struct err *e)
{
    struct overview o;
    int64_t done = 0, last = 0;
    bool found;

    if (!store_overview(p->b->store, p->b->now, &o, e))
        return false;
    for (;; done++) {
        if (!account_next(p->b->store, last, &p->draft->account, &found, e))
            return false;
        if (!found)
            return true;
        last = p->draft->account.id;
        if (!preview_one(p, e))
            return false;
        if (progress != NULL && done % TELL_EVERY == 0)
            progress(done, o.accounts, context);
    }
}

/* The bills of the month `back` months earlier. */
static json_t *
month_before(const struct preview *p, int back, struct err *e)
{
    int year = atoi(p->month.month), month = atoi(p->month.month + 5);
    struct money total;
    char name[16];
    int64_t bills;
    json_t *o;

    month -= back;
    while (month < 1) {
        month += 12;
        year--;
    }
    snprintf(name, sizeof(name), "%04d-%02d", year, month);
    if (!bill_month_total(p->b->store, name, &bills, &total, e))
        return NULL;
    o = json_pack("{s:s, s:I}", "month", name, "bills", (json_int_t)bills);
    put_money(o, "total", total, p->b->conf->decimals);
    return o;
}

static json_t *
preview_json(const struct preview *p, struct err *e)
{
    json_t *last = month_before(p, 1, e);
    json_t *year = last == NULL ? NULL : month_before(p, 12, e);
    json_t *changes = year == NULL ? NULL
                                   : changes_json(p->b->store, &p->changes, false,
                                                  p->b->conf->decimals, e);
    json_t *o = json_object();

    json_object_set_new(o, "month", json_string(p->month.month));
    json_object_set_new(o, "bills", json_integer(p->bills));
    put_money(o, "total", p->total, p->b->conf->decimals);
    json_object_set_new(o, "existing", json_integer(p->existing));
    json_object_set_new(o, "estimated", json_integer(p->estimated));
    json_object_set_new(o, "skipped", json_integer(p->skipped));
    json_object_set(o, "reasons", p->reasons);
    json_object_set_new(o, "last_month", last);
    json_object_set_new(o, "last_year", year);
    json_object_set_new(o, "changes", changes);
    json_object_set(o, "estimates", p->estimates);
    json_object_set(o, "without", p->without);
    if (changes != NULL)
        return o;
    json_decref(o);
    return NULL;
}

json_t *
billing_preview(const struct billing *b, const char *month, billing_progress *progress,
                void *context, struct err *e)
{
    struct preview p = {.b = b,
                        .reasons = json_object(),
                        .without = json_array(),
                        .estimates = json_array()};
    json_t *out = NULL;

    p.draft = malloc(sizeof(*p.draft));
    if (p.draft == NULL)
        err_set(e, FAIL_RETRY, "out of memory");
    else if (billing_month(b->conf, month, b->now, &p.month, e) &&
             preview_all(&p, progress, context, e))
        out = preview_json(&p, e);
    free(p.draft);
    json_decref(p.reasons);
    json_decref(p.without);
    json_decref(p.estimates);
    return out;
}
