/*
 * The view `bill`: what else the account has to do with it.
 */
#include "view_source.h"

#include "meterpost/render/language.h"
#include "meterpost/render/view.h"
#include "meterpost/store/items.h"
#include "meterpost/store/payments.h"

#include <stdio.h>
#include <string.h>

#define PAYMENTS_MAX    32 /* shown on a bill */
#define ADJUSTMENTS_MAX 32

/* ---- what a document is called on paper ---- */

static const char *
item_label(enum item_kind kind, const char *language)
{
    static const char *const words[][5] = {
        /* en, zh, es, fr, sw */
        [ITEM_OPENING] = {"Opening balance", "期初余额", "Saldo inicial", "Solde initial",
                          "Salio la awali"},
        [ITEM_BILL] = {"Bill", "账单", "Factura", "Facture", "Bili"},
        [ITEM_CREDIT] = {"Credit note", "冲销单", "Nota de crédito", "Avoir",
                         "Hati ya kurudisha"},
        [ITEM_PAYMENT] = {"Payment", "缴费", "Pago", "Paiement", "Malipo"},
        [ITEM_REVERSAL] = {"Payment that came back", "缴费退回", "Pago devuelto",
                           "Paiement rejeté", "Malipo yaliyorudishwa"},
        [ITEM_FEE] = {"Fee", "滞纳金及费用", "Recargo", "Frais", "Ada"},
        [ITEM_WAIVER] = {"Fee taken off", "费用减免", "Recargo anulado", "Frais annulés",
                         "Ada iliyofutwa"},
        [ITEM_WRITEOFF] = {"Debt given up", "欠费核销", "Deuda condonada",
                           "Dette abandonnée", "Deni lililofutwa"},
        [ITEM_RECOVERY] = {"Old debt taken up again", "恢复旧欠", "Deuda antigua retomada",
                           "Ancienne dette reprise", "Deni la zamani"},
        [ITEM_DEPOSIT] = {"Deposit used", "押金抵扣", "Depósito aplicado", "Dépôt utilisé",
                          "Amana iliyotumika"},
        [ITEM_CHARGE] = {"Use", "用量", "Consumo", "Consommation", "Matumizi"},
    };
    static const char *const order[] = {"en", "zh", "es", "fr", "sw"};

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (strncmp(order[i], language, 2) == 0)
            return words[kind][i];
    }
    return words[kind][0];
}

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

static bool
view_payments(const struct source *v, utc_t since, json_t *view, struct money *sum,
              struct err *e)
{
    struct payment list[PAYMENTS_MAX];
    json_t *payments = json_array();
    int n;

    json_object_set_new(view, "payments", payments);
    sum->minor = 0;
    if (!payments_of_account(v->store, v->bill->account_id, since, v->bill->issued_at, list,
                             PAYMENTS_MAX, &n, e))
        return false;
    while (n-- > 0) {
        json_array_append_new(payments, view_payment(v, &list[n]));
        if (!money_add(sum, list[n].amount, e))
            return false;
    }
    return true;
}

static json_t *
view_adjustment(const struct source *v, const struct item *item)
{
    json_t *o = json_object();
    char label[LANGUAGE_TEXT_MAX + ITEM_MEMO_MAX];
    bool bill = item->kind == ITEM_BILL || item->kind == ITEM_CREDIT;

    snprintf(label, sizeof(label), "%s%s", item_label(item->kind, v->language),
             bill ? item->memo + strlen("bill") : "");
    view_text(o, "label", label);
    view_money(o, "amount", item->amount, v->conf->decimals, v->language);
    view_date(o, "date", item->at, v->language);
    return o;
}

/* Fees, credit notes and what else there was since the bill before; *sum as they change
 * the debt. */
static bool
view_adjustments(const struct source *v, utc_t since, json_t *view, struct money *sum,
                 struct err *e)
{
    struct item list[ADJUSTMENTS_MAX];
    json_t *adjustments = json_array();
    int n;

    json_object_set_new(view, "adjustments", adjustments);
    sum->minor = 0;
    if (!items_beside(v->store, v->bill->account_id, v->bill->id, since, v->bill->issued_at,
                      list, ADJUSTMENTS_MAX, &n, e))
        return false;
    for (int i = 0; i < n; i++) {
        json_array_append_new(adjustments, view_adjustment(v, &list[i]));
        if (!money_add(sum, list[i].amount, e))
            return false;
    }
    return true;
}

/* When the bill before this one was issued; 0: there is none. */
static bool
bill_before_at(const struct source *v, utc_t *at, struct err *e)
{
    struct bill_history two[2];
    int n;

    if (!bill_history(v->store, v->bill->account_id, v->bill->id, "", two, 2, &n, e))
        return false;
    *at = n == 2 ? two[0].issued_at : 0;
    return true;
}

/* On paper the balance brought forward is that before the payments and adjustments which
 * follow it. */
bool
view_totals(const struct source *v, json_t *view, struct err *e)
{
    int decimals = v->conf->decimals;
    struct money paid, moved, before = v->bill->balance_before, due = before;
    json_t *o = json_object();
    utc_t since;

    json_object_set_new(view, "totals", o);
    if (!bill_before_at(v, &since, e) || !view_payments(v, since, view, &paid, e) ||
        !view_adjustments(v, since, view, &moved, e) || !money_add(&before, paid, e) ||
        !money_add(&before, (struct money){-moved.minor}, e) ||
        !money_add(&due, v->bill->total, e))
        return false;
    view_money(o, "total", v->bill->total, decimals, v->language);
    if (v->bill->rounding.minor != 0)
        view_money(o, "rounding", v->bill->rounding, decimals, v->language);
    else
        view_none(o, "rounding");
    view_money(o, "balance_before", before, decimals, v->language);
    view_money(o, "payments", paid, decimals, v->language);
    view_money(o, "adjustments", moved, decimals, v->language);
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
