#include "issue.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/chase.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/billing/prepaid.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/tariffs.h"
#include "meterpost/store/vee.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kept copy of a tariff of the set; `known` by index of the set, 0: not looked up yet.
 */
static bool
version_of(const struct billing *b, const struct tariff *t, int64_t *known, int64_t *id,
           struct err *e)
{
    const struct tariff_set *set = b->tariffs;
    utc_t from = 0;
    size_t i = 0;

    while (i < set->count && set->list[i] != t)
        i++;
    if (known[i] == 0) {
        if (t->valid_from[0] != '\0' && !clock_parse(t->valid_from, &from, e))
            return false;
        if (!tariff_version_put(b->store, t->id, from, t->text, b->now, &known[i], e))
            return false;
    }
    *id = known[i];
    return true;
}

bool
draft_keep_tariffs(const struct billing *b, struct draft *d, int64_t *known, struct err *e)
{
    for (int i = 0; i < d->period.n_parts; i++) {
        struct period_part *part = &d->period.parts[i];

        if (!version_of(b, part->tariff, known, &part->version_id, e))
            return false;
    }
    return true;
}

static bool
give_number(const struct billing *b, struct bill *bill, struct err *e)
{
    struct tm tm;

    clock_local(b->now, &tm);
    bill->year = tm.tm_year + 1900;
    text_copy(bill->series, sizeof(bill->series), BILLING_SERIES);
    return bill_number_next(b->store, bill->series, bill->year, &bill->seq, e) &&
           billing_number(b->conf->billing.number_format, bill->series, bill->year,
                          bill->seq, bill->number, e);
}

static bool
write_lines(struct store *s, const struct draft *d, struct err *e)
{
    for (int i = 0; i < d->quote.n_lines; i++) {
        const struct quote_line *from = &d->quote.lines[i];
        struct bill_line line = {.has_qty = from->has_qty,
                                 .has_rate = from->has_rate,
                                 .qty = from->qty,
                                 .rate = from->rate,
                                 .amount = from->amount};

        text_copy(line.code, sizeof(line.code), from->code);
        text_copy(line.label, sizeof(line.label), from->label);
        if (!bill_line_add(s, d->bill.id, i + 1, &line, e))
            return false;
    }
    for (int i = 0; i < d->n_readings; i++) {
        if (!bill_reading_add(s, d->bill.id, &d->readings[i], e))
            return false;
    }
    return true;
}

static bool
queue_message(const struct billing *b, const struct draft *d, const char *number,
              const char *text, struct err *e)
{
    char key[OUTBOX_KEY_MAX];
    struct outbox_new m = {.key = key,
                           .kind = OUT_BILL,
                           .number = number,
                           .text = text,
                           .language = d->account.language,
                           .account_id = d->account.id};

    snprintf(key, sizeof(key), "bill %s", d->bill.number);
    return outbox_add(b->store, &m, b->now, NULL, e);
}

/* The text message of a bill as a new text. */
static bool
write_message(const struct billing *b, const struct draft *d, char **text, struct err *e)
{
    const char *language =
        templates_language(b->templates, d->account.language, "bill.sms");
    json_t *view;
    bool ok;

    if (language == NULL)
        return err_set(e, FAIL_REJECT, "there is no template bill.sms");
    view = view_bill(b->store, b->conf, &d->bill, &d->account, d->tariff, language, e);
    ok =
        view != NULL && templates_render(b->templates, language, "bill.sms", view, text, e);
    json_decref(view);
    return ok;
}

/* Nothing of this stops a bill: without phone or text it is issued and not told. */
static bool
tell(const struct billing *b, const struct draft *d, bool *told, struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    char *text = NULL;
    size_t n;

    *told = false;
    if (b->templates == NULL)
        return true;
    if (!account_phones(b->store, d->account.id, phones, &n, e))
        return false;
    if (n == 0)
        return true;
    *told = write_message(b, d, &text, e) && queue_message(b, d, phones[0].number, text, e);
    free(text);
    if (!*told && e->kind == FAIL_REJECT) {
        log_warn("billing", "bill=%s is issued without a message: %s", d->bill.number,
                 e->text);
        return true;
    }
    return *told;
}

static bool
settle_true_ups(const struct billing *b, const struct draft *d, struct err *e)
{
    struct bill before;
    bool found;

    for (int i = 0; i < d->n_true_ups; i++) {
        if (!bill_by_number(b->store, d->true_ups[i].number, &before, &found, e) ||
            (found && !trueup_settle(b->store, before.id, b->now, e)))
            return false;
    }
    return true;
}

static bool
is_protected(const struct account *a, utc_t t)
{
    return a->protected_for[0] != '\0' &&
           (a->protected_until == 0 || a->protected_until > t);
}

/* When supply may be cut if this bill is not paid; its notice comes when it is due, or
 * later. */
static utc_t
cut_day(const struct billing *b, const struct draft *d)
{
    struct chase c = {.conf = b->conf, .policy = b->policy, .now = d->bill.due_at};

    if (b->policy == NULL || d->bill.total.minor <= 0 ||
        is_protected(&d->account, d->bill.due_at) ||
        policy_protects(b->policy, d->bill.class) || !chase_cuts(b->conf, d->bill.class))
        return 0;
    return chase_cut_on(&c, d->bill.due_at, d->bill.class);
}

bool
draft_issue(const struct billing *b, struct draft *d, const char *actor, bool *told,
            struct err *e)
{
    struct bill *bill = &d->bill;

    if (!give_number(b, bill, e))
        return false;
    bill->issued_at = b->now;
    bill->due_at = clock_day_start(b->now, b->conf->billing.due_days);
    bill->cut_at = cut_day(b, d);
    bill->tariff_version_id = d->period.parts[d->period.n_parts - 1].version_id;
    text_copy(bill->currency, sizeof(bill->currency), d->tariff->currency);
    text_clip(bill->actor, sizeof(bill->actor), actor);
    return period_to_text(&d->period, d->true_ups, d->n_true_ups, bill->usage, e) &&
           bill_add(b->store, bill, &bill->id, e) && write_lines(b->store, d, e) &&
           settle_true_ups(b, d, e) && draft_keep_class(b, d, e) &&
           prepaid_release(b->store, &d->account, b->now, e) &&
           ledger_post_bill(b->store, &d->account, &d->quote, bill, e) &&
           tell(b, d, told, e);
}
