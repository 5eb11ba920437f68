/*
 * The view `bill`: what else the account has to do with it.
 */
#include "view_source.h"

#include "meterpost/render/language.h"
#include "meterpost/render/view.h"
#include "meterpost/store/payments.h"

#define PAYMENTS_MAX 32 /* shown on a bill */

/* ---- the account ---- */

static json_t *
view_payment(const struct source *v, const struct payment *p)
{
    json_t *o = json_object();

    view_text(o, "reference", p->reference);
    view_text(o, "channel", p->channel);
    view_money(o, "amount", p->amount, v->conf->decimals, v->language);
    view_date(o, "date", p->paid_at, v->language);
    return o;
}

/* The payments since the bill before; *sum is what they come to. */
static bool
view_payments(const struct source *v, json_t *view, struct money *sum, struct err *e)
{
    struct payment list[PAYMENTS_MAX];
    json_t *payments = json_array();
    struct bill_history two[2];
    int n, bills;

    json_object_set_new(view, "payments", payments);
    sum->minor = 0;
    if (!bill_history(v->store, v->bill->account_id, v->bill->id, "", two, 2, &bills, e) ||
        !payments_of_account(v->store, v->bill->account_id,
                             bills == 2 ? two[0].issued_at : 0, v->bill->issued_at, list,
                             PAYMENTS_MAX, &n, e))
        return false;
    while (n-- > 0) {
        json_array_append_new(payments, view_payment(v, &list[n]));
        if (!money_add(sum, list[n].amount, e))
            return false;
    }
    return true;
}

/* On paper the balance brought forward is that before the payments which follow it. */
bool
view_totals(const struct source *v, json_t *view, struct err *e)
{
    int decimals = v->conf->decimals;
    struct money paid, before = v->bill->balance_before, due = v->bill->balance_before;
    json_t *o = json_object();

    json_object_set_new(view, "totals", o);
    json_object_set_new(view, "adjustments", json_array());
    if (!view_payments(v, view, &paid, e) || !money_add(&before, paid, e) ||
        !money_add(&due, v->bill->total, e))
        return false;
    view_money(o, "total", v->bill->total, decimals, v->language);
    view_money(o, "balance_before", before, decimals, v->language);
    view_money(o, "payments", paid, decimals, v->language);
    view_money(o, "adjustments", (struct money){0}, decimals, v->language);
    view_money(o, "balance_due", due, decimals, v->language);
    if (due.minor < 0)
        view_money(o, "credit", (struct money){-due.minor}, decimals, v->language);
    else
        view_none(o, "credit");
    view_flag(o, "to_pay", due.minor > 0);
    return true;
}

bool
view_past_use(const struct source *v, json_t *view, struct err *e)
{
    char labels[BILL_HISTORY_MONTHS][LANGUAGE_TEXT_MAX];
    struct bill_history list[BILL_HISTORY_MONTHS];
    struct chart_bar bars[BILL_HISTORY_MONTHS];
    int n;

    view_text(view, "history_unit", v->tariff->unit);
    if (!bill_history(v->store, v->bill->account_id, v->bill->id, v->obis, list,
                      BILL_HISTORY_MONTHS, &n, e))
        return false;
    for (int i = 0; i < n; i++)
        bars[i] = (struct chart_bar){
            .label = language_month_short(view_last_day(list[i].period_to), v->language,
                                          labels[i]),
            .milli = list[i].used.milli,
            .estimated = list[i].basis != BASIS_ACTUAL,
            .current = i + 1 == n,
        };
    return view_history(view, bars, n, v->tariff->unit, v->language, e);
}
